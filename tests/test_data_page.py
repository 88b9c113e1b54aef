"""The Data page: any table, narrowed by what it holds, weighed before the click, and taken away by lines that run."""

import csv
import datetime as dt
import hashlib
import io
import json
import re
import shlex
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import tracker
from tests import visiting
from tests.visiting import text
from tracker import charts, claims, tables
from tracker.charts import Attitude, Choices
from tracker.export import FORMATS, Column
from tracker.store import Store
from tracker.tables import overview
from tracker.ui import snippets

WANG = "wang-di-2025-04-opinion-shifting"
Visit = Callable[..., AppTest]


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, record: Store) -> Visit:
    """A page on the record: ``visit("data", export="polls")``."""
    return lambda page, **query: visiting.alone(monkeypatch, record, page, **query)


@pytest.fixture
def client(site: str, record: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """An analyst of the real record."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    with httpx.Client(base_url=site, timeout=60) as client:
        yield client


def rows(client: httpx.Client, address: str) -> list[dict[str, str]]:
    """The rows at an address of the page, wherever the page takes itself to be."""
    parts = urlsplit(address)
    answer = client.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def address(app: AppTest) -> str:
    """The address of exactly the rows shown."""
    return str(app.code[0].value)


def taken(app: AppTest, label: str = "Take these rows") -> dict[str, list[str]]:
    """The words of the way from a page to its rows."""
    (link,) = (link for link in app.page_link if label in link.value)
    assert link.proto.page == "data"
    return parse_qs(link.proto.query_string)


@pytest.mark.parametrize("name", tables.NAMES)
def test_every_table_can_be_picked_and_looked_at(visit: Visit, client: httpx.Client, name: str) -> None:
    app = visit("data", export=name, **({"claim": [WANG]} if name in ("verdicts", "evidence") else {}))
    assert not app.exception and app.selectbox(key="export").value == name
    found = rows(client, address(app))
    size = "1 row" if len(found) == 1 else f"{len(found):,} rows"
    assert f"{size}, of which the first {min(len(found), 50)} are shown" in text(app)
    assert len(app.dataframe[0].value) == min(len(found), 50)
    assert list(app.dataframe[0].value.columns)[:5] == list(found[0])[:5] if found else True


def test_no_claim_is_judged_until_somebody_asks(visit: Visit, record: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    one = claims.judge(record, WANG)

    def judge_all(_store: Store, _day: Any, _details: bool, asked: list[Any]) -> Iterator[Any]:
        judged.extend(row.id for row in asked)
        return iter([one] * len(asked))

    monkeypatch.setattr(claims, "judge_all", judge_all)
    app = visit("data", export="verdicts", side=["now"])
    assert not judged and not app.dataframe and "Judging all 66 claims takes about 10 seconds" in text(app)
    assert address(app).endswith("/api/v1/verdicts.csv?side=now")
    assert labels(app) == ["CSV", "JSON", "JSON lines", "Parquet"]
    next(button for button in app.button if button.label == "Judge them all").click().run()
    assert len(judged) == 66 and "132 rows" in text(app)
    app.button_group(key="side").set_value([]).run()
    assert len(judged) == 66 and "264 rows" in text(app)


def labels(app: AppTest) -> list[str]:
    """What the buttons say that lead to the rows, one a format."""
    return [button.proto.label for button in app.get("link_button") if "/api/v1/datapackage" not in button.proto.url]


def test_what_is_chosen_of_a_column_filters_page_and_address(visit: Visit, client: httpx.Client) -> None:
    app = visit("data", export="polls")
    every = rows(client, address(app))
    held = Counter(row["pollster"] for row in every)
    options = app.multiselect(key="pollster").options
    assert options[0] == f"Pew Research Center · {held['pew-research-center']}" and len(options) == len(held)
    app.multiselect(key="pollster").set_value(["nanos-research", "leger"]).run()
    assert app.query_params["pollster"] == ["nanos-research", "leger"]
    app.selectbox(key="year_field_end").select("2019").run()
    wanted = [row for row in every if row["pollster"] in ("nanos-research", "leger") and row["field_end"][:4] == "2019"]
    assert wanted and rows(client, address(app)) == wanted
    assert app.query_params["field_end.from"] == ["2019-01-01"] or app.query_params["field_end.from"] == "2019-01-01"
    # the others are counted under what is chosen, a column's own whatever is chosen of it
    assert len(app.multiselect(key="pollster").options) < len(held)
    assert sum(int(text.split(" · ")[1]) for text in app.multiselect(key="pollster").options) > len(wanted)


def test_a_blank_is_a_value_too(visit: Visit, client: httpx.Client) -> None:
    app = visit("data", export="polls", mode="")
    found = rows(client, address(app))
    assert found and {row["mode"] for row in found} == {""}
    assert any(option.startswith("blank · ") for option in app.button_group(key="mode").options)


def test_a_computed_table_has_its_facets_too(visit: Visit, client: httpx.Client) -> None:
    app = visit("data", export="series", subject="united-states", pollster="research-co", comparable="true")
    found = rows(client, address(app))
    assert found and {(row["pollster"], row["comparable"]) for row in found} == {("research-co", "true")}
    assert {row["subject"] for row in found} == {"united-states"}
    assert "subject=united-states&construct=favourability&measure=positive&object=country" in address(app)


def test_any_filter_of_the_address_holds_can_be_seen_and_taken_out(visit: Visit, client: httpx.Client) -> None:
    app = visit("data", subject=["china"], **{"favourable.to": "20", "colour": "red", "field_start.from": "soon"})
    assert "colour: red; field_start.from: soon" in text(app) and "colour" not in address(app)
    found = rows(client, address(app))
    assert found and max(float(row["favourable"]) for row in found) <= 20
    next(button for button in app.button if "favourable" in button.label).click().run()
    assert "favourable" not in address(app) and len(rows(client, address(app))) > len(found)


@pytest.mark.parametrize("name", ["answers", "claims", "series"])
def test_a_size_is_known_before_the_click(visit: Visit, client: httpx.Client, name: str) -> None:
    found = labels(visit("data", export=name))
    for label, ending in zip(found, FORMATS, strict=True):
        number, unit = re.search(r"([\d.]+)\xa0?\s?(kB|MB)$", label).groups()  # type: ignore[union-attr]
        told = float(number) * {"kB": 1e3, "MB": 1e6}[unit]
        size = len(client.get(f"/api/v1/{name}.{ending}").content)
        assert told == pytest.approx(size, rel=0.3 if "about" in label else 0.06), label
    assert ("about" in found[0]) == (name == "answers")


def test_no_table_is_read_whole_to_be_looked_at(record: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int | None] = []
    table = Store.table
    monkeypatch.setattr(Store, "table", lambda *given: read.append(given[3]) or table(*given))
    found = overview.of_record(record, "answers", {})
    assert read == [overview.FIRST] and len(found.rows) == overview.FIRST < found.count == record.count("answers")


VIEWS = [
    {"compare": "united-states", "from": "2018", "to": "2024-03", "pollster": ["pew-research-center", "research-co"]},
    {"known_by": "2025-04-21", "measure": "net", "from": "2020-07-01"},
]


@pytest.mark.parametrize("query", VIEWS, ids=str)
def test_from_a_chart_one_comes_to_exactly_the_rows_drawn(
    visit: Visit, client: httpx.Client, record: Store, query: dict[str, Any]
) -> None:
    trends = visit("trends", **query)
    there = visit("data", **taken(trends))
    drawn = charts.View(charts.Source(record), choices(query))
    shown = {question for each in drawn.both for question in each.shown["question"]}
    assert shown and {row["question"] for row in rows(client, address(there))} == shown
    assert sum(len(each.shown) for each in drawn.both) == len(shown)


def choices(query: dict[str, Any]) -> Choices:
    """The same view as its address asks for."""
    days = {"2018": "2018-01-01", "2024-03": "2024-03-31"}
    day = {
        name: dt.date.fromisoformat(days.get(query[name], query[name]))
        for name in ("from", "to", "known_by")
        if name in query
    }
    about = Attitude("ca-adults", "china", measure=query.get("measure", "positive"), known_by=day.get("known_by"))
    return Choices(about, query.get("compare"), tuple(query.get("pollster", ())), day.get("from"), day.get("to"))


@pytest.mark.parametrize(
    "query", [{}, {"who": ["Wang Di"]}, {"subject": ["canada"]}, {"word": ["supported"], "subject": ["china"]}], ids=str
)
def test_from_the_claims_one_comes_to_exactly_those_listed(
    visit: Visit, client: httpx.Client, query: dict[str, list[str]]
) -> None:
    page = visit("claims", **query)
    (listed,) = (int(each.value.split()[0]) for each in page.caption if "newest first" in each.value)
    there = rows(client, address(visit("data", **taken(page))))
    links = [parse_qs(link.proto.query_string).get("claim", [""])[0] for link in page.page_link]
    assert {row["claim"] for row in there} == set(links) - {""} and len(there) == listed


def test_from_a_claim_one_comes_to_the_readings_behind_its_verdicts(visit: Visit, client: httpx.Client) -> None:
    page = visit("claims", claim=WANG)
    there = rows(client, address(visit("data", **taken(page, "Take the readings behind these verdicts"))))
    whole = client.get(f"/api/v1/verdicts/{WANG}.json").json()
    behind = {
        (part, side, each["question"])
        for part, found in enumerate([whole, *whole["parts"]])
        for side in ("then", "now")
        for each in found[side]["evidence"]
    }
    assert behind and {(int(row["part"]), row["side"], row["question"]) for row in there} == behind


def test_from_the_polls_one_comes_to_exactly_those_listed(visit: Visit, client: httpx.Client) -> None:
    page = visit("polls", pollster=["leger"], population=["ca-adults"])
    there = rows(client, address(visit("data", **taken(page))))
    links = [parse_qs(link.proto.query_string).get("poll", [""])[0] for link in page.page_link]
    assert {row["poll"] for row in there} == set(links) - {""} and there
    poll = there[0]["poll"]
    one = rows(client, address(visit("data", **taken(visit("polls", poll=poll)))))
    assert one and {row["poll"] for row in one} == {poll}


@pytest.mark.parametrize("query", [{"subject": ["china"]}, {"export": "evidence", "claim": [WANG]}], ids=str)
def test_rows_are_cited_with_revision_and_on_demand_with_the_hash_of_their_bytes(
    visit: Visit, client: httpx.Client, record: Store, query: dict[str, Any]
) -> None:
    app = visit("data", **query)
    assert f"revision {record.newest()} of " in app.code[-2].value and "SHA-256" not in app.code[-2].value
    next(button for button in app.button if button.label == "Add the SHA-256").click().run()
    where, digest = re.search(r"https?://[^/]+(\S+) \(SHA-256 (\w+)\)", app.code[-2].value).groups()  # type: ignore[union-attr]
    assert "as_of=" in where and digest == hashlib.sha256(client.get(where).content).hexdigest()
    plain = urlsplit(address(app))
    assert client.get(where).content == client.get(f"{plain.path}?{plain.query}").content


def snippet(app: AppTest, client: httpx.Client, start: str) -> str:
    """The lines of the page that begin so, for the site that is served."""
    (found,) = (each.value for each in app.code if each.value.startswith(start))
    here = urlsplit(address(app))
    return str(found).replace(f"{here.scheme}://{here.netloc}", str(client.base_url).rstrip("/"))


@pytest.mark.parametrize("query", [{"subject": ["china"], "favourable.from": "30"}, {"export": "series"}], ids=str)
def test_the_lines_for_pandas_run(visit: Visit, client: httpx.Client, record: Store, query: dict[str, Any]) -> None:
    app = visit("data", **query)
    said: dict[str, Any] = {}
    exec(snippet(app, client, "import pandas"), said)
    name, filters = (
        query.get("export", "wide"),
        {column: texts for column, texts in query.items() if column != "export"},
    )
    pd.testing.assert_frame_equal(said["rows"], tracker.open(record.url).export(name, **filters))
    assert len(said["rows"])


def test_the_lines_for_the_shell_run(visit: Visit, client: httpx.Client, tmp_path: Any) -> None:
    app = visit("data", export="claims", kind=["rose"], claimant=["Wang Di", "O'Neill"])
    words = shlex.split(snippet(app, client, "curl"))
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    here = urlsplit(address(app))
    assert (tmp_path / "claims.csv").read_bytes() == client.get(f"{here.path}?{here.query}").content


@pytest.mark.parametrize(
    "name", ["wide", "answers", "polls", "series", "trend", "claims", "revisions", "house-effects"]
)
def test_the_lines_for_r_name_types_that_every_cell_has(visit: Visit, client: httpx.Client, name: str) -> None:
    lines = snippet(visit("data", export=name), client, "library(readr)")
    found = rows(client, json.loads(re.search(r'"http[^"]+"', lines)[0]))  # type: ignore[index]
    rest = re.search(r"\.default = (col_\w+)", lines)[1]  # type: ignore[index]
    typed = dict(re.findall(r"`?([\w-]+)`? = (col_\w+)\(\)", lines))
    assert set(typed) - {"default"} <= set(found[0])
    for row in found:
        for column, cell in row.items():
            assert not cell or READR[typed.get(column, rest)](cell), (column, cell)


#: what readr takes for each type
READR: dict[str, Callable[[str], Any]] = {
    "col_character": lambda cell: True,
    "col_double": lambda cell: re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell),
    "col_integer": lambda cell: re.fullmatch(r"-?\d{1,10}", cell),
    "col_logical": lambda cell: cell in ("true", "false"),
    "col_date": lambda cell: re.fullmatch(r"\d{4}-\d\d-\d\d", cell),
    "col_datetime": lambda cell: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", cell),
}


def test_a_column_with_a_hyphen_is_quoted_in_r() -> None:
    columns = [Column("dont-know", "number"), Column("note", "text"), Column("poll", "text")]
    assert "`dont-know` = col_double()" in snippets.readr("https://a.example", columns)
