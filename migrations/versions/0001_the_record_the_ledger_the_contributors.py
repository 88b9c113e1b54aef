"""the record, the ledger, the contributors"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.String(length=160), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.CheckConstraint("action in ('insert', 'update', 'delete', 'agree')", name=op.f("ck_revisions_action")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revisions")),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_batch"), ["batch"], unique=False)
        batch_op.create_index("ix_revisions_table_row", ["table_name", "row_id"], unique=False)

    op.create_table(
        "claims",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("claimant", sa.Text(), nullable=False),
        sa.Column("claimant_role", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("date_precision", sa.String(length=8), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("paraphrase", sa.Text(), nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("construct", sa.String(length=160), nullable=True),
        sa.Column("measure", sa.String(length=160), nullable=True),
        sa.Column("object", sa.String(length=16), nullable=True),
        sa.Column("direction", sa.String(length=8), nullable=True),
        sa.Column("pollster", sa.String(length=160), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("cites", sa.Text(), nullable=True),
        sa.Column("original_type", sa.Text(), nullable=True),
        sa.Column("original_parameters", sa.JSON(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_claims_added"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_added"), ["added"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("date_precision", sa.String(length=8), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("actors", sa.Text(), nullable=True),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_events_added"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_added"), ["added"], unique=False)

    op.create_table(
        "pollsters",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("other_names", sa.Text(), nullable=True),
        sa.Column("membership", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_pollsters_added"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pollsters")),
    )
    with op.batch_alter_table("pollsters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pollsters_added"), ["added"], unique=False)

    op.create_table(
        "populations",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_populations_added"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_populations")),
    )
    with op.batch_alter_table("populations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_populations_added"), ["added"], unique=False)

    op.create_table(
        "scales",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("low", sa.String(length=32), nullable=True),
        sa.Column("high", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_scales_added"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scales")),
    )
    with op.batch_alter_table("scales", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scales_added"), ["added"], unique=False)

    op.create_table(
        "subjects",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_subjects_added"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
    )
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subjects_added"), ["added"], unique=False)

    op.create_table(
        "contributors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("public_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("pollster", sa.String(length=160), nullable=True),
        sa.CheckConstraint("role in ('pollster', 'editor', 'administrator')", name=op.f("ck_contributors_role")),
        sa.ForeignKeyConstraint(
            ["pollster"], ["pollsters.id"], name=op.f("fk_contributors_pollster"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributors")),
        sa.UniqueConstraint("email", name=op.f("uq_contributors_email")),
    )
    op.create_table(
        "polls",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("pollster", sa.String(length=160), nullable=False),
        sa.Column("sponsor", sa.Text(), nullable=True),
        sa.Column("population", sa.String(length=160), nullable=False),
        sa.Column("population_label", sa.Text(), nullable=False),
        sa.Column("field_start", sa.Date(), nullable=False),
        sa.Column("field_end", sa.Date(), nullable=False),
        sa.Column("date_precision", sa.String(length=8), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("sample_type", sa.String(length=20), nullable=True),
        sa.Column("margin_of_error", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "date_precision in ('day', 'month', 'year', 'window')", name=op.f("ck_polls_date_precision")
        ),
        sa.CheckConstraint("status in ('draft', 'submitted', 'published', 'withdrawn')", name=op.f("ck_polls_status")),
        sa.CheckConstraint("field_start <= field_end", name=op.f("ck_polls_field_dates")),
        sa.CheckConstraint("sample_size > 0", name=op.f("ck_polls_sample_size")),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_polls_added"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["pollster"], ["pollsters.id"], name=op.f("fk_polls_pollster"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["population"], ["populations.id"], name=op.f("fk_polls_population"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_added"), ["added"], unique=False)
        batch_op.create_index(batch_op.f("ix_polls_pollster"), ["pollster"], unique=False)
        batch_op.create_index(batch_op.f("ix_polls_population"), ["population"], unique=False)

    op.create_table(
        "responses",
        sa.Column("scale", sa.String(length=160), nullable=False),
        sa.Column("response", sa.String(length=160), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("polarity", sa.String(length=16), nullable=False),
        sa.Column("part_of", sa.String(length=160), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_responses_added"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["scale"], ["scales.id"], name=op.f("fk_responses_scale"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("scale", "response", name=op.f("pk_responses")),
    )
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_responses_added"), ["added"], unique=False)

    op.create_table(
        "questions",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("poll", sa.String(length=160), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("construct", sa.String(length=160), nullable=False),
        sa.Column("object", sa.String(length=16), nullable=False),
        sa.Column("scale", sa.String(length=160), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("provenance", sa.String(length=12), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.CheckConstraint("object in ('country', 'government', 'leader', 'people')", name=op.f("ck_questions_object")),
        sa.CheckConstraint("provenance in ('primary', 'secondary')", name=op.f("ck_questions_provenance")),
        sa.CheckConstraint("base > 0", name=op.f("ck_questions_base")),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_questions_added"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["poll"], ["polls.id"], name=op.f("fk_questions_poll"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["scale"], ["scales.id"], name=op.f("fk_questions_scale"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["subject"], ["subjects.id"], name=op.f("fk_questions_subject"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_added"), ["added"], unique=False)
        batch_op.create_index(batch_op.f("ix_questions_poll"), ["poll"], unique=False)
        batch_op.create_index(batch_op.f("ix_questions_subject"), ["subject"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("contributor", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind in ('link', 'session')", name=op.f("ck_tokens_kind")),
        sa.ForeignKeyConstraint(
            ["contributor"],
            ["contributors.id"],
            name=op.f("fk_tokens_contributor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tokens")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_contributor"), ["contributor"], unique=False)

    op.create_table(
        "answers",
        sa.Column("question", sa.String(length=160), nullable=False),
        sa.Column("response", sa.String(length=160), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_answers_added"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["question"], ["questions.id"], name=op.f("fk_answers_question"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("question", "response", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_added"), ["added"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answers_added"))

    op.drop_table("answers")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tokens_contributor"))

    op.drop_table("tokens")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_subject"))
        batch_op.drop_index(batch_op.f("ix_questions_poll"))
        batch_op.drop_index(batch_op.f("ix_questions_added"))

    op.drop_table("questions")
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_responses_added"))

    op.drop_table("responses")
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_population"))
        batch_op.drop_index(batch_op.f("ix_polls_pollster"))
        batch_op.drop_index(batch_op.f("ix_polls_added"))

    op.drop_table("polls")
    op.drop_table("contributors")
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subjects_added"))

    op.drop_table("subjects")
    with op.batch_alter_table("scales", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scales_added"))

    op.drop_table("scales")
    with op.batch_alter_table("populations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_populations_added"))

    op.drop_table("populations")
    with op.batch_alter_table("pollsters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pollsters_added"))

    op.drop_table("pollsters")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_added"))

    op.drop_table("events")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_added"))

    op.drop_table("claims")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index("ix_revisions_table_row")
        batch_op.drop_index(batch_op.f("ix_revisions_batch"))

    op.drop_table("revisions")
