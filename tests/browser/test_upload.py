"""A sheet with every mistake that trackers have published, uploaded: each is told with its place and its remedy."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.test_sheet import LEGER, MISTAKES, changed, sheet

pytestmark = pytest.mark.browser
#: the same poll again: a day off, overlapping, of a renamed pollster, with another sample size, on another base
TWICE = [
    changed("2025-06-02", "2025-06-03"),
    changed("2025-06-04", "2025-06-20").replace("2025-06-02", "2025-06-04"),
    changed("Léger", "Ipsos"),
    changed("1522", "2000").replace("India", "Russia"),
    changed("34,5;55,5", "56;44").replace(";10;", ";;"),
]
DOUBTS = ["may be the same poll as", "overlaps that of", "has every figure of", "for one poll", "asked this already"]


@pytest.fixture
def upload(site: Any, chromium: Browser) -> Iterator[Page]:
    """The Upload page, as the operator sees it."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 1600}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    context.request.post(site.sign_in())
    page = context.new_page()
    page.goto("/upload")
    yield page
    context.close()


def choose(page: Page, data: bytes) -> None:
    """Drop a file on the page, and wait until it has been read."""
    file = {"name": "sheet.csv", "mimeType": "text/csv", "buffer": data}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_role("table").first).to_be_visible()


def revision(page: Page) -> int:
    """The newest revision of the site."""
    return int(httpx.get(page.evaluate("location.origin") + "/healthz").json()["revision"])


def parted(name: str) -> list[str]:
    """A mistake as it is told: how bad it is, the column, what is wrong."""
    severity, rest = MISTAKES[name][1].split(" ", 1)
    column, wrong, *_remedy = rest.split(": ")
    return [severity, column, wrong]


def test_every_known_mistake_is_blocked_or_flagged_where_it_stands(upload: Page) -> None:
    before = revision(upload)
    choose(upload, sheet(*(row for row, _told in MISTAKES.values())))
    rows = [" ".join(row.split()) for row in upload.get_by_role("row").all_inner_texts()]
    for line, (severity, column, wrong) in enumerate(map(parted, MISTAKES), start=2):
        begun = f"{line} {column} {severity} {wrong}"
        assert [row for row in rows if row.startswith(begun) and len(row) > len(begun) + 5], (begun, rows)
    expect(upload.get_by_text("Put the errors right in the sheet and upload it again.")).to_be_visible()
    expect(upload.get_by_role("button", name="Confirm")).to_have_count(0)
    assert revision(upload) == before


def test_what_may_be_on_record_already_must_be_confirmed(upload: Page) -> None:
    before = revision(upload)
    choose(upload, sheet(LEGER, *TWICE))
    told = upload.get_by_test_id("stMain").inner_text()
    assert [doubt for doubt in DOUBTS if doubt not in told] == []
    assert revision(upload) == before
