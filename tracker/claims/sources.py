"""The ground of a verdict: the readings that an assertion is about, read once and cut to what was known by a day."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from tracker import series
from tracker.language import day
from tracker.language import gettext as _
from tracker.models import Pollster, Population, Subject
from tracker.store import Store
from tracker.trend import Difference, Trend, difference, fit

#: how a measure is called in a sentence: by construct and measure, or by measure alone
MEASURE_NAMES = {
    ("favourability", "positive"): "favourable views",
    ("favourability", "negative"): "unfavourable views",
    ("favourability", "net"): "net favourable views",
    "positive": "positive answers",
    "negative": "negative answers",
    "net": "positive minus negative answers",
    "mean": "the mean rating",
}


@dataclass(frozen=True)
class About:
    """The attitude that an assertion is about, and whose polls it names, if anybody's."""

    population: str
    subject: str
    construct: str
    measure: str
    object: str = "country"
    pollster: str | None = None


@dataclass(frozen=True)
class Ground:
    """Readings with what is comparable among them; in a comparison also those of the other subject (``versus``)."""

    readings: pd.DataFrame
    polls_name: str
    measure_name: str
    unit: str
    subjects: tuple[str, ...]
    subject_names: tuple[str, str]
    versus: pd.DataFrame | None = None
    #: why there are no readings at all, as a sentence
    empty: str | None = None
    #: a sentence that goes with every answer, such as which of several populations is judged
    remark: str = ""

    @cached_property
    def comparable(self) -> pd.DataFrame:
        """The readings that are pooled."""
        return self.readings[self.readings.comparable].reset_index(drop=True)

    def fit(self) -> Trend | Difference:
        """The pooled level; in a comparison the pooled difference within polls. Raises NotPooled."""
        if self.versus is None:
            return fit(self.comparable)
        return difference(self.comparable, self.versus[self.versus.comparable].reset_index(drop=True))

    def without(self, pollster: str) -> "Ground":
        """The same without one pollster's readings."""
        rest = None if self.versus is None else self.versus[self.versus.pollster != pollster]
        return replace(self, readings=self.readings[self.readings.pollster != pollster], versus=rest)

    def evidence(self) -> tuple[dict[str, Any], ...]:
        """Every reading with the keys of a verdict's JSON; in a comparison first one subject's, then the other's."""
        pairs = zip(self.subjects, (self.readings, self.versus), strict=False)
        return tuple(_cell(row, subject) for subject, table in pairs if table is not None for row in table.itertuples())


