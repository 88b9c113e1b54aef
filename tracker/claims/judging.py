"""Judging the claims of a store: each twice, as known then and as known now, and each part by itself."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from tracker import trend
from tracker.claims.answering import NOT_TESTABLE, Answer, answer, unjudged
from tracker.claims.assertions import ASSERTIONS, About, Assertion
from tracker.claims.checking import answers, assertion_of, check, given, parameters
from tracker.claims.rebuttals import Rebuttal, tests
from tracker.claims.sources import Source, Stated
from tracker.claims.turning import Changed, changed
from tracker.claims.verdicts import Verdict, verdict
from tracker.events import latest
from tracker.language import gettext as _
from tracker.models import Claim
from tracker.store import Store

#: version of the rules, beside that of the model
METHOD = f"trend {trend.METHOD}, verdict 3"


class UnknownClaim(LookupError):
    """There is no claim of that id."""

    def __init__(self, claim: str) -> None:
        super().__init__(_("There is no claim {claim}.").format(claim=claim))


@dataclass(frozen=True)
class Part:
    """A further assertion made in the same breath, with its own verdicts; never averaged with the others."""

    assertion: dict[str, Any]
    then: Verdict
    now: Verdict
    changed: Changed
    warmth: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "assertion": self.assertion,
            "then": self.then.as_dict(),
            "now": self.now.as_dict(),
            "changed": self.changed.as_dict(),
            "warmth": self.warmth,
        }


@dataclass(frozen=True)
class Judgement:
    """A claim's verdicts: ``then`` from the polls known on the day, ``now`` from all, with what they were made by.

    ``changed`` says whether the word changed and with which readings; ``answers`` what the claim tests of the one that
    it answers, if any, ``answered_by`` what others test of it; ``warmth`` whether what it says is warmer or cooler.
    """

    claim: str
    claimant: str
    made: dt.date
    made_precision: str
    assertion: dict[str, Any]
    then: Verdict
    now: Verdict
    parts: tuple[Part, ...]
    revision: int
    method: str
    changed: Changed
    warmth: str | None = None
    answers: Rebuttal | None = None
    answered_by: tuple[Rebuttal, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON that the command line and the address of a verdict give."""
        return {
            "claim": self.claim,
            "claimant": self.claimant,
            "made": self.made.isoformat(),
            "made_precision": self.made_precision,
            "assertion": self.assertion,
            "then": self.then.as_dict(),
            "now": self.now.as_dict(),
            "parts": [part.as_dict() for part in self.parts],
            "revision": self.revision,
            "method": self.method,
            "changed": self.changed.as_dict(),
            "warmth": self.warmth,
            "answers": self.answers.as_dict() if self.answers else None,
            "answered_by": [rebuttal.as_dict() for rebuttal in self.answered_by],
        }


class Summary(NamedTuple):
    """A claim's words, then and now, with their probabilities: what a list or the claim lane shows."""

    then: str
    now: str
    then_probability: float | None
    now_probability: float | None


def judge(store: Store, claim_id: str, known_by: dt.date | None = None, details: bool = True) -> Judgement:
    """Both verdicts on a claim and its parts; ``known_by`` stands in for today. UnknownClaim where there is none.

    Without ``details`` no pollster is left out and no further poll simulated, which is most of the work.
    """
    row = store.entity(Claim, claim_id)
    if row is None:
        raise UnknownClaim(claim_id)
    return _judge(Source(store), row, known_by or store.today(), details)


def preview(store: Store, claim: Claim, known_by: dt.date | None = None, details: bool = True) -> Judgement:
    """The same of a claim that is not stored: as ``judge`` would give it if it were."""
    return _judge(Source(store), claim, known_by or store.today(), details)


def judge_all(
    store: Store, known_by: dt.date | None = None, details: bool = True, claims: Iterable[Any] | None = None
) -> Iterator[Judgement]:
    """Both verdicts on many claims (rows of the store; every one in the order of their dates where None)."""
    source = Source(store)
    for row in store.claims() if claims is None else claims:
        yield _judge(source, row, known_by or store.today(), details)


def summary(store: Store, claims: Iterable[Any] | None = None, known_by: dt.date | None = None) -> dict[str, Summary]:
    """The words for many claims (rows of the store; all where None) by claim id, without the costly details.

    Fits are shared by claims on the same readings; no pollster is left out and no further poll simulated.
    """
    source, today = Source(store), known_by or store.today()
    rows = store.claims() if claims is None else claims
    return {row.id: _summary(source, row, today) for row in rows}


def consider(
    store: Store, assertion: Mapping[str, Any], made: dt.date, known_by: dt.date | None = None, details: bool = True
) -> Verdict:
    """The verdict on an assertion that no claim of the store makes: its kind, attitude and parameters in one mapping.

    From what was known by ``known_by``; where None, by the day on which it is made.
    """
    nobody = Claim(date=made, date_precision="day", parameters={}, parts=[])
    source = Source(store)
    return _verdict(source, source.completed(stated(nobody, assertion)), known_by or made, details)


