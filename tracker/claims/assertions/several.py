"""Assertions about one subject beside others, and about one movement in many populations."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from tracker.claims.assertions.asked import (
    About,
    Asked,
    Assertion,
    Joins,
    Months,
    Points,
    Position,
    SubjectId,
    UpDown,
    months_before,
    sign,
)
from tracker.language import day, ngettext, number
from tracker.language import gettext as _
from tracker.series import REACH, distance

#: the least share of populations that a word asks for; "more" only asks for more of them than go the other way
SHARES = {"most": 0.5, "across-the-board": 0.9, "all": 1.0}


@dataclass(frozen=True)
class Comparison(Assertion):
    """The measure for one subject stands above, below or equal to that for another, on the day of the claim.

    Judged by the polls that asked the same people about both subjects. One such poll gives two readings and is enough:
    what is peculiar to a pollster mostly cancels out between them. "Equal" needs a tolerance in points.
    """

    direction: Position
    versus: SubjectId
    tolerance_points: Points = 0
    least: ClassVar[int] = 1
    joins: ClassVar[Joins] = "apart"

    def abouts(self, about: About, choices: Sequence[Any]) -> tuple[About, ...]:
        return about, replace(about, subject=self.versus)

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> Comparison("above", "china").holds(np.array([[1], [0], [-1]])).tolist()
        [True, False, False]
        >>> Comparison("below", "china").holds(np.array([[1], [0], [-1]])).tolist()
        [False, False, True]
        >>> Comparison("equal", "china", tolerance_points=4).holds(np.array([[4], [-4], [4.1]])).tolist()
        [True, True, False]
        """
        if self.direction == "equal":
            return np.abs(paths[:, 0]) <= self.tolerance_points
        return sign(self.direction) * paths[:, 0] > 0

    def reason(self, asked: Asked) -> str:
        gap = asked.paths[:, 0]
        polls = asked.readings.poll.nunique()
        text = ngettext(
            "{measure}: {a} {points} {way} {b} on {date} ({interval}), by {count} poll that asked about both.",
            "{measure}: {a} {points} {way} {b} on {date} ({interval}), by {count} polls that asked about both.",
            polls,
        )
        return text.format(
            measure=asked.measure[:1].upper() + asked.measure[1:],
            a=asked.names[0],
            b=asked.names[1],
            way=_("above") if np.median(gap) > 0 else _("below"),
            points=asked.points(abs(float(np.median(gap)))),
            date=day(asked.dates[0]),
            interval=asked.interval(gap),
            count=polls,
        )


