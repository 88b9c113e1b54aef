"""What was submitted is stored by a second person, as it was submitted, or not at all."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.submissions import ASKED, HEADER, NEW, PEW, corrected, favourable, person, poll, sheet, submitted
from tracker import accounts, intake
from tracker.models import Claim, Contributor, Poll, Question, Revision
from tracker.store import Store

CLAIM = "wang-di-2025-04-opinion-shifting"
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def nan(record_copy: Store) -> Any:
    """Somebody of a pollster."""
    return person(record_copy, "nan", "pollster", "nanos-research")


@pytest.fixture
def ed(record_copy: Store) -> Any:
    """An editor."""
    return person(record_copy, "ed")


def exported(store: Store, folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in intake.write_folder(store, folder)}


def test_a_poll_is_stored_under_the_names_of_both(record_copy: Store, nan: Any, ed: Any) -> None:
    number = submitted(record_copy, nan, poll(), why="the September wave")
    assert not record_copy.find(Poll, id=NEW)
    found = intake.approve(record_copy, ed, number, "thank you")
    assert (found.status, found.row) == ("stored", NEW)
    made = record_copy.history(NEW)[-1]
    assert (made.who, made.approved_by, made.why, made.origin) == ("Nan", "Ed", "the September wave", "form")
    held = accounts.draft(record_copy, number)
    assert held and (held.status, held.row, held.batch, held.comment) == ("stored", NEW, made.batch, "thank you")
    with pytest.raises(accounts.Stale):
        intake.approve(record_copy, ed, number)


def test_what_a_correction_changes_is_seen_before_it_is_stored_and_told_after(
    record_copy: Store, nan: Any, ed: Any
) -> None:
    number = submitted(record_copy, person(record_copy, "two"), corrected(record_copy, "35"), PEW, why="misread")
    draft = accounts.draft(record_copy, number)
    before = favourable(record_copy)
    assert draft and [tuple(change) for change in intake.difference(record_copy, draft)] == [
        ("answers", f"{ASKED}/favourable", "value", before, "35")
    ]
    intake.approve(record_copy, ed, number)
    (change,) = record_copy.find(Revision, number=record_copy.newest())
    assert (change.action, change.origin, change.who, change.approved_by) == ("update", "correction", "Two", "Ed")
    assert (change.before["value"], change.after["value"], change.why) == (before, "35", "misread")


def test_a_question_that_a_correction_leaves_out_is_taken_out_with_its_answers(record_copy: Store, ed: Any) -> None:
    record_copy.find(Question, poll=PEW)
    fields = intake.fields_of(record_copy, PEW)
    extra = {"subject": "india", "construct": "favourability", "scale": "favourable-unfavourable-4"}
    more = fields | {"questions": [*fields["questions"], extra | {"answers": {"favourable": "20"}}]}
    two = person(record_copy, "two")
    intake.approve(record_copy, ed, submitted(record_copy, two, more, PEW, why="asked too"))
    assert len(record_copy.find(Question, poll=PEW)) == len(fields["questions"]) + 1
    intake.approve(record_copy, ed, submitted(record_copy, two, fields, PEW, why="it was not asked"))
    assert intake.fields_of(record_copy, PEW) == fields


def test_a_correction_of_what_somebody_else_has_corrected_is_refused(record_copy: Store, ed: Any) -> None:
    one, two = (person(record_copy, name) for name in ("one", "two"))
    first = submitted(record_copy, one, corrected(record_copy, "35"), PEW, why="misread")
    second = submitted(record_copy, two, corrected(record_copy, "36"), PEW, why="misread")
    assert intake.approve(record_copy, ed, first).status == "stored"
    found = intake.approve(record_copy, ed, second)
    assert found.status == "submitted" and found.batch is None
    (problem,) = found.problems
    assert problem.file == f"answers/{ASKED}/favourable"
    assert "One changed it" in problem.wrong and '"35"' in problem.wrong and '"36"' in problem.wrong
    assert favourable(record_copy) == "35"


def test_a_correction_needs_a_reason_and_a_change(record_copy: Store, ed: Any) -> None:
    two = person(record_copy, "two")
    unsaid = intake.approve(record_copy, ed, submitted(record_copy, two, corrected(record_copy, "35"), PEW))
    assert [problem.column for problem in unsaid.problems] == ["why"]
    same = submitted(record_copy, two, intake.fields_of(record_copy, PEW), PEW, why="looked at it again")
    assert "on record already" in intake.approve(record_copy, ed, same).problems[-1].wrong


def test_a_reason_gives_nobody_s_address_away(record_copy: Store) -> None:
    two = person(record_copy, "two")
    with pytest.raises(accounts.AccountError, match="leave the e-mail address out"):
        submitted(record_copy, two, corrected(record_copy, "35"), PEW, why="ann@example.org wrote to us")
    assert accounts.queue(record_copy) == []


def test_errors_block_and_nothing_is_stored(record_copy: Store, nan: Any, ed: Any) -> None:
    number = submitted(record_copy, nan, poll(field_end="2026-08-01"))
    before = record_copy.newest()
    assert "field_end" in {problem.column for problem in intake.approve(record_copy, ed, number).problems}
    assert record_copy.newest() == before
    assert accounts.draft(record_copy, number).status == "submitted"  # type: ignore[union-attr]


def test_nobody_approves_their_own_unless_the_installation_lets_them(record_copy: Store, ed: Any) -> None:
    number = submitted(record_copy, ed, poll())
    with pytest.raises(accounts.NotAllowed, match="entered themselves"):
        intake.approve(record_copy, ed, number)
    assert not record_copy.find(Poll, id=NEW)
    assert intake.approve(record_copy, ed, number, own=True).status == "stored"
    made = record_copy.history(NEW)[-1]
    assert made.who == made.approved_by == "Ed"


def test_a_pollster_approves_nothing(record_copy: Store, nan: Any, ed: Any) -> None:
    number = submitted(record_copy, ed, poll())
    for own in (False, True):
        with pytest.raises(accounts.NotAllowed, match="editor or an administrator"):
            intake.approve(record_copy, nan, number, own=own)


def test_whoever_was_removed_has_nothing_approved(record_copy: Store, nan: Any, ed: Any) -> None:
    number = submitted(record_copy, nan, poll())
    with pytest.raises(accounts.AccountError, match="settle them first"):
        accounts.remove(record_copy, nan.email)
    accounts.give_back(record_copy, ed, number, "somebody else will enter it")
    accounts.remove(record_copy, nan.email)
    with pytest.raises(accounts.Stale):
        intake.approve(record_copy, ed, number)
    assert not record_copy.find(Poll, id=NEW)


def test_rights_are_those_of_the_day_of_approval(record_copy: Store, nan: Any, ed: Any) -> None:
    number = submitted(record_copy, nan, poll())
    with record_copy.writing("test") as session:
        session.get_one(Contributor, nan.id).pollster = "leger"
    with pytest.raises(accounts.NotAllowed, match="polls of leger only"):
        intake.approve(record_copy, ed, number)
    assert not record_copy.find(Poll, id=NEW)
    assert accounts.draft(record_copy, number).status == "submitted"  # type: ignore[union-attr]


def test_an_embargo_holds_until_its_day(record_copy: Store, nan: Any, ed: Any) -> None:
    day = dt.date.today() + dt.timedelta(days=30)
    fields = poll()
    fields["questions"][0]["published"] = day.isoformat()
    early = submitted(record_copy, nan, fields)
    assert "embargo" in intake.approve(record_copy, ed, early).problems[0].remedy
    accounts.drop_draft(record_copy, nan, early)
    number, before = submitted(record_copy, nan, fields, embargo=day), record_copy.newest()
    assert intake.approve(record_copy, ed, number).status == "approved"
    assert intake.lift(record_copy, day - dt.timedelta(days=1)) == []
    assert record_copy.newest() == before and not record_copy.find(Poll, id=NEW)
    (lifted,) = intake.lift(record_copy, day)
    assert (lifted.status, lifted.row) == ("stored", NEW)
    made = record_copy.history(NEW)[-1]
    assert (made.who, made.approved_by) == ("Nan", "Ed")
    assert intake.lift(record_copy, day) == []


@pytest.mark.parametrize("gone", ["approver", "right"])
def test_what_can_no_longer_be_stored_on_its_day_goes_back_to_the_editors(
    record_copy: Store, nan: Any, ed: Any, gone: str
) -> None:
    number = submitted(record_copy, nan, poll(), embargo=TODAY + dt.timedelta(days=1))
    intake.approve(record_copy, ed, number, today=TODAY)
    if gone == "approver":
        accounts.remove(record_copy, ed.email)
    else:
        with record_copy.writing("test") as session:
            session.get_one(Contributor, nan.id).pollster = "leger"
    assert [found.status for found in intake.lift(record_copy, TODAY + dt.timedelta(days=1))] == ["submitted"]
    (draft,) = accounts.queue(record_copy)
    assert draft.id == number and draft.comment
    assert not record_copy.find(Poll, id=NEW)


def test_a_withdrawn_poll_keeps_its_page_and_leaves_the_trends(record_copy: Store, ed: Any) -> None:
    before = len(record_copy.questions("ca-adults", "china", "favourability"))
    fields = intake.fields_of(record_copy, PEW) | {"status": "withdrawn"}
    intake.approve(record_copy, ed, submitted(record_copy, person(record_copy, "two"), fields, PEW, why="retracted"))
    assert record_copy.poll(PEW)[0].status == "withdrawn"  # type: ignore[index]
    assert len(record_copy.questions("ca-adults", "china", "favourability")) == before - 1


def test_a_claim_is_approved_like_a_poll(record_copy: Store, ed: Any) -> None:
    fields = intake.entry_fields(record_copy, "claim", CLAIM) | {"note": "checked"}
    two = person(record_copy, "two")
    found = intake.approve(record_copy, ed, submitted(record_copy, two, fields, CLAIM, "claim", "checked"))
    assert (found.status, found.row) == ("stored", CLAIM)
    assert record_copy.entity(Claim, CLAIM).note == "checked"  # type: ignore[union-attr]


def test_a_sheet_of_2000_polls_is_approved_and_undone_without_a_trace(
    record_copy: Store, ed: Any, tmp_path: Path
) -> None:
    before = exported(record_copy, tmp_path / "before")
    number = submitted(record_copy, person(record_copy, "two"), sheet(record_copy, 2000), kind="sheet")
    found = intake.approve(record_copy, ed, number)
    assert found.status == "stored" and found.batch
    made = record_copy.find(Revision, batch=found.batch)
    assert {(row.who, row.approved_by, row.origin) for row in made} == {("Two", "Ed", "upload")}
    assert len(record_copy.every(Poll)) > 2000
    accounts.undo(record_copy, ed, found.batch)
    assert exported(record_copy, tmp_path / "after") == before


def test_a_sheet_takes_back_nobody_s_correction(record_copy: Store, ed: Any) -> None:
    two = person(record_copy, "two")
    intake.approve(record_copy, ed, submitted(record_copy, two, sheet(record_copy, 1), kind="sheet"))
    lines = "Leger,1960-01-01,1960-01-01,1000,Canadian adults,India,favourable-unfavourable-4,{},45"
    reads = [
        intake.packed(intake.read_sheet(record_copy, f"{HEADER}\n{lines.format(value)}".encode(), "a.csv").record)
        for value in (35, 36)
    ]
    first, second = (submitted(record_copy, two, fields, kind="sheet", why="corrected") for fields in reads)
    assert intake.approve(record_copy, ed, first).status == "stored"
    found = intake.approve(record_copy, ed, second)
    assert found.status == "submitted" and "Two changed it" in found.problems[-1].wrong
