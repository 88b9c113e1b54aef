"""How long a reader waits: for the first chart of the Trends page, beside a bare Streamlit page that draws as much, and
for the server after a change of filter at 10,000 readings.

Times of pages are from navigation to the chart in the document, in Chromium, from a server of its own: *cold* is the
first request that a fresh process answers, with nothing in the browser's cache; *warm* the ones after it. The bare page
hands as many layers of as many rows to the same element, and does nothing else.
"""

import datetime as dt
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from benchmarks import simulated
from benchmarks.exports import serving
from tracker import charts, intake, pooling
from tracker.models import Answer, Poll, Pollster, Question
from tracker.settings import RECORD, ROOT
from tracker.store import Store, columns

#: how often each server is started, and how often its page is opened again once it is warm
ROUNDS, AGAIN = 5, 4
CHROMIUM = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu")
DRAWN = "() => document.querySelector('[data-testid=stVegaLiteChart] :is(svg, canvas).marks') && performance.now()"
#: what answers once a page can be asked for, and before any is drawn
ALIVE = "/_stcore/health"
#: what keeps Streamlit quiet, and its files unwatched as the tracker's are
SILENT = ("--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none")
BARE = """
import numpy as np
import pandas as pd
import streamlit as st

rng = np.random.default_rng({seed})
layers = [
    {{
        "data": pd.DataFrame({{"date": pd.date_range("2004", periods=rows), "value": rng.random(rows)}}),
        "mark": mark,
        "encoding": {{"x": {{"field": "date", "type": "temporal"}}, "y": {{"field": "value", "type": "quantitative"}}}},
    }}
    for mark, rows in {layers}
]
spec = {{"layer": [layer | {{"data": {{"name": str(i)}}}} for i, layer in enumerate(layers)], "height": {height}}}
st.title("A chart")
st.vega_lite_chart(spec | {{"datasets": {{str(i): layer["data"] for i, layer in enumerate(layers)}}}})
"""


def table() -> None:
    """Print the waits for the first chart, and the server's time after a change of filter."""
    with tempfile.TemporaryDirectory() as folder:
        if CHROMIUM:
            first_charts(Path(folder))
        else:
            print("No Chromium on this machine: how long a page takes to its first chart is not timed.")
        filters(Path(folder))


