"""The draft open in this tab, kept in the store at every change: a closed tab or a restarted server loses nothing."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import Any

import streamlit as st

from tracker import accounts, intake
from tracker.language import gettext as _
from tracker.ui import parts, show

#: keys of the form's widgets begin with this; the widgets show what the draft holds, never the other way round
PREFIX = "enter_"
#: the number of the draft that is open in this tab
OPEN = "open_draft"
#: what the widgets show, by key, and what keeps another value
SHOWS = "fields_show"
#: set in a run that a changed field began
CHANGED = "changed_field"


class Entry:
    """A poll being entered: its fields as :func:`tracker.intake.read_form` takes them, by dotted paths.

    ``questions.2.base`` is the base of the second question, ``questions.*.source_url`` a field of all of them.
    """

    def __init__(self, writer: Any, draft: Any | None = None) -> None:
        self.writer, self.draft = writer, draft
        self.number: int | None = draft and draft.id
        #: the poll on record that it corrects
        self.row: str | None = draft and draft.row
        self.fields: dict[str, Any] = dict(draft.fields) if draft else {}
        self._filled_up()

    def _filled_up(self) -> None:
        self.fields.setdefault("questions", [{}])
        if self.writer.pollster:
            self.fields.setdefault("pollster", self.writer.pollster)

    @property
    def open(self) -> bool:
        """Whether it can still be changed."""
        return self.draft is None or self.draft.status in accounts.OPEN

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Its questions, one at least."""
        return list(self.fields["questions"])

    @property
    def said(self) -> dict[str, str]:
        """What the source discloses, by item."""
        return dict(self.fields.get("disclosures") or {})

    @cached_property
    def problems(self) -> list[intake.Problem]:
        """What is wrong with it as it stands."""
        return intake.problems(self.fields, parts.known(), self.row, self.embargo)

    @property
    def embargo(self) -> dt.date | None:
        """The first day on which it may be public, where it is to wait."""
        day = self.fields.get("embargo")
        return dt.date.fromisoformat(day) if day else None

    def get(self, path: str) -> Any:
        """The value of a field; None where it is blank. Of all questions, that of the first."""
        return next((holder.get(name) for holder, name in _holders(self.fields, path)), None)

    def put(self, path: str, value: Any) -> None:
        """Change one field and keep the draft."""
        self.change({path: value})

    def change(self, values: dict[str, Any]) -> None:
        """Change some fields, by path, and keep the draft as it then stands."""
        self._refresh()
        for path, value in values.items():
            blank = value in (None, "", [], {})
            for holder, name in _holders(self.fields, path, made=not blank):
                if blank:
                    holder.pop(name, None)
                else:
                    holder[name] = value
        self._filled_up()
        self.__dict__.pop("problems", None)
        self._keep()

    def take(self, path: str, item: str | None = None) -> None:
        """Put into the draft what the field's widget holds; what is filled in is no longer undisclosed."""
        value = self.typed(path)
        value = value.isoformat() if isinstance(value, dt.date) else value.strip() if isinstance(value, str) else value
        self.change({path: value} | ({f"disclosures.{item}": None} if item and value else {}))

    def key(self, path: str) -> str:
        """The key of the widget of a field."""
        return PREFIX + path.replace(".", "_").replace("*", "each")

    def typed(self, path: str) -> Any:
        """What the widget of a field holds now that it was changed."""
        st.session_state[CHANGED] = True
        return st.session_state[self.key(path)]

    def seed(self, path: str, value: Any, kept: Callable[[], None] | None = None) -> str:
        """Let the field's widget show a value; the key of the widget. One that shows it already is left in peace.

        ``kept`` keeps what somebody changes it to.
        """
        name = self.key(path)
        if name not in st.session_state or st.session_state[name] != value:
            st.session_state[name] = value
        st.session_state.setdefault(SHOWS, {})[name] = (value, kept or partial(self.take, path))
        return name

    def _refresh(self) -> None:
        """What another tab changed in the meantime stays changed."""
        held = accounts.draft(parts.store(), self.number) if self.number else None
        if held:
            self.fields = dict(held.fields)
            self._filled_up()

    def _keep(self) -> None:
        self.number = accounts.keep_draft(parts.store(), self.writer, self.fields, self.number, row=self.row)
        # the address follows when the page is drawn: written here, it could end a run before other fields are kept
        st.session_state[OPEN] = self.number

    def close(self) -> None:
        """Have it open in this tab no longer."""
        st.session_state.pop(OPEN, None)
        st.query_params.pop("draft", None)

    def saved(self) -> str:
        """When it was last kept, on the clock of whoever looks: 14:02."""
        return _("Draft saved {time}").format(time=show.clock(self.draft.changed)) if self.draft else ""


def _holders(fields: dict[str, Any], path: str, made: bool = False) -> Iterator[tuple[dict[str, Any], str]]:
    """Where in the fields a path leads: the mappings that hold its last part, ``made`` on the way where they are not
    there."""
    *above, name = path.split(".")
    holders: list[Any] = [fields]
    for part in above:
        holders = [each for holder in holders for each in _below(holder, part, made)]
    return ((holder, name) for holder in holders)


def _below(holder: Any, part: str, made: bool) -> list[Any]:
    """What a part of a path leads to: of a list one, all, or none where it is gone."""
    if isinstance(holder, dict):
        return [holder.setdefault(part, {}) if made else holder.get(part) or {}]
    return list(holder) if part == "*" else holder[int(part) - 1 : int(part)]


def catch_up() -> None:
    """Keep what was changed and is not kept yet: the next field's run may end the callback of the one before."""
    for name, (value, kept) in list(st.session_state.get(SHOWS, {}).items()):
        if name in st.session_state and st.session_state[name] != value:
            kept()


def opened(writer: Any, unknown: list[str]) -> Entry:
    """The draft that the address names or, where it names none, that is open in this tab; or a blank one.

    ``?draft=new`` begins another. What is nobody's draft, or somebody else's, goes to ``unknown``.
    """
    catch_up()
    wanted = st.query_params.get("draft")
    if wanted == "new":
        st.session_state.pop(OPEN, None)
        del st.query_params["draft"]
        return Entry(writer)
    number = wanted if wanted is not None else str(st.session_state.get(OPEN, ""))
    found = mine(writer, number)
    if found is None and wanted is not None:
        unknown.append(_("draft: {number}").format(number=wanted))
    if found is None or (wanted is None and found.status not in accounts.OPEN):
        return Entry(writer)
    st.session_state[OPEN] = found.id
    st.query_params["draft"] = str(found.id)
    return Entry(writer, found)


def mine(writer: Any, number: str) -> Any | None:
    """The writer's own draft of a poll with this number, or None."""
    found = accounts.draft(parts.store(), int(number)) if number.isdecimal() and len(number) < 10 else None
    return found if found and found.contributor == writer.id and found.kind == "poll" else None
