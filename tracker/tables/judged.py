"""Verdicts as rows: one a claim's assertion and side, and one a reading behind it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from tracker import claims
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
    wanted = asked.get("claim")
    rows = [row for row in sorted(store.claims(), key=lambda row: row.id) if wanted is None or row.id in wanted]
    for found in claims.judge_all(store, given.get("known_by"), details, rows):
        yield found.as_dict()


def _sides(found: Mapping[str, Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for part, judged in enumerate([found, *found["parts"]]):
        for side in SIDES:
            yield part, side, judged[side]


def _row(wanted: list[Column], cells: Mapping[str, Any]) -> Row:
    return [_cell(column, cells.get(column.name)) for column in wanted]


def _cell(column: Column, value: Any) -> Any:
    return dt.date.fromisoformat(value) if column.type == "date" and isinstance(value, str) else value
