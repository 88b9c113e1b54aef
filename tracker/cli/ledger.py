"""Commands on what the store holds and held: a table written out, a batch taken back, the life of a row."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tracker.cli.arguments import PACKAGE
from tracker.cli.opening import WHO, Wrong, say, store
from tracker.export import FORMATS, Column, Rows
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.store import Store


def write_out(arguments: Namespace) -> None:
    """Export a table to a file or to standard output, or the record to a folder."""
    if arguments.name is None and arguments.to is None:
        raise Wrong(_("say which table to export, or give --to DIR for the whole record"))
    if arguments.name is None:
        from tracker.cli import record  # here: its rules take a second to load, and a table needs none of them

        return record.write_folder(arguments)
    if arguments.name == PACKAGE:
        return _write(_package(arguments), arguments.to)
    opened = store(arguments)  # held until the last row is written: a past state lasts as long as its store
    columns, rows = opened_table(opened, arguments, arguments.name)
    return _write(FORMATS[arguments.format](columns, rows), arguments.to)


def _package(arguments: Namespace) -> Iterator[bytes]:
    """Every table as one zip, the same bytes as its address gives."""
    from tracker.routes.package import address  # here: no other table waits for what computes
    from tracker.tables import package

    given = {name: value for name, value in vars(arguments).items() if value and value != "csv"}
    if wrong := given.keys() - {"name", "to", "as_of", "run", "database", "lang"}:
        told = _("package holds every table whole: leave out {names}")
        raise Wrong(told.format(names=", ".join(f"--{name.replace('_', '-')}" for name in sorted(wrong))))
    opened = store(arguments)
    past = opened if opened.read_only else opened.at(opened.newest())
    return package.zipped(past, partial(address, past.newest()))


def opened_table(opened: Store, arguments: Namespace, name: str) -> tuple[list[Column], Rows]:
    """The table that the arguments ask for."""
    from tracker import tables  # here: what computes takes a second to load, and undoing needs none of it

    given = vars(arguments)
    filters: dict[str, list[str]] = {}
    for column, value in given.get("where", []):
        filters.setdefault(column, []).append(value)
    filters |= {each: [str(given[each])] for each in tables.OF_ATTITUDE if given.get(each) is not None}
    columns = [each for each in (given.get("columns") or "").split(",") if each]
    try:
        return tables.open_table(opened, name, tables.Asked(filters, given.get("limit"), columns))
    except tables.NothingThere as error:
        raise Wrong(str(error)) from None


def _write(chunks: Iterable[bytes], to: str | None) -> None:
    """Bytes to standard output, or to a file that is there only once it is complete."""
    if to is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    part = Path(f"{to}.part")
    try:
        with part.open("wb") as file:
            file.writelines(chunks)
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)


def undo(arguments: Namespace) -> None:
    """Take back a batch."""
    count = store(arguments).undo(arguments.batch, WHO, arguments.reason)
    say(ngettext("{count} row put back.", "{count} rows put back.", count).format(count=count))


def history(arguments: Namespace) -> None:
    """Print the revisions of a row, oldest first."""
    revisions = store(arguments).history(arguments.id)
    if not revisions:
        raise Wrong(_("nothing in the ledger has the id {id}").format(id=arguments.id))
    for revision in revisions:
        print(_life(revision))


def _life(revision: Any) -> str:
    """One revision: when, by whom, what, and each value that changed."""
    rows = revision.row or ngettext("{count} row", "{count} rows", revision.rows).format(count=revision.rows)
    approved = _("{who}, approved by {approver}").format(who=revision.who, approver=revision.approved_by)
    words = (
        f"{revision.at:%Y-%m-%d %H:%M}Z",
        approved if revision.approved_by else revision.who,
        revision.action,
        revision.table,
        rows,
        f"[{revision.batch}]",
    )
    why = f": {revision.why}" if revision.why else ""
    return "\n    ".join([f"{revision.number} " + " ".join(words) + why, *_changes(revision)])


def _changes(revision: Any) -> list[str]:
    before, after = revision.before or {}, revision.after or {}
    names = [name for name in {**before, **after} if name != "added" and before.get(name) != after.get(name)]
    return [f"{name}: {before.get(name)!r} -> {after.get(name)!r}" for name in names] if before and after else []
