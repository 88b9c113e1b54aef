"""Events: what happened around this time; drawn beside opinion, never as its cause."""

import streamlit as st

from tracker import events, language, series
from tracker.language import gettext as _
from tracker.ui import cards, entering, parts, show

wanted = parts.wanted("event")
rows = parts.event_rows()
event = next((row for row in rows if row.id == wanted), None)

if event is None:
    unknown = [_("event: {id}").format(id=wanted)] if wanted else []
    st.title(_("What happened around this time"), anchor=False)
    entering.began("event")
    if not rows:
        st.markdown(_("No event is recorded yet."))
        st.stop()
    left, right = st.columns(2)
    with left:
        about = parts.pick_several("subject", _("Subjects"), parts.subjects_of(rows), unknown, _("all"))
        actors = parts.pick_several("actor", _("Actors"), cards.actors(rows), unknown, _("all"))
    with right:
        categories = {row.category: language.word(row.category) for row in rows}
        chosen = parts.pick_several("category", _("Categories"), categories, unknown, _("all"))
        quadrants = parts.pick_several("quadrant", _("Cooperation or conflict"), cards.quadrants(), unknown, _("all"))
    show.unknown(unknown)
    rows = [row for row in rows if not about or set(about) & set(parts.listed(row.subjects))]
    rows = [row for row in rows if not actors or set(actors) & set(parts.listed(row.actors))]
    rows = [row for row in rows if not chosen or row.category in chosen]
    rows = [row for row in rows if not quadrants or events.quadrant(row) in quadrants]
    st.caption(_("{count} events, newest first").format(count=len(rows)))
    cards.event_list(rows)
    st.stop()

show.back("events", _("All events"))
st.title(show.plain(event.title), anchor=False)
st.caption(" · ".join(map(show.plain, [language.day(event.date, event.date_precision), *cards.kind_of(event)])))
if event.description:
    st.markdown(show.plain(event.description))
st.markdown(_("Source: {source}").format(source=show.link(event.source_url, event.source_title)))
entering.corrects("event", event.id)
cards.history(event.id)
st.subheader(_("Opinion around this time"), anchor=False)
populations, unknown = cards.asked(event), []
if not populations:
    st.markdown(_("No poll on record asked about this."))
    st.stop()
left, right = st.columns(2)
with left:
    usual = parts.one_of(series.DEFAULT_POPULATION, populations)
    population = parts.pick("population", _("Population"), populations, usual, unknown)
with right:
    window = parts.pick("window", _("Before and after"), cards.windows(), str(events.WINDOW), unknown)
show.unknown(unknown)
cards.around(event, population, int(window))
