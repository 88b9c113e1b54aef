"""Rows -> CSV, JSON, JSON lines, Parquet. A format is a generator over (columns, rows): bytes in constant memory.

A spreadsheet runs a text that begins like a formula, so the public CSV puts an apostrophe before such a text
(:func:`guard`), never before a number; :func:`unguard` takes it off again without loss. The record's own files
(:func:`record_csv`) hold every text exactly as it is: they are what people review and what must come back byte for
byte, and a guard that is sometimes there could not be told from an apostrophe of the text itself.
"""

import csv
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

from tracker.export.rows import CHUNK, Kept, Row, Rows, Run, portions

__all__ = [
    "FORMATS",
    "Column",
    "Format",
    "Row",
    "Rows",
    "Run",
    "Sink",
    "cell",
    "compact",
    "csv_chunks",
    "guard",
    "json_chunks",
    "lines_chunks",
    "parquet_chunks",
    "record_csv",
    "unguard",
]

#: rows in one row group of a Parquet file
ROW_GROUP = 20_000
#: bytes that are sent at once
PIECE = 1 << 17
#: texts that are kept as they were written
KEPT = 4_000

RUN_BY_SPREADSHEETS = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")
QUOTED = re.compile(r'[",\r\n]')


@dataclass(frozen=True)
class Column:
    """One column of a table: name, type (text, integer, number, date, datetime, boolean), what it means, its unit, and
    what its cells keep to. ``help`` and ``unit`` are in English, and translated where they are shown.
    """

    name: str
    type: str
    help: str = ""
    unit: str | None = None
    #: never blank
    required: bool = False
    #: the closed list that its words are of
    among: tuple[str, ...] = ()
    #: ends of what its numbers can be
    least: float | None = None
    most: float | None = None
    #: the table whose rows it names
    refers: str | None = None


