"""Stores for every test: a fresh one, the real record, and a copy of it to write to. Each is a file, migrated once."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tracker.settings import RECORD
from tracker.store import Store


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop stays, and no other test can run one of its own beside it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page waits for a browser to draw."""
    monkeypatch.setattr("tracker.ui.parts.widgets.BREATH", 0)


def opened(template: Path, folder: Path) -> Iterator[Store]:
    """A store on a copy of this file."""
    file = Path(shutil.copy(template, folder / "tracker.db"))
    with closing(Store(f"sqlite:///{file}")) as store:
        yield store


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row."""
    file = tmp_path_factory.mktemp("empty") / "tracker.db"
    with closing(Store(f"sqlite:///{file}")) as store:
        store.migrate()
    return file


@pytest.fixture
def store(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A fresh migrated store."""
    yield from opened(empty_file, tmp_path)


@pytest.fixture(scope="session")
def record_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that holds the record of polls/."""
    from tracker import intake

    folder = tmp_path_factory.mktemp("record")
    for store in opened(empty_file, folder):
        read = intake.read_folder(RECORD)
        assert not [str(problem) for problem in read.problems if problem.severity == "error"]
        intake.store_record(store, read, "Test", "the record")
    return folder / "tracker.db"


@pytest.fixture(scope="session")
def record(record_file: Path) -> Iterator[Store]:
    """The real record. Shared by all tests: never write to it, take record_copy."""
    with closing(Store(f"sqlite:///{record_file}")) as store:
        yield store


@pytest.fixture
def record_copy(record_file: Path, tmp_path: Path) -> Iterator[Store]:
    """The real record, for one test to write to."""
    yield from opened(record_file, tmp_path)
