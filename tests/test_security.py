"""What an attacker would try on the served tracker, one thing a test; docs/threats.md lists them."""

import csv
import io
import re
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as xml

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from tests import hostile
from tests.serving import Site, routed, served, serving
from tracker import cli
from tracker.intake.sheet import formulas
from tracker.routes import guarded, limited
from tracker.settings import ROOT
from tracker.store import Store

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


# asking too often


def test_a_bucket_lets_many_begin_at_once_and_nobody_go_on_without_a_pause() -> None:
    buckets, (burst, refill) = limited.Buckets(), limited.RATES["computed"]
    assert [buckets.wait("computed", "192.0.2.1", now=0.0) for _ in range(burst)] == [0.0] * burst
    wait = buckets.wait("computed", "192.0.2.1", now=0.0)
    assert wait == pytest.approx(1 / refill)
    assert buckets.wait("computed", "192.0.2.1", now=wait + 0.01) == 0.0
    assert buckets.wait("computed", "192.0.2.1", now=wait + 0.01) > 0.0
    assert buckets.wait("computed", "192.0.2.2", now=0.0) == 0.0  # another address
    assert buckets.wait("sign-in", "192.0.2.1", now=0.0) == 0.0  # another kind
    assert all(buckets.wait("computed", "192.0.2.1", factor=0, now=0.0) == 0.0 for _ in range(2 * burst))


def test_one_household_is_one_address_and_the_forgotten_cost_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limited.network("2001:db8::1") == limited.network("2001:db8::ffff") != limited.network("2001:db8:0:1::1")
    monkeypatch.setattr(limited, "REMEMBERED", 3)
    buckets = limited.Buckets()
    for number in range(9):
        buckets.wait("data", f"192.0.2.{number}")
    assert [client for _kind, client in buckets.full] == ["192.0.2.6", "192.0.2.7", "192.0.2.8"]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/api/v1/polls.csv", "data"), ("/api/v1/trend.csv", "computed"), ("/api/v1/verdicts/x.json", "computed"),
        ("/api/v1/house-effects.json", "computed"), ("/charts/a/b.svg", "computed"), ("/claims/x", "computed"),
        ("/feed.atom", "data"), ("/auth/login", "sign-in"), ("/oauth2callback", "sign-in"), ("/sign-in", None),
        ("/", None), ("/static/js/x.js", None), ("/healthz", None),
    ],
)  # fmt: skip
def test_what_costs_much_is_what_is_limited(address: str, kind: str | None) -> None:
    assert limited.kind({"type": "http", "method": "GET", "path": address}) == kind
    assert limited.kind({"type": "http", "method": "POST", "path": "/sign-in"}) == "sign-in"
    assert limited.kind({"type": "websocket", "path": "/_stcore/stream"}) == "sessions"


def test_who_asks_too_often_is_told_when_to_come_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
    monkeypatch.setenv("TRACKER_LIMITS", "1")
    monkeypatch.setitem(limited.RATES, "sign-in", limited.Rate(3, 0.1))
    monkeypatch.setitem(limited.RATES, "data", limited.Rate(2, 0.1))
    with serving(routed()) as url, httpx.Client(base_url=url, timeout=60) as client:
        tries = [client.post("/sign-in?token=guess") for _ in range(5)]
        assert [answer.status_code for answer in tries] == [403, 403, 403, 429, 429]
        assert client.get("/sign-in").status_code == 200
        answers = [client.get("/api/v1/polls.csv?limit=1") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].headers["retry-after"] == "10"
        assert answers[2].json()["error"]["remedy"] == "Ask again in 10 seconds."
        assert answers[2].headers["access-control-allow-origin"] == "*"
        # the proxy on this machine says for whom it asks
        other = client.get("/api/v1/polls.csv?limit=1", headers={"X-Forwarded-For": "192.0.2.7"})
        assert other.status_code == 200
        monkeypatch.setenv("TRACKER_LIMITS", "0")
        assert client.get("/api/v1/polls.csv?limit=1").status_code == 200


