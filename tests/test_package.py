"""The package: a description that Frictionless accepts of tables that keep to it, whole in one zip."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frictionless
import httpx
import pytest
from starlette.applications import Starlette

from tracker import cli, routes, tables
from tracker.models import RECORD, Answer, Claim, Poll, Question
from tracker.store import Store
from tracker.tables import package

APP = Starlette(routes=routes.ROUTES, exception_handlers=routes.HANDLERS, middleware=routes.MIDDLEWARE)


@pytest.fixture
def client(record: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Asks for addresses of the real record."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    monkeypatch.setenv("TRACKER_PUBLIC_URL", "https://polls.example")

    def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
        return asyncio.run(_asked(path, method, headers))

    return ask


@pytest.fixture
def little(store: Store, record: Store) -> Store:
    """What one pollster asked, for one test to write to."""
    polls = {row.id for row in record.every(Poll) if row.pollster == "nanos-research"}
    questions = {row.id for row in record.every(Question) if row.poll in polls}
    kept: dict[Any, Any] = {
        Poll: lambda row: row.id in polls,
        Question: lambda row: row.id in questions,
        Answer: lambda row: row.question in questions,
        Claim: lambda row: False,
    }
    with store.writing("Test") as session:
        for kind in RECORD:
            store.insert(session, kind, [row for row in record.every(kind) if kept.get(kind, bool)(row)])
    return store


async def _asked(path: str, method: str, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(APP)
    async with httpx.AsyncClient(transport=transport, base_url="http://tracker.example", timeout=120) as client:
        return await client.request(method, path, headers=headers)


@pytest.fixture(scope="module")
def whole(record: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the real record, as the command line writes it."""
    file = tmp_path_factory.mktemp("package") / "all.zip"
    assert cli.main(["export", "package", "--to", str(file), "--database", record.url]) == 0
    return file


def test_frictionless_finds_nothing_against_the_package(whole: Path) -> None:
    report = frictionless.validate(str(whole), type="package")
    assert report.flatten(["name", "rowNumber", "fieldName", "type", "note"]) == []
    assert [task.name for task in report.tasks] == [*tables.NAMES]


def test_frictionless_would_find_a_broken_table(whole: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(tmp_path)
    file = tmp_path / "polls.csv"
    header, first, second, *rest = file.read_text("utf-8").splitlines(keepends=True)
    broken = first.replace(",published,", ",lost,").replace("abacus-data,", "nobody,", 1)
    file.write_text(header + broken + second + second + "".join(rest), "utf-8")
    description = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    wanted = ("polls", "pollsters", "populations")
    description["resources"] = [each for each in description["resources"] if each["name"] in wanted]
    (tmp_path / "datapackage.json").write_text(json.dumps(description), "utf-8")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert {kind for (kind,) in report.flatten(["type"])} >= {"constraint-error", "primary-key", "foreign-key"}


def test_a_table_of_the_record_is_in_the_zip_as_its_address_gives_it(whole: Path, client: Any) -> None:
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        for name in ("polls", "answers", "wide", "claims", "revisions"):
            assert archive.read(f"{name}.csv") == client(f"/api/v1/{name}.csv").content, name
        assert archive.read("LICENSE.txt") == client("/api/v1/LICENSE.txt").content


def test_what_is_computed_is_there_for_every_attitude(whole: Path, client: Any) -> None:
    with zipfile.ZipFile(whole) as archive:
        read = {name: list(_rows(archive, name)) for name in package.OF_EACH}
    attitude = "population=us-adults&subject=canada&construct=favourability&object=country"
    wanted = dict(pair.split("=") for pair in attitude.split("&"))
    for name, rows in read.items():
        mine = [row for row in rows if wanted.items() <= row.items()]
        answer = list(csv.DictReader(io.StringIO(client(f"/api/v1/{name}.csv?{attitude}").text)))
        if name == "trend":  # the first of each month and the last day: a thirtieth of the days
            answer = [row for row in answer if row["date"].endswith("-01") or row == answer[-1]]
        assert mine == answer and len(rows) > len(mine) > 0, name


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode()))


def test_an_address_of_a_revision_always_gives_the_same_bytes(
    client: Any, little: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", little.url)
    first = client("/api/v1/datapackage.zip")
    assert first.status_code == 200 and first.headers["content-type"] == "application/zip"
    with little.writing("Test", "later") as session:
        session.get_one(Poll, little.every(Poll)[0].id).note = "a later remark"
    assert client(first.headers["content-location"]).content == first.content
    assert client("/api/v1/datapackage.zip").content != first.content


def test_the_package_takes_no_memory_for_its_rows(little: Store) -> None:
    """What is held at once is a piece, however many rows there are."""
    past = little.at(little.newest())
    pieces = [len(piece) for piece in package.zipped(past, lambda name, ending: f"{name}.{ending}")]
    assert len(pieces) > len(tables.NAMES) and max(pieces) < 1 << 17


def test_whoever_has_the_package_gets_304_and_head_makes_none(client: Any) -> None:
    for address in ("/api/v1/datapackage.json", "/api/v1/datapackage.zip"):
        head = client(address, "HEAD")
        assert head.status_code == 200 and head.content == b"" and head.headers["last-modified"]
        assert client(address, **{"If-None-Match": head.headers["etag"]}).status_code == 304
    assert "content-length" not in head.headers and head.headers["accept-ranges"] == "none"


def test_the_description_says_where_everything_comes_from(client: Any, record: Store) -> None:
    told = client("/api/v1/datapackage.json").json()
    assert told["version"] == str(record.newest()) and told["version"] in told["citation"]
    assert told["citation"].endswith(f"https://polls.example/api/v1/datapackage.zip?as_of={told['version']}")
    assert {each["title"] for each in told["sources"]} >= {"Pew Research Center", "Angus Reid Institute"}
    resources = {each["name"]: each for each in told["resources"]}
    pages = {each["path"] for each in resources["questions"]["sources"]}
    rows = csv.DictReader(io.StringIO(client("/api/v1/questions.csv").text))
    assert pages == {row["source_url"] for row in rows if row["source_url"]}
    defaults = {each["name"]: each.get("default") for each in resources["trend"]["parameters"]}
    assert defaults == {**tables.DEFAULTS, "known_by": None}
    (licence,) = told["licenses"]
    assert (
        "MIT" in licence["title"] and client(licence["path"].removeprefix("https://polls.example")).status_code == 200
    )


def test_the_package_is_taken_whole(record: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "package", "--subject", "china", "--database", record.url]) == 2
    assert "--subject" in capsys.readouterr().err
