"""The check before a poll is handed over: problems, what each standard still asks for, and submitting it."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import streamlit as st

from tracker import accounts, charts, disclosure, intake, language
from tracker.language import gettext as _
from tracker.language import marked, ngettext
from tracker.routes.words import polls
from tracker.ui import parts, submitting
from tracker.ui import show as shown
from tracker.ui.drafts import Entry
from tracker.ui.form import fields, gaps

#: who asks for an item, in a word
SHORT = marked({"A": "AAPOR", "C": "CRIC", "E": "section 326", "P": "BPC"})
#: the numbers of what was just handed over as a wave; why something was not taken
HANDED, REFUSED = "handed_over", "refused"
#: days ahead to which an embargo may run
FARTHEST = dt.timedelta(730)


def show(entry: Entry) -> None:
    """What is wrong, what is missing, and the way on."""
    st.header(_("Check"), anchor=False)
    found = gaps.problems(entry)
    errors = [problem for problem in found if problem.severity == "error"]
    warnings = [problem for problem in found if problem.severity == "warning"]
    if errors:
        _errors(errors)
    sure = _warnings(warnings)
    completeness(entry)
    _submit(entry, bool(errors) or not sure)


def _errors(errors: list[intake.Problem]) -> None:
    count = ngettext("{count} thing is to be done:", "{count} things are to be done:", len(errors))
    st.markdown(count.format(count=language.number(len(errors))))
    with st.container(key="list_of_errors", gap="xsmall"):
        for number, problem in enumerate(errors):
            _leads(problem, f"error_{number}")


def _leads(problem: intake.Problem, key: str) -> None:
    """A problem as the way to its field; what is blank needs no remedy."""
    gaps.leads(problem.column, charts.capital(gaps.told(problem, problem.column)), key)


def _warnings(warnings: list[intake.Problem]) -> bool:
    """What is odd, each with its field; whether it is confirmed."""
    if not warnings:
        return True
    st.markdown(_("Odd, and perhaps right:"))
    with st.container(key="list_of_warnings", gap="xsmall"):
        for number, problem in enumerate(warnings):
            _leads(problem, f"warning_{number}")
    label = _("I have read the warnings and they are in order")
    # other warnings have to be confirmed anew
    return bool(st.checkbox(label, key=f"confirmed_{abs(hash(tuple(map(str, warnings))))}"))


def completeness(entry: Entry) -> None:
    """Four bars, and each gap as a link to its field."""
    st.subheader(_("What is disclosed"), anchor=False)
    shown.note(_("Counted from what is filled in or said not to be disclosed; it is no mark of a poll's quality."))
    found = counted(entry.fields)
    with st.grid(2):
        for each in found:
            text = _("{standard}: {count}").format(standard=each.standard, count=each.counted)
            st.progress(each.on_record / each.items, shown.plain(text))
    missing = [name for name in disclosure.ITEMS if any(name in each.missing for each in found)]
    if not missing:
        return
    count = ngettext("{count} item is missing", "{count} items are missing", len(missing))
    fold = st.expander(count.format(count=language.number(len(missing))), key="fold_missing")
    with fold, st.container(key="list_of_gaps", gap="xsmall"):
        for name in missing:
            by = ", ".join(_(SHORT[letter]) for letter in disclosure.ITEMS[name][1])
            gaps.leads(gaps.field_of(name), f"{polls.disclosure_name(name)} ({by})", f"gap_{name}")


def briefly(form: dict[str, Any]) -> str:
    """The same in a line: AAPOR 6 of 20, CRIC 5 of 12."""
    found = zip(SHORT.values(), counted(form), strict=True)
    return ", ".join(f"{_(short)} {each.counted}" for short, each in found)


def counted(form: dict[str, Any]) -> list[polls.Disclosed]:
    """What each standard asks for, set against a form's fields; of a wave, against its first poll."""
    fields = intake.split(form)[0]
    names = ("pollster", "sponsor", "population", "sample_type", "mode", "margin_of_error", "sample_size")
    precise = fields.get("date_precision", "day") if fields.get("field_start") else ""
    own = {name: fields.get(name) for name in names}
    poll = SimpleNamespace(**own, population_label=own["population"], date_precision=precise)
    questions = [_asked(question) for question in fields.get("questions") or [{}]]
    pollster = next((row for row in parts.every("pollsters") if row.id == poll.pollster), None)
    said = fields.get("disclosures") or {}
    return polls.disclosed(poll, questions, pollster.membership if pollster else None, said)


def _asked(question: dict[str, Any]) -> SimpleNamespace:
    names = ("wording", "language", "base", "published", "source_url")
    held = next((row for row in parts.every("scales") if row.id == question.get("scale")), None)
    # a question without a scale has not said yet which responses were offered
    answers = question.get("answers") or ({} if question.get("scale") else {"mean": None})
    low = held.low if held else question.get("low")
    own = {name: question.get(name) for name in names}
    return SimpleNamespace(**own, answers=answers, low=low, provenance=question.get("provenance", "primary"))


def _submit(entry: Entry, blocked: bool) -> None:
    """The reason, an embargo, and the way to the editors or, where this installation allows it, into the record."""
    reason, remark = _("Why it is corrected, for the public history"), _("Remark for the public history, if any")
    fields.text(entry, "why", label=reason if entry.row else remark)
    if entry.row is None:
        with st.container(width=320):
            told = _("The first day on which it may be public; until then nobody but you and the editors sees it")
            latest = dt.date.today() + FARTHEST
            fields.day(entry, "embargo", None, latest, label=_("Under embargo until"), help=told)
    unreasoned = bool(entry.row) and not entry.get("why")
    if unreasoned:
        st.markdown(_("A correction needs a reason."))
    blocked = blocked or unreasoned or entry.number is None
    with st.container(horizontal=True):
        ways = {False: _("Submit for review")}
        if submitting.approves_own(entry.writer):
            ways[True] = _("Store now, approved by yourself")
        for own, text in ways.items():
            key, handed = f"submit_{own}", (entry, own)
            kind: Any = "secondary" if own else "primary"
            st.button(text, key, type=kind, disabled=blocked, on_click=_hand_over, args=handed)
    if refused := st.session_state.get(REFUSED):
        st.error(shown.plain(refused))


@parts.speaking
def _hand_over(entry: Entry, own: bool) -> None:
    """Submit the draft, or each poll of a wave as one of its own; and approve it where that is allowed."""
    try:
        numbers = _submitted(entry)
        problems = [_approve(entry.writer, number) for number in numbers] if own else []
    except accounts.AccountError as refused:
        problems = [str(refused)]
    st.session_state[REFUSED] = "; ".join(filter(None, problems))


def _submitted(entry: Entry) -> list[int]:
    """The numbers of the drafts that are now the editors'."""
    number, why = int(entry.number or 0), entry.get("why")
    if not entry.fields.get("wave"):
        accounts.submit(parts.store(), entry.writer, number, why, entry.embargo)
        return [number]
    polls = intake.split(entry.fields)
    numbers = accounts.submit_several(parts.store(), entry.writer, number, polls, why, entry.embargo)
    entry.close()
    st.session_state[HANDED] = numbers
    return numbers


def _approve(writer: Any, number: int) -> str:
    """Approve what one has just submitted; why it could not be, or nothing."""
    decision = intake.approve(parts.store(), writer, number, own=True)
    errors = [problem for problem in decision.problems if problem.severity == "error"]
    return "; ".join(str(problem) for problem in errors) if decision.status == "submitted" else ""
