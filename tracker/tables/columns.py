"""The columns of the tables that are computed: promised, like those of the record."""

from tracker.export import Column
from tracker.language import marked

OWN = marked("The measure's own: percent, or points.")

ABOUT = [
    Column("population", "text", marked("Id of the population asked.")),
    Column("subject", "text", marked("Id of the country or body that is rated.")),
    Column("construct", "text", marked("What is measured: favourability, threat, trust and so on.")),
    Column("measure", "text", marked("The number followed: positive, negative, net, mean, or one response.")),
    Column("object", "text", marked("What of the subject is followed: country, government, leader or people.")),
]
QUESTION = Column("question", "text", marked("Id of the question."))
POLL = Column("poll", "text", marked("Id of the poll: one fieldwork of one pollster."))
POLLSTER = Column("pollster", "text", marked("Id of whoever did the fieldwork."))
POLLSTER_NAME = Column("pollster_name", "text", marked("Name of whoever did the fieldwork."))
FIELD = [
    Column("field_start", "date", marked("First day of the fieldwork, as far as it is known.")),
    Column("field_end", "date", marked("Last day of the fieldwork, as far as it is known.")),
]
PRECISION = Column(
    "date_precision",
    "text",
    marked("How exactly the dates are known: day, month, year, or window (somewhere inside them)."),
)
KNOWN_FROM = Column("known_from", "date", marked("Day from which the reading was public."))
KNOWN_FROM_ASSUMED = Column(
    "known_from_assumed", "boolean", marked("Whether that day is the last of the fieldwork, for want of a better one.")
)
INSTRUMENT = Column(
    "instrument",
    "text",
    marked("One wording in one pollster's hands by one mode class: its readings may be joined."),
)
INSTRUMENT_ASSUMED = Column(
    "instrument_assumed", "boolean", marked("Whether a part of the instrument is not known and was taken as elsewhere.")
)
VALUE = Column("value", "number", marked("The reading on the measure; blank where its figures do not give it."))
UNIT = Column("unit", "text", marked("Unit of the figure: percent, or points for a mean."))
COMPARABLE = Column("comparable", "boolean", marked("Whether the reading is pooled."))
WHY_NOT = Column("why_not", "text", marked("Why the reading is not pooled, a word of a fixed list; blank where it is."))
READINGS = marked("Number of readings that are pooled.")

SERIES = [
    *(*ABOUT, QUESTION, POLL, POLLSTER, POLLSTER_NAME, VALUE, UNIT),
    Column("base", "integer", marked("Number of people behind the answers, where the source gives it.")),
    Column("sample_size", "integer", marked("Number of people interviewed; blank where the source does not say.")),
    *(*FIELD, PRECISION, KNOWN_FROM, KNOWN_FROM_ASSUMED, INSTRUMENT, INSTRUMENT_ASSUMED, COMPARABLE, WHY_NOT),
    Column("rated", "text", marked("What of the subject this question rates: country, government, leader or people.")),
    Column("scale", "text", marked("Id of the scale: the answers offered.")),
    Column("scale_name", "text", marked("Name of the scale.")),
    Column("low", "number", marked("Lower end of a numeric scale, where it is known.")),
    Column("high", "number", marked("Upper end of a numeric scale, where it is known.")),
    Column("mode", "text", marked("How people were interviewed, in the source's words.")),
    Column("mode_class", "text", marked("How: telephone, online, hybrid, face-to-face or unknown.")),
    Column("wording_key", "text", marked("Scale and wording, whoever asks: the same where both are.")),
    Column("wording", "text", marked("The question as it was asked, where it is known.")),
    Column(
        "provenance",
        "text",
        marked("Primary: seen at the pollster or computed from its data. Secondary: seen only second-hand."),
    ),
    Column("source_url", "text", marked("Page where it was seen.")),
    Column("note", "text", marked("Remarks.")),
]

