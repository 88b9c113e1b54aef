"""Signing in, by a one-time link or as whom an OpenID provider vouches for: either way opens a session.

Of links and sessions the store keeps the hashes alone.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tracker.accounts.people import CONSOLE, AccountError, By, Nobody, administering, held
from tracker.language import gettext as _
from tracker.models import Contributor, Token
from tracker.store import Store

#: the name of the cookie that holds a session's token
COOKIE = "tracker_session"
#: minutes for which a one-time link can be used
LINK_MINUTES = 30
#: days for which a session stays open
SESSION_DAYS = 14


class SignInRefused(AccountError):
    """Somebody is not signed in; its text tells them why and what to do."""


class LinkRefused(SignInRefused):
    """A sign-in link that was used, has expired, or never was."""

    def __init__(self) -> None:
        super().__init__(
            _("This sign-in link was already used or has expired. Ask for a new one: tracker login EMAIL prints it.")
        )


def link(store: Store, email: str, minutes: float = LINK_MINUTES, by: By = CONSOLE) -> str:
    """A new one-time token that signs this contributor in once within so many minutes. NotAllowed."""
    with administering(store, by) as session:
        return _issue(session, held(session, email).id, "link", dt.timedelta(minutes=minutes))


def sign_in(store: Store, token: str) -> str:
    """Use up a link's token and open a session: the session's token, for the cookie. LinkRefused if it is no good."""
    try:
        with store.writing("accounts") as session:
            found = session.get(Token, _hash(token))
            if found is None or found.kind != "link" or found.expires <= now():
                raise LinkRefused
            session.delete(found)
            return _issue(session, found.contributor, "session", dt.timedelta(days=SESSION_DAYS))
    except StaleDataError:  # another request used it in the same moment
        raise LinkRefused from None


def sign_in_as(store: Store, claims: Mapping[str, Any]) -> str:
    """Open a session for the contributor with the verified e-mail address of an OpenID provider's claims: its token.

    SignInRefused where the provider does not vouch for the address, or nobody here has it.
    """
    email = str(claims.get("email", ""))
    if not email or claims.get("email_verified") is not True:
        raise SignInRefused(
            _("Your organisation does not vouch for your e-mail address. Ask it to, or ask here for a one-time link.")
        )
    try:
        with store.writing("accounts") as session:
            return _issue(session, held(session, email).id, "session", dt.timedelta(days=SESSION_DAYS))
    except Nobody:
        told = _("Nobody with the address {email} contributes here. Ask an administrator to add you.")
        raise SignInRefused(told.format(email=email)) from None


def contributor(store: Store, cookie: str | None) -> Row[Any] | None:
    """Whose open session this cookie is; None for nobody's, a forged one or one that has expired."""
    held = store.find(Token, hash=_hash(cookie), kind="session") if cookie else []
    if not held or held[0].expires <= now():
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


def _issue(session: Session, contributor: int, kind: str, life: dt.timedelta) -> str:
    """A new token; those that have expired are swept out on the way."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(Token).where(Token.expires <= now()))
    session.add(Token(hash=_hash(token), contributor=contributor, kind=kind, expires=now() + life))
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def now() -> dt.datetime:
    """This moment, UTC, without a zone, as the store holds it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
