"""The lane of claims and the rail of events: what stands below the trend on its own time axis."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

import pandas as pd

from tracker import events, language
from tracker.charts import theme
from tracker.charts.layout import CLAIM_ROW, MOST_LABELS, MOST_ROWS, NARROW, TITLE, WIDTHS, Heights, Layout, by_width
from tracker.charts.vega import Spec, at, expr, field, layer
from tracker.charts.words import actor_name, as_day
from tracker.language import gettext as _

#: how a verdict is drawn: role of the palette and shape; both differ
VERDICTS: dict[str, tuple[str, str]] = {
    "supported": ("blue", "M-1,0.05L-0.3,0.75L1,-0.75"),
    "contradicted": ("vermillion", "M-0.8,-0.8L0.8,0.8M-0.8,0.8L0.8,-0.8"),
    "unsettled": ("ink", "diamond"),
    "not enough data": ("grey", "circle"),
    "not testable by polls": ("muted", "M-0.9,0L0.9,0"),
}
EVENT_COLUMNS = ["event", "date", "title", "kind", "shown_date", "level", "rank", "number"]
CLAIM_COLUMNS = ["claim", "date", "said", "who", "shown_date", "known_then", "known_now", "turned"]
#: pixels to the left and right of its date that a claim's mark needs, and one with its earlier verdict before it
MARK, TURNED = (5.5, 5.5), (17, 5.5)
#: dates in a picture's document are texts until somebody asks for a date
DATED = [{"calculate": "toDate(datum.date)", "as": "date"}]
#: the share of the time axis that two labels keep between them: room for a number of three digits in a narrow plot
LABELS_APART = 12
#: pixels by which an earlier verdict stands before the present one
BEFORE = 12


def actors_of(event: Any) -> list[str]:
    """Who takes part in an event: country codes and names."""
    return [part.strip() for part in (event.actors or "").split(";") if part.strip()]


def levels(rows: Sequence[Any], own: str | None, rated: Set[str]) -> list[int]:
    """The priority of each event: 1 for a deed, 2 for words between the population's country and one that is rated,
    3 for what only one of them, or somebody else, did."""
    between = [own in actors and bool(rated & actors) for actors in (set(actors_of(row)) for row in rows)]
    deeds = [(events.quadrant(row) or "").startswith("material") for row in rows]
    return [3 - both - (both and deed) for both, deed in zip(between, deeds, strict=True)]


def busyness(days: Sequence[float], reach: float = 60) -> list[int]:
    """How many events follow each one within so many days: the start of a busy time counts most."""
    return [sum(day <= other <= day + reach for other in days) for day in days]


def ranks(days: Sequence[float], level: Sequence[int], gap: float) -> list[int]:
    """The order in which events on these days are named, from 0: by priority and by how busy the time is, and ``gap``
    days apart.

    A round takes only events that keep their distance from all taken before; the next round halves the distance. So
    the first few of any stretch of time are spread over that stretch.
    """
    busy = busyness(days)
    left = sorted(range(len(days)), key=lambda event: (level[event], -busy[event], days[event]))
    order: dict[int, int] = {}
    while left:
        for event in list(left):
            if all(abs(days[event] - days[taken]) >= gap for taken in order):
                order[event] = len(order)
                left.remove(event)
        gap = gap / 2 if gap > 1 else 0.0
    return [order[event] for event in range(len(days))]


def event_table(
    happened: Sequence[Any], own: str | None = None, rated: Set[str] = frozenset(), span: pd.Timedelta | None = None
) -> pd.DataFrame:
    """Events of the store as the rail draws them, in date order: priority, rank among the labels, number from 1.

    ``own`` is the country of the population, ``rated`` are those of the subjects; ``span`` is the time that the chart
    shows, where it is more than that of the events.
    """
    rows = sorted(happened, key=lambda row: row.date)
    if not rows:
        return pd.DataFrame(columns=EVENT_COLUMNS)
    table = pd.DataFrame(
        {
            "event": [row.id for row in rows],
            "date": pd.to_datetime([row.date for row in rows]),
            "title": [row.title for row in rows],
            "kind": [", ".join([language.word(row.category), *map(actor_name, actors_of(row))]) for row in rows],
            "shown_date": [language.day(as_day(row.date), row.date_precision) for row in rows],
            "level": levels(rows, own, rated),
            "number": range(1, len(rows) + 1),
        }
    )
    days = [float(row.date.toordinal()) for row in rows]
    shown = days[-1] - days[0] if span is None else span.days
    return table.assign(rank=ranks(days, list(table["level"]), shown / LABELS_APART))[EVENT_COLUMNS]


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """The events that the whole chart names, in date order."""
    return table[table["rank"] < MOST_LABELS]


def apart(places: Sequence[float], room: Sequence[tuple[float, float]], rows: int) -> list[tuple[int, float]]:
    """The row of each mark and the pixels by which it stands left of its place, such that no two in a row touch.

    ``places`` are pixels along the axis, ``room`` is what each mark needs to its left and right. The last comes first,
    each where it has to give way least; so marks stay apart too when the axis is stretched.
    """
    edges: list[float] = []
    found: dict[int, tuple[int, float]] = {}
    for mark in sorted(range(len(places)), key=lambda mark: -places[mark]):
        left, right = room[mark]
        gives_way = [max(0.0, places[mark] + right - edge) for edge in edges]
        if len(edges) < rows and (not edges or min(gives_way) > 0):
            edges, gives_way = [*edges, places[mark] + right], [*gives_way, 0.0]
        row = gives_way.index(min(gives_way))
        found[mark] = row, gives_way[row]
        edges[row] = places[mark] - gives_way[row] - left
    return [found[mark] for mark in range(len(places))]


def claim_table(claims: Sequence[Any], words: dict[str, tuple[str, str]], span: pd.Timedelta) -> pd.DataFrame:
    """Claims of the store as the lane draws them. ``words`` holds the verdict (then, now) of each claim by its id,
    ``span`` is the time that the chart shows: rows keep marks apart at both of ``WIDTHS``."""
    rows = sorted(claims, key=lambda row: row.date)
    if not rows:
        return pd.DataFrame(columns=CLAIM_COLUMNS)
    untested = ("not enough data", "not enough data")
    verdicts = [words.get(row.id, untested) for row in rows]
    table = pd.DataFrame(
        {
            "claim": [row.id for row in rows],
            "date": pd.to_datetime([row.date for row in rows]),
            "said": [row.paraphrase for row in rows],
            "who": [row.claimant for row in rows],
            "shown_date": [language.day(as_day(row.date), row.date_precision) for row in rows],
            "known_then": [_(then) for then, _now in verdicts],
            "known_now": [_(now) for _then, now in verdicts],
            "turned": [then != now for then, now in verdicts],
        }
    )
    room = [TURNED if turned else MARK for turned in table["turned"]]
    for name, width, most in zip(("narrow", "wide"), WIDTHS, MOST_ROWS, strict=True):
        found = apart([date / (span / width) for date in table["date"] - table["date"].min()], room, most)
        table[f"row_{name}"], table[f"left_{name}"] = zip(*found, strict=True)
    return table


def claim_rows(table: pd.DataFrame) -> Heights:
    """How many rows the claims take in a narrow and in a wide plot."""
    if table.empty:
        return (0, 0)
    return int(table["row_narrow"].max()) + 1, int(table["row_wide"].max()) + 1


def dividers(layout: Layout, names: Mapping[str, str]) -> list[Spec]:
    """Hairlines across the plot and, beside the value axis, the names (by storey) of what stands below each."""
    if not names:
        return []
    rows = pd.DataFrame({"name": list(names.values()), "wide": 0, "narrow": 0})
    rows[["narrow", "wide"]] = [layout.above(storey) for storey in names]
    line = {"x": at(0), "x2": at("width"), "y": layout.below_values(by_width("datum.narrow", "datum.wide"))}
    label = {"x": at(-8), "y": layout.below_values(by_width("datum.narrow", "datum.wide") + " + 15")}
    text: Spec = {"align": "right", "baseline": "middle", "fontSize": 12, "text": expr("datum.name"), "clip": False}
    return [
        theme.drawn(layer(rows, "rule", line, strokeWidth=1, opacity=0.25), "muted"),
        theme.drawn(layer(rows, "text", label, **text), "muted"),
    ]


def claim_lane(table: pd.DataFrame, layout: Layout) -> list[Spec]:
    """A mark a claim by its verdict now, the one of its day before it where it was another, and over each a wider
    target for the pointer."""
    signs = {_(word): sign for word, sign in VERDICTS.items() if _(word) in {*table["known_now"], *table["known_then"]}}
    slots = [theme.slot_of(role) for role, _shape in signs.values()]
    colours, shapes = theme.scale(list(signs), slots), theme.shape_scale(list(signs), slots, _shapes(signs))
    legend = theme.legend(_("Claims, by their verdict now (small: when made)"), list(signs))
    y = layout.down("claims", f"14 + {by_width('datum.row_narrow', 'datum.row_wide')} * {CLAIM_ROW}")
    turned = table[table["turned"]]

    def across(right: float = 0) -> Spec:
        return at(f"scale('x', datum.date) - {by_width('datum.left_narrow', 'datum.left_wide')} + {right}")

    def marks(rows: pd.DataFrame, x: Spec, word: str, legend: Spec | None, **options: Any) -> Spec:
        told = {"color": field(word, scale=colours, legend=legend), "shape": field(word, scale=shapes, legend=legend)}
        return layer(rows, "point", {"x": x, "y": y} | told, DATED, filled=False, opacity=1, **options)

    link = layer(turned, "rule", {"x": across(3.5 - BEFORE), "x2": across(-6), "y": y}, DATED, strokeWidth=1)
    before = [
        theme.drawn(link, "muted"),
        marks(turned, across(-BEFORE), "known_then", None, size=28, strokeWidth=1.5),
    ]
    return [
        *(before if len(turned) else []),
        marks(table, across(), "known_now", legend, size=50, strokeWidth=2),
        _target(table, "claim", {"x": across(), "y": y, "tooltip": _claim_tooltip()}, DATED, size=150),
    ]


def _shapes(signs: dict[str, tuple[str, str]]) -> list[str]:
    return [shape for _role, shape in signs.values()]


def _target(table: pd.DataFrame, name: str, encoding: Spec, transform: Sequence[Spec] = (), **options: Any) -> Spec:
    """What the pointer meets: an unseen mark, wider than the one that is seen."""
    found = layer(table, "point", encoding, transform, filled=True, opacity=0.001, cursor="pointer", **options)
    return found | {"name": f"{name}s"}


def _claim_tooltip() -> list[Spec]:
    return [
        field("who", title=_("Claimed by")),
        field("said", title=_("Claim")),
        field("shown_date", title=_("Made")),
        field("known_then", title=_("Known then")),
        field("known_now", title=_("Known now")),
    ]


def event_rail(table: pd.DataFrame, layout: Layout, x: Spec, window: str) -> list[Spec]:
    """Ticks by priority; from those that are named a line through the plot, and below them the title or its number.

    Named are the first few in rank of whatever the reader has zoomed in on: ``window`` is the name of that selection.
    """
    ends = {"y": layout.down("events", 5), "y2": layout.down("events", "5 + 20 - datum.level * 5")}
    tooltip = [
        field("title", title=_("Event")),
        field("shown_date", title=_("Date")),
        field("kind", title=_("What and who")),
    ]
    place = {"x": x, "y": layout.down("events", 12), "tooltip": tooltip}
    return [
        *_names(table, layout, x, window),
        theme.drawn(layer(table, "rule", {"x": x} | ends, strokeWidth=1.5), "ink"),
        _target(table, "event", place, shape="square", size=160),
    ]


def _names(table: pd.DataFrame, layout: Layout, x: Spec, window: str) -> list[Spec]:
    """The title of each named event on a row of its own, on the roomier side of its line; its number if narrow."""
    place = "scale('x', datum.date)"
    left = f"{place} > width / 2"
    named: list[Spec] = [
        {"filter": {"param": window}},
        {"window": [{"op": "row_number", "as": "place"}], "sort": [{"field": "rank"}]},
        {"filter": f"datum.place <= {MOST_LABELS}"},
        {"window": [{"op": "row_number", "as": "row"}], "sort": [{"field": "date"}]},
    ]
    narrow = f"width < {NARROW}"
    row = f"{TITLE} * (datum.row - 1)"
    through = {"x": x, "y": at(0), "y2": layout.down("titles", f"({narrow} ? -4 : {row})")}
    told = {"x": x, "y": layout.down("titles", f"({narrow} ? 8 : 4 + {row})")}
    beside = {
        "text": expr(f"{narrow} ? datum.number : datum.title"),
        "align": expr(f"{narrow} ? 'center' : {left} ? 'right' : 'left'"),
        "dx": expr(f"{narrow} ? 0 : {left} ? -5 : 5"),
        "limit": expr(f"max(40, {left} ? {place} - 8 : width - {place} - 8)"),
    }
    return [
        theme.drawn(layer(table, "rule", through, named, strokeWidth=1, strokeDash=[2, 3], opacity=0.45), "muted"),
        theme.drawn(layer(table, "text", told, named, fontSize=12, baseline="middle", **beside), "ink"),
    ]
