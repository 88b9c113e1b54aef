"""The empty sheet that somebody fills in: the columns of the wide form, with the responses of one scale
and what a source may disclose beyond its poll's own columns."""

from tracker import disclosure, export
from tracker.intake.form import Known
from tracker.models import Response

#: the columns in the order in which one knows them
COLUMNS = (
    *("pollster", "sponsor", "population", "field_start", "field_end", "date_precision", "sample_size", "mode"),
    *("sample_type", "margin_of_error", "subject", "construct", "object", "scale", "wording", "language", "base"),
    *("published", "source_url", "source_title", "note"),
)
#: what a source discloses beyond them comes after the answers
DISCLOSED = tuple(disclosure.FIELDS)


def template(known: Known, scale: str) -> bytes:
    """A CSV with the header alone, in UTF-8 with the mark by which spreadsheets know it."""
    responses = [row["response"] for row in known.rows[Response] if row["scale"] == scale]
    return b"\xef\xbb\xbf" + b"".join(export.record_csv([*COLUMNS, *responses, *DISCLOSED], []))
