"""The app's pages of claims and polls: what they choose from, show of one, and where they lead."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tracker.models import Answer, Claim, Poll, Question
from tracker.settings import ROOT
from tracker.store import Store

Open = Callable[..., AppTest]
WANG = "wang-di-2025-04-opinion-shifting"
PEW = "pew-research-center-2025-01-08-ca-adults"


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page of the app on a store: ``visit(store, "claims", claim="...")``."""

    def visit(store: Store, page: str, **query: Any) -> AppTest:
        monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        app.switch_page(f"pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        app = app.run()
        assert not app.exception
        return app

    return visit


def text(app: AppTest) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "code", "html")
    said = [str(getattr(each, "value", "") or each.proto.body) for kind in kinds for each in app.get(kind)]
    return "\n".join(said).replace("\\", "").replace("\u00a0", " ")


def listed(app: AppTest, name: str) -> set[str]:
    """The items of a list, by their ids."""
    queries = [link.proto.query_string for link in app.page_link]
    return {query.removeprefix(f"{name}=") for query in queries if query.startswith(f"{name}=")}


def test_claims_are_chosen_by_whom_verdict_kind_and_subject(visit: Open, record: Store) -> None:
    every = {row.id: row for row in record.claims()}
    assert listed(visit(record, "claims"), "claim") == set(every)
    assert listed(visit(record, "claims", who=["Wang Di", "Xi Jinping"]), "claim") == {
        claim for claim, row in every.items() if row.claimant in ("Wang Di", "Xi Jinping")
    }
    ranked = {claim for claim, row in every.items() if row.kind == "rank"}
    assert listed(visit(record, "claims", kind="rank"), "claim") == ranked
    assert listed(visit(record, "claims", kind="rank", subject="china"), "claim") < ranked
    assert WANG in listed(visit(record, "claims", word="supported", who="Wang Di"), "claim")
    assert WANG not in listed(visit(record, "claims", word="contradicted"), "claim")


def test_a_choice_that_is_none_is_said_and_left_out(visit: Open, record: Store) -> None:
    app = visit(record, "claims", who="<script>", kind="poetry", word="true", subject="atlantis")
    assert len(listed(app, "claim")) == len(record.claims())
    assert all(word in text(app) for word in ("<script>", "poetry", "true", "atlantis"))


def test_a_choice_of_claims_is_kept_in_the_address(visit: Open, record: Store) -> None:
    app = visit(record, "claims")
    app.multiselect(key="who").select("Wang Di").run()
    app.multiselect(key="kind").select("change").run()
    assert (app.query_params["who"], app.query_params["kind"]) == ("Wang Di", "change")
    assert listed(app, "claim") == {WANG}


def test_a_claim_and_a_poll_lead_to_their_plain_pages(visit: Open, record: Store) -> None:
    assert f"/claims/{WANG})" in text(visit(record, "claims", claim=WANG))
    assert f"/polls/{PEW})" in text(visit(record, "polls", poll=PEW))
    lists = text(visit(record, "claims")) + text(visit(record, "polls"))
    assert all(f"{address})" in lists for address in ("/claims/", "/polls/", "/feed.atom"))


def test_words_are_shown_in_the_language_they_were_said_in(visit: Open, record_copy: Store) -> None:
    with record_copy.writing("test") as session:
        claim, question = session.get(Claim, WANG), session.get(Question, "pew-2025-ca-china")
        claim.quote, claim.language = "<b>l'opinion</b>", "fr"
        question.wording, question.language = "Quelle est votre opinion ?", "fr"
    assert '<blockquote lang="fr"' in text(visit(record_copy, "claims", claim=WANG))
    assert "&lt;b&gt;l" in text(visit(record_copy, "claims", claim=WANG))
    assert '<blockquote lang="fr"' in text(visit(record_copy, "polls", poll=PEW))


def test_a_poll_says_what_it_discloses_how_it_was_changed_and_how_to_cite_it(visit: Open, record_copy: Store) -> None:
    with record_copy.writing("E. Ditor", "misread, says editor@example.org", "correction") as session:
        session.get(Answer, ("pew-2025-ca-china", "favourable")).value = Decimal(35)
    app = visit(record_copy, "polls", poll=PEW)
    fields, *_questions, disclosed, history = (table.value for table in app.table)
    assert "none is shown" in fields.to_string()
    assert disclosed["Items on record"].tolist() == ["5 of 20", "3 of 12", "3 of 11", "3 of 10"]
    assert history["What"].iloc[0].replace("\\", "") == "China, favourability (country), Favourable: 34 → 35"
    assert history["Who"].iloc[0] == "E. Ditor" and not history.map(lambda cell: "@" in cell).any(axis=None)
    assert f"/polls/{PEW}?as_of={record_copy.newest()}" in text(app)
    assert "web.archive.org" in text(app)


def test_a_poll_that_is_not_public_has_no_page(visit: Open, record_copy: Store) -> None:
    with record_copy.writing("test") as session:
        session.get(Poll, PEW).status = "draft"
    app = visit(record_copy, "polls", poll=PEW)
    assert app.title[0].value == "Polls on record" and f"poll: {PEW}" in text(app)
