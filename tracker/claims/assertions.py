"""The kinds of assertion: each a yes-or-no question that can be asked of a single path.

A kind is a frozen dataclass. Its docstring is its help, its fields are its parameters and its form, ``holds`` answers
for every path, and a line in ``ASSERTIONS`` makes it known. ``direction`` is always that of the measure named.
"""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from tracker.language import day, ngettext, number
from tracker.language import gettext as _

UpDown = Literal["up", "down"]
AboveBelow = Literal["above", "below"]
Position = Literal["above", "below", "equal"]
#: readings so close to the latest one that they speak of the same moment, in days
SAME_MOMENT = 30


@dataclass(frozen=True)
class Asked:
    """What an assertion found: its paths (draws, dates), the dates, the comparable readings, and words for whose polls
    ("Polls"), the measure ("favourable views") and, in a comparison, the two subjects."""

    paths: np.ndarray
    dates: tuple[dt.date, ...]
    readings: pd.DataFrame
    polls: str
    measure: str
    unit: str = "percent"
    subjects: tuple[str, str] = ("", "")

    def level(self, values: np.ndarray) -> str:
        """The middle of some draws, with the unit."""
        text = _("{value} percent") if self.unit == "percent" else _("{value} points")
        return text.format(value=number(float(np.median(values)), self.decimals))

    def interval(self, values: np.ndarray) -> str:
        """The 95 percent interval of some draws."""
        low, high = (number(float(end), self.decimals) for end in np.quantile(values, [0.025, 0.975]))
        return _("95 % interval {low} to {high}").format(low=low, high=high)

    def points(self, value: float) -> str:
        """A distance in points."""
        return ngettext("{value} point", "{value} points", round(value)).format(value=number(value, self.decimals))

    def signed(self, value: float) -> str:
        """A movement with its sign."""
        shown = number(abs(value), self.decimals)
        return shown if shown == number(0, self.decimals) else ("+" if value > 0 else "−") + shown

    @property
    def decimals(self) -> int:
        """Decimals shown: none for shares in percent, one for means and nets."""
        return 0 if self.unit == "percent" else 1


