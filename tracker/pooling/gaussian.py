"""The exact posterior of a long series: back from the top variables through the blocks to the nodes."""

from typing import NamedTuple

import numpy as np

from tracker.pooling import chain as tridiagonal
from tracker.pooling.elimination import Factors, Part, eliminate
from tracker.pooling.layout import Floats, Ints, Layout, Segment
from tracker.pooling.state import Posterior, Scales, State, variance


class Smoothed(NamedTuple):
    """Moments of a segment's block: mean (o,), covariance (o, o), covariance with (next block, top) (o, o' + G)."""

    mean: Floats
    cov: Floats
    cross: Floats


class Moments(NamedTuple):
    """Posterior means, variances, and covariances of whatever a reading or a step of the level joins."""

    x: Floats
    Vx: Floats
    Cx: Floats
    fit: Floats
    Vfit: Floats
    #: E eta' K eta of the cells' deviations eta = u - delta, K their prior precision in units of 1 / kappa^2
    drift: float


def moments(lay: Layout, state: State, factors: Factors) -> Moments:
    """Back-substitution: the blocks from the last to the first, then the nodes of each segment."""
    T, N = len(lay.t), len(lay.node)
    blocks = _blocks(lay, factors)
    x, Vx, Cx, fit, Vfit = np.empty(T), np.empty(T), np.empty(T - 1), np.empty(N), np.empty(N)
    for i, (g, part) in enumerate(zip(lay.segments, factors.parts, strict=True)):
        m, V = _border_moments(g, blocks[i], blocks[i - 1] if i else None, factors, lay)
        X, nodes = -part.M @ V, slice(g.lo, g.hi)
        diagonal, off = tridiagonal.inverse(part.chain)
        x[nodes] = part.m - part.M @ m
        Vx[nodes] = diagonal - np.einsum("tj,tj->t", X, part.M)
        Cx[g.lo : g.hi - 1] = off - np.einsum("tj,tj->t", X[:-1], part.M[1:])
        if g.before >= 0:
            Cx[g.lo - 1] = X[0, g.before]
        if g.after >= 0:
            x[g.hi], Vx[g.hi], Cx[g.hi - 1] = m[g.after], V[g.after, g.after], X[-1, g.after]
        b = state.b0[lay.readings.wording[g.rows]]
        fit[g.rows] = expect(g, b, state.x0[g.rows], x[nodes], m) - b * state.x0[g.rows]
        Vfit[g.rows] = _fit_variance(g, b, state.x0[g.rows], Vx[nodes], X, V)
    return Moments(x, Vx, Cx, fit, Vfit, _drift(lay, factors, blocks))


def _blocks(lay: Layout, factors: Factors) -> list[Smoothed]:
    """Moments of every block: block = c - F (next, top) + noise of covariance P."""
    blocks: list[Smoothed] = []
    mean, cov = factors.mean, factors.cov
    for g, part in zip(reversed(lay.segments), reversed(factors.parts), strict=True):
        cross = -part.F @ cov
        own = Smoothed(part.c - part.F @ mean, part.P - cross @ part.F.T, cross)
        blocks.append(own)
        if g.before >= 0:
            mean = np.concatenate([own.mean, factors.mean])
            apart = cross[:, cross.shape[1] - lay.top :]
            cov = np.empty((len(mean), len(mean)))
            cov[: g.own, : g.own], cov[g.own :, g.own :] = own.cov, factors.cov
            cov[: g.own, g.own :], cov[g.own :, : g.own] = apart, apart.T
    return blocks[::-1]


def _border_moments(
    g: Segment, block: Smoothed, before: Smoothed | None, factors: Factors, lay: Layout
) -> tuple[Floats, Floats]:
    """Mean (q,) and covariance (q, q) of a segment's border."""
    w, o, words = g.width - 2 * (lay.K - 1), g.own, 2 * (lay.K - 1)
    V, m = np.empty((g.width, g.width)), [block.mean, factors.mean[lay.J :]]
    V[:o, :o] = block.cov
    if words:
        V[w:, w:] = factors.cov[lay.J :, lay.J :]
        V[:o, w:] = block.cross[:, block.cross.shape[1] - words :]
        V[w:, :o] = V[:o, w:].T
    if before:
        m.insert(1, before.mean[-1:])
        V[o, o] = before.cov[-1, -1]
        V[:o, o] = V[o, :o] = before.cross[-1, :o]
        V[o, w:] = V[w:, o] = before.cross[-1, before.cross.shape[1] - words :]
    return np.concatenate(m), V