@dataclass(frozen=True)
class Format:
    """One way of writing a table: call it with columns and rows. ``extension`` ends the file's name."""

    media_type: str
    extension: str
    write: Callable[[Sequence[Column], Iterable[Row]], Iterator[bytes]]

    def __call__(self, columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
        """The table as chunks of bytes."""
        return self.write(columns, rows)


def guard(text: str) -> str:
    """The text as a spreadsheet will not run it: an apostrophe before =, +, -, @, tab or CR in first place.

    A text that already begins with apostrophes before such a sign gets one more, so that unguard(guard(t)) == t.
    """
    return "'" + text if RUN_BY_SPREADSHEETS.match(text) else text


def unguard(text: str) -> str:
    """The text without the apostrophe that guard put before it."""
    return text[1:] if GUARDED.match(text) else text


def cell(value: Any) -> str:
    """A value as the text of a CSV cell: numbers as published, ISO dates, compact JSON, blank for None, {} and []."""
    if isinstance(value, str):
        return value
    if value is None or value == {} or value == []:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    if isinstance(value, dt.date):
        return _moment(value)
    return compact(value) if isinstance(value, dict | list) else str(value)


def compact(value: Any) -> str:
    """JSON on one line, keys sorted, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def csv_chunks(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """CSV for the public: header row, UTF-8, RFC 4180 quoting, LF; texts guarded against spreadsheets."""
    if isinstance(rows, Rows) and rows.shared and len(columns) > 1:
        return _pieces(chain([_header(columns)], _shared(rows.runs(), columns)))
    texts = {index for index, column in enumerate(columns) if column.type == "text"}
    return _csv(columns, ([_public(v) if i in texts else cell(v) for i, v in enumerate(row)] for row in rows))


def record_csv(columns: Sequence[Column] | Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """CSV as the record holds it: UTF-8, LF, texts as they are. The rows come in the order of their key.

    ``columns`` are columns or plain names.
    """
    return _csv(columns, ([cell(value) for value in row] for row in rows))


def json_chunks(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """A JSON array of objects, one a row and a line: numbers as published, ISO dates, null where blank."""
    keys = _keys(columns)
    before = "[\n"
    for chunk in _chunks(rows, CHUNK):
        yield (before + ",\n".join(_object(keys, row) for row in chunk)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def lines_chunks(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """JSON lines: one object a row, each on a line of its own, as ``json_chunks`` writes it."""
    keys = _keys(columns)
    for chunk in _chunks(rows, CHUNK):
        yield "".join(_object(keys, row) + "\n" for row in chunk).encode()


def parquet_chunks(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """Parquet, typed: integers, doubles, dates, moments in UTC, booleans and texts; a row group at a time."""
    import pyarrow as pa  # here, so that a command that writes none does not wait for it
    import pyarrow.parquet as pq

    types = {"integer": pa.int64(), "number": pa.float64(), "date": pa.date32(), "boolean": pa.bool_()}
    types |= {"text": pa.string(), "datetime": pa.timestamp("us", "UTC")}
    schema = pa.schema([(column.name, types[column.type]) for column in columns])
    sink = Sink()
    with pq.ParquetWriter(sink, schema) as writer:
        for chunk in _chunks(rows, ROW_GROUP):
            cells = [
                list(map(PLAIN[c.type], values)) for c, values in zip(columns, zip(*chunk, strict=True), strict=True)
            ]
            writer.write_table(pa.table(cells, schema=schema))
            yield sink.taken()
    yield sink.taken()


#: every format on offer, by the ending of its address
FORMATS: dict[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", "csv", csv_chunks),
    "json": Format("application/json", "json", json_chunks),
    "jsonl": Format("application/jsonl", "jsonl", lines_chunks),
    "parquet": Format("application/vnd.apache.parquet", "parquet", parquet_chunks),
}


class Sink:
    """A file to write to whose bytes are taken away as they come."""

    closed = False

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take bytes; how many."""
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def _moment(value: dt.date) -> str:
    # the ledger's moments are UTC and carry no zone
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.isoformat() + "Z"
    return value.isoformat()


def _public(value: Any) -> str:
    return guard(cell(value))


def _header(columns: Sequence[Column]) -> bytes:
    return b"".join(_csv(columns, []))


def _shared(runs: Iterable[Run], columns: Sequence[Column]) -> Iterator[bytes]:
    """Each row as a line. What a run shares is written once, and so are cells of its own that come again."""
    write = [_writer(column) for column in columns]
    text: dict[int, Kept] = {}
    for before, own, after in runs:
        first = len(before)
        last = first + len(own[0]) if own else first
        head = _fragment(write, before) + b"," if before else b""
        tail = b"," + _fragment(write[last:], after) + b"\n" if after else b"\n"
        written = text.setdefault(first, Kept(partial(_fragment, write[first:last])))
        yield head + (tail + head).join(map(written, own)) + tail if own else b""


def _fragment(write: Sequence[Callable[[Any], str]], cells: Row) -> bytes:
    """Some cells of a row between commas."""
    return ",".join([written(value) for written, value in zip(write, cells, strict=False)]).encode()


def _writer(column: Column) -> Callable[[Any], str]:
    """How a cell of this column is written. Numbers that are equal may be written differently, and are not kept."""
    if column.type == "number":
        return cell
    return Written(_public if column.type == "text" else cell).__getitem__


class Written(dict[Any, str]):
    """Cells of one column as they were written."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        self._write = write

    def __missing__(self, value: Any) -> str:
        if len(self) > KEPT:
            self.clear()
        found = self[value] = _quoted(self._write(value))
        return found


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in pieces worth sending: few enough to cost little, small enough for the first to come at once."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    yield b"".join(piece)


def _csv(columns: Sequence[Column] | Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    lines: list[str] = []
    # told to end a line with CR LF, every version of the csv module quotes a cell that has either; the record has LF
    writer = csv.writer(_Lines(lines), lineterminator="\r\n")
    writer.writerow([column if isinstance(column, str) else column.name for column in columns])
    for chunk in _chunks(rows, CHUNK):
        writer.writerows(chunk)
        yield "".join(lines).encode()
        lines.clear()
    yield "".join(lines).encode()


class _Lines:
    """Takes one line at a time and ends it with LF."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def write(self, line: str) -> None:
        self.lines.append(line[:-2] + "\n")


def _chunks(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    return portions(iter(rows), size)


def _keys(columns: Sequence[Column]) -> list[str]:
    return [json.dumps(column.name, ensure_ascii=False) + ":" for column in columns]


def _object(keys: Sequence[str], row: Row) -> str:
    return "{" + ",".join(map(str.__add__, keys, map(_json, row))) + "}"


def _json(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "null"
    if isinstance(value, bool | int | float | Decimal):
        return cell(value)
    return compact(value if isinstance(value, str | dict | list) else cell(value))


def _plain_text(value: Any) -> str | None:
    return cell(value) or None if isinstance(value, dict | list) or value is None else cell(value)


def _plain_number(value: Any) -> float | None:
    return None if value is None else float(value)


#: how a value becomes one of Parquet's, by the type of its column
PLAIN: dict[str, Callable[[Any], Any]] = {"text": _plain_text, "number": _plain_number}
PLAIN |= dict.fromkeys(("integer", "date", "datetime", "boolean"), lambda value: value)
