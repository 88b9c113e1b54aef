"""Signing in by a one-time link, and out.

The link opens a page with a button, because programs that preview links would otherwise use it up before its owner.
"""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tracker import accounts, language
from tracker.language import gettext as _
from tracker.routes import asking, html
from tracker.settings import Settings

#: where one lands after signing in
ENTER = "/enter"

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def sign_in(request: Request) -> Response:
    """GET shows a button; its POST uses up the link, opens a session and goes on to a page of this site."""
    if request.method != "POST":
        return _page(_("Sign in"), _("This link signs you in once, on this device."), _("Sign in"))
    if foreign(request):
        return _page(_("Not signed in"), _("The request came from another site. Open the link itself."), status=403)
    try:
        token = accounts.sign_in(asking.live(), request.query_params.get("token", ""))
    except accounts.LinkRefused as refusal:
        return _page(_("Not signed in"), str(refusal), status=403)
    response = RedirectResponse(language.address(local(request.query_params.get("next"))), 303, HEADERS)
    days = accounts.SESSION_DAYS * 24 * 3600
    response.set_cookie(accounts.COOKIE, token, max_age=days, httponly=True, samesite="lax", secure=_encrypted(request))
    return response


def sign_out(request: Request) -> Response:
    """GET shows a button; its POST closes the session."""
    if request.method != "POST":
        return _page(_("Sign out"), _("Your session on this device ends."), _("Sign out"))
    if foreign(request):
        return _page(_("Still signed in"), _("The request came from another site."), status=403)
    accounts.sign_out(asking.live(), request.cookies.get(accounts.COOKIE))
    response = RedirectResponse(language.address("/"), 303, HEADERS)
    response.delete_cookie(accounts.COOKIE, httponly=True, samesite="lax", secure=_encrypted(request))
    return response


def local(address: str | None) -> str:
    """The address if it is a plain path of this site, else the Enter page: nobody is sent elsewhere."""
    return address if address and re.fullmatch(r"/(?![/\\])[\w\-./?=&%]*", address, re.ASCII) else ENTER


def foreign(request: Request) -> bool:
    """Whether a browser says that another site sent this."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def _encrypted(request: Request) -> bool:
    return request.url.scheme == "https" or Settings.from_env().public_url.startswith("https:")


def _page(title: str, text: str, button: str | None = None, status: int = 200) -> Response:
    form = html.tag("form", html.tag("button", button), method="post") if button else ""
    response = html.page(title, html.tag("p", text), form, status=status)
    response.headers.update(HEADERS)
    return response
