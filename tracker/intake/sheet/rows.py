"""Each row of a sheet as a poll, a question and its answers: names become ids, blanks what is known already."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain, count
from typing import Any

from tracker import disclosure, export
from tracker.intake import kinds
from tracker.intake.fields import FIELDS, fill
from tracker.intake.form import Known
from tracker.intake.problems import Problem, Row, meant, nearest, quoted
from tracker.intake.sheet.countries import by_country, code_of
from tracker.intake.sheet.grid import Grid
from tracker.intake.sheet.matching import REPEATED, Match
from tracker.language import gettext as _
from tracker.models import Answer, Disclosure, Poll, Pollster, Population, Question, Recorded, Response, Scale, Subject

#: columns that name a row of another table
NAMES: dict[str, type[Recorded]] = {
    "pollster": Pollster, "population": Population, "subject": Subject, "scale": Scale,
}  # fmt: skip
#: columns that say what was asked
ITEM = ("subject", "construct", "object", "scale")
#: what a column is where the sheet has none
DEFAULTS = {
    "date_precision": "day",
    "status": "published",
    "construct": "favourability",
    "object": "country",
    "provenance": "primary",
}
POLL = tuple(column.name for column in FIELDS[Poll] if column.name not in ("id", "note"))


class SheetRow(Row):
    """A row of a table that was read from a row of the sheet; a problem names the sheet's column."""

    def __init__(self, table: type[Recorded], file: str, line: int, headers: Mapping[str, str]) -> None:
        super().__init__(table, file, line)
        self.headers = headers

    def told(self, column: str) -> str:
        """What the sheet calls a column."""
        return self.headers.get(self.table.__tablename__[:-1] if column == "id" else column, column)

    def error(self, column: str, wrong: str, remedy: str) -> Problem:
        """A mistake, at the column of the sheet."""
        self.spoil(column)
        return Problem(self.file, self.line, self.told(column), wrong, remedy)

    def warning(self, column: str, wrong: str, remedy: str) -> Problem:
        """Something odd, at the column of the sheet."""
        return Problem(self.file, self.line, self.told(column), wrong, remedy, "warning")


@dataclass
class Said:
    """One row of the sheet: its texts by column, and the columns about which enough was said already."""

    line: int
    texts: dict[str, str]
    headers: Mapping[str, str]
    lost: set[str] = field(default_factory=set)


@dataclass
class Reading:
    """The state of reading one sheet."""

    grid: Grid
    matches: list[Match]
    defaults: Mapping[str, str]
    known: Known
    held: "Held"
    problems: list[Problem] = field(default_factory=list)
    polls: dict[str, SheetRow] = field(default_factory=dict)
    questions: dict[str, SheetRow] = field(default_factory=dict)
    answers: list[SheetRow] = field(default_factory=list)
    #: what the source of a poll discloses, by poll and item
    disclosures: dict[tuple[str, str], SheetRow] = field(default_factory=dict)
    #: the questions by poll and by what was asked
    items: dict[tuple[Any, ...], SheetRow] = field(default_factory=dict)
    #: what tells the ids of questions apart that would be the same: for each, the numbers not yet tried
    numbers: dict[str, Iterator[int]] = field(default_factory=lambda: defaultdict(partial(count, 2)))
    #: scales that were inferred, with how often
    inferred: Counter[str] = field(default_factory=Counter)

    @cached_property
    def names(self) -> dict[type[Recorded], dict[str, str]]:
        """Ids by what a row is called, by table."""
        return {table: _names(self.known.rows[table]) for table in NAMES.values()}

    @cached_property
    def countries(self) -> dict[type[Recorded], dict[str, str]]:
        """Ids by the code of a country, of the tables whose rows may be one."""
        return {table: by_country(self.known.rows[table]) for table in (Population, Subject)}

    def of_country(self, table: type[Recorded], code: str | None) -> str | None:
        """The row of a table that is this country, if it has one."""
        return self.countries[table].get(code) if code else None

    @cached_property
    def responses(self) -> set[str]:
        """The columns that hold answers."""
        columns = {
            *POLL,
            *(column.name for column in FIELDS[Question]),
            "question",
            "poll_note",
            *REPEATED,
            *disclosure.FIELDS,
        }
        return {match.column for match in self.matches if match.column and match.column not in columns}

    @cached_property
    def labels(self) -> dict[str, str]:
        """The names of the populations."""
        return {row["id"]: row["name"] for row in self.known.rows[Population]}

    @cached_property
    def offered(self) -> dict[str, dict[str, str]]:
        """Polarities by scale and response."""
        found: dict[str, dict[str, str]] = {}
        for row in self.known.rows[Response]:
            found.setdefault(row["scale"], {})[row["response"]] = row["polarity"]
        return found


