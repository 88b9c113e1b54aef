"""The store: every write leaves a revision, any past state can be read back, a batch can be taken back."""

import datetime as dt
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from tests.places import Places, opened
from tracker.models import (
    RECORD,
    Answer,
    Base,
    Claim,
    Contributor,
    Disclosure,
    Event,
    Poll,
    Pollster,
    Population,
    Question,
    Response,
    Revision,
    Scale,
    Subject,
    Token,
)
from tracker.store import (
    TABLES,
    Asked,
    BadFilter,
    Moved,
    ReadOnly,
    Store,
    UndoRefused,
    UnknownBatch,
    UnknownColumn,
    UnknownName,
    UnknownRevision,
    Unreachable,
    Unrecorded,
    cells,
    columns,
    row_id,
    values,
)
from tracker.store.glance import Glance

D = Decimal
HERE = {"population": "ca-adults", "population_label": "Canadians", "date_precision": "day"}
ASKED = {"subject": "china", "construct": "favourability", "object": "country", "provenance": "primary"}
#: number of rows of each kind in `entities`
ROWS = 2 + 1 + 1 + 2 + 4 + 3 + 3 + 5


def entities() -> list[Any]:
    """Two pollsters, three polls, one of them withdrawn: China rated by Canadians, twice in words and once of 10."""
    fav, ten = {"scale": "fav"}, {"scale": "ten"}
    return [
        Answer(question="q1", response="favourable", value=D("14.0"), unit="percent"),
        Answer(question="q1", response="unfavourable", value=D("73"), unit="percent"),
        Answer(question="q2", response="mean", value=D("3.10"), unit="points"),
        Answer(question="q3", response="favourable", value=D("99"), unit="percent"),
        Answer(question="q1", response="dont-know", value=D("13"), unit="percent"),
        Question(id="q1", poll="b", **ASKED, **fav, base=900),
        Question(id="q2", poll="a", **ASKED, **ten, published=dt.date(2025, 4, 1)),
        Question(id="q3", poll="c", **ASKED, **fav),
        poll("a", "one", dt.date(2025, 1, 1)),
        poll("b", "two", dt.date(2024, 1, 1), margin_of_error=D("3.10"), sample_size=1000),
        poll("c", "two", dt.date(2023, 1, 1), status="withdrawn"),
        Response(**fav, response="unfavourable", position=2, polarity="negative", name="Unfavourable"),
        Response(**fav, response="favourable", position=1, polarity="positive", name="Favourable"),
        Response(**fav, response="dont-know", position=3, polarity="unsure", name="Don't know"),
        Response(**ten, response="mean", position=1, polarity="mean", name="Mean"),
        Scale(id="fav", name="Favourable or unfavourable"),
        Scale(id="ten", name="Zero to ten", low=D("0"), high=D("10.0")),
        Subject(id="china", name="China", country="CN"),
        Population(id="ca-adults", name="Canadian adults", country="CA"),
        Pollster(id="one", name="One"),
        Pollster(id="two", name="Two"),
    ]


def poll(key: str, pollster: str, start: dt.date, status: str = "published", **more: Any) -> Poll:
    end = start + dt.timedelta(days=2)
    return Poll(id=key, pollster=pollster, field_start=start, field_end=end, status=status, **HERE, **more)


@pytest.fixture(scope="module")
def first_polls(places: Places, empty: str) -> Iterator[str]:
    """The URL of a database that holds `entities`, each stored under its own revision."""
    url = places.copy(empty)
    with closing(Store(url)) as store, store.writing("Ann", "first polls") as session:
        session.add_all(entities())
    yield url
    places.drop(url)


@pytest.fixture
def polled(places: Places, first_polls: str) -> Iterator[Store]:
    """A store that holds `entities`, for one test to write to."""
    with opened(places, first_polls) as store:
        yield store


def corrected(store: Store, value: str = "15", origin: str = "correction") -> str:
    """Correct the first answer; returns the batch."""
    with store.writing("Bob", "typing error", origin=origin) as session:
        session.get_one(Answer, ("q1", "favourable")).value = D(value)
        return str(session.info["batch"])


def value(store: Store) -> str | None:
    row = store.entity(Answer, "q1/favourable")
    return None if row is None else str(row.value)


# --- the ledger ---