BAND_ENDS = marked(
    {
        "low": "lower end of the band that holds the level with the probability in its name, in percent",
        "high": "upper end of the band that holds the level with the probability in its name, in percent",
    }
)
TREND = [
    Column("date", "date", marked("the day")),
    Column("level", "number", marked("the pooled level on that day"), "the measure's own"),
    Column("sd", "number", marked("its standard deviation"), "the measure's own"),
    *(Column(f"{end}{share}", "number", told) for share in (50, 80, 95) for end, told in BAND_ENDS.items()),
]

WEIGHTS = [
    *(*ABOUT, QUESTION, POLL, POLLSTER, POLLSTER_NAME, *FIELD, KNOWN_FROM, INSTRUMENT, VALUE, UNIT),
    Column(
        "weight",
        "number",
        marked("How much of a reading's move the level of the last day makes with it (on the logit scale)."),
    ),
    Column("held_back", "number", marked("How far the heavy tail discounts the reading: 0 not at all, 1 wholly.")),
    Column("noise", "number", marked("Standard deviation of the reading's noise."), "the measure's own"),
    Column("sampling", "number", marked("The part of it that its interviews explain."), "the measure's own"),
]

HOUSE_EFFECTS = [
    *(*ABOUT, POLLSTER, POLLSTER_NAME),
    Column("effect", "number", marked("How far the pollster lastingly stands from the level."), "the measure's own"),
    Column("low95", "number", marked("Lower end of its interval of 95 percent."), "the measure's own"),
    Column("high95", "number", marked("Upper end of its interval of 95 percent."), "the measure's own"),
    Column("readings", "integer", READINGS),
    Column(
        "noise",
        "number",
        marked("Variance of its readings, as a multiple of what is expected of everybody's."),
    ),
    Column(
        "estimable",
        "boolean",
        marked("Whether there is anybody to compare it with; if not, the interval is the prior's."),
    ),
]

_VERDICT = [
    Column("claim", "text", marked("Id of the claim.")),
    Column(
        "part",
        "integer",
        marked("0: what the claim asserts; from 1: what it asserts in the same breath."),
    ),
    Column("side", "text", marked("Then: by what was public on the day of the claim. Now: by what is public today.")),
]
KNOWN_BY = Column("known_by", "date", marked("Day by which a poll had to be public to be heard."))
WORD = Column(
    "word",
    "text",
    marked("The verdict: supported, contradicted, unsettled, not enough data, or not testable by polls."),
)
VERDICTS = [
    *_VERDICT,
    Column("claimant", "text", marked("Who made the claim.")),
    Column("made", "date", marked("Day it was made; the first day of the month or year where no more is known.")),
    Column("made_precision", "text", marked("How exactly the date is known: day, month or year.")),
    Column("kind", "text", marked("Kind of assertion that the claim makes.")),
    Column("population", "text", marked("Whose opinion it is about.")),
    Column("subject", "text", marked("Opinion of what it is about.")),
    Column("construct", "text", marked("What it says was measured: favourability, threat, trust and so on.")),
    Column("measure", "text", marked("The number it speaks of: positive, negative, net, mean, or one response.")),
    Column("object", "text", marked("What of the subject it speaks of: country, government, leader or people.")),
    *(KNOWN_BY, WORD),
    Column("probability", "number", marked("Share of the histories the polls allow in which it holds.")),
    Column("without_one_low", "number", marked("The least probability with one pollster left out, each in turn.")),
    Column("without_one_high", "number", marked("The greatest probability with one pollster left out, each in turn.")),
    Column("readings", "integer", READINGS),
    Column("reason", "text", marked("The reason in a sentence.")),
    Column("method", "text", marked("Version of the model and of the rules.")),
]
EVIDENCE = [
    *_VERDICT,
    Column("reading", "integer", marked("Number of the reading among those behind the verdict, from 1.")),
    *(KNOWN_BY, WORD, POLL, QUESTION, POLLSTER, INSTRUMENT, INSTRUMENT_ASSUMED, *FIELD, PRECISION),
    *(KNOWN_FROM, KNOWN_FROM_ASSUMED, VALUE, UNIT, COMPARABLE, WHY_NOT),
]
