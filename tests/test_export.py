"""The three formats and the record's own form: what comes out is what went in, and in constant memory."""

import csv
import datetime as dt
import io
import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.export import FORMATS, Column, guard, record_csv, unguard

COLUMNS = [
    Column("id", "text"),
    Column("base", "integer"),
    Column("value", "number"),
    Column("field_end", "date"),
    Column("at", "datetime"),
    Column("comparable", "boolean"),
]
WHEN = dt.datetime(2026, 2, 3, 4, 5, 6)
ROWS = [
    ("=HYPERLINK(1)", 1000, Decimal("-3.10"), dt.date(2025, 4, 21), WHEN, True),
    ("two\r\nlines, « quoted »", None, None, None, None, None),
]


def written(name: str, columns: list[Column] = COLUMNS, rows: list[tuple] = ROWS) -> bytes:
    return b"".join(FORMATS[name](columns, rows))


def test_csv_keeps_numbers_as_published_and_guards_texts_only() -> None:
    first, second = list(csv.reader(io.StringIO(written("csv").decode(), newline="")))[1:]
    assert first == ["'=HYPERLINK(1)", "1000", "-3.10", "2025-04-21", "2026-02-03T04:05:06Z", "true"]
    assert second == ["two\r\nlines, « quoted »", "", "", "", "", ""]


def test_json_is_an_array_of_typed_objects() -> None:
    first, second = json.loads(written("json"))
    assert first["id"] == "=HYPERLINK(1)"
    assert (first["base"], first["value"], first["comparable"]) == (1000, -3.1, True)
    assert (first["field_end"], first["at"]) == ("2025-04-21", "2026-02-03T04:05:06Z")
    assert second == {column.name: None for column in COLUMNS} | {"id": "two\r\nlines, « quoted »"}


def test_json_writes_a_number_as_it_was_published() -> None:
    assert b'"value":-3.10,' in written("json")


def test_parquet_is_typed() -> None:
    table = pq.read_table(io.BytesIO(written("parquet")))
    assert list(map(str, table.schema.types)) == [
        "string", "int64", "double", "date32[day]", "timestamp[us, tz=UTC]", "bool",
    ]  # fmt: skip
    assert table.to_pylist()[0]["at"] == WHEN.replace(tzinfo=dt.UTC)
    assert table.to_pylist()[1]["value"] is None


@pytest.mark.parametrize(("name", "empty"), [("csv", []), ("json", []), ("parquet", [])])
def test_no_rows_is_still_a_table(name: str, empty: list) -> None:
    data = written(name, rows=[])
    read = {
        "csv": lambda: list(csv.reader(io.StringIO(data.decode())))[1:],
        "json": lambda: json.loads(data),
        "parquet": lambda: pq.read_table(io.BytesIO(data)).to_pylist(),
    }
    assert read[name]() == empty


def test_an_assertion_travels_as_an_object_in_json_and_as_compact_text_elsewhere() -> None:
    columns, rows = [Column("parameters", "json")], [({"b": 1, "a": "été"},), ({},)]
    assert written("csv", columns, rows).decode() == 'parameters\n"{""a"":""été"",""b"":1}"\n""\n'
    assert json.loads(written("json", columns, rows)) == [{"parameters": {"a": "été", "b": 1}}, {"parameters": {}}]
    assert pq.read_table(io.BytesIO(written("parquet", columns, rows))).to_pylist()[1] == {"parameters": None}


@pytest.mark.parametrize("name", FORMATS)
def test_memory_does_not_grow_with_the_number_of_rows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(count: int) -> Iterator[tuple]:
        return ((f"question-{n}", n, Decimal(n), None, None, None) for n in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in FORMATS[name](COLUMNS, rows(count)):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    monkeypatch.setattr("tracker.export.ROW_GROUP", 1000)
    peak(10)
    assert peak(8_000) < 1.5 * peak(4_000)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"])
def test_a_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guard(text) == "'" + text
    assert unguard(guard(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="'=+-@\t\ra ", max_size=5) | st.text())
def test_a_guard_comes_off_without_loss(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in tuple("=+-@\t\r")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3)))
def test_the_record_holds_every_text_exactly(rows: list[list[str]]) -> None:
    data = b"".join(record_csv(["a", "b", "c"], rows))
    assert list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True)) == [["a", "b", "c"], *rows]


def test_the_record_ends_its_lines_with_lf_and_guards_nothing() -> None:
    rows = [("a-b", Decimal("3.10"), None, {"k": [1]}), ("-x", Decimal("0.0"), dt.date(2020, 5, 1), {})]
    assert b"".join(record_csv(["id", "value", "date", "parameters"], rows)).decode() == (
        'id,value,date,parameters\na-b,3.10,,"{""k"":[1]}"\n-x,0.0,2020-05-01,\n'
    )
