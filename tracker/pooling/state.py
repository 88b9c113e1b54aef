"""What the two ways to the posterior, `dense` and `gaussian`, share: scales, weights, noise, and what they find."""

from typing import Any, NamedTuple

import numpy as np

from tracker.pooling.layout import Floats, Layout

#: prior standard deviations of the level at the first node, of a_k and of b_k
START, A_SD, B_SD = 2.0, 1.0, 0.3


class NotPositive(ArithmeticError):
    """A matrix is not positive definite: the hyperparameters are out of any sensible range."""


class Scales(NamedTuple):
    """The hyperparameters themselves; theta (5,) holds their logarithms, in this order."""

    s: float
    tau: float
    kappa: float
    omega: float
    phi: float

    @classmethod
    def of(cls, theta: Floats) -> "Scales":
        return cls(*np.exp(theta).tolist())


class State(NamedTuple):
    """What the passes update between them; readings sorted as the layout's rows."""

    #: (N,) weight w_i of the Student-t as a scale mixture
    w: Floats
    #: (J,) noise factor f_h
    f: Floats
    #: (K,) slopes b0_k and (N,) levels x0_i at which b_k x(t) is linearised; x0 is 0 for the reference
    b0: Floats
    x0: Floats


class Posterior(NamedTuple):
    """The exact posterior at one theta."""

    scales: Scales
    #: log p(z | theta)
    value: float
    #: (T,) level at the nodes and its variance, (T - 1,) covariance of neighbours
    x: Floats
    Vx: Floats
    Cx: Floats
    #: (N,) expectation of reading i without its noise, and its variance
    fit: Floats
    Vfit: Floats
    #: (J,) house effects and their variances
    delta: Floats
    Vdelta: Floats
    #: (K,) slopes
    b: Floats
    #: what joint covariances are made from: the level's covariance (T, T), or `elimination.Factors`
    joint: Any


def variance(lay: Layout, k: Scales, state: State) -> Floats:
    """(N,) scale^2 of e_i: (phi / (n p (1 - p)) + omega^2) f_h + s^2 L / 12 (or / 4)."""
    r = lay.readings
    return (k.phi * r.sampling + k.omega**2) * state.f[r.pollster] + k.s**2 * r.spread


def symmetric(lower: Floats) -> Floats:
    """The full matrix of which LAPACK filled the lower triangle and cleared the upper."""
    full: Floats = lower + lower.T
    full.flat[:: len(full) + 1] *= 0.5
    return full
