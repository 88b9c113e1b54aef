"""What the public is told of: polls that became public, and changes of what was public by then."""

import datetime as dt

from tracker.models import Answer, Claim, Poll, Question
from tracker.store import Store, columns

PEW = "pew-research-center-2025-01-08-ca-adults"
TODAY = dt.date(2026, 11, 22)
ASKED = "pew-2025-ca-china"


def set_status(store: Store, poll: str, status: str) -> None:
    with store.writing("editor") as session:
        session.get(Poll, poll).status = status


def raise_answer(store: Store, why: str | None = None) -> None:
    with store.writing("editor", why, "correction") as session:
        session.get(Answer, (ASKED, "favourable")).value += 1


def told(store: Store, poll: str | None = None) -> list[tuple[str, str, str | None]]:
    return [(owner, row.action, row.why) for owner, row in store.changes(TODAY, 50, poll)]


def test_a_correction_is_told_with_the_poll_that_it_belongs_to(record_copy: Store) -> None:
    raise_answer(record_copy, "misread")
    with record_copy.writing("editor") as session:
        session.get(Claim, "wang-di-2025-04-opinion-shifting").note = "checked"
    assert told(record_copy) == [("wang-di-2025-04-opinion-shifting", "update", None), (PEW, "update", "misread")]
    assert told(record_copy, PEW) == [(PEW, "update", "misread")]
    assert told(record_copy, "gallup-2025-02-03-us-adults") == []


def test_what_happens_to_a_draft_is_told_to_nobody(record_copy: Store) -> None:
    set_status(record_copy, PEW, "draft")
    raise_answer(record_copy)
    assert told(record_copy) == []
    assert PEW not in {poll.poll for poll in record_copy.public_polls(TODAY)}


def test_a_draft_is_news_from_its_publication_on(record_copy: Store) -> None:
    set_status(record_copy, PEW, "draft")
    raise_answer(record_copy)
    with record_copy.writing("editor") as session:
        session.get(Poll, PEW).status = "published"
        session.get(Question, ASKED).note = "written while publishing"
    assert told(record_copy) == []
    newest = record_copy.public_polls(TODAY, 1)[0]
    assert (newest.poll, newest.number) == (PEW, record_copy.newest())
    raise_answer(record_copy, "misread")
    assert told(record_copy) == [(PEW, "update", "misread")]


def test_a_withdrawn_poll_is_told_of_and_no_longer_new(record_copy: Store) -> None:
    set_status(record_copy, PEW, "withdrawn")
    assert told(record_copy) == [(PEW, "update", None)]
    assert PEW not in {poll.poll for poll in record_copy.public_polls(TODAY)}


def test_a_public_poll_that_is_taken_out_is_told_of_and_a_draft_is_not(record_copy: Store) -> None:
    for status in ("published", "draft"):
        with record_copy.writing("editor") as session:
            old = session.get(Poll, PEW)
            cells = {name: getattr(old, name) for name in columns(Poll)}
            session.add(Poll(**cells | {"id": f"one-{status}", "status": status}))
        with record_copy.writing("editor") as session:
            session.delete(session.get(Poll, f"one-{status}"))
    assert told(record_copy) == [("one-published", "delete", None)]


def test_a_poll_under_embargo_is_nobody_s_news_before_its_day(record_copy: Store) -> None:
    with record_copy.writing("editor") as session:
        for question in session.query(Question).filter_by(poll=PEW):
            question.published = dt.date(2026, 12, 1)
    assert told(record_copy) == [] and not record_copy.public_polls(TODAY, poll=PEW)
    out = record_copy.public_polls(dt.date(2026, 12, 1), poll=PEW)
    assert [poll.poll for poll in out] == [PEW]
    assert {owner for owner, _row in record_copy.changes(dt.date(2026, 12, 1), 50)} == {PEW}
