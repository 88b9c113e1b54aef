"""The trend as a reader of it meets it: from a table of readings to a level, its doubt, and paths."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tracker import series, trend
from tracker.store import Store

pytestmark = pytest.mark.usefixtures("nothing_kept")


@pytest.fixture
def nothing_kept() -> None:
    trend._kept.clear()


def table(text: str, **columns: Any) -> pd.DataFrame:
    """Readings from lines of: end of fieldwork, pollster, value, interviews (or -), scale (or nothing)."""
    rows = []
    for i, line in enumerate(text.strip().splitlines()):
        day, pollster, value, n, *scale = line.split()
        rows.append(
            {
                "poll": f"poll-{i}",
                "question": f"q{i}",
                "pollster": pollster,
                "value": float(value),
                "unit": "percent",
                "base": None,
                "sample_size": None if n == "-" else int(n),
                "field_start": pd.Timestamp(day) - pd.Timedelta(days=3),
                "field_end": pd.Timestamp(day),
                "date_precision": "day",
                "scale": scale[0] if scale else "favourable-4",
                "low": np.nan,
                "high": np.nan,
                "object": "country",
                "comparable": True,
            }
        )
    return pd.DataFrame(rows).astype({"base": "Int64", "sample_size": "Int64"}).assign(**columns)


STEADY = """
    2020-01-15 ipsos   40 1000
    2020-06-15 leger   44 1000
    2021-01-15 ipsos   41 1200
    2021-06-15 leger   45 -
    2022-01-15 ipsos   40 1000
    2022-06-15 nanos   43 1000 positive-5
    2023-01-15 ipsos   42 1000
    2023-06-15 leger   46 1500
