"""Every page, every plain address and every verdict in French: no sentence of ours is left in English."""

import asyncio
import io
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test
from streamlit.util import calc_hash

from tracker import accounts, claims, cli, language, routes
from tracker.language import catalogue
from tracker.models import Claim, Event, Poll, Pollster, Question
from tracker.settings import ROOT
from tracker.store import Store

#: fields of Streamlit's elements that a reader sees
SEEN = {"body", "label", "options", "help", "placeholder", "alt", "spec", "data", "element", "text", "title"}
#: elements without an end
VOID = {"meta", "link", "img", "br", "input", "hr"}
PLACEHOLDER = re.compile(r"\{[^}]*\}")


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.use("en")


@pytest.fixture(scope="module")
def english() -> tuple[set[str], list[str]]:
    """What must not be seen in French: whole texts, and pieces of sentences long enough to be nothing else."""
    whole, pieces = set(), set()
    for message in catalogue.read("fr"):
        said = message.id if isinstance(message.id, tuple | list) else (message.id,)
        told = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for one in said:
            if one and one not in told:
                whole.add(one)
                parts = [part.strip(" .,:;()") for part in PLACEHOLDER.split(one)]
                pieces |= {part for part in parts if len(part) > 11 and " " in part and part not in " ".join(told)}
    return whole, sorted(pieces, key=len)


@pytest.fixture(scope="module")
def written(record: Store) -> list[str]:
    """What people wrote, which stays in their language."""
    found: set[str] = set()
    for kind, columns in (
        (Claim, ("quote", "paraphrase", "claimant", "claimant_role", "note", "source_title")),
        (Event, ("title", "description", "source_title")),
        (Poll, ("note", "sponsor")),
        (Question, ("wording", "note", "source_title")),
        (Pollster, ("name",)),
    ):
        found |= {getattr(row, column) or "" for row in record.every(kind) for column in columns}
    return sorted(found - {""}, key=len, reverse=True)


def left(texts: Iterable[str], english: tuple[set[str], list[str]], written: list[str]) -> list[str]:
    """The English that is left in some texts, once each."""
    whole, pieces = english
    found = {}
    for text in dict.fromkeys(texts):
        plain = re.sub(r"\\(.)", r"\1", text).strip()
        if plain in whole:
            found[plain] = plain
            continue
        for theirs in written if any(piece in plain for piece in pieces) else ():
            plain = plain.replace(theirs, "")
        found |= {piece: plain[:160] for piece in pieces if piece in plain}
    return [f"{piece!r} in {text!r}" for piece, text in found.items()]


def shown(node: Any) -> Iterator[str]:
    """Every text that an app's elements show, the cells of tables and charts among them."""
    for child in getattr(node, "children", {}).values():
        yield from _texts(getattr(child, "proto", None))
        yield from shown(child)


def _texts(proto: Any, spec: str = "") -> Iterator[str]:
    spec = getattr(proto, "spec", spec)
    for field, value in proto.ListFields() if hasattr(proto, "ListFields") else ():
        for each in value if isinstance(value, Iterable) and not isinstance(value, str | bytes) else [value]:
            if hasattr(each, "ListFields"):
                yield from _texts(each, spec)
            elif isinstance(each, bytes):
                yield from _cells(each, spec)
            elif isinstance(each, str) and field.name in SEEN:
                yield from _strings(json.loads(each)) if each.startswith("{") else [each]


def _cells(data: bytes, spec: str) -> Iterator[str]:
    """The texts of a table; of a chart's, of the columns that it draws."""
    try:
        table = pa.ipc.open_stream(io.BytesIO(data)).read_all()
    except pa.ArrowInvalid:
        return
    for name, column in zip(table.column_names, table.columns, strict=True):
        if not spec or f'"{name}"' in spec or f"datum.{name}" in spec:
            yield from (cell for cell in column.to_pylist() if isinstance(cell, str))


