"""Writes to a store until it is killed, and says of each write when it is acknowledged: one line of JSON a write.

``python -m tests.faults.writer KIND URL``; KIND is what is written: imports, approvals, migrations.
"""

import datetime as dt
import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

from alembic import command

from tests.submissions import HEADER, poll
from tracker import accounts, intake
from tracker.store import Store, schema

#: polls in one sheet: enough for a kill to find it half-way
POLLS = 60
WHO = "killed@example.org"
#: between these migrations no row is lost on the way down
DOWN, UP = "0003", "0004"
#: long before any poll on record
FIRST = dt.date(1930, 1, 1)


def imports(url: str) -> Iterator[Any]:
    """Sheets of polls, each with the firm's polls on days of its own; acknowledged are the ids of its polls."""
    store = Store(url)
    for number in itertools.count():
        sheet = read(store, number)
        intake.store_record(store, sheet, "Test")
        yield ids(number)


def read(store: Store, number: int) -> intake.Record:
    """The sheet of this number."""
    rows = (f"Leger,{day},{day},1000,Canadian adults,India,favourable-unfavourable-4,50,45" for day in days(number))
    found = intake.read_sheet(store, "\n".join([HEADER, *rows]).encode(), "polls.csv").record
    assert not found.errors
    return found


def days(number: int) -> list[dt.date]:
    """The days on which the polls of a sheet were in the field."""
    first = FIRST + dt.timedelta(number * POLLS)
    return [first + dt.timedelta(each) for each in range(POLLS)]


def ids(number: int) -> list[str]:
    """The ids that the polls of a sheet get."""
    return [f"leger-{day}-ca-adults" for day in days(number)]


def approvals(url: str) -> Iterator[Any]:
    """Polls kept as a draft, handed in, and approved; acknowledged is each state of each draft."""
    store = Store(url)
    who = accounts.named(store, WHO)
    for number in itertools.count():
        day = str(FIRST + dt.timedelta(number))
        draft = accounts.keep_draft(store, who, poll(field_start=day, field_end=day))
        yield draft, "draft", None
        accounts.submit(store, who, draft, None)
        yield draft, "submitted", None
        decision = intake.approve(store, who, draft, own=True)
        yield draft, decision.status, decision.row


def migrations(url: str) -> Iterator[Any]:
    """Down and up again, as often as there is time; acknowledged is the schema that the database has now."""
    while True:
        command.downgrade(schema.configured(url), DOWN)
        yield DOWN
        schema.migrate(url)
        yield UP


KINDS = {each.__name__: each for each in (imports, approvals, migrations)}

if __name__ == "__main__":
    for acknowledged in KINDS[sys.argv[1]](sys.argv[2]):
        print(json.dumps(acknowledged), flush=True)
