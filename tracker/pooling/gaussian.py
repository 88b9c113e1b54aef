"""The exact posterior given the hyperparameters: level, pollsters and wordings are jointly normal.

Precision matrix of (level at the nodes | cells u | house effects delta, wordings a and b, separators): the level is
tridiagonal, given the rest; cells of different segments do not meet. Elimination therefore runs

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
from tracker.pooling.chain import Chain, NotPositive
from tracker.pooling.layout import Floats, Ints, Layout, Segment, total

#: prior standard deviations of the level at the first node, of a_k and of b_k
START, A_SD, B_SD = 2.0, 1.0, 0.3


class Scales(NamedTuple):
    """The hyperparameters themselves (theta holds their logarithms, in this order)."""

    s: float
    tau: float
    kappa: float
    omega: float
    phi: float


class State(NamedTuple):
    """What the passes update between them; sorted as the layout's rows."""

    #: (N,) weight w_i of the Student-t as a scale mixture
    w: Floats
    #: (J,) noise factor f_h
    f: Floats
    #: (K,) slopes b0_k and (N,) levels x0_i at which b_k x(t) is linearised; x0 is 0 for the reference
    b0: Floats
    x0: Floats


class Part(NamedTuple):
    """What the elimination of one segment leaves behind."""

    chain: Chain
    #: (T_g, q + 1) A^-1 [B | r]
    M: Floats
    #: (C_g, C_g) inverse of the cells' precision, nodes eliminated
    P: Floats
    #: (C_g, m) regression of the cells on their top variables `top` (house effects first), and (C_g,) its constant
    F: Floats
    c: Floats
    top: Ints


class Factors(NamedTuple):
    parts: list[Part]
    #: (G,) posterior mean and (G, G) covariance of the top variables
    mean: Floats
    cov: Floats
    #: log marginal likelihood
    value: float


class Moments(NamedTuple):
    """Posterior means, variances and the covariances that neighbours share."""

    #: (T,) level; (T,) variance; (T - 1,) covariance of neighbours
    x: Floats
    Vx: Floats
    Cx: Floats
    #: (N,) expectation of reading i without its noise, and its variance
    fit: Floats
    Vfit: Floats
    #: (C,) cells and (C,) E (u - delta)^2
    u: Floats
    drift: Floats
    #: (J,) house effects and their variances
    delta: Floats
    Vdelta: Floats


def variance(lay: Layout, k: Scales, state: State) -> Floats:
    """(N,) scale^2 of e_i: (phi / (n p (1 - p)) + omega^2) f_h + s^2 L / 12 (or / 4)."""
    r = lay.readings
    return (k.phi * r.sampling + k.omega**2) * state.f[r.pollster] + k.s**2 * r.spread


def eliminate(lay: Layout, k: Scales, state: State, precision: Floats) -> Factors:
    """Factor the joint precision and evaluate log p(z | hyperparameters), at (N,) reading precisions w_i / v_i."""
    b = state.b0[lay.readings.wording]
    y = lay.readings.z + b * state.x0
    Q, q, half_log_det = _top_prior(lay, k)
    quadratic = float(precision @ (y * y)) + (lay.K - 1) / B_SD**2
    parts = []
    for g in lay.segments:
        rows = g.rows
        part, top, S, rho, log_det, form = _segment(g, lay, k, b[rows], state.x0[rows], precision[rows], y[rows])
        Q[np.ix_(top, top)] += S
        q[top] += rho
        half_log_det += log_det
        quadratic -= form
        parts.append(part)
    L, info = dpotrf(Q, lower=1)
    if info:
        raise NotPositive
    mean = dpotrs(L, q, lower=1)[0]
    quadratic -= float(q @ mean)
    log_det = half_log_det + np.log(L.diagonal()).sum()
    noise = -0.5 * float(np.log(precision).sum())
    value = -0.5 * quadratic - log_det - noise - 0.5 * len(y) * np.log(2 * np.pi)
    return Factors(parts, mean, _symmetric(dpotri(L, lower=1)[0]), float(value))


