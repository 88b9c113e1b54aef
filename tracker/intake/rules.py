"""The rules of the record: each a small function of one row and of all rows, giving the problems it finds.

A rule looks only at cells in which nothing was found wrong before. ``REFERENCES`` come first, then ``RULES``, then
``SUMS``, which need answers that passed the others.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from functools import cached_property

from tracker import disclosure
from tracker.intake import answered, kinds
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

#: columns that name several rows, separated by semicolons
LISTS: dict[type[Recorded], dict[str, type[Recorded]]] = {Event: {"subjects": Subject}, Claim: {"cites": Question}}


#: columns that name a row of another table
REFERS = {table: {each.name: each.refers for each in fields if each.refers} for table, fields in FIELDS.items()}


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

    @cached_property
    def parts(self) -> dict[str, dict[str, list[str]]]:
        """The responses that are counted in another one, by scale and by that one."""
        found: dict[str, dict[str, list[str]]] = {}
        for row in self.index[Response].values():
            if row["part_of"] is not None:
                found.setdefault(row["scale"], {}).setdefault(row["part_of"], []).append(row["response"])
        return found

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
    for column, table in REFERS[row.table].items():
        if row.good(column):
            yield from _named(row, rows, column, table, row[column])


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


REFERENCES: dict[type[Recorded], tuple[Rule, ...]] = dict.fromkeys(FIELDS, (references,))
REFERENCES |= dict.fromkeys(LISTS, (references, lists))
RULES: dict[type[Recorded], tuple[Rule, ...]] = {
    Disclosure: (disclosure_as_asked,),
    Scale: (ends_in_order,),
    Response: (position_of_its_own, part_of_a_response),
    Poll: (fieldwork_ends_after_it_starts, fieldwork_is_over, margin_of_a_sample),
    Question: (base_within_sample, published_after_fieldwork, published_when_stored),
    Answer: (answered.response_of_the_scale, answered.unit_of_the_response, answered.value_in_range),
    Event: (event_ends_after_it_starts, event_actors_took_part),
    Claim: (assertion_can_be_tested, claim_is_about_something, names_of_the_record),
}
SUMS: dict[type[Recorded], tuple[Rule, ...]] = {Question: (answered.top_level_adds_up, answered.parts_add_up)}
#: what the rules of a table see of a row: where that is little, many rows look the same
LOOKS: dict[type[Recorded], Callable[[Row, Rows], Hashable]] = {Answer: answered.look}


def examine(rows: Rows) -> Iterator[Problem]:
    """Every problem that the rules find in rows which have been read."""
    for table in rows.tables:
        for row in rows.tables[table]:
            yield from once(row, rows)
    for table, rules in REFERENCES.items():
        yield from _asked(table, rules, rows)
    for table, rules in RULES.items():
        yield from _asked(table, rules, rows, LOOKS.get(table))
    for table, rules in SUMS.items():
        yield from _asked(table, rules, rows)


def _asked(
    table: type[Recorded], rules: tuple[Rule, ...], rows: Rows, look: Callable[[Row, Rows], Hashable] | None = None
) -> Iterator[Problem]:
    """What the rules find in a table. Of the rows that look the same to them, once one is found to be sound, the others
    are too."""
    sound = set()
    for row in rows.tables.get(table, ()):
        seen = look(row, rows) if look and not row.bad else None
        if seen in sound:
            continue
        found = [problem for rule in rules for problem in rule(row, rows)]
        yield from found
        if seen is not None and not found:
            sound.add(seen)
