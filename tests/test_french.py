"""Every page, every plain address and every verdict in French: no sentence of ours is left in English."""

import asyncio
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pyarrow as pa
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from tests.places import Places, opened
from tests.serving import routed
from tests.submissions import NEW, PEW, corrected, person, poll, sheet, submitted
from tests.visiting import visited
from tracker import accounts, claims, cli, disclosure, intake, language
from tracker.claims import answering
from tracker.language import catalogue
from tracker.models import Claim, Event, Poll, Pollster, Question
from tracker.settings import ROOT
from tracker.store import Store
from tracker.ui.form import gaps

#: fields of Streamlit's elements that a reader sees
SEEN = {"body", "label", "options", "help", "placeholder", "alt", "spec", "data", "element", "text", "title", "columns"}
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
    """The titles of a chart's axes, legends and tooltips, and of a table's columns."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("title", "text", "label") and isinstance(each, str):
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


CLAIM = "wang-di-2025-04-opinion-shifting"
EVENT = "meng-wanzhou-arrest-2018"
WITHDRAWN = "angus-reid-institute-2025-02-27-ca-adults"
SCRIPTS = sorted(path.stem for path in (ROOT / "tracker" / "ui" / "pages").glob("*.py"))
#: what else a page shows, by what its address says
ITEMS: list[tuple[str, dict[str, str]]] = [
    ("claims", {"claim": CLAIM}),
    ("events", {"event": EVENT}),
    ("polls", {"poll": "angus-reid-institute-2025-02-27-ca-adults"}),
    ("trends", {"subject": "united-states", "measure": "net", "known_by": "2024-01-01"}),
    ("trends", {"compare": "united-states"}),
    ("trends", {"population": "all", "construct": "atlantis"}),
    ("trends", {"as_of": "1"}),
    ("claims", {"claim": CLAIM, "as_of": "1"}),
    ("data", {"as_of": "yesterday"}),
]


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page of the app in a language: ``visit(store, "claims", "fr", claim="...")``."""

    def visit(store: Store, page: str, code: str | None, **query: Any) -> AppTest:
        return visited(monkeypatch, store, page, **query, **({"lang": code} if code else {}))

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
    assert "English" in [link.label for link in app.page_link]


@pytest.mark.parametrize(
    ("page", "query"),
    [*(("polls", {"poll": row}) for row in (NEW, PEW, WITHDRAWN)), ("claims", {"claim": CLAIM})],
    ids=str,
)
def test_what_was_decided_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest], few: Store, english: Any, written: list[str], page: str, query: dict[str, str]
) -> None:
    app = visit(few, page, "fr", **query)
    assert not app.exception and "Historique" in {each.value for each in (*app.header, *app.subheader)}
    assert left(shown(app._tree), english, written) == []


@pytest.mark.parametrize("page", SCRIPTS)
def test_an_empty_page_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest], store: Store, english: Any, page: str
) -> None:
    app = visit(store, page, "fr")
    assert left(shown(app._tree), english, []) == []
    assert [address for address in ways(app) if "lang=" not in address] == []
    assert "English" in [link.label for link in app.page_link]


#: the steps of the Enter page
STEPS = ("who", "instrument", "sample", "answers", "source")
#: what is wrong with each of these is told on the form
ODD = {"sample_type": "probability", "sample_size": "1000", "margin_of_error": "1", "field_end": "2026-08-01"}
WAVE = {"wave": [{"population": name, "answers": {"1.favourable": "x"}} for name in ("ca-adults", "us-adults")]}
SHEET = "Firm,Start,End,Sample,Population,Subject,Scale,Favourable,Unfavourable,Mood"
RIGHT = "Leger,2025-06-02,2025-06-04,1522,Canadian adults,India,favourable-unfavourable-4,34,56,good"
#: nearly a poll that is on record
ODD_ROW = "Pew,2025-01-08,2025-03-26,1000,Canadian adults,China,favourable-unfavourable-4,1,2,good"
WRONG = "Lger,2025-06-31,2025-06-04,0,Canadian adults,Inda,favourable-unfavourable-4,134,a,good"


