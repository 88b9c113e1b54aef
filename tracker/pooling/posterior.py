"""What a fitted series says: the level at any dates, joint paths of it, and polls yet to come.

The posterior is a mixture: over the design's points theta_m with their weights, each component exactly normal.
Between two nodes the level is a Brownian bridge, beyond the last one Brownian motion: no date needs a refit.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, ndtr, ndtri

from tracker.pooling import gaussian
from tracker.pooling.elimination import Factors, eliminate
from tracker.pooling.fitting import NU, Fit, ways
from tracker.pooling.layout import YEAR, Floats, Ints, Layout, Readings
from tracker.pooling.state import Posterior, variance
from tracker.pooling.updating import augmented
from tracker.pooling.working import sampling_variance

#: weight of a reading that only asks
NOTHING = 1e-10
#: nodes and weights of Gauss and Hermite for expectations under a normal: on expit right to 1e-5 up to sd = 1
KNOTS, MASS = np.polynomial.hermite_e.hermegauss(9)
MASS = MASS / MASS.sum()


class Normals(NamedTuple):
    """Mixtures of normals at m places: means and variances (M, m) on the working scale, weights (M,)."""

    weight: Floats
    mean: Floats
    var: Floats


class Forecast(NamedTuple):
    """A new poll on the percent scale: (m,) mean, standard deviation and degrees of freedom of a Student-t."""

    mean: Floats
    sd: Floats
    df: Floats


class Between(NamedTuple):
    """Dates t (m,), in years, seen from the nodes: node numbers, share lam of the later one, room for the bridge."""

    t: Floats
    before: Ints
    after: Ints
    lam: Floats
    #: (m,) variance of the bridge at the date, per unit of s^2
    room: Floats


def between(lay: Layout, t: Floats) -> Between:
    """Where dates t (m,), in days, lie.

    x(t) = (1 - lam) x_before + lam x_after + bridge, the bridge of variance s^2 (t - t_j) (t_{j+1} - t) / gap.
    """
    t = t / YEAR
    after = np.searchsorted(lay.t, t)
    before, after = np.maximum(after - 1, 0), np.minimum(after, len(lay.t) - 1)
    gap = lay.t[after] - lay.t[before]
    lam = np.where(gap > 0, (t - lay.t[before]) / np.where(gap > 0, gap, 1.0), 0.0)
    room = np.where(gap > 0, lam * (1 - lam) * gap, np.abs(t - lay.t[before]))
    return Between(t, before, after, lam, room)


def level(fit: Fit, t: Floats) -> Normals:
    """The level at dates t (m,) in days."""
    at, s = between(fit.layout, t), np.array([p.scales.s for p in fit.components])
    x, V, C = (np.array([getattr(p, name) for p in fit.components]) for name in ("x", "Vx", "Cx"))
    own, other = 1 - at.lam, at.lam
    mean = own * x[:, at.before] + other * x[:, at.after]
    # a date at or beyond an end has one node for both, and nothing to share
    joint = np.pad(C, ((0, 0), (0, 1)))[:, at.before]
    spread = own**2 * V[:, at.before] + other**2 * V[:, at.after] + 2 * own * other * joint
    return Normals(fit.weight, mean, spread + np.outer(s**2, at.room))


def node_covariance(lay: Layout, p: Posterior, nodes: Ints) -> Floats:
    """Covariance (m, m) of the level at distinct nodes, in increasing order."""
    if isinstance(p.joint, Factors):
        return gaussian.node_covariance(lay, p.joint, nodes)
    joint: Floats = p.joint[np.ix_(nodes, nodes)]
    return joint


def covariance(fit: Fit, component: int, at: Between) -> Floats:
    """Covariance (m, m) of the level at dates in increasing order, at one design point."""
    p, m, lay = fit.components[component], len(at.t), fit.layout
    nodes, place = np.unique(np.concatenate([at.before, at.after]), return_inverse=True)
    W = np.zeros((m, len(nodes)))
    W[np.arange(m), place[:m]] = 1 - at.lam
    W[np.arange(m), place[m:]] += at.lam
    return W @ node_covariance(lay, p, nodes) @ W.T + p.scales.s**2 * _bridges(lay, at)


def _bridges(lay: Layout, at: Between) -> Floats:
    """(m, m) covariance of the bridges per unit of s^2: dates in one gap share it, others do not."""
    first, last = lay.t[0], lay.t[-1]
    gap = lay.t[at.after] - lay.t[at.before]
    low, high = np.minimum.outer(at.t, at.t), np.maximum.outer(at.t, at.t)
    inside = (low - lay.t[at.before]) * (lay.t[at.after] - high) / np.where(gap > 0, gap, 1.0)
    same = (at.before[:, None] == at.before) & (gap > 0) & (gap[:, None] > 0)
    beyond = np.maximum(low - last, 0) + np.maximum(first - high, 0)
    return np.where(same, inside, 0.0) + beyond


def paths(fit: Fit, t: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Exact joint draws (draws, m) of the level at dates t, in any order and with repetitions, on the working scale."""
    dates, place = np.unique(t, return_inverse=True)
    at = between(fit.layout, dates)
    mean = level(fit, dates).mean
    picks = np.diff(np.round(draws * np.concatenate([[0.0], np.cumsum(fit.weight)]))).astype(int)
    picks[-1] = draws - picks[:-1].sum()
    noise = rng.standard_normal((draws, len(dates)))
    start = 0
    for component, n in enumerate(picks):
        if n:
            root = _root(covariance(fit, component, at))
            noise[start : start + n] = mean[component] + noise[start : start + n] @ root.T
            start += n
    return rng.permutation(noise)[:, place]


