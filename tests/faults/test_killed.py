"""`kill -9` at a random moment: what was acknowledged is there, nothing is there by half, and the check is clean.

``KILLS=50 pytest tests/faults/test_killed.py`` kills fifty writers, ``make faults`` does; the seed is in the name of
each test, and gives the moment.
"""

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from typing import Any

import pytest

from tests.faults import writer
from tests.places import Places
from tracker import accounts, intake
from tracker.models import Answer, Draft, Poll, Question, Revision
from tracker.settings import ROOT
from tracker.store import Store, schema

KILLS = int(os.environ.get("KILLS", len(writer.KINDS)))
#: seconds after its first acknowledged write by which a writer is killed
LATEST = 1.5
EACH = [(kind, seed) for seed in range(KILLS) for kind in [[*writer.KINDS][seed % len(writer.KINDS)]]]


def killed(kind: str, url: str, after: float) -> list[Any]:
    """What a writer of this kind acknowledged before it was killed, so many seconds after its first write."""
    command = [sys.executable, "-m", "tests.faults.writer", kind, url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        first = process.stdout.readline()
        timer = threading.Timer(after, process.kill)
        timer.start()
        lines = [first, *process.stdout]
        timer.join()
        said = process.stderr.read()
    assert process.returncode == -9 and first, said
    # a line that was cut short was told to nobody
    return [json.loads(line) for line in lines if line.endswith("\n")]


@pytest.mark.parametrize(("kind", "seed"), EACH)
def test_a_writer_that_is_killed_leaves_all_it_acknowledged_and_nothing_by_half(
    places: Places, recorded: str, kind: str, seed: int
) -> None:
    url = places.copy(recorded)
    with closing(Store(url)) as store:
        accounts.add(store, writer.WHO, "Killed", "editor")
        before = Counter(len(store.every(table)) for table in (Poll, Question, Answer, Revision)), store.newest()
    told = killed(kind, url, random.Random(seed).uniform(0, LATEST))
    print(f"{kind}, seed {seed}: {len(told)} writes acknowledged")
    with closing(Store(url)) as store:
        HOLDS[kind](store, told, before)
        store.migrate()
        assert [str(problem) for problem in intake.check(store) if problem.severity == "error"] == []
        assert [each.number for each in store.find(Revision)] == list(range(1, store.newest() + 1))
    places.drop(url)


def imported(store: Store, told: list[list[str]], _before: Any) -> None:
    """Every acknowledged sheet, perhaps the one after them, and each whole: with its questions and all answers."""
    stored = [row.id for row in store.find(Poll, pollster="leger") if row.id < "leger-196"]
    sheets = len(stored) // writer.POLLS
    assert told == [writer.ids(number) for number in range(len(told))]
    assert stored == sorted(name for number in range(sheets) for name in writer.ids(number))
    assert len(told) <= sheets <= len(told) + 1
    asked = {row.id: row.poll for row in store.every(Question) if row.poll in set(stored)}
    answered = Counter(asked[row.question] for row in store.every(Answer) if row.question in asked)
    assert answered == Counter(dict.fromkeys(stored, 2))


def approved(store: Store, told: list[tuple[int, str, str | None]], _before: Any) -> None:
    """Every draft at least in the state that was acknowledged; a poll for each that is stored, and for no other."""
    order = ("draft", "submitted", "stored")
    held = {row.id: row for row in store.every(Draft)}
    for draft, status, row in told:
        assert order.index(held[draft].status) >= order.index(status)
        assert row is None or held[draft].row == row
    stored = {row.row for row in held.values() if row.status == "stored"}
    assert {row.id for row in store.find(Poll, pollster="nanos-research") if row.id < "nanos-research-196"} == stored
    assert all(store.find(Answer, question=row.id) for row in store.every(Question) if row.poll in stored)


def migrated(store: Store, told: list[str], before: Any) -> None:
    """The schema that was acknowledged last, or the next; after migrating every row is there."""
    other = {writer.UP: writer.DOWN, writer.DOWN: writer.UP}
    assert schema.current(store.url) in (told[-1], other[told[-1]])
    store.migrate()
    counted = Counter(len(store.every(table)) for table in (Poll, Question, Answer, Revision)), store.newest()
    assert counted == before


HOLDS = {"imports": imported, "approvals": approved, "migrations": migrated}
