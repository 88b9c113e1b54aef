"""The site's policy in a real browser: what is ours works without a complaint, what is not ours does not run."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.serving import Site, serving

pytestmark = pytest.mark.browser

#: notes every breach of the policy as the browser reports it, those in a frame beside the others
LISTEN = """addEventListener("securitypolicyviolation", breach =>
    (parent.breaches ??= []).push(`${breach.effectiveDirective}: ${breach.blockedURI}`))"""
CLAIM = "wang-di-2025-04-opinion-shifting"
PAGES = ("/", "/?population=all", f"/claims?claim={CLAIM}", "/method", "/data", "/enter?step=answers&field=question")


@pytest.fixture
def window(site: Site, chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who has signed in, and counts what the policy forbade."""
    with chromium.new_context() as context:
        context.set_default_timeout(60_000)
        context.add_init_script(LISTEN)
        context.request.post(site.sign_in())
        yield context


def opened(window: BrowserContext, address: str) -> Page:
    """A page whose script has ended."""
    page = window.new_page()
    page.goto(address)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def breaches(page: Page) -> list[str]:
    """What the policy forbade on this page so far."""
    found: list[str] = page.evaluate("window.breaches ?? []")
    return found


def test_the_main_pages_do_nothing_that_the_policy_forbids(site: Site, window: BrowserContext) -> None:
    for path in PAGES:
        page = opened(window, site.url + path)
        for chart in page.get_by_test_id("stVegaLiteChart").all():
            expect(chart.locator("svg.marks")).to_be_visible()
        assert breaches(page) == [], path
        assert page.evaluate("document.documentElement.lang") == "en"  # a script of ours ran
        page.close()


#: what somebody who got markup into a page would try; each calls ``ran``
INTRUDERS = {
    "an inline script": "add('script', {textContent: 'ran()'})",
    "a script from elsewhere": "add('script', {src: 'http://127.0.0.1:1/ran.js'})",
    "an event of an element": "document.body.insertAdjacentHTML('beforeend', '<img src=x: onerror=ran()>')",
    "a link": "add('a', {href: 'javascript:ran()'}).click()",
    "a frame": "add('iframe', {srcdoc: '<script>parent.ran()</script>'})",
    "a text that becomes a program": "setTimeout('ran()')",
    "a picture that tells": "add('img', {src: 'http://127.0.0.1:1/told'})",
    "a form that tells": "add('form', {action: 'http://127.0.0.1:1/told', method: 'post'}).submit()",
    "a style": "add('style', {textContent: 'body { display: none }'})",
}
ADD = """window.ran = () => { window.intruded = true };
    const add = (name, given) => document.body.appendChild(Object.assign(document.createElement(name), given));"""


def test_nothing_that_is_put_into_a_page_runs_or_tells(site: Site, window: BrowserContext) -> None:
    page = opened(window, site.url + "/method")
    for name, intruder in INTRUDERS.items():
        before = len(breaches(page))
        page.evaluate(f"() => {{ {ADD} try {{ {intruder} }} catch {{}} }}")
        page.wait_for_function("before => (window.breaches ?? []).length > before", arg=before)
        assert page.evaluate("window.intruded") is None, name
    assert page.evaluate("getComputedStyle(document.body).display") == "block"


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another site, which shows in a frame whatever address it is asked to."""

    def frame(request: Request) -> HTMLResponse:
        return HTMLResponse(f'<iframe src="{request.query_params["shown"]}" width="900" height="600"></iframe>')

    with serving(Starlette(routes=[Route("/", frame)])) as url:
        yield url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/?embed=true", True),
        ("/charts/ca-adults/china.svg", True),
        ("/", False),
        ("/claims/", False),
        ("/enter", False),
    ],
)
def test_other_sites_may_frame_a_view_and_a_picture_and_no_page(
    site: Site, window: BrowserContext, elsewhere: str, path: str, shown: bool
) -> None:
    page = window.new_page()
    page.goto(f"{elsewhere}/?shown={site.url}{path.replace('?', '%3F')}")
    assert page.frames[1].url.startswith(site.url if shown else "chrome-error:")
    if path.startswith("/?"):
        expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
        assert not page.frame_locator("iframe").get_by_text("Signed in").count()
