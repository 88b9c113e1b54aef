"""What the ledger can tell: a row's history, what the last import held, a past state, and taking a batch back."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, or_, select
from sqlalchemy.orm import Session

from tracker.export import portions
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.models import RECORD, Base, Question, Recorded, Revision
from tracker.store import ledger, record
from tracker.store.engine import FETCH, Found, StoreError

#: a row of the record: its table's name and its id
Place = tuple[str, str]


class UnknownRevision(StoreError, LookupError):
    """A ``when`` that is no state of this store."""


class UnknownBatch(StoreError, LookupError):
    """No revision belongs to the batch."""


class UndoRefused(StoreError):
    """Something later stands on what the batch did. ``revisions``: the later revisions that changed its rows."""

    def __init__(self, batch: str, later: list[Found]) -> None:
        self.revisions = later
        reason = _("rows that are still there refer to what it stored; remove or change those first")
        if later:
            reason = ngettext(
                "{count} later revision changed its rows; undo or correct that first: {list}",
                "{count} later revisions changed its rows; undo or correct those first: {list}",
                len(later),
            ).format(count=len(later), list="; ".join(f"{r.number} {r.action} {r.table} {r.row}" for r in later))
        super().__init__(_("{batch} was not undone: {reason}").format(batch=batch, reason=reason))


def history(connection: Connection, row_id: str) -> list[Found]:
    """The revisions of a row and of the rows below it ("id/...", and the questions of a poll), oldest first, with the
    batch that stored it."""
    names = [row_id, *questions_of(connection, row_id)]
    below = (Revision.row.startswith(name + "/", autoescape=True) for name in names)
    of_row = or_(Revision.row.in_(names), *below)
    told = {(r.before or {}).get("added") for r in ledger.revisions(connection, of_row)}
    stored = told | {n for name in names for entity_class in RECORD for n in _added(connection, entity_class, name)}
    batches = Revision.number.in_(stored - {None}) & Revision.row.is_(None)
    return ledger.revisions(connection, or_(of_row, batches))


def questions_of(connection: Connection, poll: str) -> list[str]:
    """The ids of a poll's questions, and of those that it had."""
    held = select(Question.id).where(Question.poll == poll)
    was = Revision.before["poll"].as_string() == poll
    gone = select(Revision.row).where(Revision.table == "questions", Revision.action == "delete", was)
    return sorted({*connection.scalars(held), *(name for name in connection.scalars(gone) if name)})


def _added(connection: Connection, entity_class: type[Recorded], row_id: str) -> set[int]:
    """The revisions that stored the row with this id, or those whose key begins with it."""
    key = [column for column in record.table_of(entity_class).columns if column.primary_key]
    wanted = [column == part for column, part in zip(key, record.key_of(row_id, entity_class), strict=True) if part]
    return set(connection.scalars(select(entity_class.added).where(*wanted).distinct()))


def imported_state(
    connection: Connection | Session, origins: Collection[str] = ("import",)
) -> dict[tuple[type[Recorded], str], dict[str, Any] | None]:
    """What the last import held of every row that anything but an import has touched since; an import is what came in
    by one of ``origins``.

    The first such revision's ``before``; None for a row that no import ever held. A row that is missing here is as the
    last import left it. An import that was undone is as if it had not been.
    """
    by_hand = set(
        connection.scalars(select(Revision.number).where(Revision.row.is_(None), Revision.origin.not_in(origins)))
    )
    base: dict[Place, dict[str, Any] | None] = dict.fromkeys(place for place, _added in _added_by(connection, by_hand))
    imported: dict[Place, bool] = {}
    for revision in ledger.revisions(connection, Revision.row.is_not(None)):
        place, before = (revision.table, revision.row), revision.before or {}
        earlier = imported.get(place, bool(before) and before["added"] not in by_hand)
        by_import = revision.origin in origins or (revision.origin == "undo" and earlier)
        if by_import:
            base.pop(place, None)
        elif place not in base:
            held = before and (place in imported or earlier)
            base[place] = _of_today(revision.table, before) if held else None
        if revision.action != "agree":
            imported[place] = by_import
    return {(_class_of(table), row): state for (table, row), state in base.items()}


def changed_since(connection: Connection | Session, number: int) -> dict[Place, Found]:
    """The rows that were stored, changed or deleted after a revision, each with the last one that did so."""
    later = ledger.revisions(connection, Revision.number > number, Revision.action != "agree")
    bulk = {revision.number: revision for revision in later if revision.row is None}
    stored = _added_by(connection, set(bulk))
    return {place: bulk[added] for place, added in stored} | {(r.table, r.row): r for r in later if r.row}


