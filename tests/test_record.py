"""The record as a person finds it: eleven CSV files, read here with csv and nothing else of ours."""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tracker.export import record_csv

POLLS = Path(__file__).parents[1] / "polls"
ROWS_OF = {
    "pollsters": 18,
    "subjects": 27,
    "populations": 70,
    "scales": 33,
    "responses": 93,
    "polls": 697,
    "questions": 1471,
    "answers": 8091,
    "events": 113,
    "claims": 66,
}
KEYS = {"responses": ("scale", "response"), "answers": ("question", "response")}
REFERENCES = [
    ("responses", "scale", "scales"),
    ("polls", "pollster", "pollsters"),
    ("polls", "population", "populations"),
    ("questions", "poll", "polls"),
    ("questions", "subject", "subjects"),
    ("questions", "scale", "scales"),
    ("answers", "question", "questions"),
    ("events", "subjects", "subjects"),
    ("claims", "subject", "subjects"),
    ("claims", "cites", "questions"),
]

Row = dict[str, str]


def read(table: str) -> list[Row]:
    """The rows of one file of the record, every cell as text."""
    with open(POLLS / f"{table}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


TABLES = {table: read(table) for table in ROWS_OF}
QUESTIONS = {row["id"]: row for row in TABLES["questions"]}
ANSWERS: dict[str, dict[str, str]] = {}
for _row in TABLES["answers"]:
    ANSWERS.setdefault(_row["question"], {})[_row["response"]] = _row["value"]
CLAIMS = {row["id"]: row for row in TABLES["claims"]}


def assertions(claim: Row) -> list[dict[str, Any]]:
    """What a claim asserts: itself, then its parts, with parameters as objects."""
    names = ("kind", "construct", "measure", "object", "direction", "pollster")
    main = {name: claim[name] or None for name in names} | {"parameters": json.loads(claim["parameters"] or "{}")}
    return [main, *json.loads(claim["parts"] or "[]")]


@pytest.mark.parametrize(("table", "rows"), ROWS_OF.items())
def test_nothing_was_dropped_or_added(table: str, rows: int) -> None:
    assert len(TABLES[table]) == rows


@pytest.mark.parametrize("table", ROWS_OF)
def test_keys_are_unique_and_in_order(table: str) -> None:
    keys = [tuple(row[column] for column in KEYS.get(table, ("id",))) for row in TABLES[table]]
    assert keys == sorted(set(keys))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", part) for key in keys for part in key)


@pytest.mark.parametrize("table", ROWS_OF)
def test_a_file_written_again_is_the_same_file(table: str) -> None:
    text = (POLLS / f"{table}.csv").read_bytes()
    header, *rows = csv.reader(io.StringIO(text.decode("utf-8"), newline=""))
    assert b"".join(record_csv(header, rows)) == text


@pytest.mark.parametrize("column", ["parameters", "parts", "original_parameters"])
def test_json_is_compact_with_its_keys_in_order(column: str) -> None:
    for cell in filter(None, (claim[column] for claim in TABLES["claims"])):
        assert cell == json.dumps(json.loads(cell), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(("table", "column", "other"), REFERENCES)
def test_every_reference_leads_somewhere(table: str, column: str, other: str) -> None:
    known = {row["id"] for row in TABLES[other]}
    named = {name for row in TABLES[table] for name in row[column].split(";") if name}
    assert named and named <= known


def test_a_response_answers_its_question_on_its_own_scale() -> None:
    offered = {(row["scale"], row["response"]) for row in TABLES["responses"]}
    assert {(QUESTIONS[row["question"]]["scale"], row["response"]) for row in TABLES["answers"]} <= offered
    assert {(row["scale"], row["part_of"]) for row in TABLES["responses"] if row["part_of"]} <= offered


def test_every_question_has_an_answer_and_every_poll_a_question() -> None:
    assert set(ANSWERS) == set(QUESTIONS)
    assert {row["poll"] for row in TABLES["questions"]} == {row["id"] for row in TABLES["polls"]}


def test_a_response_and_the_total_it_is_counted_in_point_the_same_way() -> None:
    polarity = {(row["scale"], row["response"]): row["polarity"] for row in TABLES["responses"]}
    for row in TABLES["responses"]:
        assert polarity[row["scale"], row["part_of"] or row["response"]] == row["polarity"]


def test_an_extreme_answer_seen_alone_is_never_the_only_part_of_its_total() -> None:
    """Or 3 percent "positive" would pass for everybody who is positive or somewhat positive."""
    parts = Counter((row["scale"], row["part_of"]) for row in TABLES["responses"] if row["part_of"])
    same_step = {
        ("favourable-unfavourable-4", "somewhat-unfavourable"),
        ("positive-negative-influence", "negative-influence"),
        ("support-oppose", "support"),
    }
    assert {total for total, count in parts.items() if count == 1} == same_step


def test_polls_of_the_same_people_share_a_population_and_keep_their_label() -> None:
    labels = {(row["population"], row["population_label"]) for row in TABLES["polls"]}
    assert {("us-adults", "American adults"), ("us-adults", "Adults in United States")} <= labels
    assert {("jp-adults", "Japanese adults"), ("jp-adults", "Adults in Japan")} <= labels


def test_a_poll_has_one_sample_and_its_questions_their_own_base() -> None:
    poll = next(row for row in TABLES["polls"] if row["id"] == "pew-research-center-2025-03-24-us-adults")
    bases = {row["id"]: row["base"] for row in TABLES["questions"] if row["poll"] == poll["id"]}
    assert poll["sample_size"] == "3605"
    assert bases.pop("pew-2025-us-china-atp") == "3605"
    assert bases.pop("pew-2025-us-canada") == "1804"
    assert set(bases.values()) == {""}


def test_telephone_and_online_readings_of_one_year_are_two_polls() -> None:
    assert QUESTIONS["pew-2020-us-china"]["poll"] != QUESTIONS["pew-2020-us-china-atp"]["poll"]


def test_readings_known_by_the_year_alone_are_one_poll_only_where_they_are_one_fieldwork() -> None:
    nanos = {
        row["poll"] for row in TABLES["questions"] if row["id"].startswith("nanos-2019-") and "-07-" not in row["id"]
    }
    assert len(nanos) == 3
    assert len({row["poll"] for row in TABLES["questions"] if row["id"].startswith("research-co-2025-")}) == 1


def test_the_abacus_mean_stands_on_a_scale_of_its_own_and_is_second_hand() -> None:
    question = QUESTIONS["abacus-2024-china-rating"]
    scale = next(row for row in TABLES["scales"] if row["id"] == "rating-of-10")
    answer = next(row for row in TABLES["answers"] if row["question"] == question["id"])
    assert (question["scale"], question["provenance"], question["wording"], question["base"]) == (
        "rating-of-10",
        "secondary",
        "",
        "",
    )
    assert (answer["response"], answer["value"], answer["unit"]) == ("mean", "3.1", "points")
    assert (scale["low"], scale["high"]) == ("", "")
    assert [row["unit"] for row in TABLES["answers"]].count("points") == 1


def test_a_government_is_not_taken_for_its_country() -> None:
    rated = {row["id"] for row in TABLES["questions"] if row["object"] == "government"}
    assert {
        "abacus-2017-08-china-government",
        "nanos-2019-07-china-government",
        "gallup-world-poll-2025-china",
    } <= rated
    assert len(rated) == 16


def test_the_claim_of_april_2025_is_one_about_change_in_two_attitudes() -> None:
    claim = CLAIMS["wang-di-2025-04-opinion-shifting"]
    opinion, ties = assertions(claim)
    assert (claim["date"], claim["published"], claim["population"], claim["subject"]) == (
        "2025-04-21",
        "2025-04-23",
        "ca-adults",
        "china",
    )
    asserted = [(a["kind"], a["construct"], a["measure"], a["direction"], a["parameters"]) for a in (opinion, ties)]
    assert asserted == [
        ("change", "favourability", "positive", "up", {"window_months": 12}),
        ("change", "closer-ties", "positive", "up", {"window_months": 12}),
    ]


def test_a_falling_threat_is_a_measure_that_falls() -> None:
    claim = CLAIMS["angus-reid-2026-01-threat-62-to-23"]
    assert (claim["kind"], claim["measure"], claim["direction"]) == ("change-between", "threat-or-enemy", "down")
    first, last = (ANSWERS[question]["threat-or-enemy"] for question in claim["cites"].split(";"))
    assert json.loads(claim["parameters"]) == {"from_percent": int(first), "from_year": 2023, "to_percent": int(last)}


def test_thirteen_claims_say_nothing_that_polls_could_answer() -> None:
    silent = [claim for claim in TABLES["claims"] if claim["kind"] == "no-opinion-content"]
    assert len(silent) == 13
    assert {claim[column] for claim in silent for column in ("construct", "measure", "direction")} == {""}
    assert all(claim["original_type"] == "no-testable-opinion-claim" for claim in silent)


def test_how_each_claim_was_collected_is_kept() -> None:
    kept = {claim["id"]: json.loads(claim["original_parameters"] or "{}") for claim in TABLES["claims"]}
    assert Counter(claim["original_type"] for claim in TABLES["claims"])["level-majority"] == 14
    assert {claim["id"] for claim in TABLES["claims"] if claim["kind"] != "no-opinion-content"} <= {
        k for k in kept if kept[k]
    }
    assert kept["abacus-2017-08-worse-than-china"]["direction"] == "lower-is-warmer"
    assert kept["research-co-2024-up-from-low"]["date_precision"] == "month"


def test_a_claim_asserts_something_in_every_part() -> None:
    events = {row["id"] for row in TABLES["events"]}
    subjects = {row["id"] for row in TABLES["subjects"]}
    for claim in TABLES["claims"]:
        for part in assertions(claim):
            assert part["kind"] == "no-opinion-content" or (part["construct"] and part["measure"] and part["object"])
            assert part["parameters"].get("event", "meng-wanzhou-arrest-2018") in events
            assert {part["parameters"].get("versus", "china"), part.get("subject", "china")} <= subjects


def test_a_measure_is_a_word_of_the_scales_where_the_record_has_one() -> None:
    """The others name what would measure the claim; whoever adds one adds it here."""
    measures = {"positive", "negative", "net", "mean"} | {row["response"] for row in TABLES["responses"]}
    named = {part["measure"] for claim in TABLES["claims"] for part in assertions(claim) if part["measure"]}
    assert named - measures == {
        "ally-or-partner",
        "cooperation-preferred",
        "ev-tariff-removal",
        "favourite-country-share",
        "join-us-support",
        "oppose-chinese-takeover",
        "support-us-tariffs-or-annexation",
        "think-less-of",
        "uncomfortable-with-chinese-investment-and-trade",
    }


def test_no_claim_is_dated_before_the_fieldwork_that_it_cites() -> None:
    polls = {row["id"]: row for row in TABLES["polls"]}
    for claim in TABLES["claims"]:
        length = {"day": 10, "month": 7, "year": 4}[claim["date_precision"]]
        for question in filter(None, claim["cites"].split(";")):
            assert polls[QUESTIONS[question]["poll"]]["field_start"][:length] <= claim["date"][:length]


def test_the_notes_name_what_is_there() -> None:
    notes = "".join((POLLS / name).read_text(encoding="utf-8") for name in ("SOURCES.md", "CLAIMS_EVENTS.md"))
    columns = {f"`{column}`" for rows in TABLES.values() for column in rows[0]}
    assert all(column in notes for column in columns)
    examples = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)*-(?:19|20)\d\d-[a-z0-9-]+)`", notes))
    polls = {row["id"] for row in TABLES["polls"]}
    assert examples and examples <= set(CLAIMS) | set(QUESTIONS) | polls


def test_an_event_says_who_did_what_to_whom_where_plover_has_a_word_for_it() -> None:
    """Eight have none: elections, a swearing-in, an illness, a speech that names nobody."""
    coded = [event for event in TABLES["events"] if event["plover_type"]]
    assert len(coded) == 105
    assert {event["plover_type"] for event in coded} <= set(PLOVER.split())
    for event in TABLES["events"]:
        actors, sources, targets = (event[name].split(";") for name in ("actors", "source_actor", "target_actor"))
        assert {*sources, *targets} - {""} <= set(actors), event["id"]
        assert bool(event["source_actor"]) == bool(event["plover_type"]), event["id"]
        assert event["target_actor"] or len(sources) > 1 or not event["plover_type"], event["id"]


PLOVER = """
    AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT INVESTIGATE
    DEMAND DISAPPROVE REJECT THREATEN SANCTION PROTEST CRIME MOBILIZE COERCE ASSAULT FIGHT
"""
