"""Elimination for a long series: nodes, then cells, epoch by epoch, then the rest.

Given the hyperparameters, everything is jointly normal. In the precision matrix of (level at the nodes | cells u and
separators | top variables: house effects delta, wordings a and b) the level is tridiagonal, given the rest, and the
cells of an epoch meet only those of the epochs before and after. Elimination therefore runs

    the nodes of every segment (`dpttrf`)
    ->  block after block: a segment's cells and the separator after it (`dpotrf`)
    ->  the top variables (`dpotrf`)

at a cost of O(N + sum_g T_g q^2 + (C_g + G)^3) for q border columns of a segment, C_g cells and G top variables; no
loop over readings. :mod:`tracker.pooling.gaussian` goes back the other way for the moments.

The product b_k x(t) is taken at its tangent at (b0_k, x0_i): b_k x ~ b0_k x + x0_i b_k - b0_k x0_i, so that
y_i = z_i + b0_k x0_i has the linear expectation b0_k x(t_i) + u + a_k + x0_i b_k.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from tracker.pooling import chain as tridiagonal
from tracker.pooling.chain import Chain
from tracker.pooling.layout import Floats, Layout, Segment, total
from tracker.pooling.state import A_SD, B_SD, START, NotPositive, Scales, State, symmetric, variance


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


class Nodes(NamedTuple):
    """A segment whose nodes are eliminated."""

    chain: Chain
    #: A^-1 [B | r] (T_g, q + 1), and what is left on the border, [precision | right-hand side] (q, q + 1)
    M: Floats
    S: Floats
    #: r' A^-1 r, and half log det A
    form: float
    half_log_det: float


class Block(NamedTuple):
    """A segment's cells and the separator after it: precision (o, o), and [coupling with the top | right-hand side]."""

    D: Floats
    X: Floats
    #: coupling with the next block: the separator's (o',), and minus that of a cell with the same pollster's next
    ahead: Floats
    link: float


def eliminate(lay: Layout, k: Scales, state: State) -> Factors:
    """Factor the joint precision and evaluate log p(z | theta); readings have precision w_i / v_i.

    log p = -(form + log det) / 2 - N log(2 pi) / 2, with form = y' R^-1 y + mean' prior mean - right' Q^-1 right, each
    elimination taking its part of the last term, and log det = log |prior| + log |noise| + log |posterior precision|.
    """
    precision, b = state.w / variance(lay, k, state), state.b0[lay.readings.wording]
    y = lay.readings.z + b * state.x0
    nodes = [_nodes(g, k.s**2, b[g.rows], state.x0[g.rows], precision[g.rows], y[g.rows]) for g in lay.segments]
    form = float(precision @ (y * y)) + (lay.K - 1) / B_SD**2 - sum(n.form for n in nodes)
    half_log_det = _half_log_det(lay, k) + sum(n.half_log_det for n in nodes) - 0.5 * float(np.log(precision).sum())
    top, parts = _top(lay, k, nodes), []
    carry = np.zeros((lay.segments[0].own, lay.segments[0].own + lay.top + 1))
    for i, g in enumerate(lay.segments):
        block = _block(g, lay, k, nodes[i].S, *zip(lay.segments[i + 1 : i + 2], nodes[i + 1 : i + 2], strict=True))
        X = block.X - carry[:, g.own :]
        P, log_det = _inverse(block.D - carry[:, : g.own])
        # what the block shares with the next is the separator's row and one entry a pollster
        F = np.hstack([np.outer(P[:, -1], block.ahead), P @ X])
        F[:, g.drift.there] -= block.link * P[:, g.drift.here]
        carry = np.outer(block.ahead, F[-1])
        carry[g.drift.there] -= block.link * F[g.drift.here]
        top -= X[:, :-1].T @ F[:, len(block.ahead) :]
        form -= float(X[:, -1] @ F[:, -1])
        half_log_det += log_det
        parts.append(Part(nodes[i].chain, nodes[i].M[:, :-1], nodes[i].M[:, -1], P, F[:, :-1], F[:, -1]))
    cov, log_det = _inverse(top[:, :-1])
    mean = cov @ top[:, -1]
    form -= float(top[:, -1] @ mean)
    return Factors(parts, mean, cov, -0.5 * form - half_log_det - log_det - 0.5 * len(y) * float(np.log(2 * np.pi)))


def _inverse(D: Floats) -> tuple[Floats, float]:
    """Inverse of a precision matrix and half its log determinant."""
    L, info = dpotrf(D, lower=1)
    if info:
        raise NotPositive
    return symmetric(dpotri(L, lower=1)[0]), float(np.log(L.diagonal()).sum())


def _top(lay: Layout, k: Scales, nodes: list[Nodes]) -> Floats:
    """[precision | right-hand side] (G, G + 1) of the top variables, nodes eliminated and blocks not yet."""
    J, G, wordings = lay.J, lay.top, lay.K - 1
    top = np.zeros((G, G + 1))
    top[J:, J:] = sum(n.S[len(n.S) - 2 * wordings :, len(n.S) - 2 * wordings :] for n in nodes)
    diagonal = np.zeros(G)
    diagonal[:J] = 1 / k.tau**2 + total(lay.pollster, lay.cells.row, J) / k.kappa**2
    diagonal[J : J + wordings] = 1 / A_SD**2
    diagonal[J + wordings :] = 1 / B_SD**2
    top[J + wordings :, G] += 1 / B_SD**2
    top.flat[: G * (G + 1) : G + 2] += diagonal
    return top


def _half_log_det(lay: Layout, k: Scales) -> float:
    """Half the log determinant of the prior covariance of everything."""
    wordings = lay.K - 1
    top = lay.J * np.log(k.tau) + wordings * np.log(A_SD * B_SD)
    cells = len(lay.pollster) * np.log(k.kappa) + 0.5 * lay.cells.innovation
    level = np.log(START) + len(lay.gap) * np.log(k.s) + 0.5 * np.log(lay.gap).sum()
    return float(top + cells + level)


def _nodes(g: Segment, s2: float, b: Floats, x0: Floats, precision: Floats, y: Floats) -> Nodes:
    """Eliminate a segment's nodes."""
    A, Br = _assemble(g, s2, b, x0, precision, y)
    M = tridiagonal.solve(A, Br)
    S = _border(g, s2, x0, precision, y) - Br[:, :-1].T @ M
    return Nodes(A, M, S, float(Br[:, -1] @ M[:, -1]), 0.5 * float(np.log(A.d).sum()))


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


def _block(g: Segment, lay: Layout, k: Scales, S: Floats, following: tuple[Segment, Nodes] | None = None) -> Block:
    """Gather a block, the block before it not yet eliminated. The separator after a segment, last of its block, is the
    one before the next segment."""
    d, inner, C, words = g.drift, 1 / k.kappa**2, g.last - g.first, 2 * (lay.K - 1) + 1
    D, X, ahead = S[: g.own, : g.own].copy(), np.zeros((g.own, lay.top + 1)), np.zeros(0)
    D.flat[: C * (g.own + 1) : g.own + 1] += d.diagonal * inner
    X[d.rank, d.pollster] = -d.row * inner
    X[:, -words:] = S[: g.own, -words:]
    if following:
        row, column = following[1].S[following[0].before], following[0].before
        D[-1, -1] += row[column]
        X[-1, -words:] += row[-words:]
        ahead = row[: following[0].own]
    return Block(D, X, ahead, d.link * inner)
