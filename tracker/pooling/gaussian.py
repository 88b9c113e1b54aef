"""The exact posterior of a long series: nodes, then cells, epoch by epoch, then the rest.

Given the hyperparameters, everything is jointly normal. In the precision matrix of (level at the nodes | cells u and
separators | top variables: house effects delta, wordings a and b) the level is tridiagonal, given the rest, and the
cells of an epoch meet only those of the epochs before and after. Elimination therefore runs, epoch by epoch,

    nodes (`dpttrf`)  ->  the epoch's block: cells and the separator after it (`dpotrf`)

then the top variables (`dpotrf`), and the moments come back in the opposite direction. Cost O(N + sum_g T_g q^2 +
(C_g + G)^3) for q border columns of a segment, C_g cells and G top variables; no loop over readings.

The product b_k x(t) is taken at its tangent at (b0_k, x0_i): b_k x ~ b0_k x + x0_i b_k - b0_k x0_i, so that
y_i = z_i + b0_k x0_i has the linear expectation b0_k x(t_i) + u + a_k + x0_i b_k.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from tracker.pooling import chain as tridiagonal
from tracker.pooling.chain import Chain
from tracker.pooling.layout import Floats, Ints, Layout, Segment, total
from tracker.pooling.state import A_SD, B_SD, START, NotPositive, Posterior, Scales, State, symmetric, variance


class Part(NamedTuple):
    """What the elimination of one segment leaves behind."""

    chain: Chain
    #: (T_g, q) A^-1 B and (T_g,) A^-1 r: the nodes are m - M border + noise of covariance A^-1
    M: Floats
    m: Floats
    #: the block is c - F (next block, top) + noise of covariance P: (o, o), (o, o' + G), (o,)
    P: Floats
    F: Floats
    c: Floats


class Factors(NamedTuple):
    parts: list[Part]
    #: (G,) posterior mean and (G, G) covariance of the top variables
    mean: Floats
    cov: Floats
    #: log p(z | theta)
    value: float


class Block(NamedTuple):
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
    #: sum over cells of E (innovation)^2 over its variance in units of kappa^2
    drift: float


class Nodes(NamedTuple):
    """A segment whose nodes are eliminated."""

    chain: Chain
    #: A^-1 [B | r] (T_g, q + 1), and what is left on the border, [precision | right-hand side] (q, q + 1)
    M: Floats
    S: Floats
    #: r' A^-1 r
    form: float


def eliminate(lay: Layout, k: Scales, state: State) -> Factors:
    """Factor the joint precision and evaluate log p(z | theta); readings have precision w_i / v_i."""
    precision, b = state.w / variance(lay, k, state), state.b0[lay.readings.wording]
    y = lay.readings.z + b * state.x0
    nodes = [
        _nodes(g, k.s**2, b[g.rows], state.x0[g.rows], precision[g.rows], y[g.rows]) for g in lay.segments
    ]  # fmt: skip
    top, half_log_det = _top_prior(lay, k, nodes)
    quadratic = float(precision @ (y * y)) + (lay.K - 1) / B_SD**2 - sum(n.form for n in nodes)
    parts, carry = [], None
    for i, g in enumerate(lay.segments):
        D, X = _block(g, lay, k, nodes[i].S, lay.segments[i + 1] if g.after >= 0 else None, nodes[i + 1 : i + 2])
        if carry is not None:
            D -= carry[:, : g.own]
            X[:, -lay.top - 1 :] -= carry[:, g.own :]
        P, log_det = _inverse(D)
        F = P @ X
        ahead = F.shape[1] - lay.top - 1
        carry = X[:, :ahead].T @ F
        top -= X[:, ahead:-1].T @ F[:, ahead:]
        quadratic -= float(X[:, -1] @ F[:, -1])
        half_log_det += log_det
        parts.append(Part(nodes[i].chain, nodes[i].M[:, :-1], nodes[i].M[:, -1], P, F[:, :-1], F[:, -1]))
    cov, log_det = _inverse(top[:, :-1])
    mean = cov @ top[:, -1]
    quadratic -= float(top[:, -1] @ mean)
    half_log_det += log_det - 0.5 * np.log(precision).sum()
    value = -0.5 * quadratic - half_log_det - 0.5 * len(y) * np.log(2 * np.pi)
    return Factors(parts, mean, cov, float(value))


def _inverse(D: Floats) -> tuple[Floats, float]:
    """Inverse of a precision matrix and half its log determinant."""
    L, info = dpotrf(D, lower=1)
    if info:
        raise NotPositive
    return symmetric(dpotri(L, lower=1)[0]), float(np.log(L.diagonal()).sum())


def _top_prior(lay: Layout, k: Scales, nodes: list[Nodes]) -> tuple[Floats, float]:
    """[precision | right-hand side] (G, G + 1) of the top variables before the blocks, and half the log determinant of
    the prior covariance of everything with that of the nodes' precision."""
    J, G, wordings = lay.J, lay.top, lay.K - 1
    top = np.zeros((G, G + 1))
    top[J:, J:] = sum(n.S[len(n.S) - 2 * wordings :, len(n.S) - 2 * wordings :] for n in nodes)
    diagonal = np.zeros(G)
    rows = np.concatenate([g.drift.row for g in lay.segments])
    diagonal[:J] = 1 / k.tau**2 + total(lay.pollster, rows, J) / k.kappa**2
    diagonal[J : J + wordings] = 1 / A_SD**2
    diagonal[J + wordings :] = 1 / B_SD**2
    top[J + wordings :, G] += 1 / B_SD**2
    top.flat[: G * (G + 1) : G + 2] += diagonal
    half = J * np.log(k.tau) + len(lay.pollster) * np.log(k.kappa) + wordings * np.log(A_SD * B_SD)
    half += 0.5 * sum(len(g.drift.here) * np.log1p(-(g.drift.rho**2)) for g in lay.segments)
    half += len(lay.gap) * np.log(k.s) + 0.5 * np.log(lay.gap).sum() + np.log(START)
    return top, float(half) + 0.5 * sum(float(np.log(n.chain.d).sum()) for n in nodes)


