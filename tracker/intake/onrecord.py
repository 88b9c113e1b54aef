"""A poll on record as the fields of the form: to be corrected, or to be asked again."""

from collections.abc import Mapping
from typing import Any

from tracker.models import Answer, Disclosure, Poll, Question, Recorded
from tracker.store import Store, cells

#: what another fieldwork has anew, of a poll and of a question
OF_ITS_OWN = ("id", "field_start", "field_end", "date_precision", "sample_size", "margin_of_error", "status", "note")
ASKED_ONCE = ("id", "base", "published", "provenance", "source_url", "source_title", "verified_by", "note", "answers")
#: what its source says of no other
SAID_ONCE = (
    *("n_contacted", "n_participated", "n_refused", "n_ineligible", "base_weighted", "dont_know_share"),
    *("wave", "report_url", "archive_url", "sha256", "election", "published", "report", "base", "field_dates"),
)


def fields_of(store: Store, poll_id: str) -> dict[str, Any]:
    """A poll on record as the mapping that :func:`tracker.intake.read_form` takes, ids included; blank cells are left
    out. LookupError where there is no such poll."""
    poll = store.entity(Poll, poll_id)
    if poll is None:
        raise LookupError(poll_id)
    said = {row.item: row.value for row in store.find(Disclosure, poll=poll_id)}
    questions = [_question(store, row) for row in store.find(Question, poll=poll_id)]
    return {**_filled(Poll, poll), "disclosures": said, "questions": questions}


def _question(store: Store, row: Any) -> dict[str, Any]:
    found = _filled(Question, row)
    del found["poll"]
    answers = (cells(Answer, answer) for answer in store.find(Answer, question=row.id))
    return {**found, "answers": {answer["response"]: answer["value"] for answer in answers}}


def _filled(table: type[Recorded], row: Any) -> dict[str, Any]:
    return {name: value for name, value in cells(table, row).items() if value is not None}


def again(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a poll without what another fieldwork of the same kind has anew: dates, sizes, answers, sources."""
    kept = {name: value for name, value in fields.items() if name not in OF_ITS_OWN}
    said = {item: value for item, value in fields["disclosures"].items() if item not in SAID_ONCE}
    asked = [{name: value for name, value in each.items() if name not in ASKED_ONCE} for each in fields["questions"]]
    return {**kept, "disclosures": said, "questions": asked}


def last_poll(store: Store, pollster: str, population: str | None = None) -> str | None:
    """The id of the pollster's newest published poll, of this population where one is named; None where it has none."""
    among = {"pollster": pollster, "status": "published"} | ({"population": population} if population else {})
    found = store.find(Poll, **among)
    return max(found, key=lambda poll: (poll.field_end, poll.id)).id if found else None