def _top_prior(lay: Layout, k: Scales) -> tuple[Floats, Floats, float]:
    """Prior precision of the top variables, its right-hand side, half the log determinant of the whole prior."""
    J, wordings = lay.J, lay.K - 1
    Q, q = np.zeros((lay.top, lay.top)), np.zeros(lay.top)
    diagonal = np.zeros(lay.top)
    diagonal[:J] = 1 / k.tau**2 + np.bincount(lay.pollster, minlength=J) / k.kappa**2
    diagonal[J : J + wordings] = 1 / A_SD**2
    diagonal[J + wordings : J + 2 * wordings] = 1 / B_SD**2
    q[J + wordings : J + 2 * wordings] = 1 / B_SD**2
    Q.flat[:: lay.top + 1] = diagonal
    half = J * np.log(k.tau) + len(lay.pollster) * np.log(k.kappa) + wordings * np.log(A_SD * B_SD)
    half += len(lay.gap) * np.log(k.s) + 0.5 * np.log(lay.gap).sum() + np.log(START)
    return Q, q, float(half)


def _segment(
    g: Segment, lay: Layout, k: Scales, b: Floats, x0: Floats, precision: Floats, y: Floats
) -> tuple[Part, Ints, Floats, Floats, float, float]:
    """Eliminate nodes, then cells; leave positions, precision and right-hand side for the top variables."""
    C, s2 = g.last - g.first, k.s**2
    A, B, r = _assemble(g, s2, b, x0, precision, y)
    M = tridiagonal.solve(A, np.column_stack([B, r]))
    D, d = _border(g, x0, precision, y)
    S = D - B.T @ M[:, :-1]
    rho = d - B.T @ M[:, -1]
    S.flat[: C * (g.width + 1) : g.width + 1] += 1 / k.kappa**2
    for column, gap in ((g.before, g.gap_before), (g.after, g.gap_after)):
        if column >= 0:
            S[column, column] += 1 / (s2 * gap)
    L, info = dpotrf(S[:C, :C], lower=1)
    if info:
        raise NotPositive
    P = _symmetric(dpotri(L, lower=1)[0])
    top = np.concatenate([np.arange(lay.J), g.top])
    R = np.zeros((C, len(top)))
    R[np.arange(C), lay.pollster[g.first : g.last]] = -1 / k.kappa**2
    R[:, lay.J :] = S[:C, C:]
    F, c = P @ R, P @ rho[:C]
    left = -(R.T @ F)
    left[lay.J :, lay.J :] += S[C:, C:]
    right = -(R.T @ c)
    right[lay.J :] += rho[C:]
    log_det = 0.5 * np.log(A.d).sum() + np.log(L.diagonal()).sum()
    form = float(r @ M[:, -1]) + float(rho[:C] @ c)
    return Part(A, M, P, F, c, top), top, left, right, float(log_det), form


def _assemble(
    g: Segment, s2: float, b: Floats, x0: Floats, precision: Floats, y: Floats
) -> tuple[Chain, Floats, Floats]:
    """The segment's tridiagonal block, its coupling B (T_g, q) with the border, and its right-hand side."""
    T, link, pb = g.hi - g.lo, 1 / (s2 * g.gap), precision * b
    a = total(g.node, pb * b, T)
    a[:-1] += link
    a[1:] += link
    o = g.other
    B = total(g.couple, np.concatenate([pb, pb[o], (pb * x0)[o]]), T * g.width).reshape(T, g.width)
    if g.before >= 0:
        a[0] += 1 / (s2 * g.gap_before)
        B[0, g.before] = -1 / (s2 * g.gap_before)
    else:
        a[0] += 1 / START**2
    if g.after >= 0:
        a[-1] += 1 / (s2 * g.gap_after)
        B[-1, g.after] = -1 / (s2 * g.gap_after)
    return tridiagonal.factor(a, -link), B, total(g.node, pb * y, T)


