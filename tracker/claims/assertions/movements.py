"""Assertions about movement: its direction, its size, its absence, its ends, and what it came after."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from tracker.claims.assertions.asked import (
    Asked,
    Assertion,
    EventId,
    Months,
    Percent,
    Points,
    UpDown,
    Year,
    middles,
    months_before,
    sign,
)
from tracker.language import day, marked, number
from tracker.language import gettext as _

#: how far a published figure may lie from the one stated: it was rounded
ROUNDING = 0.5
#: other events of a window that are named
NAMED = 3
#: points by which two polls of a thousand differ by chance, at the 95 percent level, whatever the share
CHANCE = 4


@dataclass(frozen=True)
class Change(Assertion):
    """The measure moved up or down over a window that ends on the day of the claim.

    The window is twelve months unless the claim says otherwise: give its length, or the day on which it begins. Any
    movement counts, however small; the probability says how sure the polls are of its direction.
    """

    direction: UpDown
    window_months: Months = 12
    since: dt.date | None = None
    moves: ClassVar[bool] = True

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        return _window(made, self.window_months, self.since)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        return _too_short(self.turns_on(made))

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> Change("up").holds(np.array([[20, 34], [34, 20], [20, 20]])).tolist()
        [True, False, False]
        >>> Change("down").holds(np.array([[20, 34], [34, 20], [20, 20]])).tolist()
        [False, True, False]
        """
        return sign(self.direction) * (paths[:, 1] - paths[:, 0]) > 0

    def reason(self, asked: Asked) -> str:
        return _moved(asked)


@dataclass(frozen=True)
class Cause(Change):
    """Opinion moved because of something. Only the opinion half is judged, as a change; polls do not show causes."""

    cause: str | None = None
    caveat: ClassVar[str] = marked("This is the opinion half only: polls do not show what caused it.")


@dataclass(frozen=True)
class ChangeBy(Assertion):
    """The measure moved up or down by at least so many points over a window that ends on the day of the claim.

    The window is twelve months unless the claim gives its length or the day on which it begins.
    """

    direction: UpDown
    points: Points
    window_months: Months = 12
    since: dt.date | None = None
    moves: ClassVar[bool] = True

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        return [] if values["points"] > 0 else [_("points is not above 0: give how far it moved, without a sign")]

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        return _window(made, self.window_months, self.since)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        return _too_short(self.turns_on(made))

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> ChangeBy("up", points=18).holds(np.array([[32, 50], [32, 49.9], [50, 32]])).tolist()
        [True, False, False]
        >>> ChangeBy("down", points=20).holds(np.array([[52, 32], [52, 33], [32, 52]])).tolist()
        [True, False, False]
        """
        return sign(self.direction) * (paths[:, 1] - paths[:, 0]) >= self.points

    def reason(self, asked: Asked) -> str:
        return _moved(asked) + " " + _("The claim says at least {points}.").format(points=asked.points(self.points))


@dataclass(frozen=True)
class NoChange(Assertion):
    """The measure at the end of a window lies within a tolerance, in points, of where it was at its beginning.

    The window is twelve months unless the claim gives its length or the day on which it begins.
    """

    tolerance_points: Points
    window_months: Months = 12
    since: dt.date | None = None
    moves: ClassVar[bool] = True

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        if values["tolerance_points"] > 0:
            return []
        return [_("tolerance_points is not above 0: give how many points still count as no change")]

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        return _window(made, self.window_months, self.since)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        return _too_short(self.turns_on(made))

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> NoChange(tolerance_points=4).holds(np.array([[14, 10], [14, 18], [14, 18.1]])).tolist()
        [True, True, False]
        """
        return np.abs(paths[:, 1] - paths[:, 0]) <= self.tolerance_points

    def reason(self, asked: Asked) -> str:
        text = _("Up to {points} counts as no change.")
        return _moved(asked) + " " + text.format(points=asked.points(self.tolerance_points))


