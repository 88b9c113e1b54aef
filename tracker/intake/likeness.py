"""Polls that may be one: the same fieldwork a day off, a rolling poll counted again, figures under another name.

Nothing here is an error: two polls of one pollster may well have been in the field together. It is said, and whoever
enters the poll decides.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tracker import language
from tracker.intake.problems import Problem, Row, quoted
from tracker.language import gettext as _

#: days by which the dates of one fieldwork are told differently
DAYS = 3
#: days within which a pollster of another name may have published the same figures
NEAR = 30
#: responses of which two polls share every figure before that is no accident
SHARED = 2
#: a poll by column, whether a row that was just read or one that the store holds
Poll = Mapping[str, Any]
#: the answers of each poll, as (subject, object, response, value)
Figures = Mapping[str, frozenset[tuple[Any, ...]]]


def figures(questions: Iterable[Mapping[str, Any]], answers: Iterable[Mapping[str, Any]]) -> Figures:
    """What each poll found, from its questions and their answers."""
    asked = {row["id"]: (row["poll"], row["subject"], row["object"]) for row in questions}
    found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for row in answers:
        poll, *what = asked.get(row["question"], ("",))
        found[poll].add((*what, row["response"], row["value"]))
    return {poll: frozenset(each) for poll, each in found.items()}


def alike(rows: Iterable[Row], held: Iterable[Poll], found: Figures) -> Iterator[Problem]:
    """Warnings for the polls in ``rows`` that are new to the store and look like one it holds, or like one above them.

    ``found`` is what the polls of both found.
    """
    # by month: among thousands of polls few were in the field at the same time
    known: dict[tuple[str, str, int], list[Poll]] = defaultdict(list)
    by_figure: dict[tuple[frozenset[tuple[Any, ...]], int], list[Poll]] = defaultdict(list)
    seen: set[str] = set()

    def remember(poll: Poll) -> None:
        for month in _months(poll["field_start"], poll["field_end"], DAYS):
            known[poll["pollster"], poll["population"], month].append(poll)
        for month in _months(poll["field_end"], poll["field_end"], NEAR):
            by_figure[found.get(poll["id"], frozenset()), month].append(poll)
        seen.add(poll["id"])

    for poll in held:
        remember(poll)
    for row in rows:
        if row["id"] in seen or not row.good("id", "pollster", "population", "field_start", "field_end"):
            continue
        months = _months(row["field_start"], row["field_end"], DAYS)
        beside = {each["id"]: each for month in months for each in known[row["pollster"], row["population"], month]}
        for other in beside.values():
            yield from _together(row, other, found)
        told = found.get(row["id"], frozenset())
        for other in by_figure[told, *_months(row["field_end"], row["field_end"])] if len(told) >= SHARED else ():
            yield from _renamed(row, other)
        remember(row)


def _months(first: dt.date, last: dt.date, more: int = 0) -> range:
    """The months, counted through, from so many days before the first day to so many after the last."""
    first, last = first - dt.timedelta(more), last + dt.timedelta(more)
    return range(12 * first.year + first.month, 12 * last.year + last.month + 1)


def _together(poll: Row, other: Poll, found: Figures) -> Iterator[Problem]:
    """The same pollster among the same people at the same time."""
    apart = (abs(poll[end] - other[end]) for end in ("field_start", "field_end"))
    if all(days <= dt.timedelta(DAYS) for days in apart):
        wrong = _("may be the same poll as {other}, {dates}").format(other=quoted(other["id"]), dates=_told(other))
        remedy = _("leave one out, or confirm that these are two polls")
        yield replace(poll.warning("field_start", wrong, remedy), other=other["id"])
    elif _overlap(poll, other) and _subjects(poll, found) & _subjects(other, found):
        wrong = _("the fieldwork overlaps that of {other}, {dates}, on the same subject")
        remedy = _("enter only waves of a rolling poll that share no interviews, or confirm")
        wrong = wrong.format(other=quoted(other["id"]), dates=_told(other))
        yield replace(poll.warning("field_start", wrong, remedy), other=other["id"])


def _renamed(poll: Row, other: Poll) -> Iterator[Problem]:
    near = abs(poll["field_end"] - other["field_end"]) <= dt.timedelta(NEAR)
    if near and poll["population"] == other["population"] and poll["pollster"] != other["pollster"]:
        wrong = _("has every figure of {other} by {pollster}, {dates}")
        wrong = wrong.format(other=quoted(other["id"]), pollster=other["pollster"], dates=_told(other))
        remedy = _("leave one out if the pollster only has another name, or confirm")
        yield replace(poll.warning("pollster", wrong, remedy), other=other["id"])


def _overlap(poll: Poll, other: Poll) -> bool:
    if {poll["date_precision"], other["date_precision"]} != {"day"}:
        return False
    return bool(poll["field_start"] <= other["field_end"] and other["field_start"] <= poll["field_end"])


def _subjects(poll: Poll, found: Figures) -> set[Any]:
    return {figure[:2] for figure in found.get(poll["id"], ())}


def _told(poll: Poll) -> str:
    dates = language.span(poll["field_start"], poll["field_end"], poll["date_precision"])
    if poll["sample_size"] is None:
        return dates
    return _("{dates}, {count} interviews").format(dates=dates, count=language.number(poll["sample_size"]))
