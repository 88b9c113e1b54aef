"""The Upload page as a data manager meets it: what is wrong, what would change, confirm, take back."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tracker import accounts, intake
from tracker.models import Answer, Poll
from tracker.settings import ROOT
from tracker.store import Store

HEADER = "Firm,Start,End,Sample,Population,Subject,Scale,Favourable,Unfavourable"
ROW = "Leger,2025-06-02,2025-06-04,1522,Canadian adults,India,favourable-unfavourable-4,34,56"
POLL = "leger-2025-06-02-ca-adults"
Sign = Callable[..., AppTest]


@pytest.fixture
def sign_in(record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> Sign:
    """Open the page as somebody with this role."""

    def sign_in(role: str = "editor", pollster: str | None = None) -> AppTest:
        accounts.add(record_copy, f"{role}@example.org", role, role, pollster)
        cookie = accounts.sign_in(record_copy, accounts.link(record_copy, f"{role}@example.org"))
        monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)
        monkeypatch.setattr("tracker.ui.parts.contributor", lambda: accounts.contributor(record_copy, cookie))
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        return app.switch_page("pages/upload.py").run()

    return sign_in


def upload(app: AppTest, *rows: str, header: str = HEADER) -> AppTest:
    data = "\n".join([header, *rows]).encode()
    app.file_uploader[0].set_value(("polls.csv", data, "text/csv"))
    return app.run()


def text(app: AppTest) -> str:
    kinds = ("subheader", "markdown", "caption", "error", "success")
    return "\n".join(str(each.value) for kind in kinds for each in app.get(kind))


def press(app: AppTest, label: str) -> AppTest:
    (button,) = (button for button in app.button if button.label == label)
    assert not button.disabled
    return button.click().run()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of one person, who approves what they enter."""
    monkeypatch.setenv("TRACKER_OWN_APPROVAL", "yes")


def test_a_sheet_waits_for_an_editor_and_can_be_taken_back_whole(sign_in: Sign, record_copy: Store) -> None:
    app = press(upload(sign_in(), ROW), "Confirm and submit")
    assert "Submitted. Nothing is stored" in text(app) and "waiting for an editor" in text(app)
    (draft,) = accounts.queue(record_copy)
    assert draft.kind == "sheet" and not record_copy.find(Poll, id=POLL)
    accounts.add(record_copy, "chief@example.org", "Chief", "editor")
    intake.approve(record_copy, accounts.named(record_copy, "chief@example.org"), draft.id, "well done")
    assert record_copy.find(Poll, id=POLL)
    app = app.run()
    assert "on record. well done" in text(app)
    assert "4 rows are as they were" in text(press(app, "Take the whole batch back"))
    assert not record_copy.find(Poll, id=POLL)


def test_a_sheet_can_be_thrown_away_before_it_is_stored(sign_in: Sign, record_copy: Store) -> None:
    app = press(upload(sign_in(), ROW), "Confirm and submit")
    press(app, "Throw it away")
    assert accounts.queue(record_copy) == []


def test_a_sheet_of_one_s_own_is_stored_at_once_where_that_is_allowed(
    alone: None, sign_in: Sign, record_copy: Store
) -> None:
    app = upload(sign_in(), ROW)
    assert not app.exception
    assert "1 row is fine, 0 errors, 0 warnings" in text(app)
    assert "Firm → pollster" in text(app)
    assert "4 values added, 0 rows changed" in text(app)
    assert not record_copy.find(Poll, id=POLL)
    app = press(app, "Confirm and store")
    assert "Stored. It counts" in text(app)
    assert record_copy.find(Poll, id=POLL)
    app = press(app, "Take the whole batch back")
    assert "4 rows are as they were" in text(app)
    assert not record_copy.find(Poll, id=POLL)


def test_every_problem_is_shown_with_its_row_and_column_and_nothing_can_be_stored(sign_in: Sign) -> None:
    app = upload(sign_in(), ROW, ROW.replace("2025", "1025"), ROW.replace("34,56", "140,56"))
    assert "errors" in app.subheader[0].value
    table = app.table[0].value
    assert {"Start", "Favourable"} <= set(table["Column"])
    assert (table["What to do"] != "").all()
    assert not [button for button in app.button if "Confirm" in button.label]


def test_a_warning_must_be_confirmed_and_shows_both_polls_side_by_side(
    alone: None, sign_in: Sign, record_copy: Store
) -> None:
    app = upload(sign_in(), ROW, ROW.replace("06-02", "06-03"))
    assert "1 warning" in app.subheader[0].value
    assert [each for each in app.expander if POLL in each.label.replace("\\", "")]
    (button,) = (button for button in app.button if button.label == "Confirm and store")
    assert button.disabled
    app.checkbox[0].check()
    press(app.run(), "Confirm and store")
    assert len(record_copy.find(Poll, pollster="leger", population="ca-adults", sample_size=1522)) == 2


def test_a_change_of_what_is_on_record_is_shown_and_needs_a_reason(
    alone: None, sign_in: Sign, record_copy: Store
) -> None:
    app = press(upload(sign_in(), ROW), "Confirm and store")
    app = press(app, "Upload another sheet")
    app = upload(app, ROW.replace("34,56", "35,56"))
    changed = app.table[0].value
    assert changed[["Now", "Then"]].to_numpy().tolist() == [["34", "35"]]
    (button,) = (button for button in app.button if button.label == "Confirm and store")
    assert button.disabled
    (why,) = (field for field in app.text_input if field.key == "upload_why")
    why.set_value("The pollster corrected it")
    press(app.run(), "Confirm and store")
    (answer,) = record_copy.find(Answer, question=f"{POLL}-india-favourability", response="favourable")
    assert str(answer.value) == "35"


def test_a_pollster_uploads_its_own_polls_and_no_others(sign_in: Sign, record_copy: Store) -> None:
    app = sign_in("pollster", "leger")
    own = upload(app, ROW.removeprefix("Leger,"), header=HEADER.removeprefix("Firm,"))
    assert "1 row is fine" in text(own)
    other = press(upload(app, ROW.replace("Leger", "Ipsos")), "Confirm and submit")
    assert "You may change the polls of leger only" in text(other)
    assert accounts.queue(record_copy) == []


def test_a_column_that_is_not_known_can_be_named(sign_in: Sign) -> None:
    app = upload(sign_in(), ROW, header=HEADER.replace("Unfavourable", "Ablehnung"))
    assert "1 warning" in app.subheader[0].value
    (choice,) = (box for box in app.selectbox if "Ablehnung" in box.label)
    app = choice.set_value("unfavourable").run()
    assert "0 warnings" in app.subheader[0].value


def test_nobody_uploads_without_signing_in(record: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60).switch_page("pages/upload.py")
    assert "signs in" in text(app.run())
    assert not app.file_uploader
