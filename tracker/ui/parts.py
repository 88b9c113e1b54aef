"""What the pages share: loaders that never work twice, and pickers whose choices live in the address bar.

Everything read is cached by the newest revision and the version of the method, so a rerun never refits and a stored
poll is on the next page drawn. The address is the truth: each run sets the widgets from it, and a widget that changes
writes it; so the same words serve the address of a page and the filters of the routes, whatever the language.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from tracker import accounts, charts, claims, intake, series, trend
from tracker.language import gettext as _
from tracker.models import Claim, Poll, Pollster, Population, Scale, Subject
from tracker.settings import Settings
from tracker.store import Store

FOLDER = Path(__file__).parent / "pages"
MEASURES = ("positive", "negative", "net", "mean")


def page(name: str) -> str:
    """The script of a page, as Streamlit's links want it."""
    return str(FOLDER / f"{name}.py")


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> Store:
    return Store(url)


def store() -> Store:
    """The store of this installation, opened once."""
    return _opened(Settings.from_env().database_url)


def revision() -> tuple[int, str]:
    """What everything cached is keyed by: the newest revision and the version of the method."""
    return store().newest(), claims.METHOD


def contributor() -> Any | None:
    """The signed-in contributor, or None."""
    return accounts.contributor(store(), st.context.cookies.to_dict().get(accounts.COOKIE))


def address(path: str, **query: Any) -> str:
    """An absolute address on this site, as whoever reads the page reaches it."""
    here = urlsplit(st.context.url or "")
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else Settings.from_env().public_url
    given = {name: value for name, value in query.items() if value not in (None, (), "")}
    return origin + path + (f"?{urlencode(given, doseq=True)}" if given else "")


# loaders


@st.cache_data(max_entries=16, show_spinner=False)
def _choices(key: tuple[int, str]) -> list[Any]:
    return store().choices()


@st.cache_data(max_entries=64, show_spinner=False)
def _every(key: tuple[int, str], table: str) -> list[Any]:
    tables = {"pollsters": Pollster, "populations": Population, "subjects": Subject, "scales": Scale, "polls": Poll}
    return store().every(tables[table])


def every(table: str) -> list[Any]:
    """All rows of a table of the record."""
    return _every(revision(), table)


@st.cache_data(max_entries=256, show_spinner=False)
def _readings(key: tuple[int, str], *attitude: Any) -> pd.DataFrame:
    population, subject, construct, measure, rated, known_by = attitude
    return series.read(store(), population, subject, construct, measure, rated, known_by)


@st.cache_resource(max_entries=256, show_spinner=False)
def _trend(key: tuple[int, str], *attitude: Any) -> trend.Trend | str:
    try:
        return trend.fit(_readings(key, *attitude))
    except trend.NotPooled as nothing:
        return str(nothing)


@st.cache_data(max_entries=64, show_spinner=False)
def _claims(key: tuple[int, str], population: str | None, subject: str | None) -> list[Any]:
    return store().claims(population, subject)


def claim_rows(population: str | None = None, subject: str | None = None) -> list[Any]:
    """Claims by date."""
    return _claims(revision(), population, subject)


