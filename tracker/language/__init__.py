"""English and French: catalogues, numbers and dates; one place for every sentence shown.

Whoever answers a request calls :func:`use` once; everything below says ``gettext("A sentence with {name}")`` and
fills it in with ``.format``. The choice lives in a context variable: it holds for one session's thread or one request.

``locale/<language>/LC_MESSAGES/tracker.po`` is all there is of a language and what a translator edits; it is read when
it is first asked for, so no compiled copy can be older than it. :mod:`tracker.language.catalogue` keeps it complete.
"""

import datetime as dt
import gettext as catalogues
import io
import re
from collections.abc import Mapping
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel import Locale, dates, numbers

from tracker.language.words import WORDS, marked

__all__ = [
    "AS_OF",
    "ENGLISH",
    "LANGUAGES",
    "LOCALES",
    "PARAMETER",
    "address",
    "carried",
    "chosen",
    "country",
    "day",
    "file_of",
    "gettext",
    "help_of",
    "is_country",
    "keep",
    "kept",
    "marked",
    "name",
    "ngettext",
    "number",
    "pair",
    "span",
    "stated",
    "summary",
    "use",
    "word",
]

#: the language of the source, and of an address that names none
ENGLISH = "en"
#: languages that can be chosen, with their own names
LANGUAGES = {ENGLISH: "English", "fr": "Français"}
LOCALES = {ENGLISH: "en_CA", "fr": "fr_CA"}
LOCALE = Path(__file__).parent.parent / "locale"
#: the word of an address that chooses the language
PARAMETER = "lang"
#: the word of an address that chooses a past state of the record
AS_OF = "as_of"

_chosen: ContextVar[str] = ContextVar("language", default=ENGLISH)
_kept: ContextVar[str | None] = ContextVar("as_of", default=None)


def use(code: str | None) -> bool:
    """Answer in this language from here on; whether it is offered. None, or one that is not, leaves English."""
    _chosen.set(code if code in LANGUAGES else ENGLISH)
    return code is None or code in LANGUAGES


def chosen() -> str:
    """The language in use."""
    return _chosen.get()


def keep(when: str | None) -> None:
    """Every link leads to the record as of then from here on; None: to the record as it is now."""
    _kept.set(when)


def kept() -> str | None:
    """The past state that links lead to, as the address named it, or None."""
    return _kept.get()


def file_of(code: str) -> Path:
    """The catalogue of a language."""
    return LOCALE / code / "LC_MESSAGES" / "tracker.po"


@cache
def _catalogue(code: str) -> catalogues.NullTranslations:
    if code == ENGLISH:
        return catalogues.NullTranslations()
    # here: a command in English need not wait for it
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with file_of(code).open("rb") as file:
        write_mo(compiled, read_po(file, code))
    return catalogues.GNUTranslations(io.BytesIO(compiled.getvalue()))  # type: ignore[arg-type]


def gettext(message: str) -> str:
    """The sentence in the language in use, its ``{names}`` still to be filled in."""
    return _catalogue(chosen()).gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence in the form that goes with ``count``."""
    return _catalogue(chosen()).ngettext(one, many, count)


def pair(label: str, value: object) -> str:
    """A label and its value, with the colon as the language writes it."""
    return gettext("{label}: {value}").format(label=label, value=value)


def word(slug: str) -> str:
    """A word of a closed list as people say it: trade-tariff, from_percent; another slug without its hyphens."""
    return gettext(WORDS.get(slug) or (re.sub("[-_]", " ", slug) if re.fullmatch("[a-z_-]+", slug) else slug))


def summary(docstring: str | None) -> str:
    """The first paragraph of a docstring, on one line: the sentence by which translators know it."""
    return " ".join((docstring or "").split("\n\n")[0].split())


def help_of(explained: Any) -> str:
    """What a class says of itself, in the language in use."""
    return gettext(summary(explained.__doc__))


def name(text: str) -> str:
    """A name of the record in the language in use: of the catalogue, of a country, or else as it was typed."""
    said = gettext(text)
    if said == text and chosen() != ENGLISH and text in _countries():
        return country(_countries()[text]) or text
    return said


@cache
def _countries() -> dict[str, str]:
    return {title: code for code, title in Locale.parse(LOCALES[ENGLISH]).territories.items() if len(code) == 2}


def is_country(text: str) -> bool:
    """Whether this is the English name of a country, for which :func:`name` needs no catalogue."""
    return text in _countries()


def carried(query: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The query of a link to another page of the app, so that language and state stay those chosen."""
    state = {AS_OF: kept()} if kept() else {}
    return {**(query or {}), **state, **({} if chosen() == ENGLISH else {PARAMETER: chosen()})}


def stated(path: str) -> str:
    """An address of this site in the state that is kept, unless it names one itself."""
    parts = urlsplit(path)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if not kept() or AS_OF in dict(query):
        return path
    return parts._replace(query=urlencode([*query, (AS_OF, kept())])).geturl()


def address(path: str, code: str | None = None) -> str:
    """An address of this site, in the state that is kept and in a language, the one in use unless another is named:
    English needs no word."""
    parts, code = urlsplit(stated(path)), code or chosen()
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != PARAMETER]
    return parts._replace(query=urlencode(query + ([] if code == ENGLISH else [(PARAMETER, code)]))).geturl()


def number(value: float | Decimal, decimals: int | None = None) -> str:
    """A number as the language writes it: 3.1 or 3,1; 1,622 or 1 622; a true minus before what is below zero."""
    digits = "#,##0.###" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(value, format=digits, locale=LOCALES[chosen()]).replace("-", "\N{MINUS SIGN}")


def day(value: dt.date, precision: str = "day") -> str:
    """A date as precisely as it is known: 21 April 2025, April 2025, 2025; in French the first is the 1er."""
    first = "d'er'" if chosen() == "fr" and value.day == 1 else "d"
    pattern = {"yearless": f"{first} MMMM", "month": "MMMM y", "year": "y"}.get(precision, f"{first} MMMM y")
    return dates.format_date(value, format=pattern, locale=LOCALES[chosen()])


def moment(value: dt.datetime) -> str:
    """A moment of the ledger, which is UTC: 22 November 2026, 14:02 UTC."""
    return dates.format_datetime(value, format="d MMMM y, HH:mm", locale=LOCALES[chosen()]) + " UTC"


def span(start: dt.date, end: dt.date, precision: str = "day") -> str:
    """A field period: 3–6 May 2020; 17 March – 5 June 2014; May 2020; 2020."""
    if start == end or (precision in ("month", "year") and day(start, precision) == day(end, precision)):
        return day(end, precision)
    if (start.year, start.month) == (end.year, end.month):
        return f"{day(start).split()[0]}–{day(end)}"
    return f"{day(start, 'yearless' if start.year == end.year else 'day')} – {day(end)}"


def country(code: str) -> str | None:
    """The name of an ISO 3166-1 country, or None."""
    return Locale.parse(LOCALES[chosen()]).territories.get(code)
