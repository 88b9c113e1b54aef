"""One claim or one event, as somebody filled it in: the same rules as for the files."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any

from tracker import export
from tracker.intake import kinds
from tracker.intake.fields import FIELDS, fill, key
from tracker.intake.form import FORM
from tracker.intake.problems import Problem, Row
from tracker.intake.rules import Rows, examine
from tracker.models import Claim, Event, Pollster, Population, Question, Recorded, Response, Subject
from tracker.store import Store

#: what can be entered by itself, by the kind of its draft
ENTRIES: dict[str, type[Claim] | type[Event]] = {"claim": Claim, "event": Event}
#: the tables that each refers to
NAMED: dict[type[Recorded], tuple[type[Recorded], ...]] = {
    Claim: (Pollster, Subject, Population, Response, Question, Event, Claim),
    Event: (Subject,),
}
#: words of a title that go into an id, and how short one is that says little
WORDS, LITTLE = 4, 3


def read_entry(kind: str, fields: Mapping[str, Any], store: Store) -> tuple[list[Recorded], list[Problem]]:
    """One claim or event as an entity, and what is wrong with it; no entity if there is an error.

    ``fields`` holds the columns of the record as texts, ISO dates, numbers and, for ``parameters`` and ``parts``, what
    JSON holds; what is left out is blank. An ``id`` that is on record makes it a correction; where none is given one is
    made, which no row of the store has or ever had. A problem's column is that of the record.
    """
    texts = {"date_precision": "day", **_texts(fields)}
    row = Row(ENTRIES[kind], FORM, None)
    texts.setdefault("id", _free(NAMES[kind](texts), store))
    names = {field.name for field in FIELDS[row.table]}
    problems = list(fill(row, dict.fromkeys(names, "") | {name: texts[name] for name in names & set(texts)}))
    problems.extend(examine(_among(row, store)))
    if any(problem.severity == "error" for problem in problems):
        return [], problems
    return [row.table(**row)], problems


def entry_fields(store: Store, kind: str, row_id: str) -> dict[str, Any]:
    """The fields of a claim or event on record, as ``read_entry`` takes them; empty where there is none of that id."""
    held = store.entity(ENTRIES[kind], row_id)
    cells = {} if held is None else held._asdict()
    return {
        name: value if isinstance(value, dict | list) else export.cell(value)
        for name, value in cells.items()
        if value not in (None, "", {}, [])
    }


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: export.cell(value) for name, value in fields.items()}
    return {name: text for name, text in texts.items() if text.strip()}


def _among(row: Row, store: Store) -> Rows:
    """The row by itself, with everything that it may refer to; what it corrects is not beside it."""
    rows = Rows({row.table: [row]}, set(NAMED[row.table]))
    for table in NAMED[row.table]:
        held = (_held(table, each._asdict()) for each in store.every(table))
        rows.index[table] = {key(each): each for each in held}
    rows.index[row.table].pop(key(row), None)
    return rows


def _held(table: type[Recorded], cells: Mapping[str, Any]) -> Row:
    row = Row(table, table.__tablename__, None)
    row.update(cells)
    return row


def _claim_id(texts: Mapping[str, str]) -> str:
    """``<speaker>-<month>-<what>``: wang-di-2025-04-public-opinion-canada-shifting."""
    speaker = texts.get("claimant", "").split(",")[0]
    return "-".join(_said([speaker, _month(texts), _gist(texts.get("paraphrase", ""))])) or "claim"


def _event_id(texts: Mapping[str, str]) -> str:
    """``<what>-<year>``: ambassador-bridge-blockade-2022."""
    return "-".join(_said([_gist(texts.get("title", "")), texts.get("date", "")[:4]])) or "event"


#: makes the id of a new row, by the kind of its draft
NAMES = {"claim": _claim_id, "event": _event_id}


def _said(names: Iterable[str]) -> Iterator[str]:
    return (slug for name in names if (slug := kinds.slugged(name)))


def _month(texts: Mapping[str, str]) -> str:
    return texts.get("date", "")[: 4 if texts["date_precision"] == "year" else 7]


def _gist(text: str) -> str:
    """The first few words that say something."""
    return " ".join([word for word in kinds.slugged(text).split("-") if len(word) > LITTLE][:WORDS])


def _free(name: str, store: Store) -> str:
    """The id, or the first of id-2, id-3, ... that the ledger has never seen."""
    return next(each for each in chain([name], (f"{name}-{n}" for n in count(2))) if not store.history(each))
