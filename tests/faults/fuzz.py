"""Whatever comes in by any reader: a refusal in words or a result, never an exception, and soon.

``python -m tests.faults.fuzz [INPUTS]`` shares so many inputs out among the readers, and
prints for each how many it took, in how many seconds, and the slowest. It ends at the first input that fails, smallest
form first. Tests of single readers are in tests/test_properties.py, test_sheet.py and test_reading.py.
"""

import io
import os
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serving import routed, serving
from tests.submissions import HEADER, poll
from tracker import intake
from tracker.export import FORMATS
from tracker.intake import kinds
from tracker.intake.problems import Misread
from tracker.models import RECORD as TABLES
from tracker.settings import RECORD
from tracker.store import Store, UnknownRevision

#: what a reader of files, dates, numbers or addresses is likely to stumble over
WORDS = [
    "", "0", "-1", "1e9", "1e999", "NaN", "inf", "٣", "1_0", "34,5", "34.5%", "=1+1", "'=1", "null", "true", "\0",
    "2025-06-02", "2025-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2025-06-02T24:00:00Z", "20250602",
    "2025-W01-1",
    "2025-06-02T12:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "99999999999999999999",
    "Leger", "leger", "ca-adults", "china", "country", "favourable", "favourable-unfavourable-4", "en", "fr", "day",
    "[[", "{}", '[{"kind":"change"}]', '"', '""', "\r\n", "\ud800", "\ufeff", "\u202e", "a" * 5000, "../../etc/passwd",
    "9" * 5000, "%00", "%ff", "<script>", "' or 1=1 --", "https://[", "https://example.org/", "٢٠٢٥-٠٦-٠٢", "²",
]  # fmt: skip
WORD = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))
NAMES = st.one_of(
    st.sampled_from([*HEADER.split(","), "poll", "question", "Note", "Margin", "published", "source_url", "scale"]),
    WORD,
)
LINE = st.one_of(
    st.sampled_from(["Leger,2025-06-02,2025-06-04,1000,Canadian adults,India,favourable-unfavourable-4,50,45"]),
    st.lists(WORD, max_size=12).map(lambda cells: ",".join(cells)),
)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


CSV = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda header, lines, end, code: end.join([",".join(header), *lines]).encode(code, "replace"),
        st.one_of(st.just(HEADER.split(",")), st.lists(NAMES, max_size=12)),
        st.lists(LINE, max_size=5),
        st.sampled_from(["\n", "\r\n", "\r", ";\n"]),
        st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]),
    ),
)
COLUMNS = st.dictionaries(NAMES, st.one_of(st.none(), NAMES), max_size=3)


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """A workbook of cells of any kind, sometimes with some bytes of one of its parts changed."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet
    safe = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
    cell = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(), st.dates(), safe)
    sheet.append(HEADER.split(","))
    for row in draw(st.lists(st.lists(cell, max_size=10), max_size=4)):
        with suppress(ValueError):
            sheet.append(row)
    book.save(made)
    return spoiled(made.getvalue(), draw) if draw(st.booleans()) else made.getvalue()


def spoiled(data: bytes, draw: st.DrawFn) -> bytes:
    """The archive with a piece of one part replaced, well packed; or with a piece of itself replaced."""
    piece = draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b'r="XFD9"', b"<c/>", b"</row>", b'r="A0"', b"<v>"]))
    )
    if draw(st.booleans()):
        return replaced(data, piece, draw)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        chosen = draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            new.writestr(name, replaced(old.read(name), piece, draw) if name == chosen else old.read(name))
    return made.getvalue()


def replaced(data: bytes, piece: bytes, draw: st.DrawFn) -> bytes:
    # a share: how long a workbook is depends on the moment that is written into it
    at = len(data) * draw(st.integers(0, 9999)) // 9999
    return data[:at] + piece + data[at + draw(st.integers(0, 8)) :]


#: what a form may hold where a text, or more fields, should be
VALUE = st.recursive(
    st.one_of(WORD, st.none(), st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(WORD, inner, max_size=2)),
    max_leaves=4,
)
FIELDS = st.sampled_from([*sorted(poll()), "mode", "sponsor", "margin_of_error", "note", "status", "sample_size"])
QUESTION = st.sampled_from(
    ["subject", "construct", "scale", "object", "wording", "id", "low", "high", "base", "published"]
)
FORM = st.builds(
    lambda changes, question, answers: (
        poll() | changes | {"questions": [poll()["questions"][0] | question | {"answers": answers}]}
    ),
    st.dictionaries(FIELDS, WORD, max_size=4),
    st.dictionaries(QUESTION, WORD, max_size=4),
    st.dictionaries(st.one_of(st.sampled_from(["favourable", "unfavourable", "dont-know"]), WORD), WORD, max_size=3),
)
PLACES = st.sampled_from(
    [f"/api/v1/{name}.{format}" for name in ("polls", "answers", "revisions", "claims", "events") for format in FORMATS]
    + ["/polls/", "/claims/", "/feed.atom", "/sitemap.xml", "/charts/ca-adults/china.svg", "/sign-in", "/healthz"]
    + ["/api/v1/datapackage.json", "/polls/nothing", "/claims/nothing", "/api/v1/verdicts/nothing.json", "/api/v1/x"]
)
ASKED = st.sampled_from(
    ["limit", "after", "columns", "as_of", "lang", "page", "known_by", "pollster", "value.from", "value.to", "number"]
)
MORE = st.sampled_from(["field_start.from", "sample_size", "at.to", "date.from", "from", "width", "token", "next"])
QUERY = st.lists(st.tuples(st.one_of(ASKED, MORE, WORD), WORD), max_size=4)


class Readers:
    """Every reader as a function of one input."""

    def __init__(self, store: Store, client: httpx.Client, folder: Path) -> None:
        self.store, self.client, self.folder = store, client, folder
        self.known = intake.known(store)
        for each in RECORD.glob("*.csv"):
            small = each.read_bytes().splitlines(keepends=True)[:3]
            (folder / each.name).write_bytes(b"".join(small))

    def sheet(self, data: bytes, chosen: dict[str, str | None]) -> None:
        """CSV and XLSX."""
        found = intake.read_sheet(self.store, data, "polls", chosen)
        assert all(problem.wrong and problem.remedy for problem in found.record.problems)

    def record(self, table: Any, data: bytes) -> None:
        """A file of the record's own folder."""
        path = self.folder / f"{table.__tablename__}.csv"
        before = path.read_bytes()
        path.write_bytes(before.splitlines(keepends=True)[0] + data)
        try:
            found = intake.read_folder(self.folder)
            assert all(problem.wrong and problem.remedy for problem in found.problems)
        finally:
            path.write_bytes(before)

    def form(self, data: dict[str, Any]) -> None:
        """A poll as the form has it."""
        entities, problems = intake.read_form(data, self.known)
        assert entities or problems

    def date(self, text: str) -> None:
        """A cell that holds a day."""
        with suppress(Misread):
            kinds.day(text)

    def as_of(self, text: str) -> None:
        """A point in time."""
        with suppress(UnknownRevision):
            self.store.at(text)

    def query(self, place: str, query: list[tuple[str, str]]) -> None:
        """Every address, with any query: refused in words or answered, never by a fault of ours."""
        safe = [
            (name.encode("utf-8", "replace").decode(), text.encode("utf-8", "replace").decode()) for name, text in query
        ]
        answer = self.client.get(place, params=safe, follow_redirects=False)
        assert answer.status_code < 500, (place, query, answer.status_code, answer.text[:300])


