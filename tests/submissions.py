"""People, polls and sheets as they are submitted, for the tests of what becomes of them."""

import datetime as dt
from typing import Any

from tracker import accounts, intake
from tracker.models import Answer, Draft
from tracker.store import Store

PEW = "pew-research-center-2025-01-08-ca-adults"
ASKED = "pew-2025-ca-china"
#: the id that the poll of ``poll()`` gets
NEW = "nanos-research-2026-09-01-ca-adults"
HEADER = "Firm,Start,End,Sample,Population,Subject,Scale,Favourable,Unfavourable"


def person(store: Store, name: str, role: str = "editor", pollster: str | None = None) -> Any:
    accounts.add(store, f"{name}@example.org", name.title(), role, pollster)
    return accounts.named(store, f"{name}@example.org")


def poll(**changes: Any) -> dict[str, Any]:
    """A poll as the form has it."""
    question = {"subject": "china", "construct": "favourability", "scale": "favourable-unfavourable-4"}
    question |= {"answers": {"favourable": "41", "unfavourable": "59"}}
    who = {"pollster": "nanos-research", "population": "ca-adults", "sample_type": "non-probability"}
    return who | {"field_start": "2026-09-01", "field_end": "2026-09-04", "questions": [question]} | changes


def submitted(
    store: Store,
    who: Any,
    fields: dict[str, Any],
    row: str | None = None,
    kind: str = "poll",
    why: str | None = None,
    embargo: dt.date | None = None,
) -> int:
    """The number of a draft that is handed in."""
    number = accounts.keep_draft(store, who, fields, kind=kind, row=row)
    accounts.submit(store, who, number, why)
    if embargo:
        with store.writing("test") as session:
            session.get_one(Draft, number).embargo = embargo
    return number


def corrected(store: Store, value: str, **changes: Any) -> dict[str, Any]:
    """Pew's poll with another share favourable."""
    fields = intake.fields_of(store, PEW) | changes
    first, *others = fields["questions"]
    return fields | {"questions": [{**first, "answers": {**first["answers"], "favourable": value}}, *others]}


def favourable(store: Store) -> str:
    return str(store.find(Answer, question=ASKED, response="favourable")[0].value)


def sheet(store: Store, count: int) -> dict[str, Any]:
    """A sheet of so many polls, as a draft has it."""
    first = dt.date(1960, 1, 1)  # long before the first poll on record
    days = (first + dt.timedelta(days=2 * number) for number in range(count))
    firms = ("Leger", "Nanos Research", "Ipsos", "Angus Reid Institute", "Gallup")
    rows = [
        f"{firms[number % 5]},{day},{day},1000,Canadian adults,India,favourable-unfavourable-4,{number % 50},45"
        for number, day in enumerate(days)
    ]
    read = intake.read_sheet(store, "\n".join([HEADER, *rows]).encode(), "polls.csv").record
    assert not read.errors
    return intake.packed(read)
