"""What the readings say of an assertion: a word, a probability and the sentence with the numbers; or what they lack."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tracker.claims.assertions import Asked, Assertion
from tracker.claims.grounds import Count, Ground, Table
from tracker.claims.sources import Stated
from tracker.claims.views import View
from tracker.language import day, ngettext, number, span
from tracker.language import gettext as _
from tracker.series import REACH, explain
from tracker.trend import NotPooled

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


def word_for(probability: float) -> str:
    """The word for a probability."""
    if probability >= SUPPORTED_FROM:
        return SUPPORTED
    return CONTRADICTED if probability <= CONTRADICTED_TO else UNSETTLED


def answer(stated: Stated, ground: Ground | Count) -> Answer:
    """What the readings say: probability in thousandths, its word, and why."""
    assertion = stated.assertion
    if assertion is None:
        return unjudged(stated)
    if isinstance(ground, Count):
        return counted(assertion, stated.made, ground)
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


def counted(assertion: Assertion, made: dt.date, count: Count) -> Answer:
    """Whether it holds in more than half of the countries of a whole, each alike and on its own trend."""
    if no_line := assertion.no_line():
        return Answer(NOT_TESTABLE, None, no_line + count.remark)
    ready = [usable(assertion, made, ground) for ground in count.grounds]
    grounds = [ground for ground in ready if not isinstance(ground, str)]
    if len(grounds) < count.whole.least:
        lacks = [lack for lack in ready if isinstance(lack, str)]
        return Answer(NOT_ENOUGH, None, _too_few_countries(count, len(grounds), lacks) + count.remark)
    try:
        asked = [ask(assertion, made, ground, ground.fit(), seed) for seed, ground in enumerate(grounds)]
    except NotPooled as problem:
        return Answer(NOT_ENOUGH, None, str(problem) + count.remark)
    shares = np.mean(np.broadcast_arrays(*(assertion.holds(each.paths) for each in asked)), axis=0)
    probability = round(float(np.mean(shares > 0.5)), 3)
    return Answer(word_for(probability), probability, _counted(count, shares, len(grounds)) + count.remark)


def ask(assertion: Assertion, made: dt.date, ground: Ground, view: View, seed: int = 0) -> Asked:
    """The paths at the dates that an assertion asks about; another ``seed`` draws others."""
    dates = assertion.asks(made, ground.comparable)
    names = tuple(table.name for table in ground.tables)
    words = ground.polls_name, ground.measure_name, ground.unit, names
    return Asked(view.paths(dates, DRAWS, seed), dates, ground.comparable, *words, made)


def usable(assertion: Assertion, made: dt.date, ground: Ground) -> Ground | str:
    """The ground on which a verdict can stand, or what it lacks, as a sentence.

    Where one attitude is set against many, those that lack something are left aside.
    """
    lacks = [missing(assertion, made, table) for table in ground.tables]
    if assertion.fewest == 1:
        # that there are no polls at all says more than that the others have none to be set against
        return next((lack for lack in (*(table.empty for table in ground.tables), *lacks) if lack), ground)
    kept = tuple(table for table, lack in zip(ground.tables, lacks, strict=True) if not lack)
    if lacks[0] and (not ground.out_of or ground.joins == "apart"):
        return lacks[0]
    if len(kept) >= assertion.fewest:
        return replace(ground, tables=kept)
    if ground.joins == "each":
        return _too_few_populations(ground, len(kept), assertion.fewest)
    text = _("Only {count} of {all} subjects have the readings that this needs; a verdict needs {least}.")
    return text.format(count=len(kept), all=ground.out_of, least=assertion.fewest)


def missing(assertion: Assertion, made: dt.date, table: Table) -> str | None:
    """What an honest verdict lacks in the readings of one attitude, as a sentence; None where nothing is."""
    readings = table.comparable
    if lack := table.empty or assertion.early(made, readings):
        return lack
    if len(readings) < assertion.least:
        return _too_few(table, assertion.least)
    gaps = (too_far(readings, date) for date in assertion.turns_on(made))
    return next((gap for gap in gaps if gap), None) or assertion.lacks(made, readings)


def too_far(readings: pd.DataFrame, date: dt.date) -> str | None:
    """Why no comparable reading speaks for a date, as a sentence; None where one does."""
    start, end = (column.to_numpy().astype("datetime64[D]") for column in (readings.field_start, readings.field_end))
    days = np.maximum(np.maximum(start - np.datetime64(date), np.datetime64(date) - end).astype(int), 0)
    if days.min() <= REACH:
        return None
    text = _("No comparable reading lies within a year of {date}: the nearest is {nearest}.")
    return text.format(date=day(date), nearest=_cite(readings.iloc[int(np.argmin(days))]))


def _too_few(table: Table, least: int) -> str:
    readings = table.comparable
    if readings.empty:
        told = _("No comparable reading is known; a verdict needs {least}.").format(least=least)
        return " ".join([told, *_left_out(table)])
    text = ngettext(
        "Only {count} comparable reading is known ({last}); a verdict needs {least}.",
        "Only {count} comparable readings are known (the last: {last}); a verdict needs {least}.",
        len(readings),
    )
    told = text.format(count=len(readings), last=_cite(readings.iloc[-1]), least=least)
    return " ".join([told, *_left_out(table)])


def _left_out(table: Table) -> Iterator[str]:
    """Which other readings there are, and why they do not count."""
    reasons = Counter(why for why in table.readings.why_not if why)
    for why, count in reasons.most_common():
        text = ngettext(
            "{count} other reading does not count: {why}", "{count} other readings do not count: {why}", count
        )
        yield text.format(count=count, why=explain(why)[:1].lower() + explain(why)[1:])


def _too_few_populations(ground: Ground, count: int, least: int) -> str:
    near = _(" and ").join(
        _("{count} were within a year of {date}").format(count=number(asked), date=day(date))
        for date, asked in ground.near
    )
    text = _(
        "Of {all} populations that were ever asked about this, {near}. With the readings that this needs at both ends: "
        "{count}; a verdict needs {least}."
    )
    return text.format(all=ground.out_of, near=near, count=count, least=least)


def _too_few_countries(count: Count, enough: int, lacks: list[str]) -> str:
    text = _(
        "Nobody polls {whole}; it is counted by country, and a verdict needs {least} of them. In the record are "
        "{members}; asked about this near the dates that matter: {asked}; with the readings that this needs: {enough}."
    )
    told = text.format(
        whole=_(count.whole.name),
        least=count.whole.least,
        members=count.members,
        asked=len(count.grounds),
        enough=enough,
    )
    example = [_("The first that lacks some: {lack}").format(lack=lacks[0])] if lacks else []
    return " ".join([told, *example])


def _counted(count: Count, shares: np.ndarray, countries: int) -> str:
    low, middle, high = (
        number(round(float(each) * countries)) for each in np.quantile(shares, [0.025, 0.5, 0.975], method="nearest")
    )
    text = _(
        "Nobody polls {whole}, so it is counted by country, each alike: of {countries} with the readings that this "
        "needs ({members} in the record) it holds in {middle} (95 % interval {low} to {high}); more than half would do."
    )
    return text.format(
        whole=_(count.whole.name), countries=countries, members=count.members, middle=middle, low=low, high=high
    )


def _cite(row: Any) -> str:
    text = (
        _("{value} percent, {pollster}, {when}") if row.unit == "percent" else _("{value} points, {pollster}, {when}")
    )
    when = span(row.field_start.date(), row.field_end.date(), row.date_precision)
    return text.format(value=number(row.value), pollster=row.pollster_name, when=when)
