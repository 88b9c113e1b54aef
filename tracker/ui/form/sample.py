"""The third step: when, how and of whom; and what its margin of error may say."""

from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import streamlit as st

from tracker import charts, disclosure, language
from tracker.disclosure import NOT_DISCLOSED
from tracker.language import gettext as _
from tracker.models import FIELD_PRECISIONS
from tracker.ui import show
from tracker.ui.drafts import Entry
from tracker.ui.form import fields, instrument


def step(entry: Entry) -> None:
    """Fieldwork, interviews, kind of sample, margin."""
    wave = bool(entry.fields.get("wave"))
    told = _("Window: somewhere inside dates given for the whole of a larger survey")
    with st.grid(3):
        fields.day(entry, "field_start")
        fields.day(entry, "field_end")
        precisions = {name: language.word(name) for name in FIELD_PRECISIONS}
        fields.choice(entry, "date_precision", precisions, placeholder=language.word("day"), help=told)
    if wave:
        show.note(_("These dates are for every population. Those that differ, and the interviews, are under Answers."))
    usual = language.name(instrument.usual(entry.get("pollster"), "mode")) or _("online panel")
    with st.grid(2):
        if not wave:
            with st.container():
                fields.text(entry, "sample_size", "base", placeholder="1000")
        with st.container():
            fields.text(entry, "mode", "mode", placeholder=usual)
        with st.container():
            _kind(entry)
        if disclosure.may_show_margin(entry.get("sample_type")):
            with st.container():
                _margin(entry)
    if not disclosure.may_show_margin(entry.get("sample_type")):
        _no_margin(entry)
    fields.disclosures(entry, "sample")


def _kind(entry: Entry) -> None:
    """The kind of sample: one of the three, or that the source does not say, which is no blank."""
    kinds = {name: language.word(name) for name in disclosure.SAMPLE_TYPES}
    options = kinds | {NOT_DISCLOSED: _("not known: the source does not say")}
    unsaid = entry.said.get("sample_type") == NOT_DISCLOSED
    value = NOT_DISCLOSED if unsaid else entry.get("sample_type")
    key = entry.seed("sample_type", value if value in options else None, partial(_take, entry))
    st.selectbox(
        fields.label_of("sample_type"),
        list(options),
        index=None,
        key=key,
        format_func=options.__getitem__,
        placeholder=_("Choose one"),
        on_change=_take,
        args=(entry,),
    )
    fields.told(entry, "sample_type")


def _take(entry: Entry) -> None:
    value = entry.typed("sample_type")
    unsaid = value == NOT_DISCLOSED
    said = NOT_DISCLOSED if unsaid else None
    entry.change({"sample_type": None if unsaid else value, "disclosures.sample_type": said})


def _margin(entry: Entry) -> None:
    """The margin of a probability sample, with what chance alone allows."""
    fields.text(entry, "margin_of_error", "margin_of_error", quiet=checked(entry.fields) != "", placeholder="3.1")
    if text := checked(entry.fields):
        show.note(show.plain(charts.capital(text)))


def _no_margin(entry: Entry) -> None:
    """Why any other sample has none, and a place for one that the pollster printed."""
    if not entry.get("sample_type") and not entry.said.get("sample_type"):
        return
    st.markdown(
        _(
            "A margin of error says how far chance alone carries a random sample. This is not known to be one, so none "
            "is asked, shown or computed."
        )
    )
    label = _("The pollster printed one all the same")
    shown = entry.get("margin_of_error") is not None
    if st.checkbox(label, shown, key=entry.key("printed")) or shown:
        quoted = _("Margin that the pollster printed, kept as a quotation and used for nothing")
        fields.text(entry, "margin_of_error", label=quoted)


def checked(poll: dict[str, Any]) -> str:
    """What a margin says beside simple random sampling; blank as long as there are no interviews to say it of."""
    n, stated = _figure(poll.get("sample_size")), _figure(poll.get("margin_of_error"))
    if n is None or n < 1 or n != int(n) or (stated is not None and stated <= 0):
        return ""
    return disclosure.margin_told(stated, int(n), entered=True)


def _figure(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**9 else None
