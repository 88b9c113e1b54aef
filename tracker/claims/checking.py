"""Parameters of an assertion: their form, their types, and what is wrong with them."""

import dataclasses
import datetime as dt
import difflib
import math
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tracker.claims.assertions import ASSERTIONS, KINDS, Assertion
from tracker.language import gettext as _

#: what an assertion says beside its parameters: the attitude that it is about, and free text
ABOUT = ("kind", "population", "subject", "construct", "measure", "object", "pollster", "note", "parameters")


@dataclass(frozen=True)
class Parameter:
    """One field of a kind's form. ``type`` is int, float, str or datetime.date; ``choices`` is empty for free input."""

    name: str
    type: type
    choices: tuple[str, ...]
    required: bool
    default: Any


@cache
def parameters(kind: str) -> tuple[Parameter, ...]:
    """The form of a kind: its parameters in order; none for a kind without a rule."""
    if kind not in ASSERTIONS:
        return ()
    hints = get_type_hints(ASSERTIONS[kind])
    return tuple(_parameter(field, hints[field.name]) for field in dataclasses.fields(ASSERTIONS[kind]))  # type: ignore[arg-type]


def given(assertion: Mapping[str, Any]) -> dict[str, Any]:
    """What an assertion gives as parameters: nested under ``parameters`` or beside ``kind``; blank is not given."""
    nested = assertion.get("parameters")
    flat = {name: value for name, value in assertion.items() if name not in ABOUT}
    flat |= nested if isinstance(nested, Mapping) else {}
    return {name: value for name, value in flat.items() if value is not None and value != ""}


def check(assertion: Mapping[str, Any]) -> list[str]:
    """What is wrong with an assertion, each problem with its remedy; empty where nothing is.

    ``assertion`` holds ``kind`` and its parameters, beside it or under ``parameters``. Of a kind without a rule
    only the name is checked.
    """
    kind = assertion.get("kind")
    if kind not in KINDS:
        return [_("{kind!r} is no kind of assertion: use one of {known}").format(kind=kind, known=", ".join(KINDS))]
    if kind not in ASSERTIONS:
        return []
    if not isinstance(assertion.get("parameters") or {}, Mapping):
        return [_("parameters is no object: give each parameter by its name")]
    known = {parameter.name: parameter for parameter in parameters(kind)}
    values = given(assertion)
    unknown = [_unknown(kind, name, list(known)) for name in values if name not in known]
    missing = [_missing(kind, p) for p in known.values() if p.required and p.name not in values]
    wrong = [problem for name, p in known.items() if name in values and (problem := _wrong(p, values[name]))]
    return unknown + missing + wrong + ([] if unknown or missing or wrong else _at_odds(values))


def assertion_of(assertion: Mapping[str, Any]) -> Assertion:
    """The assertion of a kind with a rule. ValueError with all problems where ``check`` finds any."""
    if problems := check(assertion):
        raise ValueError("; ".join(problems))
    kinds = {parameter.name: parameter.type for parameter in parameters(assertion["kind"])}
    values = {name: _read(kinds[name], value) for name, value in given(assertion).items()}
    return ASSERTIONS[assertion["kind"]](**values)


def _parameter(field: "dataclasses.Field[Any]", hint: Any) -> Parameter:
    if get_origin(hint) in (types.UnionType,):
        hint = next(part for part in get_args(hint) if part is not type(None))
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    required = field.default is dataclasses.MISSING
    return Parameter(field.name, str if choices else hint, choices, required, None if required else field.default)


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    text = (
        _("{kind} has no parameter {name!r}: did you mean {near}?")
        if near
        else _("{kind} has no parameter {name!r}: it takes {known}")
    )
    return text.format(kind=kind, name=name, near="".join(near), known=", ".join(known) or _("none"))


def _missing(kind: str, parameter: Parameter) -> str:
    return _("{kind} needs {name}: give {what}").format(kind=kind, name=parameter.name, what=_what(parameter))


def _wrong(parameter: Parameter, value: Any) -> str | None:
    try:
        fits = _read(parameter.type, value)
        if parameter.choices and fits not in parameter.choices:
            raise ValueError
    except (TypeError, ValueError):
        return _("{name} is {value!r}: give {what}").format(name=parameter.name, value=value, what=_what(parameter))
    return None


def _at_odds(values: Mapping[str, Any]) -> list[str]:
    """Parameters that are fine one by one and not together."""
    window = [name for name in ("window_months", "window_years", "since") if name in values]
    if len(window) > 1:
        return [_("{a} and {b} say the same thing twice: give one of them").format(a=window[0], b=window[1])]
    if values.get("tolerance_points", 0) < 0:
        return [_("tolerance_points is below 0: give a distance in points")]
    if values.get("direction") == "equal" and not values.get("tolerance_points"):
        return [_("equal needs tolerance_points: give how far apart still counts as equal, in points")]
    return []


def _what(parameter: Parameter) -> str:
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