def test_every_new_row_leaves_a_revision_in_the_order_in_which_rows_need_one_another(polled: Store) -> None:
    revisions = polled.find(Revision)
    assert [r.number for r in revisions] == list(range(1, ROWS + 1))
    assert list(dict.fromkeys(r.table for r in revisions)) == [
        c.__tablename__ for c in RECORD if c not in (Disclosure, Event, Claim)
    ]
    assert {(r.action, r.who, r.why, r.origin, r.rows, r.before) for r in revisions} == {
        ("insert", "Ann", "first polls", "import", 1, None)
    }
    assert len({r.batch for r in revisions}) == len({r.at for r in revisions}) == 1
    assert polled.newest() == ROWS


def test_a_revision_holds_the_row_in_the_records_own_form(polled: Store) -> None:
    after = polled.history("b")[0].after
    assert list(after) == columns(Poll)
    assert (after["field_start"], after["margin_of_error"], after["sample_size"]) == ("2024-01-01", "3.10", 1000)
    assert after["sponsor"] is None
    assert values(Poll, after)["margin_of_error"] == D("3.10")
    assert cells(Poll, values(Poll, after)) == after


def test_a_change_leaves_what_was_and_what_became(polled: Store) -> None:
    corrected(polled)
    last = polled.history("q1/favourable")[-1]
    assert (last.number, last.action, last.row, last.origin) == (ROWS + 1, "update", "q1/favourable", "correction")
    assert (last.before["value"], last.after["value"]) == ("14.0", "15")


def test_a_change_is_recorded_whole_even_where_the_session_had_not_loaded_the_row(polled: Store) -> None:
    with polled.writing("Bob") as session:
        answer = session.get_one(Answer, ("q1", "favourable"))
        session.expire(answer)
        answer.value = D("16")
    last = polled.history("q1/favourable")[-1]
    assert (last.before["value"], last.after["value"], last.after["unit"]) == ("14.0", "16", "percent")


def test_saying_the_same_again_leaves_no_revision(polled: Store) -> None:
    corrected(polled, "14.0")
    assert polled.newest() == ROWS


def test_a_deletion_leaves_what_was(polled: Store) -> None:
    with polled.writing("Bob", "asked of nobody") as session:
        session.delete(session.get_one(Answer, ("q1", "dont-know")))
    last = polled.history("q1/dont-know")[-1]
    assert (last.action, last.before["value"], last.after) == ("delete", "13", None)


def test_a_row_deleted_and_stored_again_at_once_is_told_in_that_order(polled: Store) -> None:
    with polled.writing("Bob") as session:
        session.delete(session.get_one(Answer, ("q1", "favourable")))
        session.add(Answer(question="q1", response="favourable", value=D("20"), unit="percent"))
    assert [r.action for r in polled.history("q1/favourable")] == ["insert", "delete", "insert"]
    assert value(polled) == "20"
    assert value(polled.at(ROWS)) == "14.0"


def test_many_rows_at_once_leave_one_revision_a_table(store: Store) -> None:
    with store.writing("Ann") as session:
        assert store.insert(session, Pollster, [{"id": "one", "name": "One"}, {"id": "two", "name": "Two"}]) == 1
        assert store.insert(session, Subject, [Subject(id="china", name="China")]) == 2
        assert store.insert(session, Population, []) == 0
    revisions = store.find(Revision)
    assert [(r.table, r.row, r.rows) for r in revisions] == [("pollsters", None, 2), ("subjects", None, 1)]
    assert [r.number for r in store.history("two")] == [1]
    assert store.history("nobody") == []


def test_an_exception_takes_everything_back(polled: Store) -> None:
    with pytest.raises(KeyError), polled.writing("Bob") as session:
        session.get_one(Answer, ("q1", "favourable")).value = D("1")
        session.flush()
        raise KeyError
    assert (value(polled), polled.newest()) == ("14.0", ROWS)


def test_a_savepoint_rolled_back_leaves_no_gap_in_the_numbers(polled: Store) -> None:
    with polled.writing("Bob") as session:
        with pytest.raises(KeyError), session.begin_nested():
            session.add(Pollster(id="three", name="Three"))
            session.flush()
            raise KeyError
        session.add(Pollster(id="four", name="Four"))
    assert [r.row for r in polled.find(Revision)][ROWS:] == ["four"]


def test_a_row_that_refers_to_nothing_is_refused_with_all_that_came_with_it(polled: Store) -> None:
    with pytest.raises(IntegrityError), polled.writing("Bob") as session:
        session.add(Pollster(id="three", name="Three"))
        session.add(Answer(question="no-such-question", response="favourable", value=D("1"), unit="percent"))
    assert polled.newest() == ROWS


