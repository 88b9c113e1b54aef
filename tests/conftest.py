"""Stores for every test: a fresh one, the real record, and a copy of it to write to; of either engine, migrated once.

``pytest --engine postgresql`` runs what takes any of them again on PostgreSQL, and nothing else: what asks for no
database cannot differ. With ``--own`` it leaves out what only reads the shared record, too: that every read of it is
the same on both engines is tested by itself (test_backup); and modules that draw pages, which ask of a store what the
others ask.
"""

from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.places import ENGINES, Files, Places, file_of, opened, postgresql
from tracker.settings import RECORD
from tracker.store import Store

#: fixtures that many tests share, none of which writes
SHARED = ("empty", "recorded", "record")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, default="sqlite", help="the kind of database that stores are in")
    parser.addoption("--own", action="store_true", help="only tests with a database of their own, and no page")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop stays, and no other test can run one of its own beside it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if config.getoption("engine") != "sqlite":
        wanted = _writes if config.getoption("own") else _differs
        config.hook.pytest_deselected(items=[item for item in items if not wanted(item)])
        items[:] = [item for item in items if wanted(item)]


def _differs(item: pytest.Item) -> bool:
    """Whether a test may go otherwise on another engine: it takes a database, and is not about SQLite itself."""
    asked = set(getattr(item, "fixturenames", ()))
    return "places" in asked and "record_file" not in asked and not item.get_closest_marker("browser")


@pytest.fixture(autouse=True)
def _without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test asks as often as it likes."""
    monkeypatch.setenv("TRACKER_LIMITS", "0")


def _writes(item: Any) -> bool:
    """Whether a test, or a fixture that it takes, makes a database of its own."""
    fixtures = item._fixtureinfo
    made = {name: found[-1].argnames for name, found in fixtures.name2fixturedefs.items() if name not in SHARED}
    draws = not {"AppTest", "visited"}.isdisjoint(vars(item.module))
    return _differs(item) and not draws and any("places" in names for names in (fixtures.argnames, *made.values()))


@pytest.fixture(scope="session", autouse=True)
def _components_once() -> Iterator[None]:
    """Streamlit's tests of pages read what is installed for components once, and not anew for each page (0.7 s)."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def _without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page waits for a browser to draw."""
    monkeypatch.setattr("tracker.ui.parts.widgets.BREATH", 0)


@pytest.fixture(scope="session")
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Where databases of this run's engine are had."""
    if request.config.getoption("engine") == "sqlite":
        yield Files(tmp_path_factory.mktemp("places"))
        return
    with postgresql() as databases:
        yield databases


@pytest.fixture(scope="session")
def empty(places: Places) -> str:
    """The URL of a migrated database without a row, to be copied."""
    url = places.empty()
    with closing(Store(url)) as store:
        store.migrate()
    return url


@pytest.fixture
def store(places: Places, empty: str) -> Iterator[Store]:
    """A fresh migrated store."""
    with opened(places, empty) as store:
        yield store


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The routes behind a real server, in a thread; which store they read is for each test to say."""
    from tests.serving import routed, serving

    with serving(routed()) as url:
        yield url


@pytest.fixture(scope="session")
def recorded(places: Places, empty: str) -> str:
    """The URL of a database that holds the record of polls/, to be copied."""
    from tracker import intake

    url = places.copy(empty)
    with closing(Store(url)) as store:
        read = intake.read_folder(RECORD)
        assert not [str(problem) for problem in read.problems if problem.severity == "error"]
        intake.store_record(store, read, "Test", "the record")
    return url


@pytest.fixture(scope="session")
def record_file(recorded: str) -> Path:
    """An SQLite file with the record, for a folder in which somebody starts the tracker; of that engine alone."""
    return file_of(recorded)


@pytest.fixture(scope="session")
def record(places: Places, recorded: str) -> Iterator[Store]:
    """The real record. Shared by all tests: never write to it, take record_copy."""
    with opened(places, recorded) as store:
        yield store


@pytest.fixture
def record_copy(places: Places, recorded: str) -> Iterator[Store]:
    """The real record, for one test to write to."""
    with opened(places, recorded) as store:
        yield store
