"""Hyperparameters: their mode, the weights and factors that go with it, and a design that integrates over them."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from tracker.pooling.chain import NotPositive
from tracker.pooling.gaussian import Factors, Moments, Scales, State, eliminate, gradient, moments, variance
from tracker.pooling.layout import Floats, Layout, Readings, layout

#: names of the hyperparameters; theta is their natural logarithms
NAMES = Scales._fields
#: priors on theta: normal
PRIOR_MEAN = np.array([np.log(0.20), np.log(0.08), np.log(0.05), np.log(0.05), 0.0])
PRIOR_SD = np.array([0.9, 0.6, 0.6, 0.7, 0.3])
#: degrees of freedom of the noise
NU = 8.0
#: readings' worth of belief that a pollster's noise factor is one
PSEUDO = 6.0
#: the last epoch ends this many days after the last reading, so that the next polls still belong to it
LATEST = 30.0
#: theta stays within this many prior standard deviations
REACH = 6.0
#: radius factor of the design (Rue, Martino and Chopin 2009, section 6.5)
F0 = 1.1


class Fit(NamedTuple):
    """A fitted series: the layout, what the passes settled on, and the design with its weights."""

    layout: Layout
    state: State
    #: (5,) mode of theta, (5, 5) covariance there
    mode: Floats
    cov: Floats
    #: (M, 5) design points and (M,) weights that sum to one
    design: Floats
    weight: Floats
    #: epochs begin here, in days
    origin: float


class Posterior(NamedTuple):
    """The exact posterior at one theta."""

    scales: Scales
    factors: Factors
    moments: Moments
    #: log p(z | theta) + log p(theta), and its derivative
    value: float
    gradient: Floats


def start(lay: Layout) -> State:
    """Weights and factors of one, slopes of one: with x0 = 0 the slope columns are empty and b_k stays at its prior."""
    N = len(lay.readings.z)
    return State(np.ones(N), np.ones(lay.J), np.ones(lay.K), np.zeros(N))


def scales(theta: Floats) -> Scales:
    """The hyperparameters from their logarithms."""
    return Scales(*(float(value) for value in np.exp(theta)))


def posterior(lay: Layout, state: State, theta: Floats) -> Posterior:
    """Posterior, log posterior of theta and its gradient, at one theta."""
    k = scales(theta)
    v = variance(lay, k, state)
    factors = eliminate(lay, k, state, state.w / v)
    m = moments(lay, state, factors)
    away = (theta - PRIOR_MEAN) / PRIOR_SD
    value = factors.value - 0.5 * float(away @ away)
    return Posterior(k, factors, m, value, gradient(lay, k, state, v, m) - away / PRIOR_SD)


def value(lay: Layout, state: State, theta: Floats) -> float:
    """Log posterior of theta alone; minus infinity where the algebra breaks down."""
    k = scales(theta)
    away = (theta - PRIOR_MEAN) / PRIOR_SD
    try:
        return eliminate(lay, k, state, state.w / variance(lay, k, state)).value - 0.5 * float(away @ away)
    except NotPositive:
        return -np.inf


def maximise(lay: Layout, state: State, theta: Floats, tolerance: float) -> Floats:
    """Mode of the log posterior of theta by L-BFGS with the analytic gradient, in units of the prior's deviations."""

    def target(unit: Floats) -> tuple[float, Floats]:
        p = posterior(lay, state, PRIOR_MEAN + PRIOR_SD * unit)
        return -p.value, -p.gradient * PRIOR_SD

    begin = (theta - PRIOR_MEAN) / PRIOR_SD
    options = {"gtol": tolerance, "ftol": 1e-10, "maxiter": 60}
    found = minimize(target, begin, jac=True, method="L-BFGS-B", bounds=[(-REACH, REACH)] * 5, options=options)
    return PRIOR_MEAN + PRIOR_SD * found.x


