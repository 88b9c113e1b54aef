"""From a poll's page to its correction: for those who may enter polls of its pollster."""

from typing import Any

import streamlit as st

from tracker import accounts, intake, language
from tracker.language import gettext as _
from tracker.ui import parts, show


def offer(poll: Any) -> None:
    """The ways to correct a poll and to withdraw it, or to take a withdrawal back."""
    writer = parts.contributor()
    if writer is None or not (writer.role in accounts.APPROVING or writer.pollster == poll.pollster):
        return
    if st.button(_("Correct this poll"), key="correct"):
        to = language.carried({"draft": str(_begun(writer, poll.poll))})
        st.switch_page(parts.page("enter"), query_params=to)
    _standing(writer, poll)


def _begun(writer: Any, poll: str) -> int:
    """The number of this person's open correction of a poll, or of a new one."""
    mine = accounts.drafts(parts.store(), writer)
    found = next((draft for draft in mine if draft.row == poll and draft.status in accounts.OPEN), None)
    return found.id if found else accounts.keep_draft(parts.store(), writer, _fields(poll), row=poll)


def _fields(poll: str) -> dict[str, Any]:
    return intake.fields_of(parts.store(), poll)


def _standing(writer: Any, poll: Any) -> None:
    """Submit that a poll counts no longer, or that it does again, with the reason."""
    published = poll.status == "published"
    label = _("Withdraw this poll") if published else _("Take the withdrawal back")
    with st.expander(label), st.form("withdraw", border=False):
        why = st.text_input(_("Why, for the public history"), key="withdraw_why")
        if not st.form_submit_button(label):
            return
        if not why.strip():
            st.error(_("A change of what is on record needs a reason."))
            return
        fields = _fields(poll.poll) | {"status": "withdrawn" if published else "published"}
        try:
            number = accounts.keep_draft(parts.store(), writer, fields, row=poll.poll)
            accounts.submit(parts.store(), writer, number, why.strip())
        except accounts.AccountError as refused:
            st.error(show.plain(refused))
        else:
            st.success(_("Submitted. It stands as it is until an editor has approved it."))
