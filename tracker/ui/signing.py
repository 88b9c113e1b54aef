"""Who is signed in, for the pages that write; the ways in and out."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from tracker import accounts, language
from tracker.language import gettext as _
from tracker.routes import html
from tracker.ui import parts, show


def writer() -> Any:
    """Whoever is signed in, named on the page; a page that nobody is signed in to ends with how to sign in."""
    found = parts.contributor()
    if found is None:
        _ways_in()
        st.stop()
    with st.container(horizontal=True, gap="small"):
        show.note(_("Signed in as {name}.").format(name=show.plain(found.public_name)))
        way_out(_("Sign out"), "/sign-out")
    _ways(found)
    return found


def _ways(writer: Any) -> None:
    """Links to the pages of those who contribute: to all of them, to editors, to administrators."""
    ways = {"mine": _("My polls"), "enter": _("Enter a poll"), "upload": _("Upload a sheet")}
    if writer.role in accounts.APPROVING:
        ways |= {"claim": _("Enter a claim"), "event": _("Enter an event"), "review": _("Review")}
    ways["contributors"] = _("Contributors") if writer.role == "administrator" else _("Your account")
    with st.container(key="list_ways", horizontal=True, gap="medium"):
        for name, label in ways.items():
            st.page_link(parts.page(name), label=label, query_params=language.carried(), icon="")


def way_out(label: str, path: str) -> None:
    """A link to where one signs out, in this window: Streamlit's own open another, and this one would know nothing."""
    here = {"href": language.address(path), "target": "_self", "style": "color: inherit"}
    st.html(html.tag("small", html.tag("a", label, **here)), width="content")


def _ways_in() -> None:
    """A button for each OpenID provider that the installation knows, and how to come by a one-time link."""
    for provider in _providers():
        label = _("Sign in with your organisation's account")
        named = _("Sign in with {provider}").format(provider=provider)
        if st.button(label if provider == DEFAULT else named, type="primary"):
            st.login(provider)
    st.markdown(_("Whoever enters polls signs in with a one-time link."))
    st.markdown(_("On your own installation, `tracker serve` prints one; an administrator makes one for you with:"))
    st.code("tracker login EMAIL", language=None)


#: Streamlit's word for the provider that stands in ``[auth]`` itself
DEFAULT = "default"


def _providers() -> list[str]:
    """The OpenID providers of Streamlit's secrets.toml: the one of ``[auth]`` itself, then each ``[auth.name]``."""
    known = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    named = [name for name, value in known.items() if isinstance(value, Mapping) and "client_id" in value]
    return [DEFAULT, *named] if "client_id" in known else named
