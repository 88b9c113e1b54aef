"""What a poll must disclose, and when a margin of error may be shown (AAPOR, CRIC, Canada Elections Act s.326, BPC).

Completeness says which of a standard's items are on record here. It is no mark of quality, as the standards say too.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tracker import language
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

#: what is on record where the source does not say: a legal answer, which a blank is not
NOT_DISCLOSED = "not disclosed"
#: how the undecided were treated
UNDECIDED = ("reported", "left-out", "shared-out", "asked-again", "not-offered")


@dataclass(frozen=True)
class Field:
    """What a source may say of a poll beyond the poll's own columns: what it is, how it is written, for which item."""

    told: str
    #: text, integer, number, percent, yes-no, languages, address, sha256, undecided
    form: str = "text"
    item: str | None = None


#: everything that ``disclosures`` holds, by name
FIELDS: dict[str, Field] = {
    "funder": Field(marked("who funded it, if not the sponsor"), item="funder"),
    "wording_other": Field(marked("the question in the other languages in which it was asked"), item="wording"),
    "pole_labels": Field(marked("the labels at the ends of the scale")),
    "randomised": Field(marked("whether the order of the responses was random"), "yes-no", "responses"),
    "split_form": Field(marked("which half of a split sample was asked")),
    "wave": Field(marked("the wave of a repeated survey")),
    "preamble": Field(marked("earlier questions or text that may matter"), item="preamble"),
    "frame": Field(marked("the list or panel used"), item="frame"),
    "supplier": Field(marked("who supplied the list or panel")),
    "selection_method": Field(marked("how people were chosen, contacted and recruited"), item="selection"),
    "quotas": Field(marked("quotas, or that there were none"), item="quotas"),
    "oversamples": Field(marked("oversamples, or that there were none")),
    "incentives": Field(marked("payments to respondents, or that there were none"), item="incentives"),
    "languages": Field(marked("the languages offered, as tags separated by semicolons"), "languages", "languages"),
    "n_contacted": Field(marked("how many were contacted"), "integer", "contacts"),
    "n_participated": Field(marked("how many took part"), "integer", "contacts"),
    "n_refused": Field(marked("how many refused"), "integer", "contacts"),
    "n_ineligible": Field(marked("how many were ineligible"), "integer", "contacts"),
    "base_weighted": Field(marked("the weighted base"), "number", "weighted_base"),
    "margin_level": Field(marked("the confidence level of the margin of error"), "percent"),
    "design_effect_included": Field(marked("whether the margin counts the design effect"), "yes-no"),
    "precision_model": Field(marked("the model behind a stated precision"), item="precision_model"),
    "weighted": Field(marked("whether the results are weighted"), "yes-no", "weighting"),
    "weighting_variables": Field(marked("what they are weighted by"), item="weighting"),
    "weighting_targets": Field(marked("what they are weighted to"), item="weighting"),
    "dont_know_treatment": Field(marked("how the undecided were treated"), "undecided", "undecided"),
    "dont_know_share": Field(marked("the share of the undecided before that"), "percent"),
    "qa_steps": Field(marked("checks of attention, duplicates, imputation"), item="checks"),
    "limitations": Field(marked("a statement of limitations"), item="limitations"),
    "report_url": Field(marked("the address of the full report"), "address", "report"),
    "archive_url": Field(marked("a lasting copy of the report"), "address"),
    "sha256": Field(marked("the SHA-256 of the report's file"), "sha256"),
    "licence": Field(marked("the licence of the figures")),
    "election": Field(marked("whether it was first transmitted in an election period"), "yes-no"),
    "not_statistical": Field(marked("whether it is not based on recognised statistical methods"), "yes-no"),
}


def met(said: Mapping[str, str]) -> set[str]:
    """The items that these disclosures meet: all their fields are filled in, or said not to be disclosed.

    ``said``: the value by field, or NOT_DISCLOSED by the name of a field or an item. Where nothing is weighted there is
    nothing that it was weighted by.
    """
    wanted: dict[str, list[str]] = {}
    for name, field in FIELDS.items():
        if field.item and field.item not in IN_COLUMNS:
            wanted.setdefault(field.item, []).append(name)
    if said.get("weighted") == "no":
        wanted["weighting"] = ["weighted"]
    filled = {item for item, names in wanted.items() if all(said.get(name) for name in names)}
    return filled | {name for name in ITEMS if said.get(name) == NOT_DISCLOSED}


#: items that the columns of a poll and its questions meet by themselves
IN_COLUMNS = ("wording", "responses", "report")


@dataclass(frozen=True)
class Completeness:
    """One standard's name, how many items it asks of such a poll, and the names of those that are missing."""

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
        missing = tuple(name for name in wanted if name not in held)
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


def below_chance(stated: Decimal, n: int) -> bool:
    """Whether a stated margin, as it may have been rounded, is smaller than simple random sampling of n allows."""
    return stated + Decimal("0.5").scaleb(int(stated.as_tuple().exponent)) < Decimal(margin(0.5, n))


def margin_told(stated: Decimal | None, n: int, entered: bool = False) -> str:
    """What a margin of error of a probability sample of n says beside simple random sampling, in a sentence: to whoever
    reads it, or to whoever just ``entered`` it."""
    told = {"n": language.number(n), "simple": language.number(margin(0.5, n), 2)}
    if stated is None:
        return _("for n = {n} simple random sampling gives ±{simple}").format(**told)
    told["stated"] = language.number(stated, max(0, -int(stated.as_tuple().exponent)))
    if below_chance(stated, n):
        chance = _("for n = {n} simple random sampling gives ±{simple}").format(**told)
        below = _("you entered ±{stated}, which is below it: check") if entered else _("±{stated} is below it")
        return f"{chance}; {below.format(**told)}"
    effect = language.number(design_effect(float(stated), n), 2)
    return _("±{stated} for n = {n} implies a design effect of {effect}").format(**told, effect=effect)
