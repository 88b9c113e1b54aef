"""Readings as arrays, and the fixed index work that every evaluation of the likelihood shares.

The level lives on *nodes*: the distinct dates of the readings, plus one dateless-of-data *separator* between two
segments. A *cell* is one pollster in one 180-day epoch. A *segment* is a run of epochs whose cells are eliminated
together; with few cells there is one segment and no separator.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: days in a year
YEAR = 365.25
#: length of an epoch in days: within it a pollster's offset stands still
EPOCH = 180.0
#: cells that one segment may hold before a new one begins
CELLS = 40


class Readings(NamedTuple):
    """N readings on the working scale, in any order."""

    #: (N,) z_i, for a share logit((n y + 0.5) / (n + 1))
    z: Floats
    #: (N,) sampling variance of z_i under simple random sampling, 1 / (n p (1 - p)) for a share
    sampling: Floats
    #: (N,) middle of the field period, in days from any day
    t: Floats
    #: (N,) L_i times 1/12 (interviews spread over the period) or 1/4 (one unknown day within it), in years
    spread: Floats
    #: (N,) pollster h, 0 to J - 1
    pollster: Ints
    #: (N,) wording k, 0 to K - 1; 0 is the reference
    wording: Ints


class Segment(NamedTuple):
    """One run of epochs: T_g nodes lo..hi-1, cells first..last-1, readings in `rows`."""

    rows: slice
    lo: int
    hi: int
    first: int
    last: int
    #: border columns: cells, then separators before and after, then a_k, then b_k
    width: int
    #: positions among the top variables of the border columns that are no cells, and of house effects and these
    top: Ints
    tops: Ints
    #: separator columns in the border, -1 where there is none
    before: int
    after: int
    #: (n,) node and cell of each reading, counted from the segment's first
    node: Ints
    cell: Ints
    #: readings of this segment with another wording than the reference
    other: Ints
    #: (m,) border columns of a_k and of b_k for these
    a: Ints
    b: Ints
    #: (2 n + 2 m,) places in [B | r], T_g x (width + 1): couplings of node and border, right-hand side
    couple: Ints
    #: (2 n + 10 m,) places in [D | d], width x (width + 1): couplings within the border, right-hand side
    border: Ints
    #: (T_g - 1,) years between nodes; and to the separators, 0 where there is none
    gap: Floats
    gap_before: float
    gap_after: float


class Layout(NamedTuple):
    """Where each reading acts. Rows are sorted by time; `order` gives the original positions."""

    readings: Readings
    order: Ints
    #: (T,) dates of the nodes, separators included, in years
    t: Floats
    #: (T - 1,)
    gap: Floats
    #: (N,)
    node: Ints
    cell: Ints
    #: (C,) pollster and epoch of each cell
    pollster: Ints
    epoch: Ints
    segments: tuple[Segment, ...]
    #: number of pollsters J, of wordings K, and of top variables: J house effects, 2 (K - 1) a_k and b_k, separators
    J: int
    K: int
    top: int


def total(place: Ints, weights: Floats, size: int) -> Floats:
    """(size,) sums of the weights at each place."""
    return np.bincount(place, weights, size).astype(float, copy=False)


def layout(readings: Readings, origin: float, J: int | None = None, K: int | None = None) -> Layout:
    """Sort, name the nodes and cells, cut into segments. `origin` (days) is where an epoch begins."""
    order = np.argsort(readings.t, kind="stable")
    r = Readings._make(column[order] for column in readings)
    J = J or int(r.pollster.max()) + 1
    K = K or int(r.wording.max()) + 1
    dates, date = np.unique(np.round(r.t, 2), return_inverse=True)
    epoch = np.floor((dates - origin) / EPOCH + 1e-9).astype(np.intp)[date]
    epoch -= epoch.min()
    keys, cell = np.unique(epoch * J + r.pollster, return_inverse=True)
    run = _runs(keys // J)
    segment = run[cell]
    t, node = _nodes(dates / YEAR, date, segment)
    cuts = np.searchsorted(segment, np.arange(run[-1] + 2))
    gap = np.diff(t)
    parts = tuple(
        _segment(r, node, cell, gap, slice(lo, hi), g, int(run[-1]), J, K) for g, (lo, hi) in enumerate(pairwise(cuts))
    )
    return Layout(r, order, t, gap, node, cell, keys % J, keys // J, parts, J, K, J + 2 * (K - 1) + int(run[-1]))


def _runs(epoch: Ints) -> Ints:
    """(C,) segment of each cell: whole epochs, gathered until a segment would hold more than CELLS cells."""
    _epochs, count = np.unique(epoch, return_counts=True)
    run, held, runs = 0, 0, []
    for n in count:
        if held and held + n > CELLS:
            run, held = run + 1, 0
        held += n
        runs.append(run)
    return np.repeat(np.array(runs, dtype=np.intp), count)


def _nodes(dates: Floats, date: Ints, segment: Ints) -> tuple[Floats, Ints]:
    """Dates with a separator half-way between the last node of a segment and the first of the next."""
    of_date = np.empty(len(dates), dtype=np.intp)
    of_date[date] = segment
    cut = np.flatnonzero(np.diff(of_date)) + 1
    middle = (dates[cut - 1] + dates[cut]) / 2
    return np.insert(dates, cut, middle), (np.arange(len(dates)) + of_date)[date]


def _segment(
    r: Readings, node: Ints, cell: Ints, gap: Floats, rows: slice, g: int, last: int, J: int, K: int
) -> Segment:
    node, cell, k = node[rows], cell[rows], r.wording[rows] - 1
    lo, hi, c0, c1 = int(node[0]), int(node[-1]) + 1, int(cell.min()), int(cell.max()) + 1
    node, cell, C = node - lo, cell - c0, c1 - c0
    before, after = (C if g else -1), (C + (g > 0) if g < last else -1)
    wordings = C + (g > 0) + (g < last)
    width = wordings + 2 * (K - 1)
    separators = [J + 2 * (K - 1) + i for i in (g - 1, g) if 0 <= i < last]
    top = np.array(separators + list(range(J, J + 2 * (K - 1))), dtype=np.intp)
    tops = np.concatenate([np.arange(J), top])
    other = np.flatnonzero(k >= 0)
    a = wordings + k[other]
    b, c, n, W = a + K - 1, cell[other], node[other], width + 1
    couple = np.concatenate([node * W + cell, n * W + a, n * W + b, node * W + width])
    pairs = [(c, a), (a, c), (c, b), (b, c), (a, a), (a, b), (b, a), (b, b)]
    right = [i * W + width for i in (cell, a, b)]
    border = np.concatenate([cell * (W + 1)] + [i * W + j for i, j in pairs] + right)
    ends = float(gap[lo - 1]) if g else 0.0, float(gap[hi - 1]) if g < last else 0.0
    return Segment(
        rows, lo, hi, c0, c1, width, top, tops, before, after, node, cell, other, a, b, couple, border,
        gap[lo : hi - 1], *ends,
    )  # fmt: skip
