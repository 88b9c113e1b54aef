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
        (("new@example.org", " ", "editor", None), "no e-mail address"),
        (("new@example.org", "new@example.org", "editor", None), "no e-mail address"),
        (("new@example.org", " e. DITOR ", "editor", None), "choose another public name"),
    ],
)
def test_a_contributor_who_could_not_work_is_refused(
    store: Store, editor: Contributor, given: tuple[str, str, str, str | None], told: str
) -> None:
    with pytest.raises(AccountError, match=told):
        accounts.add(store, *given)
    assert len(accounts.everyone(store)) == 1


@pytest.fixture
def administrator(store: Store):  # type: ignore[no-untyped-def]
    accounts.add(store, "chief@example.org", "C. Hief", "administrator")
    return accounts.named(store, "chief@example.org")


#: what an administrator may do about others, by name
ADMINISTERING = {
    "list": lambda store, by: accounts.everyone(store, by=by),
    "add": lambda store, by: accounts.add(store, "new@example.org", "N. Ew", "editor", by=by),
    "change": lambda store, by: accounts.change(store, "editor@example.org", role="administrator", by=by),
    "link": lambda store, by: accounts.link(store, "chief@example.org", by=by),
    "revoke": lambda store, by: accounts.revoke(store, "chief@example.org", by=by),
    "remove": lambda store, by: accounts.remove(store, "editor@example.org", by=by),
}


@pytest.mark.parametrize("do", ADMINISTERING.values(), ids=ADMINISTERING)
def test_accounts_are_an_administrators(store: Store, editor: Contributor, administrator: Contributor, do) -> None:  # type: ignore[no-untyped-def]
    accounts.link(store, administrator.email)
    before = accounts.everyone(store), store.every(Token)
    for by, told in ((editor, "Only an administrator may see and change who contributes"), (None, "Sign in|Only an")):
        with pytest.raises(NotAllowed, match=told):
            do(store, by)
    assert (accounts.everyone(store), store.every(Token)) == before
    found = do(store, administrator)
    assert found or (accounts.everyone(store), store.every(Token)) != before


def test_an_administrators_rights_are_those_of_now(
    store: Store, editor: Contributor, administrator: Contributor
) -> None:
    accounts.change(store, editor.email, role="administrator", by=administrator)
    accounts.change(store, administrator.email, role="editor", by=accounts.named(store, editor.email))
    with pytest.raises(NotAllowed, match="Only an administrator"):
        accounts.remove(store, editor.email, by=administrator)
    accounts.remove(store, administrator.email)
    with pytest.raises(NotAllowed, match="no longer a contributor"):
        accounts.remove(store, editor.email, by=administrator)


def test_who_comes_after_somebody_removed_does_not_inherit_from_them(
    store: Store, administrator: Contributor, editor: Contributor
) -> None:
    """SQLite gives the number of a removed row to the next one, PostgreSQL does not."""
    accounts.remove(store, editor.email)
    accounts.add(store, "next@example.org", "N. Ext", "administrator")
    assert (accounts.named(store, "next@example.org").id == editor.id) is (store.engine.name == "sqlite")
    with pytest.raises(NotAllowed, match="no longer a contributor"):
        accounts.add(store, "friend@example.org", "F.", "administrator", by=editor)


def test_a_role_a_pollster_and_a_name_can_be_changed(record_copy: Store) -> None:
    accounts.add(record_copy, "a@example.org", "A.", "pollster", OURS)

    def held() -> tuple[str, str, str | None]:
        who = accounts.named(record_copy, "a@example.org")
        return who.public_name, who.role, who.pollster

    accounts.change(record_copy, "a@example.org", public_name="A.  B.")
    assert held() == ("A. B.", "pollster", OURS)
    accounts.change(record_copy, "a@example.org", public_name="a. b.", pollster=THEIRS)
    assert held() == ("a. b.", "pollster", THEIRS)
    accounts.change(record_copy, "a@example.org", role="editor")
    assert held() == ("a. b.", "editor", None)
    for wrong in ({"role": "pollster"}, {"role": "owner"}, {"pollster": OURS}, {"role": "pollster", "pollster": "x"}):
        with pytest.raises(AccountError):
            accounts.change(record_copy, "a@example.org", **wrong)
    assert held() == ("a. b.", "editor", None)


def test_the_last_administrator_stays(store: Store, editor: Contributor, administrator: Contributor) -> None:
    with pytest.raises(AccountError, match="Hief is the last administrator"):
        accounts.remove(store, administrator.email, by=administrator)
    with pytest.raises(AccountError, match="last administrator"):
        accounts.change(store, administrator.email, role="editor", by=administrator)
    accounts.change(store, editor.email, role="administrator", by=administrator)
    accounts.remove(store, administrator.email, by=administrator)
    assert [who.public_name for who in accounts.everyone(store)] == ["E. Ditor"]


def test_nobody_is_removed_whose_drafts_wait(store: Store, editor: Contributor) -> None:
    draft = accounts.keep_draft(store, editor, {"mode": "web"})
    accounts.submit(store, editor, draft)
    with pytest.raises(AccountError, match="Ditor has drafts that wait"):
        accounts.remove(store, editor.email)
    accounts.give_back(store, editor, draft, "not yet")
    accounts.remove(store, editor.email)
    assert accounts.drafts(store, editor) == []


def test_everybody_chooses_their_own_public_name(store: Store, editor: Contributor, administrator: Contributor) -> None:
    accounts.rename(store, editor, "Ed")
    assert accounts.named(store, editor.email).public_name == "Ed"
    for wrong in ("c. hief", "", "ed@example.org"):
        with pytest.raises(AccountError):
            accounts.rename(store, editor, wrong)
    with pytest.raises(NotAllowed, match="Sign in"):
        accounts.rename(store, None, "Nobody")
    assert accounts.named(store, editor.email).public_name == "Ed"


def test_who_is_revoked_is_signed_out_everywhere_and_others_are_not(
    store: Store, editor: Contributor, administrator: Contributor
) -> None:
    theirs = [accounts.sign_in(store, accounts.link(store, editor.email)) for _device in range(2)]
    unused = accounts.link(store, editor.email)
    mine = accounts.sign_in(store, accounts.link(store, administrator.email))
    accounts.revoke(store, editor.email, by=administrator)
    assert [accounts.contributor(store, cookie) for cookie in theirs] == [None, None]
    with pytest.raises(LinkRefused):
        accounts.sign_in(store, unused)
    assert accounts.contributor(store, mine) == administrator


def test_an_openid_provider_vouches_for_an_address(store: Store, editor: Contributor) -> None:
    cookie = accounts.sign_in_as(store, {"email": "Editor@Example.org", "email_verified": True, "sub": "7"})
    assert accounts.contributor(store, cookie) == editor


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"email": "editor@example.org", "email_verified": False}, "does not vouch"),
        ({"email": "editor@example.org", "email_verified": "true"}, "does not vouch"),
        ({"email": "editor@example.org"}, "does not vouch"),
        ({"email_verified": True, "sub": "7"}, "does not vouch"),
        ({"email": "stranger@example.org", "email_verified": True}, "Nobody with the address stranger@example.org"),
        ({"email": "editor", "email_verified": True}, "no e-mail address"),
    ],
)
def test_who_is_not_vouched_for_or_not_known_is_refused(
    store: Store, editor: Contributor, claims: dict[str, object], told: str
) -> None:
    with pytest.raises(AccountError, match=told):
        accounts.sign_in_as(store, claims)
    assert store.every(Token) == []


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
