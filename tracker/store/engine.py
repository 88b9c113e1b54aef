"""The engine: the one place that knows which database is in use.

SQLite: foreign keys on, write-ahead log, a busy timeout, and transactions that we begin ourselves, because the driver's
own would begin a write too late to hold the lock and never begin a read. PostgreSQL: the same promises in its words.
What a transaction reads is of one moment, that at which it got the write lock where it writes: so none contradicts
another, and none has to be repeated. Texts are in the order of their code points, as in SQLite.
"""

from collections.abc import Callable, Generator, Sequence
from sqlite3 import (
    SQLITE_BUSY,
    SQLITE_CORRUPT,
    SQLITE_FULL,
    SQLITE_IOERR,
    SQLITE_NOTADB,
    SQLITE_PROTOCOL,
    SQLITE_READONLY,
)
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, NullPool, Row, Select, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError

from tracker.language import gettext as _
from tracker.language import marked

#: milliseconds that a writer waits for another one to finish
BUSY_TIMEOUT = 15_000
#: connections to a PostgreSQL that stay open, and that a process may have beside them: a server allows a hundred in all
KEPT, MORE = 8, 24
#: what those that migrate one PostgreSQL hold in turn
MIGRATION_LOCK = 5_020_211
#: statements kept as put together; whoever filters by two hundred columns makes one of a megabyte
STATEMENTS = 100
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


class Hindered(StoreError):
    """Something that passes, or that whoever runs the database can mend, kept it from doing what was asked; nothing of
    that was stored. The text names no place: anybody may read it."""


class Corrupt(StoreError):
    """The database is no longer as it was written."""

    def __init__(self, url: str, reason: object) -> None:
        told = _("The database {url} is damaged ({reason}): {remedy}")
        super().__init__(told.format(url=url, reason=reason, remedy=_(RESTORE)))


RESTORE = marked("keep the file as it is, and put the newest backup into an empty database with `tracker restore`")
BUSY = marked("Somebody else has been writing all the while, so nothing was stored. Try again when they are done.")
FULL = marked("The disk with the database is full, so nothing was stored. Make room there, then try again.")
FAILING = marked("The disk with the database does not take what is written, so nothing was stored. Look at the disk.")
CLOSED = marked("The database may only be read here, so nothing was stored. See who owns its file, and its folder.")
#: what stands in the way, by SQLite's result code or PostgreSQL's SQLSTATE
HINDRANCES: dict[int | str, str] = {
    SQLITE_BUSY: BUSY,
    SQLITE_PROTOCOL: BUSY,
    SQLITE_FULL: FULL,
    SQLITE_IOERR: FAILING,
    SQLITE_READONLY: CLOSED,
    "55P03": BUSY,
    "53100": FULL,
    "58030": FAILING,
    "25006": CLOSED,
}
#: a file that is not whole: the same for both, and for a file that is no database
CORRUPT = (SQLITE_CORRUPT, SQLITE_NOTADB, "XX001", "XX002")


def _explain(context: ExceptionContext) -> None:
    """Raise in words what no statement is to blame for."""
    error: Any = context.original_exception
    # the lower byte: the rest tells kinds of a result apart
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF or getattr(error, "sqlstate", None)
    if code in HINDRANCES:
        raise Hindered(_(HINDRANCES[code])) from error
    if code in CORRUPT:
        assert context.engine
        raise Corrupt(context.engine.url.render_as_string(hide_password=True), error) from error


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
    """The application's engine. SQLite's connections are cheap and a slow reader may hold one: they have no limit."""
    if backend(url) == "sqlite":
        return _sqlite(url, SERVING, pool_size=KEPT, max_overflow=-1)
    pool = {"pool_size": KEPT, "max_overflow": MORE, "pool_timeout": BUSY_TIMEOUT / 1000, "pool_pre_ping": True}
    return _postgresql(url, _lock_ledger, isolation_level="REPEATABLE READ", **pool)


def passing(url: str) -> Engine:
    """An engine over a temporary SQLite copy."""
    return _sqlite(url, PASSING, pool_size=KEPT, max_overflow=-1)


def migrating(url: str) -> Engine:
    """An engine for migrations alone: SQLite's "copy, drop, rename" counts as a delete where foreign keys are on."""
    if backend(url) == "sqlite":
        return _sqlite(url, MIGRATING, poolclass=NullPool)
    return _postgresql(url, _lock_migrations, poolclass=NullPool)


def writing(engine: Engine) -> Engine:
    """The same engine, its transactions holding the write lock from their first moment."""
    return engine.execution_options(writes=True)


def stream(engine: Engine, statement: Query) -> Generator[Sequence[Any], None, None]:
    """The rows of a query as they come; holds a connection from the first row asked for to the last or to close()."""
    with engine.connect() as connection:
        yield from connection.execution_options(yield_per=FETCH).execute(statement)


def _engine(url: str, **options: Any) -> Engine:
    # what is written stays out of errors, and so of logs
    return create_engine(url, hide_parameters=True, query_cache_size=STATEMENTS, **options)


def _sqlite(url: str, pragmas: tuple[str, ...], **pool: Any) -> Engine:
    engine = _engine(url, **pool)

    def prepare(connection: SqliteConnection, _record: Any) -> None:
        # from here on the driver begins nothing by itself
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _explain)
    return engine


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # touches no file, so that nothing can stand in its way; SQLAlchemy's own care takes longer than the read
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN")


def _postgresql(url: str, lock: Callable[[Connection], None], **options: Any) -> Engine:
    engine = _engine(url, **options)

    def prepare(connection: Any, _record: Any) -> None:
        from tracker.store import postgresql  # here: its driver is there for those who use it

        postgresql.prepare(connection, BUSY_TIMEOUT)

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            lock(connection)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    event.listen(engine, "handle_error", _without_values)
    event.listen(engine, "handle_error", _explain)
    return engine


def _without_values(failure: ExceptionContext) -> None:
    """Take from PostgreSQL's words the row that it quotes beneath its first sentence."""
    told = getattr(getattr(failure.original_exception, "diag", None), "message_primary", None)
    if told and failure.sqlalchemy_exception:
        failure.original_exception.args = (told,)
        failure.sqlalchemy_exception.args = (f"({type(failure.original_exception).__name__}) {told}",)


def _lock_ledger(connection: Connection) -> None:
    connection.exec_driver_sql("LOCK TABLE revisions IN SHARE ROW EXCLUSIVE MODE")


def _lock_migrations(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")


def whole(connection: Connection) -> bool:
    """Whether every row that a row refers to is there, asked before the transaction ends."""
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
    try:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError:
        return False
    return True


def damage(connection: Connection) -> list[str]:
    """What SQLite finds wrong with its file, in its own words; PostgreSQL has `pg_amcheck` for that."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars()
    return [line for told in found for line in str(told).splitlines() if line != "ok"]


def order_texts(connection: Connection) -> None:
    """Have PostgreSQL keep every text column in the order of its code points, whatever the database's own order is."""
    if connection.dialect.name != "postgresql":
        return
    for table, column, kind in connection.execute(text(OTHERWISE_ORDERED)).all():
        connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"'))


OTHERWISE_ORDERED = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attcollation <> 0 AND a.attcollation <> '"C"'::regcollation
ORDER BY c.relname, a.attnum
"""
