"""A claim and a poll as pages that need no JavaScript: for readers, and for programs that read pages."""

import datetime as dt
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tracker import charts, claims, language, series
from tracker.language import gettext as _
from tracker.models import Claim, Pollster
from tracker.routes import asking, html
from tracker.settings import Settings

#: polls that have a page: drafts and what waits for review have none
SHOWN = ("published", "withdrawn")


def claim(request: Request) -> Response:
    """A claim with its verdicts, then and now, and the readings behind them."""
    language.use(request.query_params.get("lang", ""))
    store, name = asking.live(), request.path_params["claim"]
    row = store.entity(Claim, name)
    if row is None:
        return _nothing(_("There is no such claim."), "/claims", _("All claims"))
    verdict = claims.judge(store, name).as_dict()
    names = {pollster.id: pollster.name for pollster in store.every(Pollster)}
    made = language.day(row.date, row.date_precision)
    return html.page(
        row.paraphrase,
        html.tag("p", _("{claimant}, {day}").format(claimant=row.claimant, day=made)),
        html.tag("blockquote", row.quote, lang=row.language) if row.quote else "",
        html.tag("p", html.link(row.source_title or row.source_url or "", row.source_url)),
        *_judged(verdict, names, "h2"),
        *(html.tag("section", _also(part), *_judged(part, names, "h3")) for part in verdict["parts"]),
        _see_also(f"/claims?claim={name}", f"/api/v1/verdicts/{name}.json"),
        head=_head(request, row.paraphrase, verdict["now"]["reason"], _review(row, verdict, request)),
    )


def _also(part: dict[str, Any]) -> html.Markup:
    asserted = part["assertion"]
    told = ", ".join(str(asserted[key]) for key in ("kind", "construct", "measure", "direction") if asserted.get(key))
    return html.tag("h2", _("Said in the same breath: {assertion}").format(assertion=told))


def _judged(asserted: dict[str, Any], names: dict[str, str], heading: str) -> Iterator[html.Markup]:
    """Both verdicts on an assertion, and every reading once, with whether it was known when the claim was made."""
    yield _side(html.tag(heading, _("Known then")), asserted["then"])
    yield _side(html.tag(heading, _("Known now")), asserted["now"])
    known = {reading["question"] for reading in asserted["then"]["evidence"]}
    head = [_("Poll"), _("Fieldwork"), _("Value"), _("Known from"), _("Known then"), _("Why not comparable")]
    rows = [_reading(reading, names, reading["question"] in known) for reading in asserted["now"]["evidence"]]
    if rows:
        yield html.table(head, rows, _("The readings behind both verdicts"))


def _side(title: html.Markup, side: dict[str, Any]) -> html.Markup:
    """What the polls known by a day say."""
    share = "" if side["probability"] is None else f" ({language.number(100 * side['probability'], 0)} %)"
    known = _("by the polls known on {day}").format(day=_day(side["known_by"]))
    word = html.tag("p", html.tag("strong", _(side["word"]) + share), ", ", known)
    return html.tag("section", title, word, html.tag("p", side["reason"]))


def _reading(reading: dict[str, Any], names: dict[str, str], known: bool) -> list[str]:
    value = "" if reading["value"] is None else charts.amount(reading["value"], reading["unit"])
    public = _day(reading["known_from"]) + (" " + _("(assumed)") if reading["known_from_assumed"] else "")
    why = series.explain(reading["why_not"]) if reading["why_not"] else ""
    poll = html.link(names.get(reading["pollster"], reading["pollster"]), f"/polls/{reading['poll']}")
    first, last = (dt.date.fromisoformat(reading[end]) for end in ("field_start", "field_end"))
    dates = language.span(first, last, reading["date_precision"])
    return [poll, dates, value, public, _("yes") if known else _("no"), why]


def _day(iso: str) -> str:
    return language.day(dt.date.fromisoformat(iso))


