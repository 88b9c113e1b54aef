"""Claims: each kind asked of paths by hand, parameters, the rules of a verdict, and the claims of the record."""

import datetime as dt
import doctest
import json
import runpy
import sys
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import claims, trend
from tracker.claims.settling import would_settle
from tracker.models import Answer, Claim, Poll, Pollster, Population, Question, Response, Scale, Subject
from tracker.store import Store

FLAGSHIP = "wang-di-2025-04-opinion-shifting"
TODAY = dt.date(2026, 11, 1)

TESTABLE = [kind for kind, rule in claims.ASSERTIONS.items() if rule.testable]


@pytest.mark.parametrize("kind", TESTABLE)
def test_what_holds_on_a_path_is_as_the_kind_shows_by_examples(kind: str) -> None:
    """Every kind has examples, of paths that answer yes and of paths that answer no, and they come out as written."""
    holds = claims.ASSERTIONS[kind].holds
    words = vars(sys.modules[holds.__module__])
    examples = doctest.DocTestParser().get_doctest(holds.__doc__ or "", dict(words), kind, None, None)
    shown = " ".join(example.want for example in examples.examples)
    assert "True" in shown and "False" in shown
    assert doctest.DocTestRunner().run(examples) == (0, len(examples.examples))


@pytest.mark.parametrize("kind", claims.ASSERTIONS)
def test_every_kind_has_help_and_the_list_of_kinds_names_it(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (claims.ASSERTIONS[kind].__doc__ or "").strip().endswith((".", "number."))
    runpy.run_module("tracker.claims.__main__")
    assert f"\n{kind}: " in "\n" + capsys.readouterr().out


@pytest.mark.parametrize(
    ("assertion", "problem"),
    [
        ({"kind": "change", "direction": "up", "windw_months": 3}, "did you mean window_months"),
        ({"kind": "change", "direction": "up", "colour": 3}, "it takes direction, window_months, since"),
        ({"kind": "change"}, "change needs direction: give one of up, down"),
        ({"kind": "change", "direction": "sideways"}, "give one of up, down"),
        ({"kind": "change", "direction": "up", "window_months": 1.5}, "a whole number above 0"),
        ({"kind": "change", "direction": "up", "window_months": 0}, "a whole number above 0"),
        ({"kind": "change", "direction": "up", "since": "2005"}, "a date such as 2005-01-31"),
        ({"kind": "change", "direction": "up", "since": "2005-01-31", "window_months": 3}, "give one of them"),
        ({"kind": "level", "direction": "above", "threshold_percent": "50"}, "give a number"),
        ({"kind": "level", "direction": "above", "threshold_percent": True}, "give a number"),
        ({"kind": "comparison", "direction": "above"}, "give a slug such as united-states"),
        ({"kind": "comparison", "direction": "equal", "versus": "china"}, "equal needs tolerance_points"),
        ({"kind": "comparison", "direction": "above", "versus": "china", "tolerance_points": -1}, "below 0"),
        ({"kind": "level", "direction": "above", "threshold_percent": float("inf")}, "give a number"),
        ({"kind": "change", "parameters": ["up"]}, "parameters is no object"),
        ({"kind": "no-opinion-content", "direction": "up"}, "it takes none"),
        ({"kind": "change-by", "direction": "up", "points": 0}, "give how far it moved"),
        ({"kind": "no-change", "tolerance_points": 0}, "give how many points still count as no change"),
        (
            {"kind": "change-between", "direction": "up", "from_percent": 62, "to_percent": 23, "from_year": 2023},
            "turn direction or the figures round",
        ),
        (
            {"kind": "change-between", "direction": "up", "from_percent": 16, "to_percent": 23},
            "give from_date, from_year or window_months",
        ),
        (
            {"kind": "change-between", "direction": "up", "from_percent": 16, "to_percent": 23, "from_year": 23},
            "give a year such as 2023",
        ),
        ({"kind": "level", "direction": "above", "threshold_percent": 500}, "give at most 100"),
        ({"kind": "first-time", "direction": "above", "threshold_percent": 9, "versus": "china"}, "give one of them"),
        (
            {"kind": "ratio", "direction": "above", "numerator": "net", "denominator": "net", "at_least": 3},
            "the same measure: give two",
        ),
        (
            {"kind": "ratio", "direction": "above", "numerator": "net", "denominator": "mean", "at_least": 0},
            "give how many times",
        ),
        (
            {"kind": "subgroup-comparison", "direction": "above", "subgroup": "a", "versus_subgroup": "a"},
            "the same group: give two",
        ),
        (
            {
                "kind": "subgroup-comparison",
                "direction": "above",
                "subgroup": "a",
                "versus_subgroup": "b",
                "ratio_at_least": 0.5,
            },
            "give the inverse",
        ),
        ({"kind": "vague-quantity", "direction": "above", "quantifier": "loads"}, "give one of most, many"),
        ({"kind": "rank", "direction": "up", "happened": "2005-01-31"}, "it takes direction, place, scope"),
        ({"kind": "event-change", "direction": "up", "event": "e", "others": "f"}, "it takes direction, event"),
        ({"kind": "level", "direction": "above", "parameters": {"answers": 3}}, "give the id of the claim"),
        ({"kind": "prophecy"}, "use one of change, change-between"),
        ({}, "use one of change, change-between"),
        ({"kind": "comparison", "direction": "above", "versus": "china", "subject": "china"}, "give another one"),
        ({"kind": "change", "direction": "up", "window_months": 5000}, "give at most 1200"),
        ({"kind": "change-by", "direction": "up", "points": 400}, "give at most 200"),
        ({"kind": "vague-quantity", "direction": "below", "quantifier": "few", "threshold_percent": 50}, "lower line"),
        ({"kind": "vague-quantity", "direction": "above", "quantifier": "few"}, "few does not go with above"),
        (
            {"kind": "vague-quantity", "direction": "above", "quantifier": "most", "threshold_percent": 40},
            "give a line of 50 or more",
        ),
        (
            {
                "kind": "change-between",
                "direction": "up",
                "from_percent": 16,
                "to_percent": 27,
                "from_date": "2026-01-01",
                "to_date": "2025-01-01",
            },
            "turn from and to round",
        ),
    ],
)
def test_what_is_wrong_with_an_assertion_comes_with_a_remedy(assertion: dict[str, Any], problem: str) -> None:
    (found,) = claims.check(assertion)
    assert problem in found
    with pytest.raises(ValueError, match=r"\w"):
        claims.assertion_of(assertion)


def test_every_mistake_is_named() -> None:
    assert len(claims.check({"kind": "record", "direction": "left", "window_years": -1, "sinse": "2005-01-31"})) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)
