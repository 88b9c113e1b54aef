"""The data's addresses: every table, streamed, and a verdict as data."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tracker import claims, tables
from tracker.export import FORMATS, Column, Format, Rows
from tracker.language import gettext as _
from tracker.routes import asking, judged
from tracker.routes.errors import Refused
from tracker.routes.held import Answer, Held
from tracker.store import Moved, Store
from tracker.tables import Asked

#: how often a table is asked for again when somebody writes in the same moment
ATTEMPTS = 5
#: rows that are sent whole, with their length
SMALL = 1_000
HELD = Held()
#: parameters of every table that are no filters: which columns, how many rows, after which one
PAGING = ("columns", "limit", "after")

Table = tuple[list[Column], Rows]


class Download(StreamingResponse):
    """Chunks as they come. However the download ends, its rows are let go; a failure midway breaks the connection."""

    def __init__(self, chunks: Iterator[bytes], rows: Any, store: Store | None = None, **rest: Any) -> None:
        super().__init__(chunks, **rest)
        self.rows = rows
        self.store = store  # held: a past state lasts as long as its store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.rows.close()  # not awaited: a download that was called off may wait for nothing more


async def table(request: Request) -> Response:
    """A table with the filters, columns and page of the query: at once where it is at hand, else read in a thread."""
    store = asking.copied(request)
    if answer := HELD.at_hand(request, store, store.glance()):
        return answer
    return await run_in_threadpool(_read, request)


def _read(request: Request) -> Response:
    name, written = request.path_params["name"], _format(request)
    store = asking.store(request)
    if name not in tables.NAMES:
        raise unknown(name)
    asked, newest = _asked(request), store.newest()
    if answer := HELD.at_hand(request, store, newest):
        return answer
    today = store.today() if tables.dated(name) else None
    headers = asking.headers(request, store, newest, today)
    if answer := asking.unchanged(request, headers):
        HELD.hold(request, store, Answer(newest, headers, day=today))
        return answer
    try:
        revision, (columns, rows), further = _settled(store, name, asked, newest)
    except tables.NothingThere as error:
        raise Refused(404, str(error), _("/api/v1/questions.csv lists what was asked of whom.")) from None
    if revision != newest:
        headers = asking.headers(request, store, revision, today)
    more = _named(name, written)
    if further:
        more["Link"] = f'<{_next(request, further)}>; rel="next"'
    if request.method == "HEAD":
        rows.close()
        return head(headers | more)
    chunks = written(columns, rows)
    body = b"".join(chunks) if asked.limit and asked.limit <= SMALL else None
    made = Answer(revision, headers, more, body, today)
    HELD.hold(request, store, made)
    return Download(chunks, rows, store, headers=headers | more) if body is None else made.whole()


def _asked(request: Request) -> Asked:
    query = request.query_params
    named = [name for text in query.getlist("columns") for name in text.split(",") if name]
    rest = {name: texts for name, texts in asking.filters(request).items() if name not in PAGING}
    return Asked(rest, _limit(query.get("limit")), named, query.getlist("after"))


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        wrong = _("The limit is {text}, which is no number of rows.").format(text=text)
        raise Refused(400, wrong, _("Give a whole number from 1 to {most}.").format(most=10**9 - 1))
    return int(text)


def _next(request: Request, after: list[str]) -> str:
    """The address of the page that begins after the row with this key."""
    query = [pair for pair in request.query_params.multi_items() if pair[0] != "after"]
    return f"{request.url.path}?{urlencode([*query, *(('after', part) for part in after)])}"


def _settled(store: Store, name: str, asked: Asked, revision: int) -> tuple[int, Table, list[str] | None]:
    """The table with the revision that it is of, this one or a newer, and where its next page begins. Its first rows
    are already fetched: a failed query is no short file."""
    for _attempt in range(ATTEMPTS):
        columns, rows = tables.open_table(store, name, asked)
        with suppress(Moved):
            rows.start()
            further = tables.page_end(store, name, asked)
            if store.newest() == revision:
                return revision, (columns, rows), further
        rows.close()
        revision = store.newest()
    raise Refused(503, _("The store is changing too fast to be read."), _("Try again in a minute."))


def verdict(request: Request) -> Response:
    """A verdict, then and now, with its evidence."""
    asked, claim = asking.only(request, ["known_by"]), request.path_params["claim"]
    store, known_by = asking.store(request), asking.day("known_by", asked.get("known_by"))
    headers = asking.headers(request, store, store.newest(), store.today())
    if answer := asking.unchanged(request, headers):
        return answer
    try:
        found = judged.claim(store, claim, known_by)
    except claims.UnknownClaim as error:
        raise Refused(404, str(error), _("/api/v1/claims.csv lists them.")) from None
    return Response(json.dumps(found, ensure_ascii=False, indent=1), media_type="application/json", headers=headers)


def nothing(request: Request) -> Response:
    """Whatever else is asked for below /api."""
    raise unknown(request.url.path)


def unknown(name: str) -> Refused:
    """No data of this name: which there are."""
    known = [*tables.NAMES, "verdicts/<claim>"]
    remedy = _("Ask for /api/v1/<name>.<format> with a name of {names} and a format of {formats}.")
    remedy = remedy.format(names=", ".join(known), formats=", ".join(FORMATS))
    return Refused(404, _("There is no {name} here.").format(name=name), remedy, known=known)


def _format(request: Request) -> Format:
    ending = request.path_params["format"]
    if ending not in FORMATS:
        message = _("There is no format {ending}.").format(ending=ending)
        raise Refused(406, message, _("Ask for {formats}.").format(formats=", ".join(FORMATS)), known=[*FORMATS])
    return FORMATS[ending]


def _named(name: str, written: Format) -> dict[str, str]:
    file = f'inline; filename="{name}.{written.extension}"'
    return {"Content-Type": written.media_type, "Content-Disposition": file, "Accept-Ranges": "none"}


def head(headers: dict[str, str]) -> Response:
    """The headers of a download alone. The length is left out: it is known only once the rows have been read."""
    response = Response(headers=headers)
    del response.headers["content-length"]
    return response
