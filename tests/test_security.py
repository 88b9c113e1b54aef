"""What an attacker would try on the served tracker, one thing a test; docs/threats.md lists them."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.serving import Site, served
from tracker.routes import guarded

Get = Callable[[str], httpx.Response]


@pytest.fixture(scope="module")
def site(record_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole tracker on the real record, Streamlit's own addresses included."""
    home = tmp_path_factory.mktemp("site")
    shutil.copy(record_file, home / "tracker.db")
    with served(home) as found:
        yield found


@pytest.fixture(scope="module")
def get(site: Site) -> Iterator[Get]:
    """Ask for an address, as nobody in particular."""
    with httpx.Client(base_url=site.url, timeout=60) as client:
        yield client.get


# what every answer tells a browser

#: one address of every kind of answer, with its status
ANSWERS = {
    "/": 200, "/claims": 200, "/nothing/here": 200, "/?embed=true": 200, "/favicon.png": 200, "/_stcore/health": 200,
    "/claims/": 200, "/claims/none": 404, "/polls/": 200, "/sign-in": 200, "/style.css": 200, "/robots.txt": 200,
    "/api/v1/polls.csv?limit=1": 200, "/api/v1/none.csv": 404, "/api/v1/polls.xml": 406, "/api/v1/polls.csv?no=1": 400,
    "/charts/ca-adults/china.svg": 200, "/feed.atom": 200, "/healthz": 200, "/media/none": 404, "/nothing/": 301,
    "/..%2f..%2fetc/passwd": 400, "/oauth2callback?code=x&state=y": 403,
}  # fmt: skip


def rules(answer: httpx.Response) -> dict[str, str]:
    """The content security policy of an answer, by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _space, value in parts}


@pytest.mark.parametrize(("address", "status"), ANSWERS.items())
def test_every_answer_tells_a_browser_what_to_refuse(get: Get, address: str, status: int) -> None:
    answer = get(address)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] in ("same-origin", "strict-origin")
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers  # nothing here is reached by https
    policy = rules(answer)
    assert policy["default-src"] == "'none'"
    assert "'unsafe-inline'" not in policy.get("script-src", "") + policy.get("style-src", "")
    assert "'unsafe-eval'" not in str(policy) and "http" not in str(policy)
    others = address.startswith(("/api/", "/charts/", "/feed", "/?embed"))
    assert policy["frame-ancestors"] == ("*" if others else "'none'")


@pytest.mark.parametrize("address", ["/api/v1/polls.csv?limit=1", "/charts/ca-adults/china.png", "/feed.atom"])
def test_other_sites_may_use_data_and_pictures_and_nothing_else(get: Get, address: str) -> None:
    assert get(address).headers["cross-origin-resource-policy"] == "cross-origin"
    assert get("/claims/").headers["cross-origin-resource-policy"] == "same-origin"


def test_every_script_that_stands_in_the_document_is_one_that_the_policy_knows(get: Get) -> None:
    for address in ("/", "/nothing/here"):
        answer = get(address)
        for element, directive in (("script", "script-src"), ("style", "style-src")):
            found = re.findall(rf"<{element}>(.*?)</{element}>", answer.text, re.DOTALL)
            assert all(guarded.digest(text) in rules(answer)[directive] for text in found)
    assert "prerenderReady" in answer.text


def test_a_site_reached_by_https_is_reached_by_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = {"path": "/claims/", "query_string": b""}
    monkeypatch.setenv("TRACKER_PUBLIC_URL", "https://polls.example.org")
    assert dict(guarded.asked_of_browsers(scope, "text/html"))[b"strict-transport-security"] == b"max-age=31536000"
