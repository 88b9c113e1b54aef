"""The cells of a workbook that are formulas without a stored value: a spreadsheet would compute them, we do not."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import IO
from xml.etree import ElementTree as xml

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"

#: a cell by the numbers of its row and its column, from one
Place = tuple[int, int]


def uncomputed(data: bytes, sheet: str) -> dict[Place, str]:
    """The formulas without a stored value, or with an error for one, of the sheet of this name; none where the file is
    no XLSX workbook."""
    with suppress(zipfile.BadZipFile, xml.ParseError), zipfile.ZipFile(io.BytesIO(data)) as book:
        part = _part(book, sheet) if {BOOK, RELATIONS} <= set(book.namelist()) else None
        if part in book.namelist():
            with book.open(part) as file:
                return dict(_formulas(file))
    return {}


def parts(book: zipfile.ZipFile) -> list[str]:
    """Where in the workbook its sheets are: those that are there."""
    sheets = xml.fromstring(book.read(BOOK)).iter(f"{MAIN}sheet")  # noqa: S314 expat stops bombs
    found = {_part(book, sheet.get("name", "")) for sheet in sheets} if RELATIONS in book.namelist() else set()
    return [name for name in book.namelist() if name in found]


def _part(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Where in the workbook the sheet is."""
    sheets, relations = (xml.fromstring(book.read(name)) for name in (BOOK, RELATIONS))  # noqa: S314 expat stops bombs
    named = {found.get("name"): found.get(RELATION) for found in sheets.iter(f"{MAIN}sheet")}
    targets = {found.get("Id"): found.get("Target", "") for found in relations}
    target = targets.get(named.get(sheet))
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else None


def _formulas(file: IO[bytes]) -> Iterator[tuple[Place, str]]:
    for _event, cell in xml.iterparse(file):  # noqa: S314 expat stops bombs
        if cell.tag != f"{MAIN}c":
            continue
        formula, value, kind = cell.find(f"{MAIN}f"), cell.findtext(f"{MAIN}v"), cell.get("t")
        if formula is not None and (kind == "e" or (not value and kind != "str")):
            yield place(cell.get("r", "A1")), f"={formula.text or ''}"
        cell.clear()


def place(name: str) -> Place:
    """B3 is the third row's second cell. ValueError."""
    named = re.fullmatch(r"([A-Za-z]{1,3})(\d{1,7})", name, re.ASCII)
    if not named:
        raise ValueError(name)
    letters, row = named.groups()
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(row), column
