"""The rules of the record: each a small function of one row and of all rows, giving the problems it finds.

A rule looks only at cells in which nothing was found wrong before. ``REFERENCES`` come first, then ``RULES``, then
``SUMS``, which need answers that passed the others.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cached_property

from tracker import disclosure, language
from tracker.intake import kinds
from tracker.intake.claimed import assertion_can_be_tested, claim_is_about_something, names_of_the_record
from tracker.intake.disclosed import disclosure_as_asked
from tracker.intake.fields import FIELDS, key
from tracker.intake.problems import Nearest, Problem, Row, listed, meant, quoted
from tracker.language import gettext as _
from tracker.models import (
    Answer,
    Claim,
    Disclosure,
    Event,
    Poll,
    Question,
    Recorded,
    Response,
    Scale,
    Subject,
)

#: points by which responses that exclude each other may miss 100, for rounding
SLACK = 2
#: columns that name several rows, separated by semicolons
LISTS: dict[type[Recorded], dict[str, type[Recorded]]] = {Event: {"subjects": Subject}, Claim: {"cites": Question}}


class Rows:
    """All rows of the record by table and key. ``complete``: the tables that references can be held against;
    ``embargo``: the day before which they are not stored, where that is still to come."""

    def __init__(
        self,
        tables: dict[type[Recorded], list[Row]],
        complete: set[type[Recorded]],
        embargo: dt.date | None = None,
    ) -> None:
        self.tables, self.complete, self.nearest = tables, complete, Nearest()
        self.stored_by = max(embargo or kinds.tomorrow(), kinds.tomorrow())
        self.index: dict[type[Recorded], dict[tuple[str, ...], Row]] = {table: {} for table in FIELDS}

    def find(self, table: type[Recorded], *names: str | None) -> Row | None:
        """The row with this key, or None."""
        return self.index[table].get(names)  # type: ignore[arg-type]

    def ids(self, table: type[Recorded]) -> list[str]:
        """The ids of a table, in the order of the file."""
        return [names[0] for names in self.index[table]]

    @cached_property
    def answers(self) -> dict[str, list[Row]]:
        """The answers by question."""
        return self._by(Answer, "question")

    @cached_property
    def responses(self) -> dict[str, dict[str, Row]]:
        """The responses by scale and name."""
        return {scale: {row["response"]: row for row in rows} for scale, rows in self._by(Response, "scale").items()}

    def offered(self, scale: str | None) -> dict[str, Row]:
        """The responses of a scale by name; none for a scale that is not known."""
        return self.responses.get(scale or "", {})

    def _by(self, table: type[Recorded], column: str) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for row in self.index[table].values():
            found[row[column]].append(row)
        return found


Rule = Callable[[Row, Rows], Iterator[Problem]]


def once(row: Row, rows: Rows) -> Iterator[Problem]:
    """A key names one row only; enters the row in the index."""
    names = key(row)
    if not all(names):
        return
    first = rows.index[row.table].setdefault(names, row)
    if first is not row:
        name, column = "/".join(names), FIELDS[row.table][len(names) - 1].name
        wrong = _("{name} is already there, at {place}").format(name=quoted(name), place=first.place)
        yield row.error(column, wrong, _("remove one of the two rows, or give this one its own id"))
        row.spoil(*row)


def references(row: Row, rows: Rows) -> Iterator[Problem]:
    """What a column names exists."""
    for field in FIELDS[row.table]:
        if field.refers and row.good(field.name):
            yield from _named(row, rows, field.name, field.refers, row[field.name])


def lists(row: Row, rows: Rows) -> Iterator[Problem]:
    """Each of the names in a list exists."""
    for column, table in LISTS[row.table].items():
        for name in listed(row[column]):
            yield from _named(row, rows, column, table, name)


def _named(row: Row, rows: Rows, column: str, table: type[Recorded], name: str) -> Iterator[Problem]:
    if table not in rows.complete or rows.find(table, name):
        return
    file = table.__tablename__
    wrong = _("{name} is not among the {table}").format(name=quoted(name), table=file)
    otherwise = _("add it to {table}, or use an id that is there").format(table=file)
    yield row.error(column, wrong, meant(rows.nearest.match(name, rows.ids(table), file), otherwise))


def fieldwork_ends_after_it_starts(row: Row, rows: Rows) -> Iterator[Problem]:
    """field_end is not before field_start."""
    if row.good("field_start", "field_end") and row["field_end"] < row["field_start"]:
        yield row.error("field_end", *_before(row["field_end"], row["field_start"]))


def fieldwork_is_over(row: Row, rows: Rows) -> Iterator[Problem]:
    """The fieldwork can have ended by tomorrow, as far as the precision of its dates can tell."""
    if not row.good("field_start", "field_end", "date_precision"):
        return
    if (earliest := EARLIEST[row["date_precision"]](row)) > kinds.tomorrow():
        wrong = _("{day} is in the future").format(day=earliest)
        yield row.error("field_end", wrong, _("check the year, the month and the day"))


def margin_of_a_sample(row: Row, rows: Rows) -> Iterator[Problem]:
    """No sample is surer than a simple random one; what a non-probability sample prints is a quotation."""
    if not row.good("margin_of_error", "sample_size") or row["sample_type"] != "probability":
        return
    stated, n = row["margin_of_error"], row["sample_size"]
    if disclosure.below_chance(stated, n):
        wrong = disclosure.margin_told(stated, n)
        yield row.warning("margin_of_error", wrong, _("check the margin and the sample size"))


def event_ends_after_it_starts(row: Row, rows: Rows) -> Iterator[Problem]:
    """end_date is not before date."""
    if row.good("date", "end_date") and row["end_date"] < row["date"]:
        yield row.error("end_date", *_before(row["end_date"], row["date"]))


def event_actors_took_part(row: Row, rows: Rows) -> Iterator[Problem]:
    """Whoever acted, and towards whom, are among the actors; a type of event says who acted."""
    actors = listed(row["actors"])
    for column in ("source_actor", "target_actor"):
        strangers = [name for name in listed(row[column]) if name not in actors]
        if strangers and not row.bad & {column, "actors"}:
            wrong = _("{name} is not among the actors").format(name=quoted(strangers[0]))
            yield row.error(column, wrong, _("add it to actors, or use one of them"))
    if row.good("plover_type") and row["source_actor"] is None and "source_actor" not in row.bad:
        wrong = _("it is blank, and plover_type says what was done")
        yield row.error("source_actor", wrong, _("say who did it, or leave plover_type blank"))


def _before(end: dt.date, start: dt.date) -> tuple[str, str]:
    wrong = _("the end, {end}, is before the start, {start}").format(end=end, start=start)
    return wrong, _("check both dates; one of them may have day and month exchanged")


def ends_in_order(row: Row, rows: Rows) -> Iterator[Problem]:
    """The lower end of a numeric scale is below its higher end."""
    if row.good("low", "high") and row["low"] >= row["high"]:
        wrong = _("the lower end, {low}, is not below the higher end, {high}").format(low=row["low"], high=row["high"])
        yield row.error("high", wrong, _("check both ends"))


def position_of_its_own(row: Row, rows: Rows) -> Iterator[Problem]:
    """No two responses of a scale stand at the same place."""
    if not row.good("position", "scale"):
        return
    first = next((r for r in rows.offered(row["scale"]).values() if r["position"] == row["position"]), row)
    if first is not row:
        wrong = _("{position} is the place of {name}, at {place}")
        wrong = wrong.format(position=row["position"], name=quoted(first["response"]), place=first.place)
        yield row.error("position", wrong, _("number the responses of a scale from 1, each once"))


def part_of_a_response(row: Row, rows: Rows) -> Iterator[Problem]:
    """A part is counted in another response of the same scale, and not in itself by way of others."""
    if not row.good("part_of", "scale"):
        return
    scale = rows.offered(row["scale"])
    if row["part_of"] not in scale:
        wrong = _("{name} is no response of {scale}").format(name=quoted(row["part_of"]), scale=row["scale"])
        match = rows.nearest.match(row["part_of"], list(scale), "response of " + row["scale"])
        yield row.error("part_of", wrong, meant(match, _("name the response that this one is counted in")))
    elif _in_a_circle(row, scale):
        wrong = _("{name} is counted in itself").format(name=quoted(row["response"]))
        yield row.error("part_of", wrong, _("leave part_of blank for the total"))


def _in_a_circle(row: Row, scale: dict[str, Row]) -> bool:
    seen, at = {row["response"]}, row["part_of"]
    while at in scale and at not in seen:
        seen.add(at)
        at = scale[at]["part_of"]
    return at in seen


def response_of_the_scale(row: Row, rows: Rows) -> Iterator[Problem]:
    """An answer is to a response that the question's scale offers."""
    scale = _scale_of(row, rows)
    if not row.good("response") or scale is None or Response not in rows.complete:
        return
    offered = rows.offered(scale)
    if row["response"] not in offered:
        wrong = _("{name} is no response of the scale {scale}").format(name=quoted(row["response"]), scale=scale)
        match = rows.nearest.match(row["response"], list(offered), "response of " + scale)
        otherwise = _("use one of {responses}").format(responses=", ".join(offered))
        yield row.error("response", wrong, meant(match, otherwise))


