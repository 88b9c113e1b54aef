"""Plain HTTP beside the app: the data's addresses, plain pages, pictures, a feed, signing in and out, a sign of life.

``ROUTES``, ``HANDLERS`` and ``MIDDLEWARE`` are handed to the app. Endpoints are synchronous: each runs in a thread of
its own.
"""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route

from tracker.routes import (
    claims,
    document,
    feed,
    html,
    openapi,
    package,
    pictures,
    polls,
    robots,
    signing,
    tables,
    watching,
)
from tracker.routes.asking import live
from tracker.routes.errors import HANDLERS, script_failed
from tracker.routes.guarded import Guarded
from tracker.routes.limited import Limited
from tracker.routes.noted import Noted
from tracker.routes.openid import Vouched
from tracker.routes.speaking import Speaking
from tracker.routes.watching import Watched

__all__ = ["HANDLERS", "MIDDLEWARE", "ROUTES", "live", "script_failed"]

#: stands around everything that is served, the app's pages included
MIDDLEWARE = [Middleware(each) for each in (Guarded, Noted, Speaking, Watched, Limited, signing.Uploads, Vouched)]


OPEN = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "HEAD"],
    allow_headers=["*"],
    expose_headers=["ETag", "Content-Location", "Content-Disposition", "Tracker-Revision", "Link"],
)

ROUTES: list[BaseRoute] = [
    Route("/healthz", watching.health),
    Route("/metrics", watching.numbers),
    Mount(
        "/api/v1",
        middleware=[OPEN],
        routes=[
            Route("/datapackage.json", package.description),
            Route("/datapackage.zip", package.everything),
            Route("/LICENSE.txt", package.licence),
            Route("/openapi.json", openapi.document),
            Route("/verdicts/{claim}.json", tables.verdict),
            Route("/{name}.{format}", tables.table),
            Route("/{rest:path}", tables.nothing),
        ],
    ),
    Route("/api/{rest:path}", tables.nothing),
    Route("/claims/", claims.claims),
    Route("/claims/{claim}", claims.claim),
    Route("/polls/", polls.polls),
    Route("/polls/{poll}", polls.poll),
    Route("/feed.atom", feed.feed),
    Route("/charts/{population}/{subject}.{format}", pictures.chart),
    Route("/style.css", html.style),
    Route("/robots.txt", robots.robots),
    Route("/sitemap.xml", robots.sitemap),
    Route("/sign-in", signing.sign_in, methods=["GET", "POST"]),
    Route("/sign-out", signing.sign_out, methods=["GET", "POST"]),
    Route("/sign-out/everywhere", signing.sign_out_everywhere, methods=["GET", "POST"]),
    *document.ROUTES,
]
