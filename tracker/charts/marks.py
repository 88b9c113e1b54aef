"""Readings, joins, whiskers and the trend's bands: the marks on a value axis."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from tracker import language, series
from tracker.charts import theme
from tracker.charts.vega import Spec, field, layer
from tracker.charts.words import amount, when
from tracker.language import gettext as _

#: opacity of the bands: those inside lie on those outside; and where two subjects are compared
BANDS = {"95": 0.13, "80": 0.15, "50": 0.2}
PAIR_OF_BANDS = {"95": 0.09, "80": 0.09, "50": 0.12}
#: up to so many readings are drawn with field period, joins and all that is said of them; beyond it, as dots
DETAILED = 1200
#: reasons for which a reading is on a scale of its own, and so never on the axis of the others
OWN_SCALE = ("unknown-ends", "other-unit")


class Sign(NamedTuple):
    """How the readings of a pollster, or of a subject, are drawn."""

    slot: int
    shape: str


def on_the_axis(readings: pd.DataFrame) -> pd.DataFrame:
    """The readings that the value axis of their measure can show."""
    return readings[readings["value"].notna() & ~readings["why_not"].isin(OWN_SCALE)]


def on_own_scales(readings: pd.DataFrame) -> pd.DataFrame:
    """The readings, such as a 3.1 of 10 among percentages, that are shown in a panel of their own or not at all."""
    return readings[readings["value"].notna() & readings["why_not"].isin(OWN_SCALE)]


def order(readings: pd.DataFrame) -> list[str]:
    """Names of the pollsters, most readings first: the order in which they get colours and shapes, whatever measure
    is followed."""
    number = readings["pollster_name"].value_counts()
    return sorted(number.index, key=lambda name: (-number[name], name))


def signs(names: Sequence[str]) -> dict[str, Sign]:
    """The sign of each pollster; those beyond the palette share the last, as "other pollsters"."""
    own = {name: Sign(slot, theme.POLLSTERS[slot][1]) for slot, name in enumerate(names[: len(theme.POLLSTERS)])}
    return own | {_("other pollsters"): Sign(theme.slot_of("grey"), theme.OTHERS)}


def points(readings: pd.DataFrame, own: dict[str, Sign] | str) -> pd.DataFrame:
    """Readings as they are drawn, in the middle of their field period, with the words of their tooltips.

    ``own`` is the signs of the pollsters, or the one sign's name that all of them have.
    """
    other = _("other pollsters")
    names = readings["pollster_name"]
    sign = own if isinstance(own, str) else [name if name in own else other for name in names]
    return pd.DataFrame(
        {
            "date": readings["field_start"] + (readings["field_end"] - readings["field_start"]) / 2,
            "value": readings["value"],
            "sign": sign,
            "who": names,
            "comparable": readings["comparable"],
        }
        | (_told(readings) if len(readings) <= DETAILED else {}),
    ).reset_index(drop=True)


def _told(readings: pd.DataFrame) -> dict[str, Any]:
    rows = list(readings.itertuples())
    unseen = _("wording not given; scale: {name}")
    return {
        "question": readings["question"],
        "start": readings["field_start"],
        "end": readings["field_end"] + pd.Timedelta(days=1),
        "instrument": readings["instrument"],
        "certain": readings["date_precision"] == "day",
        "shown": [amount(row.value, row.unit, row.high) for row in rows],
        "asked": [row.wording or unseen.format(name=language.name(row.scale_name)) for row in rows],
        "when": [when(row) for row in rows],
        "base": [_("not given") if pd.isna(row.base) else language.number(int(row.base)) for row in rows],
        "pooled": [_("yes") if row.comparable else series.explain(row.why_not) for row in rows],
        "source": [row.source_url or _("not given") for row in rows],
    }


def _tooltip(table: pd.DataFrame) -> list[Spec]:
    """What is said of a reading under the pointer: all of it, or of many its pollster, value and middle day."""
    if "shown" not in table:
        day = field("date", "temporal", title=_("Fieldwork"), format="%e %B %Y")
        value = field("value", "quantitative", title=_("Reading"), format=".1f")
        return [field("who", title=_("Pollster")), value, day]
    titles = {
        "who": _("Pollster"),
        "shown": _("Reading"),
        "asked": _("Asked"),
        "when": _("Fieldwork"),
        "base": _("Base"),
        "pooled": _("In the trend"),
        "source": _("Source"),
    }
    return [field(name, title=title) for name, title in titles.items()]


def value_axis(edges: pd.Series, unit: str, reach: Spec) -> Spec:
    """The value axis: round ends around everything in ``edges``, its range ending where ``reach`` says."""
    low, high = (float(edges.min()) - 2, float(edges.max()) + 2) if len(edges) else (0.0, 100.0)
    low, high = 10 * (low // 10), 10 * -(-high // 10)
    if unit == "percent":
        low, high = max(0.0, low), min(100.0, high)
    label = "datum.label + '\u00a0%'" if unit == "percent" else "datum.label"
    return _values([low, high], [reach, 0], labelExpr=label, tickCount=5)


def panel_axis(readings: pd.DataFrame, reach: list[Spec]) -> Spec:
    """The value axis of a scale of its own, between its ends; from zero where these are not known."""
    low, high = readings["low"].min(), readings["high"].max()
    top = 10 * -(-readings["value"].max() // 10)
    return _values([0 if pd.isna(low) else low, top if pd.isna(high) else high], reach, tickCount=2)


def _values(domain: list[float], reach: list[Any], **options: Any) -> Spec:
    left = {"orient": "left", "offset": 0, "minExtent": 48, "labelPadding": 8, "labelLimit": 60, "grid": True}
    scale = {"domain": domain, "range": reach, "nice": False, "zero": False}
    return field("value", "quantitative", scale=scale, title=None, axis=left | options)


def band_layers(band: pd.DataFrame, x: Spec, y: Spec, role: str = "band") -> list[Spec]:
    """The three bands, the widest first, and the level on them; of two subjects in the colour of each."""
    alone = role == "band"
    dashes = [1, 0] if alone else next(dash for colour, _shape, dash in theme.SUBJECTS if colour == role)
    areas = [
        layer(
            band, "area", {"x": x, "y": y | {"field": f"low{share}"}, "y2": {"field": f"high{share}"}}, opacity=opacity
        )
        for share, opacity in (BANDS if alone else PAIR_OF_BANDS).items()
    ]
    level = layer(band, "line", {"x": x, "y": y | {"field": "level"}}, strokeWidth=2, strokeDash=dashes)
    return [*(theme.drawn(area, role) for area in areas), theme.drawn(level, "ink" if alone else role)]


def reading_layers(
    table: pd.DataFrame, own: dict[str, Sign], x: Spec, y: Spec, legend: Spec | None, joined: bool = True
) -> list[Spec]:
    """Joins within an instrument, whiskers over the field period, and the points; hollow where not in the trend."""
    names, slots = list(own), [sign.slot for sign in own.values()]
    scales = {
        "color": theme.scale(names, slots),
        "shape": theme.shape_scale(names, slots, [sign.shape for sign in own.values()]),
    }
    plain, told = (
        {channel: field("sign", scale=scale, legend=each) for channel, scale in scales.items()}
        for each in (None, legend)
    )
    pooled, rest = table[table["comparable"]], table[~table["comparable"]]
    few = "shown" in table
    shown = {"x": x, "y": y, "tooltip": _tooltip(table)}
    hollow: Spec = {"filled": False, "size": 55 if few else 16, "strokeWidth": 1.5, "opacity": 0.8}
    solid: Spec = {"filled": True, "size": 75 if few else 16, "opacity": 1 if few else 0.5}
    return [
        *([_joins(pooled, x, y, plain["color"])] if few and joined else []),
        *([_whiskers(table, y, plain["color"])] if few else []),
        *([layer(rest, "point", shown | plain, **hollow)] if len(rest) else []),
        layer(pooled, "point", shown | told, **solid),
    ]


def _joins(table: pd.DataFrame, x: Spec, y: Spec, colour: Spec) -> Spec:
    lines = {"x": x, "y": y, "color": colour, "detail": field("instrument")}
    return layer(table, "line", lines, strokeWidth=1, opacity=0.4)


def _whiskers(table: pd.DataFrame, y: Spec, colour: Spec) -> Spec:
    """The field period of each reading; broken where it is not known to the day."""
    dashes = field("certain", scale={"domain": [True, False], "range": [[1, 0], [3, 3]]}, legend=None)
    ends = {"x": field("start", "temporal", title=None), "x2": {"field": "end"}}
    place = ends | {"y": y, "color": colour, "strokeDash": dashes}
    return layer(table, "rule", place, strokeWidth=1.5, opacity=0.6)
