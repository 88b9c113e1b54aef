"""How fast a million answers leave: over HTTP as CSV beside the ``sqlite3`` command's own ``-csv`` of the same query on
the same file, in turn; what that costs the server's memory; how many small answers it gives a second, beside Datasette
where that is installed.
"""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import count, repeat
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import numpy as np
from sqlalchemy.dialects import sqlite

from tracker import intake
from tracker.models import Base
from tracker.settings import RECORD, ROOT
from tracker.store import Store, tables

ANSWERS = 1_000_000
#: questions of a poll, answers of a question, times that each peer is asked in turn, seconds of small requests
QUESTIONS, RESPONSES, ROUNDS, SECONDS = 10, 5, 3, 5


def table(answers: int = ANSWERS) -> None:
    """Print the times and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tracker.db"
        filled(file, answers)
        with serving([sys.executable, "-m", "tracker.cli", "serve", "--port"], "/healthz", file) as (url, process):
            print(f"\n{answers:,} answers as CSV")
            whole(file, f"{url}/api/v1/answers.csv", process)
            print("\nanswers a second, one after the other")
            small(file, url)


def whole(file: Path, address: str, process: subprocess.Popen[bytes]) -> None:
    """The whole table, over HTTP and by the command, each in turn; memory and first byte."""
    _download(address)
    before, ours, theirs = memory(process), [], []
    for _round in range(ROUNDS):
        ours.append(_download(address))
        theirs.append(_command(file))
    seconds, size, _first = min(ours)
    print(f"HTTP {seconds:.1f} s, {size / 1e6:.0f} MB, first byte {1000 * min(each[2] for each in ours):.0f} ms")
    command = f"sqlite3 -csv {min(theirs):.1f} s, ratio {seconds / min(theirs):.2f}" if theirs[0] else "no sqlite3 here"
    print(f"{command}; server's memory {memory(process) - before:+.0f} MB", flush=True)


def small(file: Path, url: str) -> None:
    """A hundred rows of the long table: the same again, which are at hand, others each time, and the same unchanged;
    and Datasette's hundred rows of the same query."""
    address = "/api/v1/answers.csv?limit=100"
    tag = httpx.get(url + address).headers["etag"]
    hundred, unchanged = _rate(url, repeat(address)), _rate(url, repeat(address), tag)
    others = _rate(url, (f"{address}&base.from={number}" for number in count()))
    print(f"100 rows {hundred:.0f}, others each time {others:.0f}, unchanged (304) {unchanged:.0f}")
    if datasette := shutil.which("datasette", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}"):
        with serving([datasette, "serve", str(file), "--port"], "/-/versions.json", file) as (other, _process):
            query = urlencode({"sql": f"{_query()} LIMIT 100"})
            theirs = _rate(other, repeat(f"/tracker.csv?{query}"))
        ratios = f"{hundred / theirs:.1f}, {others / theirs:.1f} and {unchanged / theirs:.1f}"
        print(f"Datasette's 100 rows {theirs:.0f}; ours {ratios} times as many", flush=True)


def _query() -> str:
    statement = tables.TABLES["answers"].query().where(tables.reads.PUBLISHED)
    return str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


def _command(file: Path) -> float:
    """Seconds that the sqlite3 command takes for the same rows; 0 where there is none."""
    if not shutil.which("sqlite3"):
        return 0.0
    start = time.perf_counter()
    subprocess.run(["sqlite3", "-header", "-csv", str(file), _query()], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _download(address: str) -> tuple[float, int, float]:
    """Seconds for the whole, bytes, seconds until the first, by a client that does nothing with them."""
    parts, start, size, first = urlsplit(address), time.perf_counter(), 0, 0.0
    with socket.create_connection((parts.hostname, parts.port)) as asking:
        asking.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        while piece := asking.recv(1 << 20):
            first = first or time.perf_counter() - start
            size += len(piece)
    return time.perf_counter() - start, size, first


def _rate(url: str, addresses: Iterator[str], tag: str = "") -> float:
    """Answers a second, one after the other on one connection, nothing compressed."""
    headers = {"Accept-Encoding": "identity"} | ({"If-None-Match": tag} if tag else {})
    with closing(HTTPConnection(urlsplit(url).netloc)) as asking:
        asked, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            asking.request("GET", next(addresses), headers=headers)
            with asking.getresponse() as answer:
                assert answer.status == (304 if tag else 200), answer.status
                answer.read()
            asked += 1
        return asked / (time.perf_counter() - start)


def memory(process: subprocess.Popen[bytes]) -> float:
    """What a process holds, in MB (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s*(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


@contextmanager
def serving(command: list[str], alive: str, file: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server on a free port, which ends the command, over a database; its address once it answers ``alive``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = os.environ | {
        "TRACKER_DATABASE_URL": f"sqlite:///{file}",
        "TRACKER_LIMITS": "0",
        "PYTHONPATH": str(ROOT),
    }
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, str(port)], env=settings, cwd=file.parent, **quiet)  # type: ignore[call-overload]
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url + alive, process)
        yield url, process
    finally:
        process.terminate()
        process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _try in range(240):
        if process.poll() is not None:
            raise RuntimeError(f"the server of {address} ended")
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.25)
    raise TimeoutError(address)


def filled(file: Path, answers: int) -> None:
    """The record, and invented polls until there are that many answers more; written past the ledger, as one batch."""
    with closing(Store(f"sqlite:///{file}")) as store:
        store.migrate()
        read = intake.read_folder(RECORD)
        intake.store_record(store, read, "Benchmark", "the record")
        added = store.newest()
    with closing(sqlite3.connect(file)) as connection:
        for name, rows in invented(connection, answers // (QUESTIONS * RESPONSES), added):
            width = len(Base.metadata.tables[name].columns)
            connection.executemany(f"insert into {name} values ({','.join('?' * width)})", rows)
        connection.commit()


def invented(connection: sqlite3.Connection, polls: int, added: int) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Polls that nobody took and no rule finds wrong, as tables and rows of them, ``added`` last."""
    rng = np.random.default_rng(1)
    pollsters, subjects = (
        [row[0] for row in connection.execute(f"select id from {t}")] for t in ("pollsters", "subjects")
    )
    five = f"select scale from responses group by scale having count(*) >= {RESPONSES} order by scale limit 1"
    scale = connection.execute(five).fetchone()[0]
    offered = connection.execute("select response from responses where scale = ? order by response", [scale]).fetchall()
    for number in range(polls):
        day = np.datetime64("2000-01-01") + number % 9000
        poll, who = f"zz-{number:07}", pollsters[number % len(pollsters)]
        dates = (str(day), str(day + 5), "day", 1000 + number % 500, "online panel", "non-probability", "3.1")
        yield "polls", [(poll, who, None, "ca-adults", "Canadian adults", *dates, "published", None, added)]
        for place in range(QUESTIONS):
            subject, question = subjects[(number + place) % len(subjects)], f"{poll}-{place}"
            text = f"Do you have a favourable or an unfavourable opinion of {subject}, or do you not know enough?"
            source = (
                "primary",
                f"https://example.org/polls/{number}",
                f"Views of other countries, wave {number}",
                None,
            )
            about = (subject, "favourability", "country", scale, text, "en", 1000, str(day + 9))
            yield "questions", [(question, poll, *about, *source, None, added)]
            figures = rng.multinomial(1000, [1 / RESPONSES] * RESPONSES) / 10
            pairs = zip(offered[:RESPONSES], figures, strict=True)
            yield "answers", [(question, response, f"{value:.1f}", "percent", added) for (response,), value in pairs]
