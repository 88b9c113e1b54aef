"""Polls: every fieldwork on record, and each one with its questions, answers, source and history."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import cards, parts, show

wanted = parts.wanted("poll")
found = parts.poll(wanted) if wanted else None

if found is None:
    unknown = [_("poll: {id}").format(id=wanted)] if wanted else []
    st.title(_("Polls on record"), anchor=False)
    if not parts.has_polls():
        st.markdown(_("No poll is recorded yet."))
        st.page_link(parts.page("enter"), label=_("Enter a poll"), query_params=language.carried())
        st.stop()
    filters = parts.pick_polls(unknown)
    show.unknown(unknown)
    rows, count = parts.preview("polls", filters, limit=2000)
    st.caption(_("{count} polls, newest first").format(count=count))
    cards.poll_list(rows)
    st.stop()

poll, questions = found
show.back("polls", _("All polls"))
st.title(show.plain(cards.poll_name(poll)), anchor=False)
if poll.status != "published":
    st.caption(_("Status: {status}").format(status=language.word(poll.status)))
show.table(cards.poll_fields(poll), alt=_("The poll, field by field"))
st.subheader(_("Questions"), anchor=False)
for question in questions:
    cards.question(question)
st.subheader(_("History"), anchor=False)
show.table(cards.history(parts.history(poll.poll)), alt=_("Every recorded change of this poll"))
st.subheader(_("Cite"), anchor=False)
st.code(cards.citation(poll, parts.address("/polls", poll=poll.poll)), language=None, wrap_lines=True)
st.caption(_("As a page that needs no JavaScript, and its rows"))
st.code(parts.address(f"/polls/{poll.poll}"), language=None)
st.code(parts.address("/api/v1/wide.csv", poll=poll.poll), language=None)
