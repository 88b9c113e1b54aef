"""An administrator lets somebody in and out again, each in a browser of their own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tracker import accounts
from tracker.store import Store

pytestmark = pytest.mark.browser
ADMINISTRATORS_ONLY = "Only an administrator may see and change who contributes."


@pytest.fixture(scope="module")
def site(
    serve: Callable[[Path], AbstractContextManager[Any]], tmp_path_factory: pytest.TempPathFactory, record_file: Path
) -> Iterator[Any]:
    """A tracker on the record, with nobody but its operator."""
    home = tmp_path_factory.mktemp("contributors")
    (home / "tracker.db").write_bytes(record_file.read_bytes())
    with serve(home) as site:
        yield site


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a browser of somebody new, perhaps with a session's cookie."""
    with ExitStack() as stack:

        def window(address: str, cookie: str | None = None) -> Page:
            context = chromium.new_context()
            stack.callback(context.close)
            context.set_default_timeout(60_000)
            if cookie is not None:
                context.add_cookies([{"name": accounts.COOKIE, "value": cookie, "url": address}])
            page = context.new_page()
            page.goto(address)
            return page

        yield window


def signs_in(page: Page, way: str) -> Page:
    """Use the link that is open, and go on to the page on contributors by the name that it has for this one."""
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in as")).to_be_visible()
    page.get_by_role("link", name=way).click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    return page


def fill(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True).first
    field.fill(value)
    field.press("Enter")


def choose(page: Page, label: str, option: str, at: int = 0) -> None:
    box = page.get_by_role("combobox", name=label, exact=True).nth(at)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def test_somebody_is_let_in_by_a_link_and_out_again(site: Any, window: Callable[..., Page]) -> None:
    chief = signs_in(window(site.sign_in()), "Contributors")
    fill(chief, "E-mail address", "ana@example.org")
    fill(chief, "Public name", "Ana")
    choose(chief, "Pollster", "Leger")
    chief.get_by_role("button", name="Add", exact=True).click()
    expect(chief.get_by_text("Added: Ana.")).to_be_visible()
    choose(chief, "Contributor", "Ana")
    chief.get_by_role("button", name="Make a sign-in link").click()
    link = chief.get_by_test_id("stCode").inner_text().strip()

    ana = signs_in(window(link), "Your account")
    expect(ana.get_by_text("Signed in as Ana.")).to_be_visible()
    expect(ana.get_by_text(ADMINISTRATORS_ONLY)).to_be_visible()
    assert "@" not in ana.get_by_test_id("stMain").inner_text()
    late = window(link)
    late.get_by_role("button", name="Sign in").click()
    expect(late.get_by_text("This sign-in link was already used or has expired.")).to_be_visible()

    chief.get_by_role("button", name="Sign out everywhere").click()
    expect(chief.get_by_text("Ana is signed out everywhere")).to_be_visible()
    expect(chief.get_by_text(link)).to_have_count(0)
    ana.reload()
    expect(ana.get_by_text("tracker login EMAIL")).to_be_visible()

    chief.get_by_role("button", name="Remove", exact=True).click()
    chief.get_by_role("button", name="Remove Ana").click()
    expect(chief.get_by_text("Removed: Ana.")).to_be_visible()
    expect(chief.get_by_test_id("stTable").get_by_text("Ana")).to_have_count(0)
    chief.get_by_role("link", name="Sign out everywhere").click()
    chief.get_by_role("button", name="Sign out everywhere").click()
    expect(chief).to_have_url(site.url + "/")


@pytest.mark.parametrize("whose", ["forged", "of somebody removed", "of a link"])
def test_a_cookie_that_is_no_session_opens_no_page(site: Any, window: Callable[..., Page], whose: str) -> None:
    cookie = "forged"
    with closing(Store(f"sqlite:///{site.home / 'tracker.db'}")) as store:
        accounts.add(store, "bo@example.org", "Bo", "administrator")
        if whose == "of somebody removed":
            cookie = accounts.sign_in(store, accounts.link(store, "bo@example.org"))
        elif whose == "of a link":
            cookie = accounts.link(store, accounts.OPERATOR)
        accounts.remove(store, "bo@example.org")
    for page in ("/contributors", "/enter"):
        shown = window(site.url + page, cookie)
        expect(shown.get_by_text("tracker login EMAIL")).to_be_visible()
        expect(shown.get_by_text("Signed in as")).to_have_count(0)
