"""A symmetric tridiagonal matrix through LAPACK: factors, solutions, and the parts of its inverse that are needed.

A = L D L', with D = diag(d) and L unit lower bidiagonal with l below the diagonal (`dpttrf`).
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpttrf, dpttrs

from tracker.pooling.layout import Floats, Ints
from tracker.pooling.state import NotPositive


class Chain(NamedTuple):
    """(T,) diagonal a of A and pivots d, (T - 1,) multipliers l, both from the top down."""

    a: Floats
    e: Floats
    d: Floats
    l: Floats


def factor(a: Floats, e: Floats) -> Chain:
    """Factor the matrix with diagonal a (T,) and off-diagonal e (T - 1,)."""
    if len(a) == 1:
        return Chain(a, e, a, e)
    d, l, info = dpttrf(a, e)
    if info:
        raise NotPositive
    return Chain(a, e, d, l)


def solve(chain: Chain, right: Floats) -> Floats:
    """A^-1 right, for right (T, m)."""
    if len(chain.d) == 1:
        return right / chain.d[0]
    return dpttrs(chain.d, chain.l, right)[0]


def inverse(chain: Chain) -> tuple[Floats, Floats]:
    """Diagonal (T,) and first off-diagonal (T - 1,) of A^-1.

    With pivots d from the top and d' from the bottom, (A^-1)_tt = 1 / (d_t + d'_t - a_t), and
    (A^-1)_{t,t+1} = -l_t (A^-1)_{t+1,t+1}.
    """
    if len(chain.d) == 1:
        return 1 / chain.d, chain.e
    up = dpttrf(chain.a[::-1], chain.e[::-1])[0][::-1]
    diagonal = 1 / (chain.d + up - chain.a)
    return diagonal, -chain.l * diagonal[1:]


def block(chain: Chain, nodes: Ints) -> Floats:
    """A^-1 at the given nodes (m,), in increasing order: (A^-1)_{ij} = (A^-1)_{jj} prod_{i <= t < j} (-l_t)."""
    log = np.concatenate([[0.0], np.cumsum(np.log(-chain.l))])[nodes]
    later = np.maximum.outer(np.arange(len(nodes)), np.arange(len(nodes)))
    return inverse(chain)[0][nodes][later] * np.exp(-np.abs(log[:, None] - log))
