"""Rows -> CSV, JSON, JSON lines, Parquet. A format is a generator over (columns, rows): bytes in constant memory.

A spreadsheet runs a text that begins like a formula, so the public CSV puts an apostrophe before such a text
(:func:`guard`), never before a number; :func:`unguard` takes it off again without loss. The record's own files
(:func:`record_csv`) hold every text exactly as it is: they are what people review and what must come back byte for
byte, and a guard that is sometimes there could not be told from an apostrophe of the text itself.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracker.export import lines
from tracker.export.batches import Batch, Row, Rows, batch_of, portions, texts, typed
from tracker.export.cells import Column, cell, compact, guard, unguard
from tracker.export.lines import Lines

__all__ = [
    "FORMATS",
    "Batch",
    "Column",
    "Format",
    "Row",
    "Rows",
    "Sink",
    "batch_of",
    "cell",
    "compact",
    "csv_chunks",
    "guard",
    "json_chunks",
    "lines_chunks",
    "parquet_chunks",
    "portions",
    "record_csv",
    "texts",
    "typed",
    "unguard",
]

#: rows in one row group of a Parquet file
ROW_GROUP = 20_000
#: lines of the record's files that are written at once
LINES = 500

CSV = Lines(lines.csv_cells, "", "\n")
CSV_ALONE = Lines(lambda column, cells: lines.alone(lines.csv_cells(column, cells)), "", "\n")
JSON = Lines(lines.json_cells, "{", "},\n")
JSON_LINES = Lines(lines.json_cells, "{", "}\n")


@dataclass(frozen=True)
class Format:
    """One way of writing a table: call it with columns and rows. ``extension`` ends the file's name."""

    media_type: str
    extension: str
    write: Callable[[Sequence[Column], Iterator[Batch]], Iterator[bytes]]

    def __call__(self, columns: Sequence[Column], rows: Rows | Iterable[Row]) -> Iterator[bytes]:
        """The table as chunks of bytes; rows that are no ``Rows`` are of Python's values."""
        given = rows if isinstance(rows, Rows) else Rows.of(columns, (row for row in rows))
        return self.write(columns, given.batches())


def csv_chunks(columns: Sequence[Column], batches: Iterator[Batch]) -> Iterator[bytes]:
    """CSV for the public: header row, UTF-8, RFC 4180 quoting, LF; texts guarded against spreadsheets."""
    written = CSV if len(columns) > 1 else CSV_ALONE
    before = b"".join(record_csv(columns, []))
    for batch in batches:
        yield before + written(columns, batch)
        before = b""
    yield before


def record_csv(columns: Sequence[Column] | Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """CSV as the record holds it: UTF-8, LF, texts as they are. The rows come in the order of their key.

    ``columns`` are columns or plain names.
    """
    written: list[str] = []
    # told to end a line with CR LF, every version of the csv module quotes a cell that has either; the record has LF
    writer = csv.writer(_Lines(written), lineterminator="\r\n")
    writer.writerow([column if isinstance(column, str) else column.name for column in columns])
    told = ([cell(value) for value in row] for row in rows)
    for chunk in portions(told, LINES):
        writer.writerows(chunk)
        yield "".join(written).encode()
        written.clear()
    yield "".join(written).encode()


def json_chunks(columns: Sequence[Column], batches: Iterator[Batch]) -> Iterator[bytes]:
    """A JSON array of objects, one a row and a line: numbers as published, ISO dates, null where blank."""
    before = b"[\n"
    for batch in batches:
        yield before + JSON(columns, batch)[:-2]
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def lines_chunks(columns: Sequence[Column], batches: Iterator[Batch]) -> Iterator[bytes]:
    """JSON lines: one object a row, each on a line of its own, as ``json_chunks`` writes it."""
    return (JSON_LINES(columns, batch) for batch in batches)


def parquet_chunks(columns: Sequence[Column], batches: Iterator[Batch]) -> Iterator[bytes]:
    """Parquet, typed as :func:`typed` is; a row group at a time."""
    import pyarrow.parquet as pq  # here, so that what writes none does not wait for it

    sink = Sink()
    with pq.ParquetWriter(sink, typed(columns, []).schema) as writer:
        for group in _grouped(batches):
            writer.write_table(typed(columns, group))
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


class _Lines:
    """Takes one line at a time and ends it with LF."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def write(self, line: str) -> None:
        self.lines.append(line[:-2] + "\n")


def _grouped(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """Batches until there are rows enough for a group."""
    group: list[Batch] = []
    for batch in batches:
        group.append(batch)
        if sum(each.num_rows for each in group) >= ROW_GROUP:
            yield group
            group = []
    if group:
        yield group
