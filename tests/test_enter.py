"""The Enter page as a pollster's assistant uses it: five steps, one draft, and nothing stored that nobody approved."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tracker import accounts, intake
from tracker.models import Disclosure, Draft, Poll, Question
from tracker.settings import ROOT
from tracker.store import Store

NANOS = "nanos-research-2026-09-01-ca-adults"
FIELDS: dict[str, dict[str, Any]] = {
    "who": {"pollster": "nanos-research", "population": "ca-adults"},
    "instrument": {
        "questions_1_subject": "china",
        "questions_1_construct": "favourability",
        "questions_1_scale": "favourable-unfavourable-4",
    },
    "sample": {
        "field_start": dt.date(2026, 9, 1),
        "field_end": dt.date(2026, 9, 4),
        "sample_size": "1000",
        "mode": "online panel",
        "sample_type": "non-probability",
    },
    "answers": {"questions_1_answers_favourable": "41", "questions_1_answers_unfavourable": "59"},
    "source": {
        "questions_each_source_url": "https://polls.example/september",
        "questions_each_published": dt.date(2026, 9, 10),
    },
}


class Assistant:
    """Somebody at the Enter page, in one tab; counts what they do."""

    def __init__(self, app: AppTest) -> None:
        self.app, self.actions = app, 0

    def steps(self) -> list[str]:
        """The list of steps, each with where it stands."""
        return [each.label.replace(":small[", "").rstrip("]") for each in self.app.button if " · " in each.label]

    def go(self, step: str, **query: str) -> "Assistant":
        """Turn to a step by its address."""
        self.app.query_params.pop("field", None)
        for name, value in {**query, "step": step}.items():
            self.app.query_params[name] = value
        return self._did(self.app)

    def put(self, field: str, value: Any) -> "Assistant":
        """Fill in one field."""
        widget = next(each for each in self._widgets() if each.key == f"enter_{field}")
        return self._did(widget.set_value(value))

    def click(self, label: str) -> "Assistant":
        """Press a button."""
        return self._did(next(each for each in self.app.button if label in each.label).click())

    def paste(self, rows: list[dict[str, str]]) -> "Assistant":
        """Paste cells into the table of a wave."""
        key = f"wave_table_{self.app.query_params['draft']}"
        self.app.session_state[key] = {"edited_rows": dict(enumerate(rows)), "added_rows": [], "deleted_rows": []}
        return self._did(self.app)

    def _did(self, what: Any) -> "Assistant":
        self.actions += 1
        what.run()
        assert not self.app.exception, self.app.exception
        return self

    def _widgets(self) -> list[Any]:
        kinds = ("text_input", "text_area", "selectbox", "date_input", "checkbox", "multiselect")
        return [each for kind in kinds for each in self.app.get(kind)]

    def held(self, field: str) -> Any:
        """What a field shows; None where the page does not have it."""
        return next((each.value for each in self._widgets() if each.key == f"enter_{field}"), None)

    def fill_in(self, **changes: Any) -> "Assistant":
        """Go through the five steps."""
        for step, fields in FIELDS.items():
            self.go(step)
            for field, value in fields.items():
                self.put(field, changes.get(field, value))
        return self

    def said(self) -> str:
        """Everything that the page says."""
        kinds = ("title", "subheader", "markdown", "caption", "error", "info")
        return "\n".join(str(each.value) for kind in kinds for each in self.app.get(kind)).translate(
            {160: " ", 92: None}
        )

    def links(self) -> list[str]:
        """The links and buttons of the page, by their labels."""
        links = [each.value for each in self.app.page_link] + [each.label for each in self.app.button]
        return [label.replace("\\", "") for label in links]

    def can(self, label: str) -> bool:
        """Whether there is a button of this label that can be pressed."""
        return any(label in each.label and not each.disabled for each in self.app.button)


Tab = Callable[..., Assistant]


@pytest.fixture
def tab(record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """Open a page in a new tab, signed in as the operator or as somebody else."""
    operator = accounts.operator(record_copy)
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)

    def tab(page: str = "enter", who: Any = operator, **query: str) -> Assistant:
        monkeypatch.setattr("tracker.ui.parts.contributor", lambda: who)
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        app.switch_page(f"pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        return Assistant(app.run())

    return tab


def drafts(store: Store) -> list[Any]:
    return store.every(Draft)


def test_five_steps_make_a_poll_that_an_editor_decides_on(tab: Tab, record_copy: Store) -> None:
    before = record_copy.newest()
    assistant = tab().fill_in()
    assert [step.split(" · ")[1] for step in assistant.steps()] == ["done"] * 5
    assistant.click("Submit for review")
    assert "Submitted. An editor looks at it" in assistant.said()
    (draft,) = drafts(record_copy)
    assert (draft.status, draft.row, record_copy.newest()) == ("submitted", None, before)
    entities, problems = intake.read_form(draft.fields, intake.known(record_copy))
    assert problems == [] and isinstance(entities[0], Poll) and entities[0].id == NANOS


def test_an_installation_may_let_people_approve_their_own(
    tab: Tab, record_copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not tab().fill_in().can("Store now")
    monkeypatch.setenv("TRACKER_OWN_APPROVAL", "yes")
    assistant = tab(draft="1").go("source").click("Store now, approved by yourself")
    assert "Stored. It counts in every trend" in assistant.said()
    assert record_copy.history(NANOS)[0].approved_by == "operator"
    assert "41 % of Canadian adults" in tab("trends").said()


def test_each_step_says_what_is_missing_and_leads_to_it(tab: Tab) -> None:
    assistant = tab()
    missing = ["2 missing", "3 missing", "5 missing", "1 missing", "2 missing"]
    assert [step.split(" · ")[1] for step in assistant.steps()] == missing
    assistant.put("pollster", "nanos-research").put("population", "ca-adults")
    assert "1 Who · done" in assistant.steps()
    assistant.click("Next: Instrument").click("5 Source and check")
    assert assistant.app.query_params["step"] == "source"
    assert "Kind of sample: is blank" in assistant.links()
    assistant.click("Earlier questions or text")
    assert (assistant.app.query_params["step"], assistant.app.query_params["field"]) == (
        "instrument",
        "disclosures.preamble",
    )
    assert assistant.held("disclosures_preamble") == ""
    assistant.go("source")
    assert not assistant.can("Submit")


def test_a_step_that_does_not_exist_is_told(tab: Tab) -> None:
    assert "step: seven" in tab(step="seven").said()


def test_mistakes_are_told_beside_the_field_and_keep_the_poll_from_being_submitted(tab: Tab) -> None:
    assistant = tab().fill_in(questions_1_answers_favourable="140", sample_size="1,000")
    assert not assistant.can("Submit")
    assert "4 Answers · 1 to put right" in assistant.steps()
    assert "140 is outside 0 to 100: check the value" in assistant.go("answers").said()
    assert "write digits only, for example 1000" in assistant.go("sample").said()


def test_warnings_are_confirmed_or_the_poll_is_not_submitted(tab: Tab) -> None:
    assistant = tab().fill_in(
        field_start=dt.date(2025, 1, 9), field_end=dt.date(2025, 4, 26), pollster="pew-research-center"
    )
    assert any("may be the same poll as" in link for link in assistant.links())
    assert not assistant.can("Submit")
    (box,) = [each for each in assistant.app.checkbox if "read the warnings" in each.label]
    box.check().run()
    assert assistant.can("Submit")


def test_a_closed_tab_loses_nothing(tab: Tab, record_copy: Store) -> None:
    first = tab().put("pollster", "nanos-research").go("sample").put("mode", "telephone").put("sample_size", "1000")
    assert "Draft saved" in first.said()
    (draft,) = drafts(record_copy)
    assert draft.fields == {"pollster": "nanos-research", "mode": "telephone", "sample_size": "1000", "questions": [{}]}
    again = tab(draft=str(draft.id), step="sample")
    assert (again.held("mode"), again.held("sample_size")) == ("telephone", "1000")
    again.put("mode", "")
    assert "mode" not in drafts(record_copy)[0].fields and len(drafts(record_copy)) == 1
    # what one tab changed, another that was open all the while does not undo
    first.put("sample_size", "1100")
    assert "mode" not in drafts(record_copy)[0].fields and first.held("mode") == ""


def test_another_draft_is_another_form(tab: Tab, record_copy: Store) -> None:
    assistant = tab().put("pollster", "nanos-research")
    assistant.go("who", draft="new")
    assert assistant.held("pollster") is None and len(drafts(record_copy)) == 1
    assistant.put("pollster", "ipsos")
    assert [draft.fields["pollster"] for draft in drafts(record_copy)] == ["nanos-research", "ipsos"]
    assistant.go("who", draft="1")
    assert assistant.held("pollster") == "nanos-research"


def test_a_draft_is_nobody_elses_to_read(tab: Tab, record_copy: Store) -> None:
    tab().put("pollster", "nanos-research")
    accounts.add(record_copy, "p@example.org", "P", "pollster", "ipsos")
    other = tab(who=accounts.named(record_copy, "p@example.org"), draft="1")
    assert "draft: 1" in other.said()
    # whose polls they are is given, and no choice
    assert other.held("pollster") == "ipsos" and other.app.selectbox(key="enter_pollster").disabled
    assert "draft: 99999999999" in tab(draft="99999999999").said()


def test_the_same_as_last_time_is_one_click(tab: Tab, record_copy: Store) -> None:
    last = "nanos-research-2026-09-01-ca-adults"
    poll = {"pollster": "nanos-research", "population": "ca-adults", "sample_type": "probability", "mode": "telephone"}
    question = {"subject": "china", "construct": "favourability", "scale": "favourable-unfavourable-4"}
    dates = {"field_start": "2026-09-01", "field_end": "2026-09-04", "sponsor": "CTV", "sample_size": 1000}
    said = {"frame": "landlines and mobiles", "n_refused": "12", "weighted": "yes"}
    questions = [
        {**question, "answers": {"favourable": 41}},
        {**question, "subject": "japan", "answers": {"favourable": 60}},
    ]
    form = {**poll, **dates, "disclosures": said, "questions": questions}
    with record_copy.writing("Test") as session:
        session.add_all(intake.read_form(form, intake.known(record_copy))[0])
    assert record_copy.entity(Poll, last) is not None
    assistant = tab().put("pollster", "nanos-research").click("Same as last time: Nanos Research, Canadian adults")
    (draft,) = drafts(record_copy)
    assert draft.fields == {
        **poll,
        "sponsor": "CTV",
        "population_label": "Canadian adults",
        "disclosures": {"frame": "landlines and mobiles", "weighted": "yes"},
        "questions": [{**question, "object": "country"}, {**question, "subject": "japan", "object": "country"}],
    }
    assert assistant.held("population") == "ca-adults" and assistant.held("sponsor") == "CTV"


def test_a_known_instrument_is_found_by_its_words(tab: Tab, record_copy: Store) -> None:
    held = record_copy.find(Poll, pollster="angus-reid-institute")
    asked = [each for poll in held for each in record_copy.find(Question, poll=poll.id) if each.wording]
    assistant = tab().put("pollster", "angus-reid-institute").go("instrument")
    picker = assistant.app.selectbox(key="enter_instrument_1")
    place = next(number for number, label in enumerate(picker.options) if asked[0].wording in label)
    assistant.put("instrument_1", place)
    (draft,) = drafts(record_copy)
    assert draft.fields["questions"][0]["wording"] == asked[0].wording
    assert draft.fields["questions"][0]["scale"] == asked[0].scale
    # the picker says which it is, and its words are folded away
    assert assistant.app.selectbox(key="enter_instrument_1").value == place
    assert not assistant.held("questions_1_wording")


def test_several_questions_and_subjects_are_one_poll(tab: Tab, record_copy: Store) -> None:
    assistant = tab().fill_in().go("instrument").click("The same about another subject")
    assistant.put("questions_2_subject", "united-states").go("answers").put("questions_2_answers_favourable", "62")
    assistant.go("instrument").click("Add a question").click("Take this question out")
    questions = drafts(record_copy)[0].fields["questions"]
    assert [each.get("subject") for each in questions] == ["united-states", None]
    assert {each["source_url"] for each in questions} == {"https://polls.example/september"}


def test_the_total_follows_what_is_typed_and_those_who_do_not_know_are_always_there(
    tab: Tab, record_copy: Store
) -> None:
    assistant = tab().go("instrument").put("questions_1_scale", "friend-enemy").go("answers")
    assistant.put("questions_1_answers_friend", "41").put("questions_1_answers_enemy", "38")
    assert "79 %: rounding allows 98 to 102" in assistant.said()
    assistant.put("questions_1_answers_dont-know", "22")
    assert "101 %: rounding allows 98 to 102" in assistant.said()
    # a part is not added to its whole
    assistant.go("instrument").put("questions_1_scale", "favourable-unfavourable-4").go("answers")
    assistant.put("questions_1_answers_very-favourable", "11").put("questions_1_answers_favourable", "30")
    assert "52 %" in assistant.said()


def test_a_mean_has_its_own_field_with_the_ends_of_its_scale(tab: Tab) -> None:
    assistant = tab().go("instrument").put("questions_1_scale", "numeric")
    assistant.put("questions_1_low", "0").put("questions_1_high", "10").go("answers")
    assert assistant.app.text_input(key="enter_questions_1_answers_mean").label == "Mean rating, from 0 to 10"
    assistant.put("questions_1_answers_mean", "31")
    assert "31 is outside 0 to 10" in assistant.said() and "rounding" not in assistant.said()


def test_only_a_probability_sample_is_asked_for_its_margin(tab: Tab) -> None:
    assistant = tab().go("sample").put("sample_size", "1622")
    assert assistant.held("margin_of_error") is None
    assistant.put("sample_type", "probability").put("margin_of_error", "2.0")
    told = "For n = 1,622 simple random sampling gives ±2.43; you entered ±2.0, which is below it: check"
    assert told in assistant.said()
    assistant.put("sample_size", "1000").put("margin_of_error", "3.7")
    assert "±3.7 for n = 1,000 implies a design effect of 1.43" in assistant.said()
    assistant.put("margin_of_error", "").put("sample_type", "non-probability")
    assert assistant.held("margin_of_error") is None and "how far chance alone carries" in assistant.said()
    assistant.put("printed", True)
    quoted = assistant.app.text_input(key="enter_margin_of_error").label
    assert "kept as a quotation" in quoted


def test_what_the_source_does_not_disclose_is_an_answer_and_counts(tab: Tab, record_copy: Store) -> None:
    def bars(assistant: Assistant) -> list[str]:
        return [each.proto.text for each in assistant.app.get("progress")]

    assistant = tab().go("source")
    assert bars(assistant)[0].replace("\\", "") == "AAPOR, with the results: 0 of 20"
    assert "(its list here is incomplete)" in bars(assistant)[1].replace("\\", "")
    assistant.go("who").put("undisclosed_sponsor", True).put("disclosures_funder", "nobody else")
    assistant.go("sample", field="disclosures.quotas").put("disclosures_frame", "a panel")
    assistant.click("The source discloses none of the others")
    assistant.put("sample_type", "not disclosed").go("source")
    said = drafts(record_copy)[0].fields["disclosures"]
    assert said["frame"] == "a panel" and said["sponsor"] == said["quotas"] == said["sample_type"] == "not disclosed"
    assert bars(assistant)[0].replace("\\", "") == "AAPOR, with the results: 7 of 20"
    assistant.go("who").put("sponsor", "CTV")
    assert "sponsor" not in drafts(record_copy)[0].fields["disclosures"]


TWELVE = ("ca", "us", "jp", "ke", "ng", "mx", "fr", "de", "it", "es", "se", "au")


def test_a_wave_of_twelve_countries_is_few_actions(tab: Tab, record_copy: Store) -> None:
    accounts.add(record_copy, "p@example.org", "P", "pollster", "pew-research-center")
    assistant = tab(who=accounts.named(record_copy, "p@example.org"))
    assistant.click("Same as last time").click("It was asked in several populations")
    for count in range(len(TWELVE)):
        assistant.put("wave", [f"{country}-adults" for country in TWELVE[: count + 1]])
    assistant.go("sample").put("field_start", dt.date(2026, 9, 1)).put("field_end", dt.date(2026, 10, 1))
    assistant.put("mode", "telephone").put("sample_type", "probability").go("answers")
    cells = {"sample_size": "1000", "1.favourable": "41", "1.unfavourable": "50", "1.dont-know": "10"}
    assistant.paste([cells for _country in TWELVE])
    assert assistant.said().count("101 %") == len(TWELVE)
    assistant.go("source").put("questions_each_source_url", "https://polls.example/autumn")
    assistant.put("questions_each_published", dt.date(2026, 10, 20)).click("Submit for review")
    assert "12 polls are handed over." in assistant.said()
    # with one paste into the table; typing its 48 cells takes 47 more
    assert assistant.actions == 25
    held = drafts(record_copy)
    assert {draft.status for draft in held} == {"submitted"} and len(held) == len(TWELVE)
    for draft, country in zip(held, TWELVE, strict=True):
        entities, problems = intake.read_form(draft.fields, intake.known(record_copy))
        assert problems == [] and isinstance(entities[0], Poll)
        assert (entities[0].population, entities[0].sample_size) == (f"{country}-adults", 1000)


def test_the_next_wave_has_the_populations_of_the_last(tab: Tab, record_copy: Store) -> None:
    assistant = tab().put("pollster", "pew-research-center").click("Same wave as last time")
    (draft,) = drafts(record_copy)
    latest = max(each.field_start for each in record_copy.find(Poll, pollster="pew-research-center"))
    asked = {each.population for each in record_copy.find(Poll, pollster="pew-research-center", field_start=latest)}
    assert asked <= {row["population"] for row in draft.fields["wave"]}
    assistant.go("answers").paste([{"sample_size": "1,000"}])
    assert "write digits only, for example 1000" in assistant.said()
    assert tab(draft="1", step="answers").app.data_editor[0].value["sample_size"][0] == "1,000"


def test_a_correction_keeps_its_id_and_needs_a_reason(tab: Tab, record_copy: Store) -> None:
    poll = "pew-research-center-2025-01-08-ca-adults"
    editor = accounts.operator(record_copy)
    number = accounts.keep_draft(record_copy, editor, intake.fields_of(record_copy, poll), row=poll)
    assistant = tab(draft=str(number), step="sample").put("sample_size", "1017").go("source")
    assert poll in assistant.said().replace("\\", "") and not assistant.can("Submit")
    assistant.put("why", "the report gives it").click("Submit for review")
    (draft,) = drafts(record_copy)
    assert (draft.status, draft.row, draft.why) == ("submitted", poll, "the report gives it")
    assert record_copy.find(Disclosure, poll=poll) == []


def test_my_polls_says_where_each_stands_and_leads_on(tab: Tab, record_copy: Store) -> None:
    assert "Nothing is entered yet." in tab("mine").said()
    operator, fields = accounts.operator(record_copy), {"pollster": "ipsos", "questions": [{"subject": "china"}]}
    accounts.add(record_copy, "e@example.org", "E", "editor")
    editor = accounts.named(record_copy, "e@example.org")
    for _count in range(3):
        accounts.keep_draft(record_copy, operator, fields)
    for number in (2, 3):
        accounts.submit(record_copy, operator, number)
    accounts.give_back(record_copy, editor, 3, "Which of them is it?")
    page = tab("mine")
    titles = [each.value for each in page.app.subheader]
    assert titles == ["Being entered", "Sent back by an editor", "Waiting for an editor"]
    assert "Which of them is it?" in page.said() and "AAPOR 1 of 20, CRIC 0 of 12" in page.said()
    assert page.links().count("Ipsos, China") == 3
    page.click("Throw it away")
    assert [draft.id for draft in drafts(record_copy)] == [2, 3]
    assert "The editor says: Which of them is it?" in tab(draft="3").said()


def test_claims_and_events_that_one_entered_stand_beside_ones_polls(tab: Tab, record_copy: Store) -> None:
    operator = accounts.operator(record_copy)
    accounts.keep_draft(record_copy, operator, {"paraphrase": "Views of China rose."}, kind="claim")
    accounts.keep_draft(record_copy, operator, {}, kind="event")
    page = tab("mine")
    assert "My claims and events" in [each.value for each in page.app.header]
    assert {"Views of China rose.", "without a title yet"} <= set(page.links())
    assert [link.proto.query_string for link in page.app.page_link if link.label == "Views of China rose."] == [
        "draft=1"
    ]
