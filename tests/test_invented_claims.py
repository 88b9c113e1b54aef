"""Claims as a stranger would write them, through the files: each gets a problem with place and remedy, or a verdict."""

import csv
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tracker import claims, intake
from tracker.settings import RECORD
from tracker.store import Store

TODAY = dt.date(2026, 11, 1)
PLAIN = {
    "id": "invented",
    "claimant": "A stranger",
    "date": "2025-05-01",
    "date_precision": "day",
    "paraphrase": "Opinion moved.",
    "population": "ca-adults",
    "subject": "china",
    "kind": "change",
    "construct": "favourability",
    "measure": "positive",
    "object": "country",
    "direction": "up",
}
US = {"subject": "united-states"}


def with_claim(folder: Path, given: dict[str, Any]) -> Path:
    """The record with this claim alone, and without its polls."""
    copy = Path(shutil.copytree(RECORD, folder / "polls"))
    for table in ("polls", "questions", "answers", "claims"):
        file = copy / f"{table}.csv"
        file.write_text(file.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    names = (copy / "claims.csv").read_text(encoding="utf-8").strip().split(",")
    cells = {k: v if isinstance(v, str) else json.dumps(v) for k, v in (PLAIN | given).items()}
    with open(copy / "claims.csv", "a", newline="", encoding="utf-8") as out:
        csv.DictWriter(out, names, lineterminator="\n").writerow(cells)
    return copy


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"parameters": {"window_months": 0}}, "parameters: window_months is 0: give a whole number above 0"),
        ({"parameters": {"window_years": 3}}, "parameters: change has no parameter 'window_years': did you mean"),
        ({"parameters": {"since": "2025-06-01"}}, "parameters: since is not before the claim: give an earlier one"),
        ({"parameters": [1, 2]}, 'parameters: "[1, 2]" is not the JSON that stands here: write it like'),
        ({"parameters": '{"window_months": NaN}'}, "parameters: "),
        ({"direction": ""}, "direction: change needs direction: give one of up, down"),
        ({"direction": "above"}, "direction: direction is 'above': give one of up, down"),
        ({"measure": ""}, "measure: is blank: say what was measured"),
        ({"construct": ""}, "construct: is blank: say what was measured"),
        ({"kind": "changed"}, "kind: 'changed' is no kind of assertion: use one of change"),
        ({"date": "2031-05-01"}, "date: 2031-05-01 is in the future: check the year"),
        ({"date": "2025-02-30"}, 'date: there is no day "2025-02-30": check the month'),
        ({"kind": "change-by", "parameters": {"points": -5}}, "parameters: points is not above 0: give how far"),
        (
            {"kind": "level", "direction": "above", "parameters": {"threshold_percent": 140}},
            "parameters: threshold_percent is 140: give at most 100",
        ),
        (
            {"kind": "comparison", "direction": "above", "parameters": {"versus": "china"}},
            "parameters: versus is the subject itself: give another one",
        ),
        (
            {
                "kind": "change-between",
                "parameters": {
                    "from_percent": 10,
                    "to_percent": 20,
                    "from_date": "2025-01-01",
                    "to_date": "2024-01-01",
                },
            },
            "parameters: it ends before it begins: turn from and to round",
        ),
        (
            {"kind": "change-between", "parameters": {"from_percent": 10, "to_percent": 20, "from_year": 2026}},
            "parameters: from_year is not before the claim: give an earlier one",
        ),
        ({"parts": [{"kind": "level"}]}, "parts: level needs direction: give one of above, below"),
        ({"parts": ["level"]}, "parts: None is no kind of assertion"),
        ({"subject": "chnia"}, 'subject: the record has no subject "chnia": did you mean "china"?'),
        ({"population": "martians"}, 'population: the record has no population "martians": check the spelling'),
        ({"pollster": "pew-reserach-center"}, 'pollster: the record has no pollster "pew-reserach-center": did you'),
        ({"measure": "favorable"}, 'measure: no scale has "favorable": did you mean "favourable"?'),
        (
            {"kind": "comparison", "direction": "above", "parameters": {"versus": "atlantis"}},
            'parameters: the record has no subject "atlantis": check the spelling',
        ),
        (
            {"kind": "event-change", "parameters": {"event": "no-such"}},
            'parameters: the record has no event "no-such": check',
        ),
        ({"parameters": {"answers": "nobody"}}, 'parameters: the record has no claim "nobody": check the spelling'),
        (
            {"parts": [{"kind": "level", "direction": "above", "subject": "atlantis"}]},
            'parts: the record has no subject "atlantis": check',
        ),
    ],
)
def test_what_is_wrong_with_a_claim_is_told_where_it_stands(
    tmp_path: Path, given: dict[str, Any], problem: str
) -> None:
    read = intake.read_folder(with_claim(tmp_path, given))
    (found,) = read.problems
    assert str(found).startswith(f"claims.csv:2: {problem}"), found
    assert found.remedy


