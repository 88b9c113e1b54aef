"""A view: what a reader chose to see, and everything that page, picture and command show of it."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from tracker import language
from tracker.charts import sentences
from tracker.charts.drawing import Line, Picture, figure, span_of, trend_chart
from tracker.charts.lanes import actors_of, claim_table, event_table, labelled
from tracker.charts.marks import order
from tracker.charts.source import Attitude, Source
from tracker.charts.vega import Chart
from tracker.charts.words import capital, construct_name, subject_name, within
from tracker.language import gettext as _
from tracker.language import ngettext


@dataclass(frozen=True)
class Choices:
    """What can be chosen of a view: an attitude, another subject to compare it with, and which polls and events."""

    attitude: Attitude
    compare: str | None = None
    pollsters: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    categories: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()

    def rows(self) -> dict[str, Any]:
        """The filters under which an export holds the readings of the view, and nothing else."""
        asked, subjects = self.attitude, [self.attitude.subject, *([self.compare] if self.compare else [])]
        given = {
            "population": asked.population,
            "subject": subjects,
            "construct": asked.construct,
            "pollster": list(self.pollsters),
            "from": self.first,
            "to": self.last,
            "known_by": asked.known_by,
        }
        return {name: value for name, value in given.items() if value}

    def query(self) -> dict[str, Any]:
        """The same choices as the words of an address: of the page, or of a picture with ``population`` and ``subject``
        in its path."""
        asked = self.attitude
        given = {
            **asked._asdict(),
            "compare": self.compare,
            "pollster": list(self.pollsters),
            "from": self.first,
            "to": self.last,
            "category": list(self.categories),
            "actor": list(self.actors),
        }
        usual = {"construct": "favourability", "measure": "positive", "object": "country"}
        return {name: value for name, value in given.items() if value and usual.get(name) != value}


@dataclass(frozen=True)
class View:
    """Everything that is shown of one attitude, or of two compared, under the choices made."""

    source: Source
    choices: Choices

    @property
    def attitude(self) -> Attitude:
        """The attitude in view; of two, the first."""
        return self.choices.attitude

    @cached_property
    def other(self) -> "View | None":
        """The view of the subject that this one is compared with."""
        compare = self.choices.compare
        if compare is None:
            return None
        return View(self.source, replace(self.choices, attitude=self.attitude._replace(subject=compare), compare=None))

    @cached_property
    def both(self) -> "list[View]":
        """This view, and the one that it is compared with."""
        return [self, *([self.other] if self.other else [])]

    @cached_property
    def readings(self) -> pd.DataFrame:
        """All readings of the attitude."""
        return self.source.readings(self.attitude)

    @cached_property
    def shown(self) -> pd.DataFrame:
        """Those of the chosen pollsters and dates."""
        rows, chosen = self.readings, self.choices
        if chosen.pollsters:
            rows = rows[rows["pollster"].isin(chosen.pollsters)]
        if chosen.first:
            rows = rows[rows["field_end"] >= pd.Timestamp(chosen.first)]
        if chosen.last:
            rows = rows[rows["field_start"] <= pd.Timestamp(chosen.last)]
        return rows

    @cached_property
    def population(self) -> str:
        """The name of those who are asked."""
        return language.name(self.source.populations[self.attitude.population].name)

    @cached_property
    def subject(self) -> str:
        """The name of what is rated."""
        return language.name(self.source.subjects[self.attitude.subject].name)

    @cached_property
    def measured(self) -> str:
        """The name of the number that is followed."""
        return self.source.measures(self.attitude._replace(known_by=None)).get(
            self.attitude.measure, self.attitude.measure
        )

    @property
    def subjects(self) -> list[str]:
        """What is rated, one or two."""
        return [view.attitude.subject for view in self.both]

    def _holds(self, day: dt.date) -> bool:
        """Whether a day lies in the chosen dates, and before the day by which things must have been known."""
        ends = (self.choices.last, self.attitude.known_by)
        return (self.choices.first or day) <= day <= min(end or day for end in ends)

    @cached_property
    def claims(self) -> list[Any]:
        """Claims about the population and what it rates, made in these dates."""
        rows = self.source.claims(self.attitude.population, self.subjects)
        return [row for row in rows if self._holds(row.date)]

    @cached_property
    def words(self) -> dict[str, tuple[str, str]]:
        """The verdict's two words on each claim; the second by what is public now, or was by the chosen day."""
        return self.source.words(self.attitude.population, self.subjects, self.attitude.known_by)

    @cached_property
    def events(self) -> list[Any]:
        """Events that bear on what is rated, of the chosen categories and actors, in these dates."""
        chosen = self.choices
        rows = [row for row in self.source.events(self.subjects) if self._holds(row.date)]
        rows = [row for row in rows if not chosen.categories or row.category in chosen.categories]
        return [row for row in rows if not chosen.actors or set(chosen.actors) & set(actors_of(row))]

    @cached_property
    def event_table(self) -> pd.DataFrame:
        """The rail; an event in which population and subject both act comes first."""
        own = self.source.populations[self.attitude.population].country
        rated = {self.source.subjects[subject].country for subject in self.subjects} - {None, own}
        return event_table(self.events, own, rated, self.time)

    @cached_property
    def span(self) -> tuple[dt.date, dt.date]:
        """The days shown at first."""
        dated = pd.DataFrame({"date": pd.to_datetime([row.date for row in [*self.claims, *self.events]])})
        every = pd.concat([view.shown for view in self.both])
        drawn = every[every["value"].notna()]
        first, last = span_of(drawn if len(drawn) else every, dated)
        return self.choices.first or first, self.choices.last or last

    @property
    def time(self) -> pd.Timedelta:
        """How long the chart is in time."""
        first, last = self.span
        return pd.Timestamp(last) - pd.Timestamp(first)

    @cached_property
    def chart(self) -> Chart:
        """The chart."""
        lane = claim_table(self.claims, self.words, self.time)
        return trend_chart(self._lines, self.event_table, lane, **self._drawn)

    @cached_property
    def plain_chart(self) -> Chart:
        """The chart without claims, events and panels, for a small picture."""
        return trend_chart(self._lines, **self._drawn, plain=True)

    @cached_property
    def _lines(self) -> list[Line]:
        return [Line(view.subject, view.shown, view.trend) for view in self.both]

    @cached_property
    def _drawn(self) -> dict[str, Any]:
        return {"pollsters": order(self.readings), "span": self.span, "title": self.axis()}

    def picture(self, ending: str, theme: str, size: Picture) -> bytes:
        """The chart as SVG or PNG, under its sentence and what must be said with it."""
        if size.height:
            return figure(self.plain_chart, ending, theme, size, self.headline, [*self.counts[:1], self.left_out])
        lines = [*self.counts, self.left_out, self.summary, sentences.caption()]
        return figure(self.chart, ending, theme, size, self.headline, [line for line in lines if line])

    @property
    def trend(self) -> Any:
        """The pooled trend of all that is comparable, whatever of it is shown; or None."""
        return self.source.trend(self.attitude)

    def axis(self) -> list[str]:
        """What the value axis measures, and in which wording: that of most readings, and how many others."""
        rows = pd.concat([view.shown for view in self.both])
        used = rows[rows["comparable"]]["scale_name"].value_counts()
        what = f"{capital(construct_name(self.attitude.construct))}, {self.measured}"
        if used.empty:
            return [what]
        wording, others = language.name(used.index[0]), len(used) - 1
        if not others:
            return [what, wording]
        form = ngettext("{wording}; {count} other scale", "{wording}; {count} other scales", others)
        return [what, form.format(wording=wording, count=language.number(others))]

    @cached_property
    def difference(self) -> Any:
        """How far the two subjects stand apart among the same people; None for one, or where no poll asked both."""
        return self.source.apart(self.attitude, self.other.attitude) if self.other else None

    @cached_property
    def headline(self) -> str:
        """The newest reading and the one before it; of two subjects, how far they stand apart."""
        asked = self.attitude
        if self.other and self.difference:
            return sentences.apart(
                self.difference,
                self.population,
                self.subject,
                self.other.subject,
                asked.construct,
                asked.measure,
                self.measured,
            )
        if self.other:
            none = _("No poll asked {population} about both {a} and {b} in the same way")
            return none.format(
                population=within(self.population), a=subject_name(self.subject), b=subject_name(self.other.subject)
            )
        if asked.known_by and not self.readings["comparable"].any():
            none = _("No poll of this was public by {day}: choose a later day, or none")
            return none.format(day=language.day(asked.known_by))
        return sentences.headline(
            self.shown, self.population, self.subject, asked.construct, asked.measure, self.measured
        )

    @cached_property
    def left_out(self) -> str:
        """How many polls the view shows of all there are; empty where it shows them all."""
        tables = [pd.concat(rows) for rows in zip(*((view.shown, view.readings) for view in self.both), strict=True)]
        return sentences.left_out(*tables)

    @cached_property
    def counts(self) -> list[str]:
        """What stands behind the chart: a line for each subject."""
        known_by = self.attitude.known_by
        found = [sentences.counts(view.shown, known_by or self.source.store.today()) for view in self.both]
        if self.other:
            found = [language.pair(view.subject, line) for view, line in zip(self.both, found, strict=True) if line]
        public = _("As it was known by {day}").format(day=language.day(known_by)) if known_by else ""
        return [line for line in (public, *found) if line]

    @cached_property
    def summary(self) -> str:
        """Where the pooled level stands, or why there is none; of two, what their difference is pooled from."""
        if self.other and self.difference:
            return sentences.within_polls(self.difference, self.subject, self.other.subject)
        found = self.trend
        return sentences.summary(found) if found else str(self.source.pooled(self.attitude))

    @property
    def in_words(self) -> str:
        """What the chart shows, for whoever does not see it."""
        return f"{self.headline}. {self.summary}"

    @cached_property
    def named(self) -> list[Any]:
        """The events that the chart names, in date order: rows with ``number``, ``title`` and ``shown_date``."""
        return list(labelled(self.event_table).itertuples())
