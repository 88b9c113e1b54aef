"""What each exported column means: one sentence a column, shown in the codebook and on the data page."""

from tracker.language import gettext as _
from tracker.language import name


def poll() -> dict[str, str]:
    """The columns of a poll."""
    return {
        "poll": _("Id of the poll: one fieldwork of one pollster."),
        "pollster": _("Id of whoever did the fieldwork."),
        "pollster_name": _("Name of whoever did the fieldwork."),
        "population": _("Id of the population asked."),
        "population_name": _("Name of the population asked."),
        "population_label": _("The population in the source's own words."),
        "sponsor": _("Who paid, if someone else; several are separated by semicolons."),
        "field_start": _("First day of the fieldwork, as far as it is known."),
        "field_end": _("Last day of the fieldwork, as far as it is known."),
        "date_precision": _("How exactly the dates are known: day, month, year, or window (somewhere inside them)."),
        "sample_size": _("Number of people interviewed; blank where the source does not say."),
        "mode": _("How people were interviewed, in the source's words."),
        "sample_type": _("Probability, non-probability or open-link sample; blank where the source does not say."),
        "margin_of_error": _("Margin of error as the source prints it; never computed here."),
        "status": _("Where the poll stands: draft, submitted, published or withdrawn."),
        "poll_note": _("Remarks on the poll."),
    }


def question() -> dict[str, str]:
    """The columns of a question."""
    return {
        "question": _("Id of the question."),
        "subject": _("Id of the country or body that is rated."),
        "subject_name": _("Name of the country or body that is rated."),
        "construct": _("What is measured: favourability, threat, trust and so on."),
        "object": _("What of the subject is rated: country, government, leader or people."),
        "scale": _("Id of the scale: the answers offered."),
        "scale_name": _("Name of the scale."),
        "low": _("Lower end of a numeric scale, where it is known."),
        "high": _("Upper end of a numeric scale, where it is known."),
        "wording": _("The question as it was asked, where it is known."),
        "language": _("Language of the text, as a BCP 47 tag."),
        "base": _("Number of people behind the answers, where the source gives it for this question."),
        "published": _("Day of first publication, where it is known."),
        "provenance": _("Primary: seen at the pollster or computed from its data. Secondary: seen only second-hand."),
        "source_url": _("Page where it was seen."),
        "source_title": _("Title of the page where it was seen."),
        "verified_by": _("Other pages that carried or confirmed the figures, separated by semicolons."),
        "note": _("Remarks."),
    }


def answer() -> dict[str, str]:
    """The columns of an answer."""
    return {
        "response": _("Id of the response, one of the scale's."),
        "response_name": _("Name of the response."),
        "polarity": _("Which way the response points: positive, neutral, negative, unsure, mean or other."),
        "part_of": _("The response of the same scale that this one is counted in."),
        "value": _("The figure exactly as published."),
        "unit": _("Unit of the figure: percent, or points for a mean."),
    }


def share(response: str, scale_name: str) -> str:
    """The column of one response in the wide table."""
    return _("Answer “{response}” ({scale}), as published.").format(response=name(response), scale=name(scale_name))


def event() -> dict[str, str]:
    """The columns of an event."""
    return {
        "event": _("Id of the event."),
        "date": _("Day it happened; the first day of the month or year where no more is known."),
        "date_precision": _("How exactly the date is known: day, month or year."),
        "end_date": _("Last day of an event that lasted."),
        "title": _("The event in a few words."),
        "description": _("The event in a sentence."),
        "category": _("Kind of event."),
        "actors": _("Countries or bodies that took part, separated by semicolons."),
        "source_actor": _(
            "Those of the actors who acted; all of them where all did alike, and then there is no target."
        ),
        "target_actor": _("Those of the actors towards whom they acted."),
        "plover_type": _("What they did, as a type of the PLOVER ontology; blank where PLOVER has none for it."),
        "subjects": _("Subjects whose opinion it bears on, separated by semicolons."),
    }


