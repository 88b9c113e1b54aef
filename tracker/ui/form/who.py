"""The first step: whose poll it is and who was asked, and all of it at once where it is the same as last time."""

from typing import Any

import streamlit as st

from tracker import intake
from tracker.language import gettext as _
from tracker.models import Poll
from tracker.routes.words import polls
from tracker.ui import parts, show
from tracker.ui.drafts import Entry
from tracker.ui.form import fields, wave


def named(table: str) -> dict[str, str]:
    """The rows of a table by their ids, in the order of their names."""
    return dict(sorted(parts.names(table).items(), key=lambda pair: pair[1].casefold()))


def step(entry: Entry) -> None:
    """Pollster, populations, sponsor."""
    with st.grid(2):
        fields.choice(entry, "pollster", named("pollsters"), disabled=bool(entry.writer.pollster))
        if not entry.fields.get("wave"):
            fields.choice(entry, "population", named("populations"))
    if entry.fields.get("wave"):
        wave.populations(entry)
    again(entry)
    if not entry.row and not entry.fields.get("wave"):
        label = _("It was asked in several populations: enter them together")
        st.button(label, on_click=wave.begin, args=(entry,), type="tertiary", icon=":material/add:")
    help_ = _("Several with semicolons between; the pollster itself where it paid")
    fields.text(entry, "sponsor", "sponsor", help=help_)
    fields.disclosures(entry, "who")
    if not entry.fields.get("wave"):
        hint = parts.names("populations").get(entry.get("population") or "", "")
        fields.text(entry, "population_label", placeholder=hint)
    membership(entry)


def membership(entry: Entry) -> None:
    """Whether the pollster belongs to an association: on record with the pollster, or not disclosed."""
    pollster = next((row for row in parts.every("pollsters") if row.id == entry.get("pollster")), None)
    if pollster is None:
        return
    if pollster.membership:
        st.caption(_("Member of {names}").format(names=show.plain(pollster.membership)))
        return
    with st.container(horizontal=True, vertical_alignment="center", key="row_membership"):
        st.markdown(_("Membership of CRIC, BPC or AAPOR: none is on record for this pollster"))
        fields.undisclosed(entry, "membership")


def again(entry: Entry) -> None:
    """The pollster's last poll of these people, or its last wave, in one click."""
    pollster = entry.get("pollster")
    if entry.row or not pollster:
        return
    last = intake.last_poll(parts.store(), pollster, entry.get("population"))
    if last is None:
        return
    (poll,) = parts.store().find(Poll, id=last)
    text = _("Same as last time: {poll}").format(poll=show.plain(_told(poll)))
    asked = wave.last(poll)
    with st.container(key="again", gap="small"):
        st.button(text, on_click=_fill, args=(entry, last, []), type="secondary", icon=":material/history:")
        if len(asked) > 1 and not entry.get("population"):
            label = _("Same wave as last time: {count} populations").format(count=len(asked))
            st.button(label, on_click=_fill, args=(entry, last, asked), icon=":material/history:")
    show.note(_("It brings instrument, mode, kind of sample, sponsor and disclosures, and none of the figures."))


def _told(poll: Any) -> str:
    names = parts.names("pollsters"), parts.names("populations")
    row = {**poll._asdict(), "pollster_name": names[0][poll.pollster]}
    return polls.name(type("Told", (), row))


def _fill(entry: Entry, poll: str, populations: list[str]) -> None:
    """Fill in what the last poll had; what differs each time stays as it was typed."""
    before = intake.again(intake.fields_of(parts.store(), poll))
    entry.change(dict.fromkeys(("sponsor", "mode", "sample_type", "population", "population_label")) | before)
    if populations:
        wave.fill(entry, populations)
