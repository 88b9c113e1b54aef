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


#: Pew's individual records, tabulated
PEW = "https://github.com/worldregio/pew_opi"

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
    Settled(
        "Threat or enemy: China fell in Canada from 62 percent in 2023 to 23 in 2026 (Angus Reid)",
        {
            "kind": "change-between",
            "direction": "down",
            "from_percent": 62,
            "from_year": 2023,
            "to_percent": 23,
            "population": "ca-adults",
            "subject": "china",
            "construct": "threat",
            "measure": "threat-or-enemy",
            "pollster": "angus-reid-institute",
        },
        "2026-01-29",
        "supported",
        [
            (
                "angus-reid-2023-02-china-approach",
                "threat-or-enemy",
                62,
                "https://angusreid.org/canada-us-china-friends-foes-favourability-of-nations/print",
            ),
            (
                "angus-reid-2026-01-china-approach",
                "threat-or-enemy",
                23,
                "https://armchairmayor.ca/2026/01/29/national-pulse-canadians-more-open-to-trade-opportunities-in-china",
            ),
        ],
    ),
    Settled(
        "Favourable views of China rose in Canada from 10 percent in 2023 to 60 in 2024 (Pew: 14 and 21)",
        {
            "kind": "change-between",
            "direction": "up",
            "from_percent": 10,
            "from_year": 2023,
            "to_percent": 60,
            **about("china"),
        },
        "2024-07-19",
        "contradicted",
        [("pew-2023-ca-china", "favourable", 14, PEW)],
    ),
    Settled(
        "Canadians' favourable views of China fell by ten points or more between 2018 and 2020 (Pew: 44 to 23 percent)",
        {"kind": "change-by", "direction": "down", "points": 10, "since": "2018-06-01", **about("china")},
        "2020-08-03",
        "supported",
        [("pew-2018-ca-china", "favourable", 44, PEW), ("pew-2020-ca-china", "favourable", 23, PEW)],
    ),
    Settled(
        "They did not change in those years, give or take five points",
        {"kind": "no-change", "tolerance_points": 5, "since": "2018-06-01", **about("china")},
        "2020-08-03",
        "contradicted",
        [("pew-2018-ca-china", "favourable", 44, PEW), ("pew-2020-ca-china", "favourable", 23, PEW)],
    ),
    Settled(
        "Canadians cooled toward China around the arrest of Meng Wanzhou (Pew: 44 percent in 2018, 27 in 2019)",
        {"kind": "event-change", "direction": "down", "event": "meng-wanzhou-arrest-2018", **about("china")},
        "2019-12-31",
        "supported",
        [("pew-2018-ca-china", "favourable", 44, PEW), ("pew-2019-ca-china", "favourable", 27, PEW)],
    ),
    Settled(
        "In 2020: most Canadians will still view China unfavourably within five years (Pew: 79 percent in 2023)",
        {"kind": "forecast", "direction": "above", "horizon_months": 60, **about("china", measure="negative")},
        "2020-07-31",
        "supported",
        [("pew-2023-ca-china", "unfavourable", 79, PEW)],
    ),
    Settled(
        "At least twice as many Canadians view China unfavourably as favourably (Pew in 2023: 79 and 14 percent)",
        {
            "kind": "ratio",
            "direction": "above",
            "numerator": "negative",
            "denominator": "positive",
            "at_least": 2,
            **about("china", measure="negative"),
        },
        "2023-06-30",
        "supported",
        [("pew-2023-ca-china", "unfavourable", 79, PEW), ("pew-2023-ca-china", "favourable", 14, PEW)],
    ),
    Settled(
        "Of the countries rated together, Canadians like North Korea least (Research Co.: 15 percent)",
        {"kind": "rank", "direction": "down", **about("north-korea")},
        "2021-07-30",
        "supported",
        [
            (
                "research-co-2021-07-north-korea",
                "favourable",
                15,
                "https://researchco.ca/2021/07/09/canada-countries-2/",
            )
        ],
    ),
    Settled(
        "Views of the United States fell in most countries between 2015 and 2017 (Pew; in Germany 50 to 35 percent)",
        {
            "kind": "many-populations",
            "direction": "down",
            "window_months": 24,
            **about("united-states", "world"),
        },
        "2017-06-26",
        "supported",
        [
            ("pew-2015-de-united-states", "favourable", 50, PEW),
            ("pew-2017-de-united-states", "favourable", 35, PEW),
            ("pew-2015-kr-united-states", "favourable", 84, PEW),
            ("pew-2017-kr-united-states", "favourable", 75, PEW),
        ],
    ),
    Settled(
        "Unfavourable views of China rose in most countries between 2018 and 2020 (Pew; in Australia 47 to 81 percent)",
        {
            "kind": "many-populations",
            "direction": "up",
            "window_months": 24,
            **about("china", "world", "negative"),
        },
        "2020-10-06",
        "supported",
        [
            ("pew-2018-au-china", "unfavourable", 47, PEW),
            ("pew-2020-au-china", "unfavourable", 81, PEW),
            ("pew-2018-gb-china", "unfavourable", 35, PEW),
            ("pew-2020-gb-china", "unfavourable", 74, PEW),
        ],
    ),
    Settled(
        "Gallup found that 53 percent of Americans view China favourably, said in March 2018",
        {
            "kind": "misquoted-poll",
            "direction": "above",
            "value_percent": 53,
            **about("china", "us-adults", pollster="gallup"),
        },
        "2018-03-08",
        "supported",
        [
            (
                "gallup-2018-us-china",
                "favourable",
                53,
                "https://digital-staging.thehill.com/policy/international/3887642-americans-view-of-china-hits-record-low-gallup",
            )
        ],
    ),
    Settled(
        "Pew found that half of Canadians view China favourably, said in July 2024 of a poll that found 21 percent",
        {
            "kind": "misquoted-poll",
            "direction": "above",
            "value_percent": 50,
            **about("china", pollster="pew-research-center"),
        },
        "2024-07-15",
        "contradicted",
        [
            (
                "pew-2024-ca-china",
                "favourable",
                21,
                "https://www.darpanmagazine.com/news/national/number-of-canadians-with-favourable-view-of-us-has-fallen-poll-suggests/?page=18",
            )
        ],
    ),
    Settled(
        "In December 2019 fewer than 35 percent liked China for the first time (27 percent did in May)",
        {"kind": "first-time", "direction": "below", "threshold_percent": 35, **about("china")},
        "2019-12-15",
        "contradicted",
        [("pew-2019-ca-china", "favourable", 27, PEW)],
    ),
    Settled(
        "“Many” Canadians like China, read as most of them (Pew in 2023: 14 percent)",
        {
            "kind": "vague-quantity",
            "direction": "above",
            "quantifier": "many",
            "threshold_percent": 50,
            **about("china"),
        },
        "2023-12-31",
        "contradicted",
        [("pew-2023-ca-china", "favourable", 14, PEW)],
    ),
    Settled(
        "More Canadians see a threat or enemy in the United States than in China (Angus Reid: 46 and 34 percent)",
        {
            "kind": "comparison",
            "direction": "above",
            "versus": "china",
            **about("united-states", measure="threat-or-enemy", pollster="angus-reid-institute"),
            "construct": "threat",
        },
        "2025-10-25",
        "supported",
        [
            (
                "angus-reid-2025-10-united-states-approach",
                "threat-or-enemy",
                46,
                "https://thehub.ca/2025/10/25/the-week-in-polling-canadians-more-likely-to-call-u-s-an-enemy-than-china-majority-want-homeless-encampments-removed-half-think-there-are-too-many-public-servants",
            ),
            (
                "angus-reid-2025-10-china-approach",
                "threat-or-enemy",
                34,
                "https://thehub.ca/2025/10/25/the-week-in-polling-canadians-more-likely-to-call-u-s-an-enemy-than-china-majority-want-homeless-encampments-removed-half-think-there-are-too-many-public-servants",
            ),
        ],
    ),
    Settled(
        "The world's view of the United States fell between spring 2016 and spring 2017",
        {"kind": "change", "direction": "down", **about("united-states", "world")},
        "2017-06-26",
        "supported",
        [
            ("pew-2016-de-united-states", "favourable", 57, PEW),
            ("pew-2017-de-united-states", "favourable", 35, PEW),
            ("pew-2016-jp-united-states", "favourable", 72, PEW),
            ("pew-2017-jp-united-states", "favourable", 57, PEW),
        ],
    ),
    Settled(
        "Most of the European Union viewed China favourably in 2020",
        {"kind": "level", "direction": "above", **about("china", "eu")},
        "2020-10-06",
        "contradicted",
        [
            ("pew-2020-de-china", "favourable", 25, PEW),
            ("pew-2020-fr-china", "favourable", 26, PEW),
        ],
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
