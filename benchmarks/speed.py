"""How long a fit takes, next to the 30-day mean, and what it costs whoever else is using the same process."""

import importlib.util
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from benchmarks import adapter, simulated
from tracker import pooling
from tracker.pooling import Readings

#: readings -> pollsters, years
SIZES = {30: (6, 20), 1000: (25, 2), 10_000: (40, 10), 100_000: (100, 20)}


def table(bench: Path | None) -> None:
    """Print a line for each size: one cold fit, with the trend at 200 dates, and what follows once it is there."""
    mean30 = _load(bench).BASELINES["mean30"].fit if bench else None
    rows = {f"{n:,} / {pollsters} / {years}": _row(n, mean30) for n, (pollsters, years) in SIZES.items()}
    print("\nreadings / pollsters / years: milliseconds")
    print(pd.DataFrame(rows).T.to_string(float_format="{:.1f}".format), flush=True)
    print(f"peak memory of a fit of 100,000 readings: {peak(100_000):.0f} MB; of thirty, {peak(30):.0f} MB", flush=True)


def _row(n: int, mean30: Callable[..., object] | None) -> dict[str, float]:
    polls = _polls(n)
    at = pd.date_range(polls.field_end.min(), polls.field_end.max(), periods=200).normalize().unique()
    times = max(2, min(15, 30_000 // n))
    fit = best(partial(_cold, polls, at), times)
    row = {"fit": fit}
    if mean30:
        row["/ 30-day mean"] = fit / best(partial(mean30, polls, at), max(3, times))
    readings = adapter.Series(polls).model.layout.readings
    cold, one = adding(readings, times)
    return row | {
        "adding a poll": one, "/ fit": one / cold, "a claim": claim(polls, times), "longest stall": stall(readings)
    }  # fmt: skip


def whole(n: int) -> None:
    """One fit of n readings."""
    pooling.fit(adapter.Series(_polls(n)).model.layout.readings)


def adding(readings: Readings, times: int) -> tuple[float, float]:
    """A cold fit without the newest reading, and taking that one in: the middle one of the last nine, each in turn."""
    before = Readings._make(column[:-9] for column in readings)
    fit = pooling.fit(before)
    polls = [
        Readings._make(column[i : i + 1] for column in readings) for i in range(len(readings.z) - 9, len(readings.z))
    ]
    each = [best(partial(pooling.extended, fit, poll), times) for poll in polls]
    return best(partial(pooling.fit, before), times), float(np.median(each))


def claim(polls: pd.DataFrame, times: int) -> float:
    """The probability that the level rose over the last year, from 4,000 joint paths of a series already fitted."""
    last = polls.field_end.max().normalize()
    question = {"kind": "rising", "start": last - pd.Timedelta(days=365), "end": last}
    adapter.claim_probability(polls, question)
    return best(partial(adapter.claim_probability, polls, question), times)


def stall(readings: Readings) -> float:
    """Longest time, in ms, for which another thread that wakes every millisecond waits while a fit runs."""
    longest, over = 0.0, threading.Event()
    thread = threading.Thread(target=lambda: (pooling.fit(readings), over.set()))
    thread.start()
    while not over.is_set():
        start = time.perf_counter()
        time.sleep(0.001)
        longest = max(longest, time.perf_counter() - start - 0.001)
    thread.join()
    return 1000 * longest


def peak(n: int) -> float:
    """Peak memory, in MB, of a process of its own that fits n readings (Linux)."""
    code = f"from benchmarks import speed; speed.whole({n}); print(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024


def best(action: Callable[[], object], times: int) -> float:
    """Shortest of several runs, in ms."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return 1000 * min(found)


def _polls(n: int) -> pd.DataFrame:
    pollsters, years = SIZES[n]
    return simulated.population(simulated.Regime(n, years, pollsters), np.random.default_rng(1))[0]


def _cold(polls: pd.DataFrame, at: pd.DatetimeIndex) -> None:
    adapter.forget()
    adapter.fit(polls, at)


def _load(bench: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate", bench / "evaluate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
