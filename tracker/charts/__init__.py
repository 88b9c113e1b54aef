"""A series, its trend, and the claims and events of its time as one chart; the same chart on screen, as SVG and as PNG.

One layered view: the value axis ends above a lane of claims and a rail of events, which stand at fixed heights in the
same plot and so share its time axis.
"""

import datetime as dt
import json
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from tracker.charts import theme
from tracker.charts.lanes import (
    MOST_LABELS,
    RAIL,
    VERDICTS,
    claim_lane,
    claim_table,
    divider,
    event_rail,
    event_table,
    time_axis,
)
from tracker.charts.marks import (
    band_layers,
    on_own_scales,
    on_the_axis,
    order,
    points,
    reading_layers,
    value_axis,
)
from tracker.charts.words import (
    amount,
    as_day,
    capital,
    construct_name,
    counts,
    headline,
    measure_name,
    signed,
    summary,
    when,
)
from tracker.language import gettext as _

__all__ = [
    "MOST_LABELS",
    "VERDICTS",
    "amount",
    "as_day",
    "capital",
    "caption",
    "claim_table",
    "construct_name",
    "counts",
    "event_table",
    "figure",
    "headline",
    "measure_name",
    "on_own_scales",
    "on_the_axis",
    "order",
    "panel_chart",
    "signed",
    "span_of",
    "summary",
    "trend_chart",
    "when",
]

HEIGHT = 520
# A picture holds its rows, however many; and Altair's schema has no word for where legends go, its themes do.
alt.data_transformers.disable_max_rows()
alt.theme.register("tracker", enable=True)(theme.everywhere)
PANEL = 110
PICTURE = 900


def caption() -> str:
    """What the band is and is not; stands under every chart that has one."""
    return _(
        "The band is the uncertainty of the trend, not the range where opinion lies. "
        "Real survey error has averaged about twice the stated margin."
    )


def _moment(day: dt.date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)


def grid(first: dt.date, last: dt.date, steps: int = 240) -> list[dt.date]:
    """Dates at which the trend is drawn: even steps from the first to the last day."""
    days = max((last - first).days, 1)
    return [first + dt.timedelta(days=round(days * step / steps)) for step in range(steps + 1)]


def span_of(readings: pd.DataFrame, *tables: pd.DataFrame) -> tuple[dt.date, dt.date]:
    """First and last day that a chart of all this shows, with a little room at both ends."""
    dates = [*readings["field_start"], *readings["field_end"]]
    dates += [date for table in tables for date in table["date"]]
    dates = dates or [pd.Timestamp.today()]
    room = max((max(dates) - min(dates)) * 0.015, pd.Timedelta(days=20))
    return (min(dates) - room).date(), (max(dates) + room).date()


def trend_chart(
    readings: pd.DataFrame,
    trend: Any = None,
    events: pd.DataFrame | None = None,
    claims: pd.DataFrame | None = None,
    *,
    pollsters: list[str] | None = None,
    span: tuple[dt.date, dt.date] | None = None,
) -> alt.LayerChart:
    """The main chart. Clicks on a claim or an event set the point selections ``claim`` and ``event``.

    ``readings`` as :func:`tracker.series.read` gives them; those on scales of their own are left to
    :func:`panel_chart`. ``trend`` is a :class:`tracker.trend.Trend` of the same measure or None; ``events`` and
    ``claims`` are as :func:`event_table` and :func:`claim_table` give them. ``pollsters`` fixes colours and shapes
    where only some of a series is shown; ``span`` is the days shown at first.
    """
    events = event_table([]) if events is None else events
    claims = claim_table([], {}, pd.Timedelta(0)) if claims is None else claims
    names = order(readings) if pollsters is None else pollsters
    first, last = span or span_of(readings, events, claims)
    readings = on_the_axis(readings)
    table = points(readings, names)
    band = None if trend is None else _band(trend)
    x = _years(first, last)
    y = value_axis(table, band, readings["unit"].iloc[0] if len(readings) else "percent")
    layers = [
        *([] if band is None else band_layers(band, x, y)),
        *reading_layers(table, names, x, y),
        *divider(0, _("Claims")),
        *divider(RAIL, _("Events")),
        *event_rail(events, x, alt.selection_point(name="event", fields=["event"], on="click", empty=False)),
        *claim_lane(claims, x, alt.selection_point(name="claim", fields=["claim"], on="click", empty=False)),
    ]
    window = alt.selection_interval(name="window", bind="scales", encodings=["x"], zoom="wheel![event.shiftKey]")
    return _whole(layers, x, first, HEIGHT).add_params(window)


def panel_chart(readings: pd.DataFrame, span: tuple[dt.date, dt.date], pollsters: list[str]) -> alt.LayerChart:
    """Readings of one scale of their own, on the time axis of the main chart; from zero where its ends are unknown."""
    table = points(readings, pollsters)
    low, high = readings["low"].min(), readings["high"].max()
    top = 10 * -(-readings["value"].max() // 10)
    scale = alt.Scale(domain=[0 if pd.isna(low) else low, top if pd.isna(high) else high], nice=False)
    axis = alt.Axis(title=None, tickCount=3, minExtent=48, labelPadding=8, grid=True)
    x = _years(*span)
    layers = reading_layers(table, pollsters, x, alt.Y("value:Q", scale=scale, axis=axis))
    return _whole(layers, x, span[0], PANEL)


def _years(first: dt.date, last: dt.date) -> alt.X:
    days = alt.Scale(domain=[_moment(first), _moment(last)])
    return time_axis(
        scale=days, axis=alt.Axis(title=None, labelPadding=8, tickCount=alt.expr("width / 90"), grid=False)
    )


def _whole(layers: list[alt.Chart], x: alt.X, first: dt.date, height: int) -> alt.LayerChart:
    chart = alt.LayerChart(layer=[theme.ground(x, first), *layers]).resolve_scale(
        color="independent", shape="independent"
    )
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    return chart.properties(height=height, width="container", autosize=fit)


def _band(trend: Any) -> pd.DataFrame:
    band = trend.band(grid(as_day(trend.first), as_day(trend.last)))
    return band.assign(date=pd.to_datetime(band["date"]))


def figure(chart: alt.LayerChart, format: str = "svg", theme_name: str = "light", width: int = PICTURE) -> bytes:
    """The same chart as a picture: "svg" or "png" (at twice its size), on the ground of "light" or "dark"."""
    spec = chart.properties(width=width).to_dict()
    spec["config"] = theme.config(theme_name)
    text = theme.with_columns(json.dumps(spec), width)
    return vl_convert.vegalite_to_svg(text).encode() if format == "svg" else vl_convert.vegalite_to_png(text, scale=2)
