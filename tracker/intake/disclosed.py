"""The rule for what a source discloses: a known item, written as it should be, or said not to be disclosed."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tracker.disclosure import FIELDS, ITEMS, NOT_DISCLOSED, UNDECIDED
from tracker.intake import kinds
from tracker.intake.problems import Misread, Problem, Row, meant, nearest, quoted
from tracker.language import gettext as _

if TYPE_CHECKING:
    from tracker.intake.rules import Rows


def disclosure_as_asked(row: Row, rows: "Rows") -> Iterator[Problem]:
    """The item is one that a standard asks for, and its value is written as that item is."""
    if not row.good("item", "value"):
        return
    item, value = row["item"], row["value"]
    if item not in FIELDS and item not in ITEMS:
        wrong = _("{name} is nothing that a poll discloses").format(name=quoted(item))
        otherwise = _("use one of {items}").format(items=", ".join(FIELDS))
        yield row.error("item", wrong, meant(nearest(item, list(FIELDS)), otherwise))
    elif value != NOT_DISCLOSED:
        try:
            read(item, value)
        except Misread as misread:
            yield row.error("value", misread.wrong, misread.remedy)


def read(item: str, value: str) -> None:
    """Whether the value is written as this item is; Misread if not."""
    if item not in FIELDS:
        wrong = _("{item} has its own column").format(item=item)
        raise Misread(wrong, _('fill in that column; here stands only "{said}"').format(said=NOT_DISCLOSED))
    READERS[FIELDS[item].form](value)


def _number_from_nought(value: str) -> None:
    if kinds.number(value) < 0:
        raise Misread(_("{cell} is below zero").format(cell=quoted(value)), _("check the sign"))


def _count(value: str) -> None:
    kinds.integer(value)
    _number_from_nought(value)


def _percent(value: str) -> None:
    kinds.a_percentage(kinds.number(value))


def _languages(value: str) -> None:
    for tag in value.split(";"):
        kinds.language_tag(tag.strip())


def _sha256(value: str) -> None:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        wrong = _("{cell} is no SHA-256").format(cell=quoted(value))
        raise Misread(wrong, _("give its 64 small hexadecimal digits, as sha256sum prints them"))


READERS: dict[str, Callable[[str], object]] = {
    "text": kinds.text,
    "integer": _count,
    "number": _number_from_nought,
    "percent": _percent,
    "yes-no": kinds.one_of("yes", "no"),
    "languages": _languages,
    "address": kinds.web_address,
    "sha256": _sha256,
    "undecided": kinds.one_of(*UNDECIDED),
}
