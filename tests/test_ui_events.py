"""The list of events and its filters, and an event's page: who did what to whom, and opinion around it."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tracker.settings import ROOT
from tracker.store import Store


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, record: Store) -> Any:
    """Open the page of events: ``visit(actor="CN")``."""

    def visit(**query: Any) -> AppTest:
        monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        app.switch_page("pages/events.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return visit


def said(app: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for kind in ("title", "markdown", "caption") for each in app.get(kind)]


def test_events_are_sorted_out_by_actor_quadrant_and_category(visit: Any) -> None:
    app = visit(actor="CN", quadrant="material-conflict", category="arrest-detention")
    assert not app.exception
    assert "8 events, newest first" in said(app)
    assert "Canada → China, Huawei · COERCE, material conflict · arrest and detention" in said(app)
    assert app.multiselect(key="quadrant").value == ["material-conflict"]


def test_an_unknown_word_in_the_address_of_events_is_shown_and_ignored(visit: Any) -> None:
    app = visit(actor="Atlantis", quadrant="mild-annoyance", category="gossip")
    told = "\n".join(said(app))
    assert all(word in told for word in ("Atlantis", "mild-annoyance", "gossip"))
    assert "113 events, newest first" in told


def test_an_event_shows_the_change_over_the_window_and_the_population_asked_for(visit: Any) -> None:
    app = visit(event="meng-wanzhou-arrest-2018", window="365", population="us-adults")
    told = "\n".join(said(app))
    assert "American adults on China, favourable views" in told
    assert "from 1 December 2017 to 1 December 2019, the trend changed by" in told
    assert "other dates." in told and "other events on record fell in the same time" in told
    sides = app.table[0].value.set_index("Pollster and scale")["Change of the mean"]
    assert "by sampling alone" in sides["Pew Research Center, Favourable or unfavourable, four points"]
    assert "not enough" in sides["Gallup, Favourable or unfavourable, four points"]
    assert any("China detains Michael Kovrig" in link.value for link in app.page_link)


def test_a_window_that_is_none_is_shown_and_the_usual_one_taken(visit: Any) -> None:
    told = "\n".join(said(visit(event="meng-wanzhou-arrest-2018", window="0", population="mars-adults")))
    assert "before and after: 0" in told and "mars-adults" in told
    assert "from 4 June 2018 to 30 May 2019" in told
