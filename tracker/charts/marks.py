"""Readings, joins, whiskers and the trend's band: the marks on the value axis."""

import altair as alt
import pandas as pd

from tracker import language, series
from tracker.charts import theme
from tracker.charts.lanes import FOOT, time_axis
from tracker.charts.words import amount, when
from tracker.language import gettext as _

#: opacity of the bands: those inside lie on those outside
BANDS = {"95": 0.13, "80": 0.15, "50": 0.2}


#: reasons for which a reading is on a scale of its own, and so never on the axis of the others
OWN_SCALE = ("unknown-ends", "other-unit")


def on_the_axis(readings: pd.DataFrame) -> pd.DataFrame:
    """The readings that the value axis of their measure can show."""
    return readings[readings["value"].notna() & ~readings["why_not"].isin(OWN_SCALE)]


def on_own_scales(readings: pd.DataFrame) -> pd.DataFrame:
    """The readings, such as a 3.1 of 10 among percentages, that are shown in a panel of their own or not at all."""
    return readings[readings["value"].notna() & readings["why_not"].isin(OWN_SCALE)]


def order(readings: pd.DataFrame) -> list[str]:
    """Names of the pollsters, most readings first: the order in which they get colours and shapes."""
    number = readings.groupby("pollster_name")["comparable"].agg(["sum", "count"])
    return sorted(number.index, key=lambda name: (*(-number.loc[name]), name))


def points(readings: pd.DataFrame, pollsters: list[str]) -> pd.DataFrame:
    """Readings as they are drawn: in the middle of their field period, the pollster's name or "other pollsters"."""
    own = set(pollsters[: len(theme.POLLSTERS)])
    rows = list(readings.itertuples())
    return pd.DataFrame(
        {
            "question": readings["question"],
            "date": readings["field_start"] + (readings["field_end"] - readings["field_start"]) / 2,
            "start": readings["field_start"],
            "end": readings["field_end"] + pd.Timedelta(days=1),
            "value": readings["value"],
            "pollster": [name if name in own else _("other pollsters") for name in readings["pollster_name"]],
            "instrument": readings["instrument"],
            "certain": readings["date_precision"] == "day",
            "comparable": readings["comparable"],
            "who": readings["pollster_name"],
            "shown": [amount(row.value, row.unit, row.high) for row in rows],
            "asked": [row.wording or _("wording not given; scale: {name}").format(name=row.scale_name) for row in rows],
            "when": [when(row) for row in rows],
            "base": [_("not given") if pd.isna(row.base) else language.number(int(row.base)) for row in rows],
            "pooled": [_("yes") if row.comparable else series.explain(row.why_not) for row in rows],
            "source": [row.source_url or _("not given") for row in rows],
        }
    ).reset_index(drop=True)


TOOLTIPS = {
    "who": "Pollster",
    "shown": "Reading",
    "asked": "Asked",
    "when": "Fieldwork",
    "base": "Base",
    "pooled": "In the trend",
    "source": "Source",
}


def _tooltip() -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{field}:N", title=_(title)) for field, title in TOOLTIPS.items()]


def _legend_names(table: pd.DataFrame, pollsters: list[str]) -> list[str]:
    present = set(table["pollster"])
    return [name for name in [*pollsters, _("other pollsters")] if name in present]


def _slots(names: list[str], pollsters: list[str]) -> list[int]:
    """The palette slot of each name: its place among all pollsters, so that a choice of some keeps their colours."""
    return [pollsters.index(name) if name in pollsters else len(theme.POLLSTERS) for name in names]


def value_axis(table: pd.DataFrame, band: pd.DataFrame | None, unit: str) -> alt.Y:
    """The value axis: round ends around the readings and the 80 % band, its range ending above the lanes."""
    edges = pd.concat([table["value"], *([band["low80"], band["high80"]] if band is not None else [])])
    low, high = (float(edges.min()) - 2, float(edges.max()) + 2) if len(edges) else (0.0, 100.0)
    if unit == "percent":
        low, high = max(0.0, 10 * (low // 10)), min(100.0, 10 * -(-high // 10))
    label = "datum.label + '\u00a0%'" if unit == "percent" else "datum.label"
    return alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(domain=[low, high], range=[alt.expr(f"height - {FOOT}"), 0], nice=False, zero=False),
        axis=alt.Axis(labelExpr=label, tickCount=5, minExtent=48, labelPadding=8, grid=True, labelLimit=60),
    )


def band_layers(band: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The three bands, the widest first, and the level on them."""
    base = alt.Chart(band)
    areas = [
        base.mark_area(opacity=opacity, clip=True).encode(
            x=x, y=alt.Y(f"low{share}:Q").title(None), y2=f"high{share}:Q"
        )
        for share, opacity in BANDS.items()
    ]
    level = base.mark_line(strokeWidth=2, clip=True).encode(x=x, y=alt.Y("level:Q").title(None))
    return [*(theme.drawn(area, "band") for area in areas), theme.drawn(level, "ink")]


def reading_layers(table: pd.DataFrame, pollsters: list[str], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Joins within an instrument, whiskers over the field period, and the points; hollow where not in the trend."""
    names = _legend_names(table, pollsters)
    slots = _slots(names, pollsters)
    shapes = [theme.POLLSTERS[slot][1] if slot < len(theme.POLLSTERS) else theme.OTHERS for slot in slots]
    legend = theme.legend(_("Pollsters"), names) if names else None
    colour = alt.Color("pollster:N", scale=theme.scale(names, slots), legend=None)
    shape = alt.Shape("pollster:N", scale=theme.shape_scale(names, slots, shapes), legend=None)
    pooled, apart = table[table["comparable"]], table[~table["comparable"]]
    joins = (
        alt.Chart(pooled)
        .mark_line(strokeWidth=1, opacity=0.4, clip=True)
        .encode(x=x, y=y, color=colour, detail="instrument:N")
    )
    shown = {"x": x, "y": y, "tooltip": _tooltip()}
    hollow = (
        alt.Chart(apart)
        .mark_point(filled=False, size=55, strokeWidth=1.5, opacity=0.8, clip=True)
        .encode(**shown, color=colour, shape=shape)
    )
    solid = (
        alt.Chart(pooled)
        .mark_point(filled=True, size=75, opacity=1, clip=True)
        .encode(
            **shown,
            color=alt.Color("pollster:N", scale=theme.scale(names, slots), legend=legend),
            shape=alt.Shape("pollster:N", scale=theme.shape_scale(names, slots, shapes), legend=legend),
        )
    )
    return [joins, _whiskers(table, y, colour), *([hollow] if len(apart) else []), solid]


def _whiskers(table: pd.DataFrame, y: alt.Y, colour: alt.Color) -> alt.Chart:
    """The field period of each reading; broken where it is not known to the day."""
    dashes = alt.Scale(domain=[True, False], range=[[1, 0], [3, 3]])
    marks = alt.Chart(table).mark_rule(strokeWidth=1.5, opacity=0.6, clip=True)
    dash = alt.StrokeDash("certain:N", scale=dashes, legend=None)
    return marks.encode(x=time_axis("start"), x2="end:T", y=y, color=colour, strokeDash=dash)
