"""What was said and asked, in the language in which it was, and where it can be seen."""

import re
from typing import Any

import streamlit as st

from tracker import language
from tracker.language import gettext as _
from tracker.routes import html
from tracker.routes.frame import archive
from tracker.routes.words import polls
from tracker.ui import parts
from tracker.ui.show import link, note, plain, table


def quote(text: str, spoken: str | None) -> None:
    """Words as they were said, with the language that they are in for whoever has them read out."""
    st.html(html.tag("blockquote", text, lang=spoken, style="margin: 0; padding-left: 1rem; border-left: 2px solid"))


def source(url: str | None, title: str | None) -> str:
    """A source as Markdown, with the way to its lasting copies."""
    copies = archive(url)
    return link(url, title) + (f" ({link(copies, _('archived copies'))})" if copies else "")


def question(row: Any) -> None:
    """A question with its answers and where they come from."""
    about = polls.asked(row)
    st.subheader(plain(about), anchor=False)
    if row.wording:
        quote(row.wording, row.language)
    else:
        st.caption(_("The wording was not seen."))
    table({plain(name): value for name, value in polls.answers(row, parts.meanings()).items()}, alt=about)
    told = {
        "scale": plain(language.name(row.scale_name)),
        "base": _("not given") if row.base is None else language.number(row.base),
        "published": language.day(row.published) if row.published else _("not given"),
        "provenance": language.word(row.provenance),
        "source_title": source(row.source_url, row.source_title),
        "verified_by": _linked(row.verified_by or ""),
        "note": plain(row.note or ""),
    }
    note(" · ".join(language.pair(_(polls.FIELDS[name]), value) for name, value in told.items() if value))


def _linked(text: str) -> str:
    """A text in which every address of the web leads there."""
    parts_of = re.split(r"(https?://[^\s;]+)", text)
    return "".join(link(part) if part.startswith("http") else plain(part) for part in parts_of)
