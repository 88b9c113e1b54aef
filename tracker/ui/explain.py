"""The words and tables of the Method page."""

from typing import Any

import pandas as pd

from tracker import charts, language, trend
from tracker.language import gettext as _
from tracker.ui import parts
from tracker.ui.parts import Attitude
from tracker.ui.show import plain

FORMULAS = (
    r"z_i = b_k\,x(t_i) + a_k + u_{h,e} + e_i",
    r"z_i = \operatorname{logit}\frac{n_i y_i + 0.5}{n_i + 1}",
    r"e_i \sim \sigma_i\,t_8",
    r"\sigma_i^2 = \left(\frac{\varphi}{n_i\,p_i (1 - p_i)} + \omega^2\right) f_h + \frac{s^2 L_i}{12}",
)


def model() -> str:
    """The model in one paragraph."""
    return _(
        "Every reading is the same hidden level seen through somebody's thermometer. On the logit scale the level "
        "moves as a random walk; each pollster reads a little high or low, each wording another way; each reading "
        "has the noise of its sample, extra noise that the data estimate, and a heavy tail, so that one odd poll "
        "cannot bend the line. The posterior is exact, and the hyperparameters are integrated over, not fixed: few"
        " polls give a wide band."
    )


def symbols() -> str:
    """What the letters of the formula stand for."""
    lines = [
        _("$x(t)$ the level at time $t$: a random walk with variance $s^2$ a year"),
        _("$a_k, b_k$ offset and slope of wording $k$; the wording with most readings is the reference"),
        _("$u_{h,e}$ pollster $h$ in quarter $e$: it drifts about its lasting house effect and forgets within a year"),
        _(
            "$e_i$ sampling of $n_i$ interviews with design effect $\\varphi$, extra noise $\\omega$, the pollster's "
            "noise factor $f_h$, and movement within a field period of $L_i$ years, with the tails of Student's $t$"
        ),
        _(
            "a date known only to a month, a year or a window counts as uncertain: a quarter takes the place of "
            "the twelfth, which widens the reading's noise"
        ),
    ]
    return "\n".join(f"- {line}" for line in lines)


def error() -> str:
    """What the band leaves out."""
    return _(
        "At elections, where the truth comes out, polls err together in a way that no pooling can see: over 4,221 "
        "polls of 608 contests, total error was about twice the stated margin (Shirani-Mehr, Rothschild, Goel and "
        "Gelman, Disentangling bias and variance in election polls, Journal of the American Statistical "
        "Association, 2018). So the band says what polls would say; a claim about the public is judged with that "
        "in mind."
    )


def verdicts() -> str:
    """The rule of the words."""
    return _(
        "An assertion is a yes-or-no question put to each of 4,000 possible histories drawn from the trend; its "
        "probability is the share that answer yes. **Supported** from 90 %, **contradicted** up to 10 %, "
        "**unsettled** between; **not enough data** with fewer than two comparable readings, or none within a year"
        " of a date that matters; **not testable by polls** for a value judgement or a motive. Every claim is "
        "judged twice: from the polls public on the day it was made, and from all polls. The same rule serves "
        "every speaker."
    )


def _interval(low: float, high: float, decimals: int) -> str:
    low_text, high_text = (language.number(end, decimals) for end in (low, high))
    return _("{low} to {high}").format(low=low_text, high=high_text)


def _scale(value: float, low: float, high: float, points: bool) -> tuple[str, str]:
    """A hyperparameter and its interval: in points, or as a multiple."""
    if points:
        return _("{value} points").format(value=language.number(value, 1)), _interval(low, high, 1)
    return _("{value} times").format(value=language.number(value, 2)), _interval(low, high, 2)


def hyperparameters(found: trend.Trend) -> pd.DataFrame:
    """What the model learnt, where there is a unit for it in points at the middle of the range."""
    rows = list(found.hyperparameters().itertuples())
    shown = [
        _scale(row.value_points, row.low95_points, row.high95_points, True)
        if pd.notna(row.value_points)
        else _scale(row.value, row.low95, row.high95, False)
        for row in rows
    ]
    return pd.DataFrame(
        {
            _("Symbol"): [row.name for row in rows],
            _("Meaning"): [row.meaning for row in rows],
            _("Value"): [value for value, _interval in shown],
            _("95 % interval"): [interval for _value, interval in shown],
            _("On the logit scale"): [language.number(row.value, 3) for row in rows],
        }
    )


def house_effects(found: trend.Trend) -> pd.DataFrame:
    """Each pollster's difference, with nothing but the number of readings where it has nobody to compare with."""
    names, nothing = parts.names("pollsters"), _("cannot be estimated: no other pollster uses its scale")
    rows = list(found.house_effects().sort_values("readings", ascending=False).itertuples())
    return pd.DataFrame(
        {
            _("Pollster"): [plain(names.get(row.pollster, row.pollster)) for row in rows],
            _("Points"): [charts.signed(round(row.effect, 1)) if row.estimable else "–" for row in rows],
            _("95 % interval"): [_interval(row.low95, row.high95, 1) if row.estimable else nothing for row in rows],
            _("Noise variance"): [_("{value} times").format(value=language.number(row.noise, 2)) for row in rows],
            _("Readings"): [language.number(int(row.readings)) for row in rows],
        }
    )


def noise(found: trend.Trend) -> str:
    """Noise beyond sampling, in a sentence, and how many readings the heavy tail held back."""
    rows = found.readings
    typical = _(
        "A typical reading strays {noise} points from what its pollster would read of the whole population; "
        "its interviews alone explain {sampling}."
    ).format(noise=language.number(rows["noise"].median(), 1), sampling=language.number(rows["sampling"].median(), 1))
    held = rows[rows["held_back"] >= trend.HELD]
    if held.empty:
        return typical + " " + _("The heavy tail holds no reading back by a quarter or more.")
    return (
        typical
        + " "
        + _("The heavy tail holds back by a quarter or more: {readings}.").format(
            readings="; ".join(_held(row) for row in held.sort_values("held_back", ascending=False).itertuples())
        )
    )


def _held(row: Any) -> str:
    """A reading that the tail discounts, with its discount."""
    by = language.number(round(100 * row.held_back))
    reading = charts.amount(row.value, row.unit, row.high)
    return _("{pollster}, {when}, {reading} (by {by}\u00a0%)").format(
        pollster=plain(row.pollster_name), when=charts.when(row), reading=reading, by=by
    )


def weights(found: trend.Trend) -> pd.DataFrame:
    """What each reading counts, newest first."""
    rows = list(found.readings.iloc[::-1].itertuples())
    return pd.DataFrame(
        {
            _("Fieldwork"): [charts.when(row) for row in rows],
            _("Pollster"): [plain(row.pollster_name) for row in rows],
            _("Reading"): [charts.amount(row.value, row.unit, row.high) for row in rows],
            _("Weight"): [language.number(row.weight, 3) for row in rows],
            _("Noise, points"): [language.number(row.noise, 1) for row in rows],
            _("Held back"): [_("{value}\u00a0%").format(value=round(100 * row.held_back)) for row in rows],
        }
    )


def command(attitude: Attitude) -> str:
    """The same fit on the command line."""
    words = [f"--{name} {getattr(attitude, name)}" for name in ("population", "subject", "construct", "measure")]
    return "tracker trend " + " ".join(words)