def _root(V: Floats) -> Floats:
    """A square root of a covariance: Cholesky's, or by eigenvalues where dates are all but the same to rounding."""
    try:
        return np.linalg.cholesky(V).astype(float, copy=False)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(V)
        root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
        return root


def quantiles(n: Normals, q: Floats) -> Floats:
    """Quantiles (len(q), m) of mixtures of normals, by bisection on their distribution functions."""
    sd = np.sqrt(n.var)
    reach = ndtri(q)[:, None, None] * sd + n.mean
    low, high = reach.min(axis=1), reach.max(axis=1)
    for _ in range(40):
        middle = (low + high) / 2
        below = np.einsum("k,qkm->qm", n.weight, ndtr((middle[:, None] - n.mean) / sd)) < q[:, None]
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def share(n: Normals) -> tuple[Floats, Floats]:
    """Mean and standard deviation (m,) of expit(x), by Gauss-Hermite in each component."""
    value = expit(n.mean[..., None] + np.sqrt(n.var)[..., None] * KNOTS)
    mean = np.einsum("k,kmj,j->m", n.weight, value, MASS)
    second = np.einsum("k,kmj,j->m", n.weight, value**2, MASS)
    return mean, np.sqrt(np.maximum(second - mean**2, 0.0))


def forecast(fit: Fit, new: Readings, n: Floats) -> Forecast:
    """Predict new polls of n (m,) interviews: level, house effect, wording and noise, the noise Student-t with nu = 8.

    What `new` says of z and sampling is ignored: the sampling variance takes its p from the forecast itself. Mean and
    standard deviation are those of the mixture, carried to percent; the degrees of freedom are those of the Student-t
    with the same kurtosis.
    """
    old, m = fit.layout.readings, len(n)
    new = new._replace(z=np.full(m, old.z.mean()), sampling=np.full(m, 0.005))
    lay, state, rows = augmented(fit, new, NOTHING)
    posterior, _target = ways(lay, state)
    found = [posterior(np.log(p.scales)) for p in fit.components]
    mean, var = np.array([p.fit[rows] for p in found]), np.array([p.Vfit[rows] for p in found])
    lay.readings.sampling[rows] = sampling_variance(expit(fit.weight @ mean), n)
    noise = np.array([variance(lay, p.scales, state)[rows] for p in found])
    return _student(fit.weight, mean, var, noise * NU / (NU - 2))


def _student(weight: Floats, mean: Floats, var: Floats, noise: Floats) -> Forecast:
    """Match mean, variance and kurtosis of sum_m weight_m (N(mean_m, var_m) + t_nu noise_m)."""
    centre = weight @ mean
    away, total = mean - centre, var + noise
    second = weight @ (total + away**2)
    excess = 6 / (NU - 4) * noise**2
    fourth = weight @ (3 * total**2 + excess + 6 * away**2 * total + away**4)
    kurtosis = fourth / second**2 - 3
    p, sd = share(Normals(np.ones(1), centre[None], second[None]))
    return Forecast(100 * p, 100 * sd, 4 + 6 / np.maximum(kurtosis, 1e-3))


def house_effects(fit: Fit) -> Normals:
    """The lasting house effects delta_h (J,)."""
    mean = np.array([p.delta for p in fit.components])
    return Normals(fit.weight, mean, np.array([p.Vdelta for p in fit.components]))


def hyperparameters(fit: Fit) -> tuple[Floats, Floats, Floats]:
    """Median and 95 percent interval (5,) of s, tau, kappa, omega, phi: log-normal with the design's moments, or with
    those at the mode where the design is its centre alone."""
    theta = np.log(np.array([p.scales for p in fit.components]))
    mean = fit.weight @ theta
    sd = np.sqrt(fit.weight @ (theta - mean) ** 2 if len(theta) > 1 else fit.cov.diagonal())
    return np.exp(mean), np.exp(mean - 1.96 * sd), np.exp(mean + 1.96 * sd)


def influence(fit: Fit) -> tuple[Floats, Floats]:
    """Pull d E x / d z_i of each reading (N,) on the level at the last node, in the order given, and its weight w_i.

    The posterior mean is linear in z, so the pull is Cov(x, fit_i) w_i / v_i; here at the design's centre.
    """
    lay, state = fit.layout, fit.state
    k = fit.components[0].scales
    joint = gaussian.fit_covariance(lay, state, eliminate(lay, k, state))
    pull, w = np.empty((2, len(state.w)))
    pull[lay.order], w[lay.order] = joint * state.w / variance(lay, k, state), state.w
    return pull, w


def noise(fit: Fit) -> tuple[Floats, Floats]:
    """Scale (N,) of each reading's noise on the working scale, in the order given, and the part of it that simple
    random sampling explains; at the design's centre, the heavy tail apart."""
    lay = fit.layout
    whole, sampling = np.empty((2, len(fit.state.w)))
    whole[lay.order] = np.sqrt(variance(lay, fit.components[0].scales, fit.state))
    sampling[lay.order] = np.sqrt(lay.readings.sampling)
    return whole, sampling
