"""Contributors: who they are to the public, and what their role lets them change."""

import re
from typing import Any

from sqlalchemy import Row, delete, update

from tracker.language import gettext as _
from tracker.language import marked
from tracker.models import Contributor, Draft, Pollster, Token
from tracker.store import Store

#: what each role may change
ROLES = marked(
    {
        "pollster": "the polls of one pollster, with their questions and answers",
        "editor": "the whole record",
        "administrator": "the whole record, and who may change it",
    }
)
#: the roles that approve what others enter
APPROVING = ("editor", "administrator")
#: the administrator of a new installation
OPERATOR = "operator@localhost"


class AccountError(Exception):
    """Something asked of the accounts cannot be done; its text says what and what to do about it."""


class NotAllowed(AccountError):
    """Somebody may not write this; ``reason`` is a sentence for them."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def add(store: Store, email: str, public_name: str, role: str, pollster: str | None = None) -> None:
    """Let somebody write under a public name; a pollster needs the id of whose polls they are."""
    _check(store, email := _address(email), role, pollster)
    with store.writing("accounts") as session:
        session.add(Contributor(email=email, public_name=public_name, role=role, pollster=pollster))


def remove(store: Store, email: str) -> None:
    """Let a contributor write no more; what they wrote stays, under their public name."""
    found = named(store, email)
    with store.writing("accounts") as session:
        for theirs in (Token, Draft):
            session.execute(delete(theirs).where(theirs.contributor == found.id))
        session.execute(update(Draft).where(Draft.reviewer == found.id).values(reviewer=None))
        session.delete(session.get(Contributor, found.id))


def everyone(store: Store) -> list[Row[Any]]:
    """All contributors, in the order in which they came."""
    return store.every(Contributor)


def named(store: Store, email: str) -> Row[Any]:
    """The contributor with this address, or an AccountError."""
    found = store.find(Contributor, email=_address(email))
    if not found:
        raise AccountError(
            _("No contributor has the address {email}. tracker contributor list shows them.").format(email=email)
        )
    return found[0]


def by_id(store: Store, contributor: int | None) -> Row[Any] | None:
    """The contributor with this number, or None for one who is no longer."""
    return next(iter(store.find(Contributor, id=contributor)), None) if contributor is not None else None


def operator(store: Store) -> Row[Any] | None:
    """The administrator of the installation itself, made when there is no contributor yet; None once removed."""
    if not everyone(store):
        add(store, OPERATOR, "operator", "administrator")
    return next(iter(store.find(Contributor, email=OPERATOR)), None)


def _check(store: Store, email: str, role: str, pollster: str | None) -> None:
    """Refuse a contributor that could not work; each sentence says what to give instead."""
    if role not in ROLES:
        raise AccountError(_("{role} is no role: give one of {roles}.").format(role=role, roles=", ".join(ROLES)))
    if store.find(Contributor, email=email):
        raise AccountError(_("{email} is a contributor already. Remove it first to change it.").format(email=email))
    if (role == "pollster") != (pollster is not None):
        raise AccountError(_("A contributor of the role pollster, and no other, needs the id of a pollster."))
    if pollster is not None and store.entity(Pollster, pollster) is None:
        raise AccountError(
            _("No pollster has the id {pollster}: polls/pollsters.csv lists them.").format(pollster=pollster)
        )


def _address(email: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email.strip()):
        raise AccountError(_("{email} is no e-mail address.").format(email=email))
    return email.strip().lower()
