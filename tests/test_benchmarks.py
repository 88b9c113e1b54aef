"""The benchmarks: what the scoring programs are told is what a verdict would say; the page says what was measured."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from streamlit.testing.v1 import AppTest

from benchmarks import __main__ as benchmarks
from benchmarks import adapter, asserted, calibration, simulated
from tracker import claims, pooling, series, trend
from tracker.settings import ROOT
from tracker.store import Store
from tracker.ui import calibration as page

BENCH = benchmarks.nearby()
ABSENT = "the scoring programs and their series do not stand beside the project"
SIXTY = simulated.Regime(60, 8, 6)
DAY = pd.Timestamp


def polls_of(days: pd.DatetimeIndex, values: list[float], response: str = "favourable") -> pd.DataFrame:
    """Polls of two days by three pollsters in turn, of a thousand interviews."""
    names = [f"pollster {i % 3}" for i in range(len(days))]
    columns = {"pollster": names, "field_start": days, "field_end": days + pd.Timedelta(days=2)}
    return pd.DataFrame({**columns, "sample_size": 1000.0, "response": response, "value_percent": values})


@pytest.fixture(scope="module")
def polls() -> pd.DataFrame:
    """Polls of one simulated population."""
    return simulated.population(SIXTY, np.random.default_rng(3))[0]


def test_a_fit_is_a_mean_and_a_deviation_at_every_date(polls: pd.DataFrame) -> None:
    at = pd.date_range("2003-06-01", "2012-06-01", freq="50D")
    found = adapter.fit(polls, at)
    assert list(found.columns) == ["mean", "sd"] and found.index.equals(at)
    assert np.isfinite(found).all(axis=None) and (found.sd > 0).all() and found["mean"].between(0, 100).all()
    assert found.sd.iloc[-1] > found.sd.iloc[len(at) // 2]


def test_a_forecast_is_a_student_t_for_every_poll_whoever_takes_it(polls: pd.DataFrame) -> None:
    new = polls.drop(columns="value_percent").iloc[[5, 17, 17]].set_index(pd.Index([30, 10, 20]))
    new["pollster"] = [new.pollster.iloc[0], "a new pollster", new.pollster.iloc[2]]
    new["sample_size"] = [800, 800, np.nan]
    found = adapter.predict(polls, new)
    assert list(found.columns) == ["mean", "sd", "df"] and found.index.equals(new.index)
    assert np.isfinite(found).all(axis=None) and (found.sd > 0).all() and (found.df > 2).all()
    assert found.sd[10] > found.sd[20]


CLAIMS: list[dict[str, Any]] = [
    {"kind": "rising", "start": DAY("2005-03-01"), "end": DAY("2009-03-01")},
    {"kind": "above", "date": DAY("2009-03-01"), "threshold": 50.0},
    {"kind": "changed_by", "start": DAY("2005-03-01"), "end": DAY("2009-03-01"), "by": 4.0},
    {"kind": "lowest_since", "date": DAY("2009-03-01"), "since": DAY("2004-03-01"), "step_days": 200},
    {"kind": "higher_after", "event": DAY("2007-03-01"), "window_days": 300, "step_days": 30},
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["kind"])
def test_a_claim_that_plainly_holds_is_nearly_certain_and_its_contrary_nearly_impossible(claim: dict[str, Any]) -> None:
    days = pd.date_range("2004-01-15", "2010-01-15", periods=60)
    ups = adapter.claim_probability(polls_of(days, [*np.linspace(30, 70, 60)]), claim)
    downs = adapter.claim_probability(polls_of(days, [*np.linspace(70, 30, 60)]), claim)
    if claim["kind"] == "lowest_since":
        ups, downs = downs, ups
    assert 0.95 < ups <= 1
    assert downs > 0.95 if claim["kind"] == "changed_by" else 0 <= downs < 0.05


def test_what_is_told_of_a_claim_is_what_its_verdict_would_be(record: Store) -> None:
    """Canadians on China: the doorway that verdicts use, and the scoring programs'."""
    rows = series.read(record, "ca-adults", "china")
    rows = rows[rows.comparable & (rows.date_precision == "day")]
    columns = {"sample_size": rows.base.astype("Float64").fillna(rows.sample_size), "response": rows.scale}
    polls = rows[["pollster", "field_start", "field_end"]].assign(value_percent=rows.value, **columns)
    asked = claims.assertion_of({"kind": "change", "direction": "up", "since": "2024-04-21"})
    dates = asked.turns_on(DAY("2025-04-21").date())
    verdict = np.mean(asked.holds(trend.fit(rows).paths(dates)))
    told = adapter.claim_probability(polls, {"kind": "rising", "start": DAY(dates[0]), "end": DAY(dates[1])})
    assert 0.6 < verdict < 0.99 and told == pytest.approx(verdict, abs=0.01)


