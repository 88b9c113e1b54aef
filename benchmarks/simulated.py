"""Simulated populations whose opinion is known, and claims about them: are the probabilities right?

Opinion moves by laws that the model does not assume; pollsters differ, drift and add noise of their own. Every constant
is drawn anew for each population, so nothing here can be tuned to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.special import expit, logit

from benchmarks import adapter, asserted

DAY0 = pd.Timestamp("2004-01-01")
DAY = pd.Timedelta(days=1)
#: how far opinion moves at random in a year, logit scale: next to nothing
STILL = (0.005, 0.02)

#: years from the first day (D,) -> what comes on top of the random walk (D,), logit scale
Shape = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def nothing(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The random walk alone."""
    return np.zeros(len(t))


def cycle(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A slow swing, of five to twelve years."""
    return rng.uniform(0.15, 0.6) * np.sin(2 * np.pi * (t / rng.uniform(5, 12) + rng.random()))


def season(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One to four points up and down each year."""
    return rng.uniform(0.04, 0.16) * np.sin(2 * np.pi * (t + rng.random()))


def step(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One level, and on some day another."""
    return rng.choice([-1, 1]) * rng.uniform(0.16, 0.64) * (t > rng.uniform(0.2, 0.8) * t[-1])


def steady(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same way all the time."""
    return rng.normal(0, 0.05) * (t - t[-1] / 2)


def returning(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fast moves that fade within six months to two years."""
    noise = rng.normal(0, rng.uniform(0.16, 0.48) / np.sqrt(365), len(t))
    return lfilter([1], [1, rng.uniform(0.5, 2) / 365 - 1], noise)


@dataclass(frozen=True)
class Regime:
    """How many polls, over how many years, by how many pollsters, of how many interviews; how far opinion moves in a
    year and what comes on top; how far one pollster strays from the others by the end. Distances on the logit scale."""

    polls: int
    years: float
    pollsters: int
    movement: tuple[float, float] = (0.06, 0.36)
    shape: Shape = nothing
    interviews: tuple[float, float] = (500, 2000)
    stray: float = 0


REGIMES = {
    "middling": Regime(90, 10, 8),
    "crowd": Regime(30, 20, 20),
    "large": Regime(60, 8, 6, interviews=(2e4, 2e5)),
    "small": Regime(60, 8, 6, interviews=(50, 200)),
    "stray": Regime(120, 8, 6, stray=0.3),
    "cycle": Regime(30, 20, 6, STILL, cycle),
    "season": Regime(200, 8, 10, (0.04, 0.16), season),
    "step": Regime(60, 10, 6, STILL, step),
    "steady": Regime(30, 20, 6, STILL, steady),
    "returning": Regime(40, 20, 6, STILL, returning),
}


def population(regime: Regime, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Polls of one population, and its opinion in percent on every day."""
    days, n, j = int(regime.years * 365), regime.polls, regime.pollsters
    s = np.exp(rng.uniform(*np.log(regime.movement)))
    x = logit(rng.uniform(0.25, 0.7)) + np.cumsum(rng.normal(0, s / np.sqrt(365), days))
    x += regime.shape(np.arange(days) / 365, rng)
    t, h = np.sort(rng.integers(0, days, n)), rng.choice(j, n, p=rng.dirichlet(np.full(j, 1.5)))
    size = rng.integers(*regime.interviews, n)
    p = expit(x[t])
    noise = np.sqrt(1 / (size * p * (1 - p)) + rng.uniform(0.01, 0.1) ** 2)
    half_year = h * 1000 + t // 183
    drift = rng.normal(0, rng.uniform(0, 0.08), half_year.max() + 1)[half_year]
    drift += regime.stray * (t / days) * (h == h[0])
    z = x[t] + rng.normal(0, rng.uniform(0.03, 0.16), j)[h] + drift + rng.normal(0, noise)
    polls = pd.DataFrame(
        {
            "pollster": [f"pollster {i}" for i in h],
            "field_start": DAY0 + (t - 2) * DAY,
            "field_end": DAY0 + (t + 2) * DAY,
            "sample_size": size.astype(float),
            "response": "favourable",
            "value_percent": np.round(100 * expit(z), 1),
        }
    )
    return polls, 100 * expit(x)


def claims(polls: pd.DataFrame, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Claims of every kind, half of them at random, half suggested by the two polls that differ most among a few."""
    day = (polls.field_start - DAY0).dt.days.to_numpy() + 2
    value = polls.value_percent.to_numpy()
    for i in range(6):
        pairs = rng.choice(len(day), (1 if i % 2 else 12, 2))
        a, b = sorted(day[pairs[np.argmax(np.abs(value[pairs[:, 0]] - value[pairs[:, 1]]))]])
        start, end, apart = DAY0 + a * DAY, DAY0 + b * DAY, int(b - a)
        line = float(np.round(value[np.argsort(np.abs(day - b))[:5]].mean() + rng.normal(0, 2)))
        yield {"kind": "above", "date": end, "threshold": line}
        if apart >= 40:
            middle, grid = start + apart // 2 * DAY, {"step_days": apart // 20}
            yield {"kind": "rising", "start": start, "end": end}
            yield {"kind": "changed_by", "by": 4.0, "start": start, "end": end}
            yield {"kind": "lowest_since", "since": start, "date": end, **grid}
            yield {"kind": "higher_after", "event": middle, "window_days": 10 * grid["step_days"], **grid}


def judged(regime: Regime, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The claims about one population: the probability stated of each, and whether it is true."""
    rng = np.random.default_rng(seed)
    polls, opinion = population(regime, rng)
    found = [(adapter.claim_probability(polls, claim), true(claim, opinion)) for claim in claims(polls, rng)]
    stated, truth = np.array(found).T
    return stated, truth


def true(claim: dict[str, Any], opinion: np.ndarray) -> bool:
    """The claim asked of opinion itself."""
    question = asserted.asked(claim)
    days = [(pd.Timestamp(date) - DAY0).days for date in question.dates]
    return bool(question.holds(opinion[None, days])[0])
