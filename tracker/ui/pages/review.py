"""Review: what waits for an editor, and each submission beside what is on record and beside its source."""

import streamlit as st

from tracker import intake
from tracker.language import gettext as _
from tracker.ui import entering, parts, review, sheets, show, signing

st.title(_("Review"), anchor=False)
writer = signing.writer()
review.editors_only(writer)
review.said()
wanted = parts.wanted("draft")
draft = review.submission(wanted)
if draft is None:
    show.unknown([_("submission: {id}").format(id=wanted)] if wanted else [])
    review.waiting()
    sheets.stored(writer)
    st.stop()

show.back("review", _("All submissions"))
review.head(draft)
with st.spinner(_("Reading it")):
    found = intake.reviewed(parts.store(), draft)
change, beside = st.columns([2, 1], gap="large")
with change:
    st.subheader(_("What would change"), anchor=False)
    review.changes(found)
    st.subheader(_("What the rules say"), anchor=False)
    review.problems(found)
with beside:
    review.source(draft)
    review.completeness(draft)
entering.preview(draft.kind, *found.said.values())
review.decide(draft, writer, found)
