"""A full disk, another writer, a damaged file, a clock set back: told in a sentence, and nothing stored by half."""

import datetime as dt
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from tests.faults import writer
from tests.places import file_of
from tests.serving import routed, serving
from tracker import intake
from tracker.cli import main
from tracker.models import RECORD, Pollster, Revision
from tracker.routes import script_failed
from tracker.settings import ROOT
from tracker.store import Corrupt, Hindered, Store

#: whether this machine lets one have a small disk of one's own
SMALL_DISKS = shutil.which("unshare") and not subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode


def state(store: Store) -> Any:
    """What would show that something was stored."""
    return store.newest(), [len(store.every(table)) for table in RECORD], len(store.find(Revision))


def clean(store: Store) -> bool:
    return not [problem for problem in intake.check(store) if problem.severity == "error"]


# --- a full disk ---


@pytest.mark.parametrize("room", [0, 3, 9])
def test_a_full_disk_is_told_and_nothing_is_stored_by_half(record_file: Path, tmp_path: Path, room: int) -> None:
    """``room``: pages that the file may still grow by; with some the write fails midway."""
    path = shutil.copy(record_file, tmp_path / "tracker.db")
    with closing(Store(f"sqlite:///{path}")) as store:
        before = state(store)
        sheet = writer.read(store, 0)
        store.engine.dispose()
        event.listen(store.engine, "connect", lambda connection, _record: full(connection, room))
        with pytest.raises(Hindered, match=r"disk .* is full.*Make room"):
            intake.store_record(store, sheet, "Test")
        assert state(store) == before
        assert clean(store)


def full(connection: Any, room: int) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + room}")


ON_A_SMALL_DISK = """
mount -t tmpfs -o size={size} none {place} && cp {file} {place}/tracker.db || exit 90
{python} -m tracker.cli import {place}/../polls.csv --confirm --database sqlite:///{place}/tracker.db; echo "exit $?"
{python} -m tracker.cli check --database sqlite:///{place}/tracker.db; echo "exit $?"
cp {place}/tracker.db {place}/../after.db
"""


@pytest.mark.skipif("KILLS" not in os.environ, reason="takes its time: make faults")
@pytest.mark.skipif(not SMALL_DISKS, reason="no disk of one's own to be had here")
def test_a_real_disk_that_fills_up(record_file: Path, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    with closing(Store(f"sqlite:///{record_file}")) as store:
        before = store.newest()
    days = [day for number in range(4) for day in writer.days(number)]
    rows = [f"Leger,{day},{day},1000,Canadian adults,India,favourable-unfavourable-4,50,45" for day in days]
    (tmp_path / "polls.csv").write_text("\n".join([writer.HEADER, *rows]))
    size = record_file.stat().st_size + 100_000
    script = ON_A_SMALL_DISK.format(size=size, place=place, file=record_file, python=sys.executable)
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], cwd=ROOT, capture_output=True, text=True)
    told = done.stdout + done.stderr
    assert "is full, so nothing was stored" in told and "Traceback" not in told
    assert done.stdout.splitlines() == ["exit 2", "exit 0"], told
    with closing(Store(f"sqlite:///{tmp_path / 'after.db'}")) as store:
        assert store.newest() == before


# --- another writer ---


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.store.engine.SERVING", ("foreign_keys = ON", "busy_timeout = 300"))
    monkeypatch.setattr("tracker.store.engine.MIGRATING", ("busy_timeout = 300",))