def expect(g: Segment, b: Floats, x0: Floats, x: Floats, border: Floats) -> Floats:
    """b0 x + u + a + x0 b for the readings of a segment, given its nodes (T_g,) and border (q,)."""
    value = b * x[g.node] + border[g.cell]
    value[g.other] += border[g.a] + x0[g.other] * border[g.b]
    return value


def _fit_variance(g: Segment, b: Floats, x0: Floats, Vx: Floats, X: Floats, V: Floats) -> Floats:
    """Variance of b0 x + u + a + x0 b; X (T_g, q) is the covariance of nodes and border, V (q, q) the border's."""
    n, c, o = g.node, g.cell, g.other
    var = b * b * Vx[n] + 2 * b * X[n, c] + V[c, c]
    if len(o):
        i, j, bo, xo = n[o], c[o], b[o], x0[o]
        var[o] += V[g.a, g.a] + xo * xo * V[g.b, g.b] + 2 * bo * (X[i, g.a] + xo * X[i, g.b])
        var[o] += 2 * (V[j, g.a] + xo * V[j, g.b] + xo * V[g.a, g.b])
    return var


def value_and_gradient(lay: Layout, state: State, theta: Floats) -> tuple[float, Floats]:
    """log p(z | theta) and its derivative (5,) by the logarithms of the hyperparameters.

    Fisher's identity: the gradient of the marginal likelihood is the posterior expectation of the gradient of the
    complete-data likelihood, so posterior second moments suffice:
    s: sum_j E (x_{j+1} - x_j)^2 / (s^2 gap_j) - 1;  tau: sum_h E delta_h^2 / tau^2 - 1;
    kappa: E eta' K eta / kappa^2 - C;  noise: sum_i (w_i E e_i^2 / v_i - 1) dv_i / (2 v_i).
    """
    k, r, J = Scales.of(theta), lay.readings, lay.J
    factors = eliminate(lay, k, state)
    m, v, f = moments(lay, state, factors), variance(lay, k, state), state.f[r.pollster]
    step = (np.diff(m.x) ** 2 + m.Vx[1:] + m.Vx[:-1] - 2 * m.Cx) / (k.s**2 * lay.gap) - 1
    pull = 0.5 * (state.w * ((r.z - m.fit) ** 2 + m.Vfit) / v - 1) / v
    house = (factors.mean[:J] ** 2 + factors.cov.diagonal()[:J]) / k.tau**2 - 1
    noise = [2 * k.omega**2 * (pull @ f), k.phi * (pull @ (f * r.sampling))]
    s = step.sum() + 2 * k.s**2 * (pull @ r.spread)
    return factors.value, np.array([s, house.sum(), m.drift / k.kappa**2 - len(lay.pollster), *noise])


def _drift(lay: Layout, factors: Factors, blocks: list[Smoothed]) -> float:
    """E eta' K eta, with eta = u - delta and K the cells' prior precision in units of 1 / kappa^2.

    K has a diagonal and one entry for each pair of a pollster's cells that follow one another, and for these
    E eta eta' = mean mean' + Cov(u, u') - Cov(u, delta) - Cov(u', delta) + V(delta).
    """
    h, J, G = lay.pollster, lay.J, lay.top
    each = list(zip(lay.segments, blocks, strict=True))
    own = np.concatenate([block.cov.diagonal()[: g.last - g.first] for g, block in each])
    house = np.concatenate(
        [block.cross[g.drift.rank, block.cross.shape[1] - G + g.drift.pollster] for g, block in each]
    )
    next_ = np.concatenate([block.cross[g.drift.here, g.drift.there] for g, block in each])
    V = factors.cov.diagonal()[:J][h]
    eta = np.concatenate([block.mean[: g.last - g.first] for g, block in each]) - factors.mean[h]
    square = eta**2 + own - 2 * house + V
    i, j = lay.cells.steps
    product = eta[i] * eta[j] + next_ - house[i] - house[j] + V[i]
    return float(lay.cells.diagonal @ square - 2 * (lay.cells.link @ product))


