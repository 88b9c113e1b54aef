"""How many readers at once: ``python -m benchmarks.load [--soak MINUTES]``.

A reader is a session over Streamlit's WebSocket, as a browser opens one, that chooses another subject on the Trends
page every few seconds and waits until the script has drawn it. Sought is the largest number of readers of whom 95 in
100 waits stay under a second, for the tracker and for a bare Streamlit page that has the same choice and hands over a
chart of the same size. Then half as many readers are there with a few more in Chromium, whose waits are from the click
to the chart that stands in the window. The soak keeps these at it while somebody writes, and prints each minute.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Error, Page, async_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks import pages
from benchmarks.exports import memory, serving
from tracker.models import Poll
from tracker.store import Store

#: seconds between two choices of a reader, on average; seconds that a crowd is watched, and before that
THINKS, WATCHED, WARM = 5.0, 20.0, 8.0
#: seconds that 95 in 100 waits are to stay under; after which a wait counts as failed
GOAL, PATIENCE = 1.0, 30.0
#: what readers choose among, and by which label
LABEL, SUBJECTS = "Subject", ["China", "United States", "India", "Russia"]
SEED = f'{SUBJECTS}.index(st.selectbox("{LABEL}", {SUBJECTS}))'
#: seconds between two revisions of a soak
WRITES = 20.0
#: readers in Chromium, where there is one
WINDOWS = 3 if pages.CHROMIUM else 0
#: what the chart looks like; and whether it looks otherwise than it did, in a page whose script has ended
LOOK = """() => {
    const chart = document.querySelector("[data-testid=stVegaLiteChart] :is(svg, canvas).marks")
    return chart && chart.outerHTML + (chart.toDataURL?.() ?? "")
}"""
DRAWN = f"""before => {{
    const look = ({LOOK})()
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState
    return look && look !== before && state === "notRunning" && !document.querySelector("[data-stale=true]")
}}"""


@dataclass
class Crowd:
    """Readers at one server: how long each of their choices took, in a session and in a window of Chromium, and what
    went wrong."""

    url: str
    waits: list[float] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        """Seconds under which 95 in 100 waits of sessions stayed; endless where one failed."""
        return float(np.quantile(self.waits, 0.95)) if self.waits and not self.failures else np.inf

    @property
    def in_windows(self) -> str:
        """The waits in Chromium in words."""
        if not self.windows:
            return "no window of Chromium"
        half, most = np.quantile(self.windows, (0.5, 0.95))
        return f"{len(self.windows)} in Chromium, half under {half:.2f} s, 95 % under {most:.2f} s"

    async def watched(self, readers: int, seconds: float, windows: int = 0) -> "Crowd":
        """So many readers for so long, after a while to arrive in, and so many more in Chromium."""
        async with _opened(windows) as opened:
            begin = time.perf_counter() + WARM
            arrivals = np.random.default_rng(readers).uniform(0, WARM / 2, readers)
            rngs = map(np.random.default_rng, range(readers + windows))
            sessions = (self._reader(after, begin, begin + seconds, next(rngs)) for after in arrivals)
            looking = (self._looking(page, begin, begin + seconds, next(rngs)) for page in opened)
            await asyncio.gather(*sessions, *looking)
        return self

    async def _looking(self, page: Page, begin: float, end: float, rng: np.random.Generator) -> None:
        try:
            await page.goto(self.url)
            await page.wait_for_function(DRAWN, arg="")
            subject = SUBJECTS[0]
            while time.perf_counter() < end:
                await asyncio.sleep(rng.exponential(THINKS))
                subject = str(rng.choice([each for each in SUBJECTS if each != subject]))
                box = page.get_by_role("combobox", name=LABEL, exact=True)
                await box.click()
                await box.fill(subject)
                before = await page.evaluate(LOOK)
                started = time.perf_counter()
                await page.get_by_role("option", name=subject, exact=True).click()
                await page.wait_for_function(DRAWN, arg=before, polling=50)
                if started > begin:
                    self.windows.append(time.perf_counter() - started)
        except Error as error:
            self.failures.append(f"Chromium: {error.message}")

    async def _reader(self, after: float, begin: float, end: float, rng: np.random.Generator) -> None:
        await asyncio.sleep(after)
        try:
            address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
            given: Any = {"subprotocols": ["streamlit"], "max_size": None, "open_timeout": PATIENCE}
            async with connect(address, **given) as socket:
                widget = await _drawn(socket, BackMsg())
                while time.perf_counter() < end:
                    await asyncio.sleep(rng.exponential(THINKS))
                    started = time.perf_counter()
                    await _drawn(socket, _chosen(widget, str(rng.choice(SUBJECTS))))
                    if started > begin:
                        self.waits.append(time.perf_counter() - started)
        except (OSError, TimeoutError, WebSocketException, RuntimeError) as error:
            self.failures.append(f"{type(error).__name__}: {error}")


@asynccontextmanager
async def _opened(windows: int) -> AsyncIterator[list[Page]]:
    """So many windows of Chromium, each of somebody else."""
    if not windows:
        yield []
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=pages.CHROMIUM, args=list(pages.FLAGS))
        found = [await browser.new_page() for _each in range(windows)]
        for page in found:
            page.set_default_timeout(1000 * PATIENCE)
        yield found
        await browser.close()


def _chosen(widget: str, subject: str) -> BackMsg:
    message = BackMsg()
    message.rerun_script.widget_states.widgets.add(id=widget, string_value=subject)
    return message


async def _drawn(socket: ClientConnection, asked: BackMsg) -> str:
    """Ask for a run of the script and wait for its end; the id of the widget by which a subject is chosen."""
    asked.rerun_script.SetInParent()
    await socket.send(asked.SerializeToString())
    widget = ""
    async with asyncio.timeout(PATIENCE):
        while True:
            said = ForwardMsg.FromString(await socket.recv())  # type: ignore[arg-type]
            element = said.delta.new_element
            if element.HasField("exception"):
                raise RuntimeError(element.exception.message)
            if element.HasField("selectbox") and element.selectbox.label == LABEL:
                widget = element.selectbox.id
            if said.HasField("script_finished") and said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return widget


def most(url: str) -> tuple[int, float]:
    """The largest number of readers, to a tenth, that the server keeps under the goal, and their slowest wait."""
    found, slowest, readers, step = 0, 0.0, 8, 0
    while step == 0 or step > max(1, found // 10):
        crowd = asyncio.run(Crowd(url).watched(readers, WATCHED))
        print(f"{readers:5} readers: {len(crowd.waits):5} choices, 95 % under {crowd.slowest:.2f} s", flush=True)
        if crowd.slowest < GOAL:
            found, slowest = readers, crowd.slowest
            readers, step = (readers + step, step // 2) if step else (2 * readers, 0)
        else:
            step = (step or readers // 2) // 2 or 1
            readers = found + step
    return found, slowest


async def soaked(url: str, database: str, process: Any, readers: int, minutes: int) -> list[str]:
    """So many minutes with somebody writing; a line for each."""
    writing = asyncio.create_task(asyncio.to_thread(_writes, database, minutes * 60))
    failures: list[str] = []
    for minute in range(minutes):
        crowd = await Crowd(url).watched(readers, 60 - WARM, WINDOWS)
        failures += crowd.failures
        told = f"95 % under {crowd.slowest:.2f} s, {crowd.in_windows}; "
        told += f"{memory(process):.0f} MB, {len(crowd.failures)} failures"
        print(f"minute {minute + 1:2}: {len(crowd.waits):5} choices, {told}", flush=True)
    await writing
    return failures


def _writes(database: str, seconds: float) -> None:
    """Change a poll's note, again and again, for so long."""
    end, count = time.monotonic() + seconds, 0
    with closing(Store(database)) as store:
        polls = store.every(Poll)
        while time.monotonic() < end:
            with store.writing("Soak", f"note {count}", origin="correction") as session:
                poll = session.get(Poll, polls[count % len(polls)].id)
                assert poll
                poll.note = f"Note {count}"
            count += 1
            with suppress(InterruptedError):
                time.sleep(WRITES)
    print(f"{count} revisions were written meanwhile", flush=True)


