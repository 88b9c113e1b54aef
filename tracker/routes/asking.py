"""What a request asks for: which store, as of when, with which filters, and whether the asker already has it."""

import datetime as dt
import hashlib
from collections.abc import Collection
from email.utils import format_datetime
from functools import cache
from operator import itemgetter
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from tracker import accounts, claims, language
from tracker.language import gettext as _
from tracker.routes.errors import Refused
from tracker.settings import Settings
from tracker.store import Store

#: what every address takes: which state of the record, and in which language
EVERYWHERE = (language.AS_OF, language.PARAMETER)


@cache
def _open(url: str) -> Store:
    return Store(url)


def live() -> Store:
    """The store of this installation; one for the process."""
    return _open(Settings.from_env().database_url)


def copied(request: Request) -> Store:
    """Where whoever asks reads: a copy of the store where one is set, which may lag; writers see what they wrote."""
    found = Settings.from_env()
    return live() if accounts.COOKIE in request.cookies else _open(found.read_url or found.database_url)


def store(request: Request) -> Store:
    """The store as the request wants it: now, or as of a revision, a moment or a day.

    Whatever is told of a past state is told as of the day of its newest revision (``Store.today``): the same bytes
    whenever they are asked for, and those that were given without ``as_of`` on that day.
    """
    when = request.query_params.get(language.AS_OF)
    return copied(request) if when is None else copied(request).at(when)


def state(request: Request) -> Store:
    """The same for a page, whose links then lead to the same state."""
    found = store(request)
    language.keep(request.query_params.get(language.AS_OF))
    return found


def filters(request: Request) -> dict[str, list[str]]:
    """The request's columns with their values; a column given twice means either value."""
    query = request.query_params
    return {name: query.getlist(name) for name in query if name not in EVERYWHERE}


def only(request: Request, names: Collection[str]) -> dict[str, str]:
    """The request's parameters, each once and each among those known."""
    wrong = [name for name in request.query_params if name not in (*names, *EVERYWHERE)]
    if wrong:
        message = _("There is no parameter {name}.").format(name=wrong[0])
        remedy = _("Give any of {names}.").format(names=", ".join([*names, *EVERYWHERE]))
        raise Refused(400, message, remedy, known=[*names, *EVERYWHERE])
    return {name: value for name, value in request.query_params.items() if name not in EVERYWHERE}


def day(name: str, text: str | None) -> dt.date | None:
    """A date of the query, or a refusal that shows how to write one."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        message = _("{name} is {text}, which is no date.").format(name=name, text=text)
        raise Refused(400, message, _("Write it as 2025-04-21.")) from None


def headers(request: Request, store: Store, revision: int, today: dt.date | None = None) -> dict[str, str]:
    """What every answer of the data carries: revision, validators, and the address of exactly these bytes.

    ``today`` belongs in where the answer depends on the day of asking: on a later day than that of the revision there
    is no address that will always give exactly these bytes.
    """
    # by name alone: the parts of a key, which have one name, mean something in their order
    query = sorted(request.query_params.multi_items(), key=itemgetter(0))
    asked = f"{claims.METHOD} {request.url.path}?{urlencode(query)} {today or ''}"
    pinned = urlencode([*(pair for pair in query if pair[0] != language.AS_OF), (language.AS_OF, str(revision))])
    changed = store.changed_at(revision)
    lasting = today is None or (changed is not None and changed.date() == today)
    found = {
        # weak: the same data, whether or not it was compressed on the way
        "ETag": f'W/"{revision}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"',
        "Cache-Control": "public, no-cache",
        "Tracker-Revision": str(revision),
    }
    found |= {"Content-Location": f"{request.url.path}?{pinned}"} if lasting else {}
    return found | ({"Last-Modified": _http_date(changed)} if changed else {})


def present(request: Request, store: Store) -> dict[str, str]:
    """The same for what is told of the present alone: there is no address that will always give exactly these bytes."""
    found = headers(request, store, store.newest(), store.today())
    return {name: value for name, value in found.items() if name != "Content-Location"}


def unchanged(request: Request, headers: dict[str, str]) -> Response | None:
    """The 304 for somebody who has these bytes already, or None."""
    tags = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=headers) if headers["ETag"] in tags else None


def _http_date(moment: dt.datetime) -> str:
    return format_datetime(moment.replace(tzinfo=dt.UTC), usegmt=True)
