"""A poll half entered: kept with its number, nobody else's, and handed over whole."""

import datetime as dt

import pytest

from tracker import accounts
from tracker.models import Draft
from tracker.store import Store


def test_a_draft_is_nobody_elses(store: Store) -> None:
    for name in ("one", "two"):
        accounts.add(store, f"{name}@example.org", name, "editor")
    one, two = accounts.everyone(store)
    draft = accounts.keep_draft(store, one, {"mode": "web"})
    assert accounts.keep_draft(store, one, {"mode": "telephone"}, draft) == draft
    assert accounts.keep_draft(store, two, {"mode": "mail"}, draft) != draft
    accounts.drop_draft(store, two, draft)
    assert [row.fields for row in accounts.drafts(store, one)] == [{"mode": "telephone"}]
    accounts.remove(store, "one@example.org")
    assert [row.contributor for row in store.every(Draft)] == [two.id]


def test_a_wave_is_submitted_as_one_poll_each_or_not_at_all(store: Store) -> None:
    for name in ("one", "two"):
        accounts.add(store, f"{name}@example.org", name, "editor")
    one, two = accounts.everyone(store)
    draft = accounts.keep_draft(store, one, {"mode": "web"})
    several = [{"population": "ca-adults"}, {"population": "jp-adults"}]
    with pytest.raises(accounts.NotAllowed):
        accounts.submit_several(store, two, draft, several)
    assert [row.status for row in store.every(Draft)] == ["draft"]
    day = dt.date(2026, 12, 1)
    numbers = accounts.submit_several(store, one, draft, several, "the autumn wave", day)
    held = [(row.id, row.fields, row.status, row.why, row.embargo) for row in store.every(Draft)]
    assert held == [
        (number, fields, "submitted", "the autumn wave", day) for number, fields in zip(numbers, several, strict=True)
    ]
    with pytest.raises(accounts.Stale):
        accounts.submit_several(store, one, draft, several)