NAMES = st.sampled_from([p.name for kind in claims.ASSERTIONS for p in claims.parameters(kind)] + ["parameters", "x"])


@settings(deadline=None)
@given(st.sampled_from(list(claims.ASSERTIONS)), st.dictionaries(NAMES, JSON | st.sampled_from(["up", "above"])))
def test_whatever_is_typed_is_refused_with_words_or_can_be_asked(kind: str, typed: dict[str, Any]) -> None:
    assertion = {**typed, "kind": kind}
    problems = claims.check(assertion)
    assert all(isinstance(problem, str) and problem for problem in problems)
    if not problems:
        assert claims.assertion_of(assertion).turns_on(dt.date(2025, 4, 21))


def test_parameters_may_stand_under_their_own_name_or_beside_the_kind() -> None:
    flat = {"kind": "change", "direction": "up", "window_months": 24, "since": ""}
    nested = {"kind": "change", "direction": "up", "parameters": {"window_months": 24}, "measure": "positive"}
    assert claims.check(flat) == claims.check(nested) == []
    assert claims.assertion_of(flat) == claims.assertion_of(nested)


def test_the_claims_of_the_record_are_well_formed(record: Store) -> None:
    for row in record.claims():
        for assertion in [{"kind": row.kind, "direction": row.direction, "parameters": row.parameters}, *row.parts]:
            assert claims.check(assertion) == [], row.id


def test_a_form_is_made_from_the_fields() -> None:
    direction, window, since = claims.parameters("change")
    assert (direction.name, direction.choices, direction.required) == ("direction", ("up", "down"), True)
    assert (window.type, window.default, window.required) == (int, 12, False)
    assert (since.type, since.default) == (dt.date, None)


@pytest.mark.parametrize(
    ("probability", "word"),
    [(1, "supported"), (0.9, "supported"), (0.899, "unsettled"), (0.101, "unsettled"), (0.1, "contradicted")],
)
def test_words(probability: float, word: str) -> None:
    assert claims.word_for(probability) == word
    assert word in claims.WORDS


def test_a_record_is_set_against_earlier_readings_and_not_against_its_own_moment() -> None:
    """Three readings, the last a week before the claim with another eight days earlier: the same moment."""
    days = pd.to_datetime(["2018-10-15", "2019-11-18", "2020-04-27", "2020-05-05", "2021-03-01"])
    readings = pd.DataFrame({"field_start": days, "field_end": days})
    made = dt.date(2020, 5, 13)
    lowest = claims.assertion_of({"kind": "record", "direction": "down"})
    assert lowest.asks(made, readings) == (dt.date(2018, 10, 15), dt.date(2019, 11, 18), made)
    assert lowest.lacks(made, readings) is None
    in_a_year = claims.assertion_of({"kind": "record", "direction": "down", "window_years": 1})
    assert "since 13 May 2019); found: 1" in str(in_a_year.lacks(made, readings))


@pytest.fixture(scope="module")
def judged(record: Store) -> claims.Judgement:
    """The flagship, judged once."""
    return claims.judge(record, FLAGSHIP, known_by=TODAY)


