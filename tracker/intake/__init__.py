"""Files and forms -> entities and problems. Reads everything, reports everything; pure until handed to the store.

What was read is checked by the same small rules (:mod:`tracker.intake.rules`) whether it comes from the files of the
record, from the form, or from the store itself.
"""

from tracker.intake.added import DONT_KNOW, NUMERIC
from tracker.intake.entering import entry_fields, read_entry
from tracker.intake.form import Known, known, read_form
from tracker.intake.onrecord import again, fields_of, last_poll
from tracker.intake.problems import Problem, Row
from tracker.intake.record import Record, check, read_folder, write_folder
from tracker.intake.review import Decision, Review, approve, difference, lift, reviewed
from tracker.intake.sheet import MEGABYTES, Match, Sheet, packed, read_sheet, targets, template
from tracker.intake.storing import Change, Outcome, RecordHasErrors, store_record
from tracker.intake.wave import problems, split

__all__ = [
    "DONT_KNOW",
    "MEGABYTES",
    "NUMERIC",
    "Change",
    "Decision",
    "Known",
    "Match",
    "Outcome",
    "Problem",
    "Record",
    "RecordHasErrors",
    "Review",
    "Row",
    "Sheet",
    "again",
    "approve",
    "check",
    "difference",
    "entry_fields",
    "fields_of",
    "known",
    "last_poll",
    "lift",
    "packed",
    "problems",
    "read_entry",
    "read_folder",
    "read_form",
    "read_sheet",
    "reviewed",
    "split",
    "store_record",
    "targets",
    "template",
    "write_folder",
]
