"""The exact posterior of a short series, by the covariance of its readings written down whole.

The marginal covariance of y (N readings) is linear in c = (s^2, tau^2, kappa^2, omega^2, phi)::

    V = V0 + sum_j c_j A_j,    V0 = 2^2 b b' + sum over wordings k of 1_k 1_k' (1 + 0.3^2 x0 x0')
    A_s = b_i b_j (min(t_i, t_j) - t_1) + diag(spread / w)
    A_tau = same pollster       A_kappa = same pollster, rho^(epochs apart)
    A_omega = diag(f / w)       A_phi = diag(f sampling / w)

and with r = y - E y, alpha = V^-1 r::

    log p = -r' alpha / 2 - log |V| / 2 - N log(2 pi) / 2
    d log p / d log c_j = c_j (alpha' A_j alpha - tr V^-1 A_j) / 2

Up to a few hundred readings this is faster than the chain of :mod:`tracker.pooling.gaussian`, and it checks it.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from tracker.pooling.layout import EPOCH, MEMORY, YEAR, Floats, Layout
from tracker.pooling.state import A_SD, B_SD, START, NotPositive, Posterior, Scales, State, symmetric, variance

#: c = (s^2, tau^2, kappa^2, omega^2, phi): powers of the hyperparameters
POWER = np.array([2.0, 2.0, 2.0, 2.0, 1.0])


class Whole(NamedTuple):
    """What V is made of, for one layout and state."""

    layout: Layout
    state: State
    #: (N, N) V0 and (5, N N) the A_j, flattened
    base: Floats
    parts: Floats
    #: (N,) r
    residual: Floats


def whole(lay: Layout, state: State) -> Whole:
    """Write down the parts of V."""
    r, N = lay.readings, len(lay.node)
    b, t = state.b0[r.wording], lay.t[lay.node] - lay.t[0]
    base = START**2 * np.outer(b, b)
    if lay.K > 1:
        same = (r.wording[:, None] == r.wording) & (r.wording > 0)
        base += same * (A_SD**2 + B_SD**2 * np.outer(state.x0, state.x0))
    parts = np.zeros((5, N, N))
    parts[0] = np.outer(b, b) * np.minimum.outer(t, t)
    parts[1] = r.pollster[:, None] == r.pollster
    epoch = lay.epoch[lay.cell]
    parts[2] = parts[1] * np.exp(-np.abs(epoch[:, None] - epoch) * EPOCH / YEAR / MEMORY)
    f = state.f[r.pollster] / state.w
    for j, diagonal in ((0, r.spread / state.w), (3, f), (4, f * r.sampling)):
        parts[j].flat[:: N + 1] += diagonal
    # b_k has prior mean 1: E y = x0, and y = z + b0 x0
    return Whole(lay, state, base, parts.reshape(5, N * N), r.z + (b - 1) * state.x0)


def inverse(whole: Whole, c: Floats) -> tuple[Floats, Floats, float]:
    """V^-1 (N, N), alpha (N,) and log p at one c (5,)."""
    N = len(whole.residual)
    L, info = dpotrf(whole.base + (c @ whole.parts).reshape(N, N), lower=1)
    if info:
        raise NotPositive
    inv = symmetric(dpotri(L, lower=1)[0])
    alpha = inv @ whole.residual
    log_det = 2 * np.log(L.diagonal()).sum()
    return inv, alpha, -0.5 * float(whole.residual @ alpha + log_det + N * np.log(2 * np.pi))


def value_and_gradient(whole: Whole, theta: Floats) -> tuple[float, Floats]:
    """log p(z | theta) and its derivative (5,) by the logarithms of the hyperparameters."""
    c = np.exp(POWER * theta)
    inv, alpha, value = inverse(whole, c)
    return value, 0.5 * POWER * c * (whole.parts @ (np.outer(alpha, alpha) - inv).ravel())


def posterior(whole: Whole, theta: Floats) -> Posterior:
    """All moments at one theta; the level's covariance (T, T) whole."""
    lay, state = whole.layout, whole.state
    k = Scales.of(theta)
    inv, alpha, value = inverse(whole, np.exp(POWER * theta))
    r, t = lay.readings, lay.t - lay.t[0]
    prior = START**2 + k.s**2 * np.minimum.outer(t, t)
    G = prior[:, lay.node] * state.b0[r.wording]
    cov = prior - G @ inv @ G.T
    member = k.tau**2 * (np.arange(lay.J)[:, None] == r.pollster)
    noise = variance(lay, k, state) / state.w
    b = np.ones(lay.K) + B_SD**2 * np.bincount(r.wording, state.x0 * alpha, lay.K)
    return Posterior(
        k, value, G @ alpha, cov.diagonal(), cov.diagonal(1), r.z - noise * alpha,
        noise - noise**2 * inv.diagonal(), member @ alpha,
        k.tau**2 - ((member @ inv) * member).sum(axis=1), b, cov,
    )  # fmt: skip
