"""The chart under a reader's hands: what a click opens, what zooming names, and what an embedded page holds."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tracker.language import gettext as _

pytestmark = pytest.mark.browser


def marks(page: Page, name: str) -> Locator:
    """The targets of the claims or of the events, in the order of their dates."""
    return page.locator(f"g.{name}_marks path")


def titles(page: Page) -> set[str]:
    """The titles of events that the chart shows."""
    return {text for text in page.locator("g.mark-text text").all_text_contents() if len(text) > 20}


def test_a_click_on_a_claim_opens_it(reader: Any) -> None:
    page = reader.open("/?from=2025-04-01&to=2025-04-25")
    marks(page, "claims").last.click(force=True)
    expect(page).to_have_url(re.compile(r"/claims\?.*claim=[a-z]"))
    page.close()


def test_a_click_on_an_event_shows_its_card_and_the_address_keeps_it(reader: Any) -> None:
    page = reader.open("/?from=2018-11-01&to=2018-12-31")
    marks(page, "events").first.click(force=True)
    expect(page.locator(".st-key-event_card h3")).to_be_visible()
    expect(page).to_have_url(re.compile("event="))
    page.reload()
    reader.settle(page)
    expect(page.locator(".st-key-event_card h3")).to_be_visible()
    page.get_by_role("button", name=_("Close")).click()
    expect(page.locator(".st-key-event_card")).to_have_count(0)
    page.close()


def test_zooming_in_names_other_events_and_keeps_everything_on_one_axis(page: Page) -> None:
    before = titles(page)
    box = page.locator("svg.marks").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 800, box["y"] + 200)
    page.keyboard.down("Shift")
    for _turn in range(6):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(100)
    page.keyboard.up("Shift")
    page.wait_for_timeout(300)
    after = titles(page)
    assert 1 <= len(after - before) <= 6 and len(before - after) <= 6


@pytest.mark.parametrize("width", [390, 1280])
def test_no_claim_covers_another(reader: Any, width: int) -> None:
    page = reader.open("/?compare=united-states")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(800)
    boxes = [box for mark in marks(page, "claims").all() if (box := mark.bounding_box())]
    places = {(round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)) for box in boxes}
    assert len(boxes) > 40
    close = [(a, b) for a in places for b in places if a < b and abs(a[0] - b[0]) < 9 and abs(a[1] - b[1]) < 9]
    assert len(places) == len(boxes) and close == []
    page.close()


def test_an_embedded_page_holds_the_chart_its_sentence_and_the_way_back_and_nothing_else(reader: Any) -> None:
    page = reader.open("/?embed=true&pollster=pew-research-center")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(1)
    assert page.locator("input:visible, [role=combobox]:visible, summary:visible, table:visible").count() == 0
    links = page.get_by_test_id("stMain").get_by_role("link").all()
    assert [link.inner_text() for link in links] == [
        _("Show all"),
        _("Polls, claims, events and sources behind this chart"),
    ]
    assert "pollster" in (links[1].get_attribute("href") or "") and "embed" not in (
        links[1].get_attribute("href") or ""
    )
    assert "44" in page.get_by_test_id("stMain").inner_text()
    page.close()
