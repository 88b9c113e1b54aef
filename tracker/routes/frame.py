"""What stands around a plain page: its addresses, what programs read of it, the way to the other pages."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from tracker import charts, language
from tracker.language import LANGUAGES, LOCALES
from tracker.language import gettext as _
from tracker.routes import html
from tracker.settings import Settings
from tracker.store import Store

FEED = "/feed.atom"


class Seen(NamedTuple):
    """What a program shows of a page before anybody opens it: a sentence, and the address of a picture with what it
    shows, if there is one."""

    description: str
    picture: str | None = None
    pictured: str = ""


class Chart(NamedTuple):
    """The chart of one attitude: ``asked`` are the query's words beside population and subject."""

    population: str
    subject: str
    asked: Mapping[str, str]

    def picture(self, ending: str, **shape: str) -> str:
        """Its address as a picture."""
        return f"/charts/{self.population}/{self.subject}.{ending}?{urlencode({**self.asked, **shape})}"

    def card(self) -> str:
        """Its address as the picture that a link to a page is shown with."""
        return self.picture("png", size="card")

    def page(self) -> str:
        """Its address in the app."""
        return "/?" + urlencode({"population": self.population, "subject": self.subject, **self.asked})


def pictured(population: str, subject: str) -> str:
    """What the picture of a chart shows, in a few words."""
    return _("The polls of {population} on {subject} through time").format(population=population, subject=subject)


def whole(address: str, code: str | None = None) -> str:
    """An address of this site as the public reaches it, in the language in use or another."""
    return Settings.from_env().public_url + language.address(address, code)


def framed(
    request: Request,
    title: str,
    *body: str,
    seen: Seen,
    store: Store,
    head: Iterable[html.Markup | None] = (),
    heading: str | None = None,
    elsewhere: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A plain page with all that belongs around it; ``elsewhere`` are other addresses of the same, by their names."""
    address = _address(request)
    past = _past(request, store) if store.read_only else ""
    told = (*relations(address), *card(title, address, seen), *(element for element in head if element is not None))
    ends = (_header(address), _footer(address, store, elsewhere or {}))
    return html.page(title, past, *body, heading=heading, head=told, around=ends, headers=headers)


def _past(request: Request, store: Store) -> html.Markup:
    """Which past state the page shows, and the way to the present one."""
    present = {name: text for name, text in request.query_params.items() if name in ("page", language.PARAMETER)}
    address = request.url.path + (f"?{urlencode(present)}" if present else "")
    return html.tag("p", recorded(store), " ", html.tag("a", _("See it as it is now"), href=address), class_="quiet")


def recorded(store: Store) -> str:
    """Which past state of the record this is, in a sentence."""
    told = {"number": language.number(store.newest()), "day": language.day(store.today())}
    return _("As recorded at revision {number}, {day}.").format(**told)


def nothing(title: str, address: str, text: str) -> Response:
    """There is no such page: where to go on."""
    way = html.tag("p", html.link(text, language.address(address)))
    return html.page(title, way, around=(_header(address), ""), status=404, headers={"Cache-Control": "no-store"})


def archive(address: str | None) -> str | None:
    """Where lasting copies of a page of the web are, if there are any; None for what is no such page."""
    return f"https://web.archive.org/web/*/{address}" if address and re.match("https?://", address) else None


def source(title: str | None, address: str | None) -> html.Markup:
    """A source with the way to it and to its lasting copies."""
    named, copies = html.link(title or address or _("not given"), address), archive(address)
    return html.tag("span", named, *((" (", html.link(_("archived copies"), copies), ")") if copies else ()))


def moment(at: dt.datetime) -> str:
    """A moment of the ledger, which is UTC."""
    return _("{day}, {time} UTC").format(day=language.day(at.date()), time=f"{at:%H:%M}")


def _address(request: Request) -> str:
    """The request's own address with what chooses a page of its kind; what was added on the way is left out."""
    kept = {name: request.query_params[name] for name in ("as_of", "page") if name in request.query_params}
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def relations(address: str) -> Iterable[html.Markup]:
    """Which address is the right one, where the same is in another language, and the feed."""
    yield html.tag("link", rel="canonical", href=whole(address))
    for code in LANGUAGES:
        yield html.tag("link", rel="alternate", hreflang=code, href=whole(address, code))
    yield html.tag("link", rel="alternate", hreflang="x-default", href=whole(address, language.ENGLISH))
    yield html.tag("link", rel="alternate", type="application/atom+xml", title=_("News"), href=whole(FEED))


def card(title: str, address: str, seen: Seen) -> Iterable[html.Markup]:
    """What is shown where somebody shares the address."""
    others = [LOCALES[code] for code in LANGUAGES if code != language.chosen()]
    told = [
        ("og:type", "article"),
        ("og:site_name", _("Opinion tracker")),
        ("og:title", title),
        ("og:description", seen.description),
        ("og:url", whole(address)),
        ("og:locale", LOCALES[language.chosen()]),
        *(("og:locale:alternate", other) for other in others),
    ]
    if seen.picture:
        size = {"width": charts.CARD.width, "height": charts.CARD.height or 0}
        told += [("og:image", whole(seen.picture)), ("og:image:type", "image/png"), ("og:image:alt", seen.pictured)]
        told += [(f"og:image:{side}", str(round(pixels * charts.CARD.scale))) for side, pixels in size.items()]
    yield html.tag("meta", name="description", content=seen.description)
    yield html.tag("meta", name="twitter:card", content="summary_large_image" if seen.picture else "summary")
    yield from (html.tag("meta", property=name, content=content) for name, content in told)


def _header(address: str) -> html.Markup:
    """The way to the app, to the lists, and to the same page in the other languages."""
    ways = {_("Opinion tracker"): "/", _("Claims"): "/claims/", _("Polls"): "/polls/"}
    here = [html.tag("a", name, href=language.address(path)) for name, path in ways.items()]
    others = [
        html.tag("a", name, href=language.address(address, code), hreflang=code, lang=code)
        for code, name in LANGUAGES.items()
        if code != language.chosen()
    ]
    return html.tag("header", html.tag("nav", *here, *others, **{"aria-label": _("Site")}))


def _footer(address: str, store: Store, elsewhere: Mapping[str, str]) -> html.Markup:
    """The same elsewhere, the state of the record that the page shows, and the feed."""
    ways = [html.link(name, language.stated(path)) for name, path in elsewhere.items()] + [
        html.link(_("News feed"), language.address(FEED))
    ]
    apart = [part for way in ways for part in (" · ", way)][1:]
    at = store.changed_at()
    stated = _("The record as of revision {number}, {moment}.").format(
        number=language.number(store.newest()), moment=moment(at) if at else _("nothing recorded yet")
    )
    return html.tag("footer", html.tag("p", *apart), html.tag("p", stated))
