"""Events: what happened around this time; drawn beside opinion, never as its cause."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import cards, parts, show

wanted = parts.wanted("event")
rows = parts.event_rows()
event = next((row for row in rows if row.id == wanted), None)

if event is None:
    unknown = [_("event: {id}").format(id=wanted)] if wanted else []
    st.title(_("What happened around this time"), anchor=False)
    if not rows:
        st.markdown(_("No event is recorded yet."))
        st.stop()
    places = st.columns(2)
    with places[0]:
        about = parts.pick_several("subject", _("Subjects"), parts.subjects_of(rows), unknown, _("all"))
    with places[1]:
        categories = {row.category: row.category.replace("-", " and ") for row in rows}
        chosen = parts.pick_several("category", _("Categories"), categories, unknown, _("all"))
    show.unknown(unknown)
    rows = [row for row in rows if not about or set(about) & set(parts.listed(row.subjects))]
    rows = [row for row in rows if not chosen or row.category in chosen]
    st.caption(_("{count} events, newest first").format(count=len(rows)))
    cards.event_list(rows)
    st.stop()

show.back("events", _("All events"))
st.title(show.plain(event.title), anchor=False)
st.caption(f"{language.day(event.date, event.date_precision)} · {event.category.replace('-', ' and ')}")
if event.description:
    st.markdown(show.plain(event.description))
st.markdown(_("Source: {source}").format(source=show.link(event.source_url, event.source_title)))
st.subheader(_("Opinion around this time"), anchor=False)
cards.around(event)
