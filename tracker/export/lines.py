"""Batches as lines of CSV or of JSON: columns are written whole, and cells that come again once."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from tracker.export.batches import Batch, without_empty
from tracker.export.cells import RUN_BY_SPREADSHEETS, Column

#: types of which no text needs quotes in CSV, or a guard
BARE = ("integer", "number", "date", "datetime", "boolean")
#: how JSON writes a text as it is
RAW = ("integer", "number", "boolean", "json")
#: bytes of a cell that RFC 4180 wants in quotes, and of one that may want a guard
TO_QUOTE, SPECIAL = re.compile(rb'[",\r\n]'), re.compile(rb'[",\r\n=+\-@\t]')
FIRST = pa.array(list("'=+-@\t\r"))


@dataclass(frozen=True)
class Lines:
    """How a batch becomes lines: each column's texts as written, between a start, commas and an end."""

    write: Callable[[Column, pa.Array], pa.Array]
    start: str
    end: str

    def __call__(self, columns: Sequence[Column], batch: Batch) -> bytes:
        """The batch's lines."""
        if not batch.num_rows:
            return b""
        parts = [_taken(indices, self._joined(columns, group)) for indices, group in _groups(batch)]
        edges = ([self.start] if self.start else []), [self.end]
        return _bytes(_between("", *edges[0], _between(",", *parts), *edges[1]))

    def _joined(self, columns: Sequence[Column], group: list[tuple[int, pa.Array]]) -> pa.Array:
        return _between(",", *(self.write(columns[place], cells) for place, cells in group))


def csv_cells(column: Column, cells: pa.Array) -> pa.Array:
    """Cells of CSV: texts guarded against spreadsheets, and quoted where RFC 4180 wants it."""
    if column.type == "json":
        cells = without_empty(cells)
    filled = pc.fill_null(cells, "") if cells.null_count else cells
    if column.type in BARE or not SPECIAL.search(data := _bytes(filled)):
        return filled
    if column.type == "text" and pc.any(pc.is_in(pc.utf8_slice_codeunits(filled, 0, 1), FIRST)).as_py():
        filled = pc.replace_substring_regex(filled, RUN_BY_SPREADSHEETS, r"'\1")
    return _quoted(filled) if TO_QUOTE.search(data) else filled


def alone(cells: pa.Array) -> pa.Array:
    """Cells of a table of one column: a blank one in quotes, or else its line would be no row."""
    return pc.if_else(pc.equal(cells, ""), '""', cells)


def json_cells(column: Column, cells: pa.Array) -> pa.Array:
    """Members of a JSON object."""
    name = json.dumps(column.name, ensure_ascii=False) + ":"
    if column.type not in RAW:
        cells = pa.array([None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in cells.to_pylist()])
    return _between("", name, pc.fill_null(cells.cast(pa.string()), "null"))


def _quoted(cells: pa.Array) -> pa.Array:
    wanted = pc.match_substring_regex(cells, '[",\r\n]')
    return pc.if_else(wanted, _between("", '"', pc.replace_substring(cells, '"', '""'), '"'), cells)


def _groups(batch: Batch) -> Iterator[tuple[pa.Array | None, list[tuple[int, pa.Array]]]]:
    """Columns one after the other that share their indices, with these and the distinct cells; others, alone."""
    numbered = list(enumerate(batch))
    for _key, found in groupby(numbered, key=_sharing):
        group = list(found)
        first = group[0][1]
        if isinstance(first, pa.DictionaryArray):
            yield first.indices, [(place, cells.dictionary) for place, cells in group]
        else:
            yield None, group


def _sharing(numbered: tuple[int, pa.Array]) -> tuple[int, ...]:
    cells = numbered[1]
    return (cells.indices.buffers()[1].address, len(cells.dictionary)) if isinstance(cells, pa.DictionaryArray) else ()


def _taken(indices: pa.Array | None, written: pa.Array) -> pa.Array:
    return written if indices is None else written.take(indices)


def _between(separator: str, *parts: pa.Array | str) -> pa.Array:
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, separator)


def _bytes(cells: pa.Array) -> bytes:
    """The cells one after the other: Arrow holds them so."""
    offsets, data = pa.Array.from_buffers(pa.int32(), len(cells) + 1, [None, cells.buffers()[1]]), cells.buffers()[2]
    first, last = offsets[0].as_py(), offsets[-1].as_py()
    return memoryview(data)[first:last].tobytes() if data else b""
