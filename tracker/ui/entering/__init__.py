"""Claims and events by hand: their forms, drafts kept at every change, and what the polls say before any is stored."""

from typing import Any

import streamlit as st

from tracker.ui.entering.checking import checked, outcome, reason, submission
from tracker.ui.entering.keeping import Entry, began, corrects, drawn, keep, may, opened
from tracker.ui.entering.previews import preview

__all__ = ["Entry", "began", "corrects", "entered", "may", "opened", "preview"]


def entered(entry: Entry, writer: Any) -> None:
    """The form of what is open, kept as it is filled in, what is wrong with it, what it would show, the way on."""
    if entry.status:
        outcome(entry)
        return
    form_place, preview_place, end_place = st.container(), st.container(), st.container()
    with form_place:
        form = drawn(entry)
    with end_place:
        reason(form, entry)
    with form_place:
        keep(entry, writer, form.said)
        entity, problems = checked(entry, form)
    with end_place:
        submission(entry, writer, problems)
    if entity is not None:
        with preview_place:
            preview(entry.kind, entity)
