"""A store taken out of its database whole, and put into an empty one of any engine."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
    type_coerce,
)

from tracker.export import portions
from tracker.language import gettext as _
from tracker.models import Base, Figure, Token
from tracker.store import ledger, record, schema
from tracker.store.backup import Contents, Damaged, NewerBackup, Reading, Summary, write
from tracker.store.engine import FETCH, StoreError, migrating, whole, writing

#: what stays where it is: a link or a session that is open in one place opens nothing in another
LEFT = (Token.__tablename__,)
RECORD = tuple(record.CLASSES)


class Taken(StoreError):
    """Something is already where a backup or a store was to be put."""


def take(engine: Engine, to: Path) -> Summary:
    """Write all that is in a database of this schema to a new file, as it is at one moment, and read it back. Taken."""
    if to.exists():
        raise _there(to)
    handle, draft = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.parent)
    try:
        with os.fdopen(handle, "wb") as file, engine.connect() as connection:
            summary = write(file, schema.newest(), ledger.newest(connection), RECORD, _contents(connection))
            file.flush()
            os.fsync(file.fileno())
        if read_through(Path(draft)) != summary:
            raise Damaged(to, _("what was written is not what was read"))
        _put(draft, to)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)
    return summary


def _put(draft: str, to: Path) -> None:
    """Give a finished file its name, unless there is one by now, and have the disk know it."""
    try:
        os.link(draft, to)
    except FileExistsError:
        raise _there(to) from None
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _there(to: Path) -> Taken:
    return Taken(_("{path} is there already: a backup never overwrites; choose another name").format(path=to))


def read_through(path: Path) -> Summary:
    """What a backup holds, every digest checked. Damaged, NewerBackup."""
    reading = Reading(path)
    for _name, _columns, rows in reading.tables(RECORD):
        for _row in rows:
            pass
    assert reading.summary
    return reading.summary


def _contents(connection: Connection) -> Iterator[Contents]:
    """Every table that moves, the rows in the order of their key."""
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT:
            yield table.name, [column.name for column in table.columns], _rows(connection, table)


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    cells = [type_coerce(column, String) if isinstance(column.type, Figure) else column for column in table.columns]
    asked = select(*cells).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=FETCH).execute(asked):
        yield [record.to_cell(cell) for cell in row]


def restore(url: str, path: Path) -> Summary:
    """Put a backup into an empty database and bring it to this version's schema: all of it, or nothing.

    Taken where there is something already, Damaged, NewerBackup.
    """
    reading = Reading(path)
    if not schema.knows(reading.schema):
        raise NewerBackup(path, reading.schema)
    with writing(migrating(url)).begin() as connection:
        if inspect(connection).get_table_names():
            raise Taken(_("There is something in the database already: name an empty one by --database"))
        schema.bring(connection, reading.schema)
        for name, columns, rows in reading.tables(RECORD):
            _fill(connection, name, columns, rows)
        if not whole(connection):
            raise Damaged(path, _("it has rows that refer to others which it lacks"))
        schema.bring(connection, "head")
    assert reading.summary
    return reading.summary


def _fill(connection: Connection, name: str, columns: Sequence[str], rows: Any) -> None:
    """Put rows into a table as it is in the schema of the backup."""
    found = {column["name"]: column["type"] for column in inspect(connection).get_columns(name)}
    kinds = {column: JSON(none_as_null=True) if isinstance(kind, JSON) else kind for column, kind in found.items()}
    table = Table(name, MetaData(), *(Column(column, kinds[column]) for column in columns))
    for some in portions(rows, FETCH):
        values = ([record.from_cell(cell, column) for cell, column in zip(row, table.c, strict=True)] for row in some)
        connection.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in values])
    _number_on(connection, table)


def _number_on(connection: Connection, table: Table) -> None:
    """Have PostgreSQL give the next row the number after the last, where it gives numbers."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    counter = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
    last = connection.scalar(select(func.max(table.c.id))) if counter else None
    if last:
        connection.execute(text("SELECT setval(:counter, :last)"), {"counter": counter, "last": last})
