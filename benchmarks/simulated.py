"""Claims about simulated populations, whose truth is known: are the probabilities right?

Opinion is a random walk; pollsters differ, drift and add noise of their own. Every constant is drawn anew for each
population, so nothing here can be tuned to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from benchmarks import adapter

DAY0 = pd.Timestamp("2004-01-01")


@dataclass(frozen=True)
class Regime:
    """How many polls, over how many years, by how many pollsters; how far opinion moves in a year, logit scale."""

    polls: int
    years: float
    pollsters: int
    movement: tuple[float, float] = (0.06, 0.36)


REGIMES = {
    "sparse": Regime(30, 20, 6),
    "medium": Regime(200, 8, 10),
    "dense": Regime(1000, 2, 25),
    "still": Regime(30, 20, 6, (0.005, 0.02)),
}


def population(regime: Regime, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Polls of one population, and its opinion in percent on every day."""
    days, n, j = int(regime.years * 365), regime.polls, regime.pollsters
    s = np.exp(rng.uniform(*np.log(regime.movement)))
    x = logit(rng.uniform(0.25, 0.7)) + np.cumsum(rng.normal(0, s / np.sqrt(365), days))
    t, h = np.sort(rng.integers(0, days, n)), rng.choice(j, n, p=rng.dirichlet(np.full(j, 1.5)))
    size = rng.integers(500, 2000, n)
    p = expit(x[t])
    noise = np.sqrt(1 / (size * p * (1 - p)) + rng.uniform(0.01, 0.1) ** 2)
    half_year = h * 1000 + t // 183
    drift = rng.normal(0, rng.uniform(0, 0.08), half_year.max() + 1)[half_year]
    z = x[t] + rng.normal(0, rng.uniform(0.03, 0.16), j)[h] + drift + rng.normal(0, noise)
    polls = pd.DataFrame(
        {
            "pollster": [f"pollster {i}" for i in h],
            "field_start": DAY0 + pd.to_timedelta(t - 2, unit="D"),
            "field_end": DAY0 + pd.to_timedelta(t + 2, unit="D"),
            "sample_size": size.astype(float),
            "response": "favourable",
            "value_percent": np.round(100 * expit(z), 1),
        }
    )
    return polls, 100 * expit(x)


def claims(polls: pd.DataFrame, opinion: np.ndarray, rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], bool]]:
    """Claims with their truth: half at random, half suggested by the two polls that differ most among a few."""
    day = (polls.field_start - DAY0).dt.days.to_numpy() + 2
    value = polls.value_percent.to_numpy()
    for i in range(8):
        pairs = rng.choice(len(day), (1 if i % 2 else 12, 2))
        a, b = sorted(day[pairs[np.argmax(np.abs(value[pairs[:, 0]] - value[pairs[:, 1]]))]])
        if b - a >= 10:
            dates = {"start": DAY0 + pd.Timedelta(days=int(a)), "end": DAY0 + pd.Timedelta(days=int(b))}
            yield {"kind": "rising", **dates}, bool(opinion[b] > opinion[a])
            yield {"kind": "changed_by", "by": 4.0, **dates}, bool(abs(opinion[b] - opinion[a]) >= 4)
        threshold = float(np.round(value[np.argsort(np.abs(day - b))[:5]].mean() + rng.normal(0, 2)))
        at = DAY0 + pd.Timedelta(days=int(b))
        yield {"kind": "above", "date": at, "threshold": threshold}, bool(opinion[b] > threshold)


def score(regime: Regime, populations: int) -> dict[str, float]:
    """Log score, mean distance of stated from true frequency over ten bins, and how often a sure answer was wrong."""
    stated, true = [], []
    for seed in range(populations):
        rng = np.random.default_rng(seed)
        polls, opinion = population(regime, rng)
        for claim, truth in claims(polls, opinion, rng):
            stated.append(adapter.claim_probability(polls, claim))
            true.append(truth)
    p, o = np.array(stated), np.array(true, float)
    q, tenth, sure = np.clip(p, 1e-3, 1 - 1e-3), np.minimum((p * 10).astype(int), 9), (p > 0.95) | (p < 0.05)
    gaps = [abs(p[tenth == i].sum() - o[tenth == i].sum()) for i in range(10)]
    return {
        "claims": len(p),
        "log score": float(np.mean(o * np.log(q) + (1 - o) * np.log(1 - q))),
        "calibration error": sum(gaps) / len(p),
        "wrong when sure": float(np.mean((p[sure] > 0.5) != (o[sure] > 0.5))),
    }
