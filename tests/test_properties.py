"""Whatever a table holds: what intake accepts comes back the same, and no public text is run by a spreadsheet."""

import csv
import io
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.places import Places, opened
from tracker import export, intake
from tracker.export import Column, guard, unguard
from tracker.models import RECORD, Claim, Disclosure, Event, Poll, Question
from tracker.store import Store

PEW = "pew-research-center-2025-01-08-ca-adults"
#: what spreadsheets, files and readers of files stumble over
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "'=1",
    "''-2",
    "\tx",
    "a\nb",
    'a"b',
    "a,b;c",
    "é ü 漢",
    "\u202e",
    " x ",
    "NULL",
    "0",
]
TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
#: the columns of the record in which anything may stand
FREE = {
    "polls": ("population_label", "sponsor", "note"),
    "questions": ("wording", "source_title", "note"),
    "disclosures": ("value",),
    "events": ("title", "description", "source_title"),
    "claims": ("claimant", "claimant_role", "quote", "paraphrase", "source_title", "note"),
}
QUICK = settings(max_examples=8, deadline=None)
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def tables(record: Store, places: Places, empty: str, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A small part of the record, as its files have it: one poll with all that it needs, an event and a claim."""
    folder = tmp_path_factory.mktemp("part")
    asked = {row.id for row in record.find(Question, poll=PEW)}
    kept: dict[Any, set[str]] = {Poll: {PEW}, Question: asked, Event: {record.every(Event)[0].id}}
    kept[Claim] = {next(row.id for row in record.every(Claim) if not row.cites)}
    with opened(places, empty) as store:
        with store.writing("Test") as session:
            for kind in RECORD:
                rows = [row for row in record.every(kind) if _kept(row, kind, kept, asked)]
                store.insert(session, kind, rows)
            session.add(Disclosure(poll=PEW, item="frame", value="a panel"))
        intake.write_folder(store, folder / "files")
    return {
        file.stem: list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))
        for file in (folder / "files").glob("*.csv")
    }


def _kept(row: object, kind: type, kept: dict[Any, set[str]], asked: set[str]) -> bool:
    if kind.__name__ == "Answer":
        return row.question in asked  # type: ignore[attr-defined]
    return kind is not Disclosure and (kind not in kept or row.id in kept[kind])  # type: ignore[attr-defined]


def written(tables: Tables, folder: Path) -> Path:
    folder.mkdir()
    for name, rows in tables.items():
        columns = list(rows[0])
        (folder / f"{name}.csv").write_bytes(b"".join(export.record_csv(columns, ([*row.values()] for row in rows))))
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@QUICK
@given(data=st.data())
def test_what_a_folder_holds_exports_and_comes_back_the_same(
    tables: Tables, places: Places, empty: str, data: st.DataObject
) -> None:
    """Texts that begin like formulas, with quotes, line ends, tabs, apostrophes and any letters."""
    told = {name: [{**row, **_free(name, data)} for row in rows[:1]] + rows[1:] for name, rows in tables.items()}
    with tempfile.TemporaryDirectory() as place, opened(places, empty) as store:
        home = Path(place)
        read = intake.read_folder(written(told, home / "in"))
        assume(not read.errors)
        intake.store_record(store, read, "Test")
        intake.write_folder(store, home / "out")
        again = intake.read_folder(home / "out")
        assert not again.errors
        assert intake.store_record(store, again, "Test").batch is None
        with opened(places, empty) as other:
            intake.store_record(other, again, "Test")
            intake.write_folder(other, home / "again")
        assert files(home / "again") == files(home / "out")


def _free(name: str, data: st.DataObject) -> dict[str, str]:
    return {column: data.draw(TEXT, column) for column in FREE.get(name, ())}


@pytest.mark.parametrize("name", FREE)
def test_a_nul_is_refused_with_its_place(tables: Tables, tmp_path: Path, name: str) -> None:
    column = FREE[name][-1]
    first, *rest = tables[name]
    read = intake.read_folder(written({**tables, name: [{**first, column: "a\0b"}, *rest]}, tmp_path / "in"))
    assert [problem for problem in read.errors if problem.file == f"{name}.csv"]


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXT, st.text(max_size=8)))
def test_the_guard_comes_off_again_and_leaves_no_formula(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, st.decimals(-1000, 1000, allow_nan=False, places=2)), max_size=6))
def test_a_public_csv_runs_nothing_and_keeps_numbers_as_numbers(rows: list[tuple[str, Decimal]]) -> None:
    columns = [Column("text", "text"), Column("value", "number")]
    chunks = b"".join(export.FORMATS["csv"](columns, rows)).decode()
    found = list(csv.reader(io.StringIO(chunks, newline="")))[1:]
    assert [(unguard(text), Decimal(value)) for text, value in found] == rows
    assert [text for text, _value in found if text.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert [value for _text, value in found if value.startswith("'")] == []


def test_the_wide_sheet_of_hostile_texts_comes_back_as_it_is(tables: Tables, places: Places, empty: str) -> None:
    """With the guard that the public sheet puts before a text and the importer takes off."""
    for store, text in _with_texts(tables, places, empty):
        columns, rows = store.table("wide")
        sheet = intake.read_sheet(store, b"".join(export.FORMATS["csv"](columns, rows)), "wide.csv").record
        assert not sheet.errors, text
        outcome = intake.store_record(store, sheet, "Test", dry_run=True)
        assert (outcome.inserted, outcome.updated, outcome.conflicts) == (0, 0, []), text


def _with_texts(tables: Tables, places: Places, empty: str) -> Iterator[tuple[Store, str]]:
    for text in HOSTILE:
        told = {name: [{**row} for row in rows] for name, rows in tables.items()}
        told["polls"][0] |= dict.fromkeys(FREE["polls"], text)
        told["questions"][0] |= dict.fromkeys(FREE["questions"], text)
        with tempfile.TemporaryDirectory() as place, opened(places, empty) as store:
            intake.store_record(store, intake.read_folder(written(told, Path(place) / "in")), "Test")
            yield store, text
