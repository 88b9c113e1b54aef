"""Claims and events by hand: what is filled in, what is wrong with it, and what comes of it."""

import dataclasses
import datetime as dt
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tracker import accounts, charts, claims, intake
from tracker.models import Claim, Draft, Event
from tracker.settings import RECORD, ROOT
from tracker.store import Store, cells
from tracker.ui.entering.assertion import ABOUT

CLAIM: dict[str, Any] = {
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


def forms() -> None:
    """A script that draws the form of everything in ``asked`` (kind, id -> fields) and keeps what differs."""
    import streamlit as st

    from tracker.ui.entering.fields import Form
    from tracker.ui.entering.keeping import FORMS

    said = {}
    for kind, row, held in st.session_state["asked"]:
        form = Form(f"{kind}_{row}", held)
        FORMS[kind](form)
        said[row] = form.said
    st.session_state["said"] = said


def said_by_forms(
    asked: list[tuple[str, str, dict[str, Any]]], store: Store, monkeypatch: pytest.MonkeyPatch
) -> dict[str, dict[str, Any]]:
    """What forms that begin with these fields say."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
    app = AppTest.from_function(forms, default_timeout=120)
    app.session_state["asked"] = asked
    app.run()
    assert not app.exception
    return app.session_state["said"]


@pytest.mark.parametrize(("kind", "table"), [("claim", Claim), ("event", Event)])
def test_the_form_says_what_is_on_record_as_it_is(
    kind: str, table: type[Any], record: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {row.id: intake.entry_fields(record, kind, row.id) for row in record.every(table)}
    assert said_by_forms([(kind, *each) for each in held.items()], record, monkeypatch) == held


def example(parameter: claims.Parameter) -> Any:
    """Some value that a parameter can have."""
    if parameter.choices:
        return parameter.choices[-1]
    if parameter.type is str:
        return {"measures": "negative", "populations": "us-adults", "events": "meng-wanzhou-arrest-2018"}.get(
            parameter.among, "united-states"
        )
    return {dt.date: "2014-05-06", int: 2015 if parameter.name.endswith("_year") else 7, float: 12.5}[parameter.type]


@pytest.mark.parametrize("part", [False, True], ids=["claim", "part"])
def test_every_field_of_every_kind_of_assertion_is_on_its_form(
    part: bool, record: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {kind: {p.name: example(p) for p in claims.parameters(kind)} for kind in claims.KINDS}
    asserted: dict[str, dict[str, Any]] = {}
    for kind, values in given.items():
        way = {"direction": values.pop("direction")} if "direction" in values else {}
        asserted[kind] = {"kind": kind, **way, **({"parameters": values} if values else {})}
    held = {kind: {"parts": [each]} if part else each for kind, each in asserted.items()}
    assert said_by_forms([("claim", *each) for each in held.items()], record, monkeypatch) == held


def test_what_an_assertion_can_be_about_is_all_on_the_form_of_a_part() -> None:
    assert list(ABOUT) == [field.name for field in dataclasses.fields(claims.assertions.About)]


def test_a_part_says_who_is_meant_in_three_ways(record: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the claim does, nobody in particular, or somebody else."""
    level = {"kind": "level", "direction": "above", "parameters": {"threshold_percent": 50}}
    parts = [level, level | {"pollster": None}, level | {"pollster": "gallup", "subject": "russia"}]
    held = {"each": {"pollster": "lowy-institute", "parts": parts}}
    assert said_by_forms([("claim", "each", held["each"])], record, monkeypatch) == held


@pytest.mark.parametrize("claim", ["wang-di-2025-04-opinion-shifting", "trump-2025-07-most-respected"])
def test_the_preview_of_a_claim_is_its_verdict(claim: str, record: Store) -> None:
    entity = made("claim", intake.entry_fields(record, "claim", claim), record)
    assert claims.preview(record, entity).as_dict() == claims.judge(record, claim).as_dict()


class Desk:
    """The app as somebody who is signed in sees it, on a copy of the record."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.monkeypatch = store, monkeypatch
        monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
        accounts.add(store, "e@example.org", "Edith", "editor")
        accounts.add(store, "o@example.org", "Otto", "editor")
        accounts.add(store, "p@example.org", "Paula", "pollster", "nanos-research")
        self.sit("e")

    def who(self, letter: str) -> Any:
        return accounts.named(self.store, f"{letter}@example.org")

    def sit(self, letter: str | None) -> None:
        """Let somebody sit down, or nobody."""
        found = self.who(letter) if letter else None
        self.monkeypatch.setattr("tracker.ui.parts.contributor", lambda: found)

    def visit(self, page: str, **query: str) -> AppTest:
        """A page in a new tab."""
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        app.switch_page(f"pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    def draft(self) -> Any:
        (draft,) = self.store.every(Draft)
        return draft

    def approve(self) -> Any:
        """The other editor approves what was submitted."""
        return intake.approve(self.store, self.who("o"), self.draft().id)


@pytest.fixture
def desk(record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(record_copy, monkeypatch)


def shown(app: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "success", "error")
    found: list[Any] = [each for kind in kinds for each in app.get(kind)]
    return "\n".join(each.value.replace("\\", "") for each in found)


def fill_in_claim(app: AppTest) -> AppTest:
    app.text_input(key="claim_claimant").set_value("Wang Di")
    app.text_input(key="claim_paraphrase").set_value(CLAIM["paraphrase"])
    app.date_input(key="claim_date").set_value(dt.date(2025, 4, 21))
    app.multiselect(key="claim_population").set_value(["ca-adults"])
    app.multiselect(key="claim_subject").set_value(["china"])
    app.selectbox(key="claim_construct").set_value("favourability")
    app.selectbox(key="claim_measure").set_value("positive")
    app.selectbox(key="claim_kind").set_value("change").run()
    app.selectbox(key="claim_change_direction").set_value("up")
    return app.number_input(key="claim_change_window_months").set_value(12).run()


def button(app: AppTest, label: str) -> Any:
    (found,) = [button for button in app.button if button.label == label]
    return found


def test_a_claim_is_entered_looked_at_submitted_and_once_approved_on_the_list(desk: Desk) -> None:
    app = fill_in_claim(desk.visit("claim"))
    assert "## Supported" in shown(app) and "Reading by reading" in "".join(each.label for each in app.expander)
    kept = desk.draft()
    assert (kept.status, kept.kind, kept.row, kept.fields) == ("draft", "claim", None, CLAIM | {"claimant": "Wang Di"})
    again = desk.visit("claim", draft=str(kept.id))
    assert again.number_input(key="claim_change_window_months").value == 12
    assert "It is waiting for an editor." in shown(button(again, "Submit for review").click().run())
    desk.sit("o")
    assert "## Supported" in shown(desk.visit("review", draft=str(kept.id)))
    desk.sit("e")
    assert CLAIM["paraphrase"] not in {row.paraphrase for row in desk.store.claims()}
    decision = desk.approve()
    assert (decision.status, decision.row) == ("stored", "wang-di-2025-04-public-opinion-canada-shifting")
    listed = desk.visit("claims", who="Wang Di", subject="china", kind="change")
    assert any(link.label == CLAIM["paraphrase"] for link in listed.page_link)
    page = desk.visit("claims", claim=decision.row)
    assert "## Supported" in shown(page)
    assert [row.approved_by for row in desk.store.history(decision.row)] == ["Otto"]
    assert "on record" in shown(desk.visit("claim", draft=str(kept.id)))


def test_a_draft_with_nothing_in_it_is_not_kept(desk: Desk) -> None:
    app = desk.visit("claim")
    assert "Still to fill in: who said it, the day" in shown(app)
    assert button(app, "Submit for review").disabled
    assert not desk.store.every(Draft)


def test_what_is_wrong_with_a_parameter_stands_on_the_page_with_its_remedy(desk: Desk) -> None:
    app = fill_in_claim(desk.visit("claim"))
    app.date_input(key="claim_change_since").set_value(dt.date(2026, 1, 1)).run()
    assert "since is not before the claim. Give an earlier one." in shown(app)
    assert "## Supported" not in shown(app)
    assert button(app, "Submit for review").disabled


def test_another_kind_of_assertion_brings_its_own_fields_and_keeps_what_both_have(desk: Desk) -> None:
    app = fill_in_claim(desk.visit("claim"))
    app.selectbox(key="claim_kind").set_value("change-by").run()
    assert app.selectbox(key="claim_change-by_direction").value == "up"
    assert app.number_input(key="claim_change-by_window_months").value == 12
    assert "change-by needs points. Give a number." in shown(app)
    app.number_input(key="claim_change-by_points").set_value(5).run()
    assert desk.draft().fields["parameters"] == {"points": 5, "window_months": 12}


def test_a_pollster_and_a_reader_are_refused_at_the_door(desk: Desk) -> None:
    paula = desk.who("p")
    with pytest.raises(accounts.NotAllowed, match="entered by editors"):
        accounts.keep_draft(desk.store, paula, CLAIM, kind="claim")
    with pytest.raises(accounts.NotAllowed), accounts.writing(desk.store, paula, approver=desk.who("e")) as session:
        session.add(made("event", EVENT, desk.store))
    desk.sit("p")
    for page in ("claim", "event"):
        app = desk.visit(page)
        assert "entered by editors and administrators" in shown(app) and not app.text_input
    desk.sit(None)
    assert not desk.visit("claim").text_input
    labels = {link.label for link in desk.visit("claims").page_link}
    assert "Enter a claim" not in labels
    desk.sit("e")
    assert "Enter a claim" in {link.label for link in desk.visit("claims").page_link}


def test_a_draft_of_somebody_else_is_not_opened(desk: Desk) -> None:
    number = accounts.keep_draft(desk.store, desk.who("o"), CLAIM, kind="claim")
    app = desk.visit("claim", draft=str(number))
    assert app.text_input(key="claim_claimant").value == "" and f"draft: {number}" in shown(app)


def test_a_claim_on_record_is_corrected_with_a_reason(desk: Desk) -> None:
    claim = "wang-di-2025-04-opinion-shifting"
    assert any(link.label == "Correct this claim" for link in desk.visit("claims", claim=claim).page_link)
    app = desk.visit("claim", correct=claim)
    assert "Correct a claim" in shown(app) and "Nothing is changed yet." in shown(app)
    assert not desk.store.every(Draft)
    app.text_input(key="claim_claimant_role").set_value("Ambassador").run()
    assert "A correction needs a reason." in shown(app)
    assert button(app, "Submit for review").disabled
    app.text_input(key="claim_why").set_value("shorter").run()
    button(app, "Submit for review").click().run()
    assert desk.draft().row == claim
    assert desk.approve().status == "stored"
    last = desk.store.history(claim)[-1]
    assert (last.action, last.who, last.approved_by, last.why) == ("update", "Edith", "Otto", "shorter")
    changed = {name for name in last.after if last.after[name] != last.before[name]}
    assert changed == {"claimant_role"}
    told = desk.visit("claims", claim=claim).table[-1].value.iloc[0]
    assert (told["Who"], told["Why"]) == ("Edith, approved by Otto", "shorter")
    assert told["What"].endswith("Ambassador of China to Canada → Ambassador")


def test_an_installation_may_let_editors_approve_their_own(desk: Desk) -> None:
    number = str(accounts.keep_draft(desk.store, desk.who("e"), EVENT, kind="event"))
    assert "Store now, approved by yourself" not in {each.label for each in desk.visit("event", draft=number).button}
    desk.monkeypatch.setenv("TRACKER_OWN_APPROVAL", "yes")
    app = button(desk.visit("event", draft=number), "Store now, approved by yourself").click().run()
    assert "It is on record." in shown(app)
    assert desk.draft().status == "stored"
    desk.sit(None)
    told = desk.visit("events", event=desk.draft().row).table[0].value.iloc[0]
    assert (told["Who"], told["What"]) == ("Edith, approved by Edith", "entered")


def test_an_event_is_shown_among_the_others_before_and_after_it_is_stored(desk: Desk) -> None:
    event = EVENT | {"date": "2020-06-15"}
    number = accounts.keep_draft(desk.store, desk.who("e"), event, kind="event")
    app = desk.visit("event", draft=str(number))
    assert re.search(r"Number \d+ of the \d+ events under this chart\. Beside it: .+; .+\.", shown(app))
    assert "Around this time, from" in shown(app)
    accounts.submit(desk.store, desk.who("e"), number)
    stored = desk.approve().row
    view = charts.View(charts.Source(desk.store), charts.Choices(charts.Attitude("ca-adults", "china")))
    assert stored in set(view.event_table.event)
    assert any(row.id == stored for row in desk.store.events("china"))
