"""The Review page as an editor meets it: what would change, approve, return with a comment."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.submissions import NEW, PEW, corrected, person, poll, sheet, submitted
from tests.visiting import alone, text
from tracker import accounts, intake
from tracker.models import Poll
from tracker.store import Store

Visit = Callable[..., AppTest]


@pytest.fixture
def visit(record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open the page as somebody, at a submission or at the list; or that of a poll."""

    def visit(who: Any, draft: int | None = None, poll: str | None = None) -> AppTest:
        monkeypatch.setattr("tracker.ui.parts.contributor", lambda: who)
        wanted = {name: value for name, value in {"draft": draft, "poll": poll}.items() if value}
        app = alone(monkeypatch, record_copy, "polls" if poll else "review", **wanted)
        assert not app.exception
        return app

    return visit


def press(app: AppTest, label: str) -> AppTest:
    (button,) = (button for button in app.button if button.label == label)
    button.click().run()
    assert not app.exception
    return app


def test_an_editor_sees_what_would_change_and_approves_it(visit: Visit, record_copy: Store) -> None:
    number = submitted(record_copy, person(record_copy, "two"), corrected(record_copy, "35"), PEW, why="misread")
    ed = person(record_copy, "ed")
    queue = visit(ed)
    assert f"correction of {PEW}, entered by Two" in text(queue).replace("\\", "")
    app = visit(ed, number)
    changed = next(table.value for table in app.table if "Submitted" in table.value)
    assert changed[["Field", "On record", "Submitted"]].to_numpy().tolist() == [["Value", "34", "35"]]
    assert "The rules find nothing wrong with it." in text(app)
    assert "Stored." in text(press(app, "Approve"))
    assert accounts.queue(record_copy) == []
    assert "Nothing waits for an editor." in text(visit(ed))


def test_a_submission_is_returned_with_a_comment_and_not_without(visit: Visit, record_copy: Store) -> None:
    nan = person(record_copy, "nan", "pollster", "nanos-research")
    number = submitted(record_copy, nan, poll())
    app = visit(person(record_copy, "ed"), number)
    assert "Say in the comment what is to be done." in text(press(app, "Return"))
    assert accounts.draft(record_copy, number).status == "submitted"  # type: ignore[union-attr]
    app.text_area[0].set_value("Which mode?")
    assert "Sent back to Nan." in text(press(app, "Return"))
    (draft,) = accounts.drafts(record_copy, nan)
    assert (draft.status, draft.comment) == ("returned", "Which mode?")


def test_in_place_of_the_button_stands_why_nobody_approves_their_own(
    visit: Visit, record_copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ed = person(record_copy, "ed")
    number = submitted(record_copy, ed, poll())
    app = visit(ed, number)
    assert "another editor has to approve it" in text(app)
    assert "Approve" not in [button.label for button in app.button]
    monkeypatch.setenv("TRACKER_OWN_APPROVAL", "yes")
    assert "Stored." in text(press(visit(ed, number), "Approve"))
    assert record_copy.find(Poll, id=NEW)


def test_what_was_overtaken_can_only_be_returned(visit: Visit, record_copy: Store) -> None:
    one, ed = person(record_copy, "one"), person(record_copy, "ed")
    first, second = (
        submitted(record_copy, one, corrected(record_copy, value), PEW, why="misread") for value in ("35", "36")
    )
    press(visit(ed, first), "Approve")
    app = visit(ed, second)
    assert "It cannot be stored as it stands: return it." in text(app)
    assert "Approve" not in [button.label for button in app.button]


def test_a_draft_is_its_author_s_and_review_is_for_editors(visit: Visit, record_copy: Store) -> None:
    nan = person(record_copy, "nan", "pollster", "nanos-research")
    number = accounts.keep_draft(record_copy, nan, poll())
    app = visit(person(record_copy, "ed"), number)
    assert "Nothing waits for an editor." in text(app) and "Nanos" not in text(app)
    accounts.submit(record_copy, nan, number)
    refused = visit(nan, number)
    assert "Only an editor or an administrator may approve." in text(refused)
    assert "Nanos" not in text(refused) and not refused.table
    assert "signs in" in text(visit(None, number))


def test_a_poll_is_withdrawn_with_a_reason_by_a_second_person(visit: Visit, record_copy: Store) -> None:
    one, two = (person(record_copy, name) for name in ("one", "two"))
    app = visit(one, poll=PEW)
    assert "needs a reason" in text(press(app, "Withdraw this poll"))
    app.text_input(key="withdraw_why").set_value("the pollster retracted it")
    assert "Submitted. It stands as it is" in text(press(app, "Withdraw this poll"))
    (draft,) = accounts.queue(record_copy)
    press(visit(two, draft.id), "Approve")
    page = visit(None, poll=PEW)
    assert "This poll was withdrawn." in text(page)
    (history,) = (table.value for table in page.table if "Revision" in table.value)
    assert history[["Who", "Approved by", "What", "Why"]].iloc[0].str.replace("\\", "").tolist() == [
        *("One", "Two", "Status: published → withdrawn", "the pollster retracted it")
    ]
    assert "Entered and approved by the same person." not in text(page)


def test_a_correction_is_begun_by_those_who_may_and_once(visit: Visit, record_copy: Store) -> None:
    labels = {"Correct this poll", "Withdraw this poll"}
    for who in (None, person(record_copy, "nan", "pollster", "nanos-research")):
        assert not labels & {button.label for button in visit(who, poll=PEW).button}
    pew = person(record_copy, "pew", "pollster", "pew-research-center")
    for _again in range(2):
        (button,) = (button for button in visit(pew, poll=PEW).button if button.label == "Correct this poll")
        button.click().run()
    (draft,) = accounts.drafts(record_copy, pew)
    assert (draft.row, draft.status, draft.fields["id"]) == (PEW, "draft", PEW)


def test_a_poll_that_one_person_entered_and_approved_says_so(visit: Visit, record_copy: Store) -> None:
    ed = person(record_copy, "ed")
    intake.approve(record_copy, ed, submitted(record_copy, ed, poll()), own=True)
    assert "Entered and approved by the same person." in text(visit(None, poll=NEW))


def test_an_editor_takes_a_whole_sheet_back(visit: Visit, record_copy: Store) -> None:
    one, ed = person(record_copy, "one"), person(record_copy, "ed")
    before = len(record_copy.every(Poll))
    app = visit(ed, submitted(record_copy, one, sheet(record_copy, 3), kind="sheet"))
    assert "polls: 3 new; questions: 3 new; answers: 6 new" in text(app).replace("\\", "")
    press(app, "Approve")
    assert len(record_copy.every(Poll)) == before + 3
    app = press(visit(ed), "Take the whole batch back")
    assert "12 rows are as they were" in text(app)
    assert "Take the whole batch back" not in [button.label for button in app.button]
    (draft,) = accounts.drafts(record_copy, one)
    assert (draft.status, draft.comment) == ("returned", "Ed took the whole batch back.")
    assert len(record_copy.every(Poll)) == before
