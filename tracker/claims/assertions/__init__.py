"""The kinds of assertion: each a yes-or-no question that can be asked of a single path.

A kind is a frozen dataclass. Its docstring is its help, its fields are its parameters and its form, ``holds`` answers
for every path, and a line in ``ASSERTIONS`` makes it known. ``direction`` is always that of the measure named.
"""

from tracker.claims.assertions.asked import About, Asked, Assertion, Joins, NoOpinionContent
from tracker.claims.assertions.extremes import FirstTime, Record
from tracker.claims.assertions.moments import (
    Forecast,
    Level,
    MisquotedPoll,
    Ratio,
    SelfReportedChange,
    SubgroupComparison,
    VagueQuantity,
)
from tracker.claims.assertions.movements import Cause, Change, ChangeBetween, ChangeBy, EventChange, NoChange
from tracker.claims.assertions.several import Comparison, ManyPopulations, Rank

#: every kind that a claim can have
ASSERTIONS: dict[str, type[Assertion]] = {
    "change": Change,
    "level": Level,
    "record": Record,
    "comparison": Comparison,
    "change-between": ChangeBetween,
    "change-by": ChangeBy,
    "no-change": NoChange,
    "first-time": FirstTime,
    "rank": Rank,
    "ratio": Ratio,
    "subgroup-comparison": SubgroupComparison,
    "event-change": EventChange,
    "many-populations": ManyPopulations,
    "forecast": Forecast,
    "vague-quantity": VagueQuantity,
    "self-reported-change": SelfReportedChange,
    "misquoted-poll": MisquotedPoll,
    "cause": Cause,
    "no-opinion-content": NoOpinionContent,
}
KINDS = tuple(ASSERTIONS)

__all__ = ["ASSERTIONS", "KINDS", "About", "Asked", "Assertion", "EventChange", "Joins"]
