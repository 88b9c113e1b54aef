"""The page of what somebody entered, by where it stands, each with its completeness and the way on."""

from typing import Any

import streamlit as st

from tracker import accounts, language
from tracker.language import gettext as _
from tracker.language import marked, ngettext
from tracker.ui import form, parts, show

#: where drafts stand, in the order in which they are shown
TITLES = marked(
    {
        "draft": "Being entered",
        "returned": "Sent back by an editor",
        "submitted": "Waiting for an editor",
        "approved": "Approved, under embargo",
        "stored": "On record",
    }
)
#: of each kind that is past, so many are shown
MOST = 50


#: where a draft of each kind is entered, where it is seen once on record, and the word of the addresses there
PAGES = {"poll": ("enter", "polls"), "claim": ("claim", "claims"), "event": ("event", "events")}


def by_state(writer: Any, *kinds: str) -> dict[str, list[Any]]:
    """What the writer entered of these kinds by where it stands, the last changed first; states without any are left
    out."""
    drafts = [each for each in accounts.drafts(parts.store(), writer) if each.kind in kinds]
    found = {state: [each for each in drafts if each.status == state] for state in TITLES}
    return {state: rows for state, rows in found.items() if rows}


def section(writer: Any, state: str, rows: list[Any]) -> None:
    """The drafts that stand alike."""
    st.subheader(_(TITLES[state]), anchor=False)
    with st.container(key=f"list_{state}_{rows[0].kind}", gap="medium"):
        for draft in rows[:MOST]:
            _one(writer, draft)
    if len(rows) > MOST:
        text = ngettext("and {count} more", "and {count} more", len(rows) - MOST)
        show.note(text.format(count=language.number(len(rows) - MOST)))


def _one(writer: Any, draft: Any) -> None:
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            _link(draft)
            if draft.status in accounts.OPEN:
                key = f"drop_{draft.id}"
                st.button(_("Throw it away"), key=key, on_click=_drop, args=(writer, draft.id), type="tertiary")
        show.note(" · ".join(map(show.plain, _told(draft))))
        if draft.status == "returned" and draft.comment:
            st.markdown(_("The editor says: {comment}").format(comment=show.plain(draft.comment)))


def _link(draft: Any) -> None:
    """To go on with it, or to look at it."""
    entered, seen = PAGES[draft.kind]
    on_record = draft.status == "stored"
    page, query = (seen, {draft.kind: draft.row}) if on_record else (entered, {"draft": str(draft.id)})
    st.page_link(parts.page(page), label=show.plain(name(draft)), query_params=language.carried(query), icon="")


def name(draft: Any) -> str:
    """Whose poll it is, of whom, about what; or what a claim or an event says."""
    fields = draft.fields
    if draft.kind != "poll":
        return fields.get("paraphrase") or fields.get("title") or _("without a title yet")
    subjects = {question.get("subject", "") for question in fields.get("questions") or []}
    named = [
        parts.names("pollsters").get(fields.get("pollster", ""), _("no pollster yet")),
        _population(fields),
        ", ".join(sorted(filter(None, map(parts.names("subjects").get, subjects)))),
        fields.get("field_start", ""),
    ]
    text = ", ".join(filter(None, named))
    return _("Correction: {poll}").format(poll=text) if draft.row and draft.status != "stored" else text


def _population(fields: dict[str, Any]) -> str:
    rows = fields.get("wave") or []
    if rows:
        return _("a wave of {count}").format(count=language.number(len(rows)))
    return parts.names("populations").get(fields.get("population", ""), "")


def _told(draft: Any) -> list[str]:
    """When it was changed, how much each standard finds, and from when it may be public."""
    said = [_("changed {when}").format(when=language.moment(draft.changed))]
    if draft.kind == "poll":
        said += [_("disclosed: {counts}").format(counts=form.briefly(draft.fields))]
    if draft.embargo:
        said.append(_("under embargo until {day}").format(day=language.day(draft.embargo)))
    return said


def _drop(writer: Any, number: int) -> None:
    accounts.drop_draft(parts.store(), writer, number)
