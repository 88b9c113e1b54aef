"""What was submitted, for whoever decides on it: read by the same rules, set against the record, stored or not.

:func:`approve` stores a submission under the name of whoever entered it, with that of the editor, in one transaction.
One that is under embargo waits as ``approved`` until :func:`lift` finds that its day has come.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker import accounts, export, language
from tracker.intake.entering import read_entry
from tracker.intake.form import known, read_form
from tracker.intake.problems import Problem, quoted
from tracker.intake.sheet import unpacked
from tracker.intake.storing import Change, Plan, Progress, carry_out, planned
from tracker.language import gettext as _
from tracker.models import RECORD, Answer, Claim, Disclosure, Event, Poll, Question, Recorded
from tracker.store import Store, cells, key_of, row_id

#: rows by table and id, however they are held
Places = dict[tuple[type[Recorded], str], Any]


@dataclass(frozen=True)
class Review:
    """A submission beside the record: the rows that it says and those that are there, and every problem."""

    said: Places
    held: Places
    problems: list[Problem]
    #: what is to be done with the rows of a sheet
    plan: Plan | None = None

    @property
    def blocked(self) -> bool:
        """Whether an error among the problems keeps it from being stored."""
        return any(problem.severity == "error" for problem in self.problems)

    @cached_property
    def changes(self) -> list[Change]:
        """Each cell that storing it would change, as text; blank before for a new row, after for one that goes."""
        return [change for change in self._cells() if change.before != change.after]

    def _cells(self) -> Iterator[Change]:
        order = {table: number for number, table in enumerate(RECORD)}
        for place in sorted({**self.held, **self.said}, key=lambda place: order[place[0]]):
            before, after = (_texts(place[0], rows.get(place)) for rows in (self.held, self.said))
            for column in before | after:
                yield Change(place[0].__tablename__, place[1], column, before.get(column, ""), after.get(column, ""))


@dataclass(frozen=True)
class Decision:
    """What became of a submission: its ``status`` now, the id on record and the batch that it got. With an error among
    the ``problems`` nothing was stored and it stands where it stood."""

    status: str
    row: str | None = None
    batch: str | None = None
    problems: list[Problem] = field(default_factory=list)


def difference(store: Store, draft: Row[Any]) -> list[Change]:
    """What storing a submission would change in the record, cell by cell; empty where it cannot be stored."""
    return reviewed(store, draft).changes


def reviewed(store: Store, draft: Row[Any]) -> Review:
    """A submission beside the record as it is now, with the rules' problems and what changed since it was begun."""
    found = READERS[draft.kind](store, draft)
    if not found.blocked:
        found.problems.extend(_overtaken(store, draft, found))
        found.problems.extend(_pointless(draft, found))
    return found


def approve(
    store: Store,
    approver: Row[Any],
    number: int,
    comment: str = "",
    own: bool = False,
    today: dt.date | None = None,
    progress: Progress | None = None,
) -> Decision:
    """Approve a submission: store it, or let it wait for the end of its embargo. Stale, NotAllowed.

    ``own``: whether this installation lets people approve what they entered themselves.
    """
    draft = accounts.draft(store, number)
    if draft is None or draft.status != "submitted":
        raise accounts.Stale
    return _decide(store, draft, approver, comment or None, own, today or _today(), progress)


def lift(store: Store, today: dt.date | None = None) -> list[Decision]:
    """Store what was approved and whose embargo ends by today (UTC); what cannot be stored goes back to the editors."""
    due, found = today or _today(), []
    for draft in accounts.queue(store, "approved"):
        if draft.embargo is None or draft.embargo <= due:
            with suppress(accounts.Stale):  # another process was faster
                found.append(_lifted(store, draft, due))
    return found


def _lifted(store: Store, draft: Row[Any], today: dt.date) -> Decision:
    approver = accounts.by_id(store, draft.reviewer)
    try:
        if approver is None:
            raise accounts.NotAllowed(_("Whoever approved it is no longer a contributor here."))
        # whether they may approve their own was asked on the day they did
        decision = _decide(store, draft, approver, draft.comment, True, today, None)
        if decision.status != "approved":
            return decision
        reason = "; ".join(str(problem) for problem in decision.problems)
    except accounts.NotAllowed as refused:
        reason = refused.reason
    accounts.reopen(store, draft, reason)
    return Decision("submitted", draft.row)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _decide(
    store: Store,
    draft: Row[Any],
    approver: Row[Any],
    comment: str | None,
    own: bool,
    today: dt.date,
    progress: Progress | None,
) -> Decision:
    author, origin = accounts.by_id(store, draft.contributor), _origin(draft)
    door = accounts.writing(store, author, draft.why, origin, approver=approver, own=own, draft=draft.id)
    with door as session:
        found = reviewed(store, draft)
        if found.blocked:
            return Decision(draft.status, draft.row, None, found.problems)
        if draft.embargo and draft.embargo > today:
            accounts.decide(session, draft, "approved", approver, None, comment)
            return Decision("approved", draft.row, None, found.problems)
        _store(store, session, found, progress)
        row = None if found.plan else next(name for table, name in found.said if table in (Poll, Claim, Event))
        accounts.decide(session, draft, "stored", approver, row, comment)
        return Decision("stored", row, session.info["batch"], found.problems)


