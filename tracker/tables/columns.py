"""The columns of the tables that are computed, promised like those of the record: what the record's say of the same
thing is taken from the codebook, what only these tables hold is said here.
"""

from dataclasses import replace

from tracker import claims, series
from tracker.export import Column
from tracker.language import marked
from tracker.models import OBJECTS
from tracker.store.codebook import ANSWER, ASKED, CLAIM, OWN_UNIT

ABOUT = [
    ASKED["population"],
    ASKED["subject"],
    ASKED["construct"],
    Column(
        "measure", "text", marked("The number followed: positive, negative, net, mean, or one response."), None, True
    ),
    Column(
        "object",
        "text",
        marked("What of the subject is followed: country, government, leader or people."),
        required=True,
        among=OBJECTS,
    ),
]
QUESTION, POLL, POLLSTER, PRECISION = (ASKED[name] for name in ("question", "poll", "pollster", "date_precision"))
POLLSTER_NAME = ASKED["pollster_name"]
FIELD = [ASKED["field_start"], ASKED["field_end"]]
KNOWN_FROM = Column("known_from", "date", marked("Day from which the reading was public."), required=True)
KNOWN_FROM_ASSUMED = Column(
    "known_from_assumed",
    "boolean",
    marked("Whether that day is the last of the fieldwork, for want of a better one."),
    required=True,
)
INSTRUMENT = Column(
    "instrument",
    "text",
    marked("One wording in one pollster's hands by one mode class: its readings may be joined."),
    required=True,
)
INSTRUMENT_ASSUMED = Column(
    "instrument_assumed",
    "boolean",
    marked("Whether a part of the instrument is not known and was taken as elsewhere."),
    required=True,
)
VALUE = Column(
    "value", "number", marked("The reading on the measure; blank where its figures do not give it."), OWN_UNIT
)
UNIT = replace(ANSWER["unit"], required=False)
COMPARABLE = Column("comparable", "boolean", marked("Whether the reading is pooled."), required=True)
WHY_NOT = Column(
    "why_not",
    "text",
    marked("Why the reading is not pooled, a word of a fixed list; blank where it is."),
    among=tuple(series.WHY_NOT),
)
READINGS = Column("readings", "integer", marked("Number of readings that are pooled."), required=True, least=0)

SERIES = [
    *(*ABOUT, QUESTION, POLL, POLLSTER, POLLSTER_NAME, VALUE, UNIT, ASKED["base"], ASKED["sample_size"]),
    *(*FIELD, PRECISION, KNOWN_FROM, KNOWN_FROM_ASSUMED, INSTRUMENT, INSTRUMENT_ASSUMED, COMPARABLE, WHY_NOT),
    replace(
        ASKED["object"],
        name="rated",
        help=marked("What of the subject this question rates: country, government, leader or people."),
    ),
    *(ASKED[name] for name in ("scale", "scale_name", "low", "high", "mode")),
    Column(
        "mode_class",
        "text",
        marked("How: telephone, online, hybrid, face-to-face or unknown."),
        required=True,
        among=series.MODE_CLASSES,
    ),
    Column("wording_key", "text", marked("Scale and wording, whoever asks: the same where both are."), required=True),
    *(ASKED[name] for name in ("wording", "provenance", "source_url", "note")),
]

BAND_ENDS = marked(
    {
        "low": "Lower end of the band that holds the level with the probability in its name, in percent.",
        "high": "Upper end of the band that holds the level with the probability in its name, in percent.",
    }
)
TREND = [
    Column("date", "date", marked("The day."), required=True),
    Column("level", "number", marked("The pooled level on that day."), OWN_UNIT, required=True),
    Column("sd", "number", marked("Standard deviation of the level."), OWN_UNIT, required=True, least=0),
    *(
        Column(f"{end}{share}", "number", told, OWN_UNIT, required=True)
        for share in (50, 80, 95)
        for end, told in BAND_ENDS.items()
    ),
    *ABOUT,
]

WEIGHTS = [
    *(*ABOUT, QUESTION, POLL, POLLSTER, POLLSTER_NAME, *FIELD, KNOWN_FROM, INSTRUMENT, VALUE, UNIT),
    Column(
        "weight",
        "number",
        marked("How much of a reading's move the level of the last day makes with it (on the logit scale)."),
        required=True,
    ),
    Column(
        "held_back",
        "number",
        marked("How far the heavy tail discounts the reading: 0 not at all, 1 wholly."),
        required=True,
        least=0,
        most=1,
    ),
    Column("noise", "number", marked("Standard deviation of the reading's noise."), OWN_UNIT, required=True, least=0),
    Column(
        "sampling", "number", marked("The part of it that its interviews explain."), OWN_UNIT, required=True, least=0
    ),
]

HOUSE_EFFECTS = [
    *(*ABOUT, POLLSTER, POLLSTER_NAME),
    Column(
        "effect", "number", marked("How far the pollster lastingly stands from the level."), OWN_UNIT, required=True
    ),
    Column("low95", "number", marked("Lower end of its interval of 95 percent."), OWN_UNIT, required=True),
    Column("high95", "number", marked("Upper end of its interval of 95 percent."), OWN_UNIT, required=True),
    READINGS,
    Column(
        "noise",
        "number",
        marked("Variance of its readings, as a multiple of what is expected of everybody's."),
        required=True,
        least=0,
    ),
    Column(
        "estimable",
        "boolean",
        marked("Whether there is anybody to compare it with; if not, the interval is the prior's."),
        required=True,
    ),
]

_VERDICT = [
    CLAIM["claim"],
    Column(
        "part",
        "integer",
        marked("0: what the claim asserts; from 1: what it asserts in the same breath."),
        required=True,
        least=0,
    ),
    Column(
        "side",
        "text",
        marked("Then: by what was public on the day of the claim. Now: by what is public today."),
        required=True,
        among=("now", "then"),
    ),
]
KNOWN_BY = Column("known_by", "date", marked("Day by which a poll had to be public to be heard."), required=True)
WORD = Column(
    "word",
    "text",
    marked("The verdict: supported, contradicted, unsettled, not enough data, or not testable by polls."),
    required=True,
    among=claims.WORDS,
)
_PROBABILITY = Column("probability", "number", "", None, least=0, most=1)
VERDICTS = [
    *(*_VERDICT, CLAIM["claimant"]),
    replace(CLAIM["date"], name="made"),
    replace(CLAIM["date_precision"], name="made_precision"),
    *(CLAIM[name] for name in ("kind", "population", "subject", "construct", "measure", "object")),
    *(KNOWN_BY, WORD),
    replace(_PROBABILITY, help=marked("Share of the histories the polls allow in which it holds.")),
    replace(
        _PROBABILITY,
        name="without_one_low",
        help=marked("The least probability with one pollster left out, each in turn."),
    ),
    replace(
        _PROBABILITY,
        name="without_one_high",
        help=marked("The greatest probability with one pollster left out, each in turn."),
    ),
    READINGS,
    Column("reason", "text", marked("The reason in a sentence."), required=True),
    Column("method", "text", marked("Version of the model and of the rules."), required=True),
]
EVIDENCE = [
    *_VERDICT,
    Column(
        "reading",
        "integer",
        marked("Number of the reading among those behind the verdict, from 1."),
        required=True,
        least=1,
    ),
    *(KNOWN_BY, WORD, POLL, QUESTION, POLLSTER, INSTRUMENT, INSTRUMENT_ASSUMED, *FIELD, PRECISION),
    *(KNOWN_FROM, KNOWN_FROM_ASSUMED, VALUE, UNIT, COMPARABLE, WHY_NOT),
]
