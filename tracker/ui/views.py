"""A view on the Trends page: heading, chart, what was clicked, the tables beside it, and where its rows are."""

from typing import Any

import pandas as pd
import streamlit as st

from tracker import charts, language
from tracker.charts import Choices, Multiples, View
from tracker.language import gettext as _
from tracker.ui import cards, parts, show
from tracker.ui.show import link, plain

#: what narrows a view to some of its polls
NARROWING = ("pollster", "from", "to")


def heading(view: View, unknown: list[str]) -> None:
    """The sentence, what the address names that nobody knows, and what stands behind the chart."""
    st.title(plain(view.headline), anchor=False)
    show.unknown(unknown)
    st.caption("  \n".join(plain(line) for line in view.counts))
    if view.left_out:
        with st.container(key="list_left_out", horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(view.left_out, width="content")
            _to_all(view)


def _to_all(view: View) -> None:
    """The way to every poll of a view, from a page in the app or from somebody else's."""
    query = {name: value for name, value in view.choices.query().items() if name not in NARROWING}
    if st.context.is_embedded:
        show.note(f"[{_('Show all')}]({parts.address('/', **language.carried(query))})")
    else:
        st.page_link(parts.page("trends"), label=_("Show all"), query_params=language.carried(_texts(query)), icon="")


def _texts(query: dict[str, Any]) -> dict[str, Any]:
    """The words of an address as Streamlit's links take them."""
    return {name: value if isinstance(value, list) else str(value) for name, value in query.items()}


def chart(view: View) -> None:
    """The chart with what must be said under it. A click on a claim opens it, one on an event shows its card."""
    drawn = view.chart
    clicks = [name for name in charts.CLICKS if drawn.has(f"{name}s") and not st.context.is_embedded]
    options: dict[str, Any] = {"on_select": _clicked, "selection_mode": clicks} if clicks else {}
    picked: Any = st.vega_lite_chart(spec=drawn.page(), alt=view.in_words, key="trend", **options)
    st.caption(charts.caption())
    claim = parts.clicked(picked.selection, "claim") if clicks else None
    if claim:
        st.switch_page(parts.page("claims"), query_params=language.carried({"claim": claim}))


def _clicked() -> None:
    parts.keep_click("trend", "event")


def summary(view: View) -> None:
    """Where the level stands, in one sentence, and the events named in the chart, by the numbers that stand for them
    on a narrow one."""
    st.markdown(plain(view.summary))
    if len(view.shown) > charts.DETAILED:
        text = _("More than {count} readings are drawn as dots; choose pollsters or dates to see field periods.")
        st.caption(text.format(count=language.number(charts.DETAILED)))
    named = " · ".join(f"{row.number}\u00a0{plain(row.title)} ({row.shown_date})" for row in view.named)
    if named:
        st.caption(_("Around this time, never as a cause: {events}").format(events=named))


def event_card(view: View, unknown: list[str]) -> None:
    """The event that the address names: what happened, who took part, and the source."""
    wanted = parts.wanted("event")
    event = next((row for row in view.events if row.id == wanted), None)
    if wanted and event is None:
        unknown.append(_("event: {id}").format(id=wanted))
    if event is None:
        return
    with st.container(border=True, key="event_card"):
        st.subheader(plain(event.title), anchor=False)
        day = language.day(event.date, event.date_precision)
        st.caption(" · ".join(plain(part) for part in [day, *cards.kind_of(event)]))
        if event.description:
            st.markdown(plain(event.description))
        show.note(_("Source: {source}").format(source=link(event.source_url, event.source_title)))
        with st.container(key="list_event", horizontal=True, vertical_alignment="center"):
            query = language.carried({"event": event.id})
            st.page_link(parts.page("events"), label=_("Opinion around this time"), query_params=query, icon="")
            st.button(_("Close"), on_click=parts.write, args=("event", None), type="tertiary")


def tables(view: View) -> None:
    """Everything that the chart shows, as tables and lists that a keyboard reaches; each is made when it is opened."""
    readings = sum(len(each.shown) for each in view.both)
    show.folded("readings", _("The readings as a table ({count})"), lambda: _readings(view), readings)
    if view.claims:
        told = _("The claims on this chart ({count})")
        show.folded("claims", told, lambda: show.claim_list(view.claims, view.words), len(view.claims))
    if view.events:
        show.folded("events", _("The events on this chart ({count})"), lambda: _events(view), len(view.events))
    show.folded("joined", _("Why lines are not joined"), lambda: _joined(view))


def _readings(view: View) -> None:
    rows = pd.concat([each.shown.assign(subject=each.subject) for each in view.both])
    rows = rows.sort_values(["field_end", "question"], kind="stable")
    show.paged(rows, show.compared_table if view.other else show.readings_table, view.headline, "readings_page")


def _joined(view: View) -> None:
    st.markdown(_("Readings share a line only where pollster, wording, scale and mode are the same."))
    st.markdown("\n".join(f"- {sentence}" for each in view.both for sentence in show.not_joined(each.shown)))


def _events(view: View) -> None:
    rows = list(zip(view.event_table.itertuples(), sorted(view.events, key=lambda row: row.date), strict=True))
    table = pd.DataFrame(
        {
            _("No."): [language.number(drawn.number) for drawn, _row in rows],
            _("Date"): [drawn.shown_date for drawn, _row in rows],
            _("Event"): [plain(drawn.title) for drawn, _row in rows],
            _("What and who"): [plain(drawn.kind) for drawn, _row in rows],
            _("Source"): [link(row.source_url, row.source_title) for _drawn, row in rows],
        }
    )
    st.table(table, border="horizontal", hide_index=True, alt=_("The events on this chart, with their sources"))


def rows_of(chosen: Choices, population: str | None) -> None:
    """The address of exactly the rows behind a view; of every population where none is named."""
    filters = chosen.rows() | {"population": population}
    st.markdown(_("The rows behind this view, as CSV"))
    # a link, not a code box: that one brings a highlighter along before the chart is drawn
    st.markdown(f"<{parts.address('/api/v1/wide.csv', **filters)}>")
    show.take("wide", filters)


def elsewhere(view: View) -> None:
    """The chart as a picture, and to be embedded in another page."""
    asked, query = view.attitude, language.carried(view.choices.query())
    picture = {name: value for name, value in query.items() if name not in ("population", "subject")}
    path = f"/charts/{asked.population}/{asked.subject}"
    addresses = [parts.address(f"{path}.{ending}", **picture) for ending in ("svg", "png")]
    source = parts.address("/", **query, embed="true")
    show.folded("elsewhere", _("Take the chart elsewhere"), lambda: _elsewhere(addresses, source))


def _elsewhere(pictures: list[str], source: str) -> None:
    st.markdown(_("As a picture, in light or, with theme=dark, for a dark page; size=card makes one for links"))
    for address in pictures:
        st.code(address, language=None, wrap_lines=True)
    st.markdown(_("In another page, with its sentence and a link back"))
    frame = f'<iframe src="{source}" width="100%" height="900" title="{_("Opinion tracker")}"></iframe>'
    st.code(frame, "html", wrap_lines=True)


def way_back(view: View) -> None:
    """From an embedded view to the page that it is a part of."""
    address = parts.address("/", **language.carried(view.choices.query()))
    show.note(f"[{_('Polls, claims, events and sources behind this chart')}]({address})")


def grid(found: Multiples, unknown: list[str]) -> None:
    """Every population side by side, each a link to its own trend, and the same as a table."""
    st.title(plain(found.headline), anchor=False)
    show.unknown(unknown)
    if not found.panels:
        return
    st.caption(found.counts)
    st.html(found.html(st.context.theme.type or "light"))
    st.caption(_("Points are readings, the line is the pooled level with its 95 % band; all panels share their axes."))
    st.caption(charts.caption())
    told = _("The populations as a table ({count})")
    show.folded("populations", told, lambda: _populations(found), len(found.panels))


def _populations(found: Multiples) -> None:
    st.table(found.table(plain), border="horizontal", hide_index=True, alt=found.headline)
