"""Drafts: what somebody is entering, from its first field until it is stored. Nothing of one is in the record.

``fields`` are as intake reads them: a poll's columns with ``questions`` and ``disclosures``, or those of a claim, an
event or a sheet. A draft with a ``row`` corrects what is on record under that id.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, update
from sqlalchemy.orm import Session

from tracker.accounts.people import APPROVING, AccountError, NotAllowed
from tracker.accounts.signing import now
from tracker.language import gettext as _
from tracker.language import marked
from tracker.models import Contributor, Draft
from tracker.store import Store

#: where a draft stands
STATES = marked(
    {
        "draft": "being entered",
        "submitted": "waiting for an editor",
        "returned": "sent back with a comment",
        "approved": "approved, under embargo",
        "stored": "on record",
    }
)
#: those that whoever entered the draft may still change
OPEN = ("draft", "returned")
#: kinds that only editors and administrators enter
EDITORIAL = ("claim", "event")


class Stale(AccountError):
    """A draft is no longer as somebody saw it."""

    def __init__(self) -> None:
        super().__init__(_("It was changed or decided on in the meantime. Reload the page and look again."))


def drafts(store: Store, contributor: Row[Any]) -> list[Row[Any]]:
    """What this contributor entered, whatever became of it, the last changed first."""
    return sorted(store.find(Draft, contributor=contributor.id), key=lambda draft: draft.changed, reverse=True)


def queue(store: Store, status: str = "submitted") -> list[Row[Any]]:
    """What waits for an editor, or stands somewhere else, the longest waiting first."""
    return sorted(store.find(Draft, status=status), key=lambda draft: draft.changed)


def draft(store: Store, number: int) -> Row[Any] | None:
    """One draft, whoever entered it."""
    return next(iter(store.find(Draft, id=number)), None)


def keep_draft(
    store: Store,
    contributor: Row[Any],
    fields: dict[str, Any],
    draft: int | None = None,
    kind: str = "poll",
    row: str | None = None,
) -> int:
    """Keep the fields of a form, in this draft of the contributor's while it is open, or in a new one; its number.

    ``kind`` is poll, sheet, claim or event; ``row`` the id on record that it corrects. NotAllowed where it is for
    editors to enter.
    """
    with store.writing("accounts") as session:
        current = session.get(Contributor, contributor.id)
        if kind in EDITORIAL and (current is None or current.role not in APPROVING):
            raise NotAllowed(_("Claims and events are entered by editors and administrators. Ask one of them."))
        held = session.get(Draft, draft) if draft is not None else None
        if held is None or held.contributor != contributor.id or held.status not in OPEN:
            held = Draft(contributor=contributor.id, kind=kind, row=row, status="draft", base=store.newest())
            session.add(held)
        held.fields, held.changed = fields, now()
        session.flush()
        return held.id


def drop_draft(store: Store, contributor: Row[Any], draft: int) -> None:
    """Throw a draft away; one that is somebody else's, gone already or on record is left alone."""
    mine = (Draft.id == draft, Draft.contributor == contributor.id, Draft.status != "stored")
    with store.writing("accounts") as session:
        session.execute(delete(Draft).where(*mine))


def submit(
    store: Store, contributor: Row[Any], draft: int, why: str | None = None, embargo: dt.date | None = None
) -> None:
    """Hand a draft of one's own to the editors; ``why`` goes into the public history, ``embargo`` is the first day on
    which it may be public. Stale."""
    with store.writing("accounts") as session:
        held = _own(session, contributor, draft)
        held.status, held.why, held.comment, held.changed = "submitted", _public(why), None, now()
        held.embargo = embargo


def submit_several(
    store: Store,
    contributor: Row[Any],
    draft: int,
    several: Sequence[dict[str, Any]],
    why: str | None = None,
    embargo: dt.date | None = None,
) -> list[int]:
    """Hand a draft of one's own to the editors as one of its own for each of these fields, all or none; their numbers.

    Stale, as for :func:`submit`.
    """
    with store.writing("accounts") as session:
        held = _own(session, contributor, draft)
        shared = {"kind": held.kind, "base": held.base, "status": "submitted", "why": _public(why), "embargo": embargo}
        made = [Draft(contributor=contributor.id, fields=fields, changed=now(), **shared) for fields in several]
        session.delete(held)
        session.add_all(made)
        session.flush()
        return [each.id for each in made]


def _own(session: Session, contributor: Row[Any], draft: int) -> Draft:
    held = held_as(session, draft, OPEN)
    if held.contributor != contributor.id:
        raise NotAllowed(_("Only whoever entered a draft may submit it."))
    return held


def _public(why: str | None) -> str | None:
    """The reason, which everybody will read: no e-mail address. AccountError."""
    if why and re.search(r"[^\s@]@[^\s@]", why):
        raise AccountError(_("Everybody will read the reason: leave the e-mail address out."))
    return why


def give_back(store: Store, editor: Row[Any], draft: int, comment: str) -> None:
    """Send a submitted draft back to whoever entered it, with a comment for them. Stale, NotAllowed."""
    with store.writing("accounts") as session:
        held = held_as(session, draft, ("submitted", "approved"))
        current = session.get(Contributor, editor.id)
        if current is None or current.role not in APPROVING:
            raise NotAllowed(_("Only an editor or an administrator may send a draft back."))
        held.status, held.comment, held.reviewer, held.changed = "returned", comment, editor.id, now()


def reopen(store: Store, draft: Row[Any], comment: str) -> None:
    """Put what was approved before the editors again, with the reason."""
    with store.writing("accounts") as session:
        held = held_as(session, draft.id, ("approved",))
        held.status, held.comment, held.changed = "submitted", comment, now()


def taken_back(store: Store, batch: str, by: str) -> None:
    """Say of the sheet that was stored as this batch that it is on record no more."""
    comment = _("{who} took the whole batch back.").format(who=by)
    mine = (Draft.batch == batch, Draft.kind == "sheet")
    with store.writing("accounts") as session:
        session.execute(
            update(Draft).where(*mine).values(status="returned", comment=comment, batch=None, changed=now())
        )


def decide(
    session: Session,
    draft: Row[Any],
    status: str,
    approver: Row[Any],
    row: str | None,
    comment: str | None,
) -> None:
    """Write what became of a draft that an editor approved, if it stands where it stood when it was read. Stale."""
    held = held_as(session, draft.id, (draft.status,))
    if held.changed != draft.changed:
        raise Stale
    held.status, held.row, held.reviewer, held.changed = status, row or held.row, approver.id, now()
    held.comment, held.batch = comment, session.info["batch"] if status == "stored" else None


def held_as(session: Session, draft: int, states: tuple[str, ...]) -> Draft:
    """The draft, if it is in one of these states. Stale where somebody was faster."""
    held = session.get(Draft, draft)
    if held is None or held.status not in states:
        raise Stale
    return held
