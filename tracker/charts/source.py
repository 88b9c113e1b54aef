"""What views are drawn from: a store's readings, trends, claims and events, each read or fitted once."""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import pandas as pd

from tracker import claims, language, scales, series
from tracker.charts.words import measure_name
from tracker.models import Population, Subject
from tracker.store import Store
from tracker.trend import Difference, NotPooled, Trend, difference, fit

#: attitudes kept at hand
KEPT = 256


class Attitude(NamedTuple):
    """Which attitude: the arguments of :func:`tracker.series.read`, in its order."""

    population: str
    subject: str
    construct: str = "favourability"
    measure: str = "positive"
    object: str = "country"
    known_by: dt.date | None = None


class Source:
    """A store at one revision, in one language: good until either changes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        # one memory an instance: what it holds goes when it goes
        self.readings = lru_cache(KEPT)(self._readings)
        self.pooled = lru_cache(KEPT)(self._pooled)
        self.apart = lru_cache(KEPT)(self._apart)
        self.measures = lru_cache(KEPT)(self._measures)
        self._judged = lru_cache(KEPT)(self._judge)

    def _readings(self, attitude: Attitude) -> pd.DataFrame:
        """Its readings."""
        return series.read(self.store, *attitude)

    def _pooled(self, attitude: Attitude) -> Trend | NotPooled:
        """Its trend, or why there is none."""
        try:
            return fit(self.readings(attitude))
        except NotPooled as nothing:
            return nothing

    def trend(self, attitude: Attitude) -> Trend | None:
        """Its trend, or None."""
        found = self.pooled(attitude)
        return None if isinstance(found, NotPooled) else found

    def _apart(self, a: Attitude, b: Attitude) -> Difference | None:
        """How far two attitudes stand apart among the same people; None where no poll asked both."""
        try:
            return difference(self.readings(a), self.readings(b))
        except NotPooled:
            return None

    def _measures(self, attitude: Attitude) -> dict[str, str]:
        """The measures that polls give of an attitude, with their names; first the one to begin with."""
        rows = self.store.questions(attitude.population, attitude.subject, attitude.construct)
        # what a question gives hangs on its scale and on which responses have a figure: few, however many questions
        kinds = Counter((row.scale, row.low is None, *row.answers) for row in rows if row.object == attitude.object)
        given = {name for _scale, _open, *answers in kinds for name in answers}
        told = {each.response: each for scale, *_rest in kinds for each in self.meanings.get(scale, ())}
        responses = {name: language.name(told[name].name) for name in sorted(given & set(told))}
        wanted = {name: measure_name(name) for name in scales.MEASURES} | responses
        count = {name: sum(kinds[kind] for kind in kinds if self._gives(kind, name)) for name in wanted}
        found = {name: text for name, text in wanted.items() if count[name]} or {"positive": wanted["positive"]}
        # the positive answers come first wherever somebody gives them; else what most readings give
        first = "positive" if "positive" in found else max(found, key=lambda name: count[name])
        return {first: found[first]} | found

    def _gives(self, kind: tuple[Any, ...], measure: str) -> bool:
        """Whether questions of a scale with these answers give a measure; a mean without known ends gives none."""
        scale, ends_unknown, *answers = kind
        value = scales.value(dict.fromkeys(answers, 0.0), self.meanings.get(scale, ()), measure)
        return value is not None and not (measure == "mean" and ends_unknown)

    @cached_property
    def meanings(self) -> dict[str, list[Any]]:
        """What the responses of each scale mean."""
        return self.store.meanings()

    @cached_property
    def choices(self) -> list[Any]:
        """What can be picked: population, subject, construct and object, most questions first."""
        return self.store.choices()

    @cached_property
    def _events(self) -> list[Any]:
        return self.store.events()

    def events(self, subjects: Iterable[str]) -> list[Any]:
        """Events by date that bear on any of these subjects."""
        about = set(subjects)
        return [row for row in self._events if about & set(listed(row.subjects))]

    def beside(self, event: Any) -> "Source":
        """The same with an event that is not stored, in place of the one of its id if there is one."""
        other = copy.copy(self)
        rows = [*(row for row in self._events if row.id != event.id), event]
        other._events = sorted(rows, key=lambda row: row.date)
        return other

    @cached_property
    def _claims(self) -> list[Any]:
        return self.store.claims()

    def claims(self, population: str, subjects: Iterable[str]) -> list[Any]:
        """Claims by date about a population and any of these subjects."""
        about = set(subjects)
        rows = [row for row in self._claims if population in listed(row.population)]
        return [row for row in rows if about & set(listed(row.subject))]

    def words(self, population: str, subjects: Iterable[str], known_by: dt.date | None) -> dict[str, tuple[str, str]]:
        """The verdict's word then and now, or by a chosen day in place of now, of each claim about these, by its id."""
        day = known_by or self.store.today()
        return {claim: words for subject in subjects for claim, words in self._judged(population, subject, day).items()}

    def _judge(self, population: str, subject: str, known_by: dt.date) -> dict[str, tuple[str, str]]:
        found = claims.summary(self.store, self.claims(population, [subject]), known_by)
        return {claim: (words.then, words.now) for claim, words in found.items()}

    @cached_property
    def populations(self) -> dict[str, Any]:
        """Every population by its id."""
        return {row.id: row for row in self.store.every(Population)}

    @cached_property
    def subjects(self) -> dict[str, Any]:
        """Every subject by its id."""
        return {row.id: row for row in self.store.every(Subject)}


def listed(cell: str | None) -> list[str]:
    """The parts of a cell that holds several."""
    return [part.strip() for part in (cell or "").split(";") if part.strip()]
