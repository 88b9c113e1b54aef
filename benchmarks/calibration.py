"""How often claims of each stated probability come out true: measured, and written for the app's page on it.

The scoring program ``calibration.py`` is run many times with few simulations each, so that every run is a batch that
knows nothing of the others: claims about one series stand or fall together, and only independent batches show by how
much. What is written are counts of ours, tenth by tenth; nothing of the program's series.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from benchmarks import simulated
from tracker import trend
from tracker.settings import ROOT

#: where the page reads it
FILE = ROOT / "tracker" / "calibration.csv"
METHOD = "benchmarks.adapter:claim_probability"
#: seeds of the runs; the program's own default, 1, is left to its tables
SEEDS = range(2, 42)
#: simulations of a run: ten of a sparse series, one of a dense one
SIMULATIONS = 10
#: populations of each law of ours
POPULATIONS = 100


def write(bench: Path | None, file: Path = FILE) -> pd.DataFrame:
    """Measure, and write the figures; regimes not measured this time (no program at hand) keep those they had."""
    told = [*by_program(bench), *by_law()] if bench else [*by_law()]
    found = figures(pd.DataFrame(told)).assign(method=trend.METHOD)
    if file.exists():
        kept = pd.read_csv(file, dtype={"method": str})
        found = pd.concat([kept[~kept.regime.isin(found.regime)], found])
    found.to_csv(file, index=False, lineterminator="\n")
    return found


def by_program(bench: Path) -> Iterator[dict[str, str | float]]:
    """The program's regimes: for each run, regime and tenth the number of claims, and the sums of what was stated (0 to
    1) and of what was true."""
    for seed in SEEDS:
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            command = [sys.executable, str(bench / "calibration.py"), "--method", METHOD, "--builtin", "", "--seed"]
            command += [str(seed), "--sims", str(SIMULATIONS), "--out", out.name]
            said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
            scores = json.load(out)
        sizes = dict(re.findall(r"^(\w+): (\d+) simulations", said, re.MULTILINE))
        for regime, methods in scores.items():
            for part in methods[METHOD]["curve"]:
                tenth, n = round(10 * float(part["bin"][:3])), part["n"]
                sums = {"claims": n, "stated": n * part["mean_p"], "true": n * part["freq"]}
                yield {"regime": regime, "batch": seed, "series": int(sizes[regime]), "tenth": tenth, **sums}


def by_law() -> Iterator[dict[str, str | float]]:
    """The same for laws that the program does not have, a population a batch."""
    for name, regime in simulated.REGIMES.items():
        for seed in range(POPULATIONS):
            stated, true = simulated.judged(regime, seed)
            tenth = np.minimum((10 * stated).astype(int), 9)
            for i in np.unique(tenth):
                here = tenth == i
                sums = {"claims": here.sum(), "stated": stated[here].sum(), "true": true[here].sum()}
                yield {"regime": name, "batch": seed, "series": 1, "tenth": int(i), **sums}


def figures(told: pd.DataFrame) -> pd.DataFrame:
    """Rows of batches -> a row for each regime and tenth: series and claims, percent stated and true, and a 95 percent
    interval of what is true.

    The interval is Jeffreys' for a binomial, on as many claims as there would be if each were about a series of its
    own: their number divided by the design effect of the regime's batches.
    """
    effect = pd.Series({regime: design_effect(batches) for regime, batches in told.groupby("regime")})
    series = told.drop_duplicates(["regime", "batch"]).groupby("regime").series.sum()
    found = told.groupby(["regime", "tenth"])[["claims", "stated", "true"]].sum()
    found = found.loc[told.regime.unique()].reset_index()
    n, true = (found[name] / found.regime.map(effect) for name in ("claims", "true"))
    low, high = (betaincinv(true + 0.5, n - true + 0.5, end) for end in (0.025, 0.975))
    shares = {"stated": found.stated / found.claims, "true": found.true / found.claims, "low": low, "high": high}
    percent = {name: (100 * share).round(1) for name, share in shares.items()}
    return found.assign(series=found.regime.map(series), **percent)[["regime", "series", "tenth", "claims", *percent]]


def design_effect(batches: pd.DataFrame) -> float:
    """How many times the variance of the number of true claims, from batch to batch, is what independent claims would
    have: over all tenths of a regime, and at least 1."""
    sums = batches.groupby("tenth")[["claims", "true"]].transform("sum")
    share = sums.true / sums.claims
    spread = ((batches.true - share * batches.claims) ** 2).sum()
    return max(1.0, float(spread / (share * (1 - share) * batches.claims).sum()))