@dataclass(frozen=True)
class Rank(Assertion):
    """Among the subjects rated in the same polls, the measure is highest (up) or lowest (down), or in a named place.

    Each other subject is compared through the polls that asked the same people about both, and must have been asked
    about within a year of the claim; at least two others are needed. A ``place`` of 3 says among the first three.
    """

    direction: UpDown
    place: int = 1
    scope: Literal["across-countries"] = "across-countries"
    least: ClassVar[int] = 1
    joins: ClassVar[Joins] = "apart"
    fewest: ClassVar[int] = 3

    def abouts(self, about: About, choices: Sequence[Any]) -> tuple[About, ...]:
        own = (about.population, about.construct, about.object)
        others = {row.subject for row in choices if (row.population, row.construct, row.object) == own}
        return about, *(replace(about, subject=name) for name in sorted(others - {about.subject}))

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> Rank("down").holds(np.array([[-9, -3], [-9, 3], [9, 3]])).tolist()
        [True, False, False]
        >>> Rank("up", place=2).holds(np.array([[9, 3], [9, -3], [-9, -3]])).tolist()
        [True, True, False]
        """
        return (sign(self.direction) * paths < 0).sum(axis=1) < self.place

    def reason(self, asked: Asked) -> str:
        ahead = (sign(self.direction) * asked.paths < 0).sum(axis=1)
        low, high = (int(end) + 1 for end in np.quantile(ahead, [0.025, 0.975], method="nearest"))
        text = _(
            "{measure}: {a} is number {place} of {count} from the {end} on {date} (95 % interval {low} to {high})."
        )
        return text.format(
            measure=asked.measure[:1].upper() + asked.measure[1:],
            a=asked.names[0],
            place=int(np.median(ahead)) + 1,
            count=asked.paths.shape[1] + 1,
            end=_("top") if self.direction == "up" else _("bottom"),
            date=day(asked.dates[0]),
            low=low,
            high=high,
        )


@dataclass(frozen=True)
class ManyPopulations(Assertion):
    """In most populations, in all, or across the board, the measure moved up or down over a window.

    Every population of the record with readings at both ends of the window counts, each on its own trend: up, down, or
    flat where it moved less than the tolerance (2 points). "Most" is more than half of them, "across the board" nine in
    ten, "more" more than went the other way. ``populations`` only notes how many the claim speaks of.
    """

    direction: UpDown
    quantifier: Literal["most", "more", "all", "across-the-board"] = "most"
    window_months: Months = 12
    tolerance_points: Points = 2
    populations: int | None = None
    joins: ClassVar[Joins] = "each"
    fewest: ClassVar[int] = 3
    moves: ClassVar[bool] = True

    def abouts(self, about: About, choices: Sequence[Any]) -> tuple[About, ...]:
        own = (about.subject, about.construct, about.object)
        found = {row.population for row in choices if (row.subject, row.construct, row.object) == own}
        return tuple(replace(about, population=name) for name in sorted(found & set(about.population.split(";"))))

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        return months_before(made, self.window_months), made

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        """One reading cannot stand for both ends."""
        ends = list(zip(readings.field_start.dt.date, readings.field_end.dt.date, strict=True))
        near = [sum(distance(*end, date) <= REACH for end in ends) for date in self.turns_on(made)]
        reached = sum(any(distance(*end, date) <= REACH for date in self.turns_on(made)) for end in ends)
        return None if min(near) and reached > 1 else _("One reading cannot stand for both ends of the window.")

    def counts(self, paths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many populations moved this way and how many the other, for each draw."""
        pairs = paths.reshape(len(paths), -1, 2)
        moved = sign(self.direction) * (pairs[:, :, 1] - pairs[:, :, 0])
        return (moved > self.tolerance_points).sum(axis=1), (moved < -self.tolerance_points).sum(axis=1)

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """
        >>> ManyPopulations("up").holds(np.array([[20, 30, 20, 30, 20, 10], [20, 30, 20, 21, 20, 20]])).tolist()
        [True, False]
        >>> more = ManyPopulations("down", "more")
        >>> more.holds(np.array([[30, 20, 20, 20, 20, 20], [30, 20, 20, 30, 20, 20]])).tolist()
        [True, False]
        >>> ManyPopulations("up", "all").holds(np.array([[20, 30, 20, 30, 20, 30], [20, 30, 20, 30, 20, 21]])).tolist()
        [True, False]
        >>> nine_in_ten = ManyPopulations("up", "across-the-board")
        >>> nine_in_ten.holds(np.array([[1, 9] * 9 + [9, 1], [1, 9] * 8 + [9, 1] * 2])).tolist()
        [True, False]
        """
        this, other = self.counts(paths)
        if self.quantifier == "more":
            return this > other
        share = this / (paths.shape[1] // 2)
        return share > 0.5 if self.quantifier == "most" else share >= SHARES[self.quantifier]

    def reason(self, asked: Asked) -> str:
        up, down = self.counts(asked.paths) if self.direction == "up" else self.counts(asked.paths)[::-1]
        count = asked.paths.shape[1] // 2
        text = _(
            "Of {count} populations with readings at both ends, {measure} moved up in {up}, down in {down} and less "
            "than {tolerance} in {flat}, from {start} to {end}."
        )
        return text.format(
            count=count,
            measure=asked.measure,
            up=_range(up),
            down=_range(down),
            flat=_range(count - up - down),
            tolerance=asked.points(self.tolerance_points),
            start=day(asked.dates[0]),
            end=day(asked.dates[1]),
        )


ASSERTIONS: dict[str, type[Assertion]] = {
    "comparison": Comparison,
    "rank": Rank,
    "many-populations": ManyPopulations,
}


def _range(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975], method="nearest")
    text = _("{middle} ({low} to {high})")
    return text.format(middle=number(int(middle)), low=number(int(low)), high=number(int(high)))
