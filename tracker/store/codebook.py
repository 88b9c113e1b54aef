"""The codebook: what each column of the record holds, said once. Whatever explains the data reads it.

Sentences are in English and marked for translation: whoever shows one looks it up in the language in use.
"""

from dataclasses import replace
from itertools import chain

from tracker import disclosure, scales
from tracker.export import Column
from tracker.language import gettext as _
from tracker.language import marked, name
from tracker.models import (
    ACTIONS,
    DIRECTIONS,
    FIELD_PRECISIONS,
    OBJECTS,
    ORIGINS,
    PRECISIONS,
    PROVENANCES,
    QUADRANTS,
    STATUSES,
)

#: columns by their names
Columns = dict[str, Column]

PERCENT, POINTS = marked("percent"), marked("points")
#: the unit of what is on a measure, or an answer to any scale
OWN_UNIT = marked("percent, or points for a mean")


def book(*columns: Column) -> Columns:
    """The columns by their names."""
    return {column.name: column for column in columns}


#: a poll
POLL = book(
    Column("poll", "text", marked("Id of the poll: one fieldwork of one pollster."), required=True, refers="polls"),
    Column("pollster", "text", marked("Id of whoever did the fieldwork."), required=True, refers="pollsters"),
    Column("pollster_name", "text", marked("Name of whoever did the fieldwork."), required=True),
    Column("population", "text", marked("Id of the population asked."), required=True, refers="populations"),
    Column("population_name", "text", marked("Name of the population asked."), required=True),
    Column("population_label", "text", marked("The population in the source's own words."), required=True),
    Column("sponsor", "text", marked("Who paid, if someone else; several are separated by semicolons.")),
    Column("field_start", "date", marked("First day of the fieldwork, as far as it is known."), required=True),
    Column("field_end", "date", marked("Last day of the fieldwork, as far as it is known."), required=True),
    Column(
        "date_precision",
        "text",
        marked("How exactly the dates are known: day, month, year, or window (somewhere inside them)."),
        required=True,
        among=FIELD_PRECISIONS,
    ),
    Column(
        "sample_size",
        "integer",
        marked("Number of people interviewed; blank where the source does not say."),
        least=1,
    ),
    Column("mode", "text", marked("How people were interviewed, in the source's words.")),
    Column(
        "sample_type",
        "text",
        marked("Probability, non-probability or open-link sample; blank where the source does not say."),
        among=disclosure.SAMPLE_TYPES,
    ),
    Column(
        "margin_of_error",
        "number",
        marked("Margin of error as the source prints it; never computed here."),
        POINTS,
        least=0,
        most=100,
    ),
    Column(
        "status",
        "text",
        marked("Where the poll stands: draft, submitted, published or withdrawn."),
        required=True,
        among=STATUSES,
    ),
    Column("poll_note", "text", marked("Remarks on the poll.")),
)

#: a question
QUESTION = book(
    Column("question", "text", marked("Id of the question."), required=True, refers="questions"),
    Column("subject", "text", marked("Id of the country or body that is rated."), required=True, refers="subjects"),
    Column("subject_name", "text", marked("Name of the country or body that is rated."), required=True),
    Column("construct", "text", marked("What is measured: favourability, threat, trust and so on."), required=True),
    Column(
        "object",
        "text",
        marked("What of the subject is rated: country, government, leader or people."),
        required=True,
        among=OBJECTS,
    ),
    Column("scale", "text", marked("Id of the scale: the answers offered."), required=True, refers="scales"),
    Column("scale_name", "text", marked("Name of the scale."), required=True),
    Column("low", "number", marked("Lower end of a numeric scale, where it is known."), POINTS),
    Column("high", "number", marked("Upper end of a numeric scale, where it is known."), POINTS),
    Column("wording", "text", marked("The question as it was asked, where it is known.")),
    Column("language", "text", marked("Language of the text, as a BCP 47 tag.")),
    Column(
        "base",
        "integer",
        marked("Number of people behind the answers, where the source gives it for this question."),
        least=1,
    ),
    Column("published", "date", marked("Day of first publication, where it is known.")),
    Column(
        "provenance",
        "text",
        marked("Primary: seen at the pollster or computed from its data. Secondary: seen only second-hand."),
        required=True,
        among=PROVENANCES,
    ),
    Column("source_url", "text", marked("Page where it was seen.")),
    Column("source_title", "text", marked("Title of the page where it was seen.")),
    Column(
        "verified_by",
        "text",
        marked("Other pages that carried or confirmed the figures, separated by semicolons."),
    ),
    Column("note", "text", marked("Remarks.")),
)

