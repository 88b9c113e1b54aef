"""The app: a list of pages, the parts they share, and the pages themselves.

Until a first page is drawn, Streamlit takes a folder named ``pages`` for its older kind of navigation and would run a
page without what stands around it. Whoever comes first to a fresh server meets this; the run is begun anew.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

_older = PagesManager.uses_pages_directory
PagesManager.uses_pages_directory = False
if _older:
    st.rerun()