def test_the_flagship(judged: claims.Judgement) -> None:
    """Ambassador Wang in April 2025: opinion is shifting toward closer ties."""
    then = {reading["question"]: reading for reading in judged.then.evidence}
    now = {reading["question"]: reading for reading in judged.now.evidence}
    assert max(reading["known_from"] for reading in then.values()) <= "2025-04-21" == judged.then.known_by.isoformat()
    assert "pew-2025-ca-china" not in then and now["pew-2025-ca-china"]["value"] == 34
    assert set(now) - set(then) == {"pew-2025-ca-china", "research-co-2025-china"}
    assert (judged.then.word, judged.now.word) == ("unsettled", "supported")
    assert judged.then.probability == pytest.approx(0.68, abs=0.08)
    assert judged.now.probability == pytest.approx(0.97, abs=0.03)
    assert judged.now.without_one_pollster is not None and judged.now.without_one_pollster[0] < 0.9
    assert "percent on 21 April 2025" in judged.now.reason
    (ties,) = judged.parts
    assert ties.assertion["construct"] == "closer-ties"
    assert ties.then.word == "not enough data" and "21 April 2025" in ties.then.reason


def test_what_changed_the_word_is_named(judged: claims.Judgement) -> None:
    """Pew's reading of spring 2025, published on 15 July, and no other."""
    assert judged.changed.as_dict() == {"word": True, "readings": ["pew-2025-ca-china"], "turned": "2025-07-15"}
    assert judged.as_dict()["changed"]["word"] is True
    (ties,) = judged.parts
    assert ties.changed.word and ties.changed.turned is not None and ties.changed.turned > dt.date(2025, 4, 21)


def test_a_falling_threat_is_warmer(record: Store, judged: claims.Judgement) -> None:
    threat = claims.judge(record, "angus-reid-2026-01-threat-62-to-23", TODAY, details=False)
    assert (threat.assertion["direction"], threat.warmth, threat.now.word) == ("down", "warmer", "supported")
    assert judged.as_dict()["warmth"] == "warmer"
    assert claims.judge(record, "nanos-2019-08-negative-views-rising", TODAY, details=False).warmth == "cooler"
    assert claims.judge(record, "angus-reid-2024-06-low-maintained", TODAY, details=False).warmth is None


def test_where_one_more_poll_is_lacking_it_is_said_what_that_one_would_settle(record: Store) -> None:
    """One poll found 65 percent for a deal; as many more would make it two, and settle a majority."""
    judged = claims.judge(record, "angus-reid-2026-01-good-deal", TODAY)
    assert judged.then.word == "not enough data" and judged.then.would_settle is not None
    assert (judged.then.would_settle.by, judged.then.would_settle.interviews) == ("angus-reid-institute", 500)
    far = claims.judge(record, "kassam-2021-06-downward-trajectory", TODAY)
    assert far.now.word == "not enough data" and far.now.would_settle is None


def test_a_word_that_stands_was_changed_by_nothing(record: Store) -> None:
    judged = claims.judge(record, "joly-2024-07-perceptions-negative", TODAY)
    assert judged.then.word == judged.now.word == "supported"
    assert judged.changed.as_dict() == {"word": False, "readings": [], "turned": None}


def test_a_level_answers_no_claim_of_a_change_and_the_page_can_say_so(judged: claims.Judgement, record: Store) -> None:
    """Atlas News set 3.1 out of 10 against an opinion that shifts."""
    found = {rebuttal.claim: rebuttal for rebuttal in judged.answered_by}
    assert set(found) == {"atlas-2025-04-abacus-3-1", "atlas-2025-04-many-suspicious"}
    answer = claims.judge(record, "atlas-2025-04-abacus-3-1", TODAY, details=False).answers
    assert answer is not None and answer.claim == FLAGSHIP and answer.claimant == judged.claimant
    assert answer.sentence == found["atlas-2025-04-abacus-3-1"].sentence
    assert "neither refutes nor bears out a change" in answer.sentence and "the measure" in answer.sentence
    assert judged.answers is None


def test_the_json_of_a_verdict(judged: claims.Judgement, record: Store) -> None:
    """The names that other tools rely on."""
    found = judged.as_dict()
    assert json.loads(json.dumps(found)) == found
    assert set(found) >= {"claim", "claimant", "made", "assertion", "then", "now", "parts", "revision", "method"}
    verdict = "known_by word probability without_one_pollster reason would_settle evidence"
    assert set(found["then"]) >= set(verdict.split()) <= set(found["parts"][0]["now"])
    reading = "poll question pollster instrument field_start field_end known_from known_from_assumed value unit"
    assert set(found["then"]["evidence"][0]) >= {*reading.split(), "comparable", "why_not"}
    assert (found["made"], found["assertion"]["kind"]) == ("2025-04-21", "change")
    assert found["assertion"]["window_months"] == 12
    assert found["revision"] == record.newest()


