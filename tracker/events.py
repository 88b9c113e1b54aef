"""Before and after an event, honestly: opinion *around this time*, never what moved it.

Readings are compared within one instrument only; the trend's change comes with its interval and with whatever else
happened in the same window.
"""

import datetime as dt
import math
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tracker import scales
from tracker.language import day, marked, number
from tracker.language import gettext as _
from tracker.models import QUADRANTS
from tracker.series import REACH
from tracker.trend import Trend

#: what a quadrant is called
QUADRANT_NAMES = marked(
    {
        "verbal-cooperation": "verbal cooperation",
        "material-cooperation": "material cooperation",
        "verbal-conflict": "verbal conflict",
        "material-conflict": "material conflict",
    }
)
#: the quadrant of each type
PLOVER = {name: quadrant for quadrant, names in QUADRANTS.items() for name in names}
#: readings wanted on each side, within one instrument
READINGS = 2
#: days from an event beyond which a reading is of another time
NEAR = 3 * 365
#: days before and after, over which the trend's change is taken
WINDOW = 180
#: days from one placebo to the next
STEP = 30


@dataclass(frozen=True)
class Sides:
    """One instrument's last readings before an event and first ones after it (question ids), none further from it than
    ``NEAR``, and the change between their means; None where there are not enough readings on both sides.

    ``margin`` is half the change's 95 percent interval by sampling alone, in the measure's unit; None where a base is
    not known, or the measure is no share.
    """

    instrument: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    change: float | None
    margin: float | None = None


@dataclass(frozen=True)
class BeforeAfter:
    """What opinion did around an event: per instrument, and the pooled trend's change with its 95 percent interval
    between two dates. ``others`` are the events that fell in the same window.

    ``placebo`` is the share of ``placebos`` other dates across which the trend changed at least as much in either
    direction; None where the series has none. They lie a month apart, with windows as long that do not touch this one's
    and readings near both ends.
    """

    event: str
    start: dt.date
    end: dt.date
    sides: tuple[Sides, ...]
    change: float | None
    low95: float | None
    high95: float | None
    others: tuple[str, ...]
    placebo: float | None = None
    placebos: int = 0

    def sentence(self) -> str:
        """The change in one sentence, with its interval."""
        if self.change is None or self.low95 is None or self.high95 is None:
            return _("Around this time there are not enough comparable readings to follow a trend.")
        text = _(
            "Around this time, from {start} to {end}, the trend changed by {change} points "
            "(95 % interval {low} to {high})."
        )
        low, high = number(self.low95, 0), number(self.high95, 0)
        told = text.format(start=day(self.start), end=day(self.end), change=number(self.change, 0), low=low, high=high)
        return told + self._compared()

    def _compared(self) -> str:
        if self.placebo is None:
            return ""
        text = _("So large a change lies around {share} % of {count} other dates.")
        return " " + text.format(share=number(100 * self.placebo, 0), count=self.placebos)


def before_after(
    readings: pd.DataFrame,
    trend: Trend | None,
    event: Any,
    others: Iterable[Any] = (),
    k: int = READINGS,
    window_days: int = WINDOW,
) -> BeforeAfter:
    """Readings each side of an event within each instrument, and the trend's change across it.

    ``event`` and ``others`` are rows of events; ``trend`` is None where nothing could be pooled. The change runs from
    ``window_days`` before the first day the event can have happened to ``window_days`` after the last.
    """
    first, last = bounds(event)
    start, end = first - dt.timedelta(window_days), last + dt.timedelta(window_days)
    comparable = readings[readings.comparable]
    sides = tuple(
        _sides(str(name), group, first, last, k) for name, group in comparable.groupby("instrument", sort=True)
    )
    inside = tuple(other.id for other in others if other.id != event.id and start <= other.date <= end)
    change, low, high = _change(trend, start, end)
    return BeforeAfter(event.id, start, end, sides, change, low, high, inside, *_placebo(trend, comparable, start, end))


def quadrant(event: Any) -> str | None:
    """Where PLOVER has an event's type, one of ``QUADRANTS``; None for an event without a type."""
    return PLOVER.get(event.plover_type)


def bounds(event: Any) -> tuple[dt.date, dt.date]:
    """The first and the last day on which an event, or anything else dated with a precision, can have happened."""
    first = event.date
    return first, max(latest(first, event.date_precision), getattr(event, "end_date", None) or first)


def latest(date: dt.date, precision: str) -> dt.date:
    """The last day that a date known to its day, month or year allows."""
    if precision == "year":
        return date.replace(month=12, day=31)
    if precision == "month":
        return date.replace(day=monthrange(date.year, date.month)[1])
    return date


def _sides(name: str, group: pd.DataFrame, first: dt.date, last: dt.date, k: int) -> Sides:
    start, end, near = pd.Timestamp(first), pd.Timestamp(last), pd.Timedelta(days=NEAR)
    before = group[(group.field_end < start) & (group.field_end >= start - near)].sort_values("field_end").tail(k)
    after = group[(group.field_start > end) & (group.field_start <= end + near)].sort_values("field_start").head(k)
    sides = tuple(before.question), tuple(after.question)
    if not len(before) == len(after) == k:
        return Sides(name, *sides, None)
    change = round(float(after.value.mean() - before.value.mean()), 6)
    return Sides(name, *sides, change, _margin(pd.concat([before, after]), k))


def _margin(rows: pd.DataFrame, k: int) -> float | None:
    """Half the 95 percent interval of a difference of two means of k readings each, by sampling alone."""
    people = rows.base.fillna(rows.sample_size)
    if people.isna().any() or set(rows.unit) != {"percent"}:
        return None
    variances = [scales.variance(value, int(n)) for value, n in zip(rows.value, people, strict=True)]
    return round(1.96 * math.sqrt(sum(variances)) / k, 6)


def _change(trend: Trend | None, start: dt.date, end: dt.date) -> tuple[float | None, float | None, float | None]:
    if trend is None:
        return None, None, None
    paths = trend.paths([start, end])
    low, high = np.quantile(moves := paths[:, 1] - paths[:, 0], [0.025, 0.975])
    return float(moves.mean()), float(low), float(high)


def _placebo(trend: Trend | None, comparable: pd.DataFrame, start: dt.date, end: dt.date) -> tuple[float | None, int]:
    """The share of other windows of the same length in which the trend's level changed as much, and how many there are.

    Both ends of a window have a reading within a year: where the trend is carried on without any it hardly moves.
    """
    if trend is None:
        return None, 0
    length = end - start
    begins = [trend.first + dt.timedelta(days) for days in range(0, (trend.last - trend.first - length).days, STEP)]
    apart = [begin for begin in begins if begin >= end or begin + length <= start]
    windows = [(begin, begin + length) for begin in apart]
    windows = [ends for ends in windows if all(_reached(comparable, date) for date in ends)]
    if not windows:
        return None, 0
    levels = trend.band([date for ends in [(start, end), *windows] for date in ends]).level.to_numpy(float)
    changes = np.abs(levels[1::2] - levels[::2])
    return float(np.mean(changes[1:] >= changes[0])), len(windows)


def _reached(comparable: pd.DataFrame, date: dt.date) -> bool:
    reach = pd.Timedelta(days=REACH)
    when = pd.Timestamp(date)
    return bool(((comparable.field_start - reach <= when) & (when <= comparable.field_end + reach)).any())
