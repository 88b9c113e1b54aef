"""The data's addresses and the way in, asked over HTTP as they are served."""

import csv
import io
import json
import re
import struct
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import httpx
import pandas as pd
import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.serving import serving
from tracker import tables
from tracker.charts.theme import COLOURS
from tracker.models import RECORD, Answer, Claim, Disclosure, Event, Poll, Question, Subject
from tracker.routes.tables import Download
from tracker.store import TABLES, Store

WANG = "wang-di-2025-04-opinion-shifting"
PEW = "pew-research-center-2025-01-08-ca-adults"
CHINA = "subject=china&population=ca-adults"


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


@pytest.fixture
def little(store: Store, record: Store) -> Store:
    """The record with one claim, so that judging every claim is judging one; for one test to write to."""
    with store.writing("Test") as session:
        for kind in RECORD:
            store.insert(session, kind, [row for row in record.every(kind) if kind is not Claim or row.id == WANG])
    return store


@pytest.fixture
def subscriber(asking: httpx.Client, little: Store, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """A reader of the feed of that record."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", little.url)
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
    header = client.get(f"/api/v1/{name}.csv").text.split("\n", 1)[0].split(",")
    assert (rows or name == "disclosures") and len(rows) == len(client.get(f"/api/v1/{name}.json").json())
    table = pq.read_table(io.BytesIO(client.get(f"/api/v1/{name}.parquet").content))
    assert (table.num_rows, table.column_names) == (len(rows), header)


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
        ("/api/v1/trend.csv?known_by=soon", 400, "2026-01-31"),
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
    assert {resource["name"] for resource in package["resources"]} == {*tables.NAMES}


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

    def links(self) -> set[str]:
        """Where the page leads."""
        return {attributes["href"] or "" for tag, attributes in self.elements if tag == "a"}

    def told(self, attribute: str) -> dict[str, str]:
        """What the head says of the page: by property, name or relation."""
        value = {"rel": "href"}.get(attribute, "content")
        return {found[attribute]: found[value] for _tag, found in self.elements if attribute in found}  # type: ignore[misc]

    def reviews(self) -> list[dict[str, Any]]:
        """The reviews in the page's JSON-LD."""
        return [json.loads(text) for text in self.text if "ClaimReview" in text]


def test_a_claim_can_be_read_without_javascript(client: httpx.Client) -> None:
    page = client.get(f"/claims/{WANG}")
    read = Reader(page.text)
    assert page.status_code == 200 and ("html", {"lang": "en"}) in read.elements
    assert {"Known then", "Known now", "Unsettled", "Supported", "34\u00a0%", "15 July 2025"} <= set(read.text)
    assert any(re.fullmatch(r"Probability \d+\u00a0%", text) for text in read.text)
    assert any(text.startswith("With each pollster left out in turn") for text in read.text)
    assert any("The word changed on 15 July 2025" in text and "Pew Research Center" in text for text in read.text)
    assert any("neither refutes nor bears out a change" in text for text in read.text)
    assert {
        f"/claims?claim={WANG}",
        f"/api/v1/verdicts/{WANG}.json",
        "/claims/atlas-2025-04-abacus-3-1",
        "/calibration",
    } <= read.links()
    assert "/polls/pew-research-center-2025-01-08-ca-adults" in read.links()
    # its second half, by itself
    assert ("section", {"id": "part-1"}) in read.elements and "Construct: closer ties" in read.text


def test_every_reading_of_a_claim_is_a_row_with_why_it_does_not_count(client: httpx.Client) -> None:
    text = client.get(f"/claims/{WANG}").text
    evidence = client.get(f"/api/v1/verdicts/{WANG}.json").json()
    parts = [evidence, *evidence["parts"]]
    assert text.count("<tr>") == len(parts) + sum(len(part["now"]["evidence"]) for part in parts)
    assert "no: It is a mean on a scale whose ends are not known" in text


def test_a_quote_and_a_question_are_in_the_language_they_were_said_in(writer: httpx.Client, record_copy: Store) -> None:
    with record_copy.writing("test") as session:
        question = session.query(Question).filter_by(poll=PEW).first()
        question.wording, question.language = "Avez-vous une opinion favorable ?", "fr"
    quote = Reader(writer.get("/claims/wang-yi-2018-03-highest-in-30-years").text)
    wording = Reader(writer.get(f"/polls/{PEW}").text)
    assert ("blockquote", {"lang": "zh-Hans"}) in quote.elements
    assert ("blockquote", {"lang": "fr"}) in wording.elements


@pytest.mark.parametrize("address", [f"/claims/{WANG}", "/claims/", f"/polls/{PEW}", "/polls/"])
def test_a_page_says_where_it_is_and_what_it_shows(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("TRACKER_PUBLIC_URL", "https://polls.example.org")
    here = f"https://polls.example.org{address}"
    for query, language in (("?utm_source=x", "en"), ("?lang=fr", "fr")):
        read = Reader(client.get(address + query).text)
        right = here if language == "en" else f"{here}?lang=fr"
        alternates = {found.get("hreflang"): found["href"] for tag, found in read.elements if tag == "link"}
        assert ("html", {"lang": language}) in read.elements
        assert read.told("rel")["canonical"] == read.told("property")["og:url"] == right
        assert (alternates["en"], alternates["fr"], alternates["x-default"]) == (here, f"{here}?lang=fr", here)
        assert read.told("name")["description"] == read.told("property")["og:description"] != ""
        assert read.told("property")["og:title"] in read.text
        feed = next(found for tag, found in read.elements if found.get("type") == "application/atom+xml")
        assert (feed["href"] or "").startswith("https://polls.example.org/feed.atom")


def test_the_picture_of_a_claim_is_its_chart(client: httpx.Client) -> None:
    told = Reader(client.get(f"/claims/{WANG}").text).told("property")
    address = re.sub(r"^http://[^/]+", "", told["og:image"])
    assert address.startswith("/charts/ca-adults/china.png?construct=favourability") and "China" in told["og:image:alt"]
    picture = client.get(address).content
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (int(told["og:image:width"]), int(told["og:image:height"]))
    nothing = Reader(client.get("/claims/hua-chunying-2018-10-most-americans").text).told("property")
    assert "og:image" not in nothing


def test_a_tested_claim_is_reviewed_in_the_words_of_schema_org(client: httpx.Client) -> None:
    verdict = client.get(f"/api/v1/verdicts/{WANG}.json").json()
    read = Reader(client.get(f"/claims/{WANG}").text)
    main, part = read.reviews()
    claim, rating = main["itemReviewed"], main["reviewRating"]
    assert main["claimReviewed"] == "public opinion in Canada is shifting toward closer ties with China"
    assert claim["author"] == {"@type": "Person", "name": "Wang Di", "jobTitle": "Ambassador of China to Canada"}
    assert (claim["datePublished"], claim["firstAppearance"]["datePublished"]) == ("2025-04-21", "2025-04-23")
    assert "Atlas News" in claim["appearance"]["headline"] and "null" not in json.dumps(main)
    assert rating["alternateName"] == verdict["now"]["word"] and rating["ratingExplanation"] == verdict["now"]["reason"]
    assert rating["worstRating"] <= rating["ratingValue"] == round(100 * verdict["now"]["probability"])
    assert rating["ratingValue"] <= rating["bestRating"] and main["author"]["name"]
    assert any(each["url"].endswith(f"/polls/{PEW}") for each in main["citation"])
    assert main["url"] == read.told("rel")["canonical"] and part["url"] == main["url"] + "#part-1"


@pytest.mark.parametrize(
    "claim",
    ["carney-2025-05-not-for-sale", "hua-chunying-2018-10-most-americans", "trump-2025-01-many-love-51st-state"],
)
def test_what_polls_could_not_test_has_no_review(client: httpx.Client, claim: str) -> None:
    assert Reader(client.get(f"/claims/{claim}").text).reviews() == []


def test_a_pollster_is_no_person(client: httpx.Client) -> None:
    review = Reader(client.get("/claims/angus-reid-2020-05-new-low").text).reviews()[0]
    assert review["itemReviewed"]["author"] == {"@type": "Organization", "name": "Angus Reid Institute"}


def test_every_poll_that_a_claim_leads_to_has_a_page(client: httpx.Client) -> None:
    links = re.findall(r'href="(/polls/[^"]+)"', client.get(f"/claims/{WANG}").text)
    page = client.get(links[-1])
    assert page.status_code == 200 and "<table>" in page.text


def test_a_poll_shows_its_fields_answers_sources_and_gaps(client: httpx.Client) -> None:
    read = Reader(client.get(f"/polls/{PEW}").text)
    assert {"China, favourability (country)", "The wording was not seen.", "34\u00a0%", "15 July 2025"} <= set(
        read.text
    )
    assert {"Interviews", "not given", "telephone", "second-hand", PEW} <= set(read.text)
    assert "none is shown: the source does not say how the sample came about" in read.text
    assert "British Polling Council: 3 of 10 items on record" in read.text
    assert any("how it was weighted, and to what" in text for text in read.text)
    assert any(link.startswith("https://web.archive.org/web/*/https://") for link in read.links())
    assert f"/polls?poll={PEW}" in read.links() and f"/api/v1/wide.csv?poll={PEW}" in read.links()


@pytest.mark.parametrize(
    ("sample_type", "size", "printed", "told"),
    [
        (
            "probability",
            1000,
            "3.7",
            "±3.7 points, as printed; ±3.7 for n = 1,000 implies a design effect of 1.43",
        ),
        ("probability", 1622, None, "not given; for n = 1,622 simple random sampling gives ±2.43"),
        ("non-probability", 1000, "3.1", "none is shown: this is not a probability sample. The pollster printed ±3.1"),
        ("non-probability", 1000, None, "none is shown: this is not a probability sample"),
    ],
)
def test_only_a_probability_sample_has_a_margin_of_error(
    writer: httpx.Client, record_copy: Store, sample_type: str, size: int, printed: str | None, told: str
) -> None:
    with record_copy.writing("test") as session:
        poll = session.get(Poll, PEW)
        poll.sample_type, poll.sample_size, poll.margin_of_error = sample_type, size, printed and Decimal(printed)
    assert told in writer.get(f"/polls/{PEW}").text


def test_a_correction_stays_in_the_history_of_its_poll(writer: httpx.Client, record_copy: Store) -> None:
    before = writer.get(f"/polls/{PEW}").text
    correct(record_copy, "misread, says editor@example.org")
    read = Reader(writer.get(f"/polls/{PEW}").text)
    assert "China, favourability (country), Favourable: 34 → 35" in read.text and "35\u00a0%" in read.text
    assert "misread, says (address left out)" in read.text and "E. Ditor" in read.text
    cited = re.search(r"http://[^/]+(/polls/\S+as_of=\d+)", Reader(before).text[-8] + before)
    assert cited and "34\u00a0%" in writer.get(cited[1]).text


def correct(store: Store, why: str) -> None:
    with store.writing("E. Ditor", why, "correction") as session:
        session.get(Answer, ("pew-2025-ca-china", "favourable")).value = Decimal(35)


def test_the_lists_lead_to_every_claim_and_every_poll(client: httpx.Client, record: Store) -> None:
    claims = Reader(client.get("/claims/").text)
    assert {f"/claims/{row.id}" for row in record.claims()} <= claims.links()
    assert any("then unsettled, now supported" in text for text in claims.text)
    address, polls = "/polls/", set()
    while address:
        page = client.get(address).text
        polls |= Reader(page).links()
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1] if following else ""
    assert {f"/polls/{row.id}" for row in record.every(Poll)} <= polls


@pytest.mark.parametrize("number", ["0", "-1", "999", "two"])
def test_a_page_of_the_list_that_is_not_there_is_the_nearest_that_is(client: httpx.Client, number: str) -> None:
    page = client.get(f"/polls/?page={number}")
    assert page.status_code == 200 and "/polls/" in page.text


def test_whatever_the_record_holds_is_text_in_a_page(writer: httpx.Client, record_copy: Store) -> None:
    evil = "</script><script>alert('1')</script>&\""
    poll = record_copy.every(Poll)[0].id
    with record_copy.writing(evil, evil) as session:
        claim = session.get(Claim, WANG)
        claim.paraphrase, claim.quote, claim.claimant, claim.source_url = evil, evil, evil, "javascript:alert(1)"
        session.get(Poll, poll).note = evil
        session.get(Subject, "china").name = evil
    for address in (f"/claims/{WANG}", f"/polls/{poll}", "/claims/"):
        page = writer.get(address).text
        assert evil not in page and "<script>" not in page and 'href="javascript' not in page
        assert any(evil in text for text in Reader(page).text)


def test_a_poll_that_nobody_else_looked_at_says_so(writer: httpx.Client, record_copy: Store) -> None:
    told, alone = "Entered and approved by the same person.", "pew-research-center-2025-01-08-ca-adults"
    for approver, says_so in (("Two", False), ("One", True)):
        with record_copy.writing("One", "misread", "correction", approved_by=approver) as session:
            session.get(Answer, ("pew-2025-ca-china", "favourable")).value += 1
        page = writer.get(f"/polls/{alone}").text
        assert (told in page) is says_so and "misread" in page and approver in page


def test_a_draft_has_no_page_and_a_withdrawn_poll_says_so(writer: httpx.Client, record_copy: Store) -> None:
    draft, withdrawn = (row.id for row in record_copy.every(Poll)[:2])
    with record_copy.writing("test") as session:
        session.get(Poll, draft).status = "draft"
        session.get(Poll, withdrawn).status = "withdrawn"
    assert writer.get(f"/polls/{draft}").status_code == 404
    assert "This poll was withdrawn." in writer.get(f"/polls/{withdrawn}").text


@pytest.mark.parametrize(
    "address", ["/claims/nobody", "/polls/nobody", "/claims/%3Cscript%3E", "/polls/nobody?lang=fr"]
)
def test_what_is_not_there_is_404_with_a_way_on(client: httpx.Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 404 and 'href="/' in page.text and "<script>" not in page.text


@pytest.mark.parametrize("address", [f"/claims/{WANG}", f"/polls/{PEW}", "/polls/"])
def test_a_plain_page_is_answered_like_the_data(client: httpx.Client, address: str) -> None:
    first = client.get(address)
    tag = first.headers["etag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{address}?lang=fr", headers={"If-None-Match": tag}).status_code == 200
    head = client.head(address)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert head.headers["last-modified"] and client.post(address).status_code == 405
    wrong = client.get(f"{address}?as_of=whenever")
    assert wrong.status_code == 400 and "is no point in time" in wrong.text and "<h1>" in wrong.text


def test_plain_pages_share_one_style_sheet_with_the_colours_of_the_app(client: httpx.Client) -> None:
    page = client.get(f"/polls/{PEW}")
    assert "<style" not in page.text and "'unsafe-inline'" not in page.headers["content-security-policy"]
    sheet = client.get(Reader(page.text).told("rel")["stylesheet"])
    assert sheet.headers["content-type"].startswith("text/css") and "immutable" in sheet.headers["cache-control"]
    colours = {colour for theme in COLOURS.values() for colour in theme.values()}
    assert set(re.findall(r"#[0-9a-f]{6}", sheet.text)) == colours


def test_a_program_that_walks_the_site_finds_every_plain_page(client: httpx.Client, record: Store) -> None:
    robots = client.get("/robots.txt").text
    address = re.search(r"^Sitemap: http://[^/]+(/.+)$", robots, re.MULTILINE)
    assert address and "Disallow: /sign-in" in robots
    found = {element.text for element in xml.fromstring(client.get(address[1]).content).iter() if element.text}
    assert len(found) == 3 + len(record.claims()) + len(record.every(Poll))
    assert any(place.endswith(f"/polls/{PEW}") for place in found)


# the feed

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client: httpx.Client, category: str | None = None) -> list[xml.Element]:
    feed = xml.fromstring(client.get("/feed.atom").content)
    found = feed.findall(f"{ATOM}entry")
    return [entry for entry in found if category in (None, entry.find(f"{ATOM}category").get("term"))]  # type: ignore[union-attr]


def said(element: xml.Element, name: str) -> str:
    found = element.find(ATOM + name)
    assert found is not None and found.text, f"no {name}"
    return found.text


def test_the_feed_has_what_rfc_4287_requires(client: httpx.Client) -> None:
    answer = client.get("/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = xml.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed" and said(feed, "title")
    assert said(feed, "id") == feed.find(f"{ATOM}link[@rel='self']").get("href")  # type: ignore[union-attr]
    assert said(feed.find(f"{ATOM}author"), "name")  # type: ignore[arg-type]
    found = feed.findall(f"{ATOM}entry")
    moments = [said(element, "updated") for element in (feed, *found)]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in moments)
    assert moments == sorted(moments, reverse=True) and moments[0] == moments[1]
    ids = [said(entry, "id") for entry in found]
    assert len(set(ids)) == len(ids) and all(re.match("https?://", id) for id in ids)
    assert all(said(entry, "title") and said(entry, "content") for entry in found)
    for entry in found[:3]:
        link = entry.find(f"{ATOM}link[@rel='alternate']").get("href")  # type: ignore[union-attr]
        assert client.get(re.sub(r"^http://[^/]+", "", link)).status_code == 200


def test_a_verdict_that_changed_is_dated_by_the_reading_that_turned_it(client: httpx.Client) -> None:
    told = {said(entry, "id").rpartition("/")[2]: entry for entry in entries(client, "verdict")}
    turned = told[f"{WANG}#verdict-2025-07-15"]
    assert said(turned, "updated") == "2025-07-15T00:00:00Z"
    assert said(turned, "title").startswith("Now supported, once unsettled: Canadian public opinion")
    assert "Pew Research Center" in said(turned, "content") and f"{WANG}#part-1-2025-04-24" in told


def test_a_correction_is_news_and_whatever_is_not_public_is_not(subscriber: httpx.Client, little: Store) -> None:
    poll, other = (row.poll for row in little.public_polls(2))
    before = {said(entry, "id") for entry in entries(subscriber)}
    correct(little, "misread, says editor@example.org")
    with little.writing("E. Ditor") as session:
        session.get(Poll, poll).status = "draft"
        session.get(Poll, other).status = "submitted"
    found = entries(subscriber)
    (correction,) = entries(subscriber, "correction")
    assert said(correction, "title") == "Corrected: Pew Research Center, Canadian adults, 8 January – 26 April 2025"
    assert "Favourable: 34 → 35" in said(correction, "content") and "E. Ditor: misread" in said(correction, "content")
    assert said(correction, "updated") == max(said(entry, "updated") for entry in found)
    text = "".join(xml.tostring(entry, encoding="unicode") for entry in found)
    assert "@" not in text and poll not in text and other not in text
    # what was told already keeps its id
    assert {id for id in before if poll not in id and other not in id} < {said(entry, "id") for entry in found}


def test_a_withdrawal_is_told_as_one_with_the_reason_and_both_names(subscriber: httpx.Client, little: Store) -> None:
    with little.writing("One", "the pollster retracted it", "correction", approved_by="Two") as session:
        session.get(Poll, session.get(Question, "pew-2025-ca-china").poll).status = "withdrawn"
    (withdrawal,) = entries(subscriber, "correction")
    assert said(withdrawal, "title").startswith("Withdrawn: Pew Research Center")
    assert "One, approved by Two: the pollster retracted it" in said(withdrawal, "content")


def test_a_batch_that_corrects_many_is_one_piece_of_news(subscriber: httpx.Client, little: Store) -> None:
    with little.writing("E. Ditor", "all of them") as session:
        for event in session.query(Event).limit(5):
            event.title += "."
    (correction,) = entries(subscriber, "correction")
    assert "and 4 others" in said(correction, "title")
    link = correction.find(f"{ATOM}link").get("href")  # type: ignore[union-attr]
    assert len(subscriber.get(re.sub(r"^http://[^/]+", "", link)).text.splitlines()) == 1 + 5


def test_whatever_the_record_holds_is_text_in_the_feed(subscriber: httpx.Client, little: Store) -> None:
    evil = '<script>alert("1")</script> & \x0b'
    with little.writing(evil, evil) as session:
        session.get(Claim, WANG).paraphrase = evil
    (correction,) = entries(subscriber, "correction")
    assert "<script>" in said(correction, "title") and "<script>" not in said(correction, "content")


def test_whoever_has_the_feed_gets_304_until_something_changes(subscriber: httpx.Client, little: Store) -> None:
    first = subscriber.get("/feed.atom")
    tag = {"If-None-Match": first.headers["etag"]}
    assert subscriber.get("/feed.atom", headers=tag).status_code == 304
    head = subscriber.head("/feed.atom")
    assert (head.content, head.headers["etag"]) == (b"", first.headers["etag"]) and head.headers["last-modified"]
    assert first.headers["content-location"] == f"/feed.atom?as_of={little.newest()}"
    correct(little, "misread")
    assert subscriber.get("/feed.atom", headers=tag).status_code == 200
    assert subscriber.post("/feed.atom").status_code == 405


def test_the_feed_of_an_empty_tracker_is_a_feed(
    asking: httpx.Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
    assert said(xml.fromstring(asking.get("/feed.atom").content), "updated") and entries(asking) == []
    assert [asking.get(address).status_code for address in ("/claims/", "/polls/", "/sitemap.xml")] == [200] * 3


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


def disclose(store: Store, poll: str, **said: str) -> None:
    """Put on record what the source of a poll discloses."""
    with store.writing("test") as session:
        session.add_all(Disclosure(poll=poll, item=item, value=value) for item, value in said.items())


def of_aapor(page: str) -> int:
    """How many of AAPOR's items a poll's page counts."""
    return int(re.findall(r"AAPOR, with the results: (\d+) of 20", page)[0])


def test_what_the_source_of_a_poll_discloses_is_shown_and_counted(writer: httpx.Client, record_copy: Store) -> None:
    before = writer.get(f"/polls/{PEW}").text
    disclose(record_copy, PEW, frame="a panel of 90,000", weighted="no", funder="not disclosed", n_refused="4321")
    after = writer.get(f"/polls/{PEW}").text
    assert {"a panel of 90,000", "not disclosed by the source", "4,321", "no"} <= set(Reader(after).text)
    assert "not disclosed by the source" not in before
    assert of_aapor(after) == of_aapor(before) + 3


def test_a_poll_that_is_no_statistical_survey_or_of_an_election_says_so(
    writer: httpx.Client, record_copy: Store
) -> None:
    assert "recognised statistical methods" not in writer.get(f"/polls/{PEW}").text
    said = {"n_contacted": "9000", "n_refused": "4000", "dont_know_treatment": "left-out", "weighting": "not disclosed"}
    disclose(record_copy, PEW, not_statistical="yes", election="yes", **said)
    told = Reader(writer.get(f"/polls/{PEW}").text).text
    start = told.index("First transmitted in an election period")
    assert any("Not based on recognised statistical methods" in text for text in told[:start])
    shown = told[start : told.index("What is disclosed")]
    assert {"Who commissioned or paid", "left out of the base", "not disclosed by the source", "not given"} <= set(
        shown
    )
    assert "how many were contacted: 9,000; how many refused: 4,000" in shown


def test_no_address_that_somebody_wrote_is_public(subscriber: httpx.Client, little: Store) -> None:
    with little.writing("bob@example.org", "asked ann.lee+poll@example.co.uk", approved_by="eve@localhost") as session:
        session.get(Poll, PEW).note = "ask zoe@example.org; see https://example.org/@pollsters/1"
    with little.writing("bob@example.org", "asked ann.lee+poll@example.co.uk") as session:
        session.get(Poll, PEW).note = None
    addresses = [*(f"/api/v1/revisions.{format}" for format in ("csv", "json")), "/feed.atom", f"/polls/{PEW}"]
    for told in (subscriber.get(address).text for address in addresses):
        assert "(address left out)" in told and "/@pollsters/1" in told
        assert not [name for name in ("bob@", "ann.lee", "eve@", "zoe@", "example.co.uk") if name in told]
