"""Runs the migrations on an engine of their own: plain, without foreign keys, in one transaction; or in that of whoever
brings a connection."""

from alembic import context
from sqlalchemy import Connection

from tracker.models import Base
from tracker.settings import Settings
from tracker.store.engine import migrating, order_texts, writing


def render(kind: str, value: object, autogen: object) -> str | bool:
    """A figure is text to the database: a migration must not depend on our types."""
    if kind == "type" and type(value).__name__ == "Figure":
        return "sa.String(length=32)"
    return False


def run(connection: Connection) -> None:
    """Run what is asked for, and leave every text in the order that it has on every engine."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        order_texts(connection)


given = context.config.attributes
if "connection" in given:
    run(given["connection"])
else:
    with writing(migrating(given.get("url") or Settings.from_env().database_url)).connect() as connection:
        run(connection)
