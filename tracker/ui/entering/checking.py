"""What is wrong with what is being entered, beside its field and in all; and the way to the editors."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from tracker import accounts, charts, intake, language
from tracker.language import gettext as _
from tracker.language import marked
from tracker.ui import parts, show, submitting
from tracker.ui.entering.fields import Form
from tracker.ui.entering.keeping import LISTS, TITLES, Entry

#: what a column of the record is called on the form
LABELS = marked(
    {
        "claimant": "who said it",
        "date": "the day",
        "paraphrase": "the claim in one sentence",
        "population": "whose opinion",
        "subject": "opinion of what",
        "kind": "the kind of assertion",
        "construct": "what was measured",
        "measure": "which number of it",
        "title": "what happened",
        "category": "the kind of event",
        "subjects": "opinion of what it bears on",
    }
)


def checked(entry: Entry, form: Form) -> tuple[Any | None, list[intake.Problem]]:
    """What the form says as an entity, and what is wrong with it: each problem stands below its field as well; a field
    that is only blank is named once at the end."""
    entities, problems = intake.read_entry(entry.kind, form.said, parts.store())
    for problem in problems:
        if not _blank(problem):
            form.places.get(problem.column, st).markdown(f":small[{_told(problem)}]")
    return next(iter(entities), None), problems


def _told(problem: intake.Problem) -> str:
    """A problem with its remedy, which may be a question."""
    told = _("{wrong}. {remedy}").format(wrong=problem.wrong, remedy=charts.capital(problem.remedy))
    form = _("**Error:** {told}") if problem.severity == "error" else _("**Check:** {told}")
    return form.format(told=show.plain(told if told.endswith("?") else f"{told}."))


def _blank(problem: intake.Problem) -> bool:
    return problem.wrong == _("is blank")


def reason(form: Form, entry: Entry) -> None:
    """Why, for the public history: a correction needs a reason."""
    st.subheader(_("Submit it"), anchor=False)
    if entry.comment:
        st.markdown(_("An editor sent it back: {comment}").format(comment=show.plain(entry.comment)))
    label = _("What is corrected and why, for the public history") if entry.row else _("Remark for the public history")
    form.text("why", label)


def submission(entry: Entry, writer: Any, problems: list[intake.Problem]) -> None:
    """What keeps it from being submitted, or else the way to the editors; and the way out."""
    lacking = list(_lacking(entry, problems))
    for sentence in lacking:
        st.markdown(show.plain(sentence))
    warned = any(problem.severity == "warning" for problem in problems)
    sure = not warned or st.checkbox(
        _("I have read the warnings and they are in order"), key=f"{entry.kind}_sure", disabled=bool(lacking)
    )
    with st.container(horizontal=True):
        status = submitting.buttons(writer, entry.draft, entry.held.get("why"), blocked=bool(lacking) or not sure)
        if entry.draft is not None and st.button(_("Throw this draft away"), key=f"{entry.kind}_drop"):
            accounts.drop_draft(parts.store(), writer, entry.draft)
            entry.status = "dropped"
    entry.status = status or entry.status
    if entry.status:
        st.rerun()


def _lacking(entry: Entry, problems: list[intake.Problem]) -> Iterator[str]:
    """Why it cannot be submitted as it is."""
    blank = [_(LABELS.get(problem.column, problem.column)) for problem in problems if _blank(problem)]
    if blank:
        yield _("Still to fill in: {fields}.").format(fields=", ".join(blank))
    if any(problem.severity == "error" and not _blank(problem) for problem in problems):
        yield _("Something is still wrong: see what stands below the fields.")
    if entry.row and _changes_nothing(entry):
        yield _("Nothing is changed yet.")
    elif entry.row and not entry.held.get("why"):
        yield _("A correction needs a reason.")


def _changes_nothing(entry: Entry) -> bool:
    said = {name: value for name, value in entry.held.items() if name != "why"}
    return said == intake.entry_fields(parts.store(), entry.kind, entry.row or "")


def outcome(entry: Entry) -> None:
    """What became of a draft that can no longer be changed."""
    if entry.status == "dropped":
        st.markdown(_("The draft is thrown away."))
    elif entry.status == "stored":
        st.success(_("It is on record."))
    else:
        st.markdown(_("It is {status}.").format(status=_(accounts.STATES[entry.status or ""])))
    found = accounts.draft(parts.store(), entry.draft) if entry.draft is not None else None
    if found is not None and found.status == "stored":
        query = language.carried({entry.kind: found.row})
        st.page_link(parts.page(LISTS[entry.kind]), label=_("See it as everybody does"), query_params=query)
    st.page_link(parts.page(entry.kind), label=_(TITLES[entry.kind]), query_params=language.carried())