def _border(g: Segment, x0: Floats, precision: Floats, y: Floats) -> tuple[Floats, Floats]:
    """What the readings add to the border: precision (q, q) and right-hand side (q,)."""
    o = g.other
    p, px, pxx = precision[o], (precision * x0)[o], (precision * x0 * x0)[o]
    weights = np.concatenate([precision, p, p, px, px, p, px, px, pxx])
    D = total(g.border, weights, g.width**2).reshape(g.width, g.width)
    d = total(g.cell, precision * y, g.width)
    if len(o):
        a, b = g.couple[len(y) : len(y) + len(o)] % g.width, g.couple[len(y) + len(o) :] % g.width
        d += total(a, p * y[o], g.width) + total(b, px * y[o], g.width)
    return D, d


def moments(lay: Layout, state: State, factors: Factors) -> Moments:
    """Back-substitution: means, variances, and covariances of whatever a reading or a step of the level joins."""
    T, C, J = len(lay.t), len(lay.pollster), lay.J
    x, Vx, Cx = np.empty(T), np.empty(T), np.empty(T - 1)
    fit, Vfit = np.empty(len(lay.node)), np.empty(len(lay.node))
    u, drift = np.empty(C), np.empty(C)
    delta, Vdelta = factors.mean[:J], factors.cov.diagonal()[:J]
    separators = np.array([g.hi for g in lay.segments[:-1]], dtype=np.intp)
    x[separators] = factors.mean[lay.top - len(separators) :]
    Vx[separators] = factors.cov.diagonal()[lay.top - len(separators) :]
    for g, part in zip(lay.segments, factors.parts, strict=True):
        m, V, cells = _border_moments(g, part, factors, lay)
        u[g.first : g.last], drift[g.first : g.last] = m[: g.last - g.first], cells
        X, nodes = -part.M[:, :-1] @ V, slice(g.lo, g.hi)
        diagonal, off = tridiagonal.inverse(part.chain)
        x[nodes] = part.M[:, -1] - part.M[:, :-1] @ m
        Vx[nodes] = diagonal - np.einsum("tj,tj->t", X, part.M[:, :-1])
        Cx[g.lo : g.hi - 1] = off - np.einsum("tj,tj->t", X[:-1], part.M[1:, :-1])
        if g.before >= 0:
            Cx[g.lo - 1] = X[0, g.before]
        if g.after >= 0:
            Cx[g.hi - 1] = X[-1, g.after]
        _fits(g, lay, state, x[nodes], Vx[nodes], X, m, V, fit, Vfit)
    return Moments(x, Vx, Cx, fit, Vfit, u, drift, delta, Vdelta)


def _border_moments(g: Segment, part: Part, factors: Factors, lay: Layout) -> tuple[Floats, Floats, Floats]:
    """Mean (q,) and covariance (q, q) of a segment's border, and E (u - delta)^2 of its cells."""
    C, J = g.last - g.first, lay.J
    m = np.concatenate([part.c - part.F @ factors.mean[part.top], factors.mean[g.top]])
    across = factors.cov[np.ix_(part.top, part.top)]
    cross = -part.F @ across
    V = np.empty((g.width, g.width))
    V[:C, :C] = part.P - cross @ part.F.T
    V[:C, C:] = cross[:, J:]
    V[C:, :C] = cross[:, J:].T
    V[C:, C:] = across[J:, J:]
    h = lay.pollster[g.first : g.last]
    apart = V.diagonal()[:C] + across.diagonal()[h] - 2 * cross[np.arange(C), h]
    return m, V, (m[:C] - factors.mean[h]) ** 2 + apart


def _fits(
    g: Segment,
    lay: Layout,
    state: State,
    x: Floats,
    Vx: Floats,
    X: Floats,
    m: Floats,
    V: Floats,
    fit: Floats,
    Vfit: Floats,
) -> None:
    """Expectation and variance of b0 x + u + a + x0 b for the readings of a segment, written into fit and Vfit."""
    n, c, o = g.node, g.cell, g.other
    b = state.b0[lay.readings.wording[g.rows]]
    mean = b * x[n] + m[c]
    var = b * b * Vx[n] + 2 * b * X[n, c] + V[c, c]
    if len(o):
        i, j, bo, xo = n[o], c[o], b[o], state.x0[g.rows][o]
        A, B = g.couple[len(n) : len(n) + len(o)] % g.width, g.couple[len(n) + len(o) :] % g.width
        mean[o] += m[A] + xo * m[B] - bo * xo
        var[o] += V[A, A] + xo * xo * V[B, B] + 2 * (bo * X[i, A] + bo * xo * X[i, B])
        var[o] += 2 * (V[j, A] + xo * V[j, B] + xo * V[A, B])
    fit[g.rows], Vfit[g.rows] = mean, var


