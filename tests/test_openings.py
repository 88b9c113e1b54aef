"""What analysts open the files with finds the right types in them, and sees when a file is not whole."""

import csv
import dataclasses
import datetime as dt
import io
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pandas as pd
import pytest
import python_calamine
from starlette.middleware.gzip import GZipMiddleware

from tests.serving import routed, serving
from tracker import export, tables
from tracker.store import Store

#: tables of which each has another kind of column
NAMES = ("wide", "series", "claims", "revisions")
#: what reads a cell of a CSV as its column's type
CELLS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "number": float,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
}
#: DuckDB's and pandas's words for the types of the package
DUCK = {"string": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE"}
PANDAS = {"string": "str", "number": "float64", "integer": "Int64", "boolean": "boolean"}
DUCK |= {"number": "DOUBLE", "integer": "BIGINT", "datetime": "TIMESTAMP WITH TIME ZONE"}


@pytest.fixture
def client(site: str, record: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """An analyst of the real record."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    with httpx.Client(base_url=site, timeout=120) as client:
        yield client


@pytest.fixture
def types(client: httpx.Client) -> dict[str, dict[str, str]]:
    """The type of each column of each table, as the data package has it."""
    package = client.get("/api/v1/datapackage.json").json()
    return {
        each["name"]: {field["name"]: field["type"] for field in each["schema"]["fields"]}
        for each in package["resources"]
    }


@pytest.fixture
def file(client: httpx.Client, tmp_path: Path) -> Callable[[str], Path]:
    """Save a file: ``file("polls.csv")``."""

    def file(name: str) -> Path:
        answer = client.get(f"/api/v1/{name}")
        assert answer.status_code == 200
        (tmp_path / name).write_bytes(answer.content)
        return tmp_path / name

    return file


@pytest.mark.parametrize("name", NAMES)
def test_pandas_reads_every_format_to_the_same_frame(
    file: Callable[[str], Path], types: dict[str, dict[str, str]], record: Store, name: str
) -> None:
    typed = types[name]
    moments = [column for column, kind in typed.items() if kind in ("date", "datetime")]
    dtype = {column: PANDAS[kind] for column, kind in typed.items() if column not in moments}
    whole = {"keep_default_na": False, "na_values": [""]}
    from_csv = pd.read_csv(file(f"{name}.csv"), dtype=dtype, parse_dates=moments, **whole)
    from_json = pd.read_json(file(f"{name}.json"), dtype=False)
    from_lines = pd.read_json(file(f"{name}.jsonl"), lines=True, dtype=False)
    parquet = pd.read_parquet(file(f"{name}.parquet"))
    pd.testing.assert_frame_equal(parquet, tables.frame(record, name, {}))
    assert list(from_csv) == list(from_json) == list(from_lines) == list(parquet) == list(typed)
    pd.testing.assert_frame_equal(from_json, from_lines)
    for column, kind in typed.items():
        told = [each[column] for each in (from_csv, from_json, parquet)]
        assert list(map(plain(kind, guarded=True), told[0])) == list(map(plain(kind), told[2])), column
        assert list(map(plain(kind), told[1])) == list(map(plain(kind), told[2])), column


def plain(kind: str, guarded: bool = False) -> Callable[[Any], Any]:
    """A cell of any frame as one of its type that can be compared."""

    def cell(value: Any) -> Any:
        if not isinstance(value, list | dict) and pd.isna(value):
            return None
        if kind in ("date", "datetime"):
            return (
                pd.Timestamp(value).tz_localize(None)
                if pd.Timestamp(value).tzinfo is None
                else pd.Timestamp(value).tz_convert(None)
            )
        if kind == "string":
            text = export.cell(value)
            return (export.unguard(text) if guarded else text) or None
        return float(value)

    return cell


@pytest.mark.parametrize("name", NAMES)
def test_duckdb_finds_the_types_by_itself(
    file: Callable[[str], Path], types: dict[str, dict[str, str]], name: str
) -> None:
    with duckdb.connect() as duck:
        duck.execute(f"CREATE TABLE csv AS FROM read_csv('{file(f'{name}.csv')}', sample_size = -1)")
        duck.execute(f"CREATE TABLE parquet AS FROM read_parquet('{file(f'{name}.parquet')}')")
        from_csv, from_parquet = (
            {row[0]: row[1] for row in duck.execute(f"DESCRIBE {table}").fetchall()} for table in ("csv", "parquet")
        )
        assert from_parquet == {column: DUCK[kind] for column, kind in types[name].items()}
        assert list(from_csv) == list(from_parquet)
        counts = ", ".join(f'count("{column}")' for column in from_csv)
        filled, held = (duck.execute(f"SELECT {counts} FROM {table}").fetchall()[0] for table in ("csv", "parquet"))
        assert filled == held
        for (column, kind), some in zip(types[name].items(), filled, strict=True):
            if some and kind != "string":
                assert from_csv[column] in (DUCK[kind], *(["BIGINT"] if kind == "number" else [])), column


@pytest.mark.parametrize("name", [name for name in tables.NAMES if name not in ("verdicts", "evidence", "trend")])
def test_a_csv_has_one_header_and_cells_of_one_type_all_the_way_down(
    client: httpx.Client, types: dict[str, dict[str, str]], name: str
) -> None:
    content = client.get(f"/api/v1/{name}.csv").content
    text = content.decode("utf-8")
    assert not text.startswith("\ufeff") and "\r" not in re.sub(r'"[^"]*"', "", text) and text.endswith("\n")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == list(types[name]) and not any(line.startswith("#") for line in text.splitlines()[:1])
    assert {len(row) for row in rows} <= {len(header)}
    for place, column in enumerate(header):
        for row in rows:
            assert row[place] == "" or CELLS[types[name][column]](row[place]) is not None


def test_the_database_is_one_that_any_reader_of_sqlite_opens(record_file: Path) -> None:
    with closing(sqlite3.connect(f"file:{record_file}?mode=ro", uri=True)) as database:
        found = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert {"polls", "questions", "answers", "claims", "events", "revisions"} <= set(found)
        named = {row[1]: row[2] for row in database.execute("PRAGMA table_info(polls)")}
        assert {"id", "pollster", "field_start", "sample_size"} <= named.keys() and named["sample_size"] == "INTEGER"
        led = {(row[3], row[2]) for row in database.execute("PRAGMA foreign_key_list(questions)")}
        assert {("poll", "polls"), ("subject", "subjects"), ("scale", "scales")} <= led
        assert not database.execute("PRAGMA foreign_key_check").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CSV of every table breaks off when half a megabyte of it is on its way."""
    whole = export.FORMATS["csv"]

    def broken(columns: Any, batches: Any) -> Iterator[bytes]:
        sent = 0
        for chunk in whole.write(columns, batches):
            sent += len(chunk)
            yield chunk
            if sent > 500_000:
                raise OSError("the disk is gone")

    monkeypatch.setitem(export.FORMATS, "csv", dataclasses.replace(whole, write=broken))


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_download_that_broke_off_is_never_taken_for_a_whole_one(
    record: Store, cut: None, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    app = routed()
    app.add_middleware(GZipMiddleware)  # as Streamlit has one around every route
    with serving(app) as url:
        address, asked = f"{url}/api/v1/answers.csv", {"Accept-Encoding": encoding}
        with pytest.raises(httpx.RemoteProtocolError), httpx.stream("GET", address, headers=asked) as answer:
            assert answer.status_code == 200 and answer.headers.get("content-encoding", "identity") == encoding
            answer.read()
        if curl := shutil.which("curl"):
            compressed = ["--compressed"] if encoding == "gzip" else []
            command = [curl, "--silent", *compressed, "--output", str(tmp_path / "answers.csv"), address]
            assert subprocess.run(command, timeout=60).returncode == 18


def test_libreoffice_opens_a_csv_with_numbers_as_numbers_and_runs_no_text(
    file: Callable[[str], Path], types: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("no LibreOffice on this machine: install the package `libreoffice-calc-nogui`")
    source = file("answers.csv")
    rows = list(csv.DictReader(source.read_text("utf-8").splitlines()))[:200]
    with source.open("w", encoding="utf-8", newline="") as sheet:
        table = csv.DictWriter(sheet, list(rows[0]))
        table.writeheader()
        table.writerows([*rows, {**rows[0], "note": export.guard("=1+1")}])
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    header, *found = python_calamine.load_workbook(tmp_path / "answers.xlsx").get_sheet_by_index(0).to_python()
    assert header == list(types["answers"]) and len(found) == len(rows) + 1
    kinds = {"number": float, "integer": float, "date": dt.date, "string": str}
    for row in found:
        for column, value in zip(header, row, strict=True):
            assert value == "" or isinstance(value, kinds[types["answers"][column]]), (column, value)
    assert str(found[-1][header.index("note")]).endswith("=1+1")
