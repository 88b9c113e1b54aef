"""What a verdict stands on: the readings of one attitude or more, of one population or counted over many."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from tracker import series
from tracker.claims.assertions import About
from tracker.claims.views import VIEWS, View
from tracker.claims.wholes import Whole

#: the columns of a reading that a verdict shows
CELLS = [
    *("poll", "question", "pollster", "instrument", "instrument_assumed", "field_start", "field_end"),
    *("date_precision", "known_from", "known_from_assumed", "value", "unit", "comparable", "why_not"),
]


@dataclass(frozen=True)
class Table:
    """The readings of one attitude; ``name`` is what tells it from the others, ``empty`` why there are none at all."""

    about: About
    name: str
    readings: pd.DataFrame
    empty: str | None = None

    @cached_property
    def comparable(self) -> pd.DataFrame:
        """The readings that are pooled."""
        return self.readings[self.readings.comparable].reset_index(drop=True)

    @property
    def pooled(self) -> tuple[Any, ...]:
        """What is pooled: a question has one value of an attitude, whoever is left out beside it."""
        return replace(self.about, pollster=None), *self.comparable.question

    def keeping(self, rows: pd.Series) -> "Table":
        """The same with some of its readings."""
        return replace(self, readings=self.readings[rows])


@dataclass(frozen=True)
class Ground:
    """Readings of one attitude or more, the assertion's own first, with what is comparable among them."""

    tables: tuple[Table, ...]
    joins: str
    polls_name: str
    measure_name: str
    unit: str
    #: a sentence that goes with every answer, such as which of several populations is judged
    remark: str = ""
    #: attitudes of which the record has any reading
    out_of: int = 1
    #: of many populations: how many of them were asked near each date that the assertion turns on
    near: tuple[tuple[dt.date, int], ...] = ()
    #: what was fitted before, by what was fitted: readings that say the same are never fitted twice
    views: dict[tuple[Any, ...], View] = field(default_factory=dict, compare=False)

    @cached_property
    def comparable(self) -> pd.DataFrame:
        """The readings of the assertion's own attitude that are pooled."""
        return self.tables[0].comparable

    @cached_property
    def pollsters(self) -> dict[str, str]:
        """Whose readings are pooled: names by id, in the order of the ids."""
        pooled = [table.comparable for table in self.tables]
        found = {pair for rows in pooled for pair in zip(rows.pollster, rows.pollster_name, strict=True)}
        return dict(sorted(found))

    @cached_property
    def known(self) -> dict[str, dt.date]:
        """The questions that are pooled, with the day from which each was public, oldest first."""
        found = {
            question: known_from.date()
            for table in self.tables
            for question, known_from in zip(table.comparable.question, table.comparable.known_from, strict=True)
        }
        return in_order(found)

    def fit(self) -> View:
        """What can be asked for paths. Raises NotPooled."""
        key = (self.joins, *(table.pooled for table in self.tables))
        if key not in self.views:
            self.views[key] = VIEWS[self.joins]([table.comparable for table in self.tables])
        return self.views[key]

    def without(self, pollster: str) -> "Ground":
        """The same without one pollster's readings."""
        return self._keeping(lambda readings: readings.pollster != pollster)

    def less(self, questions: Collection[str]) -> "Ground":
        """The same without some questions."""
        return self._keeping(lambda readings: ~readings.question.isin(list(questions)))

    def _keeping(self, rows: Callable[[pd.DataFrame], pd.Series]) -> "Ground":
        return replace(self, tables=tuple(table.keeping(rows(table.readings)) for table in self.tables))

    def evidence(self, near: Sequence[dt.date] = ()) -> tuple[dict[str, Any], ...]:
        """Every reading with the keys of a verdict's JSON, one attitude after the other; of many populations the
        readings within a year of the dates in ``near``, and of many subjects those that are pooled."""
        many = len(self.tables) > 2
        return tuple(
            cell
            for i, table in enumerate(self.tables)
            for cell in _cells(table)
            if not many or (_near(cell, near) if self.joins == "each" else cell["comparable"] or not i)
        )


@dataclass(frozen=True)
class Count:
    """The grounds of one assertion in each population of a whole, which has ``members`` in the record."""

    whole: Whole
    grounds: tuple[Ground, ...]
    members: int
    remark: str = ""
    joins: str = "count"
    unit: str = "populations"

    @cached_property
    def pollsters(self) -> dict[str, str]:
        """Whose readings are pooled: names by id, in the order of the ids."""
        return dict(sorted({pair for ground in self.grounds for pair in ground.pollsters.items()}))

    @cached_property
    def known(self) -> dict[str, dt.date]:
        """The questions that are pooled, with the day from which each was public, oldest first."""
        return in_order({question: day for ground in self.grounds for question, day in ground.known.items()})

    def without(self, pollster: str) -> "Count":
        """The same without one pollster's readings."""
        return replace(self, grounds=tuple(ground.without(pollster) for ground in self.grounds))

    def less(self, questions: Collection[str]) -> "Count":
        """The same without some questions."""
        return replace(self, grounds=tuple(ground.less(questions) for ground in self.grounds))

    def evidence(self, near: Sequence[dt.date] = ()) -> tuple[dict[str, Any], ...]:
        """The readings that are pooled, population by population."""
        return tuple(cell for ground in self.grounds for cell in ground.evidence(near) if cell["comparable"])


def in_order(known: dict[str, dt.date]) -> dict[str, dt.date]:
    """Questions with the day from which each was public, oldest first."""
    return dict(sorted(known.items(), key=lambda item: (item[1], item[0])))


def reaches(periods: Iterable[tuple[dt.date, dt.date]], date: dt.date) -> bool:
    """Whether a field period lies within a year of a date."""
    return any(series.distance(*period, date) <= series.REACH for period in periods)


def _near(cell: Mapping[str, Any], dates: Sequence[dt.date]) -> bool:
    period = dt.date.fromisoformat(cell["field_start"]), dt.date.fromisoformat(cell["field_end"])
    return any(reaches([period], date) for date in dates)


def _cells(table: Table) -> Iterator[dict[str, Any]]:
    """The readings of one attitude with the keys of a verdict's JSON."""
    about = {name: getattr(table.about, name) for name in ("population", "subject", "measure")}
    columns = {name: _plain(table.readings[name]) for name in CELLS}
    for cells in zip(*columns.values(), strict=True):
        question, rest = dict(zip(CELLS[:2], cells[:2], strict=True)), dict(zip(CELLS[2:], cells[2:], strict=True))
        yield question | about | rest


def _plain(column: "pd.Series[Any]") -> list[Any]:
    """A column as JSON can hold it: dates as ISO text, a missing value as None."""
    if column.dtype.kind == "M":
        return column.to_numpy().astype("datetime64[D]").astype(str).tolist()
    values: list[Any] = column.tolist()
    return [None if value != value else value for value in values]
