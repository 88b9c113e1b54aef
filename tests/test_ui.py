"""Every page, with polls and without, run as the app runs it; and the way from a form to the chart."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.places import Places, opened
from tests.visiting import alone, text, visited
from tracker.models import Answer, Poll, Pollster, Population, Question, Response, Scale, Subject
from tracker.store import Store

PAGES = ["trends", "claims", "events", "polls", "data", "method", "enter"]
Open = Callable[..., AppTest]


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page of the app on a store: ``visit(store, "claims", claim="...")``."""

    return partial(alone, monkeypatch)


def links(app: AppTest, label: str) -> list[Any]:
    return [link for link in app.page_link if label in link.value]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_on_the_record(visit: Open, record: Store, page: str) -> None:
    app = visit(record, page)
    assert not app.exception
    assert len(app.title) == 1
    assert "sqlite" not in text(app) and "postgres" not in text(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_something_to_say_without_polls(visit: Open, store: Store, page: str) -> None:
    app = visit(store, page)
    assert not app.exception
    assert len(app.title) == 1
    assert re.search("^(No |Who)", text(app), re.MULTILINE)


@pytest.mark.parametrize("query", [{}, {"population": "all"}, {"as_of": "0"}, {"subject": "nobody"}])
def test_the_ways_to_the_other_pages_are_there_whatever_is_shown(
    monkeypatch: pytest.MonkeyPatch, record: Store, query: dict[str, str]
) -> None:
    ways = {link.label for link in visited(monkeypatch, record, **query).page_link}
    assert {"Trends", "Claims", "Events", "Polls", "Data", "Method", "Contribute", "Français"} <= ways


def test_the_first_screen_answers_before_any_choice(visit: Open, record: Store) -> None:
    app = visit(record)
    assert "34 % of Canadian adults viewed China favourably" in app.title[0].value.replace("\u00a0", " ")
    order = [each.type for each in app.main]
    assert order.index("vega_lite_chart") < order.index("selectbox")
    assert "not the range where opinion lies" in text(app)


def test_choices_in_the_address_choose_the_view(visit: Open, record: Store) -> None:
    app = visit(
        record, subject="united-states", measure="negative", to="2020", pollster=["research-co", "pew-research-center"]
    )
    assert app.selectbox(key="subject").value == "united-states"
    assert "unfavourably" in app.title[0].value
    assert app.date_input(key="to").value == dt.date(2020, 12, 31)
    assert re.search(r"\d+ of \d+ polls shown", text(app)) and links(app, "Show all")
    query = "population=ca-adults&subject=united-states&construct=favourability&pollster=pew-research-center"
    assert f"/api/v1/wide.csv?{query}&pollster=research-co&to=2020-12-31" in text(app)


@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ({"known_by": "yesterday"}, "yesterday"),
        ({"from": "2020-13-01"}, "2020-13-01"),
        ({"from": "2022", "to": "2020"}, "from 2022-01-01 to 2020-12-31"),
        ({"compare": "atlantis"}, "atlantis"),
        ({"measure": "love"}, "love"),
        ({"object": "moon"}, "moon"),
        ({"event": "nothing-happened"}, "nothing-happened"),
        ({"actor": ["XX"], "category": ["weather"], "pollster": ["nobody"]}, "weather"),
    ],
)
def test_each_unknown_word_is_told_and_the_rest_of_the_address_holds(
    visit: Open, record: Store, query: dict[str, Any], ignored: str
) -> None:
    app = visit(record, population="jp-adults", subject="united-states", **query)
    assert not app.exception and "adults in Japan viewed the United States" in app.title[0].value
    assert ignored in text(app).replace("\\", "")


def test_two_subjects_are_compared_in_one_chart_and_one_table(visit: Open, record: Store) -> None:
    app = visit(record, compare="united-states", known_by="2023-12-31", readings="true")
    assert "Canadian adults viewed China less favourably than the United States" in app.title[0].value
    assert "asked the same people about both" in text(app)
    assert set(app.table[0].value["Subject"]) == {"China", "United States"}
    assert "subject=china&subject=united-states" in text(app)