@pytest.mark.parametrize("given", [{"population": "world"}, {"pollster": "lowy-institute"}, {"measure": "joy-of-it"}])
def test_a_claim_may_be_about_what_the_record_has_no_polls_of(tmp_path: Path, given: dict[str, Any]) -> None:
    assert intake.read_folder(with_claim(tmp_path, given)).problems == []


def invented(kind: str, made: str, parameters: dict[str, Any] | None = None, **about: Any) -> tuple[Any, ...]:
    return {"kind": kind, **about}, parameters or {}, made


@pytest.mark.parametrize(
    ("assertion", "parameters", "made", "word", "reason"),
    [
        (*invented("change-by", "2025-07-20", {"points": 10}), None, "The claim says at least 10 points"),
        (
            *invented("first-time", "2025-03-10", {"window_years": 4}, **US, measure="negative", direction="above"),
            "supported",
            "since 10 March 2021",
        ),
        (*invented("rank", "2024-07-01", subject="japan"), "unsettled", "Japan is number 2 of 15 from the top"),
        (*invented("forecast", "2019-06-01", {"horizon_months": 24}, direction="down"), "supported", "to 3 May 2021"),
        (
            *invented("forecast", "2026-10-20", {"horizon_months": 50}, direction="above"),
            "not enough data",
            "Too early",
        ),
        (
            *invented(
                "many-populations", "2018-09-01", {"window_months": 24}, **US, population="world", direction="down"
            ),
            None,
            "populations with readings at both ends",
        ),
        (
            *invented(
                "ratio",
                "2023-08-01",
                {"numerator": "negative", "denominator": "positive", "at_least": 2},
                measure="negative",
                direction="above",
            ),
            "supported",
            "times as many",
        ),
        (
            *invented(
                "comparison",
                "2024-12-01",
                {"versus": "china", "tolerance_points": 5},
                subject="india",
                direction="equal",
            ),
            None,
            "India 8 points above China",
        ),
        (
            *invented("event-change", "2022-06-01", {"event": "huawei-5g-ban-2022", "after_months": 6}),
            "unsettled",
            "polls do not show that it was the cause",
        ),
        (
            *invented("level", "2020-10-15", {"threshold_percent": -50}, measure="net", direction="below"),
            "unsettled",
            "the line is −50.0 points",
        ),
        (
            *invented(
                "misquoted-poll", "2021-07-15", {"value_percent": 30}, pollster="pew-research-center", direction="above"
            ),
            "contradicted",
            "the figure nearest to the 30 percent quoted",
        ),
        (
            *invented("change", "2020-03-01", {"window_months": 36}, population="eu", measure="negative"),
            None,
            "Nobody polls the European Union, so it is counted by country",
        ),
        (
            *invented("record", "2017-08-01", **US, population="world", direction="down"),
            "contradicted",
            "of 35 with the readings that this needs",
        ),
        (
            *invented("level", "2025-05-01", **US, population="ca-ab-adults", direction="above"),
            "not enough data",
            "There are no readings of favourability for United States among Adults in Alberta",
        ),
        (
            *invented(
                "vague-quantity",
                "2025-05-01",
                {"quantifier": "hardly-any", "threshold_percent": 15},
                subject="north-korea",
                direction="below",
            ),
            "unsettled",
            "“Hardly any” is read here as below 15 percent",
        ),
        (*invented("change", "2025-05-01", {"window_months": 1200}), "not enough data", "a year of 1 May 1925"),
        (
            *invented("comparison", "2025-05-01", {"versus": "atlantis"}, direction="above"),
            "not enough data",
            "no readings of favourability for atlantis",
        ),
        (
            *invented("change", "2025-05-01", object="leader"),
            "not enough data",
            "40 other readings do not count: it rates",
        ),
        (
            *invented("level", "2025-05-01", subject="china;india", population="world;ca-adults", direction="below"),
            "supported",
            "Judged for Canadian adults only, not for the world. Judged for China only, not for India.",
        ),
    ],
)
def test_an_invented_claim_is_judged(
    record: Store, assertion: dict[str, Any], parameters: dict[str, Any], made: str, word: str | None, reason: str
) -> None:
    """The word is given where the readings leave no doubt about it."""
    about = {name: PLAIN[name] for name in ("population", "subject", "construct", "measure", "object", "direction")}
    whole = about | assertion | {"parameters": parameters}
    found = claims.consider(record, whole, dt.date.fromisoformat(made), TODAY, details=False)
    assert found.word in claims.WORDS and word in (None, found.word), found.reason
    assert reason in found.reason
