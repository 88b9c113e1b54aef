"""Backups: whole, of one moment, the same bytes for the same state on any engine, and restored to the last byte."""

import datetime as dt
import gzip
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from tests.places import Files, Places
from tests.submissions import PEW, corrected, favourable, person, poll, sheet, submitted
from tracker import accounts, export, intake
from tracker.cli import main
from tracker.models import RECORD, Contributor, Draft, Poll, Question, Token
from tracker.settings import RECORD as RECORD_FILES
from tracker.store import TABLES, Damaged, NewerBackup, Store, Summary, Taken, backup, moving, schema
from tracker.store.engine import migrating


@pytest.fixture
def lived_in(record_copy: Store) -> Store:
    """The record after a correction and a batch taken back, with people, an open session, drafts in several states."""
    store = record_copy
    ann, ed = person(store, "ann"), person(store, "ed", "pollster", "leger")
    accounts.sign_in(store, accounts.link(store, "ann@example.org"))
    accounts.keep_draft(store, ed, {"questions": [{"wording": "half a “sentence”\0 \ud83d\ude00 \ud800"}]})
    submitted(store, ed, poll(), embargo=dt.date(2027, 1, 31))
    accounts.keep_draft(store, ann, sheet(store, 3), kind="sheet")
    accounts.drop_draft(store, ann, accounts.keep_draft(store, ann, poll()))
    with store.writing("Ann", "a slip – “corrigée”", origin="correction") as session:
        asked = session.get_one(Question, intake.fields_of(store, PEW)["questions"][0]["id"])
        asked.note = "changed é\u2028'\t\n"
    with store.writing("Ann", "twice", origin="correction", batch="gone") as session:
        held = session.query(Poll).filter(Poll.note.is_(None)).first()
        assert held is not None
        held.note = "to be taken back"
    store.undo("gone", "Ann")
    return store


@pytest.fixture
def new(places: Places) -> Iterator[Callable[[], Store]]:
    """Makes stores in empty databases of this run's engine."""
    made: list[Store] = []

    def new() -> Store:
        made.append(Store(places.empty()))
        return made[-1]

    yield new
    for store in made:
        store.close()
        places.drop(store.url)


def everything(store: Store, folder: Path) -> dict[str, bytes]:
    """The record as files, every table as it was at some revisions, as CSV, and whatever else can be read."""
    intake.write_folder(store, folder)
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    for number in (store.newest() - 2, store.newest()):
        for name in TABLES:
            found[f"{name} as of {number}"] = b"".join(export.FORMATS["csv"](*store.at(number).table(name)))
    return found | {name: repr(told).encode() for name, told in reads(store)}


def reads(store: Store) -> Iterator[tuple[str, Any]]:
    """What pages and computations read, by a name for each."""
    for read in (store.choices, store.meanings, store.events, store.claims, store.public_polls, store.changed_at):
        yield read.__name__, read()
    for who, about, construct in {(each.population, each.subject, each.construct) for each in store.choices()[:24:3]}:
        yield f"questions {who} {about} {construct}", store.questions(who, about, construct)
    for kind in RECORD:
        yield kind.__name__, store.every(kind)
    for name in TABLES:
        columns, _rows = store.table(name)
        held = [] if name == "wide" else sorted(column.name for column in columns if column.type != "json")[:6]
        yield f"facets {name}", [store.facets(name, each) for each in held]
        yield f"first of {name}", list(store.table(name, limit=7)[1])
    yield "changes", store.changes(100)
    yield "one poll", (store.poll(PEW), store.history(PEW))
    yield (
        "rows by place",
        [sorted(map(repr, found.items())) for found in (store.imported_state(), store.changed_since(1))],
    )


def own(store: Store) -> list[Any]:
    """What is the installation's own, but for links and sessions."""
    return [list(map(tuple, store.every(kind))) for kind in (Contributor, Draft)]


def test_moving_to_another_engine_and_back_changes_no_byte(
    lived_in: Store, new: Callable[[], Store], tmp_path: Path
) -> None:
    said = [lived_in.backup(tmp_path / "first")]
    expected, theirs = everything(lived_in, tmp_path / "before"), own(lived_in)
    other = Files(tmp_path).empty()
    with closing(Store(other)) as moved:
        said.append(moved.restore(tmp_path / "first"))
        assert everything(moved, tmp_path / "moved") == expected and own(moved) == theirs
        said.append(moved.backup(tmp_path / "second"))
    back = new()
    said.append(back.restore(tmp_path / "second"))
    assert everything(back, tmp_path / "back") == expected and own(back) == theirs
    said.append(back.backup(tmp_path / "third"))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes() == (tmp_path / "third").read_bytes()
    assert len({(each.record, each.sha256, each.revision) for each in said}) == 1
    assert said[0].revision == lived_in.newest() and said[0].tables["answers"] == 8091


