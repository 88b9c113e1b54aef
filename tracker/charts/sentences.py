"""Sentences made from the numbers: headline, counts, summary. Every figure says what it is a figure of."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from tracker import language
from tracker.charts.words import (
    amount,
    as_day,
    capital,
    construct_name,
    measure_name,
    points,
    subject_name,
    when,
    within,
)
from tracker.language import gettext as _
from tracker.language import marked, ngettext

#: what a share is a share of, by construct and measure; anything else is named by its construct
SENTENCES = marked(
    {
        ("favourability", "positive"): "{value} of {population} viewed {subject} favourably",
        ("favourability", "negative"): "{value} of {population} viewed {subject} unfavourably",
        ("favourability", "net"): "Favourable less unfavourable views of {subject} stood at {value} among {population}",
        ("favourability", "mean"): "{subject} was rated {value} on average by {population}",
    }
)
#: for two subjects, where the difference is clear: a is above b, or below
APART = marked(
    {
        ("favourability", "positive", True): "{population} viewed {a} more favourably than {b}, by {points} points",
        ("favourability", "positive", False): "{population} viewed {a} less favourably than {b}, by {points} points",
    }
)
OTHERWISE = marked("{subject}, {construct}, {measure}: {value} of {population}")
#: a difference of shares and a mean are not shares of anybody
NUMBER = marked("{subject}, {construct}, {measure}: {value} among {population}")


def caption() -> str:
    """What the band is and is not; stands under every chart that has one."""
    return _(
        "The band is the uncertainty of the trend, not the range where opinion lies. "
        "Real survey error has averaged about twice the stated margin."
    )


def headline(
    readings: pd.DataFrame, population: str, subject: str, construct: str, measure: str, measured: str | None = None
) -> str:
    """The newest reading set against the one before it by the same instrument.

    ``readings`` as :func:`tracker.series.read` gives them; ``population`` and ``subject`` are names, and ``measured``
    that of a measure which is a response. Without a comparable reading the sentence says so.
    """
    population, subject = within(population), subject_name(subject)
    names = {"construct": construct_name(construct), "measure": measured or measure_name(measure)}
    newest = latest(readings)
    if newest is None:
        none = _("No poll of {population} on {subject} gives a reading of {construct}, {measure}")
        return none.format(population=population, subject=subject, **names)
    otherwise = OTHERWISE if newest["unit"] == "percent" else NUMBER
    said = _(SENTENCES.get((construct, measure), otherwise)).format(
        value=figure_of(newest), population=population, subject=subject, **names
    )
    return capital(said) + _source(newest) + _moved(newest, before(readings, newest))


def latest(readings: pd.DataFrame) -> pd.Series | None:
    """The newest comparable reading; one dated only to its year comes after those that are known better."""
    usable = readings[readings["comparable"]]
    if usable.empty:
        return None
    ranked = usable.assign(dated=usable["date_precision"] != "year").sort_values(["dated", "field_end"])
    return ranked.iloc[-1]


def before(readings: pd.DataFrame, newest: pd.Series) -> pd.Series | None:
    """The reading of the same instrument before this one."""
    same = readings[readings["comparable"] & (readings["instrument"] == newest["instrument"])]
    earlier = same[same["field_end"] < newest["field_start"]]
    return None if earlier.empty else earlier.sort_values("field_end").iloc[-1]


def _source(reading: pd.Series) -> str:
    place = _(" ({pollster}, {when})")
    if reading["provenance"] == "secondary":
        place = _(" ({pollster}, {when}, seen second-hand)")
    return place.format(pollster=reading["pollster_name"], when=when(reading))


def figure_of(reading: pd.Series) -> str:
    """A reading with its unit; points without ends are a difference of shares."""
    if reading["unit"] == "points" and pd.isna(reading["high"]):
        return points(reading["value"])
    return amount(reading["value"], reading["unit"], reading["high"])


def _moved(newest: pd.Series, earlier: pd.Series | None) -> str:
    if earlier is None:
        return ""
    change = newest["value"] - earlier["value"]
    form = _(", up from {value} in {year}") if change > 0 else _(", down from {value} in {year}")
    form = form if change else _(", as in {year}")
    ended = as_day(earlier["field_end"])
    again = ended.year == as_day(newest["field_end"]).year and earlier["date_precision"] != "year"
    return form.format(value=figure_of(earlier), year=language.day(ended, "month" if again else "year"))


def apart(found: Any, population: str, a: str, b: str, construct: str, measure: str, measured: str = "") -> str:
    """How far two subjects stand apart on the day of the newest poll that asked the same people about both.

    ``found`` is a :class:`tracker.trend.Difference`. Where its 95 % band holds no difference, the sentence says so.
    """
    now = _newest_level(found)
    a, b, population = subject_name(a), subject_name(b), within(population)
    about = {"construct": construct_name(construct), "measure": measured or measure_name(measure)}
    if now["low95"] <= 0 <= now["high95"]:
        form = _("No clear difference between {a} and {b} among {population}: {construct}, {measure}")
        return form.format(a=a, b=b, population=population, **about)
    above = bool(now["level"] > 0)
    higher = _("{a} stood {points} points above {b} among {population}: {construct}, {measure}")
    lower = _("{a} stood {points} points below {b} among {population}: {construct}, {measure}")
    own = APART.get((construct, measure, above))
    text = _(own) if own else higher if above else lower
    size = language.number(abs(round(float(now["level"]))))
    return capital(text.format(a=a, b=b, population=population, points=size, **about))


def within_polls(found: Any, a: str, b: str) -> str:
    """What the difference of two subjects is pooled from, with its band, in one line."""
    now, count = _newest_level(found), found.readings["poll"].nunique()
    form = ngettext(
        "{a} less {b}, pooled within the {count} poll that asked the same people about both: {level} on {day} "
        "(95 % band {low} to {high})",
        "{a} less {b}, pooled within the {count} polls that asked the same people about both: {level} on {day} "
        "(95 % band {low} to {high})",
        count,
    )
    figures = {name: points(round(now[column])) for name, column in BAND.items()}
    a, b = capital(subject_name(a)), subject_name(b)
    return form.format(a=a, b=b, count=language.number(count), day=language.day(as_day(now["date"])), **figures)


BAND = {"level": "level", "low": "low95", "high": "high95"}


def _newest_level(found: Any) -> pd.Series:
    return found.band([_newest_day(found)]).iloc[0]


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
    known = language.number(len(sizes))
    return [told.format(count=language.number(int(sizes.sum())), known=known)] if len(sizes) else []


def _age(readings: pd.DataFrame, today: dt.date) -> str:
    """How long ago the newest fieldwork ended, as far as its dates are known."""
    last = readings.sort_values("field_end").iloc[-1]
    days = max((today - as_day(last["field_end"])).days, 0)
    if last["date_precision"] == "day":
        ago = ngettext("last fieldwork {days} day ago", "last fieldwork {days} days ago", days)
    else:
        ago = ngettext("last fieldwork at least {days} day ago", "last fieldwork at least {days} days ago", days)
    return ago.format(days=language.number(days))


def left_out(shown: pd.DataFrame, every: pd.DataFrame) -> str:
    """How many polls a view shows of all there are; empty where it shows them all."""
    if len(shown) == len(every):
        return ""
    part, whole = shown["poll"].nunique(), every["poll"].nunique()
    if part == whole:
        form = _("{shown} of {all} questions shown; the trend pools all that are comparable")
        part, whole = len(shown), len(every)
    else:
        form = _("{shown} of {all} polls shown; the trend pools all that are comparable")
    return form.format(shown=language.number(part), all=language.number(whole))


def summary(trend: Any) -> str:
    """Where the pooled level stands by the newest reading, and where it stood a year before.

    A reading dated to its year or month is somewhere within it: its middle is the day that it speaks for.
    """
    day = _newest_day(trend)
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


def _newest_day(found: Any) -> dt.date:
    """The newest day that a reading speaks for: the last of its fieldwork, or the middle of a year or month that it is
    dated to."""
    rows = found.readings
    middle = rows["field_start"] + (rows["field_end"] - rows["field_start"]) / 2
    return as_day(rows["field_end"].where(rows["date_precision"] == "day", middle).max())


def _level(value: float, reading: pd.Series) -> str:
    """A pooled value as precisely as it deserves: whole points of a share or a difference, tenths of a scale of ten."""
    if reading["unit"] == "percent":
        return amount(round(value), "percent")
    if pd.isna(reading["high"]):
        return points(round(value))
    return amount(round(value, 1), reading["unit"], reading["high"])


def extremes(readings: Sequence[tuple[str, Any]], subject: str, construct: str, measured: str) -> str:
    """The lowest and the highest among the newest readings of populations: (name, reading), the highest first."""
    names = {"subject": subject_name(subject), "construct": construct_name(construct), "measure": measured}
    if not readings:
        return _("No poll on {subject} gives a reading of {construct}, {measure}").format(**names)
    form = _(
        "{subject}, {construct}, {measure}: from {low} of {lowest} ({low_year}) to {high} of {highest} ({high_year})"
    )
    if readings[0][1]["unit"] != "percent":
        form = _(
            "{subject}, {construct}, {measure}: from {low} among {lowest} ({low_year}) to {high} among {highest} "
            "({high_year})"
        )
    (highest, top), (lowest, bottom) = readings[0], readings[-1]
    figures = {"low": figure_of(bottom), "high": figure_of(top)}
    years = {"low_year": as_day(bottom["field_end"]).year, "high_year": as_day(top["field_end"]).year}
    said = form.format(lowest=within(lowest), highest=within(highest), **names, **figures, **years)
    return capital(said)
