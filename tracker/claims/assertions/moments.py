"""Assertions about one moment: a level, a forecast of one, two levels side by side, a figure quoted from a poll."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from tracker.claims.assertions.asked import (
    About,
    AboveBelow,
    Asked,
    Assertion,
    EventId,
    Joins,
    Measure,
    Months,
    Percent,
    Points,
    PopulationId,
    Times,
    months_before,
    sign,
)
from tracker.language import day, marked, number
from tracker.language import gettext as _

Quantifier = Literal["most", "many", "some", "few", "none", "hardly-any", "almost-all"]
#: words for little; the others are for much, and some of those for a majority at least
LITTLE, MAJORITIES = ("few", "none", "hardly-any"), ("most", "almost-all")


@dataclass(frozen=True)
class Level(Assertion):
    """The measure stands above or below a line on the day of the claim: a majority, a minority, or any other level.

    The line is 50 percent unless the claim names another. Exactly 50 percent is neither a majority nor a minority.
    Support for a policy or for closer ties is a level of its own construct, never of favourability.
    """

    direction: AboveBelow
    threshold_percent: Percent = 50

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> Level("above").holds(np.array([[50.1], [50], [49.9]])).tolist()
        [True, False, False]
        >>> Level("below").holds(np.array([[50.1], [50], [49.9]])).tolist()
        [False, False, True]
        >>> Level("above", threshold_percent=30).holds(np.array([[31], [30]])).tolist()
        [True, False]
        """
        return sign(self.direction) * (paths[:, 0] - self.threshold_percent) > 0

    def reason(self, asked: Asked) -> str:
        return _told(asked, self.threshold_percent)


@dataclass(frozen=True)
class SelfReportedChange(Level):
    """People say of themselves that their view changed: recall, and no measured change.

    Judged as a level: the share that says so stands above or below a line, 50 percent unless the claim names another.
    ``value_percent`` and ``event`` only note the figure quoted and what people were asked to think back to.
    """

    value_percent: Percent | None = None
    event: EventId | None = None
    caveat: ClassVar[str] = marked("This is what people report of themselves (recall), not a measured change.")


