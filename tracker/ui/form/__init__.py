"""The Enter page: five steps over one draft, the list of them, and what became of a poll that was handed over."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.models import Question
from tracker.routes import scripts
from tracker.ui import drafts, parts, show
from tracker.ui.drafts import Entry
from tracker.ui.form import answers, check, gaps, instrument, sample, source, who
from tracker.ui.form.check import briefly

__all__ = [
    "Entry",
    "after",
    "briefly",
    "chosen",
    "counted",
    "focus",
    "handed_over",
    "heading",
    "opened",
    "step",
    "steps",
]

BODIES: dict[str, Callable[[Entry], None]] = {
    "who": who.step,
    "instrument": instrument.step,
    "sample": sample.step,
    "answers": answers.step,
    "source": source.step,
}
#: the field that the keyboard was led to
LED = "led_to"

opened, chosen = drafts.opened, gaps.chosen


def heading(entry: Entry) -> None:
    """What is being corrected, and what an editor said of it."""
    if entry.row:
        st.markdown(_("Correction of {poll}").format(poll=show.plain(entry.row)))
    if entry.draft and entry.draft.comment:
        st.info(_("The editor says: {comment}").format(comment=show.plain(entry.draft.comment)))


def steps(entry: Entry, current: str) -> None:
    """The five steps, each with where it stands, and when the draft was kept."""
    found = gaps.by_step(gaps.problems(entry))
    with st.container(key="steps", horizontal=True, gap="small"):
        for number, (name, label) in enumerate(gaps.STEPS.items(), 1):
            text = f"{number} {_(label)} · :small[{show.plain(gaps.state(found[name]))}]"
            with st.container(key="now" if name == current else f"to_{name}", width="content"):
                st.button(text, f"step_to_{name}", type="tertiary", on_click=gaps.go, args=(name,))
    with st.container(key="kept", horizontal=True, gap="small", vertical_alignment="center"):
        show.note(entry.saved() or _("Nothing is filled in yet; what you type is kept at once."))
        if entry.number:
            query = language.carried({"draft": "new"})
            with st.container(key="way_another", width="content"):
                st.page_link(parts.page("enter"), label=_("Enter another poll"), query_params=query, icon="")


def step(entry: Entry, name: str) -> None:
    """One step, and the way to the next."""
    with st.container(key=f"step_{name}"):
        BODIES[name](entry)
    names = list(BODIES)
    after = names.index(name) + 1
    if after < len(names):
        label = _("Next: {step}").format(step=_(gaps.STEPS[names[after]]))
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(label, "step_on", on_click=gaps.go, args=(names[after],), icon=":material/arrow_forward:")


def focus(entry: Entry) -> None:
    """Lead the keyboard to the field that the address names, once."""
    field, led = st.query_params.get("field"), st.session_state.get(LED)
    st.session_state[LED] = field
    if field and field != led:
        place = field.partition(".")[2] if field.startswith("disclosures.") else ""
        first = f".st-key-{entry.key(field)} :is(input, textarea)"
        second = f", .st-key-row_{place} input" if place.replace("_", "").isalnum() else ""
        st.html(scripts.led(first + second), unsafe_allow_javascript=True)


def after(entry: Entry) -> None:
    """What became of a poll that can no longer be changed here."""
    held: Any = entry.draft
    st.markdown(_told(held.status))
    if refused := st.session_state.get(check.REFUSED):
        st.error(show.plain(refused))
    if held.status == "stored":
        _stored(held)
    _ways_on()


def handed_over() -> bool:
    """Say, once a wave is handed over, that it is; whether that is all there is to say."""
    numbers = st.session_state.get(check.HANDED)
    if not numbers or "draft" in st.query_params:
        st.session_state.pop(check.HANDED, None)
        return False
    count = ngettext("{count} poll is handed over.", "{count} polls are handed over.", len(numbers))
    st.markdown(count.format(count=language.number(len(numbers))))
    if problem := st.session_state.get(check.REFUSED):
        st.error(show.plain(problem))
    _ways_on()
    return True


def _ways_on() -> None:
    st.page_link(parts.page("mine"), label=_("My polls"), query_params=language.carried())
    st.page_link(parts.page("enter"), label=_("Enter another poll"), query_params=language.carried({"draft": "new"}))


def _told(status: str) -> str:
    return {
        "stored": _("Stored. It counts in every trend and verdict from now on."),
        "approved": _("Approved. It is stored on the first day after its embargo."),
    }.get(status, _("Submitted. An editor looks at it; you see here and under My polls what became of it."))


def _stored(held: Any) -> None:
    st.page_link(parts.page("polls"), label=_("See the poll"), query_params=language.carried({"poll": held.row}))
    poll = parts.poll(held.row)
    first = next(iter(parts.store().find(Question, poll=held.row)), None)
    if poll and first:
        about = {"population": poll[0].population, "subject": first.subject, "construct": first.construct}
        st.page_link(parts.page("trends"), label=_("See it on the chart"), query_params=language.carried(about))
