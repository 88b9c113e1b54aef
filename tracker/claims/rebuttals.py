"""What one claim does and does not test of another that it is an answer to."""

from dataclasses import dataclass, fields
from typing import Any

from tracker.claims.sources import About, Stated
from tracker.language import gettext as _


@dataclass(frozen=True)
class Rebuttal:
    """A claim that answers another, by its id and claimant, and a sentence on what it tests of it."""

    claim: str
    claimant: str
    sentence: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"claim": self.claim, "claimant": self.claimant, "sentence": self.sentence}


def tests(answer: Stated, claim: Stated) -> str:
    """What an answer tests of a claim, from their kinds and what each is about."""
    if not (answer.assertion and claim.assertion and answer.assertion.testable and claim.assertion.testable):
        return _("One of the two says nothing that polls could answer, so neither tests the other.")
    return " ".join([_movement(answer.assertion.moves, claim.assertion.moves), *_elsewhere(answer.about, claim.about)])


def _movement(answer: bool, claim: bool) -> str:
    if claim and not answer:
        return _(
            "The answer is about one moment, the claim about movement. A level, however low, neither refutes nor "
            "bears out a change: that takes the same question asked twice. The answer tests where opinion stood, not "
            "where it was going."
        )
    if answer and not claim:
        return _(
            "The answer is about movement, the claim about one moment. Opinion can move and stay on the same side of a "
            "line, so the answer does not test the claim by itself."
        )
    return _("Both are about movement.") if claim else _("Both are about one moment.")


def _elsewhere(answer: About, claim: About) -> list[str]:
    names = {
        "population": _("the people asked"),
        "subject": _("the subject"),
        "construct": _("the attitude"),
        "measure": _("the measure"),
        "object": _("what is rated"),
    }
    differ = [names[f.name] for f in fields(About) if f.name in names and _differs(answer, claim, f.name)]
    if not differ:
        return [_("Both are about the same attitude of the same people.")]
    return [_("They also differ in {what}.").format(what=", ".join(differ))]


def _differs(answer: About, claim: About, name: str) -> Any:
    return getattr(answer, name) != getattr(claim, name)
