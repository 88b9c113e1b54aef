"""Method: how a level comes out of polls, with the numbers behind the series that is chosen."""

from functools import partial

import streamlit as st

from tracker import charts
from tracker.language import gettext as _
from tracker.ui import calibration, codebook, explain, parts, show

unknown: list[str] = []
st.title(_("How the trend and the verdicts are made"), anchor=False)
st.markdown(explain.model())
for formula in explain.FORMULAS:
    st.latex(formula)
st.markdown(explain.symbols())
st.caption(charts.caption())
st.markdown(explain.error())
st.subheader(_("Verdicts"), anchor=False)
st.markdown(explain.verdicts())
calibration.link()
show.folded("codebook", _("The code book: what each column of the data holds"), partial(codebook.shown, unknown))

st.subheader(_("The numbers behind one series"), anchor=False)
if not parts.has_polls():
    st.markdown(_("No poll is recorded yet, so there is nothing to fit."))
    st.stop()
attitude = parts.pick_attitude(unknown)
show.unknown(unknown)
trend = attitude.trend()
if trend is None:
    st.markdown(show.plain(attitude.why_no_trend()))
    st.stop()
st.markdown(charts.summary(trend))
st.markdown(_("**Hyperparameters**, estimated from these readings, with 95 % intervals"))
show.table(explain.hyperparameters(trend), alt=_("Hyperparameters with intervals"))
st.caption(_("Points are those at the middle of the scale."))
st.markdown(explain.noise(trend))
st.markdown(_("**House effects**: each pollster's lasting difference from the level, in points"))
show.table(explain.house_effects(trend), alt=_("House effects with the number of readings"))
st.caption(_("Noise variance is the pollster's own, as a multiple of what is expected of every pollster."))
st.markdown(_("**Weights**: what each reading counts in the level on the last day"))
with st.expander(_("{count} readings with their weights").format(count=len(trend.readings))):
    show.table(explain.weights(trend), alt=_("Weight of each reading in the present level"))
st.subheader(_("Run it again"), anchor=False)
st.code(explain.command(attitude), language=None)
