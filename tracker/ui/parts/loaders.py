"""Loaders that never work twice: what is read is held by store, revision and method, so a rerun never refits and a
poll just stored is on the next page drawn."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from tracker import accounts, charts, claims, intake, language, series, trend
from tracker.language import gettext as _
from tracker.models import Claim, Poll, Pollster, Population, Scale, Subject
from tracker.settings import Settings
from tracker.store import Store, UnknownRevision

FOLDER = Path(__file__).parent.parent / "pages"
#: what everything cached is keyed by: the store, its newest revision, the version of the method, the language
Key = tuple[str, int, str, str]


def page(name: str) -> str:
    """The script of a page, as Streamlit's links want it."""
    return str(FOLDER / f"{name}.py")


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> Store:
    return Store(url)


def _live() -> Store:
    return _opened(Settings.from_env().database_url)


def _copied() -> Store:
    """Where whoever looks reads: a copy of the store where one is set, which may lag; writers see what they wrote."""
    found = Settings.from_env()
    return _live() if accounts.COOKIE in st.context.cookies else _opened(found.read_url or found.database_url)


def store() -> Store:
    """The store as this page shows it: that of this installation, opened once, or the past state that is kept."""
    when = language.kept()
    return _copied() if when is None else _copied().at(when)


def stand(when: str | None) -> bool:
    """Show the record as of then from here on, None meaning as it is now; whether there is such a state. Where there is
    none, the record is shown as it is now."""
    language.keep(None)
    try:
        found = when is None or bool(_copied().at(when))
    except UnknownRevision:
        return False
    language.keep(when)
    return found


def revision() -> Key:
    """What is held in the cache belongs to this, and to nothing else."""
    return store().url, store().newest(), claims.METHOD, language.chosen()


def newest() -> int:
    """The number of the newest revision."""
    return store().newest()


def contributor() -> Any | None:
    """The signed-in contributor; None where there is none, and in a past state, where nobody can write."""
    return None if language.kept() else accounts.contributor(_live(), st.context.cookies.to_dict().get(accounts.COOKIE))


def address(path: str, **query: Any) -> str:
    """An absolute address on this site, as whoever reads the page reaches it, in the state that is shown."""
    here = urlsplit(st.context.url or "")
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else Settings.from_env().public_url
    given = {name: value for name, value in query.items() if value not in (None, (), "")}
    return origin + language.stated(path + (f"?{urlencode(given, doseq=True)}" if given else ""))


@st.cache_data(max_entries=16, show_spinner=False)
def _choices(key: Key) -> list[Any]:
    return store().choices()


def choices() -> list[Any]:
    """What can be picked, most questions first."""
    return _choices(revision())


@st.cache_data(max_entries=64, show_spinner=False)
def _every(key: Key, table: str) -> list[Any]:
    tables = {"pollsters": Pollster, "populations": Population, "subjects": Subject, "scales": Scale, "polls": Poll}
    return store().every(tables[table])


def every(table: str) -> list[Any]:
    """All rows of a table of the record."""
    return _every(revision(), table)


def names(table: str) -> dict[str, str]:
    """The names of a table's rows by their ids, in the order of the ids."""
    return {row.id: language.name(row.name) for row in every(table)}


@st.cache_resource(max_entries=4, show_spinner=False)
def _source(key: Key) -> charts.Source:
    return charts.Source(store())


def source() -> charts.Source:
    """What views are drawn from; it remembers what was read and fitted for as long as the revision stands."""
    return _source(revision())


@st.cache_resource(max_entries=64, show_spinner=False)
def _view(key: Key, today: dt.date, chosen: charts.Choices) -> charts.View:
    return charts.View(_source(key), chosen)


def view(chosen: charts.Choices) -> charts.View:
    """Everything that is shown under these choices; drawn once a day."""
    return _view(revision(), store().today(), chosen)


@st.cache_resource(max_entries=16, show_spinner=False)
def _multiples(key: Key, chosen: charts.Choices) -> charts.Multiples:
    return charts.Multiples(_source(key), chosen)


def multiples(chosen: charts.Choices) -> charts.Multiples:
    """The same choices in every population."""
    return _multiples(revision(), chosen)


@st.cache_data(max_entries=64, show_spinner=False)
def _claims(key: Key, population: str | None, subject: str | None) -> list[Any]:
    return store().claims(population, subject)


def claim_rows(population: str | None = None, subject: str | None = None) -> list[Any]:
    """Claims by date."""
    return _claims(revision(), population, subject)


