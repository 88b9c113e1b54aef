"""Before and after an event, honestly: opinion *around this time*, never what moved it.

Readings are compared within one instrument only; the trend's change comes with its interval and with whatever else
happened in the same window.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tracker.language import day, number
from tracker.language import gettext as _
from tracker.trend import Trend

#: readings wanted on each side, within one instrument
READINGS = 2
#: days before and after, over which the trend's change is taken
WINDOW = 180


@dataclass(frozen=True)
class Sides:
    """One instrument's last readings before an event and first ones after it (question ids), and the change between
    their means; None where there are not enough readings on both sides."""

    instrument: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    change: float | None


@dataclass(frozen=True)
class BeforeAfter:
    """What opinion did around an event: per instrument, and the pooled trend's change with its 95 percent interval
    between two dates. ``others`` are the events that fell in the same window."""

    event: str
    start: dt.date
    end: dt.date
    sides: tuple[Sides, ...]
    change: float | None
    low95: float | None
    high95: float | None
    others: tuple[str, ...]

    def sentence(self) -> str:
        """The change in one sentence, with its interval."""
        if self.change is None or self.low95 is None or self.high95 is None:
            return _("Around this time there are not enough comparable readings to follow a trend.")
        text = _(
            "Around this time, from {start} to {end}, the trend changed by {change} points "
            "(95 % interval {low} to {high})."
        )
        low, high = number(self.low95, 0), number(self.high95, 0)
        return text.format(start=day(self.start), end=day(self.end), change=number(self.change, 0), low=low, high=high)


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
    return BeforeAfter(event.id, start, end, sides, change, low, high, inside)


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
    before = group[group.field_end < pd.Timestamp(first)].sort_values("field_end").tail(k)
    after = group[group.field_start > pd.Timestamp(last)].sort_values("field_start").head(k)
    enough = len(before) == len(after) == k
    change = round(float(after.value.mean() - before.value.mean()), 6) if enough else None
    return Sides(name, tuple(before.question), tuple(after.question), change)


def _change(trend: Trend | None, start: dt.date, end: dt.date) -> tuple[float | None, float | None, float | None]:
    if trend is None:
        return None, None, None
    paths = trend.paths([start, end])
    low, high = np.quantile(moves := paths[:, 1] - paths[:, 0], [0.025, 0.975])
    return float(moves.mean()), float(low), float(high)
