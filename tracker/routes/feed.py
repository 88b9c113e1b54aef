"""What is new, for feed readers: polls, verdicts whose word changed, and corrections, as an Atom feed (RFC 4287)."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree as xml

from starlette.requests import Request
from starlette.responses import Response

from tracker import language
from tracker.language import gettext as _
from tracker.models import Claim, Event
from tracker.routes import asking, frame, html, judged
from tracker.routes.words import names, polls, verdicts
from tracker.store import Store

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
#: entries of each sort
MOST = 40
#: revisions among which corrections are looked for: one correction may be several
REVISIONS = 1000
#: characters that XML cannot hold
UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(NamedTuple):
    """One piece of news. ``address`` is a path of this site; ``id`` what comes after it and makes the entry unique."""

    category: str
    address: str
    id: str
    title: str
    updated: dt.datetime
    content: tuple[str, ...]


def feed(request: Request) -> Response:
    """The newest of each sort, newest first."""
    store = asking.store(request)
    headers = asking.headers(request, store, store.newest(), store.today())
    if answer := asking.unchanged(request, headers):
        return answer
    if request.method == "HEAD":  # the length is known only once every claim is judged
        response = Response(media_type=MEDIA_TYPE, headers=headers)
        del response.headers["content-length"]
        return response
    written = _written(store, judged.state(store), language.chosen())
    return Response(written, media_type=MEDIA_TYPE, headers=headers)


@lru_cache(maxsize=judged.STATES)
def _written(store: Store, _state: judged.State, _language: str) -> bytes:
    """The feed as bytes, made once for a state of the record."""
    found = [*_polls(store), *_verdicts(store), *_corrections(store)]
    entries = sorted(found, key=lambda entry: (entry.updated, entry.id), reverse=True)
    newest = max((entry.updated for entry in entries), default=store.changed_at() or dt.datetime(1970, 1, 1))
    root = xml.Element("feed", {"xmlns": ATOM, "xml:lang": language.chosen()})
    _text(root, "id", frame.whole(frame.FEED))
    _text(root, "title", _("Opinion tracker: new polls, verdicts that changed, corrections"))
    _text(root, "updated", _moment(newest))
    _text(xml.SubElement(root, "author"), "name", _("Opinion tracker"))
    xml.SubElement(root, "link", rel="self", type=MEDIA_TYPE, href=frame.whole(frame.FEED))
    xml.SubElement(root, "link", rel="alternate", type="text/html", href=frame.whole("/claims/"))
    for entry in entries:
        _enter(root, entry)
    return xml.tostring(root, encoding="utf-8", xml_declaration=True)


def _enter(root: xml.Element, entry: Entry) -> None:
    element = xml.SubElement(root, "entry")
    _text(element, "id", frame.whole(entry.address, language.ENGLISH) + "#" + entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _moment(entry.updated))
    xml.SubElement(element, "link", rel="alternate", href=frame.whole(entry.address))
    xml.SubElement(element, "category", term=entry.category)
    _text(element, "content", "".join(html.tag("p", line) for line in entry.content), type="html")


def _text(parent: xml.Element, name: str, text: str, **attributes: str) -> None:
    xml.SubElement(parent, name, attributes).text = UNSPEAKABLE.sub("", text)


def _moment(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _polls(store: Store) -> Iterator[Entry]:
    """Polls that became public here last."""
    meanings = store.meanings()
    for row in store.public_polls(MOST):
        _poll, questions = store.poll(row.poll) or (None, [])
        lines = tuple(_asked(question, meanings) for question in questions)
        yield Entry(
            "poll", f"/polls/{row.poll}", "new", _("New poll: {poll}").format(poll=polls.name(row)), row.at, lines
        )


def _asked(question: Any, meanings: Mapping[str, Any]) -> str:
    answers = "; ".join(f"{name} {value}" for name, value in polls.answers(question, meanings).items())
    return language.pair(polls.asked(question), answers)


def _verdicts(store: Store) -> list[Entry]:
    """Verdicts whose word changed, dated by the day on which the reading that turned it became public."""
    known, said = names(store), {row.id: row.paraphrase for row in store.claims()}
    found = []
    for told in judged.changed(store):
        for number, asserted in enumerate(judged.assertions(told)):
            if turned := verdicts.turned(asserted, known):
                day = dt.datetime.fromisoformat(asserted["changed"]["turned"])
                about = verdicts.own(asserted, told, known) if number else told["claimant"]
                then, now = (asserted[side] for side in ("then", "now"))
                form = _("Now {now}, once {then}: {claim}")
                title = form.format(
                    now=language.word(now["word"]), then=language.word(then["word"]), claim=said[told["claim"]]
                )
                place = f"part-{number}" if number else "verdict"
                lines = (about, turned, now["reason"])
                found.append(Entry("verdict", f"/claims/{told['claim']}", f"{place}-{day:%Y-%m-%d}", title, day, lines))
    return sorted(found, key=lambda entry: entry.updated)[-MOST:]


def _corrections(store: Store) -> Iterator[Entry]:
    """Changes of what was public: one entry a batch, which leads to the poll, claim or event that it is about, or to
    the rows of the ledger where it is about several."""
    changes = store.changes(REVISIONS)
    # newest first, and the revisions of a batch are consecutive
    for batch, rows in islice(groupby(changes, key=lambda pair: pair[1].batch), MOST):
        told = {owner: [row for _owner, row in group] for owner, group in groupby(reversed([*rows]), key=itemgetter(0))}
        (owner, first), *others = ((owner, found[0]) for owner, found in told.items())
        address, title, lines = _corrected(store, owner, told[owner])
        if others:
            address = f"/api/v1/revisions.csv?batch={quote(batch)}"
            title = _("{name} and {count} others").format(name=title, count=language.number(len(others)))
        why = _("{who}: {why}").format(who=polls.by(first), why=first.why or _("no reason given"))
        content = tuple(polls.unaddressed(line) for line in [*lines, why])
        heading = (_("Withdrawn: {name}") if _withdraws(told[owner]) else _("Corrected: {name}")).format(name=title)
        yield Entry("correction", address, f"revision-{first.number}", heading, first.at, content)


def _withdraws(rows: list[Any]) -> bool:
    """Whether these revisions of a poll take it out of every trend."""
    polls = [row for row in rows if row.table == "polls" and row.action == "update"]
    return any(row.after["status"] == "withdrawn" != row.before["status"] for row in polls)


def _corrected(store: Store, owner: str, rows: list[Any]) -> tuple[str, str, list[str]]:
    """Where a corrected poll, claim or event can be seen if it is still there, its name, and its changes in words."""
    address, name, questions = _owner(store, owner, rows[0].table)
    return address, name, [polls.changed(row, questions, store.meanings()) for row in rows]


def _owner(store: Store, owner: str, table: str) -> tuple[str, str, list[Any]]:
    if table == "claims":
        claim = store.entity(Claim, owner)
        return (f"/claims/{owner}", claim.paraphrase, []) if claim else ("/claims/", owner, [])
    if table == "events":
        event = store.entity(Event, owner)
        return (f"/events?event={owner}", event.title, []) if event else ("/events", owner, [])
    poll, questions = store.poll(owner) or (None, [])
    if poll is None:
        return "/polls/", owner, []
    return f"/polls/{owner}", polls.name(poll), questions
