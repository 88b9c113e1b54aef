"""What analysts take away: promised columns, filters on any of them, pages, and streams that cannot mislead."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from contextlib import closing

import httpx
import pyarrow as pa
import pytest
from starlette.requests import Request

import tracker
from tests.serving import routed, serving
from tracker import cli, tables
from tracker.cli import arguments
from tracker.export import FORMATS, Column, Rows, texts
from tracker.models import Disclosure, Poll, Pollster, Population
from tracker.routes.held import ONE, Answer, Held
from tracker.store import Store

#: what every table has promised to hold, in version 3; a table may gain columns, and never loses or renames one
COLUMNS = {
    "polls": (
        "poll pollster pollster_name population population_name population_label sponsor field_start "
        "field_end date_precision sample_size mode sample_type margin_of_error status poll_note"
    ),
    "questions": (
        "question poll pollster pollster_name population population_name population_label sponsor field_start "
        "field_end date_precision sample_size mode sample_type margin_of_error status subject subject_name "
        "construct object scale scale_name low high wording language base published provenance source_url "
        "source_title verified_by note poll_note"
    ),
    "answers": (
        "question response response_name polarity part_of value unit poll pollster pollster_name population "
        "population_name population_label sponsor field_start field_end date_precision sample_size mode "
        "sample_type margin_of_error status subject subject_name construct object scale scale_name low high "
        "wording language base published provenance source_url source_title verified_by note"
    ),
    "wide": (
        "question poll pollster pollster_name population population_name population_label sponsor field_start "
        "field_end date_precision sample_size mode sample_type margin_of_error status subject subject_name "
        "construct object scale scale_name low high wording language base published provenance source_url "
        "source_title verified_by note poll_note"
    ),
    "series": (
        "population subject construct measure object question poll pollster pollster_name value unit base "
        "sample_size field_start field_end date_precision known_from known_from_assumed instrument "
        "instrument_assumed comparable why_not rated scale scale_name low high mode mode_class wording_key "
        "wording provenance source_url note"
    ),
    "trend": ("date level sd low50 high50 low80 high80 low95 high95 population subject construct measure object"),
    "weights": (
        "population subject construct measure object question poll pollster pollster_name field_start "
        "field_end known_from instrument value unit weight held_back noise sampling"
    ),
    "house-effects": (
        "population subject construct measure object pollster pollster_name effect low95 high95 readings "
        "noise estimable"
    ),
    "claims": (
        "claim claimant claimant_role date date_precision published quote language paraphrase population "
        "subject kind construct measure object direction pollster parameters parts cites original_type "
        "original_parameters source_url source_title note"
    ),
    "verdicts": (
        "claim part side claimant made made_precision kind population subject construct measure object "
        "known_by word probability without_one_low without_one_high readings reason method"
    ),
    "evidence": (
        "claim part side reading known_by word poll question pollster instrument instrument_assumed "
        "field_start field_end date_precision known_from known_from_assumed value unit comparable why_not"
    ),
    "events": (
        "event date date_precision end_date title description category actors source_actor target_actor "
        "plover_type subjects source_url source_title"
    ),
    "disclosures": ("poll item value"),
    "pollsters": ("pollster name other_names membership url note"),
    "subjects": ("subject name country note"),
    "populations": ("population name country note"),
    "scales": ("scale name low high note"),
    "responses": ("scale response position polarity part_of name"),
    "revisions": ("number batch at who why origin action table row rows before after approved_by"),
}
WANG = "wang-di-2025-04-opinion-shifting"


@pytest.fixture
def client(site: str, record: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """An analyst of the real record."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    with httpx.Client(base_url=site, timeout=60) as client:
        yield client


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_columns_that_were_promised_are_there_in_their_order(record: Store) -> None:
    found = {name: [column.name for column in tables.columns_of(record, name)] for name in tables.NAMES}
    assert tables.VERSION == "3" and found.keys() == COLUMNS.keys()
    promised = {name: text.split() for name, text in COLUMNS.items()}
    wide = found.pop("wide")
    assert wide[: len(promised["wide"])] == promised.pop("wide")
    assert found == promised


def test_every_column_is_explained_and_its_key_tells_the_rows_apart(record: Store) -> None:
    for name in tables.NAMES:
        columns = tables.columns_of(record, name)
        assert all(column.help for column in columns), name
        assert set(tables.keys(record, name)) <= {column.name for column in columns}


