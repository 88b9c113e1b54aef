"""Calibration: how often verdicts of each probability come out right, where that can be known."""

import streamlit as st

from tracker.language import gettext as _
from tracker.ui import calibration, parts, show

unknown: list[str] = []
answer, choices = st.container(), st.container()
with choices:
    regime = parts.pick("regime", _("Simulated"), calibration.simulations(), calibration.USUAL, unknown)
with answer:
    st.title(_("How often verdicts come out right"), anchor=False)
    show.unknown(unknown)
    st.markdown(calibration.headline(regime))
    with st.container(width=680):
        st.vega_lite_chart(calibration.drawn(regime).page(), alt=calibration.headline(regime))
    show.note(calibration.caption())
for each, title in ((regime, calibration.simulations()[regime]), (calibration.REAL, _("real series"))):
    with st.expander(_("As a table: {title}").format(title=title)):
        show.table(calibration.tenths(each), alt=title)

st.subheader(_("What was tried"), anchor=False)
st.markdown(calibration.explained())
st.subheader(_("Each word, in every kind of series"), anchor=False)
show.table(calibration.words(), alt=_("How often each word of a verdict was right"))
st.subheader(_("Where it is too sure of itself"), anchor=False)
st.markdown(calibration.firmer())
st.markdown("\n".join(f"- {show.plain(sentence)}" for sentence in calibration.too_sure()))
st.subheader(_("What this does not show"), anchor=False)
st.markdown("\n".join(f"- {line}" for line in calibration.limits()))
st.caption(calibration.version())
st.code("make bench", language=None)
