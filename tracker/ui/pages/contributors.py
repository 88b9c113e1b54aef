"""Contributors: one's own account; for administrators, everybody's."""

import streamlit as st

from tracker.language import gettext as _
from tracker.ui import contributors, signing

st.title(_("Contributors"), anchor=False)
me = signing.writer()
contributors.said()
st.subheader(_("Your account"), anchor=False)
contributors.own(me)
st.subheader(_("Everybody"), anchor=False)
everyone = contributors.everyone(me)
st.subheader(_("Add somebody"), anchor=False)
contributors.newcomer(me)
st.subheader(_("Change somebody"), anchor=False)
contributors.changes(me, everyone)
