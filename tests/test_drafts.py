"""A poll half entered: a closed tab or a restarted server loses nothing, and nobody else sees it."""

import datetime as dt
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from tracker import accounts
from tracker.models import Draft
from tracker.settings import ROOT
from tracker.store import Store

Visit = Callable[[], AppTest]
FAVOURABLE = "enter_answer_1_favourable-unfavourable-4_favourable"


@pytest.fixture
def visit(record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open the Enter page in a new tab, as the operator."""
    operator = accounts.operator(record_copy)
    monkeypatch.setattr("tracker.ui.parts.contributor", lambda: operator)
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)

    def visit() -> AppTest:
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        return app.switch_page("pages/enter.py").run()

    return visit


def fill_in(app: AppTest) -> AppTest:
    app.selectbox(key="enter_pollster").select("nanos-research")
    app.date_input(key="enter_start").set_value(dt.date(2026, 9, 1))
    app.date_input(key="enter_end").set_value(dt.date(2026, 9, 4))
    app.number_input(key=FAVOURABLE).set_value(41)
    return app.run()


def said(app: AppTest) -> str:
    return "\n".join(each.value for kind in ("markdown", "caption", "success") for each in app.get(kind))


def buttons(app: AppTest, label: str) -> list[Button]:
    return [button for button in app.button if button.label == label]


def test_a_draft_is_there_in_another_tab_and_gone_once_the_poll_is_stored(visit: Visit) -> None:
    first = visit()
    assert "Draft kept" not in said(first)
    assert "Draft kept" in said(fill_in(first))
    again = visit()
    assert "Nanos Research, China, kept" in said(again)
    assert again.date_input(key="enter_start").value is None
    buttons(again, "Go on with it")[0].click().run()
    assert not again.exception
    assert again.date_input(key="enter_start").value == dt.date(2026, 9, 1)
    assert again.number_input(key=FAVOURABLE).value == 41
    buttons(again, "Store the poll")[0].click().run()
    assert "Stored." in said(again)
    assert not buttons(visit(), "Go on with it")


def test_every_change_is_kept_in_one_draft(visit: Visit, record_copy: Store) -> None:
    app = fill_in(visit())
    app.text_input(key="enter_mode").set_value("telephone").run()
    (draft,) = record_copy.every(Draft)
    assert draft.fields["enter_mode"] == "telephone"


def test_a_draft_can_be_thrown_away(visit: Visit) -> None:
    fill_in(visit())
    app = visit()
    buttons(app, "Throw it away")[0].click().run()
    assert not buttons(app, "Throw it away")
    assert not buttons(visit(), "Throw it away")


def test_a_draft_is_nobody_elses(store: Store) -> None:
    for name in ("one", "two"):
        accounts.add(store, f"{name}@example.org", name, "editor")
    one, two = accounts.everyone(store)
    draft = accounts.keep_draft(store, one, {"enter_mode": "web"})
    assert accounts.keep_draft(store, one, {"enter_mode": "telephone"}, draft) == draft
    assert accounts.keep_draft(store, two, {"enter_mode": "mail"}, draft) != draft
    accounts.drop_draft(store, two, draft)
    assert [row.fields for row in accounts.drafts(store, one)] == [{"enter_mode": "telephone"}]
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
