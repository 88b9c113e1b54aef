"""Before and after an event: within one instrument, with an interval, and with whatever else happened."""

import datetime as dt
from types import SimpleNamespace

import pytest

from tracker import events, series, trend
from tracker.store import Store

MENG = "meng-wanzhou-arrest-2018"


def event(date: str, precision: str = "day", end: str | None = None, name: str = "it") -> SimpleNamespace:
    last = dt.date.fromisoformat(end) if end else None
    return SimpleNamespace(id=name, date=dt.date.fromisoformat(date), date_precision=precision, end_date=last)


@pytest.mark.parametrize(
    ("date", "precision", "end", "last"),
    [
        ("2024-02-01", "day", None, "2024-02-01"),
        ("2024-02-01", "month", None, "2024-02-29"),
        ("2024-01-01", "year", None, "2024-12-31"),
        ("2024-02-01", "day", "2024-02-05", "2024-02-05"),
    ],
)
def test_the_last_day_that_a_date_allows(date: str, precision: str, end: str | None, last: str) -> None:
    assert events.bounds(event(date, precision, end)) == (dt.date.fromisoformat(date), dt.date.fromisoformat(last))


def test_readings_are_compared_within_an_instrument_or_not_at_all(record: Store) -> None:
    """Pew's telephone polls of 2017 and 2018 (48 and 44 percent) against 2019 and 2020 (27 and 23)."""
    readings = series.read(record, "ca-adults", "china")
    happened = next(row for row in record.events() if row.id == MENG)
    found = events.before_after(readings, None, happened)
    pew = next(side for side in found.sides if side.instrument.startswith("pew-research-center"))
    assert pew.before == ("pew-2017-ca-china", "pew-2018-ca-china")
    assert pew.after == ("pew-2019-ca-china", "pew-2020-ca-china")
    assert pew.change == -21
    assert pew.margin == pytest.approx(2.8, abs=0.05)
    angus_reid = next(side for side in found.sides if side.instrument.startswith("angus-reid"))
    assert (len(angus_reid.before), angus_reid.change) == (1, None)


def test_a_reading_of_another_time_is_on_no_side(record: Store) -> None:
    """Gallup asked Americans in 2000 and then in February 2018, ten months before the event."""
    readings = series.read(record, "us-adults", "china")
    gallup = next(
        side
        for side in events.before_after(readings, None, event("2018-12-01")).sides
        if side.instrument.startswith("gallup")
    )
    assert [name[:11] for name in (*gallup.before, *gallup.after)] == ["gallup-2018", "gallup-2019", "gallup-2020"]
    assert (gallup.change, gallup.margin) == (None, None)


@pytest.mark.parametrize(
    ("kind", "quadrant"),
    [("SANCTION", "verbal-conflict"), ("CONSULT", "verbal-cooperation"), ("RETREAT", "material-cooperation")],
)
def test_a_type_has_one_quadrant_and_no_type_has_none(kind: str, quadrant: str) -> None:
    assert events.quadrant(SimpleNamespace(plover_type=kind)) == quadrant
    assert events.quadrant(SimpleNamespace(plover_type=None)) is None
    assert len(events.PLOVER) == 19 and set(events.QUADRANTS) == set(events.QUADRANT_NAMES)


def test_the_trend_changes_with_an_interval_and_other_events_are_named(record: Store) -> None:
    readings = series.read(record, "ca-adults", "china")
    happened = next(row for row in record.events() if row.id == MENG)
    found = events.before_after(readings, trend.fit(readings), happened, record.events("china"), window_days=365)
    assert found.change is not None and found.low95 is not None and found.high95 is not None
    assert found.low95 < found.change < found.high95 < 0
    assert "kovrig-spavor-detained-2018" in found.others or len(found.others) > 3
    assert MENG not in found.others
    assert found.sentence().startswith("Around this time, from 1 December 2017 to 1 December 2019")


def test_a_change_is_set_against_those_around_other_dates(record: Store) -> None:
    """Opinion fell by ten points around Meng's arrest, and hardly moved around the motion of 2021."""
    readings = series.read(record, "ca-adults", "china")
    found = {row.id: row for row in record.events("china")}
    arrest, motion = (
        events.before_after(readings, trend.fit(readings), found[name])
        for name in (MENG, "uyghur-genocide-motion-2021")
    )
    assert arrest.placebo is not None and motion.placebo is not None
    assert arrest.placebo < 0.1 and motion.placebo > 0.4
    assert 50 < arrest.placebos < 250
    assert f"of {arrest.placebos} other dates" in arrest.sentence()


def test_a_series_as_short_as_the_window_has_no_placebos(record: Store) -> None:
    readings = series.read(record, "ca-adults", "china")
    readings = readings[readings.field_start >= "2024-06-01"].reset_index(drop=True)
    found = events.before_after(readings, trend.fit(readings), event("2025-03-01"), window_days=730)
    assert (found.placebo, found.placebos) == (None, 0)
    assert "other dates" not in found.sentence()


def test_without_a_trend_there_is_no_change(record: Store) -> None:
    readings = series.read(record, "ca-adults", "china").iloc[:0]
    found = events.before_after(readings, None, event("2020-01-01"))
    assert (found.sides, found.change) == ((), None)
    assert "not enough" in found.sentence()
