"""A wave: the same poll in several populations, shared fields once and then one table with a row for each of them."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from tracker import intake, language
from tracker.language import gettext as _
from tracker.models import Poll
from tracker.ui import parts, show
from tracker.ui.drafts import Entry
from tracker.ui.form import fields, gaps, totals

#: polls of one pollster that begin so many days apart at most are of one wave
DAYS = 120
#: the table of a draft, and what it held when its editing began: Streamlit keeps the edits beside it
TABLE, BEGUN = "wave_table_{number}", "wave_begun_{number}"


def last(poll: Any) -> list[str]:
    """The populations of the wave that a poll belongs to, by their names; its own at least."""
    near = dt.timedelta(DAYS)
    rows = parts.store().find(Poll, pollster=poll.pollster, status="published")
    found = {row.population for row in rows if abs(row.field_start - poll.field_start) <= near}
    return sorted(found, key=parts.names("populations").__getitem__)


def begin(entry: Entry) -> None:
    """Make the poll a wave of the population chosen so far, or of none yet."""
    fill(entry, [entry.get("population")] if entry.get("population") else [""])


def fill(entry: Entry, populations: list[str]) -> None:
    """A row for each population; those that are there keep what they hold."""
    held = {row.get("population"): row for row in entry.fields.get("wave") or []}
    rows = [held.get(name, {"population": name}) for name in populations]
    entry.change({"wave": rows, "population": None, "population_label": None})
    for key in _keys(entry):
        st.session_state.pop(key, None)


def populations(entry: Entry) -> None:
    """Which populations the wave was asked in; without any it is a poll of one."""
    names = dict(sorted(parts.names("populations").items(), key=lambda pair: pair[1].casefold()))
    chosen = [row["population"] for row in entry.fields["wave"] if row.get("population")]
    key = entry.seed("wave", chosen, partial(_choose, entry))
    told: dict[str, Any] = {"format_func": names.__getitem__, "placeholder": _("Choose each"), "wrap": True}
    st.multiselect(_("Populations"), list(names), key=key, on_change=_choose, args=(entry,), **told)


def _choose(entry: Entry) -> None:
    fill(entry, entry.typed("wave"))


def table(entry: Entry) -> None:
    """The table: one row a population with its dates, interviews and answers; every edit is kept at once."""
    names, (key, begun_key) = columns(entry), _keys(entry)
    if key not in st.session_state or begun_key not in st.session_state:
        st.session_state[begun_key] = entry.fields["wave"]
    _take(entry)
    known = parts.names("populations")
    begun = st.session_state[begun_key]
    frame = pd.DataFrame(
        {name: [_shown(entry, row, name, known) for row in begun] for name in names}, columns=list(names), dtype=str
    )
    text = {name: st.column_config.TextColumn(label, **_looks(name)) for name, label in names.items()}
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        column_config=text,
        disabled=["population"],
        on_change=_take,
        args=(entry,),
        height="content",
        alt=_("One row a population: dates, interviews and answers"),
    )
    show.note(_("Type, or paste cells from a spreadsheet. Dates are year-month-day; blank ones are as under Sample."))
    with st.container(horizontal=True, vertical_alignment="center", key="row_base"):
        st.markdown(_("Interviews that are left blank:"), width="content")
        fields.undisclosed(entry, "base")
    _totals(entry, known)


def columns(entry: Entry) -> dict[str, str]:
    """The columns of the table with their names: what each row has of its own, then the responses of each question."""
    found = {
        "population": _("Population"),
        "field_start": _("First day"),
        "field_end": _("Last day"),
        "sample_size": _("Interviews"),
    }
    several = len(entry.questions) > 1
    for number, question in enumerate(entry.questions, 1):
        # wholes first, so that they can be pasted side by side
        for row in sorted(totals.responses(question), key=lambda row: row.part_of is not None):
            name = totals.name(row)
            found[f"{number}.{row.response}"] = language.pair(str(number), name) if several else name
    return found


def _looks(name: str) -> dict[str, Any]:
    if name == "population":
        return {"pinned": True}
    return {"alignment": "right"} if name == "sample_size" or "." in name else {}


def _shown(entry: Entry, row: Mapping[str, Any], name: str, known: Mapping[str, str]) -> str:
    if name == "population":
        return known.get(row.get(name, ""), row.get(name, ""))
    return str(row.get(name) or (entry.get(name) if name in ("field_start", "field_end") else "") or "")


def _take(entry: Entry) -> None:
    """Put what was edited into the draft."""
    key, begun_key = _keys(entry)
    edits = (st.session_state.get(key) or {}).get("edited_rows") or {}
    begun = st.session_state.get(begun_key)
    if not edits or begun is None:
        return
    rows = [dict(row) for row in begun]
    for number, cells in edits.items():
        for name, value in cells.items():
            _put(entry, rows[int(number)], name, (value or "").strip())
    if rows != entry.fields["wave"]:
        entry.put("wave", rows)


def _put(entry: Entry, row: dict[str, Any], name: str, value: str) -> None:
    if value and not (name in ("field_start", "field_end") and value == entry.get(name)):
        row[name] = value
    else:
        row.pop(name, None)


def _keys(entry: Entry) -> tuple[str, str]:
    return TABLE.format(number=entry.number), BEGUN.format(number=entry.number)


def _totals(entry: Entry, known: Mapping[str, str]) -> None:
    """What the answers of each row add up to, and what is wrong with it."""
    rows = entry.fields["wave"]
    for number, poll in enumerate(intake.split(entry.fields), 1):
        name = show.plain(known.get(rows[number - 1].get("population", ""), _("no population")))
        sums = [totals.short(question) for question in poll["questions"] if question["answers"]]
        wrong = [p for p in entry.problems if p.column.startswith(f"wave.{number}.") and not gaps.blank(p)]
        told = "; ".join(gaps.told(p, p.column.split(".", 2)[2]) for p in wrong)
        if sums or wrong:
            shown = f" :red[{show.plain(told)}]" if told else ""
            st.markdown(f":small[{language.pair(name, ', '.join(sums))}]{shown}")
