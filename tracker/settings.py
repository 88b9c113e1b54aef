"""What differs between one machine and another; read at the edges, passed down as plain arguments."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

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
    #: ``TRACKER_LIMITS``: how many times the usual number of requests one address may make; 0 for as many as it likes
    limits: float = 1.0
    #: ``TRACKER_PROXIES``: addresses and networks of the proxies that are believed when they say for whom they ask
    proxies: str = "127.0.0.1"
    #: ``TRACKER_WATCHERS``: addresses and networks from which /metrics may be read
    watchers: str = "127.0.0.1,::1"
    #: ``TRACKER_LOG_FORMAT``: text for people, or json, an object a line, for programs
    log_format: str = "text"
    #: ``TRACKER_LOG_LEVEL``: debug, info, warning or error
    log_level: str = "info"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment. What cannot be is a ValueError that says what can."""
        return _read(tuple(map(environ.get, NAMES)))


#: the environment's name of each setting
NAMES = tuple(f"TRACKER_{field.name.upper()}" for field in fields(Settings))


@lru_cache(maxsize=8)
def _read(texts: tuple[str | None, ...]) -> Settings:
    """The settings as these texts, one a name, say; once, because every request asks for them."""
    said = {field.name: text for field, text in zip(fields(Settings), texts, strict=True) if text is not None}
    found = {name: READERS[name](f"TRACKER_{name.upper()}", text) for name, text in said.items() if name in READERS}
    settings = replace(Settings(), **said | found)
    public = said.get("public_url", f"http://{settings.host}:{settings.port}").rstrip("/")
    return replace(settings, public_url=public)


def _port(name: str, text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"{name} is {text!r}: give a number from 1 to 65535")
    return int(text)


def _factor(name: str, text: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"{name} is {text!r}: give a number, 0 for no limits")
    return float(text)


def _one_of(*words: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in words:
            raise ValueError(f"{name} is {text!r}: say {', '.join(words[:-1])} or {words[-1]}")
        return text

    return read


def _networks(name: str, text: str) -> str:
    for each in filter(None, text.split(",")):
        try:
            ipaddress.ip_network(each.strip())
        except ValueError:
            raise ValueError(f"{name} has {each!r}: list addresses and networks, such as 10.0.0.0/8,::1") from None
    return text


#: how a text becomes a setting, where it does not stay what it is
READERS: dict[str, Callable[[str, str], Any]] = {
    "port": _port,
    "own_approval": lambda name, text: _one_of("yes", "no")(name, text) == "yes",
    "limits": _factor,
    "proxies": _networks,
    "watchers": _networks,
    "log_format": _one_of("text", "json"),
    "log_level": _one_of("debug", "info", "warning", "error"),
}
