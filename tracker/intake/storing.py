"""The record into the store: a three-way comparison with what the last import held, all in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from tracker import export
from tracker.intake.fields import KEYS
from tracker.intake.problems import Problem, Row, quoted
from tracker.intake.record import Record, in_order
from tracker.language import gettext as _
from tracker.models import Recorded
from tracker.store import Store, cells, row_id

Cells = dict[str, Any]
#: told the table, the rows dealt with so far and the rows in all, after each table
Progress = Callable[[str, int, int], None]


class RecordHasErrors(ValueError):
    """A record with errors was to be stored."""

    def __init__(self, errors: int) -> None:
        super().__init__(_("the record has {errors} errors: put them right first").format(errors=errors))


class Change(NamedTuple):
    """A cell of the store that an import puts another value in, both as text."""

    table: str
    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Outcome:
    """What an import did, in rows. With ``conflicts`` nothing was stored; a dry run says what would be.

    ``kept``: corrected in the store and unchanged in the file. ``agreed``: the file now says what the store was
    corrected to. ``revision`` is the newest of the store afterwards, ``batch`` None where nothing was stored.
    """

    inserted: int
    updated: int
    kept: int
    agreed: int
    unchanged: int
    conflicts: list[Problem]
    revision: int
    batch: str | None = None
    changes: list[Change] = field(default_factory=list)


@dataclass
class Plan:
    """What is to be done with each row: decided first, done afterwards."""

    insert: dict[type[Recorded], list[Row]] = field(default_factory=dict)
    update: dict[type[Recorded], list[tuple[Row, Cells]]] = field(default_factory=dict)
    agree: dict[type[Recorded], list[Row]] = field(default_factory=dict)
    kept: int = 0
    unchanged: int = 0
    conflicts: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(len(rows) for action in (self.insert, self.update, self.agree) for rows in action.values())

    def outcome(self, revision: int, batch: str | None = None) -> Outcome:
        """The plan in numbers."""
        numbers = [sum(map(len, action.values())) for action in (self.insert, self.update, self.agree)]
        inserted, updated, agreed = numbers
        conflicts = in_order(self.conflicts)
        return Outcome(inserted, updated, self.kept, agreed, self.unchanged, conflicts, revision, batch, self.changes)


def store_record(
    store: Store,
    record: Record,
    who: str,
    why: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    door: AbstractContextManager[Session] | None = None,
) -> Outcome:
    """Bring the store to what the record says, all of it or nothing; the same record twice changes nothing.

    A row changed in the record only is updated; one changed in the store only is kept; one changed in both is a
    conflict, and then nothing is stored. Rows that the record does not have are left alone. RecordHasErrors where it
    has errors. ``door`` is a session that knows what whoever stores it may write; without one, all of it.
    """
    if record.errors:
        raise RecordHasErrors(len(record.errors))
    with door or store.writing(who, why, record.origin) as session:
        plan = planned(store, session, record)
        batch = session.info["batch"] if len(plan) and not plan.conflicts and not dry_run else None
        if batch:
            carry_out(store, session, plan, progress)
    return plan.outcome(store.newest(), batch)


def planned(store: Store, session: Session | None, record: Record) -> Plan:
    """What storing the record would do to the store, row by row."""
    plan, touched = Plan(), store.imported_state(session, {"import", record.origin})
    for table, rows in record.rows.items():
        of_table = {name: base for (each, name), base in touched.items() if each is table}
        if of_table or store.holds(table):
            _compare(plan, store, table, rows, of_table)
        elif rows:
            plan.insert[table] = rows
    return plan


def _compare(
    plan: Plan, store: Store, table: type[Recorded], rows: list[Row], touched: Mapping[str, Cells | None]
) -> None:
    """Place the rows of a table of which the store has some; of those only what differs is kept at hand."""
    said, held = {row_id(row, table): row for row in rows}, {}
    for stored in store.each(table):
        name = row_id(stored, table)
        if name in said:
            held[name] = cells(table, stored)
            if held[name] == cells(table, said[name]) and name not in touched:
                plan.unchanged += 1
                del said[name], held[name]
    for name, row in said.items():
        _place(plan, row, held.get(name), touched.get(name, held.get(name)))


def _place(plan: Plan, row: Row, held: Cells | None, base: Cells | None) -> None:
    table, said = row.table, cells(row.table, row)
    if said == held:
        plan.agree.setdefault(table, []).append(row)
    elif held is None and base is None:
        plan.insert.setdefault(table, []).append(row)
    elif said == base:
        plan.kept += 1
    elif held is not None and held == base:
        changes = _changes(said, held)
        plan.update.setdefault(table, []).append((row, changes))
        name = row_id(row, table)
        plan.changes.extend(
            Change(table.__tablename__, name, column, export.cell(held[column]), export.cell(said[column]))
            for column in changes
        )
    else:
        plan.conflicts.append(_conflict(row, said, held, base))


def _changes(said: Cells, held: Mapping[str, Any]) -> Cells:
    return {name: value for name, value in said.items() if value != held[name]}


def _conflict(row: Row, said: Cells, held: Cells | None, base: Cells | None) -> Problem:
    name = quoted(row_id(row, row.table))
    if held is None:
        wrong = _("{name} was deleted in the store, and the file has changed since the last import")
        return row.error(KEYS[row.table][0], wrong.format(name=name), _("take the row out, or undo the deletion"))
    changes = _changes(said, held)
    column = next((name for name in changes if base and said[name] != base[name]), next(iter(changes)))
    wrong = _("the file says {said}, the store says {held} since a correction")
    if base is None:
        wrong = _("the file says {said}, the store, where it was entered by hand, says {held}")
    remedy = _("decide which is right: write it in the file, or correct it in the store, and import again")
    return row.error(column, wrong.format(said=quoted(said[column]), held=quoted(held[column])), remedy)


def carry_out(store: Store, session: Session, plan: Plan, progress: Progress | None = None) -> None:
    """Do what was planned, in a session that is open."""
    done = 0
    for table, count in _stored(store, session, plan):
        done += count
        (progress or _silently)(table.__tablename__, done, len(plan))


def _stored(store: Store, session: Session, plan: Plan) -> Iterator[tuple[type[Recorded], int]]:
    for table, rows in plan.insert.items():
        store.insert(session, table, rows)
        yield table, len(rows)
    for table, changed in plan.update.items():
        for row, changes in changed:
            _update(session, row, changes)
        yield table, len(changed)
    for table, rows in plan.agree.items():
        for row in rows:
            store.agree(session, table, row_id(row, table))
        yield table, len(rows)


def _update(session: Session, row: Row, changes: Cells) -> None:
    entity = session.get_one(row.table, tuple(row[column] for column in KEYS[row.table]))
    for name in changes:
        setattr(entity, name, row[name])


def _silently(table: str, done: int, total: int) -> None:
    """Nobody wants to know."""
