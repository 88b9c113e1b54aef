"""French in a real browser: what the document says of itself, the way through the pages, and back."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def spoken(page: Page, code: str, title: str) -> None:
    """The document's language and the end of its title."""
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page).to_have_title(re.compile(title + "$"))


def test_an_address_in_french_gives_a_french_document(site: Any, page: Page) -> None:
    page.goto(f"{site.url}/?lang=fr")
    spoken(page, "fr", "^Tendances – Suivi de l'opinion")
    expect(page.get_by_role("heading", level=1)).to_contain_text("des adultes canadiens")
    expect(page.get_by_label("Sujet")).to_be_visible()


def test_the_language_is_kept_from_page_to_page_and_given_up_on_demand(site: Any, page: Page) -> None:
    page.goto(f"{site.url}/claims?subject=china")
    spoken(page, "en", "^Claims – Opinion tracker")
    page.get_by_role("link", name="Français").click()
    spoken(page, "fr", "^Affirmations – Suivi de l'opinion")
    expect(page).to_have_url(re.compile(r"/claims\?(?=.*lang=fr)(?=.*subject=china)"))

    page.get_by_role("link", name="Événements", exact=True).click()
    spoken(page, "fr", "^Événements – Suivi de l'opinion")
    expect(page).to_have_url(f"{site.url}/events?lang=fr")

    page.go_back()
    expect(page).to_have_url(re.compile(r"/claims\?(?=.*lang=fr)(?=.*subject=china)"))
    spoken(page, "fr", "^Affirmations – Suivi de l'opinion")
    page.get_by_role("link", name="English").click()
    spoken(page, "en", "^Claims – Opinion tracker")
    expect(page.get_by_role("heading", level=1)).to_have_text("What people said about opinion")


def test_a_language_that_is_not_offered_is_shown_and_left_out(site: Any, page: Page) -> None:
    page.goto(f"{site.url}/events?lang=xx")
    expect(page.get_by_text("language: xx")).to_be_visible()
    spoken(page, "en", "^Events – Opinion tracker")
