"""The same model by Hamiltonian Monte Carlo, for one series: does the fast posterior agree, and how much slower is it?

NumPyro's NUTS samples everything that the tracker maximises or approximates: hyperparameters, Student-t noise, noise
factors and slopes. ``python -m benchmarks.nuts`` needs the optional dependencies ``bench``.
"""

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pandas as pd

from benchmarks import adapter, simulated
from tracker import pooling
from tracker.pooling.fitting import PRIOR_MEAN, PRIOR_NU, PRIOR_SD, PSEUDO
from tracker.pooling.layout import EPOCH, MEMORY, YEAR, Layout
from tracker.pooling.state import A_SD, B_SD, START

numpyro.enable_x64()
READINGS, YEARS, POLLSTERS = 300, 6, 8
WARM_UP, DRAWS = 500, 2000


def model(lay: Layout, drift: np.ndarray) -> None:
    """The model of ``tracker.pooling``; ``drift`` (C, C) is a root of the correlation of the cells' drift."""
    r, C = lay.readings, len(lay.pollster)
    kinds = [dist.StudentT(PRIOR_NU)] + 4 * [dist.Normal()]
    theta = [
        m + sd * numpyro.sample(f"theta_{i}", k)
        for i, (m, sd, k) in enumerate(zip(PRIOR_MEAN, PRIOR_SD, kinds, strict=True))
    ]
    s, tau, kappa, omega, phi = (jnp.exp(each) for each in theta)
    step = numpyro.sample("step", dist.Normal().expand([len(lay.gap)]))
    first = START * numpyro.sample("first", dist.Normal())
    x = numpyro.deterministic("x", jnp.concatenate([first[None], first + jnp.cumsum(s * np.sqrt(lay.gap) * step)]))
    delta = tau * numpyro.sample("delta", dist.Normal().expand([lay.J]))
    u = delta[lay.pollster] + kappa * drift @ numpyro.sample("drift", dist.Normal().expand([C]))
    a = jnp.concatenate([jnp.zeros(1), A_SD * numpyro.sample("a", dist.Normal().expand([lay.K - 1]))])
    b = jnp.concatenate([jnp.ones(1), 1 + B_SD * numpyro.sample("b", dist.Normal().expand([lay.K - 1]))])
    # PSEUDO readings' worth of belief in one is an inverse gamma of these parameters
    f = numpyro.sample("f", dist.InverseGamma(PSEUDO / 2 - 1, PSEUDO / 2).expand([lay.J]))
    variance = (phi * r.sampling + omega**2) * f[r.pollster] + s**2 * r.spread
    middle = b[r.wording] * x[lay.node] + a[r.wording] + u[lay.cell]
    numpyro.sample("z", dist.StudentT(pooling.NU, middle, jnp.sqrt(variance)), obs=r.z)


def correlation(lay: Layout) -> np.ndarray:
    """(C, C) correlation of the cells: one pollster's fades with the time between them."""
    apart = np.abs(lay.epoch[:, None] - lay.epoch) * EPOCH / YEAR
    return np.where(lay.pollster[:, None] == lay.pollster, np.exp(-apart / MEMORY), 0.0)


def sampled(lay: Layout) -> tuple[np.ndarray, float]:
    """Draws (DRAWS, T) of the level at the nodes, and the seconds that they took, compilation included."""
    start = time.perf_counter()
    root = np.linalg.cholesky(correlation(lay) + 1e-10 * np.eye(len(lay.pollster)))
    sampler = numpyro.infer.MCMC(
        numpyro.infer.NUTS(model, target_accept_prob=0.9), num_warmup=WARM_UP, num_samples=DRAWS, progress_bar=False
    )
    sampler.run(jax.random.PRNGKey(0), lay, root)
    return np.asarray(sampler.get_samples()["x"]), time.perf_counter() - start


def compare(polls: pd.DataFrame) -> dict[str, Any]:
    """Both ways on one series: seconds, and how far level and band lie apart, in widths of the 95 % band."""
    start = time.perf_counter()
    adapter.forget()
    fitted = adapter._series(polls).model
    dates = np.unique(fitted.layout.readings.t)
    own = np.quantile(pooling.paths(fitted, dates, 4000, np.random.default_rng(0)), [0.025, 0.5, 0.975], axis=0)
    seconds = time.perf_counter() - start
    draws, slow = sampled(fitted.layout)
    at = np.searchsorted(fitted.layout.t, dates / YEAR - 1e-9)
    theirs = np.quantile(draws[:, at], [0.025, 0.5, 0.975], axis=0)
    apart = np.abs(own - theirs) / (theirs[2] - theirs[0])
    return {
        "readings": len(polls),
        "seconds": round(seconds, 3),
        "seconds of NUTS": round(slow, 1),
        "times slower": round(slow / seconds),
        "levels apart, of a band, mean and most": spread(apart[1]),
        "band ends apart, of a band, mean and most": spread(apart[[0, 2]]),
    }


def spread(apart: np.ndarray) -> str:
    """Mean and largest of the distances."""
    return f"{apart.mean():.3f}, {apart.max():.3f}"


def main() -> None:
    """Compare on one simulated series."""
    polls, _opinion = simulated.population(simulated.Regime(READINGS, YEARS, POLLSTERS), np.random.default_rng(1))
    for name, value in compare(polls).items():
        print(f"{name:45} {value}")


if __name__ == "__main__":
    main()
