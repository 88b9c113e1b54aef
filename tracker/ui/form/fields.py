"""The form's widgets: each shows a field of the draft, keeps it at every change, and says below what is wrong in it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from tracker import charts, disclosure, language
from tracker.disclosure import NOT_DISCLOSED
from tracker.intake.kinds import FIRST_YEAR
from tracker.language import gettext as _
from tracker.routes.words import polls
from tracker.ui import show
from tracker.ui.drafts import Entry
from tracker.ui.form import gaps


def label_of(path: str) -> str:
    """What a field is called beside its widget."""
    return gaps.field_name(path.rpartition(".")[2])


def text(entry: Entry, path: str, item: str | None = None, quiet: bool = False, **more: Any) -> None:
    """A line of text. ``item`` may be not disclosed in its place; ``quiet``: the page itself tells what is wrong."""
    with _row(entry, item, path):
        key = entry.seed(path, _text(entry.get(path)), partial(entry.take, path, item))
        label = more.pop("label", None) or label_of(path)
        st.text_input(label, key=key, on_change=entry.take, args=(path, item), **more)
    if not quiet:
        told(entry, path)


def area(entry: Entry, path: str, item: str | None = None, **more: Any) -> None:
    """A few lines of text."""
    key = entry.seed(path, _text(entry.get(path)), partial(entry.take, path, item))
    st.text_area(label_of(path), key=key, on_change=entry.take, args=(path, item), height=80, **more)
    undisclosed(entry, item, path)
    told(entry, path)


def day(entry: Entry, path: str, item: str | None = None, latest: dt.date | None = None, **more: Any) -> None:
    """A day."""
    with _row(entry, item, path):
        key = entry.seed(path, _day(entry.get(path)), partial(entry.take, path, item))
        bounds: dict[str, Any] = {"min_value": dt.date(FIRST_YEAR, 1, 1), "max_value": latest or dt.date.today()}
        label = more.pop("label", None) or label_of(path)
        st.date_input(label, key=key, on_change=entry.take, args=(path, item), format="YYYY-MM-DD", **bounds, **more)
    told(entry, path)


def choice(entry: Entry, path: str, options: Mapping[str, str], item: str | None = None, **more: Any) -> None:
    """One of the options, value -> name."""
    value = entry.get(path)
    key = entry.seed(path, value if value in options else None, partial(entry.take, path, item))
    shown = {"placeholder": _("Choose one"), "format_func": options.__getitem__, "index": None, **more}
    label = shown.pop("label", None) or label_of(path)
    with _row(entry, item, path):
        st.selectbox(label, list(options), key=key, on_change=entry.take, args=(path, item), **shown)
    told(entry, path)


def _row(entry: Entry, item: str | None, path: str) -> Any:
    """A place for a widget with the answer that the source does not say beside it."""
    if item is None:
        return st.container()
    row = st.container(horizontal=True, vertical_alignment="bottom", key=f"row_{item}")
    place = row.container()
    with row:
        undisclosed(entry, item, path)
    return place


def undisclosed(entry: Entry, item: str | None, path: str | None = None) -> None:
    """The answer that the source does not disclose something, as long as it is not filled in."""
    if item:
        filled = path is not None and entry.get(path) not in (None, "", NOT_DISCLOSED)
        key = entry.seed(
            f"undisclosed.{item}", entry.said.get(item) == NOT_DISCLOSED, partial(_undisclose, entry, item)
        )
        label = _("Not disclosed by the source")
        st.checkbox(label, key=key, on_change=_undisclose, args=(entry, item), disabled=filled)


def _undisclose(entry: Entry, item: str) -> None:
    ticked = entry.typed(f"undisclosed.{item}")
    entry.put(f"disclosures.{item}", NOT_DISCLOSED if ticked else None)


def told(entry: Entry, path: str) -> None:
    """What is wrong with what a field holds, and what to do; that it is blank is told at the head of the page."""
    for problem in entry.problems:
        if problem.column == path.replace("*", "1") and not gaps.blank(problem):
            show.note(f":red[{show.plain(language.pair(charts.capital(problem.wrong), problem.remedy))}]")


def disclosures(entry: Entry, step: str) -> None:
    """What a source may disclose, as far as a step asks for it: folded by what it is about."""
    for number, (title, names) in enumerate(gaps.GROUPS[step].items()):
        if not title:
            _each(entry, names)
            continue
        filled = sum(name in entry.said for name in names)
        text = _("{title}: {filled} of {count} answered")
        label = text.format(title=_(title), filled=language.number(filled), count=language.number(len(names)))
        wanted = any(st.query_params.get("field") == f"disclosures.{name}" for name in names)
        fold = st.expander(label, wanted, key=f"fold_{step}_{number}", on_change="rerun")
        if fold.open:
            with fold:
                _each(entry, names)
                _rest(entry, names, f"{step}_{number}")


def _rest(entry: Entry, names: Sequence[str], fold: str) -> None:
    """One click for a source that says nothing of all that is blank."""
    left = [name for name in names if name not in entry.said]
    values = dict.fromkeys((f"disclosures.{name}" for name in left), NOT_DISCLOSED)
    label = _("The source discloses none of the others") if len(left) < len(names) else _("It discloses none of these")
    st.button(label, key=f"rest_{fold}", on_click=entry.change, args=(values,), disabled=not left)


def _each(entry: Entry, names: Sequence[str]) -> None:
    for name in names:
        _disclosure(entry, name)


def _disclosure(entry: Entry, name: str) -> None:
    form, path, label = disclosure.FIELDS[name].form, f"disclosures.{name}", polls.disclosure_name(name)
    words = {"yes-no": ("yes", "no"), "undecided": disclosure.UNDECIDED}.get(form)
    if words:
        options = {word: _(polls.SAID[word]) for word in words} | {NOT_DISCLOSED: _("Not disclosed by the source")}
        choice(entry, path, options, label=label)
    else:
        _said(entry, name, path, label)


def _said(entry: Entry, name: str, path: str, label: str) -> None:
    """A text, or that it is not disclosed."""
    value = entry.said.get(name)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"row_{name}"):
        with st.container():
            key = entry.seed(path, "" if value == NOT_DISCLOSED else _text(value))
            st.text_input(label, key=key, on_change=entry.take, args=(path,), disabled=value == NOT_DISCLOSED)
        ticked = entry.seed(f"undisclosed.{name}", value == NOT_DISCLOSED, partial(_undisclose, entry, name))
        filled = value not in (None, NOT_DISCLOSED)
        label = _("Not disclosed by the source")
        st.checkbox(label, key=ticked, on_change=_undisclose, args=(entry, name), disabled=filled)
    told(entry, path)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
