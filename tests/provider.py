"""An OpenID provider to sign in at: OpenID Connect Core 1.0, the authorization code flow with PKCE, RS256.

It asks no password: whoever comes picks a person. Everything that the standards have a provider check, it checks.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

#: seconds for which a code and a token can be used
CODE_LIFE, TOKEN_LIFE = 60, 300
NOT_STORED = {"Cache-Control": "no-store"}


@dataclass
class Provider:
    """Who can sign in, and the one client that may ask."""

    #: the claims of each person, by the name on their button
    people: dict[str, dict[str, Any]]
    client_id: str = "tracker"
    client_secret: str = field(default_factory=secrets.token_urlsafe)
    #: where it is reached, and where it sends people back to
    issuer: str = ""
    redirect_uri: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}))
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def app(self) -> Starlette:
        """What is to be served at the issuer's address."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/jwks", self.keys),
                Route("/authorize", self.authorize, methods=["GET", "POST"]),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    def configuration(self, _request: Request) -> Response:
        """OpenID Connect Discovery 1.0, section 3."""
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "scopes_supported": ["openid", "email", "profile"],
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def keys(self, _request: Request) -> Response:
        """The public half of the key that signs."""
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Core, section 3.1.2: a page with a button for each person, whose POST sends back with a code."""
        asked = request.query_params
        if asked.get("client_id") != self.client_id or asked.get("redirect_uri") != self.redirect_uri:
            return Response("unknown client or redirect_uri", 400)  # nobody is sent to an address that is not known
        if wrong := _wrong(asked):
            return self._back(asked, error=wrong)
        if request.method == "GET":
            buttons = [f'<button name="person" value="{name}">{name}</button>' for name in [*self.people, "Cancel"]]
            return HTMLResponse(f'<h1>Who are you?</h1><form method="post">{"".join(buttons)}</form>')
        return self._chosen(asked, str((await request.form()).get("person", "")))

    def _chosen(self, asked: Any, person: str) -> Response:
        if person not in self.people:
            return self._back(asked, error="access_denied")
        code = secrets.token_urlsafe()
        self.codes[code] = {
            "claims": self.people[person] | {"sub": person, "nonce": asked["nonce"]},
            "challenge": asked["code_challenge"],
            "expires": time.time() + CODE_LIFE,
        }
        return self._back(asked, code=code)

    def _back(self, asked: Any, **said: str) -> Response:
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(said | {'state': asked.get('state', '')})}", 303)

    async def token(self, request: Request) -> Response:
        """Core, section 3.1.3: an ID token for a code, once, to the client that proves to be who asked for it."""
        given = await request.form()
        secret = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {secret}":
            return JSONResponse({"error": "invalid_client"}, 401, {"WWW-Authenticate": "Basic"} | NOT_STORED)
        if given.get("grant_type") != "authorization_code":
            return JSONResponse({"error": "unsupported_grant_type"}, 400, NOT_STORED)
        held = self.codes.pop(str(given.get("code")), None)
        if (
            held is None
            or held["expires"] < time.time()
            or given.get("redirect_uri") != self.redirect_uri
            or held["challenge"] != challenge(str(given.get("code_verifier", "")))
        ):
            return JSONResponse({"error": "invalid_grant"}, 400, NOT_STORED)
        said = {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "expires_in": TOKEN_LIFE}
        return JSONResponse(said | {"id_token": self._signed(held["claims"])}, headers=NOT_STORED)

    def _signed(self, claims: dict[str, Any]) -> str:
        """Core, section 2."""
        now = int(time.time())
        whole = claims | {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + TOKEN_LIFE}
        return jwt.encode({"alg": "RS256", "kid": "1"}, whole, self.key)


def _wrong(asked: Any) -> str | None:
    """What is wrong with a request to sign in, in the standard's word."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or not all(map(asked.get, ("code_challenge", "state", "nonce"))):
        return "invalid_request"
    return None


def challenge(verifier: str) -> str:
    """RFC 7636, section 4.2: what is sent ahead of a secret."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
