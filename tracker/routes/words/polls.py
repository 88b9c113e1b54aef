"""A poll in words: its fields, its margin of error, what it discloses, how it was changed, and how to cite it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tracker import charts, disclosure, language
from tracker.language import gettext as _
from tracker.language import marked
from tracker.models import Disclosure
from tracker.store import Store
from tracker.store import unaddressed as without_address

FIELDS = marked(
    {
        "pollster": "Pollster",
        "sponsor": "Paid for by",
        "population": "Population",
        "population_label": "Population, as the source puts it",
        "fieldwork": "Fieldwork",
        "field_start": "First day of fieldwork",
        "field_end": "Last day of fieldwork",
        "date_precision": "Dates known to the",
        "sample_size": "Interviews",
        "mode": "Interviewed",
        "sample_type": "Sample",
        "margin_of_error": "Margin of error",
        "status": "Status",
        "note": "Note",
        "subject": "Subject",
        "construct": "Attitude",
        "object": "What is rated",
        "scale": "Scale",
        "wording": "Wording",
        "language": "Language",
        "base": "Base",
        "published": "First published",
        "provenance": "Seen",
        "source_url": "Address of the source",
        "source_title": "Source",
        "verified_by": "Confirmed by",
        "value": "Value",
        "unit": "Unit",
        "poll": "Id",
    }
)
#: changes shown of one poll
MOST = 500


def name(poll: Any) -> str:
    """A poll in one line."""
    dates = language.span(poll.field_start, poll.field_end, poll.date_precision)
    return _("{pollster}, {population}, {dates}").format(
        pollster=poll.pollster_name, population=language.name(poll.population_label), dates=dates
    )


def asked(question: Any) -> str:
    """What a question is about, in a few words."""
    about = {"subject": language.name(question.subject_name), "construct": charts.construct_name(question.construct)}
    rated = language.word(question.object)
    return _("{subject}, {construct} ({object})").format(**about, object=rated)


def answers(question: Any, meanings: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """The answers to a question: each response by its name, each figure with its unit."""
    names = {row.response: language.name(row.name) for row in meanings.get(question.scale, ())}
    unit = "points" if "mean" in question.answers else "percent"
    return {
        names.get(response, response): charts.amount(value, unit, question.high)
        for response, value in question.answers.items()
    }


def fields(poll: Any) -> dict[str, str]:
    """Every field of a poll by its name; what the source does not say is said to be missing."""
    told = {
        "pollster": poll.pollster_name,
        "sponsor": poll.sponsor,
        "population": language.name(poll.population_name),
        **({"population_label": label} if (label := poll.population_label) != poll.population_name else {}),
        "fieldwork": charts.when(poll),
        "date_precision": language.word(poll.date_precision),
        "sample_size": None if poll.sample_size is None else language.number(poll.sample_size),
        "mode": poll.mode and language.name(poll.mode),
        "sample_type": poll.sample_type and language.word(poll.sample_type),
        "margin_of_error": margin(poll),
        "status": language.word(poll.status),
        "note": poll.note,
        "poll": poll.poll,
    }
    return {field(name): _("not given") if value is None else value for name, value in told.items()}


def margin(poll: Any) -> str:
    """The margin of error as far as it may be shown: only that of a probability sample is more than a quotation."""
    printed = None if poll.margin_of_error is None else language.number(poll.margin_of_error)
    if disclosure.may_show_margin(poll.sample_type):
        return _of_probability(poll, printed)
    why = (
        _("none is shown: the source does not say how the sample came about")
        if poll.sample_type is None
        else _("none is shown: this is not a probability sample")
    )
    if printed is None:
        return why
    text = _("{why}. The pollster printed ±{margin} points, which is quoted here and not used")
    return text.format(why=why, margin=printed)


def _of_probability(poll: Any, printed: str | None) -> str:
    stated = _("not given") if printed is None else _("±{margin} points, as printed").format(margin=printed)
    if poll.sample_size is None:
        return stated
    return f"{stated}; {disclosure.margin_told(poll.margin_of_error, poll.sample_size)}"


class Disclosed(NamedTuple):
    """How much of what a standard asks for is on record, and the names of the items that are missing."""

    standard: str
    items: int
    missing: tuple[str, ...]

    @property
    def on_record(self) -> int:
        """How many of its items are on record or said not to be disclosed."""
        return self.items - len(self.missing)

    @property
    def counted(self) -> str:
        """9 of 11."""
        return _("{count} of {items}").format(count=self.on_record, items=self.items)

    @property
    def told(self) -> str:
        """What is missing, in words."""
        return "; ".join(item(name) for name in self.missing) or _("nothing")


def item(name: str) -> str:
    """What a standard asks for, in words."""
    return _(disclosure.ITEMS[name][0])


def disclosed(poll: Any, questions: Sequence[Any], membership: str | None, said: Mapping[str, str]) -> list[Disclosed]:
    """What each standard asks for, set against the record and what the source discloses beyond it (item -> value)."""
    held = _held(poll, questions, membership) | disclosure.met(said)
    found = disclosure.completeness(held, poll.sample_type)
    return [Disclosed(each.standard, each.items, each.missing) for each in found]


def _held(poll: Any, questions: Sequence[Any], membership: str | None) -> set[str]:
    """The items of the standards that the record holds of a poll; of its questions, where it holds it of each."""
    own = {
        "pollster": poll.pollster,
        "sponsor": poll.sponsor,
        "population": language.name(poll.population_label),
        "sample_type": poll.sample_type,
        "mode": poll.mode,
        "field_dates": poll.date_precision == "day",
        "margin_of_error": poll.margin_of_error,
        "membership": membership,
    }
    of_each = {
        "wording": [row.wording for row in questions],
        "responses": ["mean" not in row.answers or row.low is not None for row in questions],
        "languages": [row.language for row in questions],
        "base": [row.base or poll.sample_size for row in questions],
        "report": [row.provenance == "primary" and row.source_url for row in questions],
        "published": [row.published for row in questions],
    }
    return {item for item, value in own.items() if value} | {item for item, rows in of_each.items() if all(rows)}


def said_of(store: Store, poll: str) -> dict[str, str]:
    """What the source of a poll discloses beyond the poll's own columns: item -> value."""
    return {row.item: row.value for row in store.find(Disclosure, poll=poll)}


