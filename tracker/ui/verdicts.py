"""A claim's page: what exactly is tested, the verdicts in words, and the readings behind them."""

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from tracker import charts, claims, language, series
from tracker.language import gettext as _
from tracker.ui import parts, show
from tracker.ui.show import plain


def probability(value: float | None) -> str:
    """A verdict's probability in words; the last two words of a verdict have none."""
    if value is None:
        return _("no number")
    return _("probability {value}\u00a0%").format(value=language.number(round(100 * value)))


def verdict(title: str, found: dict[str, Any]) -> None:
    """One column of a claim's page: the word, the probability, the reason, and how far it hangs on one pollster."""
    st.markdown(f"**{title}**")
    st.markdown(f"## {charts.capital(_(found['word']))}", anchors=False)
    lines = [f"**{charts.capital(probability(found['probability']))}**", plain(found["reason"])]
    lines += [plain(found["left_out"]["told"])] if found["left_out"] else []
    lines += [plain(found["settles"])] if found["settles"] else []
    if found.get("all_pollsters"):
        every = found["all_pollsters"]
        text = _(
            "Judged by the polls of the pollster that the claim names. By everybody's polls: {word}, {probability}."
        )
        lines.append(text.format(word=_(every["word"]), probability=probability(every["probability"])))
        lines.append(plain(every["reason"]))
    st.markdown("\n\n".join(lines))
    day = language.day(dt.date.fromisoformat(found["known_by"]))
    st.caption(_("From polls public by {day}").format(day=day))


def turned(judged: dict[str, Any]) -> None:
    """Which readings turned the word, where it changed between then and now."""
    found = judged["changed"]
    if not found["readings"]:
        return
    told = {row["question"]: row for row in [*judged["now"]["evidence"], *judged["then"]["evidence"]]}
    names = parts.names("pollsters")
    rows = [told[question] for question in found["readings"] if question in told]
    readings = "; ".join(
        f"{names.get(row['pollster'], row['pollster'])}, {_span(row)}, {_reading(row)}" for row in rows
    )
    text = _("The word changed on {day}, when this became public: {readings}.")
    st.markdown(plain(text.format(day=language.day(dt.date.fromisoformat(found["turned"])), readings=readings)))


def answers(judged: dict[str, Any]) -> None:
    """Who answered this claim, or whom it answers, and what an answer does and does not test; each sentence once."""
    answered = [(_("{claimant} answered: {sentence}"), each) for each in judged["answered_by"]]
    answering = [(_("This answers {claimant}: {sentence}"), each) for each in [judged["answers"]] if each]
    for sentence in dict.fromkeys(each["sentence"] for _form, each in [*answered, *answering]):
        same = [(form, each) for form, each in [*answered, *answering] if each["sentence"] == sentence]
        claimants = _(" and ").join(each["claimant"] for _form, each in same)
        st.markdown(plain(same[0][0].format(claimant=claimants, sentence=sentence)))
        with st.container(key=f"list_answers_{same[0][1]['claim']}", gap="xsmall"):
            for _form, each in same:
                label = _("The claim by {claimant}").format(claimant=plain(each["claimant"]))
                query = language.carried({"claim": each["claim"]})
                st.page_link(parts.page("claims"), label=label, query_params=query, icon="")


def evidence(judged: dict[str, Any]) -> pd.DataFrame:
    """The readings behind both verdicts, newest first, with how each verdict used them."""
    then = {row["question"]: row for row in judged["then"]["evidence"]}
    names = parts.names("pollsters")
    rows = [*reversed(judged["now"]["evidence"] or judged["then"]["evidence"])]
    return pd.DataFrame(
        {
            _("Fieldwork, and known from"): [f"{_span(row)} · {_known_from(row)}" for row in rows],
            _("Pollster and instrument"): [
                f"{plain(names.get(row['pollster'], row['pollster']))} · {instrument(row)}" for row in rows
            ],
            _("Reading"): [_reading(row) for row in rows],
            _("Counted"): [_use(row, row["question"] in then) for row in rows],
        }
    )


def instrument(row: dict[str, Any]) -> str:
    """The scale and the way of interviewing behind a reading, in words, and whether a part of it is assumed."""
    key, _dash, _hash = row["instrument"].removeprefix(row["pollster"] + "-").rpartition("-")
    names = {scale: name for scale, name in parts.names("scales").items() if key.startswith(scale)}
    scale = max(names, key=len, default="")
    mode = key.removeprefix(scale).strip("-")
    told = plain(names.get(scale, key))
    if mode:
        told += ", " + (_("mode not given") if mode == "unknown" else language.word(mode))
    return told + (_(" (assumed in part)") if row.get("instrument_assumed") else "")


def _span(row: dict[str, Any]) -> str:
    start, end = (dt.date.fromisoformat(row[name]) for name in ("field_start", "field_end"))
    return language.span(start, end, row.get("date_precision", "day"))


def _reading(row: dict[str, Any]) -> str:
    return _("not given") if row["value"] is None else charts.amount(row["value"], row["unit"])


def _known_from(row: dict[str, Any]) -> str:
    day = language.day(dt.date.fromisoformat(row["known_from"]))
    return _("{day} (assumed)").format(day=day) if row["known_from_assumed"] else day


def _use(row: dict[str, Any], then: bool) -> str:
    if not row["comparable"]:
        return _("no: {why}").format(why=series.explain(row["why_not"]))
    return _("then and now") if then else _("now only: not known then")


def assertion(stated: dict[str, Any]) -> dict[str, str]:
    """An assertion as a list of words: its kind with what that means, and its fields."""
    kind = stated["kind"]
    rule = claims.ASSERTIONS.get(kind)
    told = language.help_of(rule) if rule else _("the rule for this kind is not written yet")
    words = {_("Kind"): _("{label}: {value}").format(label=language.word(kind), value=told)}
    words |= {name: in_words(name, value) for name, value in stated.items() if name != "kind"}
    return {charts.capital(plain(language.word(name))): plain(value) for name, value in words.items()}


def in_words(name: str, value: Any) -> str:
    """A field of an assertion with names in place of slugs."""
    table = {"population": "populations", "subject": "subjects", "versus": "subjects", "pollster": "pollsters"}.get(
        name
    )
    if table:
        names = parts.names(table)
        return "; ".join(names.get(each, each) for each in parts.listed(str(value)))
    by_name = {"construct": charts.construct_name, "measure": charts.measure_name}
    return by_name.get(name, language.word)(str(value))


def part(number: int, asserted: dict[str, Any], main: dict[str, Any]) -> None:
    """A further assertion of the same claim: what differs from the first, both verdicts, the readings behind them."""
    own = {name: value for name, value in asserted["assertion"].items() if main["assertion"].get(name) != value}
    form = _("{label}: {value}")
    told = "; ".join(form.format(label=language.word(name), value=in_words(name, value)) for name, value in own.items())
    st.subheader(_("Also tested, {number}").format(number=number), anchor=False)
    st.markdown(f"**{charts.capital(plain(told))}**")
    sides(asserted)
    readings(asserted)


def sides(asserted: dict[str, Any]) -> None:
    """The verdict then and the verdict now, side by side."""
    then, now = st.columns(2, gap="large")
    with then:
        verdict(_("Known then"), asserted["then"])
    with now:
        verdict(_("Known now"), asserted["now"])


def readings(asserted: dict[str, Any]) -> None:
    """The readings behind both verdicts, where there are any."""
    rows = evidence(asserted)
    if len(rows):
        st.markdown(_("**Reading by reading** ({count})").format(count=len(rows)))
        show.table(rows, alt=_("The readings behind both verdicts"))
