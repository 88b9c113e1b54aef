"""Parameters of an assertion: their form, their types, and what is wrong with them."""

import dataclasses
import datetime as dt
import difflib
import math
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from tracker.claims.assertions import ASSERTIONS, KINDS, Assertion
from tracker.claims.assertions.asked import Named, Range
from tracker.language import gettext as _

#: what an assertion says beside its parameters: the attitude that it is about, and free text
ABOUT = ("kind", "population", "subject", "construct", "measure", "object", "pollster", "date", "note", "parameters")
#: a parameter of every kind: the claim to which this one is an answer
ANSWERS = "answers"


@dataclass(frozen=True)
class Parameter:
    """One field of a kind's form. ``type`` is int, float, str or datetime.date; ``choices`` is empty for free input.

    ``range`` holds the ends of what a number can be; ``among`` is what a word names: subjects, populations, events,
    measures; empty where it is free text.
    """

    name: str
    type: type
    choices: tuple[str, ...]
    required: bool
    default: Any
    range: Range | None = None
    among: str = ""


@cache
def parameters(kind: str) -> tuple[Parameter, ...]:
    """The form of a kind: its parameters in order, without what an assertion finds in the record."""
    hints = get_type_hints(ASSERTIONS[kind], include_extras=True)
    fields = dataclasses.fields(ASSERTIONS[kind])  # type: ignore[arg-type]
    return tuple(_parameter(field, hints[field.name]) for field in fields if not field.metadata.get("found"))


def given(assertion: Mapping[str, Any]) -> dict[str, Any]:
    """What an assertion gives as parameters: nested under ``parameters`` or beside ``kind``; blank is not given."""
    nested = assertion.get("parameters")
    flat = {name: value for name, value in assertion.items() if name not in ABOUT}
    flat |= nested if isinstance(nested, Mapping) else {}
    return {name: value for name, value in flat.items() if name != ANSWERS and value is not None and value != ""}


def answers(assertion: Mapping[str, Any]) -> str | None:
    """The claim that this one answers, by its id; None where it answers none."""
    nested = assertion.get("parameters")
    return (nested.get(ANSWERS) if isinstance(nested, Mapping) else None) or assertion.get(ANSWERS) or None


def check(assertion: Mapping[str, Any]) -> list[str]:
    """What is wrong with an assertion, each problem with its remedy; empty where nothing is.

    ``assertion`` holds ``kind`` and its parameters, beside it or under ``parameters``.
    """
    kind = assertion.get("kind")
    if kind not in KINDS:
        return [_("{kind!r} is no kind of assertion: use one of {known}").format(kind=kind, known=", ".join(KINDS))]
    if not isinstance(assertion.get("parameters") or {}, Mapping):
        return [_("parameters is no object: give each parameter by its name")]
    if not isinstance(answers(assertion) or "", str):
        return [_("answers is no claim: give the id of the claim that this one answers")]
    known = {parameter.name: parameter for parameter in parameters(kind)}
    values = given(assertion)
    unknown = [_unknown(kind, name, list(known)) for name in values if name not in known]
    missing = [_missing(kind, p) for p in known.values() if p.required and p.name not in values]
    wrong = [problem for name, p in known.items() if name in values and (problem := _wrong(p, values[name]))]
    found = unknown + missing + wrong or _at_odds(values, assertion) or ASSERTIONS[kind].at_odds(_typed(kind, values))
    return found or list(_out_of_range(kind, values))


def assertion_of(assertion: Mapping[str, Any]) -> Assertion:
    """The assertion of a kind with a rule. ValueError with all problems where ``check`` finds any."""
    if problems := check(assertion):
        raise ValueError("; ".join(problems))
    return ASSERTIONS[assertion["kind"]](**_typed(assertion["kind"], given(assertion)))


def _typed(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {parameter.name: parameter.type for parameter in parameters(kind)}
    return {name: _read(kinds[name], value) for name, value in values.items()}


def _parameter(field: "dataclasses.Field[Any]", hint: Any) -> Parameter:
    if get_origin(hint) in (types.UnionType, Union):
        hint = next(part for part in get_args(hint) if part is not type(None))
    kind, told = get_args(hint) if get_origin(hint) is Annotated else (hint, None)
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    required = field.default is dataclasses.MISSING
    return Parameter(
        name=field.name,
        type=str if choices else kind,
        choices=choices,
        required=required,
        default=None if required else field.default,
        range=told if isinstance(told, Range) else None,
        among=told.among if isinstance(told, Named) else "",
    )


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    text = (
        _("{kind} has no parameter {name!r}: did you mean {near}?")
        if near
        else _("{kind} has no parameter {name!r}: it takes {known}")
    )
    return text.format(kind=kind, name=name, near="".join(near), known=", ".join(known) or _("none"))


def _missing(kind: str, parameter: Parameter) -> str:
    return _("{kind} needs {name}: give {what}").format(kind=kind, name=parameter.name, what=what(parameter))


def _wrong(parameter: Parameter, value: Any) -> str | None:
    try:
        fits = _read(parameter.type, value)
        if parameter.choices and fits not in parameter.choices:
            raise ValueError
    except (TypeError, ValueError):
        return _("{name} is {value!r}: give {what}").format(name=parameter.name, value=value, what=what(parameter))
    return None


def _out_of_range(kind: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Numbers of the right type that no poll and no calendar can have."""
    for parameter in parameters(kind):
        name, ends = parameter.name, parameter.range
        if ends and name in values and not ends.low <= values[name] <= ends.high:
            text = _("{name} is {value}: give at most {most}")
            if values[name] < ends.low:
                text = _("{name} is {value}, which is below {least}: give {least} or more")
            if name.endswith("_year"):
                text = _("{name} is {value}: give a year such as 2023")
            yield text.format(name=name, value=values[name], least=ends.low, most=ends.high)


def _at_odds(values: Mapping[str, Any], assertion: Mapping[str, Any]) -> list[str]:
    """Parameters that are fine one by one and not together, or not with the subject or the day of the claim."""
    if values.get("versus") and values["versus"] == assertion.get("subject"):
        return [_("versus is the subject itself: give another one")]
    if isinstance(made := assertion.get("date"), dt.date):
        late = [name for name in ("since", "from_date") if name in values and _read(dt.date, values[name]) >= made]
        late += ["from_year"] if values.get("from_year", 0) > made.year else []
        if late:
            return [_("{name} is not before the claim: give an earlier one").format(name=late[0])]
    window = [name for name in ("window_months", "window_years", "since") if name in values]
    if len(window) > 1:
        return [_("{a} and {b} say the same thing twice: give one of them").format(a=window[0], b=window[1])]
    if values.get("direction") == "equal" and not values.get("tolerance_points"):
        return [_("equal needs tolerance_points: give how far apart still counts as equal, in points")]
    return []


def what(parameter: Parameter) -> str:
    """What a parameter takes, in words."""
    if parameter.choices:
        return _("one of {choices}").format(choices=", ".join(parameter.choices))
    words = {
        int: _("a whole number above 0"),
        float: _("a number"),
        dt.date: _("a date such as 2005-01-31"),
    }
    return words.get(parameter.type, _("a slug such as united-states"))


def _read(kind: type, value: Any) -> Any:
    """A JSON value as a parameter's type; ValueError or TypeError where it is none."""
    if kind is dt.date:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    if isinstance(value, bool) or (kind is str) != isinstance(value, str):
        raise TypeError
    if kind is not str and not math.isfinite(value):
        raise ValueError
    if kind is int and (value != int(value) or value < 1):
        raise ValueError
    return kind(value)
