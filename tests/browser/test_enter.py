"""A poll entered in five steps, with a reload in the middle and a server that goes away and comes back."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.filling import choose, fill, fill_date, settle
from tracker.models import Draft, Poll
from tracker.store import Store

pytestmark = pytest.mark.browser
Serve = Callable[..., AbstractContextManager[Any]]


def step(page: Page, name: str) -> None:
    """Go to a step by the list of them."""
    page.locator(".st-key-steps").get_by_role("button", name=name).click()
    expect(page.locator(".st-key-now").get_by_text(name)).to_be_visible()
    settle(page)


def test_five_steps_survive_a_reload_and_a_restarted_server(serve: Serve, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 1200}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    with serve(tmp_path) as site:
        page.goto(site.sign_in())
        page.get_by_role("button", name="Sign in").click()
        choose(page, "Pollster", "Nanos Research")
        choose(page, "Population", "Canadian adults")
        expect(page.get_by_text("Draft saved")).to_be_visible()
        step(page, "2 Instrument")
        page.get_by_role("combobox", name="A known instrument").fill("favourable-unfavourable")
        page.keyboard.press("Escape")
        choose(page, "Subject", "China")
        choose(page, "Attitude", "Favourability")
        choose(page, "Scale", "Favourable or unfavourable, four points")
        step(page, "3 Sample")
        fill_date(page, "First day of fieldwork", "20260901")
        # left by the click on another step, and kept all the same
        page.get_by_label("Interviews", exact=True).fill("1622")
        step(page, "4 Answers")

        page.reload()
        settle(page)
        expect(page.locator(".st-key-now").get_by_text("4 Answers")).to_be_visible()
        expect(page.get_by_text("% of 1,622").first).to_be_visible()
        fill(page, "Favourable, %", "41")
        expect(page.get_by_text("41 %: rounding allows 98 to 102")).to_be_visible()
        fill(page, "Unfavourable, %", "60")
        expect(page.get_by_text("101 %: rounding allows 98 to 102")).to_be_visible()
        address = page.url

    # the server is gone; what is typed meanwhile is typed again, and nothing that was kept is lost
    with (
        serve(tmp_path, urlsplit(address).port) as site,
        closing(Store(f"sqlite:///{tmp_path / 'tracker.db'}")) as store,
    ):
        page.goto(address)
        settle(page)
        expect(page.get_by_label("Favourable, %", exact=True)).to_have_value("41")
        step(page, "3 Sample")
        expect(page.get_by_label("Interviews", exact=True)).to_have_value("1622")
        fill_date(page, "Last day of fieldwork", "20260904")
        choose(page, "Kind of sample", "probability")
        fill(page, "Margin of error", "2.0")
        expect(page.get_by_text("you entered ±2.0, which is below it")).to_be_visible()
        fill(page, "Margin of error", "2.5")
        expect(page.get_by_text("implies a design effect of 1.06")).to_be_visible()
        step(page, "5 Source and check")
        fill(page, "Address of the source", "https://polls.example/september")
        fill_date(page, "First published", "20260920")
        expect(page.get_by_role("button", name="Submit for review")).to_be_disabled()
        # each gap leads to its field
        page.get_by_role("button", name="How people were interviewed: is blank").click()
        expect(page.get_by_label("How people were interviewed", exact=True)).to_be_focused()
        page.keyboard.type("telephone")
        page.keyboard.press("Enter")
        step(page, "5 Source and check")
        (draft,) = store.every(Draft)
        assert (draft.status, draft.fields["mode"], draft.fields["sample_size"]) == ("draft", "telephone", "1622")
        page.get_by_role("button", name="Store now, approved by yourself").click()
        expect(page.get_by_text("Stored. It counts in every trend and verdict from now on.")).to_be_visible()
        assert store.entity(Poll, "nanos-research-2026-09-01-ca-adults") is not None
        page.get_by_role("link", name="My polls", exact=True).first.click()
        expect(page.get_by_role("heading", name="On record")).to_be_visible()
        expect(page.get_by_role("link", name="Nanos Research, Canadian adults, China")).to_be_visible()
    context.close()
