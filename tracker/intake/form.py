"""One poll with its questions and their answers, as somebody filled it in: the same rules as for the files."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, count
from typing import Any

from tracker import export
from tracker.disclosure import NOT_DISCLOSED
from tracker.intake import kinds
from tracker.intake.added import DONT_KNOW, FORM, NUMERIC, Added, read_row
from tracker.intake.fields import fill
from tracker.intake.likeness import Figures, alike, figures
from tracker.intake.problems import Problem, Row
from tracker.intake.rules import Rows, examine
from tracker.language import gettext as _
from tracker.models import (
    RECORD,
    Answer,
    Disclosure,
    Poll,
    Pollster,
    Population,
    Question,
    Recorded,
    Response,
    Scale,
    Subject,
)
from tracker.store import Store

#: the tables that a form refers to
NAMED = (Pollster, Subject, Population, Scale, Response)


@dataclass(frozen=True)
class Known:
    """What a form or a sheet may refer to, and the polls that are there."""

    rows: dict[type[Recorded], list[Row]]
    #: polls and questions by id
    polls: dict[str, dict[str, Any]]
    questions: dict[str, dict[str, Any]]
    #: what each poll found
    figures: Figures

    def without(self, poll: str | None) -> "Known":
        """The same as if this poll were not there: it is no duplicate of itself."""
        if poll is None:
            return self
        polls = {name: row for name, row in self.polls.items() if name != poll}
        questions = {name: row for name, row in self.questions.items() if row["poll"] != poll}
        return replace(self, polls=polls, questions=questions)


def known(store: Store) -> Known:
    """What the forms and sheets of this store may refer to."""
    rows: dict[type[Recorded], list[Row]]
    rows = {table: [_held(table, held._asdict()) for held in store.every(table)] for table in NAMED}
    polls, questions = ({row.id: row._asdict() for row in store.every(table)} for table in (Poll, Question))
    return Known(rows, polls, questions, figures(questions.values(), (row._asdict() for row in store.every(Answer))))


def _held(table: type[Recorded], held: Mapping[str, Any]) -> Row:
    row = Row(table, table.__tablename__, None)
    row.update(held)
    return row


def read_form(
    data: Mapping[str, Any], known: Known, row: str | None = None, embargo: dt.date | None = None
) -> tuple[list[Recorded], list[Problem]]:
    """One poll with its questions and answers as entities, and what is wrong with it; no entities if there is an error.

    ``data`` holds the poll's columns, ``disclosures``, a mapping of item to value, and ``questions``, a list of
    mappings with a question's columns and ``answers``, a mapping of response to value. Ids are made where none are
    given. A question whose ``scale`` is NUMERIC has ``low`` and ``high``; a scale that is new by them, and the row for
    those who do not know, come with it. ``row`` is the poll on record that this corrects: then the questions that it
    has already are in ``data`` with their ids. What is under ``embargo`` may be published as late as that day. A
    problem's column is that of the form: ``field_start``, ``disclosures.funder``, ``questions.1.base``,
    ``questions.1.answers.favourable``.
    """
    problems: list[Problem] = []
    others = known.without(row)
    rows = list(_rows({**data, "id": row or ""}, others, problems))
    if row is None:
        problems.extend(_sample(data, rows[0]))
    problems.extend(_found(rows, others, embargo))
    problems.extend(_alike(rows, others))
    problems.sort(key=_place)
    if any(problem.severity == "error" for problem in problems):
        return [], problems
    return [row.table(**row) for row in rows], problems


def _place(problem: Problem) -> int:
    """The question that a problem is about; 0 for the poll itself."""
    table, _dot, rest = problem.column.partition(".")
    return int(rest.partition(".")[0]) if table == "questions" and rest else 0


def _sample(data: Mapping[str, Any], poll: Row) -> Iterator[Problem]:
    """Whoever enters a poll says how its sample came about, or that the source does not."""
    if poll["sample_type"] is None and (data.get("disclosures") or {}).get("sample_type") != NOT_DISCLOSED:
        yield poll.error("sample_type", _("is blank"), _("choose one, or say that the source does not disclose it"))


def _rows(data: Mapping[str, Any], known: Known, problems: list[Problem]) -> Iterator[Row]:
    """The rows that the form makes, read as cells of a file are: the poll, what it discloses, then each question with
    its answers."""
    texts = _texts(data)
    named = texts.get("population", "?")
    population = next((row["name"] for row in known.rows[Population] if row["id"] == named), named)
    defaults = {"population_label": population, "date_precision": "day", "status": "published"}
    poll = read_row(Poll, {**defaults, "id": _poll_id(texts, known), **texts}, "", problems)
    yield poll
    for item, value in _filled(data.get("disclosures")).items():
        cells = {"poll": poll["id"] or "", "item": item, "value": value}
        yield _single(Disclosure, cells, f"disclosures.{item}", problems)
    taken, added = set(known.questions), Added(known.rows[Scale], known.rows[Response])
    for number, question in enumerate(data.get("questions") or [], 1):
        yield from _question(poll, question, f"questions.{number}.", added, taken, problems)


def _question(
    poll: Row, data: Mapping[str, Any], prefix: str, added: Added, taken: set[str], problems: list[Problem]
) -> Iterator[Row]:
    texts = _texts(data)
    given = texts.get("id", "")
    made = given if given and given not in taken else _question_id(poll, texts, taken)
    defaults = {"object": "country", "provenance": "primary", "poll": poll["id"] or ""}
    scale = added.numeric(texts, prefix, problems) if texts.get("scale") == NUMERIC else texts.get("scale", "")
    question = read_row(Question, {**defaults, **texts, "id": made, "scale": scale}, prefix, problems)
    taken.add(question["id"])
    yield question
    answers = {
        response: _text(value) for response, value in (data.get("answers") or {}).items() if _text(value).strip()
    }
    if DONT_KNOW in answers:
        added.unsure(scale, problems)
    yield from added.new()
    polarities = added.polarities(scale)
    for response, value in answers.items():
        unit = "points" if polarities.get(response) == "mean" else "percent"
        cells = {"question": question["id"], "response": response, "value": value, "unit": unit}
        yield _single(Answer, cells, f"{prefix}answers.{response}", problems)


def _single(table: type[Recorded], cells: Mapping[str, str], place: str, problems: list[Problem]) -> Row:
    # on the form an answer and a disclosure are one field, which carries the response's or the item's name
    row = _Single(table, FORM, None, place)
    problems.extend(fill(row, cells))
    return row


class _Single(Row):
    def error(self, column: str, wrong: str, remedy: str) -> Problem:
        """A mistake in the one field that there is."""
        return replace(super().error(column, wrong, remedy), column=self.prefix)

    def warning(self, column: str, wrong: str, remedy: str) -> Problem:
        """Something odd in it."""
        return replace(super().warning(column, wrong, remedy), column=self.prefix)


def _found(rows: Iterable[Row], known: Known, embargo: dt.date | None) -> Iterator[Problem]:
    tables: dict[type[Recorded], list[Row]] = {table: list(known.rows.get(table, ())) for table in RECORD}
    for row in rows:
        tables[row.table].append(row)
    for question in tables[Question]:
        if not any(answer["question"] == question["id"] for answer in tables[Answer]):
            yield question.error("answers", _("no answer is filled in"), _("fill in at least one"))
    if not tables[Question]:
        yield tables[Poll][0].error("questions", _("the poll has no question"), _("add one"))
    found = examine(Rows(tables, {*NAMED, Poll, Question}, embargo))
    yield from (problem for problem in found if problem.file == FORM)


def _alike(rows: list[Row], known: Known) -> Iterator[Problem]:
    questions, answers = ([row for row in rows if row.table is table] for table in (Question, Answer))
    near = (poll for poll in known.polls.values() if poll["population"] == rows[0]["population"])
    return alike(rows[:1], near, {**known.figures, **figures(questions, answers)})


#: fields that hold fields
NESTED = ("questions", "answers", "disclosures", "wave")


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields that are filled in, as the cells of a file would hold them."""
    return _filled({name: value for name, value in data.items() if name not in NESTED})


