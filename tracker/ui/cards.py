"""One event, and the lists of events and polls."""

from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from tracker import charts, events, language
from tracker.language import gettext as _
from tracker.routes.words import entries, polls
from tracker.ui import parts
from tracker.ui.show import fields, note, plain, table


def poll_list(rows: pd.DataFrame) -> None:
    """Polls as links, newest first, a page of them at a time."""
    rows = rows.sort_values(["field_end", "poll"], ascending=False)
    pages = -(-len(rows) // PAGE)
    number = st.pagination(pages, key="poll_list") if pages > 1 else 1
    with st.container(key="list_of_polls", gap="xsmall"):
        for row in rows.iloc[PAGE * (number - 1) : PAGE * number].itertuples():
            st.page_link(
                parts.page("polls"),
                label=plain(polls.name(row)),
                query_params=language.carried({"poll": row.poll}),
                icon="",
            )


PAGE = 40


def disclosed(poll: Any, questions: list[Any], said: dict[str, str]) -> None:
    """What the source of a poll discloses, set against what each standard asks for."""
    if told := polls.election(poll, questions, said):
        st.header(_("First transmitted in an election period"), anchor=False)
        fields(told, alt=_("What section 326 of the Canada Elections Act asks for"))
    st.header(_("What is disclosed"), anchor=False)
    if said:
        fields(polls.disclosures(said), alt=_("What the source discloses"))
    note(_("Counted from what is on record here; it is no mark of a poll's quality."))
    membership = next((row.membership for row in parts.every("pollsters") if row.id == poll.pollster), None)
    complete = completeness(polls.disclosed(poll, questions, membership, said))
    table(complete, alt=_("What each standard asks for and the record has"))


def completeness(found: list[polls.Disclosed]) -> pd.DataFrame:
    """What each standard asks for, set against the record."""
    return pd.DataFrame(
        {
            _("Standard"): [each.standard for each in found],
            _("Items on record"): [each.counted for each in found],
            _("What is missing"): [each.told for each in found],
        }
    )


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


def history(row_id: str) -> None:
    """What people did to a claim or an event, if anything."""
    rows = pd.DataFrame(entries.history(parts.store(), row_id))
    if len(rows):
        st.subheader(_("History"), anchor=False)
        table(rows.map(plain), alt=_("Every change of it by hand"))


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
