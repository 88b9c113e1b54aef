"""Claims and events by hand: what is filled in, what is wrong with it, and what comes of it."""

from typing import Any

import pytest

from tracker import intake
from tracker.models import Claim, Event
from tracker.settings import RECORD
from tracker.store import Store, cells

CLAIM = {
    "claimant": "Wang Di, ambassador",
    "date": "2025-04-21",
    "paraphrase": "Public opinion in Canada is shifting toward closer ties with China.",
    "population": "ca-adults",
    "subject": "china",
    "kind": "change",
    "construct": "favourability",
    "measure": "positive",
    "direction": "up",
    "parameters": {"window_months": 12},
}
EVENT = {
    "date": "2026-11-03",
    "title": "The ministers of trade meet in Ottawa",
    "category": "diplomacy",
    "actors": "CA;CN",
    "source_actor": "CA",
    "subjects": "china",
}


def made(kind: str, fields: dict[str, Any], store: Store) -> Any:
    """The one entity that sound fields make."""
    (entity,), problems = intake.read_entry(kind, fields, store)
    assert not problems
    return entity


@pytest.mark.parametrize(("kind", "table"), [("claim", Claim), ("event", Event)])
def test_what_is_on_record_comes_back_as_it_is(kind: str, table: type[Any], record: Store) -> None:
    rows = record.every(table)
    assert len(rows) == len((RECORD / f"{table.__tablename__}.csv").read_text().splitlines()) - 1
    for row in rows:
        (entity,), problems = intake.read_entry(kind, intake.entry_fields(record, kind, row.id), record)
        assert not [problem for problem in problems if problem.severity == "error"]
        assert cells(table, entity) == cells(table, row)


def test_an_id_is_made_of_who_when_and_what(record: Store) -> None:
    assert made("claim", CLAIM, record).id == "wang-di-2025-04-public-opinion-canada-shifting"
    assert made("event", EVENT, record).id == "ministers-trade-meet-ottawa-2026"


def test_an_id_is_never_used_again(record_copy: Store) -> None:
    for expected in ("ministers-trade-meet-ottawa-2026", "ministers-trade-meet-ottawa-2026-2"):
        event = made("event", EVENT, record_copy)
        assert event.id == expected
        with record_copy.writing("Test") as session:
            session.add(event)
        with record_copy.writing("Test") as session:
            session.delete(session.get_one(Event, event.id))


def test_there_are_no_fields_of_what_is_not_on_record(record: Store) -> None:
    assert intake.entry_fields(record, "claim", "nobody-2025-01-nothing") == {}


@pytest.mark.parametrize(
    ("change", "column", "remedy"),
    [
        ({"date": "2925-04-21"}, "date", "check the year"),
        ({"claimant": ""}, "claimant", "fill it in"),
        ({"kind": "chnge"}, "kind", "use one of"),
        ({"direction": None}, "direction", "give one of up, down"),
        ({"direction": "sideways"}, "direction", "use one of them"),
        ({"parameters": {"window_months": 0}}, "parameters", "give a whole number above 0"),
        ({"parameters": {"window": 12}}, "parameters", "did you mean window_months?"),
        ({"parts": [{"kind": "level", "direction": "up"}]}, "parts", "give one of above, below"),
        ({"measure": None}, "measure", "say what was measured"),
        ({"cites": "angus-reid-2020-05-chna"}, "cites", 'did you mean "angus-reid-2020-05-china"?'),
        ({"source_url": "the web"}, "source_url", "beginning with https://"),
    ],
)
def test_a_mistake_in_a_claim_has_a_place_and_a_remedy(
    change: dict[str, Any], column: str, remedy: str, record: Store
) -> None:
    entities, problems = intake.read_entry("claim", CLAIM | change, record)
    assert not entities
    assert any(problem.column == column and remedy in problem.remedy for problem in problems), problems


def test_a_mistake_in_an_event_has_a_place_and_a_remedy(record: Store) -> None:
    wrong = EVENT | {"end_date": "2026-11-01", "target_actor": "US", "subjects": "chin"}
    _entities, problems = intake.read_entry("event", wrong, record)
    assert [problem.column for problem in problems] == ["subjects", "end_date", "target_actor"]
