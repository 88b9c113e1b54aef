"""Small multiples: one attitude in every population that was asked, each in a small panel on the same axes."""

import datetime as dt
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from tracker import language
from tracker.charts import sentences
from tracker.charts.drawing import span_of
from tracker.charts.theme import COLOURS, FONT
from tracker.charts.view import Choices, View
from tracker.charts.words import as_day
from tracker.language import gettext as _
from tracker.language import ngettext

#: a panel in pixels, and the plot in it: left, top, right, bottom
SIZE, PLOT = (180, 108), (40, 8, 176, 86)


@dataclass(frozen=True)
class Panel:
    """One population of the grid."""

    view: View
    newest: pd.Series
    earlier: pd.Series | None

    @property
    def name(self) -> str:
        """Who was asked."""
        return self.view.population

    @property
    def figure(self) -> str:
        """The newest reading with its year."""
        return f"{sentences.figure_of(self.newest)} ({as_day(self.newest['field_end']).year})"

    @property
    def before(self) -> str:
        """The reading of the same instrument before it, with its year; a dash where there is none."""
        if self.earlier is None:
            return "–"
        return f"{sentences.figure_of(self.earlier)} ({as_day(self.earlier['field_end']).year})"

    @property
    def polls(self) -> int:
        """Comparable polls."""
        return int(self.view.shown[self.view.shown["comparable"]]["poll"].nunique())


@dataclass(frozen=True)
class Multiples:
    """The same choices in every population, the highest newest reading first."""

    source: Any
    choices: Choices

    @cached_property
    def panels(self) -> list[Panel]:
        """A panel for each population with a comparable reading under the choices."""
        asked = self.choices.attitude
        kind = (asked.subject, asked.construct, asked.object)
        rows = [row for row in self.source.choices if (row.subject, row.construct, row.object) == kind]
        views = [
            View(self.source, replace(self.choices, attitude=asked._replace(population=row.population))) for row in rows
        ]
        found = [(view, sentences.latest(view.shown)) for view in views]
        panels = [Panel(view, row, sentences.before(view.shown, row)) for view, row in found if row is not None]
        return sorted(panels, key=lambda panel: (-panel.newest["value"], panel.name))

    @cached_property
    def subject(self) -> str:
        """The name of what is rated."""
        return language.name(self.source.subjects[self.choices.attitude.subject].name)

    @cached_property
    def measured(self) -> str:
        """The name of the number that is followed."""
        return self.panels[0].view.measured if self.panels else self.choices.attitude.measure

    @cached_property
    def headline(self) -> str:
        """From the lowest to the highest newest reading."""
        ends = [(panel.name, panel.newest) for panel in self.panels]
        return sentences.extremes(ends, self.subject, self.choices.attitude.construct, self.measured)

    @cached_property
    def counts(self) -> str:
        """How many populations, polls and pollsters, and how the panels are to be read."""
        count = len(self.panels)
        shown = [panel.view.shown[panel.view.shown["comparable"]] for panel in self.panels]
        polls = language.number(sum(rows["poll"].nunique() for rows in shown))
        line = ngettext("{count} population, {polls} polls", "{count} populations, {polls} polls", count)
        return line.format(count=language.number(count), polls=polls)

    @cached_property
    def axes(self) -> "Axes":
        """The axes that all panels share."""
        rows = pd.concat([panel.view.shown for panel in self.panels])
        rows = rows[rows["comparable"]]
        low, high = (0.0, 100.0) if rows["unit"].iloc[0] == "percent" else _round_ends(rows)
        return Axes(span_of(rows), low, high, rows["unit"].iloc[0] == "percent")

    def table(self, name_of: Callable[[str], str] = str) -> pd.DataFrame:
        """The grid as a table: who, the newest reading, the one before it by the same instrument, how many polls.

        ``name_of`` makes a name of the record fit for where the table is shown.
        """
        panels = self.panels
        return pd.DataFrame(
            {
                _("Population"): [name_of(panel.name) for panel in panels],
                _("Newest reading"): [panel.figure for panel in panels],
                _("Before it, same instrument"): [panel.before for panel in panels],
                _("Pollster"): [name_of(panel.newest["pollster_name"]) for panel in panels],
                _("Comparable polls"): [language.number(panel.polls) for panel in panels],
            }
        )

    def html(self, theme: str) -> str:
        """The grid as a list of links, each with its panel in the colours of "light" or "dark"."""
        items = "".join(self._item(panel, theme) for panel in self.panels)
        return f'<ol class="panels">{items}</ol>'

    def _item(self, panel: Panel, theme: str) -> str:
        picture = b64encode(self.axes.panel(panel, COLOURS[theme]).encode()).decode()
        told = _("{name}: {figure}, before it {before}").format(
            name=panel.name, figure=panel.figure, before=panel.before
        )
        address = urlencode(language.carried(panel.view.choices.query()), doseq=True)
        return (
            f'<li><a href="?{escape(address)}"><b>{escape(panel.name)}</b> <span>{escape(panel.figure)}</span>'
            f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(told)}" width="{SIZE[0]}" height="{SIZE[1]}">'
            "</a></li>"
        )


