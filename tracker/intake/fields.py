"""The columns of the record as they are read: kind, required or not, what they refer to; derived from the tables."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args, get_origin

from sqlalchemy import JSON, Column, Date, Integer, String, Table

from tracker import disclosure, events, scales
from tracker.intake import kinds
from tracker.intake.problems import Misread, Problem, Row
from tracker.language import gettext as _
from tracker.models import (
    DIRECTIONS,
    FIELD_PRECISIONS,
    OBJECTS,
    PRECISIONS,
    PROVENANCES,
    RECORD,
    STATUSES,
    Figure,
    Recorded,
    Slug,
)

#: what more a column asks for, where its type does not say it
CHECKS: dict[str, kinds.Check] = {
    "pollsters.url": kinds.web_address,
    "subjects.country": kinds.country,
    "populations.country": kinds.country,
    "responses.position": kinds.above_zero,
    "responses.polarity": kinds.one_of(*scales.POLARITIES),
    "polls.field_start": kinds.one_date_of_polling,
    "polls.field_end": kinds.one_date_of_history,
    "polls.date_precision": kinds.one_of(*FIELD_PRECISIONS),
    "polls.sample_size": kinds.above_zero,
    "polls.sample_type": kinds.one_of(*disclosure.SAMPLE_TYPES),
    "polls.margin_of_error": kinds.a_percentage,
    "polls.status": kinds.one_of(*STATUSES),
    "questions.object": kinds.one_of(*OBJECTS),
    "questions.language": kinds.language_tag,
    "questions.base": kinds.above_zero,
    "questions.published": kinds.not_before_polling,
    "questions.provenance": kinds.one_of(*PROVENANCES),
    "questions.source_url": kinds.web_address,
    "events.date": kinds.one_date_of_history,
    "events.date_precision": kinds.one_of(*PRECISIONS),
    "events.end_date": kinds.one_date_of_history,
    "events.plover_type": kinds.one_of(*events.PLOVER),
    "events.source_url": kinds.web_address,
    "claims.date": kinds.one_date_of_polling,
    "claims.date_precision": kinds.one_of(*PRECISIONS),
    "claims.published": kinds.one_date_of_polling,
    "claims.language": kinds.language_tag,
    "claims.object": kinds.one_of(*OBJECTS),
    "claims.direction": kinds.one_of(*DIRECTIONS),
    "claims.source_url": kinds.web_address,
}
READERS: dict[type, kinds.Reader] = {Integer: kinds.integer, Figure: kinds.number, Date: kinds.day}


@dataclass(frozen=True)
class Field:
    """One column of the record: how its cell is read, and what is asked of the value."""

    name: str
    read: kinds.Reader
    required: bool
    #: makes the value of a blank cell
    blank: Callable[[], Any]
    checks: tuple[kinds.Check, ...]
    #: the table whose rows it names
    refers: type[Recorded] | None

    def fill(self, row: Row, cell: str) -> Iterator[Problem]:
        """Put the value of the cell in the row. A cell that cannot be read leaves its text, so that others find it."""
        row[self.name] = cell.strip() or self.blank()
        try:
            row[self.name] = value = self._read(cell)
            self._check(value)
        except Misread as misread:
            yield row.error(self.name, misread.wrong, misread.remedy)

    def value(self, cell: str) -> Any:
        """The value of the cell; Misread where there is something wrong with it."""
        value = self._read(cell)
        self._check(value)
        return value

    def _read(self, cell: str) -> Any:
        if cell.strip():
            return self.read(cell)
        if self.required:
            raise Misread(_("is blank"), _("fill it in"))
        return self.blank()

    def _check(self, value: Any) -> None:
        for check in self.checks if value is not None else ():
            check(value)


class Texts(dict[str, Any]):
    """The values of one column by the text of their cell: each is read once, however many rows hold it. Misread for a
    text that there is something wrong with."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def __missing__(self, cell: str) -> Any:
        value = self.field.value(cell)
        if not isinstance(value, dict | list):  # which a row must have for itself
            self[cell] = value
        return value


def _of(table: type[Recorded], column: Column[Any]) -> Field:
    kind = get_origin(get_args(table.__annotations__[column.key])[0])
    is_json = isinstance(column.type, JSON)
    return Field(
        column.key,
        kinds.json_of(kind) if is_json else _reader(column),
        required=not column.nullable and not is_json,
        blank=kind if is_json else _nothing,
        checks=tuple(_checks(table, column)),
        refers=next((_TABLES[key.column.table.name] for key in column.foreign_keys), None),
    )


def _columns(table: type[Recorded]) -> list[Column[Any]]:
    return [column for column in cast(Table, table.__table__).columns if column.key != "added"]


def _reader(column: Column[Any]) -> kinds.Reader:
    return kinds.slug if column.type is Slug else READERS.get(type(column.type), kinds.text)


def _checks(table: type[Recorded], column: Column[Any]) -> Iterator[kinds.Check]:
    if isinstance(column.type, String) and column.type.length:
        yield kinds.at_most(column.type.length)
    if check := CHECKS.get(f"{table.__tablename__}.{column.key}"):
        yield check


def _nothing() -> None:
    return None


_TABLES = {table.__tablename__: table for table in RECORD}
#: every column of every table of the record, in order
FIELDS: dict[type[Recorded], tuple[Field, ...]] = {
    table: tuple(_of(table, column) for column in _columns(table)) for table in RECORD
}
#: the columns whose values together name a row
KEYS: dict[type[Recorded], tuple[str, ...]] = {
    table: tuple(column.key for column in _columns(table) if column.primary_key) for table in RECORD
}


def fill(row: Row, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Read the texts of a row's cells into the row; a column without a cell is left blank and out of every rule."""
    for field in FIELDS[row.table]:
        if field.name in texts:
            yield from field.fill(row, texts[field.name])
        else:
            row[field.name] = field.blank()
            row.spoil(field.name)


def key(row: Row) -> tuple[str, ...]:
    """What names the row: its id, or the two parts of its key. An id in a wrong form counts as what it should be."""
    return tuple(kinds.slugged(row[column] or "") for column in KEYS[row.table])
