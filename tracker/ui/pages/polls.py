"""Polls: every fieldwork on record, and each one with its questions, answers, source and history."""

import pandas as pd
import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.routes.words import polls
from tracker.ui import asked, cards, corrections, parts, show

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
    st.caption(_("{count} polls, newest first").format(count=language.number(count)))
    cards.poll_list(rows)
    show.take("polls", filters)
    plain = parts.address(language.address("/polls/"))
    show.note(_("[All polls without JavaScript]({plain})").format(plain=plain))
    st.stop()

poll, questions = found
show.back("polls", _("All polls"))
st.title(show.plain(polls.name(poll)), anchor=False)
if poll.status == "withdrawn":
    st.markdown(f"**{_('This poll was withdrawn. It counts in no trend and no verdict.')}**")
if alone := polls.alone(parts.store(), poll.poll):
    st.caption(alone)
said = polls.said_of(parts.store(), poll.poll)
if polls.banner(said):
    st.warning(polls.banner(said))
show.fields(polls.fields(poll), alt=_("The poll, field by field"))
st.header(_("Questions"), anchor=False)
for question in questions:
    asked.question(question)
cards.disclosed(poll, questions, said)
st.header(_("History"), anchor=False)
history = pd.DataFrame(polls.history(parts.store(), poll, questions)).map(show.plain)
show.table(history, alt=_("Every public change of this poll"))
corrections.offer(poll)
st.header(_("Cite"), anchor=False)
revision = parts.newest()
pinned = parts.address(language.address(f"/polls/{poll.poll}?as_of={revision}"))
st.code(polls.citation(poll, questions, revision, pinned), language=None, wrap_lines=True)
plain = parts.address(language.address(f"/polls/{poll.poll}"))
data = parts.address("/api/v1/wide.csv", poll=poll.poll)
show.note(_("[This poll without JavaScript]({plain}) · [Its rows as CSV]({data})").format(plain=plain, data=data))
show.take("wide", {"poll": poll.poll})
