"""Questions and their answers read side by side, both in the order of the question's id: the wide table and the long.

A question's own cells are read once, however many answers it has; so a long table streams several times as fast as the
join that it is.
"""

from collections.abc import Collection, Generator, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Engine, String, func, select, type_coerce

from tracker.export import Column, Row, Rows, Run
from tracker.language import gettext as _
from tracker.models import Answer, Question, Response, Scale
from tracker.store import codebook, reads
from tracker.store.engine import FETCH, Found, Query, StoreError

#: ends the name of a response that is also the name of a column of every question
DOUBLE = "-response"
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


def long(engine: Engine, statement: Query, narrowed: bool) -> Rows:
    """One row an answer, of the answers that a query of the long table chooses; ``narrowed``: not all there are."""
    return Rows(_long(engine, statement, narrowed))


def _long(engine: Engine, statement: Query, narrowed: bool) -> Generator[Run, None, None]:
    figure = type_coerce(Answer.value, String)
    cells = (Answer.question, Answer.response, figure, Answer.unit)
    asked = reads.with_question(select(reads.KEY, *reads.POLL, *reads.QUESTION)).order_by(Question.id)
    figures: Query = select(*cells).order_by(Answer.question, Answer.response)
    if narrowed:
        chosen = statement.with_only_columns(Answer.question).subquery()  # in its order: a limit takes the first of it
        asked = asked.where(Question.id.in_(select(chosen.c.question)))
        figures = statement.with_only_columns(*cells)
    with engine.connect() as connection:
        meanings = {(row[0], row[1]): tuple(row[1:]) for row in connection.execute(select(*MEANING))}
        held: dict[str, Own] = {}
        reading = connection.execution_options(yield_per=FETCH)
        questions = iter(reading.execute(asked))
        for question, answers in groupby(reading.execute(figures), itemgetter(0)):
            told = next(row for row in questions if row[0] == question)
            if told.status == "published":  # asked of the row: to join every answer to its poll takes twice as long
                own = held.setdefault(told.scale, Own(told.scale, meanings))
                yield Run((question,), [own[answer[1:]] for answer in answers], tuple(told[1:]))


MEANING = (Response.scale, Response.response, Response.name, Response.polarity, Response.part_of)


class Own(dict[Row, Row]):
    """The cells of an answer on a scale by response, value and unit: the response with its meaning, and the figure.

    Those that come again are the same tuple, so that a format can tell.
    """

    #: answers kept at hand
    most = 20_000

    def __init__(self, scale: str, meanings: Mapping[tuple[Any, Any], Row]) -> None:
        self._scale, self._meanings = scale, meanings

    def __missing__(self, answer: Row) -> Row:
        if len(self) > self.most:
            self.clear()
        response, value, unit = answer
        meaning = self._meanings.get((self._scale, response), (response, None, None, None))
        found = self[tuple(answer)] = (*meaning, Decimal(value), unit)
        return found


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
    return columns + shares, Rows.single(_wide_rows(engine, statement, places, len(columns) + len(shares)))


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
