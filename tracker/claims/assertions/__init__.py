"""The kinds of assertion: each a yes-or-no question that can be asked of a single path.

A kind is a frozen dataclass. Its docstring is its help, its fields are its parameters and its form, ``holds`` answers
for every path and shows by examples that it does, and a line in the ``ASSERTIONS`` of its module makes it known.
``direction`` is always that of the measure named. ``python -m tracker.claims`` lists them.
"""

from tracker.claims.assertions import extremes, moments, movements, several
from tracker.claims.assertions.asked import About, Asked, Assertion, Joins, NoOpinionContent
from tracker.claims.assertions.movements import EventChange

#: every kind that a claim can have
ASSERTIONS: dict[str, type[Assertion]] = {
    **movements.ASSERTIONS,
    **moments.ASSERTIONS,
    **extremes.ASSERTIONS,
    **several.ASSERTIONS,
    "no-opinion-content": NoOpinionContent,
}
KINDS = tuple(ASSERTIONS)

__all__ = ["ASSERTIONS", "KINDS", "About", "Asked", "Assertion", "EventChange", "Joins"]
