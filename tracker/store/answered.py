"""Questions and their answers read side by side, both in the order of the question's id: the wide table and the long.

A question's own cells are read and written once, however many answers it has; so a long table streams several times as
fast as the join that it is.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from itertools import chain, groupby, repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, Engine, String, func, select, type_coerce

from tracker.export import Batch, Column, Row, Rows, batch_of
from tracker.language import gettext as _
from tracker.models import Answer, Figure, Poll, Question, Response, Scale, Subject
from tracker.store import codebook, reads
from tracker.store.engine import FETCH, Found, Query, StoreError

#: ends the name of a response that is also the name of a column of every question
DOUBLE = "-response"
#: answers read at a time; few at first, so that whoever waits sees at once that something comes
FIRST, ANSWERS = 500, 5_000
#: response -> its place in a row of the wide table
Places = dict[str, int]


class Moved(StoreError):
    """The record changed between the reading of a wide table's columns and its rows."""


def possible(engine: Engine, taken: Collection[str]) -> list[Column]:
    """The columns that a wide table could have beside those of every question: one for each response of any scale."""
    with engine.connect() as connection:
        found = connection.scalars(select(Response.response).distinct().order_by(Response.response))
        return [Column(_share_name(response, taken), "number") for response in found]


def _share_name(response: str, taken: Collection[str]) -> str:
    return response + DOUBLE if response in taken else response


def _read(elements: Iterable[Any]) -> tuple[list[ColumnElement[Any]], list[Column]]:
    """Elements of the long table to read, figures as published, which are texts; and the columns that they become."""
    read = [type_coerce(each, String).label(each.key) if isinstance(each.type, Figure) else each for each in elements]
    return read, [codebook.TABLES["answers"][each.key] for each in elements]


FIGURES, FIGURE = _read((Answer.question, Answer.response, Answer.value, Answer.unit))
ASKED, QUESTION = _read((reads.KEY, Question.poll, *reads.QUESTION))
TAKEN, POLL = _read(reads.POLL)
MEANING = (Response.scale, Response.response, Response.name, Response.polarity, Response.part_of)
QUESTIONS = select(*ASKED).join(Subject, Subject.id == Question.subject).join(Scale, Scale.id == Question.scale)
POLLS = reads.with_poll(select(*TAKEN).select_from(Poll)).where(reads.PUBLISHED)


def long(engine: Engine, columns: list[Column], statement: Query, narrowed: bool) -> Rows:
    """One row an answer, of the answers that a query of the long table chooses; ``narrowed``: not all there are."""
    return Rows(columns, _long(engine, columns, statement, narrowed))


def _long(engine: Engine, columns: list[Column], statement: Query, narrowed: bool) -> Generator[Batch, None, None]:
    figures = statement.with_only_columns(*FIGURES) if narrowed else select(*FIGURES).order_by(*FIGURES[:2])
    names = [column.name for column in columns]
    with engine.connect() as connection:
        meanings = Meanings([tuple(row) for row in connection.execute(select(*MEANING))])
        answers = connection.execution_options(stream_results=True).execute(figures)
        for size in chain([FIRST], repeat(ANSWERS)):
            if not (rows := answers.fetchmany(size)):
                break
            asked, polls = _about(connection, [row[0] for row in rows], narrowed)
            if asked.num_rows:
                found = _beside(batch_of(FIGURE, rows), asked, polls, meanings)
                yield pa.RecordBatch.from_arrays(found, names)


def _about(connection: Connection, ids: Sequence[str], narrowed: bool) -> tuple[Batch, Batch]:
    """Those of the questions with these ids, in order, whose polls are published, and these polls. Where all questions
    are wanted, a range is read faster."""
    span = Question.id.in_({*ids}) if narrowed else Question.id.between(ids[0], ids[-1])
    rows = connection.execute(QUESTIONS.where(span)).all()
    polls = batch_of(POLL, connection.execute(POLLS.where(Poll.id.in_({row[1] for row in rows}))).all())
    asked = batch_of(QUESTION, rows)
    return asked.filter(pc.is_in(asked["poll"], polls["poll"])), polls


def _beside(own: Batch, asked: Batch, polls: Batch, meanings: "Meanings") -> list[pa.Array]:
    """The cells of answers, each with those of its question and poll, which are held once. Answers to none of the
    questions go: to ask of every answer whether its poll is published takes twice as long."""
    own = own.filter(pc.is_in(own["question"], asked["question"]))
    question = pc.index_in(own["question"], asked["question"])
    poll = pc.index_in(asked["poll"], polls["poll"]).take(question)
    meant = meanings.of(asked["scale"].take(question), own["response"])
    key, _poll, *about = (pa.DictionaryArray.from_arrays(question, cells) for cells in asked)
    above = (pa.DictionaryArray.from_arrays(poll, cells) for cells in polls)
    return [key, own["response"], *meant, own["value"], own["unit"], *above, *about]


class Meanings:
    """What responses mean on their scales."""

    def __init__(self, rows: Sequence[Row]) -> None:
        scale, response, *told = zip(*rows, strict=True) if rows else ((),) * len(MEANING)
        self._keys = _key(pa.array(scale, pa.string()), pa.array(response, pa.string()))
        # last comes that of a response which its scale does not have
        self._told = [pa.array([*cells, None], pa.string()) for cells in told]

    def of(self, scale: pa.Array, response: pa.Array) -> list[pa.Array]:
        """Name, polarity and whole of each response."""
        places = pc.fill_null(pc.index_in(_key(scale, response), self._keys), len(self._keys))
        return [pa.DictionaryArray.from_arrays(places, cells) for cells in self._told]


def _key(scale: pa.Array, response: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(scale, response, "\n")


def wide(
    engine: Engine, columns: list[Column], statement: Query, named: Collection[str] = ()
) -> tuple[list[Column], Rows]:
    """One row a question, with the columns given and one for each response that occurs among those questions, or that
    is named and could."""
    taken = {column.name for column in columns}
    shares: list[Column] = []
    places: Places = {}
    for found in _responses(engine, statement):
        if found.response not in places:
            name = _share_name(found.response, taken)
            places[found.response] = len(columns) + len(shares)
            unit = found.unit if found.units == 1 else codebook.OWN_UNIT
            shares.append(codebook.share(name, found.name or found.response, found.scale_name, unit))
    if lacking := set(named) - taken - {column.name for column in shares}:
        shares += [column for column in possible(engine, taken) if column.name in lacking]
    columns = columns + shares
    return columns, Rows.of(columns, _wide_rows(engine, statement, places, len(columns)))


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
    order = (asked.c.questions.desc(), chosen.c.scale, Response.position.nulls_first(), Answer.response)
    with engine.connect() as connection:
        return list(connection.execute(found.order_by(*order)))


def _wide_rows(engine: Engine, statement: Query, places: Places, width: int) -> Generator[Row, None, None]:
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
