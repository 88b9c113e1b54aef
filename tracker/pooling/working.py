"""From published shares to the working scale."""

import numpy as np
from scipy.special import expit, logit

from tracker.pooling.layout import Floats, Ints

#: a missing number of interviews takes the series' median, at least this many
FLOOR = 50.0
#: and this where no reading gives its number
USUAL = 1000.0
#: readings on either side that make the local average
NEIGHBOURS = 3


def interviews(n: Floats) -> Floats:
    """(N,) interviews, NaN where unpublished, filled with the median of the series floored at 50."""
    known = n[np.isfinite(n)]
    fill = max(float(np.median(known)), FLOOR) if len(known) else USUAL
    return np.where(np.isfinite(n), np.maximum(n, 1.0), fill)


def empirical_logit(y: Floats, n: Floats) -> Floats:
    """z = logit((n y + 0.5) / (n + 1)) of shares y (N,): finite at 0 and 1."""
    return logit((n * y + 0.5) / (n + 1))


def local_share(z: Floats, t: Floats, wording: Ints) -> Floats:
    """(N,) local average p of readings of one wording: expit of the mean z of seven neighbours in time.

    The sampling variance 1 / (n p (1 - p)) takes p from the neighbours, not from the reading itself: a reading that is
    low by accident would otherwise claim to be more precise than it is.
    """
    p = np.empty(len(z))
    for k in np.unique(wording):
        rows = np.flatnonzero(wording == k)
        rows = rows[np.argsort(t[rows], kind="stable")]
        total = np.concatenate([[0.0], np.cumsum(z[rows])])
        place = np.arange(len(rows))
        low = np.maximum(place - NEIGHBOURS, 0)
        high = np.minimum(place + NEIGHBOURS + 1, len(rows))
        p[rows] = expit((total[high] - total[low]) / (high - low))
    return p


def sampling_variance(p: Floats, n: Floats) -> Floats:
    """1 / (n p (1 - p)), the variance of the logit of a share p among n interviews."""
    return 1 / (n * p * (1 - p))
