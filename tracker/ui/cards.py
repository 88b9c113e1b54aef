"""One poll, one question, one event, and the lists of them."""

from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from tracker import charts, events, language
from tracker.language import gettext as _
from tracker.ui import parts
from tracker.ui.show import link, note, plain, table


def poll_name(poll: Any) -> str:
    """A poll in one line."""
    dates = language.span(poll.field_start, poll.field_end, poll.date_precision)
    return _("{pollster}, {population}, {dates}").format(
        pollster=poll.pollster_name, population=poll.population_label, dates=dates
    )


def poll_fields(poll: Any) -> dict[str, str]:
    """Every field of a poll; what the source does not say is said to be missing."""
    fields = {
        _("Pollster"): poll.pollster_name,
        _("Sponsor"): poll.sponsor,
        _("Population"): poll.population_label,
        _("Fieldwork"): charts.when(poll),
        _("Dates known to the"): poll.date_precision,
        _("Interviews"): None if poll.sample_size is None else language.number(poll.sample_size),
        _("Interviewed"): poll.mode,
        _("Sample"): poll.sample_type,
        _("Margin of error as published"): poll.margin_of_error,
        _("Note"): poll.note,
        _("Id"): poll.poll,
    }
    return {name: _("not given") if value in (None, "") else plain(value) for name, value in fields.items()}


def question(asked: Any) -> None:
    """A question with its answers and where they come from."""
    about = f"{asked.subject_name}, {charts.construct_name(asked.construct)} ({asked.object})"
    st.markdown(f"**{plain(about)}**")
    if asked.wording:
        st.markdown(f"> {plain(asked.wording)}")
    names = {row.response: row.name for row in parts.meanings().get(asked.scale, ())}
    numeric = asked.low is not None or "mean" in asked.answers
    answers = {
        plain(names.get(response, response)): language.number(value) if numeric else charts.amount(value, "percent")
        for response, value in asked.answers.items()
    }
    table(answers, alt=about)
    said = [
        _("Scale: {name}").format(name=plain(asked.scale_name)),
        _("Base: {base}").format(base=_("not given") if asked.base is None else language.number(asked.base)),
        _("Published: {day}").format(day=language.day(asked.published) if asked.published else _("not given")),
        _("Source: {source}").format(source=link(asked.source_url, asked.source_title)),
    ]
    if asked.provenance == "secondary":
        said.append(_("Seen second-hand only"))
    if asked.note:
        said.append(plain(asked.note))
    note(" · ".join(said))


def history(rows: list[Any]) -> pd.DataFrame:
    """Recorded changes, oldest first."""
    return pd.DataFrame(
        {
            _("Revision"): [language.number(row.number) for row in rows],
            _("When (UTC)"): [f"{row.at:%Y-%m-%d %H:%M}" for row in rows],
            _("Who"): [plain(row.who) for row in rows],
            _("What"): [plain(f"{row.action} {row.table} {row.row or row.rows}") for row in rows],
            _("Changed"): [_changed(row) for row in rows],
            _("Why"): [plain(row.why or "–") for row in rows],
        }
    )


def _changed(row: Any) -> str:
    if row.action != "update":
        return "–"
    before, after = row.before or {}, row.after or {}
    names = [name for name in after if before.get(name) != after[name]]
    return plain("; ".join(f"{name}: {before.get(name)} → {after[name]}" for name in names))


def citation(poll: Any, address: str) -> str:
    """How to cite a poll as this tracker holds it."""
    text = _("{poll}. Opinion tracker, revision {revision}. {address}")
    return text.format(poll=poll_name(poll), revision=parts.newest(), address=address)


def poll_list(rows: pd.DataFrame) -> None:
    """Polls as links, newest first, a page of them at a time."""
    rows = rows.sort_values(["field_end", "poll"], ascending=False)
    pages = -(-len(rows) // PAGE)
    number = st.pagination(pages, key="poll_list") if pages > 1 else 1
    with st.container(key="list_of_polls", gap="xsmall"):
        for row in rows.iloc[PAGE * (number - 1) : PAGE * number].itertuples():
            st.page_link(parts.page("polls"), label=plain(poll_name(row)), query_params={"poll": row.poll}, icon="")


PAGE = 40


def event_list(rows: list[Any]) -> None:
    """Events as links, newest first, by year."""
    with st.container(key="list_of_events", gap="xsmall"):
        for year, group in groupby(reversed(rows), key=lambda row: row.date.year):
            st.markdown(f"**{year}**")
            for row in group:
                label = f"{language.day(row.date, row.date_precision)} · {plain(row.title)}"
                st.page_link(parts.page("events"), label=label, query_params={"event": row.id}, icon="")


def around(event: Any) -> None:
    """What the default attitude to each subject of an event did around its time."""
    chosen = parts.attitudes_of(event)
    for attitude, name in chosen:
        rows = parts.event_rows(attitude.subject)
        found = events.before_after(attitude.readings(), attitude.trend(), event, rows)
        st.markdown(f"**{plain(name)}**")
        st.markdown(plain(found.sentence()))
        table_of = sides(found, attitude.readings())
        if len(table_of):
            table(table_of, alt=_("Readings of one instrument before and after"))
        st.caption(_("{count} other events on record fell in the same time.").format(count=len(found.others)))
    if not chosen:
        st.markdown(_("No poll on record asked about this."))


def sides(found: Any, readings: pd.DataFrame) -> pd.DataFrame:
    """The readings of each instrument on both sides of an event, where there are enough of them."""
    by_question = readings.set_index("question")
    rows = [side for side in found.sides if side.change is not None]
    first = [by_question.loc[side.before[-1]] for side in rows]
    return pd.DataFrame(
        {
            _("Pollster"): [plain(row["pollster_name"]) for row in first],
            _("Before"): [_values(by_question, side.before) for side in rows],
            _("After"): [_values(by_question, side.after) for side in rows],
            _("Change of the mean"): [_("{points} points").format(points=charts.signed(side.change)) for side in rows],
        }
    )


def _values(by_question: pd.DataFrame, questions: tuple[str, ...]) -> str:
    rows = [by_question.loc[question] for question in questions]
    return ", ".join(f"{charts.amount(row['value'], row['unit'])} ({row['field_end'].year})" for row in rows)
