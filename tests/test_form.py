"""A poll as its form holds it: what is asked of whoever enters one, and a poll on record as a form again."""

from decimal import Decimal
from typing import Any

import pytest

from tracker import accounts, intake, store
from tracker.models import Answer, Disclosure, Poll, Question, Response, Scale
from tracker.store import Store

PEW = "pew-research-center-2025-01-08-ca-adults"


def form(**changes: Any) -> dict[str, Any]:
    """A poll as somebody fills it in."""
    question = {"subject": "china", "construct": "favourability", "scale": "friend-enemy", "answers": {"friend": "41"}}
    poll = {"pollster": "nanos-research", "population": "ca-adults", "sample_type": "probability"}
    return poll | {"field_start": "2026-09-01", "field_end": "2026-09-04", "questions": [question]} | changes


def problems(data: dict[str, Any], record: Store, row: str | None = None) -> list[tuple[str, str]]:
    """The place and the wrong of everything that is wrong with a form."""
    return [(each.column, each.wrong) for each in intake.read_form(data, intake.known(record), row)[1]]


def enter(record: Store, data: dict[str, Any]) -> str:
    """Store a poll, with what its source discloses."""
    entities, found = intake.read_form(data, intake.known(record))
    assert found == []
    with record.writing("Test") as session:
        session.add_all(entities)
    return next(each.id for each in entities if isinstance(each, Poll))


def test_every_poll_on_record_is_the_form_that_makes_it(record: Store) -> None:
    known = intake.known(record)
    for poll in record.every(Poll)[::40]:
        entities, found = intake.read_form(intake.fields_of(record, poll.id), known, poll.id)
        assert [each for each in found if each.severity == "error"] == [], poll.id
        questions = record.find(Question, poll=poll.id)
        held = [poll, *questions, *(row for each in questions for row in record.find(Answer, question=each.id))]
        kinds = [Poll, *[Question] * len(questions), *[Answer] * (len(held) - 1 - len(questions))]
        assert {(type(row), store.row_id(row, type(row)), str(store.cells(type(row), row))) for row in entities} == {
            (kind, store.row_id(row, kind), str(store.cells(kind, row))) for kind, row in zip(kinds, held, strict=True)
        }
    with pytest.raises(LookupError):
        intake.fields_of(record, "nobody")


def test_a_poll_that_is_corrected_is_no_duplicate_of_itself(record: Store) -> None:
    fields = intake.fields_of(record, PEW)
    assert problems(fields, record, PEW) == []
    entities, _found = intake.read_form(fields | {"field_start": "2025-01-09"}, intake.known(record), PEW)
    assert [each.id for each in entities if isinstance(each, Poll)] == [PEW]
    places = [place for place, _wrong in problems({**fields, "sample_type": "probability"}, record)]
    assert places == ["field_start"]


def test_a_question_added_to_a_poll_gets_an_id_of_its_own(record: Store) -> None:
    fields = intake.fields_of(record, PEW)
    new = {**fields["questions"][0], "id": None}
    entities, _found = intake.read_form({**fields, "questions": [*fields["questions"], new]}, intake.known(record), PEW)
    ids = [each.id for each in entities if isinstance(each, Question)]
    assert len(set(ids)) == len(fields["questions"]) + 1


def test_whoever_enters_a_poll_says_how_its_sample_came_about_or_that_nobody_does(record: Store) -> None:
    assert problems(form(sample_type=""), record) == [("sample_type", "is blank")]
    assert problems(form(sample_type="", disclosures={"sample_type": "not disclosed"}), record) == []


def test_what_the_source_discloses_is_stored_and_each_slip_has_its_place(record_copy: Store) -> None:
    said = {"funder": "not disclosed", "weighted": "maybe", "n_refused": "", "shoe_size": "44", "mode": "web"}
    assert [place for place, _wrong in problems(form(disclosures=said), record_copy)] == [
        "disclosures.weighted",
        "disclosures.shoe_size",
        "disclosures.mode",
    ]
    said = {"funder": "not disclosed", "weighted": "no", "n_refused": ""}
    poll = enter(record_copy, form(disclosures=said))
    assert [(row.item, row.value) for row in record_copy.find(Disclosure, poll=poll)] == [
        ("funder", "not disclosed"),
        ("weighted", "no"),
    ]
    assert intake.fields_of(record_copy, poll)["disclosures"] == {"funder": "not disclosed", "weighted": "no"}


def test_those_who_do_not_know_have_a_row_on_every_scale(record_copy: Store) -> None:
    question = {**form()["questions"][0], "answers": {"friend": "41", "enemy": "38", "dont-know": "21"}}
    enter(record_copy, form(questions=[question, {**question, "subject": "united-states"}]))
    unsure = record_copy.find(Response, scale="friend-enemy", polarity="unsure")
    assert [(row.response, row.position, row.name) for row in unsure] == [("dont-know", 3, "Don't know")]
    later = form(questions=[question], field_start="2026-10-01", field_end="2026-10-03")
    enter(record_copy, later)
    assert len(record_copy.find(Response, scale="friend-enemy", polarity="unsure")) == 1


def test_a_rating_says_where_its_scale_ends(record_copy: Store) -> None:
    rating = {**form()["questions"][0], "scale": "numeric", "low": "0", "high": "10", "answers": {"mean": "3.1"}}
    assert problems(form(questions=[{**rating, "high": ""}]), record_copy) == [("questions.1.high", "is blank")]
    assert "is not below" in problems(form(questions=[{**rating, "low": "11"}]), record_copy)[0][1]
    assert "outside 0 to 10" in problems(form(questions=[{**rating, "answers": {"mean": "31"}}]), record_copy)[0][1]
    enter(record_copy, form(questions=[rating, {**rating, "subject": "united-states"}]))
    (scale,) = record_copy.find(Scale, id="rating-0-to-10")
    assert (scale.name, scale.low, scale.high) == ("Rating, 0 to 10", Decimal(0), Decimal(10))
    assert [row.scale for row in record_copy.find(Question, scale="rating-0-to-10")] == ["rating-0-to-10"] * 2
    assert problems(form(questions=[rating], field_start="2026-10-01", field_end="2026-10-03"), record_copy) == []


def test_a_pollster_brings_a_new_scale_and_changes_none(record_copy: Store) -> None:
    accounts.add(record_copy, "p@example.org", "P", "pollster", "nanos-research")
    accounts.add(record_copy, "e@example.org", "E", "editor")
    pollster, editor = accounts.everyone(record_copy)
    with accounts.writing(record_copy, pollster, approver=editor) as session:
        session.add(Response(scale="friend-enemy", response="dont-know", position=3, polarity="unsure", name="?"))
    for change in ("name", "delete"):
        with (
            pytest.raises(accounts.NotAllowed),
            accounts.writing(record_copy, pollster, approver=editor) as session,
        ):
            held = session.get_one(Response, ("friend-enemy", "friend"))
            session.delete(held) if change == "delete" else setattr(held, "name", "Foe")


def test_the_same_as_last_time_has_the_questions_and_none_of_the_figures(record: Store) -> None:
    last = intake.last_poll(record, "pew-research-center", "ca-adults")
    assert last == PEW
    fields = intake.again(intake.fields_of(record, last))
    assert set(fields) == {"pollster", "population", "population_label", "mode", "disclosures", "questions"}
    assert {"subject", "construct", "object", "scale", "wording", "language"} >= set(fields["questions"][0])
    assert intake.last_poll(record, "nobody") is None
