"""An address is a view: sent to somebody, it shows the same, and the rows behind it are at the address it names."""

import csv
import io
from collections import Counter
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tracker import language
from tracker.language import gettext as _

pytestmark = pytest.mark.browser
#: every choice of the Trends page, none of them the usual one
CHOSEN = (
    "population=us-adults&subject=china&construct=favourability&object=country&measure=negative&compare=russia"
    "&pollster=pew-research-center&pollster=gallup&from=2008&to=2023-06&known_by=2024-12-31"
    "&category=diplomacy&category=trade-tariff&actor=CN&actor=US"
)


def seen(page: Page) -> dict[str, Any]:
    """What a reader sees of a view: its sentence and counts, what is chosen, its chart in words, its table."""
    page.locator("summary", has_text=_("The readings as a table ({count})").split(" ({")[0]).click()
    table = page.get_by_role("table").first
    expect(table).to_be_visible()
    return {
        "heading": page.get_by_role("heading", level=1).inner_text(),
        "captions": page.get_by_test_id("stCaptionContainer").all_inner_texts(),
        "chart": page.get_by_test_id("stVegaLiteChart").first.get_attribute("aria-label"),
        "choices": [each.input_value() for each in page.get_by_role("combobox").all()],
        "tags": page.get_by_test_id("stMultiSelect").all_inner_texts(),
        "dates": page.get_by_test_id("stDateInput").all_inner_texts(),
        "rows": table.evaluate("table => [...table.tBodies[0].rows].map(row => [...row.cells].map(c => c.innerText))"),
        "address": page.get_by_role("link", name="/api/v1/wide.csv").inner_text(),
    }


def test_a_link_with_every_filter_set_shows_the_same_view_to_somebody_else(reader: Any, chromium: Browser) -> None:
    mine = seen(reader.open(f"/?{CHOSEN}"))
    other = type(reader)(reader.site, chromium, reader.language)
    theirs = seen(other.open(f"/?{CHOSEN}"))
    other.context.close()
    assert theirs == mine
    assert len(mine["rows"]) > 20
    held = list(csv.DictReader(io.StringIO(httpx.get(mine["address"]).text)))
    named = Counter((language.name(row["subject_name"]), row["pollster_name"]) for row in held)
    assert Counter((subject, pollster) for subject, _fieldwork, pollster, *_rest in mine["rows"]) == named
