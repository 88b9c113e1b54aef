"""What differs between one machine and another; read at the edges, passed down as plain arguments."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: the record that ships with the project
RECORD = ROOT / "polls"


@dataclass(frozen=True)
class Settings:
    #: ``TRACKER_DATABASE_URL``: where the store is; an SQLite file in the working directory
    database_url: str = "sqlite:///tracker.db"
    #: ``TRACKER_READ_URL``: a copy of the store that may lag, for those who are not signed in; blank for none
    read_url: str = ""
    #: ``TRACKER_HOST``: the address to serve on; this machine only
    host: str = "127.0.0.1"
    #: ``TRACKER_PORT``
    port: int = 8501
    #: ``TRACKER_PUBLIC_URL``: how readers reach the site, without a trailing slash
    public_url: str = "http://127.0.0.1:8501"
    #: ``TRACKER_SECRET``: signs cookies; blank makes one and keeps it in a file readable by its owner
    secret: str = ""
    #: ``TRACKER_OWN_APPROVAL``: whether editors and administrators may approve what they entered themselves
    own_approval: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment. A port that is no number, or an answer other than yes or no, is a ValueError that says
        so."""
        host, port = environ.get("TRACKER_HOST", cls.host), environ.get("TRACKER_PORT", str(cls.port))
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"TRACKER_PORT is {port!r}: give a number from 1 to 65535")
        if (own := environ.get("TRACKER_OWN_APPROVAL", "no")) not in ("yes", "no"):
            raise ValueError(f"TRACKER_OWN_APPROVAL is {own!r}: say yes or no")
        return cls(
            database_url=environ.get("TRACKER_DATABASE_URL", cls.database_url),
            read_url=environ.get("TRACKER_READ_URL", ""),
            host=host,
            port=int(port),
            public_url=environ.get("TRACKER_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
            secret=environ.get("TRACKER_SECRET", ""),
            own_approval=own == "yes",
        )
