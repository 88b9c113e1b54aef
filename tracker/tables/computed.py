"""The tables that are computed when asked for: the readings of one attitude and what is made of them, and verdicts.

Which attitude is said by parameters that have the same names as the columns, and defaults.
"""

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

import pandas as pd

from tracker import language, series, trend
from tracker.export import Column, Row, Rows
from tracker.language import gettext as _
from tracker.store import Asked, Store, filters
from tracker.store.filters import Filters
from tracker.tables import columns, judged

#: what says which attitude a table is of, with what is meant where it is left out
DEFAULTS = {
    "population": series.DEFAULT_POPULATION,
    "subject": series.DEFAULT_SUBJECT,
    "construct": "favourability",
    "measure": "positive",
    "object": "country",
}
ATTITUDE = tuple(DEFAULTS)


class NothingThere(LookupError):
    """Nothing of this attitude can be computed; its text says why."""


#: what a table is computed from: the store, its parameters, and the filters, which it may use to compute less
Compute = Callable[[Store, Mapping[str, Any], Filters], Iterable[Row]]


@dataclass(frozen=True)
class Computed:
    """A table that is computed: its columns, those by which its rows are known and ordered, its parameters."""

    columns: list[Column]
    key: tuple[str, ...]
    parameters: tuple[str, ...]
    compute: Compute

    def table(self, store: Store, asked: Asked) -> tuple[list[Column], Rows]:
        """What is asked for of the table."""
        places = filters.chosen(self.columns, asked.columns)
        rows = Rows.of(self.columns, self._rows(store, asked))
        found = [self.columns[place] for place in places]
        return found, rows if len(places) == len(self.columns) else rows.only(places)

    def page_end(self, store: Store, asked: Asked) -> list[str] | None:
        """The key of the last row asked for, where there are further ones; else None."""
        if asked.limit is None:
            return None
        found = list(self._rows(store, replace(asked, limit=asked.limit + 1)))
        return [str(found[asked.limit - 1][place]) for place in self._places()] if len(found) > asked.limit else None

    def check(self, asked: Filters) -> None:
        """UnknownColumn, BadFilter where it cannot be filtered so; nothing is computed."""
        self._conditions(asked)
        _typed(self._given(asked))

    def passing(self, rows: Iterable[Row], asked: Filters) -> list[Row]:
        """Those of its rows that pass the filters."""
        return list(self._passing(rows, self._conditions(asked), (), None))

    def _rows(self, store: Store, asked: Asked) -> Generator[Row, None, None]:
        conditions = self._conditions(asked.filters)
        start = filters.key([self.columns[place] for place in self._places()], asked.after)
        computed = self.compute(store, _typed(self._given(asked.filters)), self._rest(asked.filters))
        return self._passing(computed, conditions, start, asked.limit)

    def _given(self, asked: Filters) -> dict[str, str]:
        return {name: texts[-1] for name, texts in asked.items() if name in self.parameters and texts}

    def _rest(self, asked: Filters) -> Filters:
        return {name: texts for name, texts in asked.items() if name not in self.parameters}

    def _conditions(self, asked: Filters) -> list[filters.Filter]:
        return list(filters.read(self.columns, self._rest(asked), self.parameters))

    def _passing(
        self, rows: Iterable[Row], conditions: Sequence[filters.Filter], start: tuple[Any, ...], limit: int | None
    ) -> Generator[Row, None, None]:
        place = {column.name: number for number, column in enumerate(self.columns)}
        met = (row for row in rows if all(each.keeps(row[place[each.column.name]]) for each in conditions))
        key = self._places()
        yield from islice((row for row in met if not start or tuple(row[i] for i in key) > start), limit)

    def _places(self) -> list[int]:
        names = [column.name for column in self.columns]
        return [names.index(name) for name in self.key]


