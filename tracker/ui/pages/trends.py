"""Trends: one attitude through time, with the claims and events of its time on the same axis."""

import streamlit as st

from tracker import charts
from tracker.language import gettext as _
from tracker.ui import parts, show

answer, choices = st.container(), st.container()
with choices:
    view = show.pick_view()

with answer:
    if view is None:
        st.title(_("No polls yet"), anchor=False)
        st.markdown(_("This tracker holds no polls. Load a record with `tracker import PATH`, or enter a poll."))
        st.page_link(parts.page("enter"), label=_("Enter a poll"))
        st.stop()
    st.title(show.plain(view.headline()), anchor=False)
    show.unknown(view.unknown)
    st.caption(view.counts())
    picked = st.altair_chart(
        view.chart(), key="trend", on_select="rerun", selection_mode=["claim", "event"], alt=view.in_words()
    )
    st.caption(charts.caption())
    st.markdown(show.plain(view.summary()))
    st.caption(view.labelled())

for name in ("claim", "event"):
    if picked.selection.get(name):
        st.switch_page(parts.page(f"{name}s"), query_params={name: picked.selection[name][0][name]})

for name, panel in view.own_scales():
    st.subheader(show.plain(name), anchor=False)
    st.caption(_("On its own scale, never turned into a percentage"))
    st.altair_chart(panel, alt=name)
with st.expander(_("The readings as a table ({count})").format(count=len(view.shown))):
    show.table(show.readings_table(view.shown), alt=view.headline())
with st.expander(_("The claims on this chart ({count})").format(count=len(view.claims))):
    show.claim_list(view.claims, view.words)
with st.expander(_("Why lines are not joined")):
    st.markdown(_("Readings share a line only where pollster, wording, scale and mode are the same."))
    st.markdown("\n".join(f"- {sentence}" for sentence in show.not_joined(view.shown)))
st.caption(_("Drag the chart to move through time; hold Shift and scroll to zoom; a click on a claim opens it."))
st.markdown(_("Every answer to these questions, as CSV"))
st.code(parts.address("/api/v1/wide.csv", **view.filters()), language=None, wrap_lines=True)
