"""One poll with its questions and their answers, as somebody filled it in: the same rules as for the files."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, count
from typing import Any

from tracker import export
from tracker.intake import kinds
from tracker.intake.fields import FIELDS, fill
from tracker.intake.likeness import Figures, alike, figures
from tracker.intake.problems import Problem, Row
from tracker.intake.rules import Rows, examine
from tracker.language import gettext as _
from tracker.models import RECORD, Answer, Poll, Pollster, Population, Question, Recorded, Response, Scale, Subject
from tracker.store import Store

#: the tables that a form refers to
NAMED = (Pollster, Subject, Population, Scale, Response)
FORM = "form"


@dataclass(frozen=True)
class Known:
    """What a form or a sheet may refer to, and the polls that are there."""

    rows: dict[type[Recorded], list[Row]]
    #: polls and questions by id
    polls: dict[str, dict[str, Any]]
    questions: dict[str, dict[str, Any]]
    #: what each poll found
    figures: Figures


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


def read_form(data: Mapping[str, Any], known: Known) -> tuple[list[Recorded], list[Problem]]:
    """One poll with its questions and answers as entities, and what is wrong with it; no entities if there is an error.

    ``data`` holds the poll's columns and ``questions``, a list of mappings with a question's columns and ``answers``, a
    mapping of response to value. Ids are made where none are given. A problem's column is that of the form:
    ``field_start``, ``questions.1.base``, ``questions.1.answers.favourable``.
    """
    problems: list[Problem] = []
    rows = list(_rows(data, known, problems))
    problems.extend(_found(rows, known))
    problems.extend(_alike(rows, known))
    problems.sort(key=lambda problem: [int(part) for part in problem.column.split(".")[1:2]])
    if any(problem.severity == "error" for problem in problems):
        return [], problems
    return [row.table(**row) for row in rows], problems


def _rows(data: Mapping[str, Any], known: Known, problems: list[Problem]) -> Iterator[Row]:
    """The rows that the form makes, read as cells of a file are: the poll, then each question with its answers."""
    texts = _texts(data)
    named = texts.get("population", "?")
    population = next((row["name"] for row in known.rows[Population] if row["id"] == named), named)
    defaults = {"population_label": population, "date_precision": "day", "status": "published"}
    poll = _row(Poll, {**defaults, "id": _poll_id(texts, known), **texts}, "", problems)
    yield poll
    taken = set(known.questions)
    for number, question in enumerate(data.get("questions") or [], 1):
        yield from _question(poll, question, f"questions.{number}.", known, taken, problems)


def _question(
    poll: Row, data: Mapping[str, Any], prefix: str, known: Known, taken: set[str], problems: list[Problem]
) -> Iterator[Row]:
    texts = _texts(data)
    made = _question_id(poll, texts, taken)
    defaults = {"object": "country", "provenance": "primary", "id": made, "poll": poll["id"] or ""}
    question = _row(Question, {**defaults, **texts}, prefix, problems)
    taken.add(question["id"])
    yield question
    polarities = {row["response"]: row["polarity"] for row in known.rows[Response] if row["scale"] == question["scale"]}
    for response, value in (data.get("answers") or {}).items():
        cells = {"question": question["id"], "response": response, "value": _text(value)}
        cells["unit"] = "points" if polarities.get(response) == "mean" else "percent"
        if cells["value"].strip():
            yield _answer(cells, prefix, problems)


def _answer(cells: Mapping[str, str], prefix: str, problems: list[Problem]) -> Row:
    # on the form an answer is one field, which carries the response's name
    row = _Answer(Answer, FORM, None, f"{prefix}answers.{cells['response']}")
    problems.extend(fill(row, cells))
    return row


class _Answer(Row):
    def error(self, column: str, wrong: str, remedy: str) -> Problem:
        """A mistake in the one field that the answer has."""
        return replace(super().error(column, wrong, remedy), column=self.prefix)

    def warning(self, column: str, wrong: str, remedy: str) -> Problem:
        """Something odd in it."""
        return replace(super().warning(column, wrong, remedy), column=self.prefix)


def _row(table: type[Recorded], texts: Mapping[str, str], prefix: str, problems: list[Problem]) -> Row:
    row = Row(table, FORM, None, prefix)
    names = {field.name for field in FIELDS[table]}
    problems.extend(fill(row, dict.fromkeys(names, "") | {name: texts[name] for name in names & set(texts)}))
    return row


def _found(rows: Iterable[Row], known: Known) -> Iterator[Problem]:
    tables: dict[type[Recorded], list[Row]] = {table: list(known.rows.get(table, ())) for table in RECORD}
    for row in rows:
        tables[row.table].append(row)
    for question in tables[Question]:
        if not any(answer["question"] == question["id"] for answer in tables[Answer]):
            yield question.error("answers", _("no answer is filled in"), _("fill in at least one"))
    if not tables[Question]:
        yield tables[Poll][0].error("questions", _("the poll has no question"), _("add one"))
    found = examine(Rows(tables, {*NAMED, Poll, Question}))
    yield from (problem for problem in found if problem.file == FORM)


def _alike(rows: list[Row], known: Known) -> Iterator[Problem]:
    questions, answers = ([row for row in rows if row.table is table] for table in (Question, Answer))
    return alike(rows[:1], known.polls.values(), {**known.figures, **figures(questions, answers)})


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields that are filled in, as the cells of a file would hold them."""
    texts = {name: _text(value) for name, value in data.items() if name not in ("questions", "answers")}
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
