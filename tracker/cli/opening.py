"""What every command does first: read its settings, open the store; and how it speaks."""

import sys
from argparse import Namespace
from dataclasses import replace
from typing import Any

from tracker.language import gettext as _
from tracker.language import number
from tracker.settings import Settings
from tracker.store import Store

#: the public name under which the command line writes
WHO = "operator"


class Wrong(Exception):
    """A command that cannot be carried out; its text says what to do instead."""


def say(message: str) -> None:
    """Tell whoever typed the command, never whoever reads its output."""
    print(message, file=sys.stderr, flush=True)


def settings(arguments: Namespace) -> Settings:
    """The environment's settings, with what the command's own arguments put in their place."""
    try:
        found = Settings.from_env()
    except ValueError as error:
        raise Wrong(str(error)) from None
    return replace(found, database_url=arguments.database) if arguments.database else found


def store(arguments: Namespace) -> Store:
    """The store as the command wants it: it exists, is migrated, and is as of when ``--as-of`` says."""
    url = settings(arguments).database_url
    opened = Store(url)
    if not opened.migrated():
        wrong = _(
            "{url} is not there or not up to date: run `tracker import PATH` or `tracker serve`, or give --database"
        )
        raise Wrong(wrong.format(url=opened.engine.url.render_as_string(hide_password=True)))
    when = getattr(arguments, "as_of", None)
    return opened if when is None else opened.at(when)


def migrated(arguments: Namespace) -> Store:
    """The store, made or migrated where that is due."""
    opened = Store(settings(arguments).database_url)
    migrate(opened)
    return opened


def migrate(store: Store) -> None:
    """Bring the database up to date, and say so where there was something to do."""
    applied = store.migrate()
    if applied:
        say(_("Migrated the database to schema {revision}").format(revision=applied[-1]))


def progress(table: str, done: int, total: int) -> Any:
    """Say how far a load has come."""
    say(_("  {table}: {done} of {total} rows").format(table=table, done=number(done), total=number(total)))
