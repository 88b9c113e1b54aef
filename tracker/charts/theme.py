"""The few colours and the one typeface that pages, charts and pictures share.

On a page, Streamlit lends a chart its own theme, and lends it in the browser, so that a reader may change from light
to dark without asking the server. A chart therefore names no colour: it names a *slot* of the categorical palette, and
``.streamlit/config.toml`` repeats :func:`palette` for each theme (a test holds the two together). A picture gets the
same slots from :func:`config`.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd
from babel import Locale

from tracker import language
from tracker.charts.vega import Spec, expr, field, layer

#: the typeface of charts, pictures and plain pages; Streamlit carries the first, the others are what machines have
FONT = '"Source Sans", "Source Sans 3", "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
HEADING_FONT = '"Source Serif", "Source Serif 4", Georgia, "Liberation Serif", serif'

#: colours by theme: the grounds, the text, hairlines, and those of the Okabe-Ito palette that reach 3:1 on the ground
COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "ground": "#fdfdfc", "panel": "#f3f3f0", "ink": "#1b1b1a", "muted": "#5c5c58", "hairline": "#dcdcd7",
        "accent": "#0072b2", "link": "#005f96", "band": "#5b6770",
        "blue": "#0072b2", "vermillion": "#d55e00", "green": "#009e73", "purple": "#cc79a7", "grey": "#73736e",
    },
    "dark": {
        "ground": "#131415", "panel": "#1d1f21", "ink": "#ebe9e5", "muted": "#aeaca6", "hairline": "#34373a",
        "accent": "#1a78b0", "link": "#7cc4f0", "band": "#a9b4bd",
        "blue": "#56b4e9", "vermillion": "#e8702a", "green": "#2fb78c", "purple": "#cc79a7", "grey": "#94948e",
    },
}  # fmt: skip

#: colour and shape of the pollsters, most readings first. No shape comes twice, so that colour is never the only sign;
#: a path is drawn in the square from -1 to 1
POLLSTERS: tuple[tuple[str, str], ...] = (
    ("blue", "circle"),
    ("vermillion", "square"),
    ("green", "triangle-up"),
    ("purple", "diamond"),
    ("ink", "cross"),
    ("blue", "triangle-down"),
    ("vermillion", "triangle-right"),
    ("green", "triangle-left"),
    ("purple", "M-0.9,-0.5L-0.5,-0.9L0,-0.4L0.5,-0.9L0.9,-0.5L0.4,0L0.9,0.5L0.5,0.9L0,0.4L-0.5,0.9L-0.9,0.5L-0.4,0Z"),
    ("ink", "M-0.9,-0.9L0.9,-0.9L-0.9,0.9L0.9,0.9Z"),
    ("blue", "M-0.9,-0.9L-0.9,0.9L0.9,-0.9L0.9,0.9Z"),
    ("vermillion", "M-1,0.5A1,1,0,0,1,1,0.5Z"),
    ("green", "M-0.35,-1.1L0.35,-1.1L0.35,1.1L-0.35,1.1Z"),
    ("purple", "M-1.1,-0.35L1.1,-0.35L1.1,0.35L-1.1,0.35Z"),
    ("ink", "M-1,0.2L0,-0.8L1,0.2L1,0.9L0,-0.1L-1,0.9Z"),
    ("blue", "M-1,-0.2L0,0.8L1,-0.2L1,-0.9L0,0.1L-1,-0.9Z"),
)
#: the shape that all further pollsters share: a star
OTHERS = "M0,-1L0.25,-0.3L1,-0.3L0.4,0.15L0.6,0.9L0,0.45L-0.6,0.9L-0.4,0.15L-1,-0.3L-0.25,-0.3Z"
#: colour, shape and dashes of the two subjects of a comparison
SUBJECTS: tuple[tuple[str, str, list[int]], ...] = (
    ("blue", "circle", [1, 0]),
    ("vermillion", "triangle-up", [7, 3]),
)
#: what else a chart draws with, after the pollsters: every other pollster, text, lines, and the verdicts' marks
ROLES: tuple[str, ...] = ("grey", "ink", "muted", "band", "blue", "vermillion", "purple")
SLOTS: tuple[str, ...] = (*(colour for colour, _ in POLLSTERS), *ROLES)


def palette(theme: str) -> list[str]:
    """The categorical colours of "light" or "dark", slot by slot."""
    return [COLOURS[theme][name] for name in SLOTS]


def _domain(names: Sequence[str], slots: Sequence[int]) -> list[str]:
    domain = [f"\u200b{slot}" for slot in range(len(SLOTS))]
    for name, slot in zip(names, slots, strict=True):
        domain[slot] = name
    return domain


def scale(names: Sequence[str], slots: Sequence[int]) -> Spec:
    """A colour scale that gives each name its slot of whatever palette the page or picture has."""
    return {"domain": _domain(names, slots)}


def shape_scale(names: Sequence[str], slots: Sequence[int], shapes: Sequence[str]) -> Spec:
    """The shapes that go with :func:`scale`, on the same domain, so that the two share one legend."""
    domain = _domain(names, slots)
    by_name = dict(zip(names, shapes, strict=True))
    return {"domain": domain, "range": [by_name.get(name, "circle") for name in domain]}


def slot_of(role: str) -> int:
    """The slot of the palette that a role draws with."""
    return len(POLLSTERS) + ROLES.index(role)


def _roles() -> Spec:
    return field("role", scale=scale(ROLES, [slot_of(role) for role in ROLES]), legend=None)


def drawn(marks: Spec, role: str) -> Spec:
    """The marks in one colour that follows the theme: one of ``ROLES``."""
    named = {"calculate": f"'{role}'", "as": "role"}
    encoding = marks["encoding"] | {"color": _roles()}
    return marks | {"transform": [*marks.get("transform", ()), named], "encoding": encoding}


#: the name of the layer that holds the time axis
GROUND = "roles"


def ground(x: Spec, day: Any) -> Spec:
    """A first layer that draws nothing: it holds the time axis for panning and zooming, and lends its scale of roles,
    by name, to the text of axes and legends."""
    nothing = pd.DataFrame({"role": ["muted"], "date": [pd.Timestamp(day)]})
    return layer(nothing, "rule", {"x": x, "color": _roles()}, opacity=0) | {"name": GROUND}


#: legends one below the other, from the left edge of the plot
LEGENDS: Any = {"layout": {"bottom": {"anchor": "start", "direction": "vertical", "margin": 6}}}


def everywhere() -> Spec:
    """What every chart's specification configures, on a page or in a picture."""
    muted = expr(f"scale('{GROUND}_color', 'muted')")
    text = {"labelColor": muted, "titleColor": muted}
    return {"legend": {**LEGENDS, **text}, "axis": text, "locale": _locale(language.chosen())}


