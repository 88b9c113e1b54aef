"""How often one address may ask: for what costs us much, and for what an intruder would try again and again.

Each address has a bucket of every kind that empties as it asks and fills with time, so that a class of analysts behind
one address can begin all at once and a program without a pause cannot go on. The buckets are this process's own: with
several processes an address may ask so often of each that its proxy leads it to.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from tracker import metrics
from tracker.language import gettext as _
from tracker.routes import errors
from tracker.routes.guarded import settings
from tracker.tables import COMPUTED


class Rate(NamedTuple):
    """So many at once, and so many a second from then on."""

    burst: int
    refill: float


#: by kind; forty people behind one address can begin at once with each
RATES = {
    "sign-in": Rate(120, 1),
    "sessions": Rate(240, 4),
    "computed": Rate(240, 4),
    "data": Rate(1200, 20),
}
SIGN_IN = ("/auth/login", "/oauth2callback")
#: what is worked out when it is asked for
WORKED_OUT = ("/charts/", "/claims/", "/api/v1/verdicts/", *(f"/api/v1/{name}." for name in COMPUTED))
DATA = ("/api/", "/polls/", "/feed.atom", "/sitemap.xml")
#: addresses remembered; of more, those that have not asked for longest are forgotten
REMEMBERED = 50_000


class Limited:
    """Refuses, with 429 and when to come back, whoever has asked too often."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.buckets = Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one session of the app."""
        asked, client = kind(scope), scope.get("client")
        wait = self.buckets.wait(asked, client[0], settings(scope).limits) if asked and client else 0.0
        if not wait:
            await self.app(scope, receive, send)
            return
        metrics.limited.labels(asked).inc()
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013})
        else:
            await _refusal(Request(scope), math.ceil(wait))(scope, receive, send)


class Buckets:
    """For each kind and address the moment at which its bucket will be full again (the generic cell rate algorithm)."""

    def __init__(self) -> None:
        self.full: OrderedDict[tuple[str, str], float] = OrderedDict()

    def wait(self, kind: str, client: str, factor: float = 1.0, now: float | None = None) -> float:
        """Seconds until this may be asked again; 0 where it may be now, which it is then counted as."""
        if not factor:
            return 0.0
        rate, key = RATES[kind], (kind, network(client))
        now = time.monotonic() if now is None else now
        one = 1 / (rate.refill * factor)
        full = max(self.full.get(key, now), now) + one
        late = full - now - one * rate.burst * factor
        if late > 1e-9:
            return late
        self.full[key] = full
        self.full.move_to_end(key)
        if len(self.full) > REMEMBERED:
            self.full.popitem(last=False)
        return 0.0


@lru_cache(maxsize=4096)
def network(client: str) -> str:
    """What is taken for one address: an IPv6 one stands for its /64, all of which one household has."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    return client if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def kind(scope: Scope) -> str | None:
    """The kind of what is asked, None for what may be asked as often as one likes."""
    path = scope.get("path", "")
    if scope["type"] == "websocket":
        return "sessions"
    if path in SIGN_IN or (path == "/sign-in" and scope["method"] == "POST"):
        return "sign-in"
    if path.startswith(WORKED_OUT):
        return "computed"
    return "data" if path.startswith(DATA) else None


def _refusal(request: Request, seconds: int) -> errors.Response:
    told = _("Your address has asked for too much at once.")
    remedy = _("Ask again in {seconds} seconds.").format(seconds=seconds)
    response = errors.shaped(request, {"status": 429, "message": told, "remedy": remedy})
    response.headers["Retry-After"] = str(seconds)
    if request.url.path.startswith("/api/"):  # a program in a page of another site is told too
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