def _round_ends(rows: pd.DataFrame) -> tuple[float, float]:
    if rows["high"].notna().all():
        return float(rows["low"].min()), float(rows["high"].max())
    return 10 * (rows["value"].min() // 10), 10 * -(-rows["value"].max() // 10)


@dataclass(frozen=True)
class Axes:
    """The time axis and the value axis of every panel, and the drawing on them."""

    span: tuple[dt.date, dt.date]
    low: float
    high: float
    percent: bool

    def x(self, day: Any) -> float:
        """Where a day stands, in pixels."""
        left, _top, right, _bottom = PLOT
        share = (as_day(day) - self.span[0]).days / (self.span[1] - self.span[0]).days
        return round(left + share * (right - left), 1)

    def y(self, value: float) -> float:
        """Where a value stands, in pixels."""
        _left, top, _right, bottom = PLOT
        return round(
            bottom - (min(max(value, self.low), self.high) - self.low) / (self.high - self.low) * (bottom - top), 1
        )

    def panel(self, panel: Panel, colours: dict[str, str]) -> str:
        """One population as SVG: the 95 % band and the level where there is a trend, and the readings as points."""
        rows = panel.view.shown[panel.view.shown["comparable"]]
        middle = rows["field_start"] + (rows["field_end"] - rows["field_start"]) / 2
        points = [(self.x(day), self.y(value)) for day, value in zip(middle, rows["value"], strict=True)]
        marks = "".join(f'<circle cx="{x}" cy="{y}" r="2.6" fill="{colours["blue"]}"/>' for x, y in points)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE[0]} {SIZE[1]}" font-family=\'{FONT}\' '
            f'font-size="12" fill="{colours["muted"]}">{self._frame(colours)}{self._trend(panel, colours)}{marks}</svg>'
        )

    def _frame(self, colours: dict[str, str]) -> str:
        left, _top, right, bottom = PLOT
        sign = "\u00a0%" if self.percent else ""
        lines = [
            f'<path d="M{left},{self.y(value)}H{right}" stroke="{colours["hairline"]}"/>'
            f'<text x="{left - 6}" y="{self.y(value) + 4}" text-anchor="end">{language.number(value)}{sign}</text>'
            for value in (self.low, (self.low + self.high) / 2, self.high)
        ]
        first, last = (day.year for day in self.span)
        years = f'<text x="{left}" y="{bottom + 16}">{first}</text>'
        return "".join(lines) + years + f'<text x="{right}" y="{bottom + 16}" text-anchor="end">{last}</text>'

    def _trend(self, panel: Panel, colours: dict[str, str]) -> str:
        trend = panel.view.trend
        if trend is None or trend.first == trend.last:
            return ""
        days = [trend.first + (trend.last - trend.first) * step / 24 for step in range(25)]
        band = trend.band(days)
        upper, lower, level = (
            [f"{self.x(day)},{self.y(value)}" for day, value in zip(days, band[name], strict=True)]
            for name in ("high95", "low95", "level")
        )
        area = "M" + "L".join([*upper, *reversed(lower)]) + "Z"
        return (
            f'<path d="{area}" fill="{colours["band"]}" fill-opacity="0.2"/>'
            f'<path d="M{"L".join(level)}" fill="none" stroke="{colours["ink"]}" stroke-width="1.5"/>'
        )