def value_in_range(row: Row, rows: Rows) -> Iterator[Problem]:
    """A percentage is from 0 to 100; a mean is within the ends of its scale, where they are known."""
    if not row.good("value"):
        return
    low, high = _ends(row, rows)
    if (low is not None and row["value"] < low) or (high is not None and row["value"] > high):
        wrong = _("{value} is outside {low} to {high}").format(value=row["value"], low=low, high=high)
        yield row.error("value", wrong, _("check the value and its decimal point"))


def unit_of_the_response(row: Row, rows: Rows) -> Iterator[Problem]:
    """A mean is not in percent, everything else is."""
    meaning = _meaning(row, rows)
    if meaning is None or not row.good("unit") or (row["unit"] == "percent") != (meaning["polarity"] == "mean"):
        return
    is_mean = meaning["polarity"] == "mean"
    wrong = _("{unit} is not the unit of this response").format(unit=quoted(row["unit"]))
    yield row.error("unit", wrong, _("write points for a mean") if is_mean else _("write percent"))


def _ends(row: Row, rows: Rows) -> tuple[Decimal | None, Decimal | None]:
    meaning = _meaning(row, rows)
    if meaning is None or meaning["polarity"] != "mean":
        return (Decimal(0), Decimal(100)) if row["unit"] == "percent" else (None, None)
    scale = rows.find(Scale, _scale_of(row, rows))
    return (scale["low"], scale["high"]) if scale and not scale.bad & {"low", "high"} else (None, None)


