"""My polls: what somebody entered, where each stands, and the way on."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import mine, parts, signing

st.title(_("My polls") if parts.contributor() else _("Contribute"), anchor=False)
writer = signing.writer()
st.page_link(
    parts.page("enter"),
    label=_("Enter a poll"),
    query_params=language.carried({"draft": "new"}),
    icon=":material/add:",
)
found = mine.by_state(writer, "poll")
if not found:
    st.markdown(_("Nothing is entered yet."))
for state, rows in found.items():
    mine.section(writer, state, rows)
others = mine.by_state(writer, "claim", "event")
if others:
    st.header(_("My claims and events"), anchor=False)
for state, rows in others.items():
    mine.section(writer, state, rows)
