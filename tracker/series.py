"""Comparable readings of one attitude through time: rows of questions in, one table out.

A reading is one question of a published poll with its value on the measure followed. Two readings may share a line
where they are of one *instrument*: one wording in one pollster's hands by one mode class. They meet in the pooled trend
where they are *comparable*; what is not says why (``WHY_NOT``).
"""

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tracker import scales
from tracker.language import gettext as _
from tracker.language import marked, name, pair, word
from tracker.store import Store

DEFAULT_POPULATION = "ca-adults"
DEFAULT_SUBJECT = "china"
#: how people are interviewed, as far as it moves answers
MODE_CLASSES = ("telephone", "online", "hybrid", "face-to-face", "unknown")
#: constructs whose wordings all ask for the same thing, so that they may meet in one trend; any other construct mixes
#: different questions (more trade, a free-trade deal, an ally or a rival) and follows one of them
ONE_THING = frozenset({"favourability"})
#: days within which a reading speaks for a date
REACH = 365

#: why a reading is listed and not pooled
WHY_NOT = marked(
    {
        "rates-country": "It rates the country, and this trend does not.",
        "rates-government": "It rates the government, and this trend does not.",
        "rates-leader": "It rates the leader, and this trend does not.",
        "rates-people": "It rates the people, and this trend does not.",
        "not-given": "The figures seen do not give this measure.",
        "unknown-ends": "It is a mean on a scale whose ends are not known, so it stands on its own.",
        "other-unit": "It is in another unit: a mean is not a share.",
        "other-question": "It asks another question about the same matter.",
        "other-pollster": "It is by another pollster than the one followed.",
        "one-subject": "The poll asked about one of the two subjects, or in different ways.",
        "before-claim": "It was taken before the claim, and a forecast is judged by what came after.",
        "after-horizon": "It was taken after the horizon of the forecast.",
        "after-claim": "It was taken after the claim, which can only have quoted an earlier one.",
        "too-old": "It was taken more than two years before the claim.",
    }
)

#: every column with its type; a missing text is None, a missing number NaN or NA
COLUMNS = {
    "poll": "object",
    "question": "object",
    "pollster": "object",
    "pollster_name": "object",
    "value": "float64",
    "unit": "object",
    "base": "Int64",
    "sample_size": "Int64",
    "field_start": "datetime64[us]",
    "field_end": "datetime64[us]",
    "date_precision": "object",
    "known_from": "datetime64[us]",
    "known_from_assumed": "bool",
    "wording_key": "object",
    "wording": "object",
    "scale": "object",
    "scale_name": "object",
    "low": "float64",
    "high": "float64",
    "mode": "object",
    "mode_class": "object",
    "object": "object",
    "instrument": "object",
    "instrument_assumed": "bool",
    "comparable": "bool",
    "why_not": "object",
    "provenance": "object",
    "source_url": "object",
    "note": "object",
    "answers": "object",
}
MODE_WORDS = {
    "telephone": ("phone", "landline", "cell", "cati", "ivr"),
    "online": ("online", "web", "internet"),
    "face-to-face": ("face-to-face", "face to face", "in person", "in-person", "capi"),
}


def read(
    store: Store,
    population: str,
    subject: str,
    construct: str = "favourability",
    measure: str = "positive",
    object: str = "country",
    known_by: dt.date | None = None,
    pollster: str | None = None,
    cites: Collection[str] = (),
    near: Sequence[dt.date] = (),
) -> pd.DataFrame:
    """The readings of one attitude, one row a question, as :func:`frame` describes them."""
    rows = store.questions(population, subject, construct)
    return frame(rows, store.meanings(), measure, object, known_by, pollster, cites, near)


def frame(
    rows: Iterable[Any],
    meanings: Mapping[str, Sequence[Any]],
    measure: str = "positive",
    object: str = "country",
    known_by: dt.date | None = None,
    pollster: str | None = None,
    cites: Collection[str] = (),
    near: Sequence[dt.date] = (),
) -> pd.DataFrame:
    """Readings as a table with the columns of ``COLUMNS``, sorted by the end of fieldwork, then question.

    ``rows`` are questions of one population, subject and construct with their polls, ``meanings`` the responses by
    scale. ``known_by`` drops what was not public by the end of that day, save the questions in ``cites``.
    ``pollster`` makes everybody else's readings not comparable. Where a construct mixes different questions, the one
    that reaches most dates in ``near`` is followed; of several, the one with most readings.
    """
    rows = list(rows)
    matched = _match(rows)
    readings = [_reading(row, meanings.get(row.scale, ()), measure, object, matched) for row in rows]
    if known_by is not None:
        readings = [r for r in readings if r["known_from"] <= known_by or r["question"] in cites]
    if pollster is not None:
        _rule_out(readings, "other-pollster", lambda r: r["pollster"] == pollster)
    _follow_one(readings, {row.construct for row in rows} <= ONE_THING and measure != "mean", near)
    return _table(sorted(readings, key=lambda r: (r["field_end"], r["question"])))


def explain(why_not: str) -> str:
    """The sentence behind a code of ``WHY_NOT``, in the language in use."""
    return _(WHY_NOT[why_not])


def leave_out(readings: pd.DataFrame, rows: pd.Series, why_not: str) -> None:
    """Make the comparable ones among some rows (a mask) not comparable, in place, and say why by a code."""
    out = readings.comparable & rows
    readings.loc[out, "comparable"] = False
    readings.loc[out, "why_not"] = why_not


def mode_class(mode: str | None) -> str:
    """How people were interviewed, from the source's own words: one of ``MODE_CLASSES``."""
    text = (mode or "").casefold()
    found = [name for name, words in MODE_WORDS.items() if any(word in text for word in words)]
    if "hybrid" in text or "mixed" in text or len(found) > 1:
        return "hybrid"
    return found[0] if found else "unknown"


