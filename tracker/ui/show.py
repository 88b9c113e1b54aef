"""What the pages show: tables that are real HTML, sources, lists of links."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from tracker import charts, language, series
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.ui import parts

MARKS = re.compile(r"([\\`*_{}\[\]<>#+|~$:!&])")
#: rows up to which a table is HTML, which a keyboard and a screen reader can walk through
SHORT = 200
#: rows of a page of a longer one
PAGE = 100


def plain(text: Any) -> str:
    """A text from the record as Markdown that shows it as it is."""
    return MARKS.sub(r"\\\1", str(text))


def folded(key: str, label: str, made: Callable[[], None], count: int = 0) -> None:
    """What unfolds under a label, with a count where it names one: made once it is opened, which the address keeps."""
    place = st.expander(label.format(count=language.number(count)), key=key, bind="query-params")
    if place.open:
        with place:
            made()


def paged(rows: pd.DataFrame, made: Callable[[pd.DataFrame], pd.DataFrame], alt: str, key: str) -> None:
    """A table of ready texts that ``made`` makes of rows, newest last: all of it as HTML, the newest page first."""
    pages = max(-(-len(rows) // PAGE), 1)
    number = st.pagination(pages, key=f"{key}_{pages}") if pages > 1 else 1
    end = len(rows) - PAGE * (number - 1)
    st.table(made(rows.iloc[max(end - PAGE, 0) : end]), border="horizontal", hide_index=True, alt=alt)


def table(rows: pd.DataFrame | dict[str, Any], alt: str) -> None:
    """A table of ready texts: HTML where it is short, a grid with its own scroll where it is long."""
    if isinstance(rows, dict):
        st.table(rows, border="horizontal", width="content", alt=alt)
    elif len(rows) <= SHORT:
        st.table(rows, border="horizontal", hide_index=True, alt=alt)
    else:
        st.dataframe(rows, hide_index=True, alt=alt)


def fields(told: dict[str, str], alt: str) -> None:
    """Fields by name, with values from the record; those that are an address lead there."""
    table({name: link(value) if value.startswith("http") else plain(value) for name, value in told.items()}, alt)


def unknown(words: list[str]) -> None:
    """Say which words of the address name nothing here; the rest of the address holds."""
    if words:
        text = _("The address names what the record does not have, which is left out: {words}")
        st.caption(plain(text.format(words="; ".join(words))))


def link(url: str | None, title: str | None = None) -> str:
    """A source as a Markdown link; nothing but an http address becomes one."""
    if not url or not url.startswith(("http://", "https://")) or re.search(r"[\s()<>]", url):
        return plain(title or url or _("not given"))
    return f"[{plain(title or urlsplit(url).hostname)}]({url})"


def readings_table(readings: pd.DataFrame) -> pd.DataFrame:
    """The table beside a chart: each reading in words, newest first."""
    rows = list(readings.iloc[::-1].itertuples())
    return pd.DataFrame(
        {
            _("Fieldwork"): [charts.when(row) for row in rows],
            _("Pollster"): [plain(row.pollster_name) for row in rows],
            _("Reading"): [_value(row) for row in rows],
            _("Base"): ["–" if pd.isna(row.base) else language.number(int(row.base)) for row in rows],
            _("Interviewed"): [language.word(row.mode_class) for row in rows],
            _("Scale"): [plain(language.name(row.scale_name)) for row in rows],
            _("In the trend"): [_("yes") if row.comparable else series.explain(row.why_not) for row in rows],
            _("Source"): [link(row.source_url, _source(row)) for row in rows],
        }
    )


def compared_table(readings: pd.DataFrame) -> pd.DataFrame:
    """The same for two subjects, named in the column ``subject``."""
    table = readings_table(readings)
    table.insert(0, _("Subject"), [plain(name) for name in readings["subject"].iloc[::-1]])
    return table


def _source(row: Any) -> str:
    return _("second-hand source") if row.provenance == "secondary" else _("source")


def _value(row: Any) -> str:
    return _("not given") if pd.isna(row.value) else charts.amount(row.value, row.unit, row.high)


def not_joined(readings: pd.DataFrame) -> list[str]:
    """Why the instruments of a chart are not joined to the one with most readings: the fields that differ."""
    pooled = readings[readings["comparable"]]
    if pooled["instrument"].nunique() < 2:
        return []
    groups = sorted(pooled.groupby("instrument"), key=lambda pair: -len(pair[1]))
    (_name, largest), *others = [(name, rows.iloc[-1]) for name, rows in groups]
    form = _("{a} and {b}: {fields}")
    pairs = [(largest, row, series.why_not_joined(largest, row)) for _name, row in others]
    return [
        plain(form.format(a=a.pollster_name, b=b.pollster_name, fields="; ".join(fields))) for a, b, fields in pairs
    ]


def words_of(found: dict[str, tuple[str, str]], claim_id: str) -> str:
    """The words of a verdict, then and now, in one line."""
    then, now = (_(word) for word in found[claim_id])
    return _("then {then}, now {now}").format(then=then, now=now)


def note(text: str) -> None:
    """Small print that may hold links; a caption's are too faint to read."""
    st.markdown(f":small[{text}]")


