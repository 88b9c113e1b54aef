"""Verdicts: an answer with its evidence, how far it hangs on one pollster, and what would settle it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tracker.claims.answering import NOT_ENOUGH, NOT_TESTABLE, UNSETTLED, WORDS, Answer, answer, ask, too_far
from tracker.claims.grounds import Count, Ground
from tracker.claims.settling import SIZES, Settling, would_settle
from tracker.claims.sources import Stated
from tracker.language import day, number
from tracker.language import gettext as _
from tracker.trend import NotPooled, Trend


@dataclass(frozen=True)
class Without:
    """The answer without one pollster's polls."""

    pollster: str
    word: str
    probability: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"pollster": self.pollster, "word": self.word, "probability": self.probability}


@dataclass(frozen=True)
class LeftOut:
    """What each pollster's polls mean for the answer, and ``told``, the same in words: without whose it is least and
    most probable (None where nobody's absence leaves a number), and without whose the word is another one."""

    lowest: Without | None
    highest: Without | None
    changes: tuple[Without, ...]
    told: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "lowest": self.lowest.as_dict() if self.lowest else None,
            "highest": self.highest.as_dict() if self.highest else None,
            "changes": [each.as_dict() for each in self.changes],
            "told": self.told,
        }


@dataclass(frozen=True)
class Verdict:
    """What the polls known by a day say of an assertion.

    ``left_out`` says what hangs on one pollster's polls; ``settles``, in words, what one more poll would settle or why
    none would; ``evidence`` is one dict a reading; ``all_pollsters`` the answer of everybody's polls where the claim
    names a pollster, on whose polls alone the verdict itself is given.
    """

    known_by: dt.date
    word: str
    probability: float | None
    reason: str
    left_out: LeftOut | None = None
    would_settle: Settling | None = None
    settles: str = ""
    evidence: tuple[dict[str, Any], ...] = ()
    all_pollsters: Answer | None = None

    @property
    def without_one_pollster(self) -> tuple[float, float] | None:
        """The range of the probability with each pollster left out in turn; None where none leaves a number."""
        ends = (self.left_out.lowest, self.left_out.highest) if self.left_out else ()
        found = [end.probability for end in ends if end and end.probability is not None]
        return (found[0], found[1]) if len(found) == 2 else None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "known_by": self.known_by.isoformat(),
            "word": self.word,
            "probability": self.probability,
            "without_one_pollster": list(self.without_one_pollster) if self.without_one_pollster else None,
            "left_out": self.left_out.as_dict() if self.left_out else None,
            "reason": self.reason,
            "would_settle": self.would_settle.as_dict() if self.would_settle else None,
            "settles": self.settles,
            "evidence": [dict(reading) for reading in self.evidence],
            "all_pollsters": self.all_pollsters.as_dict() if self.all_pollsters else None,
        }


def verdict(
    stated: Stated,
    known_by: dt.date,
    ground: Ground | Count,
    everybody: Ground | Count | None = None,
    details: bool = True,
) -> Verdict:
    """The whole verdict; ``everybody`` is the ground of all pollsters where the claim names one.

    Without ``details`` no pollster is left out and no further poll simulated, which is most of the work.
    """
    found = answer(stated, ground)
    more, settles = settling(stated, ground, found) if details else (None, "")
    return Verdict(
        known_by=known_by,
        word=found.word,
        probability=found.probability,
        reason=found.reason,
        left_out=left_out(stated, ground, found) if details and found.probability is not None else None,
        would_settle=more,
        settles=settles,
        evidence=ground.evidence(stated.assertion.turns_on(stated.made) if stated.assertion else ()),
        all_pollsters=answer(stated, everybody) if everybody else None,
    )


def left_out(stated: Stated, ground: Ground | Count, found: Answer) -> LeftOut:
    """The answers with each pollster left out in turn, set against the one found."""
    answers = [(name, answer(stated, ground.without(name))) for name in ground.pollsters]
    each = [Without(name, other.word, other.probability) for name, other in answers]
    ranked = sorted((one for one in each if one.probability is not None), key=lambda one: one.probability or 0)
    changes = tuple(one for one in each if one.word != found.word)
    lowest, highest = (ranked[0], ranked[-1]) if ranked else (None, None)
    return LeftOut(lowest, highest, changes, _hangs_on(lowest, highest, changes, ground.pollsters))


