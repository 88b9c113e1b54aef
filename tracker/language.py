"""English and French: catalogues, numbers and dates; one place for every sentence shown.

Whoever answers a request calls :func:`use` once; everything below says ``gettext("A sentence with {name}")`` and
fills it in with ``.format``. The choice lives in a context variable: it holds for one session's thread or one request.
"""

import datetime as dt
import gettext as catalogues
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale, dates, numbers

#: languages that can be chosen, with their own names
LANGUAGES = {"en": "English", "fr": "Français"}
LOCALES = {"en": "en_CA", "fr": "fr_CA"}

_chosen: ContextVar[str] = ContextVar("language", default="en")


def use(code: str) -> None:
    """Answer in this language from here on; one that is not offered leaves English."""
    _chosen.set(code if code in LANGUAGES else "en")


def chosen() -> str:
    """The language in use."""
    return _chosen.get()


@cache
def _catalogue(code: str) -> catalogues.NullTranslations:
    return catalogues.translation("tracker", Path(__file__).parent / "locale", [code], fallback=True)


def gettext(message: str) -> str:
    """The sentence in the language in use, its ``{names}`` still to be filled in."""
    return _catalogue(chosen()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence in the form that goes with ``count``."""
    return _catalogue(chosen()).ngettext(one, many, count)


def number(value: float | Decimal, decimals: int | None = None) -> str:
    """A number as the language writes it: 3.1 or 3,1; 1,622 or 1 622; a true minus before what is below zero."""
    digits = "#,##0.###" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(value, format=digits, locale=LOCALES[chosen()]).replace("-", "\N{MINUS SIGN}")


def day(value: dt.date, precision: str = "day") -> str:
    """A date as precisely as it is known: 21 April 2025, April 2025, 2025."""
    pattern = {"day of year": "d MMMM", "month": "MMMM y", "year": "y"}.get(precision, "d MMMM y")
    return dates.format_date(value, format=pattern, locale=LOCALES[chosen()])


def span(start: dt.date, end: dt.date, precision: str = "day") -> str:
    """A field period: 3–6 May 2020; 17 March – 5 June 2014; May 2020; 2020."""
    if start == end or (precision in ("month", "year") and day(start, precision) == day(end, precision)):
        return day(end, precision)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    first = (
        dates.format_date(start, format="d MMMM", locale=LOCALES[chosen()]) if start.year == end.year else day(start)
    )
    return f"{first} – {day(end)}"


def country(code: str) -> str | None:
    """The name of an ISO 3166-1 country, or None."""
    return Locale.parse(LOCALES[chosen()]).territories.get(code)
