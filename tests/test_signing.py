"""Signing in and out as it is served, and the page on who contributes: who is refused, and what they are told."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from tests.provider import Provider, challenge
from tests.serving import routed, serving
from tracker import accounts
from tracker.models import Contributor, Token
from tracker.routes.signing import local
from tracker.settings import ROOT
from tracker.store import Store

MAIN = ROOT / "tracker" / "ui" / "main.py"
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


def unsigned(_request: object) -> RedirectResponse:
    """Streamlit's callback with a cookie that was not signed with this installation's secret."""
    answer = RedirectResponse("/")
    answer.set_cookie("_streamlit_user", "eyJlbWFpbCI6ImVkaXRvckBleGFtcGxlLm9yZyJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    return answer


def on_the_way(_request: object) -> RedirectResponse:
    """Streamlit's way to the provider, with what it has to know when somebody is back."""
    answer = RedirectResponse("https://login.example.org/authorize")
    answer.set_cookie("_streamlit_session", "state", httponly=True, samesite="lax")
    return answer


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The routes behind a real server; which store they read is for each test to say."""
    openid = [Route("/auth/login", on_the_way), Route("/oauth2callback", unsigned)]
    with serving(routed(*openid)) as url:
        yield url


@pytest.fixture
def browser(site: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Somebody's browser, as far as cookies go."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
    with httpx.Client(base_url=site, timeout=60) as client:
        yield client


@pytest.fixture
def editor(store: Store) -> Contributor:
    accounts.add(store, "editor@example.org", "E. Ditor", "editor")
    return accounts.named(store, "editor@example.org")


@pytest.fixture
def administrator(store: Store) -> Contributor:
    accounts.add(store, "chief@example.org", "C. Hief", "administrator")
    return accounts.named(store, "chief@example.org")


@pytest.fixture
def token(store: Store, editor: Contributor) -> str:
    return accounts.link(store, editor.email)


def test_looking_at_a_link_does_not_use_it_up(browser: httpx.Client, store: Store, token: str) -> None:
    for _look in range(2):
        page = browser.get(f"/sign-in?token={token}")
        assert page.status_code == 200 and '<form method="post">' in page.text and "set-cookie" not in page.headers
    answer = browser.post(f"/sign-in?token={token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/enter")
    assert re.search("HttpOnly.*SameSite=lax", answer.headers["set-cookie"])
    assert "Secure" not in answer.headers["set-cookie"]
    assert accounts.contributor(store, answer.cookies[accounts.COOKIE]).public_name == "E. Ditor"


REFUSED = "This sign-in link was already used or has expired. Ask for a new one"


def test_a_used_link_is_refused(browser: httpx.Client, token: str) -> None:
    assert browser.post(f"/sign-in?token={token}").status_code == 303
    again = browser.post(f"/sign-in?token={token}")
    assert again.status_code == 403 and "set-cookie" not in again.headers and REFUSED in again.text


def test_an_old_link_is_refused(browser: httpx.Client, store: Store, editor: Contributor) -> None:
    old = browser.post(f"/sign-in?token={accounts.link(store, editor.email, minutes=0)}")
    assert old.status_code == 403 and "set-cookie" not in old.headers and REFUSED in old.text


@pytest.mark.parametrize("query", ["", "?token=", "?token=forged", "?token=%00", "?token=é"])
def test_a_forged_link_or_none_is_refused(browser: httpx.Client, query: str) -> None:
    answer = browser.post(f"/sign-in{query}")
    assert answer.status_code == 403 and "set-cookie" not in answer.headers and REFUSED in answer.text


def test_the_link_of_somebody_removed_is_refused(browser: httpx.Client, store: Store, token: str) -> None:
    accounts.remove(store, "editor@example.org")
    assert REFUSED in browser.post(f"/sign-in?token={token}").text


def test_somebody_elses_link_opens_their_session_and_ends_the_one_before(
    browser: httpx.Client, store: Store, token: str, administrator: Contributor
) -> None:
    mine = accounts.sign_in(store, accounts.link(store, administrator.email))
    browser.cookies.set(accounts.COOKIE, mine)
    theirs = browser.post(f"/sign-in?token={token}").cookies[accounts.COOKIE]
    assert accounts.contributor(store, theirs).email == "editor@example.org"
    assert accounts.contributor(store, mine) is None


def test_a_cookie_that_was_there_before_is_not_the_sessions(browser: httpx.Client, store: Store, token: str) -> None:
    browser.cookies.set(accounts.COOKIE, "chosen-by-somebody-else")
    given = browser.post(f"/sign-in?token={token}").cookies[accounts.COOKIE]
    assert given not in ("chosen-by-somebody-else", token) and len(given) > 40
    assert accounts.contributor(store, "chosen-by-somebody-else") is None


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_another_site_cannot_sign_anybody_in_or_out(
    browser: httpx.Client, store: Store, token: str, headers: dict[str, str]
) -> None:
    cookie = accounts.sign_in(store, accounts.link(store, "editor@example.org"))
    browser.cookies.set(accounts.COOKIE, cookie)
    for address in (f"/sign-in?token={token}", "/sign-out", "/sign-out/everywhere"):
        answer = browser.post(address, headers=headers)
        assert answer.status_code == 403 and "The request came from another site." in answer.text
    assert accounts.contributor(store, cookie) is not None
    here = {"Origin": str(browser.base_url).rstrip("/")}
    assert browser.post(f"/sign-in?token={token}", headers=here).status_code == 303


def test_the_cookie_is_secure_where_the_site_is(
    browser: httpx.Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_PUBLIC_URL", "https://polls.example.org")
    assert "Secure" in browser.post(f"/sign-in?token={token}").headers["set-cookie"]


@pytest.mark.parametrize(("address", "everywhere"), [("/sign-out", False), ("/sign-out/everywhere", True)])
def test_signing_out_ends_this_session_or_all(
    browser: httpx.Client, store: Store, token: str, address: str, everywhere: bool
) -> None:
    other = accounts.sign_in(store, accounts.link(store, "editor@example.org"))
    unused = accounts.link(store, "editor@example.org")
    cookie = browser.post(f"/sign-in?token={token}").cookies[accounts.COOKIE]
    assert '<form method="post">' in browser.get(address).text and accounts.contributor(store, cookie)
    answer = browser.post(address)
    assert answer.status_code == 303 and 'tracker_session=""' in answer.headers["set-cookie"]
    assert accounts.contributor(store, cookie) is None
    assert (accounts.contributor(store, other) is None) == everywhere
    assert (browser.post(f"/sign-in?token={unused}").status_code == 403) == everywhere


@pytest.mark.parametrize("cookie", [None, "", "forged", "of somebody removed", "a link's"])
def test_who_is_not_signed_in_signs_nobody_out(
    browser: httpx.Client, store: Store, editor: Contributor, administrator: Contributor, cookie: str | None
) -> None:
    open_one = accounts.sign_in(store, accounts.link(store, editor.email))
    if cookie == "of somebody removed":
        cookie = accounts.sign_in(store, accounts.link(store, administrator.email))
        accounts.change(store, editor.email, role="administrator")
        accounts.remove(store, administrator.email)
    elif cookie == "a link's":
        cookie = accounts.link(store, editor.email)
    held = store.every(Token)
    browser.cookies.update({} if cookie is None else {accounts.COOKIE: cookie})
    for address in ("/sign-out", "/sign-out/everywhere"):
        assert browser.post(address).status_code == 303
    assert store.every(Token) == held and accounts.contributor(store, open_one) is not None


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "enter", "", "/a\nb"])
def test_nobody_is_sent_to_another_site(address: str) -> None:
    assert local(address) == "/enter"


def test_one_comes_back_to_the_page_that_asked(browser: httpx.Client, token: str) -> None:
    answer = browser.post(f"/sign-in?token={token}&next=/polls?poll=x")
    assert answer.headers["location"] == "/polls?poll=x"


# OpenID Connect, but for what needs a browser: tests/browser/test_openid.py


def test_an_identity_that_was_not_signed_here_opens_nothing(
    browser: httpx.Client, store: Store, editor: Contributor
) -> None:
    answer = browser.get("/oauth2callback?code=x&state=y")
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert "Signing in at your organisation did not come to its end." in answer.text
    assert store.every(Token) == []


def test_the_way_back_to_a_page_is_kept_for_the_callback_alone(
    browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_PUBLIC_URL", "https://polls.example.org")
    for referer, kept in (("https://polls.example.org/upload?lang=fr", "/upload?lang=fr"), ("https://a//b", "/enter")):
        answer = browser.get("/auth/login", headers={"Referer": referer})
        state, cookie = answer.headers.get_list("set-cookie")
        assert state.startswith("_streamlit_session=state;") and state.endswith("; Secure")
        assert f'="{kept}"' in cookie
        assert all(word in cookie for word in ("HttpOnly", "Path=/oauth2callback", "SameSite=lax", "Secure"))


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider of the browser's tests, which would prove little if it let everything pass."""
    provider = Provider({"Verified": {"email": "editor@example.org", "email_verified": True}})
    with serving(provider.app()) as provider.issuer:
        provider.redirect_uri = "http://127.0.0.1/oauth2callback"
        yield provider


