"""Every table as one Frictionless Data Package (version 1): its description, and a zip of description and tables.

A package is of one revision and says nothing of the day on which it is asked for, so its bytes never change.
"""

import json
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any, cast

from tracker import language
from tracker.export import FORMATS, Column, Row, Sink
from tracker.language import gettext as _
from tracker.language import marked
from tracker.models import Claim, Event, Pollster, Question
from tracker.settings import ROOT
from tracker.store import Store
from tracker.tables import (
    COMPUTED,
    DEFAULTS,
    NAMES,
    OF_ATTITUDE,
    VERSION,
    Asked,
    NothingThere,
    columns_of,
    keys,
    open_table,
)
from tracker.tables.computed import MONTHLY

#: Frictionless's name of a type, where it differs from ours
TYPES = {"text": "string", "json": "string"}
#: several columns that together name a row of another table
TOGETHER = {("scale", "response"): "responses"}
#: tables of one attitude, which the zip holds for every attitude
OF_EACH = tuple(name for name, table in COMPUTED.items() if table.parameters == OF_ATTITUDE)
#: what the zip holds of them
IN_ZIP = marked(
    {
        "series": "Of every attitude, by the measure positive.",
        "trend": "Of every attitude that can be pooled, by the measure positive, on the first day of each month and on "
        "its last day. Every day is at the table's own address.",
        "weights": "Of every attitude that can be pooled, by the measure positive.",
        "house-effects": "Of every attitude that can be pooled, by the measure positive.",
    }
)
#: what a parameter of a computed table says
PARAMETERS = marked(
    {
        "population": "Who was asked.",
        "subject": "What is rated.",
        "construct": "What is measured.",
        "measure": "The number followed: positive, negative, net, mean, or one response.",
        "object": "What of the subject is rated: country, government, leader or people.",
        "known_by": "Only readings that were public by that day.",
    }
)
#: the text that says what may be done with code and data
LICENCE = "LICENSE.txt"
#: the moment of every file in the zip, the first that there is: the same tables make the same bytes
MOMENT = (1980, 1, 1, 0, 0, 0)
#: rows from which a file in the zip may outgrow what the plain format can hold
MANY = 1_000_000
#: bytes of an entry that are compressed at once
PIECE = 1 << 17

#: what attitudes that were asked about differ in
ASKED = ("population", "subject", "construct", "object")
#: tables whose rows name the page where they were seen
SEEN: dict[str, type[Any]] = {"questions": Question, "claims": Claim, "events": Event}

Described = dict[str, Any]
#: the address of a table or file, by its name and ending
Address = Callable[[str, str], str]


def described(store: Store, address: Address, whole: bool = False) -> Described:
    """The package as its ``datapackage.json`` has it, in the language in use; ``whole``: as the zip holds it, where a
    table of one attitude is of them all."""
    revision = store.newest()
    changed = store.changed_at(revision)
    day = language.day(changed.date()) if changed else _("no day")
    cited = _("Opinion tracker, all tables, revision {revision} of {day}. {address}")
    return {
        "profile": "data-package",
        "name": "opinion-tracker",
        "title": _("Polls, claims and events of an opinion tracker"),
        "description": _("Cite the pollster and the page that a row names, and this package beside them."),
        "version": str(revision),
        "created": f"{changed:%Y-%m-%dT%H:%M:%SZ}" if changed else "1970-01-01T00:00:00Z",
        "codebook": VERSION,
        "homepage": address("", ""),
        "citation": cited.format(revision=revision, day=day, address=address("datapackage", "zip")),
        "licenses": [{"title": licence(), "path": LICENCE if whole else address("LICENSE", "txt")}],
        "contributors": [{"title": _("The tracker's contributors"), "role": "author"}],
        "sources": [_source(row.name, row.url) for row in store.every(Pollster)],
        "resources": [_resource(store, name, address, whole) for name in NAMES],
    }


def licence() -> str:
    """What may be done with code and data, in two sentences."""
    return _(
        "Poll figures are facts; they, the wordings and the quotations belong with their sources, which every row "
        "names. The code is under the MIT licence."
    )


def licence_text() -> bytes:
    """The licence of the code, and what it does not cover."""
    return (ROOT / "LICENSE").read_bytes()


def _source(title: str | None, path: str | None) -> dict[str, str]:
    return {"title": title or path or ""} | ({"path": path} if path else {})


def _resource(store: Store, name: str, address: Address, whole: bool) -> Described:
    told: Described = {
        "name": name,
        "title": _(NAMES[name]),
        "path": f"{name}.csv" if whole else address(name, "csv"),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema(store, name, whole),
    }
    if whole and name in IN_ZIP:
        told["description"] = _(IN_ZIP[name])
    elif parameters := parameters_of(name):
        told["parameters"] = parameters
    if name in SEEN:
        told["sources"] = [_source(page.source_title, page.source_url) for page in store.sources(SEEN[name])]
    return told


