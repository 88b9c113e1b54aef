"""A verdict in words: how sure it is, what stands behind it, what turned it, and what an answer to a claim tests."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tracker import charts, claims, language, series
from tracker.language import gettext as _
from tracker.routes.words import Names

Judged = Mapping[str, Any]
#: fields of an assertion that hold ids, and the table that names them
NAMED = {"population": "populations", "subject": "subjects", "versus": "subjects", "pollster": "pollsters"}


class Reading(NamedTuple):
    """One reading of the evidence in words, with the poll that it leads to."""

    poll: str
    fieldwork: str
    pollster: str
    instrument: str
    value: str
    known_from: str
    counted: str


class Answered(NamedTuple):
    """What an answer to a claim tests of it, with whose claims lead there (claimant, claim)."""

    sentence: str
    claims: tuple[tuple[str, str], ...]


def probability(value: float | None) -> str:
    """How probable; the last two words of a verdict have no number."""
    if value is None:
        return _("no number")
    return _("probability {value}\u00a0%").format(value=language.number(round(100 * value)))


def sentences(side: Judged) -> list[str]:
    """Why: the reason, how far it hangs on one pollster, what would settle it, what everybody's polls say."""
    hangs = side["left_out"]["told"] if side["left_out"] else ""
    return [told for told in (side["reason"], hangs, side["settles"], *_everybody(side["all_pollsters"])) if told]


def _everybody(found: Judged | None) -> list[str]:
    """What everybody's polls say, and why, where the verdict is by one pollster's."""
    if not found:
        return []
    text = _("Judged by the polls of the pollster that the claim names. By everybody's polls: {word}, {probability}.")
    told = text.format(word=language.word(found["word"]), probability=probability(found["probability"]))
    return [told, found["reason"]]


def turned(asserted: Judged, names: Names) -> str | None:
    """Which readings turned the word, where it changed between then and now; None where none did."""
    found = asserted["changed"]
    told = {row["question"]: row for row in [*asserted["now"]["evidence"], *asserted["then"]["evidence"]]}
    rows = [told[question] for question in found["readings"] if question in told]
    if not rows:
        return None
    readings = "; ".join(
        f"{names['pollsters'].get(row['pollster'], row['pollster'])}, {_span(row)}, {_value(row)}" for row in rows
    )
    text = _("The word changed on {day}, when this became public: {readings}.")
    return text.format(day=day(found["turned"]), readings=readings)


def answered(judged: Judged) -> list[Answered]:
    """Who answered a claim, or whom it answers, and what an answer tests and what it does not; each sentence once."""
    pairs = [(_("{claimant} answered: {sentence}"), each) for each in judged["answered_by"]]
    pairs += [(_("This answers {claimant}: {sentence}"), each) for each in [judged["answers"]] if each]
    found = []
    for sentence in dict.fromkeys(each["sentence"] for _form, each in pairs):
        same = [(form, each) for form, each in pairs if each["sentence"] == sentence]
        claimants = _(" and ").join(each["claimant"] for _form, each in same)
        told = same[0][0].format(claimant=claimants, sentence=sentence)
        found.append(Answered(told, tuple((each["claimant"], each["claim"]) for _form, each in same)))
    return found


def readings(asserted: Judged, names: Names) -> list[Reading]:
    """The readings behind both verdicts, newest first, with how each verdict used them."""
    then = {row["question"] for row in asserted["then"]["evidence"]}
    rows = asserted["now"]["evidence"] or asserted["then"]["evidence"]
    return [
        Reading(
            poll=row["poll"],
            fieldwork=_span(row),
            pollster=names["pollsters"].get(row["pollster"], row["pollster"]),
            instrument=_instrument(row, names["scales"]),
            value=_value(row),
            known_from=_("{day} (assumed)").format(day=day(row["known_from"]))
            if row["known_from_assumed"]
            else day(row["known_from"]),
            counted=_counted(row, row["question"] in then),
        )
        for row in reversed(rows)
    ]


def _instrument(row: Judged, scales: Mapping[str, str]) -> str:
    """The scale and the way of interviewing behind a reading, and whether a part of it is assumed."""
    key, _dash, _hash = row["instrument"].removeprefix(row["pollster"] + "-").rpartition("-")
    scale = max((scale for scale in scales if key.startswith(scale)), key=len, default="")
    mode = key.removeprefix(scale).strip("-")
    told = [
        scales.get(scale, key),
        *([_("mode not given") if mode == "unknown" else language.word(mode)] if mode else []),
    ]
    return ", ".join(told) + (_(" (assumed in part)") if row["instrument_assumed"] else "")


def _span(row: Judged) -> str:
    start, end = (dt.date.fromisoformat(row[name]) for name in ("field_start", "field_end"))
    return language.span(start, end, row["date_precision"])


def _value(row: Judged) -> str:
    return _("not given") if row["value"] is None else charts.amount(row["value"], row["unit"])


def _counted(row: Judged, then: bool) -> str:
    if not row["comparable"]:
        return _("no: {why}").format(why=series.explain(row["why_not"]))
    return _("then and now") if then else _("now only: not known then")


def day(iso: str) -> str:
    """A date of a verdict."""
    return language.day(dt.date.fromisoformat(iso))


def assertion(stated: Judged, names: Names) -> dict[str, str]:
    """An assertion field by field: its kind with what that means, names in place of ids."""
    kind = stated["kind"]
    rule = claims.ASSERTIONS.get(kind)
    told = {name: _cell(name, value, names) for name, value in stated.items()}
    if rule:
        told["kind"] = language.pair(language.word(kind), language.help_of(rule))
    return {charts.capital(language.word(name)): value for name, value in told.items()}


def own(part: Judged, main: Judged, names: Names) -> str:
    """What a further assertion says that differs from the first, in one line."""
    differs = {name: value for name, value in part["assertion"].items() if main["assertion"].get(name) != value}
    told = (language.pair(language.word(name), _cell(name, value, names)) for name, value in differs.items())
    return charts.capital("; ".join(told))


def _cell(name: str, value: Any, names: Names) -> str:
    """A field of an assertion in words."""
    if name in NAMED:
        table = names[NAMED[name]]
        return "; ".join(table.get(each.strip(), each.strip()) for each in str(value).split(";"))
    if name == "construct":
        return charts.construct_name(value)
    if name in ("measure", "numerator", "denominator"):
        return charts.measure_name(value)
    if isinstance(value, float):
        return language.number(value)
    return day(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else language.word(str(value))
