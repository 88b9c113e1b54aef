"""A real server and a real browser. Without Chromium these tests are skipped, unless the gate requires them."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.serving import Site, served
from tracker import accounts, language

expect.set_options(timeout=60_000)
#: the same browser without its windows starts and draws in half the time
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
#: a page has its heading, its script has ended, nothing is left of an earlier run (which is faded until this one has
#: drawn it anew), and its charts are there: at so many looks in a row, as between two runs all that is so for a moment
DRAWN = """([turn, looks]) => {
    const all = selector => [...document.querySelectorAll(selector)]
    const app = document.querySelector("[data-testid=stApp]")
    const drawn = all("h1").filter(each => each.checkVisibility()).length === 1
        && (!app || app.dataset.testScriptState === "notRunning")
        && !all("[data-testid=stSkeleton], [data-stale=true]").length
        && all("[data-testid=stVegaLiteChart]").every(each => each.querySelector("svg.marks")?.checkVisibility())
    if (window.looked?.turn !== turn) window.looked = {turn, drawn: 0}
    window.looked.drawn = drawn ? window.looked.drawn + 1 : 0
    return window.looked.drawn >= looks
}"""
LOOKS = 5


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[Site]]:
    """Start a tracker of one's own in a folder, on a port of its own or the one named: ``with serve(home) as site``."""
    return served


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tracker started in an empty folder, on the record that ships with it."""
    with served(tmp_path_factory.mktemp("site")) as found:
        assert f"{found.url}/sign-in?token=" in (found.home / "log").read_text()
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    if not CHROMIUM:
        message = "no Chromium on this machine: install the package `chromium`"
        if os.environ.get("TRACKER_BROWSER_REQUIRED"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


class Reader:
    """A new reader's browser, 1280 pixels wide, for one language; without movement, so that pictures hold still."""

    def __init__(self, site: Site, chromium: Browser, language: str) -> None:
        self.site, self.language = site, language
        self._turns = itertools.count()
        self.context: BrowserContext = chromium.new_context(
            viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        self.context.set_default_timeout(60_000)
        #: every host that a page has asked for anything
        self.asked: set[str] = set()
        self.context.on("request", lambda request: self.asked.add(urlsplit(request.url).hostname or ""))
        #: what the browser would not do because the site's own policy forbids it
        self.refused: list[str] = []
        self.context.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.refused.append(f"{message.page and message.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        """A page of the site in the reader's language, drawn whole."""
        page = self.context.new_page()
        page.goto(self.site.url + language.address(path, self.language))
        self.settle(page)
        return page

    def sign_in(self) -> None:
        """Sign in as the operator, once; it holds for every window of this reader's from then on."""
        if not any(cookie["name"] == accounts.COOKIE for cookie in self.context.cookies()):
            self.context.request.post(self.site.sign_in())

    def settle(self, page: Page) -> None:
        """Wait until the page has been drawn."""
        page.wait_for_function(DRAWN, arg=[next(self._turns), LOOKS], polling=50)


@pytest.fixture(scope="module", params=list(language.LANGUAGES))
def reader(request: pytest.FixtureRequest, site: Site, chromium: Browser) -> Iterator[Reader]:
    """A reader of each language, and ``gettext`` speaks it."""
    found = Reader(site, chromium, request.param)
    language.use(request.param)
    yield found
    language.use(None)
    found.context.close()
    assert found.refused == [], "a page does what the site's policy forbids (tracker/routes/guarded.py)"


@pytest.fixture
def page(reader: Reader) -> Iterator[Page]:
    """A window of the reader's, at the first page."""
    page = reader.open("/")
    yield page
    page.close()
