"""The fast algebra against the slow obvious one: build the whole joint normal, condition it, compare."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import multivariate_normal, norm

from tracker import pooling
from tracker.pooling import dense, elimination, fitting, gaussian, updating, working
from tracker.pooling import layout as layouts
from tracker.pooling import posterior as posteriors
from tracker.pooling.layout import Layout, Readings
from tracker.pooling.state import Posterior, Scales, State, variance


def simulated(rng: np.random.Generator, N: int, J: int, K: int, years: float) -> Readings:
    """Readings by J pollsters in K wordings of a random walk; some dates fall together."""
    t = np.round(rng.uniform(0, years, N) * 365.25 / 5) * 5 + 730_000.5
    h, k = rng.integers(0, J, N), rng.integers(0, K, N)
    h[:J], k[:K] = range(J), range(K)
    days = np.linspace(0, years, 200)
    walk = np.cumsum(rng.normal(0, 0.2 * np.sqrt(years / 200), 200))
    x = np.interp((t - 730_000.5) / 365.25, days, walk) - 0.4
    z = x + rng.normal(0, 0.1, J)[h] + (k > 0) * rng.normal(0, 0.3, K)[k] + rng.normal(0, 0.08, N)
    return Readings(z, rng.uniform(0.002, 0.008, N), t, rng.uniform(0, 0.02, N), h, k)


class Case(NamedTuple):
    lay: Layout
    state: State
    theta: np.ndarray


def case(seed: int) -> Case:
    """A small random series with random weights, factors, slopes and hyperparameters."""
    rng = np.random.default_rng(seed)
    N, J, K = int(rng.integers(2, 40)), int(rng.integers(1, 5)), int(rng.integers(1, 4))
    lay = layouts.layout(simulated(rng, max(N, J, K), J, K, rng.uniform(0.2, 8)), 0.0)
    N, other = len(lay.node), lay.readings.wording > 0
    b0 = np.concatenate([[1.0], rng.uniform(0.7, 1.3, lay.K - 1)])
    state = State(
        rng.uniform(0.4, 1.2, N), rng.uniform(0.6, 1.6, lay.J), b0, np.where(other, rng.normal(-0.4, 0.3, N), 0)
    )
    return Case(lay, state, fitting.PRIOR_MEAN + 0.7 * fitting.PRIOR_SD * rng.normal(size=5))


class Slow(NamedTuple):
    """The joint normal of (level at the nodes, cells, house effects, a, b), conditioned on the readings."""

    value: float
    mean: np.ndarray
    cov: np.ndarray
    design: np.ndarray


def slow(lay: Layout, k: Scales, state: State, noise: np.ndarray) -> Slow:
    """Covariance of everything, written down entry by entry from the model, then conditioned by one inverse."""
    T, C, J, K = len(lay.t), len(lay.pollster), lay.J, lay.K
    far = np.abs(lay.epoch[:, None] - lay.epoch) * layouts.EPOCH / layouts.YEAR / layouts.MEMORY
    drift = np.linalg.cholesky((lay.pollster[:, None] == lay.pollster) * np.exp(-far))
    root = np.zeros((T + C + J + 2 * (K - 1), T + J + C + 2 * (K - 1)))
    root[:T, 0] = 2.0
    for j, gap in enumerate(lay.gap):
        root[j + 1 : T, j + 1] = k.s * np.sqrt(gap)
    for c, h in enumerate(lay.pollster):
        root[T + c, T + h] = k.tau
        root[T + c, T + J : T + J + C] = k.kappa * drift[c]
    root[T + C : T + C + J, T : T + J] = k.tau * np.eye(J)
    at = T + C + J
    root[at:, at:] = np.diag(np.repeat([1.0, 0.3], K - 1))
    P, prior = root @ root.T, np.zeros(len(root))
    prior[at + K - 1 :] = 1.0
    H = np.zeros((len(lay.node), len(root)))
    for i, wording in enumerate(lay.readings.wording):
        H[i, [lay.node[i], T + lay.cell[i]]] = state.b0[wording], 1.0
        if wording:
            H[i, [at + wording - 1, at + K - 2 + wording]] = 1.0, state.x0[i]
    residual = lay.readings.z + state.b0[lay.readings.wording] * state.x0 - H @ prior
    V = H @ P @ H.T + np.diag(noise)
    gain = P @ H.T @ np.linalg.inv(V)
    value = multivariate_normal(np.zeros(len(V)), V).logpdf(residual)
    return Slow(float(value), prior + gain @ residual, P - gain @ H @ P, H)


Way = Callable[[Layout, State, np.ndarray], Posterior]


@pytest.fixture(params=["chain", "dense"])
def way(request: pytest.FixtureRequest) -> Way:
    """Each of the two ways to the posterior."""
    if request.param == "chain":
        return gaussian.posterior
    return lambda lay, state, theta: dense.posterior(dense.whole(lay, state), theta)


@pytest.mark.parametrize("seed", range(20))
def test_moments_and_marginal_likelihood_are_those_of_the_joint_normal(way: Way, seed: int) -> None:
    lay, state, theta = case(seed)
    p, k = way(lay, state, theta), Scales.of(theta)
    obvious = slow(lay, k, state, variance(lay, k, state) / state.w)
    T, C, J, K = len(lay.t), len(lay.pollster), lay.J, lay.K
    D, H = obvious.cov.diagonal(), obvious.design
    assert p.value == pytest.approx(obvious.value, abs=1e-8)
    pairs = [
        (p.x, obvious.mean[:T]),
        (p.Vx, D[:T]),
        (p.Cx, obvious.cov.diagonal(1)[: T - 1]),
        (p.delta, obvious.mean[T + C : T + C + J]),
        (p.Vdelta, D[T + C : T + C + J]),
        (p.b[1:], obvious.mean[T + C + J + K - 1 :]),
        (p.fit, H @ obvious.mean - state.b0[lay.readings.wording] * state.x0),
        (p.Vfit, np.einsum("ij,jk,ik->i", H, obvious.cov, H)),
        (posteriors.node_covariance(lay, p, np.arange(T)), obvious.cov[:T, :T]),
    ]
    for fast, expected in pairs:
        np.testing.assert_allclose(fast, expected, rtol=0, atol=1e-8)
    column = gaussian.fit_covariance(lay, state, elimination.eliminate(lay, k, state))
    np.testing.assert_allclose(column, H @ obvious.cov[:, T - 1], atol=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_gradient_is_that_of_the_likelihood_by_differences(seed: int) -> None:
    """Five points a coordinate, so that only the fifth derivative is missed; the other way agrees with this one."""
    lay, state, theta = case(seed)
    parts, h = dense.whole(lay, state), 2e-3

    def likelihood(theta: np.ndarray) -> float:
        return dense.inverse(parts, np.exp(dense.POWER * theta))[2]

    stencil = ((1, -2), (-8, -1), (8, 1), (-1, 2))
    expected = [sum(c * likelihood(theta + m * h * e) for c, m in stencil) / (12 * h) for e in np.eye(5)]
    np.testing.assert_allclose(dense.value_and_gradient(parts, theta)[1], expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_both_ways_agree_to_rounding(seed: int) -> None:
    lay, state, theta = case(seed)
    value, gradient = gaussian.value_and_gradient(lay, state, theta)
    whole_value, whole_gradient = dense.value_and_gradient(dense.whole(lay, state), theta)
    assert value == pytest.approx(whole_value, rel=1e-12, abs=1e-11)
    np.testing.assert_allclose(gradient, whole_gradient, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_joint_covariance_between_nodes_beyond_them_and_on_them(way: Way, seed: int) -> None:
    """Dates nobody polled on are nodes without data: adding them as readings of no weight gives the same moments."""
    lay, state, theta = case(seed)
    fit = fitting.Fit(lay, state, theta, np.eye(5), np.ones(1), [way(lay, state, theta)], 0.0)
    rng, days = np.random.default_rng(seed), lay.t * 365.25
    t = np.unique(np.round(np.concatenate([rng.uniform(days[0], days[-1] + 400, 9), days[:2]]), 2))
    n = len(t)
    new = Readings(np.zeros(n), np.full(n, 0.01), t, np.zeros(n), np.zeros(n, int), np.zeros(n, int))
    wide, wide_state, _rows = updating.augmented(fit, new, posteriors.NOTHING)
    p = gaussian.posterior(wide, wide_state, theta)
    nodes = np.searchsorted(wide.t, t / 365.25 - 1e-9)
    level, at = pooling.level(fit, t), posteriors.between(lay, t)
    np.testing.assert_allclose(level.mean[0], p.x[nodes], atol=1e-8)
    np.testing.assert_allclose(level.var[0], p.Vx[nodes], atol=1e-8)
    joint = posteriors.covariance(fit, 0, at)
    np.testing.assert_allclose(joint, posteriors.node_covariance(wide, p, nodes), atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_paths_have_the_moments_of_the_smoother(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fit = pooling.fit(simulated(rng, 25, 3, 2, 5.0))
    t, draws = 730_000.5 + np.array([100.0, 900, 901, 1500, 2200]), 40_000
    paths, level = pooling.paths(fit, t, draws, rng), pooling.level(fit, t)
    mean = level.weight @ level.mean
    away = level.mean - mean
    at = posteriors.between(fit.layout, t)
    joint = [posteriors.covariance(fit, m, at) for m in range(len(level.weight))]
    cov = np.einsum("m,mij->ij", level.weight, np.array(joint)) + (away.T * level.weight) @ away
    error = np.sqrt(np.diag(cov) / draws)
    assert (np.abs(paths.mean(axis=0) - mean) < 6 * error).all()
    wide = np.sqrt((np.outer(np.diag(cov), np.diag(cov)) + cov**2) / draws)
    assert (np.abs(np.cov(paths.T) - cov) < 6 * 1.5 * wide).all()


def test_level_is_that_of_statsmodels_where_the_models_coincide(way: Way) -> None:
    """One pollster without offset, one wording, equal noise, a reading a year apart: the local level model."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    rng = np.random.default_rng(3)
    z = np.cumsum(rng.normal(0, 0.2, 40)) + rng.normal(0, 0.1, 40)
    r = Readings(z, np.full(40, 0.01), 365.25 * np.arange(40), np.zeros(40), np.zeros(40, int), np.zeros(40, int))
    lay = layouts.layout(r, 0.0)
    p = way(lay, fitting.start(lay), np.log([0.2, 1e-4, 1e-4, 1e-4, 1.0]))
    model = UnobservedComponents(z, "llevel")
    model.ssm.initialize_known(np.zeros(1), np.array([[4.0]]))
    model.ssm.loglikelihood_burn = 0
    smooth = model.smooth([0.01, 0.04])
    np.testing.assert_allclose(p.x[lay.node], smooth.smoothed_state[0], atol=1e-6)
    np.testing.assert_allclose(p.Vx[lay.node], smooth.smoothed_state_cov[0, 0], atol=1e-7)
    assert p.value == pytest.approx(model.loglike([0.01, 0.04]), abs=1e-4)


