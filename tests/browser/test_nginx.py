"""Two processes behind nginx on one PostgreSQL, by the configuration given away: one goes, nobody loses a word."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.filling import choose, settle
from tests.places import postgresql
from tests.serving import Site, free_port, served
from tests.submissions import PEW
from tracker import accounts
from tracker.models import Draft, Poll
from tracker.settings import ROOT
from tracker.store import Store

pytestmark = pytest.mark.browser
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
#: what Debian's own nginx.conf says around a site, as far as it matters here
AROUND = """
{user} daemon off; pid {home}/pid; error_log {home}/error; worker_processes 1;
events {{}}
http {{
    log_format who '$upstream_addr $status $request';
    access_log {home}/access who;
    {site}
}}
"""


class Pair(NamedTuple):
    """Where readers go, the processes behind it by port, the store of both, and the folder of nginx."""

    url: str
    processes: dict[int, Site]
    store: Store
    home: Path

    def serving(self, path: str) -> int:
        """The port of the process that last served this address."""
        asked = [line for line in (self.home / "access").read_text().splitlines() if f" {path} " in line]
        return int(asked[-1].split()[0].rsplit(":")[-1])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with paired(tmp_path_factory.mktemp("nginx")) as found:
        yield found


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Pair]:
    """A pair of which a process may be killed."""
    with paired(tmp_path) as found:
        yield found


@contextmanager
def paired(home: Path) -> Iterator[Pair]:
    """Two processes, started one after the other on a database that was empty, and nginx before them."""
    if not NGINX:
        message = "no nginx on this machine: install the package `nginx-light`"
        if os.environ.get("TRACKER_BROWSER_REQUIRED"):
            pytest.fail(message)
        pytest.skip(message)
    ports, front = (free_port(), free_port()), f"127.0.0.1:{free_port()}"
    with postgresql() as databases, ExitStack() as stack:
        url = databases.empty()
        settings = {"TRACKER_DATABASE_URL": url, "TRACKER_SECRET": "s" * 32, "TRACKER_PUBLIC_URL": f"http://{front}"}
        processes = {}
        for port in ports:
            (home / str(port)).mkdir()
            processes[port] = stack.enter_context(served(home / str(port), port, **settings))
        stack.enter_context(nginx(home, ports, front))
        store = stack.enter_context(closing(Store(url)))
        assert store.newest() == 10, "the second has stored the record again"
        yield Pair(f"http://{front}", processes, store, home)


@contextmanager
def nginx(home: Path, ports: tuple[int, int], front: str) -> Iterator[None]:
    """The configuration as it is given away, on other ports and with its cache in this folder."""
    instead = {
        "127.0.0.1:8501": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8502": f"127.0.0.1:{ports[1]}",
        "listen 80;": f"listen {front};",
        "listen [::]:80;": "",
        "/var/cache/nginx/tracker": f"{home}/cache",
    }
    given = (ROOT / "deploy" / "nginx.conf").read_text()
    assert all(word in given for word in instead)
    site = re.sub("|".join(map(re.escape, instead)), lambda found: instead[found[0]], given)
    user = "" if os.geteuid() else "user root;"  # who may write in this folder
    (home / "nginx.conf").write_text(AROUND.format(home=home, site=site, user=user))
    command = [str(NGINX), "-c", str(home / "nginx.conf"), "-e", str(home / "error")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None and not (home / "pid").exists():
                time.sleep(0.05)
            assert server.poll() is None, (home / "error").read_text()
            yield
        finally:
            server.terminate()
            server.wait(10)


def noted(pair: Pair, note: str) -> None:
    """Correct a poll, as somebody somewhere else does."""
    with pair.store.writing("Ann", "a slip", origin="correction") as session:
        session.get_one(Poll, PEW).note = note


def test_an_edit_shows_on_both_processes_at_once(pair: Pair) -> None:
    noted(pair, "put right in public")
    newest = pair.store.newest()
    assert {httpx.get(f"http://127.0.0.1:{port}/healthz").json()["revision"] for port in pair.processes} == {newest}
    pages = [httpx.get(f"http://127.0.0.1:{port}/polls/{PEW}").text for port in pair.processes]
    assert ["put right in public" in page for page in pages] == [True, True]


def test_an_edit_is_in_an_open_window_of_either_process_at_its_next_run(pair: Pair, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    windows = [context.new_page() for _port in pair.processes]
    for window, port in zip(windows, pair.processes, strict=True):
        window.goto(f"http://127.0.0.1:{port}/polls?poll={PEW}")
        expect(window.get_by_role("heading", level=1)).to_be_visible()
        settle(window)
        expect(window.get_by_text("put right while somebody looks")).to_have_count(0)
    noted(pair, "put right while somebody looks")
    for window in windows:
        window.get_by_role("link", name="Claims", exact=True).click()
        expect(window).to_have_url(re.compile("/claims"))
        settle(window)
        window.go_back()
        expect(window.get_by_text("put right while somebody looks").first).to_be_visible()
    context.close()


def test_data_is_kept_in_front_and_asked_about_again(pair: Pair) -> None:
    address = f"{pair.url}/api/v1/polls.csv?limit=2"
    first, second = httpx.get(address), httpx.get(address)
    time.sleep(2.1)
    third = httpx.get(address)
    assert [each.headers["X-Cache"] for each in (first, second, third)] == ["MISS", "HIT", "REVALIDATED"]
    assert first.content == second.content == third.content and "Set-Cookie" not in first.headers
    noted(pair, "put right again")
    time.sleep(2.1)
    changed = httpx.get(address)
    assert changed.headers["X-Cache"] == "EXPIRED" and changed.headers["ETag"] != first.headers["ETag"]
    assert httpx.get(address, headers={"If-None-Match": changed.headers["ETag"]}).status_code == 304
    assert httpx.get(f"{pair.url}/api/v1/polls.csv?colour=red").status_code == 400


def test_one_browser_stays_with_one_process(pair: Pair) -> None:
    with httpx.Client(base_url=pair.url) as browser:
        for number in range(6):
            browser.get(f"/healthz?again={number}")
    for number in range(12):
        httpx.get(f"{pair.url}/healthz?other={number}")
    assert len({pair.serving(f"/healthz?again={number}") for number in range(6)}) == 1
    assert {pair.serving(f"/healthz?other={number}") for number in range(12)} == set(pair.processes)


def test_a_killed_process_loses_nobodys_draft_and_signs_nobody_out(lost: Pair, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{lost.url}/sign-in?token={accounts.link(lost.store, accounts.OPERATOR)}")
    page.get_by_role("button", name="Sign in").click()
    choose(page, "Pollster", "Nanos Research")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    settle(page)
    lost.processes[lost.serving("/enter")].process.kill()
    page.reload()
    settle(page)
    expect(page.get_by_role("combobox", name="Pollster", exact=True)).to_have_value("Nanos Research")
    choose(page, "Population", "Canadian adults")
    settle(page)
    page.reload()
    expect(page.get_by_role("combobox", name="Population", exact=True)).to_have_value("Canadian adults")
    (draft,) = lost.store.every(Draft)
    assert (draft.fields["pollster"], draft.fields["population"]) == ("nanos-research", "ca-adults")
    context.close()
