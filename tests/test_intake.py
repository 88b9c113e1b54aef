"""Files and forms in, entities and problems out; and the record back, byte for byte."""

# ruff: noqa: E501  (a row of the record is one line)

import csv
import datetime as dt
import filecmp
import io
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from tracker import intake
from tracker.export import record_csv
from tracker.intake.folder import table_rows
from tracker.intake.kinds import number, slug, slugged
from tracker.models import RECORD, Answer, Claim, Event, Poll, Pollster, Question, Response, Revision
from tracker.settings import RECORD as POLLS
from tracker.store import Store

SMALL = {
    "pollsters": """
        id,name,other_names,membership,url,note
        pew,Pew,,,https://pewresearch.org,
        research-co,Research Co.,,,,
    """,
    "subjects": "id,name,country,note\nchina,China,CN,\n",
    "populations": "id,name,country,note\nca-adults,Canadian adults,CA,\n",
    "scales": """
        id,name,low,high,note
        four,Favourable or not,,,
        rating,Rating of 10,0,10,
    """,
    "responses": """
        scale,response,position,polarity,part_of,name
        four,favourable,1,positive,,Favourable
        four,very-favourable,2,positive,favourable,Very favourable
        four,somewhat-favourable,3,positive,favourable,Somewhat favourable
        four,unfavourable,4,negative,,Unfavourable
        four,dont-know,5,unsure,,Don't know
        rating,mean,1,mean,,Mean
    """,
    "polls": """
        id,pollster,sponsor,population,population_label,field_start,field_end,date_precision,sample_size,mode,sample_type,margin_of_error,status,note
        pew-2025,pew,,ca-adults,Canadians,2025-01-08,2025-04-26,window,1000,telephone,probability,3.10,published,"A note
        on two lines, with a ""quotation"" in it"
        research-co-2024,research-co,,ca-adults,Canadians,2024-05-01,2024-05-03,day,,online,,,published,
    """,
    "questions": """
        id,poll,subject,construct,object,scale,wording,language,base,published,provenance,source_url,source_title,verified_by,note
        pew-2025-china,pew-2025,china,favourability,country,four,Is your view …?,en,1000,2025-07-15,primary,https://pew.org/a,,,
        rco-2024-china,research-co-2024,china,favourability,country,four,,,,,primary,,,,
        rco-2024-rating,research-co-2024,china,favourability,country,rating,,,,,secondary,,,,
    """,
    "answers": """
        question,response,value,unit
        pew-2025-china,dont-know,5,percent
        pew-2025-china,favourable,34.0,percent
        pew-2025-china,somewhat-favourable,28,percent
        pew-2025-china,unfavourable,61,percent
        pew-2025-china,very-favourable,6,percent
        rco-2024-china,favourable,28,percent
        rco-2024-rating,mean,3.1,points
    """,
    "events": """
        id,date,date_precision,end_date,title,description,category,actors,source_actor,target_actor,plover_type,subjects,source_url,source_title
        summit-2025,2025-06-01,month,,A summit,,diplomacy,CA;CN,CA,CN,CONSULT,china,,
    """,
    "claims": """
        id,claimant,claimant_role,date,date_precision,published,quote,language,paraphrase,population,subject,kind,construct,measure,object,direction,pollster,parameters,parts,cites,original_type,original_parameters,source_url,source_title,note
        wang-2025,Wang Di,Ambassador,2025-04-21,day,,,,Opinion is shifting.,ca-adults,china,change,favourability,positive,country,up,,"{""window_months"":12}",,,trend-up,"{""measure"":""closer-ties""}",,,
    """,
}  # fmt: skip


def text_of(name: str) -> str:
    return "\n".join(line.strip() for line in SMALL[name].strip().split("\n")) + "\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small record above as a folder."""
    folder = tmp_path / "record"
    folder.mkdir()
    for name in SMALL:
        (folder / f"{name}.csv").write_text(text_of(name), encoding="utf-8", newline="")
    return folder


Change = Callable[[str, str, str], None]


@pytest.fixture
def change(small: Path) -> Change:
    """Replace a text that is once in a file of the small record."""

    def replace(name: str, old: str, new: str) -> None:
        path = small / f"{name}.csv"
        text = path.read_bytes().decode()
        assert text.count(old) == 1
        path.write_bytes(text.replace(old, new).encode())

    return replace


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in intake.read_folder(folder).problems]


