"""The tracker's own pooling in the form that the scoring programs expect: polls with pollster, field_start,
field_end, sample_size, response and value_percent."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks import asserted
from tracker import pooling
from tracker.claims.verdicts import DRAWS
from tracker.pooling import working


def _days(moment: pd.Series | pd.DatetimeIndex) -> np.ndarray:
    return pd.DatetimeIndex(moment).values.astype("datetime64[s]").astype(float) / 86400


class Series:
    """A fitted series that remembers the numbers given to its pollsters and responses."""

    def __init__(self, polls: pd.DataFrame) -> None:
        self.pollsters: dict[str, int] = {}
        self.responses: dict[str, int] = {}
        response = _numbers(polls.response, self.responses)
        counts = np.bincount(response)
        # the reference is the first in alphabetical order among those with most readings
        first = min(name for name, i in self.responses.items() if counts[i] == counts.max())
        self.responses = {first: 0} | {name: i + 1 for i, name in enumerate(sorted({*self.responses} - {first}))}
        self.n = working.interviews(polls.sample_size.to_numpy(float))
        self.usual = float(np.median(self.n))
        self.model = pooling.fit(self.arrays(polls, self.n, polls.value_percent.to_numpy(float) / 100))

    def arrays(self, polls: pd.DataFrame, n: np.ndarray, y: np.ndarray | None) -> pooling.Readings:
        """Polls as the model takes them; without a value y they are polls to come."""
        start, end = _days(polls.field_start), _days(polls.field_end) + 1
        t, wording = (start + end) / 2, _numbers(polls.response, self.responses)
        z = np.zeros(len(polls)) if y is None else working.empirical_logit(y, n)
        p = np.full(len(polls), 0.5) if y is None else working.local_share(z, t, wording)
        spread, pollster = (end - start) / pooling.YEAR / 12, _numbers(polls.pollster, self.pollsters)
        return pooling.Readings(z, working.sampling_variance(p, n), t, spread, pollster, wording)


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
    paths = pooling.paths(_series(polls).model, dates, DRAWS, np.random.default_rng(0))
    return float(np.mean(question.holds(100 * expit(paths))))