def _origin(draft: Row[Any]) -> str:
    if draft.kind == "sheet":
        return "upload"
    return "correction" if draft.row else "form"


def _store(store: Store, session: Session, found: Review, progress: Progress | None) -> None:
    if found.plan:
        carry_out(store, session, found.plan, progress)
        return
    for table, name in found.held.keys() - found.said.keys():
        session.delete(session.get_one(table, key_of(name, table)))
    for entity in found.said.values():
        session.merge(entity)


def _overtaken(store: Store, draft: Row[Any], found: Review) -> Iterator[Problem]:
    """What it would change was changed by somebody else since it was begun: storing it would take that back."""
    since = store.changed_since(draft.base)
    for change in found.changes:
        if by := since.get((change.table, change.row)):
            was = _("{who} changed it on {day}; it says {now} there, {said} here")
            told = was.format(who=by.who, day=language.day(by.at), now=quoted(change.before), said=quoted(change.after))
            remedy = _("return it, so that it is begun anew from what is on record now")
            yield Problem(f"{change.table}/{change.row}", None, change.column, told, remedy)


def _pointless(draft: Row[Any], found: Review) -> Iterator[Problem]:
    """It changes nothing, or changes what is on record without a word why."""
    if not found.changes:
        yield Problem(draft.kind, None, "", _("it says what is on record already"), _("return it"))
    if found.held and not (draft.why or "").strip():
        yield Problem(draft.kind, None, "why", _("a correction needs a reason"), _("return it and ask for one"))


def _texts(table: type[Recorded], row: Any) -> dict[str, str]:
    """The filled cells of a row, if there is one."""
    texts = {} if row is None else {name: export.cell(value) for name, value in cells(table, row).items()}
    return {name: text for name, text in texts.items() if text}


def _poll(store: Store, draft: Row[Any]) -> Review:
    """A poll with everything below it: what a correction no longer has is taken out of the record."""
    entities, problems = read_form(draft.fields, known(store), draft.row, draft.embargo)
    return _entities(store, entities, problems, _held_poll(store, draft.row) if entities else {})


def _entry(store: Store, draft: Row[Any]) -> Review:
    """A claim or an event."""
    fields = {**draft.fields, "id": draft.row} if draft.row else draft.fields
    entities, problems = read_entry(draft.kind, fields, store)
    return _entities(store, entities, problems, _held(store, type(entities[0]), id=draft.row) if entities else {})


def _sheet(store: Store, draft: Row[Any]) -> Review:
    """The rows of a sheet that the store does not have or has otherwise; it leaves alone what it does not name."""
    record = unpacked(draft.fields, known(store))
    if record.errors:
        return Review({}, {}, record.problems)
    plan = planned(store, None, record)
    changed = [*chain(*plan.insert.values()), *(row for rows in plan.update.values() for row, _changes in rows)]
    said = {(row.table, row_id(row, row.table)): row for row in changed}
    held = {place: row for table in record.rows for place, row in _held(store, table).items() if place in said}
    return Review(said, held, [*record.problems, *plan.conflicts], plan)


#: how a submission of each kind is read
READERS: dict[str, Callable[[Store, Row[Any]], Review]] = {
    "poll": _poll,
    "sheet": _sheet,
    "claim": _entry,
    "event": _entry,
}


def _entities(store: Store, entities: list[Recorded], problems: list[Problem], held: Places) -> Review:
    said: Places = {(type(entity), row_id(entity, type(entity))): entity for entity in entities}
    there = [place for place in said.keys() - held.keys() if store.entity(*place)]
    return Review(said, held, [*problems, *(_taken(*place) for place in sorted(there, key=str))])


def _taken(table: type[Recorded], name: str) -> Problem:
    wrong = _("it is on record already, and no part of this")
    return Problem(f"{table.__tablename__}/{name}", None, "id", wrong, _("correct it there, or give another id"))


def _held_poll(store: Store, poll: str | None) -> Places:
    """A poll on record with what it discloses, its questions and their answers."""
    questions = _held(store, Question, poll=poll)
    answers = (_held(store, Answer, question=name) for _table, name in questions)
    held = [_held(store, Poll, id=poll), _held(store, Disclosure, poll=poll), questions, *answers]
    return {place: row for rows in held for place, row in rows.items()}


def _held(store: Store, table: type[Recorded], **equals: Any) -> Places:
    return {(table, row_id(row, table)): row for row in store.find(table, **equals)}
