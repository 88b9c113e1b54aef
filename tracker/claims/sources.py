"""The ground of a verdict: the readings that an assertion is about, read once and cut to what was known by a day."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from tracker import language, scales, series
from tracker.claims.assertions import About, Assertion, EventChange
from tracker.claims.views import VIEWS, View
from tracker.events import bounds
from tracker.language import day, marked
from tracker.language import gettext as _
from tracker.models import Pollster, Population, Subject
from tracker.store import Store

#: how a measure is called in a sentence: by construct and measure, or by measure alone
MEASURE_NAMES = marked(
    {
        ("favourability", "positive"): "favourable views",
        ("favourability", "negative"): "unfavourable views",
        ("favourability", "net"): "net favourable views",
        "positive": "positive answers",
        "negative": "negative answers",
        "net": "positive minus negative answers",
        "mean": "the mean rating",
    }
)


#: the columns of a reading that a verdict shows
CELLS = [
    *("poll", "question", "pollster", "instrument", "instrument_assumed", "field_start", "field_end"),
    *("date_precision", "known_from", "known_from_assumed", "value", "unit", "comparable", "why_not"),
]
#: the ways in which a measure can go or stand
WAYS = {"up": 1, "above": 1, "down": -1, "below": -1}


@dataclass(frozen=True)
class Stated:
    """What a claim, or a part of one, asserts. ``assertion`` is None where ``unjudged`` says why no rule applies;
    ``made`` is the last day on which the claim can have been made; ``cites`` the questions it cites."""

    about: About
    kind: str
    given: dict[str, Any]
    made: dt.date
    cites: frozenset[str] = frozenset()
    assertion: Assertion | None = None
    unjudged: str = ""


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

    @cached_property
    def comparable(self) -> pd.DataFrame:
        """The readings of the assertion's own attitude that are pooled."""
        return self.tables[0].comparable

    @cached_property
    def pollsters(self) -> list[str]:
        """Whose readings are pooled."""
        return sorted({name for table in self.tables for name in table.comparable.pollster})

    @cached_property
    def known(self) -> dict[str, dt.date]:
        """The questions that are pooled, with the day from which each was public, oldest first."""
        found = {
            question: known_from.date()
            for table in self.tables
            for question, known_from in zip(table.comparable.question, table.comparable.known_from, strict=True)
        }
        return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))

    def fit(self) -> View:
        """What can be asked for paths. Raises NotPooled."""
        return VIEWS[self.joins]([table.comparable for table in self.tables])

    def without(self, pollster: str) -> "Ground":
        """The same without one pollster's readings."""
        return self._keeping(lambda readings: readings.pollster != pollster)

    def less(self, questions: Collection[str]) -> "Ground":
        """The same without some questions."""
        return self._keeping(lambda readings: ~readings.question.isin(list(questions)))

    def _keeping(self, rows: Any) -> "Ground":
        return replace(self, tables=tuple(table.keeping(rows(table.readings)) for table in self.tables))

    def evidence(self, near: Sequence[dt.date] = ()) -> tuple[dict[str, Any], ...]:
        """Every reading with the keys of a verdict's JSON, one attitude after the other; of many populations the
        readings within a year of the dates in ``near``, and of many subjects those that are pooled."""
        many = len(self.tables) > 2
        found = []
        for i, table in enumerate(self.tables):
            # only the columns shown: a tuple of all thirty takes twice as long
            for row in table.readings[CELLS].itertuples():
                if not many or (_reaches(row, near) if self.joins == "each" else row.comparable or not i):
                    found.append(_cell(row, table.about))
        return tuple(found)


