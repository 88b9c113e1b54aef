"""Signing in, by a one-time link or after an OpenID provider's word, and out.

The link opens a page with a button, because programs that preview links would otherwise use it up before its owner.
"""

import re
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tracker import accounts, language
from tracker.language import gettext as _
from tracker.routes import asking, html
from tracker.settings import Settings

#: where Streamlit takes files
FILES = "/_stcore/upload_file/"
#: where one lands after signing in
ENTER = "/enter"

#: a referrer would tell the link; none at all would hide from us where an old browser's form came from
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin", "X-Robots-Tag": "noindex"}


def sign_in(request: Request) -> Response:
    """GET shows a button; its POST uses up the link, opens a session and goes on to a page of this site."""
    if request.method != "POST":
        return _page(_("Sign in"), _("This link signs you in once, on this device."), _("Sign in"))
    if foreign(request):
        return refused(_("The request came from another site. Open the link itself."))
    try:
        token = accounts.sign_in(asking.live(), request.query_params.get("token", ""))
    except accounts.SignInRefused as refusal:
        return refused(str(refusal))
    return entering(request, token, language.address(local(request.query_params.get("next"))))


def sign_out(request: Request) -> Response:
    """GET shows a button; its POST closes the session."""
    return _leaving(request, _("Sign out"), _("Your session on this device ends."))


def sign_out_everywhere(request: Request) -> Response:
    """The same for every session of whoever is signed in, and for links that they have not used yet."""
    told = _("Your sessions end on every device, and sign-in links that you have not used yet.")
    return _leaving(request, _("Sign out everywhere"), told, everywhere=True)


def _leaving(request: Request, title: str, told: str, everywhere: bool = False) -> Response:
    if request.method != "POST":
        return _page(title, told, title)
    if foreign(request):
        return _page(_("Still signed in"), _("The request came from another site."), status=403)
    accounts.sign_out(asking.live(), request.cookies.get(accounts.COOKIE), everywhere)
    response = RedirectResponse(language.address("/"), 303, HEADERS)
    response.delete_cookie(accounts.COOKIE, httponly=True, samesite="lax", secure=encrypted(request))
    return response


def entering(request: Request, token: str, address: str) -> Response:
    """The way on for whoever has just signed in, with the session in a cookie; one that the browser had before ends."""
    accounts.sign_out(asking.live(), request.cookies.get(accounts.COOKIE))
    response = RedirectResponse(address, 303, HEADERS)
    days = accounts.SESSION_DAYS * 24 * 3600
    response.set_cookie(accounts.COOKIE, token, max_age=days, httponly=True, samesite="lax", secure=encrypted(request))
    return response


def refused(why: str) -> Response:
    """A page for somebody who is not signed in now."""
    return _page(_("Not signed in"), why, status=403)


class Uploads:
    """Takes files from those alone who have signed in: Streamlit would keep anybody's in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        sends = (
            scope["type"] == "http" and scope["path"].startswith(FILES) and scope["method"] not in ("GET", "OPTIONS")
        )
        if sends and not await run_in_threadpool(_signed_in, Request(scope)):
            await PlainTextResponse(_("Sign in first."), 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _signed_in(request: Request) -> bool:
    return accounts.contributor(asking.live(), request.cookies.get(accounts.COOKIE)) is not None


def local(address: str | None) -> str:
    """The address if it is a plain path of this site, else the Enter page: nobody is sent elsewhere."""
    return address if address and re.fullmatch(r"/(?![/\\])[\w\-./?=&%]*", address, re.ASCII) else ENTER


def foreign(request: Request) -> bool:
    """Whether a browser says that another site sent this; an old one says only where it came from."""
    site = request.headers.get("sec-fetch-site")
    if site is None:
        origin = request.headers.get("origin")
        ours = (request.url.netloc, urlsplit(Settings.from_env().public_url).netloc)
        return origin is not None and urlsplit(origin).netloc not in ours
    return site not in ("same-origin", "none")


def encrypted(request: Request) -> bool:
    """Whether readers reach this site by https, here or at the proxy before it."""
    return request.url.scheme == "https" or Settings.from_env().public_url.startswith("https:")


def _page(title: str, text: str, button: str | None = None, status: int = 200) -> Response:
    form = html.tag("form", html.tag("button", button), method="post") if button else ""
    response = html.page(title, html.tag("p", text), form, status=status)
    response.headers.update(HEADERS)
    return response
