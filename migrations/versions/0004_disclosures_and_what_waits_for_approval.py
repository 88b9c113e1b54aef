"""disclosures, and what waits for approval

Drafts kept before held the widgets of a form that is no more; they cannot be read on and go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosures",
        sa.Column("poll", sa.String(160), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll"], ["polls.id"], name=op.f("fk_disclosures_poll"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["added"], ["revisions.number"], name=op.f("fk_disclosures_added"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("poll", "item", name=op.f("pk_disclosures")),
    )
    op.create_index(op.f("ix_disclosures_added"), "disclosures", ["added"])
    with op.batch_alter_table("revisions") as batch_op:
        batch_op.add_column(sa.Column("approved_by", sa.Text(), nullable=True))
    op.drop_table("drafts")
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contributor", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("row", sa.String(160), nullable=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("embargo", sa.Date(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(40), nullable=True),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind in ('poll', 'sheet', 'claim', 'event')", name=op.f("ck_drafts_kind")),
        sa.CheckConstraint(
            "status in ('draft', 'submitted', 'returned', 'approved', 'stored')", name=op.f("ck_drafts_status")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["contributors.id"], name=op.f(f"fk_drafts_{column}"), initially="DEFERRED", deferrable=True
            )
            for column in ("contributor", "reviewer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_contributor"), "drafts", ["contributor"])
    op.create_index(op.f("ix_drafts_status"), "drafts", ["status"])


def downgrade() -> None:
    op.drop_table("drafts")
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contributor", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contributor"],
            ["contributors.id"],
            name=op.f("fk_drafts_contributor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_contributor"), "drafts", ["contributor"])
    with op.batch_alter_table("revisions") as batch_op:
        batch_op.drop_column("approved_by")
    op.drop_table("disclosures")
