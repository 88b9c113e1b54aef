"""As it was: what is exported at a revision, by an address, a command or a page, is what it exports ever after."""

import argparse
import contextlib
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from tests.places import Places, opened
from tests.serving import paths, routed, serving
from tests.visiting import text, visited
from tracker import routes
from tracker.cli import main
from tracker.cli.arguments import parser
from tracker.export import FORMATS
from tracker.models import RECORD, Answer, Claim, Disclosure, Event, Poll, Question
from tracker.routes import asking, document
from tracker.store import TABLES, Store

WANG = "wang-di-2025-04-opinion-shifting"
PEW = "pew-research-center-2025-01-08-ca-adults"
CHINA = "pew-2025-ca-china"
#: when the record was stored
LOADED = dt.datetime(2026, 3, 2, 10, 30)

#: tables that what happens here leaves as they are
STILL = ("pollsters", "subjects", "populations", "scales", "responses")
CHANGED = [name for name in TABLES if name not in STILL]
#: what each route that tells of the record is asked for
ASKED = {
    "/api/v1/datapackage.json": ["/api/v1/datapackage.json"],
    "/api/v1/openapi.json": ["/api/v1/openapi.json"],
    "/api/v1/datapackage.zip": [],  # takes half a minute; a small record's is asked in test_package
    "/api/v1/verdicts/{claim}.json": [f"/api/v1/verdicts/{WANG}.json"],
    "/api/v1/{name}.{format}": [
        *(f"/api/v1/{name}.{format}" for name in [*CHANGED, "trend"] for format in FORMATS),
        *(f"/api/v1/{name}.csv" for name in ("series", "weights", "house-effects")),
        *(f"/api/v1/{name}.csv?claim={WANG}" for name in ("verdicts", "evidence")),
    ],
    "/charts/{population}/{subject}.{format}": [f"/charts/ca-adults/china.{ending}" for ending in ("svg", "png")],
    "/feed.atom": ["/feed.atom"],
    "/claims/": ["/claims/"],
    "/claims/{claim}": [f"/claims/{WANG}"],
    "/polls/": ["/polls/"],
    "/polls/{poll}": [f"/polls/{PEW}"],
}
#: pages say which state they show, and so differ from the same page without ``as_of``
PAGES = ("/claims/", "/polls/")
#: routes that tell of this installation as it is now, or of nothing that is recorded
PRESENT = {
    "/healthz",
    "/metrics",
    "/style.css",
    "/robots.txt",
    "/sitemap.xml",
    "/sign-in",
    "/sign-out",
    "/sign-out/everywhere",
}
PRESENT |= {"/api/v1/LICENSE.txt", "/api/v1/{rest:path}", "/api/{rest:path}"}
PRESENT |= {route.path for route in document.ROUTES}


class Past(NamedTuple):
    """A store that was changed a hundred times since ``number``, and what every address and command gave before."""

    store: Store
    number: int
    client: httpx.Client
    before: dict[str, bytes]
    said: dict[str, bytes]


