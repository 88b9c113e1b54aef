"""ClaimReview in schema.org's words for what polls could test, so that programs find a verdict with its evidence."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tracker import language
from tracker.language import gettext as _
from tracker.routes import frame, html
from tracker.routes.judged import assertions
from tracker.routes.words import Names, verdicts
from tracker.settings import Settings

#: a claimant is an organisation where the first words of the role say so
ORGANISATIONS = re.compile(r"pollster|news|site|agency|sponsor|think tank|organi[sz]ation", re.IGNORECASE)


def reviews(row: Any, judged: Mapping[str, Any], names: Names, day: dt.date | None) -> Iterator[html.Markup]:
    """One review for every assertion of a claim that got a number; nothing for what got none.

    ``day`` is that of the record as it was judged. The rating is the probability in percent, its words are the verdict.
    """
    page = frame.whole(f"/claims/{row.id}")
    for number, asserted in enumerate(assertions(judged)):
        if asserted["now"]["probability"] is not None:
            said = row.quote or row.paraphrase
            told = f"{said} ({verdicts.own(asserted, judged, names)})" if number else said
            address = f"{page}#part-{number}" if number else page
            review = _review(address, told, row, asserted["now"], day)
            yield html.data(json.dumps(review, ensure_ascii=False))


def _review(address: str, said: str, row: Any, verdict: Mapping[str, Any], day: dt.date | None) -> dict[str, Any]:
    ours = {"@type": "Organization", "name": _("Opinion tracker"), "url": Settings.from_env().public_url}
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": address,
        "inLanguage": language.chosen(),
        "claimReviewed": said,
        "itemReviewed": _claim(row, ours),
        "author": ours,
        "datePublished": day.isoformat() if day else None,
        "reviewRating": {
            "@type": "Rating",
            "alternateName": language.word(verdict["word"]),
            "ratingValue": round(100 * verdict["probability"]),
            "worstRating": 0,
            "bestRating": 100,
            "ratingExplanation": verdict["reason"],
        },
        "citation": _evidence(verdict),
    }
    return _given(review)


def _claim(row: Any, ours: Mapping[str, Any]) -> dict[str, Any]:
    """The claim as it was made: its words, who made it, when, and where it was seen."""
    seen = {"@type": "CreativeWork", "headline": row.source_title, "url": row.source_url}
    claim = {
        "@type": "Claim",
        "name": row.paraphrase,
        "text": row.quote,
        "inLanguage": row.language,
        "author": _author(row),
        "datePublished": _as_known(row.date, row.date_precision),
        "appearance": _given(seen),
        "firstAppearance": _given(seen | {"datePublished": row.published.isoformat()}) if row.published else None,
        "claimInterpreter": ours,
    }
    return _given(claim)


def _given(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}


def _author(row: Any) -> dict[str, Any]:
    role = row.claimant_role or ""
    if ORGANISATIONS.search(role.split(",")[0]):
        return {"@type": "Organization", "name": row.claimant}
    return _given({"@type": "Person", "name": row.claimant, "jobTitle": row.claimant_role})


def _as_known(date: dt.date, precision: str) -> str:
    """A date as far as it is known, in ISO 8601: 2025-04-21, 2025-04, 2025."""
    return date.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def _evidence(verdict: Mapping[str, Any]) -> list[dict[str, str]]:
    """The polls that counted, each once."""
    polls = dict.fromkeys(row["poll"] for row in verdict["evidence"] if row["comparable"])
    return [{"@type": "CreativeWork", "url": frame.whole(f"/polls/{poll}")} for poll in polls]