def parameters_of(name: str) -> list[Described]:
    """What chooses of what a table is computed, each with what it is where it is left out."""
    given = COMPUTED[name].parameters if name in COMPUTED else ()
    default = {each: {"default": DEFAULTS[each]} for each in given if each in DEFAULTS}
    return [{"name": each, "description": _(PARAMETERS[each])} | default.get(each, {}) for each in given]


def schema(store: Store, name: str, whole: bool = False) -> Described:
    """The columns of a table with types, meanings, units and constraints; its key, and which tables it refers to."""
    columns = columns_of(store, name)
    key = [*(DEFAULTS if whole and name in OF_EACH else ()), *keys(store, name)]
    return {
        "fields": [field(column, alone=key == [column.name]) for column in columns],
        "primaryKey": key,
        "foreignKeys": list(_references(name, columns)),
        "missingValues": [""],
    }


def field(column: Column, alone: bool = False) -> Described:
    """A column in the words of a table schema; ``alone``: it is the key of its table by itself."""
    told: Described = {"name": column.name, "type": TYPES.get(column.type, column.type), "description": _(column.help)}
    if column.unit:
        told["unit"] = _(column.unit)
    if limits := _limits(column) | ({"unique": True} if alone else {}):
        told["constraints"] = limits
    return told


def _limits(column: Column) -> Described:
    found = {
        "required": column.required or None,
        "enum": list(column.among) or None,
        "minimum": column.least,
        "maximum": column.most,
    }
    return {name: value for name, value in found.items() if value is not None}


def _references(name: str, columns: Iterable[Column]) -> Iterator[Described]:
    columns = list(columns)
    for column in columns:
        if column.refers and column.refers != name:
            yield _reference(column.name, column.refers)
    held = {column.name for column in columns}
    for together, other in TOGETHER.items():
        if held.issuperset(together) and other != name:
            yield _reference(list(together), other)


def _reference(fields: str | list[str], table: str) -> Described:
    return {"fields": fields, "reference": {"resource": table, "fields": fields}}


def zipped(store: Store, address: Address) -> Generator[bytes, None, None]:
    """The package as the bytes of a zip, as they are made: the description, the licence, and each table as CSV.

    ``store`` is a past state, whose tables fit together and always stay the same.
    """
    sink = Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as archive, ExitStack() as files:
        of_each = _OfEach(store, files)
        told = json.dumps(described(store, address, whole=True), ensure_ascii=False, indent=1).encode()
        for file, text in (("datapackage.json", told), (LICENCE, licence_text())):
            yield from _entry(archive, sink, file, [text], big=False)
        big = store.count("answers") > MANY
        for name in NAMES:
            chunks = of_each.table(name) if name in OF_EACH else FORMATS["csv"](*open_table(store, name))
            yield from _entry(archive, sink, f"{name}.csv", chunks, big)
    yield sink.taken()


def _entry(archive: zipfile.ZipFile, sink: Sink, name: str, chunks: Iterable[bytes], big: bool) -> Iterator[bytes]:
    about = zipfile.ZipInfo(name, MOMENT)
    about.compress_type = zipfile.ZIP_DEFLATED
    about.external_attr = 0o644 << 16
    with archive.open(about, "w", force_zip64=big) as entry:
        for chunk in chunks:
            for start in range(0, len(chunk), PIECE):
                entry.write(chunk[start : start + PIECE])
            if written := sink.taken():
                yield written
    yield sink.taken()


class _OfEach:
    """The tables of one attitude as the CSV of every attitude, those left out of which nothing can be computed.

    All are made while the first is taken, an attitude at a time, so that its readings are read and fitted once; what is
    not wanted yet waits in a file.
    """

    def __init__(self, store: Store, files: ExitStack) -> None:
        self._store = store
        waiting = {name: TemporaryFile() for name in OF_EACH[1:]}  # noqa: SIM115  # they close with ``files``
        self._waiting = {name: files.enter_context(file) for name, file in waiting.items()}

    def table(self, name: str) -> Iterator[bytes]:
        """One of them; first the first."""
        yield _csv(columns_of(self._store, name), [])
        yield from self._first() if name == OF_EACH[0] else self._waited(name)

    def _first(self) -> Iterator[bytes]:
        for attitude in sorted({tuple(getattr(row, each) for each in ASKED) for row in self._store.choices()}):
            asked = Asked({each: [text] for each, text in zip(ASKED, attitude, strict=True)})
            yield self._lines(OF_EACH[0], asked)
            for name, file in self._waiting.items():
                with suppress(NothingThere):
                    file.write(self._lines(name, asked))

    def _lines(self, name: str, asked: Asked) -> bytes:
        """The rows of one attitude, without the header."""
        table = MONTHLY if name == "trend" else COMPUTED[name]
        return _csv(*table.table(self._store, asked)).split(b"\n", 1)[1]

    def _waited(self, name: str) -> Iterator[bytes]:
        self._waiting[name].seek(0)
        return iter(partial(self._waiting[name].read, PIECE), b"")


def _csv(columns: Iterable[Column], rows: Iterable[Row]) -> bytes:
    return b"".join(FORMATS["csv"](list(columns), rows))
