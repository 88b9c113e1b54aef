"""The pages of the app, and what stands around them."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import look, parts, show

asked = parts.wanted(language.PARAMETER)
offered = language.use(asked)
when = parts.wanted(language.AS_OF)
parts.stand(None)
reading = [
    st.Page(parts.page("trends"), title=_("Trends"), default=True),
    st.Page(parts.page("claims"), title=_("Claims")),
    st.Page(parts.page("events"), title=_("Events")),
    st.Page(parts.page("polls"), title=_("Polls")),
    st.Page(parts.page("data"), title=_("Data")),
    st.Page(parts.page("method"), title=_("Method")),
    # hidden: reached from a page that is named above
    st.Page(parts.page("calibration"), title=_("Calibration"), visibility="hidden"),
]
writing = [
    st.Page(parts.page("mine"), title=_("Contribute")),
    st.Page(parts.page("enter"), title=_("Enter a poll"), visibility="hidden"),
    st.Page(parts.page("upload"), title=_("Upload"), visibility="hidden"),
    st.Page(parts.page("claim"), title=_("Enter a claim"), visibility="hidden"),
    st.Page(parts.page("event"), title=_("Enter an event"), visibility="hidden"),
    st.Page(parts.page("review"), title=_("Review"), visibility="hidden"),
    st.Page(parts.page("contributors"), title=_("Contributors"), visibility="hidden"),
]
page = st.navigation([*reading, *writing], position="hidden")
st.set_page_config(page_title=f"{page.title} – {_('Opinion tracker')}", page_icon=look.ICON, layout="wide")
with st.container(horizontal_alignment="center"), st.container(width=1080):
    above = st.container(key="above")
    with above:
        parts.spoken()
    unknown = [] if offered else [_("language: {code}").format(code=asked)]
    # what is written is written now
    if page in reading and not parts.stand(when):
        unknown.append(_("as of: {when}").format(when=when))
    show.unknown(unknown)
    parts.state(page)
    if page is reading[0]:
        # its chart goes to the reader before the ways to other pages
        try:
            page.run()
        finally:
            with above:
                parts.ways([*reading, *writing], page, writing)
    else:
        with above:
            parts.ways([*reading, *writing], page, writing)
        page.run()
