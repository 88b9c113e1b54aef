"""What a country is called: by its ISO codes, in the languages of the tracker, and by the names that people use."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global

from tracker.intake.kinds import slugged
from tracker.language import LOCALES

#: names that neither ISO nor the languages' own lists of territories have; compared as slugs
ALSO: dict[str, tuple[str, ...]] = {
    "AE": ("uae", "emirates"),
    "CD": ("drc", "democratic-republic-of-the-congo"),
    "CI": ("ivory-coast",),
    "CN": ("prc", "people-s-republic-of-china"),
    "CZ": ("czech-republic", "republique-tcheque"),
    "GB": ("great-britain", "britain", "grande-bretagne"),
    "IR": ("islamic-republic-of-iran",),
    "KP": ("dprk", "democratic-people-s-republic-of-korea"),
    "KR": ("rok", "republic-of-korea", "korea"),
    "MM": ("burma",),
    "NL": ("holland",),
    "RU": ("russian-federation",),
    "TR": ("turkey", "turquie"),
    "US": ("america", "united-states-of-america", "usa", "etats-unis-d-amerique"),
    "VN": ("viet-nam",),
}


@cache
def called() -> dict[str, str]:
    """The ISO 3166-1 alpha-2 code of every country by what it is called, as a slug."""
    found = {slugged(old): codes[0] for old, codes in get_global("territory_aliases").items() if old.isalpha()}
    for locale in LOCALES.values():
        named = [(str(code), name) for code, name in Locale.parse(locale).territories.items() if str(code).isalpha()]
        found |= {slugged(name): code for code, name in named} | {code.lower(): code for code, _name in named}
    return found | {name: code for code, names in ALSO.items() for name in names}


def code_of(text: str) -> str | None:
    """The code of the country that this text names, with or without the dots of U.S., or whose adults it names; None
    where it names none."""
    return next((found for said in _ways(text) if (found := called().get(slugged(said)))), None)


def _ways(text: str) -> Iterator[str]:
    yield text
    plain = slugged(text.replace(".", ""))
    yield plain
    yield plain.removesuffix("-adults")
    yield plain.removeprefix("adults-in-").removeprefix("the-")


def by_country(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The ids of subjects or populations by the code of their country, and by that of what has a code and is none, such
    as the European Union; of several of one country that of its adults, and none where it has none."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if code := row["country"] or called().get(slugged(row["name"])):
            found.setdefault(code, []).append(row["id"])
    wholes = ((code, _whole(code, ids)) for code, ids in found.items())
    return {code: whole for code, whole in wholes if whole}


def _whole(code: str, ids: list[str]) -> str | None:
    adults = f"{code.lower()}-adults"
    return ids[0] if len(ids) == 1 else adults if adults in ids else None