def stated(row: Any, part: Mapping[str, Any] | None = None) -> Stated:
    """What a claim asserts, or one of its parts: a part says only what differs from the claim."""
    own = {name: getattr(row, name) for name in ("kind", "direction", "parameters")}
    assertion = {name: value for name, value in (own if part is None else part).items() if value is not None}
    about = {field.name: getattr(row, field.name) for field in fields(About)}
    about |= {name: value for name, value in (part or {}).items() if name in about}
    missing = [name for name in ("construct", "measure") if not about[name]]
    about = {name: value or "" for name, value in about.items()}
    kind, made = assertion["kind"], latest(row.date, row.date_precision)
    known = About(**about | {"object": about["object"] or "country", "pollster": about["pollster"] or None})
    cites = frozenset(filter(None, (row.cites or "").split(";")))
    unjudged = _unjudged(kind, assertion, missing)
    rule = None if unjudged else assertion_of(assertion)
    return Stated(known, kind, _shown(kind, known, rule, given(assertion)), made, cites, rule, unjudged)


def _unjudged(kind: str, assertion: Mapping[str, Any], missing: list[str]) -> str:
    """Why no rule applies; empty where one does."""
    if problems := check(assertion):
        return _("The assertion is incomplete: {problems}.").format(problems="; ".join(problems))
    if missing and ASSERTIONS[kind].testable:
        return _("The assertion is incomplete: give its {names}.").format(names=", ".join(missing))
    return ""


def _shown(kind: str, about: About, rule: Assertion | None, plain: Mapping[str, Any]) -> dict[str, Any]:
    """An assertion as JSON shows it: kind, attitude, and every parameter that the rule used."""
    used = {name: getattr(rule, name) for name in (p.name for p in parameters(kind))} if rule else dict(plain)
    if "window_months" in used and used.get("since"):
        del used["window_months"]
    cells = {"kind": kind} | asdict(about) | used
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in cells.items()
        if value not in (None, "")
    }


def _judge(source: Source, row: Any, today: dt.date, details: bool) -> Judgement:
    main = stated(row)
    then, now, turned = _both(source, main, today, details)
    parts = tuple(
        Part(part.given, *_both(source, part, today, details), source.warmth(part))
        for part in (stated(row, part) for part in row.parts or [])
    )
    return Judgement(
        claim=row.id,
        claimant=row.claimant,
        made=row.date,
        made_precision=row.date_precision,
        assertion=main.given,
        then=then,
        now=now,
        parts=parts,
        revision=source.store.newest(),
        method=METHOD,
        changed=turned,
        warmth=source.warmth(main),
        answers=_answers(source, row, main),
        answered_by=_answered_by(source, row, main),
    )


def _answers(source: Source, row: Any, main: Stated) -> Rebuttal | None:
    """What a claim tests of the one that it answers."""
    other = next((other for other in source.claims if other.id == answers({"parameters": row.parameters})), None)
    return Rebuttal(other.id, other.claimant, tests(main, stated(other))) if other else None


def _answered_by(source: Source, row: Any, main: Stated) -> tuple[Rebuttal, ...]:
    """What others, by its answers, test of a claim."""
    found = [other for other in source.claims if answers({"parameters": other.parameters}) == row.id]
    return tuple(Rebuttal(other.id, other.claimant, tests(stated(other), main)) for other in found)


def _both(source: Source, part: Stated, today: dt.date, details: bool) -> tuple[Verdict, Verdict, Changed]:
    part = source.completed(part)
    then, now = (_verdict(source, part, known_by, details) for known_by in (min(part.made, today), today))
    if not details or then.word == now.word:
        return then, now, Changed(then.word != now.word)
    before, after = (source.ground(part, verdict.known_by) for verdict in (then, now))
    return then, now, changed(part, then, now, before, after)


def _verdict(source: Source, part: Stated, known_by: dt.date, details: bool) -> Verdict:
    if _nothing_to_ask(part):
        nothing = _not_testable()
        return Verdict(
            known_by, nothing.word, None, nothing.reason, settles=_("No poll can settle it as it is stated.")
        )
    named = part.assertion is not None and part.about.pollster is not None and part.assertion.joins != "figures"
    everybody = source.ground(part, known_by, everybody=True) if named else None
    return verdict(part, known_by, source.ground(part, known_by), everybody, details)


def _summary(source: Source, row: Any, today: dt.date) -> Summary:
    part = stated(row)
    then, now = (_answer(source, part, known_by) for known_by in (min(part.made, today), today))
    return Summary(then.word, now.word, then.probability, now.probability)


def _answer(source: Source, part: Stated, known_by: dt.date) -> Answer:
    if _nothing_to_ask(part):
        return _not_testable()
    part = source.completed(part)
    return unjudged(part) if part.unjudged else answer(part, source.ground(part, known_by))


def _nothing_to_ask(part: Stated) -> bool:
    return part.assertion is not None and not part.assertion.testable


def _not_testable() -> Answer:
    return Answer(NOT_TESTABLE, None, _("It says nothing about opinion that polls could answer."))
