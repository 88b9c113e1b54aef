"""The document that holds the app, as it is served before any script has run."""

import asyncio
import re
from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette

from tracker import routes
from tracker.routes.document import PAGES, STATIC

Get = Callable[[str], httpx.Response]


@pytest.fixture
def get() -> Get:
    app = Starlette(routes=routes.ROUTES, middleware=routes.MIDDLEWARE)

    async def ask(address: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(address)

    return lambda address: asyncio.run(ask(address))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_app_has_a_title_and_a_way_for_those_without_scripts(get: Get, page: str) -> None:
    text = get(page).text
    assert "<title>Opinion tracker</title>" in text and "Streamlit</title>" not in text
    assert re.search(r'<noscript>.*href="/claims/".*href="/polls/".*</noscript></body>', text, re.DOTALL)
    assert "prefers-reduced-motion" in text and '<div id="root"></div>' in text


def test_it_speaks_the_language_of_its_address(get: Get) -> None:
    assert '<html lang="en">' in get("/").text
    french = get("/?lang=fr&subject=china").text
    assert '<html lang="fr">' in french and "Suivi de l" in french
    assert re.search(r'rel="canonical" href="[^"]*/\?subject=china&amp;lang=fr"', french)
    assert re.search(r'rel="alternate" hreflang="en" href="[^"]*/\?subject=china"', french)


def test_a_shared_view_is_shown_with_the_picture_of_its_chart(get: Get) -> None:
    text = get("/?population=us-adults&subject=china&measure=negative&from=2020-01-01").text
    assert "/charts/us-adults/china.png?measure=negative&amp;size=card" in text


def test_what_an_address_says_stays_text(get: Get) -> None:
    text = get('/?subject="><script>alert(1)</script>&population={0}&lang={title}').text
    assert "<script>alert" not in text and "/charts/ca-adults/china.png" in text


def test_what_is_asked_for_ahead_is_there(get: Get) -> None:
    asked = re.findall(r'href="\./(static/(?:js|media)/[^"]+)"', get("/").text)
    assert [path for path in asked if not (STATIC / path).is_file()] == []
    assert any("ArrowVegaLiteChart" in path for path in asked)
    assert not any("ArrowVegaLiteChart" in path for path in re.findall(r'href="([^"]+)"', get("/polls").text))
