"""What the pages show: tables that are real HTML, lists of links, and the view of the Trends page."""

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from tracker import charts, language, series
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.ui import parts

MARKS = re.compile(r"([\\`*_{}\[\]<>#+|~$:!&])")
#: rows up to which a table is HTML, which a keyboard and a screen reader can walk through
SHORT = 200


def plain(text: Any) -> str:
    """A text from the record as Markdown that shows it as it is."""
    return MARKS.sub(r"\\\1", str(text))


def table(rows: pd.DataFrame | dict[str, Any], alt: str) -> None:
    """A table of ready texts: HTML where it is short, a grid with its own scroll where it is long."""
    if isinstance(rows, dict):
        st.table(rows, border="horizontal", width="content", alt=alt)
    elif len(rows) <= SHORT:
        st.table(rows, border="horizontal", hide_index=True, alt=alt)
    else:
        st.dataframe(rows, hide_index=True, alt=alt)


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


def back(name: str, label: str) -> None:
    """The way from one item to the list of its page."""
    with st.container(key=f"list_{name}"):
        st.page_link(parts.page(name), label=label, icon=":material/arrow_back:")


def claim_list(rows: list[Any], found: dict[str, tuple[str, str]]) -> None:
    """Claims as links, newest first, each with who, when and the verdict's two words."""
    with st.container(key="list_of_claims", gap="small"):
        for row in reversed(rows):
            with st.container(gap=None):
                st.page_link(parts.page("claims"), label=plain(row.paraphrase), query_params={"claim": row.id}, icon="")
                day = language.day(row.date, row.date_precision)
                st.caption(f"{plain(row.claimant)} · {day} · {words_of(found, row.id)}")


