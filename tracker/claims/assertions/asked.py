"""What every kind of assertion shares: what it is about, what it finds, and how it says numbers."""

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pandas as pd

from tracker.language import gettext as _
from tracker.language import marked, ngettext, number

UpDown = Literal["up", "down"]
AboveBelow = Literal["above", "below"]
Position = Literal["above", "below", "equal"]


@dataclass(frozen=True)
class Range:
    """What a number can sensibly be: polls are no older than a century, and a share has a hundred points."""

    low: float
    high: float


@dataclass(frozen=True)
class Named:
    """A word that names something: a row of that table of the record, or one of its measures."""

    among: Literal["subjects", "populations", "events", "measures"]


Percent = Annotated[float, Range(-100, 100)]
Points = Annotated[float, Range(0, 200)]
Times = Annotated[float, Range(0, 1000)]
Months = Annotated[int, Range(1, 1200)]
Years = Annotated[int, Range(1, 100)]
Year = Annotated[int, Range(1900, 2200)]
SubjectId = Annotated[str, Named("subjects")]
PopulationId = Annotated[str, Named("populations")]
EventId = Annotated[str, Named("events")]
Measure = Annotated[str, Named("measures")]
#: how the readings of an assertion are looked at: the ``VIEWS`` of tracker.claims.views
Joins = Literal["level", "apart", "beside", "each", "figures"]
#: readings so close to the latest one that they speak of the same moment, in days
SAME_MOMENT = 30


@dataclass(frozen=True)
class About:
    """The attitude that an assertion is about, and whose polls it names, if anybody's."""

    population: str
    subject: str
    construct: str
    measure: str
    object: str = "country"
    pollster: str | None = None


@dataclass(frozen=True)
class Asked:
    """What an assertion found: its paths (draws, dates; of several attitudes one after the other), the dates, the
    comparable readings of the first attitude, and words for whose polls ("Polls"), the measure ("favourable views")
    and what the attitudes differ in (subjects, populations)."""

    paths: np.ndarray
    dates: tuple[dt.date, ...]
    readings: pd.DataFrame
    polls: str
    measure: str
    unit: str = "percent"
    names: tuple[str, ...] = ("", "")
    made: dt.date = dt.date.max

    def level(self, values: np.ndarray) -> str:
        """The middle of some draws, with the unit."""
        text = _("{value} percent") if self.unit == "percent" else _("{value} points")
        return text.format(value=number(float(np.median(values)), self.decimals))

    def interval(self, values: np.ndarray, decimals: int | None = None) -> str:
        """The 95 percent interval of some draws."""
        shown = self.decimals if decimals is None else decimals
        low, high = (number(float(end), shown) for end in np.quantile(values, [0.025, 0.975]))
        return _("95 % interval {low} to {high}").format(low=low, high=high)

    def moved(self, values: np.ndarray) -> str:
        """The 95 percent interval of a movement, each end with its sign."""
        low, high = np.quantile(values, [0.025, 0.975])
        text = _("{low} to {high} points (95 % interval)")
        return text.format(low=self.signed(float(low)), high=self.signed(float(high)))

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

    #: comparable readings that a verdict needs, of each attitude
    least: ClassVar[int] = 2
    #: attitudes that a verdict needs, where it is about many (``joins`` "each", or "apart" from several)
    fewest: ClassVar[int] = 1
    #: False where polls cannot answer
    testable: ClassVar[bool] = True
    joins: ClassVar[Joins] = "level"
    #: what goes with every answer, whatever it is
    caveat: ClassVar[str] = ""
    #: what is said where the record knows no such population
    nobody: ClassVar[str] = marked("The record has no polls of this population ({population}).")
    #: True where it is about movement, False where it is about one moment: what a rebuttal must match
    moves: ClassVar[bool] = False

    @classmethod
    def at_odds(cls, values: Mapping[str, Any]) -> list[str]:
        """What is wrong with parameters that are fine one by one, each with its remedy."""
        return []

    def abouts(self, about: About, choices: Sequence[Any]) -> tuple[About, ...]:
        """The attitudes whose readings it needs, its own first; ``choices`` are those that the record holds."""
        return (about,)

    def no_line(self) -> str | None:
        """Why the level is shown without a verdict, as a sentence; None where the verdict is given."""
        return None

    def rules_out(self, made: dt.date, readings: pd.DataFrame) -> dict[str, pd.Series]:
        """Readings that it leaves aside whatever their question: masks by code of ``series.WHY_NOT``."""
        return {}

    def turns_on(self, made: dt.date) -> tuple[dt.date, ...]:
        """Dates near which there must be a reading."""
        return (made,)

    def asks(self, made: dt.date, readings: pd.DataFrame) -> tuple[dt.date, ...]:
        """Dates at which the paths are looked at, in the order that ``holds`` expects."""
        return self.turns_on(made)

    def early(self, made: dt.date, readings: pd.DataFrame) -> str | None:
        """Why no poll can have answered yet, as a sentence; None where one can."""
        return None

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
class NoOpinionContent(Assertion):
    """A value judgement, a motive, a forecast of something else: nothing that polls could answer. It gets no number."""

    testable: ClassVar[bool] = False


def middles(readings: pd.DataFrame) -> pd.Series:
    """The middle day of each reading's field period, as dates."""
    return (readings.field_start + (readings.field_end - readings.field_start) / 2).dt.date


def months_before(date: dt.date, months: int) -> dt.date:
    """The same day that many months earlier, later where negative; the last of the month where it is shorter; never
    outside the years 1 to 9999."""
    index = min(max(date.year * 12 + date.month - 1 - months, 12), 9999 * 12 + 11)
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


def sign(direction: str) -> int:
    """+1 for up and above, -1 for down and below."""
    return 1 if direction in ("up", "above") else -1
