"""A wave: one poll of the same kind in several populations, entered as one form with a row for each population.

A row holds ``population``, ``field_start``, ``field_end`` and ``sample_size``, and the answers as ``1.favourable``: the
number of the question and the response. What is blank in it is as the form says for all.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracker.intake.form import Known, read_form
from tracker.intake.problems import Problem

#: columns of a poll that each row has of its own
OWN = ("population", "field_start", "field_end", "sample_size")


def split(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The polls that a form makes, one mapping each; the form itself where it is no wave."""
    rows = fields.get("wave") or []
    shared = {name: value for name, value in fields.items() if name not in ("wave", "population_label")}
    return [_of(shared, row) for row in rows] if rows else [dict(fields)]


def _of(shared: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: row[name] for name in OWN if row.get(name)}
    questions = [{**each, "answers": _answers(row, number)} for number, each in enumerate(shared["questions"], 1)]
    return {**shared, **own, "questions": questions}


def _answers(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    prefix = f"{number}."
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}


def problems(
    fields: Mapping[str, Any], known: Known, row: str | None = None, embargo: dt.date | None = None
) -> list[Problem]:
    """What is wrong with a form. Of a wave, what is wrong with all its polls is told once, what is wrong with some of
    them under ``wave.3.sample_size``: the number of the row, and the column as the form has it."""
    each = [read_form(poll, known, row, embargo)[1] for poll in split(fields)]
    if not fields.get("wave"):
        return each[0]
    shared = [problem for problem in each[0] if all(problem in others for others in each)]
    numbered = ((number, problem) for number, found in enumerate(each, 1) for problem in found)
    own = [replace(p, column=f"wave.{number}.{p.column}") for number, p in numbered if p not in shared]
    return shared + own
