"""The form as it stands, kept in the store at every change: a closed tab or a restarted server loses nothing."""

import datetime as dt
from typing import Any

import streamlit as st

from tracker import accounts, language
from tracker.language import gettext as _
from tracker.ui import parts, show

#: fields of the form begin with this; those that are only of the moment are not kept
PREFIX = "enter_"
MOMENTARY = ("enter_confirmed", "enter_stored", "enter_draft", "enter_blank", "enter_kept")


def offer(writer: Any) -> None:
    """The contributor's drafts, each to go on with or to throw away, while this tab has none of its own."""
    if "enter_draft" in st.session_state:
        return
    for draft in accounts.drafts(parts.store(), writer):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(show.plain(_told(draft)))
            st.button(_("Go on with it"), key=f"resume_{draft.id}", on_click=_resume, args=(draft,))
            st.button(_("Throw it away"), key=f"drop_{draft.id}", on_click=drop, args=(writer, draft.id))


def keep(writer: Any) -> None:
    """Keep what the form holds now, if it is more than an empty form, and say when that was."""
    fields = _fields()
    blank = st.session_state.setdefault("enter_blank", fields if "enter_draft" not in st.session_state else {})
    if any(value != blank.get(name) and value not in (None, "") for name, value in fields.items()):
        if fields != st.session_state.get("enter_kept"):
            draft = st.session_state.get("enter_draft")
            st.session_state["enter_draft"] = accounts.keep_draft(parts.store(), writer, fields, draft)
            st.session_state["enter_kept"] = fields
        show.note(_("Draft kept. It is here when you come back, on this device or another."))


def drop(writer: Any, draft: int | None = None) -> None:
    """Throw a draft away: this one, or this tab's own."""
    number = st.session_state.pop("enter_draft", None) if draft is None else draft
    if number is not None:
        accounts.drop_draft(parts.store(), writer, number)


def _resume(draft: Any) -> None:
    st.session_state.update({name: _unpacked(value) for name, value in draft.fields.items()})
    st.session_state["enter_draft"] = draft.id


def _fields() -> dict[str, Any]:
    held = {str(name): value for name, value in st.session_state.items() if str(name).startswith(PREFIX)}
    return {name: _packed(value) for name, value in sorted(held.items()) if name not in MOMENTARY}


def _packed(value: Any) -> Any:
    return {"day": value.isoformat()} if isinstance(value, dt.date) else value


def _unpacked(value: Any) -> Any:
    return dt.date.fromisoformat(value["day"]) if isinstance(value, dict) else value


def _told(draft: Any) -> str:
    pollster = parts.names("pollsters").get(draft.fields.get("enter_pollster"), _("no pollster yet"))
    subject = parts.names("subjects").get(draft.fields.get("enter_subject_1"), "")
    when = language.moment(draft.changed)
    return _("Draft: {pollster}, {subject}, kept {when}").format(pollster=pollster, subject=subject, when=when)
