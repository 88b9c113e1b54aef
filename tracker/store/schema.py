"""Bringing a database to the schema of this version, by the migrations, on an engine of their own."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import OperationalError

from tracker.language import gettext as _
from tracker.settings import ROOT
from tracker.store.engine import StoreError, Unreachable, backend, migrating


class NewerDatabase(StoreError, RuntimeError):
    """The database was migrated by a newer version of the tracker."""

    def __init__(self, revision: str) -> None:
        told = _(
            "The database is from a newer version (its schema is {revision}, which this version does not know): "
            "update the tracker, or name another database"
        )
        super().__init__(told.format(revision=revision))


class OtherSchema(StoreError):
    """The database changed its schema under a running tracker."""

    def __init__(self, found: str | None) -> None:
        told = _("The database has the schema {found}, and this version needs {needed}: start the tracker again")
        super().__init__(told.format(found=found, needed=newest()))


def migrate(url: str) -> list[str]:
    """Apply what is missing; returns the ids of the migrations applied, oldest first."""
    held, missing = current(url), []
    for script in _scripts().walk_revisions():
        if script.revision == held:
            break
        missing.append(script.revision)
    else:
        if held is not None:
            raise NewerDatabase(held)
    if missing:
        command.upgrade(configured(url), "head")
    return missing[::-1]


def stands(url: str) -> bool:
    """Whether the database is there with exactly this version's schema. Asking makes no file."""
    if backend(url) == "sqlite" and not Path(make_url(url).database or "").is_file():
        return False
    return current(url) == newest()


def held(connection: Connection) -> str | None:
    """The schema that a database has, over a connection that is open anyway."""
    return MigrationContext.configure(connection).get_current_revision()


def configured(url: str) -> Config:
    """Alembic's configuration for one database, found from any working directory."""
    return Config(toml_file=ROOT / "pyproject.toml", attributes={"url": url})


@cache
def newest() -> str:
    """The newest schema that this version knows."""
    return str(_scripts().get_current_head())


def knows(schema: str) -> bool:
    """Whether a schema is one of this version's."""
    return any(script.revision == schema for script in _scripts().walk_revisions())


def bring(connection: Connection, schema: str) -> None:
    """Bring the database behind a connection to a schema, as a part of its transaction."""
    command.upgrade(Config(toml_file=ROOT / "pyproject.toml", attributes={"connection": connection}), schema)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configured(""))


def current(url: str) -> str | None:
    """The migration that the database is at; None for an empty database."""
    try:
        with migrating(url).connect() as connection:
            return held(connection)
    except OperationalError as error:
        remedy = _("check that the place exists and that you may write there")
        raise Unreachable(url, error.orig, remedy) from None
