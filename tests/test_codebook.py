"""The codebook says of each column of the record what the tables themselves are: type, blanks, references."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Date, DateTime, Integer, inspect

from tests.visiting import alone
from tracker import language, tables
from tracker.language import catalogue
from tracker.models import RECORD, Figure, Revision
from tracker.store import Store, codebook
from tracker.tables import columns, package

TYPES = {Integer: "integer", Figure: "number", Date: "date", DateTime: "datetime", JSON: "json"}
MODELS: dict[str, Any] = {model.__tablename__: model for model in (*RECORD, Revision)}


def own(name: str) -> list[tuple[Any, Any]]:
    """The columns of a table's own model with what the codebook says of each."""
    book = codebook.TABLES[name]
    told = {"id": name.removesuffix("s"), "note": "poll_note" if name == "polls" else "note"}
    kept = [each for each in inspect(MODELS[name]).column_attrs if each.key != "added"]
    return [(each.columns[0], book.get(told.get(each.key, each.key))) for each in kept]


@pytest.mark.parametrize("name", MODELS)
def test_the_codebook_says_what_the_tables_are(name: str) -> None:
    for column, told in own(name):
        assert told is not None, column
        assert told.type == next((said for kind, said in TYPES.items() if isinstance(column.type, kind)), "text")
        blank = column.nullable or "parameters" in column.key or column.key == "parts"
        assert told.required == (not blank), column
        if keys := list(column.foreign_keys):
            assert told.refers == keys[0].column.table.name, column


def test_every_reference_leads_to_a_table_with_such_a_key(record: Store) -> None:
    for name in tables.NAMES:
        for column in tables.columns_of(record, name):
            assert column.refers is None or tables.keys(record, column.refers) == [column.refers.removesuffix("s")]


def test_no_sentence_is_written_twice() -> None:
    files = [Path(str(module.__file__)) for module in (codebook, columns)]
    said = [text for path in files for text in catalogue.sentences(path)]
    assert len(said) > 100 and [text for text, times in Counter(said).items() if times > 1] == []


def test_the_method_page_shows_what_the_package_says(record: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = alone(monkeypatch, record, "method", codebook="true", table="series")
    assert not app.exception
    shown = next(table.value for table in app.table if "why_not" in str(table.value))
    told = package.schema(record, "series")["fields"]
    assert [name.strip("`") for name in shown["Column"]] == [field["name"] for field in told]
    assert [text.replace("\\", "") for text in shown["Meaning"]] == [field["description"] for field in told]
    assert list(shown["Unit"]) == [field.get("unit", "") for field in told]
    kept = dict(zip(shown["Column"], shown["Kept to"], strict=True))
    assert kept["`poll`"] == "never blank; a row of polls" and "too-old" in kept["`why_not`"].replace("\\", "")


def test_what_the_package_says_it_says_in_the_language_in_use(record: Store) -> None:
    english = package.schema(record, "revisions")["fields"]
    language.use("fr")
    try:
        french = package.schema(record, "revisions")["fields"]
    finally:
        language.use(None)
    assert [field["name"] for field in english] == [field["name"] for field in french]
    assert all(one["description"] != other["description"] for one, other in zip(english, french, strict=True))