def _filled(data: Mapping[str, Any] | None) -> dict[str, str]:
    texts = {name: _text(value) for name, value in (data or {}).items()}
    return {name: text for name, text in texts.items() if text.strip()}


def _text(value: Any) -> str:
    # a number field of a browser gives 34.0 for what was typed as 34
    return format(Decimal(repr(value)).normalize(), "f") if isinstance(value, float) else export.cell(value)


def _poll_id(texts: Mapping[str, str], known: Known) -> str:
    """``<pollster>-<field start>-<population>``, and the mode where another poll has that."""
    name = _plain_id(texts)
    if name in known.polls and texts.get("mode"):
        name = kinds.slugged(f"{name}-{texts['mode']}")
    return _free(name or "poll", known.polls)


def _plain_id(texts: Mapping[str, str]) -> str:
    return kinds.slugged("-".join(texts.get(part, "") for part in ("pollster", "field_start", "population")))


def _question_id(poll: Row, texts: Mapping[str, str], taken: Collection[str]) -> str:
    """``<poll>-<subject>-<construct>``, and the object where it is not the country."""
    parts = [poll["id"] or "", texts.get("subject", ""), texts.get("construct", "")]
    rated = texts.get("object", "country")
    return _free(kinds.slugged("-".join(parts if rated == "country" else [*parts, rated])), taken)


def _free(name: str, taken: Collection[str]) -> str:
    """The id, or the first of id-2, id-3, ... that is not taken."""
    return next(each for each in chain([name], (f"{name}-{n}" for n in count(2))) if each not in taken)
