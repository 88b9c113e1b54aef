"""A claim's page: what exactly is tested, the verdicts in words, and the readings behind them."""

from typing import Any

import pandas as pd
import streamlit as st

from tracker import charts, language
from tracker.language import gettext as _
from tracker.routes.words import Names
from tracker.routes.words import verdicts as words
from tracker.ui import calibration, parts, show
from tracker.ui.show import link, plain


def names() -> Names:
    """The names of what a verdict refers to by id."""
    return {table: parts.names(table) for table in ("pollsters", "populations", "subjects", "scales")}


def whole(judged: dict[str, Any], folded: bool = False) -> None:
    """Everything that the polls say of a claim: both verdicts, what turned them, what is tested, and the readings,
    which can be folded away."""
    sides(judged)
    calibration.link()
    turned(judged)
    answers(judged)
    st.subheader(_("What exactly is tested"), anchor=False)
    show.table(assertion(judged["assertion"]), alt=_("The assertion, field by field"))
    readings(judged, folded)
    for number, each in enumerate(judged["parts"], start=1):
        part(number, each, judged, folded)


def verdict(title: str, found: dict[str, Any]) -> None:
    """One column of a claim's page: the word, the probability, the reason, and how far it hangs on one pollster."""
    st.markdown(f"**{title}**")
    st.markdown(f"## {charts.capital(language.word(found['word']))}", anchors=False)
    st.markdown(f"**{charts.capital(words.probability(found['probability']))}**")
    st.markdown("\n\n".join(plain(sentence) for sentence in words.sentences(found)))
    st.caption(_("From polls public by {day}").format(day=words.day(found["known_by"])))


def turned(asserted: dict[str, Any]) -> None:
    """Which readings turned the word, where it changed between then and now."""
    if told := words.turned(asserted, names()):
        st.markdown(plain(told))


def answers(judged: dict[str, Any]) -> None:
    """Who answered this claim, or whom it answers, and what an answer does and does not test; each sentence once."""
    for answered in words.answered(judged):
        st.markdown(plain(answered.sentence))
        with st.container(key=f"list_answers_{answered.claims[0][1]}", gap="xsmall"):
            for claimant, claim in answered.claims:
                label = _("The claim by {claimant}").format(claimant=plain(claimant))
                st.page_link(
                    parts.page("claims"), label=label, query_params=language.carried({"claim": claim}), icon=""
                )


def evidence(asserted: dict[str, Any]) -> pd.DataFrame:
    """The readings behind both verdicts, newest first, each with the way to its poll and how each verdict used it."""
    rows = words.readings(asserted, names())
    return pd.DataFrame(
        {
            _("Fieldwork, and known from"): [f"{row.fieldwork} · {row.known_from}" for row in rows],
            _("Pollster and instrument"): [
                f"{link(_poll(row.poll), row.pollster)} · {plain(row.instrument)}" for row in rows
            ],
            _("Reading"): [row.value for row in rows],
            _("Counted"): [row.counted for row in rows],
        }
    )


def _poll(poll: str) -> str:
    return parts.address("/polls", **language.carried({"poll": poll}))


def assertion(stated: dict[str, Any]) -> dict[str, str]:
    """An assertion as a list of words: its kind with what that means, and its fields."""
    return {plain(name): plain(value) for name, value in words.assertion(stated, names()).items()}


def part(number: int, asserted: dict[str, Any], main: dict[str, Any], folded: bool = False) -> None:
    """A further assertion of the same claim: what differs from the first, both verdicts, the readings behind them."""
    st.subheader(_("Also tested, {number}").format(number=number), anchor=False)
    st.markdown(f"**{plain(words.own(asserted, main, names()))}**")
    sides(asserted)
    turned(asserted)
    readings(asserted, folded)


def sides(asserted: dict[str, Any]) -> None:
    """The verdict then and the verdict now, side by side."""
    then, now = st.columns(2, gap="large")
    with then:
        verdict(_("Known then"), asserted["then"])
    with now:
        verdict(_("Known now"), asserted["now"])


def readings(asserted: dict[str, Any], folded: bool = False) -> None:
    """The readings behind both verdicts, where there are any."""
    rows = evidence(asserted)
    if len(rows):
        told = _("**Reading by reading** ({count})").format(count=len(rows))
        with st.expander(told) if folded else st.container():
            if not folded:
                st.markdown(told)
            show.table(rows, alt=_("The readings behind both verdicts"))
