"""What a poll must disclose, and when a margin of error may be shown (AAPOR, CRIC, Canada Elections Act s.326)."""

import math

#: how a sample came about; blank where the source does not say, which counts as non-probability for the margin
SAMPLE_TYPES = ("probability", "non-probability", "open-link")
#: standard normal quantile of a 95 percent interval
Z95 = 1.96


def may_show_margin(sample_type: str | None) -> bool:
    """Whether a margin of error may be shown: for a probability sample only; an unknown sample counts as none."""
    return sample_type == "probability"


def margin(p: float, n: int) -> float:
    """The 95 percent margin of a simple random sample in points: 100 x 1.96 sqrt(p (1 - p) / n).

    ``p`` is a share from 0 to 1 (a poll as a whole is stated at 0.5), ``n`` the interviews; anything else is a
    ValueError.
    """
    if not 0 <= p <= 1 or n < 1:
        raise ValueError(f"a margin needs a share from 0 to 1 and at least one interview, not {p} and {n}")
    return 100 * Z95 * math.sqrt(p * (1 - p) / n)


def design_effect(stated: float, n: int) -> float:
    """The design effect that a stated margin in points implies: (stated / simple random margin at one half) squared.

    Below 1 the pollster states less than simple random sampling allows.
    """
    return (stated / margin(0.5, n)) ** 2
