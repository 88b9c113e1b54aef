"""Contributors: who they are to the public, and what their role lets them change."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from sqlalchemy import Row, delete, exists, select, update
from sqlalchemy.orm import Session

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
#: what others are told who ask for what administrators do
ADMINISTRATORS = marked("Only an administrator may see and change who contributes.")
#: the administrator of a new installation
OPERATOR = "operator@localhost"
#: stands in ``by`` for whoever gives a command on the machine itself, who could write to its database as well
CONSOLE: Final = "console"
#: who asks for a change of the accounts: a contributor, nobody, or the console
By = Row[Any] | Literal["console"] | None


class AccountError(Exception):
    """Something asked of the accounts cannot be done; its text says what and what to do about it."""


class Nobody(AccountError):
    """No contributor has this address."""

    def __init__(self, email: str) -> None:
        told = _("No contributor has the address {email}. tracker contributor list shows them.")
        super().__init__(told.format(email=email))


class NotAllowed(AccountError):
    """Somebody may not write this; ``reason`` is a sentence for them."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def add(store: Store, email: str, public_name: str, role: str, pollster: str | None = None, by: By = CONSOLE) -> None:
    """Let somebody write under a public name; a pollster needs the id of whose polls they are. NotAllowed."""
    with administering(store, by) as session:
        made = Contributor(email=_address(email), public_name="", role=role, pollster=pollster)
        if session.scalar(select(exists().where(Contributor.email == made.email))):
            raise AccountError(_("{email} is a contributor already: change it instead.").format(email=made.email))
        made.public_name = _public(session, public_name)
        _check_role(session, role, pollster)
        session.add(made)


def change(
    store: Store,
    email: str,
    public_name: str | None = None,
    role: str | None = None,
    pollster: str | None = None,
    by: By = CONSOLE,
) -> None:
    """Give a contributor another public name, role or pollster; what is None stays, as does all that is on record."""
    with administering(store, by) as session:
        found = held(session, email)
        role = role or found.role
        pollster = pollster or (found.pollster if role == "pollster" else None)
        _check_role(session, role, pollster)
        if role != "administrator":
            _keep_an_administrator(session, found)
        if public_name is not None:
            found.public_name = _public(session, public_name, found)
        found.role, found.pollster = role, pollster


def rename(store: Store, contributor: Row[Any] | None, public_name: str) -> None:
    """Let a contributor choose the public name of what they do from now on."""
    with store.writing("accounts") as session:
        found = current(session, contributor)
        found.public_name = _public(session, public_name, found)


def remove(store: Store, email: str, by: By = CONSOLE) -> None:
    """Let a contributor write no more; what they wrote stays, under their public name. Their open drafts go."""
    with administering(store, by) as session:
        found = held(session, email)
        _keep_an_administrator(session, found)
        _keep_what_waits(session, found)
        for theirs in (Token, Draft):
            session.execute(delete(theirs).where(theirs.contributor == found.id))
        session.execute(update(Draft).where(Draft.reviewer == found.id).values(reviewer=None))
        session.delete(found)


def revoke(store: Store, email: str, by: By = CONSOLE) -> None:
    """Sign a contributor out everywhere: every open session and every link not used yet ends. NotAllowed."""
    with administering(store, by) as session:
        session.execute(delete(Token).where(Token.contributor == held(session, email).id))


@contextmanager
def administering(store: Store, by: By) -> Iterator[Session]:
    """A session for changing who contributes; NotAllowed unless an administrator asks, or the console."""
    with store.writing("accounts") as session:
        if not isinstance(by, str) and current(session, by).role != "administrator":
            raise NotAllowed(_(ADMINISTRATORS))
        yield session


def current(session: Session, contributor: Row[Any] | None) -> Contributor:
    """The contributor as the store holds them at this moment. NotAllowed for nobody, and for who was removed."""
    if contributor is None:
        raise NotAllowed(_("Sign in to change anything."))
    found = session.get(Contributor, contributor.id)
    if found is None or found.email != contributor.email:
        raise NotAllowed(_("You are no longer a contributor here. Ask an administrator."))
    return found


def everyone(store: Store, by: By = CONSOLE) -> list[Row[Any]]:
    """All contributors, in the order in which they came; their addresses are for administrators alone. NotAllowed."""
    found = store.every(Contributor)
    if not isinstance(by, str):
        asking = next((row for row in found if by is not None and row.id == by.id), None)
        if asking is None or asking.role != "administrator":
            raise NotAllowed(_(ADMINISTRATORS))
    return found


def named(store: Store, email: str) -> Row[Any]:
    """The contributor with this address, or Nobody."""
    found = store.find(Contributor, email=_address(email))
    if not found:
        raise Nobody(email)
    return found[0]


def by_id(store: Store, contributor: int | None) -> Row[Any] | None:
    """The contributor with this number, or None for one who is no longer."""
    return next(iter(store.find(Contributor, id=contributor)), None) if contributor is not None else None


def held(session: Session, email: str) -> Contributor:
    """The contributor with this address as an entity of the session, to be changed. Nobody."""
    found = session.scalar(select(Contributor).where(Contributor.email == _address(email)))
    if found is None:
        raise Nobody(email)
    return found


def operator(store: Store) -> Row[Any] | None:
    """The administrator of the installation itself, made when there is no contributor yet; None once removed."""
    if not everyone(store):
        add(store, OPERATOR, "operator", "administrator")
    return next(iter(store.find(Contributor, email=OPERATOR)), None)


def _check_role(session: Session, role: str, pollster: str | None) -> None:
    """Refuse a role that could not work; each sentence says what to give instead."""
    if role not in ROLES:
        raise AccountError(_("{role} is no role: give one of {roles}.").format(role=role, roles=", ".join(ROLES)))
    if (role == "pollster") != (pollster is not None):
        raise AccountError(_("A contributor of the role pollster, and no other, needs the id of a pollster."))
    if pollster is not None and session.get(Pollster, pollster) is None:
        raise AccountError(
            _("No pollster has the id {pollster}: polls/pollsters.csv lists them.").format(pollster=pollster)
        )


def _public(session: Session, name: str, own: Contributor | None = None) -> str:
    """The name as everybody will read it: not blank, no address, nobody else's."""
    name = " ".join(name.split())
    if not name or "@" in name:
        raise AccountError(_("A public name is shown to everybody: give one that is no e-mail address."))
    others = (row for row in session.scalars(select(Contributor)) if row is not own)
    if any(row.public_name.casefold() == name.casefold() for row in others):
        raise AccountError(_("Somebody else writes as {name}: choose another public name.").format(name=name))
    return name


def _keep_an_administrator(session: Session, leaving: Contributor) -> None:
    others = (Contributor.role == "administrator", Contributor.id != leaving.id)
    if leaving.role == "administrator" and not session.scalar(select(exists().where(*others))):
        raise AccountError(
            _("{name} is the last administrator: make somebody else one first.").format(name=leaving.public_name)
        )


def _keep_what_waits(session: Session, leaving: Contributor) -> None:
    waiting = (Draft.contributor == leaving.id, Draft.status.in_(("submitted", "approved")))
    if session.scalar(select(exists().where(*waiting))):
        told = _("{name} has drafts that wait for an editor or for a day to come: settle them first.")
        raise AccountError(told.format(name=leaving.public_name))


def _address(email: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email.strip()):
        raise AccountError(_("{email} is no e-mail address.").format(email=email))
    return email.strip().lower()
