"""Filling in a form as somebody at the keyboard does."""

from playwright.sync_api import Page, expect


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box by typing it."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def fill(page: Page, label: str, value: str) -> None:
    """Fill in a field and leave it, as the app reads it then."""
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")


def fill_date(page: Page, label: str, digits: str) -> None:
    """Type a date, year first, into the segments of its field."""
    page.get_by_role("spinbutton", name=f"year, {label}").click()
    page.keyboard.type(digits)
    page.keyboard.press("Tab")


def settle(page: Page) -> None:
    """Wait until the page has been drawn anew."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-stale=true]")).to_have_count(0)
