"""who did what to whom in an event

Adds columns only, so no row is copied and none can be lost; the ledger's older cells lack them, which reads as blank.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_actor", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("target_actor", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("plover_type", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_column("plover_type")
        batch_op.drop_column("target_actor")
        batch_op.drop_column("source_actor")
