"""Settled cases: assertions whose answer is known from published figures, each with its source.

The figures behind every case are read from the record, so that a case cannot outlive its numbers.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from tracker import claims
from tracker.models import Answer, Question
from tracker.store import Store

#: a day after everything in the record was public
LATER = dt.date(2026, 11, 1)


@dataclass(frozen=True)
class Settled:
    """What was said, its testable form and day, the word it deserves, and the figures that settle it: question,
    response, value, and where it was published."""

    said: str
    assertion: dict[str, Any]
    made: str
    word: str
    figures: list[tuple[str, str, float, str]]


def about(subject: str, population: str = "ca-adults", measure: str = "positive", **more: Any) -> dict[str, Any]:
    return {"population": population, "subject": subject, "construct": "favourability", "measure": measure, **more}


SETTLED = [
    Settled(
        "A minority of Canadians viewed China favourably in 2024",
        {"kind": "level", "direction": "below", **about("china")},
        "2024-07-19",
        "supported",
        [
            (
                "pew-2024-ca-china",
                "favourable",
                21,
                "https://www.darpanmagazine.com/news/national/number-of-canadians-with-favourable-view-of-us-has-fallen-poll-suggests/?page=18",
            ),
            (
                "angus-reid-2024-06-china",
                "favourable",
                13,
                "https://angusreid.org/favourability-india-china-foreign-interference/?ref=readthemaple.com",
            ),
        ],
    ),
    Settled(
        "Most Americans view China favourably, said two years after a poll in which 53 percent did",
        {"kind": "level", "direction": "above", **about("china", "us-adults")},
        "2020-07-31",
        "contradicted",
        [
            (
                "gallup-2018-us-china",
                "favourable",
                53,
                "https://digital-staging.thehill.com/policy/international/3887642-americans-view-of-china-hits-record-low-gallup",
            ),
            (
                "gallup-2020-us-china",
                "favourable",
                33,
                "https://digital-staging.thehill.com/homenews/news/540952-americans-views-of-china-russia-at-record-lows-gallup",
            ),
        ],
    ),
    Settled(
        "Angus Reid: Canadians' view of the United States is at a historic low (24 percent)",
        {"kind": "record", "direction": "down", **about("united-states", pollster="angus-reid-institute")},
        "2025-03-05",
        "supported",
        [
            (
                "angus-reid-2025-03-united-states",
                "favourable",
                24,
                "http://www.myenergyscan.com/canadian-support-for-retaliatory-measures-grows-ahead-of-imposition-of-tariffs-favourability-of-u-s-tanks/",
            ),
            (
                "angus-reid-2020-05-united-states",
                "favourable",
                38,
                "https://ottawasun.com/opinion/columnists/goldstein-canadians-have-had-it-with-chinas-dictators/wcm/d97afdba-706c-4b89-839a-627568524ca3",
            ),
        ],
    ),
    Settled(
        "Angus Reid in 2020: Canadians' view of China is at a new low (14 percent, half that of six months before)",
        {"kind": "record", "direction": "down", **about("china", pollster="angus-reid-institute")},
        "2020-05-13",
        "supported",
        [
            (
                "angus-reid-2020-05-china",
                "favourable",
                14,
                "https://pgdailynews.ca/index.php/2020/05/13/canadian-opinions-of-china-reach-new-low/",
            ),
            (
                "angus-reid-2019-11-china",
                "favourable",
                29,
                "https://tnc.news/2019/12/11/majority-of-canadians-view-china-unfavourably-dont-want-huawei-on-5g-network/",
            ),
        ],
    ),
    Settled(
        "Canadians cooled toward China between 2017 and 2020 (Pew: 48 to 23 percent)",
        {"kind": "change", "direction": "down", "since": "2017-04-01", **about("china")},
        "2020-08-03",
        "supported",
        [
            ("pew-2017-ca-china", "favourable", 48, "https://github.com/worldregio/pew_opi"),
            (
                "pew-2020-ca-china",
                "favourable",
                23,
                "https://spencerfernando.com/2020/10/06/survey-negative-views-of-china-reach-record-high-in-canada/",
            ),
        ],
    ),
    Settled(
        "Canadians warmed to the United States after the election of 2008 (Pew: 55 percent in 2007, 68 in 2009)",
        {"kind": "change", "direction": "up", "since": "2007-05-01", **about("united-states")},
        "2009-07-23",
        "supported",
        [
            ("pew-2007-ca-united-states", "favourable", 55, "https://github.com/worldregio/pew_opi"),
            ("pew-2009-ca-united-states", "favourable", 68, "https://github.com/worldregio/pew_opi"),
        ],
    ),
    Settled(
        "Canadians thought better of the United States than of China in 2022 (Pew: 63 and 21 percent)",
        {"kind": "comparison", "direction": "above", "versus": "china", **about("united-states")},
        "2022-06-30",
        "supported",
        [
            ("pew-2022-ca-united-states", "favourable", 63, "https://medicinehatnews.com/?p=4847501"),
            ("pew-2022-ca-china", "favourable", 21, "https://github.com/worldregio/pew_opi"),
        ],
    ),
    Settled(
        "Most Japanese viewed China unfavourably in 2013 (Pew: 93 percent)",
        {"kind": "level", "direction": "above", **about("china", "jp-adults", "negative")},
        "2013-07-18",
        "supported",
        [("pew-2013-jp-china", "unfavourable", 93, "https://github.com/YiZhao999/power_pulse")],
    ),
]


@pytest.mark.parametrize("case", SETTLED, ids=lambda case: case.said)
def test_settled(record: Store, case: Settled) -> None:
    for question, response, value, source in case.figures:
        row = record.entity(Question, question)
        assert float(record.entity(Answer, f"{question}/{response}").value) == value
        assert source in f"{row.source_url}; {row.verified_by}"
    found = claims.consider(record, case.assertion, dt.date.fromisoformat(case.made), LATER, details=False)
    assert found.word == case.word, found.reason
    used = {reading["question"] for reading in found.evidence if reading["comparable"]}
    assert used >= {figure[0] for figure in case.figures}
