"""What of a table is wanted: filters on its columns, as text from an address or a command line, read by their types.

``column=value`` keeps the rows that hold one of the values given (a blank one: none at all); ``column.from=value`` and
``column.to=value`` those within, ends included, for dates, moments and numbers.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, cast, false, literal, or_

from tracker.export import Column
from tracker.language import gettext as _
from tracker.models import Figure
from tracker.store.engine import StoreError

#: what a filter asks of a column: to equal one of several values, to begin, to end
EQUALS, FROM, TO = "", ".from", ".to"
#: no engine's whole number lies beyond it, and none that is recorded comes near it
WIDEST = 2**63 - 1
RANGED = ("integer", "number", "date", "datetime")
#: filters by the name of a column, with one of those ends or none
Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """What of a table is asked for: the rows that pass the filters, from the one after the row with this key and up to
    a limit; of them the columns named, all where none is."""

    filters: Filters = field(default_factory=dict)
    limit: int | None = None
    columns: Sequence[str] = ()
    after: Sequence[str] = ()


class UnknownColumn(StoreError, LookupError):
    """The table has no such column."""


class BadFilter(StoreError, ValueError):
    """A filter's value is nothing that the column could hold."""


@dataclass(frozen=True)
class Filter:
    """One condition on one column; ``values`` are of its type, None for a blank cell."""

    column: Column
    end: str
    values: tuple[Any, ...]

    def where(self, element: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition on an element of a query."""
        if isinstance(element.type, Figure):
            element = cast(element, Float)
        if self.end == FROM:
            return element >= bound(max(self.values))
        if self.end == TO:
            return element <= bound(min(self.values))
        return or_(false(), *(element.is_(None) if value is None else element == bound(value) for value in self.values))

    def keeps(self, cell: Any) -> bool:
        """Whether a cell meets the condition."""
        if self.end == EQUALS:
            return cell in self.values
        return cell is not None and (cell >= max(self.values) if self.end == FROM else cell <= min(self.values))


def read(columns: Iterable[Column], filters: Filters, others: Iterable[str] = ()) -> Iterator[Filter]:
    """The conditions that filters put on columns. UnknownColumn names ``others`` too, BadFilter an example."""
    known = {column.name: column for column in columns}
    for name, texts in filters.items():
        bare, end = parted(name)
        if bare not in known or (end and known[bare].type not in RANGED):
            raise unknown(name, [*known, *others])
        if texts or not end:
            yield Filter(known[bare], end, tuple(value(known[bare], text, end) for text in texts))


def parted(name: str) -> tuple[str, str]:
    """The column that a filter is on, and what it asks."""
    end = next((end for end in (FROM, TO) if name.endswith(end)), EQUALS)
    return name.removesuffix(end), end


def unknown(name: str, known: Iterable[str]) -> UnknownColumn:
    """There is no such column: which there are."""
    wrong = _("There is no column {name} to filter by: choose one of {known}")
    return UnknownColumn(wrong.format(name=name, known=", ".join(known)))


def chosen(columns: Sequence[Column], names: Sequence[str]) -> list[int]:
    """The places of the columns of these names, in the table's order; all where none is named. UnknownColumn."""
    known = [column.name for column in columns]
    if wrong := [name for name in names if name not in known]:
        told = _("There is no column {name}: choose from {known}")
        raise UnknownColumn(told.format(name=wrong[0], known=", ".join(known)))
    return [place for place, name in enumerate(known) if not names or name in names]


def key(columns: Sequence[Column], texts: Sequence[str]) -> tuple[Any, ...]:
    """The key of a row, of these columns, as texts name it; empty where they do not. BadFilter."""
    if texts and len(texts) != len(columns):
        wrong = _("A page begins after a row: give the parameter after once for each of {key}")
        raise BadFilter(wrong.format(key=", ".join(column.name for column in columns)))
    return tuple(value(column, text, FROM) for column, text in zip(columns, texts, strict=bool(texts)))


def value(column: Column, text: str, end: str = EQUALS) -> Any:
    """What the text of a filter stands for. BadFilter."""
    if text == "" and not end:
        return None
    parse, example = PARSERS[column.type]
    try:
        found = parse(text)
    except (KeyError, ValueError, OverflowError):
        wrong = _("{text} is no value of the column {name}: write it like {example}")
        raise BadFilter(wrong.format(text=repr(text), name=column.name, example=example)) from None
    whole_day = end == TO and column.type == "datetime" and len(text) == len("2026-01-31")
    return dt.datetime.combine(found, dt.time.max) if whole_day else found


def _number(text: str) -> float:
    found = float(_digits(text))
    if not math.isfinite(found):
        raise ValueError(text)
    return found


def bound(value: Any) -> Any:
    """A value as a statement takes it: whole numbers as wide as any engine has them, whatever the column holds."""
    return literal(value, BigInteger()) if type(value) is int else value


def _whole(text: str) -> int:
    return max(-WIDEST, min(WIDEST, int(_digits(text))))


def _digits(text: str) -> str:
    """A number in the digits that an address is written in: Python takes others, and underscores between them."""
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return text


def _moment(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo else found


#: how the text of a filter becomes a value, and what to write
PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "integer": (_whole, "1000"),
    "number": (_number, "3.1"),
    "date": (dt.date.fromisoformat, "2026-01-31"),
    "datetime": (_moment, "2026-01-31T12:00:00"),
    "boolean": ({"true": True, "false": False}.__getitem__, "true"),
    "text": (str, ""),
}