@dataclass(frozen=True)
class View:
    """Everything the Trends page shows of one attitude under the choices made."""

    attitude: parts.Attitude
    pollsters: tuple[str, ...]
    years: tuple[int, int]
    categories: tuple[str, ...]
    unknown: list[str] = field(default_factory=list)

    @cached_property
    def readings(self) -> pd.DataFrame:
        """All readings of the attitude."""
        return self.attitude.readings()

    @cached_property
    def shown(self) -> pd.DataFrame:
        """Those of the chosen pollsters and years."""
        rows = self.readings
        years = rows["field_end"].dt.year.ge(self.years[0]) & rows["field_start"].dt.year.le(self.years[1])
        return rows[years & (rows["pollster"].isin(self.pollsters) if self.pollsters else True)]

    @cached_property
    def names(self) -> tuple[str, str]:
        """Names of the population and the subject."""
        return parts.names("populations")[self.attitude.population], parts.names("subjects")[self.attitude.subject]

    @cached_property
    def claims(self) -> list[Any]:
        """Claims about the population and the subject in these years."""
        rows = parts.claim_rows(self.attitude.population, self.attitude.subject)
        return [row for row in rows if self.holds(row.date)]

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in the chosen years, and before the day by which things must have been known."""
        known_by = self.attitude.known_by
        return self.years[0] <= day.year <= self.years[1] and (known_by is None or day <= known_by)

    @cached_property
    def words(self) -> dict[str, tuple[str, str]]:
        """The verdict's two words on each claim shown; the second by what is public now, or was by the chosen day."""
        return parts.words(self.claims, self.attitude.known_by)

    @cached_property
    def events(self) -> list[Any]:
        """Events that bear on the subject, of the chosen categories, in these years."""
        rows = parts.event_rows(self.attitude.subject)
        rows = [row for row in rows if not self.categories or row.category in self.categories]
        return [row for row in rows if self.holds(row.date)]

    @cached_property
    def countries(self) -> set[str]:
        """Countries of the population and the subject: an event in which both act comes first."""
        population, subject = self.attitude.population, self.attitude.subject
        rows = [*parts.every("populations"), *parts.every("subjects")]
        return {row.country for row in rows if row.id in (population, subject) and row.country}

    @cached_property
    def event_table(self) -> pd.DataFrame:
        """The rail."""
        return charts.event_table(self.events, self.countries)

    def headline(self) -> str:
        """The newest reading and the one before it."""
        asked = self.attitude
        if asked.known_by and not self.readings["comparable"].any():
            none = _("No poll of this was public by {day}: choose a later day, or none")
            return none.format(day=language.day(asked.known_by))
        measured = parts.measures(asked.population, asked.subject, asked.construct, asked.object)[asked.measure]
        return charts.headline(self.readings, *self.names, asked.construct, asked.measure, measured)

    def counts(self) -> str:
        """What stands behind the chart; where some of it is left out, how much."""
        known_by = self.attitude.known_by
        line = charts.counts(self.readings, known_by or dt.date.today())
        if known_by:
            line = _("As it was known by {day}").format(day=language.day(known_by)) + (f" · {line}" if line else "")
        if len(self.shown) == len(self.readings):
            return line
        part = _("{shown} of {all} polls shown; the trend pools all that are comparable")
        shown, all_polls = self.shown["poll"].nunique(), self.readings["poll"].nunique()
        return part.format(shown=shown, all=all_polls) + " · " + line

    def span(self) -> tuple[dt.date, dt.date]:
        """The days shown at first."""
        dated = pd.DataFrame({"date": pd.to_datetime([row.date for row in [*self.claims, *self.events]])})
        return charts.span_of(self.shown, dated)

    def chart(self) -> Any:
        """The main chart."""
        first, last = self.span()
        lane = charts.claim_table(self.claims, self.words, pd.Timestamp(last) - pd.Timestamp(first))
        pollsters = charts.order(self.readings)
        trend = self.attitude.trend()
        return charts.trend_chart(self.shown, trend, self.event_table, lane, pollsters=pollsters, span=(first, last))

    def summary(self) -> str:
        """Where the pooled level stands, or why there is none."""
        found = self.attitude.trend()
        return charts.summary(found) if found else self.attitude.why_no_trend()

    def in_words(self) -> str:
        """What the chart shows, for whoever does not see it."""
        return f"{self.headline()}. {self.summary()}"

    def labelled(self) -> str:
        """The labelled events in one line, by the numbers that stand for them on a narrow chart."""
        rows = self.event_table[self.event_table["number"] > 0].itertuples()
        events = " · ".join(f"{row.number}\u00a0{plain(row.title)} ({row.shown_date})" for row in rows)
        return _("Around this time, never as a cause: {events}").format(events=events) if events else ""

    def filters(self) -> dict[str, Any]:
        """The same choices as filters of an export."""
        return self.attitude.filters() | {"pollster": self.pollsters}

    def own_scales(self) -> list[tuple[str, Any]]:
        """A title and a small chart for each scale that has an axis of its own."""
        apart = charts.on_own_scales(self.shown)
        span, pollsters = self.span(), charts.order(self.readings)
        return [(str(name), charts.panel_chart(rows, span, pollsters)) for name, rows in apart.groupby("scale_name")]


def pick_view() -> View | None:
    """The choices of the Trends page; None where there is nothing to choose from."""
    words: list[str] = []
    if not parts.has_polls():
        return None
    attitude = parts.pick_attitude(words)
    attitude = attitude._replace(known_by=None)
    places = st.columns([3, 3, 2])
    readings = attitude.readings()
    events = parts.event_rows(attitude.subject)
    with places[0]:
        names = dict(sorted(zip(readings["pollster"], readings["pollster_name"], strict=True)))
        pollsters = parts.pick_several("pollster", _("Pollsters"), names, words, _("all"))
    with places[1]:
        categories = {row.category: language.word(row.category) for row in events}
        chosen = parts.pick_several("category", _("Categories of events"), categories, words, _("all"))
    with places[2]:
        told = _("Only what was public by the end of this day")
        known_by = parts.pick_day("known_by", _("Known by"), words, told)
    dates = [*readings["field_start"].dt.date, *readings["field_end"].dt.date]
    dates += [row.date for row in [*events, *parts.claim_rows(attitude.population, attitude.subject)]]
    years = parts.pick_years(min(dates).year, max(dates).year)
    return View(attitude._replace(known_by=known_by), tuple(pollsters), years, tuple(chosen), words)


def size(count: int) -> str:
    """A number of rows."""
    return ngettext("{count} row", "{count} rows", count).format(count=language.number(count))