def disclosures(said: Mapping[str, str]) -> dict[str, str]:
    """The same in words, in the order of the standards' items."""
    names = [name for name in (*disclosure.FIELDS, *disclosure.ITEMS) if name in said]
    return {disclosure_name(name): _said(name, said[name]) for name in names}


def disclosure_name(name: str) -> str:
    """What a source discloses under this name, or an item of the standards, as a label."""
    told = disclosure.FIELDS[name].told if name in disclosure.FIELDS else disclosure.ITEMS[name][0]
    return charts.capital(_(told))


#: values of disclosures that are words
SAID = marked(
    {
        "yes": "yes",
        "no": "no",
        "reported": "reported as an answer of their own",
        "left-out": "left out of the base",
        "shared-out": "shared out among the answers",
        "asked-again": "asked again which way they lean",
        "not-offered": "not offered as an answer",
    }
)


def _said(name: str, value: str) -> str:
    form = disclosure.FIELDS[name].form if name in disclosure.FIELDS else ""
    if value == disclosure.NOT_DISCLOSED:
        return _("not disclosed by the source")
    if form in ("yes-no", "undecided"):
        return _(SAID.get(value, value))
    if form in ("integer", "number"):
        return language.number(Decimal(value))
    return _("{value} %").format(value=language.number(Decimal(value))) if form == "percent" else value


def banner(said: Mapping[str, str]) -> str:
    """What has to be said before a poll is read; blank where nothing has."""
    if said.get("not_statistical") != "yes":
        return ""
    return _("Not based on recognised statistical methods. What was found here says nothing of a population.")


def election(poll: Any, questions: Sequence[Any], said: Mapping[str, str]) -> dict[str, str]:
    """What section 326 of the Canada Elections Act asks to be shown of an election survey, each with what is on record;
    empty for any other poll."""
    if said.get("election") != "yes":
        return {}
    told = {
        "pollster": poll.pollster_name,
        "sponsor": poll.sponsor,
        "wording": "; ".join(row.wording for row in questions if row.wording),
        "population": language.name(poll.population_label),
        "field_dates": charts.when(poll),
        "base": poll.sample_size and language.number(poll.sample_size),
        "margin_of_error": margin(poll),
        "report": "; ".join(dict.fromkeys(row.source_url for row in questions if row.source_url)),
        "published": "; ".join(dict.fromkeys(language.day(row.published) for row in questions if row.published)),
    }
    asked = [name for name, (_told, by) in disclosure.ITEMS.items() if "E" in by]
    return {charts.capital(item(name)): told.get(name) or _of_item(name, said) for name in asked}