@st.cache_data(max_entries=64, show_spinner=False)
def _words(key: tuple[int, str], today: dt.date, ids: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    rows = [row for row in _claims(key, None, None) if row.id in set(ids)]
    return {claim: (found.then, found.now) for claim, found in claims.summary(store(), rows).items()}


def words(rows: Sequence[Any]) -> dict[str, tuple[str, str]]:
    """The verdict's word then and now of each claim, by its id."""
    return _words(revision(), dt.date.today(), tuple(row.id for row in rows))


@st.cache_data(max_entries=128, show_spinner=False)
def _judgement(key: tuple[int, str], today: dt.date, claim: str) -> dict[str, Any]:
    return claims.judge(store(), claim).as_dict()


def judgement(claim: str) -> dict[str, Any]:
    """Both verdicts on a claim, as its JSON has them."""
    return _judgement(revision(), dt.date.today(), claim)


def claim(claim_id: str) -> Any | None:
    """One claim, or None."""
    return store().entity(Claim, claim_id)


@st.cache_data(max_entries=64, show_spinner=False)
def _events(key: tuple[int, str], subject: str | None) -> list[Any]:
    return store().events(subject)


def event_rows(subject: str | None = None) -> list[Any]:
    """Events by date."""
    return _events(revision(), subject)


@st.cache_data(max_entries=64, show_spinner=False)
def _preview(key: tuple[int, str], name: str, filters: tuple[Any, ...], limit: int) -> tuple[pd.DataFrame, int]:
    columns, rows = store().table(name, {column: list(values) for column, values in filters})
    held = list(rows)
    return pd.DataFrame(held[:limit], columns=[column.name for column in columns]), len(held)


def preview(name: str, filters: Mapping[str, Sequence[str]], limit: int = 50) -> tuple[pd.DataFrame, int]:
    """The first rows of an export, and how many there are."""
    return _preview(revision(), name, tuple((key, tuple(value)) for key, value in filters.items()), limit)


def known() -> intake.Known:
    """What a form may refer to."""
    return intake.known(store())


# pickers


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


class Attitude(NamedTuple):
    """Which attitude: the arguments of :func:`tracker.series.read`, in its order."""

    population: str
    subject: str
    construct: str
    measure: str
    object: str
    known_by: dt.date | None = None

    def readings(self) -> pd.DataFrame:
        """Its readings."""
        return _readings(revision(), *self)

    def trend(self) -> trend.Trend | None:
        """Its pooled trend, or None."""
        found = _trend(revision(), *self)
        return None if isinstance(found, str) else found

    def why_no_trend(self) -> str:
        """Why there is none; empty where there is."""
        found = _trend(revision(), *self)
        return found if isinstance(found, str) else ""

    def filters(self) -> dict[str, list[str]]:
        """The same attitude as filters of an export."""
        return {"population": [self.population], "subject": [self.subject], "construct": [self.construct]}


def _most(rows: Sequence[Any], name: str, label: str | None = None) -> dict[str, str]:
    """The values of one column, those with most questions first, with their names."""
    count: dict[str, int] = {}
    for row in rows:
        count[getattr(row, name)] = count.get(getattr(row, name), 0) + row.questions
    names = {getattr(row, name): getattr(row, label) if label else "" for row in rows}
    return {value: names[value] for value in sorted(count, key=lambda value: -count[value])}


def _one_of(wanted: str, options: dict[str, str]) -> str:
    return wanted if wanted in options else next(iter(options))


def pick_attitude(unknown: list[str], with_measure: bool = True) -> Attitude:
    """Population, subject, construct, what is rated and measure; only combinations that somebody asked about."""
    rows = _choices(revision())
    places = st.columns(4 if with_measure else 3)
    with places[0]:
        options = _most(rows, "population", "population_name")
        start = _one_of(series.DEFAULT_POPULATION, options)
        population = pick("population", _("Population"), options, start, unknown)
    rows = [row for row in rows if row.population == population]
    with places[1]:
        options = _most(rows, "subject", "subject_name")
        subject = pick("subject", _("Subject"), options, _one_of(series.DEFAULT_SUBJECT, options), unknown)
    rows = [row for row in rows if row.subject == subject]
    with places[2]:
        options = {name: charts.construct_name(name).capitalize() for name in _most(rows, "construct")}
        construct = pick("construct", _("Construct"), options, _one_of("favourability", options), unknown)
    rows = [row for row in rows if row.construct == construct]
    measure = MEASURES[0]
    if with_measure:
        with places[3]:
            options = {name: charts.measure_name(name).capitalize() for name in MEASURES}
            measure = pick("measure", _("Measure"), options, MEASURES[0], unknown)
    rated = _most(rows, "object")
    wanted = st.query_params.get("object", "country")
    return Attitude(population, subject, construct, measure, _one_of(wanted, rated))


def has_polls() -> bool:
    """Whether there is anything to choose from."""
    return bool(_choices(revision()))


def listed(cell: str | None) -> list[str]:
    """The parts of a cell that holds several."""
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def subjects_of(rows: Sequence[Any]) -> dict[str, str]:
    """The subjects that claims or events are about, with their names."""
    names = {row.id: row.name for row in every("subjects")}
    found = {each for row in rows for each in listed(getattr(row, "subjects", None) or getattr(row, "subject", None))}
    return {each: names.get(each, each) for each in sorted(found)}


def poll(poll_id: str) -> tuple[Any, list[Any]] | None:
    """A poll with its questions, unless it is a draft of somebody's; None where there is none."""
    found = store().poll(poll_id)
    return None if found is None or found[0].status in ("draft", "submitted") else found


def history(row_id: str) -> list[Any]:
    """The recorded changes of a row and of those below it."""
    return store().history(row_id)


def pick_polls(unknown: list[str]) -> dict[str, list[str]]:
    """Filters of the list of polls."""
    places = st.columns(2)
    with places[0]:
        populations = {row.id: row.name for row in every("populations")}
        population = pick_several("population", _("Populations"), populations, unknown, _("all"))
    with places[1]:
        pollsters = {row.id: row.name for row in every("pollsters")}
        pollster = pick_several("pollster", _("Pollsters"), pollsters, unknown, _("all"))
    found = {"population": population, "pollster": pollster}
    return {name: values for name, values in found.items() if values}


def pick_rows(table: str, unknown: list[str]) -> dict[str, list[str]]:
    """Filters of an export: those that its table has."""
    filters = pick_polls(unknown) if table in ("wide", "answers", "questions", "polls") else {}
    if table in ("wide", "answers", "questions"):
        rows = _choices(revision())
        places = st.columns(2)
        with places[0]:
            subjects = _most(rows, "subject", "subject_name")
            filters["subject"] = pick_several("subject", _("Subjects"), subjects, unknown, _("all"))
        with places[1]:
            constructs = {name: charts.construct_name(name).capitalize() for name in _most(rows, "construct")}
            filters["construct"] = pick_several("construct", _("Constructs"), constructs, unknown, _("all"))
    return {name: values for name, values in filters.items() if values}


@st.cache_data(max_entries=4, show_spinner=False)
def _meanings(key: tuple[int, str]) -> dict[str, list[Any]]:
    return store().meanings()


def meanings() -> dict[str, list[Any]]:
    """What the responses of each scale mean."""
    return _meanings(revision())


def attitudes_of(event: Any) -> list[tuple[Attitude, str]]:
    """The default population's favourability of each subject that an event bears on, with a name."""
    rows = [row for row in _choices(revision()) if row.population == series.DEFAULT_POPULATION]
    asked = {row.subject: row for row in rows if row.construct == "favourability" and row.object == "country"}
    form = _("{population} on {subject}, favourable views")
    return [
        (
            Attitude(row.population, row.subject, "favourability", "positive", "country"),
            form.format(population=row.population_name, subject=row.subject_name),
        )
        for row in (asked[subject] for subject in listed(event.subjects) if subject in asked)
    ]


def constructs() -> list[str]:
    """The constructs on record, those with most questions first."""
    return list(_most(_choices(revision()), "construct")) or ["favourability"]
