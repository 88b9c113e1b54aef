"""The tracker's own pooling in the form that the scoring programs expect: polls with pollster, field_start,
field_end, sample_size, response and value_percent."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks import asserted
from tracker import pooling
from tracker.pooling import working

#: paths for a claim, as many as for a verdict
DRAWS = 4000


def _days(moment: pd.Series | pd.DatetimeIndex) -> np.ndarray:
    return pd.DatetimeIndex(moment).values.astype("datetime64[s]").astype(float) / 86400


class Series:
    """A fitted series that remembers the numbers given to its pollsters and responses."""

    def __init__(self, polls: pd.DataFrame, among: Callable[[str], bool] = bool) -> None:
        """Fit; the reference is a response for which `among` is true, where there is one."""
        self.pollsters: dict[str, int] = {}
        self.responses: dict[str, int] = {}
        counts = np.bincount(_numbers(polls.response, self.responses))
        names = [name for name in self.responses if among(name)] or [*self.responses]
        most = max(counts[self.responses[name]] for name in names)
        # the first in alphabetical order among those with most readings
        self.reference = min(name for name in names if counts[self.responses[name]] == most)
        others = sorted({*self.responses} - {self.reference})
        self.responses = {self.reference: 0} | {name: i + 1 for i, name in enumerate(others)}
        self.n = working.interviews(polls.sample_size.to_numpy(float))
        self.usual = float(np.median(self.n))
        self.model = pooling.fit(self.arrays(polls, self.n, polls.value_percent.to_numpy(float) / 100))
        self._polls = polls

    @cached_property
    def in_percent(self) -> "Series":
        """The same with a share for reference, where there is one: claims are about percentages, which no mean is."""
        others = [name for name in self.responses if _is_share(name)]
        return Series(self._polls, _is_share) if others and not _is_share(self.reference) else self

    def arrays(self, polls: pd.DataFrame, n: np.ndarray, y: np.ndarray | None) -> pooling.Readings:
        """Polls as the model takes them; without a value y they are polls to come."""
        start, end = _days(polls.field_start), _days(polls.field_end) + 1
        t, wording = (start + end) / 2, _numbers(polls.response, self.responses)
        z = np.zeros(len(polls)) if y is None else working.empirical_logit(y, n)
        p = np.full(len(polls), 0.5) if y is None else working.local_share(z, t, wording)
        spread, pollster = (end - start) / pooling.YEAR / 12, _numbers(polls.pollster, self.pollsters)
        return pooling.Readings(z, working.sampling_variance(p, n), t, spread, pollster, wording)


def _is_share(response: str) -> bool:
    """The scoring programs' series name their means so: "mean0to10", "trust_mean"."""
    return "mean" not in response


def _numbers(values: pd.Series, known: dict[str, int]) -> np.ndarray:
    """Numbers of the names; new ones are numbered on, in `known`."""
    place, names = pd.factorize(values.to_numpy(object))
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.intp)[place]


_fitted: dict[int, tuple[pd.DataFrame, Series]] = {}


def _series(polls: pd.DataFrame) -> Series:
    """The fit of these very polls; the last few are kept, with the polls so that an id is never taken over."""
    if id(polls) not in _fitted:
        while len(_fitted) >= 4:
            _fitted.pop(next(iter(_fitted)))
        _fitted[id(polls)] = polls, Series(polls)
    return _fitted[id(polls)][1]


def forget() -> None:
    """Fit anew from here on."""
    _fitted.clear()


def fit(polls: pd.DataFrame, at: pd.DatetimeIndex) -> pd.DataFrame:
    """The pooled level in percent at the dates `at`."""
    mean, sd = pooling.share(pooling.level(_series(polls).model, _days(at)))
    return pd.DataFrame({"mean": 100 * mean, "sd": 100 * sd}, index=pd.DatetimeIndex(at))


def predict(polls: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """What new polls would say."""
    series = _series(polls)
    n = new.sample_size.to_numpy(float)
    n = np.where(np.isfinite(n), n, series.usual)
    found = pooling.forecast(series.model, series.arrays(new, n, None), n)
    return pd.DataFrame({"mean": found.mean, "sd": found.sd, "df": found.df}, index=new.index)


def claim_probability(polls: pd.DataFrame, claim: dict[str, Any]) -> float:
    """Share of paths on which the claim holds, by the rule that judges such a claim of the record."""
    question = asserted.asked(claim)
    dates = _days(pd.DatetimeIndex(question.dates)) + 0.5
    paths = pooling.paths(_series(polls).in_percent.model, dates, DRAWS, np.random.default_rng(0))
    return float(np.mean(question.holds(100 * expit(paths))))
