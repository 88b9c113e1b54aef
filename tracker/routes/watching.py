"""For whoever watches over the tracker: whether it can serve, and its numbers.

``/healthz`` may be asked by anybody. The numbers, ours and Streamlit's, say nothing of any person, but they cost time
and tell an intruder what an attack does: they are for the addresses of ``TRACKER_WATCHERS``.
"""

import ipaddress
from functools import lru_cache

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tracker import accounts, metrics
from tracker.language import gettext as _
from tracker.models import Poll
from tracker.routes import asking, errors
from tracker.routes.guarded import settings
from tracker.store import Store

NUMBERS = ("/metrics", "/_stcore/metrics")


class Watched:
    """Gives the numbers to those alone who watch."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] in NUMBERS and not _watches(scope):
            told = {"status": 403, "message": _("These numbers are for those who watch over this site.")}
            await errors.shaped(Request(scope), told)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def health(_request: Request) -> Response:
    """Whether the database answers and has the schema that this version needs, with the revision; else 503 and why."""
    store = asking.live()
    store.standing()
    revision = store.newest()
    found = {"ok": True, "revision": revision, "polls": _published(store, revision)}
    return JSONResponse(found, headers={"Cache-Control": "no-store"})


def numbers(_request: Request) -> Response:
    """The counts of this process, and what the store says now."""
    store = asking.live()
    metrics.revision.set(store.newest())
    metrics.drafts.set(len(accounts.queue(store)))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _watches(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and within(client[0], settings(scope).watchers)


@lru_cache(maxsize=1024)
def within(client: str, networks: str) -> bool:
    """Whether an address is one of these, or in one of these networks."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(each.strip()) for each in networks.split(",") if each)


@lru_cache(maxsize=1)
def _published(store: Store, _revision: int) -> int:
    return len(store.find(Poll, status="published"))
