"""A copy of the store for readers, which may lag behind: they read it, and those who write see what they wrote."""

from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import httpx
import pytest
from starlette.applications import Starlette
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from tests.places import Places
from tests.serving import serving
from tests.submissions import PEW
from tracker import accounts, routes
from tracker.models import Poll
from tracker.settings import ROOT
from tracker.store import Store


class Lagging(NamedTuple):
    """The store, a copy that lags one revision behind, and the cookie of whoever made that revision."""

    store: Store
    copy: Store
    cookie: str


@pytest.fixture
def lagging(record_copy: Store, places: Places, recorded: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lagging]:
    with record_copy.writing("Ann", origin="correction") as session:
        session.get_one(Poll, PEW).note = "put right a moment ago"
    operator = accounts.operator(record_copy)
    assert operator is not None
    cookie = accounts.sign_in(record_copy, accounts.link(record_copy, operator.email))
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)
    monkeypatch.setenv("TRACKER_READ_URL", copied := places.copy(recorded))
    with closing(Store(copied)) as copy:
        yield Lagging(record_copy, copy, cookie)
    places.drop(copied)


def test_a_reader_reads_the_copy_and_a_writer_what_was_written(lagging: Lagging) -> None:
    app = Starlette(routes=routes.ROUTES, exception_handlers=routes.HANDLERS, middleware=routes.MIDDLEWARE)
    note, table = f"/polls/{PEW}", f"/api/v1/polls.csv?poll={PEW}&columns=poll_note"
    with serving(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        behind = [client.get(address) for address in (table, note)]
        client.cookies.set(accounts.COOKIE, lagging.cookie)
        ahead = [client.get(address) for address in (table, note)]
        assert client.get("/healthz").json()["revision"] == lagging.store.newest()
    assert ["put right a moment ago" in each.text for each in behind + ahead] == [False, False, True, True]
    told = [int(each.headers["Tracker-Revision"]) for each in (behind[0], ahead[0])]
    assert told == [lagging.copy.newest(), lagging.store.newest()]
    assert behind[0].headers["ETag"] != ahead[0].headers["ETag"]


@pytest.mark.parametrize("signed_in", [False, True])
def test_pages_do_so_too(lagging: Lagging, monkeypatch: pytest.MonkeyPatch, signed_in: bool) -> None:
    monkeypatch.setattr(ContextProxy, "cookies", {accounts.COOKIE: lagging.cookie} if signed_in else {})
    monkeypatch.setattr("tracker.ui.parts.contributor", lambda: None)
    app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60).switch_page("pages/polls.py")
    app.query_params["poll"] = PEW
    app.run()
    assert not app.exception
    shown = lagging.store if signed_in else lagging.copy
    assert f"revision {shown.newest()}," in app.code[0].value
