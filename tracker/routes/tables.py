"""The data's addresses: tables streamed from the store, the trend day by day, a verdict as data."""

import datetime as dt
import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tracker import claims, series, trend
from tracker.export import FORMATS, Column, Format
from tracker.language import gettext as _
from tracker.language import marked
from tracker.routes import asking, judged
from tracker.routes.errors import Refused
from tracker.store import TABLES, Moved, Store

#: what a trend is of, and what is known when
ATTITUDE = ("population", "subject", "construct", "measure", "object")
#: how often a table is asked for again when somebody writes in the same moment
ATTEMPTS = 5

BAND_ENDS = marked(
    {
        "low": "lower end of the band that holds the level with the probability in its name, in percent",
        "high": "upper end of the band that holds the level with the probability in its name, in percent",
    }
)
TREND_COLUMNS = [
    Column("date", "date", marked("the day")),
    Column("level", "number", marked("the pooled level on that day"), "the measure's own"),
    Column("sd", "number", marked("its standard deviation"), "the measure's own"),
    *(Column(f"{end}{share}", "number", told) for share in (50, 80, 95) for end, told in BAND_ENDS.items()),
]

Table = tuple[list[Column], Generator[Sequence[Any], None, None]]


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


def table(request: Request) -> Response:
    """A table of the store with the filters of the query."""
    name, written = request.path_params["name"], _format(request)
    store = asking.store(request)
    if name not in TABLES:
        raise unknown(name)
    filters = asking.filters(request)
    if answer := asking.unchanged(request, asking.headers(request, store, store.newest())):
        return answer
    revision, (columns, rows), first = _settled(store, name, filters)
    headers = asking.headers(request, store, revision)
    if request.method == "HEAD":
        rows.close()
        return _head(written, name, headers)
    named = _named(headers, name, written)
    return Download(written(columns, chain(first, rows)), rows, store, media_type=written.media_type, headers=named)


def _settled(store: Store, name: str, filters: dict[str, list[str]]) -> tuple[int, Table, list[Sequence[Any]]]:
    """The table with the revision that it is of. Its first row is already fetched: a failed query is no short file."""
    for _attempt in range(ATTEMPTS):
        revision = store.newest()
        columns, rows = store.table(name, filters)
        with suppress(Moved):
            first = list(islice(rows, 1))
            if store.newest() == revision:
                return revision, (columns, rows), first
        rows.close()
    raise Refused(503, _("The store is changing too fast to be read."), _("Try again in a minute."))


def trend_table(request: Request) -> Response:
    """The pooled level of one attitude, day by day."""
    asked = asking.only(request, [*ATTITUDE, "known_by"])
    written, store = _format(request), asking.store(request)
    headers = asking.headers(request, store, store.newest())
    if answer := asking.unchanged(request, headers):
        return answer
    known_by = asking.day("known_by", asked.pop("known_by", None))
    try:
        chunks = written(TREND_COLUMNS, trend_rows(store, known_by=known_by, **asked))
    except trend.NotPooled as error:
        raise Refused(404, error.reason, _("/api/v1/questions.csv lists what was asked of whom.")) from None
    if request.method == "HEAD":
        return _head(written, "trend", headers)
    return Response(b"".join(chunks), media_type=written.media_type, headers=_named(headers, "trend", written))


def trend_rows(
    store: Store,
    population: str = series.DEFAULT_POPULATION,
    subject: str = series.DEFAULT_SUBJECT,
    known_by: dt.date | None = None,
    **attitude: Any,
) -> list[tuple[Any, ...]]:
    """Level and bands for every day from the first comparable reading to the last (TREND_COLUMNS), or NotPooled."""
    readings = series.read(store, population, subject, known_by=known_by, **attitude)
    if readings.empty:
        none = _("No such question about {subject} was asked of {population} by then: the questions list what was.")
        raise trend.NotPooled(none.format(subject=subject, population=population))
    fitted = trend.fit(readings)
    days = [fitted.first + dt.timedelta(days=n) for n in range((fitted.last - fitted.first).days + 1)]
    band = fitted.band(days)
    figures = (band[column.name].round(4) for column in TREND_COLUMNS[1:])
    return list(zip(days, *figures, strict=True))


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
    known = [*TABLES, "trend", "verdicts/<claim>"]
    remedy = _("Ask for /api/v1/<name>.<format> with a name of {names} and a format of {formats}.")
    remedy = remedy.format(names=", ".join(known), formats=", ".join(FORMATS))
    return Refused(404, _("There is no {name} here.").format(name=name), remedy, known=known)


def _format(request: Request) -> Format:
    ending = request.path_params["format"]
    if ending not in FORMATS:
        message = _("There is no format {ending}.").format(ending=ending)
        raise Refused(406, message, _("Ask for {formats}.").format(formats=", ".join(FORMATS)), known=[*FORMATS])
    return FORMATS[ending]


def _named(headers: dict[str, str], name: str, written: Format) -> dict[str, str]:
    return headers | {"Content-Disposition": f'inline; filename="{name}.{written.extension}"'}


def _head(written: Format, name: str, headers: dict[str, str]) -> Response:
    """The headers alone. The length is left out: it is known only once the rows have been read."""
    response = Response(media_type=written.media_type, headers=_named(headers, name, written))
    del response.headers["content-length"]
    return response