def test_the_command_line_offers_every_name() -> None:
    assert [*arguments.NAMES] == [*tables.NAMES] and [*arguments.ENDINGS] == [*FORMATS]


FILTERS = [
    ("polls", "field_end.from=2024-01-01&field_end.to=2024-12-31", lambda row: row["field_end"][:4] == "2024"),
    ("answers", "value.from=29.5&value.to=30&unit=percent", lambda row: 29.5 <= float(row["value"]) <= 30),
    ("questions", "base.from=1000&base=", lambda row: False),
    ("wide", "favourable.from=50&subject=china", lambda row: float(row["favourable"]) >= 50),
    ("wide", "favourable=34", lambda row: float(row["favourable"]) == 34),
    ("series", "comparable=true&value.to=20", lambda row: row["comparable"] == "true" and float(row["value"]) <= 20),
    ("series", "pollster=nanos-research", lambda row: row["pollster"] == "nanos-research"),
    ("revisions", "number.from=2&at.from=2020-01-01", lambda row: int(row["number"]) >= 2),
    ("house-effects", "effect.to=0", lambda row: float(row["effect"]) <= 0),
    ("evidence", f"claim={WANG}&side=then&comparable=true", lambda row: row["side"] == "then"),
]


@pytest.mark.parametrize(("name", "query", "holds"), FILTERS)
def test_any_column_filters_by_value_and_by_ends(client: httpx.Client, name: str, query: str, holds: object) -> None:
    found = rows_of(client.get(f"/api/v1/{name}.csv?{query}"))
    assert all(map(holds, found)) and (found or "base=" in query)  # type: ignore[call-overload]


def test_a_share_that_was_not_asked_for_is_blank_and_can_be_filtered_by(client: httpx.Client) -> None:
    every = rows_of(client.get("/api/v1/wide.csv"))
    lacking = rows_of(client.get("/api/v1/wide.csv?favourable="))
    held = rows_of(client.get("/api/v1/wide.csv?favourable.from=0"))
    assert len(lacking) + len(held) == len(every) and lacking and held


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("wide.csv?favorable=3", "favourable"),
        ("wide.csv?colour.from=3", "pollster_name"),
        ("polls.csv?pollster.from=a", "field_start"),
        ("polls.csv?field_end.from=", "2026-01-31"),
        ("polls.csv?columns=poll,colour", "sample_size"),
        ("polls.csv?limit=none", "whole number"),
        ("answers.csv?after=one", "question, response"),
        ("series.csv?comparable=perhaps", "true"),
        ("series.csv?colour=red", "known_from"),
    ],
)
def test_what_cannot_be_asked_is_400_and_says_what_can(client: httpx.Client, address: str, told: str) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 400 and told in json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize("name", ["answers", "wide", "revisions", "series", "house-effects"])
def test_pages_follow_one_another_and_hold_every_row_once(client: httpx.Client, name: str) -> None:
    whole = rows_of(client.get(f"/api/v1/{name}.csv"))
    address, found = f"/api/v1/{name}.csv?limit={-(-len(whole) // 3)}", []
    pages = 0
    while address:
        answer = client.get(address)
        found += [{key: row.get(key, "") for key in whole[0]} for row in rows_of(answer)]
        address, pages = answer.links.get("next", {}).get("url", ""), pages + 1
    assert pages == 3 and len(found) == len(whole)
    assert name == "wide" or found == whole  # a page of the wide table has the responses of its own rows
    assert [list(row.values())[:2] for row in found] == [list(row.values())[:2] for row in whole]


def test_chosen_columns_come_alone_in_every_format(client: httpx.Client) -> None:
    query = "subject=china&population=ca-adults&columns=question,value&columns=field_end"
    found = rows_of(client.get(f"/api/v1/answers.csv?{query}"))
    assert list(found[0]) == ["question", "value", "field_end"]
    lines = [json.loads(line) for line in client.get(f"/api/v1/answers.jsonl?{query}").text.splitlines()]
    assert lines == client.get(f"/api/v1/answers.json?{query}").json() and len(lines) == len(found)
    assert [row["field_end"] for row in lines] == [row["field_end"] for row in found]


def test_a_response_that_is_named_has_a_column_although_nobody_gave_it(client: httpx.Client) -> None:
    answer = client.get("/api/v1/wide.csv?subject=atlantis&columns=favourable,question")
    assert (answer.status_code, answer.text) == (200, "question,favourable\n")
    (row,) = rows_of(
        client.get("/api/v1/wide.csv?question=abacus-2017-08-china-government&columns=favourable,question")
    )
    assert row == {"question": "abacus-2017-08-china-government", "favourable": ""}
    assert client.get("/api/v1/wide.csv?columns=favourite").status_code == 400


