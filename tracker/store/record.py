"""A row of the record as plain cells, and back: the form in which the ledger keeps what was and what became.

Cells are what JSON can hold: dates as ISO text, figures as their decimal text, numbers, None, and the JSON columns as
they are. Their order is that of the record's own columns.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, Date, DateTime, Table, inspect
from sqlalchemy.sql.elements import KeyedColumnElement

from tracker.models import RECORD, Figure, Recorded

#: what holds a row: an entity, a row of a result, or a mapping from column to value
Holder = Any
#: a class of tracker.models; any of them, so that each keeps its own columns
EntityClass = Any

CLASSES: dict[str, type[Recorded]] = {entity_class.__tablename__: entity_class for entity_class in RECORD}


@cache
def attributes(entity_class: EntityClass) -> dict[str, Column[Any]]:
    """Attribute name -> column, in the order of declaration, without ``added``."""
    pairs = {p.key: p.columns[0] for p in inspect(entity_class).column_attrs if p.key != "added"}
    order = [column.name for column in entity_class.__table__.columns]
    return dict(sorted(pairs.items(), key=lambda pair: order.index(pair[1].name)))  # type: ignore[arg-type, return-value]


def columns(entity_class: EntityClass) -> list[str]:
    """The columns of a table of the record, in the record's order."""
    return list(attributes(entity_class))


@cache
def key_columns(entity_class: EntityClass) -> list[str]:
    """The columns of the primary key, in the record's order."""
    return [name for name, column in attributes(entity_class).items() if column.primary_key]


def row_id(row: Holder, entity_class: EntityClass) -> str:
    """The id under which the ledger knows a row: the parts of its key joined by a slash."""
    return "/".join(map(str, taken(row, key_columns(entity_class))))


def key_of(row_id: str, entity_class: EntityClass) -> tuple[Any, ...]:
    """The primary key behind an id; None in it where the id lacks a part or has a word for a number: no row matches."""
    names = key_columns(entity_class)
    parts: list[str | None] = [*row_id.split("/", len(names) - 1)]
    parts += [None] * (len(names) - len(parts))
    return tuple(_key_part(part, attributes(entity_class)[name]) for name, part in zip(names, parts, strict=True))


def _key_part(part: str | None, column: Column[Any]) -> Any:
    if part is None or column.type.python_type is str:
        return part
    return int(part) if part.isdecimal() else None


def cells(entity_class: EntityClass, row: Holder) -> dict[str, Any]:
    """The row as cells; a column that a mapping or a new entity leaves out is None."""
    names = attributes(entity_class)
    return dict(zip(names, map(to_cell, taken(row, names)), strict=True))


def values(entity_class: EntityClass, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Cells as the values an entity holds; what is no column of the table (``added``) is left out."""
    return {name: from_cell(cells.get(name), column) for name, column in attributes(entity_class).items()}


def taken(row: Holder, names: Iterable[str]) -> list[Any]:
    """The values of a row under these names, however it is held."""
    if isinstance(row, Mapping):
        return [row.get(name) for name in names]
    return [getattr(row, name) for name in names]


def to_cell(value: Any) -> Any:
    """A value as JSON can hold it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def from_cell(cell: Any, column: KeyedColumnElement[Any]) -> Any:
    """The value that a cell of this column stands for."""
    if cell is None:
        return None
    if isinstance(column.type, Figure):
        return Decimal(cell)
    if isinstance(column.type, DateTime):
        return dt.datetime.fromisoformat(cell)
    return dt.date.fromisoformat(cell) if isinstance(column.type, Date) else cell


def table_of(entity_class: EntityClass) -> Table:
    """The table behind an entity class."""
    table: Table = entity_class.__table__
    return table
