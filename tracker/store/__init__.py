"""The store: engine, sessions, every SQL statement, the revision ledger.

Write entities inside :meth:`Store.writing`, read rows. ``Store.at`` gives the same reads over a past state.
"""

import datetime as dt
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.export import Column, Rows
from tracker.language import gettext as _
from tracker.models import Recorded
from tracker.store import ledger, moving, news, past, reads, schema, tables
from tracker.store.answered import Moved
from tracker.store.backup import Damaged, NewerBackup, Summary
from tracker.store.engine import Corrupt, Found, Hindered, StoreError, Unreachable, damage, passing, serving, whole
from tracker.store.filters import Asked, BadFilter, Filters, UnknownColumn
from tracker.store.glance import Glance
from tracker.store.ledger import Unrecorded, unaddressed
from tracker.store.moving import Taken
from tracker.store.past import UndoRefused, UnknownBatch, UnknownRevision
from tracker.store.record import cells, columns, key_columns, key_of, row_id, values
from tracker.store.schema import NewerDatabase, OtherSchema
from tracker.store.tables import TABLES, UnknownName

__all__ = [
    "TABLES",
    "Asked",
    "BadFilter",
    "Corrupt",
    "Damaged",
    "Hindered",
    "Moved",
    "NewerBackup",
    "NewerDatabase",
    "OtherSchema",
    "ReadOnly",
    "Store",
    "StoreError",
    "Summary",
    "Taken",
    "UndoRefused",
    "UnknownBatch",
    "UnknownColumn",
    "UnknownName",
    "UnknownRevision",
    "Unreachable",
    "Unrecorded",
    "cells",
    "columns",
    "key_columns",
    "key_of",
    "row_id",
    "unaddressed",
    "values",
]

#: the day that the state before the first revision is of
BEGINNING = dt.date(1970, 1, 1)
#: past states kept at hand
KEPT = 8


class ReadOnly(StoreError):
    """A past state cannot be written to."""


