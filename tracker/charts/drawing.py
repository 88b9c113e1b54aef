"""One attitude or two, with the claims and events of the time, as one chart; on screen, as SVG and as PNG.

One layered view: the value axis ends above small panels for other scales, a lane of claims and a rail of events, which
stand at fixed heights in the same plot and so share its time axis.
"""

import datetime as dt
import json
import re
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
import vl_convert

from tracker import language
from tracker.charts import theme
from tracker.charts.lanes import claim_lane, claim_rows, claim_table, dividers, event_rail, event_table
from tracker.charts.layout import PANEL, Layout
from tracker.charts.marks import (
    Sign,
    band_layers,
    on_own_scales,
    on_the_axis,
    order,
    panel_axis,
    points,
    reading_layers,
    signs,
    value_axis,
)
from tracker.charts.vega import Chart, Spec, at, chart, expr, field, group, layer
from tracker.charts.words import as_day
from tracker.language import gettext as _

#: the selection of what the reader has zoomed in on, and the selections that a click makes
WINDOW, CLICKS = "window", ("claim", "event")
#: where the renderer names what it cuts off
CLIP = re.compile(r'(?<=id=")clip\d+(?=")|(?<=url\(#)clip\d+(?=\))')


class Line(NamedTuple):
    """One attitude of a chart: its name, its readings as :func:`tracker.series.read` gives them, its trend or None."""

    name: str
    readings: pd.DataFrame
    trend: Any = None


class Picture(NamedTuple):
    """The size of a picture in pixels, of which a PNG has ``scale`` times as many; without a ``height``, as high as it
    takes."""

    width: int = 900
    height: int | None = None
    scale: float = 2.0


#: the picture that a link to a page is shown with: 1200 by 630 pixels
CARD = Picture(800, 420, 1.5)


def grid(first: dt.date, last: dt.date, steps: int = 240) -> list[dt.date]:
    """Dates at which the trend is drawn: even steps from the first to the last day."""
    days = max((last - first).days, 1)
    return [first + dt.timedelta(days=round(days * step / steps)) for step in range(steps + 1)]


def span_of(readings: pd.DataFrame, *tables: pd.DataFrame) -> tuple[dt.date, dt.date]:
    """First and last day that a chart of all this shows, with a little room at both ends."""
    columns = [readings["field_start"], readings["field_end"], *(table["date"] for table in tables)]
    dates = [date for column in columns if len(column) for date in (column.min(), column.max())]
    dates = dates or [pd.Timestamp.today()]
    room = max((max(dates) - min(dates)) * 0.015, pd.Timedelta(days=20))
    return (min(dates) - room).date(), (max(dates) + room).date()


def trend_chart(
    lines: Sequence[Line],
    events: pd.DataFrame | None = None,
    claims: pd.DataFrame | None = None,
    *,
    pollsters: Sequence[str] | None = None,
    span: tuple[dt.date, dt.date] | None = None,
    title: Sequence[str] = (),
    plain: bool = False,
) -> Chart:
    """The chart of one attitude, or of two to be compared. Clicks set the point selections ``claim`` and ``event``.

    ``events`` and ``claims`` are as :func:`event_table` and :func:`claim_table` give them. ``pollsters`` fixes colours
    and shapes where only some of a series is shown; ``span`` is the days shown at first; ``title`` is lines
    that name the value axis. Readings on scales of their own stand in panels below, unless two attitudes are compared.
    A ``plain`` chart has no panels.
    """
    events = event_table([]) if events is None else events
    claims = claim_table([], {}, pd.Timedelta(0)) if claims is None else claims
    every = pd.concat([line.readings for line in lines])
    first, last = span or span_of(every, events, claims)
    apart = on_own_scales(every).groupby("scale_name") if len(lines) == 1 and not plain else ()
    panels = [(language.name(str(name)), rows) for name, rows in apart]
    layout = Layout(len(panels), claim_rows(claims), len(events) > 0)
    x = _years(first, last)
    bands = [None if line.trend is None else _band(line.trend, first, last) for line in lines]
    y = _values(lines, bands, layout)
    own = signs(order(every) if pollsters is None else pollsters)
    main = [
        theme.ground(x, first),
        *_over(title),
        *(_single(lines[0], bands[0], own, x, y) if len(lines) == 1 else _pair(lines, bands, x, y)),
        *_lanes(events, claims, layout, x),
    ]
    below = [_panel(rows, own, x, layout, number, name) for number, (name, rows) in enumerate(panels)]
    return chart(_whole([group(main), *below], layout))


def _over(title: Sequence[str]) -> list[Spec]:
    """What the value axis measures, over the plot; an axis title as long would press the plot together."""
    one = pd.DataFrame({"title": ["\n".join(title)]})
    place = {"x": at(-48), "y": at(-12), "text": field("title")}
    options: Spec = {"align": "left", "baseline": "line-bottom", "fontSize": 12, "lineBreak": "\n", "lineHeight": 16}
    text = layer(one, "text", place, clip=False, limit=expr("width + 48"), dy=-16 * (len(title) - 1), **options)
    return [theme.drawn(text, "muted")] if title else []


def _values(lines: Sequence[Line], bands: Sequence[Any], layout: Layout) -> Spec:
    shown = [on_the_axis(line.readings) for line in lines]
    inside = [band[name] for band in bands if band is not None for name in ("low80", "high80")]
    units = [unit for rows in shown for unit in rows["unit"].unique()]
    edges = pd.concat([*(rows["value"] for rows in shown), *inside])
    return value_axis(edges, units[0] if units else "percent", layout.values())


