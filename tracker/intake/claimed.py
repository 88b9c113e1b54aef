"""The rules of a claim: its assertion can be tested, and is about what the record has."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracker import claims, language, scales
from tracker.intake.problems import Problem, Row, listed, meant, quoted
from tracker.language import gettext as _
from tracker.models import Claim, Event, Pollster, Population, Recorded, Response, Subject

if TYPE_CHECKING:
    from tracker.intake.rules import Rows

#: how alike two words must be for one to be a slip of the other
SLIP = 0.85
#: columns of a claim and of its parts, and parameters, that name rows of a table
NAMES: dict[str, type[Recorded]] = {
    "population": Population,
    "subject": Subject,
    "pollster": Pollster,
    "versus": Subject,
    "event": Event,
    claims.ANSWERS: Claim,
}
#: columns and parameters that name what is followed through time
MEASURES = ("measure", "numerator", "denominator")


def assertion_can_be_tested(row: Row, rows: "Rows") -> Iterator[Problem]:
    """The kind of assertion is known and its parameters are what the kind asks for; so are those of its parts."""
    own = {name: row[name] for name in ("kind", "direction", "parameters", "subject", "date")}
    if row.good("kind", "parameters") and not row.bad & {"direction", "date"}:
        for text in claims.check(own):
            known, (wrong, remedy) = row["kind"] in claims.KINDS, _split(text)
            place = "direction" if "direction" in wrong.split() else "parameters"
            yield row.error(place if known else "kind", wrong, remedy)
    for part in row["parts"] if row.good("parts") else []:
        sound = isinstance(part, dict) and isinstance(part.get("kind"), str)
        for text in claims.check(part | {"date": row["date"]} if sound else {}):
            yield row.error("parts", *_split(text))


def claim_is_about_something(row: Row, rows: "Rows") -> Iterator[Problem]:
    """What polls could test says what was measured."""
    if row["kind"] in claims.KINDS and claims.ASSERTIONS[row["kind"]].testable:
        for column in ("construct", "measure"):
            if row[column] is None and column not in row.bad:
                yield row.error(column, _("is blank"), _("say what was measured, as the questions and the scales do"))


def names_of_the_record(row: Row, rows: "Rows") -> Iterator[Problem]:
    """What a claim and its parts name is in the record. A claim may be about whom the record has no polls of, so
    another name is only a warning."""
    own = {name: row[name] for name in (*NAMES, "measure") if name in row and row.good(name)}
    for name, value in own.items():
        yield from _strange(row, rows, name, {name: value})
    if row.good("parameters"):
        yield from _strange(row, rows, "parameters", row["parameters"])
    for part in row["parts"] if row.good("parts") else []:
        yield from _strange(row, rows, "parts", part | dict(part.get("parameters") or {}))


def _strange(row: Row, rows: "Rows", column: str, named: Mapping[str, Any]) -> Iterator[Problem]:
    for name, table in NAMES.items():
        for word in listed(named.get(name) if isinstance(named.get(name), str) else None):
            unknown = table in rows.complete and not rows.find(table, word) and word not in claims.WHOLES
            match = rows.nearest.match(word, rows.ids(table), table.__tablename__) if unknown else None
            # claims quote pollsters that the record has no polls of
            if unknown and (table is not Pollster or _is_slip(word, match)):
                wrong = _("the record has no {what} {name}").format(
                    what=language.word(table.__name__.lower()), name=quoted(word)
                )
                otherwise = _("check the spelling; without polls on it the claim cannot be judged")
                yield row.warning(column, wrong, meant(match, otherwise))
    yield from _slips(row, rows, column, (named.get(name) for name in MEASURES))


def _slips(row: Row, rows: "Rows", column: str, measures: Iterable[Any]) -> Iterator[Problem]:
    """A measure that no scale has may name what would measure it, unless it is nearly one that a scale has."""
    known = [*scales.MEASURES, *{response: None for _scale, response in rows.index[Response]}]
    for word in (measure for measure in measures if isinstance(measure, str) and measure not in known):
        match = rows.nearest.match(word, known, "measures")
        if Response in rows.complete and _is_slip(word, match):
            yield row.warning(column, _("no scale has {name}").format(name=quoted(word)), meant(match, ""))


def _is_slip(word: str, match: str | None) -> bool:
    return match is not None and difflib.SequenceMatcher(None, word, match).ratio() >= SLIP


def _split(text: str) -> tuple[str, str]:
    wrong, _colon, remedy = text.rpartition(": ")
    return wrong, remedy
