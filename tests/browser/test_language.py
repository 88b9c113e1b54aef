"""French in a real browser: what the document says of itself, the way through the pages, and back."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    """A new reader's window, at no page yet."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def spoken(page: Page, code: str, title: str) -> None:
    """The document's language and the end of its title."""
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page).to_have_title(re.compile(title + "$"))


def test_an_address_in_french_gives_a_french_document(site: Any, window: Page) -> None:
    window.goto(f"{site.url}/?lang=fr")
    spoken(window, "fr", "^Tendances – Suivi de l'opinion")
    expect(window.get_by_role("heading", level=1)).to_contain_text("des adultes canadiens")
    expect(window.get_by_label("Sujet")).to_be_visible()


def test_the_language_is_kept_from_page_to_page_and_given_up_on_demand(site: Any, window: Page) -> None:
    window.goto(f"{site.url}/claims?subject=china")
    spoken(window, "en", "^Claims – Opinion tracker")
    window.get_by_role("link", name="Français").click()
    spoken(window, "fr", "^Affirmations – Suivi de l'opinion")
    expect(window).to_have_url(re.compile(r"/claims\?(?=.*lang=fr)(?=.*subject=china)"))

    window.get_by_role("link", name="Événements", exact=True).click()
    spoken(window, "fr", "^Événements – Suivi de l'opinion")
    expect(window).to_have_url(f"{site.url}/events?lang=fr")

    window.go_back()
    expect(window).to_have_url(re.compile(r"/claims\?(?=.*lang=fr)(?=.*subject=china)"))
    spoken(window, "fr", "^Affirmations – Suivi de l'opinion")
    window.get_by_role("link", name="English").click()
    spoken(window, "en", "^Claims – Opinion tracker")
    expect(window.get_by_role("heading", level=1)).to_have_text("What people said about opinion")


def test_a_language_that_is_not_offered_is_shown_and_left_out(site: Any, window: Page) -> None:
    window.goto(f"{site.url}/events?lang=xx")
    expect(window.get_by_text("language: xx")).to_be_visible()
    spoken(window, "en", "^Events – Opinion tracker")
