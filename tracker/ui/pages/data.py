"""Data: the rows behind a view, from addresses that stay."""

import streamlit as st

from tracker import tables
from tracker.language import gettext as _
from tracker.ui import parts, show

NAMES = {
    "wide": _("Wide: one row a question, one column a response"),
    "answers": _("Long: one row an answer"),
    "questions": _("Questions"),
    "polls": _("Polls"),
    "claims": _("Claims"),
    "events": _("Events"),
    "revisions": _("Revisions: every recorded change"),
}
unknown: list[str] = []

st.title(_("Take the data away"), anchor=False)
if not parts.has_polls():
    st.markdown(_("No poll is recorded yet; the addresses below answer with empty tables."))
    filters: dict[str, list[str]] = {}
    name = "wide"
else:
    name = parts.pick("table", _("Table"), NAMES, "wide", unknown)
    filters = parts.pick_rows(name, unknown)
show.unknown(unknown)
rows, count = parts.preview(name, filters)
st.caption(_("{size}, of which the first {shown} are shown").format(size=show.size(count), shown=len(rows)))
with st.container(horizontal=True):
    for kind in ("CSV", "JSON", "Parquet"):
        label = _("{size} as {kind}").format(size=show.size(count), kind=kind)
        st.link_button(label, parts.address(f"/api/v1/{name}.{kind.lower()}", **filters))
st.markdown(_("The address of exactly these rows"))
st.code(parts.address(f"/api/v1/{name}.csv", **filters), language=None, wrap_lines=True)
st.caption(_("As they were recorded at the newest revision; this address always gives the same bytes"))
pinned = parts.address(f"/api/v1/{name}.csv", **filters, as_of=parts.newest())
st.code(pinned, language=None, wrap_lines=True)
st.caption(_("To cite them; whoever has the file can tell by its SHA-256 that it is the one"))
st.code(show.cited(name, count, pinned, parts.digest(name, filters)), language=None, wrap_lines=True)
st.dataframe(rows, hide_index=True, alt=_("The first rows of this table"))
st.subheader(_("Everything"), anchor=False)
st.markdown("\n".join(f"- [{_(told)}]({parts.address(f'/api/v1/{each}.csv')})" for each, told in tables.NAMES.items()))
st.caption(_("Every column is explained in the code book of the data package."))
st.code(parts.address("/api/v1/datapackage.json"), language=None)