def test_a_claim_about_a_percentage_is_answered_in_percent_where_most_polls_report_a_mean() -> None:
    days = pd.date_range("2004-01-15", "2010-01-15", periods=50)
    shares, means = polls_of(days[::3], [40.0] * 17), polls_of(days, [60.0] * 50, "mean0to10")
    both = pd.concat([shares, means], ignore_index=True)
    claim = {"kind": "above", "date": DAY("2007-03-01"), "threshold": 50.0}
    assert adapter.claim_probability(both, claim) < 0.05 < 0.95 < adapter.claim_probability(means, claim)
    assert adapter.fit(both, pd.DatetimeIndex(["2007-03-01"]))["mean"].iloc[0] > 50


def test_the_dates_and_the_truth_of_a_claim() -> None:
    record, after = asserted.asked(CLAIMS[3]), asserted.asked(CLAIMS[4])
    assert [str(date) for date in (record.dates[0], *record.dates[-2:])] == ["2004-03-01", "2008-07-18", "2009-03-01"]
    assert [str(after.dates[i]) for i in (0, 9, 10, -1)] == ["2006-05-05", "2007-01-30", "2007-03-31", "2007-12-26"]
    lowest = np.array([[*[30.0] * 9, 29], [*[30.0] * 9, 31], [29, *[30.0] * 9]])
    assert list(record.holds(lowest)) == [True, False, False]
    higher = np.array([[*[30.0] * 10, *[32.0] * 9, 20], [*[30.0] * 10, *[31.0] * 9, 20]])
    assert list(after.holds(higher)) == [True, False]
    assert list(asserted.asked(CLAIMS[2]).holds(np.array([[30.0, 34], [34, 30], [30, 33]]))) == [True, True, False]
    rises = np.linspace(30, 60, 8 * 365)
    assert [simulated.true(claim, rises) for claim in CLAIMS] == [True, False, True, False, True]


def module(name: str) -> ModuleType:
    """A scoring program, as a module."""
    assert BENCH
    spec = importlib.util.spec_from_file_location(f"scoring_{name}", BENCH / f"{name}.py")
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.skipif(BENCH is None, reason=ABSENT)
@pytest.mark.parametrize("regime", ["sparse", "scale"])
def test_claims_are_asked_at_the_programs_own_dates_and_have_its_own_truth(regime: str) -> None:
    program, rng = module("calibration"), np.random.default_rng(5)
    simulation = program.simulate(regime, rng)
    found = program.make_claims(simulation, rng, 60)
    assert {claim["kind"] for claim in found} == set(asserted.KINDS)
    for claim in found:
        question, grid = asserted.asked(claim), program.grid(claim)
        assert [(DAY(date) - program.DAY0).days for date in question.dates] == [*grid]
        opinion = simulation["x"][np.clip(grid, 0, simulation["D"] - 1)]
        paths = 100 * expit(opinion + rng.normal(0, 0.1, (50, len(grid))))
        assert np.array_equal(question.holds(paths), program.holds(claim, paths))


@pytest.mark.skipif(BENCH is None, reason=ABSENT)
def test_jackmans_australian_pollsters_lean_as_he_found() -> None:
    """Australian Labor, 2004 to 2007 (Jackman 2005): signs and order of the house effects, in points."""
    assert BENCH
    polls = pd.read_csv(BENCH / "polls.csv", parse_dates=["field_start", "field_end"])
    found = adapter.Series(polls[polls.series_id == "au_alp_2004_2007"].reset_index(drop=True))
    middle = 25 * pooling.quantiles(pooling.house_effects(found.model), np.array([0.5]))[0]
    effect = {name: middle[i] for name, i in found.pollsters.items()}
    assert sorted(effect, key=effect.__getitem__) == ["Galaxy", "Morgan, Phone", "Nielsen", "Newspoll", "Morgan, F2F"]
    assert [*effect.values()] == pytest.approx([0, 0, 0, 0, 0], abs=2.5)
    assert effect["Galaxy"] == pytest.approx(-1.6, abs=0.3) and effect["Morgan, F2F"] == pytest.approx(1.7, abs=0.3)
    assert effect["Morgan, Phone"] < 0 < effect["Newspoll"] < 0.6 and abs(effect["Nielsen"]) < 0.2


def batches(true: list[list[int]], claims: int) -> pd.DataFrame:
    """Rows of batches of one regime: for each batch, how many claims of each tenth were true."""
    return pd.DataFrame(
        [
            {"regime": "r", "batch": b, "series": 2, "tenth": t, "claims": claims, "stated": claims * (t + 0.5) / 10}
            | {"true": count}
            for b, counts in enumerate(true)
            for t, count in enumerate(counts)
        ]
    )


