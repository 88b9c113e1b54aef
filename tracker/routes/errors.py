"""One shape for every error that the data's addresses give: {"error": {"status", "message", "remedy", ...}}.

A plain page says the same as a page."""

import logging
import secrets
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tracker import metrics
from tracker.accounts import AccountError
from tracker.language import gettext as _
from tracker.language import marked
from tracker.routes import html
from tracker.store import BadFilter, Corrupt, Hindered, StoreError, UnknownColumn, UnknownName, UnknownRevision

#: statuses of what the stations below refuse
STATUS: dict[type[Exception], int] = {
    UnknownName: 404,
    UnknownColumn: 400,
    BadFilter: 400,
    UnknownRevision: 400,
    AccountError: 403,
}

WENT_WRONG = marked("Something went wrong here, and it was noted. Whoever runs this site finds it as {reference}.")
log = logging.getLogger(__name__)
#: where people read, not programs
PAGES = ("/claims/", "/polls/")


class Refused(Exception):
    """A request that cannot be answered: its status, what is wrong, what to do about it, and what else helps."""

    def __init__(self, status: int, message: str, remedy: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": status, "message": message} | ({"remedy": remedy} if remedy else {}) | more


def refused(request: Request, error: Exception) -> Response:
    """A refusal of our own."""
    assert isinstance(error, Refused)
    return shaped(request, error.body)


def known(request: Request, error: Exception) -> Response:
    """An error that a station below explains; anything of the store's that is no fault of the request is 503."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 503)
    return shaped(request, {"status": status, "message": str(error)})


def silent_store(request: Request, error: Exception) -> Response:
    """The database does not answer: logged in full, told in a sentence."""
    metrics.store_errors.inc()
    reference = noted(error, "store")
    message = str(error) if isinstance(error, Hindered) else _("The store does not answer at the moment.")
    remedy = _("Try again in a minute.")
    return shaped(request, {"status": 503, "message": message, "remedy": remedy, "reference": reference})


def http(request: Request, error: Exception) -> Response:
    """What the router refuses, such as a method: in our shape below /api, as plain text elsewhere."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if "Allow" in headers:  # made of a set, and so in any order
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
    if not request.url.path.startswith("/api/"):
        return PlainTextResponse(error.detail, error.status_code, headers)
    response = shaped(request, {"status": error.status_code, "message": error.detail})
    response.headers.update(headers)
    return response


def noted(error: BaseException, where: str) -> str:
    """Log a fault in full and count it; the reference by which the log and whoever met it can speak of it."""
    metrics.errors.labels(where).inc()
    reference = secrets.token_hex(4)
    told = {"event": "fault", "where": where, "reference": reference}
    log.error("fault %s (%s): %r", reference, where, error, exc_info=error, extra=told)
    return reference


def broken(request: Request, reference: str) -> Response:
    """A fault of ours: the log has it, the reader gets a sentence."""
    body = {"status": 500, "message": _(WENT_WRONG).format(reference=reference), "reference": reference}
    return shaped(request, body | {"path": request.url.path})


def script_failed(error: Exception) -> bool:
    """The same where the script of a page fails."""
    told = _(WENT_WRONG).format(reference=noted(error, "page"))
    st.error(str(error) if isinstance(error, Hindered) else told)
    return True


def shaped(request: Request, body: dict[str, Any]) -> Response:
    """The one shape, as JSON or as a page; never stored by a cache."""
    kept = {"Cache-Control": "no-store"}
    if request.url.path.startswith(PAGES):
        told = (html.tag("p", body[name]) for name in ("message", "remedy") if name in body)
        return html.page(_("This cannot be shown"), *told, status=body["status"], headers=kept)
    return JSONResponse({"error": body}, body["status"], kept)


HANDLERS: dict[Any, Any] = {
    Refused: refused,
    StoreError: known,
    AccountError: known,
    SQLAlchemyError: silent_store,
    Hindered: silent_store,
    Corrupt: silent_store,
    HTTPException: http,
}
