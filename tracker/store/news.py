"""What is new to the public: polls by when they became public here, and every change of what was public by then.

A draft, what waits for review, and what happened to a poll before it was published are nobody's news.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, false, func, or_, select
from sqlalchemy.orm import aliased

from tracker.models import Poll, Question, Revision
from tracker.store import ledger, reads
from tracker.store.engine import Found, Query

#: where a poll stands that everybody may see
PUBLIC = ("published", "withdrawn")
#: tables whose changes are told of
TOLD = ("polls", "questions", "answers", "claims", "events")


def polls(connection: Connection, today: dt.date, limit: int | None = None, poll: str | None = None) -> list[Found]:
    """Published polls, or the one that is named, withdrawn or not: those that became public here last first, each with
    the ``number``, the moment (``at``, UTC), ``who`` and ``why`` of the revision that made it so."""
    public, by = _public(today), (Revision.number, Revision.at, Revision.who, Revision.why)
    numbered: Query = reads.with_poll(select(*reads.POLL, *by).select_from(Poll))
    dated = numbered.join(public, public.c.poll == Poll.id).join(Revision, Revision.number == public.c.number)
    wanted = dated.where(reads.PUBLISHED if poll is None else Poll.id == poll)
    return list(
        connection.execute(wanted.order_by(Revision.number.desc(), Poll.field_end.desc(), Poll.id).limit(limit))
    )


def changes(connection: Connection, today: dt.date, limit: int, poll: str | None = None) -> list[tuple[str, Found]]:
    """The newest revisions that changed or removed something public, each with the id of the poll, claim or event that
    it belongs to; those of one poll where it is named."""
    wanted = select(*ledger.LINE).where(Revision.table.in_(TOLD), Revision.action.in_(("update", "delete")))
    if poll is not None:
        wanted = wanted.where(_of(connection, poll))
    rows = list(connection.execute(wanted.order_by(Revision.number.desc()).limit(limit)))
    asked = _polls_asking(connection, rows)
    found = [(_owner(row, asked), row) for row in rows]
    public = _public(today)
    since = select(public.c.poll, public.c.number).where(public.c.poll.in_({owner for owner, _row in found}))
    numbers = dict(connection.execute(since).all())
    return [(owner, row) for owner, row in found if _was_public(owner, row, numbers)]


def _public(today: dt.date) -> Subquery:
    """Every poll that is public, with the ``number`` of the revision since which it is: the one that stored it, or the
    last of the batch that published what had been a draft."""
    before, after = (getattr(Revision, name)["status"].as_string() for name in ("before", "after"))
    batch = aliased(Revision)
    published = (
        select(Revision.row.label("poll"), func.max(batch.number).label("number"))
        .join(batch, batch.batch == Revision.batch)
        .where(Revision.table == "polls", Revision.action == "update", before.not_in(PUBLIC), after.in_(PUBLIC))
        .group_by(Revision.row)
        .subquery()
    )
    number = func.coalesce(published.c.number, Poll.added).label("number")
    polls = select(Poll.id.label("poll"), number).outerjoin(published, published.c.poll == Poll.id)
    return polls.where(Poll.status.in_(PUBLIC), ~_under_embargo(today)).subquery()


def _under_embargo(today: dt.date) -> ColumnElement[bool]:
    """Whether every answer to a poll comes out later than today."""
    asked = select(Question.id).where(Question.poll == Poll.id)
    later = Question.published > today
    return asked.where(later).exists() & ~asked.where(or_(~later, Question.published.is_(None))).exists()


def _of(connection: Connection, poll: str) -> ColumnElement[bool]:
    """Whether a revision is about a poll, one of its questions, or an answer to one."""
    questions = list(connection.scalars(select(Question.id).where(Question.poll == poll)))
    answers = [Revision.row.startswith(f"{question}/", autoescape=True) for question in questions]
    return or_(
        (Revision.table == "polls") & (Revision.row == poll),
        (Revision.table == "questions") & Revision.row.in_(questions),
        (Revision.table == "answers") & or_(false(), *answers),
    )


def _polls_asking(connection: Connection, rows: list[Any]) -> dict[str, str]:
    """The poll of each question that the revisions name."""
    questions = {row.row.split("/")[0] for row in rows if row.table in ("questions", "answers")}
    found = connection.execute(select(Question.id, Question.poll).where(Question.id.in_(questions)))
    return dict(found.all())


def _owner(row: Any, asked: dict[str, str]) -> str:
    """The poll, claim or event that a revision is about; blank where the question that it names is gone."""
    if row.table not in ("questions", "answers"):
        return row.row
    return asked.get(row.row.split("/")[0]) or row.before.get("poll", "")


def _was_public(owner: str, row: Any, since: dict[str, int]) -> bool:
    """Whether a revision changed what everybody could see: a claim, an event, a poll after it was made public."""
    if row.table in ("claims", "events"):
        return True
    if row.table == "polls" and row.action == "delete":
        return row.before["status"] in PUBLIC
    return owner in since and row.number > since[owner]