@dataclass(frozen=True)
class Held:
    """What the store has, by what finds the poll and the question that a row means."""

    #: ids by (pollster, field_start, population) and by (poll, subject, construct, object, scale)
    by_fieldwork: dict[tuple[str, ...], list[str]]
    by_item: dict[tuple[str, ...], list[str]]
    #: how many questions of a construct use each scale
    used: dict[str, Counter[str]]


def rows(reading: Reading) -> None:
    """Read every row of the grid into polls, questions and answers, and every mistake into problems."""
    headers = {match.column: match.header for match in reading.matches if match.column}
    for line, cells in reading.grid.rows:
        texts = {m.column: cell for m, cell in zip(reading.matches, cells, strict=True) if m.column and cell.strip()}
        _row(reading, line, {**DEFAULTS, **reading.defaults, **texts}, headers)


def _row(reading: Reading, line: int, texts: dict[str, str], headers: Mapping[str, str]) -> None:
    said = Said(line, dict(texts), headers)
    responses = {name: text for name, text in texts.items() if name in reading.responses}
    _name(reading, said)
    if not said.texts.get("scale"):
        _infer(reading, said, responses)
    poll = _poll(reading, said)
    for item in (name for name in disclosure.FIELDS if said.texts.get(name)):
        _disclosure(reading, said, poll, item)
    question = _question(reading, said, poll)
    for response, text in responses.items():
        _answer(reading, said, question, response, text)
    if not responses:
        wrong, remedy = _("no answer is filled in"), _("fill in at least one, in a column named after the response")
        reading.problems.append(question.error("answers", wrong, remedy))


def _answer(reading: Reading, said: Said, question: SheetRow, response: str, text: str) -> None:
    told = dict.fromkeys(("value", "response", "unit"), said.headers[response])
    row = SheetRow(Answer, reading.grid.file, said.line, told)
    unit = "points" if reading.offered.get(question["scale"], {}).get(response) == "mean" else "percent"
    cells = {"question": question["id"] or "", "response": response, "value": _figure(text), "unit": unit}
    reading.problems.extend(fill(row, cells))
    reading.answers.append(row)


def _disclosure(reading: Reading, said: Said, poll: SheetRow, item: str) -> None:
    """What the source says of one item, which every row of its poll says alike."""
    told = dict.fromkeys(("poll", "item", "value"), said.headers.get(item, item))
    row = SheetRow(Disclosure, reading.grid.file, said.line, told)
    cells = {"poll": poll["id"] or "", "item": item, "value": _as_disclosed(item, said.texts[item])}
    first = reading.disclosures.setdefault((cells["poll"], item), row)
    reading.problems.extend(fill(row, cells))
    if first is not row:
        reading.problems.extend(_disagreements(first, row, ("value",)))


def _as_disclosed(item: str, text: str) -> str:
    """A word of a closed list in small letters, the yes and no of a spreadsheet as words, a percentage without sign."""
    form, said = disclosure.FIELDS[item].form, text.strip().lower()
    if said == disclosure.NOT_DISCLOSED:
        return said
    if form == "percent":
        return _figure(text)
    return {"true": "yes", "false": "no"}.get(said, said) if form in ("yes-no", "undecided") else text


def _figure(text: str) -> str:
    """A percentage without its sign, which the unit says."""
    return text.strip().removesuffix("%").rstrip("\u00a0\u202f ")


def _name(reading: Reading, said: Said) -> None:
    """Put ids in the place of names; the name beside an id, as the wide form has it, stands in for it."""
    for column, table in NAMES.items():
        text = said.texts.get(column) or said.texts.get(f"{column}_name")
        if not text:
            continue
        if column == "population" and text not in reading.labels:
            said.texts.setdefault("population_label", text)
        known, code = reading.names[table], code_of(text) if table in reading.countries else None
        said.texts[column] = found = known.get(kinds.slugged(text)) or reading.of_country(table, code) or ""
        if not found:
            wrong = _("{name} is not among the {table}").format(name=quoted(text), table=table.__tablename__)
            # a country that is not there was not meant to be another
            match = None if code else known.get(nearest(kinds.slugged(text), list(known)) or "")
            remedy = meant(match, _("have an editor add it first, or use one that is there"))
            place = said.headers.get(column, column)
            reading.problems.append(Problem(reading.grid.file, said.line, place, wrong, remedy))
            said.lost.add(column)


def _names(held: list[Row]) -> dict[str, str]:
    """Ids by everything a row is called, as a slug; an id itself comes before anybody else's name."""
    called = [
        (part, row["id"])
        for row in held
        for name in (row["name"], *(row.get("other_names") or "").split(";"))
        for part in (kinds.slugged(name), kinds.slugged(name).removeprefix("adults-in-").removeprefix("the-"))
    ]
    return dict(called) | {row["id"]: row["id"] for row in held}


