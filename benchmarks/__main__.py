"""Score the pooled trend and time it: ``python -m benchmarks [--bench DIR]``.

DIR holds the scoring programs ``evaluate.py`` and ``calibration.py`` with their series; by default a folder ``bench``
near the project. The series stay there: some carry licences of their own. Without it the simulations here are scored
alone.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded: fits are too small to share out

import numpy as np
import pandas as pd

from benchmarks import adapter, calibration, exports, imports, pages, speed
from tracker import pooling

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--bench", type=Path, default=nearby(), help="folder of evaluate.py and calibration.py")
    parser.add_argument(
        "--only", choices=["score", "simulations", "speed", "pages", "exports", "imports"], help="one part"
    )
    arguments = parser.parse_args()
    bench = arguments.bench
    if bench is None:
        print("No scoring programs found near the project: the simulations are scored alone.", flush=True)
    if bench is not None and arguments.only in (None, "score"):
        score(bench)
        australia(bench)
    if arguments.only in (None, "simulations"):
        simulations(bench)
    if arguments.only in (None, "speed"):
        speed.table(bench)
    if arguments.only in (None, "pages"):
        pages.table()
    if arguments.only in (None, "exports"):
        exports.table()
    if arguments.only in (None, "imports"):
        imports.table()


def nearby() -> Path | None:
    """The folder of the scoring programs, where it stands beside the project."""
    found = sorted(path.parent for path in ROOT.parent.glob("*/bench/evaluate.py"))
    return found[0] if found else None


def score(bench: Path) -> None:
    """Run the scoring programs on the tracker's own code."""
    for program, method in (("evaluate", "fit"), ("calibration", "claim_probability")):
        command = [sys.executable, str(bench / f"{program}.py"), "--method", f"benchmarks.adapter:{method}"]
        subprocess.run(command, cwd=ROOT, check=True)


def australia(bench: Path) -> None:
    """House effects on the Australian series of 2004 to 2007 (Simon Jackman), in points at one half."""
    polls = pd.read_csv(bench / "polls.csv", parse_dates=["field_start", "field_end"])
    series = adapter.Series(polls[polls.series_id == "au_alp_2004_2007"].reset_index(drop=True))
    effects = pooling.house_effects(series.model)
    low, middle, high = 25 * pooling.quantiles(effects, np.array([0.025, 0.5, 0.975]))
    print("\nAustralian Labor, 2004 to 2007: house effects in points, with 95 % intervals")
    for name, i in sorted(series.pollsters.items(), key=lambda item: middle[item[1]]):
        print(f"{name:16} {middle[i]:+5.1f}  {low[i]:+5.1f} to {high[i]:+5.1f}", flush=True)


def simulations(bench: Path | None) -> None:
    """How often claims of each probability come out true, in percent; the app's page on it shows the same."""
    found = calibration.write(bench)
    print("\nclaims come out true, in percent, by tenth of the probability stated")
    print(found.pivot_table("true", "regime", "tenth", sort=False).to_string(na_rep=""), flush=True)


if __name__ == "__main__":
    main()
