"""Widgets whose value lives in the address bar.

The address is the truth: each run sets the widgets from it, and a widget that changes writes it. So a view can be sent
to somebody, back and forward work, and the same words serve the address of a page and the filters of the routes,
whatever language the page is in; Streamlit's own binding would write the names shown in place of ids.
"""

import datetime as dt
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

import streamlit as st

from tracker import events, language


def wanted(name: str) -> str | None:
    """The item that the address asks for. A link within a page leaves the browser's address behind, so it is set, or
    cleared of what the link dropped."""
    item, before = st.query_params.get(name), st.session_state.get(f"_wanted_{name}")
    if item is not None and before != item:
        st.query_params[name] = item
    elif item is None and before is not None:
        st.query_params.from_dict({each: st.query_params.get_all(each) for each in st.query_params})
    st.session_state[f"_wanted_{name}"] = item
    return item


def pick(
    key: str, label: str, options: dict[str, str], default: str, unknown: list[str], drops: Sequence[str] = ()
) -> str:
    """One of the options (id -> name), from the address or the widget; a word that is none goes to ``unknown``.

    Another choice takes the words ``drops`` out of the address: those that were chosen among what this one offered.
    """
    wanted = st.query_params.get(key)
    if wanted is not None and wanted not in options:
        unknown.append(language.pair(label.lower(), wanted))
    chosen = wanted if wanted in options else default
    if drawn():
        st.session_state[key] = chosen
        name = options.__getitem__
        st.selectbox(label, list(options), format_func=name, key=key, on_change=_keep, args=(key, default, drops))
    return chosen


_offered: ContextVar[bool] = ContextVar("offered", default=True)
#: seconds that a browser takes to begin a chart
BREATH = 0.35


@contextmanager
def unoffered() -> Iterator[None]:
    """Within this, what the address says is read, and no widget is drawn: the answer need not wait for the choices."""
    token = _offered.set(False)
    try:
        yield
    finally:
        _offered.reset(token)


def drawn() -> bool:
    """Whether widgets are drawn; an embedded page has none."""
    return _offered.get() and not st.context.is_embedded


def breathe() -> None:
    """Let the browser draw what it has: it takes all that comes together as one, the chart and every choice after it.
    Only while a reader's page is new; later what is there already stays in sight meanwhile."""
    if "breathed" not in st.session_state:
        st.session_state["breathed"] = True
        time.sleep(BREATH)


@contextmanager
def folded(key: str, label: str, words: Iterable[str]) -> Iterator[None]:
    """A place for widgets that few want, drawn once it is opened: from the start where the address has their words."""
    asked = any(word in st.query_params for word in words)
    place = st.expander(label, asked, key=key, on_change="rerun") if drawn() else None
    with place if place and place.open else unoffered():
        yield


def side_by_side(count: int) -> list[Any]:
    """So many places beside each other for widgets, or for none."""
    return list(st.columns(count)) if drawn() else [nullcontext() for _place in range(count)]


def _keep(key: str, default: str, drops: Sequence[str]) -> None:
    value = st.session_state[key]
    write(key, None if value == default else value)
    for word in drops:
        write(word, None)


def write(key: str, value: str | list[str] | None) -> None:
    """Put a choice into the address, or take it out."""
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def pick_several(
    key: str, label: str, options: dict[str, str], unknown: list[str], placeholder: str, few: int = 0
) -> list[str]:
    """Any of the options, none meaning all; up to ``few`` of them stand beside each other."""
    wanted = st.query_params.get_all(key)
    unknown.extend(language.pair(label.lower(), word) for word in set(wanted) - set(options))
    chosen = [word for word in options if word in wanted]
    if drawn():
        st.session_state[key] = chosen
        given: dict[str, Any] = {"format_func": options.__getitem__, "key": key, "args": (key,)}
        if len(options) > few:
            st.multiselect(label, list(options), placeholder=placeholder, on_change=_keep_several, **given)
        else:
            st.pills(label, list(options), selection_mode="multi", wrap=True, on_change=_keep_several, **given)
    return chosen


def _keep_several(key: str) -> None:
    write(key, st.session_state[key])


#: what a filter's name ends in where it gives the first or the last of a range
ENDS = (".from", ".to")


def pick_year(column: str, options: dict[str, str], every: str) -> str:
    """One of the years of a column, which the address has by its first and its last day; "" means ``every``."""
    key, wanted = f"year_{column}", [st.query_params.get(f"{column}{end}") for end in ENDS]
    chosen = next((year for year in options if wanted == _ends_of(year)), "")
    st.session_state[key] = chosen
    named = {"": every, **options}
    told: dict[str, Any] = {"format_func": named.__getitem__, "on_change": _keep_year, "args": (column,)}
    st.selectbox(f"`{column}`", list(named), key=key, **told)
    return chosen


def _ends_of(year: str) -> list[str | None]:
    return [f"{year}-01-01", f"{year}-12-31"] if year else [None, None]


def _keep_year(column: str) -> None:
    for end, day in zip(ENDS, _ends_of(st.session_state[f"year_{column}"]), strict=True):
        write(f"{column}{end}", day)


#: how a day may be written in an address: whole, or as a month or a year
DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
#: no poll is older
EARLIEST = dt.date(1930, 1, 1)


def pick_day(
    key: str, label: str, unknown: list[str], explained: str | None = None, latest: bool = False
) -> dt.date | None:
    """A day or none. A month or a year in the address is its first day, or its last where ``latest``."""
    wanted = st.query_params.get(key)
    found = _day(wanted, latest) if wanted else None
    if wanted and found is None:
        unknown.append(language.pair(label.lower(), wanted))
    if drawn():
        st.session_state[key] = found
        st.date_input(
            label,
            key=key,
            min_value=EARLIEST,
            max_value=dt.date.today(),
            format="YYYY-MM-DD",
            help=explained,
            on_change=_keep_day,
            args=(key,),
        )
    return found


def _day(text: str, latest: bool) -> dt.date | None:
    written = DAY.fullmatch(text)
    if written is None:
        return None
    year, month, day = (int(part) if part else None for part in written.groups())
    try:
        first = dt.date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    precision = "day" if day else "month" if month else "year"
    found = min(events.latest(first, precision), dt.date.today()) if latest else first
    return found if EARLIEST <= found <= dt.date.today() else None


def _keep_day(key: str) -> None:
    value = st.session_state[key]
    write(key, value.isoformat() if value else None)


def clicked(selection: Any, name: str) -> str | None:
    """What was clicked on a chart, by its point selection of this name; a click on anything else selects no value."""
    return next((item[name] for item in selection.get(name, ()) if item.get(name)), None)


def keep_click(chart: str, name: str) -> None:
    """Put what was clicked on a chart into the address; a click on nothing takes it out."""
    write(name, clicked(st.session_state[chart].selection, name))