@dataclass(frozen=True)
class VagueQuantity(Assertion):
    """ "Many", "few", "hardly any": the level is shown; a verdict is given only where the claim's reading is declared.

    Declare what the word is taken to mean by ``threshold_percent``: "many" as above 50 says a majority, "few" as below
    20 a small minority. Without a line there is nothing that polls could settle. A word for little goes with "below"
    and a line under 50, for 50 would say only that it is no majority; the others go with "above".
    """

    direction: AboveBelow
    quantifier: Quantifier
    threshold_percent: Percent | None = None

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        word, side = values["quantifier"], "below" if values["quantifier"] in LITTLE else "above"
        line = values.get("threshold_percent", 0 if side == "below" else 100)
        if values["direction"] != side:
            return [
                _("{word} does not go with {way}: give {side}").format(word=word, way=values["direction"], side=side)
            ]
        if side == "below" and line >= 50:
            return [
                _("{word} below 50 percent or more is no majority, not {word}: give a lower line").format(word=word)
            ]
        if word in MAJORITIES and line < 50:
            return [_("{word} says a majority at least: give a line of 50 or more").format(word=word)]
        return []

    def no_line(self) -> str | None:
        if self.threshold_percent is not None:
            return None
        text = _("“{word}” sets no line, so no poll settles it: declare one to get a verdict.")
        return text.format(word=self.word)

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> VagueQuantity("below", "few", threshold_percent=20).holds(np.array([[19], [21]])).tolist()
        [True, False]
        """
        line = 50 if self.threshold_percent is None else self.threshold_percent
        return sign(self.direction) * (paths[:, 0] - line) > 0

    def reason(self, asked: Asked) -> str:
        if self.threshold_percent is None:
            return _told(asked, None)
        side = _("above") if self.direction == "above" else _("below")
        text = _("“{word}” is read here as {side} {line} percent.")
        read = text.format(word=self.word, side=side, line=number(self.threshold_percent))
        return read + " " + _told(asked, self.threshold_percent)

    @property
    def word(self) -> str:
        """The quantifier as people say it, at the beginning of a sentence."""
        return self.quantifier.replace("-", " ").capitalize()


@dataclass(frozen=True)
class Forecast(Assertion):
    """Within a horizon the measure will stand above or below a line, or will have moved up or down.

    A forecast of a level is judged by readings taken after the claim only, at the last of them up to the horizon; one
    of a movement sets that day against the day of the claim. Before the first reading after the claim it is too early.
    """

    direction: Literal["above", "below", "up", "down"]
    horizon_months: Months
    threshold_percent: Percent = 50

    def rules_out(self, made: dt.date, readings: pd.DataFrame) -> dict[str, pd.Series]:
        late = readings.field_start > pd.Timestamp(self.end(made))
        if self.direction in ("up", "down"):
            return {"after-horizon": late}
        return {"before-claim": ~_after(made, readings), "after-horizon": late}

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        return () if self.direction in ("above", "below") else (made,)

    def early(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        if _after(made, readings).any():
            return None
        text = _("Too early: no comparable reading was taken after the claim ({date}).")
        return text.format(date=day(made))

    def asks(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        end = min(self.end(made), readings.field_end.max().date())
        return (end,) if self.direction in ("above", "below") else (made, end)

    def end(self, made: dt.date) -> dt.date:
        """The last day of the horizon."""
        return months_before(made, -self.horizon_months)

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> Forecast("above", horizon_months=60).holds(np.array([[51], [49]])).tolist()
        [True, False]
        >>> Forecast("down", horizon_months=60).holds(np.array([[51, 49], [49, 51]])).tolist()
        [True, False]
        """
        start = self.threshold_percent if paths.shape[1] == 1 else paths[:, 0]
        return sign(self.direction) * (paths[:, -1] - start) > 0

    def reason(self, asked: Asked) -> str:
        text = _("Forecast up to {horizon}, judged by later polls to {end}.")
        told = text.format(horizon=day(self.end(asked.made)), end=day(asked.dates[-1]))
        if len(asked.dates) == 1:
            return told + " " + _told(asked, self.threshold_percent)
        moved = _("{polls} moved {measure} by {moved} since the claim.")
        change = asked.moved(asked.paths[:, 1] - asked.paths[:, 0])
        return told + " " + moved.format(polls=asked.polls, measure=asked.measure, moved=change)


@dataclass(frozen=True)
class Ratio(Assertion):
    """One measure is at least, or at most, so many times another, on the day of the claim: "cool three to one".

    Both shares are pooled on their own. A net (one share minus another) is a measure and needs no kind of its own.
    """

    direction: AboveBelow
    numerator: Measure
    denominator: Measure
    at_least: Times
    joins: ClassVar[Joins] = "beside"

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        if values["at_least"] <= 0:
            return [_("at_least is not above 0: give how many times the one is the other")]
        if values["numerator"] == values["denominator"]:
            return [_("numerator and denominator are the same measure: give two")]
        return []

    def abouts(self, about: About, choices: Sequence[Any]) -> tuple[About, ...]:
        return replace(about, measure=self.numerator), replace(about, measure=self.denominator)

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> Ratio("above", "negative", "positive", at_least=3).holds(np.array([[60, 20], [60, 21]])).tolist()
        [True, False]
        """
        return sign(self.direction) * (paths[:, 0] - self.at_least * paths[:, 1]) >= 0

    def reason(self, asked: Asked) -> str:
        text = _("{polls} put {one} at {a} and {other} at {b} on {date}: {ratio} times as many ({interval}).")
        ratio = asked.paths[:, 0] / np.maximum(asked.paths[:, 1], 1e-9)
        return text.format(
            polls=asked.polls,
            one=asked.names[0],
            other=asked.names[1],
            a=asked.level(asked.paths[:, 0]),
            b=asked.level(asked.paths[:, 1]),
            date=day(asked.dates[0]),
            ratio=number(float(np.median(ratio)), 1),
            interval=asked.interval(ratio, 1),
        )


@dataclass(frozen=True)
class MisquotedPoll(Assertion):
    """A pollster is said to have found a figure: set against that pollster's own published figures for the question.

    It holds where one of them, from the two years before the claim, is the figure to within a tolerance (1 point). No
    pooling: this asks what was published, not what people thought, so the answer is yes or no. ``direction`` only notes
    whether the claim calls the figure high or low.
    """

    value_percent: Percent
    direction: AboveBelow = "above"
    tolerance_points: Points = 1
    least: ClassVar[int] = 1
    joins: ClassVar[Joins] = "figures"

    def rules_out(self, made: dt.date, readings: pd.DataFrame) -> dict[str, pd.Series]:
        old = readings.field_end < pd.Timestamp(months_before(made, 24))
        return {"after-claim": _after(made, readings), "too-old": old}

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> MisquotedPoll(value_percent=80).holds(np.array([[79, 58], [78, 58]])).tolist()
        [True, False]
        """
        return np.any(np.abs(paths - self.value_percent) <= self.tolerance_points, axis=1)

    def reason(self, asked: Asked) -> str:
        values = asked.paths[0]
        best = int(np.abs(values - self.value_percent).argmin())
        row = asked.readings.iloc[best]
        text = _("{polls} put {measure} at {value} ({when}), the figure nearest to the {quoted} percent quoted.")
        return text.format(
            polls=asked.polls,
            measure=asked.measure,
            value=asked.level(values[best : best + 1]),
            when=day(row.field_end.date(), "month"),
            quoted=number(self.value_percent),
        )


