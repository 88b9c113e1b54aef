"""The way of a draft to the editors, or past them where an installation lets people approve their own."""

from typing import Any

import streamlit as st

from tracker import accounts, intake
from tracker.language import gettext as _
from tracker.settings import Settings
from tracker.ui import parts, show


def buttons(writer: Any, draft: int | None, why: str | None, blocked: bool) -> str | None:
    """Offer to submit a draft, or to store it at once to whoever may; where it stands once one of these was done."""
    off = blocked or draft is None
    status = None
    if st.button(_("Submit for review"), type="primary", disabled=off, key="submit"):
        status = _submitted(writer, draft or 0, why, own=False)
    if approves_own(writer) and st.button(_("Store now, approved by yourself"), disabled=off, key="store_now"):
        status = _submitted(writer, draft or 0, why, own=True)
    return status


def approves_own(writer: Any) -> bool:
    """Whether this person may approve what they entered themselves."""
    return writer.role in accounts.APPROVING and Settings.from_env().own_approval


def _submitted(writer: Any, draft: int, why: str | None, own: bool) -> str | None:
    """Submit a draft and, where it is approved at once, store it; a refusal is shown and leaves it where it stands."""
    try:
        accounts.submit(parts.store(), writer, draft, why or None)
        decision = intake.approve(parts.store(), writer, draft, own=True) if own else None
    except accounts.AccountError as refused:
        st.error(show.plain(refused))
        return None
    if decision and decision.status == "submitted":
        for problem in decision.problems:
            st.error(show.plain(problem))
        return None
    return decision.status if decision else "submitted"
