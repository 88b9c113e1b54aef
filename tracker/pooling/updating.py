"""A fitted series and new readings: their dates, pollsters and wordings join it without a new search for the mode."""

import numpy as np

from tracker.pooling.fitting import Fit, reweigh, ways
from tracker.pooling.layout import Floats, Ints, Layout, Readings, layout
from tracker.pooling.state import Posterior, State

#: rounds in which the weights of new readings settle, and the change below which they have: one that agrees with the
#: rest rises from 1 to at most (nu + 1) / nu = 1.125, which is no news
ROUNDS, SETTLED = 3, 0.15


def augmented(fit: Fit, new: Readings, weight: float) -> tuple[Layout, State, Ints]:
    """The fitted series with new readings of this weight; also the rows at which they stand."""
    old, N, m = fit.layout.readings, len(fit.layout.readings.z), len(new.z)
    both = Readings._make(np.concatenate(pair) for pair in zip(old, new, strict=True))
    lay = layout(both, fit.origin)
    f, b0 = np.ones(lay.J), np.ones(lay.K)
    f[: fit.layout.J], b0[: fit.layout.K] = fit.state.f, fit.state.b0
    middle = np.average(fit.state.x0[old.wording > 0]) if (old.wording > 0).any() else float(old.z.mean())
    x0 = np.concatenate([fit.state.x0, np.where(new.wording > 0, middle, 0.0)])
    w = np.concatenate([fit.state.w, np.full(m, weight)])
    rows = np.empty(N + m, dtype=np.intp)
    rows[lay.order] = np.arange(N + m)
    return lay, State(w[lay.order], f, b0, x0[lay.order]), rows[N:]


def extended(fit: Fit, new: Readings) -> Fit:
    """The fit with new readings taken in at the hyperparameters it already has.

    The design's points stay and are reweighed by Bayes' rule, each by p(z_new | z, theta); given theta the posterior
    is exact. The heavy tail judges the new readings, and leaves the old as they were. For one poll more, or a few: a
    series that has grown by much is fitted anew.
    """
    lay, state, rows = augmented(fit, new, 1.0)
    thetas = [np.log(p.scales) for p in fit.components]
    state, centre = _settled(lay, state, rows, thetas[0])
    posterior, _target = ways(lay, state)
    components = [centre, *(posterior(theta) for theta in thetas[1:])]
    gain = np.array([p.value - old.value for p, old in zip(components, fit.components, strict=True)])
    weight = fit.weight * np.exp(gain - gain.max())
    return fit._replace(layout=lay, state=state, weight=weight / weight.sum(), components=components)


def _settled(lay: Layout, state: State, rows: Ints, theta: Floats) -> tuple[State, Posterior]:
    """Let the weights in `rows` settle at one theta."""
    for _ in range(ROUNDS):
        found = ways(lay, state)[0](theta)
        before, after = state.w[rows], reweigh(lay, state, found).w[rows]
        if np.abs(after - before).max() < SETTLED:
            break
        state.w[rows] = after
    return state, found
