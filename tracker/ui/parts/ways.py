"""The way to every page, to this one in the other languages, and from a past state to the present."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.routes import frame, scripts
from tracker.ui.parts.loaders import store


def spoken() -> None:
    """The document's language is the page's; nothing of it is seen."""
    with st.container(key="spoken"):
        st.html(scripts.spoken(), unsafe_allow_javascript=True)


def speaking(callback: Callable[..., None]) -> Callable[..., None]:
    """Let what a widget calls speak the page's language: Streamlit calls it before the page has chosen one."""

    @wraps(callback)
    def spoken(*given: Any) -> None:
        language.use(st.query_params.get(language.PARAMETER))
        callback(*given)

    return spoken


def ways(pages: Sequence[Any], page: Any, writing: Sequence[Any]) -> None:
    """Links to the pages, in the language of this one and in its state, which those for writing have none of; an
    embedded page stands alone, a hidden one is not named."""
    if not st.context.is_embedded:
        with st.container(key="ways", horizontal=True, gap="medium"):
            for each in (named for named in pages if named.visibility == "visible"):
                query = language.carried()
                st.page_link(each, query_params=_now(query) if each in writing else query)
            _languages(page)


def _now(query: dict[str, Any]) -> dict[str, Any]:
    """The query that leads to the same in the record as it is now."""
    return {name: value for name, value in query.items() if name != language.AS_OF}


def state(page: Any) -> None:
    """Which past state the page shows, and the way to the present one."""
    if not language.kept():
        return
    here, told = {name: st.query_params.get_all(name) for name in st.query_params}, frame.recorded(store())
    if st.context.is_embedded:
        st.caption(told)
        return
    with st.container(key="list_state", horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(told, width="content")
        st.page_link(page, label=_("See it as it is now"), query_params=_now(here), icon="")


def _languages(page: Any) -> None:
    """This page, with every choice made on it, in the other languages."""
    here = {name: st.query_params.get_all(name) for name in st.query_params}
    with st.container(key="languages", width="content"):
        for code, name in language.LANGUAGES.items():
            if code != language.chosen():
                st.page_link(page, label=name, query_params={**here, language.PARAMETER: code})
