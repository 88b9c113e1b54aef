"""Enter: one poll, or one wave of them, in five steps, by somebody who has signed in."""

import streamlit as st

from tracker.language import gettext as _
from tracker.ui import form, show, signing

st.title(_("Enter a poll"), anchor=False)
unknown: list[str] = []
writer = signing.writer()
if form.handed_over():
    st.stop()
entry, step = form.opened(writer, unknown), form.chosen(unknown)
show.unknown(unknown)
if not entry.open:
    form.after(entry)
    st.stop()
form.heading(entry)
form.steps(entry, step)
form.step(entry, step)
form.focus(entry)
