"""The engine: the one place that knows which database is in use.

SQLite: foreign keys on, write-ahead log, a busy timeout, and transactions that we begin ourselves, because the driver's
own would begin a write too late to hold the lock and never begin a read. PostgreSQL: the same promises in its words.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, Row, Select, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from tracker.language import gettext as _

#: milliseconds that a writer waits for another one to finish
BUSY_TIMEOUT = 15_000
#: rows fetched at a time by a read that streams
FETCH = 1_000

#: a query, and one row of what it finds
Query = Select[*tuple[Any, ...]]
Found = Row[*tuple[Any, ...]]

SERVING = ("foreign_keys = ON", f"busy_timeout = {BUSY_TIMEOUT}", "journal_mode = WAL")
MIGRATING = (f"busy_timeout = {BUSY_TIMEOUT}",)
#: for a copy that can be made again: nothing is synced
PASSING = ("synchronous = OFF", "journal_mode = MEMORY")


class StoreError(Exception):
    """Something asked of the store cannot be done; its text says what and what to do about it."""


class Unreachable(StoreError):
    """There is no database where the URL says, or nothing to reach it with."""

    def __init__(self, url: str, reason: object, remedy: str) -> None:
        told = _("The database {url} cannot be opened ({reason}): {remedy}")
        super().__init__(told.format(url=_without_password(url), reason=reason, remedy=remedy))


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return repr(url)


def backend(url: str) -> str:
    """The kind of database: sqlite, postgresql. Unreachable where the URL is none or its driver is not installed."""
    try:
        chosen = make_url(url)
        chosen.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError) as error:
        raise Unreachable(url, error, _("write the URL like sqlite:///tracker.db")) from None
    except ModuleNotFoundError as error:
        raise Unreachable(url, error, _("install the driver that this kind of database needs")) from None
    return chosen.get_backend_name()


def serving(url: str) -> Engine:
    """The application's engine. Connections are cheap and a slow reader may hold one, so their number has no limit."""
    if backend(url) == "sqlite":
        return _sqlite(url, SERVING, pool_size=8, max_overflow=-1)
    engine = create_engine(url, pool_size=8, max_overflow=-1, pool_pre_ping=True, isolation_level="REPEATABLE READ")
    event.listen(engine, "begin", _lock_ledger)
    return engine


def passing(url: str) -> Engine:
    """An engine over a temporary SQLite copy."""
    return _sqlite(url, PASSING, pool_size=8, max_overflow=-1)


def migrating(url: str) -> Engine:
    """An engine for migrations alone: SQLite's "copy, drop, rename" counts as a delete where foreign keys are on."""
    if backend(url) == "sqlite":
        return _sqlite(url, MIGRATING, poolclass=NullPool)
    return create_engine(url, poolclass=NullPool)


def writing(engine: Engine) -> Engine:
    """The same engine, its transactions holding the write lock from their first moment."""
    return engine.execution_options(writes=True)


def stream(engine: Engine, statement: Query) -> Generator[Sequence[Any], None, None]:
    """The rows of a query as they come; holds a connection from the first row asked for to the last or to close()."""
    with engine.connect() as connection:
        yield from connection.execution_options(yield_per=FETCH).execute(statement)


def portions(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The rows in lists of this many."""
    rows = iter(rows)
    while portion := list(islice(rows, size)):
        yield portion


def _sqlite(url: str, pragmas: tuple[str, ...], **pool: Any) -> Engine:
    engine = create_engine(url, **pool)

    def prepare(connection: SqliteConnection, _record: Any) -> None:
        # from here on the driver begins nothing by itself
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lock_ledger(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("LOCK TABLE revisions IN SHARE ROW EXCLUSIVE MODE")