@dataclass(frozen=True)
class ChangeBetween(Assertion):
    """The measure moved from one stated figure to another.

    Both figures are looked for among the readings (within half a point, near the date or in the year stated; the end is
    the day of the claim unless stated). The trend is asked between the days of the readings found. It must have moved
    as far as stated, less a tolerance in points. Unless the claim gives one, that is a quarter of what is stated, or 4
    points where that is more (so far two polls of a thousand differ by chance), and never more than half of it.
    """

    direction: UpDown
    from_percent: Percent
    to_percent: Percent
    from_date: dt.date | None = None
    from_year: Year | None = None
    window_months: Months | None = None
    to_date: dt.date | None = None
    to_year: Year | None = None
    tolerance_points: Points | None = None
    moves: ClassVar[bool] = True

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        dates = [values[name] for name in ("from_date", "to_date") if name in values]
        years = [values[name] for name in ("from_year", "to_year") if name in values]
        if (len(dates) == 2 and dates[0] >= dates[1]) or years != sorted(years):
            return [_("it ends before it begins: turn from and to round")]
        if sign(values["direction"]) * (values["to_percent"] - values["from_percent"]) <= 0:
            return [_("from_percent to to_percent does not go that way: turn direction or the figures round")]
        if not {"from_date", "from_year", "window_months"} & values.keys():
            return [_("it is not said when it began: give from_date, from_year or window_months")]
        return []

    def periods(self, made: dt.date) -> tuple[tuple[dt.date, dt.date], tuple[dt.date, dt.date]]:
        """The days between which the first figure and the last must have been measured."""
        begin = self.from_date or months_before(made, self.window_months or 12)
        start = _year(self.from_year, made) if self.from_year and not self.from_date else _around(begin, made)
        end = _year(self.to_year, made) if self.to_year and not self.to_date else _around(self.to_date or made, made)
        if not (self.to_date or self.to_year):
            end = months_before(made, 12), made
        return start, end

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        start, end = self.periods(made)
        begin = self.from_date or (months_before(made, self.window_months) if self.window_months else _middle(*start))
        first = begin if start[0] <= begin <= start[1] else _middle(*start)
        return first, self.to_date or (_middle(*end) if self.to_year else made)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        return _too_short(self.turns_on(made))

    def asks(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        found = [day or aim for day, aim in zip(self.found(made, readings), self.turns_on(made), strict=True)]
        return tuple(found) if found[0] < found[1] else self.turns_on(made)

    def found(self, made: dt.date, readings: pd.DataFrame) -> list[dt.date | None]:
        """The days on which each figure was measured, nearest to the date stated; None where no reading has it."""
        aims = zip((self.from_percent, self.to_percent), self.periods(made), self.turns_on(made), strict=True)
        return [_measured(readings, value, period, aim) for value, period, aim in aims]

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> fell = ChangeBetween("down", from_percent=62, to_percent=23)
        >>> fell.holds(np.array([[61, 24], [61, 31.7], [61, 32], [23, 62]])).tolist()
        [True, True, False, False]
        >>> rose = ChangeBetween("up", from_percent=20, to_percent=28)
        >>> rose.holds(np.array([[21, 25], [21, 24.9], [30, 29]])).tolist()
        [True, False, False]
        >>> replace(rose, to_percent=22).holds(np.array([[20, 21], [20, 20.9]])).tolist()
        [True, False]
        >>> replace(rose, tolerance_points=1).holds(np.array([[20, 27], [20, 26.9]])).tolist()
        [True, False]
        """
        moved = sign(self.direction) * (paths[:, 1] - paths[:, 0])
        return (moved > 0) & (moved >= self.enough)

    @property
    def enough(self) -> float:
        """How far it must have moved, in points."""
        stated = abs(self.to_percent - self.from_percent)
        usual = min(max(CHANCE, stated / 4), stated / 2)
        return max(stated - (usual if self.tolerance_points is None else self.tolerance_points), 0)

    def reason(self, asked: Asked) -> str:
        found = zip((self.from_percent, self.to_percent), self.found(asked.made, asked.readings), strict=True)
        text = _("{figures} {moved} The claim says {stated} points; {least} would do.")
        stated = self.to_percent - self.from_percent
        return text.format(
            figures=" ".join(_matched(value, when) for value, when in found),
            moved=_moved(asked),
            stated=asked.signed(stated),
            least=asked.signed(np.copysign(self.enough, stated)),
        )


@dataclass(frozen=True)
class EventChange(Assertion):
    """The measure moved up or down from some months before an event to some months after it.

    Twelve months each side unless the claim says otherwise, and never past the day of the claim. Other events of the
    same window are counted, and those nearest to it named. Polls date the movement; they do not show its cause.
    """

    direction: UpDown
    event: EventId
    before_months: Months = 12
    after_months: Months = 12
    #: of the event in the record: its first and last possible day; titles of others in its window, the nearest first
    happened: tuple[dt.date, dt.date] | None = field(default=None, metadata={"found": True})
    others: tuple[str, ...] = field(default=(), metadata={"found": True})
    caveat: ClassVar[str] = marked("This is about the time of the event: polls do not show that it was the cause.")
    moves: ClassVar[bool] = True

    def after(self, happened: tuple[dt.date, dt.date], events: Sequence[Any]) -> "EventChange":
        """The same with its event's days, and what else happened around it (rows of events)."""
        known = replace(self, happened=happened)
        start, end = known.turns_on(dt.date.max)
        inside = [row for row in events if row.id != self.event and start <= row.date <= end]
        nearest = sorted(inside, key=lambda row: abs(row.date - happened[0]))
        return replace(known, others=tuple(row.title for row in nearest))

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        first, last = self.happened or (made, made)
        return months_before(first, self.before_months), min(months_before(last, -self.after_months), made)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        return _too_short(self.turns_on(made))

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> EventChange("down", event="e").holds(np.array([[40, 24], [24, 40], [24, 24]])).tolist()
        [True, False, False]
        """
        return sign(self.direction) * (paths[:, 1] - paths[:, 0]) > 0

    def reason(self, asked: Asked) -> str:
        if not self.others:
            return _moved(asked)
        text = _("{moved} In the same window fell {count} other events of the record; nearest to it: {nearest}.")
        nearest = "; ".join(self.others[:NAMED])
        return text.format(moved=_moved(asked), count=len(self.others), nearest=nearest)


ASSERTIONS: dict[str, type[Assertion]] = {
    "change": Change,
    "change-between": ChangeBetween,
    "change-by": ChangeBy,
    "no-change": NoChange,
    "event-change": EventChange,
    "cause": Cause,
}


def _window(made: dt.date, months: int, since: dt.date | None) -> tuple[dt.date, dt.date]:
    return since or months_before(made, months), made


def _too_short(dates: Sequence[dt.date]) -> str | None:
    return None if dates[0] < dates[1] else _("The window begins on the day of the claim or later.")


def _around(date: dt.date, made: dt.date) -> tuple[dt.date, dt.date]:
    return months_before(date, 3), min(months_before(date, -3), max(made, date))


def _year(year: int, made: dt.date) -> tuple[dt.date, dt.date]:
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return first, max(min(last, made), first)


def _middle(start: dt.date, end: dt.date) -> dt.date:
    return start + (end - start) / 2


def _measured(readings: pd.DataFrame, value: float, period: tuple[dt.date, dt.date], aim: dt.date) -> dt.date | None:
    days = [
        middle
        for middle, measured in zip(middles(readings), readings.value, strict=True)
        if abs(measured - value) <= ROUNDING and period[0] <= middle <= period[1]
    ]
    return min(days, key=lambda middle: abs(middle - aim)) if days else None


def _matched(value: float, when: dt.date | None) -> str:
    if when is None:
        return _("No comparable reading of that time has {value} percent.").format(value=number(value))
    return _("{value} percent was measured in {when}.").format(value=number(value), when=day(when, "month"))


def _moved(asked: Asked) -> str:
    start, end = asked.paths[:, 0], asked.paths[:, 1]
    text = _("{polls} put {measure} at {a} on {start} and {b} on {end}, a change of {moved}.")
    return text.format(
        polls=asked.polls,
        measure=asked.measure,
        a=asked.level(start),
        b=asked.level(end),
        start=day(asked.dates[0]),
        end=day(asked.dates[1]),
        moved=asked.moved(end - start),
    )
