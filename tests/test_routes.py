"""The data's addresses and the way in, asked over HTTP as they are served."""

import csv
import io
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pandas as pd
import pyarrow.parquet as pq
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tracker import accounts, routes
from tracker.models import Answer, Claim, Poll
from tracker.routes.signing import local
from tracker.routes.tables import Download
from tracker.store import TABLES, Store

WANG = "wang-di-2025-04-opinion-shifting"
CHINA = "subject=china&population=ca-adults"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The routes behind a real server, in a thread; which store they read is for each test to say."""
    with serving(Starlette(routes=routes.ROUTES, exception_handlers=routes.HANDLERS)) as url:
        yield url


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who asks before the server is up waits in line
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def asking(site: str) -> Iterator[httpx.Client]:
    """A reader."""
    with httpx.Client(base_url=site, timeout=60) as client:
        yield client


@pytest.fixture
def client(asking: httpx.Client, record: Store, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """A reader of the real record."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    return asking


@pytest.fixture
def writer(asking: httpx.Client, record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """A client of a record that the test may write to."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)
    return asking


def error(response: httpx.Response) -> dict[str, object]:
    body = response.json()["error"]
    assert body["status"] == response.status_code
    assert response.headers["cache-control"] == "no-store"
    return body


def test_a_sign_of_life_names_the_revision(client: httpx.Client, record: Store) -> None:
    assert client.get("/healthz").json() == {"ok": True, "revision": record.newest(), "polls": len(record.every(Poll))}


def test_without_a_store_the_answer_is_503_and_a_sentence(
    asking: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere' / 'tracker.db'}")
    found = asking.get("/healthz")
    assert found.status_code == 503
    assert "Traceback" not in found.text and error(found)["message"]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_comes_in_every_format_with_the_same_rows(client: httpx.Client, name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"/api/v1/{name}.csv").text)))
    assert rows and len(rows) == len(client.get(f"/api/v1/{name}.json").json())
    table = pq.read_table(io.BytesIO(client.get(f"/api/v1/{name}.parquet").content))
    assert (table.num_rows, table.column_names) == (len(rows), list(rows[0]))


def test_the_wide_table_gives_one_typed_row_a_question(client: httpx.Client) -> None:
    answer = client.get(f"/api/v1/wide.csv?{CHINA}")
    wide = pd.read_csv(io.StringIO(answer.text), parse_dates=["field_start", "field_end"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert wide["question"].is_unique and set(wide["subject"]) == {"china"} and set(wide["population"]) == {"ca-adults"}
    assert wide["favourable"].dtype == float and wide["field_end"].dt.year.max() >= 2025
    pew = wide[(wide["pollster"] == "pew-research-center") & (wide["field_end"].dt.year == 2025)]
    assert pew["favourable"].tolist() == [34.0]


def test_a_filter_takes_several_values_and_an_unknown_one_finds_nothing(client: httpx.Client) -> None:
    one = client.get("/api/v1/polls.json?pollster=gallup").json()
    two = client.get("/api/v1/polls.json?pollster=gallup&pollster=nanos-research").json()
    assert 0 < len(one) < len(two)
    assert client.get("/api/v1/polls.json?pollster=%3Cscript%3E").json() == []


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/api/v1/poll.csv", 404, "wide"),
        ("/api/v1/polls", 404, "questions"),
        ("/api/v2/polls.csv", 404, "questions"),
        ("/api/v1/polls.xml", 406, "parquet"),
        ("/api/v1/polls.csv?colour=red", 400, "population_label"),
        ("/api/v1/polls.csv?sample_size=many", 400, "sample_size"),
        ("/api/v1/polls.csv?field_end=yesterday", 400, "field_end"),
        ("/api/v1/polls.csv?as_of=9999", 400, "newest"),
        ("/api/v1/polls.csv?as_of=whenever", 400, "revision"),
        ("/api/v1/trend.csv?subject=atlantis", 404, "questions.csv"),
        ("/api/v1/trend.csv?colour=red", 400, "measure"),
        ("/api/v1/trend.csv?known_by=soon", 400, "2025-04-21"),
        ("/api/v1/trend.xml", 406, "parquet"),
        ("/api/v1/verdicts/nobody.json", 404, "claims.csv"),
        ("/charts/ca-adults/china.gif", 406, "svg"),
        ("/charts/ca-adults/atlantis.svg", 404, "questions.csv"),
    ],
)
def test_a_request_that_cannot_be_answered_says_what_to_ask(
    client: httpx.Client, address: str, status: int, told: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert told in json.dumps(error(answer))


def test_the_data_cannot_be_written_to(client: httpx.Client) -> None:
    answer = client.post("/api/v1/polls.csv")
    assert answer.status_code == 405 and error(answer)


def test_whoever_has_the_bytes_already_gets_304_until_something_changes(
    writer: httpx.Client, record_copy: Store
) -> None:
    address = f"/api/v1/answers.csv?{CHINA}"
    first = writer.get(address)
    tag = first.headers["etag"]
    assert writer.get(address, headers={"If-None-Match": f'"other", {tag}'}).status_code == 304
    assert writer.get(f"{address}&pollster=gallup", headers={"If-None-Match": tag}).status_code == 200
    with record_copy.writing("test", "a correction", "correction") as session:
        answer = session.query(Answer).first()
        answer.value += 1
    second = writer.get(address, headers={"If-None-Match": tag})
    assert second.status_code == 200 and second.headers["etag"] != tag
    assert int(second.headers["tracker-revision"]) == int(first.headers["tracker-revision"]) + 1


def test_a_past_revision_gives_the_same_bytes_after_a_change(writer: httpx.Client, record_copy: Store) -> None:
    before = writer.get("/api/v1/polls.csv")
    with record_copy.writing("test") as session:
        session.query(Poll).first().note = "changed"
    pinned = writer.get(before.headers["content-location"])
    assert pinned.content == before.content != writer.get("/api/v1/polls.csv").content
    assert pinned.headers["content-location"] == before.headers["content-location"]


def test_head_gives_the_headers_and_no_body(client: httpx.Client) -> None:
    for address in ("/api/v1/polls.csv", "/api/v1/trend.csv?known_by=2010-01-01"):
        head, get = client.head(address), client.get(address)
        assert head.status_code == 200 and not head.content
        assert all(head.headers[name] == get.headers[name] for name in ("etag", "content-type", "last-modified"))


def test_other_sites_may_read_and_see_errors_but_not_write(client: httpx.Client) -> None:
    elsewhere = {"Origin": "https://example.org"}
    for address in ("/api/v1/polls.csv", "/api/v1/polls.csv?colour=red"):
        assert client.get(address, headers=elsewhere).headers["access-control-allow-origin"] == "*"
    asked = elsewhere | {"Access-Control-Request-Method": "POST"}
    assert client.options("/api/v1/polls.csv", headers=asked).status_code == 400


def test_the_trend_gives_a_level_and_bands_for_every_day(client: httpx.Client) -> None:
    trend = pd.read_csv(io.StringIO(client.get(f"/api/v1/trend.csv?{CHINA}").text), parse_dates=["date"])
    assert (trend["date"].diff().dropna().dt.days == 1).all()
    assert (trend["low95"] < trend["low50"]).all() and (trend["level"] < trend["high50"]).all()
    then = client.get(f"/api/v1/trend.json?{CHINA}&known_by=2010-01-01").json()
    assert then[-1]["date"] < "2010"


def test_a_verdict_as_data_knows_then_from_now(client: httpx.Client) -> None:
    verdict = client.get(f"/api/v1/verdicts/{WANG}.json").json()
    then, now = ({row["question"] for row in verdict[side]["evidence"]} for side in ("then", "now"))
    assert then < now and verdict["then"]["known_by"] == "2025-04-21"
    assert all(row["known_from"] <= "2025-04-21" for row in verdict["then"]["evidence"])


def test_the_codebook_explains_every_column_of_every_table(client: httpx.Client, record: Store) -> None:
    package = client.get("/api/v1/datapackage.json").json()
    for resource in package["resources"]:
        address = re.sub(r"^http://127.0.0.1:8501|as_of=\d+$", "", resource["path"])
        header = client.get(address).text.split("\n", 1)[0].split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert {resource["name"] for resource in package["resources"]} == {*TABLES, "trend"}


def test_the_chart_stands_alone(client: httpx.Client) -> None:
    assert client.get("/charts/ca-adults/china.svg?known_by=2012-01-01").text.startswith("<svg")


# plain pages


class Reader(HTMLParser):
    """What a program sees of a page: its elements, their attributes, the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_a_claim_can_be_read_without_javascript(client: httpx.Client) -> None:
    page = client.get(f"/claims/{WANG}")
    read = Reader(page.text)
    assert page.status_code == 200
    assert {"Known then", "Known now", "34\u00a0%", "15 July 2025"} <= set(read.text)
    assert any(re.fullmatch(r"unsettled \(\d+ %\)", text) for text in read.text)
    assert ("html", {"lang": "en"}) in read.elements
    links = {attributes["href"] for tag, attributes in read.elements if tag == "a"}
    assert f"/claims?claim={WANG}" in links and any(link.startswith("/polls/") for link in links)  # type: ignore[union-attr]
    review = json.loads(next(text for text in read.text if "ClaimReview" in text))
    assert review["reviewRating"]["alternateName"] == "supported" and review["itemReviewed"]["author"]["name"]


def test_every_poll_that_a_claim_leads_to_has_a_page(client: httpx.Client) -> None:
    links = re.findall(r'href="(/polls/[^"]+)"', client.get(f"/claims/{WANG}").text)
    page = client.get(links[-1])
    assert page.status_code == 200 and "<table>" in page.text


def test_whatever_the_record_holds_is_text_in_a_page(writer: httpx.Client, record_copy: Store) -> None:
    evil = "</script><script>alert('1')</script>&\""
    poll = record_copy.every(Poll)[0].id
    with record_copy.writing("test") as session:
        claim = session.get(Claim, WANG)
        claim.paraphrase, claim.quote, claim.claimant, claim.source_url = evil, evil, evil, "javascript:alert(1)"
        session.get(Poll, poll).note = evil
    for address in (f"/claims/{WANG}", f"/polls/{poll}"):
        page = writer.get(address).text
        assert evil not in page and "<script>" not in page and 'href="javascript' not in page
        assert evil in Reader(page).text


def test_a_draft_has_no_page_and_a_withdrawn_poll_says_so(writer: httpx.Client, record_copy: Store) -> None:
    draft, withdrawn = (row.id for row in record_copy.every(Poll)[:2])
    with record_copy.writing("test") as session:
        session.get(Poll, draft).status = "draft"
        session.get(Poll, withdrawn).status = "withdrawn"
    assert writer.get(f"/polls/{draft}").status_code == 404
    assert "This poll was withdrawn." in writer.get(f"/polls/{withdrawn}").text


@pytest.mark.parametrize("address", ["/claims/nobody", "/polls/nobody", "/claims/%3Cscript%3E"])
def test_what_is_not_there_is_404_with_a_way_on(client: httpx.Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 404 and 'href="/' in page.text and "<script>" not in page.text


# signing in


@pytest.fixture
def token(record_copy: Store) -> str:
    accounts.add(record_copy, "editor@example.org", "E. Ditor", "editor")
    return accounts.link(record_copy, "editor@example.org")


def test_looking_at_a_link_does_not_use_it_up(writer: httpx.Client, record_copy: Store, token: str) -> None:
    for _look in range(2):
        page = writer.get(f"/sign-in?token={token}")
        assert page.status_code == 200 and '<form method="post">' in page.text and "set-cookie" not in page.headers
    answer = writer.post(f"/sign-in?token={token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/enter")
    assert re.search("HttpOnly.*SameSite=lax", answer.headers["set-cookie"])
    assert "Secure" not in answer.headers["set-cookie"]
    assert accounts.contributor(record_copy, answer.cookies[accounts.COOKIE]).public_name == "E. Ditor"


def test_a_used_link_is_refused(writer: httpx.Client, token: str) -> None:
    assert writer.post(f"/sign-in?token={token}").status_code == 303
    again = writer.post(f"/sign-in?token={token}")
    assert again.status_code == 403 and "set-cookie" not in again.headers and "already used" in again.text


@pytest.mark.parametrize("query", ["", "?token=", "?token=forged"])
def test_a_forged_link_is_refused(writer: httpx.Client, query: str) -> None:
    assert writer.post(f"/sign-in{query}").status_code == 403


def test_another_site_cannot_sign_anybody_in_or_out(writer: httpx.Client, token: str) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for address in (f"/sign-in?token={token}", "/sign-out"):
        assert writer.post(address, headers=elsewhere).status_code == 403
    assert writer.post(f"/sign-in?token={token}").status_code == 303


def test_the_cookie_is_secure_where_the_site_is(
    writer: httpx.Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_PUBLIC_URL", "https://polls.example.org")
    assert "Secure" in writer.post(f"/sign-in?token={token}").headers["set-cookie"]


def test_signing_out_ends_the_session(writer: httpx.Client, record_copy: Store, token: str) -> None:
    cookie = writer.post(f"/sign-in?token={token}").cookies[accounts.COOKIE]
    assert writer.get("/sign-out").status_code == 200
    assert accounts.contributor(record_copy, cookie)
    writer.cookies.set(accounts.COOKIE, cookie)
    answer = writer.post("/sign-out")
    assert answer.status_code == 303 and 'tracker_session=""' in answer.headers["set-cookie"]
    assert accounts.contributor(record_copy, cookie) is None


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "enter", "", "/a\nb"])
def test_nobody_is_sent_to_another_site(address: str) -> None:
    assert local(address) == "/enter"


def test_one_comes_back_to_the_page_that_asked(writer: httpx.Client, token: str) -> None:
    answer = writer.post(f"/sign-in?token={token}&next=/polls?poll=x")
    assert answer.headers["location"] == "/polls?poll=x"


# a download that breaks


class Rows:
    """Rows that fail after a few, and know whether they were let go."""

    closed = False

    def __init__(self, good: int) -> None:
        self.good = good

    def __iter__(self) -> Iterator[bytes]:
        yield from [b"a,b\n"] * self.good
        raise RuntimeError("the disk is gone")

    def close(self) -> None:
        self.closed = True


def endless(rows: Rows) -> Iterator[bytes]:
    while not rows.closed:
        yield b"a" * 100_000


@pytest.fixture
def breaking() -> Iterator[tuple[str, list[Rows]]]:
    """A server in a thread of which one download fails midway and another never ends."""
    let_go: list[Rows] = []

    def fails(_request: object) -> Response:
        let_go.append(Rows(3))
        return Download(iter(let_go[-1]), let_go[-1], media_type="text/csv")

    def never_ends(_request: object) -> Response:
        let_go.append(Rows(0))
        return Download(endless(let_go[-1]), let_go[-1], media_type="text/csv")

    with serving(Starlette(routes=[Route("/fails", fails), Route("/never-ends", never_ends)])) as url:
        yield url, let_go


def test_a_download_that_fails_midway_breaks_the_connection(breaking: tuple[str, list[Rows]]) -> None:
    url, let_go = breaking
    with pytest.raises(httpx.RemoteProtocolError), httpx.stream("GET", f"{url}/fails") as answer:
        assert answer.status_code == 200
        answer.read()
    assert wait_for(lambda: let_go[0].closed)


def test_a_download_that_is_called_off_lets_go_of_its_rows(breaking: tuple[str, list[Rows]]) -> None:
    url, let_go = breaking
    with httpx.stream("GET", f"{url}/never-ends") as answer:
        next(answer.iter_bytes())
    assert wait_for(lambda: let_go[0].closed)


def wait_for(condition: Callable[[], bool]) -> bool:
    for _ in range(100):
        if condition():
            return True
        time.sleep(0.05)
    return False
