"""What stands below the trend on its own time axis: the lane of claims and the rail of events.

Both are drawn at fixed heights, in pixels from the foot of the plot, inside the plot whose value scale ends above
them; so they share the time axis, pan and zoom with it, and keep the width of whatever holds the chart.
"""

from typing import Any

import altair as alt
import pandas as pd

from tracker import language
from tracker.charts import theme
from tracker.charts.words import as_day
from tracker.language import gettext as _

#: below this width, in pixels, the labels of events give way to their numbers
NARROW = 560
ROW = 15
CLAIM_ROW, CLAIM_ROWS = 12, 5
MOST_LABELS = 6
#: pixels below the end of the value axis at which the rail of events begins, and its labels
RAIL = CLAIM_ROW * CLAIM_ROWS + 12
LABELS = RAIL + 30
#: pixels from the foot of the plot to the value axis: narrow, with numbers for labels, and wide
FOOT = f"(width < {NARROW} ? {LABELS + 14} : {LABELS + ROW * MOST_LABELS})"

#: how a verdict is drawn: role of the palette and shape; both differ
VERDICTS: dict[str, tuple[str, str]] = {
    "supported": ("blue", "M-1,0.05L-0.3,0.75L1,-0.75"),
    "contradicted": ("vermillion", "M-0.8,-0.8L0.8,0.8M-0.8,0.8L0.8,-0.8"),
    "unsettled": ("ink", "diamond"),
    "not enough data": ("grey", "circle"),
    "not testable by polls": ("muted", "M-0.9,0L0.9,0"),
}
EVENT_COLUMNS = ["event", "date", "title", "category", "shown_date", "level", "row", "number"]
CLAIM_COLUMNS = ["claim", "date", "said", "who", "shown_date", "then", "now", "row"]


def rows_in_lane(dates: pd.Series, apart: pd.Timedelta, rows: int) -> list[int]:
    """The row of each mark (dates in order): the first whose last mark is ``apart`` away, else the emptiest."""
    last = [pd.Timestamp.min] * rows
    found = []
    for date in dates:
        free = [row for row in range(rows) if last[row] <= date - apart]
        found.append(free[0] if free else last.index(min(last)))
        last[found[-1]] = date
    return found


def _actors(row: Any) -> set[str]:
    return {part.strip() for part in (row.actors or "").split(";") if part.strip()}


def levels(events: list[Any], countries: set[str]) -> list[int]:
    """The priority of each event: 1 where both the population's and the subject's country act, 2 where one, 3 else."""
    return [3 - min(len(_actors(row) & countries), 2) for row in events]


def busyness(dates: pd.Series, days: int = 60) -> list[int]:
    """How many events follow each one within so many days: the start of a busy time counts most."""
    return [int(((dates >= date) & (dates <= date + pd.Timedelta(days=days))).sum()) for date in dates]


def chosen_for_labels(table: pd.DataFrame, most: int = MOST_LABELS) -> list[int]:
    """Positions of at most ``most`` events to be labelled: by priority and by how busy the time is, spread out."""
    span = table["date"].max() - table["date"].min()
    order = table.sort_values(["level", "busy", "date"], ascending=[True, False, True]).index
    taken: list[int] = []
    for position in order:
        near = [abs(table["date"][position] - table["date"][other]) < span / 16 for other in taken]
        if not any(near) and len(taken) < most:
            taken.append(position)
    return sorted(taken, key=lambda position: table["date"][position])


def event_table(events: list[Any], countries: set[str] | None = None) -> pd.DataFrame:
    """Events of the store as the rail draws them: priority, row and number of the label (0: none), in date order."""
    rows = sorted(events, key=lambda row: row.date)
    if not rows:
        return pd.DataFrame(columns=EVENT_COLUMNS)
    table = pd.DataFrame(
        {
            "event": [row.id for row in rows],
            "date": pd.to_datetime([row.date for row in rows]),
            "title": [row.title for row in rows],
            "category": [row.category for row in rows],
            "shown_date": [language.day(as_day(row.date), row.date_precision) for row in rows],
            "level": levels(rows, countries or set()),
        }
    )
    labelled = chosen_for_labels(table.assign(busy=busyness(table["date"])))
    table["number"] = [labelled.index(position) + 1 if position in labelled else 0 for position in table.index]
    return table.assign(row=table["number"] - 1)[EVENT_COLUMNS]


def claim_table(claims: list[Any], words: dict[str, tuple[str, str]], span: pd.Timedelta) -> pd.DataFrame:
    """Claims of the store as the lane draws them. ``words`` holds the verdict (then, now) of each claim by its id."""
    rows = sorted(claims, key=lambda row: row.date)
    if not rows:
        return pd.DataFrame(columns=CLAIM_COLUMNS)
    untested = ("not enough data", "not enough data")
    table = pd.DataFrame(
        {
            "claim": [row.id for row in rows],
            "date": pd.to_datetime([row.date for row in rows]),
            "said": [row.paraphrase for row in rows],
            "who": [row.claimant for row in rows],
            "shown_date": [language.day(as_day(row.date), row.date_precision) for row in rows],
            "then": [words.get(row.id, untested)[0] for row in rows],
            "now": [words.get(row.id, untested)[1] for row in rows],
        }
    )
    return table.assign(row=rows_in_lane(table["date"], span / 55, CLAIM_ROWS))[CLAIM_COLUMNS]


