"""The second step: what was asked. A known instrument first; a new one says what it is."""

from collections import Counter
from functools import partial
from typing import Any

import streamlit as st

from tracker import charts, intake, language
from tracker.language import gettext as _
from tracker.models import OBJECTS
from tracker.ui import parts, show
from tracker.ui.drafts import Entry
from tracker.ui.form import fields, who

MOST = 20
#: the columns that say which instrument a question is, and what it rates
INSTRUMENT = ("subject", "construct", "object", "scale", "wording", "language")
Instrument = tuple[str | None, ...]


def step(entry: Entry) -> None:
    """Each question: a known instrument, or what a new one is."""
    offered = known(entry.get("pollster"))
    for number, question in enumerate(entry.questions, 1):
        st.subheader(told(number, question), anchor=False)
        _question(entry, number, question, offered)
    st.divider()
    with st.container(horizontal=True):
        full = len(entry.questions) >= MOST
        st.button(_("Add a question"), on_click=_add, args=(entry, False), disabled=full, icon=":material/add:")
        same = _("The same about another subject")
        st.button(same, on_click=_add, args=(entry, True), disabled=full, icon=":material/add:")
    fields.disclosures(entry, "instrument")


def known(pollster: str | None) -> list[Instrument]:
    """The instruments that a pollster has asked with, the latest first."""
    held = parts.known()
    asked = [row for row in held.questions.values() if held.polls[row["poll"]]["pollster"] == pollster]
    asked.sort(key=lambda row: held.polls[row["poll"]]["field_end"], reverse=True)
    return list(dict.fromkeys(tuple(row[name] for name in INSTRUMENT) for row in asked))


def told(number: int, question: dict[str, Any]) -> str:
    subject = parts.names("subjects").get(question.get("subject", ""))
    text = _("Question {number}: {subject}") if subject else _("Question {number}")
    return show.plain(text.format(number=number, subject=subject))


def _question(entry: Entry, number: int, question: dict[str, Any], offered: list[Instrument]) -> None:
    own = tuple(question.get(name) for name in INSTRUMENT)
    place = offered.index(own) if own in offered else None
    if offered:
        _pick(entry, number, offered, place)
    path = f"questions.{number}."
    wanted = str(st.query_params.get("field", "")).startswith(path)
    label = _("What was asked, word for word") if place is not None else _("A new instrument: what was asked")
    fold = st.expander(label, place is None or wanted, key=f"fold_question_{number}_{place is None}", on_change="rerun")
    if fold.open:
        with fold:
            _asked(entry, path, question)
    if len(entry.questions) > 1:
        st.button(
            _("Take this question out"),
            key=f"drop_question_{number}",
            on_click=_drop,
            args=(entry, number),
            type="tertiary",
            icon=":material/close:",
        )


def _pick(entry: Entry, number: int, offered: list[Instrument], place: int | None) -> None:
    """The instruments of the pollster, to be found by any of their words."""
    path = f"instrument.{number}"
    key = entry.seed(path, place, partial(_take, entry, number, offered))
    labels = [_label(each) for each in offered]
    st.selectbox(
        _("A known instrument"),
        range(len(offered)),
        index=None,
        key=key,
        format_func=labels.__getitem__,
        placeholder=_("Search the questions that this pollster has asked, by any of their words"),
        on_change=_take,
        args=(entry, number, offered),
    )


def _label(instrument: Instrument) -> str:
    held = dict(zip(INSTRUMENT, instrument, strict=True))
    subject = parts.names("subjects").get(held["subject"] or "", "")
    scale = parts.names("scales").get(held["scale"] or "", "")
    rated = language.word(held["object"] or "")
    what = f"{subject}, {charts.construct_name(held['construct'] or '')} ({rated}), {scale}"
    return language.pair(what, held["wording"]) if held["wording"] else _("{what}: wording not seen").format(what=what)


def _take(entry: Entry, number: int, offered: list[Instrument]) -> None:
    place = entry.typed(f"instrument.{number}")
    if place is not None:
        chosen = zip(INSTRUMENT, offered[place], strict=True)
        entry.change({f"questions.{number}.{name}": value for name, value in chosen})


def _asked(entry: Entry, path: str, question: dict[str, Any]) -> None:
    constructs = {name: charts.capital(charts.construct_name(name)) for name in parts.constructs()}
    scales = {intake.NUMERIC: _("A rating between two numbers"), **who.named("scales")}
    with st.grid(2):
        fields.choice(entry, path + "subject", who.named("subjects"))
        fields.choice(entry, path + "construct", constructs)
        objects = {name: language.word(name) for name in OBJECTS}
        fields.choice(entry, path + "object", objects, placeholder=language.word("country"))
        fields.choice(entry, path + "scale", scales)
        if question.get("scale") == intake.NUMERIC:
            fields.text(entry, path + "low", placeholder="0")
            fields.text(entry, path + "high", placeholder="10")
    fields.area(entry, path + "wording", "wording" if path == "questions.1." else None)
    fields.text(entry, path + "language", placeholder="en")


def _add(entry: Entry, same: bool) -> None:
    """Another question, from the same source; with the same instrument where it is about another subject only."""
    last = entry.questions[-1]
    source = ("published", "provenance", "source_url", "source_title", "verified_by")
    kept = (*source, *INSTRUMENT[1:], "low", "high") if same else source
    new = {name: last[name] for name in kept if name in last}
    entry.put("questions", [*entry.questions, new])


def _drop(entry: Entry, number: int) -> None:
    left = [each for place, each in enumerate(entry.questions, 1) if place != number]
    entry.put("questions", left)


def usual(pollster: str | None, column: str) -> str:
    """What most of a pollster's polls say in a column; blank where they say nothing."""
    held = Counter(row[column] for row in parts.known().polls.values() if row["pollster"] == pollster and row[column])
    return held.most_common(1)[0][0] if held else ""
