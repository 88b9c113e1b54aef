"""What an answer means, on the scales that pollsters really use."""

import pytest

from tracker.scales import Meaning, direction, share, value, variance


def scale(text: str) -> list[Meaning]:
    """A scale from lines of: response polarity [the response it is part of]."""
    rows = [line.split() for line in text.split("\n") if line.strip()]
    return [Meaning(r[0], at, r[1], r[2] if len(r) > 2 else None, r[0]) for at, r in enumerate(rows, 1)]


FOUR_POINTS = scale("""
    favourable positive
    very-favourable positive favourable
    somewhat-favourable positive favourable
    unfavourable negative
    very-unfavourable negative unfavourable
    somewhat-unfavourable negative unfavourable
    dont-know unsure
""")
THREAT = scale("threat negative\npartner positive\nneither neutral")
RATING = scale("mean mean")
NESTED = scale(
    "warm positive\nfriend positive warm\nclose-friend positive friend\nfair-friend positive friend\nally positive warm"
)


@pytest.mark.parametrize(
    ("answers", "measure", "expected"),
    [
        ({"favourable": 34, "unfavourable": 61}, "positive", 34),
        ({"favourable": 34, "unfavourable": 61}, "negative", 61),
        ({"favourable": 34, "unfavourable": 61}, "net", -27),
        ({"very-favourable": 3.2, "somewhat-favourable": 26.1}, "positive", 29.3),
        ({"very-favourable": 3.2}, "positive", None),
        ({"favourable": 30, "very-favourable": 3.2, "somewhat-favourable": 26.1}, "positive", 30),
        ({"favourable": 34}, "net", None),
        ({"favourable": 34}, "mean", None),
        ({"favourable": 34, "dont-know": 5}, "dont-know", 5),
        ({"very-favourable": 3}, "very-favourable", 3),
        ({}, "positive", None),
        ({"favourable": 34}, "a-response-of-another-scale", None),
    ],
)
def test_the_number_followed_through_time(answers: dict[str, float], measure: str, expected: float | None) -> None:
    assert value(answers, FOUR_POINTS, measure) == expected


def test_several_positive_responses_count_together_only_when_each_is_known() -> None:
    either = scale("ally positive\nfriend positive\nenemy negative")
    assert value({"ally": 10, "friend": 30}, either, "positive") == 40
    assert value({"ally": 10}, either, "positive") is None
    assert value({"ally": 10}, either, "ally") == 10


def test_a_part_may_have_parts_of_its_own() -> None:
    assert share({"close-friend": 5, "fair-friend": 10, "ally": 20}, NESTED, "warm") == 35


def test_a_mean_is_its_own_measure() -> None:
    assert value({"mean": 3.1}, RATING, "mean") == 3.1
    assert value({"mean": 3.1}, RATING, "positive") is None


def test_a_falling_threat_is_warmer() -> None:
    assert direction(THREAT, "threat") == direction(THREAT, "negative") == -1
    assert direction(THREAT, "partner") == direction(THREAT, "net") == direction(RATING, "mean") == 1
    assert direction(THREAT, "neither") == direction(THREAT, "no-such-response") == 0


def test_the_sampling_variance_of_a_share_and_the_most_that_a_mean_can_have() -> None:
    assert variance(50, 1000) == pytest.approx(2.5)
    assert variance(3.1, 1, low=0, high=10) == pytest.approx(3.1 * 6.9)
