"""Every page in both themes, wide and on a telephone: whole, nothing cut, nothing asked of another site.

The pictures land in build/screenshots; `make docs/trends.png` takes the README's from there.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tracker.settings import ROOT

pytestmark = pytest.mark.browser
PICTURES = ROOT / "build" / "screenshots"
#: no page is drawn taller than this, so that a long table does not make a picture nobody looks at
TALLEST = 4000
PAGES = {
    "trends": "/",
    "claims": "/claims",
    "claim": "/claims?claim=wang-di-2025-04-opinion-shifting",
    "events": "/events",
    "event": "/events?event=meng-wanzhou-arrest-2018",
    "polls": "/polls",
    "poll": "/polls?poll=angus-reid-institute-2025-02-27-ca-adults",
    "data": "/data",
    "method": "/method",
    "enter": "/enter",
}


def settle(page: Page) -> None:
    """Wait until the page has been drawn and its script has ended."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def draw_whole(page: Page, width: int) -> None:
    """Make the window as tall as the page, as far as ``TALLEST``."""
    tall = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(tall + 80, TALLEST)})
    page.wait_for_timeout(500)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_whole(site: Any, chromium: Browser, theme: Any, width: int) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    asked: set[str] = set()
    faults: list[str] = []
    for name, address in PAGES.items():
        page = context.new_page()
        page.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
        page.goto(site.url + address, timeout=60_000)
        settle(page)
        faults += [f"{name}: {text}" for text in page.get_by_test_id("stException").all_inner_texts()]
        over = page.get_by_test_id("stMain").evaluate("element => element.scrollWidth - element.clientWidth")
        faults += [f"{name}: {over} pixels wider than the window"] if over > 0 else []
        draw_whole(page, width)
        page.screenshot(path=PICTURES / f"{name}-{width}-{theme}.png")
        page.close()
    context.close()
    assert faults == []
    assert asked <= {"127.0.0.1", ""}