def _meaning(row: Row, rows: Rows) -> Row | None:
    scale = _scale_of(row, rows)
    found = rows.offered(scale).get(row["response"])
    return found if found and found.good("polarity") else None


def _scale_of(row: Row, rows: Rows) -> str | None:
    question = rows.find(Question, row["question"])
    return question["scale"] if question and question.good("scale") else None


def base_within_sample(row: Row, rows: Rows) -> Iterator[Problem]:
    """A question was not put to more people than were interviewed."""
    poll = rows.find(Poll, row["poll"])
    if poll and row.good("base") and poll.good("sample_size") and row["base"] > poll["sample_size"]:
        wrong = _("{base} interviews are more than the poll's {sample}")
        remedy = _("check the base here and the sample size of the poll")
        yield row.warning("base", wrong.format(base=row["base"], sample=poll["sample_size"]), remedy)


def published_after_fieldwork(row: Row, rows: Rows) -> Iterator[Problem]:
    """What is published has been asked before, as far as the precision of the dates can tell."""
    poll = rows.find(Poll, row["poll"])
    if not poll or not row.good("published") or not poll.good("field_start", "field_end", "date_precision"):
        return
    earliest = EARLIEST[poll["date_precision"]](poll)
    if row["published"] < earliest:
        wrong = _("{published} is before the fieldwork could have ended, {earliest}")
        remedy = _("check the dates, or give the field dates a coarser precision")
        yield row.warning("published", wrong.format(published=row["published"], earliest=earliest), remedy)


def published_when_stored(row: Row, rows: Rows) -> Iterator[Problem]:
    """What is in the record as published is out: answers that come out later wait outside it."""
    poll = rows.find(Poll, row["poll"])
    if poll and poll["status"] == "published" and row.good("published") and row["published"] > rows.stored_by:
        wrong = _("{day} is still to come").format(day=row["published"])
        yield row.error("published", wrong, _("check the date, or enter the poll as a draft with an embargo"))


