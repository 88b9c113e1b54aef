"""The chart as a reader meets it: one time axis, honest marks, the same definition on a page and in a picture."""

import datetime as dt
import json
import re
import struct
import tomllib
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tracker import charts, language, series, trend
from tracker.charts import Attitude, Choices, Line, Source, View, lanes, layout, theme
from tracker.settings import ROOT
from tracker.store import Store

TODAY = dt.date(2026, 11, 22)
ON_CHINA = Attitude("ca-adults", "china")


class Drawn:
    """A chart taken apart: its layers, however deep, and the rows of each."""

    def __init__(self, chart: charts.Chart) -> None:
        self.chart = chart
        self.parts = list(self._parts(chart.spec))

    def _parts(self, spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for part in spec["layer"]:
            yield from [part] if "mark" in part else self._parts(part)

    def layers(self, mark: str) -> list[dict[str, Any]]:
        return [part for part in self.parts if part["mark"]["type"] == mark]

    def rows(self, layer: dict[str, Any]) -> pd.DataFrame:
        return self.chart.tables[layer["data"]["name"]]

    def solid(self) -> pd.DataFrame:
        """The points that count in the trend, those of the main axis first."""
        marks = [part for part in self.layers("point") if part["mark"]["filled"] and "shape" in part["encoding"]]
        return self.rows(marks[0])


@pytest.fixture(scope="module")
def source(record: Store) -> Source:
    return Source(record)


@pytest.fixture(scope="module")
def view(source: Source) -> View:
    """Canadians on China, with every claim and event."""
    return View(source, Choices(ON_CHINA))


@pytest.fixture(scope="module")
def canada_on_china(view: View) -> Drawn:
    return Drawn(view.chart)


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
    x = [part["encoding"]["x"] for part in canada_on_china.parts]
    assert len({str(place["scale"]["domain"]) for place in x if "scale" in place}) == 1
    y = next(part["encoding"]["y"] for part in canada_on_china.layers("point"))
    assert y["scale"]["range"][0]["expr"].startswith("height - ")
    assert canada_on_china.chart.spec["width"] == "container"


def test_storeys_stand_below_each_other_and_leave_room_for_the_values() -> None:
    full = layout.Layout(panels=1, claim_rows=(14, 9), events=True)
    for width in (layout.NARROW - 1, layout.NARROW):
        tops = [_worked_out(full.down(name)["value"]["expr"], full.height, width) for name in layout.STOREYS]
        assert tops == sorted(tops) and tops[0] >= layout.VALUES
        assert tops[0] == _worked_out(full.values()["expr"], full.height, width)
    assert layout.Layout().height == layout.VALUES


def _worked_out(expression: str, height: int, width: int) -> float:
    text = re.sub(r"\(width < (\d+) \? (\S+) : (\S+)\)", r"(\2 if width < \1 else \3)", expression)
    return float(eval(text, {"height": height, "width": width}))


def test_the_points_are_the_readings_and_the_band_is_the_trends(canada_on_china: Drawn, view: View) -> None:
    solid, pooled = canada_on_china.solid(), view.readings[view.readings["comparable"]]
    assert dict(zip(solid["question"], solid["value"], strict=True)) == dict(
        zip(pooled["question"], pooled["value"], strict=True)
    )
    areas = canada_on_china.layers("area")
    assert [layer["encoding"]["y"]["field"] for layer in areas] == ["low95", "low80", "low50"]
    level = canada_on_china.rows(areas[0])["date"]
    assert (str(level.iloc[0])[:10], str(level.iloc[-1])[:10]) == ("2005-04-20", "2025-12-31")


def test_a_reading_dated_to_its_year_has_a_whisker_as_long_as_the_year(canada_on_china: Drawn) -> None:
    whiskers = next(part for part in canada_on_china.layers("rule") if "strokeDash" in part["encoding"])
    rows = canada_on_china.rows(whiskers)
    year = rows[rows["when"] == "2025"].iloc[0]
    assert (year["end"] - year["start"]).days == 365 and not year["certain"]


def test_lines_join_comparable_readings_of_one_instrument_only(canada_on_china: Drawn) -> None:
    joins = [layer for layer in canada_on_china.layers("line") if "detail" in layer["encoding"]]
    assert {layer["encoding"]["detail"]["field"] for layer in joins} == {"instrument"}
    assert all(canada_on_china.rows(layer)["comparable"].all() for layer in joins)


def test_a_mean_of_ten_stands_in_a_panel_of_its_own_on_the_same_time_axis(canada_on_china: Drawn) -> None:
    assert 3.1 not in set(canada_on_china.solid()["value"])
    main, panel = canada_on_china.chart.spec["layer"]
    drawn = [part for part in panel["layer"] if part["mark"]["type"] == "point"]
    assert {value for part in drawn for value in canada_on_china.rows(part)["value"]} == {3.1}
    assert drawn[0]["encoding"]["y"]["scale"]["domain"] == [0, 10]
    assert drawn[0]["encoding"]["x"] == main["layer"][0]["encoding"]["x"]
    assert canada_on_china.chart.spec["resolve"]["scale"]["y"] == "independent"


def test_six_events_are_named_and_keep_their_distance(view: View) -> None:
    assert len(view.named) == charts.MOST_LABELS
    dates = pd.Series([row.date for row in view.named])
    assert dates.is_monotonic_increasing and dates.diff().min() >= view.time / lanes.LABELS_APART
    assert "meng-wanzhou-arrest-2018" in {row.event for row in view.named}
    assert sorted(view.event_table["rank"]) == list(range(len(view.events)))


def test_a_reader_who_zooms_in_meets_the_names_of_what_is_there(canada_on_china: Drawn) -> None:
    titles = next(part for part in canada_on_china.layers("text") if "limit" in part["mark"] and part["mark"]["clip"])
    assert {"filter": {"param": "window"}} in titles["transform"]
    assert {"filter": "datum.place <= 6"} in titles["transform"]


def test_ticks_of_three_heights_tell_the_priority_of_events(view: View) -> None:
    assert set(view.event_table["level"]) == {1, 2, 3}


@pytest.mark.parametrize("width", [0, 1])
@pytest.mark.parametrize("compare", [None, "united-states"])
def test_no_mark_of_a_claim_covers_another_narrow_or_wide_zoomed_in_or_not(
    source: Source, compare: str | None, width: int
) -> None:
    view = View(source, Choices(ON_CHINA, compare))
    table = charts.claim_table(view.claims, view.words, view.time)
    name = ("narrow", "wide")[width]
    for zoom in (1, 3, 20):
        pixel = view.time / layout.WIDTHS[width] / zoom
        x = list((table["date"] - table["date"].min()) / pixel - table[f"left_{name}"])
        rows = table[f"row_{name}"]
        pairs = [(one, other) for one, other in combinations(range(len(x)), 2) if rows[one] == rows[other]]
        assert pairs and min(abs(x[one] - x[other]) for one, other in pairs) > 10.9
    assert rows.max() < layout.MOST_ROWS[width]


def test_a_claim_whose_verdict_turned_shows_both_marks(canada_on_china: Drawn, view: View) -> None:
    turned = next(
        part
        for part in canada_on_china.layers("point")
        if part["encoding"].get("color", {}).get("field") == "known_then"
    )
    rows = canada_on_china.rows(turned)
    assert "wang-di-2025-04-opinion-shifting" in set(rows["claim"])
    assert set(rows["claim"]) == {name for name, (then, now) in view.words.items() if then != now}


@pytest.mark.parametrize("width", [330, 900])
def test_a_picture_is_as_wide_as_asked_and_names_what_it_shows(view: View, width: int) -> None:
    svg = view.picture("svg", "light", charts.Picture(width)).decode()
    assert f'width="{width}"' in svg
    for text in ("Pew Research Center", "Macdonald-Laurier Institute", "not testable by polls", "Claims", "Events"):
        assert f">{text}<" in svg
    assert "34\u00a0% of Canadian adults viewed China" in svg and "NaN" not in svg


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pictures_come_in_both_themes(view: View, name: str) -> None:
    assert theme.COLOURS[name]["ground"] in view.picture("svg", name, charts.Picture()).decode()


def test_the_card_of_a_link_has_the_size_that_networks_want(view: View) -> None:
    card = view.picture("png", "light", charts.CARD)
    assert card.startswith(b"\x89PNG") and struct.unpack(">II", card[16:24]) == (1200, 630)


def test_the_marks_of_claims_are_where_their_dates_are_in_a_picture_too(view: View) -> None:
    svg = view.picture("svg", "light", charts.Picture(900)).decode()
    targets = re.search('<g class="mark-symbol role-mark claims_marks".*?</g>', svg, re.DOTALL)
    across = [float(x) for x in re.findall(r"translate\(([\d.]+),", targets[0])]
    assert len(across) == len(view.claims) and max(across) - min(across) > 600


def test_the_headline_sets_the_newest_reading_against_the_one_before_it(view: View) -> None:
    assert view.headline.replace("\u00a0", " ") == (
        "34 % of Canadian adults viewed China favourably "
        "(Pew Research Center, 8 January – 26 April 2025, seen second-hand), up from 21 % in 2024"
    )


@pytest.mark.parametrize(
    ("attitude", "said"),
    [
        (ON_CHINA._replace(measure="net"), "Favourable less unfavourable views of China stood at −66 points among"),
        (ON_CHINA._replace(measure="negative"), "of Canadian adults viewed China unfavourably"),
        (Attitude("jp-adults", "united-states"), "of adults in Japan viewed the United States favourably"),
        (Attitude("ca-adults", "china", "threat"), "^China, threat, the positive answers: "),
        (Attitude("ca-adults", "china", measure="mean"), "^No poll of Canadian adults on China gives a reading of fav"),
    ],
)
def test_the_headline_names_every_kind_of_number_as_what_it_is(source: Source, attitude: Attitude, said: str) -> None:
    assert re.search(said, View(source, Choices(attitude)).headline.replace("\u00a0", " "))


def readings(values: list[float], **columns: Any) -> pd.DataFrame:
    """Readings of one pollster, a month apart, the last in June 2026."""
    ends = pd.date_range("2026-06-28", periods=len(values), freq="-30D")[::-1]
    plain = dict.fromkeys(series.COLUMNS, None) | {
        "poll": [f"p{number}" for number in range(len(values))],
        "question": [f"q{number:04}" for number in range(len(values))],
        "pollster": "someone",
        "pollster_name": "Someone",
        "value": np.array(values, float),
        "unit": "percent",
        "sample_size": 1000,
        "base": 1000,
        "field_start": ends - pd.Timedelta(days=3),
        "field_end": ends,
        "date_precision": "day",
        "wording": "How do you see it?",
        "scale": "four",
        "scale_name": "Four points",
        "instrument": "one",
        "comparable": True,
        "provenance": "primary",
    }
    table = pd.DataFrame(plain | columns, index=range(len(values)))
    return table.astype({"value": float, "low": float, "high": float, "base": "Int64", "sample_size": "Int64"})


def said(rows: pd.DataFrame, measure: str = "positive") -> str:
    return charts.headline(rows, "Canadian adults", "China", "favourability", measure).replace("\u00a0", " ")


def test_a_single_reading_is_compared_with_nothing() -> None:
    assert said(readings([34])) == "34 % of Canadian adults viewed China favourably (Someone, 25–28 June 2026)"


def test_a_mean_is_a_rating_and_keeps_its_scale() -> None:
    rows = readings([2.9, 3.1], unit="points", low=0, high=10)
    assert said(rows, "mean") == (
        "China was rated 3.1 of 10 on average by Canadian adults (Someone, 25–28 June 2026)"
        ", up from 2.9 of 10 in May 2026"
    )


def test_a_reading_dated_to_its_year_stands_back_and_says_only_the_year() -> None:
    rows = readings([30, 34])
    rows.loc[1, ["date_precision", "field_start", "field_end"]] = [
        "year",
        pd.Timestamp("2026-01-01"),
        pd.Timestamp("2026-12-31"),
    ]
    assert said(rows).startswith("30 %")
    rows["date_precision"] = "year"
    assert said(rows).startswith("34 % of Canadian adults viewed China favourably (Someone, 2026)")


def test_the_headline_of_nothing_says_so(view: View) -> None:
    none = view.readings.head(0)
    assert said(none).startswith("No poll of Canadian adults")
    assert charts.counts(none, TODAY) == ""


def test_counts_name_polls_pollsters_interviews_and_age(view: View) -> None:
    assert charts.counts(view.readings, TODAY) == (
        "39 of 44 polls comparable · 6 pollsters · 22,626 interviews in the 20 polls that give their sample · "
        "last fieldwork at least 326 days ago"
    )


def test_a_view_that_leaves_polls_out_says_how_many(source: Source) -> None:
    chosen = Choices(ON_CHINA, pollsters=("angus-reid-institute",), first=dt.date(2015, 1, 1))
    view = View(source, chosen)
    assert set(view.shown["pollster"]) == {"angus-reid-institute"}
    assert view.left_out == "9 of 44 polls shown; the trend pools all that are comparable"
    assert "Angus Reid Institute" in view.headline


def test_the_rows_of_a_view_are_the_rows_of_the_export_under_its_filters(source: Source, record: Store) -> None:
    choices = [
        Choices(ON_CHINA),
        Choices(
            ON_CHINA, "united-states", ("pew-research-center", "research-co"), dt.date(2018, 6, 1), dt.date(2024, 3, 1)
        ),
        Choices(ON_CHINA._replace(known_by=dt.date(2025, 4, 21), measure="net"), first=dt.date(2020, 7, 1)),
        Choices(Attitude("ca-adults", "united-states", "closer-ties"), last=dt.date(2019, 12, 31)),
    ]
    for chosen in choices:
        filters = {name: value if isinstance(value, list) else [str(value)] for name, value in chosen.rows().items()}
        columns, rows = record.table("wide", filters)
        place = [column.name for column in columns].index("question")
        shown = {question for each in View(source, chosen).both for question in each.shown["question"]}
        assert {row[place] for row in rows} == shown and shown


def test_two_subjects_are_told_apart_by_shape_and_dashes_as_well_as_colour(source: Source) -> None:
    view = View(source, Choices(ON_CHINA, "united-states"))
    drawn = Drawn(view.chart)
    shapes = next(part for part in drawn.layers("point") if "shape" in part["encoding"])["encoding"]["shape"]["scale"]
    by_name = dict(zip(shapes["domain"], shapes["range"], strict=True))
    assert by_name["China"] != by_name["United States"]
    levels = [part["mark"]["strokeDash"] for part in drawn.layers("line")]
    assert len(levels) == 2 and levels[0] != levels[1]
    assert len(drawn.layers("area")) == 6
    assert set(drawn.solid()["sign"]) == {"China", "United States"}


def test_two_subjects_are_compared_within_the_polls_that_asked_both(source: Source) -> None:
    view = View(source, Choices(ON_CHINA, "united-states"))
    found = trend.difference(view.readings, view.other.readings)
    assert f"within the {found.readings['poll'].nunique()} polls that asked the same people about both" in view.summary
    assert view.headline.startswith("No clear difference between China and the United States among Canadian adults")
    before = View(source, Choices(ON_CHINA._replace(known_by=dt.date(2023, 12, 31)), "united-states"))
    assert re.match(
        r"Canadian adults viewed China less favourably than the United States, by \d+ points", before.headline
    )


def test_subjects_that_no_poll_asked_about_together_are_said_to_be_such(source: Source) -> None:
    lone = View(source, Choices(ON_CHINA, "cuba"))
    assert lone.difference is None or lone.headline
    apart = [
        row.subject for row in source.choices if row.population == "ca-adults" and row.construct == "favourability"
    ]
    none = [View(source, Choices(ON_CHINA, other)) for other in apart if other != "china"]
    missing = [view for view in none if view.difference is None]
    assert all("asked Canadian adults about both China and" in view.headline for view in missing)
    assert all(view.chart for view in missing[:2])


def test_every_population_has_a_panel_that_leads_to_its_own_trend(source: Source) -> None:
    grid = charts.Multiples(source, Choices(Attitude("all", "china")))
    values = [panel.newest["value"] for panel in grid.panels]
    assert len(grid.panels) == 64 and values == sorted(values, reverse=True)
    page = grid.html("light")
    assert page.count("<li>") == 64 and 'href="?population=jp-adults&amp;subject=china"' in page
    assert 'alt="Adults in Japan: 11\u00a0% (2023), before it' in page
    table = grid.table()
    assert list(table["Population"]) == [panel.name for panel in grid.panels]
    assert grid.headline.replace("\u00a0", " ") == (
        "China, favourability, the positive answers: from 10 % of adults in Vietnam (2017) to 92 % of adults in Côte "
        "d'Ivoire (2007)"
    )


def test_every_pollster_has_a_sign_of_its_own_up_to_sixteen_and_the_rest_share_one(view: View) -> None:
    many = view.readings[view.readings["comparable"]].head(20).copy()
    many["pollster_name"] = [f"Pollster {number:02}" for number in range(20)]
    drawn = Drawn(charts.trend_chart([Line("China", many)]))
    told = next(
        part for part in drawn.layers("point") if part["mark"]["filled"] and part["encoding"]["shape"]["legend"]
    )
    shapes = told["encoding"]["shape"]
    assert shapes["legend"]["values"][-1] == "other pollsters" and len(shapes["legend"]["values"]) == 17
    by_name = dict(zip(shapes["scale"]["domain"], shapes["scale"]["range"], strict=True))
    assert len({by_name[name] for name in shapes["legend"]["values"]}) == 17


def test_colours_stay_with_their_pollsters_whatever_measure_is_followed(source: Source) -> None:
    both = [View(source, Choices(ON_CHINA._replace(measure=measure))) for measure in ("positive", "net")]
    assert charts.order(both[0].readings) == charts.order(both[1].readings)


def test_a_chart_of_nothing_is_still_a_chart(view: View) -> None:
    assert b"<svg" in charts.figure(charts.trend_chart([Line("China", view.readings.head(0))]))


ODD = {
    "one poll": readings([34]),
    "all on one day": readings(
        [30, 34, 50], field_start=pd.Timestamp("2026-01-05"), field_end=pd.Timestamp("2026-01-05")
    ),
    "only means": readings([3, 4, 5], unit="points", low=0, high=10),
    "all dated to their year": readings([30, 34], date_precision="year"),
    "nothing comparable": readings([30, 34], comparable=False, why_not="other-question"),
    "five hundred readings": readings([30 + number % 20 for number in range(500)]),
    "a name with markup": readings([30, 34], pollster_name='<script>alert(1)</script> "Q" & Fils'),
    "a French name": readings([30, 34], pollster_name="Léger – Société québécoise d’enquêtes"),
    "zero and a hundred": readings([0, 100, 0]),
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_series_have_a_decent_chart(odd: str) -> None:
    rows = ODD[odd]
    pooled = trend.fit(rows) if rows["comparable"].any() else None
    svg = charts.figure(charts.trend_chart([Line("China", rows, pooled)])).decode()
    assert "<script" not in svg and "NaN" not in svg and "undefined" not in svg
    assert "Léger" in svg or odd != "a French name"


def test_thousands_of_readings_are_all_drawn_and_little_is_sent_for_each() -> None:
    rows = readings([30.0 + number % 20 for number in range(charts.DETAILED + 1)])
    drawn = Drawn(charts.trend_chart([Line("China", rows)]))
    assert len(drawn.solid()) == len(rows) and len(drawn.solid().columns) == 5


def test_the_axes_count_in_the_language_in_use(view: View) -> None:
    assert theme.everywhere()["locale"]["time"]["months"][7] == "August"
    language.use("fr")
    try:
        told = theme.everywhere()["locale"]
        assert told["time"]["months"][7] == "août" and told["time"]["days"][0] == "dimanche"
        assert told["number"]["decimal"] == ","
    finally:
        language.use(None)


def test_a_chart_with_the_same_rows_has_the_same_specification(source: Source, view: View) -> None:
    again = View(source, Choices(ON_CHINA))
    assert json.dumps(again.chart.spec) == json.dumps(view.chart.spec)


@pytest.mark.parametrize(("measure", "said"), [("positive", r"stood at \d+ % on"), ("net", r"stood at −\d+ points on")])
def test_the_summary_says_shares_and_differences_as_what_they_are(record: Store, measure: str, said: str) -> None:
    found = trend.fit(series.read(record, "ca-adults", "china", measure=measure))
    assert re.search(said, charts.summary(found).replace("\u00a0", " "))