def clock(at: dt.datetime) -> str:
    """A moment, UTC, on the clock of whoever looks: 14:02."""
    zone = st.context.timezone
    here = at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone) if zone else dt.UTC)
    return f"{here:%H:%M}" if zone else f"{here:%H:%M} UTC"


def back(name: str, label: str) -> None:
    """The way from one item to the list of its page."""
    with st.container(key=f"list_{name}"):
        st.page_link(parts.page(name), label=label, query_params=language.carried(), icon=":material/arrow_back:")


def claim_list(rows: list[Any], found: dict[str, tuple[str, str]]) -> None:
    """Claims as links, newest first, each with who, when and the verdict's two words."""
    with st.container(key="list_of_claims", gap="small"):
        for row in reversed(rows):
            with st.container(gap=None):
                st.page_link(
                    parts.page("claims"),
                    label=plain(row.paraphrase),
                    query_params=language.carried({"claim": row.id}),
                    icon="",
                )
                day = language.day(row.date, row.date_precision)
                st.caption(f"{plain(row.claimant)} · {day} · {words_of(found, row.id)}")


def cited(name: str, count: int | None, address: str, digest: str | None = None) -> str:
    """How to cite rows as they were recorded: which, how many, of which revision, where, and the hash of their CSV."""
    changed = parts.store().changed_at()
    day = language.day(changed.date() if changed else parts.store().today())
    recorded = _("revision {revision} of {day}").format(revision=language.number(parts.newest()), day=day)
    which = [_("Opinion tracker"), f"{name}.csv", *([] if count is None else [size(count)]), recorded]
    return f"{', '.join(which)}. {address}" + (f" (SHA-256 {digest})" if digest else "")


def size(count: int) -> str:
    """A number of rows."""
    return ngettext("{count} row", "{count} rows", count).format(count=language.number(count))


def weight(count: int) -> str:
    """A number of bytes, as exactly as anybody wants it."""
    for one, told in ((10**9, _("{count} GB")), (10**6, _("{count} MB")), (1000, _("{count} kB"))):
        if count >= one:
            return told.format(count=language.number(count / one, 0 if count >= 10 * one else 1))
    return ngettext("{count} byte", "{count} bytes", count).format(count=language.number(count))


def take(name: str, filters: dict[str, Any], label: str | None = None) -> None:
    """The way to the Data page with exactly these rows chosen; a filter that is empty is none."""
    query = {column: value if isinstance(value, list) else str(value) for column, value in filters.items() if value}
    with st.container(key=f"list_take_{name}"):
        st.page_link(
            parts.page("data"),
            label=label or _("Take these rows"),
            query_params=language.carried({parts.TABLE: name, **query}),
            icon=":material/download:",
        )
