"""What is new to the public: polls by when they became public here, and every change of what was public by then.

A draft, what waits for review, and what happened to a poll before it was published are nobody's news.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, func, or_, select
from sqlalchemy.orm import aliased

from tracker.models import Poll, Question, Revision
from tracker.store import ledger, past, reads
from tracker.store.engine import Found, Query

#: where a poll stands that everybody may see
PUBLIC = ("published", "withdrawn")
#: tables whose changes are told of
TOLD = ("polls", "questions", "answers", "disclosures", "claims", "events")
#: those whose rows may be added to what is public already
PARTS = ("questions", "answers", "disclosures")


def polls(connection: Connection, limit: int | None = None, poll: str | None = None) -> list[Found]:
    """Published polls, or the one that is named, withdrawn or not: those that became public here last first, each with
    the ``number``, the moment (``at``, UTC), ``who``, ``approved_by`` and ``why`` of the revision that made it so."""
    public, by = _public(), (Revision.number, Revision.at, Revision.who, Revision.approved_by, Revision.why)
    numbered: Query = reads.with_poll(select(*reads.POLL, *by).select_from(Poll))
    dated = numbered.join(public, public.c.poll == Poll.id).join(Revision, Revision.number == public.c.number)
    wanted = dated.where(reads.PUBLISHED if poll is None else Poll.id == poll)
    return list(
        connection.execute(wanted.order_by(Revision.number.desc(), Poll.field_end.desc(), Poll.id).limit(limit))
    )


def changes(connection: Connection, limit: int, poll: str | None = None) -> list[tuple[str, Found]]:
    """The newest revisions that changed, removed or added to something public, each with the id of the poll, claim or
    event that it belongs to; those of one poll where it is named."""
    added = and_(Revision.action == "insert", Revision.table.in_(PARTS), Revision.row.is_not(None))
    changed = or_(Revision.action.in_(("update", "delete")), added)
    wanted = select(*ledger.LINE).where(Revision.table.in_(TOLD), changed)
    if poll is not None:
        wanted = wanted.where(_of(connection, poll))
    rows = list(connection.execute(wanted.order_by(Revision.number.desc()).limit(limit)))
    asked = _polls_asking(connection, rows)
    found = [(_owner(row, asked), row) for row in rows]
    public = _public()
    by = select(public.c.poll, Revision.number, Revision.batch).join(Revision, Revision.number == public.c.number)
    stored = connection.execute(by.where(public.c.poll.in_({owner for owner, _row in found})))
    since = {poll: (number, batch) for poll, number, batch in stored}
    return [(owner, row) for owner, row in found if _was_public(owner, row, since)]


def before_publication() -> ColumnElement[bool]:
    """Whether a revision tells what a poll, or anything below it, was while it was a draft that is public by now."""
    late = _published()
    of_question = func.coalesce(Revision.after["poll"].as_string(), Revision.before["poll"].as_string())
    below = {
        "polls": select(late.c.poll).where(late.c.poll == Revision.row),
        "questions": select(late.c.poll).where(late.c.poll == of_question),
        "answers": select(late.c.poll).join(Question, Question.poll == late.c.poll).where(_begins(Question.id)),
        "disclosures": select(late.c.poll).where(_begins(late.c.poll)),
    }
    earlier = (Revision.number < late.c.number, Revision.batch != late.c.batch)
    return or_(*((Revision.table == name) & found.where(*earlier).exists() for name, found in below.items()))


def _begins(name: Any) -> ColumnElement[bool]:
    """Whether a revision's row has this before its slash."""
    return func.substr(Revision.row, 1, func.length(name) + 1) == name + "/"


def _published() -> Subquery:
    """Polls that had been drafts: the last revision (``number``) of the ``batch`` that published each."""
    before, after = (getattr(Revision, name)["status"].as_string() for name in ("before", "after"))
    batch = aliased(Revision)
    turned = (Revision.table == "polls", Revision.action == "update", before.not_in(PUBLIC), after.in_(PUBLIC))
    last = (func.max(batch.number).label("number"), func.max(batch.batch).label("batch"))
    joined = select(Revision.row.label("poll"), *last).join(batch, batch.batch == Revision.batch)
    return joined.where(*turned).group_by(Revision.row).subquery()


def _public() -> Subquery:
    """Every poll that is public, with the ``number`` of the revision since which it is: the one that stored it, or the
    last of the batch that published what had been a draft."""
    published = _published()
    number = func.coalesce(published.c.number, Poll.added).label("number")
    polls = select(Poll.id.label("poll"), number).outerjoin(published, published.c.poll == Poll.id)
    return polls.where(Poll.status.in_(PUBLIC)).subquery()


def _of(connection: Connection, poll: str) -> ColumnElement[bool]:
    """Whether a revision is about a poll, what it discloses, one of its questions, or an answer to one."""
    places = [poll, *past.questions_of(connection, poll)]
    below = [Revision.row.startswith(f"{place}/", autoescape=True) for place in places]
    return or_(
        Revision.table.in_(("polls", "questions")) & Revision.row.in_(places),
        Revision.table.in_(("answers", "disclosures")) & or_(*below),
    )


def _polls_asking(connection: Connection, rows: list[Any]) -> dict[str, str]:
    """The poll of each question that the revisions name, of one that is gone the poll that it was in."""
    named = {row.row.split("/")[0] for row in rows if row.table in ("questions", "answers")}
    held = select(Question.id, Question.poll).where(Question.id.in_(named))
    gone = select(Revision.row, Revision.before["poll"].as_string()).where(
        Revision.table == "questions", Revision.action == "delete", Revision.row.in_(named)
    )
    return {question: poll for found in (gone, held) for question, poll in connection.execute(found)}


def _owner(row: Any, asked: dict[str, str]) -> str:
    """The poll, claim or event that a revision is about; blank where nothing tells any more."""
    name = row.row.split("/")[0]
    return asked.get(name, "") if row.table in ("questions", "answers") else name


def _was_public(owner: str, row: Any, since: dict[str, tuple[int, str]]) -> bool:
    """Whether a revision changed what everybody could see: a claim, an event, a poll after it was made public."""
    if row.table in ("claims", "events"):
        return True
    if row.table == "polls" and row.action == "delete":
        return row.before["status"] in PUBLIC
    number, batch = since.get(owner, (row.number, ""))
    # a poll and what is in it are stored by several revisions of one batch
    return row.number > number and row.batch != batch