@dataclass
class Source:
    """A store's readings for many assertions: each attitude is read once."""

    store: Store
    rows: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)
    names: dict[tuple[Any, str], str] = field(default_factory=dict)
    frames: dict[tuple[Any, ...], pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def meanings(self) -> dict[str, list[Any]]:
        """The responses of every scale."""
        return dict(self.store.meanings())

    @cached_property
    def choices(self) -> list[Any]:
        """The attitudes that the record holds."""
        return list(self.store.choices())

    @cached_property
    def events(self) -> list[Any]:
        """All events of the record."""
        return list(self.store.events())

    @cached_property
    def claims(self) -> list[Any]:
        """All claims of the record."""
        return list(self.store.claims())

    def completed(self, stated: Stated) -> Stated:
        """What is asserted with what only the record knows: when the event named in it happened."""
        rule = stated.assertion
        if not isinstance(rule, EventChange):
            return stated
        event = next((row for row in self.events if row.id == rule.event), None)
        if event is None:
            text = _("There is no event {event} in the record.").format(event=rule.event)
            return replace(stated, assertion=None, unjudged=text)
        same = [row for row in self.events if stated.about.subject in row.subjects.split(";")]
        return replace(stated, assertion=rule.after(bounds(event), same))

    def warmth(self, stated: Stated) -> str | None:
        """Whether what is asserted is warmer or cooler: a falling share that sees a threat is warmer. None where it is
        neither, or no reading tells."""
        about, way = stated.about, WAYS.get(str(stated.given.get("direction")), 0)
        rows = [row for name in about.population.split(";") for row in self._rows(name, about.subject, about.construct)]
        scales_used = sorted({row.scale for row in rows})
        found = {scales.direction(self.meanings.get(scale, ()), about.measure) for scale in scales_used} - {0}
        turns = way * found.pop() if len(found) == 1 else 0
        return {1: "warmer", -1: "cooler"}.get(turns)

    def ground(self, stated: Stated, known_by: dt.date, everybody: bool = False) -> Ground:
        """The ground of what is stated, as known by a day; the questions it cites always count as known."""
        rule = stated.assertion or Assertion()
        about, remark = replace(stated.about, pollster=None) if everybody else stated.about, ""
        if rule.joins != "each":
            about, remark = self._population(about)
        remark += f" {_(rule.caveat)}" if rule.caveat else ""
        abouts = rule.abouts(about, self.choices)
        out_of = len(abouts)
        if rule.joins == "each":
            dates = rule.turns_on(stated.made)
            abouts = tuple(each for each in abouts if self._asked_near(each, dates)) or abouts[:1]
        tables = [self._table(each, abouts, rule, stated, known_by) for each in abouts]
        if rule.joins == "apart":
            _pair([table.readings for table in tables])
        unit = "percent" if abouts[0].measure not in ("net", "mean") else "points"
        name = self._measure_name(abouts[0])
        return Ground(tuple(tables), rule.joins, self._polls_name(about), name, unit, remark, out_of)

    def _table(
        self, about: About, abouts: Sequence[About], rule: Assertion, stated: Stated, known_by: dt.date
    ) -> Table:
        readings = self._frame(about, known_by, stated.cites, rule.turns_on(stated.made))
        for code, mask in rule.rules_out(stated.made, readings).items():
            series.leave_out(readings, mask, code)
        return Table(about, self._told_apart(about, abouts), readings, self._empty(about, rule, readings, known_by))

    def _frame(
        self, about: About, known_by: dt.date, cites: Collection[str], near: tuple[dt.date, ...]
    ) -> pd.DataFrame:
        """A table of its own of an attitude's readings; what was known by several days alike is made only once."""
        rows = self._rows(about.population, about.subject, about.construct)
        unknown = frozenset(row.question for row in rows if (row.published or row.field_end) > known_by) - set(cites)
        near = () if about.construct in series.ONE_THING else near
        key = (about, unknown, near)
        if key not in self.frames:
            rest = about.measure, about.object, known_by, about.pollster, cites, near
            self.frames[key] = series.frame(rows, self.meanings, *rest)
        return self.frames[key].copy()

    def _rows(self, population: str, subject: str, construct: str) -> list[Any]:
        key = (population, subject, construct)
        if key not in self.rows:
            self.rows[key] = list(self.store.questions(*key))
        return self.rows[key]

    def _asked_near(self, about: About, dates: Sequence[dt.date]) -> bool:
        """Whether anything was asked near each date, before the readings are made into a table."""
        rows = self._rows(about.population, about.subject, about.construct)
        days = [(row.field_start, row.field_end) for row in rows]
        return all(any(series.distance(*period, date) <= series.REACH for period in days) for date in dates)

    def _population(self, about: About) -> tuple[About, str]:
        """The population judged where a claim is about several, the first with readings, and a sentence to say so."""
        named = about.population.split(";")
        if len(named) == 1:
            return about, ""
        judged = next((name for name in named if self._rows(name, about.subject, about.construct)), named[0])
        others = ", ".join(self._name(Population, name) for name in named if name != judged)
        text = _("Judged for {judged} only, not for {others}.")
        remark = " " + text.format(judged=self._name(Population, judged), others=others)
        return replace(about, population=judged), remark

    def _empty(self, about: About, rule: Assertion, readings: pd.DataFrame, known_by: dt.date) -> str | None:
        who, what = self._name(Population, about.population), self._name(Subject, about.subject)
        if who == about.population:
            return _(rule.nobody).format(population=who)
        if not self._rows(about.population, about.subject, about.construct):
            text = _("There are no readings of {construct} for {subject} among {population}.")
            return text.format(construct=language.word(about.construct), subject=what, population=who)
        if readings.empty:
            return _("No reading was public by {date}.").format(date=day(known_by))
        if about.pollster and about.pollster not in set(readings.pollster):
            text = _("No reading of this by {name} was public by {date}.")
            return text.format(name=self._name(Pollster, about.pollster), date=day(known_by))
        return None

    def _told_apart(self, about: About, abouts: Sequence[About]) -> str:
        """What tells an attitude from the others of its assertion, in words."""
        if len({each.population for each in abouts}) > 1:
            return self._name(Population, about.population)
        if len({each.measure for each in abouts}) > 1:
            return self._measure_name(about)
        return self._name(Subject, about.subject)

    def _polls_name(self, about: About) -> str:
        if about.pollster is None:
            return _("Polls")
        return _("Polls by {name}").format(name=self._name(Pollster, about.pollster))

    def _measure_name(self, about: About) -> str:
        known = MEASURE_NAMES.get((about.construct, about.measure)) or MEASURE_NAMES.get(about.measure)
        if known:
            return _(known)
        names = [row.name for rows in self.meanings.values() for row in rows if row.response == about.measure]
        return _("the answer “{name}”").format(name=language.name(names[0]) if names else language.word(about.measure))

    def _name(self, kind: Any, slug: str) -> str:
        if (kind, slug) not in self.names:
            row = self.store.entity(kind, slug)
            self.names[kind, slug] = language.name(row.name) if row else slug
        return self.names[kind, slug]


def _pair(tables: Sequence[pd.DataFrame]) -> None:
    """Leave comparable only what a poll asked about the first subject and another one on one scale."""
    keys = [list(zip(table.poll, table.scale, strict=True)) for table in tables]
    asked = [
        {key for key, good in zip(k, table.comparable, strict=True) if good}
        for k, table in zip(keys, tables, strict=True)
    ]
    others = set().union(*asked[1:])
    for i, (table, key) in enumerate(zip(tables, keys, strict=True)):
        partner = asked[0] if i else others
        series.leave_out(table, ~pd.Series([k in partner for k in key], index=table.index, dtype=bool), "one-subject")


def _reaches(row: Any, dates: Sequence[dt.date]) -> bool:
    return any(series.distance(row.field_start.date(), row.field_end.date(), date) <= series.REACH for date in dates)


def _cell(row: Any, about: About) -> dict[str, Any]:
    return {
        "poll": row.poll,
        "question": row.question,
        "population": about.population,
        "subject": about.subject,
        "measure": about.measure,
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
