"""The quick reading of a folder finds what the obvious one does, cell by cell and every rule asked of every row."""

import csv
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import export, intake
from tracker.intake import rules
from tracker.intake.fields import fill
from tracker.intake.record import in_order
from tracker.models import RECORD, Recorded
from tracker.settings import RECORD as POLLS

Table = list[list[str]]
#: polls that asked on scales of every kind: parts and totals, means, shares of those who agree
ASKED = 12
#: those with the most questions, whose answers look the same to many a rule
LARGEST = 4
#: a scale whose answers are means
SCALE = "rating-of-10"
#: tables, and the column in which a mistake tells most
SPOILT = {
    "answers": ("value", "unit", "response", "question"),
    "questions": ("base", "published", "scale", "poll"),
    "polls": ("field_end", "date_precision", "sample_size", "margin_of_error"),
    "responses": ("polarity", "part_of", "position", "scale"),
    "scales": ("low", "high"),
    "claims": ("parameters", "cites"),
    "events": ("date", "subjects"),
}
NUMBERS, DAYS = ("-1", "7", "33", "134", "1e5", ""), ("2024-02-30", "2004-05-03", "2099-01-01", "1004-05-03")
ODD = {
    **dict.fromkeys(("value", "base", "sample_size", "margin_of_error", "position", "low", "high"), NUMBERS),
    **dict.fromkeys(("field_end", "published", "date"), DAYS),
    "unit": ("percent", "points"),
    "polarity": ("mean", "positive", "unsure"),
}


def obvious(folder: Path) -> tuple[dict[type[Recorded], list[intake.Row]], list[intake.Problem]]:
    """The rows of a folder and what is wrong with them."""
    problems: list[intake.Problem] = []
    tables = {table: list(_rows(folder / f"{table.__tablename__}.csv", table, problems)) for table in RECORD}
    rows = rules.Rows(tables, set(RECORD))
    for table in tables:
        for row in tables[table]:
            problems.extend(rules.once(row, rows))
    for phase in (rules.REFERENCES, rules.RULES, rules.SUMS):
        for table, asked in phase.items():
            for row in tables[table]:
                for rule in asked:
                    problems.extend(rule(row, rows))
    return tables, in_order(problems)


def _rows(path: Path, table: type[Recorded], problems: list[intake.Problem]) -> Iterator[intake.Row]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header, line = next(reader), 2
        for cells in reader:
            row = intake.Row(table, path.name, line)
            problems.extend(fill(row, dict(zip(header, cells, strict=True))))
            yield row
            line = reader.line_num + 1


@pytest.fixture(scope="module")
def part() -> dict[str, Table]:
    """The record with a few of its polls, as texts, the header first."""
    tables = {table.__tablename__: _texts(POLLS / f"{table.__tablename__}.csv") for table in RECORD}
    scale, poll = (tables["questions"][0].index(column) for column in ("scale", "poll"))
    first = {row[scale]: row[poll] for row in reversed(tables["questions"][1:])}
    most = Counter(row[poll] for row in tables["questions"][1:]).most_common(LARGEST)
    polls = {*sorted(first.values())[::2][:ASKED], *(name for name, _times in most)}
    _keep(tables["polls"], lambda row: row[0] in polls)
    _keep(tables["questions"], lambda row: row[poll] in polls)
    questions = {row[0] for row in tables["questions"]}
    _keep(tables["answers"], lambda row: row[0] in questions)
    del tables["claims"][4:], tables["events"][4:]
    return tables


def _texts(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _keep(table: Table, wanted: Callable[[list[str]], bool]) -> None:
    table[1:] = [row for row in table[1:] if wanted(row)]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_the_quick_reading_finds_what_the_obvious_one_finds(part: dict[str, Table], data: st.DataObject) -> None:
    """Whatever was spoilt: cells that hold something odd or what another row holds, rows that are there twice."""
    tables = {name: [list(row) for row in table] for name, table in part.items()}
    for name in data.draw(st.lists(st.sampled_from(["answers", *SPOILT]), max_size=15)):
        _spoil(tables[name], SPOILT[name], data)
    _agreed(tables)


@pytest.mark.parametrize(
    ("name", "column", "text"),
    [
        ("answers", "value", "134"),
        ("answers", "unit", "points"),
        ("answers", "response", "mean"),
        ("questions", "scale", SCALE),
    ],
)
def test_one_answer_is_wrong_though_others_are_nearly_the_same(
    part: dict[str, Table], name: str, column: str, text: str
) -> None:
    tables = {name: [list(row) for row in table] for name, table in part.items()}
    scales = {row[0]: row[tables["questions"][0].index("scale")] for row in tables["questions"]}
    alike = [
        row for row in tables["answers"] if (scales.get(row[0]), row[1]) == ("favourable-unfavourable-4", "favourable")
    ]
    assert len(alike) > 5
    alike[-1][2] = alike[0][2]
    spoilt = alike[-1] if name == "answers" else next(row for row in tables[name] if row[0] == alike[-1][0])
    spoilt[tables[name][0].index(column)] = text
    assert any(problem.file == "answers.csv" for problem in _agreed(tables))


def _agreed(tables: dict[str, Table]) -> list[intake.Problem]:
    """The problems that both ways find."""
    with tempfile.TemporaryDirectory() as place:
        for name, (header, *rows) in tables.items():
            (Path(place) / f"{name}.csv").write_bytes(b"".join(export.record_csv(header, rows)))
        found, problems = obvious(Path(place))
        read = intake.read_folder(place)
    assert [str(problem) for problem in read.problems] == [str(problem) for problem in problems]
    assert read.problems == problems and read.rows == found
    assert [row.bad for row in chain(*read.rows.values())] == [row.bad for row in chain(*found.values())]
    assert [repr(row) for row in _all(read.rows)] == [repr(row) for row in _all(found)]
    return problems


def _all(tables: dict[type[Recorded], list[intake.Row]]) -> Iterator[list[tuple[str, object]]]:
    return (sorted(row.items()) for rows in tables.values() for row in rows)


def _spoil(table: Table, telling: tuple[str, ...], data: st.DataObject) -> None:
    place, other = (data.draw(st.integers(1, len(table) - 1)) for _row in range(2))
    column = data.draw(st.sampled_from(telling) | st.sampled_from(table[0]))
    odd = data.draw(st.sampled_from((*ODD.get(column, ()), " ", "Q 1", "é", table[other][table[0].index(column)])))
    if data.draw(st.integers(0, 5)):
        table[place][table[0].index(column)] = odd
    else:
        table.insert(place, list(table[other]))
