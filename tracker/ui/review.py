"""The Review page: what waits for an editor, each submission beside the record and its source, and the decision."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from tracker import accounts, intake, language, store
from tracker.language import gettext as _
from tracker.language import marked, ngettext
from tracker.models import RECORD, Answer, Question, Recorded
from tracker.routes.words import polls
from tracker.settings import Settings
from tracker.ui import asked, cards, mine, parts, show
from tracker.ui.form.check import counted
from tracker.ui.form.gaps import field_name
from tracker.ui.show import plain

#: what a row of a table is called
ROWS = marked(
    {
        "scales": "scale",
        "responses": "response",
        "polls": "poll",
        "questions": "question",
        "answers": "answer",
        "disclosures": "disclosure",
        "claims": "claim",
        "events": "event",
    }
)
#: what is submitted
KINDS = marked({"poll": "poll", "sheet": "sheet of polls", "claim": "claim", "event": "event"})
#: cells and rows shown; the rest is counted
SHOWN = 200
FIRST_ROWS = 10


def editors_only(writer: Any) -> None:
    """End the page for those who approve nothing."""
    if writer.role not in accounts.APPROVING:
        st.markdown(_("Only an editor or an administrator may approve."))
        st.stop()


def said() -> None:
    """What became of the submission that was just decided on."""
    if told := st.session_state.pop("review_said", None):
        st.success(told)


def submission(number: str | None) -> Any | None:
    """The submission with this number, if it was handed in."""
    found = accounts.draft(parts.store(), int(number)) if number and number.isdecimal() else None
    return found if found and found.status in ("submitted", "approved") else None


def waiting() -> None:
    """What waits for a decision, and what waits for the end of its embargo."""
    queue = accounts.queue(parts.store())
    _listed("list_of_submissions", queue)
    if not queue:
        st.markdown(_("Nothing waits for an editor."))
    if later := accounts.queue(parts.store(), "approved"):
        st.subheader(_("Approved, under embargo"), anchor=False)
        _listed("list_of_approved", later)


def _listed(key: str, drafts: list[Any]) -> None:
    with st.container(key=key, gap="small"):
        for draft in drafts:
            with st.container(gap=None):
                to = language.carried({"draft": str(draft.id)})
                st.page_link(parts.page("review"), label=plain(named(draft)), query_params=to, icon="")
                st.caption(plain(told(draft)))


def named(draft: Any) -> str:
    """A submission in one line."""
    fields = draft.fields
    if draft.kind == "sheet":
        count = len(fields["questions"])
        return ngettext("A sheet of {count} row", "A sheet of {count} rows", count).format(count=language.number(count))
    if draft.kind == "poll":
        return mine.name(draft)
    return str(fields.get("paraphrase") or fields.get("title") or KINDS[draft.kind])


def told(draft: Any) -> str:
    """What a submission is, who entered it, and when."""
    kind = _("correction of {row}").format(row=draft.row) if draft.row else _("new {kind}").format(kind=kind_of(draft))
    form = _("{kind}, entered by {who}, {when}")
    return form.format(kind=kind, who=_name(draft.contributor), when=language.moment(draft.changed))


def kind_of(draft: Any) -> str:
    """What is submitted: a poll, a sheet, a claim, an event."""
    return _(KINDS[draft.kind])


def _name(contributor: int | None) -> str:
    found = accounts.by_id(parts.store(), contributor)
    return found.public_name if found else _("somebody who is no longer a contributor")


def head(draft: Any) -> None:
    """What it is, who entered it, why, and from when it may be public."""
    st.header(plain(named(draft)), anchor=False)
    st.caption(plain(told(draft)))
    lines = {
        _("Why"): draft.why or _("no reason given"),
        _("Embargo until"): language.day(draft.embargo) if draft.embargo else "",
        _("Remark"): draft.comment or "",
    }
    show.fields({name: value for name, value in lines.items() if value}, alt=_("What was said with it"))


def problems(found: intake.Review) -> None:
    """What the rules say of it, errors first."""
    if not found.problems:
        st.markdown(_("The rules find nothing wrong with it."))
        return
    rows = sorted(found.problems, key=lambda problem: problem.severity)[:SHOWN]
    table = {
        _("Where"): [plain(_place(p, found.plan is not None)) for p in rows],
        _("Kind"): [language.word(p.severity) for p in rows],
        _("What is wrong"): [plain(p.wrong) for p in rows],
        _("What to do"): [plain(p.remedy) for p in rows],
    }
    show.table(pd.DataFrame(table), alt=_("Problems of the submission"))


def _place(problem: intake.Problem, of_sheet: bool) -> str:
    """The row of a sheet or of the record, where there is one, and the column, of a form as its field is called."""
    row = _("row {number}").format(number=problem.line) if problem.line else ""
    file = problem.file if "/" in problem.file else ""
    column = problem.column if of_sheet or not problem.column else field_name(problem.column)
    return ", ".join(part for part in (file, row, column) if part)


def changes(found: intake.Review) -> None:
    """What storing it would change: cell by cell; of much that is new, the numbers and the first rows."""
    st.markdown(plain(_counted(found)))
    if found.plan:
        _first_rows(found)
    cells = [change for change in found.changes if _told_of(change, found)]
    if not cells:
        return
    shown = cells[:SHOWN]
    table = {
        _("Where"): [_where(change, before) for before, change in zip([None, *shown], shown, strict=False)],
        _("Field"): [plain(polls.field(change.column)) for change in shown],
        _("On record"): [plain(language.name(change.before)) for change in shown],
        _("Submitted"): [plain(language.name(change.after)) for change in shown],
    }
    if all(not change.before for change in cells):
        del table[_("On record")]
    show.table(pd.DataFrame(table), alt=_("What would change"))
    more = len(cells) - len(shown)
    st.caption(ngettext("and {count} more", "and {count} more", more).format(count=more) if more else "")


def _told_of(change: intake.Change, found: intake.Review) -> bool:
    """Whether a cell is shown by itself: no new row of a sheet is, nor what only says to which row it belongs."""
    table = next(each for each in RECORD if each.__tablename__ == change.table)
    if found.plan and (table, change.row) not in found.held:
        return False
    return change.column not in (*store.key_columns(table), *(("poll",) if table is Question else ()))


def _where(change: intake.Change, before: intake.Change | None) -> str:
    """The row that a cell belongs to, named once."""
    if before and (before.table, before.row) == (change.table, change.row):
        return ""
    return plain(f"{_(ROWS.get(change.table, change.table))} {change.row}")


def _counted(found: intake.Review) -> str:
    """2 rows new, 1 changed, in each table."""
    lines = []
    for table in dict.fromkeys(table for table, _name in [*found.said, *found.held]):
        new, same, gone = (
            sum(place[0] is table for place in places)
            for places in (
                found.said.keys() - found.held.keys(),
                _changed(found),
                found.held.keys() - found.said.keys(),
            )
        )
        counts = {_("{count} new"): new, _("{count} changed"): same, _("{count} taken out"): gone}
        words = [form.format(count=language.number(count)) for form, count in counts.items() if count]
        if words:
            lines.append(language.pair(language.word(table.__tablename__), ", ".join(words)))
    return "; ".join(lines)


def _changed(found: intake.Review) -> set[tuple[type[Recorded], str]]:
    touched = {(change.table, change.row) for change in found.changes}
    return {place for place in found.said.keys() & found.held.keys() if (place[0].__tablename__, place[1]) in touched}


def _first_rows(found: intake.Review) -> None:
    """The first questions of a sheet, with their answers."""
    questions = [row for (table, _id), row in found.said.items() if table is Question][:FIRST_ROWS]
    answers = [row for (table, _id), row in found.said.items() if table is Answer]
    table = {
        _("Poll"): [plain(row["poll"]) for row in questions],
        _("Subject"): [plain(parts.names("subjects").get(row["subject"], row["subject"])) for row in questions],
        _("Scale"): [plain(parts.names("scales").get(row["scale"], row["scale"])) for row in questions],
        _("Answers"): [_figures(each for each in answers if each["question"] == row["id"]) for row in questions],
    }
    if questions:
        show.table(pd.DataFrame(table), alt=_("The first rows of the sheet"))


def _figures(answers: Iterable[Any]) -> str:
    return plain("; ".join(f"{row['response']} {row['value']}" for row in answers))


def source(draft: Any) -> None:
    """Where the figures or the words can be seen, with the lasting copies."""
    rows = [row[-1] if draft.kind == "sheet" else row for row in draft.fields.get("questions", ())]
    found = {row["source_url"]: row.get("source_title") for row in (*rows, draft.fields) if row.get("source_url")}
    st.subheader(_("The source"), anchor=False)
    for url, title in list(found.items())[:FIRST_ROWS]:
        st.markdown(asked.source(url, title))
    more = len(found) - FIRST_ROWS
    st.caption(ngettext("and {count} more", "and {count} more", more).format(count=more) if more > 0 else "")
    lasting = (draft.fields.get("disclosures") or {}).get("archive_url")
    if lasting:
        st.markdown(show.link(lasting, _("the copy that was given")))
    if not found and not lasting:
        st.markdown(_("It names no source."))


def completeness(draft: Any) -> None:
    """What the source of a poll discloses, set against what each standard asks for."""
    if draft.kind == "poll":
        st.subheader(_("What is disclosed"), anchor=False)
        counts = cards.completeness(counted(draft.fields)).iloc[:, :2]
        show.table(counts, alt=_("What each standard asks for and the submission has"))


def decide(draft: Any, writer: Any, found: intake.Review) -> None:
    """Approve, or send back with a comment; in place of the first, why it may not be approved."""
    comment = st.text_area(_("Comment for whoever entered it"), key=f"review_comment_{draft.id}", height=80)
    refused = _refusal(draft, writer, found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if not refused and st.button(_("Approve"), type="primary", key="review_approve"):
            _approve(draft, writer, comment)
        if st.button(_("Return"), key="review_return"):
            _give_back(draft, writer, comment)
    if refused:
        st.markdown(refused)


def _refusal(draft: Any, writer: Any, found: intake.Review) -> str:
    """Why it may not be approved, by this person or at all; blank where it may."""
    if draft.status == "approved":
        return _("It was approved by {who} and is stored when its embargo ends.").format(who=_name(draft.reviewer))
    if found.blocked:
        return _("It cannot be stored as it stands: return it.")
    if draft.contributor != writer.id:
        return ""
    if Settings.from_env().own_approval:
        st.caption(_("You entered this yourself. This installation lets you approve it; the poll will say so."))
        return ""
    return _("You entered this yourself: another editor has to approve it, or an administrator.")


def _approve(draft: Any, writer: Any, comment: str) -> None:
    own = Settings.from_env().own_approval
    try:
        with st.spinner(_("Storing")):
            decision = intake.approve(parts.store(), writer, draft.id, comment, own)
    except accounts.AccountError as refused:
        st.error(str(refused))
        return
    if decision.status == "submitted":
        st.rerun()  # the rules found something new, and say so
    stored = _("Stored. It counts in every trend and verdict from now on.")
    waits = _("Approved. It is stored when its embargo ends.")
    _done(stored if decision.status == "stored" else waits)


def _give_back(draft: Any, writer: Any, comment: str) -> None:
    if not comment.strip():
        st.error(_("Say in the comment what is to be done."))
        return
    try:
        accounts.give_back(parts.store(), writer, draft.id, comment.strip())
    except accounts.AccountError as refused:
        st.error(str(refused))
        return
    _done(_("Sent back to {who}.").format(who=_name(draft.contributor)))


def _done(sentence: str) -> None:
    """Back to the list, which says what became of it."""
    st.session_state["review_said"] = sentence
    del st.query_params["draft"]
    st.rerun()
