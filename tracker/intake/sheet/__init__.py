"""A sheet of polls, one row a question (the wide form), as a spreadsheet or another tracker writes it.

:func:`read_sheet` reads it whole: every mistake is a problem with its row and column, none is an exception, and what
comes out is a record like a folder's, to be stored all at once or not at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker import export
from tracker.intake.fields import FIELDS, fill
from tracker.intake.form import NAMED, Known, known
from tracker.intake.likeness import alike, figures
from tracker.intake.problems import Problem, Row
from tracker.intake.record import Record
from tracker.intake.rules import Rows, examine
from tracker.intake.sheet.bounds import MEGABYTES
from tracker.intake.sheet.grid import read_grid
from tracker.intake.sheet.matching import Match, matched, targets
from tracker.intake.sheet.rows import Held, Reading, rows
from tracker.intake.sheet.template import template
from tracker.language import gettext as _
from tracker.models import Answer, Disclosure, Poll, Question, Recorded
from tracker.store import Store

__all__ = ["MEGABYTES", "Match", "Sheet", "packed", "read_sheet", "targets", "template", "unpacked"]

#: how the ledger says that something came in by a sheet
ORIGIN = "upload"


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was read: what its columns were taken for, and the record of its rows with every problem."""

    matches: list[Match]
    record: Record


def read_sheet(
    store: Store,
    data: bytes,
    file: str,
    chosen: Mapping[str, str | None] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Sheet:
    """The polls in the bytes of a CSV or XLSX file, against what the store knows.

    ``chosen`` maps a header to the column it means, or to None; ``defaults`` gives the value of a column that the
    sheet does not have, for every row.
    """
    problems: list[Problem] = []
    grid = read_grid(data, file, problems)
    if grid is None:
        return Sheet([], Record({}, problems, ORIGIN))
    names = known(store)
    reading = Reading(grid, matched(grid.header, names, chosen), defaults or {}, names, _held(names), problems)
    rows(reading)
    problems.extend(_left_out(reading))
    problems.extend(_inferred(reading))
    tables: dict[type[Recorded], list[Row]] = {Poll: [*reading.polls.values()], Question: [*reading.questions.values()]}
    tables[Answer] = [*reading.answers]
    tables[Disclosure] = [*reading.disclosures.values()]
    return Sheet(reading.matches, _checked(tables, names, problems))


def packed(record: Record) -> dict[str, Any]:
    """A sheet that was read, as the ``fields`` of a draft keep it: its rows by table, each with its line and texts."""
    return {
        table.__tablename__: [
            [row.line, row.file, {name: export.cell(value) for name, value in row.items() if value is not None}]
            for row in rows
        ]
        for table, rows in record.rows.items()
    }


def unpacked(fields: Mapping[str, Any], known: Known) -> Record:
    """The same read again, by the same rules, against what is known now."""
    problems: list[Problem] = []
    tables: dict[type[Recorded], list[Row]] = {Poll: [], Question: [], Answer: [], Disclosure: []}
    for table, read in tables.items():
        for line, file, texts in fields.get(table.__tablename__, ()):
            read.append(Row(table, file, line))
            problems.extend(fill(read[-1], dict.fromkeys((column.name for column in FIELDS[table]), "") | texts))
    return _checked(tables, known, problems)


def _checked(tables: dict[type[Recorded], list[Row]], names: Known, problems: list[Problem]) -> Record:
    """The rows with every problem: those found in reading them, and what the rules say of all of them together."""
    ruled = examine(Rows({**names.rows, **tables}, {*NAMED, Poll, Question}))
    files = {row.file for rows in tables.values() for row in rows}
    problems.extend(problem for problem in ruled if problem.file in files)
    found = {**names.figures, **figures(tables[Question], tables[Answer])}
    problems.extend(alike(tables[Poll], names.polls.values(), found))
    problems.sort(key=lambda problem: problem.line or 0)
    return Record(tables, problems, ORIGIN)


def _left_out(reading: Reading) -> Iterator[Problem]:
    """Columns that were taken for nothing although they hold something."""
    wrong, remedy = _("is no column of the wide form and is left out"), _("rename it, or say which column it is")
    for place, match in enumerate(reading.matches):
        unasked = match.column is None and match.how != "chosen"
        if unasked and any(cells[place].strip() for _line, cells in reading.grid.rows):
            name = match.header or _("column {number}").format(number=place + 1)
            yield Problem(reading.grid.file, reading.grid.line, name, wrong, remedy, "warning")


def _inferred(reading: Reading) -> Iterator[Problem]:
    for scale, times in reading.inferred.items():
        wrong = _("it is not given; the responses are those of {scale} ({times} rows)").format(scale=scale, times=times)
        remedy = _("add a column scale if the question offered another")
        yield Problem(reading.grid.file, reading.grid.line, "scale", wrong, remedy, "warning")


def _held(names: Known) -> Held:
    by_fieldwork: dict[tuple[str, ...], list[str]] = defaultdict(list)
    by_item: dict[tuple[str, ...], list[str]] = defaultdict(list)
    used: dict[str, Counter[str]] = defaultdict(Counter)
    for name, poll in names.polls.items():
        by_fieldwork[poll["pollster"], poll["field_start"].isoformat(), poll["population"]].append(name)
    for name, item in names.questions.items():
        by_item[item["poll"], item["subject"], item["construct"], item["object"], item["scale"]].append(name)
        used[item["construct"]][item["scale"]] += 1
    return Held(by_fieldwork, by_item, used)
