"""The exact posterior of a long series: nodes, then cells, then the rest, eliminated in turn.

Given the hyperparameters, everything is jointly normal. In the precision matrix of (level at the nodes | cells u | top
variables: house effects delta, wordings a and b, separators) the level is tridiagonal, given the rest, and cells of
different segments do not meet. Elimination therefore runs

    nodes of a segment (`dpttrf`)  ->  its cells (`dpotrf`)  ->  the top variables (`dpotrf`),

and the moments come back in the opposite direction. Cost O(N + T q^2 + sum_g C_g^3 + G^3) for q border columns of a
segment, C_g cells and G top variables; no loop over readings.

The product b_k x(t) is taken at its tangent at (b0_k, x0_i): b_k x ~ b0_k x + x0_i b_k - b0_k x0_i, so that
y_i = z_i + b0_k x0_i has the linear expectation b0_k x(t_i) + u + a_k + x0_i b_k.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from tracker.pooling import chain as tridiagonal
from tracker.pooling.chain import Chain
from tracker.pooling.layout import Floats, Ints, Layout, Segment, total
from tracker.pooling.state import A_SD, B_SD, START, NotPositive, Posterior, Scales, State, symmetric, variance


class Part(NamedTuple):
    """What the elimination of one segment leaves behind."""

    chain: Chain
    #: (T_g, q) A^-1 B and (T_g,) A^-1 r
    M: Floats
    m: Floats
    #: (C_g, C_g) inverse of the cells' precision, nodes eliminated
    P: Floats
    #: (C_g, J + q - C_g) regression of the cells on house effects and the rest of the border; (C_g,) its constant
    F: Floats
    c: Floats


class Factors(NamedTuple):
    parts: list[Part]
    #: (G,) posterior mean and (G, G) covariance of the top variables
    mean: Floats
    cov: Floats
    #: log p(z | theta)
    value: float


class Top(NamedTuple):
    """What a segment leaves for the top variables: precision and right-hand side, and its share of the likelihood."""

    precision: Floats
    right: Floats
    log_det: float
    form: float


class Moments(NamedTuple):
    """Posterior means, variances, and covariances of whatever a reading or a step of the level joins."""

    x: Floats
    Vx: Floats
    Cx: Floats
    fit: Floats
    Vfit: Floats
    #: (C,) E (u - delta)^2
    drift: Floats


def eliminate(lay: Layout, k: Scales, state: State) -> Factors:
    """Factor the joint precision and evaluate log p(z | theta); readings have precision w_i / v_i."""
    precision = state.w / variance(lay, k, state)
    b = state.b0[lay.readings.wording]
    y = lay.readings.z + b * state.x0
    Q, q, half_log_det = _top_prior(lay, k)
    quadratic = float(precision @ (y * y)) + (lay.K - 1) / B_SD**2
    parts = []
    for g in lay.segments:
        rows = g.rows
        part, top = _segment(g, lay, k, b[rows], state.x0[rows], precision[rows], y[rows])
        Q[g.tops[:, None], g.tops] += top.precision
        q[g.tops] += top.right
        half_log_det += top.log_det
        quadratic -= top.form
        parts.append(part)
    L, info = dpotrf(Q, lower=1)
    if info:
        raise NotPositive
    mean = dpotrs(L, q, lower=1)[0]
    quadratic -= float(q @ mean)
    half_log_det += np.log(L.diagonal()).sum() - 0.5 * np.log(precision).sum()
    value = -0.5 * quadratic - half_log_det - 0.5 * len(y) * np.log(2 * np.pi)
    return Factors(parts, mean, symmetric(dpotri(L, lower=1)[0]), float(value))


def _top_prior(lay: Layout, k: Scales) -> tuple[Floats, Floats, float]:
    """Prior precision of the top variables, its right-hand side, half the log determinant of the whole prior."""
    J, wordings = lay.J, lay.K - 1
    Q, q = np.zeros((lay.top, lay.top)), np.zeros(lay.top)
    diagonal = np.zeros(lay.top)
    diagonal[:J] = 1 / k.tau**2 + np.bincount(lay.pollster, minlength=J) / k.kappa**2
    diagonal[J : J + wordings] = 1 / A_SD**2
    diagonal[J + wordings : J + 2 * wordings] = q[J + wordings : J + 2 * wordings] = 1 / B_SD**2
    Q.flat[:: lay.top + 1] = diagonal
    half = J * np.log(k.tau) + len(lay.pollster) * np.log(k.kappa) + wordings * np.log(A_SD * B_SD)
    half += len(lay.gap) * np.log(k.s) + 0.5 * np.log(lay.gap).sum() + np.log(START)
    return Q, q, float(half)


def _segment(
    g: Segment, lay: Layout, k: Scales, b: Floats, x0: Floats, precision: Floats, y: Floats
) -> tuple[Part, Top]:
    """Eliminate a segment's nodes, then its cells."""
    C, J, inner = g.last - g.first, lay.J, 1 / k.kappa**2
    A, Br = _assemble(g, k.s**2, b, x0, precision, y)
    M = tridiagonal.solve(A, Br)
    S = _border(g, k.s**2, x0, precision, y) - Br[:, :-1].T @ M
    S.flat[: C * (g.width + 2) : g.width + 2] += inner
    L, info = dpotrf(S[:C, :C], lower=1)
    if info:
        raise NotPositive
    P = symmetric(dpotri(L, lower=1)[0])
    # cells against house effects, the rest of the border, and the right-hand side
    R = np.zeros((C, J + g.width - C + 1))
    R[np.arange(C), lay.pollster[g.first : g.last]] = -inner
    R[:, J:] = S[:C, C:]
    F = P @ R
    left = -(R[:, :-1].T @ F)
    left[J:, J:] += S[C:, C:]
    log_det = 0.5 * np.log(A.d).sum() + np.log(L.diagonal()).sum()
    form = float(Br[:, -1] @ M[:, -1]) + float(R[:, -1] @ F[:, -1])
    part = Part(A, M[:, :-1], M[:, -1], P, F[:, :-1], F[:, -1])
    return part, Top(left[:, :-1], left[:, -1], float(log_det), form)


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