def _nodes(g: Segment, s2: float, b: Floats, x0: Floats, precision: Floats, y: Floats) -> Nodes:
    """Eliminate a segment's nodes."""
    A, Br = _assemble(g, s2, b, x0, precision, y)
    M = tridiagonal.solve(A, Br)
    S = _border(g, s2, x0, precision, y) - Br[:, :-1].T @ M
    return Nodes(A, M, S, float(Br[:, -1] @ M[:, -1]))


def _assemble(g: Segment, s2: float, b: Floats, x0: Floats, precision: Floats, y: Floats) -> tuple[Chain, Floats]:
    """The segment's tridiagonal block, and its coupling with the border beside its right-hand side, [B | r]."""
    T, link, pb = g.hi - g.lo, 1 / (s2 * g.gap), precision * b
    a = total(g.node, pb * b, T)
    a[:-1] += link
    a[1:] += link
    o = g.other
    weights = np.concatenate([pb, pb[o], (pb * x0)[o], pb * y])
    Br = total(g.couple, weights, T * (g.width + 1)).reshape(T, g.width + 1)
    if g.before < 0:
        a[0] += 1 / START**2
    for row, column, gap in ((0, g.before, g.gap_before), (T - 1, g.after, g.gap_after)):
        if column >= 0:
            a[row] += 1 / (s2 * gap)
            Br[row, column] = -1 / (s2 * gap)
    return tridiagonal.factor(a, -link), Br


def _border(g: Segment, s2: float, x0: Floats, precision: Floats, y: Floats) -> Floats:
    """What readings and separators add to the border: precision beside right-hand side, [D | d] (q, q + 1)."""
    o = g.other
    p, px, py = precision[o], (precision * x0)[o], precision * y
    pieces = [precision, p, p, px, px, p, px, px, px * x0[o], py, py[o], px * y[o]]
    D = total(g.border, np.concatenate(pieces), g.width * (g.width + 1)).reshape(g.width, g.width + 1)
    for column, gap in ((g.before, g.gap_before), (g.after, g.gap_after)):
        if column >= 0:
            D[column, column] += 1 / (s2 * gap)
    return D


def _block(
    g: Segment, lay: Layout, k: Scales, S: Floats, following: Segment | None, nodes: list[Nodes]
) -> tuple[Floats, Floats]:
    """Precision D (o, o) of a block, and X (o, o' + G + 1): its coupling with the next block and the top variables, and
    its right-hand side. The separator after a segment is the last of its block; it also ends the next segment."""
    d, inner, C = g.drift, 1 / k.kappa**2, g.last - g.first
    ahead = following.own if following else 0
    D, X = S[: g.own, : g.own].copy(), np.zeros((g.own, ahead + lay.top + 1))
    D.flat[: C * (g.own + 1) : g.own + 1] += d.diagonal * inner
    X[np.arange(C), ahead + d.pollster] = -d.row * inner
    words = 2 * (lay.K - 1) + 1
    X[:, -words:] = S[: g.own, -words:]
    if following:
        beyond = nodes[0].S[following.before]
        D[-1, -1] += beyond[following.before]
        X[-1, :ahead] = beyond[:ahead]
        X[-1, -words:] += beyond[-words:]
        X[d.here, d.there] = -d.rho / (1 - d.rho**2) * inner
    return D, X


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


def _blocks(lay: Layout, factors: Factors) -> list[Block]:
    """Moments of every block: block = c - F (next, top) + noise of covariance P."""
    blocks: list[Block] = []
    mean, cov = factors.mean, factors.cov
    for g, part in zip(reversed(lay.segments), reversed(factors.parts), strict=True):
        cross = -part.F @ cov
        own = Block(part.c - part.F @ mean, part.P - cross @ part.F.T, cross)
        blocks.append(own)
        if g.before >= 0:
            mean = np.concatenate([own.mean, factors.mean])
            apart = cross[:, cross.shape[1] - lay.top :]
            cov = np.empty((len(mean), len(mean)))
            cov[: g.own, : g.own], cov[g.own :, g.own :] = own.cov, factors.cov
            cov[: g.own, g.own :], cov[g.own :, : g.own] = apart, apart.T
    return blocks[::-1]


def _border_moments(
    g: Segment, block: Block, before: Block | None, factors: Factors, lay: Layout
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
    kappa: sum over cells of E (innovation)^2 / its variance - 1;  noise: sum_i (w_i E e_i^2 / v_i - 1) dv_i / (2 v_i).
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


def _drift(lay: Layout, factors: Factors, blocks: list[Block]) -> float:
    """Sum of E eta^2 over first cells and of E (eta' - rho eta)^2 / (1 - rho^2) over a pollster's following cells.

    With eta = u - delta, the posterior second moment of eta is E eta eta' = mean mean' + Cov(u, u') - Cov(u, delta)
    - Cov(u', delta) + V(delta); the three sums that the precision of the prior needs are taken over all cells at once.
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
    i, j = lay.steps
    product = eta[i] * eta[j] + next_ - house[i] - house[j] + V[i]
    diagonal = np.concatenate([g.drift.diagonal for g, _block in each])
    return float(diagonal @ square - 2 * (lay.link @ product))


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
