"""Which claims the list shows: choices that live in the address bar, by the same words in any language."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from tracker import claims, language
from tracker.language import gettext as _
from tracker.ui import parts

Filters = dict[str, list[str]]


def pick_claims(
    rows: Sequence[Any], found: Mapping[str, tuple[str, str]], unknown: list[str]
) -> tuple[list[Any], Filters]:
    """The claims by whom, with which verdict now, of which kind and about what, and the filters under which an export
    holds them; ``found`` are each one's two words."""
    places = st.columns(4)
    with places[0]:
        claimants = {name: name for name in sorted({row.claimant for row in rows})}
        who = parts.pick_several("who", _("Who said it"), claimants, unknown, _("anybody"))
    with places[1]:
        names = {word: language.word(word) for word in claims.WORDS}
        words = parts.pick_several("word", _("Verdict now"), names, unknown, _("any"))
    with places[2]:
        kinds = {kind: language.word(kind) for kind in claims.KINDS if kind in {row.kind for row in rows}}
        kind = parts.pick_several("kind", _("Kind of claim"), kinds, unknown, _("any"))
    with places[3]:
        about = parts.pick_several("subject", _("Subjects"), parts.subjects_of(rows), unknown, _("all"))
    shown = [
        row
        for row in rows
        if (not who or row.claimant in who)
        and (not words or found[row.id][1] in words)
        and (not kind or row.kind in kind)
        and (not about or set(about) & set(parts.listed(row.subject)))
    ]
    # a verdict is no column of a claim, and a claim about two subjects names both in one cell
    subjects = sorted({row.subject for row in shown}) if about else []
    ids = [row.id for row in shown] if words else []
    return shown, {"claimant": who, "kind": kind, "subject": subjects, "claim": ids}
