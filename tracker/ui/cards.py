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
        pollster=poll.pollster_name, population=language.name(poll.population_label), dates=dates
    )


def poll_fields(poll: Any) -> dict[str, str]:
    """Every field of a poll; what the source does not say is said to be missing."""
    fields = {
        _("Pollster"): poll.pollster_name,
        _("Sponsor"): poll.sponsor,
        _("Population"): language.name(poll.population_label),
        _("Fieldwork"): charts.when(poll),
        _("Dates known to the"): language.word(poll.date_precision),
        _("Interviews"): None if poll.sample_size is None else language.number(poll.sample_size),
        _("Interviewed"): language.name(poll.mode or ""),
        _("Sample"): language.word(poll.sample_type or ""),
        _("Margin of error as published"): poll.margin_of_error,
        _("Note"): poll.note,
        _("Id"): poll.poll,
    }
    return {name: _("not given") if value in (None, "") else plain(value) for name, value in fields.items()}


def question(asked: Any) -> None:
    """A question with its answers and where they come from."""
    about = (
        f"{language.name(asked.subject_name)}, {charts.construct_name(asked.construct)} ({language.word(asked.object)})"
    )
    st.markdown(f"**{plain(about)}**")
    if asked.wording:
        st.markdown(f"> {plain(asked.wording)}")
    names = {row.response: language.name(row.name) for row in parts.meanings().get(asked.scale, ())}
    numeric = asked.low is not None or "mean" in asked.answers
    answers = {
        plain(names.get(response, response)): language.number(value) if numeric else charts.amount(value, "percent")
        for response, value in asked.answers.items()
    }
    table(answers, alt=about)
    said = [
        _("Scale: {name}").format(name=plain(language.name(asked.scale_name))),
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
            st.page_link(
                parts.page("polls"),
                label=plain(poll_name(row)),
                query_params=language.carried({"poll": row.poll}),
                icon="",
            )


PAGE = 40


def event_list(rows: list[Any]) -> None:
    """Events as links, newest first, by year, each with who did what to whom."""
    with st.container(key="list_of_events", gap="xsmall"):
        for year, group in groupby(reversed(rows), key=lambda row: row.date.year):
            st.markdown(f"**{year}**")
            for row in group:
                with st.container(gap=None):
                    label = f"{language.day(row.date, row.date_precision)} · {plain(row.title)}"
                    st.page_link(
                        parts.page("events"), label=label, query_params=language.carried({"event": row.id}), icon=""
                    )
                    st.caption(" · ".join(map(plain, kind_of(row))))


def kind_of(event: Any) -> list[str]:
    """Who did what to whom, PLOVER's type of it with its quadrant, and the category."""
    quadrant = events.quadrant(event)
    coded = [f"{language.word(event.plover_type)}, {_(events.QUADRANT_NAMES[quadrant])}"] if quadrant else []
    return [_parties(event), *coded, language.word(event.category)]


def _parties(event: Any) -> str:
    """Source and target; everybody who took part where nobody is coded as either."""
    source, target, all_of = (
        ", ".join(actor(each) for each in parts.listed(cell))
        for cell in (event.source_actor, event.target_actor, event.actors)
    )
    return f"{source} → {target}" if source and target else source or all_of or _("no actor given")


def actor(code: str) -> str:
    """The name of an actor: that of the country where it is the code of one."""
    return language.country(code) or code


def actors(rows: list[Any]) -> dict[str, str]:
    """Everybody who takes part in some events, by name."""
    found = {each: actor(each) for row in rows for each in parts.listed(row.actors)}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def quadrants() -> dict[str, str]:
    """PLOVER's four quadrants with their names."""
    return {quadrant: _(name) for quadrant, name in events.QUADRANT_NAMES.items()}


def asked(event: Any) -> dict[str, str]:
    """The populations that were asked how they see a subject of an event, those with most questions first."""
    about = set(parts.listed(event.subjects))
    kind = ("favourability", "country")
    rows = [row for row in parts.choices() if row.subject in about and (row.construct, row.object) == kind]
    return parts.most(rows, "population", "population_name")


def windows() -> dict[str, str]:
    """How far before and after an event its change may be taken, by days."""
    return {"90": _("3 months"), "180": _("6 months"), "365": _("a year"), "730": _("two years")}


def around(event: Any, population: str, window_days: int) -> None:
    """What a population's view of each subject of an event did around its time."""
    for attitude, name in parts.attitudes_of(event, population):
        rows = parts.event_rows(attitude.subject)
        found = events.before_after(attitude.readings(), attitude.trend(), event, rows, window_days=window_days)
        st.markdown(f"**{plain(name)}**")
        st.markdown(plain(found.sentence()))
        table_of = sides(found, attitude.readings())
        if len(table_of):
            table(table_of, alt=_("Readings of one instrument before and after"))
        others(found, rows, attitude.subject)


def others(found: events.BeforeAfter, rows: list[Any], subject: str) -> None:
    """The other events of the same window, any of which may lie behind what opinion did."""
    inside = [row for row in rows if row.id in found.others]
    text = _("{count} other events on record fell in the same time, and polls do not tell them apart:")
    st.markdown(text.format(count=len(inside)) if inside else _("No other event on record fell in the same time."))
    # an event names each of its subjects once, so a subject's list has a name of its own
    with st.container(key=f"list_around_{subject}", gap="xsmall"):
        for row in inside:
            label = f"{language.day(row.date, row.date_precision)} · {plain(row.title)}"
            st.page_link(parts.page("events"), label=label, query_params=language.carried({"event": row.id}), icon="")


def sides(found: events.BeforeAfter, readings: pd.DataFrame) -> pd.DataFrame:
    """The readings of each instrument on both sides of an event, and how their mean changed, or what is lacking."""
    by_question = readings.set_index("question")
    rows = [side for side in found.sides if side.before and side.after]
    first = [by_question.loc[side.before[-1]] for side in rows]
    return pd.DataFrame(
        {
            _("Pollster and scale"): [_thermometer(row) for row in first],
            _("Before"): [_values(by_question, side.before) for side in rows],
            _("After"): [_values(by_question, side.after) for side in rows],
            _("Change of the mean"): [_moved(side) for side in rows],
        }
    )


def _thermometer(row: Any) -> str:
    return plain(f"{row['pollster_name']}, {language.name(row['scale_name'])}")


def _moved(side: events.Sides) -> str:
    if side.change is None:
        text = _("not enough: {k} readings are wanted on each side")
        return text.format(k=language.number(events.READINGS))
    text = _("{points} points") if side.margin is None else _("{points} points, ±{margin} by sampling alone")
    return text.format(points=charts.signed(side.change), margin=language.number(side.margin or 0, 1))


def _values(by_question: pd.DataFrame, questions: tuple[str, ...]) -> str:
    rows = [by_question.loc[question] for question in questions]
    return ", ".join(f"{charts.amount(row['value'], row['unit'])} ({charts.when(row)})" for row in rows)
