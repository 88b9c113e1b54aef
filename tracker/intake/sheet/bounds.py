"""What is too large to be a sheet of polls, told before it is read: a small file may unpack to fill any memory."""

import io
import zipfile
import zlib
from xml.etree import ElementTree as xml

from tracker.intake.sheet.formulas import BOOK, MAIN, parts, place
from tracker.language import gettext as _
from tracker.language import number

#: of the file as it is given
MEGABYTES = 20
#: of what a workbook unpacks to
UNPACKED = 200
MEGABYTE = 1 << 20
COLUMNS = 1_000
ROWS = 50_000
#: where the rows and columns of a table end in which a single far cell makes all the others
CELLS = 5_000_000

#: what is wrong, and what to do about it
Told = tuple[str, str]


def file(data: bytes) -> Told | None:
    """What keeps a file from being looked at."""
    if len(data) <= MEGABYTES * MEGABYTE:
        return None
    wrong = _("the file has {size} MB, and a sheet may have {most}")
    wrong = wrong.format(size=number(-(-len(data) // MEGABYTE)), most=MEGABYTES)
    return wrong, _("split it, or import the record's own tables as a folder")


def table(rows: int, columns: int) -> Told | None:
    """What keeps a table of so many rows and columns from being read."""
    if rows <= ROWS and columns <= COLUMNS and rows * columns <= CELLS:
        return None
    wrong = _("the first table has {rows} rows of {columns} columns")
    return wrong.format(rows=rows, columns=columns), _("keep the rows with polls, and delete the empty ones")


def workbook(data: bytes) -> Told | None:
    """What keeps a workbook from being unpacked. Whoever reads it makes room for every cell up to the farthest."""
    broken = _("the workbook cannot be read or is empty"), _("save it as XLSX again, or as CSV UTF-8")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            if sum(each.file_size for each in book.infolist()) > UNPACKED * MEGABYTE:
                wrong = _("the workbook unpacks to more than {most} MB").format(most=UNPACKED)
                return wrong, _("keep the sheet with the polls, without pictures, or save it as CSV UTF-8")
            # a size that lies is found by the checksum, and no more is unpacked than was said
            if BOOK not in book.namelist() or book.testzip():
                return broken
            return next(filter(None, (table(*_extent(book, part)) for part in parts(book))), None)
    except (zipfile.BadZipFile, zlib.error, xml.ParseError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return broken


def _extent(book: zipfile.ZipFile, part: str) -> tuple[int, int]:
    """The last row and the last column of a sheet that has cells, as far as they count."""
    rows = columns = row = column = 0
    with book.open(part) as opened:
        for _event, found in xml.iterparse(opened, ["start"]):  # noqa: S314 expat stops bombs
            if found.tag == f"{MAIN}row":
                row, column = int(found.get("r") or row + 1), 0
            elif found.tag == f"{MAIN}c":
                named = found.get("r")
                row, column = place(named) if named else (row, column + 1)
                rows, columns = max(rows, row), max(columns, column)
    return rows, columns
