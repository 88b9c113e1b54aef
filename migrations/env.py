"""Runs the migrations on an engine of their own: plain, without foreign keys, in one transaction."""

from alembic import context

from tracker.models import Base
from tracker.settings import Settings
from tracker.store.engine import migrating, writing


def render(kind: str, value: object, autogen: object) -> str | bool:
    """A figure is text to the database: a migration must not depend on our types."""
    if kind == "type" and type(value).__name__ == "Figure":
        return "sa.String(length=32)"
    return False


url = context.config.attributes.get("url") or Settings.from_env().database_url
with writing(migrating(url)).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
