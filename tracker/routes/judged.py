"""Verdicts, kept for as long as they hold: a store's revision, the method, the day, and the language they are told in.

Judging every claim takes seconds and is done once, in the thread of whoever asks first; others who ask wait for that.
"""

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from tracker import claims, language
from tracker.store import Store

#: what a verdict depends on, beside the store
State = tuple[int, str, dt.date]
#: states of the record whose verdicts are compared at hand, the present one and those that were asked for since
STATES = 4
_summing_up, _comparing = threading.Lock(), threading.Lock()


def state(store: Store) -> State:
    """What is kept holds for this, and for nothing else."""
    return store.newest(), claims.METHOD, store.today()


def claim(store: Store, claim_id: str, known_by: dt.date | None = None) -> dict[str, Any]:
    """Both verdicts on a claim, as its JSON has them. UnknownClaim."""
    if store.read_only:  # a past state lasts only as long as its reader
        return claims.judge(store, claim_id, known_by or store.today()).as_dict()
    return _claim(store, state(store), language.chosen(), claim_id, known_by or store.today())


def words(store: Store) -> dict[str, claims.Summary]:
    """The words on every claim, then and now, by its id."""
    if store.read_only:
        return claims.summary(store, known_by=store.today())
    with _summing_up:
        return _words(store, state(store))


def changed(store: Store) -> Iterator[dict[str, Any]]:
    """Both verdicts on each claim of which a word changed, its own or that of a part."""
    with _comparing:
        found = _changed(store, state(store))
    return (claim(store, claim_id) for claim_id in found)


def assertions(judged: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a claim asserts, each with its own verdicts: first the claim itself, then its parts."""
    return [judged, *judged["parts"]]


@lru_cache(maxsize=256)
def _claim(store: Store, _state: State, _language: str, claim_id: str, known_by: dt.date) -> dict[str, Any]:
    return claims.judge(store, claim_id, known_by).as_dict()


@lru_cache(maxsize=1)
def _words(store: Store, state: State) -> dict[str, claims.Summary]:
    return claims.summary(store, known_by=state[-1])


@lru_cache(maxsize=STATES)
def _changed(store: Store, state: State) -> list[str]:
    judged = claims.judge_all(store, state[-1], details=False)
    return [each.claim for each in judged if each.changed.word or any(part.changed.word for part in each.parts)]
