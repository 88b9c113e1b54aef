"""The chart on its own, as SVG or PNG: for embedding, for links to a page, and for the command line."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tracker import claims, language, series
from tracker.charts import CARD, Attitude, Choices, Picture, Source, View
from tracker.charts.theme import COLOURS
from tracker.language import gettext as _
from tracker.routes import asking
from tracker.routes.errors import Refused
from tracker.store import Store

FORMATS = {"svg": "image/svg+xml", "png": "image/png"}
#: what the query may say; population and subject stand in the address itself
ATTITUDE = ("population", "subject", "construct", "measure", "object")
SEVERAL = ("pollster", "category", "actor")
PARAMETERS = (*ATTITUDE[2:], "known_by", "compare", "from", "to", *SEVERAL, "theme", "width", "size")
#: pixels that a picture may be wide
WIDTHS = range(280, 2001)


class NothingToDraw(Exception):
    """Nobody of this population was asked about this subject."""


class NoSuchPicture(ValueError):
    """A theme, a width or a size that pictures do not come in."""


def chart(request: Request) -> Response:
    """The chart of one attitude, or of two, with the claims and events of its time."""
    asked, ending = asking.only(request, PARAMETERS), request.path_params["format"]
    if ending not in FORMATS:
        raise Refused(406, _("A chart comes as svg or png."), known=[*FORMATS])
    store = asking.store(request)
    headers = asking.headers(request, store, store.newest(), store.today())
    if answer := asking.unchanged(request, headers):
        return answer
    several = {name: request.query_params.getlist(name) for name in SEVERAL}
    days = {name: asking.day(name, asked.get(name)) for name in ("known_by", "from", "to")}
    given = {**request.path_params, **asked, **several, **days}
    try:
        drawn = picture(store, ending, given)
    except NoSuchPicture as error:
        raise Refused(400, str(error)) from None
    except NothingToDraw as error:
        raise Refused(404, str(error), _("/api/v1/questions.csv lists what was asked of whom.")) from None
    return Response(drawn, media_type=FORMATS[ending], headers=headers)


def picture(store: Store, ending: str, given: Mapping[str, Any]) -> bytes:
    """The chart as SVG or PNG, drawn from the same definition as the one on screen.

    ``given`` holds whatever of ``PARAMETERS`` is chosen, with population and subject; dates are dates, and what can be
    several is a list. May raise NothingToDraw and NoSuchPicture.
    """
    size, theme = shape(given.get("size"), given.get("width")), given.get("theme") or "light"
    if theme not in COLOURS:
        raise NoSuchPicture(_("There is no theme {name}: light or dark.").format(name=theme))
    key = (store, store.newest(), claims.METHOD, language.chosen())
    return _picture(key, store.today(), choices(given), ending, theme, size)


def choices(given: Mapping[str, Any]) -> Choices:
    """What is chosen, from the words of an address or of a command."""
    start = Attitude(series.DEFAULT_POPULATION, series.DEFAULT_SUBJECT, known_by=given.get("known_by"))
    attitude = start._replace(**{name: given[name] for name in ATTITUDE if given.get(name)})
    several: dict[str, tuple[str, ...]] = {name: tuple(given.get(name) or ()) for name in SEVERAL}
    return Choices(
        attitude,
        given.get("compare") or None,
        several["pollster"],
        given.get("from"),
        given.get("to"),
        several["category"],
        several["actor"],
    )


def shape(size: str | None, width: str | int | None) -> Picture:
    """How large a picture is: as wide as asked, or "card", the size that a link to a page is shown with."""
    if size not in (None, "", "card"):
        raise NoSuchPicture(_("There is no size {name}: card, or none for a picture of any width.").format(name=size))
    if size == "card":
        return CARD
    if not width:
        return Picture()
    if not str(width).isdecimal() or int(width) not in WIDTHS:
        ends = {"first": WIDTHS[0], "last": WIDTHS[-1]}
        raise NoSuchPicture(_("A picture is {first} to {last} pixels wide.").format(**ends))
    return Picture(int(width))


Key = tuple[Store, int, str, str]


@lru_cache(maxsize=4)
def _source(key: Key) -> Source:
    return Source(key[0])


@lru_cache(maxsize=64)
def _picture(key: Key, today: dt.date, chosen: Choices, ending: str, theme: str, size: Picture) -> bytes:
    view = View(_source(key), chosen)
    _refuse(view, chosen)
    return view.picture(ending, theme, size)


def _refuse(view: View, chosen: Choices) -> None:
    """NothingToDraw for a population or a subject that nobody knows, and for polls that there are none of."""
    known: Sequence[tuple[str, Any]] = (
        (chosen.attitude.population, view.source.populations),
        (chosen.attitude.subject, view.source.subjects),
        (chosen.compare or chosen.attitude.subject, view.source.subjects),
    )
    if any(name not in rows for name, rows in known) or any(each.shown.empty for each in view.both):
        names = {"subject": " / ".join(view.subjects), "population": chosen.attitude.population}
        raise NothingToDraw(_("No reading is known of {subject} in {population}.").format(**names))
