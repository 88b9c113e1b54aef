"""Widgets whose value lives in the address bar.

The address is the truth: each run sets the widgets from it, and a widget that changes writes it. So a view can be sent
to somebody, back and forward work, and the same words serve the address of a page and the filters of the routes,
whatever language the page is in; Streamlit's own binding would write the names shown in place of ids.
"""

import datetime as dt

import streamlit as st

from tracker.language import gettext as _


def wanted(name: str) -> str | None:
    """The item that the address asks for. A link within a page leaves the browser's address behind, so it is set."""
    item = st.query_params.get(name)
    if item is not None and st.session_state.get(f"_wanted_{name}") != item:
        st.query_params[name] = item
    st.session_state[f"_wanted_{name}"] = item
    return item


def pick(key: str, label: str, options: dict[str, str], default: str, unknown: list[str]) -> str:
    """One of the options (id -> name), from the address or the widget; a word that is none goes to ``unknown``."""
    wanted = st.query_params.get(key)
    if wanted is not None and wanted not in options:
        unknown.append(_("{label}: {value}").format(label=label.lower(), value=wanted))
    st.session_state[key] = wanted if wanted in options else default
    name = options.__getitem__
    return st.selectbox(label, list(options), format_func=name, key=key, on_change=_keep, args=(key, default))


def _keep(key: str, default: str) -> None:
    value = st.session_state[key]
    if value in (default, None):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value


def pick_several(key: str, label: str, options: dict[str, str], unknown: list[str], placeholder: str) -> list[str]:
    """Any of the options, none meaning all."""
    wanted = st.query_params.get_all(key)
    unknown.extend(_("{label}: {value}").format(label=label.lower(), value=word) for word in set(wanted) - set(options))
    st.session_state[key] = [word for word in options if word in wanted]
    return st.multiselect(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        placeholder=placeholder,
        on_change=_keep_several,
        args=(key,),
    )


def _keep_several(key: str) -> None:
    if st.session_state[key]:
        st.query_params[key] = st.session_state[key]
    else:
        st.query_params.pop(key, None)


def pick_years(first: int, last: int) -> tuple[int, int]:
    """The years shown, both included."""
    given = [st.query_params.get(name, "") for name in ("from", "to")]
    low, high = (int(text) if text.isdecimal() else end for text, end in zip(given, (first, last), strict=True))
    low, high = max(first, min(low, last)), min(last, max(high, first))
    st.session_state["years"] = (min(low, high), max(low, high))
    if first == last:
        return first, last
    st.slider(_("Years"), first, last, key="years", on_change=_keep_years, args=(first, last))
    return st.session_state["years"]


def _keep_years(first: int, last: int) -> None:
    for name, value, end in zip(("from", "to"), st.session_state["years"], (first, last), strict=True):
        if value == end:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)


def pick_day(key: str, label: str, unknown: list[str], explained: str) -> dt.date | None:
    """A day or none."""
    wanted, found = st.query_params.get(key), None
    try:
        found = dt.date.fromisoformat(wanted) if wanted else None
    except ValueError:
        unknown.append(_("{label}: {value}").format(label=label.lower(), value=wanted))
    st.session_state[key] = found
    return st.date_input(
        label,
        key=key,
        min_value=dt.date(1990, 1, 1),
        max_value=dt.date.today(),
        format="YYYY-MM-DD",
        help=explained,
        on_change=_keep_day,
        args=(key,),
    )


def _keep_day(key: str) -> None:
    if st.session_state[key]:
        st.query_params[key] = st.session_state[key].isoformat()
    else:
        st.query_params.pop(key, None)
