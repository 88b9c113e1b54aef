"""Pooling for a series: the level with its uncertainty, house effects, weights, joint paths.

The doorway from a table of readings to :mod:`tracker.pooling`. The pollster is h of the model and the *scale* is its
wording k: texts of one scale differ by a word or are not known at all, and one offset for each would leave hardly
two readings to compare.

The band says what polls would say. Pollsters err together, and no pooling sees that: where the truth comes out, at
elections, total error is about twice the stated one (Shirani-Mehr, Rothschild, Goel and Gelman 2018).
"""

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from tracker import metrics, pooling
from tracker.language import gettext as _
from tracker.pooling import Floats, working

#: version of the model: a change of it makes every stored verdict and cached band a new one
METHOD = "1"
#: a reading whose precision the heavy tail cuts by this share or more is said to be held back
HELD = 0.25
#: fits kept in memory
KEPT = 64

_kept: OrderedDict[bytes, pooling.Fit] = OrderedDict()
_lock = threading.Lock()


class NotPooled(ValueError):
    """Nothing of this series can be pooled."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def fit(readings: pd.DataFrame) -> "Trend":
    """The pooled trend of the comparable readings of a series (rows as :func:`tracker.series.read` gives them).

    Asking again for readings that say the same to the model costs nothing. Raises NotPooled where no reading is
    comparable or the readings have no common unit.
    """
    rows = readings[readings["comparable"].astype(bool) & readings["value"].notna()].reset_index(drop=True)
    if rows.empty:
        raise NotPooled(_("No reading of this series can be pooled."))
    unit = Unit.of(rows)
    return Trend(rows, unit, *_arrays(rows, unit))


def _fitted(arrays: pooling.Readings) -> pooling.Fit:
    """The model fitted to these arrays; the last KEPT are remembered by their bytes."""
    digest = hashlib.blake2b(METHOD.encode())
    for column in arrays:
        digest.update(np.ascontiguousarray(column).tobytes())
    key = digest.digest()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    with metrics.fits.time():
        found = pooling.fit(arrays)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


class Unit:
    """The unit of a measure and its way to a share: percent, points of a net, a mean between its ends."""

    def __init__(self, name: str, low: Floats, high: Floats) -> None:
        self.name, self.low, self.high = name, low, high

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "Unit":
        """Percent is a share of 100. Points with known ends are a mean. Points without ends are a net, -100 to 100.

        A net is pooled as the share (net + 100) / 200, whose sampling variance is at most that of a share: the noise
        that the data estimate takes up the difference.
        """
        units = set(rows["unit"])
        if len(units) > 1:
            raise NotPooled(_("The readings have no common unit."))
        ends = rows["low"].notna() & rows["high"].notna()
        if units == {"percent"}:
            low, high = np.zeros(len(rows)), np.full(len(rows), 100.0)
            return cls("percent", low, high)
        if ends.all():
            return cls("mean", rows["low"].to_numpy(float), rows["high"].to_numpy(float))
        if ends.any():
            raise NotPooled(_("The readings have no common unit."))
        return cls("net", np.full(len(rows), -100.0), np.full(len(rows), 100.0))

    def share(self, values: Floats) -> Floats:
        """Values (N,) as shares of the way from the low end to the high one."""
        return np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)

    def value(self, share: Floats, reference: int = 0) -> Floats:
        """Shares of the level in the unit of the reference reading."""
        return self.low[reference] + share * (self.high[reference] - self.low[reference])


def _arrays(rows: pd.DataFrame, unit: Unit) -> tuple[pooling.Readings, list[str], list[str]]:
    """The readings as the model takes them, with the pollsters and the wordings behind its numbers."""
    start, end = _days(rows["field_start"]), _days(rows["field_end"]) + 1
    t = (start + end) / 2
    uncertain = (rows["date_precision"] != "day").to_numpy()
    n = working.interviews(_interviews(rows))
    z = working.empirical_logit(unit.share(rows["value"].to_numpy(float)), n)
    pollster, pollsters = pd.factorize(rows["pollster"], sort=True)
    counts = rows["scale"].value_counts()
    wordings = sorted(counts.index, key=lambda scale: (-counts[scale], scale))
    wording = pd.Categorical(rows["scale"], categories=wordings).codes.astype(np.intp)
    spread = (end - start) / pooling.YEAR * np.where(uncertain, 1 / 4, 1 / 12)
    sampling = working.sampling_variance(working.local_share(z, t, wording), n)
    return pooling.Readings(z, sampling, t, spread, pollster.astype(np.intp), wording), list(pollsters), wordings


def _interviews(rows: pd.DataFrame) -> Floats:
    """Interviews behind each reading: its base, else the poll's sample, else NaN."""
    base = pd.to_numeric(rows["base"]).astype("Float64")
    return base.fillna(pd.to_numeric(rows["sample_size"]).astype("Float64")).to_numpy(float, na_value=np.nan)


