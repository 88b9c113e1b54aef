"""Claims and events in words: who entered one by hand, and what of it was corrected since."""

from typing import Any

from tracker.language import gettext as _
from tracker.routes.words.polls import changed, unaddressed
from tracker.store import Store


def history(store: Store, row_id: str) -> list[dict[str, str]]:
    """What people did to the claim or event of this id, newest first: one row a revision; none for one that came with
    the record and was never corrected."""
    rows = [row for row in reversed(store.history(row_id)) if row.action == "update" or row.approved_by]
    return [
        {
            _("When (UTC)"): f"{row.at:%Y-%m-%d %H:%M}",
            _("Who"): unaddressed(_by(row)),
            _("What"): changed(row, [], {}) if row.action == "update" else _("entered"),
            _("Why"): unaddressed(row.why or _("not given")),
        }
        for row in rows
    ]


def _by(row: Any) -> str:
    if not row.approved_by:
        return str(row.who)
    return _("{who}, approved by {editor}").format(who=row.who, editor=row.approved_by)
