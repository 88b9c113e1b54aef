"""Serving: one preparation for every way to start, the cookie secret, and the server."""

import asyncio
import errno
import gc
import os
import runpy
import secrets
import signal
import socket
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from streamlit import config as streamlit_config

from tracker import accounts, intake, routes
from tracker.cli import logs, people
from tracker.cli.opening import WHO, Wrong, migrate, progress, say, settings
from tracker.language import gettext as _
from tracker.settings import RECORD, ROOT, Settings
from tracker.store import Store, StoreError

#: what Streamlit reads its cookie secret from, whenever it reads its settings again
SECRET = "STREAMLIT_SERVER_COOKIE_SECRET"  # noqa: S105 the name of a variable
#: seconds
HOUR = 3600
#: seconds for which a stopping server lets downloads come to their end
PATIENCE = 30
#: addresses that mean every network of this machine
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 to be told from others, not to be bound


def serve(arguments: Namespace) -> None:
    """Prepare, then serve until stopped. The environment carries the settings to pages and routes."""
    found = settings(arguments)
    found = replace(found, host=arguments.host or found.host, port=arguments.port or found.port)
    _refuse_if_taken(found)
    os.environ |= {
        "TRACKER_DATABASE_URL": found.database_url,
        "TRACKER_HOST": found.host,
        "TRACKER_PORT": str(found.port),
        "FORWARDED_ALLOW_IPS": found.proxies,
    }
    os.environ.setdefault(SECRET, secret(found))
    prepare(found.database_url)
    # Streamlit looks for .streamlit/config.toml beside the script that was started
    sys.argv = [str(ROOT / "app.py")]
    app = runpy.run_path(sys.argv[0])["app"]
    app.run(
        config={"server.address": found.host, "server.port": found.port, "logger.hideWelcomeMessage": True} | _public()
    )


def _public() -> dict[str, Any]:
    """Streamlit's word for the site's public address: pages opened from there may talk to it."""
    host = urlsplit(os.environ.get("TRACKER_PUBLIC_URL", "")).hostname
    return {"browser.serverAddress": host} if host else {}


def _refuse_if_taken(found: Settings) -> None:
    """A port that somebody else serves on is told at once, before any work."""
    family = socket.AF_INET6 if ":" in found.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((found.host, found.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Wrong(
                    _("cannot serve on {host}:{port}: {why}").format(
                        host=found.host, port=found.port, why=error.strerror
                    )
                ) from None
            wrong = _("port {port} is taken: stop what serves there, or choose another with --port or TRACKER_PORT")
            raise Wrong(wrong.format(port=found.port)) from None


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Prepare, unless that is done already, and say where the site is and how to sign in; then see to embargoes. At the
    end the store is closed."""
    found = Settings.from_env()
    logs.write(found)
    stop_gently()
    await asyncio.to_thread(prepare, found.database_url)
    await asyncio.to_thread(announce, found)
    # what is loaded by now stays: to search it for garbage again and again is a third of a large download's time
    gc.freeze()
    lifting = asyncio.create_task(_lift_hourly(found.database_url))
    yield
    lifting.cancel()
    with suppress(asyncio.CancelledError):
        await lifting
    routes.live().close()


def stop_gently() -> None:
    """Told to end, the server takes nothing new, lets what it is sending come to its end for so long, and exits with 0.

    The server has said by now what it does when it is told to end: what is changed here is how long it waits, and that
    it does not end by the signal itself afterwards, which would look like a fault.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        server.config.timeout_graceful_shutdown = PATIENCE
        signal.signal(signal.SIGTERM, lambda _number, _frame: setattr(server, "should_exit", True))


async def _lift_hourly(url: str) -> None:
    """Store what is due now, and again whenever an hour begins: the first hour of a day is one of them."""
    while True:
        await asyncio.to_thread(lift, url)
        await asyncio.sleep(HOUR - time.time() % HOUR)


def lift(url: str) -> None:
    """Store what was approved and whose embargo has ended; what cannot be stored goes back to the editors."""
    store = Store(url)
    try:
        for decision in intake.lift(store):
            stored = _("An embargo has ended: {row} is on record")
            wrong = _("An embargo has ended, and what waited for it cannot be stored: it is under Review again")
            say(stored.format(row=decision.row) if decision.status == "stored" else wrong)
    except (SQLAlchemyError, StoreError) as error:  # the next hour may be better
        say(_("Embargoes could not be looked at: {error}").format(error=error))
    finally:
        store.close()


@cache
def prepare(url: str) -> None:
    """Migrate the database, and load the record that ships into an empty one: once a process."""
    store = Store(url)
    migrate(store)
    if store.newest() == 0:
        record = intake.read_folder(RECORD)
        polls = next((len(rows) for kind, rows in record.rows.items() if kind.__tablename__ == "polls"), 0)
        say(_("Loading the record: {count} polls").format(count=polls))
        intake.store_record(store, record, WHO, _("the record that ships with the tracker"), progress=progress)
    store.close()


def announce(found: Settings) -> None:
    """Print the address, and a one-time link for the operator of the installation; but none where a program keeps what
    is printed, because a link in a log signs in whoever reads it."""
    store, site = Store(found.database_url), _site()
    say(_("Serving on {site}").format(site=site))
    if os.environ.get("TRACKER_PORT", (port := str(streamlit_config.get_option("server.port")))) != port:
        say(_("TRACKER_PORT is for `tracker serve`: `streamlit run` takes --server.port and --server.address"))
    operator = accounts.operator(store)
    if operator and found.log_format == "json":
        say(_("To sign in: tracker login {email}").format(email=operator.email))
    elif operator:
        link = people.address(site, accounts.link(store, operator.email))
        say(_("Sign in, once and within {minutes} minutes: {link}").format(minutes=accounts.LINK_MINUTES, link=link))
    store.close()


def _site() -> str:
    """How readers reach the site: as set, or the address that Streamlit serves on."""
    if "TRACKER_PUBLIC_URL" in os.environ:
        return Settings.from_env().public_url
    host, port = (streamlit_config.get_option(f"server.{name}") for name in ("address", "port"))
    return f"http://{'127.0.0.1' if host in (None, *EVERYWHERE) else host}:{port}"


def sign_cookies() -> None:
    """Give Streamlit the secret for its cookies where `serve` has not: it has read its settings by now."""
    if SECRET not in os.environ:
        os.environ[SECRET] = secret(Settings.from_env())
        streamlit_config.set_option("server.cookieSecret", os.environ[SECRET])


def secret(found: Settings) -> str:
    """The secret as set, or the one kept beside the database in a file that its owner alone can read."""
    if found.secret:
        return found.secret
    database = make_url(found.database_url)
    path = Path(database.database or "tracker.db") if database.get_backend_name() == "sqlite" else Path("tracker.db")
    path = path.with_suffix(".secret")
    if not path.exists():
        _keep(secrets.token_hex(32), path)
    return path.read_text(encoding="ascii").strip()


def _keep(text: str, path: Path) -> None:
    """Write a file of mode 0600 in one step; one that another process wrote first stays."""
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
