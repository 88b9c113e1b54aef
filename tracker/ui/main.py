"""The pages of the app, and what stands around them."""

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.ui import look, parts, show

asked = parts.wanted(language.PARAMETER)
offered = language.use(asked)
pages = [
    st.Page(parts.page("trends"), title=_("Trends"), default=True),
    st.Page(parts.page("claims"), title=_("Claims")),
    st.Page(parts.page("events"), title=_("Events")),
    st.Page(parts.page("polls"), title=_("Polls")),
    st.Page(parts.page("data"), title=_("Data")),
    st.Page(parts.page("method"), title=_("Method")),
    st.Page(parts.page("mine"), title=_("Contribute")),
    # reached from a page that is named above
    st.Page(parts.page("calibration"), title=_("Calibration"), visibility="hidden"),
    st.Page(parts.page("enter"), title=_("Enter a poll"), visibility="hidden"),
    st.Page(parts.page("upload"), title=_("Upload"), visibility="hidden"),
    st.Page(parts.page("claim"), title=_("Enter a claim"), visibility="hidden"),
    st.Page(parts.page("event"), title=_("Enter an event"), visibility="hidden"),
    st.Page(parts.page("review"), title=_("Review"), visibility="hidden"),
    st.Page(parts.page("contributors"), title=_("Contributors"), visibility="hidden"),
]
page = st.navigation(pages, position="hidden")
st.set_page_config(page_title=f"{page.title} – {_('Opinion tracker')}", page_icon=look.ICON, layout="wide")
with st.container(horizontal_alignment="center"), st.container(width=1080):
    above = st.container(key="above")
    with above:
        parts.spoken()
    show.unknown([] if offered else [_("language: {code}").format(code=asked)])
    if page is pages[0]:
        # its chart goes to the reader before the ways to other pages
        try:
            page.run()
        finally:
            with above:
                parts.ways(pages, page)
    else:
        with above:
            parts.ways(pages, page)
        page.run()
