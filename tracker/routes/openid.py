"""After an OpenID provider's word: the session is ours, like that of a link.

Streamlit signs in at the provider (``st.login``) and leaves what it said in a cookie of its own, which nobody could
revoke. So its answer is kept from the browser, and the browser gets a session of the store in its place.
"""

import json
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from tracker import accounts, language
from tracker.language import gettext as _
from tracker.routes import asking, signing

#: where Streamlit sends people to the provider from, and where it has the provider send them back to
LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
#: the cookie that holds, between the two, the page that somebody came from
CAME_FROM = "tracker_came_from"
#: seconds within which one signs in at the provider
PATIENCE = 600


class Vouched:
    """Stands around Streamlit's sign-in: remembers where people come from, and answers them when they are back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"] if scope["type"] == "http" else None
        if path == CALLBACK:
            said: list[Message] = []
            await self.app(scope, receive, _into(said))
            cookies = Headers(raw=said[0]["headers"]).getlist("set-cookie")
            answer = await run_in_threadpool(_answer, Request(scope), cookies)
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, _remembering(Request(scope), send) if path == LOGIN else send)


def _into(said: list[Message]) -> Send:
    async def hold(message: Message) -> None:
        said.append(message)

    return hold


def _remembering(request: Request, send: Send) -> Send:
    """A way to send an answer that also sets the cookie with the page that somebody comes from."""
    page = urlsplit(request.headers.get("referer", ""))
    cookie = Response()
    address = signing.local(urlunsplit(("", "", page.path, page.query, "")))
    secure = signing.encrypted(request)
    cookie.set_cookie(CAME_FROM, address, PATIENCE, path=CALLBACK, httponly=True, samesite="lax", secure=secure)

    async def remember(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            cookies = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for each in [*cookies, cookie.headers["set-cookie"]]:
                headers.append("set-cookie", _secured(each, secure))
        await send(message)

    return remember


def _secured(cookie: str, secure: bool) -> str:
    """The cookie for encrypted connections alone: behind a proxy Streamlit does not know that its site has them."""
    return cookie if not secure or "; secure" in cookie.lower() else f"{cookie}; Secure"


def _answer(request: Request, cookies: list[str]) -> Response:
    """In place of Streamlit's answer: a session and the page that one came from, or why not, in the page's language."""
    page = signing.local(request.cookies.get(CAME_FROM))
    language.use(dict(parse_qsl(urlsplit(page).query)).get(language.PARAMETER))
    try:
        token = accounts.sign_in_as(asking.live(), _claims(cookies))
        response = signing.entering(request, token, page)
    except accounts.AccountError as refusal:
        response = signing.refused(str(refusal))
    for cookie in cookies:
        if not cookie.startswith((USER_COOKIE_NAME, TOKENS_COOKIE_NAME)):
            response.headers.append("set-cookie", _secured(cookie, signing.encrypted(request)))
    return response


def _claims(cookies: list[str]) -> Mapping[str, Any]:
    """What the provider said of somebody, from the cookies that Streamlit wanted to set. SignInRefused for nothing."""
    given = {name: part.value for cookie in cookies for name, part in SimpleCookie(cookie).items()}

    def signed(name: str) -> bytes | None:
        return decode_signed_value(get_cookie_secret(), name, given.get(name, ""))

    said = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    if said is None:
        raise accounts.SignInRefused(_("Signing in at your organisation did not come to its end. Try again."))
    found: Mapping[str, Any] = json.loads(said)
    return found