@contextmanager
def another(url: str) -> Iterator[sqlite3.Connection]:
    """Somebody who holds the write lock."""
    with closing(sqlite3.connect(file_of(url), isolation_level=None, check_same_thread=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@pytest.fixture
def file(record_file: Path, tmp_path: Path) -> str:
    """A database of its own with the record."""
    return f"sqlite:///{shutil.copy(record_file, tmp_path / 'tracker.db')}"


def test_a_writer_waits_for_another(file: str) -> None:
    """For as many seconds as ``HELD`` says, ten in ``make faults``."""
    seconds = float(os.environ.get("HELD", "0.5"))
    with closing(Store(file)) as store, another(file) as other:
        threading.Timer(seconds, other.execute, ["ROLLBACK"]).start()
        began = time.monotonic()
        with store.writing("Test") as session:
            session.add(Pollster(id="late", name="Late"))
        assert time.monotonic() - began >= seconds * 0.9
        assert store.find(Pollster, id="late")


@pytest.mark.usefixtures("impatient")
def test_who_waited_in_vain_is_told_at_the_console(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "polls.csv"
    rows = [f"Leger,{day},{day},1000,Canadian adults,India,favourable-unfavourable-4,50,45" for day in writer.days(0)]
    sheet.write_text("\n".join([writer.HEADER, *rows]))
    with another(file):
        assert main(["import", str(sheet), "--confirm", "--database", file]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith("tracker: Somebody else has been writing all the while, so nothing was stored.")
    assert "sqlite" not in said[-1].lower()


@pytest.mark.usefixtures("impatient")
def test_who_waited_in_vain_is_told_by_an_address(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in writes; reading goes on."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", file)
    with serving(routed()) as url, another(file), httpx.Client(base_url=url) as client:
        assert client.get("/api/v1/pollsters.csv").status_code == 200
        answer = client.post("/sign-in", data={"token": "x" * 43}, headers={"Origin": url})
        assert answer.status_code == 503
        assert "Somebody else has been writing" in answer.text


@pytest.mark.usefixtures("impatient")
def test_who_waited_in_vain_is_told_on_a_page(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the app calls where a page's script fails."""
    shown: list[str] = []
    monkeypatch.setattr("tracker.routes.errors.st.error", shown.append)
    with closing(Store(file)) as store, another(file):
        with pytest.raises(Hindered) as caught, store.writing("Test"):
            pass
        assert script_failed(caught.value)
    assert shown == [str(caught.value)]


# --- a damaged file ---


def overwritten(url: str, start: int, length: int = 20_000) -> None:
    """Put noise where the file had something."""
    with file_of(url).open("r+b") as held:
        held.seek(start)
        held.write(random.Random(start).randbytes(length))


@pytest.mark.parametrize("command", [["check"], ["export", "answers"], ["judge", "--all"], ["backup", "--to", "{to}"]])
def test_a_file_that_is_no_longer_a_database_is_named_with_the_remedy(
    file: str, tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    overwritten(file, 0, 4096)
    assert main([*(word.format(to=tmp_path / "b") for word in command), "--database", file]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"tracker: The database {file} is damaged (file is not a database)")
    assert "tracker restore" in said


def test_damage_in_the_middle_is_found_and_a_backup_brings_everything_back(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store(file)) as store:
        expected = store.backup(tmp_path / "backup")
    overwritten(file, file_of(file).stat().st_size // 2)
    assert main(["check", "--database", file]) == 1
    told = capsys.readouterr()
    assert "the database: " in told.out and "tracker restore" in told.out and "Traceback" not in told.err
    with closing(Store(f"sqlite:///{tmp_path / 'new.db'}")) as new:
        assert new.restore(tmp_path / "backup") == expected
        assert clean(new)


def test_a_damaged_file_is_not_backed_up_as_if_it_were_whole(file: str, tmp_path: Path) -> None:
    overwritten(file, file_of(file).stat().st_size // 4, file_of(file).stat().st_size // 2)
    with closing(Store(file)) as store, pytest.raises(Corrupt):
        store.backup(tmp_path / "backup")
    assert not list(tmp_path.glob("*backup*"))


def test_readers_of_a_damaged_file_hear_that_the_store_is_silent_and_no_path(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", file)
    overwritten(file, 0, 4096)
    with serving(routed()) as url:
        answer = httpx.get(f"{url}/api/v1/answers.csv")
        assert answer.status_code == httpx.get(f"{url}/healthz").status_code == 503
        assert "does not answer" in answer.json()["error"]["message"] and "tracker.db" not in answer.text


LOST = [
    ("delete from revisions where number = (select max(number) - 1 from revisions)", "lacks 1 of its revisions"),
    ("delete from pollsters where id = 'leger'", "rows refer to others"),
]


@pytest.mark.parametrize(("statement", "told"), LOST)
def test_what_somebody_took_out_past_the_tracker_is_found(
    file: str, statement: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store(file)) as store:
        for name in ("one", "two"):
            with store.writing("Test") as session:
                session.add(Pollster(id=name, name=name))
        assert store.damage() == []
    with closing(sqlite3.connect(file_of(file))) as connection, connection:
        connection.execute(statement)
    assert main(["check", "--database", file]) == 1
    assert told in capsys.readouterr().out


# --- a clock set back ---


def test_with_the_clock_set_back_every_moment_of_the_ledger_still_names_its_state(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [dt.datetime(2026, 5, 2, 12)]
    monkeypatch.setattr("tracker.store.ledger.now", lambda: clock[0])
    for name, moment in (("a", clock[0]), ("b", dt.datetime(2026, 5, 2, 13)), ("c", dt.datetime(2026, 5, 1))):
        clock[0] = moment
        with store.writing("Test") as session:
            session.add(Pollster(id=name, name=name))
    moments = [each.at for each in store.find(Revision)]
    assert moments == sorted(moments)
    held = {str(at): [each.id for each in store.at(f"{at.isoformat()}Z").every(Pollster)] for at in moments}
    assert [*held.values()] == [["a"], ["a", "b", "c"]]
    assert store.at("2026-05-02").newest() == store.newest() == store.at(dt.date(2026, 5, 2)).newest()
    assert [each.id for each in store.at("2026-05-02T12:30:00Z").every(Pollster)] == ["a"]