@cache
def _locale(code: str) -> dict[str, Any]:
    """Numbers and dates of the axes in a language, as Vega wants them told."""
    told = Locale.parse(language.LOCALES[code])
    months, days = told.months["format"], told.days["format"]
    # Babel counts the days of the week from Monday, Vega from Sunday
    week = {width: [days[width][day] for day in (6, *range(6))] for width in ("wide", "abbreviated")}
    signs = told.number_symbols["latn"]
    return {
        "number": {
            "decimal": signs["decimal"],
            "thousands": signs["group"],
            "grouping": [3],
            "currency": ["", ""],
            "minus": "\N{MINUS SIGN}",
        },
        "time": {
            "dateTime": "%e %B %Y %X",
            "date": "%Y-%m-%d",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": week["wide"],
            "shortDays": week["abbreviated"],
            "months": list(months["wide"].values()),
            "shortMonths": list(months["abbreviated"].values()),
        },
    }


def legend(title: str, names: Sequence[str]) -> Spec:
    """A legend below the chart: one column on a phone, as many as fit beside each other on a page."""
    longest = max((len(name) for name in names), default=1)
    return {
        "title": title,
        "orient": "bottom",
        "direction": "horizontal",
        "columns": expr(f"max(1, floor(width / {longest * 7 + 40}))"),
        "values": list(names),
        "labelLimit": 320,
        "titleLimit": 340,
        "symbolSize": 60,
        "symbolStrokeWidth": 1.5,
        "offset": 12,
        "columnPadding": 18,
    }


def with_columns(spec: str, width: int) -> str:
    """A picture's specification with the columns of its legends worked out, which a picture's size leaves out."""
    columns = re.compile(r'{"expr": "max\(1, floor\(width / (\d+)\)\)"}')
    return columns.sub(lambda found: str(max(1, (width - 60) // int(found[1]))), spec)


def config(theme: str) -> dict[str, Any]:
    """The Vega-Lite configuration of a picture in "light" or "dark"."""
    colour = COLOURS[theme]
    text = {"labelColor": colour["muted"], "titleColor": colour["muted"], "labelFontSize": 12, "titleFontSize": 12}
    plain = {"titleFontWeight": "normal", "labelFontWeight": "normal"}
    return {
        "font": FONT,
        "background": colour["ground"],
        "view": {"stroke": "transparent"},
        "range": {"category": palette(theme)},
        "axis": {**text, **plain, "gridColor": colour["hairline"], "domain": False, "ticks": False, "labelPadding": 8},
        "axisTemporal": {"grid": False},
        "legend": {**LEGENDS, **text, **plain, "symbolStrokeWidth": 1.5},
        "locale": _locale(language.chosen()),
        "title": {"color": colour["ink"], "fontSize": 15, "anchor": "start", "subtitleColor": colour["muted"]},
    }