def _single(line: Line, band: pd.DataFrame | None, own: dict[str, Sign], x: Spec, y: Spec) -> list[Spec]:
    table, apart = (points(rows, own) for rows in (on_the_axis(line.readings), on_own_scales(line.readings)))
    drawn = {*table["sign"].unique(), *apart["sign"].unique()}
    present = [name for name in own if name in drawn]
    legend = theme.legend(_("Pollsters"), present) if present else None
    bands = [] if band is None else band_layers(band, x, y)
    return [*bands, *reading_layers(table, own, x, y, legend)]


def _pair(lines: Sequence[Line], bands: Sequence[Any], x: Spec, y: Spec) -> list[Spec]:
    """Two attitudes: level, bands and points of each in a colour, a shape and dashes of its own."""
    told = list(zip(lines, bands, theme.SUBJECTS, strict=False))
    own = {line.name: Sign(theme.slot_of(role), shape) for line, _band, (role, shape, _dashes) in told}
    legend = theme.legend(_("Subjects"), list(own))
    layers = [layer for _line, band, sign in told if band is not None for layer in band_layers(band, x, y, sign[0])]
    shown = [(on_the_axis(line.readings), line.name) for line in lines]
    table = pd.concat([points(rows[rows["comparable"]], name) for rows, name in shown], ignore_index=True)
    return [*layers, *reading_layers(table, own, x, y, legend, joined=False)]


def _lanes(events: pd.DataFrame, claims: pd.DataFrame, layout: Layout, x: Spec) -> list[Spec]:
    names = {"claims": _("Claims")} if len(claims) else {}
    names |= {"events": _("Events")} if len(events) else {}
    rail = event_rail(events, layout, x, WINDOW) if len(events) else []
    return [*dividers(layout, names), *rail, *(claim_lane(claims, layout) if len(claims) else [])]


def _panel(readings: pd.DataFrame, own: dict[str, Sign], x: Spec, layout: Layout, number: int, name: str) -> Spec:
    """Readings of one scale of their own, with the name of the scale above them."""
    y = panel_axis(readings, layout.panel(number))
    one = pd.DataFrame({"name": [_("{scale}: on its own scale").format(scale=language.name(name))]})
    place = {"x": at(0), "y": layout.down("panels", number * PANEL + 14), "text": field("name")}
    heading = layer(one, "text", place, align="left", baseline="middle", fontSize=12)
    return group([*reading_layers(points(readings, own), own, x, y, None), theme.drawn(heading, "muted")])


def _years(first: dt.date, last: dt.date) -> Spec:
    axis = {"labelPadding": 8, "tickCount": expr("width / 90"), "grid": False}
    return field("date", "temporal", title=None, axis=axis, scale={"domain": [_moment(first), _moment(last)]})


def _moment(day: dt.date) -> Spec:
    return {"year": day.year, "month": day.month, "date": day.day}


def _whole(parts: Sequence[Spec], layout: Layout) -> Spec:
    """The parts over each other, each with its own value axis, on one time axis that pans and zooms."""
    independent = dict.fromkeys(("y", "color", "shape"), "independent")
    zoom = {"type": "interval", "encodings": ["x"], "zoom": "wheel![event.shiftKey]"}
    present = {name for part in parts for one in part["layer"] if (name := one.get("name"))}
    clicks = [
        {"name": name, "select": {"type": "point", "fields": [name], "on": "click"}, "views": [f"{name}s"]}
        for name in CLICKS
        if f"{name}s" in present
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": theme.everywhere(),
        "layer": list(parts),
        "resolve": {"scale": independent},
        "params": [{"name": WINDOW, "select": zoom, "bind": "scales", "views": [theme.GROUND]}, *clicks],
        "height": layout.height,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
    }


@lru_cache(maxsize=64)
def _band(trend: Any, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Level and bands over the days shown, as far as there are readings."""
    ends = max(as_day(trend.first), first), min(as_day(trend.last), last)
    band = trend.band(grid(*(ends if ends[0] < ends[1] else (as_day(trend.first), as_day(trend.last)))))
    return band.assign(date=pd.to_datetime(band["date"]))


def figure(
    chart: Chart,
    format: str = "svg",
    theme_name: str = "light",
    picture: Picture | None = None,
    title: str = "",
    lines: Sequence[str] = (),
) -> bytes:
    """The same chart as a picture, "svg" or "png", on the ground of "light" or "dark", under a title and lines."""
    picture = picture or Picture()
    spec = chart.picture() | {"width": picture.width}
    spec["config"] = theme.config(theme_name)
    if picture.height:
        spec |= {"height": picture.height, "autosize": {"type": "fit", "contains": "padding"}}
    if title:
        spec["title"] = _headed(title, lines, picture.width)
    text = theme.with_columns(json.dumps(spec), picture.width)
    if format == "svg":
        return _numbered(vl_convert.vegalite_to_svg(text)).encode()
    return vl_convert.vegalite_to_png(text, scale=picture.scale)


def _numbered(svg: str) -> str:
    """The picture with its clips numbered from one: the renderer counts on from one picture to the next, and the same
    picture is the same bytes."""
    numbers = {clip: f"clip{number}" for number, clip in enumerate(dict.fromkeys(CLIP.findall(svg)), start=1)}
    return CLIP.sub(lambda found: numbers[found[0]], svg)


def _headed(title: str, lines: Sequence[str], width: int) -> dict[str, Any]:
    """A heading, wrapped to the width; its letters are about half as wide as they are high."""
    return {
        "text": textwrap.wrap(title, width // 9),
        "subtitle": [part for line in lines for part in textwrap.wrap(line, int(width / 5.7))],
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 17,
        "subtitleFontSize": 12,
        "subtitlePadding": 6,
        "lineHeight": 21,
        "subtitleLineHeight": 16,
        "offset": 18,
    }