def test_who_restores_signs_in_anew_and_goes_on_numbering(
    lived_in: Store, new: Callable[[], Store], tmp_path: Path
) -> None:
    lived_in.backup(tmp_path / "backup")
    assert lived_in.find(Token) and "tokens" not in gzip.decompress((tmp_path / "backup").read_bytes()).decode()
    store = new()
    store.restore(tmp_path / "backup")
    assert store.find(Token) == [] and store.migrate() == []
    assert store.newest() == lived_in.newest()
    cleo = person(store, "cleo")
    last = max(draft.id for draft in store.every(Draft))
    assert cleo.id not in {each.id for each in lived_in.every(Contributor)}
    number = submitted(store, cleo, corrected(store, "35"), row=PEW, why="a slip")
    assert number > last
    intake.approve(store, accounts.named(store, "ann@example.org"), number)
    assert favourable(store) == "35" and store.newest() > lived_in.newest()


def test_a_backup_is_of_one_moment_while_others_write(
    record_copy: Store, new: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents, before = moving._contents, record_copy.newest()

    def slowly(connection: Any) -> Iterator[Any]:
        for number, table in enumerate(contents(connection)):
            yield table
            with record_copy.writing("Ann", origin="correction") as session:
                session.get_one(Poll, PEW).note = f"note {number}"

    monkeypatch.setattr(moving, "_contents", slowly)
    said = record_copy.backup(tmp_path / "backup")
    assert record_copy.newest() > before == said.revision
    then = record_copy.at(before)
    store = new()
    store.restore(tmp_path / "backup")
    assert store.newest() == before
    assert all(store.every(kind) == then.every(kind) for kind in RECORD)


def test_the_record_keeps_its_digest_whatever_people_draft(store: Store, tmp_path: Path) -> None:
    first = store.backup(tmp_path / "first")
    accounts.keep_draft(store, person(store, "ann"), poll())
    second = store.backup(tmp_path / "second")
    assert first.record == second.record and first.sha256 != second.sha256


def test_what_is_there_is_never_written_over(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "backup"
    there.write_bytes(b"mine")
    with pytest.raises(Taken, match="there already"):
        store.backup(there)
    # somebody puts it there while this one is written
    monkeypatch.setattr(Path, "exists", lambda path: path != there and os.path.exists(path))
    with pytest.raises(Taken, match="there already"):
        store.backup(there)
    assert there.read_bytes() == b"mine" and [path.name for path in tmp_path.glob("*backup*")] == ["backup"]


def test_only_an_empty_place_takes_a_backup(store: Store, tmp_path: Path) -> None:
    store.backup(tmp_path / "backup")
    with pytest.raises(Taken, match="name an empty one"):
        store.restore(tmp_path / "backup")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, places: Places, empty: str) -> Path:
    """A small backup."""
    url, path = places.copy(empty), tmp_path_factory.mktemp("small") / "backup"
    with closing(Store(url)) as store:
        accounts.keep_draft(store, person(store, "ann"), poll())
        store.backup(path)
    places.drop(url)
    return path


def lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


def test_a_backup_that_is_not_as_it_was_written_restores_nothing(
    small: Path, new: Callable[[], Store], tmp_path: Path
) -> None:
    """Bytes lost or turned in the file, lines lost, doubled, swapped or changed in what it holds."""
    held, said = small.read_bytes(), lines(small)
    harmed = [held[:size] for size in range(0, len(held) - 1, len(held) // 9)]
    harmed += [held[:at] + bytes([held[at] ^ 16]) + held[at + 1 :] for at in range(12, len(held), len(held) // 9)]
    rewritten = [b"".join(said[:at] + said[at + 1 :]) for at in range(len(said))]
    rewritten += [b"".join([*said[:at], said[at], *said[at:]]) for at in range(1, len(said))]
    rewritten += [b"".join(said).replace(b"41", b"42"), b"", b"[]\n", b"{}\n", b"\xff", b"".join(said[:-1]) + b"7\n"]
    for number, data in enumerate([*harmed, *map(gzip.compress, rewritten)]):
        (tmp_path / "harmed").write_bytes(data)
        with pytest.raises(Damaged, match="earlier backup"):
            moving.read_through(tmp_path / "harmed")
            pytest.fail(f"{number} was read to its end")
    store = new()
    for wrong in (held[:-9], gzip.compress(rewritten[-6])):
        (tmp_path / "harmed").write_bytes(wrong)
        with pytest.raises(Damaged, match="earlier backup"):
            store.restore(tmp_path / "harmed")
        with migrating(store.url).connect() as connection:
            assert inspect(connection).get_table_names() == []
    assert store.restore(small).tables["drafts"] == 1


def test_a_newer_backup_is_refused_with_a_remedy(small: Path, new: Callable[[], Store], tmp_path: Path) -> None:
    head, *rest = lines(small)
    for newer in ({"schema": "9999"}, {"version": 2}):
        data = json.dumps(json.loads(head) | newer).encode() + b"\n" + b"".join(rest)
        (tmp_path / "newer").write_bytes(gzip.compress(data))
        with pytest.raises(NewerBackup, match="update the tracker"):
            new().restore(tmp_path / "newer")


#: a revision of a batch and what it stored, as the first schema had them: each row by its columns
OLD = {
    "revisions": {
        "number": 1,
        "batch": "b",
        "at": "2026-01-31T12:00:00.000001",
        "who": "Ann",
        "why": None,
        "origin": "import",
        "action": "insert",
        "table_name": "events",
        "row_id": None,
        "row_count": 1,
        "before": None,
        "after": {"b": 1, "a": 2},
    },
    "contributors": {"id": 7, "email": "ann@example.org", "public_name": "Ann", "role": "editor", "pollster": None},
    "events": {
        "id": "e",
        "date": "2025-06-01",
        "date_precision": "day",
        "end_date": "2025-06-02",
        "title": "A summit",
        "description": None,
        "category": "diplomacy",
        "actors": "CA;CN",
        "subjects": "china",
        "source_url": None,
        "source_title": None,
        "added": 1,
    },
}


def test_an_older_backup_is_brought_up_to_date(new: Callable[[], Store], tmp_path: Path) -> None:
    """One of the first schema, in which events had no types and nobody kept drafts."""
    with (tmp_path / "old").open("wb") as file:
        backup.write(file, "0001", 1, moving.RECORD, ((name, [*row], [[*row.values()]]) for name, row in OLD.items()))
    store = new()
    assert store.restore(tmp_path / "old") == Summary(
        1, {"revisions": 1, "contributors": 1, "events": 1}, *_digests(tmp_path / "old")
    )
    assert store.migrated() and store.migrate() == []
    (event,) = store.events()
    assert (event.id, event.end_date.isoformat(), event.plover_type) == ("e", "2025-06-02", None)
    ann = accounts.named(store, "ann@example.org")
    assert ann is not None and ann.id == 7 and accounts.keep_draft(store, ann, poll())
    with store.engine.connect() as connection:
        null, after = connection.execute(text("select before, after from revisions")).one()
    assert null is None and list(json.loads(after) if isinstance(after, str) else after) == ["b", "a"]


def test_rows_whose_others_are_missing_are_not_restored(new: Callable[[], Store], tmp_path: Path) -> None:
    with (tmp_path / "part").open("wb") as file:
        told = ((name, [*row], [[*row.values()]]) for name, row in OLD.items() if name != "revisions")
        backup.write(file, "0001", 1, moving.RECORD, told)
    with pytest.raises(Damaged, match="refer to others"):
        new().restore(tmp_path / "part")


def _digests(path: Path) -> tuple[str, str]:
    told = json.loads(lines(path)[-1])
    return told["record"], told["sha256"]


def test_a_restore_that_fails_midway_leaves_an_empty_place(
    small: Path, new: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring, store = schema.bring, new()

    def fails(connection: Any, to: str) -> None:
        bring(connection, to)
        if to == "head":
            raise OSError("the disk is full")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="full"):
        patch.setattr(schema, "bring", fails)
        store.restore(small)
    store.restore(small)
    assert store.migrated()


def test_two_who_restore_at_once_do_not_mix(small: Path, new: Callable[[], Store]) -> None:
    store, outcomes = new(), []

    def restore() -> None:
        try:
            outcomes.append(type(store.restore(small)))
        except Taken as refused:
            outcomes.append(type(refused))

    both = [threading.Thread(target=restore) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(kind.__name__ for kind in outcomes) == ["Summary", "Taken"]


def test_the_file_is_for_its_owner_alone(small: Path) -> None:
    assert small.stat().st_mode & 0o777 == 0o600


def test_moving_over_is_two_commands(
    record_copy: Store, places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said, new, other = [], str(tmp_path / "tracker.backup"), places.empty()
    for words in (["backup", "--to", new], ["backup", new + "2"]):
        assert main([*words, "--database", record_copy.url]) == 0
        said.append(capsys.readouterr())
    assert main(["restore", new, "--database", other]) == 0
    said.append(capsys.readouterr())
    assert len({each.out for each in said}) == 1 and len(said[0].out.strip()) == 64
    assert "revision 10, 1" in said[0].err and "Restored: revision 10" in said[2].err
    for words in (["restore", new, "--database", other], ["backup", new, "--database", other]):
        assert main(words) == 2 and len(capsys.readouterr().err.splitlines()) == 1
    assert main(["export", "--to", str(tmp_path / "record"), "--database", other]) == 0
    for path in (tmp_path / "record").iterdir():
        assert path.read_bytes() == (RECORD_FILES / path.name).read_bytes(), path.name
    places.drop(other)