@pytest.fixture(scope="module")
def busy(places: Places, recorded: str) -> Iterator[tuple[Store, dict[str, int]]]:
    """The record with drafts of every kind in every state, the administrator's own and an editor's, by a name."""
    with opened(places, recorded) as store:
        own: Any = accounts.operator(store)
        ed = person(store, "ed")
        odd = {**poll(**ODD), "disclosures": {"weighted": "yes", "election": "no"}}
        claim, event = (intake.entry_fields(store, kind, row) for kind, row in (("claim", CLAIM), ("event", EVENT)))
        wrong = {**claim, "kind": "change-by", "parameters": {"window_months": 12}, "parts": [{"kind": "level"}]}
        drafts = {
            "begun": accounts.keep_draft(store, own, {"questions": [{}]}),
            "odd": accounts.keep_draft(store, own, odd),
            "wave": accounts.keep_draft(store, own, poll() | WAVE),
            "correction": accounts.keep_draft(store, own, corrected(store, "35"), row=PEW),
            "handed": submitted(store, own, poll(field_start="2026-08-01")),
            "returned": submitted(store, own, poll()),
            "wrong claim": accounts.keep_draft(store, own, wrong, kind="claim"),
            "wrong event": accounts.keep_draft(store, own, event | {"end_date": "1990-01-01"}, kind="event"),
            "submitted": submitted(store, ed, odd | {"sample_size": "2000", "field_end": "2026-09-04"}),
            "corrected": submitted(store, ed, corrected(store, "36"), PEW, why="misread"),
            "overtaking": submitted(store, ed, corrected(store, "37"), PEW, why="misread"),
            "embargoed": submitted(store, ed, poll(), embargo=dt.date(2099, 1, 1)),
            "sheet": submitted(store, ed, sheet(store, 3), kind="sheet"),
            "stored sheet": submitted(store, ed, sheet(store, 2), kind="sheet"),
            "claim": submitted(store, ed, claim | {"note": "x"}, CLAIM, "claim", why="a note"),
            "event": submitted(store, ed, event | {"title": "Another title"}, EVENT, "event", why="the title"),
        }
        accounts.give_back(store, ed, drafts["returned"], "xyz")
        for name in ("embargoed", "overtaking", "stored sheet"):
            intake.approve(store, own, drafts[name])
        yield store, drafts