def plain_wording(text: str | None, subject_name: str, subject: str) -> str | None:
    """A question's text with the subject's name taken out, in lower case: the same for whatever is rated."""
    if not text:
        return None
    names = sorted({subject_name, subject.replace("-", " "), subject}, key=len, reverse=True)
    pattern = r"\b(?:the\s+)?(?:" + "|".join(re.escape(name) for name in names) + r")\b"
    return " ".join(re.sub(pattern, "…", text, flags=re.IGNORECASE).casefold().split())


def why_not_joined(a: Any, b: Any) -> list[str]:
    """What differs between the instruments of two readings, as "mode: telephone / online"; empty where nothing does."""
    pairs = [
        (_("pollster"), a.pollster_name, b.pollster_name),
        (_("mode"), word(a.mode_class), word(b.mode_class)),
        (_("scale"), name(a.scale_name), name(b.scale_name)),
        (_("rated"), word(a.object), word(b.object)),
    ]
    found = [pair(label, f"{x} / {y}") for label, x, y in pairs if x != y]
    if not found and a.instrument != b.instrument:
        found = [_("wording")]
    return found


def _match(rows: Sequence[Any]) -> dict[tuple[str, ...], set[str]]:
    """The known texts and mode classes of each pollster and scale: what an unknown one may be taken for."""
    known: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        if text := plain_wording(row.wording, row.subject_name, row.subject):
            known["text", row.pollster, row.scale, row.object].add(text)
        if (mode := mode_class(row.mode)) != "unknown":
            known["mode", row.pollster, row.scale].add(mode)
    return known


def _taken_for(own: str | None, known: set[str] | None) -> tuple[str | None, bool]:
    """A part of an instrument: its own value, or the one known value (then assumed), or unknown."""
    if own is not None or not known or len(known) > 1:
        return own, False
    return next(iter(known)), True


def _reading(
    row: Any, meanings: Sequence[Any], measure: str, object: str, matched: Mapping[tuple[str, ...], set[str]]
) -> dict[str, Any]:
    own_text, own_mode = plain_wording(row.wording, row.subject_name, row.subject), mode_class(row.mode)
    text, text_assumed = _taken_for(own_text, matched.get(("text", row.pollster, row.scale, row.object)))
    known_modes = matched.get(("mode", row.pollster, row.scale))
    mode, mode_assumed = _taken_for(None if own_mode == "unknown" else own_mode, known_modes)
    digest = _digest(row.construct, row.object, row.scale, text or "")
    value, unit, why_not = _value(row, meanings, measure, object)
    computed = {
        "value": value,
        "unit": unit,
        "known_from": row.published or row.field_end,
        "known_from_assumed": row.published is None,
        "wording_key": f"{row.scale}-{digest}",
        "mode_class": mode or "unknown",
        "instrument": f"{row.pollster}-{row.scale}-{mode or 'unknown'}-{digest}",
        "instrument_assumed": text_assumed or mode_assumed,
        "comparable": why_not is None,
        "why_not": why_not,
        "family": f"{row.scale}-{digest}" if text else f"{row.pollster}-{row.scale}-{digest}",
    }
    return {name: getattr(row, name) for name in COLUMNS if name not in computed} | computed


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:6]


def _value(row: Any, meanings: Sequence[Any], measure: str, object: str) -> tuple[float | None, str, str | None]:
    """A question's number on the measure, its unit, and why it cannot be pooled (None where it can)."""
    value = scales.value(row.answers, meanings, measure)
    mean = scales.value(row.answers, meanings, "mean")
    ends_unknown = row.low is None or row.high is None
    unit = "points" if measure in ("net", "mean") else "percent"
    if value is None and mean is not None:
        value, unit = mean, "points"
        why_not: str | None = "unknown-ends" if ends_unknown else "other-unit"
    elif value is None:
        why_not = "other-unit" if measure == "mean" else "not-given"
    else:
        why_not = "unknown-ends" if measure == "mean" and ends_unknown else None
    return value, unit, f"rates-{row.object}" if row.object != object else why_not


def _rule_out(readings: Iterable[dict[str, Any]], why_not: str, keep: Any) -> None:
    for reading in readings:
        if reading["comparable"] and not keep(reading):
            reading.update(comparable=False, why_not=why_not)


def _follow_one(readings: Sequence[dict[str, Any]], one_thing: bool, near: Sequence[dt.date]) -> None:
    """Where the readings ask different questions, keep one family of them: same wording, or an unknown wording of one
    pollster and scale."""
    families: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for reading in readings:
        if reading["comparable"]:
            families[reading["family"]].append(reading)
    if one_thing or len(families) < 2:
        return
    best = max(sorted(families), key=lambda name: (_reached(families[name], near), len(families[name])))
    _rule_out(readings, "other-question", lambda r: r["family"] == best)


def _reached(readings: Sequence[dict[str, Any]], dates: Sequence[dt.date]) -> int:
    return sum(any(distance(r["field_start"], r["field_end"], day) <= REACH for r in readings) for day in dates)


def distance(start: dt.date, end: dt.date, day: dt.date) -> int:
    """Days from a date to a field period: 0 inside it."""
    return max((start - day).days, (day - end).days, 0)


def _table(readings: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    # typed column by column: an object table converted afterwards takes ten times as long
    return pd.DataFrame({name: _column([r[name] for r in readings], kind) for name, kind in COLUMNS.items()})


def _column(values: list[Any], kind: str) -> Any:
    if kind == "Int64":
        return pd.array(values, dtype="Int64")
    if kind == "object":
        return pd.Series(values, dtype="object")
    return np.array(values, dtype=kind)
