"""docs/data.md is held to the code: its transcripts are what is answered, and what there is it names."""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest
from starlette.applications import Starlette

from tests.serving import serving
from tracker import routes, tables
from tracker.export import FORMATS
from tracker.settings import ROOT
from tracker.store import Store

PAGE = (ROOT / "docs/data.md").read_text("utf-8")
#: headers whose values are another record's, or another day's
CHANGING = ("etag", "last-modified", "tracker-revision", "content-location", "content-length")


class Transcript(NamedTuple):
    """A request as it is typed, and what came back."""

    command: list[str]
    status: int
    headers: dict[str, str]
    body: str


def transcripts() -> Iterator[Transcript]:
    for block in re.findall(r"^```console\n\$ (.+?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        command, _, answer = block.partition("\n")
        head, _, body = answer.partition("\n\n")
        status, *lines = head.splitlines()
        headers = dict(line.split(": ", 1) for line in lines)
        yield Transcript(shlex.split(command)[1:], int(status.split()[1]), headers, body.strip("\n"))


@pytest.fixture(scope="module")
def site(record: Store) -> Iterator[str]:
    """The routes behind a real server, with the real record."""
    app = Starlette(routes=routes.ROUTES, exception_handlers=routes.HANDLERS, middleware=routes.MIDDLEWARE)
    with pytest.MonkeyPatch.context() as patched, serving(app) as url:
        patched.setenv("TRACKER_DATABASE_URL", record.url)
        yield url


@pytest.mark.parametrize(
    "told", [*transcripts()], ids=lambda told: f"{told.status} {told.command[-1].split('/v1/')[1]}"
)
def test_an_answer_is_as_the_page_shows_it(site: str, told: Transcript) -> None:
    flags, address = told.command[:-1], told.command[-1].replace("http://127.0.0.1:8501", site)
    headers = dict(flags[flags.index(flag) + 1].split(": ", 1) for flag in flags if flag == "-H")
    if "If-None-Match" in headers:
        headers["If-None-Match"] = httpx.head(address).headers["etag"]
    method = flags[flags.index("-X") + 1] if "-X" in flags else "HEAD" if "-sI" in flags else "GET"
    answer = httpx.request(method, address, headers=headers, timeout=60)
    assert (answer.status_code, answer.text.strip("\n")) == (told.status, told.body)
    assert told.headers.keys() <= answer.headers.keys()
    kept = {name: value for name, value in told.headers.items() if name not in CHANGING}
    assert {name: answer.headers[name] for name in kept} == kept


def test_the_page_shows_every_status_that_is_promised() -> None:
    assert {told.status for told in transcripts()} == {200, 304, 400, 404, 405, 406}


def test_the_page_names_every_table_with_its_key_and_every_format(record: Store) -> None:
    rows = re.findall(r"^\| (`[^|]+) \|([^|]*)\|([^|]*)\|$", PAGE, re.MULTILINE)
    told = {name: key for names, _is, key in rows for name in re.findall(r"`([^`]+)`", names)}
    assert told.keys() == tables.NAMES.keys()
    own = ("pollsters", "subjects", "populations", "scales")
    keys = {name: re.findall(r"`([^`]+)`", key) or [name.removesuffix("s")] for name, key in told.items()}
    assert keys == {name: tables.keys(record, name) for name in tables.NAMES} and set(own) < keys.keys()
    assert all(f"| `{ending}` |" in PAGE for ending in FORMATS)


def test_the_page_says_what_is_meant_where_an_attitude_is_left_out() -> None:
    assert dict(re.findall(r"`(\w+)` \((?:left out: )?`([\w-]+)`\)", PAGE)) == tables.DEFAULTS
