"""The fifth step: where the figures can be seen, what is still missing, and handing the poll over."""

import datetime as dt

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui.drafts import Entry
from tracker.ui.form import check, fields

#: what says where the answers to a question can be seen
SOURCE = ("published", "provenance", "source_url", "source_title", "verified_by")


def step(entry: Entry) -> None:
    """The source of all questions or, where they differ, of each; then the check."""
    sources = [tuple(question.get(name) for name in SOURCE) for question in entry.questions]
    if len(set(sources)) == 1:
        _source(entry, "questions.*.", True)
    else:
        for number, _question in enumerate(entry.questions, 1):
            st.subheader(_("Question {number}").format(number=language.number(number)), anchor=False)
            _source(entry, f"questions.{number}.", False)
    fields.disclosures(entry, "source")
    fields.area(entry, "note", help=_("What a reader must know beside the figures"))
    check.show(entry)


def _source(entry: Entry, path: str, shared: bool) -> None:
    fields.text(entry, path + "source_url", "report" if shared else None, placeholder="https://")
    fields.text(entry, path + "source_title")
    seen = {"primary": _("at the pollster"), "secondary": _("only second-hand")}
    with st.grid(2):
        latest = _later(entry.get("embargo"))
        fields.day(entry, path + "published", "published" if shared else None, latest)
        fields.choice(entry, path + "provenance", seen, placeholder=seen["primary"])


def _later(embargo: str | None) -> dt.date:
    """The last day on which it may have been published: today, or the first after its embargo."""
    today = dt.date.today()
    return max(today, dt.date.fromisoformat(embargo)) if embargo else today
