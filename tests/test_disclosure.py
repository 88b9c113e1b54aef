"""What each standard asks for; when a margin of error may be shown, and what it should be."""

import pytest

from tracker.disclosure import ITEMS, completeness, design_effect, margin, may_show_margin


@pytest.mark.parametrize(
    ("sample_type", "shown"), [("probability", True), ("non-probability", False), ("open-link", False), (None, False)]
)
def test_only_a_probability_sample_shows_a_margin(sample_type: str | None, shown: bool) -> None:
    assert may_show_margin(sample_type) is shown


def test_a_thousand_interviews_have_the_margin_that_every_newspaper_prints() -> None:
    assert round(margin(0.5, 1000), 1) == 3.1
    assert margin(0.0, 1000) == 0


def test_a_margin_of_percents_or_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="share from 0 to 1"):
        margin(50, 1000)
    with pytest.raises(ValueError, match="at least one interview"):
        margin(0.5, 0)


def test_a_stated_margin_implies_a_design_effect() -> None:
    assert design_effect(margin(0.5, 1500), 1500) == pytest.approx(1)
    assert design_effect(2 * margin(0.5, 1500), 1500) == pytest.approx(4)


def test_completeness_counts_what_a_standard_asks_of_such_a_sample() -> None:
    items = {kind: [each.items for each in completeness(ITEMS, kind)] for kind in ("probability", "non-probability")}
    assert items["probability"] == [20, 12, 12, 10]
    # no margin of error is asked of it, but the model behind any precision that it states
    assert items["non-probability"] == [20, 12, 11, 10]


def test_what_is_missing_is_named() -> None:
    assert not any(each.missing for each in completeness(ITEMS, "probability"))
    british = completeness(ITEMS.keys() - {"sponsor", "membership"}, None)[-1]
    assert british.missing == ("sponsor", "membership")
