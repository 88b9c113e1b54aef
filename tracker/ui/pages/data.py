"""Data: the rows behind a view, from addresses that stay."""

import streamlit as st

from tracker.language import gettext as _
from tracker.ui import parts, show, taking

unknown: list[str] = []

st.title(_("Take the data away"), anchor=False)
if not parts.has_polls():
    st.markdown(_("No poll is recorded yet; the addresses below answer with empty tables."))
name = taking.pick_table(unknown)
filters = taking.pick_filters(name, unknown)
show.unknown(unknown)
found = taking.look(name, filters)
taking.narrow(name, filters, found)
taking.take(name, filters, found)
taking.addresses(name, filters)
taking.lines(name, filters, found)
taking.cite(name, filters, found)
st.subheader(_("Everything"), anchor=False)
st.caption(_("Every column is explained in the code book of the data package."))
st.code(parts.address("/api/v1/datapackage.json"), language=None)
st.link_button(_("Every table in one file"), parts.address("/api/v1/datapackage.zip"))
if found:
    taking.preview(found)