"""
DAY = dt.date(2023, 6, 15)


def width(found: trend.Trend, day: dt.date) -> float:
    band = found.band([day]).iloc[0]
    return float(band.high95 - band.low95)


def test_band_holds_its_intervals_in_order_and_widens_away_from_the_readings() -> None:
    found = trend.fit(table(STEADY))
    band = found.band([DAY, dt.date(2026, 6, 15)])
    order = band[["low95", "low80", "low50", "level", "high50", "high80", "high95"]].to_numpy()
    assert (np.diff(order, axis=1) > 0).all()
    assert 38 < band.level[0] < 48
    assert width(found, dt.date(2026, 6, 15)) > width(found, DAY) + 5
    assert width(found, dt.date(2015, 6, 15)) > width(found, DAY) + 5


def test_paths_agree_with_the_band_and_with_themselves() -> None:
    found = trend.fit(table(STEADY))
    days = [dt.date(2024, 1, 1), DAY, DAY]
    paths = found.paths(days, 20_000)
    assert paths.shape == (20_000, 3)
    np.testing.assert_array_equal(paths[:, 1], paths[:, 2])
    np.testing.assert_array_equal(paths, found.paths(days, 20_000))
    assert (paths != found.paths(days, 20_000, seed=1)).any()
    band = found.band(days)
    np.testing.assert_allclose(np.quantile(paths, 0.5, axis=0), band.level, atol=0.15)
    np.testing.assert_allclose(np.quantile(paths, 0.975, axis=0), band.high95, atol=0.4)


def test_asking_again_costs_nothing_and_any_change_that_matters_is_a_new_fit() -> None:
    rows = table(STEADY)
    first = trend.fit(rows).model
    assert trend.fit(rows.copy()).model is first
    assert trend.fit(rows.assign(value=rows.value + 1)).model is not first
    assert trend.fit(rows.assign(date_precision="month")).model is not first
    assert trend.fit(rows.assign(pollster="one")).model is not first
    listed = pd.concat([rows, rows.tail(1).assign(question="other", comparable=False)], ignore_index=True)
    assert trend.fit(listed).model is first


def test_a_correction_that_the_model_does_not_see_is_in_the_readings_all_the_same() -> None:
    rows = table(STEADY)
    trend.fit(rows)
    assert trend.fit(rows.assign(note="corrected")).readings.note.tolist() == ["corrected"] * 8


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trend, "KEPT", 2)
    for shift in range(4):
        trend.fit(table(STEADY).assign(value=40.0 + shift).head(2))
    assert len(trend._kept) == 2


def test_nothing_to_pool_says_so() -> None:
    with pytest.raises(trend.NotPooled, match="No reading"):
        trend.fit(table(STEADY, comparable=False))
    mixed = table(STEADY)
    mixed.loc[0, "unit"] = "points"
    with pytest.raises(trend.NotPooled, match="common unit"):
        trend.fit(mixed)


@pytest.mark.parametrize("shares", [(0, 0, 0), (100, 100, 100), (0, 100, 50)])
def test_shares_of_nothing_and_everything(shares: tuple[float, ...]) -> None:
    rows = table(STEADY).head(3).assign(value=[float(share) for share in shares])
    band = trend.fit(rows).band([DAY]).iloc[0]
    assert 0 <= band.low95 < band.level < band.high95 <= 100


def test_two_readings_leave_much_doubt() -> None:
    found = trend.fit(table(STEADY).head(2))
    assert width(found, dt.date(2020, 3, 15)) > 8
    paths = found.paths([dt.date(2020, 1, 15), dt.date(2020, 6, 15)])
    assert 0.5 < (paths[:, 1] > paths[:, 0]).mean() < 0.95


def test_one_pollster_keeps_the_doubt_about_its_house_effect() -> None:
    text = "\n".join(f"2020-{month:02}-15 ipsos 40 5000" for month in range(1, 13))
    found = trend.fit(table(text))
    assert width(found, dt.date(2020, 6, 15)) > 4
    assert not found.house_effects().estimable.any()


def test_a_date_known_only_to_the_year_counts_for_less_than_interviews_spread_over_the_year() -> None:
    rows = table(STEADY)
    rows.loc[7, "field_start"], rows.loc[7, "field_end"] = pd.Timestamp("2023-01-01"), pd.Timestamp("2023-12-31")
    spread = trend.fit(rows)
    rows.loc[7, "date_precision"] = "year"
    assert trend.fit(rows).readings.weight[7] < spread.readings.weight[7] - 0.02


def test_a_thousand_readings_on_one_day() -> None:
    text = "\n".join(f"2020-06-15 p{i % 20} {40 + i % 7} 1000" for i in range(1000))
    found = trend.fit(table(text))
    band = found.band([dt.date(2020, 6, 15), dt.date(2021, 6, 15)])
    assert 42 < band.level[0] < 44
    assert band.high95[1] - band.low95[1] > 4


def test_contradictory_duplicates_widen_the_band() -> None:
    same = table("2020-06-15 a 40 1000\n2020-06-15 a 40 1000\n2021-06-15 b 42 1000\n2021-06-15 b 42 1000")
    torn = table("2020-06-15 a 20 1000\n2020-06-15 a 60 1000\n2021-06-15 b 42 1000\n2021-06-15 b 42 1000")
    assert width(trend.fit(torn), dt.date(2020, 6, 15)) > 1.5 * width(trend.fit(same), dt.date(2020, 6, 15))


def test_missing_sample_sizes_everywhere() -> None:
    assert width(trend.fit(table(STEADY, sample_size=pd.NA)), DAY) > 2


def test_a_mean_between_known_ends_is_pooled_on_its_own_scale() -> None:
    rows = table(STEADY, unit="points", low=0.0, high=10.0)
    rows["value"] = rows["value"] / 10
    band = trend.fit(rows).band([DAY]).iloc[0]
    assert 3.5 < band.low95 < band.level < band.high95 < 5.5


def test_a_net_is_pooled_between_its_ends() -> None:
    rows = table(STEADY, unit="points")
    rows["value"] = rows["value"] - 50
    band = trend.fit(rows).band([DAY]).iloc[0]
    assert -16 < band.low95 < band.level < band.high95 < 6


def test_house_effects_have_the_sign_of_what_the_pollster_reads_above_the_others() -> None:
    rng = np.random.default_rng(2)
    lines = [
        f"2020-{1 + i // 3:02}-{1 + 9 * (i % 3):02} {name} {40 + shift + rng.normal(0, 1):.1f} 1500"
        for i in range(36)
        for name, shift in [(("high", 4), ("low", -4), ("mid", 0))[i % 3]]
    ]
    effects = trend.fit(table("\n".join(lines))).house_effects().set_index("pollster")
    assert effects.effect["high"] > 2 > effects.effect["mid"] > -2 > effects.effect["low"]
    assert effects.readings.tolist() == [12, 12, 12]
    assert effects.estimable.all()


def test_a_pollster_alone_on_its_scale_has_no_estimable_house_effect() -> None:
    effects = trend.fit(table(STEADY)).house_effects().set_index("pollster")
    assert effects.estimable.to_dict() == {"ipsos": True, "leger": True, "nanos": False}


def test_weights_say_what_moves_the_last_day() -> None:
    rows = table(STEADY)
    found = trend.fit(rows)
    moved = rows.copy()
    moved.loc[7, "value"] += 1.0
    step = trend.fit(moved).band([found.last]).level[0] - found.band([found.last]).level[0]
    assert found.readings.weight.idxmax() == 7
    assert step == pytest.approx(found.readings.weight[7], abs=0.15)
    assert 0.5 < found.readings.weight.sum() <= 1.05


def test_a_stray_reading_is_held_back_and_said_to_be() -> None:
    text = "\n".join(f"20{20 + i // 12}-{1 + i % 12:02}-15 p{i % 3} {40 + i % 2} 1000" for i in range(30))
    rows = table(text)
    rows.loc[15, "value"] = 70.0
    held = trend.fit(rows).readings.held_back
    assert held[15] > 0.5
    assert held.drop(15).max() < 0.4


def test_hyperparameters_have_intervals_and_meanings() -> None:
    found = trend.fit(table(STEADY)).hyperparameters()
    assert found.name.tolist() == ["s", "tau", "kappa", "omega", "phi"]
    assert ((found.low95 < found.value) & (found.value < found.high95)).all()
    learnt = found.set_index("name")
    assert learnt.value_points["s"] == pytest.approx(25 * learnt.value["s"])
    assert np.isnan(learnt.value_points["phi"])


def test_noise_beyond_sampling_is_told_from_sampling_and_belongs_to_the_pollster_that_makes_it() -> None:
    rng = np.random.default_rng(4)
    lines = [
        f"20{20 + i // 24}-{1 + i // 2 % 12:02}-{1 + 14 * (i % 2):02} {('calm', 'wild')[i % 2]} "
        f"{40 + rng.normal(0, (1, 6)[i % 2]):.1f} 1500"
        for i in range(72)
    ]
    found = trend.fit(table("\n".join(lines)))
    by = found.readings.groupby("pollster").noise.median()
    assert by["wild"] > 2 * by["calm"] > 2 * found.readings.sampling.median()
    assert found.readings.sampling.median() == pytest.approx(100 * np.sqrt(0.24 / 1500), abs=0.1)
    factor = found.house_effects().set_index("pollster").noise
    assert factor["wild"] > 1.5 > 0.6 > factor["calm"]


def test_a_long_series_has_intervals_too() -> None:
    lines = [
        f"20{10 + i // 96}-{1 + i // 8 % 12:02}-{1 + 3 * (i % 8):02} p{i % 6} {40 + i % 5} 1000" for i in range(900)
    ]
    found = trend.fit(table("\n".join(lines)))
    learnt = found.hyperparameters()
    assert ((learnt.low95 < learnt.value) & (learnt.value < learnt.high95)).all()
    assert found.readings.weight.tail(50).sum() > found.readings.weight.head(50).sum()


def asked_of_both(gap: float, polls: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = [f"202{i % 5}-0{1 + i % 9}-15 p{i % 3} {30 + 3 * i % 17} 1000" for i in range(polls)]
    a = table("\n".join(lines))
    return a.assign(value=a.value + gap), a


def test_difference_within_polls_is_surer_than_the_difference_of_two_bands() -> None:
    a, b = asked_of_both(4.0, 12)
    day = dt.date(2024, 5, 1)
    paths = trend.difference(a, b).paths([day])[:, 0]
    assert np.median(paths) == pytest.approx(4, abs=1.5)
    apart = trend.fit(a).paths([day], seed=1)[:, 0] - trend.fit(b).paths([day], seed=2)[:, 0]
    assert paths.std() < 0.7 * apart.std()


def test_difference_needs_polls_that_asked_both_in_the_same_way() -> None:
    a, b = asked_of_both(4.0, 4)
    with pytest.raises(trend.NotPooled, match="both"):
        trend.difference(a, b.assign(poll="another"))
    with pytest.raises(trend.NotPooled, match="both"):
        trend.difference(a, b.assign(scale="another"))


@pytest.mark.parametrize(
    ("known_by", "expected"), [(dt.date(2025, 4, 21), 0.68), (None, 0.97)], ids=["then", "with all readings"]
)
def test_canadians_and_china_over_the_year_to_april_2025(
    record: Store, known_by: dt.date | None, expected: float
) -> None:
    """What a reference implementation of the model found: unsettled on the day, supported since."""
    readings = series.read(record, "ca-adults", "china", known_by=known_by)
    paths = trend.fit(readings).paths([dt.date(2024, 4, 21), dt.date(2025, 4, 21)], 20_000)
    assert (paths[:, 1] > paths[:, 0]).mean() == pytest.approx(expected, abs=0.05)
