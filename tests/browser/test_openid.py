"""Signing in by OpenID Connect at a real provider: who is vouched for and known gets in, and nobody else."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.provider import Provider
from tests.serving import serving
from tracker import accounts
from tracker.store import Store

pytestmark = pytest.mark.browser
PEOPLE = {
    "Verified": {"email": "Editor@Example.org", "email_verified": True},
    "Unverified": {"email": "editor@example.org", "email_verified": False},
    "Stranger": {"email": "stranger@example.org", "email_verified": True},
}
SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "of this test alone"
client_id = "{provider.client_id}"
client_secret = "{provider.client_secret}"
server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"
"""


class Organisation(NamedTuple):
    """A tracker whose contributors sign in at a provider."""

    url: str
    provider: Provider
    store: Store


@pytest.fixture(scope="module")
def organisation(
    serve: Callable[[Path], AbstractContextManager[Any]], tmp_path_factory: pytest.TempPathFactory, record_file: Path
) -> Iterator[Organisation]:
    """The record, one contributor of the provider's, and the tracker served from a folder with their secrets.toml."""
    provider, home = Provider(PEOPLE), tmp_path_factory.mktemp("organisation")
    shutil.copy(record_file, home / "tracker.db")
    (home / ".streamlit").mkdir()
    with closing(Store(f"sqlite:///{home / 'tracker.db'}")) as store, serving(provider.app()) as provider.issuer:
        accounts.add(store, "editor@example.org", "E. Ditor", "editor")
        accounts.add(store, "chief@example.org", "C. Hief", "administrator")
        (home / ".streamlit" / "secrets.toml").write_text(SECRETS.format(provider=provider))
        with serve(home) as site:
            provider.redirect_uri = f"{site.url}/oauth2callback"
            yield Organisation(site.url, provider, store)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window of somebody new."""
    context = chromium.new_context()
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def go_to_the_provider(page: Page, address: str, label: str = "Sign in with your organisation's account") -> None:
    page.goto(address)
    page.get_by_role("button", name=label).click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()


def cookies(page: Page) -> dict[str, Any]:
    """What the browser holds for all sites."""
    return {cookie["name"]: cookie for cookie in page.context.cookies()}


def test_who_the_provider_vouches_for_is_greeted_by_their_public_name_and_signs_out(
    organisation: Organisation, page: Page
) -> None:
    go_to_the_provider(page, f"{organisation.url}/enter")
    assert page.url.startswith(f"{organisation.provider.issuer}/authorize?")
    page.get_by_role("button", name="Verified", exact=True).click()
    expect(page.get_by_text("Signed in as E. Ditor.")).to_be_visible()
    assert page.url == f"{organisation.url}/enter"
    held = cookies(page)
    assert (held[accounts.COOKIE]["httpOnly"], held[accounts.COOKIE]["sameSite"]) == (True, "Lax")
    assert not [name for name in held if name.startswith("_streamlit_user")]
    page.get_by_role("link", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{organisation.url}/")
    assert accounts.COOKIE not in cookies(page)
    assert accounts.contributor(organisation.store, held[accounts.COOKIE]["value"]) is None
    page.goto(f"{organisation.url}/enter")
    expect(page.get_by_role("button", name="Sign in with your organisation's account")).to_be_visible()


def test_an_administrator_signs_somebody_out_who_came_by_openid(organisation: Organisation, page: Page) -> None:
    go_to_the_provider(page, f"{organisation.url}/enter")
    page.get_by_role("button", name="Verified", exact=True).click()
    expect(page.get_by_text("Signed in as E. Ditor.")).to_be_visible()
    chief = accounts.named(organisation.store, "chief@example.org")
    accounts.revoke(organisation.store, "editor@example.org", by=chief)
    page.reload()
    expect(page.get_by_role("button", name="Sign in with your organisation's account")).to_be_visible()


def test_one_comes_back_to_the_page_one_left_in_its_language(organisation: Organisation, page: Page) -> None:
    page.goto(f"{organisation.url}/upload?lang=fr")
    page.get_by_test_id("stButton").get_by_role("button").click()
    page.get_by_role("button", name="Verified", exact=True).click()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    assert page.url == f"{organisation.url}/upload?lang=fr"


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("Unverified", "Your organisation does not vouch for your e-mail address."),
        ("Stranger", "Nobody with the address stranger@example.org contributes here. Ask an administrator to add you."),
        ("Cancel", "Signing in at your organisation did not come to its end. Try again."),
    ],
)
def test_nobody_else_gets_in_and_each_is_told_why(
    organisation: Organisation, page: Page, person: str, told: str
) -> None:
    go_to_the_provider(page, f"{organisation.url}/enter")
    page.get_by_role("button", name=person, exact=True).click()
    expect(page.get_by_role("heading", name="Not signed in")).to_be_visible()
    expect(page.get_by_text(told)).to_be_visible()
    assert not [name for name in cookies(page) if name in (accounts.COOKIE, "_streamlit_user")]
    page.goto(f"{organisation.url}/enter")
    expect(page.get_by_role("button", name="Sign in with your organisation's account")).to_be_visible()


def test_an_address_that_signed_somebody_in_signs_nobody_in_again(
    organisation: Organisation, page: Page, chromium: Browser
) -> None:
    used: list[str] = []
    page.on("request", lambda request: used.append(request.url) if "/oauth2callback" in request.url else None)
    go_to_the_provider(page, f"{organisation.url}/enter")
    page.get_by_role("button", name="Verified", exact=True).click()
    expect(page.get_by_text("Signed in as E. Ditor.")).to_be_visible()
    other = chromium.new_context().new_page()
    for window in (page, other):
        window.goto(used[0])
        expect(window.get_by_text("Signing in at your organisation did not come to its end.")).to_be_visible()
    assert accounts.COOKIE not in cookies(other)
    other.context.close()
