"""The only door through which people write: a session of the store that refuses what they may not change."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, event, inspect
from sqlalchemy.orm import InstanceState, ORMExecuteState, Session

from tracker.accounts.drafts import taken_back
from tracker.accounts.people import ADMINISTRATORS, APPROVING, NotAllowed, current
from tracker.language import gettext as _
from tracker.models import (
    Answer,
    Base,
    Disclosure,
    Draft,
    Poll,
    Question,
    Recorded,
    Response,
    Revision,
    Scale,
)
from tracker.store import Store


@contextmanager
def writing(
    store: Store,
    contributor: Row[Any] | None,
    why: str | None = None,
    origin: str = "form",
    batch: str | None = None,
    approver: Row[Any] | None = None,
    own: bool = False,
    draft: int | None = None,
) -> Iterator[Session]:
    """The only door for writes by people: a session of the store that refuses what they may not change (NotAllowed).

    What they write must have been approved by an editor or administrator: somebody else, unless this installation lets
    people approve their ``own``. The revisions name both. ``draft`` is the number of the one that is being decided on:
    where it stands is written in the same transaction. Nothing of a refused block is stored. Rights are read afresh, as
    they are when the block begins.
    """
    with _open(store, contributor, why, origin, batch, approver and approver.public_name, draft) as session:
        _approved(session, contributor, approver, own)
        yield session


def undo(store: Store, contributor: Row[Any] | None, batch: str) -> int:
    """Take back a batch whose rows the contributor may change; how many rows. UnknownBatch, UndoRefused, NotAllowed.

    The sheet that it was goes back to whoever handed it in.
    """
    why = _("takes back {batch}").format(batch=batch)
    with _open(store, contributor, why, "undo") as session:
        count, by = store.take_back(session, batch), session.info["who"]
    taken_back(store, batch, by)
    return count


def refuse_others(contributor: Row[Any], pollsters: Iterable[str]) -> None:
    """NotAllowed where somebody of a pollster would enter polls of others: the door refuses them too, but only once
    they are approved."""
    if contributor.role == "pollster" and set(pollsters) - {contributor.pollster}:
        raise NotAllowed(_refusal(contributor.role, contributor.pollster))


@contextmanager
def _open(
    store: Store,
    contributor: Row[Any] | None,
    why: str | None,
    origin: str,
    batch: str | None = None,
    approved_by: str | None = None,
    draft: int | None = None,
) -> Iterator[Session]:
    who = contributor.public_name if contributor else ""
    with store.writing(who, why, origin, batch, approved_by) as session:
        found = current(session, contributor)
        _watch(session, found.role, found.pollster, draft)
        yield session


def _approved(session: Session, contributor: Row[Any] | None, approver: Row[Any] | None, own: bool) -> None:
    """Refuse what nobody approved who may."""
    if approver is None:
        raise NotAllowed(_("This needs the approval of an editor before it is stored: submit it."))
    if current(session, approver).role not in APPROVING:
        raise NotAllowed(_("Only an editor or an administrator may approve."))
    if contributor and approver.id == contributor.id and not own:
        raise NotAllowed(
            _("Nobody approves what they entered themselves: ask another editor, or an administrator to add one.")
        )


def _watch(session: Session, role: str, pollster: str | None, draft: int | None) -> None:
    """Check every row that this session is about to write, one by one or in bulk."""

    def allow(session: Session, rows: list[Base]) -> None:
        pending: dict[Any, Base] = {(type(row), row.id): row for row in rows if isinstance(row, Poll | Question)}
        for row in rows:
            passes = isinstance(row, Revision) or (isinstance(row, Draft) and row.id == draft is not None)
            if not passes and not _may(session, row, role, pollster, pending):
                raise NotAllowed(_refusal(role, pollster))

    def before_flush(session: Session, *_rest: Any) -> None:
        allow(session, [*session.new, *session.dirty, *session.deleted])

    def do_orm_execute(state: ORMExecuteState) -> None:
        if not state.is_select:
            allow(session, _written(state))

    event.listen(session, "before_flush", before_flush)
    event.listen(session, "do_orm_execute", do_orm_execute)


def _written(state: ORMExecuteState) -> list[Base]:
    """The rows that a statement writes in bulk: those it inserts; one that stands for all it might change or delete."""
    table = getattr(state.statement, "table", None)
    written = next((mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table), Base)
    if not state.is_insert or written is Base:
        return [written()]
    rows: Any = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    return [written(**{name: value for name, value in row.items() if hasattr(written, name)}) for row in rows]


def _may(session: Session, row: Base, role: str, pollster: str | None, pending: dict[Any, Base]) -> bool:
    if role == "administrator":
        return True
    if role == "editor":
        return isinstance(row, Recorded)
    return _adds_to_a_scale(row) or (pollster is not None and _pollsters(session, row, pending) == {pollster})


def _adds_to_a_scale(row: Base) -> bool:
    """Whether the row is a new scale, or a new response of one: a new instrument brings its own."""
    state: InstanceState[Any] = inspect(row)
    return isinstance(row, Scale | Response) and not state.persistent and row.name is not None


def _pollsters(session: Session, row: Base | None, pending: dict[Any, Base]) -> set[str | None]:
    """The pollsters that a row belongs to, as it was and as it becomes; None among them for a row that is nobody's."""
    if isinstance(row, Poll):
        return _held(row, "pollster")
    above = {Question: ("poll", Poll), Disclosure: ("poll", Poll), Answer: ("question", Question)}.get(type(row))  # type: ignore[arg-type]
    if row is None or above is None:
        return {None}
    name, parent = above
    parents = [pending.get((parent, key)) or session.get(parent, key) for key in _held(row, name)]
    return set().union(*(_pollsters(session, found, pending) for found in parents))


def _held(row: Base, name: str) -> set[Any]:
    history = inspect(row).attrs[name].load_history()
    return {value for values in history if values for value in values}


def _refusal(role: str, pollster: str | None) -> str:
    if role == "pollster":
        return _("You may change the polls of {pollster} only. Ask an editor for anything else.").format(
            pollster=pollster
        )
    return _(ADMINISTRATORS)