def _hangs_on(
    lowest: Without | None, highest: Without | None, changes: tuple[Without, ...], names: Mapping[str, str]
) -> str:
    if lowest is None or highest is None:
        text = _("All of it hangs on {pollsters}: without these polls there is not enough data.")
        return text.format(pollsters=", ".join(names.values()))
    low, high = (number(round(100 * (end.probability or 0))) for end in (lowest, highest))
    text = _(
        "With each pollster left out in turn, the probability is {low}\u00a0% (without {one}) to {high}\u00a0% "
        "(without {other})."
    )
    if low == high:
        text = _("With each pollster left out in turn, the probability stays at {low}\u00a0%.")
    told = text.format(low=low, high=high, one=names[lowest.pollster], other=names[highest.pollster])
    turn = _("Without {pollster} the word is “{word}”.")
    turned = {word: [names[one.pollster] for one in changes if one.word == word] for word in WORDS}
    found = [(_(" or ").join(whose), _(word)) for word, whose in turned.items() if whose]
    return " ".join([told, *(turn.format(pollster=whose, word=word) for whose, word in found)])


def settling(stated: Stated, ground: Ground | Count, found: Answer) -> tuple[Settling | None, str]:
    """What one more poll, in the field on the day of the claim, would settle; and in words, or why none would."""
    start = _start(stated, ground, found)
    if isinstance(start, str):
        return None, start
    more = _simulated(stated, start)
    return more, _in_words(more, ground.pollsters, stated.made)


def _start(stated: Stated, ground: Ground | Count, found: Answer) -> Answer | str:
    """The answer that one more poll would start from: the one found where it is unsettled; where only that poll is
    lacking, what the other readings say; else why no poll is simulated."""
    if found.word == NOT_TESTABLE:
        return _("No poll can settle it as it is stated.")
    if found.word not in (UNSETTLED, NOT_ENOUGH):
        return _("It is settled: no further poll is needed for that.")
    if stated.assertion is None:
        return _("The claim has to be put right first.")
    if isinstance(ground, Count) or stated.assertion.joins != "level":
        return _("What one more poll would settle is worked out for one share of one population, and this takes more.")
    if ground.unit != "percent":
        return _("What one more poll would settle is worked out for shares only.")
    start = found if found.word == UNSETTLED else _with_one_more(stated, ground, found)
    if not start.asked or not isinstance(start.trend, Trend):
        return _("One more poll would not be enough: more is missing.")
    return start


def _with_one_more(stated: Stated, ground: Ground, found: Answer) -> Answer:
    """What the readings say where nothing but a poll on the day of the claim is lacking; else the answer as found."""
    assertion, readings = stated.assertion, ground.comparable
    if assertion is None or readings.empty or len(readings) + 1 < assertion.least:
        return found
    earlier = [date for date in assertion.turns_on(stated.made) if date != stated.made]
    lacking = assertion.early(stated.made, readings) or assertion.lacks(stated.made, readings)
    if lacking or any(too_far(readings, date) for date in earlier):
        return found
    try:
        view = ground.fit()
    except NotPooled:
        return found
    return replace(found, asked=ask(assertion, stated.made, ground, view), trend=view)


def _simulated(stated: Stated, start: Answer) -> Settling | None:
    trend, asked, assertion = start.trend, start.asked, stated.assertion
    assert isinstance(trend, Trend) and asked and assertion
    effects = trend.house_effects()
    house = ((effects.high95 - effects.low95) / 3.92).to_numpy(float)
    best = int(np.argmin(house))
    level = asked.paths[:, -1]
    noise = trend.hyperparameters().set_index("name").value
    extra = float(np.hypot(noise["omega"], noise["kappa"])) * float(np.mean(level * (100 - level))) / 100
    holds = assertion.holds(asked.paths)
    return would_settle(level, holds, str(effects.pollster.iloc[best]), float(np.hypot(house[best], extra)))


def _in_words(more: Settling | None, names: Mapping[str, str], made: dt.date) -> str:
    if more is None:
        text = _(
            "No single poll of up to {interviews} interviews from around {date} would settle it as often as not: what "
            "is uncertain lies at other dates, or in what more interviews do not shrink."
        )
        return text.format(interviews=number(SIZES[-1]), date=day(made))
    text = _(
        "One more poll of {interviews} interviews by {pollster} from around {date} would settle it with a chance of "
        "{chance} %."
    )
    return text.format(
        interviews=number(more.interviews),
        pollster=names[more.by],
        date=day(made),
        chance=number(round(100 * more.chance)),
    )
