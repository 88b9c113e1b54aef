"""The form of a claim: what was said, by whom, when and where, and what exactly that asserts."""

import datetime as dt
from typing import Any

import streamlit as st

from tracker import charts, claims, language
from tracker.language import gettext as _
from tracker.models import PRECISIONS
from tracker.routes.words import polls
from tracker.ui import parts
from tracker.ui.entering import assertion
from tracker.ui.entering.fields import Form, words

#: questions to choose from
MOST = 5000
#: what a correction leaves as it is
KEPT = ("id", "original_type", "original_parameters")
#: languages in which something was said so far
SPOKEN = ("en", "fr", "zh-Hans")


def claim(form: Form) -> None:
    """Every field of a claim."""
    st.subheader(_("What was said"), anchor=False)
    _said(form)
    st.subheader(_("Who, when and where"), anchor=False)
    _made(form)
    st.subheader(_("What it asserts"), anchor=False)
    _about(form)
    assertion.assertion(form)
    _given(form)
    assertion.further(form)
    form.said |= {name: form.held[name] for name in KEPT if name in form.held}


def _said(form: Form) -> None:
    form.text("quote", _("Word for word, in the language it was said in"), long=True, height=90)
    form.choice("language", _("Language of the quote"), dict(zip(SPOKEN, SPOKEN, strict=True)), free=True)
    form.text("paraphrase", _("The claim in one plain sentence"))


def _made(form: Form) -> None:
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    with st.grid(2):
        form.text("claimant", _("Who said it"))
        form.text("claimant_role", _("In which office or position"))
        form.day("date", _("Day on which it was said"), tomorrow)
        form.choice(
            "date_precision", _("Day known to the"), words(PRECISIONS), placeholder=charts.capital(language.word("day"))
        )
        form.day("published", _("First published, if on another day"), tomorrow)
        form.text("source_title", _("Title of the source"))
    form.text("source_url", _("Address of the source"), placeholder="https://")


def _about(form: Form) -> None:
    with st.grid(2):
        form.several("population", _("Whose opinion"), assertion.populations(), free=True)
        form.several("subject", _("Opinion of what"), assertion.subjects(), free=True)
        form.choice("construct", _("What was measured"), assertion.constructs(), free=True)
        form.choice("measure", _("Which number of it"), assertion.measures(), free=True)
        form.choice(
            "object",
            _("What of it is rated"),
            assertion.objects(),
            placeholder=charts.capital(language.word("country")),
        )
        form.choice("pollster", _("Whose polls it names, if anybody's"), assertion.pollsters(), free=True)


def _given(form: Form) -> None:
    """What stands beside the assertion: the polls that it cites, the claim that it answers, a remark."""
    named = set(parts.listed(form.said.get("population"))) - set(claims.WHOLES)
    asked = _questions(parts.revision(), tuple(sorted(named)))
    form.several("cites", _("Questions that it cites: they count as known to whoever said it"), asked, free=True)
    answered = Form(f"{form.key}_answered", form.held.get("parameters") or {})
    answered.choice("answers", _("The claim that it answers, if any"), _claims(form.held.get("id")))
    if answered.said:
        form.said["parameters"] = form.said.get("parameters", {}) | answered.said
    form.text("note", _("Remark"))


@st.cache_data(max_entries=16, show_spinner=False)
def _questions(key: Any, populations: tuple[str, ...]) -> dict[str, str]:
    """The questions that these populations were asked, or everybody, newest first."""
    rows, _count = parts.preview("questions", {"population": populations} if populations else {}, MOST)
    rows = rows.sort_values("field_end", ascending=False)
    return {row.question: _question(row) for row in rows.itertuples()}


def _question(row: Any) -> str:
    form = _("{pollster}, {when}: {asked}")
    return form.format(pollster=row.pollster_name, when=charts.when(row), asked=polls.asked(row))


def _claims(own: str | None) -> dict[str, str]:
    """Other claims, newest first."""
    form = _("{claimant}, {date}: {said}")
    return {
        row.id: form.format(claimant=row.claimant, date=language.day(row.date, row.date_precision), said=row.paraphrase)
        for row in reversed(parts.claim_rows())
        if row.id != own
    }