def grant(provider: Provider, asked: dict[str, str] | None = None) -> httpx.Response:
    """The provider's answer to a person who lets a client know who they are."""
    usual = {
        "client_id": provider.client_id, "redirect_uri": provider.redirect_uri, "response_type": "code",
        "scope": "openid email", "state": "s", "nonce": "n",
        "code_challenge": challenge("verifier"), "code_challenge_method": "S256",
    }  # fmt: skip
    address = f"{provider.issuer}/authorize"
    return httpx.post(address, params=usual | (asked or {}), data={"person": "Verified"})


@pytest.mark.parametrize(
    "wrong",
    [{}, {"code_verifier": "another"}, {"redirect_uri": "http://evil.example"}, {"grant_type": "password"}],
    ids=str,
)
def test_the_provider_gives_a_token_for_a_code_once_to_who_asked_for_it(
    provider: Provider, wrong: dict[str, str]
) -> None:
    code = httpx.URL(grant(provider).headers["location"]).params["code"]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "verifier"}
    form |= {"redirect_uri": provider.redirect_uri} | wrong
    client = (provider.client_id, provider.client_secret)
    assert httpx.post(f"{provider.issuer}/token", data=form).status_code == 401
    answers = [httpx.post(f"{provider.issuer}/token", data=form, auth=client) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [400 if wrong else 200, 400]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
    ],
)
def test_the_provider_refuses_what_the_standard_forbids(provider: Provider, asked: dict[str, str], error: str) -> None:
    assert httpx.URL(grant(provider, asked).headers["location"]).params["error"] == error
    assert grant(provider, {"redirect_uri": "http://evil.example"}).status_code == 400