def test_who_is_no_proxy_is_not_believed_when_they_say_for_whom_they_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def whose(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])
        await PlainTextResponse("")(scope, _receive, send)

    for trusted, client in (("127.0.0.1", "192.0.2.7"), ("192.0.2.99", "127.0.0.1")):
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
        with serving(Starlette(routes=[Mount("/", whose)])) as url:
            httpx.get(url, headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.7"})
        assert seen.pop() == client


# what others wrote


@pytest.fixture
def spoilt(record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Routes over a record in which every text tries to be more than one."""
    hostile.spoil(record_copy)
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)
    with serving(routed()) as url, httpx.Client(base_url=url, timeout=120) as client:
        yield client


def test_no_text_of_the_record_becomes_an_element_of_a_feed_or_a_picture(spoilt: httpx.Client) -> None:
    for address in ("/feed.atom", "/charts/ca-adults/china.svg", "/sitemap.xml"):
        answer = spoilt.get(address)
        names = {element.tag.rpartition("}")[2] for element in xml.fromstring(answer.content).iter()}
        assert answer.status_code == 200 and not names & {"script", "foreignObject", "image", "img", "style"}
        assert not re.search(r"(href|src)=.(javascript|x):", answer.text)
    feed = spoilt.get("/feed.atom").text
    assert "ran()" in feed and "<script" not in feed


def test_a_text_of_the_record_is_no_formula_of_a_sheet_and_no_number_is_touched(spoilt: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(spoilt.get(f"/api/v1/wide.csv?poll={hostile.POLL}").text)))
    assert rows and all(row["wording"] == "'" + hostile.TEXT for row in rows)
    found = list(csv.DictReader(io.StringIO(spoilt.get(f"/api/v1/answers.csv?poll={hostile.POLL}").text)))
    assert found and all(row["value"][:1] != "'" for row in found)


SQL = (
    "' OR '1'='1",
    "'; DROP TABLE polls; --",
    "china' UNION SELECT email FROM contributors --",
    '" OR 1=1 --',
    "%",
    "\\",
)


@pytest.mark.parametrize("given", SQL)
def test_what_a_filter_is_given_is_a_value_and_never_a_statement(get: Get, given: str) -> None:
    query = urlencode({"subject": given})
    answer = get(f"/api/v1/questions.csv?{query}")
    assert answer.status_code == 200 and answer.text.count("\n") == 1  # a header, and nothing so named
    for name in ("columns", "after", "limit", "as_of", given):
        wrong = get(f"/api/v1/questions.csv?{urlencode({name: given})}")
        assert wrong.status_code in (200, 400) and "example.org" not in wrong.text and "localhost" not in wrong.text
    assert get("/healthz").json()["polls"] > 600


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2f..%2fpyproject.toml", "/..%2ftracker.db", "/media/..%2f..%2ftracker.db",
        "/component/../tracker.db",
        "/charts/..%2f..%2ftracker.db/x.svg", "/api/v1/..%2f..%2ftracker.db", "/api/v1/%2e%2e%2ftracker.csv",
        "/claims/..%2f..%2ftracker.secret", "/%5c%5cevil.example%5cshare", "/tracker.secret", "/.streamlit/config.toml",
    ],
)  # fmt: skip
def test_no_address_leads_to_a_file_of_the_machine(site: Site, path: str) -> None:
    secret = (site.home / "tracker.secret").read_text().strip()
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as asker:  # as it stands, unmended
        asker.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: asker.recv(65536), b""))
    assert secret.encode() not in answer and b"SQLite format" not in answer and b"[server]" not in answer
    assert b"[project]" not in answer


def test_a_file_is_taken_from_those_alone_who_have_signed_in(site: Site) -> None:
    address = f"{site.url}/_stcore/upload_file/session/file"
    assert httpx.put(address, files={"file": b"x"}).text == "Sign in first."
    with httpx.Client(timeout=60) as client:
        client.post(site.sign_in())
        assert client.put(address, files={"file": b"x"}).text != "Sign in first."  # Streamlit's own refusal


def test_a_workbook_that_grows_when_it_is_read_is_not_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9)
    )
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as parts:
        parts.writestr(formulas.BOOK, f"{bomb}]><workbook>&j;</workbook>")
        parts.writestr(formulas.RELATIONS, "<x/>")
    assert formulas.uncomputed(book.getvalue(), "Sheet1") == {}


def test_a_session_can_do_nothing_but_by_the_door(site: Site) -> None:
    """No address of the data takes anything, signed in or not."""
    with httpx.Client(base_url=site.url, timeout=60) as client:
        client.post(site.sign_in())
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for path in ("/api/v1/polls.csv", "/claims/", "/polls/", "/feed.atom", "/charts/ca-adults/china.svg"):
                assert client.request(method, path).status_code in (308, 405)


@pytest.mark.parametrize(("origin", "taken"), [(None, True), ("https://evil.example", False), ("null", False)])
def test_the_socket_of_the_app_takes_no_other_sites_pages(site: Site, origin: str | None, taken: bool) -> None:
    address = urlsplit(site.url)
    asked = {
        "Host": address.netloc, "Connection": "Upgrade", "Upgrade": "websocket", "Origin": origin or site.url,
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    with socket.create_connection((address.hostname, address.port), timeout=60) as asker:
        asker.sendall(f"GET /_stcore/stream HTTP/1.1\r\n{head}\r\n".encode())
        assert (b" 101 " in asker.recv(64)) == taken


@pytest.mark.parametrize("name", ["../tracker", "/etc/passwd", "..\\tracker", "polls/../../tracker"])
def test_the_name_of_an_export_is_no_path(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """What ``--to`` names is the operator's own choice; what is written there is a table, or the record's own files."""
    to = tmp_path / "to" / "table.csv"
    to.parent.mkdir()
    assert cli.main(["export", name, "--to", str(to), "--database", store.url]) == 2
    assert not to.exists() and name in capsys.readouterr().err
    record = tmp_path / "record"
    assert cli.main(["export", "--to", str(record), "--database", store.url]) == 0
    assert {path.parent for path in record.rglob("*")} == {record}


FILES = {
    "browser": "tests/browser/test_security.py",
    "operating": "tests/test_operating.py",
    "": "tests/test_security.py",
}


def test_what_the_threats_are_met_by_is_there() -> None:
    told = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    rows = [line for line in told.splitlines() if line.startswith("|")][2:]
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[4])]
    assert len(named) > 25
    for name in named:
        if name.startswith(("tests/", ".ci/")):
            assert (ROOT / name).is_file(), name
        else:
            file, _slash, test = name.rpartition("/")
            assert re.search(rf"def test_\w*{test}", (ROOT / FILES[file]).read_text(encoding="utf-8")), name
