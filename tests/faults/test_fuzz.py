"""A few of the inputs of ``make fuzz``."""

from pathlib import Path

import pytest

from tests.faults import fuzz


def test_no_reader_fails_at_any_input(tmp_path: Path, record_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{record_file}")
    assert fuzz.main(300, tmp_path) >= 250
