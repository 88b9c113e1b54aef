"""The Upload page: what a sheet was read as, what is wrong with it, what storing it would do, and handing it in."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from tracker import accounts, export, intake, language, store
from tracker.intake import Problem
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.models import Poll, Question
from tracker.ui import parts, review, show, submitting

#: the scale of the template where none is chosen
USUAL = "favourable-unfavourable-4"
#: the largest sheet taken
MEGABYTES = intake.MEGABYTES
#: problems and changes shown; the rest is counted
SHOWN = 200
#: sheets on record that an editor can take back from the page
SHEETS = 10


def template_button() -> None:
    """The empty sheet, with the responses of a scale."""
    scales = dict(sorted(parts.names("scales").items(), key=lambda pair: pair[1]))
    scale = st.selectbox(
        _("Scale"), list(scales), list(scales).index(USUAL), format_func=scales.__getitem__, key="upload_scale"
    )
    data = intake.template(parts.known(), scale)
    st.download_button(_("Download the template"), data, f"polls-{scale}.csv", "text/csv", on_click="ignore")


def read(data: bytes, name: str, writer: Any) -> intake.Sheet:
    """The sheet as it is read with what was chosen for its columns; polls of a pollster's own where it names none."""
    defaults = {"pollster": writer.pollster} if writer.pollster else {}
    return intake.read_sheet(parts.store(), data, name, st.session_state.get("upload_chosen", {}), defaults)


def columns(sheet: intake.Sheet) -> None:
    """What each column was taken for, and a choice for those that were taken for nothing."""
    guessed = [match for match in sheet.matches if match.how not in ("name", "") and match.column]
    if guessed:
        told = (f"{show.plain(m.header)} → {show.plain(m.column)}" for m in guessed)
        show.note(_("Columns taken for: {matches}").format(matches="; ".join(told)))
    free = set(intake.targets(parts.known()).values()) - {match.column for match in sheet.matches}
    for match in (m for m in sheet.matches if m.column is None and m.header and m.how != "chosen"):
        asked = _("What is the column {header}?").format(header=match.header)
        key, header = f"upload_as_{match.header}", (match.header,)
        st.selectbox(asked, ["", *sorted(free)], format_func=_shown, key=key, on_change=_choose, args=header)


def _shown(column: str) -> str:
    return column or _("leave it out")


def _choose(header: str) -> None:
    chosen = st.session_state.setdefault("upload_chosen", {})
    chosen[header] = st.session_state[f"upload_as_{header}"] or None


def summary(record: intake.Record) -> str:
    """132 rows are fine, 3 errors, 2 warnings."""
    rows = {row.line for row in record.rows.get(Question, ())}
    fine = len(rows - {problem.line for problem in record.problems})
    errors, warnings = len(record.errors), len(record.warnings)
    return ", ".join(
        [
            ngettext("{count} row is fine", "{count} rows are fine", fine).format(count=language.number(fine)),
            ngettext("{count} error", "{count} errors", errors).format(count=language.number(errors)),
            ngettext("{count} warning", "{count} warnings", warnings).format(count=language.number(warnings)),
        ]
    )


def problems(found: list[Problem]) -> pd.DataFrame:
    """Row, column, what is wrong and what to do, errors first."""
    rows = sorted(found, key=lambda problem: problem.severity)[:SHOWN]
    return pd.DataFrame(
        {
            _("Row"): ["" if p.line is None else language.number(p.line) for p in rows],
            _("Column"): [show.plain(p.column) for p in rows],
            _("Kind"): [language.word(p.severity) for p in rows],
            _("What is wrong"): [show.plain(p.wrong) for p in rows],
            _("What to do"): [show.plain(p.remedy) for p in rows],
        }
    )


def doubles(record: intake.Record) -> None:
    """Each poll that may be there already beside the other, field by field."""
    for problem in (p for p in record.warnings if p.other):
        new = next(row for row in record.rows[Poll] if row.line == problem.line)
        title = _("Row {row}: is it {other}?").format(row=problem.line, other=problem.other)
        with st.expander(show.plain(title)):
            show.table(_beside(new, _poll(problem.other, record)), alt=title)


def _poll(name: str | None, record: intake.Record) -> Mapping[str, Any]:
    held = parts.store().find(Poll, id=name)
    return held[0]._asdict() if held else next(row for row in record.rows[Poll] if row["id"] == name)


def _beside(new: Mapping[str, Any], other: Mapping[str, Any]) -> pd.DataFrame:
    names = [name for name in new if new[name] != other[name]]
    return pd.DataFrame(
        {
            _("Field"): [show.plain(name) for name in names],
            _("In the sheet"): [show.plain(export.cell(new[name])) for name in names],
            _("On record"): [show.plain(export.cell(other[name])) for name in names],
        }
    )


