"""The fields of a form: each begins with what was kept of it, and has a place below it for what is wrong with it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from tracker import charts, language
from tracker.language import gettext as _
from tracker.ui import parts

#: no poll is older, so nothing was said of one
EARLIEST = dt.date(1930, 1, 1)


@dataclass
class Form:
    """Fields under one ``key``: what they ``held`` at first, and what they have ``said`` so far, as the record has it:
    texts, numbers, ISO dates, several in one text; what is blank is left out. ``places`` stand below each field."""

    key: str
    held: Mapping[str, Any]
    said: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str, label: str, long: bool = False, **more: Any) -> None:
        """A text; a ``long`` one has several lines."""
        draw: Any = st.text_area if long else st.text_input
        with self._place(name):
            self._say(name, draw(label, key=self.begun(name, str(self.held.get(name) or "")), **more))

    def day(self, name: str, label: str, latest: dt.date, **more: Any) -> None:
        """A day, from the first polls to the latest."""
        begun = self.begun(name, _day(self.held.get(name), latest))
        ends: dict[str, Any] = {"min_value": EARLIEST, "max_value": latest, "format": "YYYY-MM-DD"}
        with self._place(name):
            found = st.date_input(label, None, key=begun, **ends, **more)
        self._say(name, found.isoformat() if isinstance(found, dt.date) else None)

    def number(self, name: str, label: str, kind: type, low: float | None, high: float | None, **more: Any) -> None:
        """A number of that kind between two ends; one without a fraction is said without a point."""
        ends: list[Any] = [None if end is None else kind(end) for end in (low, high)]
        begun = self.begun(name, _number(self.held.get(name), kind, *ends))
        told: dict[str, Any] = {"value": None, "step": kind(1), **({"format": "%g"} if kind is float else {}), **more}
        with self._place(name):
            found = st.number_input(label, *ends, key=begun, **told)
        self._say(name, int(found) if found is not None and found == int(found) else found)

    def choice(self, name: str, label: str, options: Mapping[str, str], free: bool = False, **more: Any) -> None:
        """One of the options (id -> name); where ``free``, anything else as well."""
        held = self.held.get(name)
        begun = self.begun(name, held if free or held in options else None)
        offered = list(dict.fromkeys([*options, *([st.session_state[begun]] if st.session_state[begun] else [])]))
        told = {"placeholder": _("Choose one"), "accept_new_options": free, **more}
        with self._place(name):
            self._say(name, st.selectbox(label, offered, None, lambda one: options.get(one, one), key=begun, **told))

    def several(self, name: str, label: str, options: Mapping[str, str], free: bool = False, **more: Any) -> None:
        """Any of the options (id -> name), said in one text; where ``free``, anything else as well."""
        held = parts.listed(self.held.get(name))
        begun = self.begun(name, held if free else [one for one in held if one in options])
        offered = list(dict.fromkeys([*options, *st.session_state[begun]]))
        told = {"placeholder": _("Choose"), "accept_new_options": free, **more}
        with self._place(name):
            found = st.multiselect(label, offered, None, lambda one: options.get(one, one), key=begun, **told)
        self._say(name, ";".join(found))

    def below(self, name: str, held: Mapping[str, Any]) -> "Form":
        """The fields of something within this form, with places of their own."""
        return Form(f"{self.key}_{name}", held)

    def begun(self, name: str, value: Any) -> str:
        """The key of a field's widget, which begins with this value."""
        key = f"{self.key}_{name}"
        st.session_state.setdefault(key, value)
        return key

    def _say(self, name: str, value: Any) -> None:
        if value not in (None, ""):
            self.said[name] = value

    @contextmanager
    def _place(self, name: str) -> Iterator[None]:
        with st.container(gap="xsmall"):
            yield
            self.places[name] = st.empty()


def _day(text: Any, latest: dt.date) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if EARLIEST <= found <= latest else None


def _number(value: Any, kind: type, low: Any, high: Any) -> Any:
    inside = isinstance(value, int | float) and (low is None or low <= value) and (high is None or value <= high)
    return kind(value) if inside else None


def words(slugs: Any) -> dict[str, str]:
    """Words of a closed list by themselves, as people say them."""
    return {slug: charts.capital(language.word(slug)) for slug in slugs}