@pytest.fixture
def signed_in(busy: tuple[Store, dict[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed in as the administrator."""
    own = accounts.operator(busy[0])
    monkeypatch.setattr("tracker.ui.parts.contributor", lambda: own)


#: what a source may disclose is folded, and unfolds where the address names one of it
UNFOLDED = ("frame", "n_refused", "weighted", "margin_level", "randomised", "dont_know_share", "sha256", "election")
FOLDED = [f"disclosures.{item}" for item in UNFOLDED]
#: the pages of those who write, by what their addresses say: a draft by its name
WRITING: list[tuple[str, dict[str, str]]] = [
    *((page, {}) for page in ("mine", "review", "contributors", "upload", "enter", "claim", "event")),
    *(("enter", {"draft": name, "step": step}) for name in ("begun", "odd", "wave") for step in STEPS),
    *(("enter", {"draft": "odd", "step": gaps.step_of(item), "field": item}) for item in FOLDED),
    *(("enter", {"draft": name}) for name in ("correction", "handed", "returned", "nothing")),
    *(("claim", query) for query in ({"draft": "wrong claim"}, {"correct": CLAIM}, {"draft": "nothing"})),
    *(("event", query) for query in ({"draft": "wrong event"}, {"correct": EVENT})),
    *(("review", {"draft": name}) for name in ("handed", "submitted", "corrected", "embargoed", "sheet")),
    *(("review", {"draft": name}) for name in ("claim", "event", "nothing")),
    *(("claims", {}), ("claims", {"claim": CLAIM}), ("events", {}), ("events", {"event": EVENT})),
    ("polls", {"poll": PEW}),
]


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(("page", "query"), WRITING, ids=str)
def test_a_page_for_writing_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest],
    busy: tuple[Store, dict[str, int]],
    english: Any,
    written: list[str],
    page: str,
    query: dict[str, str],
) -> None:
    store, drafts = busy
    app = visit(store, page, "fr", **{name: str(drafts.get(value, value)) for name, value in query.items()})
    assert not app.exception and app.title
    assert left(shown(app._tree), english, written) == []
    assert [address for address in ways(app) if "lang=" not in address] == []


@pytest.mark.parametrize("page", ["contributors", "mine", "review", "claim", "event", "enter", "upload"])
def test_a_button_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest],
    record_copy: Store,
    english: Any,
    written: list[str],
    monkeypatch: pytest.MonkeyPatch,
    page: str,
) -> None:
    operator = accounts.operator(record_copy)
    ed = person(record_copy, "ed")
    number = submitted(record_copy, ed, poll())
    monkeypatch.setattr("tracker.ui.parts.contributor", lambda: operator)
    language.use("fr")  # a test asks for the names of options in its own thread
    app = visit(record_copy, page, "fr", **({"draft": str(number)} if page == "review" else {}))
    for label in reversed([button.label for button in app.button if not button.disabled]):
        found = [button for button in app.button if button.label == label]
        app = found[0].click().run() if found else app
        assert not app.exception
        assert left(shown(app._tree), english, written) == []


@pytest.mark.parametrize("rows", [[RIGHT, ODD_ROW], [RIGHT, WRONG]], ids=["odd", "wrong"])
def test_a_sheet_says_nothing_of_ours_in_english(
    visit: Callable[..., AppTest],
    record_copy: Store,
    english: Any,
    written: list[str],
    monkeypatch: pytest.MonkeyPatch,
    rows: list[str],
) -> None:
    operator = accounts.operator(record_copy)
    # the sheet's own, and those that it could have
    columns = {*SHEET.split(","), *intake.targets(intake.known(record_copy)).values()}
    monkeypatch.setattr("tracker.ui.parts.contributor", lambda: operator)
    language.use("fr")
    app = visit(record_copy, "upload", "fr")
    app.file_uploader[0].set_value(("polls.csv", "\n".join([SHEET, *rows]).encode(), "text/csv"))
    app.run()
    assert app.table and not app.exception
    assert left(set(shown(app._tree)) - columns, english, written) == []
    for box in app.checkbox:
        app = box.check().run()
    for button in [each for each in app.button if not each.disabled]:
        app = button.click().run()
    assert not app.exception
    assert left(set(shown(app._tree)) - columns, english, written) == []


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


#: how each form of what is disclosed can be written
EXAMPLES = {
    **dict.fromkeys(("integer", "number", "percent"), "10"),
    "yes-no": "yes",
    "languages": "en;fr",
    "address": "https://example.org/",
    "sha256": 64 * "0",
    "undecided": "shared-out",
}


@pytest.fixture(scope="module")
def few(places: Places, recorded: str) -> Iterator[Store]:
    """The record with two of its claims: to judge them all in every language takes long."""
    with opened(places, recorded) as store:
        with store.writing("Test") as session:
            for claim in session.scalars(select(Claim).where(~Claim.id.startswith("wang-di-2025"))):
                session.delete(claim)
        _decided(store)
        yield store


def _decided(store: Store) -> None:
    """What editors let into the record: an election survey that discloses all, corrections, a withdrawal."""
    one, two = person(store, "one"), person(store, "two")
    said = {name: EXAMPLES.get(field.form, "xyz") for name, field in disclosure.FIELDS.items()}
    claim = intake.entry_fields(store, "claim", CLAIM)
    for fields, row, kind in (
        (poll(disclosures=said | {"incentives": disclosure.NOT_DISCLOSED}), None, "poll"),
        (corrected(store, "35", disclosures={"weighted": "no"}), PEW, "poll"),
        (claim | {"note": "xyz"}, CLAIM, "claim"),
    ):
        assert intake.approve(store, two, submitted(store, one, fields, row, kind, why="xyz")).status == "stored"
    withdrawn = intake.fields_of(store, WITHDRAWN) | {"status": "withdrawn"}
    number = submitted(store, one, withdrawn, WITHDRAWN, why="xyz")
    assert intake.approve(store, one, number, own=True).status == "stored"


@pytest.fixture
def get(monkeypatch: pytest.MonkeyPatch, few: Store) -> Callable[[str], httpx.Response]:
    """Ask a plain address, as it is served."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", few.url)
    app = routed()

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
        f"/polls/{NEW}",
        f"/polls/{PEW}",
        f"/polls/{PEW}?as_of=1",
        f"/polls/{WITHDRAWN}",
        "/polls/no-such-poll",
        "/feed.atom",
        "/sign-in",
        "/sign-out",
        "/sign-out/everywhere",
    ],
)
def test_a_plain_page_says_nothing_of_ours_in_english(
    get: Callable[[str], httpx.Response], english: Any, written: list[str], address: str
) -> None:
    answer = get(f"{address}{'&' if '?' in address else '?'}lang=fr")
    assert 'lang="fr"' in answer.text
    assert answer.headers["content-language"] == "fr"
    assert left(Page(answer.text).texts, english, written) == []


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/nothing.csv",
        "/api/v1/polls.csv?as_of=9999",
        "/api/v1/polls.csv?colour=red",
        "/api/v1/polls.csv?columns=colour",
        "/api/v1/polls.csv?limit=few",
        "/api/v1/polls.csv?after=one&after=two",
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
    # the words of a verdict are the same in every language: the data hold them
    assert left([package["title"], *told], english, [answering.NOT_ENOUGH, answering.NOT_TESTABLE]) == []


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
