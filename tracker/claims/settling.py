"""What one more poll would settle: simulated from the posterior, for a poll in the field on the day of the claim."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: interviews tried, in order
SIZES = (500, 1000, 1500, 2000, 3000, 5000)
#: how many polls are simulated for each size
POLLS = 400
#: probability, or its complement, at which a claim counts as settled
SURE = 0.9
#: how often a poll must settle it
OFTEN = 0.5


@dataclass(frozen=True)
class Settling:
    """The smallest poll tried that would settle the claim, either way, at least as often as not. ``chance`` is how
    often; ``by`` the pollster whose house effect is known best."""

    interviews: int
    chance: float
    by: str

    def as_dict(self) -> dict[str, int | float | str]:
        """For JSON."""
        return {"interviews": self.interviews, "chance": self.chance, "by": self.by}


def would_settle(
    level: npt.NDArray[np.float64], holds: npt.NDArray[np.bool_], by: str, extra: float, seed: int = 0
) -> Settling | None:
    """The poll that would settle a claim, or None where none of ``SIZES`` would.

    ``level`` (draws,) is the share in percent that the poll would measure, ``holds`` (draws,) each path's answer,
    ``extra`` the standard deviation in points of what interviews do not shrink (house effect, extra noise). Each
    simulated poll draws a truth from the posterior and a value around it; the posterior given that value reweights
    the draws by the normal density (importance sampling).
    """
    rng = np.random.default_rng(seed)
    # the draws are independent, and every other one is as good for a chance to the nearest percent
    level, holds = level[::2], holds[::2]
    truth, noise = rng.integers(0, len(level), POLLS), rng.standard_normal(POLLS)

    def chance(size: int) -> float:
        spread = np.sqrt(level * (100 - level) / size + extra**2)
        seen = level[truth] + spread[truth] * noise
        return float(np.mean(_settled(seen, level, spread, holds)))

    # mostly not even the largest does, and then no other need be tried
    if chance(SIZES[-1]) < OFTEN:
        return None
    size = next((size for size in SIZES[:-1] if chance(size) >= OFTEN), SIZES[-1])
    return Settling(size, round(chance(size), 2), by)


def _settled(
    seen: npt.NDArray[np.float64],
    level: npt.NDArray[np.float64],
    spread: npt.NDArray[np.float64],
    holds: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Whether each value seen (polls,) makes the answer sure, one way or the other."""
    # in place: the matrix of polls and draws is large, and copies of it take longer than the arithmetic
    weight = seen[:, None] - level
    weight /= spread
    weight *= weight
    weight *= -0.5
    np.exp(weight, out=weight)
    weight /= spread
    probability = weight @ holds.astype(float) / weight.sum(axis=1)
    return np.maximum(probability, 1 - probability) >= SURE