def claim() -> dict[str, str]:
    """The columns of a claim."""
    return {
        "claim": _("Id of the claim."),
        "claimant": _("Who made the claim."),
        "claimant_role": _("Office or position of whoever made it."),
        "date": _("Day it was made; the first day of the month or year where no more is known."),
        "date_precision": _("How exactly the date is known: day, month or year."),
        "published": _("Day of first publication, where it differs and is known."),
        "quote": _("The claim in its own words."),
        "paraphrase": _("The claim in plain words."),
        "population": _("Whose opinion it is about."),
        "subject": _("Opinion of what it is about."),
        "kind": _("Kind of assertion that the claim makes."),
        "construct": _("What it says was measured: favourability, threat, trust and so on."),
        "measure": _("The number it speaks of: positive, negative, net, mean, or one response."),
        "object": _("What of the subject it speaks of: country, government, leader or people."),
        "direction": _("Which way it says the number moved or stands."),
        "pollster": _("Whose polls it names."),
        "parameters": _("The other fields of the assertion, by name, as JSON."),
        "parts": _("Further assertions made in the same breath, as JSON."),
        "cites": _("Questions of the record that the claim itself cites, separated by semicolons."),
        "original_type": _("Kind under which the claim was first collected."),
        "original_parameters": _("Parameters under which the claim was first collected, as JSON."),
    }


def revision() -> dict[str, str]:
    """The columns of a revision."""
    return {
        "number": _("Number of the revision; consecutive from 1."),
        "batch": _("The upload or form with which it came; a batch can be undone as a whole."),
        "at": _("When it was recorded, UTC."),
        "who": _("Public name of whoever did it."),
        "why": _("The reason given."),
        "origin": _("How it came in: import, form, upload, correction or undo."),
        "action": _("Insert, update, delete, or agree: an import that says what was already held."),
        "table": _("Table that was changed."),
        "row": _("Id of the row that was changed; blank for a whole batch."),
        "rows": _("Number of rows."),
        "before": _("The row as it was, as JSON."),
        "after": _("The row as it became, as JSON."),
        "approved_by": _("Public name of the editor who approved it; blank for an import and an undo."),
    }


def entry() -> dict[str, str]:
    """The columns of the small tables that polls and questions refer to, and of what polls disclose."""
    return {
        "pollster": _("Id of whoever does the fieldwork."),
        "subject": _("Id of the country or body that is rated."),
        "population": _("Id of the population asked."),
        "scale": _("Id of the scale: the answers offered."),
        "name": _("Name by which it is shown."),
        "other_names": _("Other names that it has published under, separated by semicolons."),
        "membership": _("Member of CRIC, BPC or the AAPOR Transparency Initiative, separated by semicolons."),
        "url": _("Its own page."),
        "country": _("Country, as an ISO 3166-1 alpha-2 code."),
        "low": _("Lower end of a numeric scale, where it is known."),
        "high": _("Upper end of a numeric scale, where it is known."),
        "note": _("Remarks."),
        "poll": _("Id of the poll: one fieldwork of one pollster."),
        "item": _("What is disclosed: one of the items that the disclosure standards ask for."),
        "value": _("What the source says of it."),
        "response": _("Id of the response, one of the scale's."),
        "position": _("Place of the response in the order of the scale, from 1."),
        "polarity": _("Which way the response points: positive, neutral, negative, unsure, mean or other."),
        "part_of": _("The response of the same scale that this one is counted in."),
    }


def sentences(name: str) -> dict[str, str]:
    """Column -> sentence, for the table of this name."""
    asked = question() | poll()
    own = {"events": event(), "claims": claim(), "revisions": revision(), "polls": poll(), "answers": asked | answer()}
    own |= dict.fromkeys(("disclosures", "pollsters", "subjects", "populations", "scales", "responses"), entry())
    return question() | own.get(name, asked)