def test_a_binary_fraction_is_no_published_figure(polled: Store) -> None:
    with pytest.raises(StatementError, match="exactly as published"), polled.writing("Bob") as session:
        session.add(Answer(question="q1", response="other", value=3.1, unit="percent"))


def test_who_may_write_is_no_part_of_the_record(polled: Store) -> None:
    with polled.writing("Bob") as session:
        ann = Contributor(email="ann@example.org", public_name="Ann", role="editor")
        session.add(ann)
        session.flush()
        session.add(Token(hash="h", contributor=ann.id, kind="link", expires=dt.datetime(2026, 1, 1)))
    with polled.writing("Bob") as session:
        session.execute(delete(Token).where(Token.expires < dt.datetime(2027, 1, 1)))
    assert [c.public_name for c in polled.find(Contributor, email="ann@example.org")] == ["Ann"]
    assert polled.every(Token) == []
    assert polled.newest() == ROWS


WAYS_ROUND: dict[str, Callable[[Session], Any]] = {
    "insert": lambda s: s.execute(insert(Pollster).values(id="x", name="X", added=1)),
    "update": lambda s: s.execute(update(Pollster).values(name="X")),
    "delete": lambda s: s.execute(delete(Answer)),
    "table": lambda s: s.execute(Base.metadata.tables["answers"].delete()),
    "ledger": lambda s: s.execute(delete(Revision)),
    "text": lambda s: s.execute(text("delete from answers")),
    "query": lambda s: s.query(Answer).delete(),
    "connection": lambda s: s.connection(),
    "bulk": lambda s: s.bulk_save_objects([Pollster(id="x", name="X")]),
    "revision": lambda s: s.add(Revision(number=99)),
    "revised": lambda s: setattr(s.get_one(Revision, 1), "who", "nobody"),
    "renamed": lambda s: setattr(s.get_one(Pollster, "one"), "id", "uno"),
}


@pytest.mark.parametrize("way", WAYS_ROUND)
def test_there_is_no_way_round_the_ledger(polled: Store, way: str) -> None:
    with pytest.raises(Unrecorded), polled.writing("Bob") as session:
        WAYS_ROUND[way](session)
    assert polled.newest() == ROWS


def test_the_revision_that_added_a_row_stays_what_it_was(polled: Store) -> None:
    with polled.writing("Bob") as session:
        china = session.get_one(Subject, "china")
        china.added, china.note = 1, "a note"
    with polled.writing("Bob") as session:
        assert session.scalar(select(Subject.added)) == polled.history("china")[0].number


