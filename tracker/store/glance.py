"""The number of the newest revision without waiting: what an event loop, which everybody waits for, may ask itself."""

import sqlite3
import threading
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.dialects import sqlite

from tracker.store import ledger

NEWEST = str(ledger.NEWEST.compile(dialect=sqlite.dialect()))


class Glance:
    """Looks into an SQLite file by a connection of its own, which never waits for a lock; and into nothing else."""

    def __init__(self, url: str) -> None:
        found = make_url(url)
        self._file = found.database if found.get_backend_name() == "sqlite" else None
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def __call__(self) -> int | None:
        """The number, or None where it cannot be told at once: whoever asks then waits elsewhere."""
        if self._file is None:
            return None
        try:
            with self._lock:
                self._connection = self._connection or _opened(self._file)
                # all of what is found: a statement that has not ended would hold on to the state that it reads
                ((number,),) = self._connection.execute(NEWEST).fetchall()
        except sqlite3.Error:
            self.close()
            return None
        return number or 0

    def close(self) -> None:
        """Let go of the file; it is opened again when next looked into."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection:
                connection.close()


def _opened(file: str) -> sqlite3.Connection:
    # any thread may look, one after the other
    place = f"{Path(file).absolute().as_uri()}?mode=ro"
    return sqlite3.connect(place, timeout=0, isolation_level=None, check_same_thread=False, uri=True)
