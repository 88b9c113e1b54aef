"""Who gets in, who does not, and what each may write."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest

from tracker import accounts
from tracker.accounts import AccountError, LinkRefused, NotAllowed
from tracker.models import Answer, Claim, Contributor, Poll, Pollster, Question, Subject, Token
from tracker.store import Store

#: a poll of the record by another pollster than the one who asks
THEIRS = "leger"
OURS = "nanos-research"


def poll(pollster: str) -> Poll:
    return Poll(
        id=f"{pollster}-2026-01-02-ca-adults",
        pollster=pollster,
        population="ca-adults",
        population_label="Canadian adults",
        field_start=dt.date(2026, 1, 2),
        field_end=dt.date(2026, 1, 4),
        date_precision="day",
        status="published",
    )


def question(poll: str, name: str = "new-question") -> Question:
    return Question(
        id=name,
        poll=poll,
        subject="china",
        construct="favourability",
        object="country",
        scale="favourable-unfavourable-4",
        provenance="primary",
    )


@pytest.fixture
def editor(store: Store):  # type: ignore[no-untyped-def]
    accounts.add(store, "Editor@Example.org ", "E. Ditor", "editor")
    return accounts.named(store, "editor@example.org")


def test_a_link_signs_in_once(store: Store, editor: Contributor) -> None:
    token = accounts.link(store, "EDITOR@example.org")
    cookie = accounts.sign_in(store, token)
    who = accounts.contributor(store, cookie)
    assert who is not None and (who.public_name, who.role) == ("E. Ditor", "editor")
    with pytest.raises(LinkRefused):
        accounts.sign_in(store, token)


def test_only_hashes_are_stored(store: Store, editor: Contributor) -> None:
    token = accounts.link(store, editor.email)
    assert [row.hash for row in store.every(Token)] == [hashlib.sha256(token.encode()).hexdigest()]
    cookie = accounts.sign_in(store, token)
    assert [(row.kind, row.hash) for row in store.every(Token)] == [
        ("session", hashlib.sha256(cookie.encode()).hexdigest())
    ]


@pytest.mark.parametrize("token", ["", "never-issued", "é"])
def test_a_made_up_link_is_refused(store: Store, token: str) -> None:
    with pytest.raises(LinkRefused):
        accounts.sign_in(store, token)


def test_an_expired_link_is_refused(store: Store, editor: Contributor) -> None:
    with pytest.raises(LinkRefused):
        accounts.sign_in(store, accounts.link(store, editor.email, minutes=0))


def test_a_session_ends_when_it_expires(store: Store, editor: Contributor) -> None:
    cookie = accounts.sign_in(store, accounts.link(store, editor.email))
    with store.writing("test") as session:
        session.get(Token, hashlib.sha256(cookie.encode()).hexdigest()).expires = dt.datetime(2020, 1, 1)
    assert accounts.contributor(store, cookie) is None


def test_a_link_is_no_cookie_and_a_cookie_no_link(store: Store, editor: Contributor) -> None:
    token = accounts.link(store, editor.email)
    assert accounts.contributor(store, token) is None
    cookie = accounts.sign_in(store, token)
    with pytest.raises(LinkRefused):
        accounts.sign_in(store, cookie)


@pytest.mark.parametrize("cookie", [None, "", "forged"])
def test_a_forged_cookie_is_nobodys(store: Store, editor: Contributor, cookie: str | None) -> None:
    assert accounts.contributor(store, cookie) is None


def test_signing_out_ends_one_session_or_all(store: Store, editor: Contributor) -> None:
    one, two, three = (accounts.sign_in(store, accounts.link(store, editor.email)) for _ in range(3))
    accounts.sign_out(store, one)
    assert [accounts.contributor(store, cookie) is None for cookie in (one, two, three)] == [True, False, False]
    accounts.sign_out(store, two, everywhere=True)
    assert accounts.contributor(store, three) is None
    accounts.sign_out(store, "forged", everywhere=True)


def test_who_is_removed_is_signed_out_and_may_not_write(store: Store, editor: Contributor) -> None:
    cookie = accounts.sign_in(store, accounts.link(store, editor.email))
    accounts.remove(store, editor.email)
    assert accounts.contributor(store, cookie) is None and not store.every(Token)
    with pytest.raises(NotAllowed), accounts.writing(store, editor):
        pass


def test_an_operator_is_made_once_and_not_again_after_removal(store: Store, editor: Contributor) -> None:
    assert accounts.operator(store) is None
    accounts.remove(store, editor.email)
    made = accounts.operator(store)
    assert made is not None and made.role == "administrator"
    assert accounts.operator(store) == made
    assert len(accounts.everyone(store)) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("nobody", "N", "editor", None), "no e-mail address"),
        (("new@example.org", "N", "owner", None), "no role"),
        (("new@example.org", "N", "pollster", None), "id of a pollster"),
        (("new@example.org", "N", "editor", OURS), "id of a pollster"),
        (("new@example.org", "N", "pollster", "nobody-knows"), "No pollster"),
        (("EDITOR@example.org", "N", "editor", None), "already"),
    ],
)
def test_a_contributor_who_could_not_work_is_refused(
    store: Store, editor: Contributor, given: tuple[str, str, str, str | None], told: str
) -> None:
    with pytest.raises(AccountError, match=told):
        accounts.add(store, *given)
    assert len(accounts.everyone(store)) == 1


@pytest.fixture
def pollster(record_copy: Store):  # type: ignore[no-untyped-def]
    accounts.add(record_copy, "assistant@example.org", "A. Ssistant", "pollster", OURS)
    return accounts.named(record_copy, "assistant@example.org")


@pytest.fixture
def approver(record_copy: Store):  # type: ignore[no-untyped-def]
    accounts.add(record_copy, "chief@example.org", "C. Hief", "editor")
    return accounts.named(record_copy, "chief@example.org")


def test_a_pollster_enters_a_poll_of_its_own(record_copy: Store, pollster: Contributor, approver: Contributor) -> None:
    mine = poll(OURS)
    with accounts.writing(record_copy, pollster, why="new wave", approver=approver) as session:
        session.add_all(
            [
                question(mine.id),
                mine,
                Answer(question="new-question", response="favourable", value=Decimal(34), unit="percent"),
            ]
        )
    last = record_copy.history("new-question/favourable")[-1]
    assert (last.who, last.why, last.origin) == ("A. Ssistant", "new wave", "form")


def another_pollsters_poll(session):  # type: ignore[no-untyped-def]
    session.add(poll(THEIRS))


def an_answer_to_anothers_question(session):  # type: ignore[no-untyped-def]
    theirs = session.query(Question).join(Poll, Poll.id == Question.poll).where(Poll.pollster != OURS).first()
    session.add(Answer(question=theirs.id, response="invented", value=Decimal(1), unit="percent"))


def a_value_in_anothers_poll(session):  # type: ignore[no-untyped-def]
    found = session.query(Answer).join(Question, Question.id == Answer.question).join(Poll, Poll.id == Question.poll)
    found.where(Poll.pollster != OURS).first().value = Decimal(99)


def taking_over_anothers_poll(session):  # type: ignore[no-untyped-def]
    session.query(Poll).where(Poll.pollster != OURS).first().pollster = OURS


def giving_a_poll_away(session):  # type: ignore[no-untyped-def]
    session.query(Poll).where(Poll.pollster == OURS).first().pollster = THEIRS


def moving_anothers_question_here(session):  # type: ignore[no-untyped-def]
    theirs = session.query(Question).join(Poll, Poll.id == Question.poll).where(Poll.pollster != OURS).first()
    theirs.poll = session.query(Poll).where(Poll.pollster == OURS).first().id


def deleting_anothers_question(session):  # type: ignore[no-untyped-def]
    session.delete(session.query(Question).join(Poll, Poll.id == Question.poll).where(Poll.pollster != OURS).first())


def a_new_subject(session):  # type: ignore[no-untyped-def]
    session.add(Subject(id="atlantis", name="Atlantis"))


def a_claims_quote(session):  # type: ignore[no-untyped-def]
    session.query(Claim).first().quote = "something else"


def ones_own_role(session):  # type: ignore[no-untyped-def]
    session.query(Contributor).where(Contributor.pollster == OURS).one().role = "administrator"


FORBIDDEN = [
    another_pollsters_poll, an_answer_to_anothers_question, a_value_in_anothers_poll, taking_over_anothers_poll,
    giving_a_poll_away, moving_anothers_question_here, deleting_anothers_question, a_new_subject, a_claims_quote,
    ones_own_role,
]  # fmt: skip


@pytest.mark.parametrize("forbidden", FORBIDDEN, ids=lambda f: f.__name__)
def test_a_pollster_of_another_house_is_refused(
    record_copy: Store, pollster: Contributor, forbidden, approver: Contributor
) -> None:  # type: ignore[no-untyped-def]
    before = record_copy.newest()
    with pytest.raises(NotAllowed, match=OURS), accounts.writing(record_copy, pollster, approver=approver) as session:
        session.add(poll(OURS))  # what is allowed goes with what is not
        forbidden(session)
    assert record_copy.newest() == before
    assert accounts.named(record_copy, "assistant@example.org").role == "pollster"


def test_a_pollster_is_refused_in_bulk_too(record_copy: Store, pollster: Contributor, approver: Contributor) -> None:
    before = record_copy.newest()
    rows = [{"id": "x", "name": "X"}]
    with pytest.raises(NotAllowed), accounts.writing(record_copy, pollster, approver=approver) as session:
        record_copy.insert(session, Pollster, rows)
    assert record_copy.newest() == before


def test_an_editor_writes_the_record_but_not_who_contributes(record_copy: Store, approver: Contributor) -> None:
    accounts.add(record_copy, "editor@example.org", "E. Ditor", "editor")
    editor = accounts.named(record_copy, "editor@example.org")
    with accounts.writing(record_copy, editor, "found it", "correction", approver=approver) as session:
        a_claims_quote(session)
        a_new_subject(session)
    with (
        pytest.raises(NotAllowed, match="administrator"),
        accounts.writing(record_copy, editor, approver=approver) as session,
    ):
        session.add(Contributor(email="friend@example.org", public_name="F", role="administrator"))
    assert len(accounts.everyone(record_copy)) == 2


def test_rights_are_those_of_now_not_of_when_the_page_was_opened(
    record_copy: Store, pollster: Contributor, approver: Contributor
) -> None:
    with record_copy.writing("test") as session:
        session.get(Contributor, pollster.id).pollster = THEIRS
    with pytest.raises(NotAllowed), accounts.writing(record_copy, pollster, approver=approver) as session:
        session.add(poll(OURS))


def test_nobody_writes_without_signing_in(store: Store) -> None:
    with pytest.raises(NotAllowed, match="Sign in"), accounts.writing(store, None):
        pass


def test_nothing_is_stored_without_somebody_elses_approval(
    record_copy: Store, pollster: Contributor, approver: Contributor
) -> None:
    accounts.add(record_copy, "other@example.org", "O. Ther", "pollster", THEIRS)
    other = accounts.named(record_copy, "other@example.org")
    before = record_copy.newest()
    for writer, by, told in (
        (pollster, None, "submit it"),
        (pollster, other, "Only an editor"),
        (pollster, pollster, "Only an editor"),
        (approver, approver, "Nobody approves"),
    ):
        with pytest.raises(NotAllowed, match=told), accounts.writing(record_copy, writer, approver=by) as session:
            session.add(poll(OURS))
    assert record_copy.newest() == before


def test_an_installation_may_let_people_approve_their_own(record_copy: Store, approver: Contributor) -> None:
    with accounts.writing(record_copy, approver, approver=approver, own=True) as session:
        session.add(poll(OURS))
    (line,) = record_copy.history(poll(OURS).id)
    assert (line.who, line.approved_by) == ("C. Hief", "C. Hief")