def _typed(given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters as what they are, those left out that are blank. BadFilter."""
    types = {name: "date" if name == "known_by" else "text" for name in given}
    return {name: filters.value(Column(name, types[name]), text) for name, text in given.items() if text}


def _readings(store: Store, given: Mapping[str, Any]) -> pd.DataFrame:
    about = DEFAULTS | dict(given)
    readings = _read(store, store.newest(), language.chosen(), tuple(about.items()))
    if readings.empty:
        none = _("No such question about {subject} was asked of {population} by then: the questions list what was.")
        raise NothingThere(none.format(subject=about["subject"], population=about["population"]))
    return readings


@lru_cache(maxsize=1)
def _read(store: Store, _revision: int, _language: str, about: tuple[tuple[str, Any], ...]) -> pd.DataFrame:
    """The readings last asked for are at hand: whoever takes one table of an attitude often takes the others."""
    return series.read(store, **dict(about))


def _trend(store: Store, given: Mapping[str, Any]) -> trend.Trend:
    try:
        return trend.fit(_readings(store, given))
    except trend.NotPooled as error:
        raise NothingThere(error.reason) from None


def _plain(table: pd.DataFrame, wanted: Sequence[Column], about: tuple[Any, ...] = ()) -> Iterator[Row]:
    """The rows of a frame with Python's own values, None where a cell is missing, numbers to four decimals."""
    cells = [_cells(table[column.name], column.type) for column in wanted[len(about) :]]
    return ((*about, *row) for row in zip(*cells, strict=True))


def _cells(values: pd.Series, kind: str) -> list[Any]:
    make: dict[str, Callable[[Any], Any]] = {
        "number": lambda value: round(float(value), 4),
        "integer": int,
        "boolean": bool,
        "date": lambda value: value.date() if isinstance(value, dt.datetime) else value,
        "text": str,
    }
    return [None if pd.isna(value) else make[kind](value) for value in values]


def _about(given: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple((DEFAULTS | dict(given))[name] for name in ATTITUDE)


def _series(store: Store, given: Mapping[str, Any], _filters: Filters) -> Iterator[Row]:
    rated = [column for column in columns.SERIES if column.name == "rated"]
    readings = _readings(store, given)
    return _plain(readings.rename(columns={"object": rated[0].name}), columns.SERIES, _about(given))


def _days(store: Store, given: Mapping[str, Any], asked: Filters) -> Iterator[Row]:
    conditions = _of_days(asked)
    return _levels(store, given, lambda day, _last: all(each.keeps(day) for each in conditions))


def _months(store: Store, given: Mapping[str, Any], _filters: Filters) -> Iterator[Row]:
    return _levels(store, given, lambda day, last: day.day == 1 or day == last)


def _levels(store: Store, given: Mapping[str, Any], wanted: Callable[[dt.date, dt.date], bool]) -> Iterator[Row]:
    """A row for each day of a trend that is wanted; it is told the last day too."""
    fitted, about = _trend(store, given), _about(given)
    every = (fitted.first + dt.timedelta(days=n) for n in range((fitted.last - fitted.first).days + 1))
    days = [day for day in every if wanted(day, fitted.last)]
    levels = _plain(fitted.band(days), columns.TREND[: -len(about)]) if days else iter(())
    return ((*level, *about) for level in levels)


def _of_days(asked: Filters) -> list[filters.Filter]:
    """The conditions on the day: a level costs time, and none is computed that nobody asked for."""
    chosen = {name: texts for name, texts in asked.items() if filters.parted(name)[0] == "date"}
    return list(filters.read(columns.TREND[:1], chosen))


def _weights(store: Store, given: Mapping[str, Any], _filters: Filters) -> Iterator[Row]:
    return _plain(_trend(store, given).readings, columns.WEIGHTS, _about(given))


def _house_effects(store: Store, given: Mapping[str, Any], _filters: Filters) -> Iterator[Row]:
    fitted = _trend(store, given)
    names = dict(zip(fitted.readings["pollster"], fitted.readings["pollster_name"], strict=True))
    effects = fitted.house_effects()
    return _plain(effects.assign(pollster_name=effects["pollster"].map(names)), columns.HOUSE_EFFECTS, _about(given))


OF_ATTITUDE = (*ATTITUDE, "known_by")
#: every table that is computed
COMPUTED: dict[str, Computed] = {
    "series": Computed(columns.SERIES, ("field_end", "question"), OF_ATTITUDE, _series),
    "trend": Computed(columns.TREND, ("date",), OF_ATTITUDE, _days),
    "weights": Computed(columns.WEIGHTS, ("field_end", "question"), OF_ATTITUDE, _weights),
    "house-effects": Computed(columns.HOUSE_EFFECTS, ("pollster",), OF_ATTITUDE, _house_effects),
    "verdicts": Computed(columns.VERDICTS, ("claim", "part", "side"), ("known_by",), judged.verdicts),
    "evidence": Computed(columns.EVIDENCE, ("claim", "part", "side", "reading"), ("known_by",), judged.evidence),
}
#: the trend on the first day of each month and on its last day: a thirtieth of its rows, and of the time they take
MONTHLY = Computed(columns.TREND, ("date",), OF_ATTITUDE, _months)