def test_writers_wait_for_one_another_and_number_consecutively(polled: Store) -> None:
    def write(name: str) -> None:
        for turn in range(5):
            with polled.writing(name) as session:
                session.add(Pollster(id=f"{name}-{turn}", name=name))
                session.flush()
                time.sleep(0.002)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("x", "y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.number for r in polled.find(Revision)] == list(range(1, ROWS + 11))


def test_a_reader_is_not_kept_waiting_and_sees_one_state(polled: Store) -> None:
    _columns, rows = polled.table("answers")
    first = next(rows)
    corrected(polled)
    assert [str(row[5]) for row in (first, *rows)] == ["13", "14.0", "73", "3.10"]
    assert value(polled) == "15"


def test_a_glance_sees_what_others_wrote(polled: Store) -> None:
    with closing(Store(polled.url)) as glancing:
        before = glancing.newest()
        assert glancing.glance() == (before if polled.url.startswith("sqlite") else None)
        corrected(polled)
        assert glancing.newest() == polled.newest() == before + 1


def test_a_glance_waits_for_nobody(tmp_path: Path) -> None:
    file = tmp_path / "held.db"
    glance = Glance(f"sqlite:///{file}")
    assert glance() is None  # and makes no file
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.executescript(
            "CREATE TABLE revisions (number INTEGER); INSERT INTO revisions VALUES (7); BEGIN EXCLUSIVE"
        )
        assert glance() is None
        other.execute("ROLLBACK")
        assert glance() == 7
    glance.close()


def test_a_clock_set_back_does_not_reorder_the_ledger(polled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = polled.changed_at()
    monkeypatch.setattr("tracker.store.ledger.now", lambda: dt.datetime(2001, 1, 1))
    corrected(polled)
    assert polled.changed_at() == made


# --- past states ---


def test_a_past_state_has_the_rows_as_they_were(polled: Store) -> None:
    corrected(polled)
    corrected(polled, "16")
    with polled.writing("Bob") as session:
        session.delete(session.get_one(Answer, ("q1", "favourable")))
        session.add(Pollster(id="three", name="Three"))
    found = [value(polled.at(ROWS + n)) for n in range(4)]
    assert found == ["14.0", "15", "16", None]
    assert polled.at(ROWS).newest() == ROWS
    assert [p.id for p in polled.at(ROWS).every(Pollster)] == ["one", "two"]
    assert value(polled.at(1)) is None
    assert len(polled.at(2).find(Revision)) == 2


def test_a_bulk_row_deleted_and_stored_again_is_where_it_was_at_each_revision(store: Store) -> None:
    row = {"id": "one", "name": "One"}
    with store.writing("Ann") as session:
        store.insert(session, Pollster, [row])
    with store.writing("Ann") as session:
        session.delete(session.get_one(Pollster, "one"))
    with store.writing("Ann") as session:
        store.insert(session, Pollster, [row | {"name": "Uno"}])
    with store.writing("Ann") as session:
        session.get_one(Pollster, "one").name = "Eins"
    names = [[p.name for p in store.at(n).every(Pollster)] for n in range(5)]
    assert names == [[], ["One"], [], ["Uno"], ["Eins"]]
    assert [r.number for r in store.history("one")] == [1, 2, 3, 4]


def test_a_past_state_reads_like_the_present_and_takes_no_writes(polled: Store) -> None:
    before = {name: [list(row) for row in polled.table(name)[1]] for name in TABLES}
    asked = polled.questions("ca-adults", "china", "favourability")
    corrected(polled)
    then = polled.at(ROWS)
    assert {name: [list(row) for row in then.table(name)[1]] for name in TABLES} == before
    assert then.questions("ca-adults", "china", "favourability") == asked
    assert then.at(3).newest() == 3
    assert polled.at(ROWS) is then
    with pytest.raises(ReadOnly):
        then.writing("Bob")


def test_a_moment_and_a_date_name_the_state_at_their_end(polled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.store.ledger.now", lambda: dt.datetime(2099, 3, 5, 23, 59, 59, 999999))
    corrected(polled)
    monkeypatch.setattr("tracker.store.ledger.now", lambda: dt.datetime(2099, 3, 6, 12))
    corrected(polled, "16")
    monkeypatch.setattr("tracker.store.ledger.now", lambda: dt.datetime(2099, 3, 7))
    assert polled.at("2099-03-04").newest() == ROWS
    assert polled.at("2099-03-05").newest() == polled.at(dt.date(2099, 3, 5)).newest() == ROWS + 1
    assert polled.at("2099-03-06T11:59:59Z").newest() == ROWS + 1
    assert polled.at("2099-03-06T13:00:00+01:00").newest() == ROWS + 2
    assert polled.at(dt.datetime(2099, 3, 6, 12)).newest() == ROWS + 2
    assert polled.at(str(ROWS)).newest() == ROWS
    assert polled.at("2001-01-01").newest() == 0


NEVER = [99, -1, "99", "yesterday", "2026-13-01", "2200-01-01", "2200-01-01T00:00:00Z", ""]
NEVER += [
    "9999-12-31",
    "9999-12-31T23:59:59.999999",
    "9999-12-31T23:00:00-23:00",
    "0001-01-01T00:00:00+01:00",
    "9" * 5000,
]


@pytest.mark.parametrize("when", NEVER)
def test_what_names_no_past_state_is_refused(polled: Store, when: str | int) -> None:
    with pytest.raises(UnknownRevision):
        polled.at(when)


# --- taking a batch back ---


def test_a_correction_undone_is_as_if_it_had_not_been_and_stays_in_the_ledger(polled: Store) -> None:
    batch = corrected(polled)
    assert polled.undo(batch, "Ann", "it was right") == 1
    assert value(polled) == "14.0"
    assert [(r.action, r.origin) for r in polled.history("q1/favourable")] == [
        ("insert", "import"),
        ("update", "correction"),
        ("update", "undo"),
    ]


def test_an_undone_batch_can_itself_be_undone(polled: Store) -> None:
    polled.undo(corrected(polled), "Ann")
    polled.undo(polled.history("q1/favourable")[-1].batch, "Ann")
    assert value(polled) == "15"


def test_a_whole_batch_is_undone_bulk_and_single_rows_alike(store: Store) -> None:
    with store.writing("Ann") as session:
        store.insert(session, Pollster, [{"id": "one", "name": "One"}, {"id": "two", "name": "Two"}])
        session.get_one(Pollster, "two").name = "Zwei"
        session.add(Subject(id="china", name="China"))
        batch = session.info["batch"]
    assert store.undo(batch, "Bob") == 3
    assert store.every(Pollster) == store.every(Subject) == []
    assert [p.name for p in store.at(3).every(Pollster)] == ["One", "Zwei"]


def test_what_was_deleted_comes_back(polled: Store) -> None:
    with polled.writing("Bob") as session:
        for response in ("favourable", "unfavourable", "dont-know"):
            session.delete(session.get_one(Answer, ("q1", response)))
        session.delete(session.get_one(Question, "q1"))
        batch = session.info["batch"]
    before = polled.at(ROWS).questions("ca-adults", "china", "favourability")
    assert polled.undo(batch, "Ann") == 4
    assert polled.questions("ca-adults", "china", "favourability") == before


def test_undoing_is_refused_where_later_revisions_changed_the_rows(polled: Store) -> None:
    batch = corrected(polled)
    corrected(polled, "16")
    with pytest.raises(UndoRefused, match=r"1 later revision.* update answers q1/favourable") as refused:
        polled.undo(batch, "Ann")
    assert [r.number for r in refused.value.revisions] == [ROWS + 2]
    assert value(polled) == "16"


def test_undoing_is_refused_where_later_rows_refer_to_what_it_stored(store: Store) -> None:
    with store.writing("Ann") as session:
        session.add(Scale(id="fav", name="Fav"))
        batch = session.info["batch"]
    with store.writing("Ann") as session:
        session.add(Response(scale="fav", response="favourable", position=1, polarity="positive", name="F"))
    with pytest.raises(UndoRefused, match="refer to what it stored"):
        store.undo(batch, "Ann")
    assert [s.id for s in store.every(Scale)] == ["fav"]


def test_an_unknown_batch_is_said_to_be_unknown(polled: Store) -> None:
    with pytest.raises(UnknownBatch, match="no-such-batch"):
        polled.undo("no-such-batch", "Ann")


# --- what the last import held ---


def base(store: Store) -> dict[str, Any]:
    return {row: state and state.get("value", state.get("name")) for (_c, row), state in store.imported_state().items()}


def test_a_row_only_imports_have_touched_has_no_other_base(polled: Store) -> None:
    assert base(polled) == {}
    corrected(polled, origin="import")
    assert base(polled) == {}


def test_the_base_of_a_corrected_row_is_what_the_last_import_held(polled: Store) -> None:
    corrected(polled)
    corrected(polled, "16")
    assert base(polled) == {"q1/favourable": "14.0"}
    assert "added" not in (polled.imported_state()[Answer, "q1/favourable"] or {})


def test_an_import_that_agrees_makes_the_current_row_the_base_again(polled: Store) -> None:
    corrected(polled)
    with polled.writing("Ann") as session:
        polled.agree(session, Answer, "q1/favourable")
        assert polled.imported_state(session) == {}
    corrected(polled, "17")
    assert base(polled) == {"q1/favourable": "15"}


def test_the_base_of_a_deleted_row_is_what_the_import_held(polled: Store) -> None:
    with polled.writing("Bob", origin="correction") as session:
        session.delete(session.get_one(Answer, ("q1", "favourable")))
    assert base(polled) == {"q1/favourable": "14.0"}


def test_an_import_that_was_undone_is_as_if_it_had_not_been(polled: Store) -> None:
    (first,) = {r.batch for r in polled.find(Revision)}
    later = corrected(polled, origin="import")
    polled.undo(later, "Ann")
    assert (base(polled), value(polled)) == ({}, "14.0")
    redone = polled.history("q1/favourable")[-1].batch
    polled.undo(redone, "Ann")
    assert (base(polled), value(polled)) == ({}, "15")
    polled.undo(polled.history("q1/favourable")[-1].batch, "Ann")
    with pytest.raises(UndoRefused):
        polled.undo(first, "Ann")


def test_a_bulk_import_that_was_undone_can_be_imported_again(store: Store) -> None:
    with store.writing("Ann") as session:
        store.insert(session, Pollster, [{"id": "one", "name": "One"}])
        batch = session.info["batch"]
    store.undo(batch, "Ann")
    assert base(store) == {}


def test_a_correction_undone_after_an_import_agreed_is_kept_against_the_file(polled: Store) -> None:
    batch = corrected(polled)
    with polled.writing("Ann") as session:
        polled.agree(session, Answer, "q1/favourable")
    polled.undo(batch, "Bob")
    assert (base(polled), value(polled)) == ({"q1/favourable": "15"}, "14.0")


def test_a_row_no_import_ever_held_has_none(polled: Store) -> None:
    with polled.writing("Bob", origin="form") as session:
        session.add(Pollster(id="three", name="Three"))
        polled.insert(session, Pollster, [{"id": "four", "name": "Four"}, {"id": "five", "name": "Five"}])
    with polled.writing("Bob", origin="correction") as session:
        session.get_one(Pollster, "four").name = "Vier"
    assert base(polled) == {"three": None, "four": None, "five": None}


# --- reads ---


def test_a_question_is_read_with_its_poll_and_its_answers(polled: Store) -> None:
    rows = polled.questions("ca-adults", "china", "favourability")
    assert [(r.question, r.poll, r.pollster_name) for r in rows] == [("q1", "b", "Two"), ("q2", "a", "One")]
    assert list(rows[0].answers.items()) == [("favourable", 14.0), ("unfavourable", 73.0), ("dont-know", 13.0)]
    assert (rows[1].answers, rows[1].low, rows[1].high, rows[0].low) == ({"mean": 3.1}, 0.0, 10.0, None)
    assert (rows[0].base, rows[0].sample_size, rows[1].published) == (900, 1000, dt.date(2025, 4, 1))
    assert polled.questions("ca-adults", "china", "threat") == []


def test_a_withdrawn_poll_is_shown_with_its_status_and_in_no_series_or_export(polled: Store) -> None:
    found = polled.poll("c")
    assert found is not None
    assert (found[0].status, found[1][0].answers) == ("withdrawn", {"favourable": 99.0})
    assert polled.poll("no-such-poll") is None
    assert [(c.subject, c.questions) for c in polled.choices()] == [("china", 2)]
    for name in ("polls", "questions", "answers", "wide"):
        assert not [row for row in polled.table(name)[1] if {"c", "q3"} & set(map(str, row))]


def test_the_ledger_that_is_given_away_is_silent_about_drafts(polled: Store) -> None:
    with polled.writing("Ann", origin="form") as session:
        session.add(poll("d", "one", dt.date(2026, 1, 1), status="draft"))
        session.add(Question(id="q4", poll="d", scale="fav", **ASKED))
        session.add(Answer(question="q4", response="favourable", value=D("50"), unit="percent"))
        polled.insert(session, Pollster, [{"id": "three", "name": "Three"}])
    assert [row["row"] for row in exported(polled, "revisions")][ROWS:] == [None]
    with polled.writing("Ann") as session:
        session.get_one(Poll, "d").status = "published"
    rows = [row["row"] for row in exported(polled, "revisions")][ROWS:]
    assert rows == [None, "d"]


def test_a_scale_is_read_in_its_own_order(polled: Store) -> None:
    meanings = polled.meanings()
    assert [m.response for m in meanings["fav"]] == ["favourable", "unfavourable", "dont-know"]
    assert (meanings["ten"][0].polarity, meanings["ten"][0].part_of) == ("mean", None)


def test_rows_come_in_the_order_of_their_key_without_the_ledgers_column(polled: Store) -> None:
    rows = polled.every(Answer)
    assert rows[0]._fields == ("question", "response", "value", "unit")
    assert [row_id(r, Answer) for r in rows] == sorted(row_id(r, Answer) for r in rows)
    assert polled.entity(Answer, "q1") is polled.entity(Revision, "q1") is None
    assert polled.entity(Revision, "1") == polled.find(Revision, number=1)[0]
    assert [q.id for q in polled.find(Question, scale="fav", poll="b")] == ["q1"]


def claim(key: str, date: dt.date, population: str, subject: str) -> Claim:
    about = {"population": population, "subject": subject, "parameters": {}, "parts": [], "original_parameters": {}}
    return Claim(id=key, claimant="N", date=date, date_precision="day", paraphrase="p", kind="change", **about)


def event(key: str, date: dt.date, subjects: str) -> Event:
    return Event(id=key, date=date, date_precision="day", title=key, category="trade", subjects=subjects)


def test_claims_and_events_are_found_by_what_they_are_about(store: Store) -> None:
    with store.writing("Ann") as session:
        session.add(claim("later", dt.date(2025, 2, 1), "ca-adults", "china"))
        session.add(claim("first", dt.date(2025, 1, 1), "ca-adults;us-adults", "china"))
        session.add(claim("other", dt.date(2025, 1, 2), "us-adults", "india"))
        session.add(event("visit", dt.date(2025, 1, 2), "china; india"))
        session.add(event("tariff", dt.date(2025, 1, 1), "indiana"))
    assert [c.id for c in store.claims()] == ["first", "other", "later"]
    assert [c.id for c in store.claims("ca-adults", "china")] == ["first", "later"]
    assert [c.id for c in store.claims(subject="india")] == ["other"]
    assert [e.id for e in store.events()] == ["tariff", "visit"]
    assert [e.id for e in store.events("india")] == ["visit"]


# --- tables to take away ---


def exported(store: Store, name: str, limit: int | None = None, **filters: Any) -> list[dict[str, Any]]:
    found, rows = store.table(name, filters, limit)
    return [dict(zip([c.name for c in found], row, strict=True)) for row in rows]


def test_the_wide_table_has_a_column_for_each_response_in_scale_order(polled: Store) -> None:
    found, _rows = polled.table("wide")
    assert [c.name for c in found][-4:] == ["favourable", "unfavourable", "dont-know", "mean"]
    assert [(c.type, c.unit) for c in found][-2:] == [("number", "percent"), ("number", "points")]
    rows = {row["question"]: row for row in exported(polled, "wide")}
    assert [str(rows["q1"][r]) for r in ("favourable", "unfavourable", "mean")] == ["14.0", "73", "None"]
    assert (str(rows["q2"]["mean"]), rows["q2"]["favourable"]) == ("3.10", None)


def test_the_wide_table_has_only_the_responses_of_the_rows_asked_for(polled: Store) -> None:
    (row,) = exported(polled, "wide", scale=["ten"])
    assert (row["question"], row["mean"], "favourable" in row) == ("q2", D("3.10"), False)
    assert "mean" not in exported(polled, "wide", limit=1)[0]


def test_a_question_without_answers_does_not_shift_the_others(polled: Store) -> None:
    with polled.writing("Ann") as session:
        session.add(Question(id="q0", poll="a", scale="fav", **ASKED))
        session.add(Question(id="q11", poll="a", scale="fav", **ASKED))
    rows = {row["question"]: row["favourable"] for row in exported(polled, "wide")}
    assert rows == {"q0": None, "q1": D("14.0"), "q11": None, "q2": None}


def test_a_response_named_like_a_column_keeps_its_own(polled: Store) -> None:
    with polled.writing("Ann") as session:
        session.add(Answer(question="q1", response="base", value=D("7"), unit="percent"))
    row = exported(polled, "wide", question=["q1"])[0]
    assert (row["base"], row["base-response"]) == (900, D("7"))


FILTERS: list[tuple[str, dict[str, list[str]], list[str]]] = [
    ("questions", {"pollster": ["one"]}, ["q2"]),
    ("questions", {"pollster": ["one", "two"]}, ["q1", "q2"]),
    ("questions", {"pollster": ["one"], "scale": ["fav"]}, []),
    ("questions", {"pollster": []}, []),
    ("questions", {"base": [""]}, ["q2"]),
    ("questions", {"base": ["900", ""]}, ["q1", "q2"]),
    ("questions", {"field_start": ["2024-01-01"]}, ["q1"]),
    ("questions", {"margin_of_error": ["3.1"]}, ["q1"]),
    ("questions", {"pollster_name": ["Two"]}, ["q1"]),
    ("answers", {"value": ["14"]}, ["q1"]),
    ("answers", {"subject": ["china"], "response": ["mean"]}, ["q2"]),
    ("wide", {"population": ["ca-adults"], "poll": ["a"]}, ["q2"]),
    ("questions", {"base": ["9" * 12]}, []),
    ("questions", {"base.to": ["9" * 30]}, ["q1"]),
    ("questions", {"base.from": ["-" + "9" * 30]}, ["q1"]),
    ("questions", {"note": ["a\0b"]}, []),
]


@pytest.mark.parametrize(("name", "filters", "questions"), FILTERS)
def test_a_filter_keeps_the_rows_that_equal_one_of_its_values(
    polled: Store, name: str, filters: dict[str, list[str]], questions: list[str]
) -> None:
    assert [row["question"] for row in exported(polled, name, None, **filters)] == questions


def test_what_no_engine_could_hold_is_nowhere(polled: Store) -> None:
    assert polled.entity(Poll, "a\0b") is None
    assert polled.find(Contributor, id=10**12) == [] and polled.find(Contributor, id=10**30) == []
    after = Asked(after=["9" * 30])
    assert list(polled.table("revisions", asked=after)[1]) == []


def test_what_lacks_a_value_comes_first(polled: Store) -> None:
    """Among values that equally many rows hold; and a response that its scale does not list, before those it does."""
    assert polled.facets("questions", "base") == [(None, 1), (900, 1)]
    with polled.writing("Ann") as session:
        session.add(Answer(question="q1", response="other", value=D("1"), unit="percent"))
    (asked,) = [each for each in polled.questions("ca-adults", "china", "favourability") if each.question == "q1"]
    assert next(iter(asked.answers)) == "other"
    assert [column.name for column in polled.table("wide")[0]].index("other") < [
        column.name for column in polled.table("wide")[0]
    ].index("favourable")


def test_what_cannot_be_asked_for_is_said_with_what_can(polled: Store) -> None:
    with pytest.raises(UnknownName, match="choose one of polls, questions, answers, wide"):
        polled.table("pols")
    with pytest.raises(UnknownColumn, match=r"colour.*question, poll, pollster"):
        polled.table("questions", {"colour": ["red"]})
    with pytest.raises(BadFilter, match=r"field_start.*2026-01-31"):
        polled.table("questions", {"field_start": ["last May"]})
    with pytest.raises(UnknownColumn, match="before"):
        polled.table("revisions", {"before": ["x"]})


@pytest.mark.parametrize("name", TABLES)
def test_every_exported_column_is_named_once_typed_and_explained(polled: Store, name: str) -> None:
    found, rows = polled.table(name)
    assert len({c.name for c in found}) == len(found)
    assert [c.name for c in found if not c.help.endswith(".")] == []
    python = {"text": str, "integer": int, "number": Decimal, "date": dt.date, "datetime": dt.datetime}
    python |= {"json": dict | list}
    for row in rows:
        assert len(row) == len(found)
        for column, cell in zip(found, row, strict=True):
            assert cell is None or isinstance(cell, python[column.type]), column


def test_a_table_holds_a_connection_only_while_it_is_read(polled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.export.batches.BATCH", 1)
    pool: Any = polled.engine.pool
    _columns, rows = polled.table("wide")
    assert pool.checkedout() == 0
    next(rows)
    assert pool.checkedout() == 1
    rows.close()
    assert pool.checkedout() == 0


@pytest.mark.parametrize("url", ["tracker.db", "nosql:///x", "postgresql+nodriver://ann:secret@host/x"])
def test_a_url_that_names_no_database_is_said_to_be_wrong_without_its_password(url: str) -> None:
    with pytest.raises(Unreachable, match="write the URL like") as refused:
        Store(url)
    assert "secret" not in str(refused.value)


def test_a_place_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="check that the place exists"):
        Store(f"sqlite:///{tmp_path}/no/such/folder/tracker.db").migrate()


def test_a_wide_table_that_the_record_has_outgrown_says_so_rather_than_drop_an_answer(polled: Store) -> None:
    _columns, rows = polled.table("wide")
    with polled.writing("Ann") as session:
        session.add(Answer(question="q1", response="other", value=D("1"), unit="percent"))
    with pytest.raises(Moved, match="ask again"):
        list(rows)


# --- the real record ---


def test_the_real_record_is_held_whole(record: Store) -> None:
    counts = {c.__tablename__: len(record.every(c)) for c in (Question, Answer, Event, Claim)}
    assert counts == {"questions": 1471, "answers": 8091, "events": 113, "claims": 66}
    assert sum(1 for _ in record.table("wide")[1]) == 1471
    assert sum(1 for _ in record.table("answers")[1]) == 8091
    assert record.newest() < 50


def test_a_real_past_state_is_read_back_row_for_row(record_copy: Store) -> None:
    number, held = record_copy.newest(), {c: record_copy.every(c) for c in RECORD}
    with record_copy.writing("Ann", origin="correction") as session:
        for question in session.scalars(select(Question).where(Question.subject == "china").limit(20)):
            question.note = "changed"
        for answer in session.scalars(select(Answer).limit(20)):
            session.delete(answer)
        session.add(Pollster(id="new", name="New"))
    then = record_copy.at(number)
    assert {c: then.every(c) for c in RECORD} == held
    assert record_copy.every(Answer) != held[Answer]


def test_the_whole_import_can_be_undone(record_copy: Store) -> None:
    (batch,) = {r.batch for r in record_copy.find(Revision)}
    rows = sum(len(record_copy.every(c)) for c in RECORD)
    assert record_copy.undo(batch, "Ann") == rows
    assert not any(record_copy.every(c) for c in RECORD)