#: the first day on which the fieldwork may have ended, by the precision of its dates
EARLIEST: dict[str, Callable[[Row], dt.date]] = {
    "day": lambda poll: poll["field_end"],
    "month": lambda poll: max(poll["field_start"], poll["field_end"].replace(day=1)),
    "year": lambda poll: max(poll["field_start"], poll["field_end"].replace(month=1, day=1)),
    "window": lambda poll: poll["field_start"],
}


def top_level_adds_up(row: Row, rows: Rows) -> Iterator[Problem]:
    """Responses that exclude each other make no more than everybody, and no less where the unsure are counted too."""
    answers = _sound_answers(row, rows)
    if answers is None:
        return
    scale = rows.offered(row["scale"])
    top = [a for a in answers if not scale[a["response"]]["part_of"] and scale[a["response"]]["polarity"] in EXCLUSIVE]
    total, last = sum(a["value"] for a in top), top[-1] if top else row
    if total > 100 + SLACK:
        wrong = _("the responses add up to {total} percent").format(total=language.number(total))
        yield last.error("value", wrong, _("check the values; together they cannot pass 100"))
    elif total < 100 - SLACK and _everybody(top, scale):
        wrong = _("the responses, the unsure included, add up to {total} percent").format(total=language.number(total))
        yield last.warning("value", wrong, _("check whether a response is missing"))


def parts_add_up(row: Row, rows: Rows) -> Iterator[Problem]:
    """The parts of a response make its total, give or take rounding."""
    answers = {a["response"]: a for a in _sound_answers(row, rows) or []}
    for total in answers.values():
        names = [
            name for name, meaning in rows.offered(row["scale"]).items() if meaning["part_of"] == total["response"]
        ]
        found = [answers[name]["value"] for name in names if name in answers]
        difference = sum(found) - total["value"]
        if found and (difference > SLACK or (len(found) == len(names) and difference < -SLACK)):
            wrong = _("{value} is not the sum of its parts, {sum}")
            wrong = wrong.format(value=total["value"], sum=language.number(sum(found)))
            yield total.warning("value", wrong, _("check the total and its parts"))


#: polarities of which a person gives one
EXCLUSIVE = ("positive", "neutral", "negative", "unsure")


def _sound_answers(row: Row, rows: Rows) -> list[Row] | None:
    """The answers to a question whose scale is known, in percent; None if something is wrong with one of them."""
    answers = rows.answers.get(row["id"], [])
    if not row.good("id", "scale") or not all(a.good("response", "value", "unit") for a in answers):
        return None
    offered = rows.offered(row["scale"])
    if any(response.bad for response in offered.values()):
        return None
    return [a for a in answers if a["unit"] == "percent"] if all(a["response"] in offered for a in answers) else None


def _everybody(top: list[Row], scale: dict[str, Row]) -> bool:
    polarities = {scale[answer["response"]]["polarity"] for answer in top}
    return {"positive", "negative", "unsure"} <= polarities


REFERENCES: dict[type[Recorded], tuple[Rule, ...]] = dict.fromkeys(FIELDS, (references,))
REFERENCES |= dict.fromkeys(LISTS, (references, lists))
RULES: dict[type[Recorded], tuple[Rule, ...]] = {
    Disclosure: (disclosure_as_asked,),
    Scale: (ends_in_order,),
    Response: (position_of_its_own, part_of_a_response),
    Poll: (fieldwork_ends_after_it_starts, fieldwork_is_over, margin_of_a_sample),
    Question: (base_within_sample, published_after_fieldwork, published_when_stored),
    Answer: (response_of_the_scale, unit_of_the_response, value_in_range),
    Event: (event_ends_after_it_starts, event_actors_took_part),
    Claim: (assertion_can_be_tested, claim_is_about_something, names_of_the_record),
}
SUMS: dict[type[Recorded], tuple[Rule, ...]] = {Question: (top_level_adds_up, parts_add_up)}


def examine(rows: Rows) -> Iterator[Problem]:
    """Every problem that the rules find in rows which have been read."""
    for table in rows.tables:
        for row in rows.tables[table]:
            yield from once(row, rows)
    for phase in (REFERENCES, RULES, SUMS):
        for table, rules in phase.items():
            for row in rows.tables.get(table, ()):
                for rule in rules:
                    yield from rule(row, rows)
