"""The revision ledger: every change of the record leaves a revision in its own transaction.

``before`` and ``after`` hold the row as cells. ``before`` also says by which revision the row had been ``added``, so
that a past state can be told from the ledger even where the row has since been deleted. Numbers are consecutive because
the write lock is held from a transaction's first statement to its last.
"""

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, event, func, insert, select, tuple_
from sqlalchemy.orm import InstanceState, ORMExecuteState, Session

from tracker.export import portions
from tracker.language import gettext as _
from tracker.models import RECORD, Base, Recorded, Revision
from tracker.store import record
from tracker.store.engine import Found, StoreError
from tracker.store.engine import writing as writing_engine

LEDGER = record.table_of(Revision)
#: tables that are no part of the record
INSTALLATION = set(Base.metadata.tables) - set(record.CLASSES) - {LEDGER.name}
ORDER = {entity_class: position for position, entity_class in enumerate(RECORD)}
#: an e-mail address that somebody wrote into a name, a reason or a note: its name, and its site, which a path does not
#: come before, as in the address of a page by somebody's @name
MAIL = re.compile(r"[\w.!#$%&'*+=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*")
#: keys in one query for the rows as they were
KEYS = 300
#: rows in one statement that stores many
INSERTED = 10_000


class Unrecorded(StoreError):
    """A write that would have left no revision."""

    def __init__(self, what: str) -> None:
        super().__init__(
            _("{what} would leave no revision: add, change or delete entities, or call insert").format(what=what)
        )


class LedgerSession(Session):
    """A session with no way round the ledger."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Unrecorded(_("Writing past the session"))

    connection = bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse  # type: ignore[assignment]


@contextmanager
def writing(
    engine: Engine, who: str, why: str | None, origin: str, batch: str | None, approved_by: str | None = None
) -> Iterator[Session]:
    """A session in one transaction that holds the write lock; commits at the end, an exception rolls all back."""
    with LedgerSession(writing_engine(engine), expire_on_commit=False) as session, session.begin():
        last = changed_at(session)
        # a clock set back must not put a later revision before an earlier one
        at = max(now(), last) if last else now()
        batch = batch or f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        session.info.update(who=who, approved_by=approved_by, why=why, origin=origin, at=at, batch=batch)
        yield session


#: every answer and every page begins with it, so it is put together once
NEWEST = select(func.max(Revision.number))


def newest(connection: Connection | Session) -> int:
    """The number of the newest revision; 0 for an empty ledger."""
    return connection.scalar(NEWEST) or 0


def lost(connection: Connection | Session) -> int:
    """How many of the numbers up to the newest no revision has."""
    return newest(connection) - (connection.scalar(select(func.count()).select_from(LEDGER)) or 0)


def changed_at(connection: Connection | Session, number: int | None = None) -> dt.datetime | None:
    """When a revision was made, the newest where none is named, UTC; None where there is none."""
    made = select(Revision.at).order_by(Revision.number.desc()).limit(1)
    return connection.scalar(made if number is None else made.where(Revision.number == number))


def insert_rows(session: Session, entity_class: type[Recorded], rows: Sequence[Any]) -> int:
    """Store many rows of one table under one revision, whose number this returns; 0 where there are none."""
    if not rows:
        return 0
    session.flush()
    names = record.columns(entity_class)
    (number,) = _append(session, [_line(entity_class, "insert", rows=len(rows))])
    stored = (dict(zip(names, record.taken(row, names), strict=True), added=number) for row in rows)
    for some in portions(stored, INSERTED):
        session.execute(insert(record.table_of(entity_class)), some, execution_options={"recorded": True})
    return number


def agree(session: Session, entity_class: type[Recorded], row_id: str) -> int:
    """Note that an import's file says of a row what the store already held; returns the revision's number."""
    session.flush()
    (number,) = _append(session, [_line(entity_class, "agree", row_id)])
    return number


def added_cells(entity_class: type[Any], row: Any) -> dict[str, Any]:
    """A stored row as cells, with the revision that added it."""
    return record.cells(entity_class, row) | {"added": row.added}


@event.listens_for(LedgerSession, "do_orm_execute")
def _only_reads(state: ORMExecuteState) -> None:
    """Statements may read, and may write what is no part of the record."""
    written = getattr(getattr(state.statement, "table", None), "name", None)
    if not (state.is_select or written in INSTALLATION or state.execution_options.get("recorded")):
        raise Unrecorded(_("A statement that writes"))


@event.listens_for(LedgerSession, "before_flush")
def _record(session: LedgerSession, _context: Any, _instances: Any) -> None:
    """Leave a revision for every entity of the record that this flush will write."""
    if any(isinstance(entity, Revision) for entity in (*session.new, *session.dirty, *session.deleted)):
        raise Unrecorded(_("A revision written by hand"))
    new = sorted((e for e in session.new if isinstance(e, Recorded)), key=lambda e: ORDER[type(e)])
    # a row deleted and stored again in one flush: the ledger tells it in that order
    lines = [*_deletions(session), *_updates(session), *(_insertion(e) for e in new)]
    for entity, number in zip(reversed(new), reversed(_append(session, lines)), strict=False):
        entity.added = number


def _deletions(session: Session) -> Iterator[dict[str, Any]]:
    for entity, before in _as_stored(session, session.deleted):
        yield _line(type(entity), "delete", _stored_id(entity), before=before)


def _updates(session: Session) -> Iterator[dict[str, Any]]:
    for entity, before in _as_stored(session, (e for e in session.dirty if session.is_modified(e))):
        entity.added = before["added"]
        if record.row_id(entity, type(entity)) != _stored_id(entity):
            raise Unrecorded(_("Changing the id {id}, which is chosen once,").format(id=_stored_id(entity)))
        after = record.cells(type(entity), entity)
        if after | {"added": before["added"]} != before:
            yield _line(type(entity), "update", _stored_id(entity), before=before, after=after)


def _insertion(entity: Recorded) -> dict[str, Any]:
    entity_class = type(entity)
    return _line(entity_class, "insert", record.row_id(entity, entity_class), after=record.cells(entity_class, entity))


def _as_stored(session: Session, entities: Iterable[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The entities of the record with their rows as the database holds them now, whatever was loaded."""
    recorded = [entity for entity in entities if isinstance(entity, Recorded)]
    for entity_class in sorted({type(entity) for entity in recorded}, key=ORDER.__getitem__):
        mine = [entity for entity in recorded if type(entity) is entity_class]
        held = _rows(session, entity_class, [_identity(entity) for entity in mine])
        yield from ((entity, held[_stored_id(entity)]) for entity in mine)


