"""The command line as it is typed, and the server as it is started."""

import asyncio
import csv
import datetime as dt
import io
import json
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import httpx
import pyarrow.parquet as pq
import pytest

from tests.submissions import NEW, PEW, corrected, person, poll, submitted
from tracker import accounts, cli, intake
from tracker.cli import main
from tracker.models import Answer, Contributor, Poll
from tracker.settings import RECORD, ROOT, Settings
from tracker.store import Store

WANG = "wang-di-2025-04-opinion-shifting"
TRACKER = [sys.executable, "-m", "tracker.cli"]


class Ran(NamedTuple):
    """What a command gave: exit code, standard output, and its messages as lines."""

    code: int
    out: str
    said: list[str]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Run a command in a folder of its own, on the store that TRACKER_DATABASE_URL or --database names."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, store: Store | None = None) -> Ran:
        database = ["--database", store.url] if store else []
        code = main([*map(str, arguments), *database])
        captured = capfdbinary.readouterr()
        return Ran(code, captured.out.decode(), captured.err.decode().splitlines())

    return run


# the record in and out


SHEET = """Firm,Start,End,Sample,Population,Subject,Favourable,Unfavourable
Leger,2025-06-02,2025-06-04,1522,Canadian adults,India,34,56
"""


def test_a_sheet_is_stored_once_its_warnings_are_confirmed(run, record_copy: Store, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    sheet, before = tmp_path / "ours.csv", record_copy.newest()
    sheet.write_text(SHEET)
    dry = run("import", sheet, "--dry-run", store=record_copy)
    assert dry.code == 0
    assert "Firm was taken for pollster" in dry.said
    assert dry.said[-1] == "Dry run: 4 rows added, 0 updated, 0 kept as corrected here, 0 unchanged"
    refused = run("import", sheet, store=record_copy)
    assert refused.code == 1
    assert refused.said[-1] == "Nothing was stored: 1 warning. If it is right as it is, give --confirm."
    assert record_copy.newest() == before
    named = run("import", sheet, "--with", "scale=favourable-unfavourable-4", store=record_copy)
    assert named.code == 0
    assert run("undo", named.said[-1].split()[-1], store=record_copy).code == 0
    assert run("import", sheet, "--confirm", "--match", "Firm=pollster", store=record_copy).code == 0


def test_the_record_goes_in_and_comes_back_byte_for_byte(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("import", RECORD).code == 0
    assert run("export", "--to", "copy").code == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "copy").iterdir()}
    assert written == {path.name: path.read_bytes() for path in RECORD.glob("*.csv")}
    assert (tmp_path / "tracker.db").exists()


def test_importing_again_changes_nothing(run, record_copy: Store) -> None:  # type: ignore[no-untyped-def]
    before = record_copy.newest()
    again = run("import", RECORD, store=record_copy)
    assert (again.code, again.out, record_copy.newest()) == (0, "", before)
    assert "0 rows added" in again.said[-1]


def spoiled(folder: Path) -> Path:
    """A copy of the record with a mistake in each of five files."""
    shutil.copytree(RECORD, folder / "polls")
    for file, right, wrong in (
        ("answers.csv", "percent", "per cent"),
        ("polls.csv", ",published,", ",publish,"),
        ("questions.csv", ",china,", ",chima,"),
        ("events.csv", ",day,", ",dya,"),
        ("claims.csv", ",change,", ",chang,"),
    ):
        path = folder / "polls" / file
        text = path.read_text(encoding="utf-8")
        assert right in text
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    return folder / "polls"