#: an answer
ANSWER = book(
    Column("response", "text", marked("Id of the response, one of the scale's."), required=True),
    Column("response_name", "text", marked("Name of the response.")),
    Column(
        "polarity",
        "text",
        marked("Which way the response points: positive, neutral, negative, unsure, mean or other."),
        among=scales.POLARITIES,
    ),
    Column("part_of", "text", marked("The response of the same scale that this one is counted in.")),
    Column("value", "number", marked("The figure exactly as published."), OWN_UNIT, required=True),
    Column(
        "unit",
        "text",
        marked("Unit of the figure: percent, or points for a mean."),
        required=True,
        among=(PERCENT, POINTS),
    ),
)

SOURCE = (QUESTION["source_url"], QUESTION["source_title"])

#: an event
EVENT = book(
    Column("event", "text", marked("Id of the event."), required=True),
    Column(
        "date",
        "date",
        marked("Day it happened; the first day of the month or year where no more is known."),
        required=True,
    ),
    Column(
        "date_precision",
        "text",
        marked("How exactly the date is known: day, month or year."),
        required=True,
        among=PRECISIONS,
    ),
    Column("end_date", "date", marked("Last day of an event that lasted.")),
    Column("title", "text", marked("The event in a few words."), required=True),
    Column("description", "text", marked("The event in a sentence.")),
    Column("category", "text", marked("Kind of event."), required=True),
    Column("actors", "text", marked("Countries or bodies that took part, separated by semicolons.")),
    Column(
        "source_actor",
        "text",
        marked("Those of the actors who acted; all of them where all did alike, and then there is no target."),
    ),
    Column("target_actor", "text", marked("Those of the actors towards whom they acted.")),
    Column(
        "plover_type",
        "text",
        marked("What they did, as a type of the PLOVER ontology; blank where PLOVER has none for it."),
        among=tuple(sorted(chain(*QUADRANTS.values()))),
    ),
    Column("subjects", "text", marked("Subjects whose opinion it bears on, separated by semicolons."), required=True),
    *SOURCE,
)

#: a claim
CLAIM = book(
    Column("claim", "text", marked("Id of the claim."), required=True, refers="claims"),
    Column("claimant", "text", marked("Who made the claim."), required=True),
    Column("claimant_role", "text", marked("Office or position of whoever made it.")),
    Column(
        "date",
        "date",
        marked("Day it was made; the first day of the month or year where no more is known."),
        required=True,
    ),
    EVENT["date_precision"],
    Column("published", "date", marked("Day of first publication, where it differs and is known.")),
    Column("quote", "text", marked("The claim in its own words.")),
    QUESTION["language"],
    Column("paraphrase", "text", marked("The claim in plain words."), required=True),
    Column("population", "text", marked("Whose opinion it is about."), required=True),
    Column("subject", "text", marked("Opinion of what it is about."), required=True),
    Column("kind", "text", marked("Kind of assertion that the claim makes."), required=True),
    Column("construct", "text", marked("What it says was measured: favourability, threat, trust and so on.")),
    Column("measure", "text", marked("The number it speaks of: positive, negative, net, mean, or one response.")),
    Column(
        "object",
        "text",
        marked("What of the subject it speaks of: country, government, leader or people."),
        among=OBJECTS,
    ),
    Column("direction", "text", marked("Which way it says the number moved or stands."), among=DIRECTIONS),
    Column("pollster", "text", marked("Whose polls it names.")),
    Column("parameters", "json", marked("The other fields of the assertion, by name, as JSON.")),
    Column("parts", "json", marked("Further assertions made in the same breath, as JSON.")),
    Column(
        "cites",
        "text",
        marked("Questions of the record that the claim itself cites, separated by semicolons."),
    ),
    Column("original_type", "text", marked("Kind under which the claim was first collected.")),
    Column("original_parameters", "json", marked("Parameters under which the claim was first collected, as JSON.")),
    *SOURCE,
    QUESTION["note"],
)

