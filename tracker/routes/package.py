"""The codebook as a Frictionless Data Package, the package itself as a zip, and the licence of both."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tracker.routes import asking
from tracker.routes.tables import Download, head
from tracker.settings import Settings
from tracker.tables import package

ZIP = "application/zip"


def description(request: Request) -> Response:
    """The package as of one revision; each resource leads to the bytes of that revision."""
    asking.only(request, [])
    store = asking.store(request)
    revision = store.newest()
    headers = asking.headers(request, store, revision)
    if answer := asking.unchanged(request, headers):
        return answer
    return JSONResponse(package.described(store, partial(address, revision)), headers=headers)


def address(revision: int, name: str, ending: str) -> str:
    """Where a table or file of a revision is; without a name, where the site is."""
    site = Settings.from_env().public_url
    return f"{site}/api/v1/{name}.{ending}?as_of={revision}" if name else site


def everything(request: Request) -> Response:
    """The whole package, made while it is sent. It is of one revision, whatever is written meanwhile."""
    asking.only(request, [])
    found = asking.store(request)
    revision = found.newest()
    headers = asking.headers(request, found, revision)
    if answer := asking.unchanged(request, headers):
        return answer
    named = 'attachment; filename="opinion-tracker.zip"'
    headers |= {"Content-Type": ZIP, "Content-Disposition": named, "Accept-Ranges": "none"}
    if request.method == "HEAD":
        return head(headers)
    store = found if found.read_only else found.at(revision)
    chunks = package.zipped(store, partial(address, revision))
    return Download(chunks, chunks, store, headers=headers)


def licence(request: Request) -> Response:
    """The licence of the code, and what it does not cover."""
    asking.only(request, [])
    return Response(package.licence_text(), media_type="text/plain", headers={"Cache-Control": "public, max-age=3600"})