@dataclass(frozen=True)
class SubgroupComparison(Assertion):
    """The measure among one group stands above or below that among another, or is so many times it.

    A group is a population of the record with its own base; where the record has no such readings the answer is "no
    subgroup readings". With ``ratio_at_least`` the one must be that many times the other. The percentages only note
    what the claim quotes.
    """

    direction: AboveBelow
    subgroup: PopulationId
    versus_subgroup: PopulationId
    ratio_at_least: Times = 1
    subgroup_percent: Percent | None = None
    versus_percent: Percent | None = None
    least: ClassVar[int] = 1
    joins: ClassVar[Joins] = "beside"
    nobody: ClassVar[str] = marked("There are no subgroup readings: the record has none for {population}.")

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        if values["subgroup"] == values["versus_subgroup"]:
            return [_("subgroup and versus_subgroup are the same group: give two")]
        if values.get("ratio_at_least", 1) < 1:
            return [_("ratio_at_least is below 1: turn the two groups round and give the inverse")]
        return []

    def abouts(self, about: About, choices: Sequence[Any]) -> tuple[About, ...]:
        return replace(about, population=self.subgroup), replace(about, population=self.versus_subgroup)

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> SubgroupComparison("above", "young", "old").holds(np.array([[3, 2], [2, 3]])).tolist()
        [True, False]
        >>> SubgroupComparison("below", "young", "old", ratio_at_least=2).holds(np.array([[20, 41], [20, 39]])).tolist()
        [True, False]
        """
        first, second = (paths[:, 0], paths[:, 1]) if self.direction == "above" else (paths[:, 1], paths[:, 0])
        return first > self.ratio_at_least * second

    def reason(self, asked: Asked) -> str:
        text = _("{polls} put {measure} at {a} among {one} and {b} among {other} on {date}, a difference of {moved}.")
        return text.format(
            polls=asked.polls,
            measure=asked.measure,
            a=asked.level(asked.paths[:, 0]),
            b=asked.level(asked.paths[:, 1]),
            one=asked.names[0],
            other=asked.names[1],
            date=day(asked.dates[0]),
            moved=asked.moved(asked.paths[:, 0] - asked.paths[:, 1]),
        )


ASSERTIONS: dict[str, type[Assertion]] = {
    "level": Level,
    "vague-quantity": VagueQuantity,
    "self-reported-change": SelfReportedChange,
    "misquoted-poll": MisquotedPoll,
    "ratio": Ratio,
    "subgroup-comparison": SubgroupComparison,
    "forecast": Forecast,
}


def _told(asked: Asked, line: float | None) -> str:
    level = asked.paths[:, -1]
    text = _("{polls} put {measure} at {level} on {date} ({interval}); the line is {line}.")
    if line is None:
        text = _("{polls} put {measure} at {level} on {date} ({interval}).")
    return text.format(
        polls=asked.polls,
        measure=asked.measure,
        level=asked.level(level),
        date=day(asked.dates[-1]),
        interval=asked.interval(level),
        line="" if line is None else asked.level(np.array([line])),
    )


def _after(made: dt.date, readings: pd.DataFrame) -> pd.Series:
    return readings.field_start > pd.Timestamp(made)
