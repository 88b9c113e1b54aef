"""The README is held to the code: what it names exists, what exists it names, and its commands run."""

import io
import pkgutil
import re
import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tracker import cli, settings
from tracker.export import FORMATS
from tracker.store import Store

README = (settings.ROOT / "README.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", README))


def commands() -> list[str]:
    """The commands of the command line."""
    return list(cli.parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr]


def examples() -> list[list[str]]:
    """The README's shell lines that call the tracker itself, as arguments."""
    lines = re.findall(r"^    \.venv/bin/tracker (.+)$", README, re.MULTILINE)
    return [shlex.split(line.split("&&")[0]) for line in lines]


@pytest.mark.parametrize("name", FORMATS)
def test_the_readme_names_every_format(name: str) -> None:
    assert name in CODE


@pytest.mark.parametrize("name", commands())
def test_the_readme_names_every_command_and_it_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert any(code.startswith(f"tracker {name}") for code in CODE)
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])
    assert stop.value.code == 0
    assert len(capsys.readouterr().out.split()) > 8


def test_the_readme_names_no_command_that_is_not_there() -> None:
    assert {code.split()[1] for code in CODE if re.match(r"tracker [a-z]", code)} <= set(commands())


def test_the_readme_names_every_setting() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r"TRACKER_[A-Z_]+", source)) == {code for code in CODE if code.startswith("TRACKER_")}


def test_the_readme_walks_through_every_module() -> None:
    assert {name for _, name, _ in pkgutil.iter_modules([str(settings.ROOT / "tracker")])} <= CODE


def test_the_readme_names_every_page() -> None:
    pages = {path.stem for path in (settings.ROOT / "tracker/ui/pages").glob("*.py")}
    line = re.search(r"^Pages: (.+)\.$", README, re.MULTILINE)
    assert line and {name.lower() for name in line[1].split(", ")} == pages


@pytest.mark.parametrize("arguments", examples(), ids=" ".join)
def test_the_readmes_commands_run(
    arguments: list[str], record_copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(settings.ROOT / "docs")
    monkeypatch.setenv("TRACKER_DATABASE_URL", record_copy.url)
    assert cli.main(arguments) == 0


def test_the_readmes_notebook_gives_what_its_command_writes(
    record_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    shutil.copy(record_file, tmp_path / "tracker.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRACKER_DATABASE_URL", raising=False)
    *lines, last = re.search(r"^    import tracker\n(?:    .+\n)+", README, re.MULTILINE)[0].split("\n    ")  # type: ignore[index]
    said: dict[str, object] = {}
    exec("\n".join(line.strip() for line in lines), said)
    assert len(lines) == 2
    command = "export trend --population ca-adults --subject china --format parquet"
    assert cli.main(command.split()) == 0
    written = pd.read_parquet(io.BytesIO(capfdbinary.readouterr().out))
    pd.testing.assert_frame_equal(eval(last.strip(), said), written)
    assert len(written) > 1000


def test_every_local_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links and [link for link in links if not (settings.ROOT / link).exists()] == []


def test_nothing_names_a_package_index_or_a_folder_of_one_machine() -> None:
    texts = [path for path in settings.ROOT.glob("*") if path.is_file() and path.suffix in {".md", ".toml", ".txt", ""}]
    found = [path.name for path in texts if re.search(r"index[-]url|/simpl[e]/|/root/|/home/", path.read_text("utf-8"))]
    assert found == []