def test_a_sound_record_has_no_problems_and_typed_rows(small: Path) -> None:
    record = intake.read_folder(small)
    assert record.problems == []
    poll = record.rows[Poll][0]
    assert poll["field_end"] == dt.date(2025, 4, 26) and poll["margin_of_error"] == Decimal("3.10")
    assert poll["note"] == 'A note\non two lines, with a "quotation" in it'
    assert record.rows[Claim][0]["parameters"] == {"window_months": 12} and record.rows[Claim][0]["parts"] == []


#: file, what is replaced, by what, and the one line that must come of it
MISTAKES = [
    ("polls", "2024-05-03,day", "1004-05-03,day", 'polls.csv:4: field_end: 1004-05-03 is before 1930: check the year; did you mean 2004-05-03?'),
    ("polls", "2024-05-03,day", "03/05/2024,day", 'polls.csv:4: field_end: "03/05/2024" is no date: write it as year-month-day, for example 2025-04-21'),
    ("polls", "2024-05-03,day", "2024-05-33,day", 'polls.csv:4: field_end: there is no day "2024-05-33": check the month and the day; the form is year-month-day'),
    ("polls", "2024-05-03,day", "2024-04-03,day", "polls.csv:4: field_end: the end, 2024-04-03, is before the start, 2024-05-01: check both dates; one of them may have day and month exchanged"),
    ("polls", "2024-05-03,day", "2099-05-03,day", "polls.csv:4: field_end: 2099-05-03 is in the future: check the year, the month and the day"),
    ("polls", "2024-05-03,day", "2024-05-03,days", 'polls.csv:4: date_precision: "days" is not one of day, month, year, window: did you mean "day"?'),
    ("polls", "window,1000,", 'window,"1,000",', 'polls.csv:2: sample_size: "1,000" is no whole number: write digits only, for example 1000'),
    ("polls", "window,1000,", "window,1.000,", 'polls.csv:2: sample_size: "1.000" is no whole number: write digits only, for example 1000'),
    ("polls", "research-co-2024,research-co,", "research-co-2024,research,", 'polls.csv:4: pollster: "research" is not among the pollsters: did you mean "research-co"?'),
    ("polls", "research-co-2024,research-co,", "research-co-2024,,", "polls.csv:4: pollster: is blank: fill it in"),
    ("polls", ",online,,,", ",online,,", "polls.csv:4: note: the row has 13 cells where the header has 14: add the missing commas; a blank cell needs one too"),
    ("polls", ",online,,,", ",online, and telephone,,,", "polls.csv:4: note: the row has 15 cells where the header has 14: put a cell that holds a comma in quotation marks"),
    ("questions", "rco-2024-rating,", "rco-2024-china,", 'questions.csv:4: id: "rco-2024-china" is already there, at line 3: remove one of the two rows, or give this one its own id'),
    ("questions", "https://pew.org/a", "javascript:alert(1)", 'questions.csv:2: source_url: "javascript:alert(1)" is no web address: give the full address of the page, beginning with https://'),
    ("questions", ",2025-07-15,", ",2025-01-07,", "questions.csv:2: published: 2025-01-07 is before the fieldwork could have ended, 2025-01-08: check the dates, or give the field dates a coarser precision"),
    ("questions", ",2025-07-15,", ",2099-07-15,", "questions.csv:2: published: 2099-07-15 is still to come: check the date, or enter the poll as a draft with an embargo"),
    ("questions", ",1000,2025", ",1001,2025", "questions.csv:2: base: 1001 interviews are more than the poll's 1000: check the base here and the sample size of the poll"),
    ("answers", "favourable,34.0,", "favourable,134.0,", "answers.csv:3: value: 134.0 is outside 0 to 100: check the value and its decimal point"),
    ("answers", "unfavourable,61,", "unfavourable,71,", "answers.csv:5: value: the responses add up to 110 percent: check the values; together they cannot pass 100"),
    ("answers", "unfavourable,61,", "unfavourable,51,", "answers.csv:5: value: the responses, the unsure included, add up to 90 percent: check whether a response is missing"),
    ("answers", "very-favourable,6,", "very-favourable,3,", "answers.csv:3: value: 34.0 is not the sum of its parts, 31: check the total and its parts"),
    ("answers", "favourable,28,percent\nrco", 'favourable,"28,5",percent\nrco', 'answers.csv:7: value: "28,5" is no number: write digits with a decimal point and no other sign, for example 28.5'),
    ("answers", "favourable,28,percent\nrco", "favourable,28%,percent\nrco", 'answers.csv:7: value: "28%" is no number: write digits with a decimal point and no other sign, for example 28'),
    ("answers", "rco-2024-china,favourable", "rco-2024-china,favorable", 'answers.csv:7: response: "favorable" is no response of the scale four: did you mean "favourable"?'),
    ("answers", "mean,3.1,", "mean,31,", "answers.csv:8: value: 31 is outside 0 to 10: check the value and its decimal point"),
    ("answers", "3.1,points", "3.1,percent", 'answers.csv:8: unit: "percent" is not the unit of this response: write points for a mean'),
    ("responses", "four,dont-know,5,", "four,dont-know,4,", 'responses.csv:6: position: 4 is the place of "unfavourable", at line 5: number the responses of a scale from 1, each once'),
    ("responses", "2,positive,favourable,", "2,positive,favorable,", 'responses.csv:3: part_of: "favorable" is no response of four: did you mean "favourable"?'),
    ("responses", "unfavourable,4,negative,,", "unfavourable,4,negative,unfavourable,", 'responses.csv:5: part_of: "unfavourable" is counted in itself: leave part_of blank for the total'),
    ("scales", "rating,Rating of 10,0,10,", "rating,Rating of 10,10,10,", "scales.csv:3: high: the lower end, 10, is not below the higher end, 10: check both ends"),
    ("pollsters", "research-co,Research", "Research Co,Research", 'pollsters.csv:3: id: "Research Co" is not in the form of an id: use small letters a-z, digits and single hyphens, for example "research-co"'),
    ("pollsters", "Research Co.", "Research\x07Co.", "pollsters.csv:3: name: holds the control character U+0007: remove it"),
    ("subjects", "China,CN", "China,ZH", 'subjects.csv:2: country: "ZH" is no country\'s code: use the two capital letters of ISO 3166-1, for example CA'),
    ("events", ",CONSULT,", ",CONSULTED,", 'events.csv:2: plover_type: "CONSULTED" is not one of AGREE, CONSULT, SUPPORT, '),
    ("events", ",CA,CN,", ",CA,CN;HK,", 'events.csv:2: target_actor: "HK" is not among the actors: add it to actors, or use one of them'),
    ("events", "CA;CN,CA,CN,", ",CA,,", 'events.csv:2: source_actor: "CA" is not among the actors: add it to actors, or use one of them'),
    ("events", ",CA,CN,", ",,CN,", "events.csv:2: source_actor: it is blank, and plover_type says what was done: say who did it, or leave plover_type blank"),
    ("events", "CONSULT,china,", "CONSULT,china;taiwan,", 'events.csv:2: subjects: "taiwan" is not among the subjects: add it to subjects, or use an id that is there'),
    ("claims", ",change,", ",chnge,", "claims.csv:2: kind: "),
    ("claims", "window_months", "windows_months", "claims.csv:2: parameters: "),
    ("claims", '"{""window_months"":12}",,', '"{""window_months"":12}","[{""kind"":""chnge""}]",', "claims.csv:2: parts: "),
    ("claims", '"{""window_months"":12}"', "window_months=12", 'claims.csv:2: parameters: "window_months=12" is not the JSON that stands here: write it like {"window_months":12}, or leave it blank'),
    ("claims", ",,trend-up", ",pew-2025,trend-up", 'claims.csv:2: cites: "pew-2025" is not among the questions: did you mean "pew-2025-china"?'),
    ("claims", "wang-2025,", '"wang-2025"x,', "claims.csv:2: the row cannot be read "),
    ("claims", "Wang Di", '"Wang Di', "claims.csv:2: "),
    ("populations", "id,name,country", "id,nmae,country", 'populations.csv:1: nmae: there is no such column: did you mean "name"?'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "line"), MISTAKES, ids=[f"{m[0]}: {m[2]!r}" for m in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_a_remedy(
    small: Path, change: Change, name: str, old: str, new: str, line: str
) -> None:
    change(name, old, new)
    found = problems(small)
    assert found[0].startswith(line)
    if not line.startswith(("populations", "questions.csv:4: id")):
        assert len(found) == 1, found


def test_every_mistake_is_told_in_the_order_of_the_files_and_their_lines(small: Path, change: Change) -> None:
    change("answers", "unfavourable,61,", "unfavourable,many,")
    change("polls", "2024-05-03,day", "May 2024,day")
    change("subjects", "China,CN", "China,CHN")
    change("answers", "mean,3.1,", "mean,,")
    assert [line.split(": ")[0] for line in problems(small)] == [
        "subjects.csv:2", "polls.csv:4", "answers.csv:5", "answers.csv:8",
    ]  # fmt: skip


def test_a_missing_file_a_missing_column_and_a_foreign_separator_are_told_once(small: Path) -> None:
    (small / "events.csv").unlink()
    (small / "questions.csv").rename(small / "question.csv")
    (small / "subjects.csv").write_text("id;name;country;note\nchina;China;CN;\n")
    scales = (small / "scales.csv").read_text()
    (small / "scales.csv").write_text(scales.replace(",low,", ",").replace(",0,10,", ",10,").replace(",,,", ",,"))
    assert problems(small) == [
        "subjects.csv:1: there is no header row with commas: begin the file with id,name,country,note",
        "scales.csv:1: low: the column is missing: add it; its cells may be blank where nothing is known",
        'questions.csv: the file is missing: rename "question.csv" to questions.csv',
        "events.csv: the file is missing: add it, with its header row if it has no rows",
    ]


def test_a_folder_that_is_none_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    assert "there is no folder here" in problems(tmp_path / "nowhere")[0]


def test_what_windows_makes_of_the_files_reads_the_same(small: Path) -> None:
    plain = intake.read_folder(small)
    for path in small.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b",,\r\n\r\n")
    windows = intake.read_folder(small)
    assert windows.problems == []
    assert windows.rows == plain.rows


def test_a_file_in_another_encoding_names_the_line(small: Path, change: Change) -> None:
    change("pollsters", "Research Co.", "Léger")
    path = small / "pollsters.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    assert problems(small) == ["pollsters.csv:3: the text is not UTF-8: save the file as CSV UTF-8"]


def test_reading_goes_on_after_a_quotation_mark_that_nobody_closed(small: Path, change: Change) -> None:
    change("events", ",A summit,", ',"A summit,')
    change("answers", "pew-2025-china,dont-know", '"pew-2025-china,dont-know')
    change("answers", "mean,3.1,", "mean,3.1.2,")
    assert [line.split(": ")[:2] for line in problems(small)] == [
        ["answers.csv:2", "a quotation mark is opened and never closed"],
        ["answers.csv:8", "value"],
        ["events.csv:2", "a quotation mark is opened and never closed"],
    ]


@pytest.fixture(scope="module")
def real() -> intake.Record:
    return intake.read_folder(POLLS)


def test_the_real_record_has_no_errors_and_every_question(real: intake.Record) -> None:
    assert real.errors == []
    counts = {table.__tablename__: len(rows) for table, rows in real.rows.items()}
    assert counts["questions"] >= 1471 and counts["answers"] >= 8091
    assert counts["events"] >= 113 and counts["claims"] >= 66


def test_the_real_record_comes_back_byte_for_byte_and_a_second_import_changes_nothing(
    real: intake.Record, store: Store, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    first = intake.store_record(store, real, "A person", progress=lambda *step: told.append(step))
    assert first.inserted == told[-1][1] == told[-1][2] == sum(map(len, real.rows.values()))
    again = intake.store_record(store, real, "A person")
    assert (again.revision, again.unchanged, again.batch) == (first.revision, first.inserted, None)
    files = intake.write_folder(store, tmp_path / "copy")
    assert len(files) == len(RECORD)
    assert [file.name for file in files if not filecmp.cmp(file, POLLS / file.name, shallow=False)] == []
    assert [problem for problem in intake.check(store) if problem.severity == "error"] == []


def test_five_mistakes_in_five_files_are_five_lines_and_nothing_is_stored(store: Store, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(POLLS, tmp_path / "polls"))
    spoilt = {
        "polls": ("field_end", "31 May 2014"),
        "questions": ("subject", "chnia"),
        "answers": ("value", "134"),
        "events": ("title", ""),
        "claims": ("kind", "chnge"),
    }
    for name, (column, cell) in spoilt.items():
        _spoil(folder / f"{name}.csv", column, cell)
    record = intake.read_folder(folder)
    assert [(p.file, p.line, p.column) for p in record.errors] == [(f"{n}.csv", 2, c) for n, (c, _) in spoilt.items()]
    assert all(p.wrong and p.remedy for p in record.errors)
    with pytest.raises(intake.RecordHasErrors, match="5 errors"):
        intake.store_record(store, record, "A person")
    assert store.newest() == 0


def _spoil(path: Path, column: str, cell: str) -> None:
    """Put the cell into the first row of a file."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    rows[1][rows[0].index(column)] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.fixture
def stored(small: Path, store: Store) -> Store:
    """The store with the small record in it."""
    intake.store_record(store, intake.read_folder(small), "A person")
    return store


def correct(store: Store, value: str) -> None:
    """A correction made in the app."""
    with store.writing("An editor", "misread", origin="correction") as session:
        session.get_one(Answer, ("pew-2025-china", "favourable")).value = Decimal(value)


def favourable(store: Store) -> str:
    row = store.entity(Answer, "pew-2025-china/favourable")
    assert row is not None
    return str(row.value)


def again(store: Store, folder: Path, **more: bool) -> intake.Outcome:
    return intake.store_record(store, intake.read_folder(folder), "A person", **more)


def test_what_changed_in_the_file_only_is_updated(stored: Store, small: Path, change: Change) -> None:
    change("answers", "favourable,34.0,", "favourable,34.1,")
    outcome = again(stored, small)
    assert (outcome.updated, outcome.inserted, favourable(stored)) == (1, 0, "34.1")
    assert stored.history("pew-2025-china/favourable")[-1].before["value"] == "34.0"


def test_a_correction_survives_the_import_of_the_unchanged_file(stored: Store, small: Path) -> None:
    correct(stored, "35")
    outcome = again(stored, small)
    assert (outcome.kept, outcome.conflicts, favourable(stored)) == (1, [], "35")
    assert outcome.revision == again(stored, small).revision


def test_a_change_on_both_sides_is_a_listed_conflict_and_nothing_is_stored(
    stored: Store, small: Path, change: Change
) -> None:
    correct(stored, "35")
    change("answers", "favourable,34.0,", "favourable,34.1,")
    change("events", "A summit", "The summit")
    before = stored.newest()
    outcome = again(stored, small)
    assert [str(conflict).split(": ")[:3] for conflict in outcome.conflicts] == [
        ["answers.csv:3", "value", 'the file says "34.1", the store says "35" since a correction']
    ]
    assert stored.newest() == outcome.revision == before
    assert stored.entity(Event, "summit-2025").title == "A summit"  # type: ignore[union-attr]


def test_a_file_that_says_what_the_store_was_corrected_to_agrees_once(
    stored: Store, small: Path, change: Change
) -> None:
    correct(stored, "35")
    change("answers", "favourable,34.0,", "favourable,35,")
    outcome = again(stored, small)
    assert (outcome.agreed, outcome.conflicts) == (1, [])
    second = again(stored, small)
    assert (second.agreed, second.revision) == (0, outcome.revision)
    change("answers", "favourable,35,", "favourable,34.6,")
    assert again(stored, small).updated == 1


def test_a_correction_that_is_older_than_a_column_is_no_conflict_over_that_column(
    stored: Store, small: Path, change: Change
) -> None:
    """The ledger told of the event before events had actors on two sides; the file leaves them blank."""
    change("events", ",CA,CN,CONSULT,", ",,,,")
    again(stored, small)
    with stored.writing("An editor", origin="correction") as session:
        session.get_one(Event, "summit-2025").title = "The summit"
    (*_, correction) = stored.history("summit-2025")
    new = ("source_actor", "target_actor", "plover_type")
    older = {name: cell for name, cell in correction.before.items() if name not in new}
    with stored.engine.begin() as connection:
        connection.execute(update(Revision).where(Revision.number == correction.number).values(before=older))
    assert again(stored, small).kept == 1
    change("events", ",CA;CN,", ",CA;CN;US,")
    (conflict,) = again(stored, small).conflicts
    assert conflict.column == "actors"


def test_a_row_deleted_in_the_store_stays_deleted_unless_the_file_changes_it(
    stored: Store, small: Path, change: Change
) -> None:
    with stored.writing("An editor", origin="correction") as session:
        session.delete(session.get_one(Event, "summit-2025"))
    assert again(stored, small).kept == 1
    change("events", "A summit", "The summit")
    assert "was deleted in the store" in str(again(stored, small).conflicts[0])


def test_a_dry_run_counts_and_stores_nothing(store: Store, small: Path) -> None:
    outcome = again(store, small, dry_run=True)
    assert outcome.inserted == 26 and outcome.revision == store.newest() == 0


def test_a_row_that_the_file_no_longer_has_is_left_alone(stored: Store, small: Path, change: Change) -> None:
    change("events", (small / "events.csv").read_text().split("\n")[1] + "\n", "")
    assert again(stored, small).revision == stored.newest()
    assert stored.entity(Event, "summit-2025")


def test_checking_the_store_finds_what_files_would_be_refused_for(stored: Store) -> None:
    with stored.writing("An editor", origin="correction") as session:
        session.get_one(Answer, ("pew-2025-china", "unfavourable")).value = Decimal(90)
    (found,) = intake.check(stored)
    assert (found.file, found.line, found.column) == ("answers/pew-2025-china/unfavourable", None, "value")
    assert found.wrong == "the responses add up to 129 percent"


def form(**changes: object) -> dict[str, object]:
    """A poll as the form hands it over."""
    question = {
        "subject": "china",
        "construct": "favourability",
        "scale": "four",
        "base": 998.0,
        "answers": {"favourable": "34.0", "unfavourable": 61.0, "dont-know": ""},
    }
    poll = {"pollster": "pew", "population": "ca-adults", "sample_type": "probability"}
    poll |= {"field_start": dt.date(2026, 1, 8), "field_end": "2026-02-01"}  # type: ignore[dict-item]
    return poll | {"questions": [question]} | changes


def test_a_form_becomes_entities_that_the_store_takes(stored: Store) -> None:
    entities, found = intake.read_form(form(sponsor="", sample_size=1000), intake.known(stored))
    assert found == []
    poll, question, *answers = entities
    assert isinstance(poll, Poll) and isinstance(question, Question)
    assert (poll.id, question.id) == ("pew-2026-01-08-ca-adults", "pew-2026-01-08-ca-adults-china-favourability")
    assert (poll.population_label, poll.sponsor, poll.status) == ("Canadian adults", None, "published")
    assert [(a.response, str(a.value), a.unit) for a in answers if isinstance(a, Answer)] == [
        ("favourable", "34.0", "percent"),
        ("unfavourable", "61", "percent"),
    ]
    with stored.writing("A pollster", origin="form") as session:
        session.add_all(entities)
    assert intake.check(stored) == []


def test_the_form_is_held_to_the_rules_of_the_files_field_by_field(stored: Store) -> None:
    wrong = {"subject": "chnia", "construct": "favourability", "scale": "four", "answers": {"favorable": "34%"}}
    entities, found = intake.read_form(form(field_end="2025-12-31", questions=[{}, wrong]), intake.known(stored))
    assert entities == []
    assert {problem.file for problem in found} == {"form"}
    assert [problem.column for problem in found] == [
        "field_end",
        "questions.1.subject", "questions.1.construct", "questions.1.scale", "questions.1.answers",
        "questions.2.answers.favorable", "questions.2.subject", "questions.2.answers.favorable",
    ]  # fmt: skip


def test_a_second_poll_of_the_same_days_gets_an_id_of_its_own_and_a_warning(stored: Store) -> None:
    def enter(**changes: object) -> tuple[str, list[intake.Problem]]:
        entities, found = intake.read_form(form(**changes), intake.known(stored))
        with stored.writing("A pollster", origin="form") as session:
            session.add_all(entities)
        return entities[0].id, found  # type: ignore[attr-defined]

    assert enter() == ("pew-2026-01-08-ca-adults", [])
    second, warned = enter(mode="Online panel")
    assert second == "pew-2026-01-08-ca-adults-online-panel"
    assert [problem.severity for problem in warned] == ["warning"]
    assert enter(mode="Online panel")[0] == "pew-2026-01-08-ca-adults-online-panel-2"


def test_the_form_asks_whether_a_poll_a_day_off_is_one_that_is_there(stored: Store) -> None:
    entities, _found = intake.read_form(form(), intake.known(stored))
    with stored.writing("A pollster", origin="form") as session:
        session.add_all(entities)
    _entities, (problem,) = intake.read_form(form(field_start="2026-01-09"), intake.known(stored))
    assert (problem.column, problem.severity, problem.other) == ("field_start", "warning", "pew-2026-01-08-ca-adults")
    assert "may be the same poll" in problem.wrong


def test_a_mean_on_the_form_is_in_points(stored: Store) -> None:
    question = {"subject": "china", "construct": "favourability", "scale": "rating", "answers": {"mean": "3.10"}}
    entities, found = intake.read_form(form(questions=[question]), intake.known(stored))
    answer = entities[-1]
    assert isinstance(answer, Answer) and (answer.unit, str(answer.value), found) == ("points", "3.10", [])


CELLS = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"], include_characters='\n",\t'))


@settings(deadline=None)
@given(st.lists(CELLS.filter(str.strip), min_size=1, max_size=5))
def test_any_text_of_the_record_comes_back_exactly(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("record")
    rows = [(f"p-{number}", name, None, None, None, None) for number, name in enumerate(names)]
    columns = ["id", "name", "other_names", "membership", "url", "note"]
    (folder / "pollsters.csv").write_bytes(b"".join(record_csv(columns, rows)))
    found: list[intake.Problem] = []
    read = table_rows(folder, Pollster, found)
    assert found == [] and [row["name"] for row in read or []] == names


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=3))
def test_a_number_stays_as_it_was_published(value: Decimal) -> None:
    assert str(number(f"{value:f}")) == f"{value:f}"


@settings(deadline=None)
@given(st.text())
def test_any_name_becomes_an_id_or_nothing(name: str) -> None:
    made = slugged(name)
    assert made == "" or slug(made) == made


def test_a_name_becomes_an_id_without_its_accents() -> None:
    assert slugged("Léger Marketing, Inc.") == "leger-marketing-inc"


def test_a_long_list_of_unknown_names_does_not_take_long(small: Path) -> None:
    lines = [f"answer-{n},favourable,{n % 100},percent\n" for n in range(5_000)]
    (small / "answers.csv").write_text("question,response,value,unit\n" + "".join(lines))
    assert len(intake.read_folder(small).rows[Response]) == 6
    assert len(problems(small)) == 5_000


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_cell_whatever_is_in_it_stops_the_reading(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("record")
    spoilt = data.draw(st.sampled_from(sorted(SMALL)))
    for name in SMALL:
        rows = list(csv.reader(io.StringIO(text_of(name), newline="")))
        if name == spoilt:
            row = data.draw(st.sampled_from(rows))
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(ODD | st.text(max_size=4))
        (folder / f"{name}.csv").write_bytes(b"".join(record_csv(rows[0], rows[1:])))
    for problem in intake.read_folder(folder).problems:
        assert problem.wrong and problem.remedy and "\n" not in str(problem)


ODD = st.sampled_from([
    "", " ", "-1", "1e5", "NaN", "0", "999999999999", "0001-01-01", "2024-02-30", "9999-12-31", "mean", "favourable",
    "four", "rating", "pew", "china", "a;b", '[{"kind":[]}]', '[1]', '{"window_months":1e999}', '{"window_months":-1}',
    '{"kind":{}}', "{}", "[", "[" * 5000, '{"a":"\\ud800"}', "month", "window", "level", "record", "comparison", "٣", "１２",
])  # fmt: skip
