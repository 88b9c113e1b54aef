"""What a question's answers add up to, while they are filled in."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tracker import language
from tracker.intake import DONT_KNOW, NUMERIC
from tracker.language import gettext as _
from tracker.scales import Meaning
from tracker.ui import parts

#: points by which rounding may carry a total past 100 or keep it below
ROUNDING = 2


def responses(question: Mapping[str, Any]) -> list[Any]:
    """The responses of a question's scale in their order; that of those who do not know is always there."""
    if question.get("scale") == NUMERIC:
        found = [Meaning("mean", 1, "mean", None, "Mean rating")]
    else:
        found = list(parts.meanings().get(question.get("scale") or "", ()))
    if found and not any(row.polarity == "unsure" for row in found):
        found.append(Meaning(DONT_KNOW, len(found) + 1, "unsure", None, "Don't know"))
    return found


def name(response: Any) -> str:
    """A response as its field and its column are called."""
    told = language.name(response.name)
    return told if response.part_of is None else _("of these: {name}").format(name=told)


def ends(question: Mapping[str, Any]) -> str:
    """The ends of a numeric scale, in words; blank where they are not known."""
    held = next((row for row in parts.every("scales") if row.id == question.get("scale")), None)
    low, high = (question.get("low"), question.get("high")) if held is None else (held.low, held.high)
    return "" if low in (None, "") or high in (None, "") else _("from {low} to {high}").format(low=low, high=high)


def total(question: Mapping[str, Any]) -> str:
    """The sum of what is filled in, and what rounding allows it to be."""
    value = _sum(question)
    if value is None:
        return ""
    text = _("{value} %: rounding allows {least} to {most}")
    return text.format(value=language.number(value), least=100 - ROUNDING, most=100 + ROUNDING)


def short(question: Mapping[str, Any]) -> str:
    """The same in a word."""
    value = _sum(question)
    if value is None:
        return str((question.get("answers") or {}).get("mean", ""))
    return _("{value} %").format(value=language.number(value))


def _sum(question: Mapping[str, Any]) -> Decimal | None:
    """A part counts where its whole is not filled in; a mean has no total; what is no number is left out."""
    given = {name: _figure(value) for name, value in (question.get("answers") or {}).items()}
    filled = {name: value for name, value in given.items() if value is not None}
    shares = [row for row in responses(question) if row.polarity != "mean" and row.response in filled]
    counted = [filled[row.response] for row in shares if row.part_of not in filled]
    return sum(counted, Decimal(0)) if counted else None


def _figure(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if Decimal(str(value)).is_finite() else None
    except InvalidOperation:
        return None
