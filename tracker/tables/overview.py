"""A table looked at before it is taken: how many rows pass the filters, the first of them, what its columns hold most,
and how large it would be in each format."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.export import FORMATS, Column, Format, Row
from tracker.store import TABLES, Store
from tracker.store.filters import Filters
from tracker.tables.computed import COMPUTED

#: rows that are looked at
FIRST = 1000
#: the columns of each table whose values tell most about it
FACETS: dict[str, tuple[str, ...]] = {
    "polls": ("population", "pollster", "field_end", "mode", "status"),
    "questions": ("subject", "construct", "population", "pollster", "field_end", "mode", "object", "scale"),
    "answers": ("subject", "construct", "population", "pollster", "field_end", "mode", "scale", "response"),
    "wide": ("subject", "construct", "population", "pollster", "field_end", "mode", "object", "scale"),
    "series": ("pollster", "instrument", "mode_class", "field_end", "comparable", "why_not"),
    "trend": ("date",),
    "weights": ("pollster", "instrument", "field_end"),
    "house-effects": (),
    "claims": ("claimant", "kind", "subject", "population", "date"),
    "verdicts": ("side", "word", "kind", "subject", "claimant"),
    "evidence": ("side", "word", "pollster", "comparable", "why_not", "field_end"),
    "events": ("category", "source_actor", "target_actor", "plover_type", "date"),
    "disclosures": ("item",),
    "pollsters": ("membership",),
    "subjects": (),
    "populations": ("country",),
    "scales": (),
    "responses": ("polarity", "scale"),
    "revisions": ("table", "action", "who", "origin", "at"),
}
#: what facets are of a column: its values, with the number of rows that hold each
Facets = list[tuple[Any, int]]


@dataclass(frozen=True)
class Overview:
    """The columns of a table, the first rows that pass the filters, and how many there are of them; of a wide one the
    columns of these first rows."""

    columns: list[Column]
    rows: list[Row]
    count: int

    @property
    def whole(self) -> bool:
        """Whether the first rows are all there are."""
        return self.count == len(self.rows)

    def sizes(self) -> dict[str, int]:
        """The bytes of all rows in each format, by its ending, before anything is compressed on the way: exact where
        the first rows are all, else what the later half of them adds, for as many rows as there are."""
        return {ending: self._size(written) for ending, written in FORMATS.items()}

    def _size(self, written: Format) -> int:
        first = _bytes(written, self.columns, self.rows)
        if self.whole:
            return first
        half = len(self.rows) // 2
        later = first - _bytes(written, self.columns, self.rows[:half])
        return round(first + later * (self.count - len(self.rows)) / (len(self.rows) - half))


def of_record(store: Store, name: str, filters: Filters, first: int = FIRST) -> Overview:
    """A table of the record: counted, and never read past the first rows. UnknownColumn, BadFilter."""
    columns, rows = store.table(name, filters, first)
    return Overview(columns, list(rows), store.count(name, filters))


def of_computed(name: str, rows: Sequence[Row], filters: Filters) -> Overview:
    """A table that is computed, of all its rows. UnknownColumn, BadFilter."""
    found = COMPUTED[name].passing(rows, filters)
    return Overview(COMPUTED[name].columns, found[:FIRST], len(found))


def facets_of_computed(name: str, rows: Sequence[Row], column: str, filters: Filters) -> Facets:
    """What ``Store.facets`` gives of a table of the record, of one that is computed, from all its rows."""
    columns = [each.name for each in COMPUTED[name].columns]
    place = columns.index(column)
    dated = COMPUTED[name].columns[place].type in ("date", "datetime")
    held = (row[place] for row in COMPUTED[name].passing(rows, filters))
    return Counter(value.year if dated and value else value for value in held).most_common()


def check(store: Store, name: str, filters: Filters) -> None:
    """UnknownColumn, BadFilter where a table cannot be filtered so; nothing of it is read or computed."""
    if name in TABLES:
        store.check(name, filters)
    else:
        COMPUTED[name].check(filters)


def _bytes(written: Format, columns: Sequence[Column], rows: Sequence[Row]) -> int:
    return sum(map(len, written(columns, rows)))
