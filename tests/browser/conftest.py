"""A real server and a real browser. Without Chromium these tests are skipped, unless the gate requires them."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

expect.set_options(timeout=60_000)
CHROMIUM = shutil.which("chromium")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Site(NamedTuple):
    """A running tracker: where it is and the one-time link it printed."""

    url: str
    sign_in: str


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


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tracker as `tracker serve` starts it, from an empty folder, on the record that ships with it."""
    home, port = tmp_path_factory.mktemp("site"), free_port()
    log = home / "log"
    command = [sys.executable, "-m", "tracker.cli", "serve", "--port", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, cwd=home, stdout=out, stderr=out) as server:
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", server, log)
            link = re.search(r"http\S+/sign-in\S+", log.read_text())
            assert link, log.read_text()
            yield Site(f"http://127.0.0.1:{port}", link[0])
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    if not CHROMIUM:
        message = "no Chromium on this machine: install the package `chromium`"
        if os.environ.get("TRACKER_BROWSER_REQUIRED"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new reader's window, 1280 pixels wide."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()