def _days(dates: Any) -> Floats:
    """Days since 1970 of dates (N,)."""
    return pd.DatetimeIndex(pd.to_datetime(dates)).values.astype("datetime64[D]").astype(float)


class Trend:
    """A pooled series. Times are calendar days; a date stands for its noon."""

    def __init__(
        self, rows: pd.DataFrame, unit: Unit, arrays: pooling.Readings, pollsters: list[str], wordings: list[str]
    ) -> None:
        self.unit, self.arrays, self.pollsters, self.wordings = unit, arrays, pollsters, wordings
        self.model = _fitted(arrays)
        self._rows = rows
        self._reference = int(np.flatnonzero(arrays.wording == 0)[0])
        self.first: dt.date = rows["field_start"].min().date()
        self.last: dt.date = rows["field_end"].max().date()

    @property
    def _span(self) -> float:
        """From one end of the unit to the other."""
        return float(self.unit.high[self._reference] - self.unit.low[self._reference])

    @cached_property
    def readings(self) -> pd.DataFrame:
        """The comparable readings with what the model makes of each.

        `weight` is its pull on the level on the last day (the share by which the level moves when the reading does, on
        the logit scale); `held_back` how far the heavy tail discounts it: 0 for a reading taken at full weight, 0.6
        for one whose precision counts 40 percent; `noise` and `sampling`, in the measure's unit, the standard deviation
        of its noise and of the part that its interviews explain.
        """
        weight, kept = pooling.influence(self.model)
        noise, sampling = pooling.noise(self.model)
        p = expit(self.arrays.z)
        points = p * (1 - p) * self._span
        return self._rows.assign(
            weight=weight, held_back=1 - np.minimum(kept, 1.0), noise=noise * points, sampling=sampling * points
        )

    def band(self, dates: Sequence[dt.date]) -> pd.DataFrame:
        """The level at dates: median, standard deviation, and central intervals of 50, 80 and 95 percent."""
        level = pooling.level(self.model, _days(list(dates)) + 0.5)
        q = pooling.quantiles(level, np.array([0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975]))
        names = ["level", "low50", "high50", "low80", "high80", "low95", "high95"]
        values = self.unit.value(expit(q), self._reference)
        _mean, sd = pooling.share(level)
        table = pd.DataFrame(dict(zip(names, values, strict=True)))
        table.insert(0, "date", list(dates))
        table.insert(2, "sd", sd * self._span)
        return table

    def paths(self, dates: Sequence[dt.date], draws: int = 4000, seed: int = 0) -> Floats:
        """Joint draws (draws, len(dates)) of the level, in the measure's unit, hyperparameters integrated over."""
        x = pooling.paths(self.model, _days(list(dates)) + 0.5, draws, np.random.default_rng(seed))
        return self.unit.value(expit(x), self._reference)

    def house_effects(self) -> pd.DataFrame:
        """Each pollster's lasting difference from the level, in the measure's unit at the level on the last day.

        `estimable` is False where there is nobody to compare with: one pollster in all, or one whose readings are
        all on a scale that nobody else uses. Its interval is then the prior's. `noise` is the factor by which the
        variance of the pollster's readings differs from what the model expects of everybody's.
        """
        effects = pooling.house_effects(self.model)
        level = float(pooling.quantiles(pooling.level(self.model, _days([self.last]) + 0.5), np.array([0.5]))[0, 0])
        q = pooling.quantiles(effects, np.array([0.5, 0.025, 0.975]))
        points = self.unit.value(expit(level + q)) - self.unit.value(expit(np.array(level)))
        count = np.bincount(self.arrays.pollster, minlength=len(self.pollsters))
        return pd.DataFrame(
            {
                "pollster": self.pollsters,
                "effect": points[0],
                "low95": points[1],
                "high95": points[2],
                "readings": count,
                "noise": self.model.state.f,
                "estimable": self._estimable(),
            }
        )

    def _estimable(self) -> list[bool]:
        """Whether some scale of the pollster is used by another pollster too."""
        users: dict[int, set[int]] = {}
        pairs = zip(self.arrays.pollster.tolist(), self.arrays.wording.tolist(), strict=True)
        for pollster, wording in pairs:
            users.setdefault(wording, set()).add(pollster)
        shared = {h for who in users.values() if len(who) > 1 for h in who}
        return [h in shared for h in range(len(self.pollsters))]

    def hyperparameters(self) -> pd.DataFrame:
        """What the model learnt about movement and noise, with intervals, on the logit scale; and, for the first four,
        in the measure's unit at the middle of its range, where a step of 0.04 is one percent of it."""
        meanings = {
            "s": _("movement of the level in a year"),
            "tau": _("difference between pollsters"),
            "kappa": _("drift of one pollster about its own difference"),
            "omega": _("noise of a reading beyond sampling"),
            "phi": _("sampling variance as a multiple of simple random sampling"),
        }
        value, low, high = pooling.hyperparameters(self.model)
        table = pd.DataFrame({"value": value, "low95": low, "high95": high})
        points = table.mul(np.array(4 * [self._span / 4] + [np.nan]), axis=0).add_suffix("_points")
        return pd.concat(
            [pd.DataFrame({"name": list(meanings), "meaning": list(meanings.values())}), table, points], axis=1
        )


