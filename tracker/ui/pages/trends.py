"""Trends: one attitude through time, with the claims and events of its time on the same axis."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import parts, views

# nothing here stops the script: the ways to other pages, which an embedded page has none of, are drawn after it
if not parts.has_polls():
    st.title(_("No polls yet"), anchor=False)
    st.markdown(_("This tracker holds no polls. Load a record with `tracker import PATH`, or enter a poll."))
    st.page_link(parts.page("enter"), label=_("Enter a poll"), query_params=language.carried())
else:
    # the answer goes to the reader before the choices are drawn: the address holds them
    unknown: list[str] = []
    with parts.unoffered():
        chosen = parts.pick_choices(unknown)
    if chosen.attitude.population == parts.ALL:
        views.grid(parts.multiples(chosen), unknown)
        parts.pick_choices([])
        views.rows_of(chosen, None)
    else:
        view = parts.view(chosen)
        with st.container(key="answer"):
            heading, chart, card = st.container(), st.container(), st.container()
            with card:
                views.event_card(view, unknown)
            with heading:
                views.heading(view, unknown)
            with chart:
                views.chart(view)
            if st.context.is_embedded:
                views.way_back(view)
                st.stop()
            parts.breathe()
            views.summary(view)
        parts.pick_choices([])
        views.tables(view)
        st.caption(
            _("Drag the chart to move through time; hold Shift and scroll to zoom; a click on a claim opens it.")
        )
        views.rows_of(chosen, chosen.attitude.population)
        views.elsewhere(view)
