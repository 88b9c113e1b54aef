"""Verdicts as rows: one a claim's assertion and side, and one a reading behind it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from tracker import claims, language
from tracker.export import Column, Row
from tracker.store import Store
from tracker.store.filters import Filters
from tracker.tables import columns

#: both sides of a verdict, in the order of their names
SIDES = ("now", "then")


def verdicts(store: Store, given: Mapping[str, Any], asked: Filters) -> Iterator[Row]:
    """A row for each claim, part and side."""
    for found in _judged(store, given, asked):
        for part, side, verdict in _sides(found):
            low, high = verdict["without_one_pollster"] or (None, None)
            comparable = sum(reading["comparable"] for reading in verdict["evidence"])
            told = found | found["parts"][part - 1]["assertion"] if part else found | found["assertion"]
            cells = told | verdict | {"part": part, "side": side, "readings": comparable}
            yield _row(columns.VERDICTS, cells | {"without_one_low": low, "without_one_high": high})


def evidence(store: Store, given: Mapping[str, Any], asked: Filters) -> Iterator[Row]:
    """A row for each claim, part, side and reading."""
    for found in _judged(store, given, asked, details=False):  # none of them is in a row
        for part, side, verdict in _sides(found):
            for number, reading in enumerate(verdict["evidence"], start=1):
                cells = {"claim": found["claim"], "part": part, "side": side, "reading": number}
                yield _row(columns.EVIDENCE, verdict | reading | cells)


def _judged(store: Store, given: Mapping[str, Any], asked: Filters, details: bool = True) -> Iterator[dict[str, Any]]:
    """Each claim judged, as its JSON has it, in the order of the ids; of those filtered by, these alone."""
    wanted, known_by = asked.get("claim"), given.get("known_by") or store.today()
    if wanted is None and not store.read_only:  # a past state lasts only as long as its reader
        yield from _every(store, store.newest(), claims.METHOD, language.chosen(), known_by, details)
    else:
        yield from _told(store, known_by, details, wanted)


@lru_cache(maxsize=4)
def _every(
    store: Store, _revision: int, _method: str, _language: str, known_by: dt.date, details: bool
) -> list[dict[str, Any]]:
    """All of them, at hand for whoever filters by something else, or asks for the next page."""
    return list(_told(store, known_by, details))


def _told(
    store: Store, known_by: dt.date, details: bool, wanted: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    rows = [row for row in sorted(store.claims(), key=lambda row: row.id) if wanted is None or row.id in wanted]
    return (found.as_dict() for found in claims.judge_all(store, known_by, details, rows))


def _sides(found: Mapping[str, Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for part, judged in enumerate([found, *found["parts"]]):
        for side in SIDES:
            yield part, side, judged[side]


def _row(wanted: list[Column], cells: Mapping[str, Any]) -> Row:
    return [_cell(column, cells.get(column.name)) for column in wanted]


def _cell(column: Column, value: Any) -> Any:
    return dt.date.fromisoformat(value) if column.type == "date" and isinstance(value, str) else value
