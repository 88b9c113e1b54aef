"""The scoring program's claims as the tracker's own assertions: what is asked of a path, and at which dates.

Where an assertion says by itself on which dates it turns, those are the dates. The scoring program's grids, for a
record and for what came after an event, are its own and are kept.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from tracker.claims import Assertion, assertion_of


class Question(NamedTuple):
    """Dates of the paths, and the assertions of which one must hold.

    Where `before` is not 0, the assertions see two columns: the means of the first `before` dates and of the others.
    """

    dates: tuple[dt.date, ...]
    assertions: tuple[Assertion, ...]
    before: int = 0

    def holds(self, paths: np.ndarray) -> np.ndarray:
        """For paths (draws, dates) in percent: whether each answers yes."""
        if self.before:
            paths = np.column_stack([paths[:, : self.before].mean(axis=1), paths[:, self.before :].mean(axis=1)])
        return np.any([assertion.holds(paths) for assertion in self.assertions], axis=0)


def asked(claim: dict[str, Any]) -> Question:
    """The question behind a claim; KeyError for a kind that the scoring program does not have."""
    return KINDS[claim["kind"]](claim)


def rising(claim: dict[str, Any]) -> Question:
    """Higher at the end than at the start."""
    since, end = claim["start"].date(), claim["end"].date()
    change = assertion_of({"kind": "change", "direction": "up", "since": since})
    return Question(change.turns_on(end), (change,))


def changed_by(claim: dict[str, Any]) -> Question:
    """Apart by so many points, whichever way."""
    size = {"kind": "change-by", "points": claim["by"], "since": claim["start"].date()}
    up, down = (assertion_of({**size, "direction": direction}) for direction in ("up", "down"))
    return Question(up.turns_on(claim["end"].date()), (up, down))


def above(claim: dict[str, Any]) -> Question:
    """Above a line on a day."""
    level = assertion_of({"kind": "level", "direction": "above", "threshold_percent": claim["threshold"]})
    return Question(level.turns_on(claim["date"].date()), (level,))


def lowest_since(claim: dict[str, Any]) -> Question:
    """Lower than on every day of a grid that ends a step before it."""
    since, day, step = claim["since"].date(), claim["date"].date(), claim["step_days"]
    record = assertion_of({"kind": "record", "direction": "down", "since": since})
    return Question((*_apart(since, range(0, (day - since).days - step + 1, step)), day), (record,))


def higher_after(claim: dict[str, Any]) -> Question:
    """Higher on average after an event than before it, the day itself left out."""
    event, step, window = claim["event"].date(), claim["step_days"], claim["window_days"]
    before, after = _apart(event, range(-window, 0, step)), _apart(event, range(step, window + 1, step))
    change = assertion_of({"kind": "event-change", "direction": "up", "event": "event"})
    return Question((*before, *after), (change,), len(before))


def _apart(day: dt.date, days: Iterable[int]) -> list[dt.date]:
    return [day + dt.timedelta(days=each) for each in days]


#: by the scoring program's word
KINDS: dict[str, Callable[[dict[str, Any]], Question]] = {
    "rising": rising,
    "changed_by": changed_by,
    "above": above,
    "lowest_since": lowest_since,
    "higher_after": higher_after,
}
