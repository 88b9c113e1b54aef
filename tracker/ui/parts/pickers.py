"""Pickers: which attitude, which polls."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from tracker import charts, language, series
from tracker.language import gettext as _
from tracker.ui.parts.loaders import Attitude, choices, listed, measures, most, names, one_of, source
from tracker.ui.parts.widgets import folded, pick, pick_day, pick_several, side_by_side

#: the word of an address for every population at once
ALL = "all"
#: what was chosen among the polls of one attitude
OF_ONE = ("measure", "pollster", "compare", "event", "object")
#: what is chosen among the polls and the events of an attitude
MORE = ("pollster", "from", "to", "known_by", "category", "actor")


def pick_attitude(unknown: list[str], every: bool = False, places: Sequence[Any] | None = None) -> Attitude:
    """Population, subject, construct, measure and what is rated; only combinations that somebody asked about.

    With ``every`` the population may be ``ALL``. ``places`` are where the five choices go; the last is there only where
    polls differ in it.
    """
    rows = choices()
    places = places or side_by_side(5)
    with places[0]:
        options = most(rows, "population", "population_name")
        start = one_of(series.DEFAULT_POPULATION, options)
        side = {ALL: _("All, side by side")} if every and len(options) > 1 else {}
        population = pick("population", _("Population"), side | options, start, unknown, OF_ONE)
    rows = [row for row in rows if population in (ALL, row.population)]
    with places[1]:
        options = most(rows, "subject", "subject_name")
        subject = pick("subject", _("Subject"), options, one_of(series.DEFAULT_SUBJECT, options), unknown, OF_ONE)
    rows = [row for row in rows if row.subject == subject]
    with places[2]:
        options = {name: charts.capital(charts.construct_name(name)) for name in most(rows, "construct")}
        construct = pick("construct", _("Construct"), options, one_of("favourability", options), unknown, OF_ONE)
    rows = [row for row in rows if row.construct == construct]
    with places[4]:
        rated = _pick_rated(rows, unknown)
    asked = next(row.population for row in rows if row.object == rated)
    options = measures(asked if population == ALL else population, subject, construct, rated)
    with places[3]:
        measured = {name: charts.capital(text) for name, text in options.items()}
        measure = pick("measure", _("Measure"), measured, next(iter(measured)), unknown)
    return Attitude(population, subject, construct, measure, rated)


def _pick_rated(rows: list[Any], unknown: list[str]) -> str:
    """Whether the country is rated, its government, leader or people."""
    options = {name: charts.capital(language.word(name)) for name in most(rows, "object")}
    start = one_of("country", options)
    if len(options) > 1 or st.query_params.get("object", start) != start:
        return pick("object", _("Rated"), options, start, unknown, ("measure", "pollster"))
    return start


def pick_choices(unknown: list[str]) -> charts.Choices:
    """Everything that can be chosen of a view; of many populations, their polls."""
    above, below = side_by_side(3), side_by_side(3)
    attitude = pick_attitude(unknown, every=True, places=[*above[:2], *below])
    with above[2]:
        compare = None if attitude.population == ALL else _pick_other(attitude, unknown)
    with folded("more", _("More choices: pollsters, dates, kinds of event"), MORE):
        return _pick_polls_and_events(attitude, compare, unknown)


def _pick_polls_and_events(attitude: Attitude, compare: str | None, unknown: list[str]) -> charts.Choices:
    """Which polls of an attitude are shown, and which events beside them."""
    places = side_by_side(4)
    with places[0]:
        pollsters = pick_several("pollster", _("Pollsters"), _pollsters(attitude), unknown, _("all"))
    with places[1]:
        first = pick_day("from", _("From"), unknown)
    with places[2]:
        last = pick_day("to", _("To"), unknown, latest=True)
    with places[3]:
        known_by = pick_known_by(unknown)
    if first and last and first > last:
        unknown.append(_("from {first} to {last}").format(first=first.isoformat(), last=last.isoformat()))
        first = last = None
    chosen = charts.Choices(attitude._replace(known_by=known_by), compare, tuple(pollsters), first, last)
    return chosen if attitude.population == ALL else _pick_events(chosen, unknown)


def pick_known_by(unknown: list[str]) -> dt.date | None:
    """The day by which things must have been public, or None."""
    return pick_day("known_by", _("Known by"), unknown, _("Only what was public by the end of this day"))


def _pick_events(chosen: charts.Choices, unknown: list[str]) -> charts.Choices:
    """Which events."""
    rows = source().events([chosen.attitude.subject, *([chosen.compare] if chosen.compare else [])])
    places = side_by_side(2)
    with places[0]:
        words = {row.category: charts.capital(language.word(row.category)) for row in rows}
        categories = pick_several("category", _("Categories of events"), words, unknown, _("all"))
    with places[1]:
        who = {each: charts.actor_name(each) for row in rows for each in listed(row.actors)}
        ordered = dict(sorted(who.items(), key=lambda pair: pair[1]))
        actors = pick_several("actor", _("Actors in events"), ordered, unknown, _("all"))
    return replace(chosen, categories=tuple(categories), actors=tuple(actors))


def _pick_other(attitude: charts.Attitude, unknown: list[str]) -> str | None:
    """Another subject that the same population was asked about in the same construct, or None."""
    kind = (attitude.population, attitude.construct, attitude.object)
    rows = [row for row in choices() if (row.population, row.construct, row.object) == kind]
    options = most([row for row in rows if row.subject != attitude.subject], "subject", "subject_name")
    nothing = {"": _("nothing")}
    return pick("compare", _("Compare with"), nothing | options, "", unknown) or None


def _pollsters(attitude: Attitude) -> dict[str, str]:
    """Who polled an attitude, by name; of all populations, everybody on record."""
    if attitude.population == ALL:
        return names("pollsters")
    readings = attitude.readings()
    found = dict(zip(readings["pollster"], readings["pollster_name"], strict=True))
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def pick_polls(unknown: list[str]) -> dict[str, list[str]]:
    """Filters of the list of polls."""
    places = st.columns(2)
    with places[0]:
        population = pick_several("population", _("Populations"), names("populations"), unknown, _("all"))
    with places[1]:
        pollster = pick_several("pollster", _("Pollsters"), names("pollsters"), unknown, _("all"))
    found = {"population": population, "pollster": pollster}
    return {name: values for name, values in found.items() if values}
