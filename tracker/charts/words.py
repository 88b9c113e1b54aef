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
OTHERWISE = "{subject}, {construct}, {measure}: {value} of {population}"
#: a difference of shares and a mean are not shares of anybody
NUMBER = "{subject}, {construct}, {measure}: {value} among {population}"
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


def capital(text: str) -> str:
    """A phrase as the beginning of a label; names within it keep their letters."""
    return text[:1].upper() + text[1:]


def within(population: str) -> str:
    """The name of a population inside a sentence: "Adults in Japan" begins with a common noun."""
    return population[:1].lower() + population[1:] if population.startswith(_("Adults in ")) else population


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


def headline(
    readings: pd.DataFrame, population: str, subject: str, construct: str, measure: str, measured: str | None = None
) -> str:
    """The newest reading set against the one before it by the same instrument.

    ``readings`` as :func:`tracker.series.read` gives them; ``population`` and ``subject`` are names, and ``measured``
    that of a measure which is a response. Without a comparable reading the sentence says so.
    """
    population = within(population)
    names = {"construct": construct_name(construct), "measure": measured or measure_name(measure)}
    latest = _latest(readings)
    if latest is None:
        none = _("No poll of {population} on {subject} gives a reading of {construct}, {measure}")
        return none.format(population=population, subject=subject, **names)
    otherwise = OTHERWISE if latest["unit"] == "percent" else NUMBER
    said = _(SENTENCES.get((construct, measure), otherwise)).format(
        value=_figure(latest, measure), population=population, subject=subject, **names
    )
    place = _(" ({pollster}, {when})").format(pollster=latest["pollster_name"], when=when(latest))
    return said + place + _moved(latest, _before(readings, latest), measure)


def _figure(reading: pd.Series, measure: str) -> str:
    if measure != "net":
        return amount(reading["value"], reading["unit"], reading["high"])
    return _("{points} points").format(points=signed(reading["value"]))


def signed(value: float) -> str:
    """A difference with its sign: +12, −7.5."""
    figure = language.number(abs(round(float(value), 2)))
    return f"+{figure}" if value > 0 else f"\u2212{figure}" if value < 0 else figure


def _moved(latest: pd.Series, before: pd.Series | None, measure: str) -> str:
    if before is None:
        return ""
    change = latest["value"] - before["value"]
    form = _(", up from {value} in {year}") if change > 0 else _(", down from {value} in {year}")
    form = form if change else _(", as in {year}")
    year = as_day(before["field_end"]).year
    return form.format(value=_figure(before, measure), year=year)


def counts(readings: pd.DataFrame, today: dt.date) -> str:
    """Comparable polls out of all, their pollsters and interviews, and the age of the newest: one line."""
    if readings.empty:
        return ""
    usable = readings[readings["comparable"]]
    every, polls = readings["poll"].nunique(), usable["poll"].nunique()
    # a poll's interviews count once, however many of its questions are read
    sizes = usable.drop_duplicates("poll")["sample_size"].dropna()
    form = (
        _("{polls} of {count} polls comparable") if polls < every else ngettext("{count} poll", "{count} polls", every)
    )
    line = form.format(polls=language.number(polls), count=language.number(every))
    if not polls:
        return line
    pollsters = usable["pollster"].nunique()
    who = ngettext("{count} pollster", "{count} pollsters", pollsters).format(count=language.number(pollsters))
    return " · ".join([line, who, *_interviews(sizes), _age(usable, today)])


def _interviews(sizes: pd.Series) -> list[str]:
    """How many interviews the polls count that say so; nothing where none does."""
    told = ngettext(
        "{count} interviews in the {known} poll that gives its sample",
        "{count} interviews in the {known} polls that give their sample",
        len(sizes),
    )
    return [told.format(count=language.number(int(sizes.sum())), known=len(sizes))] if len(sizes) else []


def _age(readings: pd.DataFrame, today: dt.date) -> str:
    """How long ago the newest fieldwork ended, as far as its dates are known."""
    last = readings.sort_values("field_end").iloc[-1]
    days = max((today - as_day(last["field_end"])).days, 0)
    if last["date_precision"] == "day":
        ago = ngettext("last fieldwork {days} day ago", "last fieldwork {days} days ago", days)
    else:
        ago = ngettext("last fieldwork at least {days} day ago", "last fieldwork at least {days} days ago", days)
    return ago.format(days=language.number(days))


def summary(trend: Any) -> str:
    """Where the pooled level stands by the newest reading, and where it stood a year before.

    A reading dated to its year or month is somewhere within it: its middle is the day that it speaks for.
    """
    day = max(_spoken_for(row) for row in trend.readings.itertuples())
    year_before = dt.date(day.year - 1, day.month, min(day.day, 28))
    now, then = (row for _index, row in trend.band([day, year_before]).iterrows())
    reading = trend.readings.iloc[-1]
    level = _("Pooled over all comparable polls, the level stood at {level} on {day} (95 % band {low} to {high})")
    text = level.format(
        level=_level(now["level"], reading),
        day=language.day(day),
        low=_level(now["low95"], reading),
        high=_level(now["high95"], reading),
    )
    if as_day(trend.first) > year_before:
        return text + "."
    return text + _("; a year earlier, at {level}.").format(level=_level(then["level"], reading))


def _spoken_for(row: Any) -> dt.date:
    start, end = as_day(row.field_start), as_day(row.field_end)
    return end if row.date_precision == "day" else start + (end - start) / 2


def _level(value: float, reading: pd.Series) -> str:
    """A pooled value as precisely as it deserves: whole points of a share or a difference, tenths of a scale of ten."""
    if reading["unit"] == "percent":
        return amount(round(value), "percent")
    if pd.isna(reading["high"]):
        return _("{points} points").format(points=signed(round(value)))
    return amount(round(value, 1), reading["unit"], reading["high"])