class Store:
    """One database: the record, its ledger, and the installation's own tables."""

    #: a past state takes no writes
    read_only = False

    def __init__(self, url: str, connect: Callable[[str], Engine] = serving) -> None:
        self.url = url
        self.engine = connect(url)
        self._glance = Glance(url)
        weakref.finalize(self, self.engine.dispose)
        weakref.finalize(self, self._glance.close)
        self._past: OrderedDict[int, Store] = OrderedDict()
        self._lock = threading.Lock()
        self._changed: tuple[int, dt.datetime | None] = 0, None

    def migrate(self) -> list[str]:
        """Bring the database to this version's schema; returns what was applied. NewerDatabase where it cannot."""
        return schema.migrate(self.url)

    def migrated(self) -> bool:
        """Whether the database is there with this version's schema; asking makes none."""
        return schema.stands(self.url)

    def backup(self, to: Path) -> Summary:
        """Write all but open links and sessions to a new file, as it is at one moment, and read it back. Taken."""
        return moving.take(self.engine, to)

    def restore(self, path: Path) -> Summary:
        """Put a backup into this database, which is empty: all of it or nothing. Taken, Damaged, NewerBackup."""
        return moving.restore(self.url, path)

    def standing(self) -> None:
        """Look whether the database answers and has this version's schema; OtherSchema where it has another."""
        with self.engine.connect() as connection:
            found = schema.held(connection)
        if found != schema.newest():
            raise OtherSchema(found)

    def damage(self) -> list[str]:
        """What is wrong below the rows: with the file, with what rows refer to, with the ledger's numbers."""
        with self.engine.connect() as connection:
            if found := damage(connection):
                return found
            if not whole(connection):
                found.append(_("rows refer to others that are not there"))
            if lost := ledger.lost(connection):
                found.append(_("the ledger lacks {count} of its revisions").format(count=lost))
            return found

    def close(self) -> None:
        """Let go of every connection and of the past states kept at hand."""
        self._past.clear()
        self._glance.close()
        self.engine.dispose()

    def newest(self) -> int:
        """The number of the newest revision; 0 for an empty store."""
        if (number := self.glance()) is not None:
            return number
        with self.engine.connect() as connection:
            return ledger.newest(connection)

    def glance(self) -> int | None:
        """The same where it can be told without waiting for anything, so that an event loop may ask; else None."""
        return self._glance()

    def changed_at(self, number: int | None = None) -> dt.datetime | None:
        """When a revision was made, the newest where none is named, UTC; None where there is none."""
        number = self.newest() if number is None else number
        held, made = self._changed
        if number != held:
            with self.engine.connect() as connection:
                made = ledger.changed_at(connection, number)
            self._changed = number, made
        return made

    def today(self) -> dt.date:
        """The day on which this state is asked, UTC; a past one is always asked on the day of its newest revision, so
        that what it says of "now" never changes."""
        return dt.datetime.now(dt.UTC).date()

    def writing(
        self,
        who: str,
        why: str | None = None,
        origin: str = "import",
        batch: str | None = None,
        approved_by: str | None = None,
    ) -> AbstractContextManager[Session]:
        """A session for one transaction under the write lock: every change in it leaves a revision.

        Commits at the end of the block; an exception rolls everything back. ``session.info["batch"]`` is the batch.
        """
        if self.read_only:
            raise ReadOnly(_("This is a past state: write to the store of today"))
        return ledger.writing(self.engine, who, why, origin, batch, approved_by)

    def insert(self, session: Session, entity_class: type[Recorded], rows: Sequence[Any]) -> int:
        """Store many rows of one table under one revision, whose number this returns; 0 where there are none."""
        return ledger.insert_rows(session, entity_class, rows)

    def agree(self, session: Session, entity_class: type[Recorded], row_id: str) -> int:
        """Note that an import's file says of a row what the store already held."""
        return ledger.agree(session, entity_class, row_id)

    def imported_state(
        self, session: Session | None = None, origins: Collection[str] = ("import",)
    ) -> dict[tuple[type[Recorded], str], dict[str, Any] | None]:
        """What the last import held, as cells, of each row that anything else touched since; None: no import ever."""
        if session is not None:
            return past.imported_state(session, origins)
        with self.engine.connect() as connection:
            return past.imported_state(connection, origins)

    def changed_since(self, number: int) -> dict[tuple[str, str], Found]:
        """The rows (table, id) that were stored, changed or deleted after a revision, with the last one that did so."""
        with self.engine.connect() as connection:
            return past.changed_since(connection, number)

    def history(self, row_id: str) -> list[Found]:
        """The revisions of a row and of the rows below it, oldest first, with the batch that stored it."""
        with self.engine.connect() as connection:
            return past.history(connection, row_id)

    def undo(self, batch: str, who: str, why: str | None = None) -> int:
        """Put back every row that a batch touched; returns how many. UnknownBatch, UndoRefused."""
        try:
            with self.writing(who, why or _("takes back {batch}").format(batch=batch), origin="undo") as session:
                return past.undo(session, batch)
        except IntegrityError:
            raise UndoRefused(batch, []) from None

    def take_back(self, session: Session, batch: str) -> int:
        """The same in a session that is open already. UnknownBatch, UndoRefused."""
        return past.undo(session, batch)

    def at(self, when: str | int | dt.date) -> "Store":
        """The store as it was: by revision number, ISO moment or ISO date (its end, UTC). UnknownRevision."""
        with self._lock, self.engine.connect() as connection:
            number = past.number_at(connection, when)
            if number not in self._past:
                self._past[number] = PastStore(connection, number)
            self._past.move_to_end(number)
            while len(self._past) > KEPT:
                self._past.popitem(last=False)
            return self._past[number]

    def choices(self) -> list[Found]:
        """What can be picked: population, subject, construct, object and the number of questions, most first."""
        with self.engine.connect() as connection:
            return reads.choices(connection)

    def questions(self, population: str | None, subject: str, construct: str) -> list[Any]:
        """The questions of published polls with their poll and ``answers`` (response -> value), oldest first; of every
        population where None is named."""
        with self.engine.connect() as connection:
            return reads.questions(connection, population, subject, construct)

    def meanings(self) -> dict[str, list[Found]]:
        """Scale -> what each of its responses means, in the scale's order."""
        with self.engine.connect() as connection:
            return reads.meanings(connection)

    def entity(self, entity_class: type[Any], row_id: str) -> Found | None:
        """One row by its id, without ``added``; None where there is none."""
        with self.engine.connect() as connection:
            return reads.entity(connection, entity_class, row_id)

    def every(self, entity_class: type[Any]) -> list[Found]:
        """All rows of a table in the order of their key, without ``added``."""
        return self.find(entity_class)

    def each(self, entity_class: type[Any]) -> Iterator[Found]:
        """The same one by one, however many there are, in no order."""
        return reads.each(self.engine, entity_class)

    def holds(self, entity_class: type[Any]) -> bool:
        """Whether a table has any rows."""
        with closing(reads.each(self.engine, entity_class)) as rows:
            return next(rows, None) is not None

    def sources(self, entity_class: type[Any]) -> list[Found]:
        """The pages (``source_url``, ``source_title``) that the questions, claims or events of the record name."""
        with self.engine.connect() as connection:
            return reads.sources(connection, entity_class)

    def find(self, entity_class: type[Any], **equals: Any) -> list[Found]:
        """The rows of a table whose columns equal these values, in the order of their key."""
        with self.engine.connect() as connection:
            return reads.rows(connection, entity_class, **equals)

    def poll(self, poll_id: str) -> tuple[Found, list[Any]] | None:
        """A poll, whatever its status, and its questions with their answers; None where there is none."""
        with self.engine.connect() as connection:
            return reads.poll(connection, poll_id)

    def events(self, subject: str | None = None) -> list[Found]:
        """Events by date, those that bear on a subject where one is named."""
        with self.engine.connect() as connection:
            return reads.events(connection, subject)

    def claims(self, population: str | None = None, subject: str | None = None) -> list[Found]:
        """Claims by date, those about a population and a subject where these are named."""
        with self.engine.connect() as connection:
            return reads.claims(connection, population, subject)

    def public_polls(self, limit: int | None = None, poll: str | None = None) -> list[Found]:
        """Published polls, newest first, or the one named, each with the revision (``number``, ``at``, ``who``,
        ``approved_by``, ``why``) that made it public."""
        with self.engine.connect() as connection:
            return news.polls(connection, limit, poll)

    def changes(self, limit: int, poll: str | None = None) -> list[tuple[str, Found]]:
        """The newest revisions that changed what was public, each with the id of the poll, claim or event it is about;
        those of one poll where it is named."""
        with self.engine.connect() as connection:
            return news.changes(connection, limit, poll)

    def table(
        self, name: str, filters: Filters | None = None, limit: int | None = None, asked: Asked | None = None
    ) -> tuple[list[Column], Rows]:
        """An export by name: its columns, and its rows as they are asked for, those that pass the filters and up to the
        limit, or what else is asked. UnknownName, UnknownColumn, BadFilter."""
        return tables.table(self.engine, name, asked or Asked(filters or {}, limit))

    def page_end(self, name: str, asked: Asked) -> list[str] | None:
        """The key of the last of the rows asked for, where there are further ones; else None."""
        return tables.page_end(self.engine, name, asked)

    def key(self, name: str) -> list[str]:
        """The columns by which the rows of an export are known and ordered."""
        return list(TABLES[name].key)

    def count(self, name: str, filters: Filters | None = None) -> int:
        """The number of rows of an export."""
        return tables.count(self.engine, name, Asked(filters or {}))

    def check(self, name: str, filters: Filters) -> None:
        """UnknownName, UnknownColumn, BadFilter where an export cannot be filtered so; nothing of it is read."""
        tables.check(self.engine, name, Asked(filters))

    def facets(self, name: str, column: str, filters: Filters | None = None) -> list[tuple[Any, int]]:
        """The values of a column of an export with the number of rows that hold each, most first; of a date the
        years."""
        return tables.facets(self.engine, name, column, Asked(filters or {}))


class PastStore(Store):
    """The store as it was at a revision: a temporary copy that lasts as long as somebody holds it."""

    read_only = True

    def __init__(self, source: Connection, number: int) -> None:
        folder = tempfile.mkdtemp(prefix="tracker-")
        super().__init__(f"sqlite:///{Path(folder) / 'past.db'}", passing)
        weakref.finalize(self, _discard, self.engine, folder)
        past.copy_at(source, number, self.engine)

    def today(self) -> dt.date:
        """The day of the newest revision, UTC; that of the first there could be for an empty state."""
        changed = self.changed_at()
        return changed.date() if changed else BEGINNING


def _discard(engine: Engine, folder: str) -> None:
    engine.dispose()
    shutil.rmtree(folder, ignore_errors=True)
