"""The chart as a reader meets it: one time axis, honest marks, the same definition on a page and in a picture."""

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import pandas as pd
import pytest

from tracker import charts, series, trend
from tracker.charts import theme
from tracker.settings import ROOT
from tracker.store import Store

TODAY = dt.date(2026, 11, 22)


@dataclass(frozen=True)
class Drawn:
    readings: pd.DataFrame
    events: pd.DataFrame
    claims: pd.DataFrame
    chart: Any

    @cached_property
    def spec(self) -> dict[str, Any]:
        return self.chart.to_dict()

    def layers(self, mark: str) -> list[dict[str, Any]]:
        return [layer for layer in self.spec["layer"] if layer["mark"]["type"] == mark]

    def rows(self, layer: dict[str, Any]) -> list[dict[str, Any]]:
        return self.spec["datasets"][layer["data"]["name"]]


@pytest.fixture(scope="module")
def canada_on_china(record: Store) -> Drawn:
    readings = series.read(record, "ca-adults", "china")
    events = charts.event_table(record.events("china"), {"CA", "CN"})
    rows = record.claims("ca-adults", "china")
    words = dict(zip([row.id for row in rows], [(word, word) for word in charts.VERDICTS] * 9, strict=False))
    claims = charts.claim_table(rows, words, pd.Timedelta(days=7700))
    return Drawn(readings, events, claims, charts.trend_chart(readings, trend.fit(readings), events, claims))


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pages_repeat_the_colours_of_the_charts(name: str) -> None:
    page = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]
    colours = theme.COLOURS[name]
    assert page["chartCategoricalColors"] == theme.palette(name)
    assert (page["backgroundColor"], page["textColor"]) == (colours["ground"], colours["ink"])
    assert (page["primaryColor"], page["borderColor"]) == (colours["accent"], colours["hairline"])


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_mark_and_every_text_can_be_told_from_its_ground(name: str) -> None:
    colours = theme.COLOURS[name]
    assert min(contrast(colour, colours["ground"]) for colour in theme.palette(name)) >= 3
    assert min(contrast(colours[text], colours["panel"]) for text in ("ink", "muted", "link")) >= 4.5
    assert contrast(colours["accent"], "#ffffff") >= 4.5


def test_no_two_pollsters_and_no_two_verdicts_differ_by_colour_alone() -> None:
    for signs in (theme.POLLSTERS, charts.VERDICTS.values()):
        assert all(one[1] != other[1] for one, other in combinations(signs, 2))


def test_everything_shares_one_time_axis_and_stands_below_the_values(canada_on_china: Drawn) -> None:
    layers = canada_on_china.spec["layer"]
    domains = {str(layer["encoding"]["x"]["scale"]["domain"]) for layer in layers if "scale" in layer["encoding"]["x"]}
    assert len(domains) == 1
    y = next(layer["encoding"]["y"] for layer in canada_on_china.layers("point"))
    assert y["scale"]["range"][0]["expr"].startswith("height - ")
    assert canada_on_china.spec["width"] == "container"


def test_the_points_are_the_readings_and_the_band_is_the_trends(canada_on_china: Drawn) -> None:
    solid = next(layer for layer in canada_on_china.layers("point") if layer["mark"]["filled"])
    shown = {row["question"]: row["value"] for row in canada_on_china.rows(solid)}
    pooled = canada_on_china.readings[canada_on_china.readings["comparable"]]
    assert shown == dict(zip(pooled["question"], pooled["value"], strict=True))
    areas = canada_on_china.layers("area")
    assert [layer["encoding"]["y"]["field"] for layer in areas] == ["low95", "low80", "low50"]
    level = canada_on_china.rows(areas[0])
    assert (level[0]["date"][:10], level[-1]["date"][:10]) == ("2005-04-20", "2025-12-31")


def test_lines_join_comparable_readings_of_one_instrument_only(canada_on_china: Drawn) -> None:
    joins = [layer for layer in canada_on_china.layers("line") if "detail" in layer["encoding"]]
    assert [layer["encoding"]["detail"]["field"] for layer in joins] == ["instrument"]
    assert all(row["comparable"] for row in canada_on_china.rows(joins[0]))


