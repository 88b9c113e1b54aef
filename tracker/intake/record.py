"""The record as a folder of CSV files, one a table,, and as the store holds it: read, checked, written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tracker import export
from tracker.intake.fields import FIELDS, KEYS, fill
from tracker.intake.folder import file_of, table_rows
from tracker.intake.problems import Problem, Row
from tracker.intake.rules import Rows, examine
from tracker.language import gettext as _
from tracker.models import RECORD, Recorded
from tracker.store import Store, row_id
from tracker.store.engine import RESTORE


@dataclass
class Record:
    """What was read: the rows by table, good or not, and every problem, in the order of the files and their lines."""

    rows: dict[type[Recorded], list[Row]]
    problems: list[Problem] = field(default_factory=list)
    #: import for the record's own files; upload for a sheet, whose warnings must be confirmed before it is stored
    origin: str = "import"

    @property
    def errors(self) -> list[Problem]:
        """The problems that block the import."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """The problems that do not."""
        return [problem for problem in self.problems if problem.severity == "warning"]


def read_folder(path: Path | str) -> Record:
    """The record in a folder: one CSV a table, UTF-8, LF or CRLF. Every mistake is a problem, none is an exception."""
    folder = Path(path)
    if not folder.is_dir():
        wrong, remedy = _("there is no folder here"), _("give the folder that holds the record's CSV files")
        return Record({}, [Problem(str(path), None, "", wrong, remedy)])
    problems: list[Problem] = []
    read = {table: table_rows(folder, table, problems) for table in RECORD}
    tables = {table: rows or [] for table, rows in read.items()}
    complete = {table for table, rows in read.items() if rows is not None}
    problems.extend(examine(Rows(tables, complete)))
    return Record(tables, in_order(problems))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems by file, in the order of the tables, then by line."""
    files = {file_of(table): position for position, table in enumerate(RECORD)}
    return sorted(problems, key=lambda problem: (files.get(problem.file, -1), problem.line or 0))


def check(store: Store) -> list[Problem]:
    """Every rule over what the store holds; ``file`` is the table and the row's id, and there is no line.

    Of a database that is damaged nothing but the damage is told: what is read from it may be anything.
    """
    problems = [Problem(_("the database"), None, "", wrong, _(RESTORE)) for wrong in store.damage()]
    if problems:
        return problems
    tables: dict[type[Recorded], list[Row]] = {}
    for table in RECORD:
        tables[table] = []
        for held in store.every(table):
            row = Row(table, f"{table.__tablename__}/{row_id(held, table)}", None)
            tables[table].append(row)
            problems.extend(fill(row, {name: export.cell(value) for name, value in held._asdict().items()}))
    problems.extend(examine(Rows(tables, set(RECORD))))
    return problems


def write_folder(store: Store, path: Path | str) -> list[Path]:
    """Write the record that the store holds into a folder in its canonical form; the files written."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(store, table, folder / file_of(table)) for table in RECORD]


def _write(store: Store, table: type[Recorded], path: Path) -> Path:
    names = [column.name for column in FIELDS[table]]
    held = [row._asdict() for row in store.every(table)]
    # here and not by the engine, whose idea of order may follow a language
    held.sort(key=lambda row: tuple(row[column] for column in KEYS[table]))
    with path.open("wb") as file:
        file.writelines(export.record_csv(names, ([row[name] for name in names] for row in held)))
    return path
