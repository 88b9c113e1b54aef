"""Claims: what was said about opinion, and what the polls said then and say now."""

import streamlit as st

from tracker import language
from tracker.charts import VERDICTS
from tracker.language import gettext as _
from tracker.ui import parts, show, verdicts

wanted = parts.wanted("claim")
claim = parts.claim(wanted) if wanted else None

if claim is None:
    unknown = [_("claim: {id}").format(id=wanted)] if wanted else []
    st.title(_("What people said about opinion"), anchor=False)
    rows = parts.claim_rows()
    found = parts.words(rows)
    if not rows:
        st.markdown(_("No claim is recorded yet."))
        st.stop()
    places = st.columns(2)
    with places[0]:
        about = parts.pick_several("subject", _("Subjects"), parts.subjects_of(rows), unknown, _("all"))
    with places[1]:
        words = parts.pick_several("word", _("Verdict now"), {word: _(word) for word in VERDICTS}, unknown, _("any"))
    show.unknown(unknown)
    rows = [row for row in rows if not about or set(about) & set(row.subject.split(";"))]
    rows = [row for row in rows if not words or found[row.id][1] in words]
    st.caption(_("{count} claims, newest first").format(count=len(rows)))
    show.claim_list(rows, found)
    st.stop()

show.back("claims", _("All claims"))
st.title(show.plain(claim.paraphrase), anchor=False)
if claim.quote:
    st.markdown(f"> {show.plain(claim.quote)}")
role = f", {claim.claimant_role}" if claim.claimant_role else ""
day = language.day(claim.date, claim.date_precision)
st.markdown(show.plain(f"{claim.claimant}{role}, {day}"))
published = _("First published {day}. ").format(day=language.day(claim.published)) if claim.published else ""
show.note(published + _("Where: {source}").format(source=show.link(claim.source_url, claim.source_title)))

judged = parts.judgement(claim.id)
verdicts.sides(judged)
verdicts.turned(judged)
verdicts.answers(judged)
st.subheader(_("What exactly is tested"), anchor=False)
show.table(verdicts.assertion(judged["assertion"]), alt=_("The assertion, field by field"))
verdicts.readings(judged)
for number, part in enumerate(judged["parts"], start=1):
    verdicts.part(number, part, judged)
if claim.note:
    st.caption(show.plain(claim.note))
st.markdown(_("This verdict as JSON"))
st.code(parts.address(f"/api/v1/verdicts/{claim.id}.json"), language=None)
