"""Reads what is too large, in a process that may not take much memory: a line of JSON for each, with what was said.

``python -m tests.faults.large URL FOLDER``: a store, and a folder to write files into.
"""

import gzip
import io
import json
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl

from tests.submissions import HEADER
from tracker import intake
from tracker.settings import RECORD
from tracker.store import Damaged, Store

MILLION = 1_000_000
#: bytes that reading may take beside the process as it is with the file
ROOM = 500 * MILLION
ROW = "Leger,1930-01-01,1930-01-01,1000,Canadian adults,India,favourable-unfavourable-4,50,45"
END = b"</sheetData>"
UNPACKED = 300 * MILLION


def text(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def book(before_the_end: bytes) -> bytes:
    """A workbook with a row, and with this XML after it."""
    plain, made = openpyxl.Workbook(), io.BytesIO()
    for line in (HEADER, ROW):
        plain.active.append(line.split(","))  # type: ignore[union-attr]
    plain.save(made)
    changed = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(END, before_the_end + END) if name.endswith("sheet1.xml") else data)
    return changed.getvalue()


def bomb() -> bytes:
    return book(b" " * UNPACKED)


def lying() -> bytes:
    """A bomb that says of itself that it is small."""
    data = bomb()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    return data.replace(struct.pack("<I", size), struct.pack("<I", 2000))


def cell(place: str) -> bytes:
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return book(f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'.encode())


SHEETS: dict[str, Callable[[], bytes]] = {
    "a file of 200 MB": lambda: text(HEADER) + f"\n{ROW}".encode() * (200 * MILLION // len(ROW)),
    "a million columns": lambda: text(HEADER + "".join(f",c{n}" for n in range(MILLION)), ROW),
    "one wide row among many": lambda: text(HEADER, ROW + "," * MILLION, *[ROW] * 20_000),
    "too many rows": lambda: text(HEADER, *[ROW] * 200_000),
    "a cell of 10 MB": lambda: text(f"{HEADER},Note", f"{ROW},{'x' * 10 * MILLION}"),
    "a workbook that unpacks to 300 MB": bomb,
    "a workbook that lies about it": lying,
    "a workbook with one far cell": lambda: cell("XFD1048576"),
    "a workbook with a cell beyond the last": lambda: cell("ZZZ9999999"),
    "a workbook with a column that is none": lambda: cell("AAAAAAAA1"),
    "three thousand rows that are one": lambda: text(HEADER, *[ROW] * 3_000),
}


def sheet(store: Store, data: bytes) -> list[str]:
    return [str(problem) for problem in intake.read_sheet(store, data, "polls").record.problems]


def folder(path: Path, table: str, data: bytes) -> list[str]:
    """What is said of the record's own folder with another file in place of one."""
    path.mkdir()
    for each in RECORD.glob("*.csv"):
        (path / each.name).write_bytes(data if each.stem == table else each.read_bytes())
    return [str(problem) for problem in intake.read_folder(path).problems if problem.file == f"{table}.csv"]


def wide(path: Path) -> list[str]:
    header = (RECORD / "pollsters.csv").read_text().splitlines()[0]
    return folder(path, "pollsters", text(header + "".join(f",c{n}" for n in range(MILLION))))


def deep(path: Path) -> list[str]:
    """JSON in JSON, in a cell of the record."""
    header, first, *_rest = (RECORD / "claims.csv").read_text().splitlines()
    return folder(path, "claims", text(header, first + '"' + "[" * 100_000))


def deep_backup(path: Path) -> list[str]:
    path.write_bytes(gzip.compress(b"[" * 100_000))
    try:
        Store(f"sqlite:///{path}.db").restore(path)
    except Damaged as error:
        return [str(error)]
    return []


OTHERS: dict[str, Callable[[Path], list[str]]] = {
    "a folder with a million columns": wide,
    "a folder with deep JSON": deep,
    "a backup of deep JSON": deep_backup,
}


@contextmanager
def little_memory() -> Iterator[None]:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def tell(name: str, read: Callable[..., list[str]], *given: Any) -> None:
    began = time.monotonic()
    with little_memory():
        said = read(*given)
    told = {"name": name, "said": said[0][:300] if said else "", "seconds": round(time.monotonic() - began, 2)}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    opened, place = Store(sys.argv[1]), Path(sys.argv[2])
    sheet(opened, text(HEADER, ROW))  # everything that is loaded only now
    for name, make in SHEETS.items():
        tell(name, sheet, opened, make())
    for number, (name, read) in enumerate(OTHERS.items()):
        tell(name, read, place / str(number))