@pytest.fixture(scope="module")
def past(places: Places, empty: str, record: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """What every address gave on the day the record was loaded, and the store as it is long after."""
    with (
        serving(routed()) as url,
        httpx.Client(base_url=url, timeout=120) as client,
        pytest.MonkeyPatch.context() as patch,
        opened(places, empty) as store,
    ):
        patch.setenv("TRACKER_DATABASE_URL", store.url)
        with pytest.MonkeyPatch.context() as then:
            then.setattr("tracker.store.ledger.now", lambda: LOADED)
            then.setattr(Store, "today", lambda _store: LOADED.date())
            load(store, record)
            number = store.newest()
            addresses = [*every(), *(as_of(address, number) for address in every())]
            before = {address: got(client, address) for address in addresses}
            said = {" ".join(words): typed(words, tmp_path_factory.mktemp("said")) for words in COMMANDS}
        change(store)
        asking.live()._past.clear()
        yield Past(store, number, client, before, said)


def load(store: Store, record: Store) -> None:
    """The record with one claim, so that judging every claim is judging one."""
    with store.writing("Test") as session:
        for kind in RECORD:
            store.insert(session, kind, [row for row in record.every(kind) if kind is not Claim or row.id == WANG])
    with written(store) as session:
        session.add(Disclosure(poll=PEW, item="frame", value="a panel"))
        # nothing is checked aloud where nothing is odd
        poll = session.get(Poll, PEW)
        poll.sample_type, poll.sample_size, poll.margin_of_error = "probability", 1000, Decimal("0.5")


def change(store: Store) -> None:
    """A hundred corrections, a poll more and one less, a withdrawal, a claim, a batch taken back."""
    changes: list[Callable[[Any, int], None]] = [valued, noted, worded, titled, disclosed]
    for number in range(100):
        with store.writing("E. Ditor", f"correction {number}", "correction") as session:
            changes[number % len(changes)](session, number)
    with store.writing("E. Ditor", "a poll more") as session:
        batch = session.info["batch"]
        for kind, row in copied(store):
            session.add(kind(**row))
    store.undo(batch, "E. Ditor")
    with store.writing("E. Ditor", "again") as session:
        for kind, row in copied(store):
            session.add(kind(**row))
    with written(store) as session:
        session.get(Poll, PEW).status = "withdrawn"
    with written(store) as session:
        session.get(Claim, WANG).paraphrase = "Something else."
        session.delete(session.query(Event).order_by(Event.id).first())


def written(store: Store) -> Any:
    return store.writing("E. Ditor", "as it should be")


def valued(session: Any, number: int) -> None:
    session.get(Answer, (CHINA, "favourable")).value = Decimal(20 + number)


def noted(session: Any, number: int) -> None:
    session.get(Poll, PEW).note = f"note {number}"


def worded(session: Any, number: int) -> None:
    session.get(Question, CHINA).wording = f"wording {number}"


def titled(session: Any, number: int) -> None:
    session.query(Event).order_by(Event.id.desc()).first().title = f"event {number}"


def disclosed(session: Any, number: int) -> None:
    session.get(Disclosure, (PEW, "frame")).value = f"panel {number}"


def copied(store: Store) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A poll like Pew's, a day later, with its question and answers."""
    (poll,), (question,) = store.find(Poll, id=PEW), store.find(Question, id=CHINA)
    yield Poll, poll._asdict() | {"id": "other", "field_end": poll.field_end + dt.timedelta(days=1)}
    yield Question, question._asdict() | {"id": "other-china", "poll": "other"}
    for answer in store.find(Answer, question=CHINA):
        yield Answer, answer._asdict() | {"question": "other-china"}


def every() -> list[str]:
    return [address for addresses in ASKED.values() for address in addresses]


def as_of(address: str, when: object) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'as_of': when})}"