def test_a_folder_with_mistakes_lists_each_and_stores_nothing(run, record_copy: Store, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    before = record_copy.newest()
    found = run("import", spoiled(tmp_path), store=record_copy)
    assert (found.code, found.out, record_copy.newest()) == (1, "", before)
    mistakes = [line for line in found.said if re.match(r"\w+\.csv:\d+: \w+: .+: .+", line)]
    assert {line.split(":")[0] for line in mistakes} >= {"answers.csv", "polls.csv", "questions.csv", "events.csv"}
    assert found.said[-1] == f"Nothing was stored: {len(found.said) - 1} errors."


def test_mistakes_do_not_even_make_a_database(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("import", spoiled(tmp_path)).code == 1
    assert not (tmp_path / "tracker.db").exists()


def test_a_dry_run_stores_nothing(run, store: Store) -> None:  # type: ignore[no-untyped-def]
    tried = run("import", RECORD, "--dry-run", store=store)
    assert tried.code == 0 and tried.said[-1].startswith("Dry run: ") and store.newest() == 0


def test_a_correction_survives_an_import_and_a_change_on_both_sides_is_a_conflict(  # type: ignore[no-untyped-def]
    run, record_copy: Store, tmp_path: Path
) -> None:
    key = next((row.question, row.response) for row in record_copy.every(Answer))
    with record_copy.writing("E. Ditor", "a slip", "correction") as session:
        session.get(Answer, key).value = Decimal("12.5")
    kept = run("import", RECORD, store=record_copy)
    assert kept.code == 0 and "1 kept" in kept.said[-1]
    shutil.copytree(RECORD, tmp_path / "polls")
    file = tmp_path / "polls" / "answers.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace(lines[1].split(",")[2], "13.5", 1)
    file.write_text("".join(lines), encoding="utf-8")
    before = record_copy.newest()
    found = run("import", tmp_path / "polls", store=record_copy)
    assert found.code == 1 and "answers.csv:2" in found.said[0] and record_copy.newest() == before


# tables


def test_a_table_goes_to_standard_output_or_to_a_file(run, record: Store, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = list(csv.DictReader(io.StringIO(run("export", "polls", store=record).out)))
    assert len(rows) == len(json.loads(run("export", "polls", "--format", "json", store=record).out)) > 600
    quiet = run("export", "polls", "--format", "parquet", "--to", "polls.parquet", store=record)
    assert (quiet.code, quiet.out) == (0, "")
    assert pq.read_metadata(tmp_path / "polls.parquet").num_rows == len(rows)
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_table_as_of_a_past_revision(run, record_copy: Store) -> None:  # type: ignore[no-untyped-def]
    before = run("export", "polls", store=record_copy).out
    then = record_copy.newest()
    with record_copy.writing("test") as session:
        session.query(Poll).first().note = "changed"
    assert run("export", "polls", store=record_copy).out != before
    assert run("export", "polls", "--as-of", then, store=record_copy).out == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["export", "poll"], "wide"),
        (["export"], "--to DIR"),
        (["export", "polls", "--as-of", "never"], "revision number"),
        (["export", "polls", "--to", "no/such/folder.csv"], "no/such/folder.csv"),
        (["judge", "nobody"], "nobody"),
        (["trend", "--subject", "atlantis"], "atlantis was asked of ca-adults"),
        (["chart", "--to", "chart.gif"], ".svg"),
        (["chart", "--subject", "atlantis", "--to", "chart.svg"], "atlantis"),
        (["history", "nobody"], "nobody"),
        (["undo", "nothing"], "nothing"),
        (["login", "nobody@example.org"], "contributor list"),
        (["login", "nobody"], "e-mail"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_exit_2(run, record: Store, arguments: list[str], told: str) -> None:  # type: ignore[no-untyped-def]
    found = run(*arguments, store=record)
    assert (found.code, found.out, len(found.said)) == (2, "", 1)
    assert found.said[0].startswith("tracker: ") and told in found.said[0]


@pytest.mark.parametrize(
    "arguments", [["trend", "--known-by", "soon"], ["judge"], ["serve", "--port", "0"], [], ["sing"]]
)
def test_what_cannot_be_parsed_is_exit_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


@pytest.mark.parametrize("command", ["export polls", "trend", "check", "contributor list", "login a@example.org"])
def test_without_a_database_the_remedy_is_told_and_none_is_made(run, tmp_path: Path, command: str) -> None:  # type: ignore[no-untyped-def]
    found = run(*command.split())
    assert found.code == 2 and "tracker import" in found.said[0]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "tracker.db").touch()
    assert run(*command.split()) == found


# answers


def test_the_trend_as_csv_and_json(run, record: Store) -> None:  # type: ignore[no-untyped-def]
    china = ("trend", "--population", "ca-adults", "--subject", "china", "--known-by", "2012-01-01")
    rows = list(csv.DictReader(io.StringIO(run(*china, store=record).out)))
    same = json.loads(run(*china, "--format", "json", store=record).out)
    assert [float(row["level"]) for row in rows] == [row["level"] for row in same]
    assert rows[0]["date"].startswith("2005")


def test_a_verdict_as_text_and_json(run, record: Store) -> None:  # type: ignore[no-untyped-def]
    verdict = json.loads(run("judge", WANG, "--format", "json", store=record).out)
    assert verdict["claim"] == WANG and verdict["revision"] == record.newest()
    assert "2025-07-15" not in json.dumps(verdict["then"])
    text = run("judge", WANG, store=record).out
    assert all(
        f"{side}, known by {verdict[side]['known_by']}: {verdict[side]['word']}" in text for side in ("then", "now")
    )
    assert re.search(r"now only +2025-01-08 – 2025-04-26 +34 percent", text)


def test_a_verdict_with_less_known(run, record: Store) -> None:  # type: ignore[no-untyped-def]
    verdict = json.loads(run("judge", WANG, "--known-by", "2025-05-01", "--format", "json", store=record).out)
    assert verdict["now"]["known_by"] == "2025-05-01"
    assert all(row["known_from"] <= "2025-05-01" for row in verdict["now"]["evidence"])


def test_a_chart_is_drawn_to_a_file(run, record: Store, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("chart", "--known-by", "2012-01-01", "--to", "chart.svg", store=record).code == 0
    assert (tmp_path / "chart.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_record_passes_every_rule_and_a_spoiled_one_does_not(run, record_copy: Store) -> None:  # type: ignore[no-untyped-def]
    assert run("check", store=record_copy).code == 0
    with record_copy.writing("test") as session:
        session.get(Answer, ("pew-2025-ca-china", "favourable")).value = Decimal(140)
    found = run("check", store=record_copy)
    assert found.code == 1
    assert any(line.startswith("answers/pew-2025-ca-china/favourable: value: ") for line in found.out.splitlines())


def test_the_life_of_a_row_and_taking_a_batch_back(run, record_copy: Store) -> None:  # type: ignore[no-untyped-def]
    before = run("export", "answers", store=record_copy).out
    with record_copy.writing("E. Ditor", "a slip", "correction", "the-batch") as session:
        session.get(Answer, ("pew-2025-ca-china", "favourable")).value = Decimal(43)
    life = run("history", "pew-2025-ca-china", store=record_copy).out
    assert "E. Ditor update answers pew-2025-ca-china/favourable [the-batch]: a slip\n    value: '34' -> '43'" in life
    assert life in run("history", PEW, store=record_copy).out
    assert run("undo", "the-batch", "--reason", "it was right", store=record_copy).code == 0
    assert run("export", "answers", store=record_copy).out == before
    assert "it was right" in run("history", "pew-2025-ca-china", store=record_copy).out


def test_the_life_of_a_poll_names_who_entered_and_who_approved_each_change(run, record_copy: Store) -> None:  # type: ignore[no-untyped-def]
    one, two = (person(record_copy, name) for name in ("one", "two"))
    intake.approve(record_copy, two, submitted(record_copy, one, corrected(record_copy, "35"), PEW, why="misread"))
    life = run("history", PEW, store=record_copy).out
    assert "One, approved by Two update answers pew-2025-ca-china/favourable" in life
    assert "]: misread\n    value: '34' -> '35'" in life and "@" not in life


# people


def test_a_contributor_from_first_to_last(run, record_copy: Store) -> None:  # type: ignore[no-untyped-def]
    person = ("a@example.org", "--name", "A.", "--role", "pollster", "--pollster", "gallup")
    assert run("contributor", "add", *person, store=record_copy).code == 0
    assert run("contributor", "list", store=record_copy).out == "a@example.org\tpollster\tgallup\tA.\n"
    link = run("login", "a@example.org", store=record_copy).out
    token = re.fullmatch(r"http://127\.0\.0\.1:8501/sign-in\?token=(\S+)\n", link)
    assert token and accounts.sign_in(record_copy, token[1])
    assert run("contributor", "change", "a@example.org", "--role", "editor", store=record_copy).code == 0
    assert run("contributor", "list", store=record_copy).out == "a@example.org\teditor\t\tA.\n"
    assert run("contributor", "remove", "a@example.org", store=record_copy).code == 0
    assert record_copy.every(Contributor) == []


def test_somebody_is_signed_out_everywhere_by_command(run, record_copy: Store) -> None:  # type: ignore[no-untyped-def]
    accounts.add(record_copy, "a@example.org", "A.", "editor")
    cookie = accounts.sign_in(record_copy, accounts.link(record_copy, "a@example.org"))
    unused = accounts.link(record_copy, "a@example.org")
    found = run("login", "a@example.org", "--revoke", store=record_copy)
    assert (found.code, found.out) == (0, "")
    assert accounts.contributor(record_copy, cookie) is None
    with pytest.raises(accounts.LinkRefused):
        accounts.sign_in(record_copy, unused)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("contributor", "change", "a@example.org"), "nothing to change"),
        (("contributor", "change", "a@example.org", "--role", "editor"), "last administrator"),
        (("contributor", "change", "b@example.org", "--name", "B."), "No contributor has the address b@example.org"),
        (("contributor", "remove", "a@example.org"), "last administrator"),
        (("login", "b@example.org", "--revoke"), "No contributor has the address b@example.org"),
    ],
)
def test_what_cannot_be_done_to_an_account_is_one_line(run, store: Store, command: tuple[str, ...], told: str) -> None:  # type: ignore[no-untyped-def]
    accounts.add(store, "a@example.org", "A.", "administrator")
    found = run(*command, store=store)
    assert found.code == 2 and len(found.said) == 1 and told in found.said[0]
    assert [(who.role, who.public_name) for who in accounts.everyone(store)] == [("administrator", "A.")]


# the process


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'scipy', 'sqlalchemy', 'streamlit', 'altair', 'starlette'}"
    code = f"import sys; from tracker import cli; cli.parser().format_help(); print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_reader_who_has_heard_enough_is_no_error(record: Store) -> None:
    command = [*TRACKER, "export", "answers", "--database", record.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as export:
        assert export.stdout and export.stderr
        export.stdout.readline()
        export.stdout.close()
        assert (export.stderr.read(), export.wait(20)) == (b"", 0)


# serving


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Started(NamedTuple):
    url: str
    home: Path
    server: subprocess.Popen[bytes]

    def said(self) -> str:
        return (self.home / "log").read_text()


def start(stack: ExitStack, home: Path, *command: str) -> Started:
    """A server started in a folder that is not the project's; what it says goes to a file there."""
    port = free_port()
    filled = [part.replace("PORT", str(port)) for part in command]
    log = stack.enter_context((home / "log").open("wb"))
    server = stack.enter_context(subprocess.Popen(filled, cwd=home, stdout=log, stderr=log))
    stack.callback(server.terminate)
    return Started(f"http://127.0.0.1:{port}", home, server)


def wait(started: Started) -> Started:
    for _ in range(600):
        try:
            if httpx.get(f"{started.url}/healthz", timeout=5).status_code == 200:
                return started
        except httpx.TransportError:
            assert started.server.poll() is None, started.said()
            time.sleep(0.1)
    raise AssertionError(started.said())


@pytest.fixture(scope="module")
def started(record_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Started]]:
    """The three ways to start, all at once: `tracker serve` in an empty folder, the others beside a loaded record."""
    ways = {
        "serve": [*TRACKER, "serve", "--port", "PORT"],
        "python": [sys.executable, str(ROOT / "app.py"), "--port", "PORT"],
        "streamlit": [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", "PORT"],
    }
    with ExitStack() as stack:
        running = {}
        for way, command in ways.items():
            home = tmp_path_factory.mktemp(way)
            if way != "serve":
                shutil.copy(record_file, home / "tracker.db")
            running[way] = start(stack, home, *command)
        yield {way: wait(one) for way, one in running.items()}


WAYS = pytest.mark.parametrize("way", ["serve", "python", "streamlit"])


@WAYS
def test_every_way_to_start_serves_pages_and_data_on_this_machine_only(started: dict[str, Started], way: str) -> None:
    url = started[way].url
    assert httpx.get(f"{url}/healthz").json()["polls"] > 600
    assert "<title>" in httpx.get(f"{url}/claims").text
    assert httpx.get(f"{url}/api/v1/polls.csv").text.startswith("poll,")
    tables = [
        path.read_text().splitlines()[1:] for path in map(Path, ("/proc/net/tcp", "/proc/net/tcp6")) if path.exists()
    ]
    sockets = [line.split()[1:4] for table in tables for line in table]
    port = f":{int(url.rsplit(':')[-1]):04X}"
    listening = [address for address, _peer, state in sockets if state == "0A" and address.endswith(port)]
    assert listening == ["0100007F" + port] or not tables


@WAYS
def test_every_way_prints_the_address_and_a_link_that_works_once(started: dict[str, Started], way: str) -> None:
    url, home, _server = started[way]
    said = started[way].said()
    assert f"Serving on {url}\n" in said
    link = re.search(rf"{url}/sign-in\?token=\S+", said)
    assert link
    answers = [httpx.post(link[0]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 403]
    who = accounts.contributor(Store(f"sqlite:///{home / 'tracker.db'}"), answers[0].cookies[accounts.COOKIE])
    assert who is not None and who.role == "administrator"


@WAYS
def test_every_way_keeps_a_secret_that_its_owner_alone_can_read(started: dict[str, Started], way: str) -> None:
    secret = started[way].home / "tracker.secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and len(secret.read_text().strip()) == 64


def test_a_first_start_says_what_it_does_and_later_ones_do_not_repeat_it(started: dict[str, Started]) -> None:
    assert re.search(r"Loading the record: \d+ polls\n  pollsters: .+ rows\n", started["serve"].said())
    assert all("Loading" not in started[way].said() for way in ("python", "streamlit"))
    assert all("Traceback" not in one.said() for one in started.values())


def test_the_projects_settings_hold_from_any_folder(record_file: Path, tmp_path: Path) -> None:
    shutil.copy(record_file, tmp_path)
    code = (
        "from streamlit import config\n"
        "from streamlit.web.server.starlette import starlette_server as server\n"
        "server.UvicornRunner.run = lambda self: print(config.get_option('client.showErrorDetails'),"
        " config.get_option('browser.gatherUsageStats'))\n"
        "from tracker import cli\n"
        f"cli.main(['serve', '--port', '{free_port()}'])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout == "none False\n", ran.stderr


def test_a_port_that_is_taken_is_one_line_with_a_remedy(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        found = run("serve", "--port", other.getsockname()[1])
    assert found.code == 2 and len(found.said) == 1
    assert "--port" in found.said[0] and list(tmp_path.iterdir()) == []


def test_a_port_that_is_no_number_is_told(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("TRACKER_PORT", "http")
    assert run("check") == Ran(2, "", ["tracker: TRACKER_PORT is 'http': give a number from 1 to 65535"])


def test_own_approval_is_yes_or_no(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    assert not Settings.from_env().own_approval
    monkeypatch.setenv("TRACKER_OWN_APPROVAL", "yes")
    assert Settings.from_env().own_approval
    monkeypatch.setenv("TRACKER_OWN_APPROVAL", "true")
    assert run("check") == Ran(2, "", ["tracker: TRACKER_OWN_APPROVAL is 'true': say yes or no"])


def test_the_app_stores_what_was_under_embargo_as_it_starts(
    record_copy: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entered, approving = (person(record_copy, name) for name in ("one", "two"))
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    number = submitted(record_copy, entered, poll(), embargo=yesterday)
    intake.approve(record_copy, approving, number, today=yesterday - dt.timedelta(days=1))
    assert not record_copy.find(Poll, id=NEW)
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)

    async def run() -> None:
        async with cli.lifespan(None):
            while accounts.queue(record_copy, "approved"):
                await asyncio.sleep(0.05)

    asyncio.run(asyncio.wait_for(run(), 20))
    assert record_copy.find(Poll, id=NEW)
    assert f"An embargo has ended: {NEW} is on record" in capsys.readouterr().err
