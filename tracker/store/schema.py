"""Bringing a database to the schema of this version, by the migrations, on an engine of their own."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from tracker.language import gettext as _
from tracker.settings import ROOT
from tracker.store.engine import StoreError, Unreachable, migrating


class NewerDatabase(StoreError, RuntimeError):
    """The database was migrated by a newer version of the tracker."""

    def __init__(self, revision: str) -> None:
        told = _(
            "The database is from a newer version (its schema is {revision}, which this version does not know): "
            "update the tracker, or name another database"
        )
        super().__init__(told.format(revision=revision))


def migrate(url: str) -> list[str]:
    """Apply what is missing; returns the ids of the migrations applied, oldest first."""
    config = configured(url)
    scripts = ScriptDirectory.from_config(config)
    held, missing = current(url), []
    for script in scripts.walk_revisions():
        if script.revision == held:
            break
        missing.append(script.revision)
    else:
        if held is not None:
            raise NewerDatabase(held)
    if missing:
        command.upgrade(config, "head")
    return missing[::-1]


def configured(url: str) -> Config:
    """Alembic's configuration for one database, found from any working directory."""
    return Config(toml_file=ROOT / "pyproject.toml", attributes={"url": url})


def current(url: str) -> str | None:
    """The migration that the database is at; None for an empty database."""
    try:
        with migrating(url).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        remedy = _("check that the place exists and that you may write there")
        raise Unreachable(url, error.orig, remedy) from None