@st.cache_data(max_entries=64, show_spinner=False)
def _words(key: Key, known_by: dt.date, ids: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    rows = [row for row in _claims(key, None, None) if row.id in set(ids)]
    return {claim: (found.then, found.now) for claim, found in claims.summary(store(), rows, known_by).items()}


def words(rows: Sequence[Any], known_by: dt.date | None = None) -> dict[str, tuple[str, str]]:
    """The verdict's word then and now, or by a chosen day in place of now, of each claim, by its id."""
    return _words(revision(), known_by or store().today(), tuple(row.id for row in rows))


@st.cache_data(max_entries=128, show_spinner=False)
def _judgement(key: Key, today: dt.date, claim: str) -> dict[str, Any]:
    return claims.judge(store(), claim).as_dict()


def judgement(claim: str) -> dict[str, Any]:
    """Both verdicts on a claim, as its JSON has them."""
    return _judgement(revision(), store().today(), claim)


def claim(claim_id: str) -> Any | None:
    """One claim, or None."""
    return store().entity(Claim, claim_id)


@st.cache_data(max_entries=64, show_spinner=False)
def _events(key: Key, subject: str | None) -> list[Any]:
    return store().events(subject)


def event_rows(subject: str | None = None) -> list[Any]:
    """Events by date."""
    return _events(revision(), subject)


@st.cache_resource(max_entries=2, show_spinner=False)
def _known(url: str, revision: int) -> intake.Known:
    return intake.known(store())


def known() -> intake.Known:
    """What a form may refer to; read once a revision."""
    return _known(store().url, newest())


class Attitude(charts.Attitude):
    """Which attitude, with what is held of it."""

    def readings(self) -> pd.DataFrame:
        """Its readings."""
        return source().readings(self)

    def trend(self) -> trend.Trend | None:
        """Its pooled trend, or None."""
        return source().trend(self)

    def why_no_trend(self) -> str:
        """Why there is none; empty where there is."""
        found = source().pooled(self)
        return str(found) if isinstance(found, trend.NotPooled) else ""


def most(rows: Sequence[Any], name: str, label: str | None = None) -> dict[str, str]:
    """The values of one column, those with most questions first, with their names."""
    count: dict[str, int] = {}
    for row in rows:
        count[getattr(row, name)] = count.get(getattr(row, name), 0) + row.questions
    names = {getattr(row, name): language.name(getattr(row, label)) if label else "" for row in rows}
    return {value: names[value] for value in sorted(count, key=lambda value: -count[value])}


def one_of(wanted: str, options: dict[str, str]) -> str:
    return wanted if wanted in options else next(iter(options))


def has_polls() -> bool:
    """Whether there is anything to choose from."""
    return bool(choices())


def listed(cell: str | None) -> list[str]:
    """The parts of a cell that holds several."""
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def subjects_of(rows: Sequence[Any]) -> dict[str, str]:
    """The subjects that claims or events are about, with their names."""
    known_as = names("subjects")
    found = {each for row in rows for each in listed(getattr(row, "subjects", None) or getattr(row, "subject", None))}
    return {each: known_as.get(each, each) for each in sorted(found)}


def poll(poll_id: str) -> tuple[Any, list[Any]] | None:
    """A poll with its questions, unless it is a draft of somebody's; None where there is none."""
    found = store().poll(poll_id)
    return None if found is None or found[0].status in ("draft", "submitted") else found


def history(row_id: str) -> list[Any]:
    """The recorded changes of a row and of those below it."""
    return store().history(row_id)


@st.cache_data(max_entries=4, show_spinner=False)
def _meanings(key: Key) -> dict[str, list[Any]]:
    return store().meanings()


def meanings() -> dict[str, list[Any]]:
    """What the responses of each scale mean."""
    return _meanings(revision())


def measures(population: str, subject: str, construct: str, rated: str) -> dict[str, str]:
    """The measures that comparable polls give of an attitude, with their names; first the one to begin with."""
    return source().measures(charts.Attitude(population, subject, construct, object=rated))


def attitudes_of(event: Any, population: str = series.DEFAULT_POPULATION) -> list[tuple[Attitude, str]]:
    """A population's favourability of each subject that an event bears on, with a name."""
    rows = [row for row in choices() if row.population == population]
    asked = {row.subject: row for row in rows if row.construct == "favourability" and row.object == "country"}
    form = _("{population} on {subject}, favourable views")
    return [
        (
            Attitude(row.population, row.subject, "favourability", "positive", "country"),
            form.format(population=language.name(row.population_name), subject=language.name(row.subject_name)),
        )
        for row in (asked[subject] for subject in listed(event.subjects) if subject in asked)
    ]


def constructs() -> list[str]:
    """The constructs on record, those with most questions first."""
    return list(most(choices(), "construct")) or ["favourability"]
