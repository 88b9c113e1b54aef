"""Readers of one cell: text in, value out, or :class:`~tracker.intake.problems.Misread` with a remedy."""

import datetime as dt
import json
import math
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tracker import language
from tracker.export import compact
from tracker.intake.problems import Misread, meant, nearest, quoted
from tracker.language import gettext as _

Reader = Callable[[str], Any]
Check = Callable[[Any], None]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: control characters, and halves of a character that no file can hold
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: before this year there was no polling as we know it; a date before it is a slip of the pen
FIRST_YEAR = 1930
#: what every engine can hold in a column of whole numbers
LARGEST = 2**31 - 1


def text(cell: str) -> str:
    """Any text, exactly as it is; control characters are refused."""
    if found := CONTROL.search(cell):
        code = f"U+{ord(found[0]):04X}"
        raise Misread(_("holds the control character {code}").format(code=code), _("remove it"))
    return cell


def slug(cell: str) -> str:
    """An id: small letters, digits and single hyphens."""
    cell = cell.strip()
    if not SLUG.fullmatch(cell):
        suggestion = slugged(cell) or "angus-reid-2020-05"
        wrong = _("{cell} is not in the form of an id").format(cell=quoted(cell))
        remedy = _('use small letters a-z, digits and single hyphens, for example "{example}"')
        raise Misread(wrong, remedy.format(example=suggestion))
    return cell


def slugged(name: str) -> str:
    """A name as an id: small letters without accents, digits; whatever else becomes a single hyphen."""
    if len(name) <= 160 and SLUG.fullmatch(name):
        return name
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")[:160].rstrip("-")


def integer(cell: str) -> int:
    """A whole number without signs, separators or decimals."""
    cell = cell.strip()
    if not INTEGER.fullmatch(cell):
        wrong = _("{cell} is no whole number").format(cell=quoted(cell))
        raise Misread(wrong, _("write digits only, for example {example}").format(example=_digits(cell)))
    if len(cell) > 11 or abs(int(cell)) > LARGEST:
        raise Misread(_("{cell} is too large").format(cell=quoted(cell)), _("check the number of digits"))
    return int(cell)


def number(cell: str) -> Decimal:
    """A number exactly as published: 3.10 stays 3.10."""
    cell = cell.strip()
    if not NUMBER.fullmatch(cell) or len(cell) > 32:
        wrong = _("{cell} is no number").format(cell=quoted(cell))
        remedy = _("write digits with a decimal point and no other sign, for example {example}")
        raise Misread(wrong, remedy.format(example=_decimal(cell)))
    return Decimal(cell)


def day(cell: str) -> dt.date:
    """An ISO date: year, month, day."""
    cell = cell.strip()
    if not DAY.fullmatch(cell):
        wrong = _("{cell} is no date").format(cell=quoted(cell))
        raise Misread(wrong, _("write it as year-month-day, for example 2025-04-21"))
    try:
        return dt.date.fromisoformat(cell)
    except ValueError:
        wrong = _("there is no day {cell}").format(cell=quoted(cell))
        raise Misread(wrong, _("check the month and the day; the form is year-month-day")) from None


def json_of(kind: type) -> Reader:
    """A reader of JSON that must be an object (dict) or an array (list)."""
    example = '{"window_months":12}' if kind is dict else '[{"kind":"change"}]'

    def read(cell: str) -> Any:
        try:
            value = json.loads(cell, parse_constant=_no_number, parse_float=_finite)
            text(compact(value))
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, kind):
            wrong = _("{cell} is not the JSON that stands here").format(cell=quoted(cell))
            raise Misread(wrong, _("write it like {example}, or leave it blank").format(example=example))
        return value

    return read


def one_of(*words: str) -> Check:
    """The value is one of these words."""

    def check(value: str) -> None:
        if value not in words:
            wrong = _("{cell} is not one of {words}").format(cell=quoted(value), words=", ".join(words))
            raise Misread(wrong, meant(nearest(value, words), _("use one of them")))

    return check


def not_before_polling(value: dt.date) -> None:
    """From 1930."""
    if value.year < FIRST_YEAR:
        wrong = _("{day} is before {year}").format(day=value, year=FIRST_YEAR)
        raise Misread(wrong, _("check the year; did you mean {guess}?").format(guess=_century(value)))


def one_date_of_polling(value: dt.date) -> None:
    """From 1930 to tomorrow."""
    not_before_polling(value)
    if value > tomorrow():
        raise Misread(_("{day} is in the future").format(day=value), _("check the year, the month and the day"))


def tomorrow() -> dt.date:
    """The last day that it can be anywhere."""
    return dt.date.today() + dt.timedelta(days=1)


def one_date_of_history(value: dt.date) -> None:
    """From 1930; what has been announced, or is known only to the year, may lie ahead, by ten years at most."""
    one_date_of_polling(min(value, tomorrow()) if value.year <= tomorrow().year + 10 else value)


def above_zero(value: int | Decimal) -> None:
    """At least something."""
    if value <= 0:
        raise Misread(_("{value} is not above 0").format(value=value), _("leave it blank where it is not known"))


def a_percentage(value: Decimal) -> None:
    """From 0 to 100."""
    if not 0 <= value <= 100:
        wrong = _("{value} is outside 0 to 100").format(value=value)
        raise Misread(wrong, _("give percent as published; check the decimal point"))


def web_address(value: str) -> None:
    """An address that begins with http:// or https://."""
    if not re.match(r"https?://[^\s/]+", value) or re.search(r"\s", value):
        wrong = _("{cell} is no web address").format(cell=quoted(value))
        raise Misread(wrong, _("give the full address of the page, beginning with https://"))


def country(value: str) -> None:
    """An ISO 3166-1 code of two capital letters."""
    if not re.fullmatch(r"[A-Z]{2}", value) or language.country(value) is None:
        wrong = _("{cell} is no country's code").format(cell=quoted(value))
        raise Misread(wrong, _("use the two capital letters of ISO 3166-1, for example CA"))


def language_tag(value: str) -> None:
    """A BCP 47 tag."""
    if not LANGUAGE_TAG.fullmatch(value):
        wrong = _("{cell} is no language tag").format(cell=quoted(value))
        raise Misread(wrong, _("use a tag such as en or fr-CA"))


def at_most(length: int) -> Check:
    """No longer than the column can hold."""

    def check(value: str) -> None:
        if len(value) > length:
            wrong = _("{count} characters are too many").format(count=len(value))
            raise Misread(wrong, _("use at most {length}").format(length=length))

    return check


def _finite(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise ValueError(digits)
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


def _digits(cell: str) -> str:
    """What a whole number with separators in it was meant to be: 1,234 or 1.234 or 1 234."""
    if re.fullmatch(r"\d{1,3}([,.'’\s]\d{3})+", cell):
        return re.sub(r"\D", "", cell)
    return cell if (cell := re.sub(r"[.,]0+$", "", cell)).isdecimal() else "1234"


def _decimal(cell: str) -> str:
    """What a number with a sign too many was meant to be: 3,1 or 34% or 1,234.5."""
    bare = re.sub(r"[%+\s]", "", cell).replace("−", "-")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        return bare.replace(",", "")
    bare = re.sub(r"^(-?)\.", r"\g<1>0.", bare.replace(",", "."))
    return bare if NUMBER.fullmatch(bare) else "34.5"


def _century(value: dt.date) -> dt.date:
    """The same day with the slip in the year put right, as far as one can guess: 1004 and 0204 for 2004."""
    year = 2000 + value.year % 100
    return value.replace(year=year if year <= dt.date.today().year else year - 100)