#: a revision
REVISION = book(
    Column("number", "integer", marked("Number of the revision; consecutive from 1."), required=True, least=1),
    Column(
        "batch",
        "text",
        marked("The upload or form with which it came; a batch can be undone as a whole."),
        required=True,
    ),
    Column("at", "datetime", marked("When it was recorded, UTC."), required=True),
    Column("who", "text", marked("Public name of whoever did it."), required=True),
    Column("why", "text", marked("The reason given.")),
    Column(
        "origin",
        "text",
        marked("How it came in: import, form, upload, correction or undo."),
        required=True,
        among=ORIGINS,
    ),
    Column(
        "action",
        "text",
        marked("Insert, update, delete, or agree: an import that says what was already held."),
        required=True,
        among=ACTIONS,
    ),
    Column("table", "text", marked("Table that was changed."), required=True),
    Column("row", "text", marked("Id of the row that was changed; blank for a whole batch.")),
    Column("rows", "integer", marked("Number of rows."), required=True, least=0),
    Column("before", "json", marked("The row as it was, as JSON.")),
    Column("after", "json", marked("The row as it became, as JSON.")),
    Column(
        "approved_by", "text", marked("Public name of the editor who approved it; blank for an import and an undo.")
    ),
)

#: what the small tables hold that polls and questions refer to
NAMED = book(
    *(POLL["population"], QUESTION["subject"], QUESTION["scale"]),
    Column("pollster", "text", marked("Id of whoever does the fieldwork."), required=True),
    Column("name", "text", marked("Name by which it is shown."), required=True),
    Column("other_names", "text", marked("Other names that it has published under, separated by semicolons.")),
    Column(
        "membership",
        "text",
        marked("Member of CRIC, BPC or the AAPOR Transparency Initiative, separated by semicolons."),
    ),
    Column("url", "text", marked("Its own page.")),
    Column("country", "text", marked("Country, as an ISO 3166-1 alpha-2 code.")),
    *(QUESTION["low"], QUESTION["high"], QUESTION["note"]),
)
RESPONSE = NAMED | book(
    *(ANSWER["response"], ANSWER["part_of"], replace(ANSWER["polarity"], required=True)),
    Column(
        "position",
        "integer",
        marked("Place of the response in the order of the scale, from 1."),
        required=True,
        least=1,
    ),
)
#: what the source of a poll discloses
DISCLOSURE = book(
    POLL["poll"],
    Column(
        "item",
        "text",
        marked("What is disclosed: one of the items that the disclosure standards ask for."),
        required=True,
    ),
    Column("value", "text", marked("What the source says of it."), required=True),
)

ASKED = POLL | QUESTION
#: what a table of the record may hold, by its name
TABLES: dict[str, Columns] = {
    "polls": POLL,
    "questions": ASKED,
    "answers": ASKED | ANSWER,
    "wide": ASKED,
    "claims": CLAIM,
    "events": EVENT,
    "disclosures": DISCLOSURE,
    **dict.fromkeys(("pollsters", "subjects", "populations", "scales"), NAMED),
    "responses": RESPONSE,
    "revisions": REVISION,
}


def share(column: str, response: str, scale_name: str, unit: str | None) -> Column:
    """The column of one response in the wide table."""
    told = _("Answer “{response}” ({scale}), as published.").format(response=name(response), scale=name(scale_name))
    return Column(column, "number", told, unit)
