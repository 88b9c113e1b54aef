"""Claims: what was said about opinion, and what the polls said then and say now."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.ui import asked, cards, choosing, entering, parts, show, verdicts

wanted = parts.wanted("claim")
claim = parts.claim(wanted) if wanted else None

if claim is None:
    unknown = [_("claim: {id}").format(id=wanted)] if wanted else []
    st.title(_("What people said about opinion"), anchor=False)
    entering.began("claim")
    rows = parts.claim_rows()
    if not rows:
        st.markdown(_("No claim is recorded yet."))
        st.stop()
    found = parts.words(rows)
    rows, filters = choosing.pick_claims(rows, found, unknown)
    show.unknown(unknown)
    count = ngettext("{count} claim, newest first", "{count} claims, newest first", len(rows))
    st.caption(count.format(count=language.number(len(rows))))
    show.claim_list(rows, found)
    show.take("claims", filters)
    plain = parts.address(language.address("/claims/"))
    feed = parts.address(language.address("/feed.atom"))
    show.note(_("[The same list without JavaScript]({plain}) · [News feed]({feed})").format(plain=plain, feed=feed))
    st.stop()

show.back("claims", _("All claims"))
st.title(show.plain(claim.paraphrase), anchor=False)
if claim.quote:
    asked.quote(claim.quote, claim.language)
role = f", {claim.claimant_role}" if claim.claimant_role else ""
day = language.day(claim.date, claim.date_precision)
st.markdown(show.plain(f"{claim.claimant}{role}, {day}"))
published = _("First published {day}. ").format(day=language.day(claim.published)) if claim.published else ""
show.note(published + _("Where: {source}").format(source=asked.source(claim.source_url, claim.source_title)))

verdicts.whole(parts.judgement(claim.id))
if claim.note:
    st.caption(show.plain(claim.note))
cards.history(claim.id)
plain = parts.address(language.address(f"/claims/{claim.id}"))
data = parts.address(f"/api/v1/verdicts/{claim.id}.json")
show.note(_("[This claim without JavaScript]({plain}) · [Its verdict as JSON]({data})").format(plain=plain, data=data))
show.take("evidence", {"claim": claim.id}, _("Take the readings behind these verdicts"))
entering.corrects("claim", claim.id)
