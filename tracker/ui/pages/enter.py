"""Enter: one poll with its questions and answers, by somebody who has signed in."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import drafts, form, parts, show, signing

st.title(_("Enter a poll"), anchor=False)
writer = signing.writer()
drafts.offer(writer)

stored = st.session_state.get("enter_stored")
if stored:
    st.success(_("Stored. It counts in every trend and verdict from now on."))
    about = {"population": stored.population, "subject": stored.subject, "construct": stored.construct}
    st.page_link(parts.page("polls"), label=_("See the poll"), query_params=language.carried({"poll": stored.poll}))
    st.page_link(parts.page("trends"), label=_("See it on the chart"), query_params=language.carried(about))
    if st.button(_("Enter another poll")):
        st.session_state.clear()
        st.rerun()
    st.stop()

st.subheader(_("The poll"), anchor=False)
data = form.poll_fields(writer)
st.subheader(_("The source"), anchor=False)
source = form.source_fields()
count = st.number_input(_("Number of questions"), 1, form.MOST_QUESTIONS, 1, key="enter_count")
data["questions"] = []
for number in range(1, count + 1):
    st.subheader(_("Question {number}").format(number=number), anchor=False)
    data["questions"].append(source | form.question_fields(number))
why = st.text_input(_("Remark for the public history, if any"), key="enter_why")
confirmed = st.checkbox(_("I have read the warnings and they are in order"), key="enter_confirmed")
drafts.keep(writer)

if st.button(_("Store the poll"), type="primary"):
    result = form.store(data, writer, why, confirmed)
    if isinstance(result, form.Stored):
        drafts.drop(writer)
        st.session_state["enter_stored"] = result
        st.rerun()
    st.error(_("Nothing is stored yet:"))
    for problem in result:
        place = show.plain(form.field_name(problem.column))
        severity = language.word(problem.severity)
        st.markdown(f"- **{place}** ({severity}): {show.plain(problem.wrong)}. {show.plain(problem.remedy)}")
