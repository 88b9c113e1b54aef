"""A sheet as a grid of texts: CSV in any encoding and with any separator, or the first table of a workbook."""

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker import export
from tracker.intake.problems import Problem, quoted
from tracker.intake.sheet import bounds
from tracker.intake.sheet.formulas import uncomputed
from tracker.language import gettext as _

SEPARATORS = (",", ";", "\t", "|")
#: the first bytes of a workbook, which is a zip archive
WORKBOOK = b"PK\x03\x04"
#: a number with a decimal comma; three digits after it could as well be thousands
DECIMAL_COMMA = re.compile(r"-?\d{1,3},\d{1,2}")


@dataclass(frozen=True)
class Grid:
    """The header with its line, and the rows that hold anything, each with its line in the file."""

    file: str
    line: int
    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_grid(data: bytes, file: str, problems: list[Problem]) -> Grid | None:
    """The sheet in these bytes; None, and a problem that says why, where there is none."""
    packed = data.startswith(WORKBOOK)
    if refused := bounds.file(data) or (bounds.workbook(data) if packed else None):
        problems.append(Problem(file, None, "", *refused))
        return None
    found = _workbook(data, file, problems) if packed else _text(data, file, problems)
    rows = [(line, cells) for line, cells in found if any(cell.strip() for cell in cells)]
    if refused := bounds.table(len(rows), max((len(cells) for _line, cells in rows), default=0)):
        problems.append(Problem(file, None, "", *refused))
        return None
    if len(rows) < 2 or len(rows[0][1]) < 2:
        if not problems:
            wrong = _("there is no table with a header row and a row below it")
            problems.append(Problem(file, None, "", wrong, _("begin with the template, one row a question")))
        return None
    line, header = rows[0][0], [cell.strip() for cell in rows[0][1]]
    problems.extend(_formulas(file, header, rows[1:]))
    width = max(len(header), max(len(cells) for _line, cells in rows))
    filled = [
        (at, [*("" if _is_formula(cell) else export.unguard(cell) for cell in cells), *[""] * (width - len(cells))])
        for at, cells in rows[1:]
    ]
    return Grid(file, line, header + [""] * (width - len(header)), filled)


def _formulas(file: str, header: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[Problem]:
    """A cell that a spreadsheet would compute; one with an apostrophe before it is text."""
    for line, cells in rows:
        for name, cell in zip(header, cells, strict=False):
            if _is_formula(cell):
                wrong = _("{cell} is a formula").format(cell=quoted(cell))
                yield Problem(
                    file,
                    line,
                    name,
                    wrong,
                    _("write its value, which a spreadsheet stores when it saves, or an apostrophe before a text"),
                )


def _is_formula(cell: str) -> bool:
    return cell.startswith("=")


def _text(data: bytes, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data, file, problems)
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        line = 1
        for cells in reader:
            yield line, [_cell(cell, separator) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        wrong = _("the row cannot be read ({reason})").format(reason=error)
        problems.append(Problem(file, reader.line_num, "", wrong, _("check the quotation marks of this row")))


def _decoded(data: bytes, file: str, problems: list[Problem]) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        wrong = _("the text is not UTF-8 and was read as Windows-1252")
        problems.append(Problem(file, None, "", wrong, _("check accents and quotation marks"), "warning"))
        return data.decode("cp1252", errors="replace")


def _separator(text: str) -> str:
    """Whichever stands most often in the header, outside quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count)


def _cell(text: str, separator: str) -> str:
    # where the semicolon separates, the comma is the decimal sign
    return text.replace(",", ".") if separator == ";" and DECIMAL_COMMA.fullmatch(text.strip()) else text


def _workbook(data: bytes, file: str, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    import python_calamine as calamine  # here, so that a command that reads none does not wait for it

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = next(s for s in map(book.get_sheet_by_index, range(len(book.sheet_names))) if s.total_height)
    except (calamine.CalamineError, StopIteration):
        wrong = _("the workbook cannot be read or is empty")
        problems.append(Problem(file, None, "", wrong, _("save it as XLSX again, or as CSV UTF-8")))
        return []
    unread = uncomputed(data, sheet.name)
    return [
        (line, [unread.get((line, place)) or _typed(cell) for place, cell in enumerate(row, 1)])
        for line, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
    ]


def _typed(value: Any) -> str:
    """A cell of a workbook as its text: 34 for 34.0, and a day without its midnight."""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return export.cell(value)
