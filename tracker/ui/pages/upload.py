"""Upload: a sheet of polls, read whole, looked at, confirmed, submitted, and taken back where it was wrong."""

import streamlit as st

from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.ui import sheets, show, signing, submitting

st.title(_("Upload a sheet of polls"), anchor=False)
writer = signing.writer()
if handed_in := st.session_state.get("upload_handed_in"):
    sheets.after(handed_in, writer)
    st.stop()
st.markdown(_("One row a question, as CSV or XLSX. Nothing is stored before you confirm it and an editor approves it."))
sheets.mine(writer)
with st.expander(_("A template to fill in")):
    sheets.template_button()
file = st.file_uploader(
    _("The sheet"), ["csv", "tsv", "txt", "xlsx"], key="upload_file", max_upload_size=sheets.MEGABYTES
)
if file is None:
    st.stop()
with st.spinner(_("Reading the sheet")):
    sheet = sheets.read(file.getvalue(), file.name, writer)
sheets.columns(sheet)
st.subheader(sheets.summary(sheet.record), anchor=False)
if sheet.record.problems:
    show.table(sheets.problems(sheet.record.problems), alt=_("Problems of the sheet"))
    more = len(sheet.record.problems) - sheets.SHOWN
    st.caption(ngettext("and {count} more", "and {count} more", more).format(count=more) if more > 0 else "")
    sheets.doubles(sheet.record)
if sheet.record.errors or not sheet.record.rows:
    st.markdown(_("Put the errors right in the sheet and upload it again."))
    st.stop()
found = sheets.outcome(sheet)
st.markdown(_("Storing it would mean: {outcome}.").format(outcome=sheets.told(found)))
if found.conflicts:
    st.error(_("Some rows were changed here since: nothing can be stored before that is settled."))
    show.table(sheets.problems(found.conflicts), alt=_("Conflicts"))
    st.stop()
if found.changes:
    show.table(sheets.changes(found), alt=_("Values that would change"))
why = st.text_input(_("Why, for the public history"), key="upload_why")
sure = not sheet.record.warnings or st.checkbox(_("I have read the warnings and they are in order"), key="upload_sure")
blocked = not sure or bool(found.changes and not why.strip()) or not found.inserted + found.updated
if found.changes and not why.strip():
    st.caption(_("A change of what is on record needs a reason."))
label = _("Confirm and store") if submitting.approves_own(writer) else _("Confirm and submit")
if st.button(label, type="primary", disabled=blocked):
    result = sheets.hand_in(sheet, writer, why)
    if isinstance(result, str):
        st.error(result)
    else:
        st.session_state["upload_handed_in"] = result.id
        st.rerun()