def test_every_claim_gets_two_words_and_a_reason_and_a_number_only_where_polls_give_one(record: Store) -> None:
    found = claims.summary(record, known_by=TODAY)
    assert len(found) == len(record.claims())
    for name, words in found.items():
        for word, probability in ((words.then, words.then_probability), (words.now, words.now_probability)):
            assert word in claims.WORDS
            assert (probability is None) == (word in claims.WORDS[3:]), name


def test_a_summary_says_what_the_judgement_says(record: Store) -> None:
    rows = [row for row in record.claims() if row.id in (FLAGSHIP, "angus-reid-2020-05-new-low")]
    for name, words in claims.summary(record, rows, TODAY).items():
        judged = claims.judge(record, name, TODAY, details=False)
        assert words == (judged.then.word, judged.now.word, judged.then.probability, judged.now.probability)


def test_a_claim_that_names_a_pollster_is_judged_on_its_polls_and_all_stand_beside(record: Store) -> None:
    judged = claims.judge(record, "angus-reid-2020-05-new-low", TODAY, details=False)
    used = {reading["pollster"] for reading in judged.then.evidence if reading["comparable"]}
    assert used == {"angus-reid-institute"}
    others = [reading for reading in judged.then.evidence if reading["pollster"] == "pew-research-center"]
    assert others and {reading["why_not"] for reading in others} == {"other-pollster"}
    assert judged.then.reason.startswith("Polls by Angus Reid Institute put")
    assert judged.then.all_pollsters is not None and judged.then.all_pollsters.reason.startswith("Polls put")
    assert judged.then.without_one_pollster is None


def test_a_cited_poll_counts_as_known(record: Store) -> None:
    """The claim of 4 March 2025 precedes the publication of its own reading by a day."""
    judged = claims.judge(record, "angus-reid-2025-03-historic-low", TODAY, details=False)
    cited = next(reading for reading in judged.then.evidence if reading["known_from"] > "2025-03-04")
    assert (cited["question"], cited["value"]) == ("angus-reid-2025-03-united-states", 24)


def test_a_claim_known_to_its_month_could_have_been_made_on_its_last_day(record: Store) -> None:
    judged = claims.judge(record, "nanos-2019-08-negative-views-rising", TODAY, details=False)
    assert judged.then.known_by == dt.date(2019, 8, 31)
    assert judged.assertion["object"] == "government"


def test_a_value_judgement_gets_no_number(record: Store) -> None:
    judged = claims.judge(record, "wang-di-2025-04-opportunity-not-threat", TODAY, details=False)
    assert (judged.now.word, judged.now.probability, judged.now.evidence) == ("not testable by polls", None, ())


def test_a_claim_that_is_none(record: Store) -> None:
    with pytest.raises(claims.UnknownClaim, match="no-such-claim"):
        claims.judge(record, "no-such-claim")


@pytest.mark.parametrize(
    ("given", "made", "reason"),
    [
        ({"population": "mars-adults"}, "2025-01-01", "no polls of this population (mars-adults)"),
        ({"population": "world"}, "2025-01-01", "In the record are 69; asked about this near the dates that matter: 2"),
        ({"construct": "trust", "subject": "india"}, "2014-01-01", "No reading was public by 1 January 2014"),
        ({"construct": "trust", "subject": "iran"}, "2025-01-01", "What it has of them is another question: favour"),
        ({"pollster": "lowy-institute"}, "2025-01-01", "The record has no polls by lowy-institute."),
        ({"subject": "cuba"}, "2025-01-01", "no readings of favourability for Cuba among Canadian adults"),
        ({}, "2004-01-01", "No reading was public by 1 January 2004"),
        ({}, "2005-12-31", "Only 1 comparable reading is known (58 percent, Pew Research Center"),
        ({}, "2012-12-31", "No comparable reading lies within a year of 31 December 2012"),
        ({"pollster": "gallup"}, "2025-01-01", "No reading of this by Gallup was public"),
        ({"measure": "mean"}, "2025-01-01", "No comparable reading is known; a verdict needs 2"),
        ({"measure": "mean"}, "2025-01-01", "1 other reading does not count: it is a mean on a scale whose ends"),
        ({"threshold_percent": "half"}, "2025-01-01", "The assertion is incomplete: threshold_percent"),
        ({"measure": None}, "2025-01-01", "The assertion is incomplete: give its measure"),
    ],
)
def test_what_is_missing_is_said(record: Store, given: dict[str, Any], made: str, reason: str) -> None:
    about = {"population": "ca-adults", "subject": "china", "construct": "favourability", "measure": "positive"}
    assertion = {"kind": "level", "direction": "below", **about, **given}
    found = claims.consider(record, assertion, dt.date.fromisoformat(made), details=False)
    assert (found.word, found.probability) == ("not enough data", None)
    assert reason in found.reason


CHINA = {"population": "ca-adults", "subject": "china", "construct": "favourability", "measure": "positive"}


