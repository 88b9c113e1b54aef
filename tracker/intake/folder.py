"""Reading CSV files with the line of every row, on past every mistake."""

import codecs
import csv
from collections.abc import Iterator
from operator import getitem
from pathlib import Path

from tracker.intake.fields import FIELDS, KEYS, Texts, fill
from tracker.intake.problems import Misread, Problem, Row, meant, nearest, quoted
from tracker.language import gettext as _
from tracker.models import Disclosure, Recorded

#: tables that a folder may leave out: the record had none of them once
OPTIONAL = (Disclosure,)
#: columns beyond this are not looked at one by one
WIDEST = 200


def file_of(table: type[Recorded]) -> str:
    """The name of the file that holds a table."""
    return f"{table.__tablename__}.csv"


def table_rows(folder: Path, table: type[Recorded], problems: list[Problem]) -> list[Row] | None:
    """The rows of one file of the record, read cell by cell; None where nothing can be said about its rows."""
    file = file_of(table)
    try:
        text = _decoded((folder / file).read_bytes(), file, problems)
    except OSError as error:
        if table in OPTIONAL and isinstance(error, FileNotFoundError):
            return []
        problems.append(Problem(file, None, "", *_not_there(folder, file, error)))
        return None
    records = _records(text, file, problems)
    header = next(records, (1, []))[1]
    problems.extend(_header_problems(table, file, header))
    if not set(KEYS[table]) <= set(header):
        return None
    return list(_rows(table, header, records, problems))


def _rows(
    table: type[Recorded], header: list[str], records: Iterator[tuple[int, list[str]]], problems: list[Problem]
) -> Iterator[Row]:
    """The records as rows; one that something is wrong with is read again, cell by cell, to say what it is."""
    file, texts = file_of(table), _texts(table, header)
    for line, cells in records:
        row = Row(table, file, line)
        if _sound(row, texts, cells):
            yield row
        elif any(cell.strip() for cell in cells):  # spreadsheets leave rows of nothing but commas
            problems.extend(_row(row, header, cells))
            yield row


def _texts(table: type[Recorded], header: list[str]) -> dict[str, Texts]:
    """What reads each column of a header; nothing does where the header is not that of the table."""
    fields = {field.name: field for field in FIELDS[table]}
    whole = sorted(header) == sorted(fields)
    return {name: Texts(fields[name]) for name in header} if whole else {}


def _sound(row: Row, texts: dict[str, Texts], cells: list[str]) -> bool:
    """Whether each cell holds what its column asks for; then the values are in the row."""
    if len(cells) != len(texts):
        return False
    try:
        row.update(zip(texts, map(getitem, texts.values(), cells), strict=True))
    except Misread:
        return False
    return True


def _not_there(folder: Path, file: str, error: OSError) -> tuple[str, str]:
    if not isinstance(error, FileNotFoundError):
        return str(error.strerror), _("make it a file that can be read")
    others = sorted({path.name for path in folder.iterdir()} - set(map(file_of, FIELDS)))
    match = nearest(file, others)
    rename = _('rename "{other}" to {file}').format(other=match, file=file)
    return _("the file is missing"), rename if match else _("add it, with its header row if it has no rows")


def _decoded(data: bytes, file: str, problems: list[Problem]) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        wrong, remedy = _("the text is not UTF-8"), _("save the file as CSV UTF-8")
        problems.append(Problem(file, line, "", wrong, remedy))
        is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig", errors="replace")
    # a file that ends its rows with CR LF has them inside its cells by the same hand
    first = text.find("\n")
    return text.replace("\r\n", "\n") if first > 0 and text[first - 1] == "\r" else text


class _Lines(Iterator[str]):
    """The physical lines of a text, to be read from any place in it: ``at`` is where the next one begins."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def __next__(self) -> str:
        if self.at >= len(self.text):
            raise StopIteration
        start, self.at = self.at, self.text.find("\n", self.at) + 1 or len(self.text)
        return self.text[start : self.at]


def _records(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the physical line it begins on; after one that cannot be read, on with the next line."""
    lines, again = _Lines(text), 0
    reader = csv.reader(lines, strict=True)
    while True:
        # again: lines that the reader was given more than once
        start, place = reader.line_num - again + 1, lines.at
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(file, start, "", *_unreadable(error)))
            lines.at = place
            next(lines)
            again = reader.line_num - start
            continue
        if cells:
            yield start, cells


def _unreadable(error: csv.Error) -> tuple[str, str]:
    if "field limit" in str(error) or "unexpected end" in str(error):
        return _("a quotation mark is opened and never closed"), _('close it, or write "" for a mark inside a cell')
    wrong = _("the row cannot be read ({reason})").format(reason=error)
    return wrong, _('put the cell in quotation marks and write "" for each mark inside it')


def _header_problems(table: type[Recorded], file: str, header: list[str]) -> Iterator[Problem]:
    names = [field.name for field in FIELDS[table]]
    if len(header) < 2:
        wrong, remedy = _("there is no header row with commas"), _("begin the file with {columns}")
        yield Problem(file, 1, "", wrong, remedy.format(columns=",".join(names)))
        return
    if len(header) > WIDEST:
        wrong, remedy = _("the header has {count} columns"), _("begin the file with {columns}")
        yield Problem(file, 1, "", wrong.format(count=len(header)), remedy.format(columns=",".join(names)))
        return
    for name in sorted(set(header) - set(names), key=header.index):
        others = _("remove it; the columns are {columns}").format(columns=", ".join(names))
        match = nearest(name.strip().lower(), [known for known in names if known not in header])
        yield Problem(
            file, 1, name if name.isidentifier() else quoted(name), _("there is no such column"), meant(match, others)
        )
    for name in (name for name in names if name not in header):
        yield Problem(
            file, 1, name, _("the column is missing"), _("add it; its cells may be blank where nothing is known")
        )
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield Problem(file, 1, name, _("the column is there twice"), _("keep one of them"))


def _row(row: Row, header: list[str], cells: list[str]) -> Iterator[Problem]:
    if len(cells) == len(header):
        yield from fill(row, dict(zip(header, cells, strict=True)))
        return
    yield _wrong_count(row, header, cells)
    # its key still counts, so that rows which name it are not called wrong as well
    keys = {name: cell for name, cell in zip(header, cells, strict=False) if name in KEYS[row.table]}
    for _problem in fill(row, keys):
        pass
    row.spoil(*row)


def _wrong_count(row: Row, header: list[str], cells: list[str]) -> Problem:
    wrong = _("the row has {count} cells where the header has {columns}").format(count=len(cells), columns=len(header))
    if len(cells) < len(header):
        return row.error(header[len(cells)], wrong, _("add the missing commas; a blank cell needs one too"))
    return row.error(header[-1], wrong, _("put a cell that holds a comma in quotation marks"))
