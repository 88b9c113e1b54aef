"""The form of an event: what happened, when, who did it to whom, and whose image it bears on."""

import datetime as dt

import streamlit as st

from tracker import charts, events, language
from tracker.language import gettext as _
from tracker.models import PRECISIONS
from tracker.ui import cards, parts
from tracker.ui.entering import assertion
from tracker.ui.entering.fields import Form, words

#: what has been announced may lie so many days ahead
AHEAD = 3650


def event(form: Form) -> None:
    """Every field of an event."""
    st.subheader(_("What happened"), anchor=False)
    form.text("title", _("In a few words"))
    form.text("description", _("In one sentence"), long=True, height=90)
    ahead = dt.date.today() + dt.timedelta(days=AHEAD)
    with st.grid(2):
        form.day("date", _("Day on which it happened or began"), ahead)
        form.choice(
            "date_precision", _("Day known to the"), words(PRECISIONS), placeholder=charts.capital(language.word("day"))
        )
        form.day("end_date", _("Last day, if it lasted"), ahead)
        form.choice("category", _("Kind of event"), _categories(), free=True)
    st.subheader(_("Who, and whose image it bears on"), anchor=False)
    _parties(form)
    st.subheader(_("The source"), anchor=False)
    form.text("source_title", _("Title of the source"))
    form.text("source_url", _("Address of the source"), placeholder="https://")
    form.said |= {"id": form.held["id"]} if "id" in form.held else {}


def _parties(form: Form) -> None:
    known = cards.actors(parts.event_rows())
    form.several("subjects", _("Opinion of what it bears on"), assertion.subjects())
    form.several("actors", _("Everybody who took part"), known, free=True)
    took_part = {actor: cards.actor(actor) for actor in parts.listed(form.said.get("actors"))}
    with st.grid(2):
        form.several("source_actor", _("Who acted"), took_part, free=True)
        form.several("target_actor", _("Towards whom"), took_part, free=True)
    form.choice("plover_type", _("What was done, as PLOVER calls it"), _types())


def _categories() -> dict[str, str]:
    found = {row.category: charts.capital(language.word(row.category)) for row in parts.event_rows()}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def _types() -> dict[str, str]:
    form = _("{type} ({quadrant})")
    return {
        name: form.format(type=language.word(name), quadrant=_(events.QUADRANT_NAMES[quadrant]))
        for name, quadrant in events.PLOVER.items()
    }
