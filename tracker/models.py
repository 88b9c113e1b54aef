"""The tables: SQLAlchemy typed entities, passive. No queries, no settings, no formatting.

The eleven tables of the record (``RECORD``) are what ``polls/*.csv`` holds, one file a table, the columns in the
order declared here. ``added`` is the number of the revision that first stored a row; it is the ledger's and never
part of the record. The other tables belong to the installation and are never exported.
"""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, ForeignKey, Index, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Figure(TypeDecorator[Decimal]):
    """A number exactly as published: 3.10 is not 3.1. Kept as decimal text on every engine; cast it to compare it."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> str | None:
        if isinstance(value, float):
            raise TypeError(f"{value!r} is a binary fraction: give a Decimal, the figure exactly as published")
        return None if value is None else format(Decimal(value), "f")

    def process_result_value(self, value: str | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value)


Slug = String(160)

# --- closed lists of words: what a cell of the record may hold ---
PRECISIONS = ("day", "month", "year")
FIELD_PRECISIONS = (*PRECISIONS, "window")
STATUSES = ("draft", "submitted", "published", "withdrawn")
OBJECTS = ("country", "government", "leader", "people")
PROVENANCES = ("primary", "secondary")
DIRECTIONS = ("up", "down", "above", "below", "equal")
ACTIONS = ("insert", "update", "delete", "agree")
ORIGINS = ("import", "form", "upload", "correction", "undo")
#: PLOVER's types of event by the quadrant in which PLOVER has each: an investigation is material cooperation there,
#: and whatever reduces relations, a tariff or an expulsion, is a sanction and verbal conflict
QUADRANTS = {
    "verbal-cooperation": ("AGREE", "CONSULT", "SUPPORT", "CONCEDE"),
    "material-cooperation": ("COOPERATE", "AID", "RETREAT", "INVESTIGATE"),
    "verbal-conflict": ("DEMAND", "DISAPPROVE", "REJECT", "THREATEN", "SANCTION"),
    "material-conflict": ("PROTEST", "CRIME", "MOBILIZE", "COERCE", "ASSAULT", "FIGHT"),
}


def refers(column: str) -> ForeignKey:
    """A foreign key checked at commit, so that rows which need one another may be written in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