def main() -> None:
    """Print what each server bears."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--soak", type=int, default=0, metavar="MINUTES", help="then keep half of them at it so long")
    minutes = parser.parse_args().soak
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tracker.db"
        bare = pages.BARE.format(seed=SEED, **pages.size(pages.filled(f"sqlite:///{file}")))
        (Path(folder) / "bare.py").write_text(bare, encoding="utf-8")
        commands = {
            "tracker": [sys.executable, "-m", "tracker.cli", "serve", "--port"],
            "bare": [sys.executable, "-m", "streamlit", "run", "bare.py", *pages.SILENT, "--server.port"],
        }
        found = {}
        for name, command in commands.items():
            with serving(command, pages.ALIVE, file) as (url, process):
                asyncio.run(Crowd(url).watched(2, WATCHED / 4))  # so that every view has been drawn once
                before = memory(process)
                print(f"\n{name}")
                found[name], slowest = most(url)
                session = (memory(process) - before) / max(found[name], 1)
                print(
                    f"{found[name]} readers at once, 95 % under {slowest:.2f} s; {session:.1f} MB a session", flush=True
                )
                half = max(found[name] // 2, 1)
                crowd = asyncio.run(Crowd(url).watched(half, 3 * WATCHED, WINDOWS))
                told = f"{half} readers, 95 % under {crowd.slowest:.2f} s; {crowd.in_windows}"
                print(told, *crowd.failures, flush=True)
                if name == "tracker" and minutes:
                    failures = asyncio.run(soaked(url, f"sqlite:///{file}", process, half, minutes))
                    print(f"soak: {len(failures)} failures {failures[:3]}", flush=True)
        print(f"\ntracker / bare: {found['tracker'] / max(found['bare'], 1):.2f} (at least 0.7)")


if __name__ == "__main__":
    main()
