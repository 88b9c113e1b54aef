"""The five steps of the form, which field belongs to which, and what is missing in each."""

from collections.abc import Iterable

import streamlit as st

from tracker import disclosure, language
from tracker.disclosure import NOT_DISCLOSED
from tracker.intake import Problem
from tracker.language import gettext as _
from tracker.language import marked, ngettext
from tracker.routes.words import polls
from tracker.ui import parts, show
from tracker.ui.drafts import CHANGED, Entry

STEPS = marked(
    {
        "who": "Who",
        "instrument": "Instrument",
        "sample": "Sample",
        "answers": "Answers",
        "source": "Source and check",
    }
)
#: what a source may disclose, by the step in which it is asked and the fold that it stands in; blank for none
GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "who": {"": ("funder",)},
    "instrument": {
        marked("More about the questions"): (
            *("languages", "wording_other", "pole_labels", "randomised", "split_form", "wave", "preamble"),
        ),
    },
    "sample": {
        marked("How people were chosen"): (
            *("frame", "supplier", "selection_method", "quotas", "oversamples", "incentives"),
        ),
        marked("How many were asked and refused"): ("n_contacted", "n_participated", "n_refused", "n_ineligible"),
        marked("Weighting"): ("weighted", "weighting_variables", "weighting_targets", "base_weighted"),
        marked("Precision"): ("margin_level", "design_effect_included", "precision_model"),
    },
    "answers": {marked("Those who do not know"): ("dont_know_treatment", "dont_know_share")},
    "source": {
        marked("The report"): ("report_url", "archive_url", "sha256", "licence"),
        marked("Checks and limits"): ("qa_steps", "limitations"),
        marked("Elections and the law"): ("election", "not_statistical"),
    },
}
#: the step of each column, by the last part of its place
COLUMNS = {
    **dict.fromkeys(("pollster", "population", "population_label", "sponsor"), "who"),
    **dict.fromkeys(("subject", "construct", "object", "scale", "low", "high", "wording", "language"), "instrument"),
    **dict.fromkeys(("field_start", "field_end", "date_precision", "sample_size"), "sample"),
    **dict.fromkeys(("mode", "sample_type", "margin_of_error"), "sample"),
    **dict.fromkeys(("answers", "base"), "answers"),
}
#: the field in which an item of the standards is filled in, where it is no disclosure
FIELDS_OF = {
    "pollster": "pollster",
    "sponsor": "sponsor",
    "wording": "questions.1.wording",
    "responses": "questions.1.scale",
    "population": "population",
    "sample_type": "sample_type",
    "mode": "mode",
    "field_dates": "field_start",
    "base": "sample_size",
    "margin_of_error": "margin_of_error",
    "report": "questions.*.source_url",
    "published": "questions.*.published",
    "membership": "disclosures.membership",
}
#: what whoever enters a poll fills in or says that the source does not disclose, beyond what the record requires
ASKED = {
    "mode": "mode",
    "base": "sample_size",
    "report": "questions.*.source_url",
    "published": "questions.*.published",
}


def step_of(place: str) -> str:
    """The step in which a field is."""
    parts_of = place.split(".")
    if parts_of[0] == "disclosures":
        return next((step for step, groups in GROUPS.items() if parts_of[1] in sum(groups.values(), ())), _item(place))
    if parts_of[0] == "wave" or "answers" in parts_of:
        return "answers"
    if place == "questions":
        return "instrument"
    return COLUMNS.get(parts_of[-1], "source")


def _item(place: str) -> str:
    """The step of an item that the source does not disclose and that has its own column."""
    item = place.partition(".")[2]
    return "who" if item == "membership" else step_of(FIELDS_OF.get(item, "source"))


def field_of(item: str) -> str:
    """The field in which an item of the standards is filled in first."""
    named = (f"disclosures.{name}" for name, field in disclosure.FIELDS.items() if field.item == item)
    return FIELDS_OF.get(item) or next(named, f"disclosures.{item}")


def problems(entry: Entry) -> list[Problem]:
    """What keeps a draft from being submitted, and what is odd in it: the rules' problems and what is not answered."""
    return [*entry.problems, *_unanswered(entry)]


def _unanswered(entry: Entry) -> Iterable[Problem]:
    """A poll that is new says each of a few things, or that its source does not."""
    for item, place in ASKED.items() if entry.row is None else ():
        if entry.said.get(item) != NOT_DISCLOSED:
            remedy = _("fill it in, or say that the source does not disclose it")
            yield from (Problem("form", None, each, _("is blank"), remedy) for each in _blank(entry, place))


