"""Who is signed in, for the pages that write."""

from typing import Any

import streamlit as st

from tracker.language import gettext as _
from tracker.ui import parts, show


def writer() -> Any:
    """Whoever is signed in, named on the page; a page that nobody is signed in to ends with how to sign in."""
    found = parts.contributor()
    if found is None:
        st.markdown(_("Whoever enters polls signs in with a one-time link."))
        st.markdown(_("On your own installation, `tracker serve` prints one; an administrator makes one for you with:"))
        st.code("tracker login EMAIL", language=None)
        st.stop()
    signed_in = _("Signed in as {name}. [Sign out]({address})")
    show.note(signed_in.format(name=show.plain(found.public_name), address="/sign-out"))
    return found
