"""Sheets of polls as people have them: another tracker's columns, another machine's encoding, every known mistake."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.places import Places, opened
from tracker import disclosure, export, intake
from tracker.models import Answer, Disclosure, Poll, Question
from tracker.store import TABLES, Store

HEADER = "Firm;Start date;End date;Sample;Who;About;Scale;Fav %;Unfav;DK;Link"
WHO = "Léger;2025-06-02;2025-06-04;1522;Canadian adults;India;favourable-unfavourable-4"
LEGER = f"{WHO};34,5;55,5;10;https://leger360.com/x"
POLL = "leger-2025-06-02-ca-adults"


def sheet(*rows: str, header: str = HEADER) -> bytes:
    return ("\n".join([header, *rows]) + "\n").encode()


def read(store: Store, data: bytes, **more: object) -> intake.Sheet:
    return intake.read_sheet(store, data, "sheet.csv", **more)  # type: ignore[arg-type]


def told(store: Store, *rows: str, header: str = HEADER) -> list[str]:
    return [f"{problem.severity} {problem}" for problem in read(store, sheet(*rows, header=header)).record.problems]


def wide(store: Store) -> bytes:
    columns, rows = store.table("wide", {}, None)
    return b"".join(export.FORMATS["csv"](columns, rows))


def test_every_row_of_the_wide_export_comes_back_as_what_it_was(record: Store) -> None:
    found = read(record, wide(record)).record
    assert not found.problems
    outcome = intake.store_record(record, found, "Test", dry_run=True)
    assert outcome.unchanged == sum(map(len, found.rows.values())) > 10_000
    assert (outcome.inserted, outcome.updated, outcome.conflicts) == (0, 0, [])


def test_another_trackers_sheet_needs_no_more_than_its_own_column_names(record_copy: Store) -> None:
    found = read(record_copy, sheet(LEGER))
    assert not found.record.problems
    assert {m.header: (m.column, m.how) for m in found.matches}["Fav %"] == ("favourable", "alias")
    intake.store_record(record_copy, found.record, "Test")
    (poll,), (question,) = record_copy.find(Poll, id=POLL), record_copy.find(Question, poll=POLL)
    assert (poll.field_end, poll.sample_size, poll.population_label) == (dt.date(2025, 6, 4), 1522, "Canadian adults")
    answers = {row.response: row.value for row in record_copy.find(Answer, question=question.id)}
    assert answers == {"favourable": Decimal("34.5"), "unfavourable": Decimal("55.5"), "dont-know": Decimal(10)}
    again = intake.store_record(record_copy, read(record_copy, sheet(LEGER)).record, "Test")
    assert (again.batch, again.unchanged) == (None, 5)


def windows(text: bytes) -> bytes:
    return text.decode().replace("\n", "\r\n").encode("cp1252")


def marked(text: bytes) -> bytes:
    return b"\xef\xbb\xbf" + text + b";;;;;;;;;;\n\n"


def utf16(text: bytes) -> bytes:
    return text.decode().encode("utf-16")


def tabs(text: bytes) -> bytes:
    return text.replace(b";", b"\t").replace(b",5", b".5")


def workbook(text: bytes) -> bytes:
    """As a spreadsheet saves it: typed days and numbers, an empty row on top and one below."""
    book = openpyxl.Workbook()
    book.active.append([])
    for number, line in enumerate(text.decode().splitlines()):
        cells: list[object] = list(line.split(";"))
        if number:
            cells[1:3] = [dt.date.fromisoformat(str(cell)) for cell in cells[1:3]]
            cells[3] = int(str(cells[3]))
            cells[7:10] = [float(str(cell).replace(",", ".")) for cell in cells[7:10]]
        book.active.append(cells)
    book.active.append([None] * 11)
    book.save(out := io.BytesIO())
    return out.getvalue()


@pytest.mark.parametrize("form", [windows, marked, utf16, tabs, workbook])
def test_what_spreadsheets_write_reads_the_same(record: Store, form) -> None:  # type: ignore[no-untyped-def]
    plain, other = (read(record, data).record for data in (sheet(LEGER), form(sheet(LEGER))))
    assert not other.errors
    assert {t: [dict(row) for row in rows] for t, rows in other.rows.items()} == {
        t: [dict(row) for row in rows] for t, rows in plain.rows.items()
    }
    assert [p.wrong for p in other.warnings] == (
        ["the text is not UTF-8 and was read as Windows-1252"] if form is windows else []
    )


def changed(old: str, new: str) -> str:
    assert old in LEGER
    return LEGER.replace(old, new)


#: a mistake that trackers have published -> how it is told
MISTAKES = {
    "the year 1025": (changed("2025-06-02", "1025-06-02"), "error Start date: 1025-06-02 is before 1930"),
    "end before start": (changed("2025-06-04", "2025-06-01"), "error End date: the end, 2025-06-01, is before"),
    "the future": (changed("2025", "2125"), "error Start date: 2125-06-02 is in the future"),
    "140 percent": (changed("34,5", "140"), "error Fav %: 140 is outside 0 to 100"),
    "more than all": (changed("34,5", "64,5"), "error DK: the responses add up to 130 percent"),
    "97, all asked": (changed("34,5", "31,5"), "warning DK: the responses, the unsure included, add up to 97"),
    "thousands": (changed("1522", "1,522"), 'error Sample: "1,522" is no whole number: write digits only, for'),
    "thousands, dot": (changed("1522", "1.522"), 'error Sample: "1.522" is no whole number'),
    "a formula": (changed("https://leger360.com/x", "=A(1)"), 'error Link: "=A(1)" is a formula'),
    "no answer": (changed("34,5;55,5;10", ";;"), "error answers: no answer is filled in"),
    "who is that": (changed("Léger", "Legre"), 'error Firm: "Legre" is not among the pollsters: did you mean "leger"?'),
    "a word": (changed("34,5", "n/a"), 'error Fav %: "n/a" is no number'),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_that_trackers_have_published_is_told_with_its_place(record: Store, name: str) -> None:
    row, expected = MISTAKES[name]
    (found, *again) = told(record, row)
    assert not again or name == "the future"
    assert found.replace(" sheet.csv:2:", "", 1).startswith(expected)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (changed("2025-06-02", "2025-06-03"), "may be the same poll as"),
        (changed("2025-06-04", "2025-06-20").replace("2025-06-02", "2025-06-04"), "overlaps that of"),
        (changed("Léger", "Ipsos"), "has every figure of"),
        (changed("1522", "2000").replace("India", "Russia"), '"2000" here and "1522" at line 2, for one poll'),
        (changed("34,5;55,5", "56;44").replace(";10;", ";;"), "the poll asked this already, at line 2"),
    ],
)
def test_what_may_be_the_same_poll_twice_is_told_of_the_sheet_and_of_the_store(
    record_copy: Store, other: str, expected: str
) -> None:
    found = told(record_copy, LEGER, other)
    assert [line for line in found if expected in line and ":3: " in line], found
    if "for one poll" not in expected and "already" not in expected:
        intake.store_record(record_copy, read(record_copy, sheet(LEGER)).record, "Test")
        assert [line for line in told(record_copy, other) if expected in line]


def test_every_problem_is_told_at_once_and_nothing_is_stored(record_copy: Store) -> None:
    before = record_copy.newest()
    found = read(record_copy, sheet(*(row for row, _told in MISTAKES.values()))).record
    assert {problem.line for problem in found.errors} >= set(range(2, 2 + len(MISTAKES))) - {7}
    with pytest.raises(intake.RecordHasErrors):
        intake.store_record(record_copy, found, "Test")
    assert record_copy.newest() == before


def test_a_column_that_nobody_knows_is_left_out_aloud_and_can_be_named(record: Store) -> None:
    data = sheet(LEGER + ";x", header=HEADER.replace("Unfav", "Ablehnung") + ";Zzz")
    (first, second) = read(record, data).record.warnings
    assert (first.column, second.column) == ("Ablehnung", "Zzz")
    found = read(record, data, chosen={"Ablehnung": "unfavourable", "Zzz": None}).record
    assert not found.problems
    assert [row["value"] for row in found.rows[Answer]] == [Decimal("34.5"), Decimal("55.5"), Decimal(10)]


def test_a_column_that_the_sheet_lacks_may_be_given_for_all_rows(record: Store) -> None:
    header, row = HEADER.replace("Who;", ""), LEGER.replace("Canadian adults;", "")
    assert read(record, sheet(row, header=header)).record.errors
    found = read(record, sheet(row, header=header), defaults={"population": "ca-adults"}).record
    assert not found.problems
    assert found.rows[Poll][0]["id"] == POLL


def test_the_scale_is_taken_from_the_responses_and_that_is_said(record: Store) -> None:
    header, row = HEADER.replace("Scale;", ""), LEGER.replace("favourable-unfavourable-4;", "")
    (problem,) = read(record, sheet(row, header=header)).record.problems
    assert str(problem).startswith("sheet.csv:1: scale: it is not given; the responses are those of favourable-unfav")
    assert problem.severity == "warning"


def test_a_blank_cell_takes_nothing_away_from_a_poll_that_is_there(record_copy: Store) -> None:
    intake.store_record(record_copy, read(record_copy, sheet(LEGER)).record, "Test")
    fewer = sheet("Léger;2025-06-02;;;Canadian adults;India;favourable-unfavourable-4;35,5;;;")
    outcome = intake.store_record(record_copy, read(record_copy, fewer).record, "Test")
    assert (outcome.updated, outcome.unchanged) == (1, 2)
    assert record_copy.find(Poll, id=POLL)[0].sample_size == 1522


def exported(store: Store, folder: Path) -> dict[str, bytes]:
    """Every table on offer but the ledger, which tells of the undoing too, and every file of the record."""
    names = [name for name in TABLES if name != "revisions"]
    found = {name: b"".join(export.FORMATS["csv"](*store.table(name))) for name in names}
    intake.write_folder(store, folder)
    return found | {file.name: file.read_bytes() for file in folder.iterdir()}


def test_undoing_a_batch_of_two_thousand_rows_restores_every_byte(record_copy: Store, tmp_path: Path) -> None:
    before = exported(record_copy, tmp_path / "before")
    day = dt.date(1990, 1, 1)
    starts = [day + dt.timedelta(5 * i) for i in range(2000)]
    rows = [LEGER.replace("2025-06-02", f"{at}").replace("2025-06-04", f"{at + dt.timedelta(2)}") for at in starts]
    header = HEADER + ";Panel"
    found = read(record_copy, sheet(*(f"{row};a panel" for row in rows), header=header)).record
    assert not found.problems
    outcome = intake.store_record(record_copy, found, "Test", "two thousand rows")
    assert outcome.inserted == 2000 * 6
    between = exported(record_copy, tmp_path / "between")
    assert {name for name in before if before[name] == between.get(name)} & {
        "polls",
        "wide",
        "disclosures.csv",
    } == set()
    assert outcome.batch
    record_copy.undo(outcome.batch, "Test")
    assert exported(record_copy, tmp_path / "after") == before


@pytest.fixture(scope="module")
def known(places: Places, recorded: str) -> Iterator[Store]:
    with opened(places, recorded) as store:
        yield store


CELL = st.one_of(st.text(max_size=12), st.sampled_from(["", "34.5", "2025-06-02", "Leger", "=1", "ca-adults", "1e9"]))


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(CELL, max_size=12), max_size=6), data=st.binary(max_size=200), text=st.booleans())
def test_any_sheet_is_read_to_the_end(known: Store, rows: list[list[str]], data: bytes, text: bool) -> None:
    lines = "\n".join([HEADER, *(";".join(row) for row in rows)]).encode("utf-8", "replace")
    found = read(known, lines if text else data)
    assert all(problem.wrong and problem.remedy for problem in found.record.problems)


@pytest.mark.parametrize(
    ("margin", "sample_type", "told_of"),
    [("2.0", "probability", True), ("2.4", "probability", False), ("2", "probability", False), ("2.0", "", False)],
)
def test_a_margin_below_what_simple_random_sampling_allows_is_told(
    record: Store, margin: str, sample_type: str, told_of: bool
) -> None:
    header = HEADER.replace("Sample;", "Sample;Margin;Sample type;")
    found = told(record, LEGER.replace("1522;", f"1622;{margin};{sample_type};"), header=header)
    expected = "warning sheet.csv:2: Margin: for n = 1,622 simple random sampling gives ±2.43; ±2.0 is below it"
    assert [line.startswith(expected) for line in found] == [True] * told_of


@pytest.mark.parametrize(
    ("who", "about", "expected"),
    [
        ("USA", "U.S.", ("us-adults", "united-states")),
        ("U.S. adults", "America", ("us-adults", "united-states")),
        ("UK", "GBR", ("gb-adults", "united-kingdom")),
        ("South Korea", "PRC", ("kr-adults", "china")),
        ("Adults in the Czech Republic", "EU", ("cz-adults", "european-union")),
        ("Alberta", "Chine", ("ca-ab-adults", "china")),
        ("États-Unis", "République populaire de Chine", ("us-adults", None)),
    ],
)
def test_a_country_goes_by_its_codes_and_its_other_names(
    record: Store, who: str, about: str, expected: tuple[str, str | None]
) -> None:
    found = read(record, sheet(changed("India", about).replace("Canadian adults", who))).record
    assert (found.rows[Poll][0]["population"], found.rows[Question][0]["subject"]) == expected
    assert found.rows[Poll][0]["population_label"] == who


def test_for_a_country_that_is_not_there_no_other_is_guessed(record: Store) -> None:
    (line,) = told(record, changed("India", "Peru"))
    assert line.endswith(
        'About: "Peru" is not among the subjects: have an editor add it first, or use one that is there'
    )
    (line,) = told(record, changed("India", "Rusia"))
    assert line.endswith('did you mean "russia"?')


DISCLOSED = ";Weighted;Panel;Dont know share;Languages"


def test_what_a_source_discloses_may_stand_in_columns_of_its_own(record_copy: Store) -> None:
    """Every row of a poll says it alike, and the next upload of the same changes nothing."""
    india, china = f"{LEGER};TRUE;LEO panel;3 %;en; fr", f"{changed('India', 'China')};yes;;;"
    data = sheet(india.replace("en; fr", '"en;fr"'), china, header=HEADER + DISCLOSED)
    found = read(record_copy, data).record
    assert not found.errors
    intake.store_record(record_copy, found, "Test")
    said = {row.item: row.value for row in record_copy.find(Disclosure, poll=POLL)}
    assert said == {"weighted": "yes", "frame": "LEO panel", "dont_know_share": "3", "languages": "en;fr"}
    assert intake.store_record(record_copy, read(record_copy, data).record, "Test").batch is None
    kept = intake.sheet.unpacked(intake.packed(found), intake.known(record_copy))
    assert [dict(row) for row in kept.rows[Disclosure]] == [dict(row) for row in found.rows[Disclosure]]


def test_what_is_disclosed_in_a_wrong_form_is_told_at_its_column(record: Store) -> None:
    lines = told(
        record,
        f"{LEGER};perhaps;Not disclosed;140;",
        f"{changed('India', 'China')};;other;;",
        header=HEADER + DISCLOSED,
    )
    assert [line.partition(": ")[2].partition(",")[0] for line in lines if line.startswith("error")] == [
        'Weighted: "perhaps" is not one of yes',
        "Dont know share: 140 is outside 0 to 100: give percent as published; check the decimal point",
        'Panel: "other" here and "not disclosed" at line 2',
    ]


def test_the_template_has_a_column_for_each_of_them(record: Store) -> None:
    header = intake.template(intake.known(record), "favourable-unfavourable-4").decode("utf-8-sig").strip().split(",")
    assert header[-len(disclosure.FIELDS) :] == [*disclosure.FIELDS] and header.index("favourable") < len(header)


def formulas(stored: bool) -> bytes:
    """A workbook whose figures are formulas, with the values that a spreadsheet stored or without."""
    book = openpyxl.Workbook()
    book.active.title = "Polls & more"
    book.active.append([])
    book.active.append(HEADER.split(";"))
    book.active.append(LEGER.replace("34,5", "=30+4.5").replace("55,5", "=1/0").replace(";10;", "; 10;").split(";"))
    book.save(out := io.BytesIO())
    if not stored:
        return out.getvalue()
    written = io.BytesIO()
    with zipfile.ZipFile(out) as before, zipfile.ZipFile(written, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            for formula, value in ((b"30+4.5", b"34.5"), (b"1/0", b"55.5")):
                part = part.replace(b"<f>" + formula + b"</f><v />", b"<f>" + formula + b"</f><v>" + value + b"</v>")
            after.writestr(name, part)
    return written.getvalue()


def test_a_formula_is_read_by_its_stored_value_and_told_where_there_is_none(record: Store) -> None:
    found = intake.read_sheet(record, formulas(stored=True), "sheet.xlsx").record
    assert not found.errors
    assert [str(row["value"]) for row in found.rows[Answer]] == ["34.5", "55.5", "10"]
    lines = [str(problem) for problem in intake.read_sheet(record, formulas(stored=False), "sheet.xlsx").record.errors]
    assert [line.partition(" is a formula")[0] for line in lines] == [
        'sheet.xlsx:3: Fav %: "=30+4.5"',
        'sheet.xlsx:3: Unfav: "=1/0"',
    ]
