"""Readings as arrays, and the fixed index work that every evaluation of the likelihood shares.

The level lives on *nodes*: the distinct dates of the readings and, half-way between two epochs, a *separator* without
data. A *cell* is one pollster in one 90-day epoch, from its first epoch with a reading to its last; epochs in which
nobody polled are left out. A *segment* is one epoch: its nodes and its cells.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: days in a year
YEAR = 365.25
#: length of an epoch in days: within it a pollster's offset stands still
EPOCH = 90.0
#: years after which a pollster has forgotten all but 1/e of its drift
MEMORY = 0.75


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


class Drift(NamedTuple):
    """The cells of one segment under their prior: deviations u - delta with covariance kappa^2 rho^|epochs apart|.

    The precision is tridiagonal along each pollster; here in units of 1 / kappa^2.
    """

    #: (C,) pollster of each cell, and 0 to C - 1; (C,) diagonal of the precision, and its row sums
    pollster: Ints
    rank: Ints
    diagonal: Floats
    row: Floats
    #: cells here and in the next segment that follow one another, and minus their entry in the precision
    here: Ints
    there: Ints
    link: float


class Segment(NamedTuple):
    """One epoch: nodes lo..hi-1, cells first..last-1, readings in `rows`.

    Its border is (cells, separator after, separator before, a_k, b_k), q columns; the first `own` are its own block.
    """

    rows: slice
    lo: int
    hi: int
    first: int
    last: int
    width: int
    own: int
    #: separator columns in the border, -1 where there is none
    after: int
    before: int
    #: (n,) node and cell of each reading, counted from the segment's first
    node: Ints
    cell: Ints
    #: (m,) readings of this segment with another wording than the reference, their columns of a_k and of b_k
    other: Ints
    a: Ints
    b: Ints
    #: (2 n + 2 m,) places in [B | r], T_g x (q + 1): couplings of node and border, right-hand side
    couple: Ints
    #: (2 n + 10 m,) places in [D | d], q x (q + 1): couplings within the border, right-hand side
    border: Ints
    #: (T_g - 1,) years between nodes; and to the separators, 0 where there is none
    gap: Floats
    gap_before: float
    gap_after: float
    drift: Drift


@dataclass(frozen=True, eq=False)
class Layout:
    """Where each reading acts. Rows are sorted by time; `order` gives the original positions.

    What only the elimination of a long series needs, segments and `cells`, is made when first asked for.
    """

    readings: Readings
    order: Ints
    #: (T,) dates of the nodes, separators included, in years
    t: Floats
    #: (N,)
    node: Ints
    cell: Ints
    #: (E,) epochs in which somebody polled, in epochs from `origin`; (N,) which of them each reading is in
    epochs: Floats
    segment: Ints
    #: (C,) epoch and pollster of each cell, sorted by both; (E, J) numbers of the cells, -1 where there is none
    epoch: Floats
    pollster: Ints
    place: Ints
    #: number of pollsters J and of wordings K
    J: int
    K: int

    @property
    def top(self) -> int:
        """Number of top variables: house effects, a_k, b_k."""
        return self.J + 2 * (self.K - 1)

    @cached_property
    def gap(self) -> Floats:
        """(T - 1,) years from node to node."""
        return np.diff(self.t)

    @cached_property
    def segments(self) -> list[Segment]:
        """The epochs in order."""
        drifts, k = _drifts(self.place, self.epochs), self.readings.wording - 1
        start = np.searchsorted(self.epoch, self.epochs)
        bounds = pairwise(np.searchsorted(self.segment, np.arange(len(drifts) + 1)).tolist())
        return [_segment(self, k, slice(*rows), g, int(start[g]), drifts) for g, rows in enumerate(bounds)]

    @cached_property
    def cells(self) -> "Cells":
        """The prior of all cells together."""
        drifts = [g.drift for g in self.segments]
        here = np.concatenate([g.first + g.drift.here for g in self.segments])
        there = np.concatenate([g.last + g.drift.there for g in self.segments])
        link = np.concatenate([np.full(len(d.here), d.link) for d in drifts])
        rho = _memory(self.epochs)
        innovation = float(sum(len(d.here) * np.log1p(-(r**2)) for d, r in zip(drifts, rho, strict=False)))
        diagonal, row = (np.concatenate([getattr(d, name) for d in drifts]) for name in ("diagonal", "row"))
        return Cells(diagonal, row, (here, there), link, innovation)


class Cells(NamedTuple):
    """The cells' prior precision in units of 1 / kappa^2."""

    #: (C,) diagonal and row sums
    diagonal: Floats
    row: Floats
    #: (S,) pairs of cells that follow one another, and minus their entries
    steps: tuple[Ints, Ints]
    link: Floats
    #: minus the log determinant
    innovation: float


def total(place: Ints, weights: Floats, size: int) -> Floats:
    """(size,) sums of the weights at each place."""
    return np.bincount(place, weights, size).astype(float, copy=False)