def test_a_verdict_as_rows_says_what_it_says_as_an_object(client: httpx.Client) -> None:
    whole = client.get(f"/api/v1/verdicts/{WANG}.json").json()
    rows = client.get(f"/api/v1/verdicts.json?claim={WANG}").json()
    main = {row["side"]: row for row in rows if row["part"] == 0}
    for side in ("then", "now"):
        assert main[side]["word"] == whole[side]["word"] and main[side]["probability"] == whole[side]["probability"]
        evidence = client.get(f"/api/v1/evidence.json?claim={WANG}&part=0&side={side}").json()
        assert [row["question"] for row in evidence] == [row["question"] for row in whole[side]["evidence"]]
    assert {row["part"] for row in rows} == set(range(len(whole["parts"]) + 1))


def test_nothing_that_can_be_computed_is_404_and_says_where_to_look(client: httpx.Client) -> None:
    for name in ("series", "trend", "weights", "house-effects"):
        answer = client.get(f"/api/v1/{name}.csv?subject=atlantis")
        assert answer.status_code == 404 and "questions.csv" in answer.json()["error"]["remedy"]


def test_what_is_disclosed_is_a_table_of_published_polls(store: Store, record: Store) -> None:
    with store.writing("Test") as session:
        polls = record.every(Poll)[:2]
        for kind in (Pollster, Population):
            session.add_all([kind(**row._asdict()) for row in record.every(kind)])
        for row, status in zip(polls, ("published", "draft"), strict=True):
            session.add(Poll(**{**row._asdict(), "status": status}))
            session.add(Disclosure(poll=row.id, item="weighting", value="=by age"))
    assert [tuple(row) for row in store.table("disclosures")[1]] == [(polls[0].id, "weighting", "=by age")]


def test_cells_that_come_again_are_written_as_if_they_did_not() -> None:
    columns = [Column(name, "text") for name in "abcd"]
    plain = [("=x", "1", None, ""), ("=x", "2,", 'say "so"', ""), ("y", "-3", "\n", "z")]

    def again(rows: list[tuple[str | None, ...]]) -> Rows:
        a, b, c, d = (texts(column, cells) for column, cells in zip(columns, zip(*rows, strict=True), strict=True))
        places = pa.array([0, 0, 1])
        shared = [pa.DictionaryArray.from_arrays(places, cells.take(pa.array([0, 2]))) for cells in (a, d)]
        return Rows(
            columns, (batch for batch in [pa.RecordBatch.from_arrays([shared[0], b, c, shared[1]], list("abcd"))])
        )

    for written in FORMATS.values():
        for some in ([0, 1, 2, 3], [0, 1], [1, 2], [2, 3], [0, 3], [0], [3], [1, 3]):
            chosen, alone = [columns[i] for i in some], [[row[i] for i in some] for row in plain]
            assert b"".join(written(chosen, again(plain).only(some))) == b"".join(written(chosen, alone))


