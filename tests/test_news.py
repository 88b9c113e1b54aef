"""What the public is told of: polls that became public, and changes of what was public by then."""

from decimal import Decimal

from tracker.models import Answer, Claim, Disclosure, Poll, Question
from tracker.store import Store, columns

PEW = "pew-research-center-2025-01-08-ca-adults"
ASKED = "pew-2025-ca-china"


def set_status(store: Store, poll: str, status: str) -> None:
    with store.writing("editor") as session:
        session.get(Poll, poll).status = status


def raise_answer(store: Store, why: str | None = None) -> None:
    with store.writing("editor", why, "correction") as session:
        session.get(Answer, (ASKED, "favourable")).value += 1


def told(store: Store, poll: str | None = None) -> list[tuple[str, str, str | None]]:
    return [(owner, row.action, row.why) for owner, row in store.changes(50, poll)]


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
    assert PEW not in {poll.poll for poll in record_copy.public_polls()}


def test_a_draft_is_news_from_its_publication_on(record_copy: Store) -> None:
    set_status(record_copy, PEW, "draft")
    raise_answer(record_copy)
    with record_copy.writing("editor") as session:
        session.get(Poll, PEW).status = "published"
        session.get(Question, ASKED).note = "written while publishing"
    assert told(record_copy) == []
    newest = record_copy.public_polls(1)[0]
    assert (newest.poll, newest.number) == (PEW, record_copy.newest())
    raise_answer(record_copy, "misread")
    assert told(record_copy) == [(PEW, "update", "misread")]


def test_what_a_poll_was_while_it_was_a_draft_is_in_no_table_once_it_is_published(record_copy: Store) -> None:
    set_status(record_copy, PEW, "draft")
    before = record_copy.newest()
    with record_copy.writing("editor") as session:
        session.get(Poll, PEW).note = "a secret of the draft"
        session.get(Question, ASKED).note = "a secret of the draft"
        session.get(Answer, (ASKED, "favourable")).value = Decimal("99.9")
        session.add(Disclosure(poll=PEW, item="funder", value="a secret of the draft"))
    with record_copy.writing("editor") as session:
        session.get(Poll, PEW).note = None
        session.get(Question, ASKED).note = None
        session.get(Answer, (ASKED, "favourable")).value = Decimal("34")
        session.delete(session.get(Disclosure, (PEW, "funder")))
    set_status(record_copy, PEW, "published")
    raise_answer(record_copy, "misread")
    columns, rows = record_copy.table("revisions")
    names = [column.name for column in columns]
    public = [dict(zip(names, row, strict=True)) for row in rows if row[0] > before]
    assert [row["number"] for row in public] == [record_copy.newest() - 1, record_copy.newest()]
    assert "secret" not in str(public) and "99.9" not in str(public)


def test_a_withdrawn_poll_is_told_of_and_no_longer_new(record_copy: Store) -> None:
    set_status(record_copy, PEW, "withdrawn")
    assert told(record_copy) == [(PEW, "update", None)]
    assert PEW not in {poll.poll for poll in record_copy.public_polls()}


def test_a_public_poll_that_is_taken_out_is_told_of_and_a_draft_is_not(record_copy: Store) -> None:
    for status in ("published", "draft"):
        with record_copy.writing("editor") as session:
            old = session.get(Poll, PEW)
            cells = {name: getattr(old, name) for name in columns(Poll)}
            session.add(Poll(**cells | {"id": f"one-{status}", "status": status}))
        with record_copy.writing("editor") as session:
            session.delete(session.get(Poll, f"one-{status}"))
    assert told(record_copy) == [("one-published", "delete", None)]


def test_what_a_correction_adds_and_takes_out_is_told_and_what_came_with_the_poll_is_not(record_copy: Store) -> None:
    with record_copy.writing("editor", "a new poll") as session:
        old = session.get(Poll, PEW)
        session.add(Poll(**{name: getattr(old, name) for name in columns(Poll)} | {"id": "new"}))
        asked = session.get(Question, ASKED)
        cells = {name: getattr(asked, name) for name in columns(Question)}
        session.add(Question(**cells | {"id": "asked", "poll": "new"}))
        session.add(Answer(question="asked", response="favourable", value=Decimal(40), unit="percent"))
    assert told(record_copy) == []
    with record_copy.writing("editor", "it was asked too") as session:
        session.add(Disclosure(poll="new", item="funder", value="nobody"))
        session.add(Answer(question="asked", response="unfavourable", value=Decimal(50), unit="percent"))
    with record_copy.writing("editor", "it was never asked") as session:
        for answer in session.query(Answer).filter_by(question="asked"):
            session.delete(answer)
        session.delete(session.get(Question, "asked"))
    made = [("new", "delete", "it was never asked")] * 3 + [("new", "insert", "it was asked too")] * 2
    assert told(record_copy) == told(record_copy, "new") == made
    assert [line.action for line in record_copy.history("new")] == ["insert"] * 5 + ["delete"] * 3


def public(store: Store) -> set[int]:
    """The numbers of the revisions that everybody can read."""
    return {row[0] for row in store.table("revisions")[1]}


def test_public_revisions_never_show_what_was_never_published(record_copy: Store) -> None:
    before, last = public(record_copy), record_copy.newest()
    with record_copy.writing("editor", "half entered") as session:
        old, asked = session.get(Poll, PEW), session.get(Question, ASKED)
        poll = {name: getattr(old, name) for name in columns(Poll)} | {"id": "half", "status": "draft"}
        question = {name: getattr(asked, name) for name in columns(Question)} | {"id": "half-asked", "poll": "half"}
        answer = {"question": "half-asked", "response": "favourable", "value": Decimal(40), "unit": "percent"}
        for kind, row in ((Poll, poll), (Question, question), (Answer, answer)):
            record_copy.insert(session, kind, [row])
        session.add(Disclosure(poll="half", item="funder", value="somebody secret"))
    assert public(record_copy) == before and record_copy.newest() == last + 4
    with record_copy.writing("editor") as session:
        session.get(Answer, ("half-asked", "favourable")).value += 1
    rows = {Disclosure: ("half", "funder"), Answer: ("half-asked", "favourable"), Question: "half-asked", Poll: "half"}
    for kind, key in rows.items():
        with record_copy.writing("editor", "thrown away") as session:
            session.delete(session.get(kind, key))
    assert public(record_copy) == before and record_copy.newest() == last + 9
    with record_copy.writing("editor", "published") as session:
        session.add(Poll(**poll | {"id": "whole", "status": "published"}))
    with record_copy.writing("editor", "taken out") as session:
        session.delete(session.get(Poll, "whole"))
    assert public(record_copy) == before | {last + 10, last + 11}
