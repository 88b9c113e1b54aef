"""What a claim or an event would show on its page, before anything is stored."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from tracker import charts, claims, events, export, language, series
from tracker.language import gettext as _
from tracker.models import Claim, Event
from tracker.store import cells
from tracker.ui import cards, parts, verdicts
from tracker.ui.show import plain

#: how far from an event its chart reaches
NEAR = dt.timedelta(events.NEAR)
#: what a verdict takes no notice of
UNJUDGED = ("quote", "language", "paraphrase", "claimant_role", "published", "source_url", "source_title", "note")


def claim(said: Claim) -> None:
    """The verdicts on it, then and now, as its page will have them."""
    st.subheader(_("What the polls say of it"), anchor=False)
    with st.spinner(_("Setting it against the polls")):
        judged = judgement(said)
    verdicts.whole(judged, folded=True)


def judgement(said: Claim) -> dict[str, Any]:
    """Both verdicts on a claim that is not stored, as the JSON of a stored one has them."""
    judged = {name: cell for name, cell in cells(Claim, said).items() if name not in UNJUDGED}
    return _judgement(parts.revision(), dt.date.today(), export.compact(judged), said)


@st.cache_data(max_entries=64, show_spinner=False)
def _judgement(key: Any, today: dt.date, judged: str, _said: Claim) -> dict[str, Any]:
    return claims.preview(parts.store(), _said).as_dict()


def event(happened: Event) -> None:
    """Its place among the others beside opinion, and what the polls around it say."""
    st.subheader(_("Opinion around this time"), anchor=False)
    populations = cards.asked(happened)
    if not populations:
        st.markdown(_("No poll on record asked about this."))
        return
    usual = parts.one_of(series.DEFAULT_POPULATION, populations)
    names, start = list(populations), list(populations).index(usual)
    population = st.selectbox(_("Population"), names, start, populations.__getitem__, key="event_seen_by")
    for attitude, name in parts.attitudes_of(happened, population):
        chosen = charts.Choices(attitude, first=happened.date - NEAR, last=happened.date + NEAR)
        view = charts.View(parts.source().beside(happened), chosen)
        st.markdown(f"**{plain(name)}**")
        st.markdown(plain(_place(view, happened)))
        st.vega_lite_chart(spec=view.chart.page(), alt=view.in_words, key=f"preview_{attitude.subject}")
    st.caption(charts.caption())
    cards.around(happened, population, events.WINDOW)


def _place(view: charts.View, happened: Event) -> str:
    """Which one of the rail it is, and the events before and after it."""
    rows = list(view.event_table.itertuples())
    at = next(number for number, row in enumerate(rows) if row.event == happened.id)
    form, near = _("{title} ({date})"), []
    for other in (at - 1, at + 1):
        if 0 <= other < len(rows):
            near.append(form.format(title=rows[other].title, date=rows[other].shown_date))
    told = _("Number {number} of the {count} events under this chart.")
    told = told.format(number=language.number(at + 1), count=language.number(len(rows)))
    return " ".join([told, *([_("Beside it: {near}.").format(near="; ".join(near))] if near else [])])


#: what is shown before it is stored, by the kind of a draft
PREVIEWS: dict[str, Callable[[Any], None]] = {"claim": claim, "event": event}


def preview(kind: str, *said: Any) -> None:
    """What a claim or an event would show; of anything else that is submitted, nothing."""
    for entity in said if kind in PREVIEWS else ():
        PREVIEWS[kind](entity)
