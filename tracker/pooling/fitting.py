"""Hyperparameters: their mode, the weights and factors that go with it, and a design that integrates over them."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from tracker.pooling import dense, gaussian
from tracker.pooling.layout import Floats, Layout, Readings, layout
from tracker.pooling.state import NotPositive, Posterior, Scales, State, variance

#: names of the hyperparameters; theta is their natural logarithms
NAMES = Scales._fields
#: priors on theta: centres and scales; normal, save that of log s, which is Student-t with PRIOR_NU degrees of freedom:
#: there are populations whose opinion hardly moves, and a normal prior would not let the readings say so
PRIOR_MEAN = np.array([np.log(0.20), np.log(0.08), np.log(0.05), np.log(0.05), 0.0])
PRIOR_SD = np.array([0.7, 0.6, 0.6, 0.7, 0.3])
PRIOR_NU = 2.0
#: degrees of freedom of the noise
NU = 8.0
#: readings' worth of belief that a pollster's noise factor is one
PSEUDO = 6.0
#: the last epoch ends this many days after the last reading, so that the next polls still belong to it
LATEST = 30.0
#: theta stays within this many prior scales
REACH = 6.0
#: radius factor of the design (Rue, Martino and Chopin 2009, section 6.5)
F0 = 1.1
#: up to this many readings the design has all its points
SHORT = 60
#: a series longer than twice this is first fitted to about so many of its readings
COARSE = 400

#: theta in prior scales from the prior centre -> log posterior and its gradient
Target = Callable[[Floats], tuple[float, Floats]]


class Fit(NamedTuple):
    """A fitted series: what the passes settled on, and the exact posterior at each point of the design."""

    layout: Layout
    state: State
    #: (5,) mode of theta and (5, 5) covariance there
    mode: Floats
    cov: Floats
    #: (M,) weights that sum to one, and the posterior at each point
    weight: Floats
    components: list[Posterior]
    #: epochs end here, in days
    origin: float


def start(lay: Layout) -> State:
    """Weights and factors of one, slopes of one: with x0 = 0 the slope columns are empty and b_k stays at its prior."""
    N = len(lay.node)
    return State(np.ones(N), np.ones(lay.J), np.ones(lay.K), np.zeros(N))


def ways(lay: Layout, state: State) -> tuple[Callable[[Floats], Posterior], Target]:
    """The posterior as a function of theta, and the target of the maximisation, by whichever way is faster.

    The whole covariance costs about 6 N^3 operations, a segment about those of its block and of the top variables, on
    top of some 130 cubed that calling the routines takes.
    """
    size = 130 + len(lay.pollster) / len(lay.epochs) + lay.top
    if 6 * len(lay.node) ** 3 <= len(lay.epochs) * size**3:
        parts = dense.whole(lay, state)
        return (lambda theta: dense.posterior(parts, theta)), _target(lambda t: dense.value_and_gradient(parts, t))
    return (
        lambda theta: gaussian.posterior(lay, state, theta),
        _target(lambda theta: gaussian.value_and_gradient(lay, state, theta)),
    )


def _target(likelihood: Target) -> Target:
    def target(unit: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood(PRIOR_MEAN + PRIOR_SD * unit)
        prior, slope = log_prior(unit)
        return value + prior, gradient * PRIOR_SD + slope

    return target


def log_prior(unit: Floats) -> tuple[float, Floats]:
    """Log prior density, up to a constant, and its gradient (5,), theta in prior scales from the prior centre."""
    u, rest, slope = float(unit[0]), unit[1:], -unit
    slope[0] = -(PRIOR_NU + 1) * u / (PRIOR_NU + u * u)
    return -0.5 * (PRIOR_NU + 1) * float(np.log1p(u * u / PRIOR_NU)) - 0.5 * float(rest @ rest), slope


def maximise(target: Target, unit: Floats, root: Floats, tolerance: float) -> Floats:
    """Mode by L-BFGS, steps measured by `root` (5, 5), a square root of a guess of the covariance."""

    def down(step: Floats) -> tuple[float, Floats]:
        there = np.clip(unit + root @ step, -REACH, REACH)
        try:
            value, gradient = target(there)
        except NotPositive:
            return 1e10, np.zeros(5)
        return -value, -(gradient @ root)

    options = {"gtol": tolerance, "ftol": 1e-9, "maxiter": 40}
    found = minimize(down, np.zeros(5), jac=True, method="L-BFGS-B", options=options)
    return np.clip(unit + root @ found.x, -REACH, REACH)


def curvature(target: Target, unit: Floats, step: float = 0.02) -> tuple[Floats, Floats]:
    """(5, 5) square root of the covariance, the inverse of the negative Hessian by gradient differences; (5,) Newton's
    step to the mode, at most one prior scale long.

    Eigenvalues of the Hessian are floored at a quarter of the prior's, so that a flat direction keeps to the prior.
    """
    middle = target(unit)[1]
    H = np.array([(middle - target(unit + step * e)[1]) / step for e in np.eye(5)])
    values, vectors = np.linalg.eigh((H + H.T) / 2)
    root: Floats = vectors / np.sqrt(np.maximum(values, 0.25))
    newton = root @ (middle @ root)
    return root, newton / max(1.0, float(np.sqrt(newton @ newton)))


def reweigh(lay: Layout, state: State, p: Posterior) -> State:
    """Update weights, noise factors and the tangent of the slopes at one posterior.

    w_i = (nu + 1) / (nu + E e_i^2 / v_i) is the expectation of the scale mixture behind Student's t (nu = 8);
    f_h = (6 + sum_i w_i E e_i^2 / v0_i) / (6 + n_h), v0_i the variance before the factor.
    """
    r = lay.readings
    e2 = (r.z - p.fit) ** 2 + p.Vfit
    w = (NU + 1) / (NU + e2 / variance(lay, p.scales, state))
    plain = variance(lay, p.scales, state._replace(f=np.ones(lay.J)))
    count = np.bincount(r.pollster, minlength=lay.J)
    f = (PSEUDO + np.bincount(r.pollster, w * e2 / plain, lay.J)) / (PSEUDO + count)
    return State(w, f, p.b, np.where(r.wording > 0, p.x[lay.node], 0.0))


def settle(lay: Layout, state: State, unit: Floats, rounds: int) -> State:
    """Several rounds of `reweigh` at one theta."""
    for _ in range(rounds):
        state = reweigh(lay, state, ways(lay, state)[0](PRIOR_MEAN + PRIOR_SD * unit))
    return state


def fit(readings: Readings) -> Fit:
    """Fit the whole model: two passes to the mode with weights and factors updated between them, then the design.

    A long series takes the mode of a thinned one in place of the first pass: theta means the same in both.
    """
    origin = float(readings.t.max()) + LATEST
    lay = layout(readings, origin)
    thin = _thinned(readings) if len(readings.z) > 2 * COARSE else lay
    unit = maximise(ways(thin, start(thin))[1], np.zeros(5), np.eye(5), 0.2)
    state = settle(lay, start(lay), unit, 3)
    target = ways(lay, state)[1]
    root, newton = curvature(target, unit)
    unit = maximise(target, unit + newton, root, 0.25)
    state = settle(lay, state, unit, 1)
    if len(readings.z) <= SHORT:
        root, _newton = curvature(ways(lay, state)[1], unit)
    weight, components = integrate(lay, state, unit, root)
    wide = PRIOR_SD[:, None] * root
    return Fit(lay, state, PRIOR_MEAN + PRIOR_SD * unit, wide @ wide.T, weight, components, origin)


def _thinned(readings: Readings) -> Layout:
    """About COARSE of the readings, evenly over their order in time."""
    every = np.linspace(0, len(readings.z) - 1, COARSE).round().astype(int)
    chosen = np.sort(np.argsort(readings.t, kind="stable")[every])
    thin = Readings._make(column[chosen] for column in readings)
    return layout(thin, float(thin.t.max()) + LATEST)


def design_points(d: int, N: int) -> Floats:
    """Points (M, d) for a series of N readings, all but the first at radius F0 sqrt d round it.

    Up to SHORT a central composite design, star and half a factorial; up to 2 COARSE the star; beyond, the readings
    know the hyperparameters so well that the centre alone predicts as well.
    """
    centre, star = np.zeros((1, d)), np.sqrt(d) * np.vstack([np.eye(d), -np.eye(d)])
    if N > 2 * COARSE:
        return centre
    if N > SHORT:
        return F0 * np.vstack([centre, star])
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * d)).reshape(d, -1).T
    return F0 * np.vstack([centre, star, signs[signs.prod(axis=1) > 0]])


def integrate(lay: Layout, state: State, unit: Floats, root: Floats) -> tuple[Floats, list[Posterior]]:
    """Importance weights (M,) and the posterior at every design point.

    On the sphere of radius F0 sqrt d a normal posterior must keep its mass and its second moment, which gives the
    sphere 1 / F0^2 of the mass in equal parts and the centre the rest; each point is then weighted by the ratio of
    the true posterior to that normal.
    """
    points = design_points(len(unit), len(lay.node))
    posterior, _target = ways(lay, state)
    units = unit + points @ root.T
    components = [posterior(PRIOR_MEAN + PRIOR_SD * there) for there in units]
    log = np.array([p.value + log_prior(there)[0] for p, there in zip(components, units, strict=True)])
    share = np.full(len(points), 1 / F0**2 / max(len(points) - 1, 1))
    share[0] = 1 - 1 / F0**2
    weight = share * np.exp(np.minimum(log - log[0] + 0.5 * (points**2).sum(axis=1), 3.0))
    return weight / weight.sum(), components
