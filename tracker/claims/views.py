"""How the readings of an assertion are looked at: one trend, a difference within polls, several trends, or figures."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from tracker.trend import difference, fit


class View(Protocol):
    """Whatever can be asked for paths."""

    def paths(self, dates: Sequence[dt.date], draws: int = 4000, seed: int = 0) -> np.ndarray:
        """Joint draws (draws, columns) at dates."""


class Beside:
    """Several views side by side: the columns of one after those of the other, drawn independently."""

    def __init__(self, views: Sequence[View]) -> None:
        self.views = views

    def paths(self, dates: Sequence[dt.date], draws: int = 4000, seed: int = 0) -> np.ndarray:
        """Draws (draws, views times dates)."""
        return np.concatenate([view.paths(dates, draws, seed + i) for i, view in enumerate(self.views)], axis=1)


class Figures:
    """Published values as they are: one draw, a column a reading."""

    def __init__(self, readings: pd.DataFrame) -> None:
        self.values = readings.value.to_numpy(float)

    def paths(self, dates: Sequence[dt.date], draws: int = 4000, seed: int = 0) -> np.ndarray:
        """The values (1, readings), whatever the dates."""
        return self.values[None, :]


def _beside(tables: Sequence[pd.DataFrame]) -> View:
    return Beside([fit(table) for table in tables])


def _apart(tables: Sequence[pd.DataFrame]) -> View:
    first, *others = tables
    views = [difference(first, other) for other in others]
    return views[0] if len(views) == 1 else Beside(views)


#: by the word that an assertion uses in ``joins``; each takes the comparable readings of its attitudes, its own first
VIEWS: dict[str, Callable[[Sequence[pd.DataFrame]], View]] = {
    "level": lambda tables: fit(tables[0]),
    "apart": _apart,
    "beside": _beside,
    "each": _beside,
    "figures": lambda tables: Figures(tables[0]),
}