def _rows(session: Session, entity_class: type[Any], keys: list[tuple[Any, ...]]) -> dict[str, dict[str, Any]]:
    table, found = record.table_of(entity_class), {}
    for some in portions(keys, KEYS):
        for row in session.execute(select(table).where(tuple_(*table.primary_key.columns).in_(some))):
            found[record.row_id(row, entity_class)] = added_cells(entity_class, row)
    return found


def _identity(entity: Recorded) -> tuple[Any, ...]:
    state: InstanceState[Any] = entity.__dict__["_sa_instance_state"]
    return state.identity or ()


def _stored_id(entity: Recorded) -> str:
    return "/".join(map(str, _identity(entity)))


def _line(
    entity_class: type[Any],
    action: str,
    row: str | None = None,
    rows: int = 1,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A revision still without its number."""
    named = {"action": action, "table_name": entity_class.__tablename__, "row_id": row, "row_count": rows}
    return named | {"before": before, "after": after}


def _append(session: Session, lines: list[dict[str, Any]]) -> list[int]:
    """Write the lines under the next numbers, which it returns in order."""
    if not lines:
        return []
    first = newest(session) + 1
    told = {name: session.info[name] for name in ("batch", "at", "who", "approved_by", "why", "origin")}
    numbers = list(range(first, first + len(lines)))
    numbered = [line | told | {"number": number} for number, line in zip(numbers, lines, strict=True)]
    session.execute(insert(LEDGER), numbered, execution_options={"recorded": True})
    return numbers


def now() -> dt.datetime:
    """This moment, UTC, without a zone, as the ledger holds it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def unaddressed(value: Any, instead: str = "(address left out)") -> Any:
    """A text, or cells, without any e-mail address that somebody wrote into it: what the ledger shows the public."""
    if isinstance(value, dict):
        return {name: unaddressed(cell, instead) for name, cell in value.items()}
    if isinstance(value, list):
        return [unaddressed(cell, instead) for cell in value]
    return MAIL.sub(instead, value) if isinstance(value, str) else value


def revisions(connection: Connection | Session, *conditions: Any) -> list[Found]:
    """The revisions under these conditions, oldest first; their columns named as in the export."""
    return list(connection.execute(select(*LINE).where(*conditions).order_by(Revision.number)))


#: what is told of a revision
LINE = tuple(getattr(Revision, name).label(name) for name in record.columns(Revision))
