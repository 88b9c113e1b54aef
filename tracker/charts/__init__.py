"""A series, its trend, and the claims and events of its time as one chart; the same chart on screen, as SVG and PNG."""

from tracker.charts.drawing import CARD, CLICKS, Line, Picture, figure, span_of, trend_chart
from tracker.charts.lanes import VERDICTS, claim_table, event_table, labelled
from tracker.charts.layout import MOST_LABELS
from tracker.charts.marks import DETAILED, on_own_scales, on_the_axis, order
from tracker.charts.multiples import Multiples
from tracker.charts.sentences import apart, caption, counts, headline, left_out, summary
from tracker.charts.source import Attitude, Source
from tracker.charts.vega import Chart
from tracker.charts.view import Choices, View
from tracker.charts.words import (
    actor_name,
    amount,
    as_day,
    capital,
    construct_name,
    measure_name,
    points,
    signed,
    when,
)

__all__ = [
    "CARD",
    "CLICKS",
    "DETAILED",
    "MOST_LABELS",
    "VERDICTS",
    "Attitude",
    "Chart",
    "Choices",
    "Line",
    "Multiples",
    "Picture",
    "Source",
    "View",
    "actor_name",
    "amount",
    "apart",
    "as_day",
    "capital",
    "caption",
    "claim_table",
    "construct_name",
    "counts",
    "event_table",
    "figure",
    "headline",
    "labelled",
    "left_out",
    "measure_name",
    "on_own_scales",
    "on_the_axis",
    "order",
    "points",
    "signed",
    "span_of",
    "summary",
    "trend_chart",
    "when",
]