@pytest.mark.parametrize(
    ("assertion", "made", "reason"),
    [
        ({"kind": "forecast", "direction": "above", "horizon_months": 12}, "2026-10-01", "Too early: no comparable"),
        ({"kind": "event-change", "direction": "down", "event": "none"}, "2020-01-01", "There is no event none in the"),
        (
            {
                "kind": "subgroup-comparison",
                "direction": "above",
                "subgroup": "age 18-34",
                "versus_subgroup": "age 50+",
            },
            "2025-07-15",
            "There are no subgroup readings: the record has none for age 18-34.",
        ),
        ({"kind": "rank", "direction": "up", "population": "xx-adults"}, "2025-01-01", "no polls of this population"),
        (
            {"kind": "rank", "direction": "up", "measure": "net", "pollster": "gallup"},
            "2025-01-01",
            "No reading of this",
        ),
        (
            {"kind": "many-populations", "direction": "up", "population": "world"},
            "2025-07-15",
            "With the readings that this needs at both ends: 1; a verdict needs 3",
        ),
        (
            {"kind": "many-populations", "direction": "up", "population": "mars-adults;venus-adults"},
            "2025-07-15",
            "no polls of this population",
        ),
        (
            {"kind": "change-between", "direction": "up", "from_percent": 10, "to_percent": 20, "from_year": 2025},
            "2024-07-15",
            "The window begins on the day of the claim or later",
        ),
    ],
)
def test_what_each_kind_lacks_is_said(record: Store, assertion: dict[str, Any], made: str, reason: str) -> None:
    found = claims.consider(record, CHINA | assertion, dt.date.fromisoformat(made), TODAY, details=False)
    assert (found.word, found.probability) == ("not enough data", None)
    assert reason in found.reason


def test_a_forecast_is_judged_by_what_came_after_and_before_its_horizon(record: Store) -> None:
    forecast = {"kind": "forecast", "direction": "below", "horizon_months": 24, **CHINA}
    made = dt.date(2020, 8, 3)
    assert claims.consider(record, forecast, made, details=False).reason.startswith("Too early")
    found = claims.consider(record, forecast, made, TODAY, details=False)
    used = [reading["field_start"] for reading in found.evidence if reading["comparable"]]
    assert "2020-08-03" < min(used) <= max(used) <= "2022-08-03"
    assert {reading["why_not"] for reading in found.evidence} >= {None, "before-claim", "after-horizon"}
    assert found.word == "supported" and "Forecast up to 3 August 2022" in found.reason


def test_a_vague_word_shows_the_level_and_gets_a_verdict_only_under_a_declared_reading(record: Store) -> None:
    vague = {"kind": "vague-quantity", "direction": "above", "quantifier": "many", **CHINA}
    shown = claims.consider(record, vague, dt.date(2024, 7, 1), details=False)
    assert (shown.word, shown.probability) == ("not testable by polls", None)
    assert "percent on 1 July 2024" in shown.reason and "“Many” sets no line" in shown.reason
    read = claims.consider(record, vague | {"threshold_percent": 50}, dt.date(2024, 7, 1), details=False)
    assert read.word == "contradicted" and "“Many” is read here as above 50 percent." in read.reason


def test_a_figure_is_quoted_rightly_or_not_whatever_people_thought(record: Store) -> None:
    """Pew published 21 percent in 2024. The figure of 2020 was the same pollster's too, and is too old to be meant."""
    quoted = {"kind": "misquoted-poll", "direction": "above", **CHINA, "pollster": "pew-research-center"}
    made = dt.date(2024, 7, 15)
    right = claims.consider(record, quoted | {"value_percent": 21.5}, made, TODAY, details=False)
    wrong = claims.consider(record, quoted | {"value_percent": 48}, made, TODAY, details=False)
    assert (right.probability, wrong.probability) == (1, 0)
    assert {"too-old", "after-claim", "other-pollster"} <= {reading["why_not"] for reading in wrong.evidence}
    assert wrong.all_pollsters is None


def test_a_rank_and_many_populations_name_every_reading_they_stand_on(record: Store) -> None:
    rank = {"kind": "rank", "direction": "down", **CHINA, "subject": "north-korea"}
    ranked = claims.consider(record, rank, dt.date(2021, 7, 30), TODAY, details=False)
    asked = {reading["poll"] for reading in ranked.evidence if reading["subject"] == "north-korea"}
    others = {reading["poll"] for reading in ranked.evidence if reading["subject"] != "north-korea"}
    assert others <= asked and len({reading["subject"] for reading in ranked.evidence}) > 10
    many = {"kind": "many-populations", "direction": "down", "window_months": 24, **CHINA, "subject": "united-states"}
    for population, count in (("world", 25), ("de-adults;fr-adults;gb-adults", 3)):
        found = claims.consider(record, many | {"population": population}, dt.date(2017, 6, 26), TODAY, details=False)
        assert len({reading["population"] for reading in found.evidence}) >= count
        assert all("2014" < reading["field_end"] < "2019" for reading in found.evidence)


