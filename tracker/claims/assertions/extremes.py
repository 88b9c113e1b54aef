"""Assertions about a moment among earlier ones: a record, a first time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from tracker.claims.assertions.asked import (
    SAME_MOMENT,
    About,
    AboveBelow,
    Asked,
    Assertion,
    Joins,
    Percent,
    Points,
    SubjectId,
    UpDown,
    Years,
    middles,
    months_before,
    sign,
)
from tracker.language import day, number
from tracker.language import gettext as _


@dataclass(frozen=True)
class Record(Assertion):
    """On the day of the claim the measure stands higher (up) or lower (down) than at any earlier reading.

    "On record", within a number of years, or since a day ("the lowest since 2014"); where our readings begin later, the
    answer is "since our first reading". The level on the day is compared with the level at the time of each earlier
    reading, not with readings themselves, so one odd poll sets no record. With a tolerance in points, near a record
    counts as well.
    """

    direction: UpDown
    window_years: Years | None = None
    since: dt.date | None = None
    tolerance_points: Points = 0
    least: ClassVar[int] = 3
    moves: ClassVar[bool] = True

    def asks(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        return (*self.earlier(made, readings), made)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        found = len(self.earlier(made, readings))
        if found >= self.least - 1:
            return None
        text = _(
            "A record needs {least} comparable readings from before the latest one, in the window named ({since}); "
            "found: {found}."
        )
        return text.format(least=self.least - 1, since=window(readings, self.start(made)), found=found)

    def earlier(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        """The middles of the field periods in the window, save the latest reading before the claim and its moment."""
        return earlier(readings, self.start(made), made)

    def start(self, made: dt.date) -> dt.date:
        """The first day of the window."""
        if self.window_years is not None:
            return months_before(made, 12 * self.window_years)
        return self.since or dt.date.min

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> Record("down").holds(np.array([[30, 20, 19], [30, 20, 21], [30, 20, 20]])).tolist()
        [True, False, False]
        >>> Record("up").holds(np.array([[30, 20, 31], [30, 20, 29]])).tolist()
        [True, False]
        >>> Record("down", tolerance_points=3).holds(np.array([[30, 20, 22], [30, 20, 24]])).tolist()
        [True, False]
        """
        signed = sign(self.direction) * paths
        return signed[:, -1] > signed[:, :-1].max(axis=1) - self.tolerance_points

    def reason(self, asked: Asked) -> str:
        best = np.median(asked.paths[:, :-1], axis=0)
        at = int(best.argmax() if self.direction == "up" else best.argmin())
        text = _(
            "{polls} put {measure} at {level} on {date}; {extreme} level at {count} earlier readings was {other} "
            "in {when}, {since}."
        )
        return text.format(
            polls=asked.polls,
            measure=asked.measure,
            level=asked.level(asked.paths[:, -1]),
            date=day(asked.dates[-1]),
            extreme=_("the highest") if self.direction == "up" else _("the lowest"),
            count=len(asked.dates) - 1,
            other=asked.level(asked.paths[:, at]),
            when=day(asked.dates[at], "month"),
            since=window(asked.readings, self.start(asked.dates[-1])),
        )


@dataclass(frozen=True)
class FirstTime(Assertion):
    """For the first time in a number of years the measure is on one side of a line, the other side at every earlier
    reading of the window.

    The line is 50 percent unless the claim names another; with ``versus`` it is the measure for another subject, in the
    polls that asked about both. Without a number of years, all readings of the record count.
    """

    direction: AboveBelow
    threshold_percent: Percent = 50
    window_years: Years | None = None
    versus: SubjectId | None = None
    least: ClassVar[int] = 3
    moves: ClassVar[bool] = True

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        if {"versus", "threshold_percent"} <= values.keys():
            return [_("versus and threshold_percent are two lines: give one of them")]
        return []

    @property
    def joins(self) -> Joins:  # type: ignore[override]
        """The level itself, or its distance from the other subject's."""
        return "apart" if self.versus else "level"

    def abouts(self, about: About, choices: Sequence[Any]) -> tuple[About, ...]:
        return (about, replace(about, subject=self.versus)) if self.versus else (about,)

    def start(self, made: dt.date) -> dt.date:
        """The first day of the window."""
        return dt.date.min if self.window_years is None else months_before(made, 12 * self.window_years)

    def asks(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        return (*earlier(readings, self.start(made), made), made)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        if len(self.asks(made, readings)) > 1:
            return None
        text = _("A first time needs a comparable reading from before the latest one, in the window named ({since}).")
        return text.format(since=window(readings, self.start(made)))

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> FirstTime("above").holds(np.array([[30, 40, 50], [30, 51, 52], [30, 40, 49]])).tolist()
        [True, False, False]
        >>> FirstTime("above", versus="russia").holds(np.array([[-5, -3, 1], [-5, 2, 1]])).tolist()
        [True, False]
        """
        side = sign(self.direction) * (paths - self.line) >= 0
        return side[:, -1] & ~side[:, :-1].any(axis=1)

    @property
    def line(self) -> float:
        """The line in the unit of the paths; 0 where they are distances from another subject."""
        return 0 if self.versus else self.threshold_percent

    def reason(self, asked: Asked) -> str:
        side = sign(self.direction) * (asked.paths - self.line) >= 0
        text = _(
            "{polls} put {measure} {side} the line on {date} with a chance of {now} %, and at one or more of {count} "
            "earlier readings with a chance of {before} %, {since}."
        )
        return text.format(
            polls=asked.polls,
            measure=asked.measure,
            side=_("at or above") if self.direction == "above" else _("at or below"),
            date=day(asked.dates[-1]),
            now=number(100 * float(side[:, -1].mean()), 0),
            count=len(asked.dates) - 1,
            before=number(100 * float(side[:, :-1].any(axis=1).mean()), 0),
            since=window(asked.readings, self.start(asked.dates[-1])),
        )


ASSERTIONS: dict[str, type[Assertion]] = {"record": Record, "first-time": FirstTime}


def earlier(readings: pd.DataFrame, start: dt.date, made: dt.date) -> tuple[dt.date, ...]:
    """The middles of the field periods between two days, save the latest reading before the claim and its moment."""
    past = [middle for middle in sorted(set(middles(readings))) if start <= middle <= made]
    return tuple(middle for middle in past if (past[-1] - middle).days > SAME_MOMENT)


def window(readings: pd.DataFrame, start: dt.date) -> str:
    """How far back a comparison with earlier readings reaches, in words."""
    first = readings.field_start.min().date()
    if first <= start:
        return _("since {date}").format(date=day(start))
    return _("since our first reading in {month}").format(month=day(first, "month"))
