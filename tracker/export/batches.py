"""A table's rows as they are asked for, many at a time, in Arrow's columns: no format goes cell by cell."""

import datetime as dt
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from tracker.export.cells import Column, text

#: rows in a batch
BATCH = 2_000

Row = Sequence[Any]
#: columns of texts as CSV has them, null where blank; a dictionary where cells come again
Batch = Any

#: Arrow's types of columns that are more than text
TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us", "UTC"),
}
#: a text of a column as a value of Python's, where it is more than text
VALUES: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": Decimal,
    "date": dt.date.fromisoformat,
    "boolean": "true".__eq__,
    "datetime": lambda moment: dt.datetime.fromisoformat(moment.removesuffix("Z")),
    "json": json.loads,
}


class Rows:
    """The rows of a table as they are asked for, in batches or one at a time; ``close`` lets go of their source.

    What was given in one way is not given again in the other.
    """

    def __init__(self, columns: Sequence[Column], batches: Generator[Batch, None, None]) -> None:
        self.columns = columns
        self._source = batches
        self._batches: Iterator[Batch] = batches
        self._rows = (row for batch in self.batches() for row in _values(columns, batch))

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Generator[Row, None, None]) -> "Rows":
        """Rows of Python's values."""
        return cls(columns, _batches(columns, rows))

    def only(self, places: Sequence[int]) -> "Rows":
        """The same rows with only the cells in these places."""
        return Rows([self.columns[place] for place in places], _only(self, places))

    def start(self) -> None:
        """Read the first rows now: what fails then has given nothing yet."""
        self._batches = chain(list(islice(self._batches, 1)), self._batches)

    def batches(self) -> Iterator[Batch]:
        """The rows in batches."""
        while (batch := next(self._batches, None)) is not None:
            yield batch

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def __next__(self) -> Row:
        return next(self._rows)

    def close(self) -> None:
        """No more rows are wanted."""
        self._source.close()


def portions(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The rows in lists of this many."""
    rows = iter(rows)
    while portion := list(islice(rows, size)):
        yield portion


def batch_of(columns: Sequence[Column], rows: Sequence[Row]) -> Batch:
    """Rows of Python's values as a batch."""
    cells = zip(*rows, strict=True) if rows else ([] for _ in columns)
    arrays = [texts(column, values) for column, values in zip(columns, cells, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, [column.name for column in columns])


def texts(column: Column, values: Sequence[Any]) -> pa.Array:
    """The cells of a column as texts."""
    if column.type in ("integer", "date"):
        return pa.array(values, TYPES[column.type]).cast(pa.string())
    try:
        return pa.array(values, pa.string())
    except pa.ArrowTypeError:  # not all of them are texts
        return pa.array([text(value) for value in values], pa.string())


def typed(columns: Sequence[Column], batches: Iterable[Batch]) -> pa.Table:
    """Batches as one table with Arrow's types: integers, doubles, dates, moments in UTC, booleans and texts."""
    schema = pa.schema([(column.name, TYPES.get(column.type, pa.string())) for column in columns])
    told = [pa.RecordBatch.from_arrays(list(map(_typed, columns, batch)), schema=schema) for batch in batches]
    return pa.Table.from_batches(told, schema)


def _typed(column: Column, cells: pa.Array) -> pa.Array:
    plain = cells.dictionary_decode() if isinstance(cells, pa.DictionaryArray) else cells
    if column.type == "json":
        return without_empty(plain)
    return plain.cast(TYPES[column.type]) if column.type in TYPES else plain


def without_empty(cells: pa.Array) -> pa.Array:
    """Cells of JSON, null where they hold an empty object or array."""
    return pa.compute.if_else(pa.compute.is_in(cells, pa.array(["{}", "[]"])), None, cells)


def _values(columns: Sequence[Column], batch: Batch) -> Iterator[Row]:
    cells = [_read(column, array.to_pylist()) for column, array in zip(columns, batch, strict=True)]
    return zip(*cells, strict=True)


def _read(column: Column, cells: list[str | None]) -> list[Any]:
    if column.type not in VALUES:
        return cells
    value = VALUES[column.type]
    return [None if cell is None else value(cell) for cell in cells]


def _batches(columns: Sequence[Column], rows: Generator[Row, None, None]) -> Generator[Batch, None, None]:
    with closing(rows):
        for portion in portions(rows, BATCH):
            yield batch_of(columns, portion)


def _only(rows: Rows, places: Sequence[int]) -> Generator[Batch, None, None]:
    with closing(rows):
        for batch in rows.batches():
            yield batch.select(places)
