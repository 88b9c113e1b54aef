"""The chart on its own, as SVG or PNG: for embedding, and for the command line."""

import datetime as dt
from typing import Any

import pandas as pd
from starlette.requests import Request
from starlette.responses import Response

from tracker import charts, claims, series, trend
from tracker.language import gettext as _
from tracker.models import Population, Subject
from tracker.routes import asking
from tracker.routes.errors import Refused
from tracker.store import Store

FORMATS = {"svg": "image/svg+xml", "png": "image/png"}
#: what the query may say; population and subject stand in the address itself
PARAMETERS = ("construct", "measure", "object", "known_by")


class NothingToDraw(Exception):
    """Nobody of this population was asked about this subject."""


def chart(request: Request) -> Response:
    """The chart of one attitude with its claims and events."""
    asked, ending = asking.only(request, PARAMETERS), request.path_params["format"]
    if ending not in FORMATS:
        raise Refused(406, _("A chart comes as svg or png."), known=[*FORMATS])
    store, known_by = asking.store(request), asking.day("known_by", asked.pop("known_by", None))
    headers = asking.headers(request, store, store.newest(), dt.datetime.now(dt.UTC).date())
    if answer := asking.unchanged(request, headers):
        return answer
    attitude = {name: request.path_params[name] for name in ("population", "subject")} | asked
    try:
        drawn = picture(store, ending, known_by, **attitude)
    except NothingToDraw as error:
        raise Refused(404, str(error), _("/api/v1/questions.csv lists what was asked of whom.")) from None
    return Response(drawn, media_type=FORMATS[ending], headers=headers)


def picture(
    store: Store,
    ending: str,
    known_by: dt.date | None = None,
    population: str = series.DEFAULT_POPULATION,
    subject: str = series.DEFAULT_SUBJECT,
    **attitude: Any,
) -> bytes:
    """The chart as SVG or PNG, drawn from the same definition as the one on screen. May raise NothingToDraw."""
    readings = series.read(store, population, subject, known_by=known_by, **attitude)
    if readings.empty:
        raise NothingToDraw(
            _("No reading is known of {subject} in {population}.").format(subject=subject, population=population)
        )
    rows = (store.entity(Population, population), store.entity(Subject, subject))
    events = charts.event_table(store.events(subject), {row.country for row in rows if row and row.country})
    said = store.claims(population, subject)
    words = {claim: (word.then, word.now) for claim, word in claims.summary(store, said, known_by).items()}
    first, last = charts.span_of(readings, events)
    lane = charts.claim_table(said, words, pd.Timestamp(last) - pd.Timestamp(first))
    return charts.figure(charts.trend_chart(readings, _pooled(readings), events, lane), ending)


def _pooled(readings: pd.DataFrame) -> trend.Trend | None:
    try:
        return trend.fit(readings)
    except trend.NotPooled:
        return None
