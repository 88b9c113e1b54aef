"""Commands that answer a question: the trend of an attitude, the verdict on a claim, a chart."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracker import claims, series
from tracker.cli.ledger import opened_table
from tracker.cli.opening import Wrong, store
from tracker.export import FORMATS
from tracker.language import gettext as _
from tracker.language import number, word
from tracker.routes.pictures import FORMATS as PICTURES
from tracker.routes.pictures import NoSuchPicture, NothingToDraw, picture


def trend(arguments: Namespace) -> None:
    """Print level and bands for every day."""
    for chunk in FORMATS[arguments.format](*opened_table(store(arguments), arguments, "trend")):
        sys.stdout.buffer.write(chunk)


def chart(arguments: Namespace) -> None:
    """Draw the trend with its claims and events."""
    ending = Path(arguments.to).suffix.removeprefix(".").lower()
    if ending not in PICTURES:
        raise Wrong(_("{file} ends in neither .svg nor .png").format(file=arguments.to))
    given = vars(arguments) | {"from": arguments.since, "to": arguments.until}
    try:
        drawn = picture(store(arguments), ending, given)
    except (NothingToDraw, NoSuchPicture) as error:
        raise Wrong(str(error)) from None
    Path(arguments.to).write_bytes(drawn)


def judge(arguments: Namespace) -> None:
    """Print one verdict, or all: as text, or as JSON (an object, or an array of them)."""
    judged = _judged(arguments)
    if arguments.format == "json":
        print(json.dumps(list(judged) if arguments.all else next(judged), ensure_ascii=False, indent=1))
        return
    for verdict in judged:
        print("\n".join(_told(verdict)), end="\n\n" if arguments.all else "\n")


def _judged(arguments: Namespace) -> Iterator[dict[str, Any]]:
    opened = store(arguments)
    if arguments.all:
        return (judgement.as_dict() for judgement in claims.judge_all(opened, arguments.known_by))
    return iter([claims.judge(opened, arguments.claim, arguments.known_by).as_dict()])


def _told(verdict: dict[str, Any]) -> Iterator[str]:
    """A verdict as lines of text: the claim; what it asserts, part by part, judged then and now; each reading once."""
    yield _("{claim}: {claimant}, {made}").format(**verdict)
    for place, asserted in enumerate([verdict, *verdict["parts"]], start=1):
        kind = " ".join(word(asserted["assertion"].get(name) or "") for name in ("kind", "measure", "direction"))
        yield f"  {place}. {kind.strip()}"
        yield from _side(_("then"), asserted["then"])
        yield from _side(_("now"), asserted["now"])
        known = {reading["question"] for reading in asserted["then"]["evidence"]}
        for reading in asserted["now"]["evidence"]:
            yield f"    {_('then and now') if reading['question'] in known else _('now only')}  {_reading(reading)}"


def _side(name: str, side: dict[str, Any]) -> Iterator[str]:
    probability = "" if side["probability"] is None else f" ({number(side['probability'], 2)})"
    known = _("known by {day}").format(day=side["known_by"])
    yield f"    {name}, {known}: {_(side['word'])}{probability}. {side['reason']}"
    for told in (side["left_out"] and side["left_out"]["told"], side["settles"], _everybody(side["all_pollsters"])):
        if told:
            yield f"      {told}"


def _everybody(answer: dict[str, Any] | None) -> str:
    """What everybody's polls say of a claim that is judged by those of the pollster it names."""
    if answer is None:
        return ""
    probability = "" if answer["probability"] is None else f" ({number(answer['probability'], 2)})"
    text = _("by everybody's polls: {word}{probability}. {reason}")
    return text.format(word=_(answer["word"]), probability=probability, reason=answer["reason"])


def _reading(reading: dict[str, Any]) -> str:
    known = reading["known_from"] + (_(" (assumed)") if reading["known_from_assumed"] else "")
    value = "-" if reading["value"] is None else f"{number(reading['value'])} {word(reading['unit'])}"
    why = "" if reading["comparable"] else "  " + _("not counted: {why}").format(why=series.explain(reading["why_not"]))
    dates = f"{reading['field_start']} – {reading['field_end']}"
    return f"{dates}  {value}  {reading['instrument']}  " + _("known from {day}").format(day=known) + why