#: for each reader: of a hundred inputs how many, and what they are made of
SHARES: dict[str, tuple[int, Callable[[Readers], Any], tuple[st.SearchStrategy[Any], ...]]] = {
    "sheet, CSV, with any columns": (15, lambda readers: readers.sheet, (CSV, COLUMNS)),
    "sheet, XLSX": (3, lambda readers: readers.sheet, (workbooks(), COLUMNS)),
    "record folder": (12, lambda readers: readers.record, (st.sampled_from(TABLES), st.one_of(CSV, WORD.map(encoded)))),
    "form": (10, lambda readers: readers.form, (FORM,)),
    "dates": (43, lambda readers: readers.date, (st.one_of(WORD, st.text("0123456789-T:Z+ ", max_size=12)),)),
    "as of": (14, lambda readers: readers.as_of, (st.one_of(WORD, st.text("0123456789-T:Z+ ", max_size=26)),)),
    "query of every address": (3, lambda readers: readers.query, (PLACES, QUERY)),
}
#: seconds that one input may take
SLOWEST = 20.0


def fuzzed(read: Callable[..., None], inputs: tuple[st.SearchStrategy[Any], ...], count: int) -> tuple[int, float]:
    """How many inputs were read, and how long the slowest took."""
    taken: list[float] = []

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.tuples(*inputs))
    def each(given: tuple[Any, ...]) -> None:
        began = time.monotonic()
        read(*given)
        taken.append(time.monotonic() - began)
        assert taken[-1] < SLOWEST

    each()
    return len(taken), max(taken)


#: tables of which the store that sheets are read against has nothing: with all polls each would take far longer
LEFT = ("polls", "questions", "answers", "disclosures", "claims")


def readers(folder: Path, client: httpx.Client) -> Readers:
    """All of them, on a store with names alone; addresses on the whole record of TRACKER_DATABASE_URL."""
    for each in RECORD.glob("*.csv"):
        lines = each.read_bytes().splitlines(keepends=True)
        (folder / each.name).write_bytes(b"".join(lines[:1] if each.stem in LEFT else lines))
    names = Store(f"sqlite:///{folder}/names.db")
    names.migrate()
    intake.store_record(names, intake.read_folder(folder), "Test")
    return Readers(names, client, folder)


def main(inputs: int, folder: Path) -> int:
    """Fuzz every reader; the number of inputs read."""
    with serving(routed()) as site, httpx.Client(base_url=site, timeout=60) as client:
        return _each(readers(folder, client), inputs)


def _each(every: Readers, inputs: int) -> int:
    total = 0
    for name, (share, reader, made) in SHARES.items():
        began = time.monotonic()
        count, slowest = fuzzed(reader(every), made, max(1, inputs * share // 100))
        seconds, total = time.monotonic() - began, total + count
        print(f"{name}: {count} inputs in {seconds:.0f} s, the slowest {slowest:.2f} s", flush=True)
    return total


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.environ |= {"TRACKER_DATABASE_URL": f"sqlite:///{place}/fuzz.db", "TRACKER_LIMITS": "0"}
        with closing(Store(os.environ["TRACKER_DATABASE_URL"])) as store:
            store.migrate()
            intake.store_record(store, intake.read_folder(RECORD), "Test")
        (Path(place) / "folder").mkdir()
        began = time.monotonic()
        total = main(int(sys.argv[1]) if sys.argv[1:] else 100_000, Path(place) / "folder")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{total} inputs in {time.monotonic() - began:.0f} s, {most} MB at most")