def test_every_population_stands_side_by_side_with_a_table_beside_it(visit: Open, record: Store) -> None:
    app = visit(record, population="all", subject="china", pollster=["pew-research-center"], populations="true")
    assert not app.exception and "from 10 % of adults in Vietnam" in app.title[0].value.replace("\u00a0", " ")
    table = app.table[0].value
    assert set(table["Pollster"]) == {"Pew Research Center"} and "Adults in Japan" in set(table["Population"])
    assert "/api/v1/wide.csv?subject=china&construct=favourability&pollster=pew-research-center" in text(app)


def test_an_event_in_the_address_has_a_card_with_its_source(visit: Open, record: Store) -> None:
    app = visit(record, event="meng-wanzhou-arrest-2018")
    assert "Meng Wanzhou" in app.subheader[0].value
    assert "Source: [" in text(app) and links(app, "Opinion around this time")


def test_events_are_chosen_by_category_and_by_actor(visit: Open, record: Store) -> None:
    everything, some = visit(record), visit(record, actor=["Huawei"], category=["arrest-detention"], events="true")
    counts = [next(each.label for each in app.expander if "events" in each.label) for app in (everything, some)]
    assert counts[0] != counts[1]
    table = some.table[-1].value
    assert len(table) and table["What and who"].str.contains("Huawei").all()


def test_everything_on_the_chart_is_in_tables_and_lists_beside_it(visit: Open, record: Store) -> None:
    app = visit(record, readings="true", claims="true", events="true", joined="true")
    labels = [each.label for each in app.expander]
    assert "The readings as a table (44)" in labels and "The claims on this chart (35)" in labels
    assert len(app.table[0].value) == 44
    assert app.table[1].value["Source"].str.contains(r"\]\(http").all()


def test_a_long_series_is_a_table_of_pages(visit: Open, many: Store) -> None:
    app = visit(many, readings="true")
    assert "The readings as a table (500)" in [each.label for each in app.expander]
    assert len(app.table[0].value) == 100 and not app.dataframe


def test_names_are_shown_as_they_are_whatever_they_hold(visit: Open, many: Store) -> None:
    app = visit(many, readings="true")
    assert not app.exception
    shown = set(app.table[0].value["Pollster"].str.replace("\\", ""))
    assert shown == {'<script>alert("1")</script> & Fils', "Léger – Société québécoise d’enquêtes"}
    assert not [each for each in app.markdown if "<script>" in each.value and each.allow_html]


@pytest.fixture(scope="module")
def many(places: Places, empty: str) -> Iterator[Store]:
    """A store with a subject of 500 readings, by two pollsters with awkward names."""
    with opened(places, empty) as store:
        fill(store, 500, ['<script>alert("1")</script> & Fils', "Léger – Société québécoise d’enquêtes"])
        yield store