def layout(readings: Readings, origin: float) -> Layout:
    """Sort, name the nodes and cells, cut into epochs. `origin` (days) is where an epoch begins."""
    order = np.argsort(readings.t, kind="stable")
    r = Readings._make(column[order] for column in readings)
    J, K = int(r.pollster.max()) + 1, int(r.wording.max()) + 1
    dates, date = np.unique(np.round(r.t, 2), return_inverse=True)
    epochs, of_date = np.unique(np.floor((dates - origin) / EPOCH + 1e-9), return_inverse=True)
    segment = of_date[date]
    cells, place = _cells(segment, r.pollster, len(epochs), J)
    cut = np.flatnonzero(np.diff(of_date)) + 1
    t = np.insert(dates, cut, (dates[cut - 1] + dates[cut]) / 2) / YEAR
    node = (np.arange(len(dates)) + of_date)[date]
    cell = place[segment, r.pollster]
    return Layout(r, order, t, node, cell, epochs, segment, epochs[cells[:, 0]], cells[:, 1], place, J, K)


def _cells(segment: Ints, pollster: Ints, E: int, J: int) -> tuple[Ints, Ints]:
    """(C, 2) segment and pollster of each cell, in order, and (E, J) the cell's number, -1 where there is none."""
    begin, end = np.full(J, E), np.full(J, -1)
    np.minimum.at(begin, pollster, segment)
    np.maximum.at(end, pollster, segment)
    row = np.arange(E)[:, None]
    active = (row >= begin) & (row <= end)
    cells = np.argwhere(active)
    place = np.full((E, J), -1, dtype=np.intp)
    place[active] = np.arange(len(cells))
    return cells, place


def _memory(epochs: Floats) -> Floats:
    """(E - 1,) rho, the correlation of a pollster's deviation with that in the next epoch."""
    return np.exp(-np.diff(epochs) * EPOCH / YEAR / MEMORY)


def _drifts(place: Ints, epochs: Floats) -> list[Drift]:
    """Prior of the cells, segment by segment.

    With deviations eta and correlation rho to the next cell, the log density has
    -(eta' - rho eta)^2 / (2 kappa^2 (1 - rho^2)) for each pair, and -eta^2 / (2 kappa^2) for a pollster's first cell.
    """
    rho = np.append(_memory(epochs), 0.0)
    drifts = []
    for g in range(len(epochs)):
        h = np.flatnonzero(place[g] >= 0)
        first = place[g - 1, h] < 0 if g else np.ones(len(h), dtype=bool)
        back = rho[g - 1] if g else 0.0
        heirs = h[place[g + 1, h] >= 0] if g + 1 < len(epochs) else h[:0]
        here = np.searchsorted(h, heirs)
        there = place[g + 1, heirs] - place[g + 1][place[g + 1] >= 0][0] if len(heirs) else here
        diagonal = np.where(first, 1.0, 1 / (1 - back**2))
        row = np.where(first, 1.0, 1 / (1 + back))
        diagonal[here] += rho[g] ** 2 / (1 - rho[g] ** 2)
        row[here] -= rho[g] / (1 + rho[g])
        drifts.append(Drift(h, np.arange(len(h)), diagonal, row, here, there, float(rho[g] / (1 - rho[g] ** 2))))
    return drifts


def _segment(lay: Layout, k: Ints, rows: slice, g: int, c0: int, drifts: list[Drift]) -> Segment:
    """One epoch; `k` (N,) is each reading's wording, -1 for the reference, and c0 the number of its first cell."""
    node, cell, k, drift, gap = lay.node[rows], lay.cell[rows] - c0, k[rows], drifts[g], lay.gap
    C, last, K = len(drift.pollster), len(drifts) - 1, lay.K
    lo, hi = int(node[0]), int(node[-1]) + 1
    own = C + (g < last)
    wordings = own + (g > 0)
    width, node = wordings + 2 * (K - 1), node - lo
    other = np.flatnonzero(k >= 0)
    a = wordings + k[other]
    b, c, n, W = a + K - 1, cell[other], node[other], width + 1
    couple = np.concatenate([node * W + cell, n * W + a, n * W + b, node * W + width])
    pairs = [(c, a), (a, c), (c, b), (b, c), (a, a), (a, b), (b, a), (b, b)]
    right = [i * W + width for i in (cell, a, b)]
    border = np.concatenate([cell * (W + 1)] + [i * W + j for i, j in pairs] + right)
    ends = float(gap[lo - 1]) if g else 0.0, float(gap[hi - 1]) if g < last else 0.0
    return Segment(
        rows, lo, hi, c0, c0 + C, width, own, C if g < last else -1, own if g else -1, node, cell, other, a, b,
        couple, border, gap[lo : hi - 1], *ends, drift,
    )  # fmt: skip