def test_quantiles_of_one_normal_and_of_two_far_apart() -> None:
    one = pooling.Normals(np.ones(1), np.array([[1.0]]), np.array([[4.0]]))
    np.testing.assert_allclose(pooling.quantiles(one, np.array([0.5, 0.975]))[:, 0], [1.0, 1 + 2 * 1.959964], atol=1e-6)
    two = pooling.Normals(np.array([0.25, 0.75]), np.array([[0.0], [100.0]]), np.ones((2, 1)))
    np.testing.assert_allclose(pooling.quantiles(two, np.array([0.125, 0.625]))[:, 0], [0.0, 100.0], atol=1e-6)


@pytest.mark.parametrize(("N", "points"), [(30, 27), (300, 11)])
def test_design_keeps_the_mass_and_the_second_moments_of_a_normal(N: int, points: int) -> None:
    design = fitting.design_points(5, N)
    share = np.full(points, 1 / fitting.F0**2 / (points - 1))
    share[0] = 1 - 1 / fitting.F0**2
    np.testing.assert_allclose((design.T * share) @ design, np.eye(5), atol=1e-12)


def test_shares_of_nothing_and_everything_stay_finite() -> None:
    z = working.empirical_logit(np.array([0.0, 1.0, 0.5]), np.array([1000.0, 1000.0, 50.0]))
    assert np.isfinite(z).all()
    assert z[2] == pytest.approx(0.0)


