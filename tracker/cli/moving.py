"""Commands that take a tracker away whole, and put one where there is none."""

from argparse import Namespace
from pathlib import Path

from tracker.cli.opening import say, settings, store
from tracker.language import gettext as _
from tracker.language import number
from tracker.store import Store, Summary


def backup(arguments: Namespace) -> None:
    """Write a backup, read it back, and print the digest of the record."""
    found = store(arguments).backup(Path(arguments.to or arguments.file))
    told = _("Backed up and read back: revision {revision}, {rows} rows. The digest of the record and its ledger:")
    _tell(told, found)


def restore(arguments: Namespace) -> None:
    """Put a backup into an empty database, and print the digest of the record."""
    found = Store(settings(arguments).database_url).restore(Path(arguments.file))
    told = _("Restored: revision {revision}, {rows} rows. The digest of the record and its ledger:")
    _tell(told, found)


def _tell(told: str, found: Summary) -> None:
    say(told.format(revision=found.revision, rows=number(sum(found.tables.values()))))
    print(found.record)
