"""The language of an answer is the one that its address asks for: ``?lang=fr``. Nothing else is looked at, so that an
address says the same to everybody and to every cache."""

from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker import language


class Speaking:
    """Chooses the language before anything is answered, errors included; an answer says in which language it is where
    its address names one. A language that is not offered leaves English."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(language.PARAMETER)
        language.use(asked[-1] if asked else None)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Language"] = language.chosen()
            await send(message)

        await self.app(scope, receive, told if asked else send)