class Assertion:
    """What every kind shares: how many readings it needs, the dates that it turns on, and those that it asks about."""

    #: comparable readings that a verdict needs in all
    least: ClassVar[int] = 2
    #: False where polls cannot answer
    testable: ClassVar[bool] = True

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        """Dates near which there must be a reading."""
        return (made,)

    def asks(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        """Dates at which the paths are looked at, in the order that ``holds`` expects."""
        return self.turns_on(made)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        """What else is missing for a verdict, as a sentence; None where nothing is."""
        return None

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """For paths (draws, dates) in the measure's unit: whether each answers yes."""
        raise TypeError(f"{type(self).__name__} cannot be asked of a path")

    def reason(self, asked: Asked) -> str:
        """One sentence with the numbers behind the answer."""
        raise TypeError(f"{type(self).__name__} cannot be asked of a path")


@dataclass(frozen=True)
class Change(Assertion):
    """The measure moved up or down over a window that ends on the day of the claim.

    The window is twelve months unless the claim says otherwise: give its length, or the day on which it begins. Any
    movement counts, however small; the probability says how sure the polls are of its direction.
    """

    direction: UpDown
    window_months: int = 12
    since: dt.date | None = None

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        return (self.since or months_before(made, self.window_months), made)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        if self.turns_on(made)[0] < made:
            return None
        return _("The window begins on the day of the claim or later.")

    def holds(self, paths: np.ndarray) -> np.ndarray:
        return _sign(self.direction) * (paths[:, 1] - paths[:, 0]) > 0

    def reason(self, asked: Asked) -> str:
        start, end = asked.paths[:, 0], asked.paths[:, 1]
        text = _(
            "{polls} put {measure} at {a} on {start} and {b} on {end}, "
            "a change of {low} to {high} points (95 % interval)."
        )
        low, high = np.quantile(end - start, [0.025, 0.975])
        return text.format(
            polls=asked.polls,
            measure=asked.measure,
            a=asked.level(start),
            b=asked.level(end),
            start=day(asked.dates[0]),
            end=day(asked.dates[1]),
            low=asked.signed(low),
            high=asked.signed(high),
        )


@dataclass(frozen=True)
class Level(Assertion):
    """The measure stands above or below a line on the day of the claim: a majority, a minority, or any other level.

    The line is 50 percent unless the claim names another. Exactly 50 percent is neither a majority nor a minority.
    """

    direction: AboveBelow
    threshold_percent: float = 50

    def holds(self, paths: np.ndarray) -> np.ndarray:
        return _sign(self.direction) * (paths[:, 0] - self.threshold_percent) > 0

    def reason(self, asked: Asked) -> str:
        level = asked.paths[:, 0]
        text = _("{polls} put {measure} at {level} on {date} ({interval}); the line is {line}.")
        return text.format(
            polls=asked.polls,
            measure=asked.measure,
            level=asked.level(level),
            date=day(asked.dates[0]),
            interval=asked.interval(level),
            line=asked.level(np.array([self.threshold_percent])),
        )


@dataclass(frozen=True)
class Record(Assertion):
    """On the day of the claim the measure stands higher (up) or lower (down) than at any earlier reading.

    "On record" or within a number of years; where our readings begin later than that, the answer is "since our first
    reading". The level on the day is compared with the level at the time of each earlier reading, not with readings
    themselves, so one odd poll sets no record. With a tolerance in points, near a record counts as well.
    """

    direction: UpDown
    window_years: int | None = None
    since: dt.date | None = None
    tolerance_points: float = 0
    least: ClassVar[int] = 3

    def asks(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        return (*self.earlier(made, readings), made)

    def lacks(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        if len(self.earlier(made, readings)) >= self.least - 1:
            return None
        return _("A record needs at least two comparable readings from before the latest one, in the window named.")

    def earlier(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        """The middles of the field periods in the window, save the latest reading before the claim and its moment."""
        middles = sorted(
            {middle.date() for middle in readings.field_start + (readings.field_end - readings.field_start) / 2}
        )
        past = [middle for middle in middles if self.start(made) <= middle <= made]
        return tuple(middle for middle in past if (past[-1] - middle).days > SAME_MOMENT)

    def start(self, made: dt.date) -> dt.date:
        """The first day of the window."""
        if self.window_years is not None:
            return months_before(made, 12 * self.window_years)
        return self.since or dt.date.min

    def holds(self, paths: np.ndarray) -> np.ndarray:
        signed = _sign(self.direction) * paths
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
            since=self.window(asked),
        )

    def window(self, asked: Asked) -> str:
        """How far back the comparison reaches, in words."""
        first = asked.readings.field_start.min().date()
        start = self.start(asked.dates[-1])
        if first <= start:
            return _("since {date}").format(date=day(start))
        return _("since our first reading in {month}").format(month=day(first, "month"))


@dataclass(frozen=True)
class Comparison(Assertion):
    """The measure for one subject stands above, below or equal to that for another, on the day of the claim.

    Judged by the polls that asked the same people about both subjects. "Equal" needs a tolerance in points.
    """

    direction: Position
    versus: str
    tolerance_points: float = 0

    def holds(self, paths: np.ndarray) -> np.ndarray:
        if self.direction == "equal":
            return np.abs(paths[:, 0]) <= self.tolerance_points
        return _sign(self.direction) * paths[:, 0] > 0

    def reason(self, asked: Asked) -> str:
        gap = asked.paths[:, 0]
        text = _("{measure}: {a} {points} {way} {b} on {date} ({interval}), by {count} polls that asked about both.")
        return text.format(
            measure=asked.measure[:1].upper() + asked.measure[1:],
            a=asked.subjects[0],
            b=asked.subjects[1],
            way=_("above") if np.median(gap) > 0 else _("below"),
            points=asked.points(abs(float(np.median(gap)))),
            date=day(asked.dates[0]),
            interval=asked.interval(gap),
            count=asked.readings.poll.nunique(),
        )


@dataclass(frozen=True)
class NoOpinionContent(Assertion):
    """A value judgement, a motive, a forecast of something else: nothing that polls could answer. It gets no number."""

    testable: ClassVar[bool] = False


#: the kinds that can be judged
ASSERTIONS: dict[str, type[Assertion]] = {
    "change": Change,
    "level": Level,
    "record": Record,
    "comparison": Comparison,
    "no-opinion-content": NoOpinionContent,
}
#: every kind that a claim can have; those not in ``ASSERTIONS`` have no rule yet
KINDS = (
    *ASSERTIONS,
    "change-between",
    "change-by",
    "no-change",
    "first-time",
    "rank",
    "ratio",
    "subgroup-comparison",
    "event-change",
    "many-populations",
    "forecast",
    "vague-quantity",
    "self-reported-change",
    "misquoted-poll",
    "cause",
)


def months_before(date: dt.date, months: int) -> dt.date:
    """The same day that many months earlier; the last of the month where it is shorter; never before year 1."""
    index = max(date.year * 12 + date.month - 1 - months, 12)
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


def _sign(direction: str) -> int:
    return 1 if direction in ("up", "above") else -1