class Base(DeclarativeBase):
    """All tables, with a name for every constraint."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text(), Decimal: Figure()}


class Recorded(Base):
    """A row of the record: it knows the revision that first stored it."""

    __abstract__ = True

    added: Mapped[int] = mapped_column(refers("revisions.number"), sort_order=999, index=True)


class Pollster(Recorded):
    """Who did the fieldwork."""

    __tablename__ = "pollsters"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    name: Mapped[str]
    #: other names it has published under, separated by "; "
    other_names: Mapped[str | None]
    #: member of CRIC, BPC, AAPOR TI, separated by "; "
    membership: Mapped[str | None]
    url: Mapped[str | None]
    note: Mapped[str | None]


class Subject(Recorded):
    """What is rated: a country or a body."""

    __tablename__ = "subjects"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    name: Mapped[str]
    #: ISO 3166-1 alpha-2 where the subject is a country
    country: Mapped[str | None] = mapped_column(String(2))
    note: Mapped[str | None]


class Population(Recorded):
    """Who is asked."""

    __tablename__ = "populations"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    name: Mapped[str]
    #: ISO 3166-1 alpha-2
    country: Mapped[str | None] = mapped_column(String(2))
    note: Mapped[str | None]


class Scale(Recorded):
    """The answers offered. A numeric scale has ends where they are known; a scale of responses has none."""

    __tablename__ = "scales"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    name: Mapped[str]
    #: the numeric ends of a scale whose answer is a mean
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    note: Mapped[str | None]


class Response(Recorded):
    """One response of a scale: which way it points and of which total it is a part."""

    __tablename__ = "responses"
    scale: Mapped[str] = mapped_column(Slug, refers("scales.id"), primary_key=True)
    response: Mapped[str] = mapped_column(Slug, primary_key=True)
    #: order in which the scale lists it, from 1
    position: Mapped[int]
    #: positive, neutral, negative or unsure; "mean" for the mean of a numeric scale; "other" points nowhere
    polarity: Mapped[str] = mapped_column(String(16))
    #: the response of the same scale that this one is counted in
    part_of: Mapped[str | None] = mapped_column(Slug)
    name: Mapped[str]


class Poll(Recorded):
    """One fieldwork: pollster, population, field dates, sample, mode."""

    __tablename__ = "polls"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    pollster: Mapped[str] = mapped_column(Slug, refers("pollsters.id"), index=True)
    #: who paid, if someone else; several separated by "; "
    sponsor: Mapped[str | None]
    population: Mapped[str] = mapped_column(Slug, refers("populations.id"), index=True)
    #: the population in the source's own words
    population_label: Mapped[str]
    field_start: Mapped[dt.date]
    field_end: Mapped[dt.date]
    #: day, month, year, or window: somewhere inside the dates given for the whole of a larger survey
    date_precision: Mapped[str] = mapped_column(String(8))
    sample_size: Mapped[int | None]
    #: how interviewed, in the source's words
    mode: Mapped[str | None]
    #: probability, non-probability, open-link, or blank where the source does not say
    sample_type: Mapped[str | None] = mapped_column(String(20))
    #: points, as the source prints it
    margin_of_error: Mapped[Decimal | None]
    #: draft, submitted, published, withdrawn
    status: Mapped[str] = mapped_column(String(12))
    note: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("field_start <= field_end", name="field_dates"),
        CheckConstraint(f"date_precision in {FIELD_PRECISIONS}", name="date_precision"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint("sample_size > 0", name="sample_size"),
    )


class Question(Recorded):
    """One item asked in a poll."""

    __tablename__ = "questions"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    poll: Mapped[str] = mapped_column(Slug, refers("polls.id"), index=True)
    subject: Mapped[str] = mapped_column(Slug, refers("subjects.id"), index=True)
    construct: Mapped[str] = mapped_column(Slug)
    #: what of the subject is rated: country, government, leader, people
    object: Mapped[str] = mapped_column(String(16))
    scale: Mapped[str] = mapped_column(Slug, refers("scales.id"))
    #: exact wording in the language asked
    wording: Mapped[str | None]
    #: BCP 47 tag of the wording
    language: Mapped[str | None] = mapped_column(String(16))
    #: interviews behind the answers, where the source gives them for this question
    base: Mapped[int | None]
    #: first release of these answers
    published: Mapped[dt.date | None]
    #: primary (seen at the pollster or computed from its data) or secondary (seen only second-hand)
    provenance: Mapped[str] = mapped_column(String(12))
    source_url: Mapped[str | None]
    source_title: Mapped[str | None]
    #: other pages that carried or confirmed the figures, separated by "; "
    verified_by: Mapped[str | None]
    note: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("base > 0", name="base"),
        CheckConstraint(f"object in {OBJECTS}", name="object"),
        CheckConstraint(f"provenance in {PROVENANCES}", name="provenance"),
    )


class Answer(Recorded):
    """One response to a question with its value as published."""

    __tablename__ = "answers"
    question: Mapped[str] = mapped_column(Slug, refers("questions.id"), primary_key=True)
    response: Mapped[str] = mapped_column(Slug, primary_key=True)
    value: Mapped[Decimal]
    #: percent, or for a mean "points"
    unit: Mapped[str] = mapped_column(String(16))


class Disclosure(Recorded):
    """What the source of a poll says of one item that a standard asks for, or that it does not say."""

    __tablename__ = "disclosures"
    poll: Mapped[str] = mapped_column(Slug, refers("polls.id"), primary_key=True)
    #: one of disclosure.FIELDS
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: as the source says it; disclosure.NOT_DISCLOSED where it does not
    value: Mapped[str]


class Event(Recorded):
    """Something dated that happened."""

    __tablename__ = "events"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    date: Mapped[dt.date]
    #: day, month or year; with month or year, date is its first day
    date_precision: Mapped[str] = mapped_column(String(8))
    end_date: Mapped[dt.date | None]
    title: Mapped[str]
    description: Mapped[str | None]
    category: Mapped[str] = mapped_column(String(32))
    #: everybody who took part, third parties too: ISO 3166-1 codes or names, separated by ";"
    actors: Mapped[str | None]
    #: those of the actors who acted; where all did alike, all of them and no target
    source_actor: Mapped[str | None]
    #: those of the actors towards whom
    target_actor: Mapped[str | None]
    #: PLOVER's type of what was done, one of events.PLOVER; blank where PLOVER has none
    plover_type: Mapped[str | None] = mapped_column(String(16))
    #: subjects whose opinion it bears on, separated by ";"
    subjects: Mapped[str]
    source_url: Mapped[str | None]
    source_title: Mapped[str | None]


class Claim(Recorded):
    """Who said what about opinion, when; with its assertion, the testable form. Never a verdict."""

    __tablename__ = "claims"
    id: Mapped[str] = mapped_column(Slug, primary_key=True)
    claimant: Mapped[str]
    claimant_role: Mapped[str | None]
    #: when it was made; with precision month or year, the first day of it
    date: Mapped[dt.date]
    date_precision: Mapped[str] = mapped_column(String(8))
    #: first publication, where it differs and is known
    published: Mapped[dt.date | None]
    quote: Mapped[str | None]
    #: BCP 47 tag of the quote
    language: Mapped[str | None] = mapped_column(String(16))
    paraphrase: Mapped[str]
    #: populations and subjects in the record's slugs, or as the source codes them where the record has no such polls
    population: Mapped[str]
    subject: Mapped[str]
    #: the kind of assertion; claims.ASSERTIONS lists those that can be judged
    kind: Mapped[str] = mapped_column(String(40))
    construct: Mapped[str | None] = mapped_column(Slug)
    #: positive, negative, net, mean, or a response of a scale
    measure: Mapped[str | None] = mapped_column(Slug)
    #: country, government, leader, people
    object: Mapped[str | None] = mapped_column(String(16))
    #: which way the claim says the measure moved or stands: up, down, above, below, equal
    direction: Mapped[str | None] = mapped_column(String(8))
    #: whose polls the claim names
    pollster: Mapped[str | None] = mapped_column(Slug)
    #: the other fields of the assertion, by name
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    #: further assertions made in the same breath: each an object with kind, construct, measure, ... and its parameters
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON(none_as_null=True))
    #: questions of the record that the claim itself cites, separated by ";": known to whoever made it
    cites: Mapped[str | None]
    #: type and parameters under which the claim was first collected
    original_type: Mapped[str | None]
    original_parameters: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    source_url: Mapped[str | None]
    source_title: Mapped[str | None]
    note: Mapped[str | None]


#: the tables of the record in the order in which rows may be stored
RECORD: tuple[type[Recorded], ...] = (
    Pollster,
    Subject,
    Population,
    Scale,
    Response,
    Poll,
    Question,
    Answer,
    Disclosure,
    Event,
    Claim,
)


class Revision(Base):
    """One recorded change. ``insert`` with a blank ``row`` stores a batch: its rows carry this number in ``added``."""

    __tablename__ = "revisions"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime())
    #: public name of whoever did it
    who: Mapped[str]
    why: Mapped[str | None]
    #: import, form, upload, correction, undo: how the change came in
    origin: Mapped[str] = mapped_column(String(16))
    #: insert, update, delete; agree: an import whose file says what the store already held
    action: Mapped[str] = mapped_column(String(8))
    table: Mapped[str] = mapped_column("table_name", String(32))
    #: the row's id; "question/response" and "scale/response" where the key has two parts
    row: Mapped[str | None] = mapped_column("row_id", Slug)
    #: number of rows, for a batch
    rows: Mapped[int] = mapped_column("row_count")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: public name of the editor who approved it; blank for an import and an undo
    approved_by: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(f"action in {ACTIONS}", name="action"),
        Index("ix_revisions_table_row", "table_name", "row_id"),
    )


class Contributor(Base):
    """Somebody who may write. The e-mail address is never shown or exported."""

    __tablename__ = "contributors"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    public_name: Mapped[str]
    #: pollster, editor, administrator
    role: Mapped[str] = mapped_column(String(16))
    #: whose polls a pollster may enter
    pollster: Mapped[str | None] = mapped_column(Slug, refers("pollsters.id"))
    __table_args__ = (CheckConstraint("role in ('pollster', 'editor', 'administrator')", name="role"),)


class Token(Base):
    """A one-time sign-in link or an open session; only its hash is kept."""

    __tablename__ = "tokens"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    contributor: Mapped[int] = mapped_column(refers("contributors.id"), index=True)
    #: link or session
    kind: Mapped[str] = mapped_column(String(8))
    expires: Mapped[dt.datetime] = mapped_column(DateTime())
    __table_args__ = (CheckConstraint("kind in ('link', 'session')", name="kind"),)


class Draft(Base):
    """What somebody is entering, as it stands: their own business until submitted, the editors' until it is stored."""

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    contributor: Mapped[int] = mapped_column(refers("contributors.id"), index=True)
    #: poll, sheet, claim, event
    kind: Mapped[str] = mapped_column(String(8))
    #: the id on record that it corrects or, once stored, that it got
    row: Mapped[str | None] = mapped_column(Slug)
    #: the newest revision when it was begun
    base: Mapped[int]
    #: one of accounts.STATES
    status: Mapped[str] = mapped_column(String(12), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON())
    #: the reason for the public history
    why: Mapped[str | None]
    #: the first day on which it may be public
    embargo: Mapped[dt.date | None]
    #: what the editor said to whoever entered it, and which editor
    comment: Mapped[str | None]
    reviewer: Mapped[int | None] = mapped_column(refers("contributors.id"))
    #: the batch in which it was stored
    batch: Mapped[str | None] = mapped_column(String(40))
    changed: Mapped[dt.datetime] = mapped_column(DateTime())
    __table_args__ = (
        CheckConstraint("kind in ('poll', 'sheet', 'claim', 'event')", name="kind"),
        CheckConstraint("status in ('draft', 'submitted', 'returned', 'approved', 'stored')", name="status"),
    )
