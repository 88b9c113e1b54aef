"""Names and figures in words: constructs, measures, actors, amounts with their units, dates as they are known."""

import datetime as dt
from typing import Any

import pandas as pd

from tracker import language
from tracker.language import gettext as _
from tracker.language import marked

MEASURE_NAMES = marked(
    {
        "positive": "the positive answers",
        "negative": "the negative answers",
        "net": "positive minus negative",
        "mean": "the mean",
    }
)


def construct_name(construct: str) -> str:
    """What is measured, in words."""
    return language.word(construct)


def measure_name(measure: str) -> str:
    """The number that is followed, in words; a response by its own name."""
    return _(MEASURE_NAMES.get(measure, measure.replace("-", " ")))


def actor_name(actor: str) -> str:
    """Who takes part in an event: a country by its code, anybody else by name."""
    return language.country(actor) or actor


def capital(text: str) -> str:
    """A phrase as the beginning of a label; names within it keep their letters."""
    return text[:1].upper() + text[1:]


def within(population: str) -> str:
    """The name of a population inside a sentence: "Adults in Japan" begins with a common noun."""
    return population[:1].lower() + population[1:] if population.startswith(_("Adults in ")) else population


def subject_name(name: str) -> str:
    """The name of a subject inside a sentence: "United States" takes an article."""
    plural = name.startswith("United ") or name in ("European Union", "Netherlands", "Philippines")
    return _("the {name}").format(name=name) if plural else name


def amount(value: float, unit: str, high: float | None = None) -> str:
    """A figure with its unit: 34 %; 3.1 of 10; +12 points."""
    figure = language.number(round(float(value), 2))
    if unit == "percent":
        return _("{value}\u00a0%").format(value=figure)
    if high is not None and not pd.isna(high):
        return _("{value} of {high}").format(value=figure, high=language.number(float(high)))
    return figure


def when(row: Any) -> str:
    """The field period of a reading as precisely as it is known; a window says that it is one."""
    text = language.span(as_day(row.field_start), as_day(row.field_end), row.date_precision)
    return _("within {span}").format(span=text) if row.date_precision == "window" else text


def as_day(value: Any) -> dt.date:
    """A date, whether a table holds it as a date or as a moment."""
    return value.date() if isinstance(value, dt.datetime) else value


def points(value: float) -> str:
    """A difference of shares, which is no share: +12 points."""
    return _("{points} points").format(points=signed(value))


def signed(value: float) -> str:
    """A difference with its sign: +12, −7.5."""
    figure = language.number(abs(round(float(value), 2)))
    return f"+{figure}" if value > 0 else f"\u2212{figure}" if value < 0 else figure
