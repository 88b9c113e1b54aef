"""Pickers: which attitude, which polls, which rows."""

import streamlit as st

from tracker import charts, series
from tracker.language import gettext as _
from tracker.ui.parts.loaders import Attitude, choices, measures, most, names, one_of
from tracker.ui.parts.widgets import pick, pick_several


def pick_attitude(unknown: list[str]) -> Attitude:
    """Population, subject, construct, what is rated and measure; only combinations that somebody asked about."""
    rows = choices()
    places = st.columns(4)
    with places[0]:
        options = most(rows, "population", "population_name")
        start = one_of(series.DEFAULT_POPULATION, options)
        population = pick("population", _("Population"), options, start, unknown)
    rows = [row for row in rows if row.population == population]
    with places[1]:
        options = most(rows, "subject", "subject_name")
        subject = pick("subject", _("Subject"), options, one_of(series.DEFAULT_SUBJECT, options), unknown)
    rows = [row for row in rows if row.subject == subject]
    with places[2]:
        options = {name: charts.capital(charts.construct_name(name)) for name in most(rows, "construct")}
        construct = pick("construct", _("Construct"), options, one_of("favourability", options), unknown)
    rows = [row for row in rows if row.construct == construct]
    rated = one_of(st.query_params.get("object", "country"), most(rows, "object"))
    options = measures(population, subject, construct, rated)
    with places[3]:
        measured = {name: charts.capital(text) for name, text in options.items()}
        measure = pick("measure", _("Measure"), measured, next(iter(measured)), unknown)
    return Attitude(population, subject, construct, measure, rated)


def pick_polls(unknown: list[str]) -> dict[str, list[str]]:
    """Filters of the list of polls."""
    places = st.columns(2)
    with places[0]:
        population = pick_several("population", _("Populations"), names("populations"), unknown, _("all"))
    with places[1]:
        pollster = pick_several("pollster", _("Pollsters"), names("pollsters"), unknown, _("all"))
    found = {"population": population, "pollster": pollster}
    return {name: values for name, values in found.items() if values}


def pick_rows(table: str, unknown: list[str]) -> dict[str, list[str]]:
    """Filters of an export: those that its table has."""
    filters = pick_polls(unknown) if table in ("wide", "answers", "questions", "polls") else {}
    if table in ("wide", "answers", "questions"):
        rows = choices()
        places = st.columns(2)
        with places[0]:
            subjects = most(rows, "subject", "subject_name")
            filters["subject"] = pick_several("subject", _("Subjects"), subjects, unknown, _("all"))
        with places[1]:
            constructs = {name: charts.capital(charts.construct_name(name)) for name in most(rows, "construct")}
            filters["construct"] = pick_several("construct", _("Constructs"), constructs, unknown, _("all"))
    return {name: values for name, values in filters.items() if values}
