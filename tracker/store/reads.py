"""What the series, the claims and the pages read: rows by Core, never entities."""

from collections import defaultdict, namedtuple
from collections.abc import Generator, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, String, func, select, type_coerce

from tracker.models import Answer, Claim, Event, Poll, Pollster, Population, Question, Response, Scale, Subject
from tracker.store import record
from tracker.store.engine import Found, Query, stream
from tracker.store.record import EntityClass

#: a poll and who is behind it
POLL: tuple[Any, ...] = (
    Poll.id.label("poll"),
    Poll.pollster,
    Pollster.name.label("pollster_name"),
    Poll.population,
    Population.name.label("population_name"),
    Poll.population_label,
    Poll.sponsor,
    Poll.field_start,
    Poll.field_end,
    Poll.date_precision,
    Poll.sample_size,
    Poll.mode,
    Poll.sample_type,
    Poll.margin_of_error,
    Poll.status,
)
#: a question, without its key
QUESTION: tuple[Any, ...] = (
    Question.subject,
    Subject.name.label("subject_name"),
    Question.construct,
    Question.object,
    Question.scale,
    Scale.name.label("scale_name"),
    Scale.low,
    Scale.high,
    Question.wording,
    Question.language,
    Question.base,
    Question.published,
    Question.provenance,
    Question.source_url,
    Question.source_title,
    Question.verified_by,
    Question.note,
)
KEY = Question.id.label("question")
POLL_NOTE = Poll.note.label("poll_note")
PUBLISHED = Poll.status == "published"

#: the largest number that a column of whole numbers holds on every engine
LARGEST = 2**31 - 1

#: one question with its poll and ``answers``: response -> value
_named: Any = namedtuple
Asked = _named("Asked", [column.key for column in (KEY, *POLL, POLL_NOTE, *QUESTION)] + ["answers"])


def with_poll(statement: Query) -> Query:
    """The query with each poll's pollster and population joined to it."""
    return statement.join(Pollster, Pollster.id == Poll.pollster).join(Population, Population.id == Poll.population)


def with_question(statement: Query) -> Query:
    """The query over questions with poll, pollster, population, subject and scale joined to each."""
    joined = with_poll(statement.select_from(Question).join(Poll, Poll.id == Question.poll))
    return joined.join(Subject, Subject.id == Question.subject).join(Scale, Scale.id == Question.scale)


def choices(connection: Connection) -> list[Found]:
    """What can be picked, most questions first."""
    population = (Poll.population, Population.name.label("population_name"))
    subject = (Question.subject, Subject.name.label("subject_name"))
    picked = (*population, *subject, Question.construct, Question.object)
    count = func.count().label("questions")
    counted = with_question(select(*picked, count)).where(PUBLISHED).group_by(*picked)
    return list(connection.execute(counted.order_by(count.desc(), *picked)))


def questions(connection: Connection, population: str | None, subject: str, construct: str) -> list[Any]:
    """Every published question of one attitude, of one population or of all, oldest field work first."""
    who = () if population is None else (Poll.population == population,)
    return _asked(connection, *who, Question.subject == subject, Question.construct == construct, PUBLISHED)


def poll(connection: Connection, poll_id: str) -> tuple[Found, list[Any]] | None:
    """A poll whatever its status, and its questions; None where there is none."""
    found = connection.execute(with_poll(select(*POLL, Poll.note).select_from(Poll)).where(Poll.id == poll_id)).first()
    return (found, _asked(connection, Poll.id == poll_id)) if found else None


def _asked(connection: Connection, *conditions: ColumnElement[bool]) -> list[Any]:
    statement = with_question(select(KEY, *POLL, POLL_NOTE, *QUESTION)).where(*conditions)
    rows = connection.execute(statement.order_by(Poll.field_end, Question.id)).all()
    answers = _answers(connection, *conditions)
    asked = (Asked(*row, answers=answers[row.question]) for row in rows)
    return [row._replace(low=_float(row.low), high=_float(row.high)) for row in asked]


def _answers(connection: Connection, *conditions: ColumnElement[bool]) -> dict[str, dict[str, float]]:
    figure = type_coerce(Answer.value, String)
    figures: Query = select(Answer.question, Answer.response, figure)
    statement = figures.join(Question, Question.id == Answer.question)
    statement = with_scale_order(statement.join(Poll, Poll.id == Question.poll).where(*conditions))
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for question, response, value in connection.execute(statement):
        found[question][response] = float(value)
    return found


def with_scale_order(statement: Query) -> Query:
    """The query over answers joined to their questions, each question's in the order of its scale."""
    meaning = (Response.scale == Question.scale) & (Response.response == Answer.response)
    joined = statement.outerjoin(Response, meaning)
    return joined.order_by(Answer.question, Response.position.nulls_first(), Answer.response)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def meanings(connection: Connection) -> dict[str, list[Found]]:
    """What the responses of each scale mean, in the scale's order."""
    told = select(Response.response, Response.position, Response.polarity, Response.part_of, Response.name)
    found: dict[str, list[Found]] = defaultdict(list)
    for row in connection.execute(told.add_columns(Response.scale).order_by(Response.scale, Response.position)):
        found[row.scale].append(row)
    return dict(found)


def sources(connection: Connection, entity_class: EntityClass) -> list[Found]:
    """The pages that the rows of a table name as their source, each once with one of its titles; of questions, those of
    published polls."""
    url, title = entity_class.source_url, func.min(entity_class.source_title).label("source_title")
    pages = select(url, title).where(url.is_not(None)).group_by(url).order_by(url)
    if entity_class is Question:
        pages = pages.join(Poll, Poll.id == Question.poll).where(PUBLISHED)
    return list(connection.execute(pages))


def rows(connection: Connection, entity_class: EntityClass, **equals: Any) -> list[Found]:
    """The rows of a table in the order of their key, every column but ``added``, those where the columns equal this."""
    key = [getattr(entity_class, name) for name in record.key_columns(entity_class)]
    if any(isinstance(value, int) and abs(value) > LARGEST for value in equals.values()):
        return []  # no row can hold it, and an engine may refuse to look
    return list(connection.execute(select(*_labelled(entity_class)).filter_by(**equals).order_by(*key)))


def each(engine: Engine, entity_class: EntityClass) -> Generator[Any, None, None]:
    """The rows of a table as they come, every column but ``added``."""
    return stream(engine, select(*_labelled(entity_class)))


def entity(connection: Connection, entity_class: EntityClass, row_id: str) -> Found | None:
    """One row by its id, or None."""
    key = zip(record.key_columns(entity_class), record.key_of(row_id, entity_class), strict=True)
    return next(iter(rows(connection, entity_class, **dict(key))), None)


def events(connection: Connection, subject: str | None) -> list[Found]:
    """Events by date; those that bear on a subject, where one is named."""
    found = connection.execute(select(*_labelled(Event)).order_by(Event.date, Event.id))
    return [row for row in found if subject is None or subject in _listed(row.subjects)]


def claims(connection: Connection, population: str | None, subject: str | None) -> list[Found]:
    """Claims by date; those about a population and a subject, where these are named."""
    found = connection.execute(select(*_labelled(Claim)).order_by(Claim.date, Claim.id))
    about = (row for row in found if population is None or population in _listed(row.population))
    return [row for row in about if subject is None or subject in _listed(row.subject)]


def _labelled(entity_class: EntityClass) -> Iterable[ColumnElement[Any]]:
    return [getattr(entity_class, name).label(name) for name in record.columns(entity_class)]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")]
