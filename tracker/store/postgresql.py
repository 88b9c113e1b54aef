"""What PostgreSQL's driver is told beyond its habits; imported where that engine is used, as the driver is optional."""

from typing import Any

from psycopg import Connection, ServerCursor
from psycopg.types.string import StrDumperUnknown


class WithoutNul(StrDumperUnknown):
    """Passes U+FFFD on for NUL, which PostgreSQL has no place for: whoever looks for one finds nothing, and what is
    recorded has none, since intake refuses it."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


class Stream(ServerCursor[Any]):
    """Ends with its transaction, so that a stream is broken off by giving its connection back, as with SQLite."""

    def __del__(self, *_warn: Any) -> None:
        """Say nothing: the transaction has ended."""


def prepare(connection: Connection[Any], lock_timeout: int) -> None:
    """Make a new connection ours; ``lock_timeout`` in milliseconds."""
    connection.adapters.register_dumper(str, WithoutNul)
    connection.server_cursor_factory = Stream
    connection.execute(f"SET lock_timeout = {lock_timeout}")
    connection.commit()