def _blank(entry: Entry, place: str) -> list[str]:
    """A field if it is blank; the interviews of a wave are in its rows."""
    rows = entry.fields.get("wave")
    if rows and place == "sample_size":
        return [f"wave.{number}.{place}" for number, row in enumerate(rows, 1) if not row.get(place)]
    return [] if entry.get(place) is not None else [place]


def blank(problem: Problem) -> bool:
    """Whether a problem is that something is missing, not that something is wrong."""
    return problem.wrong in (_("is blank"), _("no answer is filled in"), _("the poll has no question"))


def by_step(found: Iterable[Problem]) -> dict[str, list[Problem]]:
    """The errors of each step."""
    errors = [problem for problem in found if problem.severity == "error"]
    return {step: [problem for problem in errors if step_of(problem.column) == step] for step in STEPS}


def state(errors: list[Problem]) -> str:
    """Where a step stands: done, 2 missing, 1 to put right."""
    wrong = sum(not blank(problem) for problem in errors)
    if wrong:
        return ngettext("{count} to put right", "{count} to put right", wrong).format(count=language.number(wrong))
    if errors:
        return ngettext("{count} missing", "{count} missing", len(errors)).format(count=language.number(len(errors)))
    return _("done")


#: the step that this tab shows, the field in it that was asked for, and the step that it showed before
SHOWN, FIELD, LEFT = "step_shown", "step_field", "step_left"
#: set until the address says to which step somebody turned
TURNED = "step_turned"


def go(step: str, field: str | None = None) -> None:
    """Turn to a step, and to a field in it; the address follows when the page is drawn."""
    told = {LEFT: st.query_params.get("step"), SHOWN: step, FIELD: field, TURNED: True}
    st.session_state.update(told)


def _write(step: str, field: str | None) -> None:
    st.query_params["step"] = step
    parts.write("field", field)


def chosen(unknown: list[str]) -> str:
    """The step that the address asks for, the first where it asks for none."""
    changed, query, state = st.session_state.pop(CHANGED, False), st.query_params, st.session_state
    # the tap that turns to another step may also leave a field, which tells of its change with the address of before
    if state.get(TURNED) or (changed and SHOWN in state and query.get("step") == state.get(LEFT, "")):
        _write(state[SHOWN], state.get(FIELD))
        state.pop(TURNED, None)
    wanted = parts.wanted("step")
    if wanted is not None and wanted not in STEPS:
        unknown.append(_("step: {step}").format(step=wanted))
    state[SHOWN] = wanted if wanted in STEPS else next(iter(STEPS))
    return str(state[SHOWN])


def leads(place: str, label: str, key: str) -> None:
    """The way to a field, wherever it is."""
    st.button(show.plain(label), key, type="tertiary", on_click=go, args=(step_of(place), place))


def field_name(place: str) -> str:
    """A field as the form calls it: "question 1, Base"; of a wave with its population."""
    table, _dot, rest = place.partition(".")
    number, _dot, column = rest.partition(".")
    if table == "disclosures":
        return polls.disclosure_name(rest)
    if table == "wave":
        return _("row {number}, {field}").format(number=number, field=field_name(column))
    if table == "questions" and number == "*":
        return field_name(column)
    if table == "questions" and column:
        return _("question {number}, {field}").format(number=number, field=field_name(column))
    if table == "answers" and rest:
        return _("the answer {response}").format(response=rest)
    return _(NAMES[table]) if table in NAMES else table


def told(problem: Problem, place: str) -> str:
    """A problem with the name of its field and, unless that is only blank, what to do."""
    wrong = problem.wrong if blank(problem) else language.pair(problem.wrong, problem.remedy)
    return language.pair(field_name(place), wrong)


NAMES = marked(
    {
        "pollster": "Pollster",
        "population": "Population",
        "population_label": "Population, as the source puts it",
        "sponsor": "Sponsor",
        "field_start": "First day of fieldwork",
        "field_end": "Last day of fieldwork",
        "date_precision": "Dates known to the",
        "sample_size": "Interviews",
        "mode": "How people were interviewed",
        "sample_type": "Kind of sample",
        "margin_of_error": "Margin of error",
        "subject": "Subject",
        "construct": "Attitude",
        "object": "What of it is rated",
        "scale": "Scale",
        "low": "Lower end of the scale",
        "high": "Higher end of the scale",
        "wording": "Question, word for word",
        "language": "Language of the question",
        "base": "Base, if not all interviews",
        "answers": "Answers",
        "published": "First published",
        "provenance": "Seen",
        "source_url": "Address of the source",
        "source_title": "Title of the source",
        "verified_by": "Confirmed by",
        "note": "Note",
        "questions": "Questions",
    }
)
