"""The rules of an answer: its scale offers it, in its unit and range; and of the answers to a question: they add up."""

from collections.abc import Hashable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker import language
from tracker.intake.problems import Problem, Row, meant, quoted
from tracker.language import gettext as _
from tracker.models import Question, Response, Scale

if TYPE_CHECKING:
    from tracker.intake.rules import Rows

#: points by which responses that exclude each other may miss 100, for rounding
SLACK = 2
#: polarities of which a person gives one
EXCLUSIVE = ("positive", "neutral", "negative", "unsure")


def look(row: Row, rows: "Rows") -> Hashable:
    """All that the rules of one answer see of it, where nothing was found wrong with it before."""
    return _scale_of(row, rows), row["response"], row["value"], row["unit"]


def response_of_the_scale(row: Row, rows: "Rows") -> Iterator[Problem]:
    """An answer is to a response that the question's scale offers."""
    scale = _scale_of(row, rows)
    if not row.good("response") or scale is None or Response not in rows.complete:
        return
    offered = rows.offered(scale)
    if row["response"] not in offered:
        wrong = _("{name} is no response of the scale {scale}").format(name=quoted(row["response"]), scale=scale)
        match = rows.nearest.match(row["response"], list(offered), "response of " + scale)
        otherwise = _("use one of {responses}").format(responses=", ".join(offered))
        yield row.error("response", wrong, meant(match, otherwise))


def value_in_range(row: Row, rows: "Rows") -> Iterator[Problem]:
    """A percentage is from 0 to 100; a mean is within the ends of its scale, where they are known."""
    if not row.good("value"):
        return
    low, high = _ends(row, rows)
    if (low is not None and row["value"] < low) or (high is not None and row["value"] > high):
        wrong = _("{value} is outside {low} to {high}").format(value=row["value"], low=low, high=high)
        yield row.error("value", wrong, _("check the value and its decimal point"))


def unit_of_the_response(row: Row, rows: "Rows") -> Iterator[Problem]:
    """A mean is not in percent, everything else is."""
    meaning = _meaning(row, rows)
    if meaning is None or not row.good("unit") or (row["unit"] == "percent") != (meaning["polarity"] == "mean"):
        return
    is_mean = meaning["polarity"] == "mean"
    wrong = _("{unit} is not the unit of this response").format(unit=quoted(row["unit"]))
    yield row.error("unit", wrong, _("write points for a mean") if is_mean else _("write percent"))


def _ends(row: Row, rows: "Rows") -> tuple[Decimal | None, Decimal | None]:
    meaning = _meaning(row, rows)
    if meaning is None or meaning["polarity"] != "mean":
        return (Decimal(0), Decimal(100)) if row["unit"] == "percent" else (None, None)
    scale = rows.find(Scale, _scale_of(row, rows))
    return (scale["low"], scale["high"]) if scale and not scale.bad & {"low", "high"} else (None, None)


def _meaning(row: Row, rows: "Rows") -> Row | None:
    scale = _scale_of(row, rows)
    found = rows.offered(scale).get(row["response"])
    return found if found and found.good("polarity") else None


def _scale_of(row: Row, rows: "Rows") -> str | None:
    question = rows.find(Question, row["question"])
    return question["scale"] if question and question.good("scale") else None


def top_level_adds_up(row: Row, rows: "Rows") -> Iterator[Problem]:
    """Responses that exclude each other make no more than everybody, and no less where the unsure are counted too."""
    answers = _sound_answers(row, rows)
    if answers is None:
        return
    scale = rows.offered(row["scale"])
    top = [a for a in answers if not scale[a["response"]]["part_of"] and scale[a["response"]]["polarity"] in EXCLUSIVE]
    total, last = sum(a["value"] for a in top), top[-1] if top else row
    if total > 100 + SLACK:
        wrong = _("the responses add up to {total} percent").format(total=language.number(total))
        yield last.error("value", wrong, _("check the values; together they cannot pass 100"))
    elif total < 100 - SLACK and _everybody(top, scale):
        wrong = _("the responses, the unsure included, add up to {total} percent").format(total=language.number(total))
        yield last.warning("value", wrong, _("check whether a response is missing"))


def parts_add_up(row: Row, rows: "Rows") -> Iterator[Problem]:
    """The parts of a response make its total, give or take rounding."""
    parts = rows.parts.get(row["scale"], {})
    answers = {a["response"]: a for a in _sound_answers(row, rows) or []} if parts else {}
    for total in answers.values():
        names = parts.get(total["response"], [])
        found = [answers[name]["value"] for name in names if name in answers]
        difference = sum(found) - total["value"]
        if found and (difference > SLACK or (len(found) == len(names) and difference < -SLACK)):
            wrong = _("{value} is not the sum of its parts, {sum}")
            wrong = wrong.format(value=total["value"], sum=language.number(sum(found)))
            yield total.warning("value", wrong, _("check the total and its parts"))


def _sound_answers(row: Row, rows: "Rows") -> list[Row] | None:
    """The answers to a question whose scale is known, in percent; None if something is wrong with one of them."""
    answers = rows.answers.get(row["id"], [])
    if not row.good("id", "scale") or not all(a.good("response", "value", "unit") for a in answers):
        return None
    offered = rows.offered(row["scale"])
    if any(response.bad for response in offered.values()):
        return None
    return [a for a in answers if a["unit"] == "percent"] if all(a["response"] in offered for a in answers) else None


def _everybody(top: list[Row], scale: dict[str, Row]) -> bool:
    polarities = {scale[answer["response"]]["polarity"] for answer in top}
    return {"positive", "negative", "unsure"} <= polarities
