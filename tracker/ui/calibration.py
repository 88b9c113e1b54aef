"""The words, tables and chart of the Calibration page, from what the benchmarks last measured."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from tracker import claims, language, trend
from tracker.charts.calibration import reliability_chart
from tracker.charts.vega import Chart
from tracker.language import gettext as _
from tracker.language import marked
from tracker.ui import parts

#: percent true by tenth of the probability stated, for each regime; written by the benchmarks
FILE = Path(__file__).parent.parent / "calibration.csv"
#: the one regime that is no simulation
REAL = "real"
#: the simulation shown first: about as many polls as most attitudes of the record have
USUAL = "sparse"
#: every regime in words
REGIMES = marked(
    {
        "sparse": "30 polls in 20 years, 6 pollsters",
        "middling": "90 polls in 10 years, 8 pollsters",
        "medium": "200 polls in 8 years, 10 pollsters",
        "dense": "1,000 polls in 2 years, 25 pollsters",
        "crowd": "30 polls in 20 years, 20 pollsters",
        "small": "60 polls of 50 to 200 interviews",
        "large": "60 polls of 20,000 interviews and more",
        "two": "only two pollsters",
        "calm": "opinion that hardly moves",
        "steady": "opinion that moves the same way all the time",
        "step": "opinion at one level, then at another",
        "jumps": "opinion with sudden jumps",
        "cycle": "opinion that swings slowly",
        "season": "opinion with the same ups and downs each year",
        "returning": "opinion whose fast moves fade again",
        "heavy": "polls with gross errors",
        "herding": "pollsters that copy one another",
        "mode": "half of the pollsters shift together",
        "stray": "one pollster strays ever further",
        "scale": "two of six pollsters report means, not shares",
        "real": "real polls, thinned to 30 a series",
    }
)
SUPPORTED, CONTRADICTED, UNSETTLED = claims.WORDS[:3]
#: points below which a probability that is too firm is not worth a sentence
GAP = 2


@cache
def figures() -> pd.DataFrame:
    """What was measured, regimes in the order of ``REGIMES``: ``series`` and ``claims`` (numbers), ``tenth``, ``word``,
    in percent ``stated``, ``true`` and its interval ``low`` to ``high``, and ``method``, the version of the model."""
    found = pd.read_csv(FILE, dtype={"method": str}).set_index("regime")
    found = found.loc[[regime for regime in REGIMES if regime in found.index]].reset_index()
    return found.assign(word=[claims.word_for((tenth + 0.5) / 10) for tenth in found.tenth])


def link() -> None:
    """The way from verdicts to how often they are right."""
    with st.container(key="list_calibration"):
        label = _("How often such verdicts come out right")
        st.page_link(parts.page("calibration"), label=label, query_params=language.carried())


def simulations() -> dict[str, str]:
    """The simulated regimes that were measured, in words."""
    return {regime: _(REGIMES[regime]) for regime in figures().regime.unique() if regime != REAL}


def headline(regime: str) -> str:
    """How often the two firm words were right, in a simulation and on real series."""
    text = _(
        "In simulations ({regime}), {up} of 100 claims called supported were true, and {down} of 100 called "
        "contradicted were not. On real series thinned to 30 polls it was {real_up} and {real_down}."
    )
    firm = {"up": (regime, SUPPORTED), "down": (regime, CONTRADICTED)}
    firm |= {"real_up": (REAL, SUPPORTED), "real_down": (REAL, CONTRADICTED)}
    told = {name: language.number(_right(*which), 0) for name, which in firm.items()}
    return text.format(regime=_(REGIMES[regime]), **told)


def explained() -> str:
    """What is tried here, and how."""
    return _(
        "A probability is honest if, of all the claims that are given 80 %, about 80 % are true. Of opinion the truth "
        "is never known, so this is tried where it is: on simulated populations, and on long real series of which the "
        "tracker sees 30 polls and those left out decide. The claims are of five kinds (a rise, its size, a level, a "
        "record, before and after an event), half of them at random and half suggested by the polls, as people's are."
    )


def drawn(regime: str) -> Chart:
    """The chart of one simulation beside the real series."""
    rows = figures()[figures().regime.isin([regime, REAL])]
    text = _("{stated} %, and {true} % ({low} to {high})")
    shown = [text.format(**_percent(row)) for row in rows.itertuples()]
    counted = [language.number(count) for count in rows.claims.tolist()]
    names = [_(REGIMES[each]) for each in rows.regime]
    return reliability_chart(rows.assign(name=names, shown=shown, counted=counted))


def caption() -> str:
    """How the chart is to be read."""
    return _(
        "Each point is a tenth of the probabilities stated, larger where it has more claims, with the 95 % interval of "
        "what came out true, which allows for claims about one series standing or falling together. On the dashed line "
        "what was stated is what came out. From 90 % on a verdict says supported, up to 10 % contradicted."
    )


def tenths(regime: str) -> pd.DataFrame:
    """The table beside the chart: one regime, tenth by tenth."""
    rows = list(figures()[figures().regime == regime].itertuples())
    interval = _("{low} to {high} %")
    return pd.DataFrame(
        {
            _("Verdict"): [_(row.word) for row in rows],
            _("Probability stated"): [_("{stated} %").format(**_percent(row)) for row in rows],
            _("Came out true"): [_("{true} %").format(**_percent(row)) for row in rows],
            _("95 % interval"): [interval.format(**_percent(row)) for row in rows],
            _("Claims"): [language.number(row.claims) for row in rows],
        }
    )


def words() -> pd.DataFrame:
    """How often each word was right, and of how many claims, in every regime; of the unsettled, how often true."""
    regimes = list(figures().regime.unique())
    series = figures().groupby("regime").series.first()
    columns = {
        _("Supported: right"): SUPPORTED,
        _("Contradicted: right"): CONTRADICTED,
        _("Unsettled: true"): UNSETTLED,
    }
    form = _("{regime} ({count} series)")
    names = [form.format(regime=_(REGIMES[each]), count=language.number(int(series[each]))) for each in regimes]
    shares = {title: [_share(regime, word) for regime in regimes] for title, word in columns.items()}
    return pd.DataFrame({_("Claims about"): names, **shares})


def _share(regime: str, word: str) -> str:
    count = int(_of(regime, word).claims.sum())
    return _("{percent} % of {count}").format(
        percent=language.number(_right(regime, word), 0), count=language.number(count)
    )


def _right(regime: str, word: str) -> float:
    """The percentage of claims with this word that were true; of those contradicted, that were not."""
    rows = _of(regime, word)
    true = float((rows.claims * rows.true).sum() / rows.claims.sum())
    return 100 - true if word == CONTRADICTED else true


def _of(regime: str, word: str) -> pd.DataFrame:
    return figures()[(figures().regime == regime) & (figures().word == word)]


def firmer() -> str:
    """What stands in the list of :func:`too_sure`."""
    return _(
        "Probabilities further from one half than what came out, by two points or more and beyond the 95 % interval. "
        "By chance alone that happens to about one in forty."
    )


def too_sure() -> list[str]:
    """A sentence for each regime with probabilities that lie further from one half than what came out, by ``GAP`` or
    more and by more than the interval allows; the widest gap first."""
    rows = figures().assign(gap=(figures().stated - figures().true).abs())
    high, low = (rows.stated > 50) & (rows.high < rows.stated), (rows.stated < 50) & (rows.low > rows.stated)
    over = rows[(high | low) & (rows.gap >= GAP)]
    regimes = over.groupby("regime").gap.max().sort_values(ascending=False).index
    return [_too_sure(regime, over[over.regime == regime]) for regime in regimes]


def _too_sure(regime: str, rows: pd.DataFrame) -> str:
    text = _("{stated} % stated, {true} % true ({low} to {high})")
    told = "; ".join(text.format(**_percent(row)) for row in rows.itertuples())
    return _("{regime}: {told}").format(regime=_(REGIMES[regime]), told=told)


def _percent(row: Any) -> dict[str, str]:
    return {name: language.number(getattr(row, name), 0) for name in ("stated", "true", "low", "high")}


def limits() -> list[str]:
    """What none of this can show."""
    return [
        _("Simulated opinion follows a law that somebody wrote down. Real opinion follows none of these."),
        _(
            "The real series are a few on vote intention and approval in other places, thinned again and again; other "
            "polls are the judge. This says how well a few polls foretell many, and its intervals are too narrow."
        ),
        _(
            "Pollsters that copy one another, or that shift together, look like opinion to any pooling of polls. "
            "Nobody has a fix."
        ),
        _("Where two scales meet, only such as have known ends were tried."),
        _("Comparisons of two subjects, ranks, ratios, groups and forecasts were not tried."),
        _(
            "What polls would say is not what people think: at elections, total error was about twice the stated "
            "margin (Shirani-Mehr, Rothschild, Goel and Gelman 2018), and nothing on this page contains it."
        ),
    ]


def version() -> str:
    """Which version of the model was measured, and whether that is the present one."""
    measured = sorted(figures().method.unique())
    text = _("Measured with version {versions} of the model. To measure again:")
    if measured != [trend.METHOD]:
        text = _("Measured with version {versions} of the model, which has changed since. To measure again:")
    return text.format(versions=", ".join(measured))
