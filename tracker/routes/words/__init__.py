"""Verdicts and polls in words: the same for a plain page, a page of the app and the feed. Plain text, never markup."""

from collections.abc import Mapping

from tracker import language
from tracker.models import Pollster, Population, Scale, Subject
from tracker.store import Store

#: table -> id -> name, of the pollsters, populations, subjects and scales
Names = Mapping[str, Mapping[str, str]]


def names(store: Store) -> Names:
    """The names of what a verdict or a poll refers to by id; a pollster's stays as it is."""
    found = {kind.__tablename__: store.every(kind) for kind in (Population, Subject, Scale)}
    named = {table: {row.id: language.name(row.name) for row in rows} for table, rows in found.items()}
    return named | {"pollsters": {row.id: row.name for row in store.every(Pollster)}}
