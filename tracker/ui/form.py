"""The fields of the Enter page, and what becomes of them: problems with a place and a remedy, or a stored poll."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import streamlit as st
from sqlalchemy.exc import IntegrityError

from tracker import accounts, charts, intake, language
from tracker.language import gettext as _
from tracker.language import marked
from tracker.models import Poll, Question
from tracker.ui import parts

OBJECTS = ("country", "government", "leader", "people")
PRECISIONS = ("day", "month", "year", "window")
MOST_QUESTIONS = 20


@dataclass(frozen=True)
class Stored:
    """A poll just stored, and the attitude of its first question."""

    poll: str
    population: str
    subject: str
    construct: str


def _names(table: str) -> dict[str, str]:
    return dict(sorted(parts.names(table).items(), key=lambda pair: pair[1]))


def _choose(label: str, options: dict[str, str], key: str, start: str | None = None, **more: Any) -> Any:
    names = list(options)
    index = names.index(start) if start in names else None
    told = {"placeholder": _("Choose one"), "format_func": options.__getitem__, **more}
    return st.selectbox(label, names, index=index, key=key, **told)


def poll_fields(writer: Any) -> dict[str, Any]:
    """Who, when, how, how many."""
    found: dict[str, Any] = {}
    precisions = {name: language.word(name) for name in PRECISIONS}
    told = _("Window: somewhere inside dates given for the whole of a larger survey")
    with st.grid(2):
        own = writer.pollster
        found["pollster"] = _choose(_("Pollster"), _names("pollsters"), "enter_pollster", own, disabled=bool(own))
        found["population"] = _choose(_("Population"), _names("populations"), "enter_population", "ca-adults")
        found["field_start"] = st.date_input(_("First day of fieldwork"), None, key="enter_start", **_days())
        found["field_end"] = st.date_input(_("Last day of fieldwork"), None, key="enter_end", **_days())
        found["date_precision"] = _choose(_("Dates known to the"), precisions, "enter_precision", "day", help=told)
        found["sample_size"] = st.number_input(_("Interviews"), 1, None, None, 1, key="enter_size")
        found["mode"] = st.text_input(_("How people were interviewed"), key="enter_mode", placeholder=_("online panel"))
        found["sponsor"] = st.text_input(_("Sponsor, if somebody else paid"), key="enter_sponsor")
    return found


def _days() -> dict[str, Any]:
    return {"min_value": dt.date(1930, 1, 1), "max_value": dt.date.today(), "format": "YYYY-MM-DD"}


def source_fields() -> dict[str, Any]:
    """Where the figures can be seen, once for all questions of the poll."""
    found: dict[str, Any] = {}
    with st.grid(2):
        found["source_url"] = st.text_input(_("Address of the source"), key="enter_url", placeholder="https://")
        found["source_title"] = st.text_input(_("Title of the source"), key="enter_title")
    return found


def question_fields(number: int) -> dict[str, Any]:
    """One question: what is rated, on which scale, in which words, and the answers."""
    constructs = {name: charts.capital(charts.construct_name(name)) for name in parts.constructs()}
    objects = {name: language.word(name) for name in OBJECTS}
    found: dict[str, Any] = {}
    with st.grid(2):
        found["subject"] = _choose(_("Subject"), _names("subjects"), f"enter_subject_{number}", "china")
        found["construct"] = _choose(_("Construct"), constructs, f"enter_construct_{number}", "favourability")
        found["scale"] = _choose(_("Scale"), _names("scales"), f"enter_scale_{number}", "favourable-unfavourable-4")
        found["object"] = _choose(_("What of it is rated"), objects, f"enter_object_{number}", "country")
        found["published"] = st.date_input(_("Published"), None, key=f"enter_published_{number}", **_days())
        found["base"] = st.number_input(_("Base, if not all interviews"), 1, None, None, 1, key=f"enter_base_{number}")
    found["wording"] = st.text_area(_("Question, word for word"), key=f"enter_wording_{number}", height=80)
    found["answers"] = answer_fields(number, found["scale"])
    return found


def answer_fields(number: int, scale: str | None) -> dict[str, float]:
    """One field a response with the live total below; parts of a total are not added twice."""
    meanings = parts.meanings().get(scale or "", [])
    if not meanings:
        st.caption(_("Choose a scale to fill in its answers."))
        return {}
    found: dict[str, float | None] = {}
    with st.grid(2):
        for row in meanings:
            name = language.name(row.name)
            label = name if row.part_of is None else _("of these: {name}").format(name=name)
            key = f"enter_answer_{number}_{scale}_{row.response}"
            found[row.response] = st.number_input(label, 0.0, None, None, 1.0, format="%g", key=key)
    filled = {response: value for response, value in found.items() if value is not None}
    st.caption(total(meanings, filled))
    return filled


def total(meanings: list[Any], filled: dict[str, float]) -> str:
    """The sum of what is filled in; a part counts where its whole is not."""
    shares = [row for row in meanings if row.polarity != "mean"]
    if not shares:
        return _("A mean on its own scale has no total.")
    counted = [row for row in shares if row.response in filled and row.part_of not in filled]
    value = sum(filled[row.response] for row in counted)
    text = _("Total so far {value} %; rounding allows 98 to 102.")
    return text.format(value=language.number(round(value, 2)))


def store(data: dict[str, Any], writer: Any, why: str, confirmed: bool) -> Stored | list[intake.Problem]:
    """Store the poll, or give back what is wrong with it; warnings count until they are confirmed."""
    entities, problems = intake.read_form(data, parts.known())
    if problems and not (confirmed and entities):
        return problems
    try:
        with accounts.writing(parts.store(), writer, why or None, approver=writer, own=True) as session:
            session.add_all(entities)
    except accounts.NotAllowed as refused:
        return [intake.Problem("form", None, "pollster", refused.reason, "", "error")]
    except IntegrityError:
        remedy = _("somebody stored the same just now: reload the page and look before you try again")
        return [intake.Problem("form", None, "poll", _("it is on record already"), remedy, "error")]
    poll = next(each for each in entities if isinstance(each, Poll))
    question = next(each for each in entities if isinstance(each, Question))
    return Stored(poll.id, poll.population, question.subject, question.construct)


FIELD_NAMES = marked(
    {
        "pollster": "Pollster",
        "population": "Population",
        "field_start": "First day of fieldwork",
        "field_end": "Last day of fieldwork",
        "date_precision": "Dates known to the",
        "sample_size": "Interviews",
        "mode": "How people were interviewed",
        "sponsor": "Sponsor",
        "source_url": "Address of the source",
        "source_title": "Title of the source",
        "subject": "Subject",
        "construct": "Construct",
        "object": "What of it is rated",
        "scale": "Scale",
        "wording": "Question, word for word",
        "published": "Published",
        "base": "Base",
        "answers": "Answers",
    }
)


def field_name(column: str) -> str:
    """The field that a problem is about, as the page calls it: "question 1, Base"."""
    parts_of = column.split(".")
    place = ""
    if parts_of[0] == "questions" and len(parts_of) > 2:
        place, parts_of = _("question {number}, ").format(number=parts_of[1]), parts_of[2:]
    named = [_(FIELD_NAMES[part]) if part in FIELD_NAMES else part for part in parts_of]
    return place + ", ".join(named)