@dataclass
class Source:
    """A store's readings for many assertions: each attitude is read once."""

    store: Store
    rows: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)
    names: dict[tuple[Any, str], str] = field(default_factory=dict)

    @cached_property
    def meanings(self) -> dict[str, list[Any]]:
        """The responses of every scale."""
        return dict(self.store.meanings())

    def ground(
        self,
        about: About,
        versus: str | None,
        known_by: dt.date,
        cites: Collection[str] = (),
        near: Sequence[dt.date] = (),
    ) -> Ground:
        """The ground of an assertion, as known by a day; the questions it cites always count as known."""
        population, remark = self._population(about)
        about = replace(about, population=population)
        tables = [self._frame(about, subject, known_by, cites, near) for subject in (about.subject, versus) if subject]
        if len(tables) == 2:
            _pair(tables)
        unit = "percent" if about.measure not in ("net", "mean") else "points"
        names = self._name(Subject, about.subject), self._name(Subject, versus or about.subject)
        return Ground(
            readings=tables[0],
            versus=tables[1] if versus else None,
            polls_name=self._polls_name(about),
            measure_name=self._measure_name(about),
            unit=unit,
            subjects=(about.subject, versus or about.subject),
            subject_names=names,
            empty=self._empty(about, tables[0], known_by),
            remark=remark,
        )

    def _frame(
        self, about: About, subject: str, known_by: dt.date, cites: Collection[str], near: Sequence[dt.date]
    ) -> pd.DataFrame:
        rows = self._rows(about.population, subject, about.construct)
        return series.frame(rows, self.meanings, about.measure, about.object, known_by, about.pollster, cites, near)

    def _rows(self, population: str, subject: str, construct: str) -> list[Any]:
        key = (population, subject, construct)
        if key not in self.rows:
            self.rows[key] = list(self.store.questions(*key))
        return self.rows[key]

    def _population(self, about: About) -> tuple[str, str]:
        """The population judged where a claim is about several, the first with readings, and a sentence to say so."""
        named = about.population.split(";")
        if len(named) == 1:
            return about.population, ""
        judged = next((name for name in named if self._rows(name, about.subject, about.construct)), named[0])
        others = ", ".join(self._name(Population, name) for name in named if name != judged)
        text = _("Judged for {judged} only, not for {others}.")
        return judged, " " + text.format(judged=self._name(Population, judged), others=others)

    def _empty(self, about: About, readings: pd.DataFrame, known_by: dt.date) -> str | None:
        who, what = self._name(Population, about.population), self._name(Subject, about.subject)
        if who == about.population:
            return _("The record has no polls of this population ({population}).").format(population=who)
        if not self._rows(about.population, about.subject, about.construct):
            text = _("There are no readings of {construct} for {subject} among {population}.")
            return text.format(construct=about.construct.replace("-", " "), subject=what, population=who)
        if readings.empty:
            return _("No reading was public by {date}.").format(date=day(known_by))
        if about.pollster and about.pollster not in set(readings.pollster):
            text = _("No reading of this by {name} was public by {date}.")
            return text.format(name=self._name(Pollster, about.pollster), date=day(known_by))
        return None

    def _polls_name(self, about: About) -> str:
        if about.pollster is None:
            return _("Polls")
        return _("Polls by {name}").format(name=self._name(Pollster, about.pollster))

    def _measure_name(self, about: About) -> str:
        known = MEASURE_NAMES.get((about.construct, about.measure)) or MEASURE_NAMES.get(about.measure)
        if known:
            return _(known)
        names = [row.name for rows in self.meanings.values() for row in rows if row.response == about.measure]
        return _("the answer “{name}”").format(name=names[0] if names else about.measure.replace("-", " "))

    def _name(self, kind: Any, slug: str) -> str:
        if (kind, slug) not in self.names:
            row = self.store.entity(kind, slug)
            self.names[kind, slug] = row.name if row else slug
        return self.names[kind, slug]


def _pair(tables: list[pd.DataFrame]) -> None:
    """Leave comparable only what a poll asked about both subjects on one scale."""
    keys = [list(zip(table.poll, table.scale, strict=True)) for table in tables]
    asked = [
        {key for key, good in zip(k, table.comparable, strict=True) if good}
        for k, table in zip(keys, tables, strict=True)
    ]
    for table, key in zip(tables, keys, strict=True):
        alone = table.comparable & ~pd.Series([k in asked[0] & asked[1] for k in key], index=table.index, dtype=bool)
        table.loc[alone, "comparable"] = False
        table.loc[alone, "why_not"] = "one-subject"


def _cell(row: Any, subject: str) -> dict[str, Any]:
    return {
        "poll": row.poll,
        "question": row.question,
        "subject": subject,
        "pollster": row.pollster,
        "instrument": row.instrument,
        "instrument_assumed": bool(row.instrument_assumed),
        "field_start": row.field_start.date().isoformat(),
        "field_end": row.field_end.date().isoformat(),
        "date_precision": row.date_precision,
        "known_from": row.known_from.date().isoformat(),
        "known_from_assumed": bool(row.known_from_assumed),
        "value": None if pd.isna(row.value) else float(row.value),
        "unit": row.unit,
        "comparable": bool(row.comparable),
        "why_not": row.why_not,
    }