def outcome(sheet: intake.Sheet) -> intake.Outcome:
    """What storing the sheet would do."""
    return intake.store_record(parts.store(), sheet.record, "", dry_run=True)


def told(found: intake.Outcome) -> str:
    """The outcome in numbers."""
    text = _("{inserted} values added, {updated} rows changed, {unchanged} as they are")
    return text.format(inserted=found.inserted, updated=found.updated, unchanged=found.unchanged + found.kept)


def changes(found: intake.Outcome) -> pd.DataFrame:
    """What would be overwritten."""
    rows = found.changes[:SHOWN]
    return pd.DataFrame(
        {
            _("Where"): [show.plain(f"{change.table}/{change.row}") for change in rows],
            _("Column"): [show.plain(change.column) for change in rows],
            _("Now"): [show.plain(change.before) for change in rows],
            _("Then"): [show.plain(change.after) for change in rows],
        }
    )


def hand_in(sheet: intake.Sheet, writer: Any, why: str) -> Any | str:
    """Submit the whole sheet, or store it where its author may approve it: the submission as it stands then, or why
    not."""
    try:
        accounts.refuse_others(writer, {row["pollster"] for row in sheet.record.rows[Poll]})
        number = accounts.keep_draft(parts.store(), writer, intake.packed(sheet.record), kind="sheet")
        accounts.submit(parts.store(), writer, number, why or None)
        problems = _approved(number, writer) if submitting.approves_own(writer) else []
    except accounts.AccountError as refused:
        return str(refused)
    if problems:
        accounts.drop_draft(parts.store(), writer, number)
        return "; ".join(str(problem) for problem in problems)
    return accounts.draft(parts.store(), number)


def _approved(number: int, writer: Any) -> list[Problem]:
    """Store a sheet of one's own; the errors that keep it from being stored."""
    bar = st.progress(0.0, _("Storing"))

    def progress(_table: str, done: int, total: int) -> None:
        bar.progress(
            done / total, _("{done} of {total}").format(done=language.number(done), total=language.number(total))
        )

    decision = intake.approve(parts.store(), writer, number, own=True, progress=progress)
    return [] if decision.status == "stored" else [p for p in decision.problems if p.severity == "error"]


def after(number: int, writer: Any) -> None:
    """What became of the sheet that was just confirmed, and the way to another."""
    held = accounts.draft(parts.store(), number)
    stored = _("Stored. It counts in every trend and verdict from now on.")
    waits = _("Submitted. Nothing is stored before an editor has approved it; how it stands is shown here.")
    st.success(stored if held and held.status == "stored" else waits)
    mine(writer)
    if st.button(_("Upload another sheet")):
        st.session_state.clear()
        st.rerun()


def mine(writer: Any) -> None:
    """The sheets that this person handed in: where each stands, what the editor said, and the ways back."""
    _listed([each for each in accounts.drafts(parts.store(), writer) if each.kind == "sheet"], writer)


def stored(editor: Any) -> None:
    """The sheets on record, whoever handed them in, the last stored first, for an editor to take back."""
    found = [each for each in reversed(accounts.queue(parts.store(), "stored")) if each.kind == "sheet"]
    if found or "upload_undone" in st.session_state:
        st.subheader(_("Sheets on record"), anchor=False)
        _listed(found[:SHEETS], editor)


def _listed(sheets: list[Any], writer: Any) -> None:
    if undone := st.session_state.pop("upload_undone", None):
        st.success(undone)
    for held in sheets:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(show.plain(_stands(held)))
            if held.status == "stored":
                _take_back(held, writer)
            elif st.button(_("Throw it away"), key=f"upload_drop_{held.id}"):
                accounts.drop_draft(parts.store(), writer, held.id)
                st.rerun()


def _stands(held: Any) -> str:
    told = _("{sheet}, {when}: {state}").format(
        sheet=review.named(held), when=language.moment(held.changed), state=_(accounts.STATES[held.status])
    )
    return f"{told}. {held.comment}" if held.comment else told


def _take_back(held: Any, writer: Any) -> None:
    if st.button(_("Take the whole batch back"), key=f"upload_undo_{held.id}", help=held.batch):
        st.session_state["upload_undone"] = undo(str(held.batch), writer)
        st.rerun()


def undo(batch: str, writer: Any) -> str:
    """Take the batch back; a sentence for whoever asked."""
    try:
        count = accounts.undo(parts.store(), writer, batch)
    except (accounts.NotAllowed, store.UndoRefused, store.UnknownBatch) as refused:
        return str(refused)
    return ngettext("{count} row is as it was.", "{count} rows are as they were.", count).format(
        count=language.number(count)
    )