def test_stated_ends_are_looked_for_among_the_readings(record: Store) -> None:
    """The dates asked about are those of the readings that have the figures."""
    stated = {"kind": "change-between", "direction": "down", "from_percent": 44, "to_percent": 27, "from_year": 2018}
    found = claims.consider(record, CHINA | stated, dt.date(2019, 8, 1), TODAY, details=False)
    assert "44 percent was measured in July 2018. 27 percent was measured in July 2019." in found.reason
    invented = claims.consider(record, CHINA | stated | {"from_percent": 90}, dt.date(2019, 8, 1), TODAY, details=False)
    assert "No comparable reading of that time has 90 percent." in invented.reason
    assert invented.word == "contradicted"


def test_other_events_of_the_window_are_counted_and_no_cause_is_claimed(record: Store) -> None:
    judged = claims.judge(record, "zhao-lijian-2020-10-because-of-meng", TODAY, details=False)
    assert "polls do not show that it was the cause" in judged.then.reason and "1 December 2016" in judged.then.reason
    assert "other events of the record" in judged.then.reason
    assert set(judged.assertion) >= {"event", "before_months"} and not {"happened", "others"} & set(judged.assertion)
    cause = {"kind": "cause", "direction": "down", "since": "2018-06-01", "cause": "an arrest", **CHINA}
    for made in (dt.date(2019, 12, 31), dt.date(2004, 1, 1)):
        assert "opinion half only" in claims.consider(record, cause, made, details=False).reason
    recall = claims.judge(record, "ipsos-2025-02-think-less-of-us", TODAY, details=False)
    assert recall.now.word == "not enough data" and "(recall), not a measured change" in recall.now.reason


def test_groups_are_compared_on_their_own_bases(two_polls: Store) -> None:
    """Among the young, of whom 300 were asked, 60 percent where 51 percent of all said so."""
    with two_polls.writing("Test") as session:
        session.add(Population(id="x-young", name="X aged 18 to 34"))
        poll, question, answer = _poll(2025, 60, "p")
        poll.id, poll.population, question.id, question.poll, question.base = "young", "x-young", "qy", "young", 300
        answer.question = "qy"
        session.add_all([poll, question, answer])
    groups = {"kind": "subgroup-comparison", "direction": "above", "subgroup": "x-young", "versus_subgroup": "x"}
    about = {"population": "x", "subject": "s", "construct": "favourability", "measure": "positive"}
    found = claims.consider(two_polls, groups | about, dt.date(2025, 2, 1), details=False)
    assert found.probability is not None and found.probability > 0.6
    assert "among X aged 18 to 34" in found.reason
    assert {reading["population"] for reading in found.evidence} == {"x", "x-young"}
    twice = claims.consider(two_polls, groups | about | {"ratio_at_least": 2}, dt.date(2025, 2, 1), details=False)
    assert twice.word == "contradicted"


def test_of_several_populations_the_one_judged_is_named(record: Store) -> None:
    about = {"population": "xx-adults;ca-adults", "subject": "china", "construct": "favourability"}
    assertion = {"kind": "level", "direction": "below", "measure": "positive", **about}
    found = claims.consider(record, assertion, dt.date(2024, 7, 1), details=False)
    assert found.word == "supported" and "Judged for Canadian adults only, not for xx-adults." in found.reason


def test_a_comparison_uses_only_polls_that_asked_both(record: Store) -> None:
    about = {"population": "ca-adults", "subject": "united-states", "construct": "favourability"}
    assertion = {"kind": "comparison", "direction": "above", "versus": "china", "measure": "positive", **about}
    found = claims.consider(record, assertion, dt.date(2022, 6, 30), TODAY, details=False)
    used = {"united-states": set(), "china": set()}  # type: dict[str, set[str]]
    for reading in found.evidence:
        if reading["comparable"]:
            used[reading["subject"]].add(reading["poll"])
    assert used["united-states"] == used["china"] and len(used["china"]) > 20
    assert {reading["why_not"] for reading in found.evidence} >= {"one-subject"}
    assert found.word == "supported" and "polls that asked about both" in found.reason


@pytest.fixture
def two_polls(store: Store) -> Iterator[Store]:
    """
    One pollster, 1,000 interviews each: 48 percent favourable in January 2024 and 51 in January 2025.
    """
    with store.writing("Test") as session:
        session.add_all([Pollster(id="p", name="P"), Subject(id="s", name="S"), Population(id="x", name="X")])
        session.add_all([Scale(id="two", name="Two"), *_responses()])
        session.add_all(entity for year, value in ((2024, 48), (2025, 51)) for entity in _poll(year, value))
    yield store


def _responses() -> list[Response]:
    names = (("favourable", 1, "positive"), ("unfavourable", 2, "negative"))
    return [Response(scale="two", response=n, position=i, polarity=p, name=n.title()) for n, i, p in names]