def posterior(lay: Layout, state: State, theta: Floats) -> Posterior:
    """All moments at one theta; joint covariances from the factors, by `node_covariance`."""
    k, J, wordings = Scales.of(theta), lay.J, lay.K - 1
    factors = eliminate(lay, k, state)
    m, top = moments(lay, state, factors), factors.cov.diagonal()
    b = np.concatenate([[1.0], factors.mean[J + wordings :]])
    return Posterior(k, factors.value, m.x, m.Vx, m.Cx, m.fit, m.Vfit, factors.mean[:J], top[:J], b, factors)


def node_covariance(lay: Layout, factors: Factors, nodes: Ints) -> Floats:
    """Covariance (m, m) of the level at distinct nodes, in increasing order.

    Every node is written as a sum of H (block, top) and noise of covariance V, block by block: a node is -M border plus
    the chain's own noise, a separator is the last of its block, and a block is -F (next block, top) plus noise P.
    """
    G, m = lay.top, len(nodes)
    words = 2 * (lay.K - 1)
    V, H, T = np.zeros((m, m)), np.zeros((m, 0)), np.zeros((m, G))
    last: Part | None = None
    for g, part in zip(lay.segments, factors.parts, strict=True):
        lo, hi, end = np.searchsorted(nodes, (g.lo, g.hi, g.hi + 1))
        local, ahead = nodes[lo:hi] - g.lo, np.zeros((m, g.own))
        if hi > lo:
            V[lo:hi, lo:hi] += tridiagonal.block(part.chain, local)
            ahead[lo:hi] = -part.M[local, : g.own]
            T[lo:hi, G - words :] -= part.M[local, g.width - words :]
            if last:
                H[lo:hi, -1] = -part.M[local, g.before]
        if end > hi:
            ahead[hi, -1] = 1.0
        if last:
            V += H @ last.P @ H.T
            ahead -= H @ last.F[:, : g.own]
            T -= H @ last.F[:, g.own :]
        H, last = ahead, part
    assert last
    T -= H @ last.F
    return V + H @ last.P @ H.T + T @ factors.cov @ T.T


def fit_covariance(lay: Layout, state: State, factors: Factors) -> Floats:
    """(N,) covariance of the level at the last node with the expectation of every reading."""
    g, part, G = lay.segments[-1], factors.parts[-1], lay.top
    unit, rho = np.zeros(g.hi - g.lo), -part.M[-1]
    unit[-1] = 1.0
    right, top = rho[: g.own].copy(), np.zeros(G)
    top[lay.J :] = rho[g.width - G + lay.J :]
    held: list[Floats] = []
    if g.before >= 0:
        # the separator before the last segment belongs to the block before
        early = factors.parts[-2]
        held.append(early.P[:, -1] * rho[g.before])
        right -= early.F[-1, : g.own] * rho[g.before]
        top -= early.F[-1, g.own :] * rho[g.before]
    held.append(part.P @ right)
    top = factors.cov @ (top - part.F.T @ right)
    found, beyond = np.empty(len(lay.node)), top
    borders: list[Floats] = []
    for i in range(len(lay.segments) - 1, -1, -1):
        own = -factors.parts[i].F @ beyond
        if len(lay.segments) - i <= len(held):
            own += held[i - len(lay.segments)]
        borders.insert(0, own)
        beyond = np.concatenate([own, top])
    for i, (g, part) in enumerate(zip(lay.segments, factors.parts, strict=True)):
        border = np.concatenate([borders[i], borders[i - 1][-1:] if i else [], top[lay.J :]])
        x = tridiagonal.solve(part.chain, unit) if i == len(lay.segments) - 1 else 0.0
        b = state.b0[lay.readings.wording[g.rows]]
        found[g.rows] = expect(g, b, state.x0[g.rows], x - part.M @ border, border)
    return found
