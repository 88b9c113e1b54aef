"""Real servers: routes in a thread, for what is asked over HTTP; the whole tracker in a process of its own."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from tracker import accounts, routes


def routed(*more: Route) -> Starlette:
    """The routes as the app serves them, and more beside them."""
    return Starlette(routes=[*routes.ROUTES, *more], exception_handlers=routes.HANDLERS, middleware=routes.MIDDLEWARE)


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """The address of the app while it is served."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who asks before the server is up waits in line
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


class Site(NamedTuple):
    """A running tracker: where it is, the folder it was started in, and its process."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    def sign_in(self) -> str:
        """A one-time link for the operator, as `tracker login` prints it."""
        command = [sys.executable, "-m", "tracker.cli", "login", accounts.OPERATOR]
        said = subprocess.run(command, cwd=self.home, check=True, capture_output=True, text=True).stdout
        return self.url + said[said.index("/sign-in") :].strip()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its log when it has ended or half a minute has passed."""
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/healthz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the server did not come up:\n{log.read_text()}")


@contextmanager
def served(home: Path, port: int | None = None, own_approval: str = "yes", **settings: str) -> Iterator[Site]:
    """The tracker as `tracker serve` starts it in this folder; people may approve what they entered, or not."""
    port, log = port or free_port(), home / "log"
    command = [sys.executable, "-m", "tracker.cli", "serve", "--port", str(port)]
    environ = {**os.environ, "TRACKER_OWN_APPROVAL": own_approval, **settings}
    with log.open("wb") as out, subprocess.Popen(command, cwd=home, env=environ, stdout=out, stderr=out) as server:
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", server, log)
            yield Site(f"http://127.0.0.1:{port}", home, server)
        finally:
            server.terminate()
            server.wait(10)


def paths(served: list[BaseRoute], before: str = "") -> Iterator[str]:
    """The paths of all routes."""
    for route in served:
        if isinstance(route, Mount):
            yield from paths(route.routes, before + route.path)
        else:
            assert isinstance(route, Route)
            yield before + route.path