def _poll(year: int, value: int, pollster: str = "p") -> list[Any]:
    start, end = dt.date(year, 1, 5), dt.date(year, 1, 9)
    dates = {"field_start": start, "field_end": end, "date_precision": "day"}
    poll = Poll(
        id=f"{pollster}-{year}", pollster=pollster, population="x", population_label="X", sample_size=1000, **dates
    )
    poll.status = "published"
    question = Question(
        id=f"{pollster}-q-{year}",
        poll=poll.id,
        subject="s",
        construct="favourability",
        object="country",
    )
    question.scale, question.provenance = "two", "primary"
    return [poll, question, Answer(question=question.id, response="favourable", value=value, unit="percent")]


def test_what_one_more_poll_would_settle(store: Store) -> None:
    """Opinion moves a lot, three pollsters agree on it, and nobody has asked for ten months."""
    with store.writing("Test") as session:
        session.add_all([Subject(id="s", name="S"), Population(id="x", name="X"), Scale(id="two", name="Two")])
        session.add_all([*_responses(), *(Pollster(id=name, name=name.upper()) for name in "pqr")])
        for year, value in ((2019, 44), (2020, 57), (2021, 46), (2022, 58), (2023, 43), (2024, 51)):
            session.add_all(entity for name in "pqr" for entity in _poll(year, value, name))
    about = {"population": "x", "subject": "s", "construct": "favourability", "measure": "positive"}
    found = claims.consider(store, {"kind": "level", "direction": "above", **about}, dt.date(2024, 11, 1))
    assert found.word == "unsettled" and found.would_settle is not None
    told = found.as_dict()["would_settle"]
    assert told["by"] in "pqr" and told["interviews"] <= 2000 and told["chance"] >= 0.5


@pytest.mark.parametrize(("middle", "spread", "extra"), [(51.0, 4.0, 1.0), (52.0, 3.0, 2.0), (50.5, 6.0, 3.0)])
def test_settling_agrees_with_the_formula_for_normal_draws(middle: float, spread: float, extra: float) -> None:
    """Prior N(m, s^2), a poll with variance e^2: the posterior's mean is N(m, s^2 - v) about 50 with variance
    v = 1 / (1 / s^2 + 1 / e^2), and the claim is settled where it lies 1.2816 sqrt(v) away."""
    level = np.random.default_rng(1).normal(middle, spread, 4000)
    found = would_settle(level, level > 50, "p", extra)
    assert found is not None
    e2 = 50 * 50 / found.interviews + extra**2
    v = 1 / (1 / spread**2 + 1 / e2)
    mean, reach = NormalDist(middle, (spread**2 - v) ** 0.5), 1.2816 * v**0.5
    assert found.chance == pytest.approx(mean.cdf(50 - reach) + 1 - mean.cdf(50 + reach), abs=0.08)


def test_what_interviews_cannot_shrink_no_poll_settles() -> None:
    level = np.random.default_rng(1).normal(51, 2, 4000)
    assert would_settle(level, level > 50, "p", extra=10) is None


def test_a_correction_reaches_the_verdict_at_once(two_polls: Store) -> None:
    """Nothing derived is stored: the next question is answered from the corrected figure."""
    about = {"population": "x", "subject": "s", "construct": "favourability", "measure": "positive"}
    assertion = {"kind": "change", "direction": "up", **about}
    before = claims.consider(two_polls, assertion, dt.date(2025, 1, 10))
    with two_polls.writing("Test", "a misprint", origin="correction") as session:
        session.get(Answer, ("p-q-2025", "favourable")).value = 31
    after = claims.consider(two_polls, assertion, dt.date(2025, 1, 10))
    assert before.probability is not None and after.probability is not None
    assert before.probability > 0.5 > after.probability
    assert [reading["value"] for reading in after.evidence] == [48, 31]
    held = claims.consider(two_polls.at(two_polls.newest() - 1), assertion, dt.date(2025, 1, 10))
    assert held == before


def test_a_stored_claim_with_parts_and_another_population(two_polls: Store) -> None:
    part = {"kind": "level", "direction": "below", "parameters": {"threshold_percent": 90}}
    with two_polls.writing("Test") as session:
        session.add(_claim(parts=[part], parameters={"since": "2024-01-05"}))
    judged = claims.judge(two_polls, "c", TODAY)
    assert judged.assertion["since"] == "2024-01-05" and "window_months" not in judged.assertion
    assert [p.then.word for p in judged.parts] == ["supported"]
    assert judged.method == claims.METHOD and trend.METHOD in claims.METHOD


def _claim(**given: Any) -> Claim:
    plain = {
        "id": "c",
        "claimant": "C",
        "date": dt.date(2025, 1, 10),
        "date_precision": "day",
        "paraphrase": "It rose.",
    }
    about = {
        "population": "x",
        "subject": "s",
        "construct": "favourability",
        "measure": "positive",
        "object": "country",
    }
    rest = {"kind": "change", "direction": "up", "original_parameters": {}}
    return Claim(**plain | about | rest | given)


