"""Who may do what: contributors, sign-in links, sessions, drafts, and the only door through which people write.

A link and a session are random tokens of which the store keeps the SHA-256 alone, so that a copy of the database lets
nobody in. Rights are checked where rows are written, whichever page or route asks.
"""

from tracker.accounts.door import undo, writing
from tracker.accounts.drafts import (
    STATES,
    Stale,
    decide,
    draft,
    drafts,
    drop_draft,
    give_back,
    keep_draft,
    queue,
    reopen,
    submit,
    submit_several,
)
from tracker.accounts.people import (
    APPROVING,
    OPERATOR,
    ROLES,
    AccountError,
    NotAllowed,
    add,
    by_id,
    everyone,
    named,
    operator,
    remove,
)
from tracker.accounts.signing import (
    COOKIE,
    LINK_MINUTES,
    SESSION_DAYS,
    LinkRefused,
    contributor,
    link,
    sign_in,
    sign_out,
)

__all__ = [
    "APPROVING",
    "COOKIE",
    "LINK_MINUTES",
    "OPERATOR",
    "ROLES",
    "SESSION_DAYS",
    "STATES",
    "AccountError",
    "LinkRefused",
    "NotAllowed",
    "Stale",
    "add",
    "by_id",
    "contributor",
    "decide",
    "draft",
    "drafts",
    "drop_draft",
    "everyone",
    "give_back",
    "keep_draft",
    "link",
    "named",
    "operator",
    "queue",
    "remove",
    "reopen",
    "sign_in",
    "sign_out",
    "submit",
    "submit_several",
    "undo",
    "writing",
]
