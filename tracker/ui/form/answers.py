"""The fourth step: one row a response, with the live total; of a wave, one table for all its populations."""

from typing import Any

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import show
from tracker.ui.drafts import Entry
from tracker.ui.form import fields, gaps, instrument, totals, wave

#: a response that is a part of another stands a little to the right
INDENT = {True: "", False: "&ensp;"}


def step(entry: Entry) -> None:
    """The answers to each question."""
    if entry.fields.get("wave"):
        wave.table(entry)
    else:
        for number, question in enumerate(entry.questions, 1):
            _question(entry, number, question)
    fields.disclosures(entry, "answers")


def _question(entry: Entry, number: int, question: dict[str, Any]) -> None:
    st.subheader(instrument.told(number, question), anchor=False)
    offered, path = totals.responses(question), f"questions.{number}."
    if not offered:
        st.markdown(_("Its scale is not chosen yet."))
        with st.container(key=f"list_scale_{number}"):
            gaps.leads(path + "scale", _("Choose it under Instrument"), f"scale_of_{number}")
        return
    base = question.get("base") or entry.get("sample_size")
    with st.container(key=f"responses_{number}", gap="xsmall"):
        for row in offered:
            _answer(entry, path, question, row, base)
    if text := totals.total(question):
        st.markdown(f"**{show.plain(text)}**")
    fields.told(entry, path + "answers")
    with st.container(width=320):
        fields.text(entry, path + "base", placeholder=str(entry.get("sample_size") or ""))


def _answer(entry: Entry, path: str, question: dict[str, Any], row: Any, base: Any) -> None:
    """One response: its name, its figure, and of how many."""
    is_mean = row.polarity == "mean"
    name, unit = totals.name(row), totals.ends(question) if is_mean else "%"
    field = f"{path}answers.{row.response}"
    key = entry.seed(field, str(entry.get(field) or ""))
    of = _("of {count}").format(count=_count(base)) if base else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(INDENT[row.part_of is None] + show.plain(language.name(row.name)), width=180)
        told: dict[str, Any] = {"key": key, "on_change": entry.take, "args": (field,)}
        st.text_input(f"{name}, {unit}", label_visibility="collapsed", width=80, **told)
        st.markdown(f":small[{show.plain(f'{unit} {of}')}]", width="content")
    fields.told(entry, field)


def _count(base: Any) -> str:
    return language.number(int(base)) if str(base).isdecimal() else str(base)