def test_missing_interviews_take_the_median_and_at_least_fifty() -> None:
    np.testing.assert_array_equal(working.interviews(np.array([900.0, np.nan, 1100.0])), [900, 1000, 1100])
    np.testing.assert_array_equal(working.interviews(np.array([20.0, np.nan])), [20, 50])
    assert np.isfinite(working.interviews(np.array([np.nan, np.nan]))).all()


def test_forecast_of_a_new_poll_is_wider_than_the_level_and_wider_for_an_unknown_pollster() -> None:
    rng = np.random.default_rng(1)
    fit = pooling.fit(simulated(rng, 60, 3, 1, 3.0))
    t = np.full(2, 730_000.5 + 900)
    new = Readings(np.zeros(2), np.full(2, 0.004), t, np.zeros(2), np.array([0, 9]), np.zeros(2, int))
    found = pooling.forecast(fit, new, np.full(2, 1000.0))
    _mean, sd = pooling.share(pooling.level(fit, t))
    assert found.sd[0] > 100 * sd[0]
    assert found.sd[1] > found.sd[0]
    assert (found.df >= 4).all()


def split(readings: Readings, last: int) -> tuple[Readings, Readings]:
    """All but the last few in time, and those."""
    order = np.argsort(readings.t)
    return tuple(Readings._make(column[rows] for column in readings) for rows in (order[:-last], order[-last:]))