def moments(lay: Layout, state: State, factors: Factors) -> Moments:
    """Back-substitution through the segments."""
    T, N, separators = len(lay.t), len(lay.node), len(lay.segments) - 1
    x, Vx, Cx = np.empty(T), np.empty(T), np.empty(T - 1)
    fit, Vfit, drift = np.empty(N), np.empty(N), np.empty(len(lay.pollster))
    between = [g.hi for g in lay.segments[:-1]]
    x[between] = factors.mean[lay.top - separators :]
    Vx[between] = factors.cov.diagonal()[lay.top - separators :]
    for g, part in zip(lay.segments, factors.parts, strict=True):
        m, V, drift[g.first : g.last] = _border_moments(g, part, factors, lay)
        X, nodes = -part.M @ V, slice(g.lo, g.hi)
        diagonal, off = tridiagonal.inverse(part.chain)
        x[nodes] = part.m - part.M @ m
        Vx[nodes] = diagonal - np.einsum("tj,tj->t", X, part.M)
        Cx[g.lo : g.hi - 1] = off - np.einsum("tj,tj->t", X[:-1], part.M[1:])
        if g.before >= 0:
            Cx[g.lo - 1] = X[0, g.before]
        if g.after >= 0:
            Cx[g.hi - 1] = X[-1, g.after]
        b = state.b0[lay.readings.wording[g.rows]]
        fit[g.rows] = expect(g, b, state.x0[g.rows], x[nodes], m) - b * state.x0[g.rows]
        Vfit[g.rows] = _fit_variance(g, b, state.x0[g.rows], Vx[nodes], X, V)
    return Moments(x, Vx, Cx, fit, Vfit, drift)