def fill(store: Store, count: int, pollsters: list[str]) -> None:
    """Store so many polls of one attitude, a poll a day until the middle of 2026, by pollsters in turn."""
    numbers = range(count)
    days = [dt.date(2026, 6, 30) - dt.timedelta(days=(count - 1 - number) * 7000 // count) for number in numbers]
    polls = [
        Poll(
            id=f"p{number:05}",
            pollster=f"house-{number % len(pollsters)}",
            population="xx-adults",
            population_label="Adults",
            field_start=days[number] - dt.timedelta(days=2),
            field_end=days[number],
            date_precision="day",
            sample_size=1000,
            status="published",
        )
        for number in numbers
    ]
    asked = {
        "subject": "x",
        "construct": "favourability",
        "object": "country",
        "scale": "four",
        "provenance": "primary",
    }
    questions = [Question(id=f"q{number:05}", poll=f"p{number:05}", **asked) for number in numbers]
    answers = [
        Answer(question=f"q{number:05}", response="favourable", value=Decimal(30 + number * 7 % 20), unit="percent")
        for number in numbers
    ]
    tables: list[tuple[Any, list[Any]]] = [
        (Pollster, [Pollster(id=f"house-{number}", name=name) for number, name in enumerate(pollsters)]),
        (Population, [Population(id="xx-adults", name="Adults in Utopia")]),
        (Subject, [Subject(id="x", name="Erewhon")]),
        (Scale, [Scale(id="four", name="Four points")]),
        (Response, [Response(scale="four", response="favourable", position=1, polarity="positive", name="Favourable")]),
        (Poll, polls),
        (Question, questions),
        (Answer, answers),
    ]
    with store.writing("Test") as session:
        for kind, rows in tables:
            store.insert(session, kind, rows)


def test_a_choice_writes_the_address_and_the_default_leaves_it(visit: Open, record: Store) -> None:
    app = visit(record)
    app.selectbox(key="subject").select("united-states").run()
    assert app.query_params["subject"] == "united-states"
    app.selectbox(key="subject").select("china").run()
    assert "subject" not in app.query_params


def test_an_unknown_word_in_an_address_is_shown_and_ignored(visit: Open, record: Store) -> None:
    app = visit(record, subject="atlantis", known_by="yesterday")
    assert not app.exception
    assert app.selectbox(key="subject").value == "china"
    assert "atlantis" in text(app) and "yesterday" in text(app)


def test_known_by_leaves_out_what_was_published_later(visit: Open, record: Store) -> None:
    app = visit(record, known_by="2025-04-21")
    assert "34 %" not in app.title[0].value.replace("\u00a0", " ")


def test_a_claim_shows_both_verdicts_with_their_readings(visit: Open, record: Store) -> None:
    app = visit(record, "claims", claim="wang-di-2025-04-opinion-shifting")
    said = text(app)
    assert "Known then" in said and "Known now" in said and "Wang Di" in said
    readings, closer_ties = (table.value for table in app.table[1:])
    pew = readings[readings["Reading"] == "34\u00a0%"].iloc[0]
    assert pew["Counted"] == "now only: not known then"
    assert pew["Fieldwork, and known from"] == "8 January – 26 April 2025 · 15 July 2025"
    assert re.match(r"\[Pew Research Center\]\(\S+\) · Favourable or unfavourable", pew["Pollster and instrument"])
    counted = closer_ties[closer_ties["Counted"].str.contains("now")]["Pollster and instrument"]
    assert len(counted) and counted.str.startswith("[Nanos Research]").all()
    assert "when this became public: Pew Research Center, 8 January – 26 April 2025" in said.replace("\\", "")
    assert "neither refutes nor bears out a change" in said
    assert "/api/v1/verdicts/wang-di-2025-04-opinion-shifting.json" in said


def test_a_claim_that_is_none_is_said_to_be_none(visit: Open, record: Store) -> None:
    app = visit(record, "claims", claim="nobody-said-this")
    assert "nobody\\-said\\-this" in text(app) or "nobody-said-this" in text(app)
    assert links(app, "moving in favour of closer relations")


def test_a_poll_shows_its_fields_questions_and_history(visit: Open, record: Store) -> None:
    app = visit(record, "polls", poll="pew-research-center-2025-01-08-ca-adults")
    assert "Pew Research Center" in app.title[0].value
    assert "China, favourability" in text(app)
    assert "the record" in app.table[-1].value["Why"].iloc[-1]
    assert "/api/v1/wide.csv?poll=pew-research-center-2025-01-08-ca-adults" in text(app)


def test_an_event_is_shown_with_opinion_around_this_time(visit: Open, record: Store) -> None:
    app = visit(record, "events", event="meng-wanzhou-arrest-2018")
    assert "Around this time" in text(app) and "points" in text(app)


def test_method_gives_the_numbers_of_the_chosen_series(visit: Open, record: Store) -> None:
    app = visit(record, "method", subject="united-states")
    assert "Shirani-Mehr" in text(app)
    assert "tracker trend --population ca-adults --subject united-states" in text(app)
    assert list(app.table[0].value["Symbol"]) == ["s", "tau", "kappa", "omega", "phi"]


def test_nobody_enters_a_poll_without_signing_in(visit: Open, record: Store) -> None:
    app = visit(record, "enter")
    assert "one-time link" in text(app)
    assert not app.selectbox and not app.button
