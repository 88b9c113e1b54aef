"""Sentences made from the numbers: headline, counts, summary. Every figure says what it is a figure of."""

import datetime as dt
from typing import Any

import pandas as pd

from tracker import language
from tracker.language import gettext as _
from tracker.language import ngettext

#: what a share is a share of, by construct and measure; anything else is named by its construct
SENTENCES = {
    ("favourability", "positive"): "{value} of {population} viewed {subject} favourably",
    ("favourability", "negative"): "{value} of {population} viewed {subject} unfavourably",
}
MEASURE_NAMES = {
    "positive": "the positive answers",
    "negative": "the negative answers",
    "net": "positive minus negative",
    "mean": "the mean",
}
CONSTRUCT_NAMES = {
    "favourability": "favourability",
    "closer-ties": "closer ties",
    "threat": "threat",
    "trade-vs-rights": "trade against rights",
    "leadership-approval": "approval of the leadership",
    "influence": "influence",
    "trade-partner-view": "view as a trade partner",
    "relationship": "state of the relationship",
    "trust": "trust",
    "firmness": "firmness",
}


def construct_name(construct: str) -> str:
    """What is measured, in words."""
    return _(CONSTRUCT_NAMES.get(construct, construct.replace("-", " ")))


def measure_name(measure: str) -> str:
    """The number that is followed, in words; a response by its own name."""
    return _(MEASURE_NAMES.get(measure, measure.replace("-", " ")))


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


def _latest(readings: pd.DataFrame) -> pd.Series | None:
    """The newest comparable reading; one dated only to its year comes after those that are known better."""
    usable = readings[readings["comparable"]]
    if usable.empty:
        return None
    ranked = usable.assign(dated=usable["date_precision"] != "year").sort_values(["dated", "field_end"])
    return ranked.iloc[-1]


def _before(readings: pd.DataFrame, latest: pd.Series) -> pd.Series | None:
    """The reading of the same instrument before this one."""
    same = readings[readings["comparable"] & (readings["instrument"] == latest["instrument"])]
    earlier = same[same["field_end"] < latest["field_start"]]
    return None if earlier.empty else earlier.sort_values("field_end").iloc[-1]


def headline(readings: pd.DataFrame, population: str, subject: str, construct: str, measure: str) -> str:
    """The newest reading set against the one before it by the same instrument.

    ``readings`` as :func:`tracker.series.read` gives them; ``population`` and ``subject`` are names. Without a
    comparable reading the sentence says so.
    """
    latest = _latest(readings)
    if latest is None:
        return _("No comparable poll of {population} on {subject} yet").format(population=population, subject=subject)
    other = "{value} of {population}: {subject}, {construct}, {measure}"
    said = _(SENTENCES.get((construct, measure), other)).format(
        value=amount(latest["value"], latest["unit"], latest["high"]),
        population=population,
        subject=subject,
        construct=construct_name(construct),
        measure=measure_name(measure),
    )
    place = _(" ({pollster}, {when})").format(pollster=latest["pollster_name"], when=when(latest))
    return said + place + _moved(latest, _before(readings, latest))


def _moved(latest: pd.Series, before: pd.Series | None) -> str:
    if before is None:
        return ""
    change = latest["value"] - before["value"]
    form = _(", up from {value} in {year}") if change > 0 else _(", down from {value} in {year}")
    form = form if change else _(", as in {year}")
    year = as_day(before["field_end"]).year
    return form.format(value=amount(before["value"], before["unit"], before["high"]), year=year)


def counts(readings: pd.DataFrame, today: dt.date) -> str:
    """Polls, pollsters, interviews, last fieldwork: one line."""
    if readings.empty:
        return ""
    polls, pollsters = readings["poll"].nunique(), readings["pollster"].nunique()
    # a poll's interviews count once, however many of its questions are read
    sizes = readings.drop_duplicates("poll")["sample_size"]
    last = readings.sort_values("field_end").iloc[-1]
    days = max((today - as_day(last["field_end"])).days, 0)
    if last["date_precision"] == "day":
        ago = ngettext("last fieldwork {days} day ago", "last fieldwork {days} days ago", days)
    else:
        ago = ngettext("last fieldwork at least {days} day ago", "last fieldwork at least {days} days ago", days)
    parts = [
        ngettext("{count} poll", "{count} polls", polls).format(count=language.number(polls)),
        ngettext("{count} pollster", "{count} pollsters", pollsters).format(count=language.number(pollsters)),
        _("{count} interviews in the {known} polls that give their sample").format(
            count=language.number(int(sizes.sum())), known=int(sizes.notna().sum())
        ),
        ago.format(days=language.number(days)),
    ]
    return " · ".join(parts)


def summary(trend: Any) -> str:
    """Where the pooled level stands on its last day and where it stood a year before."""
    day = as_day(trend.last)
    year_before = dt.date(day.year - 1, day.month, min(day.day, 28))
    now, then = (row for _index, row in trend.band([day, year_before]).iterrows())
    unit = trend.readings["unit"].iloc[0]
    level = _("Pooled over all comparable polls, the level stood at {level} on {day} (95 % band {low} to {high})")
    text = level.format(
        level=amount(round(now["level"]), unit),
        day=language.day(day),
        low=language.number(round(now["low95"])),
        high=language.number(round(now["high95"])),
    )
    if as_day(trend.first) > year_before:
        return text + "."
    return text + _("; a year earlier, at {level}.").format(level=amount(round(then["level"]), unit))