def _border_moments(g: Segment, part: Part, factors: Factors, lay: Layout) -> tuple[Floats, Floats, Floats]:
    """Mean (q,) and covariance (q, q) of a segment's border, and E (u - delta)^2 of its cells."""
    C, J = g.last - g.first, lay.J
    m = np.concatenate([part.c - part.F @ factors.mean[g.tops], factors.mean[g.top]])
    across = factors.cov[g.tops[:, None], g.tops]
    cross = -part.F @ across
    V = np.empty((g.width, g.width))
    V[:C, :C] = part.P - cross @ part.F.T
    V[:C, C:] = cross[:, J:]
    V[C:, :C] = cross[:, J:].T
    V[C:, C:] = across[J:, J:]
    h = lay.pollster[g.first : g.last]
    apart = V.diagonal()[:C] + across.diagonal()[h] - 2 * cross[np.arange(C), h]
    return m, V, (m[:C] - factors.mean[h]) ** 2 + apart


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
    kappa: sum_c E (u_c - delta_h)^2 / kappa^2 - 1;  noise: sum_i (w_i E e_i^2 / v_i - 1) dv_i / (2 v_i).
    """
    k, r, J = Scales.of(theta), lay.readings, lay.J
    factors = eliminate(lay, k, state)
    m, v, f = moments(lay, state, factors), variance(lay, k, state), state.f[r.pollster]
    step = (np.diff(m.x) ** 2 + m.Vx[1:] + m.Vx[:-1] - 2 * m.Cx) / (k.s**2 * lay.gap) - 1
    pull = 0.5 * (state.w * ((r.z - m.fit) ** 2 + m.Vfit) / v - 1) / v
    house = (factors.mean[:J] ** 2 + factors.cov.diagonal()[:J]) / k.tau**2 - 1
    noise = [2 * k.omega**2 * (pull @ f), k.phi * (pull @ (f * r.sampling))]
    s = step.sum() + 2 * k.s**2 * (pull @ r.spread)
    return factors.value, np.array([s, house.sum(), (m.drift / k.kappa**2 - 1).sum(), *noise])


def posterior(lay: Layout, state: State, theta: Floats) -> Posterior:
    """All moments at one theta; joint covariances from the factors, by `node_covariance`."""
    k, J, wordings = Scales.of(theta), lay.J, lay.K - 1
    factors = eliminate(lay, k, state)
    m, top = moments(lay, state, factors), factors.cov.diagonal()
    b = np.concatenate([[1.0], factors.mean[J + wordings : J + 2 * wordings]])
    return Posterior(k, factors.value, m.x, m.Vx, m.Cx, m.fit, m.Vfit, factors.mean[:J], top[:J], b, factors)


def node_covariance(lay: Layout, factors: Factors, nodes: Ints) -> Floats:
    """Covariance (m, m) of the level at distinct nodes, in increasing order.

    A node is -M (cells, rest), the cells are -F (top variables) plus noise of covariance P, and given the border the
    chain has covariance A^-1; so Cov = H Cov(top) H' + M_c P M_c' + A^-1, the last two within a segment only.
    """
    H, V = np.zeros((len(nodes), lay.top)), np.zeros((len(nodes), len(nodes)))
    separator = lay.top - len(lay.segments) + 1
    for i, (g, part) in enumerate(zip(lay.segments, factors.parts, strict=True)):
        lo, hi, end = np.searchsorted(nodes, (g.lo, g.hi, g.hi + 1))
        if hi > lo:
            C, local = g.last - g.first, nodes[lo:hi] - g.lo
            cells = part.M[local, :C]
            H[lo:hi, g.tops] = cells @ part.F
            H[lo:hi, g.top] -= part.M[local, C:]
            V[lo:hi, lo:hi] = cells @ part.P @ cells.T + tridiagonal.block(part.chain, local)
        if end > hi:
            H[hi, separator + i] = 1.0
    return V + H @ factors.cov @ H.T


def fit_covariance(lay: Layout, state: State, factors: Factors, node: int) -> Floats:
    """(N,) covariance of the level at one node with the expectation of every reading: one column of the inverse."""
    home = next(i for i, g in enumerate(lay.segments) if node <= g.hi)
    g, part, top = lay.segments[home], factors.parts[home], np.zeros(lay.top)
    C, inside = g.last - g.first, node < g.hi
    if inside:
        rho, unit = -part.M[node - g.lo], np.zeros(g.hi - g.lo)
        unit[node - g.lo] = 1.0
        top[g.tops] = -part.F.T @ rho[:C]
        top[g.top] += rho[C:]
    else:
        top[lay.top - len(lay.segments) + 1 + home] = 1.0
    top, found = factors.cov @ top, np.empty(len(lay.node))
    for i, (g, part) in enumerate(zip(lay.segments, factors.parts, strict=True)):
        border, x = np.concatenate([-part.F @ top[g.tops], top[g.top]]), np.zeros(g.hi - g.lo)
        if inside and i == home:
            border[:C] += part.P @ rho[:C]
            x = tridiagonal.solve(part.chain, unit)
        b = state.b0[lay.readings.wording[g.rows]]
        found[g.rows] = expect(g, b, state.x0[g.rows], x - part.M @ border, border)
    return found
