"""What one person submits a second one reads beside the record and approves, in a real browser; nobody does both."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_every_page import faults_of, fit, over
from tests.submissions import HEADER, NEW, person
from tracker import accounts
from tracker.models import Poll
from tracker.store import Store

pytestmark = pytest.mark.browser
SHEET = (
    HEADER.removeprefix("Firm,")
    + "\n"
    + ("2026-09-01,2026-09-04,1000,Canadian adults,China,favourable-unfavourable-4,41,59\n")
)


class Office(NamedTuple):
    """A tracker with somebody of a pollster and two editors, each in a browser of their own."""

    store: Store
    nan: Page
    ed: Page
    chief: Page


@pytest.fixture(scope="module")
def office(
    serve: Callable[..., AbstractContextManager[Any]],
    tmp_path_factory: pytest.TempPathFactory,
    record_file: Path,
    chromium: Browser,
) -> Iterator[Office]:
    """The record, served, with the three signed in."""
    home = tmp_path_factory.mktemp("office")
    shutil.copy(record_file, home / "tracker.db")
    with closing(Store(f"sqlite:///{home / 'tracker.db'}")) as store, serve(home, own_approval="no") as site:
        people = (
            person(store, "nan", "pollster", "nanos-research"), person(store, "ed"), person(store, "chief"),
        )  # fmt: skip
        pages = [_signed_in(store, who, chromium, site.url) for who in people]
        yield Office(store, *pages)
        for page in pages:
            page.context.close()


def _signed_in(store: Store, who: Any, chromium: Browser, url: str) -> Page:
    context = chromium.new_context(base_url=url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    token = accounts.sign_in(store, accounts.link(store, who.email))
    context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": url}])
    return context.new_page()


def opened(page: Page, label: str) -> None:
    """The newest submission of this name, read whole."""
    page.goto("/review")
    page.get_by_role("link", name=label).last.click()
    expect(page.get_by_role("heading", name="What the rules say")).to_be_visible()


def test_a_second_person_sees_the_difference_and_approves(office: Office) -> None:
    office.nan.goto("/upload")
    sheet = {"name": "wave.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    office.nan.locator("input[type=file]").set_input_files([sheet])
    office.nan.get_by_role("button", name="Confirm and submit").click()
    expect(office.nan.get_by_text("waiting for an editor")).to_be_visible()
    office.nan.goto("/review")
    expect(office.nan.get_by_text("Only an editor or an administrator may approve.")).to_be_visible()

    opened(office.ed, "A sheet of 1 row")
    expect(office.ed.get_by_text("polls: 1 new; questions: 1 new; answers: 2 new")).to_be_visible()
    expect(office.ed.get_by_role("cell", name="favourable 41; unfavourable 59")).to_be_visible()
    for theme, width in (("light", 1280), ("light", 390), ("dark", 390)):
        fit(office.ed, theme, width)
        assert over(office.ed) <= 0, f"wider than {width} pixels"
        assert not [fault for fault in faults_of(office.ed) if fault["impact"] in ("critical", "serious")]
    fit(office.ed, "light", 1280)
    office.ed.get_by_role("button", name="Approve").click()
    expect(office.ed.get_by_text("Stored. It counts in every trend")).to_be_visible()
    made = office.store.history(NEW)[-1]
    assert (made.who, made.approved_by) == ("Nan", "Ed")
    office.nan.goto("/upload")
    expect(office.nan.get_by_role("button", name="Take the whole batch back")).to_be_visible()


def test_nobody_approves_what_they_entered_and_a_second_person_may(office: Office) -> None:
    poll = office.store.find(Poll, pollster="leger", status="published")[0].id
    office.ed.goto(f"/polls?poll={poll}")
    office.ed.get_by_text("Withdraw this poll").first.click()
    office.ed.get_by_label("Why, for the public history").fill("the pollster retracted it")
    office.ed.get_by_role("button", name="Withdraw this poll").click()
    expect(office.ed.get_by_text("Submitted. It stands as it is")).to_be_visible()

    opened(office.ed, "Leger")
    expect(office.ed.get_by_text("You entered this yourself: another editor has to approve it")).to_be_visible()
    expect(office.ed.get_by_role("button", name="Approve")).to_have_count(0)
    (waiting,) = accounts.queue(office.store)
    assert waiting.row == poll

    opened(office.chief, "Leger")
    expect(office.chief.get_by_role("cell", name="withdrawn", exact=True)).to_be_visible()
    office.chief.get_by_role("button", name="Approve").click()
    expect(office.chief.get_by_text("Stored. It counts in every trend")).to_be_visible()
    office.nan.goto(f"/polls?poll={poll}")
    expect(office.nan.get_by_text("This poll was withdrawn.")).to_be_visible()
    told = office.nan.get_by_role("row", name=re.compile("Ed.*Chief.*published → withdrawn.*the pollster retracted it"))
    expect(told).to_be_visible()
