"""Numbers and dates as each language writes them."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tracker import language


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.use("en")


@pytest.mark.parametrize(
    ("start", "end", "precision", "english", "french"),
    [
        ("2020-05-04", "2020-05-06", "day", "4–6 May 2020", "4–6 mai 2020"),
        ("2020-05-04", "2020-05-04", "day", "4 May 2020", "4 mai 2020"),
        ("2014-03-17", "2014-06-05", "window", "17 March – 5 June 2014", "17 mars – 5 juin 2014"),
        ("2019-12-20", "2020-01-03", "day", "20 December 2019 – 3 January 2020", "20 décembre 2019 – 3 janvier 2020"),
        ("2020-05-01", "2020-05-31", "month", "May 2020", "mai 2020"),
        ("2020-01-01", "2020-12-31", "year", "2020", "2020"),
    ],
)
def test_a_field_period_is_as_precise_as_it_is_known(
    start: str, end: str, precision: str, english: str, french: str
) -> None:
    for code, expected in (("en", english), ("fr", french)):
        language.use(code)
        assert language.span(dt.date.fromisoformat(start), dt.date.fromisoformat(end), precision) == expected


def test_numbers_follow_the_language() -> None:
    assert (language.number(Decimal("3.1")), language.number(1622)) == ("3.1", "1,622")
    assert language.number(-6.2) == "−6.2"
    language.use("fr")
    assert (language.number(Decimal("3.1")), language.number(1622)) == ("3,1", "1\xa0622")


def test_a_language_that_is_not_offered_leaves_english() -> None:
    language.use("tlh")
    assert language.chosen() == "en"


def test_a_sentence_without_a_translation_is_shown_as_written() -> None:
    language.use("fr")
    assert language.gettext("No sentence of ours, {name}") == "No sentence of ours, {name}"


def test_countries_have_names_in_both_languages() -> None:
    assert (language.country("DE"), language.country("ZZZ")) == ("Germany", None)
    language.use("fr")
    assert language.country("DE") == "Allemagne"
