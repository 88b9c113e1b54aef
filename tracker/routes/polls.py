"""A poll, and the list of them, as pages that need no JavaScript."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tracker import language
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.models import Pollster
from tracker.routes import asking, frame, html
from tracker.routes.frame import Chart, Seen
from tracker.routes.words import polls as words
from tracker.store import Store

#: polls on one page of the list
PAGE = 200


def poll(request: Request) -> Response:
    """A poll with its fields, questions, answers, sources and history."""
    store, name = asking.state(request), request.path_params["poll"]
    found = store.poll(name)
    if found is None or not store.public_polls(poll=name):
        return frame.nothing(_("There is no such poll."), "/polls/", _("All polls"))
    headers = asking.headers(request, store, store.newest())
    if answer := asking.unchanged(request, headers):
        return answer
    row, questions = found
    title, meanings, said = words.name(row), store.meanings(), words.said_of(store, name)
    withdrawn = _("This poll was withdrawn. It counts in no trend and no verdict.")
    return frame.framed(
        request,
        title,
        html.tag("p", html.tag("strong", withdrawn)) if row.status == "withdrawn" else "",
        html.tag("p", html.tag("strong", words.banner(said))) if words.banner(said) else "",
        html.listed(words.fields(row)),
        html.tag("h2", _("Questions")),
        *(_question(question, meanings) for question in questions),
        *_election(row, questions, said),
        *_disclosed(row, questions, store, said),
        *_history(row, questions, store),
        html.tag("h2", _("Cite")),
        html.tag("pre", words.citation(row, questions, store.newest(), frame.whole(_pinned(name, store)))),
        seen=_seen(row, questions),
        store=store,
        elsewhere=_elsewhere(name),
        headers=headers,
    )


def _pinned(name: str, store: Store) -> str:
    return f"/polls/{name}?as_of={store.newest()}"


def _question(row: Any, meanings: Mapping[str, Any]) -> html.Markup:
    """A question as it was asked, its answers, and where they come from."""
    answers = [[name, value] for name, value in words.answers(row, meanings).items()]
    unseen = html.tag("p", _("The wording was not seen."), class_="quiet")
    return html.tag(
        "section",
        html.tag("h3", words.asked(row)),
        html.tag("blockquote", row.wording, lang=row.language) if row.wording else unseen,
        html.table([_("Response"), _("Value")], answers, language.name(row.scale_name)),
        html.listed(_sources(row)),
        html.tag("p", html.link(_("This attitude through time"), language.address(_chart(row).page()))),
        id=row.question,
        class_="part",
    )


def _sources(row: Any) -> dict[str, str]:
    told = {
        "base": _("not given") if row.base is None else language.number(row.base),
        "published": language.day(row.published) if row.published else _("not given"),
        "provenance": language.word(row.provenance),
        "source_title": frame.source(row.source_title, row.source_url),
        "verified_by": _linked(row.verified_by or ""),
        "note": html.recorded(row.note) if row.note else "",
    }
    return {_(words.FIELDS[name]): value for name, value in told.items() if value}


def _linked(text: str) -> str:
    """A text in which every address of the web leads there."""
    parts = re.split(r"(https?://[^\s;]+)", text)
    return html.tag("span", *(html.link(part, part) for part in parts)) if text else ""


def _election(row: Any, questions: list[Any], said: Mapping[str, str]) -> Iterator[html.Markup]:
    """What has to be on screen of an election survey."""
    if told := words.election(row, questions, said):
        yield html.tag("h2", _("First transmitted in an election period"))
        yield html.listed({name: _linked(value) for name, value in told.items()})


def _disclosed(row: Any, questions: list[Any], store: Store, said: Mapping[str, str]) -> Iterator[html.Markup]:
    pollster = store.entity(Pollster, row.pollster)
    told = words.disclosed(row, questions, pollster.membership if pollster else None, said)
    yield html.tag("h2", _("What is disclosed"))
    if said:
        yield html.listed({name: _linked(value) for name, value in words.disclosures(said).items()})
    yield html.tag("p", _("Counted from what is on record here; it is no mark of a poll's quality."), class_="quiet")
    yield html.tag("ul", *(_standard(each) for each in told))


def _standard(found: words.Disclosed) -> html.Markup:
    missing = html.tag("details", html.tag("summary", _("What is missing")), html.tag("p", found.told))
    told = _("{standard}: {count} items on record").format(standard=found.standard, count=found.counted)
    return html.tag("li", told, missing)


def _history(row: Any, questions: list[Any], store: Store) -> Iterator[html.Markup]:
    lines = words.history(store, row, questions)
    yield html.tag("h2", _("History"))
    if alone := words.alone(store, row.poll):
        yield html.tag("p", alone)
    yield html.table(list(lines[0]), [list(line.values()) for line in lines], _("Every public change of this poll"))


def _seen(row: Any, questions: list[Any]) -> Seen:
    """What was asked of whom, and the chart of its first question."""
    asked = "; ".join(words.asked(question) for question in questions)
    count = ngettext("{count} question: {asked}.", "{count} questions: {asked}.", len(questions))
    told = count.format(count=language.number(len(questions)), asked=asked)
    if not questions or row.status != "published":
        return Seen(told)
    first = questions[0]
    names = language.name(row.population_name), language.name(first.subject_name)
    return Seen(told, _chart(first).card(), frame.pictured(*names))


def _chart(row: Any) -> Chart:
    """The chart of the attitude that a question asks about."""
    return Chart(row.population, row.subject, {"construct": row.construct, "object": row.object})


def _elsewhere(name: str) -> dict[str, str]:
    return {
        _("This poll in the app"): language.address(f"/polls?poll={name}"),
        _("Its rows as CSV"): f"/api/v1/wide.csv?poll={name}",
        _("All polls"): language.address("/polls/"),
    }


def polls(request: Request) -> Response:
    """All published polls, newest first, a page of them at a time."""
    store = asking.state(request)
    headers = asking.headers(request, store, store.newest())
    if answer := asking.unchanged(request, headers):
        return answer
    rows = sorted(store.public_polls(), key=lambda row: (row.field_end, row.poll), reverse=True)
    last = max(-(-len(rows) // PAGE), 1)
    asked = request.query_params.get("page", "1")
    number = min(max(int(asked), 1), last) if asked.isdecimal() else 1
    count = ngettext("{count} poll on record, newest first.", "{count} polls on record, newest first.", len(rows))
    lede = count.format(count=language.number(len(rows)))
    years = groupby(rows[PAGE * (number - 1) : PAGE * number], key=lambda row: row.field_end.year)
    return frame.framed(
        request,
        _("Polls on record"),
        html.tag("p", lede),
        *(_year(str(year), list(group)) for year, group in years),
        _pages(number, last),
        seen=Seen(lede),
        store=store,
        elsewhere={_("Polls in the app"): language.address("/polls"), _("Polls as CSV"): "/api/v1/polls.csv"},
        headers=headers,
    )


def _year(year: str, rows: list[Any]) -> html.Markup:
    items = (html.link(words.name(row), language.address(f"/polls/{row.poll}")) for row in rows)
    return html.tag("section", html.tag("h2", year), html.tag("ul", *(html.tag("li", item) for item in items)))


def _pages(number: int, last: int) -> html.Markup:
    """The ways to the pages before and after this one."""
    newer = html.tag("a", _("Newer"), href=_page(number - 1), rel="prev") if number > 1 else ""
    older = html.tag("a", _("Older"), href=_page(number + 1), rel="next") if number < last else ""
    place = _("Page {number} of {last}").format(number=number, last=last)
    return html.tag("p", newer, " ", place, " ", older) if last > 1 else html.Markup()


def _page(number: int) -> str:
    return language.address(f"/polls/?page={number}")