def _of_today(table: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Cells of the ledger with the columns of today: a column that they are older than was blank."""
    return {name: cells.get(name) for name in record.columns(_class_of(table))}


def _added_by(connection: Connection | Session, numbers: set[int]) -> Iterator[tuple[Place, int]]:
    """The rows that these revisions stored, each with the one that did."""
    for entity_class in RECORD if numbers else ():
        table = record.table_of(entity_class)
        for row in connection.execute(select(table).where(table.c.added.in_(numbers))):
            yield (table.name, record.row_id(row, entity_class)), row.added


def _class_of(table: str) -> Any:
    return record.CLASSES[table]


def number_at(connection: Connection, when: str | int | dt.date) -> int:
    """The revision that was the newest at ``when``: a number, an ISO moment, or an ISO date (its end, UTC)."""
    newest = ledger.newest(connection)
    if isinstance(when, int) or (isinstance(when, str) and when.isdecimal()):
        # Python reads no number of thousands of digits
        if len(str(when)) > 20 or int(when) > newest or int(when) < 0:
            wrong = _("There is no revision {number}: the newest is {newest}").format(
                number=str(when)[:20], newest=newest
            )
            raise UnknownRevision(wrong)
        return int(when)
    # a clock set back since does not put the newest revision into the future
    until = _end(when, max(ledger.now(), ledger.changed_at(connection) or dt.datetime.min))
    return connection.scalar(select(func.coalesce(func.max(Revision.number), 0)).where(Revision.at < until)) or 0


def _end(when: str | dt.date, now: dt.datetime) -> dt.datetime:
    """The first moment, UTC, that is after ``when``; UnknownRevision where that is later than ``now``."""
    try:
        end, come = _reaches(_read(when), now)
    except OverflowError:  # the calendar ends there
        raise _no_point(when) from None
    if not come:
        raise UnknownRevision(_("{when} is still to come: give a day or a moment that has passed").format(when=when))
    return end


def _reaches(day: dt.date, now: dt.datetime) -> tuple[dt.datetime, bool]:
    """The first moment after a day or a moment, and whether that has begun."""
    if isinstance(day, dt.datetime):
        moment = day.astimezone(dt.UTC).replace(tzinfo=None) if day.tzinfo else day
        return moment + dt.datetime.resolution, moment <= now
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1), day <= now.date()


def _no_point(when: str | dt.date) -> UnknownRevision:
    wrong = _("{when} is no point in time: give a revision number, a date such as 2026-01-31, or a moment such as ")
    return UnknownRevision((wrong + "2026-01-31T12:00:00Z").format(when=repr(when)))


def _read(when: str | dt.date) -> dt.date:
    if not isinstance(when, str):
        return when
    try:
        return dt.date.fromisoformat(when) if len(when) == 10 else dt.datetime.fromisoformat(when)
    except ValueError:
        raise _no_point(when) from None


def copy_at(source: Connection, number: int, target: Engine) -> None:
    """Write the record and the ledger as they were at a revision into an empty database."""
    Base.metadata.create_all(target)
    changed = _changed_after(source, number)
    with target.begin() as connection:
        for entity_class in RECORD:
            table = record.table_of(entity_class)
            for rows in portions(_rows_at(source, entity_class, number, changed), FETCH):
                connection.execute(insert(table), list(rows))
        kept = source.execution_options(yield_per=FETCH).execute(select(ledger.LEDGER).where(Revision.number <= number))
        for revisions in kept.partitions():
            connection.execute(insert(ledger.LEDGER), [row._asdict() for row in revisions])


def _changed_after(source: Connection, number: int) -> dict[Place, dict[str, Any] | None]:
    """Rows that changed after a revision, each as it was before the first change."""
    first: dict[Place, dict[str, Any] | None] = {}
    for revision in ledger.revisions(source, Revision.number > number, Revision.row.is_not(None)):
        if revision.action != "agree":
            first.setdefault((revision.table, revision.row), revision.before)
    return first


def _rows_at(
    source: Connection, entity_class: type[Recorded], number: int, changed: dict[Place, dict[str, Any] | None]
) -> Iterator[dict[str, Any]]:
    table = record.table_of(entity_class)
    unchanged = select(table).where(table.c.added <= number)
    for row in source.execution_options(yield_per=FETCH).execute(unchanged):
        if (table.name, record.row_id(row, entity_class)) not in changed:
            yield row._asdict()
    for (name, _row), before in changed.items():
        if name == table.name and before and before["added"] <= number:
            yield record.values(entity_class, before) | {"added": before["added"]}


def undo(session: Session, batch: str) -> int:
    """Put every row that a batch touched back to what it was; returns how many. UnknownBatch, UndoRefused."""
    mine = ledger.revisions(session, Revision.batch == batch)
    if not mine:
        raise UnknownBatch(_("There is no batch {batch}: history shows the batches of a row").format(batch=batch))
    bulk = {revision.number for revision in mine if revision.row is None}
    entities = [e for c in RECORD for e in session.scalars(select(c).where(c.added.in_(bulk)))]
    former: dict[Place, dict[str, Any] | None] = {}
    for revision in mine:
        if revision.row and revision.action != "agree":
            before = revision.before if (revision.before or {}).get("added") not in bulk else None
            former.setdefault((revision.table, revision.row), before)
    for entity in entities:
        former.setdefault((type(entity).__tablename__, record.row_id(entity, type(entity))), None)
    _refuse_if_changed_later(session, batch, mine[0].number, former, bulk)
    return sum(_put_back(session, place, before) for place, before in former.items())


def _refuse_if_changed_later(
    session: Session, batch: str, first: int, former: dict[Place, dict[str, Any] | None], bulk: set[int]
) -> None:
    others = ledger.revisions(session, Revision.number > first, Revision.batch != batch, Revision.row.is_not(None))
    later = [r for r in others if (r.table, r.row) in former or (r.before or {}).get("added") in bulk]
    later = [r for r in later if r.action != "agree"]
    if later:
        raise UndoRefused(batch, later)


def _put_back(session: Session, place: Place, before: dict[str, Any] | None) -> bool:
    entity_class = _class_of(place[0])
    entity = session.get(entity_class, record.key_of(place[1], entity_class))
    if before is None:
        if entity is not None:
            session.delete(entity)
    elif entity is None:
        session.add(entity_class(**record.values(entity_class, before)))
    else:
        for name, value in record.values(entity_class, before).items():
            setattr(entity, name, value)
    return entity is not None or before is not None
