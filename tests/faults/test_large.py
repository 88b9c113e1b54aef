"""What is too large is refused in a sentence, soon, and in little memory: all of it in one process that has little."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.faults import large
from tracker.settings import ROOT

#: seconds in which something is refused, on a machine with other things to do
SOON = 15
SAID = {
    "a file of 200 MB": "the file has 193 MB, and a sheet may have 20",
    "a million columns": "2 rows of 1000009 columns",
    "one wide row among many": "20002 rows of 1000009 columns",
    "too many rows": "200001 rows of 9 columns",
    "a cell of 10 MB": "the row cannot be read (field larger than field limit (131072))",
    "a workbook that unpacks to 300 MB": "unpacks to more than 200 MB",
    "a workbook that lies about it": "the workbook cannot be read",
    "a workbook with one far cell": "1048576 rows of 16384 columns",
    "a workbook with a cell beyond the last": "9999999 rows of 18278 columns",
    "a workbook with a column that is none": "the workbook cannot be read",
    "three thousand rows that are one": "the poll asked this already, at line 2",
    "a folder with a million columns": "columns: begin the file with id,name",
    "a folder with deep JSON": "claims.csv",
    "a backup of deep JSON": "it breaks off. Take an earlier backup",
}


@pytest.fixture(scope="module")
def told(recorded: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was said of each."""
    command = [sys.executable, "-m", "tests.faults.large", recorded, str(tmp_path_factory.mktemp("large"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    found = {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == SAID.keys() == {*large.SHEETS, *large.OTHERS}, done.stderr[-2000:]
    return found


@pytest.mark.parametrize("name", SAID)
def test_what_is_too_large_is_refused_in_bounded_time_and_memory(told: dict[str, Any], name: str) -> None:
    print(f"{name}: {told[name]['seconds']} s")
    assert SAID[name] in told[name]["said"]
    assert told[name]["seconds"] < SOON