def _strings(value: Any) -> Iterator[str]:
    """The titles of a chart's axes, legends and tooltips."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("title", "text") and isinstance(each, str):
                yield each
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


class Page(HTMLParser):
    """The texts of a plain page that are in its own language, and that language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.languages: list[str | None] = [None]
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        spoken = given.get("lang", given.get("xml:lang", self.languages[-1]))
        if tag not in VOID:
            self.languages.append(spoken)
        if spoken == "fr":
            self.texts += [str(given[name]) for name in ("aria-label", "alt", "content", "title") if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.languages.pop()

    def handle_data(self, data: str) -> None:
        if self.languages[-1] == "fr" and data.strip():
            self.texts.append(data.strip())


SCRIPTS = sorted(path.stem for path in (ROOT / "tracker" / "ui" / "pages").glob("*.py"))
#: what else a page shows, by what its address says
ITEMS: list[tuple[str, dict[str, str]]] = [
    ("claims", {"claim": "wang-di-2025-04-opinion-shifting"}),
    ("events", {"event": "meng-wanzhou-arrest-2018"}),
    ("polls", {"poll": "angus-reid-institute-2025-02-27-ca-adults"}),
    ("trends", {"subject": "united-states", "measure": "net", "known_by": "2024-01-01"}),
    ("trends", {"compare": "united-states"}),
    ("trends", {"population": "all", "construct": "atlantis"}),
]


class Navigated(PagesManager):
    """Runs what stands around the pages too: for each test, Streamlit takes their folder for its older navigation."""

    def __init__(self, *given: Any, **named: Any) -> None:
        PagesManager.uses_pages_directory = False
        super().__init__(*given, **named)


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page of the app in a language: ``visit(store, "claims", "fr", claim="...")``."""

    def visit(store: Store, page: str, code: str | None, **query: Any) -> AppTest:
        monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
        monkeypatch.setattr(app_test, "PagesManager", Navigated)
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        app._page_hash = calc_hash("" if page == "trends" else page)
        for name, value in (query | ({"lang": code} if code else {})).items():
            app.query_params[name] = value
        return app.run()

    return visit


def ways(app: AppTest) -> list[str]:
    """The queries of links to pages of the app, and the addresses in its text that lead to pages and not to data."""
    told = " ".join(str(each.value) for kind in ("markdown", "caption") for each in app.get(kind))
    local = re.findall(r"\]\((?:http://127[^/)]+)?(/[^)]*)\)", told)
    return [link.proto.query_string for link in app.page_link] + [
        path for path in local if not path.startswith("/api/")
    ]


@pytest.mark.parametrize(("page", "query"), [*((page, {}) for page in SCRIPTS), *ITEMS], ids=str)
def test_a_page_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest], record: Store, english: Any, written: list[str], page: str, query: dict[str, str]
) -> None:
    app = visit(record, page, "fr", **query)
    assert not app.exception and app.title
    rows = {cell for table in app.dataframe for cell in table.value.to_numpy().ravel() if isinstance(cell, str)}
    assert left(set(shown(app._tree)) - rows, english, written) == []
    assert [address for address in ways(app) if "lang=" not in address] == []


@pytest.mark.parametrize("page", SCRIPTS)
def test_an_empty_page_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest], store: Store, english: Any, page: str
) -> None:
    assert left(shown(visit(store, page, "fr")._tree), english, []) == []


@pytest.mark.parametrize("page", ["enter", "upload"])
def test_a_form_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest], record_copy: Store, english: Any, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    operator = accounts.operator(record_copy)
    monkeypatch.setattr("tracker.ui.parts.contributor", lambda: operator)
    app = visit(record_copy, page, "fr")
    assert left(shown(app._tree), english, []) == []
    for button in app.button:
        app = button.click().run()
    assert not app.exception
    assert left(shown(app._tree), english, []) == []


def test_english_is_what_a_page_speaks_unless_asked(visit: Callable[..., AppTest], store: Store) -> None:
    for code in (None, "en"):
        assert visit(store, "claims", code).title[0].value == "What people said about opinion"


def test_a_language_that_is_not_offered_is_said_to_be_none(visit: Callable[..., AppTest], store: Store) -> None:
    app = visit(store, "claims", "xx")
    assert app.title[0].value == "What people said about opinion"
    assert "language: xx" in app.caption[0].value.replace("\\", "")


def test_the_way_to_the_other_language_keeps_what_is_chosen(visit: Callable[..., AppTest], record: Store) -> None:
    app = visit(record, "claims", "fr", subject="china")
    assert [link.proto.query_string for link in app.page_link if link.label == "English"] == ["subject=china&lang=en"]


@pytest.fixture(scope="module")
def few(record_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The record with two of its claims: to judge them all in every language takes long."""
    file = shutil.copy(record_file, tmp_path_factory.mktemp("few") / "tracker.db")
    with closing(Store(f"sqlite:///{file}")) as store:
        with store.writing("Test") as session:
            for claim in session.scalars(select(Claim).where(~Claim.id.startswith("wang-di-2025"))):
                session.delete(claim)
        yield store


@pytest.fixture
def get(monkeypatch: pytest.MonkeyPatch, few: Store) -> Callable[[str], httpx.Response]:
    """Ask a plain address, as it is served."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", few.url)
    app = Starlette(routes=routes.ROUTES, exception_handlers=routes.HANDLERS, middleware=routes.MIDDLEWARE)

    async def ask(address: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", follow_redirects=True) as client:
            return await client.get(address)

    return lambda address: asyncio.run(ask(address))


@pytest.mark.parametrize(
    "address",
    [
        "/claims/",
        "/claims/wang-di-2025-04-opinion-shifting",
        "/claims/nobody-said-this",
        "/polls/",
        "/polls/angus-reid-institute-2025-02-27-ca-adults",
        "/polls/no-such-poll",
        "/feed.atom",
        "/sign-in",
        "/sign-out",
    ],
)
def test_a_plain_page_says_nothing_of_ours_in_english(
    get: Callable[[str], httpx.Response], english: Any, written: list[str], address: str
) -> None:
    answer = get(f"{address}?lang=fr")
    assert 'lang="fr"' in answer.text
    assert answer.headers["content-language"] == "fr"
    assert left(Page(answer.text).texts, english, written) == []


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/nothing.csv",
        "/api/v1/polls.csv?as_of=9999",
        "/api/v1/polls.csv?colour=red",
        "/api/v1/polls.xlsx",
        "/api/v1/trend.json?subject=atlantis",
        "/api/v1/trend.json?known_by=yesterday",
        "/api/v1/verdicts/nobody.json",
        "/charts/ca-adults/china.gif",
        "/charts/ca-adults/atlantis.svg",
    ],
)
def test_an_error_says_nothing_of_ours_in_english(
    get: Callable[[str], httpx.Response], english: Any, address: str
) -> None:
    error = get(address + ("&" if "?" in address else "?") + "lang=fr").json()["error"]
    assert left([error["message"], error.get("remedy", "")], english, []) == []


def test_the_codebook_explains_every_column_in_french(get: Callable[[str], httpx.Response], english: Any) -> None:
    package = get("/api/v1/datapackage.json?lang=fr").json()
    told = [field["description"] for resource in package["resources"] for field in resource["schema"]["fields"]]
    assert left([package["title"], *told], english, []) == []


def test_the_words_of_a_contract_stay_what_they_are(get: Callable[[str], httpx.Response]) -> None:
    verdict = get("/api/v1/verdicts/wang-di-2025-04-opinion-shifting.json?lang=fr").json()
    assert verdict["now"]["word"] == "supported"
    assert "Sondages" in verdict["now"]["reason"]


def test_an_address_says_the_same_whatever_was_asked_before(get: Callable[[str], httpx.Response]) -> None:
    address = "/api/v1/verdicts/wang-di-2025-04-opinion-shifting.json"
    plain, french = get(address), get(f"{address}?lang=fr")
    assert plain.json()["now"]["reason"] != french.json()["now"]["reason"]
    assert plain.headers["etag"] != french.headers["etag"]
    assert get(f"{address}?lang=xx").headers["content-language"] == "en"


def test_a_picture_writes_numbers_and_dates_in_french(get: Callable[[str], httpx.Response]) -> None:
    drawn = get("/charts/ca-adults/china.svg?from=2025-01-01&to=2025-09-30&lang=fr").text
    assert {"Affirmations", "Maisons de sondage", "avril", "août"} <= set(re.findall(r">([^<]+)</text>", drawn))


def test_a_verdict_of_every_kind_says_nothing_of_ours_in_english(
    record: Store, english: Any, written: list[str]
) -> None:
    language.use("fr")
    one_of_each = {row.kind: row.id for row in record.every(Claim)}.values()
    judged = [claims.judge(record, claim, details=False).as_dict() for claim in one_of_each]
    parts = [part for verdict in judged for part in (verdict, *verdict["parts"])]
    reasons = [part[side]["reason"] for part in parts for side in ("then", "now")]
    answers = [each["sentence"] for verdict in judged for each in verdict["answered_by"]]
    assert left([*reasons, *answers], english, written) == []


def test_a_command_speaks_the_language_it_is_told(record: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--lang", "fr", "judge", "nobody"], ["judge", "nobody", "--lang=fr"]):
        assert cli.main([*arguments, "--database", record.url]) == 2
        assert capsys.readouterr().err == "tracker: Il n'y a pas d'affirmation nobody.\n"
    assert cli.main(["judge", "nobody", "--database", record.url]) == 2
    assert "There is no claim nobody." in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["trend", "--help", "--lang", "fr"])
    assert "qui est interrogé" in capsys.readouterr().out
