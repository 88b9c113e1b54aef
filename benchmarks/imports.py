"""How fast a million answers come in: ``tracker import`` of a folder, with every rule asked and the ledger kept, beside
``sqlite-utils insert --csv`` of the same files, which asks nothing; what that takes of memory; and the same folder once
more, unchanged and with ten rows changed.
"""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from benchmarks import exports
from tracker.models import RECORD
from tracker.settings import RECORD as POLLS
from tracker.settings import ROOT
from tracker.store import Store

#: the tables that get invented rows
INVENTED = ("polls", "questions", "answers")
#: rows that are changed for the last import, each in its note
CHANGED = 10
#: runs a command from a process that is small itself: what its parent held counts as its own
MEASURE = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


class Run(NamedTuple):
    """What a process took: seconds, those of them on a processor, and the most memory that it held, in MB."""

    seconds: float
    processor: float
    memory: float

    def __str__(self) -> str:
        return f"{self.seconds:6.1f} s, of a processor {self.processor:5.1f} s, at most {self.memory:4.0f} MB"


def table(answers: int = exports.ANSWERS) -> None:
    """Print the times and their ratio, and what they were for."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        folder = _folder(home, answers)
        counts = {file.stem: _rows(file) for file in _files(folder)}
        print(f"\n{answers:,} answers and the record as CSV: {sum(counts.values()):,} rows")
        ours = _import(folder, home)
        print(f"{'tracker import':42}{ours}", flush=True)
        for flags in ([], ["--no-detect-types"]):
            theirs = _unchecked(folder, home / f"unchecked{len(flags)}.db", flags)
            ratio = f"ratio {ours.seconds / theirs.seconds:.2f}, of a processor {ours.processor / theirs.processor:.2f}"
            print(f"{' '.join(['sqlite-utils insert --csv', *flags]):42}{theirs}; {ratio}", flush=True)
        print(f"{'the same again, unchanged':42}{_import(folder, home)}", flush=True)
        _change(folder / "questions.csv")
        print(f"{f'again, {CHANGED} rows changed':42}{_import(folder, home)}", flush=True)
        print(f"{'every rule over the store':42}{_whole(home / 'tracker.db', counts)}", flush=True)


def _import(folder: Path, home: Path) -> Run:
    return _tracker("import", home / "tracker.db", str(folder))


def _tracker(verb: str, file: Path, *arguments: str) -> Run:
    """The command as anybody types it."""
    settings = {"TRACKER_DATABASE_URL": f"sqlite:///{file}", "PYTHONPATH": str(ROOT)}
    return _run([sys.executable, "-m", "tracker.cli", verb, *arguments], **settings)


def _unchecked(folder: Path, file: Path, flags: list[str]) -> Run:
    """The peer, on each of the large files in turn, without the rest, so that its starts count for little; without
    flags it guesses the types of the columns."""
    command = [str(Path(sys.executable).with_name("sqlite-utils")), "insert", str(file)]
    runs = [_run([*command, name, str(folder / f"{name}.csv"), "--csv", *flags]) for name in INVENTED]
    return Run(sum(run.seconds for run in runs), sum(run.processor for run in runs), max(run.memory for run in runs))


def _run(command: list[str], **settings: str) -> Run:
    measured = [sys.executable, "-c", MEASURE, *command]
    found = subprocess.run(measured, env=os.environ | settings, check=True, stdout=subprocess.PIPE, text=True)
    return Run(*map(float, found.stdout.split()))


def _folder(home: Path, answers: int) -> Path:
    """The record's files, with invented polls in them until there are that many answers more; beside them an empty
    database."""
    folder = Path(shutil.copytree(POLLS, home / "polls"))
    with closing(Store(f"sqlite:///{home / 'tracker.db'}")) as empty:
        empty.migrate()
    seed = home / "seed.db"
    exports.filled(seed, 0)
    with closing(sqlite3.connect(seed)) as record, ExitStack() as opened:
        files = {name: opened.enter_context((folder / f"{name}.csv").open("a", encoding="utf-8")) for name in INVENTED}
        for name, rows in exports.invented(record, answers // (exports.QUESTIONS * exports.RESPONSES), 0):
            csv.writer(files[name], lineterminator="\n").writerows(row[:-1] for row in rows)
    return folder


def _files(folder: Path) -> Iterator[Path]:
    return (folder / f"{table.__tablename__}.csv" for table in RECORD)


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _row in csv.reader(file)) - 1


def _change(path: Path) -> None:
    """Write a note into the last rows of a file, the note being its last column."""
    head, *tail = path.read_text(encoding="utf-8").rstrip("\n").rsplit("\n", CHANGED)
    assert all(line.endswith(",") for line in tail)
    path.write_text("\n".join([head, *(line + "changed" for line in tail)]) + "\n", encoding="utf-8")


def _whole(file: Path, counts: dict[str, int]) -> Run:
    """That every row is there, by one revision a table and one for each that changed, and the rules find no error."""
    with closing(sqlite3.connect(file)) as held:
        found = {name: held.execute(f"select count(*) from {name}").fetchone()[0] for name in counts}
        bulk = dict(held.execute("select table_name, row_count from revisions where row_id is null"))
        changed = held.execute("select count(*) from revisions where row_id is not null").fetchone()[0]
    assert found == counts and bulk == {name: count for name, count in counts.items() if count}
    assert changed == CHANGED
    return _tracker("check", file)