def test_the_command_line_exports_the_same_bytes(
    client: httpx.Client, record: Store, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    query = "population=ca-adults&subject=china"
    for name, more in (("trend", []), ("series", ["--where", "comparable=true"]), ("answers", ["--limit", "3"])):
        where = ["--population", "ca-adults", "--subject", "china"]
        assert cli.main(["export", name, *where, *more, "--database", record.url]) == 0
        extra = {"series": "&comparable=true", "answers": "&limit=3"}.get(name, "")
        assert capfdbinary.readouterr().out == client.get(f"/api/v1/{name}.csv?{query}{extra}").content


def test_the_headers_promise_what_is_kept(client: httpx.Client) -> None:
    answer = client.get("/api/v1/wide.csv?subject=china", headers={"Range": "bytes=0-9", "Origin": "https://a.example"})
    assert answer.status_code == 200 and answer.headers["accept-ranges"] == "none"
    assert answer.headers["last-modified"] and answer.headers["access-control-allow-origin"] == "*"
    assert "Link" in answer.headers["access-control-expose-headers"]


def test_a_notebook_has_the_columns_of_the_csv_typed(client: httpx.Client, record: Store) -> None:
    found = tracker.open(record.url).export("wide", subject=["china"], **{"favourable.to": 30})
    told = rows_of(client.get("/api/v1/wide.csv?subject=china&favourable.to=30"))
    assert list(found.columns) == list(told[0]) and len(found) == len(told)
    assert found["favourable"].dtype == float and found["question"].tolist() == [row["question"] for row in told]


def test_the_codebook_gives_its_version_and_each_key(client: httpx.Client, record: Store) -> None:
    package = client.get("/api/v1/datapackage.json").json()
    assert package["codebook"] == tables.VERSION
    keys = {each["name"]: each["schema"]["primaryKey"] for each in package["resources"]}
    assert keys == {name: tables.keys(record, name) for name in tables.NAMES}


def test_a_small_answer_is_at_hand_when_asked_for_again(
    client: httpx.Client, record: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/api/v1/answers.csv?limit=7&subject=china"
    first = client.get(address)
    assert int(first.headers["content-length"]) == len(first.content)
    monkeypatch.setattr(tables, "open_table", None)  # nothing is read a second time
    again = client.get(address)
    assert (again.content, again.headers["link"]) == (first.content, first.headers["link"])


def test_verdicts_are_judged_once_for_all_filters(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = rows_of(client.get("/api/v1/verdicts.csv?side=now"))
    monkeypatch.setattr("tracker.claims.judge_all", None)
    supported = rows_of(client.get("/api/v1/verdicts.csv?side=now&word=supported"))
    assert supported and supported == [row for row in now if row["word"] == "supported"]


def test_what_is_held_stays_below_its_bytes_and_lets_the_oldest_go(record: Store) -> None:
    def asked(name: str) -> Request:
        return Request({"type": "http", "method": "GET", "path": f"/{name}", "query_string": b"", "headers": []})

    def body(name: str) -> bytes | None:
        found = held.at_hand(asked(name), record, 3)
        return None if found is None else bytes(found.body)

    held = Held(most=3 * 1200)
    for name in "abcd":
        held.hold(asked(name), record, Answer(3, {"ETag": "x"}, body=name.encode() * 100))
    held.hold(asked("d"), record, Answer(3, {"ETag": "x"}, body=b"d" * 110))
    assert [body(name) for name in "abcd"] == [None, b"b" * 100, b"c" * 100, b"d" * 110]
    held.hold(asked("e"), record, Answer(3, {"ETag": "x"}, body=b"e" * (ONE + 1)))
    held.hold(asked("f"), record, Answer(2, {"ETag": "x"}, body=b"of an older revision"))
    held.hold(asked("g"), record, Answer(3, {"ETag": "x"}, body=b"of another day", day=dt.date(2001, 1, 1)))
    assert [body(name) for name in "efg"] == [None, None, None]


def test_an_answer_at_hand_is_no_longer_given_when_another_process_has_written(
    record_copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)
    with serving(routed()) as site, httpx.Client(base_url=site) as client:
        address = "/api/v1/pollsters.csv?limit=500"
        first = client.get(address)
        tag = {"If-None-Match": first.headers["etag"]}
        assert client.get(address, headers=tag).status_code == 304
        with closing(Store(record_copy.url)) as other, other.writing("Test") as session:
            session.add(Pollster(id="late", name="Late"))
        again = client.get(address, headers=tag)
        assert again.status_code == 200 and "late,Late" in again.text
        assert int(again.headers["tracker-revision"]) == int(first.headers["tracker-revision"]) + 1


def test_a_page_of_the_long_table_has_the_rows_of_the_whole(client: httpx.Client) -> None:
    """Few rows are read as one query, many as answers beside their questions."""
    head, *lines = client.get("/api/v1/answers.csv?unit=percent").text.splitlines()
    few, many = (client.get(f"/api/v1/answers.csv?unit=percent&limit={limit}").text for limit in (300, 900))
    assert few.splitlines() == [head, *lines[:300]] and many.splitlines() == [head, *lines[:900]]


def test_an_answer_at_hand_is_never_taken_for_that_of_another_address(client: httpx.Client) -> None:
    """The two keys of a page say which row it begins after, each in its place."""
    first, second = (row["question"] for row in rows_of(client.get("/api/v1/questions.csv?limit=2")))
    pages = [f"/api/v1/answers.csv?limit=1&after={a}&after={b}" for a, b in ((first, second), (second, first))]
    tags = {client.get(page).headers["etag"] for page in pages}
    assert len(tags) == 2