@pytest.mark.parametrize("seed", range(5))
def test_a_reading_taken_in_reweighs_the_design_by_what_each_point_expected_of_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, new = split(simulated(rng, 40, 3, 1, 4.0), 1)
    fit, found = pooling.fit(before), pooling.extended(pooling.fit(before), new)
    lay, state, rows = updating.augmented(fit, new, posteriors.NOTHING)
    expected = []
    for weight, p in zip(fit.weight, fit.components, strict=True):
        foreseen = dense.posterior(dense.whole(lay, state), np.log(p.scales))
        noise = variance(lay, p.scales, state)[rows] / found.state.w[rows]
        expected.append(weight * norm.pdf(new.z, foreseen.fit[rows], np.sqrt(foreseen.Vfit[rows] + noise))[0])
    np.testing.assert_allclose(found.weight, np.array(expected) / sum(expected), rtol=1e-5)


@pytest.mark.parametrize(("N", "last"), [(40, 1), (40, 3), (200, 1), (900, 5)])
def test_readings_taken_in_give_nearly_the_level_of_a_new_fit(N: int, last: int) -> None:
    readings = simulated(np.random.default_rng(N), N, 4, 2, 5.0)
    before, new = split(readings, last)
    anew, found = pooling.fit(readings), pooling.extended(pooling.fit(before), new)
    t, q = np.linspace(readings.t.min(), readings.t.max() + 30, 40), np.array([0.025, 0.5, 0.975])
    expected, got = (pooling.quantiles(pooling.level(fit, t), q) for fit in (anew, found))
    assert np.abs(got - expected).max() < 0.1 * (expected[2] - expected[0]).max()


def test_a_stray_reading_taken_in_is_held_back() -> None:
    before, new = split(simulated(np.random.default_rng(2), 60, 3, 1, 4.0), 1)
    fit = pooling.fit(before)
    stray = pooling.extended(fit, new._replace(z=new.z + 3))
    assert pooling.influence(stray)[1][-1] < 0.3 < pooling.influence(pooling.extended(fit, new))[1][-1]


def test_one_stray_reading_hardly_bends_the_line() -> None:
    rng = np.random.default_rng(5)
    t = 730_000.5 + 30.0 * np.arange(40)
    z = logit(0.4) + rng.normal(0, 0.05, 40)
    r = Readings(z, np.full(40, 0.0025), t, np.zeros(40), np.arange(40) % 4, np.zeros(40, int))
    stray = z.copy()
    stray[20] += 1.2
    clean, bent = (pooling.level(pooling.fit(r._replace(z=values)), t[20:21]) for values in (z, stray))
    assert abs(bent.weight @ bent.mean - clean.weight @ clean.mean)[0] < 0.1
