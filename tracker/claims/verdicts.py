"""Verdicts: a word, a probability and the reasons, from the readings known by a day."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tracker.claims.assertions import Asked, Assertion
from tracker.claims.settling import Settling, would_settle
from tracker.claims.sources import Ground, Stated, Table
from tracker.claims.views import View
from tracker.language import day, ngettext, number, span
from tracker.language import gettext as _
from tracker.series import REACH, distance
from tracker.trend import NotPooled, Trend

SUPPORTED, CONTRADICTED, UNSETTLED = "supported", "contradicted", "unsettled"
NOT_ENOUGH, NOT_TESTABLE = "not enough data", "not testable by polls"
#: the five words of a verdict
WORDS = (SUPPORTED, CONTRADICTED, UNSETTLED, NOT_ENOUGH, NOT_TESTABLE)
#: probability from which an assertion is supported, and down to which it is contradicted
SUPPORTED_FROM, CONTRADICTED_TO = 0.9, 0.1
#: paths drawn for a verdict
DRAWS = 4000


@dataclass(frozen=True)
class Answer:
    """A word with its probability (None for the last two words) and the sentence that gives the numbers. ``asked`` and
    ``trend`` are what it was read from, where anything could be asked."""

    word: str
    probability: float | None
    reason: str
    asked: Asked | None = None
    trend: View | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"word": self.word, "probability": self.probability, "reason": self.reason}


@dataclass(frozen=True)
class Verdict:
    """What the polls known by a day say of an assertion.

    ``without_one_pollster`` is the range of the probability with each pollster left out in turn; ``evidence`` one dict
    a reading; ``all_pollsters`` the answer of everybody's polls where the claim names a pollster, on whose polls alone
    the verdict itself is given.
    """

    known_by: dt.date
    word: str
    probability: float | None
    without_one_pollster: tuple[float, float] | None
    reason: str
    would_settle: Settling | None
    evidence: tuple[dict[str, Any], ...]
    all_pollsters: Answer | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "known_by": self.known_by.isoformat(),
            "word": self.word,
            "probability": self.probability,
            "without_one_pollster": list(self.without_one_pollster) if self.without_one_pollster else None,
            "reason": self.reason,
            "would_settle": self.would_settle.as_dict() if self.would_settle else None,
            "evidence": [dict(reading) for reading in self.evidence],
            "all_pollsters": self.all_pollsters.as_dict() if self.all_pollsters else None,
        }


def word_for(probability: float) -> str:
    """The word for a probability."""
    if probability >= SUPPORTED_FROM:
        return SUPPORTED
    return CONTRADICTED if probability <= CONTRADICTED_TO else UNSETTLED


def answer(stated: Stated, ground: Ground) -> Answer:
    """What the readings say: probability in thousandths, its word, and why."""
    assertion = stated.assertion
    if assertion is None:
        return unjudged(stated)
    ready = usable(assertion, stated.made, ground)
    if isinstance(ready, str):
        return Answer(NOT_ENOUGH, None, ready + ground.remark)
    try:
        view = ready.fit()
    except NotPooled as problem:
        return Answer(NOT_ENOUGH, None, str(problem) + ground.remark)
    asked = ask(assertion, stated.made, ready, view)
    if no_line := assertion.no_line():
        return Answer(NOT_TESTABLE, None, f"{assertion.reason(asked)} {no_line}{ground.remark}")
    probability = round(float(np.mean(assertion.holds(asked.paths))), 3)
    return Answer(word_for(probability), probability, assertion.reason(asked) + ground.remark, asked, view)


def unjudged(stated: Stated) -> Answer:
    """The answer where no rule applies, whatever the readings."""
    return Answer(NOT_ENOUGH, None, stated.unjudged)


def ask(assertion: Assertion, made: dt.date, ground: Ground, view: View) -> Asked:
    """The paths at the dates that an assertion asks about."""
    dates = assertion.asks(made, ground.comparable)
    names = tuple(table.name for table in ground.tables)
    words = ground.polls_name, ground.measure_name, ground.unit, names
    return Asked(view.paths(dates, DRAWS), dates, ground.comparable, *words, made)


def usable(assertion: Assertion, made: dt.date, ground: Ground) -> Ground | str:
    """The ground on which a verdict can stand, or what it lacks, as a sentence.

    Where one attitude is set against many, those that lack something are left aside.
    """
    lacks = [missing(assertion, made, table) for table in ground.tables]
    if assertion.fewest == 1:
        return next((lack for lack in lacks if lack), ground)
    kept = tuple(table for table, lack in zip(ground.tables, lacks, strict=True) if not lack)
    if lacks[0] and (ground.out_of == 1 or ground.joins == "apart"):
        return lacks[0]
    if len(kept) >= assertion.fewest:
        return replace(ground, tables=kept)
    text = _("Only {count} of {all} subjects have the readings that this needs; a verdict needs {least}.")
    if ground.joins == "each":
        text = _("Only {count} of {all} populations have readings at both ends of the window; a verdict needs {least}.")
    return text.format(count=len(kept), all=ground.out_of, least=assertion.fewest)


def missing(assertion: Assertion, made: dt.date, table: Table) -> str | None:
    """What an honest verdict lacks in the readings of one attitude, as a sentence; None where nothing is."""
    readings = table.comparable
    if lack := table.empty or assertion.early(made, readings):
        return lack
    if len(readings) < assertion.least:
        return _too_few(readings, assertion.least)
    gaps = (_too_far(readings, date) for date in assertion.turns_on(made))
    return next((gap for gap in gaps if gap), None) or assertion.lacks(made, readings)


def verdict(
    stated: Stated, known_by: dt.date, ground: Ground, everybody: Ground | None = None, details: bool = True
) -> Verdict:
    """The whole verdict; ``everybody`` is the ground of all pollsters where the claim names one.

    Without ``details`` no pollster is left out and no further poll simulated, which is most of the work.
    """
    found = answer(stated, ground)
    return Verdict(
        known_by=known_by,
        word=found.word,
        probability=found.probability,
        without_one_pollster=without_one_pollster(stated, ground) if details and found.asked else None,
        reason=found.reason,
        would_settle=settling(stated, ground, one_more(stated, ground, found)) if details else None,
        evidence=ground.evidence(stated.assertion.turns_on(stated.made) if stated.assertion else ()),
        all_pollsters=answer(stated, everybody) if everybody else None,
    )


def without_one_pollster(stated: Stated, ground: Ground) -> tuple[float, float] | None:
    """The range of the probability with each pollster left out in turn, where the rule is still met; else None."""
    left = [answer(stated, ground.without(pollster)).probability for pollster in ground.pollsters]
    found = [probability for probability in left if probability is not None]
    return (min(found), max(found)) if found else None


def one_more(stated: Stated, ground: Ground, found: Answer) -> Answer:
    """The answer that one more poll, in the field on the day of the claim, would start from: the one found where it is
    unsettled; where only that poll is lacking, what the other readings say; else nothing asked, so nothing to settle.
    """
    assertion, readings = stated.assertion, ground.comparable
    if found.word == UNSETTLED:
        return found
    if found.word != NOT_ENOUGH or assertion is None or assertion.joins != "level":
        return replace(found, asked=None)
    earlier = [date for date in assertion.turns_on(stated.made) if date != stated.made]
    lacking = readings.empty or len(readings) + 1 < assertion.least or assertion.early(stated.made, readings)
    if lacking or any(_too_far(readings, date) for date in earlier) or assertion.lacks(stated.made, readings):
        return found
    try:
        view = ground.fit()
    except NotPooled:
        return found
    return replace(found, asked=ask(assertion, stated.made, ground, view), trend=view)


def settling(stated: Stated, ground: Ground, found: Answer) -> Settling | None:
    """What one more poll in the field on the day of the claim would settle; for shares of one subject only."""
    if ground.unit != "percent" or not isinstance(found.trend, Trend) or not (found.asked and stated.assertion):
        return None
    effects = found.trend.house_effects()
    house = ((effects.high95 - effects.low95) / 3.92).to_numpy(float)
    best = int(np.argmin(house))
    level = found.asked.paths[:, -1]
    noise = found.trend.hyperparameters().set_index("name").value
    extra = float(np.hypot(noise["omega"], noise["kappa"])) * float(np.mean(level * (100 - level))) / 100
    holds = stated.assertion.holds(found.asked.paths)
    return would_settle(level, holds, str(effects.pollster.iloc[best]), float(np.hypot(house[best], extra)))


def _too_few(readings: pd.DataFrame, least: int) -> str:
    if readings.empty:
        return _("No comparable reading is known; a verdict needs {least}.").format(least=least)
    text = ngettext(
        "Only {count} comparable reading is known ({last}); a verdict needs {least}.",
        "Only {count} comparable readings are known (the last: {last}); a verdict needs {least}.",
        len(readings),
    )
    return text.format(count=len(readings), last=_cite(readings.iloc[-1]), least=least)


def _too_far(readings: pd.DataFrame, date: dt.date) -> str | None:
    periods = zip(readings.field_start, readings.field_end, strict=True)
    days = [distance(start.date(), end.date(), date) for start, end in periods]
    if min(days) <= REACH:
        return None
    text = _("No comparable reading lies within a year of {date}: the nearest is {nearest}.")
    return text.format(date=day(date), nearest=_cite(readings.iloc[int(np.argmin(days))]))


def _cite(row: Any) -> str:
    text = (
        _("{value} percent, {pollster}, {when}") if row.unit == "percent" else _("{value} points, {pollster}, {when}")
    )
    when = span(row.field_start.date(), row.field_end.date(), row.date_precision)
    return text.format(value=number(row.value), pollster=row.pollster_name, when=when)
