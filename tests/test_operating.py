"""Running the tracker: what it writes of itself, what it counts, how it says that it is well, how it ends."""

import json
import logging
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from tests.serving import Site, free_port, routed, served, serving, wait_until_healthy
from tracker import accounts
from tracker.cli import logs
from tracker.cli import serving as serving_module
from tracker.settings import ROOT, Settings
from tracker.store import Store, schema


@pytest.fixture(scope="module")
def site(record_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tracker as a service runs it: what it writes is for programs."""
    home = tmp_path_factory.mktemp("site")
    shutil.copy(record_file, home / "tracker.db")
    with served(home, TRACKER_LOG_FORMAT="json", TRACKER_LOG_LEVEL="debug") as found:
        yield found


def lines(site: Site, event: str = "request") -> list[dict[str, Any]]:
    """What the log has of this kind."""
    written = (site.home / "log").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in written if line.startswith("{")]
    return [line for line in told if line.get("event") == event]


def written(site: Site, path: str) -> dict[str, Any]:
    """The line of the one request for this address, which is written once its answer is sent."""
    for _ in range(100):
        if found := [line for line in lines(site) if line["path"] == path]:
            (line,) = found
            return line
        time.sleep(0.1)
    pytest.fail(f"nothing is written of {path}")


# the log


def test_every_request_is_one_line_that_names_nobody(site: Site) -> None:
    address = "/api/v1/polls.csv?limit=2&pollster=leger"
    answer = httpx.get(site.url + address, headers={"Accept-Encoding": "identity"}, timeout=60)
    line = written(site, address)
    assert {name: line[name] for name in ("level", "method", "status", "bytes")} == {
        "level": "info", "method": "GET", "status": 200, "bytes": len(answer.content),
    }  # fmt: skip
    assert line["revision"] == answer.headers["tracker-revision"] and 0 < line["ms"] < 60_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert "127.0.0.1:" not in json.dumps(line)


def test_what_opens_something_is_never_written_down(site: Site) -> None:
    secrets = [site.sign_in().split("token=")[1], "code-of-a-provider", "state-of-a-provider", "hidden-file"]
    token, code, state, file = secrets
    with httpx.Client(base_url=site.url, timeout=60) as client:
        for path in (f"/sign-in?token={token}", f"/sign-in/{token}", f"/oauth2callback?code={code}&state={state}"):
            client.get(path)
        cookie = client.post(f"/sign-in?token={token}").cookies[accounts.COOKIE]
        client.get("/api/v1/polls.csv?limit=1")
        client.put(f"/_stcore/upload_file/{file}/1", content=b"")
        client.get(f"/api/v1/none.csv?token={token}")
    written = (site.home / "log").read_text(encoding="utf-8")
    assert [secret for secret in (*secrets, cookie) if secret in written] == []
    assert {"/sign-in", "/sign-in/...", "/oauth2callback"} <= {line["path"] for line in lines(site)}
    assert "tracker login" in written  # in place of the link that a person at a terminal is given


def test_no_secret_is_in_the_ledger_or_in_any_export(site: Site) -> None:
    link = site.sign_in().split("token=")[1]
    cookie = httpx.post(f"{site.url}/sign-in?token={link}").cookies[accounts.COOKIE]
    database = (site.home / "tracker.db").read_bytes() + (site.home / "tracker.db-wal").read_bytes()
    assert link.encode() not in database and cookie.encode() not in database
    revisions = httpx.get(f"{site.url}/api/v1/revisions.csv", timeout=60).text
    assert accounts.OPERATOR not in revisions and "token" not in revisions.partition("\n")[2]


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("GET /sign-in?next=/enter&token=abc HTTP", "GET /sign-in?next=/enter&token=... HTTP"),
        ("/oauth2callback?code=a1&state=b2", "/oauth2callback?code=...&state=..."),
        ("cannot reach postgresql+psycopg://tracker:s3cret@db/tracker", "cannot reach postgresql+psycopg://tracker:...@db/tracker"),
        ("http://127.0.0.1:8501/claims/?page=2", "http://127.0.0.1:8501/claims/?page=2"),
    ],
)  # fmt: skip
def test_a_secret_in_any_text_is_left_out(told: str, written: str) -> None:
    record = logging.makeLogRecord({"msg": told})
    assert logs.Text("%(message)s").format(record) == written
    assert json.loads(logs.Json().format(record))["message"] == written


def test_what_was_being_written_is_not_in_the_error(store: Store) -> None:
    with pytest.raises(IntegrityError, match="tokens") as failed, store.engine.begin() as connection:
        connection.execute(text("INSERT INTO tokens (hash) VALUES (:hash)"), {"hash": "a-secret"})
    assert "a-secret" not in str(failed.value)


def test_a_line_cannot_be_forged(site: Site) -> None:
    httpx.get(site.url + '/api/v1/x%0A{"event":"request","status":1}.csv', timeout=60)
    assert all(line["status"] > 1 for line in lines(site))


# faults


def fails(_request: Request) -> Response:
    raise RuntimeError("of ours")


def fails_midway(_request: Request) -> Response:
    def chunks() -> Iterator[bytes]:
        yield b"one"
        raise RuntimeError("midway")

    return StreamingResponse(chunks())


@pytest.fixture
def failing() -> Iterator[httpx.Client]:
    """Addresses that fail, behind all that stands around the others."""
    wrong = [Route("/wrong", fails), Route("/claims/to/wrong", fails), Route("/midway", fails_midway)]
    with serving(routed(*wrong)) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.mark.parametrize("address", ["/wrong", "/claims/to/wrong"])
def test_a_fault_has_a_reference_that_log_and_reader_share(
    failing: httpx.Client, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    answer = failing.get(address)
    assert answer.status_code == 500 and "of ours" not in answer.text
    (record,) = (record for record in caplog.records if getattr(record, "event", "") == "fault")
    assert f"finds it as {record.reference}." in answer.text and record.exc_info
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_that_fails_says_the_same(caplog: pytest.LogCaptureFixture) -> None:
    def page() -> None:
        from tracker.routes import script_failed

        assert script_failed(RuntimeError("of a page")), "Streamlit shows nothing of its own beside it"

    app = AppTest.from_function(page).run()
    (record,) = (record for record in caplog.records if getattr(record, "event", "") == "fault")
    assert [each.value for each in app.error] == [
        f"Something went wrong here, and it was noted. Whoever runs this site finds it as {record.reference}."
    ]
    assert "of a page" in caplog.text and record.where == "page"


def test_a_download_that_fails_midway_breaks_off(failing: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        failing.get("/midway")
    assert [record.where for record in caplog.records if getattr(record, "event", "") == "fault"] == ["request"]


# how it is


def test_health_looks_at_the_database_and_its_schema(record_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)
    with serving(routed()) as url, httpx.Client(base_url=url, timeout=60) as client:
        well = client.get("/healthz")
        assert well.status_code == 200 and well.json()["ok"] and well.json()["revision"] == record_copy.newest()
        with record_copy.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        newer = client.get("/healthz")
        assert newer.status_code == 503 and "9999" in newer.json()["error"]["message"]
        with record_copy.engine.begin() as connection:
            connection.execute(text("ALTER TABLE revisions RENAME TO elsewhere"))
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": schema.newest()})
        gone = client.get("/healthz")
        assert gone.status_code == 503 and "The store does not answer" in gone.json()["error"]["message"]
        assert "elsewhere" not in gone.text and gone.json()["error"]["reference"]


def numbers(site: Site) -> dict[tuple[str, ...], float]:
    """The numbers by their name and their labels' values."""
    found = text_string_to_metric_families(httpx.get(f"{site.url}/metrics", timeout=60).text)
    return {(each.name, *each.labels.values()): each.value for family in found for each in family.samples}


def test_the_numbers_count_what_happens(site: Site) -> None:
    httpx.get(f"{site.url}/api/v1/subjects.csv", timeout=60)
    before = numbers(site)
    plain = {"Accept-Encoding": "identity"}  # what is counted is what is sent
    size = len(httpx.get(f"{site.url}/api/v1/subjects.csv", headers=plain, timeout=60).content)
    httpx.get(f"{site.url}/api/v1/trend.csv?subject=india&limit=1", timeout=60)
    after = numbers(site)

    def more(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert more("tracker_requests_total", "/api/v1/subjects", "200") == 1
    assert more("tracker_request_seconds_count", "/api/v1/subjects") == 1
    assert more("tracker_export_bytes_total", "subjects") == size
    assert more("tracker_fit_seconds_count") == 1 and more("tracker_fit_seconds_sum") > 0
    assert after["tracker_drafts_waiting",] == 0 and after["tracker_sessions",] == 0
    assert after["tracker_revision",] == httpx.get(f"{site.url}/healthz").json()["revision"]


@pytest.mark.parametrize("address", ["/metrics", "/_stcore/metrics"])
def test_the_numbers_are_for_who_watches(site: Site, address: str) -> None:
    assert httpx.get(site.url + address, timeout=60).status_code == 200
    # the proxy on this machine asks for somebody elsewhere
    outside = httpx.get(site.url + address, headers={"X-Forwarded-For": "192.0.2.7"})
    assert outside.status_code == 403 and "tracker_" not in outside.text


# how it ends


@pytest.fixture
def started(record_file: Path, tmp_path: Path) -> Iterator[Callable[[int], tuple[int, subprocess.Popen[bytes]]]]:
    """Start a tracker that waits so many seconds for what is still being sent; its port and its process."""
    shutil.copy(record_file, tmp_path / "tracker.db")
    begun: list[subprocess.Popen[bytes]] = []

    def start(patience: int) -> tuple[int, subprocess.Popen[bytes]]:
        port = free_port()
        program = (
            "from tracker import cli; from tracker.cli import serving\n"
            f"serving.PATIENCE = {patience}\nraise SystemExit(cli.main(['serve', '--port', '{port}']))"
        )
        with (tmp_path / "log").open("wb") as log:
            begun.append(subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=log, stderr=log))
        wait_until_healthy(f"http://127.0.0.1:{port}", begun[0], tmp_path / "log")
        return port, begun[0]

    yield start
    for process in begun:
        process.kill()
        process.wait(10)


def slow_reader(port: int) -> socket.socket:
    """Somebody who has asked for all answers and reads hardly any yet."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.settimeout(60)
    reader.connect(("127.0.0.1", port))
    reader.sendall(b"GET /api/v1/answers.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert reader.recv(64).startswith(b"HTTP/1.1 200")
    return reader


def refused(port: int) -> bool:
    """Whether nobody takes requests at this port any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_told_to_end_it_sends_what_it_began_and_takes_nothing_new(started: Any) -> None:
    port, process = started(30)
    with slow_reader(port) as reader:
        process.send_signal(signal.SIGTERM)
        for _ in range(100):
            if refused(port):
                break
            time.sleep(0.05)
        assert refused(port) and process.poll() is None
        rest = b"".join(iter(lambda: reader.recv(65536), b""))
    assert rest.endswith(b"0\r\n\r\n") and b"]" in rest[-20:]
    assert process.wait(20) == 0


def test_it_waits_so_long_and_no_longer(started: Any) -> None:
    port, process = started(1)
    with slow_reader(port):
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


# what the documents say


def test_every_setting_is_told() -> None:
    told = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(TRACKER_\w+)` \| ([^|]*) \|", told, re.MULTILINE))
    assert list(rows) == [f"TRACKER_{field.name.upper()}" for field in fields(Settings)]


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze on this machine")
    text = (ROOT / "deploy" / "tracker.service").read_text(encoding="utf-8")
    unit = tmp_path / "tracker.service"
    unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    waits = int(re.search(r"TimeoutStopSec=(\d+)", text)[1])
    assert waits > serving_module.PATIENCE  # nothing is killed that is still being sent


def test_the_container_holds_what_the_tracker_needs_and_runs_it_as_nobody_else() -> None:
    steps = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    copied = {part for line in re.findall(r"^COPY (.*) \S+$", steps, re.MULTILINE) for part in line.split()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    needed = {"app.py", "pyproject.toml", "constraints.txt", ".streamlit", "migrations", "polls", "tracker"}
    assert needed <= copied and all((ROOT / part).exists() for part in copied)
    assert not tracked or all(any(name.split("/")[0] == part for name in tracked) for part in copied)
    assert steps.index("USER tracker") > steps.index("pip install") and "--constraint constraints.txt" in steps
    assert "/healthz" in steps[steps.index("HEALTHCHECK") :]
