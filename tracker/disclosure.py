"""What a poll must disclose, and when a margin of error may be shown (AAPOR, CRIC, Canada Elections Act s.326, BPC).

Completeness says which of a standard's items are on record here. It is no mark of quality, as the standards say too.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

from tracker.language import gettext as _
from tracker.language import marked

#: how a sample came about; blank where the source does not say, which counts as non-probability for the margin
SAMPLE_TYPES = ("probability", "non-probability", "open-link")
#: standard normal quantile of a 95 percent interval
Z95 = 1.96

#: who asks what of whom; the letters stand in ``ITEMS``
STANDARDS = {
    "A": marked("AAPOR, with the results"),
    "C": marked("CRIC (its list here is incomplete)"),
    "E": marked("Canada Elections Act, section 326"),
    "P": marked("British Polling Council"),
}
#: every item that a standard asks for: what it is, and the letters of those who ask
ITEMS: dict[str, tuple[str, str]] = {
    "pollster": (marked("who did the fieldwork"), "AE"),
    "sponsor": (marked("who commissioned or paid"), "AEP"),
    "funder": (marked("who funded it"), "A"),
    "wording": (marked("the exact wording"), "ACEP"),
    "responses": (marked("the responses offered"), "AC"),
    "preamble": (marked("earlier questions or text that may matter"), "A"),
    "population": (marked("who was meant"), "ACEP"),
    "sample_type": (marked("probability, non-probability or open link"), "AC"),
    "frame": (marked("the list or panel used"), "A"),
    "selection": (marked("how people were chosen and contacted"), "ACE"),
    "quotas": (marked("quotas and oversamples"), "A"),
    "incentives": (marked("payments to respondents"), "A"),
    "mode": (marked("how people were interviewed"), "AP"),
    "languages": (marked("the languages offered"), "A"),
    "field_dates": (marked("the days of the fieldwork"), "ACEP"),
    "contacts": (marked("how many were contacted, refused and were ineligible"), "E"),
    "base": (marked("the interviews behind each figure"), "ACP"),
    "weighted_base": (marked("the weighted base"), "CP"),
    "margin_of_error": (marked("the margin of error"), "ACE"),
    "precision_model": (marked("the model behind a stated precision"), "AC"),
    "weighting": (marked("how it was weighted, and to what"), "ACEP"),
    "undecided": (marked("how the undecided were treated"), "E"),
    "checks": (marked("quality checks"), "A"),
    "limitations": (marked("a statement of limitations"), "AC"),
    "report": (marked("where the full report is"), "EP"),
    "published": (marked("the day of first release"), "E"),
    "membership": (marked("the pollster's membership of CRIC, BPC or AAPOR"), "CP"),
}


@dataclass(frozen=True)
class Completeness:
    """One standard's name, how many items it asks of such a poll, and what each missing one is, in words."""

    standard: str
    items: int
    missing: tuple[str, ...]


def completeness(held: Collection[str], sample_type: str | None) -> list[Completeness]:
    """What each standard asks for and the record does not hold; ``held`` are names of ``ITEMS``.

    A margin of error is asked of a probability sample, the model behind a precision of any other.
    """
    apart = "precision_model" if may_show_margin(sample_type) else "margin_of_error"
    asked = {letter: [name for name, (_what, by) in ITEMS.items() if letter in by] for letter in STANDARDS}
    found = []
    for letter, names in asked.items():
        wanted = [name for name in names if name != apart]
        missing = tuple(_(ITEMS[name][0]) for name in wanted if name not in held)
        found.append(Completeness(_(STANDARDS[letter]), len(wanted), missing))
    return found


def may_show_margin(sample_type: str | None) -> bool:
    """Whether a margin of error may be shown: for a probability sample only; an unknown sample counts as none."""
    return sample_type == "probability"


def margin(p: float, n: int) -> float:
    """The 95 percent margin of a simple random sample in points: 100 x 1.96 sqrt(p (1 - p) / n).

    ``p`` is a share from 0 to 1 (a poll as a whole is stated at 0.5), ``n`` the interviews; anything else is a
    ValueError.
    """
    if not 0 <= p <= 1 or n < 1:
        raise ValueError(f"a margin needs a share from 0 to 1 and at least one interview, not {p} and {n}")
    return 100 * Z95 * math.sqrt(p * (1 - p) / n)


def design_effect(stated: float, n: int) -> float:
    """The design effect that a stated margin in points implies: (stated / simple random margin at one half) squared.

    Below 1 the pollster states less than simple random sampling allows.
    """
    return (stated / margin(0.5, n)) ** 2
