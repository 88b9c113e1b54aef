"""What a backup file holds: gzipped lines of JSON, the same bytes for the same state, whatever engine it is of.

The first line says what the file is and the schema of its tables; before the rows of a table stand its name and its
columns, after them their number and their SHA-256; the last line sums up. A row is an array of cells: dates as ISO
text, figures as their decimal text. docs/backup.md describes it for those who write another reader.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tracker.language import gettext as _
from tracker.store.engine import StoreError

FORMAT, VERSION = "tracker-backup", 1
#: the table of the ledger, which the digest of the record covers with the record's own
LEDGER = "revisions"
#: speed before size: a nightly file is read once, if ever
LEVEL = 4

#: a table: its name, the names of its columns, its rows
Contents = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


class Damaged(StoreError):
    """A file that is no backup, or no longer the one that was written."""

    def __init__(self, path: Path, reason: str) -> None:
        told = _("{path} cannot be restored: {reason}. Take an earlier backup, or a copy of this one")
        super().__init__(told.format(path=path, reason=reason))


class NewerBackup(StoreError):
    """A backup that a newer version wrote."""

    def __init__(self, path: Path, schema: object) -> None:
        told = _("{path} is from a newer version (its schema is {schema}): update the tracker, then restore")
        super().__init__(told.format(path=path, schema=schema))


@dataclass(frozen=True)
class Summary:
    """What a backup holds: rows by table, and digests of it all and of the record with its ledger alone, which whoever
    contributes and what they are drafting do not change."""

    revision: int
    tables: dict[str, int]
    record: str
    sha256: str


def write(file: IO[bytes], schema: str, revision: int, record: Sequence[str], contents: Iterable[Contents]) -> Summary:
    """Write a backup; ``record`` names the tables of the record."""
    own, tables, digests = _Digest(), {}, []
    with gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as packed:

        def put(line: Any, *digests: "_Digest") -> None:
            data = _encoded(line)
            for digest in (own, *digests):
                digest.add(data)
            packed.write(data)

        put({"format": FORMAT, "version": VERSION, "schema": schema, "revision": revision})
        for name, columns, rows in contents:
            mine = _Digest()
            put({"table": name, "columns": list(columns)}, mine)
            for row in rows:
                put(row, mine)
            tables[name] = mine.lines - 1
            put({"table": name, "rows": tables[name], "sha256": mine.told()})
            digests += [mine.told()] if name in (*record, LEDGER) else []
        found = Summary(revision, tables, _joined(digests), own.told())
        packed.write(_encoded({"record": found.record, "sha256": found.sha256}))
    return found


class Reading:
    """A backup file as it is read: what it is, then its tables; every digest is checked on the way, and ``summary`` is
    there once all is read. Damaged, NewerBackup."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.summary: Summary | None = None
        self._own = _Digest()
        self._lines = self._read()
        match self._next():
            case {"format": "tracker-backup", "version": int(version), "schema": str(schema), "revision": revision}:
                self.schema, self.revision = schema, revision
            case _other:
                raise Damaged(path, _("it is no backup of a tracker"))
        if version > VERSION:
            raise NewerBackup(path, schema)
        self._record: list[str] = []
        self._counts: dict[str, int] = {}

    def tables(self, record: Sequence[str]) -> Iterator[Contents]:
        """Every table in its turn; the rows of one are read before the next."""
        while isinstance(told := self._next(sums_up=True), dict) and "columns" in told:
            yield told["table"], told["columns"], self._rows(told, told["table"] in (*record, LEDGER))
        summed_up = {"record": _joined(self._record), "sha256": self._own.told()}
        if told != summed_up or next(self._lines, None) is not None:
            raise Damaged(self.path, _("it is not as it was written"))
        self.summary = Summary(self.revision, self._counts, told["record"], told["sha256"])

    def _rows(self, told: dict[str, Any], recorded: bool) -> Iterator[list[Any]]:
        mine = _Digest()
        mine.add(_encoded(told))
        while isinstance(row := self._next(mine), list):
            yield row
        name, rows = told["table"], mine.lines - 1
        if row != {"table": name, "rows": rows, "sha256": mine.told()}:
            raise Damaged(self.path, _("the table {name} is not as it was written").format(name=name))
        self._counts[name] = rows
        self._record += [mine.told()] if recorded else []

    def _next(self, table: "_Digest | None" = None, sums_up: bool = False) -> Any:
        """The next line, counted in the digests that it is part of."""
        data = next(self._lines, b"")
        try:
            line = json.loads(data)
        except (ValueError, RecursionError):
            raise Damaged(self.path, _("it breaks off")) from None
        if not (sums_up and isinstance(line, dict) and "record" in line):
            self._own.add(data)
        if table and isinstance(line, list):
            table.add(data)
        return line

    def _read(self) -> Iterator[bytes]:
        try:
            with gzip.open(self.path) as file:
                yield from file
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise Damaged(self.path, _("it is cut off, or not as it was written")) from None


class _Digest:
    """The SHA-256 of lines, and how many there were."""

    def __init__(self) -> None:
        self._sum, self.lines = hashlib.sha256(), 0

    def add(self, line: bytes) -> None:
        self._sum.update(line)
        self.lines += 1

    def told(self) -> str:
        return self._sum.hexdigest()


def _joined(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode("ascii")).hexdigest()


def _encoded(line: Any) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n"
