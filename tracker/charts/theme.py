"""The few colours and the one typeface that pages, charts and pictures share.

On a page, Streamlit lends a chart its own theme, and lends it in the browser, so that a reader may change from light
to dark without asking the server. A chart therefore names no colour: it names a *slot* of the categorical palette, and
``.streamlit/config.toml`` repeats :func:`palette` for each theme (a test holds the two together). A picture gets the
same slots from :func:`config`.
"""

import re
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

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

#: colour and shape of the pollsters, most readings first; both differ, so that neither is the only sign
POLLSTERS: tuple[tuple[str, str], ...] = (
    ("blue", "circle"),
    ("vermillion", "square"),
    ("green", "triangle-up"),
    ("purple", "diamond"),
    ("ink", "cross"),
    ("blue", "triangle-down"),
    ("vermillion", "triangle-right"),
    ("green", "triangle-left"),
)
#: the shape that all further pollsters share: a star
OTHERS = "M0,-1L0.25,-0.3L1,-0.3L0.4,0.15L0.6,0.9L0,0.45L-0.6,0.9L-0.4,0.15L-1,-0.3L-0.25,-0.3Z"
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


def scale(names: Sequence[str], slots: Sequence[int]) -> alt.Scale:
    """A colour scale that gives each name its slot of whatever palette the page or picture has."""
    return alt.Scale(domain=_domain(names, slots))


def shape_scale(names: Sequence[str], slots: Sequence[int], shapes: Sequence[str]) -> alt.Scale:
    """The shapes that go with :func:`scale`, on the same domain, so that the two share one legend."""
    domain = _domain(names, slots)
    by_name = dict(zip(names, shapes, strict=True))
    return alt.Scale(domain=domain, range=[by_name.get(name, "circle") for name in domain])


def _roles() -> alt.Scale:
    first = len(POLLSTERS)
    return scale(ROLES, range(first, first + len(ROLES)))


def drawn(chart: alt.Chart, role: str) -> alt.Chart:
    """The marks in one colour that follows the theme: "ink", "muted", "band" or "grey"."""
    colour = alt.Color("role:N", scale=_roles(), legend=None)
    return chart.transform_calculate(role=f"'{role}'").encode(color=colour)


def ground(x: alt.X, day: Any) -> alt.Chart:
    """A first layer that draws nothing: it holds the time axis for panning and zooming, and lends its scale of roles,
    by name, to the text of axes and legends."""
    nothing = alt.Chart(pd.DataFrame({"role": ["muted"], "date": [pd.Timestamp(day)]})).mark_rule(opacity=0)
    return nothing.encode(x=x, color=alt.Color("role:N", scale=_roles(), legend=None)).properties(name="roles")


#: legends one below the other, from the left edge of the plot
LEGENDS: Any = {"layout": {"bottom": {"anchor": "start", "direction": "vertical", "margin": 6}}}


def everywhere() -> alt.theme.ThemeConfig:
    """The Altair theme of every chart, on a page or in a picture."""
    muted: Any = {"expr": "scale('roles_color', 'muted')"}
    text = {"labelColor": muted, "titleColor": muted}
    return {"config": {"legend": {**LEGENDS, **text}, "axis": text}}  # type: ignore[typeddict-item]


def legend(title: str, names: Sequence[str]) -> alt.Legend:
    """A legend below the chart: one column on a phone, as many as fit beside each other on a page."""
    longest = max((len(name) for name in names), default=1)
    columns = alt.expr(f"max(1, floor(width / {longest * 7 + 40}))")
    return alt.Legend(
        title=title,
        orient="bottom",
        direction="horizontal",
        columns=columns,
        values=list(names),
        labelLimit=320,
        titleLimit=340,
        symbolSize=60,
        symbolStrokeWidth=1.5,
        offset=12,
        columnPadding=18,
    )


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
        "title": {"color": colour["ink"], "fontSize": 15, "anchor": "start", "subtitleColor": colour["muted"]},
    }