def test_what_is_said_of_the_world_is_counted_by_country(record: Store) -> None:
    """Pew in spring 2017: in most of the countries asked, favourable views of the United States had fallen."""
    about = {"subject": "united-states", "construct": "favourability", "measure": "positive"}
    fell = {"kind": "change", "direction": "down", "window_months": 24, "population": "world", **about}
    found = claims.consider(record, fell, dt.date(2017, 6, 26), TODAY)
    assert found.word == "supported" and "Nobody polls the world" in found.reason
    assert len({reading["population"] for reading in found.evidence}) >= 20
    assert {reading["comparable"] for reading in found.evidence} == {True}
    assert found.left_out is not None and [one.pollster for one in found.left_out.changes] == ["pew-research-center"]
    rose = claims.consider(record, fell | {"direction": "up"}, dt.date(2017, 6, 26), TODAY, details=False)
    assert rose.word == "contradicted"
    lowest = claims.consider(
        record, {"kind": "record", "direction": "down", "population": "world", **about}, dt.date(2017, 6, 26), TODAY
    )
    assert lowest.word == "contradicted", "in most countries the low came under Bush"
    vague = {"kind": "vague-quantity", "direction": "above", "quantifier": "many", "population": "world", **about}
    assert claims.consider(record, vague, dt.date(2017, 6, 26), TODAY, details=False).word == "not testable by polls"
    level = {"kind": "level", "direction": "above", "population": "world", **about}
    assert "for one share of one population" in claims.consider(record, level, dt.date(2017, 6, 26), TODAY).settles


def test_the_european_union_is_as_it_was_on_the_day(record: Store) -> None:
    about = {"subject": "united-states", "construct": "favourability", "measure": "positive", "population": "eu"}
    level = {"kind": "level", "direction": "above", **about}
    asked = [
        {r["population"] for r in claims.consider(record, level, dt.date.fromisoformat(day), TODAY, False).evidence}
        for day in ("2016-06-30", "2022-06-30")
    ]
    assert "gb-adults" in asked[0] - asked[1] and {"de-adults", "fr-adults", "it-adults"} <= asked[0] & asked[1]
    assert not {"us-adults", "ca-adults", "jp-adults"} & (asked[0] | asked[1])
    many = claims.consider(
        record, {"kind": "many-populations", "direction": "down", **about}, dt.date(2017, 6, 26), TODAY, details=False
    )
    members = claims.WHOLES["eu"].members(record.every(Population), dt.date(2017, 6, 26))
    assert {reading["population"] for reading in many.evidence} <= set(members) and many.word == "supported"
    assert "hr-adults" not in members and "ca-ab-adults" not in claims.WHOLES["world"].members(
        record.every(Population), dt.date(2017, 6, 26)
    )


def test_it_is_said_on_whose_polls_a_verdict_hangs_and_whether_the_word_does(judged: claims.Judgement) -> None:
    """Without Pew the flagship is unsettled; its reading of spring 2025 had turned it."""
    left = judged.now.left_out
    assert left is not None and left.lowest is not None and left.highest is not None
    assert (left.lowest.pollster, left.lowest.word) == ("pew-research-center", "unsettled")
    assert judged.now.without_one_pollster == (left.lowest.probability, left.highest.probability)
    assert left.changes == (left.lowest,)
    told = judged.as_dict()["now"]["left_out"]
    assert told["lowest"] == {
        "pollster": "pew-research-center",
        "word": "unsettled",
        "probability": told["lowest"]["probability"],
    }
    assert judged.as_dict()["then"]["left_out"]["changes"] == []


@pytest.mark.parametrize(
    ("assertion", "made", "settles"),
    [
        ({"kind": "level", "direction": "below"}, "2024-07-01", "It is settled"),
        ({"kind": "change", "direction": "up"}, "2023-04-01", "would settle it"),
        ({"kind": "vague-quantity", "direction": "above", "quantifier": "many"}, "2024-07-01", "No poll can settle it"),
        ({"kind": "level", "direction": "above", "subject": "cuba"}, "2024-07-01", "One more poll would not be enough"),
        ({"kind": "level", "direction": "above", "measure": "net", "threshold_percent": -60}, "2024-07-01", "only"),
        (
            {"kind": "comparison", "direction": "equal", "versus": "united-states", "tolerance_points": 4},
            "2025-07-01",
            "and this takes more",
        ),
        ({"kind": "level", "direction": "above", "threshold_percent": 19}, "2024-07-01", "around 1 July 2024 would"),
    ],
)
def test_what_would_settle_it_or_why_nothing_would_is_said_in_words(
    record: Store, assertion: dict[str, Any], made: str, settles: str
) -> None:
    found = claims.consider(record, CHINA | assertion, dt.date.fromisoformat(made), TODAY)
    assert settles in found.settles and found.as_dict()["settles"] == found.settles
    assert (found.would_settle is not None) == found.settles.startswith("One more poll of")
