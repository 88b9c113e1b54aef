"""Pages of the app, run as the app runs them, without a browser."""

import re
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test
from streamlit.util import calc_hash

from tracker.settings import ROOT
from tracker.store import Store

MAIN = ROOT / "tracker" / "ui" / "main.py"


class Navigated(PagesManager):
    """Runs what stands around the pages too: for each test, Streamlit takes their folder for its older navigation."""

    def __init__(self, *given: Any, **named: Any) -> None:
        PagesManager.uses_pages_directory = False
        super().__init__(*given, **named)


def visited(monkeypatch: pytest.MonkeyPatch, store: Store, page: str = "trends", **query: Any) -> AppTest:
    """A page with all that stands around it, on a store."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
    monkeypatch.setattr(app_test, "PagesManager", Navigated)
    app = AppTest.from_file(MAIN, default_timeout=60)
    app._page_hash = calc_hash("" if page == "trends" else page)
    return asked(app, query)


def alone(monkeypatch: pytest.MonkeyPatch, store: Store, page: str = "trends", **query: Any) -> AppTest:
    """A page and nothing around it, on a store."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.switch_page(f"pages/{page}.py")
    return asked(app, query)


def asked(app: AppTest, query: dict[str, Any]) -> AppTest:
    """The page under the words of an address."""
    for name, value in query.items():
        app.query_params[name] = value if isinstance(value, list) else str(value)
    return app.run()


def text(app: AppTest) -> str:
    """Everything that a page says, in one text."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "code", "error", "success")
    told = "\n".join(str(each.value) for kind in kinds for each in app.get(kind))
    return re.sub(r"\\(.)", r"\1", told.replace("\u00a0", " "))