def _of_item(name: str, said: Mapping[str, str]) -> str:
    """What the fields of an item say, or that nothing is on record."""
    fields = [each for each, field in disclosure.FIELDS.items() if field.item == name and each in said]
    if len(fields) == 1 or name in said:
        return _said(name, said[name]) if name in said else _said(fields[0], said[fields[0]])
    return "; ".join(language.pair(_(disclosure.FIELDS[each].told), _said(each, said[each])) for each in fields) or _(
        "not given"
    )


def history(store: Store, poll: Any, questions: Sequence[Any]) -> list[dict[str, str]]:
    """How a poll came to be public and what of it was changed since, newest first: one row a revision."""
    meanings = store.meanings()
    changes = [(row, changed(row, questions, meanings)) for _poll, row in store.changes(MOST, poll.poll)]
    recorded = [(row, _("made public")) for row in store.public_polls(1, poll.poll)]
    return [
        {
            _("Revision"): language.number(row.number),
            _("When (UTC)"): f"{row.at:%Y-%m-%d %H:%M}",
            _("Who"): unaddressed(row.who),
            _("Approved by"): unaddressed(row.approved_by or "–"),
            _("What"): what,
            _("Why"): unaddressed(row.why or _("not given")),
        }
        for row, what in [*changes, *recorded]
    ]


def alone(store: Store, poll: str) -> str:
    """That nobody else looked at a poll, or at a change of it, before it was stored; blank where somebody did."""
    rows = [*store.public_polls(1, poll), *(row for _poll, row in store.changes(MOST, poll))]
    return _("Entered and approved by the same person.") if any(row.who == row.approved_by for row in rows) else ""


def by(row: Any) -> str:
    """Who made a change, and who approved it."""
    form = _("{who}, approved by {approver}") if row.approved_by else "{who}"
    return form.format(who=row.who, approver=row.approved_by)


def changed(row: Any, questions: Sequence[Any], meanings: Mapping[str, Sequence[Any]]) -> str:
    """What a revision changed, field by field, with both values; of a question or an answer to one, which it is."""
    question = next((each for each in questions if each.question == (row.row or "").partition("/")[0]), None)
    told = [asked(question)] if question else []
    if row.table in ("answers", "disclosures"):
        values = " → ".join(_cell((cells or {}).get("value")) for cells in (row.before, row.after))
        told.append(language.pair(_part(row, question, meanings), values))
    elif row.action in ("delete", "insert"):
        told.append(_("taken out of the record") if row.action == "delete" else _("added"))
    else:
        names = [name for name in row.after if row.before.get(name) != row.after[name]]
        told.append(
            "; ".join(
                language.pair(field(name), f"{_cell(row.before.get(name))} → {_cell(row.after[name])}")
                for name in names
            )
        )
    return unaddressed(", ".join(told))


def _part(row: Any, question: Any, meanings: Mapping[str, Sequence[Any]]) -> str:
    """The response that an answer is to, or what is disclosed."""
    name = row.row.partition("/")[2]
    return _response(name, question, meanings) if row.table == "answers" else disclosure_name(name)


def _response(response: str, question: Any, meanings: Mapping[str, Sequence[Any]]) -> str:
    rows = meanings.get(question.scale, ()) if question else ()
    return next((language.name(row.name) for row in rows if row.response == response), response)


def field(name: str) -> str:
    """What a column is called."""
    return _(FIELDS.get(name) or language.word(name))


def _cell(value: Any) -> str:
    return _("not given") if value in (None, "") else language.word(str(value))


def unaddressed(text: str) -> str:
    """A text without any e-mail address that somebody wrote into it."""
    return str(without_address(text, _("(address left out)")))


def citation(poll: Any, questions: Sequence[Any], revision: int, address: str) -> str:
    """How to cite a poll as this tracker holds it: who, what of whom, when, where it was seen, and which revision."""
    seen = dict.fromkeys(row.source_title or row.source_url for row in questions)
    sources = "; ".join(title for title in seen if title)
    text = _("{poll}. {sources}. Opinion tracker, revision {revision}, {address}")
    return text.format(poll=name(poll), sources=sources, revision=revision, address=address).replace(". . ", ". ")