def test_a_mean_of_ten_never_stands_among_percentages(canada_on_china: Drawn) -> None:
    values = [
        row["value"]
        for layer in canada_on_china.layers("point")
        for row in canada_on_china.rows(layer)
        if "value" in row
    ]
    assert 3.1 not in values
    apart = charts.on_own_scales(canada_on_china.readings)
    assert list(apart["question"]) == ["abacus-2024-china-rating"]
    panel = charts.panel_chart(apart, (dt.date(2005, 1, 1), dt.date(2026, 1, 1)), ["Abacus Data"]).to_dict()
    domains = [layer["encoding"]["y"]["scale"]["domain"] for layer in panel["layer"] if "y" in layer["encoding"]]
    assert domains and all(domain == [0, 10] for domain in domains)


def test_at_most_six_events_are_labelled_and_their_labels_step_down_with_time(canada_on_china: Drawn) -> None:
    labelled = canada_on_china.events[canada_on_china.events["number"] > 0]
    assert len(labelled) == 6
    assert labelled["date"].is_monotonic_increasing and list(labelled["row"]) == [0, 1, 2, 3, 4, 5]
    assert "meng-wanzhou-arrest-2018" in set(labelled["event"])


def test_claims_made_at_one_time_stand_on_rows_of_their_own(canada_on_china: Drawn) -> None:
    day = canada_on_china.claims[canada_on_china.claims["date"] == pd.Timestamp("2025-04-21")]
    assert len(day) > 1 and day["row"].is_unique


@pytest.mark.parametrize("width", [330, 900])
def test_a_picture_is_as_wide_as_asked_and_names_what_it_shows(canada_on_china: Drawn, width: int) -> None:
    svg = charts.figure(canada_on_china.chart, "svg", width=width).decode()
    assert f'width="{width}"' in svg
    for text in ("Pew Research Center", "Macdonald-Laurier Institute", "not testable by polls", "Claims", "Events"):
        assert f">{text}<" in svg
    assert "NaN" not in svg


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pictures_come_in_both_themes(canada_on_china: Drawn, name: str) -> None:
    assert theme.COLOURS[name]["ground"] in charts.figure(canada_on_china.chart, "svg", name).decode()
    assert charts.figure(canada_on_china.chart, "png", name).startswith(b"\x89PNG")


def test_the_headline_sets_the_newest_reading_against_the_one_before_it(canada_on_china: Drawn) -> None:
    said = charts.headline(canada_on_china.readings, "Canadian adults", "China", "favourability", "positive")
    assert said.replace("\u00a0", " ") == (
        "34 % of Canadian adults viewed China favourably "
        "(Pew Research Center, 8 January – 26 April 2025), up from 21 % in 2024"
    )


def test_the_headline_of_nothing_says_so(canada_on_china: Drawn) -> None:
    none = canada_on_china.readings.head(0)
    assert charts.headline(none, "Canadian adults", "China", "favourability", "positive").startswith(
        "No poll of Canadian adults"
    )
    assert charts.counts(none, TODAY) == ""


def test_counts_name_polls_pollsters_interviews_and_age(canada_on_china: Drawn) -> None:
    assert charts.counts(canada_on_china.readings, TODAY) == (
        "39 of 44 polls comparable · 6 pollsters · 22,626 interviews in the 20 polls that give their sample · "
        "last fieldwork at least 326 days ago"
    )


def test_a_population_keeps_its_place_in_the_sentence(canada_on_china: Drawn) -> None:
    said = charts.headline(canada_on_china.readings, "Adults in Thailand", "China", "favourability", "positive")
    assert " of adults in Thailand viewed China" in said


def test_more_than_eight_pollsters_share_the_sign_of_others(canada_on_china: Drawn) -> None:
    many = canada_on_china.readings[canada_on_china.readings["comparable"]].head(12).copy()
    many["pollster_name"] = [f"Pollster {number:02}" for number in range(12)]
    spec = charts.trend_chart(many).to_dict()
    solid = [layer for layer in spec["layer"] if layer["mark"].get("filled") and "shape" in layer["encoding"]]
    assert solid[0]["encoding"]["shape"]["legend"]["values"][-1] == "other pollsters"


def test_a_chart_of_nothing_is_still_a_chart(canada_on_china: Drawn) -> None:
    assert b"<svg" in charts.figure(charts.trend_chart(canada_on_china.readings.head(0)))


@pytest.mark.parametrize(("measure", "said"), [("positive", r"stood at \d+ % on"), ("net", r"stood at −\d+ points on")])
def test_the_summary_says_shares_and_differences_as_what_they_are(record: Store, measure: str, said: str) -> None:
    found = trend.fit(series.read(record, "ca-adults", "china", measure=measure))
    assert re.search(said, charts.summary(found).replace("\u00a0", " "))
