"""What changed between then and now: whether the word did, and the readings with which it turned."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tracker.claims.answering import answer
from tracker.claims.grounds import Count, Ground
from tracker.claims.sources import Stated
from tracker.claims.verdicts import Verdict


@dataclass(frozen=True)
class Changed:
    """Whether the word changed; the questions, oldest first, that had become known when it took its present form, and
    the day on which the last of them was public. No questions where the word stands or no new reading turned it."""

    word: bool
    readings: tuple[str, ...] = ()
    turned: dt.date | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        turned = self.turned.isoformat() if self.turned else None
        return {"word": self.word, "readings": list(self.readings), "turned": turned}


def changed(stated: Stated, then: Verdict, now: Verdict, before: Ground | Count, after: Ground | Count) -> Changed:
    """What changed the word; ``before`` and ``after`` are the grounds of the two verdicts.

    Readings unknown then are let in one after the other, in the order in which they became public, and the first of
    them with which the word is that of now is looked for by halving: it may turn, turn back and turn again, and then
    one of the turns is found.
    """
    if then.word == now.word:
        return Changed(False)
    new = [question for question in after.known if question not in before.known]
    low, high = 0, len(new)
    while high - low > 1:
        middle = (low + high) // 2
        if answer(stated, after.less(new[middle:])).word == now.word:
            high = middle
        else:
            low = middle
    readings = tuple(new[:high])
    return Changed(True, readings, after.known[readings[-1]] if readings else None)
