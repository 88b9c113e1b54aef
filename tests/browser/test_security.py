"""The site's policy in a real browser: what is ours works without a complaint, what is not ours does not run."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests import hostile
from tests.serving import Site, served, serving
from tracker import accounts
from tracker.store import Store

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
    wanted, tries = site.url if shown else "chrome-error:", 0
    while not page.frames[1].url.startswith(wanted):  # a page that takes long is refused when it begins to come
        tries += 1
        assert tries < 100, page.frames[1].url
        page.wait_for_timeout(100)
    if path.startswith("/?"):
        expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
        assert not page.frame_locator("iframe").get_by_text("Signed in").count()


#: pages that show what was written into the record, the last ones to whoever has signed in
WRITTEN = (
    "/", f"/claims?claim={hostile.CLAIM}", "/claims", f"/events?event={hostile.EVENT}", "/events",
    f"/polls?poll={hostile.POLL}", "/polls", "/data", "/mine", "/contributors",
)  # fmt: skip
PLAIN = (f"/claims/{hostile.CLAIM}", f"/polls/{hostile.POLL}", "/claims/", "/polls/")
#: what none of the texts may have become; the app's own are not among these
BECOME = {
    "a link that runs": "[href^='javascript' i]",
    "a picture": "img[src*='evil'], img[src='x:']",
    "a formula": ".katex",
    "emphasis": "strong:text-is('bold')",
    "code": "code:text-is('code')",
    "an icon": "[data-testid=stIconMaterial]:text-is('home')",
    "a result": ":text-is('49')",
}
RAN = "window.ran = () => { window.intruded = true }"


@pytest.fixture(scope="module")
def spoilt(record_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tracker on a record in which every text tries to be more than one."""
    home = tmp_path_factory.mktemp("spoilt")
    shutil.copy(record_file, home / "tracker.db")
    with served(home) as site:
        with closing(Store(f"sqlite:///{home / 'tracker.db'}")) as store:
            hostile.spoil(store)
            hostile.commented(store, accounts.OPERATOR)
        yield site


def test_whatever_somebody_writes_stays_a_text(spoilt: Site, chromium: Browser) -> None:
    shown = 0
    with chromium.new_context() as context:
        context.set_default_timeout(60_000)
        context.add_init_script(f"{LISTEN}; {RAN}")
        context.request.post(spoilt.sign_in())
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        for path in (*WRITTEN, *PLAIN):
            page = opened(context, spoilt.url + path) if path in WRITTEN else context.new_page()
            if path in PLAIN:
                page.goto(spoilt.url + path)
            found = [name for name, selector in BECOME.items() if page.locator(selector).count()]
            assert (path, found, page.evaluate("window.intruded"), breaches(page)) == (path, [], None, [])
            shown += "<script>ran()</script>" in page.locator("body").inner_text()
            page.close()
    assert not [url for url in asked if "evil.example" in url]
    assert shown >= 8  # it is there to be read
