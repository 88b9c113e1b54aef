"""The tables that analysts take away: a name, filters by column, rows that stream.

A table is a query with labelled columns; everything else (types, help, which filters there are) is read off it.
"""

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    DateTime,
    Engine,
    Integer,
    cast,
    extract,
    false,
    func,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import aliased

from tracker.export import Column, Row, Rows
from tracker.language import gettext as _
from tracker.models import (
    Answer,
    Claim,
    Disclosure,
    Event,
    Poll,
    Pollster,
    Population,
    Question,
    Response,
    Revision,
    Scale,
    Subject,
)
from tracker.store import answered, codebook, filters, ledger, news, reads, record
from tracker.store.engine import Query, StoreError, stream
from tracker.store.filters import Asked, Filter, Filters


class UnknownName(StoreError, LookupError):
    """No table has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        wrong = _("There is no table {name}: choose one of {known}")
        super().__init__(wrong.format(name=name, known=", ".join(known)))


def _polls() -> Query:
    return reads.with_poll(select(*reads.POLL, reads.POLL_NOTE).select_from(Poll)).order_by(Poll.id)


def _questions() -> Query:
    columns = (reads.KEY, *reads.POLL, *reads.QUESTION, reads.POLL_NOTE)
    return reads.with_question(select(*columns)).order_by(Question.id)


def _answers() -> Query:
    told = (Response.name.label("response_name"), Response.polarity, Response.part_of)
    columns = (reads.KEY, Answer.response, *told, Answer.value, Answer.unit, *reads.POLL, *reads.QUESTION)
    statement = reads.with_question(select(*columns)).join(Answer, Answer.question == Question.id)
    meaning = (Response.scale == Question.scale) & (Response.response == Answer.response)
    return statement.outerjoin(Response, meaning).order_by(Answer.question, Answer.response)


def _claims() -> Query:
    return _own(Claim, "claim")


def _events() -> Query:
    return _own(Event, "event")


def _revisions() -> Query:
    hidden = or_(_of_drafts(), news.before_publication())
    return select(*ledger.LINE).where(~hidden).order_by(Revision.number)


def _of_drafts() -> ColumnElement[bool]:
    """Whether a revision is about a poll that nobody has published yet, or that went before anybody had, or about
    something below one; of a batch, whether all its rows are."""
    polls = union(select(Poll.id).where(Poll.status.in_(UNPUBLISHED)), _gone(Poll, "status", UNPUBLISHED))
    questions = union(select(Question.id).where(Question.poll.in_(polls)), _gone(Question, "poll", polls))
    answers = select(_id(Answer)).where(Answer.question.in_(questions))
    disclosures = select(_id(Disclosure)).where(Disclosure.poll.in_(polls))
    hidden = {
        Poll: polls,
        Question: questions,
        Answer: union(answers, _gone(Answer, "question", questions)),
        Disclosure: union(disclosures, _gone(Disclosure, "poll", polls)),
    }
    return or_(*(_about(entity_class, ids) for entity_class, ids in hidden.items()))


#: where a poll stands that nobody has published
UNPUBLISHED = ("draft", "submitted")


def _id(entity_class: Any) -> ColumnElement[str]:
    """The id under which the ledger knows a row."""
    first, *second = (getattr(entity_class, name) for name in record.key_columns(entity_class))
    return first + "/" + second[0] if second else first


def _gone(entity_class: Any, column: str, among: Any) -> Query:
    """The ids of rows that were deleted when their cell in this column was one of those, and are not there again."""
    deleted = (Revision.table == entity_class.__tablename__, Revision.action == "delete")
    lost = Revision.row.not_in(select(_id(entity_class)))
    return select(Revision.row).where(*deleted, lost, Revision.before[column].as_string().in_(among))


def _about(entity_class: Any, ids: Any) -> ColumnElement[bool]:
    """Whether a revision is about one of these rows, or stored a batch of nothing else."""
    own, gone, table = _id(entity_class), aliased(Revision), entity_class.__tablename__
    stored = select(entity_class.added)
    deleted = select(gone.before["added"].as_integer()).where(gone.table == table, gone.action == "delete")
    theirs = union(stored.where(own.in_(ids)), deleted.where(gone.row.in_(ids)))
    others = union(stored.where(own.not_in(ids)), deleted.where(gone.row.not_in(ids)))
    batch = Revision.row.is_(None) & Revision.number.in_(theirs) & Revision.number.not_in(others)
    return (Revision.table == table) & (func.coalesce(Revision.row.in_(ids), false()) | batch)


def _own(entity_class: type[Any], key: str) -> Query:
    first, *others = (getattr(entity_class, name).label(name) for name in record.columns(entity_class))
    return select(first.element.label(key), *others).order_by(entity_class.id)


def _disclosures() -> Query:
    told = (Disclosure.poll, Disclosure.item, Disclosure.value)
    return select(*told).join(Poll, Poll.id == Disclosure.poll).order_by(Disclosure.poll, Disclosure.item)


def _responses() -> Query:
    columns = (getattr(Response, name) for name in record.columns(Response))
    return select(*columns).order_by(Response.scale, Response.response)


@dataclass(frozen=True)
class Source:
    """Where a table comes from: its query, and the elements by which its rows are known and ordered."""

    query: Callable[[], Query]
    key: dict[str, Any]


#: every table of the record on offer; those of polls hold published ones only
TABLES: dict[str, Source] = {
    "polls": Source(_polls, {"poll": Poll.id}),
    "questions": Source(_questions, {"question": Question.id}),
    "answers": Source(_answers, {"question": Answer.question, "response": Answer.response}),
    "wide": Source(_questions, {"question": Question.id}),
    "claims": Source(_claims, {"claim": Claim.id}),
    "events": Source(_events, {"event": Event.id}),
    "disclosures": Source(_disclosures, {"poll": Disclosure.poll, "item": Disclosure.item}),
    "pollsters": Source(lambda: _own(Pollster, "pollster"), {"pollster": Pollster.id}),
    "subjects": Source(lambda: _own(Subject, "subject"), {"subject": Subject.id}),
    "populations": Source(lambda: _own(Population, "population"), {"population": Population.id}),
    "scales": Source(lambda: _own(Scale, "scale"), {"scale": Scale.id}),
    "responses": Source(_responses, {"scale": Response.scale, "response": Response.response}),
    "revisions": Source(_revisions, {"number": Revision.number}),
}
OF_QUESTIONS = ("questions", "answers", "wide")
OF_POLLS = ("polls", "disclosures", *OF_QUESTIONS)

Range = Callable[[dt.date], ColumnElement[bool]]
#: filters of questions that are no column, each by a day: in the field on it or later, or before, and public by then
RANGES: dict[str, Range] = {
    "from": lambda day: Poll.field_end >= day,
    "to": lambda day: Poll.field_start <= day,
    "known_by": lambda day: func.coalesce(Question.published, Poll.field_end) <= day,
}


def table(engine: Engine, name: str, asked: Asked) -> tuple[list[Column], Rows]:
    """The columns of a table and its rows, in the order of their key. UnknownName, UnknownColumn, BadFilter."""
    statement = _chosen(engine, name, asked).limit(asked.limit)
    columns = _columns(name, statement)
    if name == "wide":
        columns, rows = answered.wide(engine, columns, statement, asked.columns)
    elif name == "answers" and not (asked.limit and asked.limit <= answered.FIRST):
        rows = answered.long(engine, columns, statement, narrowed=bool(asked.filters or asked.limit or asked.after))
    else:
        found = stream(engine, statement)
        rows = Rows.of(columns, _unaddressed(found) if name == "revisions" else found)
    places = filters.chosen(columns, asked.columns)
    if len(places) < len(columns):
        rows = rows.only(places)
    return [columns[place] for place in places], rows


def _unaddressed(rows: Generator[Row, None, None]) -> Generator[Row, None, None]:
    with closing(rows):
        for row in rows:
            yield [ledger.unaddressed(cell) for cell in row]


def page_end(engine: Engine, name: str, asked: Asked) -> list[str] | None:
    """The key of the last row that is asked, where there are further rows; else None."""
    if asked.limit is None:
        return None
    keys = _chosen(engine, name, asked).with_only_columns(*TABLES[name].key.values()).offset(asked.limit - 1).limit(2)
    with engine.connect() as connection:
        found = connection.execute(keys).all()
    return [str(cell) for cell in found[0]] if len(found) > 1 else None


def count(engine: Engine, name: str, asked: Asked) -> int:
    """The number of rows that pass the filters."""
    chosen = _chosen(engine, name, asked).order_by(None).subquery()
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(chosen)) or 0


def check(engine: Engine, name: str, asked: Asked) -> None:
    """UnknownName, UnknownColumn, BadFilter where a table cannot be asked for so; nothing of it is read."""
    _chosen(engine, name, asked)


def facets(engine: Engine, name: str, column: str, asked: Asked) -> list[tuple[Any, int]]:
    """The values of a column with the number of rows that hold each, most first; of a date the years."""
    chosen = _chosen(engine, name, asked).order_by(None).subquery()
    held = chosen.c[column]
    value = cast(extract("year", held), Integer) if isinstance(held.type, Date | DateTime) else held
    rows = func.count().label("counted")
    with engine.connect() as connection:
        found = connection.execute(select(value, rows).group_by(value).order_by(rows.desc(), value.nulls_first()))
        return [(each[0], each[1]) for each in found]


def _chosen(engine: Engine, name: str, asked: Asked) -> Query:
    """The query of a table with its filters, from where it is to begin."""
    if name not in TABLES:
        raise UnknownName(name, TABLES)
    statement = _whole(name)
    conditions = _conditions(engine, name, statement, asked.filters)
    return statement.where(*conditions, *_after(name, asked.after))


@cache
def _whole(name: str) -> Query:
    """The query of a whole table, made once: to put it together takes longer than to run it for a hundred rows."""
    statement = TABLES[name].query()
    return statement.where(reads.PUBLISHED) if name in OF_POLLS else statement


def _after(name: str, after: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    key = TABLES[name].key
    if start := filters.key([codebook.TABLES[name][label] for label in key], after):
        yield tuple_(*key.values()) > tuple_(*map(filters.bound, start))


def _columns(name: str, statement: Query) -> list[Column]:
    return [codebook.TABLES[name][key] for key, _element in statement.selected_columns.items()]


def _conditions(engine: Engine, name: str, statement: Query, given: Filters) -> Iterator[ColumnElement[bool]]:
    ranges: Mapping[str, Range] = RANGES if name in OF_QUESTIONS else {}
    known = {key: element for key, element in statement.selected_columns.items() if not isinstance(element.type, JSON)}
    columns = [codebook.TABLES[name][key] for key in known]
    for day in ranges.keys() & given.keys():
        column = Column(day, "date")
        yield from (ranges[day](filters.value(column, text, filters.FROM)) for text in given[day])
    rest = {name: texts for name, texts in given.items() if name not in ranges}
    shares = {name: texts for name, texts in rest.items() if filters.parted(name)[0] not in known}
    if name == "wide" and shares:
        yield from (
            _answered(each) for each in filters.read(answered.possible(engine, known), shares, [*known, *ranges])
        )
        rest = {name: texts for name, texts in rest.items() if name not in shares}
    for each in filters.read(columns, rest, ranges):
        element = known[each.column.name]
        yield each.where(getattr(element, "element", element))


def _answered(share: Filter) -> ColumnElement[bool]:
    """A condition on one response of a question."""
    response = share.column.name.removesuffix(answered.DOUBLE)
    mine = (Answer.question == Question.id, Answer.response == response)
    met = select(Answer.question).where(*mine, share.where(Answer.__table__.c.value)).exists()
    lacks = ~select(Answer.question).where(*mine).exists()
    return or_(met, lacks if None in share.values else false())
