"""A store's readings for verdicts: each attitude read once and cut to what was known by a day."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

import pandas as pd

from tracker import language, scales, series
from tracker.claims.assertions import About, Assertion, EventChange
from tracker.claims.grounds import Count, Ground, Table, reaches
from tracker.claims.views import View
from tracker.claims.wholes import WHOLES
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
#: other questions named where the one wanted is missing
INSTEAD = 4
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


@dataclass
class Source:
    """A store's readings for many assertions: each attitude is read once."""

    store: Store
    rows: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)
    names: dict[tuple[Any, str], str] = field(default_factory=dict)
    frames: dict[tuple[Any, ...], pd.DataFrame] = field(default_factory=dict)
    views: dict[tuple[Any, ...], View] = field(default_factory=dict)

    @cached_property
    def meanings(self) -> dict[str, list[Any]]:
        """The responses of every scale."""
        return dict(self.store.meanings())

    @cached_property
    def choices(self) -> list[Any]:
        """The attitudes that the record holds."""
        return list(self.store.choices())

    @cached_property
    def populations(self) -> list[Any]:
        """All populations of the record."""
        return list(self.store.every(Population))

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
        if not way:
            return None
        whole = WHOLES.get(about.population)
        if whole:
            self._read_all(about)
        named = whole.members(self.populations, stated.made) if whole else about.population.split(";")
        rows = [row for name in named for row in self._rows(name, about.subject, about.construct)]
        scales_used = sorted({row.scale for row in rows})
        found = {scales.direction(self.meanings.get(scale, ()), about.measure) for scale in scales_used} - {0}
        turns = way * found.pop() if len(found) == 1 else 0
        return {1: "warmer", -1: "cooler"}.get(turns)

    def ground(self, stated: Stated, known_by: dt.date, everybody: bool = False) -> Ground | Count:
        """The ground of what is stated, as known by a day; the questions it cites always count as known."""
        rule = stated.assertion or Assertion()
        about = replace(stated.about, pollster=None) if everybody else stated.about
        remark = f" {_(rule.caveat)}" if rule.caveat else ""
        if rule.joins == "each":
            return self._each(about, rule, stated, known_by, remark)
        if about.population in WHOLES:
            return self._counted(about, rule, stated, known_by, remark)
        about, judged = self._one_of_several(about)
        return self._ground(about, rule, stated, known_by, judged + remark)

    def _ground(self, about: About, rule: Assertion, stated: Stated, known_by: dt.date, remark: str = "") -> Ground:
        return self._of(rule.abouts(about, self.choices), about, rule, stated, known_by, remark)

    def _of(
        self, abouts: tuple[About, ...], about: About, rule: Assertion, stated: Stated, known_by: dt.date, remark: str
    ) -> Ground:
        first = self._table(abouts[0], abouts, rule, stated, known_by)
        # a subject without readings cannot be set against any number of others
        others = () if len(abouts) > 2 and rule.joins == "apart" and first.comparable.empty else abouts[1:]
        # a copy: what is comparable in the first was looked at, and changes where it is paired
        tables = [replace(first), *(self._table(each, abouts, rule, stated, known_by) for each in others)]
        if rule.joins == "apart":
            _pair([table.readings for table in tables])
        unit = "percent" if abouts[0].measure not in ("net", "mean") else "points"
        names = self._polls_name(about), self._measure_name(abouts[0])
        return Ground(tuple(tables), rule.joins, *names, unit, remark, len(abouts), views=self.views)

    def _each(self, about: About, rule: Assertion, stated: Stated, known_by: dt.date, remark: str) -> Ground:
        """Every population of those named, or of a whole, that was asked near both ends."""
        whole = WHOLES.get(about.population)
        named = ";".join(whole.members(self.populations, stated.made)) if whole else about.population
        self._read_all(about)
        asked = rule.abouts(replace(about, population=named), self.choices)
        dates = rule.turns_on(stated.made)
        known = [(each, self._periods(each, known_by, stated.cites)) for each in asked]
        near = tuple((date, sum(reaches(periods, date) for _each, periods in known)) for date in dates)
        kept = tuple(each for each, periods in known if all(reaches(periods, date) for date in dates))
        ground = self._of(kept or asked[:1] or (about,), about, rule, stated, known_by, remark)
        return replace(ground, out_of=len(asked), near=near)

    def _counted(self, about: About, rule: Assertion, stated: Stated, known_by: dt.date, remark: str) -> Count:
        """Every country of a whole that was asked near the dates on which the assertion turns."""
        whole = WHOLES[about.population]
        members = whole.members(self.populations, stated.made)
        self._read_all(about)
        dates, asked = rule.turns_on(stated.made), [replace(about, population=name) for name in members]
        known = [(each, self._periods(each, known_by, stated.cites)) for each in asked]
        kept = [each for each, periods in known if periods and all(reaches(periods, date) for date in dates)]
        grounds = tuple(self._ground(each, rule, stated, known_by) for each in kept)
        return Count(whole, grounds, len(members), remark)

    def _periods(self, about: About, known_by: dt.date, cites: Collection[str]) -> list[tuple[dt.date, dt.date]]:
        """The field periods of what was asked and public, before the readings are made into a table."""
        return [
            (row.field_start, row.field_end)
            for row in self._rows(about.population, about.subject, about.construct)
            if (row.published or row.field_end) <= known_by or row.question in cites
            if about.pollster in (None, row.pollster) and row.object == about.object
        ]

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
        pools_all = about.construct in series.ONE_THING and about.measure != "mean"
        key = (about, unknown, () if pools_all else near)
        if key not in self.frames:
            rest = about.measure, about.object, known_by, about.pollster, cites, near
            made = self._cut(about, unknown) if pools_all else series.frame(rows, self.meanings, *rest)
            self.frames[key] = made
        return self.frames[key].copy()

    def _cut(self, about: About, unknown: Collection[str]) -> pd.DataFrame:
        """The readings without some that were not known. Where all questions are pooled, the others stay as they are,
        so the table of all of them is made only once."""
        whole = replace(about, pollster=None), frozenset[str](), ()
        if whole not in self.frames:
            rows = self._rows(about.population, about.subject, about.construct)
            self.frames[whole] = series.frame(rows, self.meanings, about.measure, about.object)
        found = self.frames[whole]
        kept = found[~found.question.isin(list(unknown))].reset_index(drop=True)
        if about.pollster:
            series.leave_out(kept, kept.pollster != about.pollster, "other-pollster")
        return kept

    def _read_all(self, about: About) -> None:
        """Read what every population was asked of a subject in one go."""
        if all((row.population, about.subject, about.construct) in self.rows for row in self.choices):
            return
        found: dict[str, list[Any]] = {row.population: [] for row in self.choices}
        for row in self.store.questions(None, about.subject, about.construct):
            found[row.population].append(row)
        for population, rows in found.items():
            self.rows[population, about.subject, about.construct] = rows

    def _rows(self, population: str, subject: str, construct: str) -> list[Any]:
        key = (population, subject, construct)
        if key not in self.rows:
            self.rows[key] = list(self.store.questions(*key))
        return self.rows[key]

    def _one_of_several(self, about: About) -> tuple[About, str]:
        """The attitude judged where a claim is about several populations or subjects, the first with readings, and a
        sentence to say so."""
        several = product(about.population.split(";"), about.subject.split(";"))
        named = [(population.strip(), subject.strip()) for population, subject in several]
        if len(named) == 1:
            return about, ""
        judged = next((pair for pair in named if self._rows(*pair, about.construct)), named[0])
        told = [
            (self._name(kind, one), ", ".join(sorted({self._name(kind, each[i]) for each in named} - {one_name})))
            for i, (kind, one) in enumerate(zip((Population, Subject), judged, strict=True))
            for one_name in [self._name(kind, one)]
        ]
        text = _("Judged for {judged} only, not for {others}.")
        remark = "".join(" " + text.format(judged=one, others=others) for one, others in told if others)
        return replace(about, population=judged[0], subject=judged[1]), remark

    def _empty(self, about: About, rule: Assertion, readings: pd.DataFrame, known_by: dt.date) -> str | None:
        who, what = self._name(Population, about.population), self._name(Subject, about.subject)
        if about.population in WHOLES:
            text = _("No population of the record that belongs to {whole} was asked about this.")
            return text.format(whole=_(WHOLES[about.population].name))
        if who == about.population:
            return _(rule.nobody).format(population=who)
        if not self._rows(about.population, about.subject, about.construct):
            text = _("There are no readings of {construct} for {subject} among {population}.")
            told = text.format(construct=language.word(about.construct), subject=what, population=who)
            return told + self._instead(about)
        if readings.empty:
            return _("No reading was public by {date}.").format(date=day(known_by))
        if about.pollster and about.pollster not in set(readings.pollster):
            return self._not_by(about, known_by)
        return None

    def _instead(self, about: About) -> str:
        """What else the record has of a population and a subject, which is another question."""
        rows = [row for row in self.choices if (row.population, row.subject) == (about.population, about.subject)]
        found: dict[str, int] = {}
        for row in rows:
            found[row.construct] = found.get(row.construct, 0) + row.questions
        if not found:
            return ""
        named = ", ".join(f"{language.word(name)} ({language.number(found[name])})" for name in list(found)[:INSTEAD])
        return " " + _("What it has of them is another question: {found}.").format(found=named)

    def _not_by(self, about: About, known_by: dt.date) -> str:
        name = self._name(Pollster, about.pollster or "")
        if name == about.pollster:
            return _("The record has no polls by {name}.").format(name=name)
        text = _("No reading of this by {name} was public by {date}.")
        return text.format(name=name, date=day(known_by))

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
            whole = WHOLES.get(slug) if kind is Population else None
            self.names[kind, slug] = language.name(row.name) if row else _(whole.name) if whole else slug
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
