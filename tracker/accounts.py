"""Who may do what: contributors, one-time sign-in links, sessions, and the only door through which people write.

A link and a session are random tokens of which the store keeps the SHA-256 alone, so that a copy of the database lets
nobody in. Rights are checked where rows are written, whichever page or route asks.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, delete, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.exc import StaleDataError

from tracker.language import gettext as _
from tracker.language import marked
from tracker.models import Answer, Base, Contributor, Draft, Poll, Pollster, Question, Recorded, Revision, Token
from tracker.store import Store

#: the name of the cookie that holds a session's token
COOKIE = "tracker_session"
#: minutes for which a one-time link can be used
LINK_MINUTES = 30
#: days for which a session stays open
SESSION_DAYS = 14
#: what each role may change
ROLES = marked(
    {
        "pollster": "the polls of one pollster, with their questions and answers",
        "editor": "the whole record",
        "administrator": "the whole record, and who may change it",
    }
)
#: the administrator of a new installation
OPERATOR = "operator@localhost"


class AccountError(Exception):
    """Something asked of the accounts cannot be done; its text says what and what to do about it."""


class NotAllowed(AccountError):
    """Somebody may not write this; ``reason`` is a sentence for them."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LinkRefused(AccountError):
    """A sign-in link that was used, has expired, or never was."""

    def __init__(self) -> None:
        super().__init__(
            _("This sign-in link was already used or has expired. Ask for a new one: tracker login EMAIL prints it.")
        )


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


def operator(store: Store) -> Row[Any] | None:
    """The administrator of the installation itself, made when there is no contributor yet; None once removed."""
    if not everyone(store):
        add(store, OPERATOR, "operator", "administrator")
    return next(iter(store.find(Contributor, email=OPERATOR)), None)


def link(store: Store, email: str, minutes: float = LINK_MINUTES) -> str:
    """A new one-time token that signs this contributor in once within so many minutes."""
    return _issue(store, named(store, email).id, "link", dt.timedelta(minutes=minutes))


def sign_in(store: Store, token: str) -> str:
    """Use up a link's token and open a session: the session's token, for the cookie. LinkRefused if it is no good."""
    try:
        with store.writing("accounts") as session:
            held = session.get(Token, _hash(token))
            if held is None or held.kind != "link" or held.expires <= _now():
                raise LinkRefused
            contributor = held.contributor
            session.delete(held)
    except StaleDataError:  # another request used it in the same moment
        raise LinkRefused from None
    return _issue(store, contributor, "session", dt.timedelta(days=SESSION_DAYS))


def contributor(store: Store, cookie: str | None) -> Row[Any] | None:
    """Whose open session this cookie is; None for nobody's, a forged one or one that has expired."""
    held = store.find(Token, hash=_hash(cookie), kind="session") if cookie else []
    if not held or held[0].expires <= _now():
        return None
    return next(iter(store.find(Contributor, id=held[0].contributor)), None)


def sign_out(store: Store, cookie: str | None, everywhere: bool = False) -> None:
    """Close this session, or every session and link of whoever holds it. A cookie that opens none changes nothing."""
    holder = contributor(store, cookie)
    if cookie is None or holder is None:
        return
    which = Token.contributor == holder.id if everywhere else Token.hash == _hash(cookie)
    with store.writing("accounts") as session:
        session.execute(delete(Token).where(which))


@contextmanager
def writing(
    store: Store, contributor: Row[Any] | None, why: str | None = None, origin: str = "form", batch: str | None = None
) -> Iterator[Session]:
    """The only door for writes by people: a session of the store that refuses what they may not change (NotAllowed).

    Nothing of a refused block is stored. Rights are read afresh, as they are when the block begins.
    """
    if contributor is None:
        raise NotAllowed(_("Sign in to change anything."))
    with store.writing(contributor.public_name, why, origin, batch) as session:
        current = session.get(Contributor, contributor.id)
        if current is None:
            raise NotAllowed(_("You are no longer a contributor here. Ask an administrator."))
        _watch(session, current.role, current.pollster)
        yield session


def drafts(store: Store, contributor: Row[Any]) -> list[Row[Any]]:
    """What this contributor is entering and has not stored, newest first."""
    return sorted(store.find(Draft, contributor=contributor.id), key=lambda draft: draft.changed, reverse=True)


