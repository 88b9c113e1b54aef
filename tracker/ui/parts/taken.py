"""Tables as they are looked at before they are taken: none is read whole to be counted, and what takes long is computed
only when it is asked for."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from tracker import tables
from tracker.export import FORMATS, Row
from tracker.language import AS_OF
from tracker.tables import overview
from tracker.ui.parts.loaders import Key, newest, revision, store

#: the word of the Data page's address for its table: one that is no column of any
TABLE = "export"
#: filters by the name of a column, as an address has them
Filters = Mapping[str, Sequence[str]]
#: the same as a key of a cache
Held = tuple[tuple[str, tuple[str, ...]], ...]


def held(filters: Filters) -> Held:
    return tuple((name, tuple(texts)) for name, texts in filters.items())


def given(filters: Held) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in filters}


def computed(name: str) -> bool:
    """Whether a table is computed when it is asked for."""
    return name in tables.COMPUTED


def _narrowing(name: str, filters: Filters) -> Filters:
    """Those filters that make a table that is computed another one: its parameters, and the claims that are judged."""
    wanted = (*tables.COMPUTED[name].parameters, "claim")
    return {column: texts for column, texts in filters.items() if column in wanted}


@st.cache_resource(max_entries=16, show_spinner=False)
def _rows(key: Key, today: Any, name: str, filters: Held) -> list[Row]:
    return list(tables.open_table(store(), name, tables.Asked(given(filters)))[1])


def _computed(name: str, filters: Filters) -> list[Row]:
    return _rows(revision(), store().today(), name, held(_narrowing(name, filters)))


@st.cache_data(max_entries=64, show_spinner=False)
def _overview(key: Key, name: str, filters: Held, first: int) -> overview.Overview:
    return overview.of_record(store(), name, given(filters), first)


def looked_at(name: str, filters: Filters, first: int = overview.FIRST) -> overview.Overview:
    """The first rows of a table and how many there are. NothingThere where nothing can be computed."""
    if computed(name):
        return overview.of_computed(name, _computed(name, filters), filters)
    return _overview(revision(), name, held(filters), first)


@st.cache_data(max_entries=64, show_spinner=False)
def _sizes(key: Key, today: Any, name: str, filters: Held) -> dict[str, int]:
    return looked_at(name, given(filters)).sizes()


def sizes(name: str, filters: Filters) -> dict[str, int]:
    """The bytes of a table in each format, as ``Overview.sizes`` gives them."""
    return _sizes(revision(), store().today(), name, held(filters))


@st.cache_data(max_entries=256, show_spinner=False)
def _facets(key: Key, name: str, column: str, filters: Held) -> overview.Facets:
    return store().facets(name, column, given(filters))


def facets(name: str, column: str, filters: Filters) -> overview.Facets:
    """The values of a column with the number of rows that hold each, whatever is chosen of it."""
    others = {each: texts for each, texts in filters.items() if each.split(".")[0] != column}
    if computed(name):
        return overview.facets_of_computed(name, _computed(name, filters), column, others)
    return _facets(revision(), name, column, held(others))


def preview(name: str, filters: Filters, limit: int) -> tuple[pd.DataFrame, int]:
    """The first rows of a table, and how many there are."""
    found = looked_at(name, filters, limit)
    return frame(found, limit), found.count


def frame(found: overview.Overview, limit: int) -> pd.DataFrame:
    """The first rows of what was looked at."""
    return pd.DataFrame(found.rows[:limit], columns=[column.name for column in found.columns])


def pinned(name: str, filters: Filters) -> dict[str, Any]:
    """The filters under which an address always gives these rows: those of this revision, and of what speaks of today
    those that are public today."""
    today = {"known_by": [store().today().isoformat()]} if tables.dated(name) else {}
    return {**today, **filters, AS_OF: newest()}


@st.cache_data(max_entries=64, show_spinner=False)
def _digest(key: Key, today: Any, name: str, filters: Held) -> str:
    found = hashlib.sha256()
    for chunk in FORMATS["csv"](*tables.open_table(store(), name, tables.Asked(given(filters)))):
        found.update(chunk)
    return found.hexdigest()


def digest(name: str, filters: Filters) -> str:
    """The SHA-256 of a table as CSV: of the very bytes that its pinned address gives. It reads every row."""
    return _digest(revision(), store().today(), name, held(filters))
