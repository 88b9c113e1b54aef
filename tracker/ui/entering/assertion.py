"""The form of an assertion, made from the fields of its kind: their types and what these say of themselves."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from tracker import charts, claims, language, scales
from tracker.language import gettext as _
from tracker.models import OBJECTS
from tracker.ui import parts
from tracker.ui.entering.fields import Form, words
from tracker.ui.show import plain

#: of a part: what it does not say differently, and what it says of nobody
SAME, NOBODY = "=", "-"
MOST_PARTS = 9


def assertion(form: Form) -> None:
    """The kind of an assertion with what it means, and below it the fields of this kind."""
    form.choice("kind", _("Kind of assertion"), {kind: _kind(kind) for kind in claims.KINDS})
    kind = form.said.get("kind")
    if kind is None:
        return
    st.caption(plain(language.help_of(claims.ASSERTIONS[kind])))
    held = form.held.get("parameters") or {}
    below = form.below(kind, {"direction": form.held.get("direction"), **held})
    with st.grid(2):
        for parameter in claims.parameters(kind):
            ask(below, parameter)
    form.places |= {"parameters": st.empty(), "direction": below.places.get("direction", st.empty())}
    way = below.said.pop("direction", None)
    form.said |= {"direction": way} if way else {}
    form.said |= {"parameters": below.said} if below.said else {}


def ask(form: Form, parameter: claims.Parameter) -> None:
    """One parameter as a field: by its choices, by what it names, or by its type."""
    name, label = parameter.name, charts.capital(language.word(parameter.name))
    if parameter.choices:
        form.choice(name, label, words(parameter.choices), placeholder=_usual(parameter))
    elif parameter.among:
        form.choice(name, label, NAMED[parameter.among](), free=True)
    elif parameter.type is dt.date:
        form.day(name, label, dt.date.today())
    elif parameter.type is str:
        form.text(name, label)
    else:
        low, high = (parameter.range.low, parameter.range.high) if parameter.range else (1, None)
        form.number(name, label, parameter.type, low, high, placeholder=_usual(parameter))


def _usual(parameter: claims.Parameter) -> str:
    """What counts where the field is left blank."""
    if parameter.default is None:
        return _("needed") if parameter.required else _("not said")
    told = parameter.default
    shown = language.word(told) if isinstance(told, str) else language.number(told)
    return _("{value} unless said").format(value=shown)


def _kind(kind: str) -> str:
    return charts.capital(language.word(kind))


def further(form: Form) -> None:
    """Assertions made in the same breath: what each says differently of what it is about, and its own kind."""
    held = form.held.get("parts") or []
    key = form.begun("count", len(held))
    count = st.number_input(_("Further assertions made in the same breath"), 0, MOST_PARTS, None, 1, key=key)
    found = [_part(form, number, held[number] if number < len(held) else {}) for number in range(count or 0)]
    form.places["parts"] = st.empty()
    form.said |= {"parts": found} if found else {}


def _part(form: Form, number: int, held: dict[str, Any]) -> dict[str, Any]:
    st.markdown(_("**Also tested, {number}**").format(number=number + 1))
    below = form.below(f"part{number}", held | {name: _as_option(held, name) for name in ABOUT})
    assertion(below)
    with st.grid(2):
        for name, options in ABOUT.items():
            same = {SAME: _("the same as above"), NOBODY: _("none")}
            below.choice(name, charts.capital(language.word(name)), same | options(), free=True)
    about = {name: None if below.said[name] == NOBODY else below.said[name] for name in ABOUT if name in below.said}
    # what the record spells out as blank stays so
    blank = {name: held[name] for name in ("direction", "parameters") if name in held and not held[name]}
    return blank | {name: value for name, value in (below.said | about).items() if value != SAME}


def _as_option(held: dict[str, Any], name: str) -> str:
    return SAME if name not in held else NOBODY if held[name] is None else held[name]


def populations() -> dict[str, str]:
    """Whoever can be asked, the wholes that nobody polls as such included."""
    wholes = {name: charts.capital(_(whole.name)) for name, whole in claims.WHOLES.items()}
    return {**_by_name(parts.names("populations")), **wholes}


def subjects() -> dict[str, str]:
    """What can be rated."""
    return _by_name(parts.names("subjects"))


def pollsters() -> dict[str, str]:
    """Whose polls there are."""
    return _by_name(parts.names("pollsters"))


def constructs() -> dict[str, str]:
    """What polls on record measure."""
    return {name: charts.capital(charts.construct_name(name)) for name in parts.constructs()}


def measures() -> dict[str, str]:
    """The numbers that can be followed: those of every scale, and each response."""
    responses = {row.response: language.name(row.name) for rows in parts.meanings().values() for row in rows}
    return {name: charts.capital(charts.measure_name(name)) for name in scales.MEASURES} | _by_name(responses)


def happened() -> dict[str, str]:
    """The events on record, newest first."""
    form = _("{title}, {date}")
    return {
        row.id: form.format(title=row.title, date=language.day(row.date, row.date_precision))
        for row in reversed(parts.event_rows())
    }


def objects() -> dict[str, str]:
    """What of a subject is rated."""
    return words(OBJECTS)


def _by_name(names: dict[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


Options = Callable[[], dict[str, str]]
#: what a parameter's word may name, by what it is among
NAMED: dict[str, Options] = {
    "subjects": subjects,
    "populations": populations,
    "events": happened,
    "measures": measures,
}
#: what an assertion can be about, by the fields of ``claims.About``
ABOUT: dict[str, Options] = {
    "population": populations,
    "subject": subjects,
    "construct": constructs,
    "measure": measures,
    "object": objects,
    "pollster": pollsters,
}
