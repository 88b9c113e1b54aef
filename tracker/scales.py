"""What an answer means: the polarity and the parts of a scale's responses, and the number followed through time.

A scale is data (``polls/scales.csv`` and ``polls/responses.csv``): a new one needs rows and no code. Everybody else
asks these functions and never looks at a scale's name.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

#: which way a response points: ``mean`` is the mean of a numeric scale, ``other`` points nowhere
POLARITIES = ("positive", "neutral", "negative", "unsure", "mean", "other")
#: what can be followed through time, apart from any single response
MEASURES = ("positive", "negative", "net", "mean")
WARMER = {"positive": 1, "net": 1, "mean": 1, "negative": -1}


@dataclass(frozen=True)
class Meaning:
    """One response of a scale: its polarity, and the response of the same scale that it is counted in."""

    response: str
    position: int
    polarity: str
    part_of: str | None
    name: str


def parts(meanings: Sequence[Meaning], response: str) -> list[str]:
    """The responses counted in ``response``, in the order of the scale."""
    return [m.response for m in sorted(meanings, key=lambda m: m.position) if m.part_of == response]


def top(meanings: Sequence[Meaning], polarity: str) -> list[str]:
    """The responses of a polarity that are no part of another."""
    return [m.response for m in sorted(meanings, key=lambda m: m.position) if m.polarity == polarity and not m.part_of]


def share(answers: Mapping[str, float | Decimal], meanings: Sequence[Meaning], response: str) -> float | None:
    """The answer to one response, or the sum of its parts where every part is answered and the total is not."""
    if response in answers:
        return float(answers[response])
    return _sum([share(answers, meanings, part) for part in parts(meanings, response)])


def value(answers: Mapping[str, float | Decimal], meanings: Sequence[Meaning], measure: str) -> float | None:
    """The number followed through time, in the unit of the answers, or None where the answers do not give it.

    ``positive``, ``negative`` and ``mean`` are the top-level responses of that polarity; where a scale has several of
    them they count together, and only if each is known. ``net`` is positive minus negative, in points. Any other
    measure is a response of the scale.
    """
    if measure == "net":
        ends = [value(answers, meanings, "positive"), value(answers, meanings, "negative")]
        return None if ends[0] is None or ends[1] is None else _exact([ends[0], -ends[1]])
    if measure in MEASURES:
        return _sum([share(answers, meanings, response) for response in top(meanings, measure)])
    return share(answers, meanings, measure)


def direction(meanings: Sequence[Meaning], measure: str) -> int:
    """+1 where a rise of the measure is warmer, -1 where it is cooler, 0 where it is neither."""
    polarity = {m.response: m.polarity for m in meanings}
    return WARMER.get(measure if measure in MEASURES else polarity.get(measure, "other"), 0)


def variance(value: float, base: float, low: float = 0.0, high: float = 100.0) -> float:
    """The sampling variance of a share in squared points, p (1 - p) / n; for a mean, the largest that its ends allow.

    The variance of anything between ``low`` and ``high`` with mean m is at most (m - low) (high - m), and for a share
    it is exactly that (Bhatia and Davis 2000).
    """
    return (value - low) * (high - value) / base


def _sum(values: Sequence[float | None]) -> float | None:
    known = [number for number in values if number is not None]
    return _exact(known) if known and len(known) == len(values) else None


def _exact(values: Sequence[float]) -> float:
    # tenths add up to tenths: 26.1 + 3.2 is 29.3 and no neighbour of it
    return round(math.fsum(values), 9)
