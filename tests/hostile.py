"""A record in which every text that somebody may write tries to be more than a text."""

from tracker import accounts
from tracker.models import (
    Claim,
    Contributor,
    Disclosure,
    Draft,
    Event,
    Poll,
    Pollster,
    Population,
    Question,
    Scale,
    Subject,
)
from tracker.store import Store

#: HTML, Markdown's link, picture, code and emphasis, an icon, a colour, a formula, a template, a sheet's formula
TEXT = (
    "=1+1<script>ran()</script><img src=x: onerror=ran()>[link](javascript:ran()) ![seen](http://evil.example/a.png) "
    ":material/home: :red[loud] $\\sqrt{2}$ {{7*7}} `code` **bold** </style></svg> \"'&"
)
ADDRESS = "javascript:ran()//http://evil.example"
CLAIM = "wang-di-2025-04-opinion-shifting"
EVENT = "meng-wanzhou-arrest-2018"
POLL = "pew-research-center-2025-01-08-ca-adults"

#: what people write freely, by table, and one row of each that pages show
TEXTS = {
    (Claim, CLAIM): ("claimant", "claimant_role", "quote", "paraphrase", "source_title", "note"),
    (Event, EVENT): ("title", "description", "source_title"),
    (Poll, POLL): ("sponsor", "population_label", "note"),
    (Pollster, "pew-research-center"): ("name", "note"),
    (Subject, "china"): ("name", "note"),
    (Population, "ca-adults"): ("name", "note"),
}
QUESTION = ("wording", "source_title", "verified_by", "note")


def spoil(store: Store) -> None:
    """Put the text into whatever a person may write, and the address into whatever leads elsewhere."""
    with store.writing(TEXT, TEXT) as session:
        for (kind, row_id), names in TEXTS.items():
            row = session.get(kind, row_id)
            for name in names:
                setattr(row, name, TEXT)
            if hasattr(row, "source_url"):
                row.source_url = ADDRESS
        session.get(Pollster, "pew-research-center").url = ADDRESS
        for question in session.query(Question).filter_by(poll=POLL):
            question.source_url = ADDRESS
            session.get(Scale, question.scale).name = TEXT
            for name in QUESTION:
                setattr(question, name, TEXT)
        for item in session.query(Disclosure).filter_by(poll=POLL):
            item.value = TEXT
    accounts.add(store, "ana@example.org", TEXT[:60], "editor")


def commented(store: Store, email: str) -> int:
    """A draft of somebody's that came back with such a comment; its number."""
    who = accounts.named(store, email)
    number = accounts.keep_draft(store, who, {"poll": {"note": TEXT, "sponsor": TEXT}})
    with store.writing("test") as session:
        draft = session.get(Draft, number)
        draft.status, draft.comment, draft.why, draft.reviewer = (
            "returned",
            TEXT,
            TEXT,
            session.query(Contributor).first().id,
        )
    return number
