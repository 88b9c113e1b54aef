"""Claims about opinion, set against every comparable poll: as it could be known on the day, and as it is known now.

An assertion is a yes-or-no question that one can ask of a single path; its probability is the share of paths that
answer yes. The rule is one per kind, the same for every speaker, and no verdict is ever typed in. A claim that names a
pollster is judged on that pollster's polls; what everybody's polls say stands beside the verdict.
"""

from tracker.claims.answering import WORDS, Answer, word_for
from tracker.claims.assertions import ASSERTIONS, KINDS, Assertion
from tracker.claims.checking import ANSWERS, Parameter, assertion_of, check, parameters
from tracker.claims.judging import (
    METHOD,
    Judgement,
    Part,
    Summary,
    UnknownClaim,
    consider,
    judge,
    judge_all,
    preview,
    stated,
    summary,
)
from tracker.claims.rebuttals import Rebuttal
from tracker.claims.sources import Stated
from tracker.claims.turning import Changed
from tracker.claims.verdicts import Verdict
from tracker.claims.wholes import WHOLES

__all__ = [
    "ANSWERS",
    "ASSERTIONS",
    "KINDS",
    "METHOD",
    "WHOLES",
    "WORDS",
    "Answer",
    "Assertion",
    "Changed",
    "Judgement",
    "Parameter",
    "Part",
    "Rebuttal",
    "Stated",
    "Summary",
    "UnknownClaim",
    "Verdict",
    "assertion_of",
    "check",
    "consider",
    "judge",
    "judge_all",
    "parameters",
    "preview",
    "stated",
    "summary",
    "word_for",
]
