"""A cell as text: numbers as published, ISO dates, compact JSON, and the guard against spreadsheets."""

import datetime as dt
import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

#: how a text begins that a spreadsheet would run, or that begins as a guarded one does
RUN_BY_SPREADSHEETS = r"^('*[=+\-@\t\r])"
GUARDED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True)
class Column:
    """One column of a table: name, type (text, integer, number, date, datetime, boolean, json), what it means, its
    unit, and what its cells keep to. ``help`` and ``unit`` are in English, and translated where they are shown.
    """

    name: str
    type: str
    help: str = ""
    unit: str | None = None
    #: never blank
    required: bool = False
    #: the closed list that its words are of
    among: tuple[str, ...] = ()
    #: ends of what its numbers can be
    least: float | None = None
    most: float | None = None
    #: the table whose rows it names
    refers: str | None = None


def guard(text: str) -> str:
    """The text as a spreadsheet will not run it: an apostrophe before =, +, -, @, tab or CR in first place.

    A text that already begins with apostrophes before such a sign gets one more, so that unguard(guard(t)) == t.
    """
    return "'" + text if re.match(RUN_BY_SPREADSHEETS, text) else text


def unguard(text: str) -> str:
    """The text without the apostrophe that guard put before it."""
    return text[1:] if GUARDED.match(text) else text


def cell(value: Any) -> str:
    """A value as the text of a CSV cell: numbers as published, ISO dates, compact JSON, blank for None, {} and []."""
    return "" if value == {} or value == [] else text(value) or ""


def text(value: Any) -> str | None:
    """The same, but {} and [] as JSON has them, and None for None and for a number that is none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else None
    if isinstance(value, dt.date):
        return _moment(value)
    return compact(value) if isinstance(value, dict | list) else str(value)


def compact(value: Any) -> str:
    """JSON on one line, keys sorted, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _moment(value: dt.date) -> str:
    # the ledger's moments are UTC and carry no zone
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.isoformat() + "Z"
    return value.isoformat()
