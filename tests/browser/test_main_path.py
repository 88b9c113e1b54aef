"""The main path, as a newcomer walks it: see the chart, read a verdict, enter a poll, find it again."""

import csv
import io
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box by typing it."""
    box = page.get_by_role("combobox", name=label)
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


def readings_shown(page: Page) -> int:
    """The number of polls that the line under the headline counts."""
    line = page.get_by_text(re.compile(r"^\d+ of \d+ polls comparable · "))
    expect(line).to_be_visible()
    return int(line.inner_text().split()[0])


def test_from_the_chart_to_a_verdict_to_a_poll_of_ones_own(site: Any, page: Page) -> None:
    page.goto(site.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("China favourably")
    expect(page.get_by_test_id("stVegaLiteChart").first.locator("canvas, svg").first).to_be_visible()
    before = readings_shown(page)

    page.get_by_role("link", name="Claims", exact=True).click()
    page.get_by_role("link", name=re.compile("moving in favour of closer relations")).first.click()
    expect(page).to_have_url(re.compile("claim=wang-di-2025-04-opinion-shifting"))
    expect(page.get_by_text("public opinion in Canada is shifting toward closer ties with China")).to_be_visible()
    expect(page.get_by_role("heading", name="Unsettled").first).to_be_visible()
    expect(page.get_by_role("heading", name="Supported").first).to_be_visible()

    page.goto(f"{site.url}/enter")
    expect(page.get_by_text("signs in with a one-time link")).to_be_visible()
    page.goto(site.sign_in)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.url}/enter")
    choose(page, "Pollster", "Nanos Research")
    fill_date(page, "First day of fieldwork", "20260901")
    fill_date(page, "Last day of fieldwork", "20260904")
    fill(page, "Interviews", "1000")
    fill_date(page, "Published", "20260910")
    fill(page, "Address of the source", "https://polls.example/september")
    fill(page, "Favourable", "41")
    fill(page, "Unfavourable", "59")
    page.get_by_role("button", name="Store the poll").click()
    expect(page.get_by_text("Stored. It counts in every trend")).to_be_visible()

    page.get_by_role("link", name="See it on the chart").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("41")
    assert readings_shown(page) == before + 1

    answer = httpx.get(f"{site.url}/api/v1/wide.csv?subject=china&population=ca-adults&pollster=nanos-research")
    rows = [row for row in csv.DictReader(io.StringIO(answer.text)) if row["field_start"] == "2026-09-01"]
    assert [(row["favourable"], row["sample_size"]) for row in rows] == [("41", "1000")]