class Difference:
    """The pooled difference of two subjects among the same people, as a trend has it: `paths` and `band` of a - b."""

    def __init__(self, apart: Trend, middle: Trend) -> None:
        self._apart, self._middle = apart, middle
        self.readings, self.first, self.last = apart.readings, apart.first, apart.last
        self.hyperparameters = apart.hyperparameters

    def paths(self, dates: Sequence[dt.date], draws: int = 4000, seed: int = 0) -> Floats:
        """Joint draws (draws, len(dates)) of a - b in points. Their sign is that of the pooled difference of logits."""
        at = _days(list(dates)) + 0.5
        d = pooling.paths(self._apart.model, at, draws, np.random.default_rng([seed, 1]))
        m = pooling.paths(self._middle.model, at, draws, np.random.default_rng([seed, 2]))
        return self._middle.unit.value(expit(m + d / 2)) - self._middle.unit.value(expit(m - d / 2))

    def band(self, dates: Sequence[dt.date]) -> pd.DataFrame:
        """Median, standard deviation and central intervals of a - b at dates, from 4,000 paths."""
        paths = self.paths(dates)
        names = ["level", "low50", "high50", "low80", "high80", "low95", "high95"]
        values = np.quantile(paths, [0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975], axis=0)
        table = pd.DataFrame(dict(zip(names, values, strict=True)))
        table.insert(0, "date", list(dates))
        table.insert(2, "sd", paths.std(axis=0))
        return table


def difference(readings_a: pd.DataFrame, readings_b: pd.DataFrame) -> Difference:
    """The difference a - b from the polls that asked both, on the same scale: the same people answered.

    Each poll gives d = logit(a) - logit(b), pooled like any reading with the sampling variance
    1 / (n a (1 - a)) + 1 / (n b (1 - b)): an upper bound, since who likes one country mostly likes the other a little
    too, which the estimated noise takes up. The mean of the two logits is pooled beside it, only to turn the
    difference of logits into points. Raises NotPooled where no poll asked both.
    """
    usable = [rows[rows["comparable"].astype(bool)] for rows in (readings_a, readings_b)]
    both = usable[0].merge(usable[1], on=["poll", "scale", "object", "unit"], suffixes=("", "_b"))
    both = both[both["value"].notna() & both["value_b"].notna()].drop_duplicates("question").reset_index(drop=True)
    if both.empty:
        raise NotPooled(_("No poll asked about both in the same way."))
    unit = Unit.of(both)
    a, pollsters, wordings = _arrays(both, unit)
    b, _p, _w = _arrays(both.assign(value=both["value_b"]), unit)
    apart = a._replace(z=a.z - b.z, sampling=a.sampling + b.sampling)
    middle = a._replace(z=(a.z + b.z) / 2, sampling=(a.sampling + b.sampling) / 4)
    trends = [Trend(both, unit, arrays, pollsters, wordings) for arrays in (apart, middle)]
    return Difference(*trends)