def fit_covariance(lay: Layout, state: State, factors: Factors, node: int) -> Floats:
    """(N,) covariance of the level at one node with the expectation of every reading: one column of the inverse."""
    home = next(i for i, g in enumerate(lay.segments) if node <= g.hi)
    g, part, top = lay.segments[home], factors.parts[home], np.zeros(lay.top)
    inside = node < g.hi
    if inside:
        rho, C = -part.M[node - g.lo, :-1], g.last - g.first
        top[part.top] = -part.F.T @ rho[:C]
        top[g.top] += rho[C:]
        own, unit = part.P @ rho[:C], np.zeros(g.hi - g.lo)
        unit[node - g.lo] = 1.0
        chained = tridiagonal.solve(part.chain, unit)
    else:
        top[lay.top - len(lay.segments) + 1 + home] = 1.0
    top = factors.cov @ top
    found = np.empty(len(lay.node))
    for i, (g, part) in enumerate(zip(lay.segments, factors.parts, strict=True)):
        border = np.concatenate([-part.F @ top[part.top], top[g.top]])
        x = np.zeros(g.hi - g.lo)
        if inside and i == home:
            border[: g.last - g.first] += own
            x = chained
        x = x - part.M[:, :-1] @ border
        found[g.rows] = _expect(g, lay, state, x, border)
    return found


def _expect(g: Segment, lay: Layout, state: State, x: Floats, border: Floats) -> Floats:
    """b0 x + u + a + x0 b for the readings of a segment."""
    n, o = len(g.node), g.other
    value = state.b0[lay.readings.wording[g.rows]] * x[g.node] + border[g.cell]
    if len(o):
        A, B = g.couple[n : n + len(o)] % g.width, g.couple[n + len(o) :] % g.width
        value[o] += border[A] + state.x0[g.rows][o] * border[B]
    return value


def gradient(lay: Layout, k: Scales, state: State, v: Floats, m: Moments) -> Floats:
    """(5,) derivative of log p(z) by the logarithms of s, tau, kappa, omega, phi.

    Fisher's identity: the gradient of the marginal likelihood is the posterior expectation of the gradient of the
    complete-data likelihood, so posterior second moments suffice:
    s: sum_j E (x_{j+1} - x_j)^2 / (s^2 gap_j) - 1;  tau: sum_h E delta_h^2 / tau^2 - 1;
    kappa: sum_c E (u_c - delta_h)^2 / kappa^2 - 1;  noise: sum_i (w_i E e_i^2 / v_i - 1) dv_i / (2 v_i).
    """
    r = lay.readings
    step = (np.diff(m.x) ** 2 + m.Vx[1:] + m.Vx[:-1] - 2 * m.Cx) / (k.s**2 * lay.gap) - 1
    pull = 0.5 * (state.w * ((r.z - m.fit) ** 2 + m.Vfit) / v - 1) / v
    f = state.f[r.pollster]
    return np.array(
        [
            step.sum() + 2 * k.s**2 * float(pull @ r.spread),
            float(((m.delta**2 + m.Vdelta) / k.tau**2 - 1).sum()),
            float((m.drift / k.kappa**2 - 1).sum()),
            2 * k.omega**2 * float(pull @ f),
            k.phi * float(pull @ (f * r.sampling)),
        ]
    )


def _symmetric(lower: Floats) -> Floats:
    """The full matrix of which LAPACK filled the lower triangle."""
    full = lower + lower.T
    full.flat[:: len(full) + 1] *= 0.5
    return full