def _infer(reading: Reading, said: Said, responses: Mapping[str, str]) -> None:
    """The scale that offers all these responses and is used most for this construct."""
    used = reading.held.used[said.texts["construct"]]
    fitting = (scale for scale, each in reading.offered.items() if responses.keys() <= each.keys())
    fit = sorted(fitting, key=lambda scale: (-used[scale], scale)) if responses else []
    if fit:
        said.texts["scale"] = fit[0]
        reading.inferred[fit[0]] += 1
        return
    said.lost.add("scale")
    if responses:
        wrong = _("no scale offers {responses} together").format(responses=", ".join(responses))
        remedy = _("give the scale in a column scale, or check what the columns were taken for")
        reading.problems.append(Problem(reading.grid.file, said.line, "scale", wrong, remedy))


def _poll(reading: Reading, said: Said) -> SheetRow:
    """The poll of a row: the same for every row that means it, completed from the store where it is there already."""
    name = said.texts.get("poll") or _poll_id(reading, said.texts)
    texts = {column: said.texts[column] for column in POLL if said.texts.get(column)} | {"id": name}
    if said.texts.get("poll_note"):
        texts["note"] = said.texts["poll_note"]
    if name not in reading.known.polls:
        texts.setdefault("population_label", reading.labels.get(texts.get("population", ""), ""))
    row = _filled(reading, Poll, said, texts, reading.known.polls.get(name))
    first = reading.polls.setdefault(name, row)
    if first is not row:
        reading.problems.extend(_disagreements(first, row, texts))
    return first


def _disagreements(first: SheetRow, row: SheetRow, texts: Iterable[str]) -> Iterator[Problem]:
    """Two rows of one poll say the same of it."""
    for column in texts:
        if first[column] is None and row[column] is not None:
            first[column] = row[column]
        elif row[column] is not None and row[column] != first[column] and not {column} & (first.bad | row.bad):
            wrong = _("{value} here and {other} at line {line}, for one poll")
            wrong = wrong.format(
                value=quoted(export.cell(row[column])), other=quoted(export.cell(first[column])), line=first.line
            )
            yield row.error(column, wrong, _("make them agree, or give each poll its own id in a column poll"))


def _poll_id(reading: Reading, texts: Mapping[str, str]) -> str:
    """That of the poll in the store with the same pollster, first day and population; else a new one made of them."""
    parts = tuple(texts.get(part, "") for part in ("pollster", "field_start", "population"))
    there = reading.held.by_fieldwork.get(parts, [])
    if len(there) > 1:
        there = [name for name in there if reading.known.polls[name]["mode"] == texts.get("mode")]
    if len(there) == 1:
        return there[0]
    return kinds.slugged("-".join(parts)) or "poll"


def _question(reading: Reading, said: Said, poll: SheetRow) -> SheetRow:
    name = said.texts.get("question") or _question_id(reading, poll, said.texts)
    columns = (column.name for column in FIELDS[Question])
    texts = {column: said.texts[column] for column in columns if said.texts.get(column)}
    row = _filled(reading, Question, said, texts | {"id": name, "poll": poll["id"]}, reading.known.questions.get(name))
    first = reading.questions.setdefault(name, row)
    if first is not row:
        wrong = _("{name} is already there, at line {line}").format(name=quoted(name), line=first.line)
        reading.problems.append(row.error("id", wrong, _("remove one of the two rows")))
        return row
    twin = reading.items.setdefault((poll["id"], *(row[part] for part in ITEM)), row)
    if twin is not row and "question" not in said.texts:
        wrong = _("the poll asked this already, at line {line}").format(line=twin.line)
        reading.problems.append(row.warning("subject", wrong, _("leave one row out, or confirm that it asked twice")))
    return row


def _question_id(reading: Reading, poll: SheetRow, texts: Mapping[str, str]) -> str:
    """That of the same item of this poll in the store; else a new one: poll, subject, construct, and the object."""
    item = tuple(texts.get(part, "") for part in ITEM)
    there = reading.held.by_item.get((poll["id"] or "", *item), [])
    if len(there) == 1:
        return there[0]
    parts = [poll["id"] or "", item[0], item[1], *([item[2]] if item[2] != "country" else [])]
    plain = kinds.slugged("-".join(parts))
    names = chain([plain], (f"{plain}-{number}" for number in reading.numbers[plain]))
    return next(name for name in names if name not in reading.questions and name not in reading.known.questions)


def _filled(
    reading: Reading, table: type[Recorded], said: Said, texts: Mapping[str, str], held: Mapping[str, Any] | None
) -> SheetRow:
    """A row of these texts. Of one that the store has, only what the sheet says is taken from the sheet."""
    row = SheetRow(table, reading.grid.file, said.line, said.headers)
    cells = dict.fromkeys((column.name for column in FIELDS[table]), "") | dict(texts)
    if held:
        own = said.headers.keys() & texts.keys() | {"id", "poll"}
        cells |= {name: export.cell(value) for name, value in held.items() if name in cells and name not in own}
    lost = {row.told(column) for column in said.lost}
    reading.problems.extend(problem for problem in fill(row, cells) if problem.column not in lost)
    row.spoil(*said.lost)
    return row