def first_charts(folder: Path) -> None:
    """The Trends page on the record that ships, and a bare page beside it, each from the same number of servers."""
    from playwright.sync_api import sync_playwright

    url = f"sqlite:///{folder / 'record.db'}"
    (folder / "bare.py").write_text(BARE.format(seed=1, **size(filled(url))), encoding="utf-8")
    commands = {
        "Trends": [sys.executable, "-m", "tracker.cli", "serve", "--port"],
        "bare": [sys.executable, "-m", "streamlit", "run", "bare.py", *SILENT, "--server.port"],
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        browser.new_page().close()
        rounds = pd.concat([waits(browser, commands, folder) for _round in range(ROUNDS)])
        browser.close()
    middle = rounds.groupby(level=0, sort=False).median()
    print(f"\nmilliseconds from navigation to the first chart, the middle one of {ROUNDS} servers each")
    print(middle.round(0).astype(int).to_string())
    ratio = middle.loc["Trends"] / middle.loc["bare"]
    print(f"Trends / bare: {ratio['cold']:.2f} cold (at most 1.5), {ratio['warm']:.2f} warm (at most 1.2)", flush=True)


def filled(url: str) -> Store:
    """A new store with the record that ships."""
    store = Store(url)
    store.migrate()
    intake.store_record(store, intake.read_folder(RECORD), "benchmark")
    return store


def size(store: Store) -> dict[str, Any]:
    """The layers of the chart that the Trends page begins with, each its mark and number of rows; its height."""
    with closing(store):
        chart = charts.View(charts.Source(store), charts.Choices(charts.Attitude("ca-adults", "china"))).chart
    layers = [(part["mark"]["type"], len(chart.tables[part["data"]["name"]])) for part in leaves(chart.spec)]
    return {"layers": layers, "height": chart.spec["height"]}


def leaves(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The layers of a specification that are marks."""
    for part in spec["layer"]:
        yield from leaves(part) if "layer" in part else [part]


def waits(browser: Any, commands: dict[str, list[str]], folder: Path) -> pd.DataFrame:
    """Milliseconds to the first chart of each page from a fresh server: the first time, and the middle one of those
    after it. The pages take turns, so that whatever else the machine does slows them alike."""
    with ExitStack() as stack:
        pages = {
            name: (
                browser.new_context(viewport={"width": 1280, "height": 900}),
                stack.enter_context(serving(command, ALIVE, folder / "record.db"))[0],
            )
            for name, command in commands.items()
        }
        turns = [{name: drawn(*page) for name, page in pages.items()} for _turn in range(1 + AGAIN)]
        for context, _url in pages.values():
            context.close()
    cold, *warm = turns
    return pd.DataFrame({"cold": cold, "warm": pd.DataFrame(warm).median()})


def drawn(context: Any, url: str) -> float:
    """Milliseconds from navigation to the first chart."""
    page = context.new_page()
    page.goto(url, wait_until="commit")
    found = page.wait_for_function(DRAWN, polling="raf", timeout=120_000).json_value()
    page.close()
    return float(found)


def filters(folder: Path, n: int = 10_000) -> None:
    """The server's time from a change of filter to the end of the page, with as many readings as that."""
    from streamlit.testing.v1 import AppTest

    os.environ["TRACKER_DATABASE_URL"] = polled(f"sqlite:///{folder / 'large.db'}", n)
    app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=600)
    app.session_state["more"] = True  # every choice is drawn
    rows = {}
    with patch.object(pooling, "fit", wraps=pooling.fit) as fit:
        for name, actions in {"opened": [app.run], **changes(app)}.items():
            before = fit.call_count
            rows[name] = {"ms": float(np.median([run(action) for action in actions])), "fits": fit.call_count - before}
    print(f"\nserver, {n:,} readings: milliseconds of a run of the Trends page (after a change of filter at most 300)")
    print(pd.DataFrame(rows).T.round(0).astype(int).to_string(), flush=True)


def changes(app: Any) -> dict[str, list[Callable[[], Any]]]:
    """What is done to the page, several times each: of each filter, choices one after the other, the last none."""

    def several(kind: str, key: str, *values: Any) -> list[Callable[[], Any]]:
        return [lambda value=value: getattr(app, kind)(key=key).set_value(value).run() for value in values]

    return {
        "run again": [app.run] * 5,
        "pollsters": several("multiselect", "pollster", ["pollster-1"], ["pollster-2"], ["pollster-3"], []),
        "from": several("date_input", "from", *(dt.date(year, 6, 1) for year in (2006, 2008, 2010)), None),
        "events": several("multiselect", "category", ["diplomacy"], ["trade-tariff"], ["sanctions"], []),
        "known by, each a fit": several("date_input", "known_by", dt.date(2010, 1, 1), dt.date(2012, 1, 1)),
        "known by, again": several("date_input", "known_by", dt.date(2010, 1, 1), dt.date(2012, 1, 1), None),
    }


def run(action: Callable[[], Any]) -> float:
    """Milliseconds that a run takes."""
    start = time.perf_counter()
    app = action()
    took = 1000 * (time.perf_counter() - start)
    if app.exception:
        raise RuntimeError(app.exception[0].message)
    return took


def polled(url: str, n: int) -> str:
    """A store of the record that ships and of n simulated readings of the attitude that the page begins with."""
    readings = simulated.population(simulated.Regime(n, 10, 40), np.random.default_rng(1))[0]
    with closing(filled(url)) as store, store.writing("benchmark") as session:
        for kind, rows in entities(readings).items():
            store.insert(session, kind, rows)
    return url


def entities(readings: pd.DataFrame) -> dict[type, list[dict[str, Any]]]:
    """Simulated readings as rows of the record."""
    names = {name: name.replace(" ", "-") for name in sorted(set(readings.pollster))}
    found: dict[type, list[dict[str, Any]]] = {Pollster: [blank(Pollster, id=names[name], name=name) for name in names]}
    for i, row in enumerate(readings.itertuples()):
        poll = blank(
            Poll,
            id=f"simulated-{i}",
            pollster=names[row.pollster],
            population="ca-adults",
            population_label="Canadian adults",
            field_start=row.field_start.date(),
            field_end=row.field_end.date(),
            date_precision="day",
            sample_size=int(row.sample_size),
            status="published",
        )
        question = blank(
            Question,
            id=poll["id"],
            poll=poll["id"],
            subject="china",
            construct="favourability",
            object="country",
            scale="favourable-unfavourable-4",
            provenance="primary",
        )
        share = Decimal(str(row.value_percent))
        found.setdefault(Poll, []).append(poll)
        found.setdefault(Question, []).append(question)
        found.setdefault(Answer, []).append(
            {"question": poll["id"], "response": "favourable", "value": share, "unit": "percent"}
        )
    return found


def blank(kind: Any, **given: Any) -> dict[str, Any]:
    """A row whose other cells are empty."""
    return dict.fromkeys(columns(kind)) | given
