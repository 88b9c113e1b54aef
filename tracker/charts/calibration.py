"""The reliability chart: what was stated against what came out true, tenth by tenth."""

from typing import Any

import pandas as pd

from tracker.charts import theme
from tracker.charts.vega import Chart, Spec, chart, field, group, layer
from tracker.language import gettext as _

HEIGHT = 440
#: size of a point by the number of its claims, in square pixels
LEAST, MOST = 40, 320


def reliability_chart(tenths: pd.DataFrame) -> Chart:
    """Points with their intervals, and the diagonal on which honest probabilities lie.

    ``tenths`` has a row for each tenth of each ``name``, of which there are at most two: ``claims``, and in percent
    ``stated``, ``true``, ``low`` and ``high``; and as texts ``shown`` and ``counted`` for whoever points at one.
    """
    names = list(tenths["name"].unique())
    signs = theme.SUBJECTS[: len(names)]
    slots = [theme.slot_of(role) for role, _shape, _dashes in signs]
    legend = theme.legend(_("Claims about"), names)
    colour = field("name", scale=theme.scale(names, slots), legend=legend)
    shapes = theme.shape_scale(names, slots, [shape for _role, shape, _dashes in signs])
    size = field("claims", "quantitative", scale={"type": "sqrt", "range": [LEAST, MOST]}, legend=None)
    x, y = _axis("stated", _("Probability stated")), _axis("true", _("Came out true"))
    told = {"name": _("Claims about"), "shown": _("Stated, and true"), "counted": _("Number of claims")}
    tooltip = [field(name, title=title) for name, title in told.items()]
    intervals = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}, "color": colour | {"legend": None}}
    points = {"x": x, "y": y, "color": colour, "shape": field("name", scale=shapes, legend=legend), "size": size}
    return chart(
        _whole(
            [
                _diagonal(x, y),
                layer(tenths, "rule", intervals, strokeWidth=1.5, opacity=0.7),
                layer(tenths, "point", points | {"tooltip": tooltip}, filled=True, opacity=1, clip=False),
            ]
        )
    )


def _diagonal(x: Spec, y: Spec) -> Spec:
    """Where what is stated is what comes true; its colours serve the text of axes and legends as well."""
    ends = pd.DataFrame({"stated": [0, 100], "true": [0, 100]})
    line = layer(ends, "line", {"x": x, "y": y}, strokeDash=[5, 4], strokeWidth=1.5)
    return theme.drawn(line, "muted") | {"name": theme.GROUND}


def _axis(name: str, title: str) -> Spec:
    axis: dict[str, Any] = {"labelExpr": "datum.label + '\u00a0%'", "tickCount": 5, "grid": True, "labelPadding": 8}
    return field(name, "quantitative", title=title, scale={"domain": [0, 100], "nice": False}, axis=axis)


def _whole(layers: list[Spec]) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": theme.everywhere(),
        **group(layers),
        "height": HEIGHT,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
    }
