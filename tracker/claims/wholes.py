"""Populations that no poll asks and many stand for: the world, the European Union.

What is said of one is judged in each of its countries of which the record has polls, and the countries are counted,
each alike: a claim about the world holds where it holds in more than half of them. How many people live in a country
does not count, and a country without polls does not either, so a verdict needs a good number of them and names it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tracker.language import marked

#: countries of the European Union, with the day on which they joined after 2003 or left
EU = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR"),
        *("HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
JOINED = dict.fromkeys(("CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"), dt.date(2004, 5, 1))
JOINED |= {"BG": dt.date(2007, 1, 1), "RO": dt.date(2007, 1, 1), "HR": dt.date(2013, 7, 1)}
LEFT = {"GB": dt.date(2020, 1, 31)}


@dataclass(frozen=True)
class Whole:
    """A population of countries: its name, the fewest countries with readings that a verdict needs, and which
    countries belong to it; None for all."""

    name: str
    least: int
    countries: frozenset[str] | None = None

    def members(self, populations: Iterable[Any], date: dt.date) -> tuple[str, ...]:
        """Ids of the national populations (rows of the record) that belong to it on a day. A part of a country, such
        as a province, is none: a country's own is named by its code, ``ca-adults``."""
        national = (row for row in populations if row.country and row.id == f"{row.country.lower()}-adults")
        return tuple(row.id for row in national if self._has(row.country, date))

    def _has(self, country: str, date: dt.date) -> bool:
        if self.countries is None:
            return True
        inside = JOINED.get(country, dt.date.min) <= date <= LEFT.get(country, dt.date.max)
        return inside and country in self.countries


#: by the word that a claim uses as its population
WHOLES = {
    "world": Whole(marked("the world"), 10),
    "eu": Whole(marked("the European Union"), 5, EU),
}