def got(client: httpx.Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_every_route_is_asked_or_tells_of_the_present_alone() -> None:
    assert set(paths(routes.ROUTES)) == ASKED.keys() | PRESENT


@pytest.mark.parametrize("address", every())
def test_an_address_gives_as_of_a_revision_what_it_gave_at_it(past: Past, address: str) -> None:
    asked = as_of(address, past.number)
    assert got(past.client, asked) == past.before[asked]
    if not address.startswith(PAGES):
        assert past.before[asked] == past.before[address]
        assert got(past.client, address) != past.before[address]


@pytest.mark.parametrize("name", TABLES)
def test_before_anything_was_recorded_every_table_of_the_record_is_empty(past: Past, name: str) -> None:
    lines = got(past.client, f"/api/v1/{name}.csv?as_of=0").decode().splitlines()
    assert len(lines) == 1 and lines[0].startswith(past.store.key(name)[0])


def test_the_day_and_the_moment_of_a_revision_mean_it_too(past: Past) -> None:
    for when in (LOADED.date(), f"{LOADED.isoformat()}Z"):
        assert got(past.client, as_of("/api/v1/wide.csv", when)) == past.before["/api/v1/wide.csv"]


def test_an_answer_that_depends_on_the_day_names_no_address_for_these_bytes_on_a_later_day(past: Past) -> None:
    address = f"/api/v1/verdicts/{WANG}.json"
    pinned = past.client.get(as_of(address, past.number)).headers
    assert pinned["Content-Location"] == as_of(address, past.number)
    with pytest.MonkeyPatch.context() as later:
        later.setattr(Store, "today", lambda _store: dt.date(2099, 1, 1))
        assert "Content-Location" not in past.client.get(address).headers
    assert past.client.get("/api/v1/polls.csv").headers["Content-Location"] == as_of(
        "/api/v1/polls.csv", past.store.newest()
    )


@pytest.mark.parametrize("address", ["/claims/", f"/claims/{WANG}", "/polls/", f"/polls/{PEW}"])
def test_a_plain_page_of_the_past_says_so_and_leads_on_in_it(past: Past, address: str) -> None:
    page = got(past.client, as_of(address, past.number)).decode()
    assert f"As recorded at revision {past.number}, 2 March 2026." in page
    assert f'<a href="{address}">See it as it is now</a>' in page
    ways = [way for way in re.findall(r'(?:href|src|srcset)="([^"]*)"', page) if way.startswith("/")]
    kept = [way for way in ways if way != address and not way.startswith("/style.css")]
    assert len(kept) > 5 and [way for way in kept if "as_of=" not in way] == []
    assert "As recorded" not in got(past.client, address).decode()


# commands

#: commands that write, serve or let people in: they have no past
WRITING = {"serve", "import", "undo", "contributor", "login", "backup", "restore"}
#: each command that reads, as it is typed; the name of a picture or folder that it writes is put in its place
READING: dict[str, list[list[str]]] = {
    "export": [*([name] for name in [*sorted(CHANGED), "series"]), ["--to", "{}"]],
    "trend": [["--subject", "china"]],
    "judge": [[WANG], [WANG, "--format", "json"], ["--all"]],
    "check": [[]],
    "chart": [["--subject", "china", "--to", "{}.svg"]],
    "history": [[PEW], [CHINA]],
}


def test_every_command_that_reads_is_typed() -> None:
    commands = next(a.choices for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert READING.keys() == commands.keys() - WRITING


COMMANDS = [[name, *words] for name, each in READING.items() for words in each]


def typed(words: list[str], folder: Path, *more: str) -> bytes:
    """What a command prints and what it writes into a folder of its own."""
    standing = io.TextIOWrapper(printed := io.BytesIO(), "utf-8", write_through=True)
    with contextlib.redirect_stdout(standing):
        main([*(word.format(folder / "written") for word in words), *more])
    files = [f"{file.relative_to(folder)}\n".encode() + file.read_bytes() for file in sorted(folder.rglob("*.*"))]
    return b"".join([printed.getvalue(), *files])


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_says_as_of_a_revision_what_it_said_at_it(past: Past, words: list[str], tmp_path: Path) -> None:
    before = past.said[" ".join(words)]
    assert before and typed(words, tmp_path, "--as-of", str(past.number)) == before


@pytest.mark.parametrize("words", [each for each in COMMANDS if each[0] != "check"], ids=" ".join)
def test_a_command_says_something_else_now(past: Past, words: list[str], tmp_path: Path) -> None:
    assert typed(words, tmp_path) != past.said[" ".join(words)]


# pages of the app


@pytest.fixture
def visit(past: Past, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """A page of the app on that store: ``visit("claims", claim="...")``."""

    def visit(page: str, **query: Any) -> AppTest:
        app = visited(monkeypatch, past.store, page, **query)
        assert not app.exception
        return app

    return visit


READ = [
    ("trends", {}),
    ("claims", {}),
    ("claims", {"claim": WANG}),
    ("events", {}),
    ("polls", {}),
    ("polls", {"poll": PEW}),
    ("data", {"export": "revisions"}),
    ("method", {}),
    ("calibration", {}),
]


@pytest.mark.parametrize(("page", "query"), READ, ids=str)
def test_a_page_shows_the_past_and_its_links_stay_in_it(
    past: Past, visit: Callable[..., AppTest], page: str, query: dict[str, str]
) -> None:
    app = visit(page, as_of=past.number, **query)
    assert f"As recorded at revision {past.number}, 2 March 2026." in text(app)
    ways = {link.proto.label: link.proto for link in app.get("page_link")}
    (now, mine) = (ways.pop(label) for label in ("See it as it is now", "Contribute"))
    assert "as_of" not in now.query_string + mine.query_string
    assert [label for label, way in ways.items() if f"as_of={past.number}" not in way.query_string] == []
    assert "As recorded" not in text(visit(page, **query))


def test_a_page_shows_what_was_recorded_and_nothing_later(past: Past, visit: Callable[..., AppTest]) -> None:
    then, now = (text(visit("polls", poll=PEW, **when)) for when in ({"as_of": past.number}, {}))
    assert f"revision {past.number}," in then and "withdrawn" not in then
    assert f"revision {past.store.newest()}," in now and "withdrawn" in now
    unknown = text(visit("polls", poll="other", as_of=past.number))
    assert "poll: other" in unknown
    assert "poll: other" not in text(visit("polls", poll="other"))


@pytest.mark.parametrize("when", ["9999", "whenever", "2999-01-01"])
def test_a_state_that_there_is_not_is_said_and_left_out(visit: Callable[..., AppTest], when: str) -> None:
    app = visit("claims", as_of=when)
    assert f"as of: {when}" in text(app) and "Something else." in "".join(link.proto.label for link in app.page_link)
    ways = [link.proto for link in app.get("page_link") if link.proto.label != "Français"]
    assert [way.label for way in ways if "as_of" in way.query_string] == []


def test_what_writes_has_no_past(past: Past, visit: Callable[..., AppTest]) -> None:
    assert "As recorded" not in text(visit("enter", as_of=past.number))
