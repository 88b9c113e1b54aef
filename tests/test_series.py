"""Readings: what is known when, which share an instrument, which are comparable, and why the others are not."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from tracker import series
from tracker.store import Store

FOUR = [
    SimpleNamespace(response="favourable", position=1, polarity="positive", part_of=None, name="Favourable"),
    SimpleNamespace(response="unfavourable", position=2, polarity="negative", part_of=None, name="Unfavourable"),
]
TEN = [SimpleNamespace(response="mean", position=1, polarity="mean", part_of=None, name="Mean")]
MEANINGS = {"four": FOUR, "other-four": FOUR, "ten": TEN}


def row(question: str, **given: Any) -> SimpleNamespace:
    """A question as the store gives it; its poll is its own."""
    plain = {
        "poll": f"poll-{question}",
        "pollster": "pew",
        "pollster_name": "Pew",
        "subject": "china",
        "subject_name": "China",
        "construct": "favourability",
        "object": "country",
        "scale": "four",
        "scale_name": "Four points",
        "low": None,
        "high": None,
        "wording": None,
        "base": None,
        "sample_size": 1000,
        "mode": None,
        "field_start": dt.date(2024, 1, 1),
        "field_end": dt.date(2024, 1, 31),
        "date_precision": "day",
        "published": None,
        "provenance": "primary",
        "source_url": None,
        "note": None,
        "answers": {"favourable": 21.0},
    }
    return SimpleNamespace(question=question, **plain | given)


def frame(*rows: SimpleNamespace, **asked: Any) -> Any:
    return series.frame(rows, MEANINGS, **asked).set_index("question")


def test_an_empty_series_has_every_column_and_its_type() -> None:
    empty, one = series.frame([], MEANINGS), series.frame([row("a")], MEANINGS)
    assert list(empty.columns) == list(series.COLUMNS)
    assert empty.dtypes.to_dict() == one.dtypes.to_dict()


def test_a_missing_text_is_none_and_a_missing_number_is_missing() -> None:
    reading = frame(row("a", answers={"unfavourable": 70.0})).loc["a"]
    assert (reading.wording, reading.note, reading.source_url) == (None, None, None)
    assert reading.value != reading.value


def test_known_from_is_the_publication_or_else_the_end_of_fieldwork_and_then_assumed() -> None:
    readings = frame(row("told", published=dt.date(2024, 7, 15)), row("untold"))
    assert readings.known_from.dt.date.to_dict() == {"told": dt.date(2024, 7, 15), "untold": dt.date(2024, 1, 31)}
    assert readings.known_from_assumed.to_dict() == {"told": False, "untold": True}


def test_what_was_not_public_by_a_day_is_absent_unless_the_claim_cites_it() -> None:
    rows = [row(name, published=dt.date(2024, 7, 15)) for name in ("cited", "late")] + [row("early")]
    assert set(frame(*rows, known_by=dt.date(2024, 7, 14), cites={"cited"}).index) == {"cited", "early"}
    assert len(frame(*rows, known_by=dt.date(2024, 7, 15))) == 3


def test_readings_come_in_the_order_of_their_last_day() -> None:
    rows = [row("b", field_end=dt.date(2024, 3, 1)), row("c"), row("a")]
    assert list(series.frame(rows, MEANINGS).question) == ["a", "c", "b"]


def test_an_unknown_mode_is_taken_for_the_one_known_mode_of_that_pollster_and_scale() -> None:
    readings = frame(row("a", mode="telephone"), row("b"), row("c", scale="other-four"), row("d", pollster="gallup"))
    assert readings.mode_class.to_dict() == {"a": "telephone", "b": "telephone", "c": "unknown", "d": "unknown"}
    assert readings.instrument_assumed.to_dict() == {"a": False, "b": True, "c": False, "d": False}
    assert readings.instrument["a"] == readings.instrument["b"] != readings.instrument["c"]


def test_an_unknown_mode_stays_unknown_where_two_are_known() -> None:
    readings = frame(row("a", mode="telephone"), row("b", mode="online panel"), row("c"))
    assert readings.mode_class["c"] == "unknown"
    assert readings.instrument.nunique() == 3


def test_an_unknown_text_is_taken_for_the_one_known_text() -> None:
    readings = frame(row("a", wording="Do you like China?"), row("b"))
    assert readings.instrument.nunique() == 1
    assert readings.wording.to_dict() == {"a": "Do you like China?", "b": None}
    assert readings.instrument_assumed["b"]


def test_another_wording_is_another_instrument_and_another_pollster_the_same_wording() -> None:
    readings = frame(
        row("a", wording="Do you like China?"),
        row("b", wording="Do you admire China?"),
        row("c", wording="Do you like China?", pollster="gallup"),
    )
    assert readings.instrument.nunique() == 3
    assert readings.wording_key["a"] == readings.wording_key["c"] != readings.wording_key["b"]


@pytest.mark.parametrize("text", ["your opinion of China?", "Your opinion of  china?", "your opinion of the China?"])
def test_the_subject_is_taken_out_of_the_wording(text: str) -> None:
    other = series.plain_wording("your opinion of the United States?", "United States", "united-states")
    assert series.plain_wording(text, "China", "china") == other == "your opinion of …?"


def test_an_instrument_does_not_depend_on_the_order_of_the_rows() -> None:
    rows = [row("a", wording="Do you like China?", mode="telephone"), row("b"), row("c", scale="other-four")]
    assert frame(*rows).instrument.sort_index().to_dict() == frame(*reversed(rows)).instrument.sort_index().to_dict()


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        ("telephone", "telephone"),
        ("Online panel", "online"),
        ("hybrid telephone and online", "hybrid"),
        ("web and CATI", "hybrid"),
        ("face-to-face interviews", "face-to-face"),
        ("by post", "unknown"),
        (None, "unknown"),
    ],
)
def test_mode_classes(mode: str | None, found: str) -> None:
    assert series.mode_class(mode) == found
    assert found in series.MODE_CLASSES


@pytest.mark.parametrize(
    ("given", "asked", "why_not", "value"),
    [
        ({}, {}, None, 21.0),
        ({"object": "government"}, {}, "rates-government", 21.0),
        ({"object": "leader"}, {}, "rates-leader", 21.0),
        ({}, {"object": "government"}, "rates-country", 21.0),
        ({"answers": {"unfavourable": 70.0}}, {}, "not-given", None),
        ({"answers": {"unfavourable": 70.0}}, {"measure": "negative"}, None, 70.0),
        ({"scale": "ten", "answers": {"mean": 3.1}}, {}, "unknown-ends", 3.1),
        ({"scale": "ten", "answers": {"mean": 3.1}}, {"measure": "mean"}, "unknown-ends", 3.1),
        ({"scale": "ten", "answers": {"mean": 3.1}, "low": 0.0, "high": 10.0}, {"measure": "mean"}, None, 3.1),
        ({"scale": "ten", "answers": {"mean": 3.1}, "low": 0.0, "high": 10.0}, {}, "other-unit", 3.1),
        ({}, {"measure": "mean"}, "other-unit", None),
        ({}, {"pollster": "gallup"}, "other-pollster", 21.0),
    ],
)
def test_why_a_reading_is_not_pooled(
    given: dict[str, Any], asked: dict[str, Any], why_not: str | None, value: float | None
) -> None:
    reading = frame(row("a", **given), **asked).loc["a"]
    assert (reading.why_not, reading.comparable) == (why_not, why_not is None)
    assert reading.value == value or (value is None and reading.value != reading.value)


def test_favourability_pools_wordings_and_another_construct_follows_the_question_asked_most() -> None:
    """Support for a trade deal and for more trade are two questions, however alike their answers are."""
    rows = [row("a"), row("b"), row("c", scale="other-four")]
    assert frame(*rows).comparable.all()
    ties = [SimpleNamespace(**vars(r) | {"construct": "closer-ties"}) for r in rows]
    assert frame(*ties).why_not.to_dict() == {"a": None, "b": None, "c": "other-question"}


def test_of_different_questions_the_one_asked_near_the_dates_in_question_is_followed() -> None:
    old = {"construct": "closer-ties", "field_start": dt.date(2012, 1, 1), "field_end": dt.date(2012, 1, 31)}
    rows = [row("a", **old), row("b", **old), row("c", construct="closer-ties", scale="other-four")]
    assert frame(*rows, near=[dt.date(2024, 6, 1)]).why_not.to_dict() == {
        "a": "other-question",
        "b": "other-question",
        "c": None,
    }


def test_what_keeps_two_readings_from_sharing_a_line() -> None:
    a, b = frame(row("a", mode="telephone"), row("b", mode="online panel")).itertuples()
    assert series.why_not_joined(a, b) == ["mode: telephone / online"]
    assert series.why_not_joined(a, a) == []
    x, y = frame(row("x", wording="Do you like China?"), row("y", wording="Do you admire China?")).itertuples()
    assert series.why_not_joined(x, y) == ["wording"]


def test_every_reason_has_a_sentence() -> None:
    assert all(series.explain(code).endswith(".") for code in series.WHY_NOT)


def test_canadians_on_china(record: Store) -> None:
    readings = series.read(record, "ca-adults", "china").set_index("question")
    assert len(readings) == 44
    pew = readings.loc["pew-2025-ca-china"]
    assert (pew.value, pew.mode_class, str(pew.known_from.date())) == (34, "telephone", "2025-07-15")
    research_co = readings.loc["research-co-2025-china"]
    assert (str(research_co.known_from.date()), research_co.known_from_assumed) == ("2025-12-31", True)
    abacus = readings.loc["abacus-2024-china-rating"]
    assert (abacus.value, abacus.unit, abacus.why_not) == (3.1, "points", "unknown-ends")
    assert readings.why_not["nanos-2019-07-china-government"] == "rates-government"


def test_the_record_holds_nothing_that_cannot_be_read(record: Store) -> None:
    for choice in record.choices():
        readings = series.read(record, choice.population, choice.subject, choice.construct, object=choice.object)
        assert set(readings.why_not.dropna()) <= set(series.WHY_NOT)
        assert readings.value[readings.comparable].notna().all()