def reweigh(lay: Layout, state: State, theta: Floats) -> State:
    """Update weights, noise factors and the tangent of the slopes at the posterior of theta.

    w_i = (nu + 1) / (nu + E e_i^2 / v_i) is the expectation of the scale mixture behind Student's t (nu = 8);
    f_h = (6 + sum_i w_i E e_i^2 / v0_i) / (6 + n_h), v0_i the variance before the factor.
    """
    p, r = posterior(lay, state, theta), lay.readings
    e2 = (r.z - p.moments.fit) ** 2 + p.moments.Vfit
    w = (NU + 1) / (NU + e2 / variance(lay, p.scales, state))
    plain = variance(lay, p.scales, state._replace(f=np.ones(lay.J)))
    count = np.bincount(r.pollster, minlength=lay.J)
    f = (PSEUDO + np.bincount(r.pollster, w * e2 / plain, lay.J)) / (PSEUDO + count)
    b0 = np.ones(lay.K)
    b0[1:] = p.factors.mean[lay.J + lay.K - 1 : lay.J + 2 * (lay.K - 1)]
    x0 = np.where(r.wording > 0, p.moments.x[lay.node], 0.0)
    return State(w, f, b0, x0)


def fit(readings: Readings, J: int | None = None, K: int | None = None) -> Fit:
    """Fit the whole model: two passes to the mode, then the design around it."""
    origin = float(readings.t.max()) + LATEST
    lay = layout(readings, origin, J, K)
    state, theta = start(lay), PRIOR_MEAN
    theta = maximise(lay, state, theta, 1e-2)
    for _ in range(3):
        state = reweigh(lay, state, theta)
    theta = maximise(lay, state, theta, 1e-3)
    for _ in range(2):
        state = reweigh(lay, state, theta)
    cov = curvature(lay, state, theta)
    design, weight = integrate(lay, state, theta, cov)
    return Fit(lay, state, theta, cov, design, weight, origin)


def curvature(lay: Layout, state: State, theta: Floats, step: float = 0.05) -> Floats:
    """(5, 5) covariance of theta at the mode: inverse of the negative Hessian, by central differences of the gradient.

    Eigenvalues are floored at a quarter of the prior's precision, so that a flat direction stays within the prior.
    """
    rows = []
    for i in range(5):
        h = np.zeros(5)
        h[i] = step * PRIOR_SD[i]
        ahead, back = posterior(lay, state, theta + h), posterior(lay, state, theta - h)
        rows.append((back.gradient - ahead.gradient) * PRIOR_SD / (2 * step))
    H = np.array(rows)
    values, vectors = np.linalg.eigh((H + H.T) / 2)
    root = PRIOR_SD[:, None] * vectors / np.sqrt(np.maximum(values, 0.25))
    return root @ root.T


def design_points(d: int) -> Floats:
    """Central composite design (1 + 2 d + 2^(d - 1), d): centre, stars, half a factorial, at radius F0 sqrt d."""
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * d)).reshape(d, -1).T
    half = signs[signs.prod(axis=1) > 0]
    return F0 * np.vstack([np.zeros((1, d)), np.sqrt(d) * np.eye(d), -np.sqrt(d) * np.eye(d), half])


def integrate(lay: Layout, state: State, theta: Floats, cov: Floats) -> tuple[Floats, Floats]:
    """Design points and importance weights.

    On the sphere of radius F0 sqrt d a normal posterior must keep its mass and its second moment, which gives the
    sphere 1 / F0^2 of the mass in equal parts and the centre the rest; each point is then weighted by the ratio of
    the true posterior to that normal.
    """
    values, vectors = np.linalg.eigh(cov)
    points = design_points(len(theta))
    design = theta + points @ (vectors * np.sqrt(values)).T
    log = np.array([value(lay, state, point) for point in design])
    share = np.full(len(points), 1 / F0**2 / (len(points) - 1))
    share[0] = 1 - 1 / F0**2
    weight = share * np.exp(np.minimum(log - log[0] + 0.5 * (points**2).sum(axis=1), 3.0))
    return design, weight / weight.sum()
