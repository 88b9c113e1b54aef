"""One line of the log for every request and every session of the app, and their numbers; a fault gets a reference.

A line says what was asked and how it ended, never by whom: an address stands only beside a refusal for asking too
often. Of an address's query only that of data and pictures is kept; a link that signs somebody in, a provider's code
and the numbers of a session's files never are.
"""

import logging
import re
import time
from functools import cache
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker import metrics
from tracker.routes import errors
from tracker.tables import NAMES

log = logging.getLogger("tracker.requests")
#: what is so small or so frequent that it is told only to who wants to hear everything
FINE = ("/static/", "/_stcore/", "/media/", "/favicon", "/healthz", "/metrics")
#: where the query says which data is asked for, and nothing else
QUERIED = ("/api/", "/charts/")
#: addresses whose last parts open something for whoever knows them
SECRET = re.compile(r"^(/(?:sign-in|oauth2callback|media|_stcore/upload_file))/.*")
#: first parts of the addresses that are counted one by one
PLACES = (
    "api",
    "charts",
    "claims",
    "polls",
    "sign-in",
    "sign-out",
    "static",
    "_stcore",
    "media",
    "feed.atom",
    "healthz",
)


class Noted:
    """Writes down every request once it is over, and answers for what nobody else did."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one session of the app."""
        if scope["type"] == "websocket":
            await self._session(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        note = Note(scope)

        async def noting(message: Message) -> None:
            note.hear(message)
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except ClientDisconnect:
            note.broken = "left"
        except Exception as error:
            note.broken = reference = errors.noted(error, "request")
            if note.status:
                raise  # a whole file is not pretended: the connection breaks
            await errors.broken(Request(scope), reference)(scope, receive, noting)
        finally:
            note.write()

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        metrics.sessions.inc()
        log.info("session begins", extra={"event": "session begins"})
        try:
            await self.app(scope, receive, send)
        finally:
            metrics.sessions.dec()
            lasted = round(time.perf_counter() - begun, 1)
            log.info("session ends after %s s", lasted, extra={"event": "session ends", "seconds": lasted})


class Note:
    """What becomes of one request."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.begun = scope, time.perf_counter()
        self.status = self.bytes = 0
        self.revision: str | None = None
        self.broken: str | None = None

    def hear(self, message: Message) -> None:
        """Take in one part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            held = [value for name, value in message["headers"] if name == b"tracker-revision"]
            self.revision = held[0].decode() if held else None
        else:
            self.bytes += len(message.get("body", b""))

    def write(self) -> None:
        """Log it and count it."""
        passed, path = time.perf_counter() - self.begun, self.scope["path"]
        where = place(path)
        _counter(metrics.requests, where, str(self.status)).inc()
        _counter(metrics.seconds, where).observe(passed)
        if where.startswith("/api/v1/"):
            _counter(metrics.exported_bytes, where.removeprefix("/api/v1/")).inc(self.bytes)
        level = logging.DEBUG if path.startswith(FINE) and self.status < 500 else logging.INFO
        if log.isEnabledFor(level):
            self._line(level, round(1000 * passed, 1))

    def _line(self, level: int, ms: float) -> None:
        told: dict[str, Any] = {
            "event": "request",
            "method": self.scope["method"],
            "path": redacted(self.scope),
            "status": self.status,
            "ms": ms,
            "bytes": self.bytes,
            "revision": self.revision,
        }
        told |= {"reference": self.broken} if self.broken else {}
        if self.status == 429:
            told["client"] = (self.scope.get("client") or ["?"])[0]
        words = (told["method"], told["path"], self.status, ms, self.bytes)
        log.log(level, "%s %s %s %s ms %s bytes", *words, extra=told)


@cache
def _counter(family: Any, *labels: str) -> Any:
    """The one of a family with these labels, which are few; looking it up by itself takes a lock."""
    return family.labels(*labels)


def redacted(scope: Scope) -> str:
    """The address as it may be written down."""
    path = SECRET.sub(r"\1/...", scope["path"])
    query = scope["query_string"].decode("latin-1") if path.startswith(QUERIED) else ""
    return f"{path}?{query}" if query else path


def place(path: str) -> str:
    """The kind of address, of which there are few: a table's own, the first part, or a page of the app."""
    first, _slash, rest = path.lstrip("/").partition("/")
    if first == "api":
        name = rest.removeprefix("v1/").partition(".")[0]
        return f"/api/v1/{name}" if name in NAMES else "/api"
    return f"/{first}" if first in PLACES else "/"