def test_claims_that_stand_and_fall_together_count_as_fewer() -> None:
    together = calibration.figures(batches([[0], [10], [0], [10]], 10))
    apart = calibration.figures(batches([[5], [5], [5], [5]], 10))
    assert calibration.design_effect(batches([[0], [10], [0], [10]], 10)) == 10
    assert together.true.item() == apart.true.item() == 50
    assert together.stated.item() == 5 and (together.claims.item(), together.series.item()) == (40, 8)
    # Jeffreys' interval for 2 of 4, and for 20 of 40
    assert (together.low.item(), together.high.item()) == pytest.approx((12.3, 87.7), abs=0.1)
    assert (apart.low.item(), apart.high.item()) == pytest.approx((35, 65), abs=0.1)


def test_measuring_again_replaces_what_was_measured_and_keeps_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "calibration.csv"
    file.write_bytes(calibration.FILE.read_bytes())
    before = pd.read_csv(file)
    monkeypatch.setattr(simulated, "REGIMES", {"large": simulated.REGIMES["large"]})
    monkeypatch.setattr(calibration, "POPULATIONS", 2)
    calibration.write(None, file)
    after = pd.read_csv(file)
    assert set(after.regime) == set(before.regime) and list(after.columns) == list(before.columns)
    assert set(after[after.regime == "large"].series) == {2} and set(before[before.regime == "large"].series) != {2}
    assert (
        after[after.regime != "large"]
        .reset_index(drop=True)
        .equals(before[before.regime != "large"].reset_index(drop=True))
    )


@pytest.mark.skipif(BENCH is None, reason=ABSENT)
def test_the_program_is_run_and_its_counts_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BENCH
    monkeypatch.setattr(calibration, "SEEDS", range(2, 3))
    monkeypatch.setattr(calibration, "SIMULATIONS", 1)
    told = pd.DataFrame(calibration.by_program(BENCH))
    assert {"sparse", "medium", "dense", "calm", "scale", "real"} <= set(told.regime) <= set(page.REGIMES)
    assert (told.claims > 0).all() and told.true.between(0, told.claims).all()
    assert (told.stated / told.claims).between(told.tenth / 10, (told.tenth + 1) / 10).all()


def test_the_figures_are_well_formed_and_every_regime_has_words() -> None:
    rows = pd.read_csv(calibration.FILE)
    assert list(rows.columns) == ["regime", "series", "tenth", "claims", "stated", "true", "low", "high", "method"]
    assert set(rows.regime) == set(page.REGIMES) and set(simulated.REGIMES) < set(page.REGIMES)
    assert not rows.duplicated(["regime", "tenth"]).any() and rows.tenth.between(0, 9).all()
    assert (rows.claims > 0).all() and (rows.series > 0).all()
    assert (rows.stated.between(10 * rows.tenth, 10 * rows.tenth + 10)).all()
    assert ((rows.low <= rows.true) & (rows.true <= rows.high) & rows.low.ge(0) & rows.high.le(100)).all()
    both = rows[rows.tenth.isin([0, 9])].groupby("regime").tenth.nunique()
    assert (both == 2).all()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, store: Store) -> Any:
    """Open the page: ``visit(regime="calm")``."""

    def visit(**query: str) -> AppTest:
        monkeypatch.setenv("TRACKER_DATABASE_URL", store.url)
        app = AppTest.from_file(ROOT / "tracker" / "ui" / "main.py", default_timeout=60)
        app.switch_page("pages/calibration.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return visit


def text(app: AppTest) -> str:
    """What the page says in markdown."""
    return "\n".join(str(each.value) for each in app.markdown)


def test_the_page_draws_what_was_measured(visit: Any) -> None:
    app = visit()
    assert not app.exception and len(app.title) == 1
    (chart,) = app.get("vega_lite_chart")
    assert "Probability stated" in chart.proto.spec
    calm, real = (page.figures()[page.figures().regime == regime] for regime in ("sparse", "real"))
    tables = [table.value for table in app.table]
    assert [len(table) for table in tables] == [len(calm), len(real), len(page.REGIMES)]
    assert tables[0]["Claims"].iloc[-1].replace(",", "") == str(calm.claims.iloc[-1])
    assert "Shirani-Mehr" in text(app) and "Nobody has a fix" in text(app)


def test_the_page_says_where_the_model_is_too_sure(visit: Any) -> None:
    app = visit(regime="calm")
    assert app.selectbox(key="regime").value == "calm"
    over = page.too_sure()
    assert over and all(sentence in text(app).replace("\\", "") for sentence in over)
    # which no pooling of polls can see
    assert any(sentence.startswith("pollsters that copy one another: 2 % stated") for sentence in over)
    assert any(sentence.startswith("one pollster strays ever further") for sentence in over)


def test_a_word_of_the_address_that_is_no_regime_is_said_to_be_none(visit: Any) -> None:
    app = visit(regime="nonsense")
    assert app.selectbox(key="regime").value == page.USUAL
    assert any("nonsense" in each.value for each in app.caption)