def from_foot(pixels: str) -> Any:
    """A height in the plot: so many pixels below the end of the value axis; an expression that may use ``datum``."""
    return alt.value(alt.expr(f"height - {FOOT} + {pixels}"))


def time_axis(field: str = "date", **options: Any) -> alt.X:
    """A field on the time axis that everything shares."""
    return alt.X(f"{field}:T", **options)


def divider(pixels: int, name: str) -> list[alt.Chart]:
    """A hairline across the plot and, beside the value axis, the name of what stands below it."""
    one = alt.Chart(pd.DataFrame({"name": [name]}))
    line = one.mark_rule(strokeWidth=1, opacity=0.25).encode(
        x=alt.value(0), x2=alt.value(alt.expr("width")), y=from_foot(str(pixels))
    )
    label = one.mark_text(align="right", baseline="middle", fontSize=12, clip=False).encode(
        x=alt.value(-8), y=from_foot(str(pixels + 17)), text="name:N"
    )
    return [theme.drawn(line, "muted"), theme.drawn(label, "muted")]


def claim_lane(table: pd.DataFrame, x: alt.X, click: alt.Parameter) -> list[alt.Chart]:
    """Marks of the claims by verdict as of now, and over each a wider target for the pointer."""
    present = [word for word in VERDICTS if word in set(table["now"])]
    slots = [len(theme.POLLSTERS) + theme.ROLES.index(VERDICTS[word][0]) for word in present]
    shapes = theme.shape_scale(present, slots, [VERDICTS[word][1] for word in present])
    legend = theme.legend(_("Claims, by their verdict"), present) if present else None
    y = from_foot(f"12 + datum.row * {CLAIM_ROW}")
    marks = (
        alt.Chart(table)
        .mark_point(filled=False, size=60, strokeWidth=2, opacity=1, clip=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color("now:N", scale=theme.scale(present, slots), legend=legend),
            shape=alt.Shape("now:N", scale=shapes, legend=legend),
        )
    )
    target = (
        alt.Chart(table)
        .mark_point(filled=True, size=200, opacity=0.001, clip=True, cursor="pointer")
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("who:N", title=_("Claimed by")),
                alt.Tooltip("said:N", title=_("Claim")),
                alt.Tooltip("shown_date:N", title=_("Made")),
                alt.Tooltip("then:N", title=_("Known then")),
                alt.Tooltip("now:N", title=_("Known now")),
            ],
        )
        .add_params(click)
    )
    return [marks, target]


def event_rail(table: pd.DataFrame, x: alt.X, click: alt.Parameter) -> list[alt.Chart]:
    """Ticks by priority; beside the labelled ones a line through the plot, and below them the label or its number."""
    labelled = table[table["number"] > 0]
    through = (
        alt.Chart(labelled)
        .mark_rule(strokeWidth=1, strokeDash=[2, 3], opacity=0.45, clip=True)
        .encode(x=x, y=alt.value(0), y2=from_foot(f"(width < {NARROW} ? {LABELS - 8} : {LABELS} + datum.row * {ROW})"))
    )
    ticks = (
        alt.Chart(table)
        .mark_rule(strokeWidth=1.5, clip=True)
        .encode(x=x, y=from_foot(f"{RAIL} + 5"), y2=from_foot(f"{RAIL} + 5 + 20 - datum.level * 5"))
    )
    target = (
        alt.Chart(table)
        .mark_point(filled=True, shape="square", size=160, opacity=0.001, clip=True, cursor="pointer")
        .encode(
            x=x,
            y=from_foot(f"{RAIL} + 12"),
            tooltip=[
                alt.Tooltip("title:N", title=_("Event")),
                alt.Tooltip("shown_date:N", title=_("Date")),
                alt.Tooltip("category:N", title=_("Category")),
            ],
        )
        .add_params(click)
    )
    return [theme.drawn(through, "muted"), theme.drawn(ticks, "ink"), *_labels(labelled, x), target]


def _labels(labelled: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """The title of each labelled event on a row of its own, on the roomier side of its line; its number if narrow."""
    place = "scale('x', datum.date)"
    left = f"{place} > width / 2"
    wide = f"(width < {NARROW} ? 0 : 1)"
    base = alt.Chart(labelled)
    titles = base.mark_text(
        fontSize=12,
        baseline="middle",
        clip=True,
        align=alt.expr(f"{left} ? 'right' : 'left'"),
        dx=alt.expr(f"{left} ? -5 : 5"),
        limit=alt.expr(f"max(40, {left} ? {place} - 8 : width - {place} - 8)"),
        opacity=alt.expr(f"inrange({place}, [0, width]) ? {wide} : 0"),
    ).encode(x=x, y=from_foot(f"{LABELS} + 4 + datum.row * {ROW}"), text="title:N")
    numbers = base.mark_text(fontSize=12, baseline="top", clip=True, opacity=alt.expr(f"1 - {wide}")).encode(
        x=x, y=from_foot(f"{LABELS} - 4"), text="number:N"
    )
    return [theme.drawn(titles, "ink"), theme.drawn(numbers, "ink")]
