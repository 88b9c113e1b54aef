"""Every table on offer, by its name: those of the record, and those that are computed from it when asked for.

What is computed is the readings of one attitude, its pooled trend, the weight of each reading, its house effects, and
the verdicts on the claims with their evidence. Each takes the same filters, columns and pages as a table of the record.
"""

import pandas as pd

from tracker.export import Column, Rows, typed
from tracker.language import marked
from tracker.store import TABLES, Asked, Store, UnknownName
from tracker.store.filters import Filters
from tracker.tables.computed import ATTITUDE, COMPUTED, DEFAULTS, OF_ATTITUDE, NothingThere

__all__ = [
    "ATTITUDE",
    "COMPUTED",
    "DEFAULTS",
    "NAMES",
    "OF_ATTITUDE",
    "VERSION",
    "Asked",
    "NothingThere",
    "columns_of",
    "dated",
    "frame",
    "keys",
    "open_table",
    "page_end",
    "parameters",
]

#: version of the columns, which are promised: it goes up when a table gains one; none is ever renamed or taken away
VERSION = "3"

#: tables that say something of the day on which they are asked for
DATED = ("verdicts", "evidence")
#: every table, with what a row of it is
NAMES = marked(
    {
        "polls": "Polls: one fieldwork of one pollster",
        "questions": "Questions: one item asked in a poll",
        "answers": "Long: one row an answer",
        "wide": "Wide: one row a question, one column a response",
        "series": "Series: the readings of one attitude, comparable or not and why",
        "trend": "Trend: the pooled level of one attitude, day by day",
        "weights": "Weights: what each reading counts for in the trend",
        "house-effects": "House effects: how far each pollster differs from the level",
        "claims": "Claims about opinion",
        "verdicts": "Verdicts: what the polls say of each claim, then and now",
        "evidence": "Evidence: the readings behind each verdict",
        "events": "Events",
        "disclosures": "Disclosures: what the source of each poll says of its method",
        "pollsters": "Pollsters",
        "subjects": "Subjects: what is rated",
        "populations": "Populations: who is asked",
        "scales": "Scales",
        "responses": "Responses: the answers of each scale, with what each means",
        "revisions": "Revisions: every recorded change",
    }
)


def open_table(store: Store, name: str, asked: Asked | None = None) -> tuple[list[Column], Rows]:
    """A table's columns and its rows as they are asked for, in the order of their key.

    UnknownName, UnknownColumn, BadFilter; NothingThere where nothing can be computed.
    """
    _known(name)
    return store.table(name, asked=asked) if name in TABLES else COMPUTED[name].table(store, asked or Asked())


def page_end(store: Store, name: str, asked: Asked) -> list[str] | None:
    """The key of the last of the rows asked for, where there are further ones; else None."""
    _known(name)
    return store.page_end(name, asked) if name in TABLES else COMPUTED[name].page_end(store, asked)


def dated(name: str) -> bool:
    """Whether what a table says depends on the day on which it is asked for."""
    return name in DATED


def columns_of(store: Store, name: str) -> list[Column]:
    """A table's columns; nothing is computed."""
    _known(name)
    return store.table(name)[0] if name in TABLES else COMPUTED[name].columns


def keys(store: Store, name: str) -> list[str]:
    """The columns by which the rows of a table are known and ordered."""
    return store.key(name) if name in TABLES else list(COMPUTED[name].key)


def parameters(name: str) -> tuple[str, ...]:
    """What says of which a table is computed; filters on the columns of these names are none."""
    return () if name in TABLES else COMPUTED[name].parameters


def frame(store: Store, name: str, filters: Filters) -> pd.DataFrame:
    """A table as a frame with the columns of its CSV, typed as its Parquet is."""
    columns, rows = open_table(store, name, Asked(filters))
    return typed(columns, rows.batches()).to_pandas()


def _known(name: str) -> None:
    if name not in NAMES:
        raise UnknownName(name, NAMES)