def _review(row: Any, verdict: dict[str, Any], request: Request) -> html.Markup | None:
    """ClaimReview for a claim that polls could test, in schema.org's words; its word is ours, not a number of stars."""
    if verdict["now"]["probability"] is None:
        return None
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": _canonical(request),
        "claimReviewed": row.paraphrase,
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Person", "name": row.claimant},
            "datePublished": (row.published or row.date).isoformat(),
            "appearance": {"@type": "CreativeWork", "url": row.source_url},
        },
        "author": {"@type": "Organization", "name": "Tracker", "url": Settings.from_env().public_url},
        "datePublished": verdict["now"]["known_by"],
        "reviewRating": {"@type": "Rating", "alternateName": verdict["now"]["word"]},
    }
    return html.data(json.dumps(review, ensure_ascii=False))


def poll(request: Request) -> Response:
    """A poll with its questions, answers and sources."""
    language.use(request.query_params.get("lang", ""))
    name = request.path_params["poll"]
    found = asking.live().poll(name)
    if found is None or found[0].status not in SHOWN:
        return _nothing(_("There is no such poll."), "/polls", _("All polls"))
    row, questions = found
    dates = language.span(row.field_start, row.field_end, row.date_precision)
    title = _("{pollster}, {population}, {dates}").format(
        pollster=row.pollster_name, population=row.population_name, dates=dates
    )
    return html.page(
        title,
        html.tag("p", html.tag("strong", _("This poll was withdrawn."))) if row.status == "withdrawn" else "",
        _fields(row),
        *(_question(question) for question in questions),
        _see_also(f"/polls?poll={name}", f"/api/v1/wide.csv?poll={name}"),
        head=_head(request, title, _("{count} questions").format(count=len(questions))),
    )


def _fields(row: Any) -> html.Markup:
    """The poll's fields that its source gives."""
    fields = {
        _("Asked"): row.population_label,
        _("Sponsor"): row.sponsor,
        _("Interviews"): row.sample_size and language.number(row.sample_size),
        _("Mode"): row.mode,
        _("Sample"): row.sample_type,
        _("Margin of error, as published"): row.margin_of_error and f"±{language.number(row.margin_of_error)}",
        _("Note"): row.note,
    }
    told = [(html.tag("dt", key), html.tag("dd", str(value))) for key, value in fields.items() if value]
    return html.tag("dl", *chain.from_iterable(told))


def _question(row: Any) -> html.Markup:
    about = {"construct": charts.construct_name(row.construct), "subject": row.subject_name}
    title = _("{construct}: {subject}").format(**about)
    answers = [[response, language.number(value)] for response, value in row.answers.items()]
    return html.tag(
        "section",
        html.tag("h2", title),
        html.tag("blockquote", row.wording, lang=row.language) if row.wording else "",
        html.table([_("Response"), _("Value")], answers, row.scale_name),
        html.tag("p", html.link(row.source_title or row.source_url or "", row.source_url)),
        html.tag("p", row.note) if row.note else "",
        id=row.question,
    )


def _see_also(app: str, data: str) -> html.Markup:
    both = html.link(_("The same in the app"), app), " · ", html.link(_("The same as data"), data)
    return html.tag("p", *both)


def _head(request: Request, title: str, description: str, *more: html.Markup | None) -> tuple[html.Markup, ...]:
    told = {"og:title": title, "og:description": description, "og:url": _canonical(request), "og:type": "article"}
    return (
        html.tag("link", rel="canonical", href=_canonical(request)),
        html.tag("meta", name="description", content=description),
        *(html.tag("meta", property=name, content=value) for name, value in told.items()),
        *(element for element in more if element is not None),
    )


def _canonical(request: Request) -> str:
    return Settings.from_env().public_url + request.url.path


def _nothing(title: str, address: str, text: str) -> Response:
    return html.page(title, html.tag("p", html.link(text, address)), status=404)
