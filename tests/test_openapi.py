"""The OpenAPI document: every address of the data and no other, and nothing that Schemathesis finds against it."""

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tests.serving import paths, serving
from tracker import routes, tables
from tracker.export import FORMATS
from tracker.routes import document, openapi
from tracker.settings import ROOT
from tracker.store import Store

#: routes that are for readers, for contributors, or for whatever is not there
NO_DATA = {"/claims/", "/claims/{claim}", "/polls/", "/polls/{poll}", "/style.css", "/robots.txt", "/sitemap.xml"}
NO_DATA |= {"/metrics", "/sign-in", "/sign-out", "/sign-out/everywhere", "/api/v1/{rest:path}", "/api/{rest:path}"}
NO_DATA |= {route.path for route in document.ROUTES}
TABLE = "/api/v1/{name}.{format}"


@pytest.fixture(scope="module")
def site(record: Store) -> Iterator[str]:
    """The routes behind a real server, with the real record."""
    app = Starlette(routes=routes.ROUTES, exception_handlers=routes.HANDLERS, middleware=routes.MIDDLEWARE)
    with pytest.MonkeyPatch.context() as patched, serving(app) as url:
        patched.setenv("TRACKER_DATABASE_URL", record.url)
        patched.setenv("TRACKER_PUBLIC_URL", url)
        patched.setenv("TRACKER_LIMITS", "0")
        yield url


def test_every_address_of_the_data_is_described_and_no_other(record: Store) -> None:
    told = {re.sub(r"^/api/v1/[^/]+\.\{format\}$", TABLE, path) for path in openapi.described(record)["paths"]}
    assert told == set(paths(routes.ROUTES)) - NO_DATA


def test_every_column_of_every_table_is_a_filter_and_a_cell(record: Store) -> None:
    found = openapi.described(record)
    for name in tables.NAMES:
        columns = {column.name for column in tables.columns_of(record, name)}
        given = {each["name"] for each in found["paths"][f"/api/v1/{name}.{{format}}"]["get"]["parameters"]}
        assert set(found["components"]["schemas"][name]["properties"]) == columns
        assert columns - given <= {column.name for column in tables.columns_of(record, name) if column.type == "json"}


def test_the_document_names_every_format_and_speaks_both_languages(site: str) -> None:
    english, french = (httpx.get(f"{site}/api/v1/openapi.json?lang={code}", timeout=60).json() for code in ("en", "fr"))
    answer = english["paths"]["/api/v1/wide.{format}"]["get"]["responses"]["200"]
    assert set(answer["content"]) == {each.media_type.split(";")[0] for each in FORMATS.values()}
    assert english["paths"].keys() == french["paths"].keys() and english["info"]["title"] != french["info"]["title"]


@pytest.mark.parametrize(
    "query",
    [
        "margin_of_error=nan",
        "margin_of_error.from=inf",
        "sample_size=1_000",
    ],
)
def test_a_number_that_is_none_is_400(site: str, query: str) -> None:
    assert httpx.get(f"{site}/api/v1/polls.csv?{query}", timeout=60).status_code == 400


def test_a_number_that_no_engine_can_hold_is_nowhere(site: str) -> None:
    for query in ("sample_size=9223372036854775808", "sample_size.to=-9223372036854775809"):
        assert len(httpx.get(f"{site}/api/v1/polls.csv?{query}", timeout=60).text.splitlines()) == 1


def test_the_last_day_there_is_can_be_an_end(site: str) -> None:
    answer = httpx.get(f"{site}/api/v1/revisions.csv?at.to=9999-12-31", timeout=60)
    assert answer.status_code == 200 and list(csv.DictReader(io.StringIO(answer.text)))


#: what Schemathesis asks in a short run: a table of the record, one that is computed, and what is small
SHORT = ("/api/v1/subjects.{format}", "/api/v1/series.{format}", "/api/v1/openapi.json", "/healthz")


def test_schemathesis_finds_nothing(site: str, tmp_path: Path) -> None:
    chosen = [word for path in SHORT for word in ("--include-path", path)]
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{site}/api/v1/openapi.json"]
    rest = ["--phases", "examples,fuzzing", "--max-examples", "8", "--seed", "1", "--request-timeout", "60"]
    hooks = os.environ | {"SCHEMATHESIS_HOOKS": "tests.contracts", "PYTHONPATH": str(ROOT)}
    called = [*command, *chosen, *rest]
    ran = subprocess.run(called, cwd=tmp_path, env=hooks, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]


def test_the_long_run_asks_everything() -> None:
    """``make contracts`` leaves nothing out but the zip, which takes half a minute each time."""
    recipe = (ROOT / "Makefile").read_text("utf-8").split("\ncontracts:", 1)[1].split("\n\n", 1)[0]
    assert re.findall(r"--exclude-path (\S+)", recipe) == ["/api/v1/datapackage.zip"] and "--include" not in recipe