# the page on who contributes

Open = Callable[..., AppTest]


@pytest.fixture
def visit(store: Store, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the Contributors page with this session's cookie."""

    def visit(cookie: str | None = None) -> AppTest:
        monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
        monkeypatch.setattr("tracker.ui.parts.contributor", lambda: accounts.contributor(store, cookie))
        return AppTest.from_file(MAIN, default_timeout=60).switch_page("pages/contributors.py").run()

    return visit


@pytest.fixture
def signed_in(store: Store, visit: Open) -> Callable[[Contributor], AppTest]:
    """Open the page as this contributor."""
    return lambda who: visit(accounts.sign_in(store, accounts.link(store, who.email)))


def text(app: AppTest) -> str:
    kinds = ("title", "subheader", "markdown", "code", "error", "success")
    shown = [str(each.value) for kind in kinds for each in app.get(kind)]
    return "\n".join([*shown, *(table.value.to_string() for table in app.table)]).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    (button,) = (button for button in app.button if button.label == label)
    return button.click().run()


@pytest.mark.parametrize("cookie", [None, "forged", "of somebody removed"])
def test_a_reader_sees_nobody_and_how_to_sign_in(
    visit: Open, store: Store, editor: Contributor, cookie: str | None
) -> None:
    if cookie == "of somebody removed":
        cookie = accounts.sign_in(store, accounts.link(store, editor.email))
        accounts.remove(store, editor.email)
    app = visit(cookie)
    assert not app.exception and "one-time link" in text(app)
    assert not (app.button or app.text_input or app.table) and "@" not in text(app)


def test_who_is_no_administrator_sees_their_own_account_alone(
    signed_in: Callable[[Contributor], AppTest], editor: Contributor, administrator: Contributor
) -> None:
    app = signed_in(editor)
    assert not app.exception and "Signed in as E. Ditor." in text(app)
    assert "Only an administrator may see and change who contributes." in text(app)
    assert [button.label for button in app.button] == ["Change my public name"] and not app.table
    assert "@" not in text(app) and "C. Hief" not in text(app)
    app.text_input(key="own_name").set_value("c. hief").run()
    assert "Somebody else writes as c. hief" in text(press(app, "Change my public name"))
    app.text_input(key="own_name").set_value("Ed I. Tor").run()
    assert "Signed in as Ed I. Tor." in text(press(app, "Change my public name"))


def test_an_administrator_adds_changes_links_and_removes(
    signed_in: Callable[[Contributor], AppTest], store: Store, administrator: Contributor
) -> None:
    app = signed_in(administrator)
    app.selectbox(key="new_role").select("editor").run()
    app.text_input(key="new_email").set_value("New@example.org")
    app.text_input(key="new_name").set_value("N. Ew").run()
    app = press(app, "Add")
    assert not app.exception and "Added: N. Ew." in text(app) and "new@example.org" in text(app)
    assert app.text_input(key="new_email").value == ""
    app = app.selectbox(key="chosen_email").select("new@example.org").run()
    number = accounts.named(store, "new@example.org").id
    app = press(app.selectbox(key=f"role_{number}_role").select("administrator").run(), "Save changes")
    assert "Changed: N. Ew." in text(app) and accounts.named(store, "new@example.org").role == "administrator"
    app = press(app, "Make a sign-in link")
    (link,) = (code.value for code in app.code)
    cookie = accounts.sign_in(store, link.split("/sign-in?token=")[1])
    assert accounts.contributor(store, cookie).public_name == "N. Ew"
    app = press(app, "Sign out everywhere")
    assert link not in text(app) and "N. Ew is signed out everywhere" in text(app)
    assert accounts.contributor(store, cookie) is None
    app = press(app, "Remove N. Ew")
    assert "Removed: N. Ew." in text(app)
    assert [row.email for row in accounts.everyone(store)] == [administrator.email]
    app = press(app, "Remove C. Hief")
    assert "C. Hief is the last administrator" in text(app)


@pytest.mark.parametrize(
    "label", ["Add", "Save changes", "Make a sign-in link", "Sign out everywhere", "Remove E. Ditor"]
)
def test_a_page_left_open_by_who_was_an_administrator_changes_nothing(
    signed_in: Callable[[Contributor], AppTest],
    store: Store,
    editor: Contributor,
    administrator: Contributor,
    label: str,
) -> None:
    accounts.add(store, "other@example.org", "O. Ther", "administrator")
    accounts.link(store, editor.email)
    app = signed_in(administrator)
    app.selectbox(key="chosen_email").select(editor.email)
    app.selectbox(key="new_role").select("administrator").run()
    app.text_input(key=f"name_{editor.id}").set_value("Somebody else")
    app.text_input(key="new_email").set_value("friend@example.org")
    app.text_input(key="new_name").set_value("F. Riend").run()
    accounts.change(store, administrator.email, role="editor")
    held = accounts.everyone(store), store.every(Token)
    app = press(app, label)
    assert "Only an administrator may see and change who contributes." in text(app) and not app.table
    assert (accounts.everyone(store), store.every(Token)) == held


FILES = [path for folder in ("ui", "routes") for path in (ROOT / "tracker" / folder).rglob("*.py")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_served_says_who_asks_for_a_change_of_the_accounts(path: Path) -> None:
    """On the command line nobody need say so: whoever gives a command there could write to the database as well."""
    checked = {"add", "change", "everyone", "link", "remove", "revoke"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and re.fullmatch(r"accounts\.\w+", called := ast.unparse(node.func)):
            assert called.split(".")[1] not in checked or "by" in {each.arg for each in node.keywords}, called
    assert "CONSOLE" not in path.read_text(encoding="utf-8")
