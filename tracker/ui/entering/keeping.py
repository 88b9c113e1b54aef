"""What is being entered in this tab: a new claim or event, a draft gone on with, or a correction of what is on record.

The fields are kept in the store at every change, so a closed tab or a restarted server loses nothing. The address
says which draft is open (``draft``), or which row is to be corrected (``correct``).
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from tracker import accounts, intake, language
from tracker.language import gettext as _
from tracker.language import marked
from tracker.ui import parts, show, signing
from tracker.ui.entering.claim import claim
from tracker.ui.entering.event import event
from tracker.ui.entering.fields import Form

FORMS = {"claim": claim, "event": event}
#: the page that shows what is on record, and what goes on it
LISTS = {"claim": "claims", "event": "events"}
TITLES = marked({"claim": "Enter a claim", "event": "Enter an event"})
CORRECTIONS = marked({"claim": "Correct a claim", "event": "Correct an event"})
LINKS = marked({"claim": "Correct this claim", "event": "Correct this event"})


@dataclass
class Entry:
    """What is open: its draft's number once it is kept, the ``row`` on record that it corrects, what it ``held`` when
    it was last drawn and what is ``kept`` in the store."""

    kind: str
    draft: int | None = None
    row: str | None = None
    held: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    #: when it was kept
    at: dt.datetime | None = None
    #: what an editor said who sent it back
    comment: str | None = None
    #: what became of it, once it was handed in
    status: str | None = None


def may(contributor: Any | None) -> bool:
    """Whether somebody may enter claims and events."""
    return contributor is not None and contributor.role in accounts.APPROVING


def began(kind: str) -> None:
    """The way to enter a claim or an event, for those who may."""
    if may(parts.contributor()):
        _way(kind, _(TITLES[kind]), "list_begun")


def corrects(kind: str, row: str) -> None:
    """The way to correct what is on record, for those who may."""
    if may(parts.contributor()):
        _way(kind, _(LINKS[kind]), "list_corrects", correct=row)


def _way(kind: str, label: str, key: str, **query: str) -> None:
    """A link to a form, as one of a list of links."""
    with st.container(key=key):
        st.page_link(parts.page(kind), label=label, query_params=language.carried(query), icon="")


def opened(kind: str) -> tuple[Entry, Any]:
    """What the address asks for, under its title, and whoever enters it; a page that cannot go on says why and ends."""
    address = parts.wanted("draft"), parts.wanted("correct")
    title = st.empty()
    title.title(_(TITLES[kind]), anchor=False)
    writer = signing.writer()
    if not may(writer):
        st.markdown(_("Claims and events are entered by editors and administrators. Ask one of them."))
        st.stop()
    if st.session_state.get(f"open_{kind}") != address:
        _clear(kind)
        st.session_state[f"open_{kind}"], st.session_state[f"entry_{kind}"] = address, _asked(kind, writer, *address)
    entry: Entry = st.session_state[f"entry_{kind}"]
    if entry.row:
        title.title(_(CORRECTIONS[kind]), anchor=False)
    if entry.draft is None and entry.row is None:
        show.unknown(
            [
                language.pair(language.word(named), word)
                for named, word in zip(("draft", kind), address, strict=True)
                if word
            ]
        )
        _others(kind, writer)
    return entry, writer


def keep(entry: Entry, writer: Any, said: dict[str, Any]) -> None:
    """Keep what the form says now, where that is something new, and say so."""
    entry.held = said
    if said != entry.kept:
        entry.draft = accounts.keep_draft(parts.store(), writer, said, entry.draft, entry.kind, entry.row)
        entry.kept, entry.at = said, dt.datetime.now(dt.UTC)
        _address(entry)
    if entry.at is not None:
        told = _("Draft kept at {time}. It is here when you come back, on this device or another.")
        show.note(told.format(time=show.clock(entry.at)))


def _address(entry: Entry) -> None:
    """From here on the address names the draft."""
    st.query_params["draft"] = str(entry.draft)
    st.query_params.pop("correct", None)
    st.session_state.update({f"open_{entry.kind}": (str(entry.draft), None), "_wanted_draft": str(entry.draft)})


def _clear(kind: str) -> None:
    for key in [str(name) for name in st.session_state if str(name).startswith(f"{kind}_")]:
        del st.session_state[key]


def _asked(kind: str, writer: Any, number: str | None, row: str | None) -> Entry:
    """The draft of this number, or one that corrects this row; a new one where neither is asked for."""
    mine = [draft for draft in accounts.drafts(parts.store(), writer) if draft.kind == kind]
    if number:
        found = next((draft for draft in mine if str(draft.id) == number), None)
    else:
        found = next((draft for draft in mine if row and draft.row == row and draft.status in accounts.OPEN), None)
    if found:
        told = {"at": found.changed.replace(tzinfo=dt.UTC), "comment": found.comment, "status": _status(found)}
        return Entry(kind, found.id, found.row, found.fields, found.fields, **told)
    held = intake.entry_fields(parts.store(), kind, row) if row else {}
    return Entry(kind, None, row if held else None, held, held)


def _status(draft: Any) -> str | None:
    return None if draft.status in accounts.OPEN else draft.status


def _others(kind: str, writer: Any) -> None:
    """The contributor's drafts of this kind, to go on with."""
    for draft in accounts.drafts(parts.store(), writer):
        if draft.kind == kind and draft.status in accounts.OPEN:
            said = draft.fields.get("paraphrase") or draft.fields.get("title") or _("nothing said yet")
            state, when = _(accounts.STATES[draft.status]), language.moment(draft.changed)
            told = _("Go on with: {said} ({state}, {when})").format(said=said, state=state, when=when)
            _way(kind, show.plain(told), f"list_draft_{draft.id}", draft=str(draft.id))


def drawn(entry: Entry) -> Form:
    """The form of what is open."""
    form = Form(entry.kind, entry.held)
    FORMS[entry.kind](form)
    return form
