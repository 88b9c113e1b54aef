"""The tables that analysts take away: a name, filters by column, rows that stream.

A table is a query with labelled columns; everything else (types, help, which filters there are) is read off it.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    cast,
    false,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from tracker.export import Column
from tracker.language import gettext as _
from tracker.models import Answer, Claim, Disclosure, Event, Figure, Poll, Question, Response, Revision, Scale
from tracker.store import codebook, ledger, reads, record
from tracker.store.engine import FETCH, Found, Query, Rows, StoreError, stream

#: question -> its wide row's place for each response
Places = dict[str, int]


class UnknownName(StoreError, LookupError):
    """No table has this name."""


class UnknownColumn(StoreError, LookupError):
    """The table has no such column to filter by."""


class BadFilter(StoreError, ValueError):
    """A filter's value is nothing that the column could hold."""


class Moved(StoreError):
    """The record changed between the reading of a wide table's columns and its rows."""


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
    return select(*ledger.LINE).where(~_of_drafts()).order_by(Revision.number)


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


#: every table on offer; those of polls hold published ones only
TABLES: dict[str, Callable[[], Query]] = {
    "polls": _polls,
    "questions": _questions,
    "answers": _answers,
    "wide": _questions,
    "claims": _claims,
    "events": _events,
    "revisions": _revisions,
}
OF_POLLS = ("polls", "questions", "answers", "wide")

Range = Callable[[dt.date], ColumnElement[bool]]
#: filters of questions that are no column, each by a day: in the field on it or later, or before, and public by then
RANGES: dict[str, Range] = {
    "from": lambda day: Poll.field_end >= day,
    "to": lambda day: Poll.field_start <= day,
    "known_by": lambda day: func.coalesce(Question.published, Poll.field_end) <= day,
}

TYPES: dict[type[Any], str] = {Integer: "integer", Figure: "number", DateTime: "datetime", Date: "date"}
UNITS = {"margin_of_error": "points"}


def table(
    engine: Engine, name: str, filters: Mapping[str, Sequence[str]], limit: int | None
) -> tuple[list[Column], Rows]:
    """The columns of a table and its rows, in the order of their key."""
    if name not in TABLES:
        raise UnknownName(_("There is no table {name}: choose one of {known}").format(name=name, known=_known(TABLES)))
    statement = TABLES[name]()
    if name in OF_POLLS:
        statement = statement.where(reads.PUBLISHED)
    ranges = RANGES if name in OF_POLLS and name != "polls" else {}
    statement = statement.where(*_conditions(statement, filters, ranges)).limit(limit)
    columns = _columns(name, statement)
    if name == "wide":
        return _wide(engine, columns, statement)
    rows = stream(engine, statement)
    return columns, _unaddressed(rows) if name == "revisions" else rows


def _unaddressed(rows: Rows) -> Rows:
    with closing(rows):
        for row in rows:
            yield [ledger.unaddressed(cell) for cell in row]


def _columns(name: str, statement: Query) -> list[Column]:
    told = codebook.sentences(name)
    return [
        Column(key, _type(element), told[key], UNITS.get(key)) for key, element in statement.selected_columns.items()
    ]


def _type(element: ColumnElement[Any]) -> str:
    return next((name for kind, name in TYPES.items() if isinstance(element.type, kind)), "text")


def _known(names: Any) -> str:
    return ", ".join(names)


def _conditions(
    statement: Query, filters: Mapping[str, Sequence[str]], ranges: Mapping[str, Range]
) -> Iterator[ColumnElement[bool]]:
    known = {key: element for key, element in statement.selected_columns.items() if not isinstance(element.type, JSON)}
    for name, wanted in filters.items():
        if name in ranges:
            yield from (ranges[name](_parsed(name, "date", text)) for text in wanted)
            continue
        if name not in known:
            wrong = _("There is no column {name} to filter by: choose one of {known}")
            raise UnknownColumn(wrong.format(name=name, known=_known([*known, *ranges])))
        element = getattr(known[name], "element", known[name])
        yield or_(false(), *(_equals(name, element, text) for text in wanted))


def _equals(name: str, element: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    if text == "":
        return element.is_(None)
    number = isinstance(element.type, Figure)
    return (cast(element, Float) if number else element) == _parsed(name, _type(element), text)


#: how the text of a filter becomes a value, and what to write
PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "integer": (int, "1000"),
    "number": (float, "3.1"),
    "date": (dt.date.fromisoformat, "2026-01-31"),
    "datetime": (dt.datetime.fromisoformat, "2026-01-31T12:00:00"),
    "text": (str, ""),
}


def _parsed(name: str, kind: str, text: str) -> Any:
    parse, example = PARSERS[kind]
    try:
        return parse(text)
    except ValueError:
        wrong = _("{text} is no value of the column {name}: write it like {example}")
        raise BadFilter(wrong.format(text=repr(text), name=name, example=example)) from None


def _wide(engine: Engine, columns: list[Column], statement: Query) -> tuple[list[Column], Rows]:
    taken = {column.name for column in columns}
    shares: list[Column] = []
    places: Places = {}
    for found in _responses(engine, statement):
        if found.response not in places:
            name = f"{found.response}-response" if found.response in taken else found.response
            told = codebook.share(found.name or found.response, found.scale_name)
            places[found.response] = len(columns) + len(shares)
            shares.append(Column(name, "number", told, found.unit if found.units == 1 else None))
    return columns + shares, _wide_rows(engine, statement, places, len(columns) + len(shares))


def _responses(engine: Engine, statement: Query) -> list[Found]:
    """The responses that occur, those of the scale with most questions first, in the order of the scale."""
    chosen = statement.with_only_columns(Question.id, Question.scale).subquery()
    asked = select(chosen.c.scale, func.count().label("questions")).group_by(chosen.c.scale).subquery()
    units = (func.min(Answer.unit).label("unit"), func.count(Answer.unit.distinct()).label("units"))
    scale = (asked.c.questions, chosen.c.scale, Scale.name.label("scale_name"))
    key = (*scale, Answer.response, Response.position, Response.name)
    found: Query = select(*key, *units).select_from(chosen).join(Answer, Answer.question == chosen.c.id)
    found = found.join(asked, asked.c.scale == chosen.c.scale).join(Scale, Scale.id == chosen.c.scale)
    meaning = (Response.scale == chosen.c.scale) & (Response.response == Answer.response)
    found = found.outerjoin(Response, meaning).group_by(*key)
    order = (asked.c.questions.desc(), chosen.c.scale, Response.position, Answer.response)
    with engine.connect() as connection:
        return list(connection.execute(found.order_by(*order)))


def _wide_rows(engine: Engine, statement: Query, places: Places, width: int) -> Rows:
    """Questions and answers side by side, both in the order of the question's id."""
    chosen = statement.with_only_columns(Question.id).subquery()
    figures: Query = select(Answer.question, Answer.response, Answer.value).join(chosen, chosen.c.id == Answer.question)
    with engine.connect() as connection:
        reading = connection.execution_options(yield_per=FETCH)
        answered = groupby(reading.execute(figures.order_by(Answer.question)), lambda row: row.question)
        ahead = next(answered, (None, iter(())))
        for asked in reading.execute(statement):
            row = [*asked, *[None] * (width - len(asked))]
            if ahead[0] == asked.question:
                _place(row, ahead[1], places)
                ahead = next(answered, (None, iter(())))
            yield row


def _place(row: list[Any], answers: Iterator[Found], places: Places) -> None:
    for _question, response, value in answers:
        if response not in places:
            raise Moved(_("The record changed while it was read: ask again"))
        row[places[response]] = value