def keep_draft(store: Store, contributor: Row[Any], fields: dict[str, Any], draft: int | None = None) -> int:
    """Keep the fields of a form, in this draft of the contributor's or in a new one; its number."""
    with store.writing("accounts") as session:
        held = session.get(Draft, draft) if draft is not None else None
        if held is None or held.contributor != contributor.id:
            held = Draft(contributor=contributor.id)
            session.add(held)
        held.fields, held.changed = fields, _now()
        session.flush()
        return held.id


def drop_draft(store: Store, contributor: Row[Any], draft: int) -> None:
    """Throw a draft away; one that is somebody else's or gone already is left alone."""
    with store.writing("accounts") as session:
        session.execute(delete(Draft).where(Draft.id == draft, Draft.contributor == contributor.id))


def undo(store: Store, contributor: Row[Any] | None, batch: str) -> int:
    """Take back a batch whose rows the contributor may change; how many rows. UnknownBatch, UndoRefused, NotAllowed."""
    with writing(store, contributor, _("takes back {batch}").format(batch=batch), origin="undo") as session:
        return store.take_back(session, batch)


def _watch(session: Session, role: str, pollster: str | None) -> None:
    """Check every row that this session is about to write, one by one or in bulk."""

    def allow(session: Session, rows: list[Base]) -> None:
        pending: dict[Any, Base] = {(type(row), row.id): row for row in rows if isinstance(row, Poll | Question)}
        for row in rows:
            if not isinstance(row, Revision) and not _may(session, row, role, pollster, pending):
                raise NotAllowed(_refusal(role, pollster))

    def before_flush(session: Session, *_rest: Any) -> None:
        allow(session, [*session.new, *session.dirty, *session.deleted])

    def do_orm_execute(state: ORMExecuteState) -> None:
        if not state.is_select:
            allow(session, _written(state))

    event.listen(session, "before_flush", before_flush)
    event.listen(session, "do_orm_execute", do_orm_execute)


def _written(state: ORMExecuteState) -> list[Base]:
    """The rows that a statement writes in bulk: those it inserts; one that stands for all it might change or delete."""
    table = getattr(state.statement, "table", None)
    written = next((mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table), Base)
    if not state.is_insert or written is Base:
        return [written()]
    rows: Any = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    return [written(**{name: value for name, value in row.items() if hasattr(written, name)}) for row in rows]


def _may(session: Session, row: Base, role: str, pollster: str | None, pending: dict[Any, Base]) -> bool:
    if role == "administrator":
        return True
    if role == "editor":
        return isinstance(row, Recorded)
    return pollster is not None and _pollsters(session, row, pending) == {pollster}


def _pollsters(session: Session, row: Base | None, pending: dict[Any, Base]) -> set[str | None]:
    """The pollsters that a row belongs to, as it was and as it becomes; None among them for a row that is nobody's."""
    if isinstance(row, Poll):
        return _held(row, "pollster")
    above = {Question: ("poll", Poll), Answer: ("question", Question)}.get(type(row))  # type: ignore[arg-type]
    if row is None or above is None:
        return {None}
    name, parent = above
    parents = [pending.get((parent, key)) or session.get(parent, key) for key in _held(row, name)]
    return set().union(*(_pollsters(session, found, pending) for found in parents))


def _held(row: Base, name: str) -> set[Any]:
    history = inspect(row).attrs[name].load_history()
    return {value for values in history if values for value in values}


def _refusal(role: str, pollster: str | None) -> str:
    if role == "pollster":
        return _("You may change the polls of {pollster} only. Ask an editor for anything else.").format(
            pollster=pollster
        )
    return _("Only an administrator may change who contributes.")


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


def _issue(store: Store, contributor: int, kind: str, life: dt.timedelta) -> str:
    """A new token; those that have expired are swept out on the way."""
    token = secrets.token_urlsafe(32)
    with store.writing("accounts") as session:
        session.execute(delete(Token).where(Token.expires <= _now()))
        session.add(Token(hash=_hash(token), contributor=contributor, kind=kind, expires=_now() + life))
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
