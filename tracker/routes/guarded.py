"""What every answer tells a browser to refuse: scripts that are not ours, frames of other sites, guesses at types.

The policy of the app's pages is as strict as Streamlit works with: no script but a file of this site or one of the few
texts named here, none made out of text, nothing fetched from or sent to elsewhere.
"""

import base64
import hashlib
from functools import cache
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.routes import document, scripts
from tracker.settings import Settings

#: what no page here ever needs of a browser
UNNEEDED = ("browsing-topics", "camera", "display-capture", "geolocation", "microphone", "payment", "usb")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # addresses here say what somebody looks at
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNNEEDED),
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: a year in seconds: for so long a browser that came by https comes by nothing else
KEPT = 31_536_000
#: what other sites may use: data, pictures, the feed
OPEN = ("/api/", "/charts/", "/feed.atom")
#: whatever may hold or be a script of the app: pages, modules and the workers they start
PROGRAMS = ("text/html", "text/javascript", "application/javascript")

#: the styles that Streamlit brings along as text: an empty one, filled rule by rule; what can be pressed; where fingers
#: scroll
BROUGHT = (
    "",
    "@layer {\n  [data-react-aria-pressable] {\n    touch-action: pan-x pan-y pinch-zoom;\n  }\n}",
    "@layer {\n  * {\n    overscroll-behavior: contain;\n  }\n}",
)


class Guarded:
    """Puts the headers on whatever is answered; an answer's own stay as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower(): value for name, value in message["headers"]}
                asked = asked_of_browsers(scope, own.get(b"content-type", b"").decode("latin-1"))
                message["headers"] = [*message["headers"], *(pair for pair in asked if pair[0] not in own)]
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


def settings(scope: Scope) -> Settings:
    """The settings, read once a request."""
    if "settings" not in scope:
        scope["settings"] = Settings.from_env()
    found: Settings = scope["settings"]
    return found


def asked_of_browsers(scope: Scope, kind: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of an answer of this media type to a request."""
    shared = scope["path"].startswith(OPEN)
    encrypted = settings(scope).public_url.startswith("https:")
    return _headers(kind.startswith(PROGRAMS), shared, shared or _embedded(scope), encrypted)


@cache
def _headers(program: bool, shared: bool, framed: bool, encrypted: bool) -> tuple[tuple[bytes, bytes], ...]:
    found = ALWAYS | {
        "Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-origin",
        "Content-Security-Policy": policy(framed) if program else nothing(framed),
    }
    if encrypted:
        found["Strict-Transport-Security"] = f"max-age={KEPT}"
    return tuple((name.lower().encode(), value.encode()) for name, value in found.items())


def _embedded(scope: Scope) -> bool:
    """Whether this is a view of the app for other sites to show in a frame; no cookie of ours reaches it there."""
    if scope["path"] != document.FIRST:
        return False
    return parse_qs(scope["query_string"].decode("latin-1")).get("embed") == ["true"]


def policy(framed: bool) -> str:
    """The policy of the app's pages. Streamlit reads its messages by WebAssembly and sets styles in attributes."""
    rules = (
        "default-src 'none'",
        f"script-src 'self' 'wasm-unsafe-eval' {_hashes([*document.inline('script'), *scripts.ALL])}",
        f"style-src 'self' {_hashes([*document.inline('style'), *BROUGHT])}",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        _frames(framed),
    )
    return "; ".join(rules)


def nothing(framed: bool) -> str:
    """The policy of what is no page: opened as one, it does nothing."""
    return f"default-src 'none'; {_frames(framed)}"


def _frames(framed: bool) -> str:
    return "frame-ancestors *" if framed else "frame-ancestors 'none'"


def _hashes(texts: list[str]) -> str:
    return " ".join(map(digest, texts))


def digest(text: str) -> str:
    """A text as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
