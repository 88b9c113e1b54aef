"""The storeys of the one plot: where the value axis ends, and what stands below it on the same time axis.

Each storey has a fixed height in pixels, one for a narrow plot and one for a wide one; the values take what is left.
So everything shares the time axis, pans and zooms with it, and keeps the width of whatever holds the chart.
"""

from dataclasses import dataclass
from typing import Any

from tracker.charts.vega import Spec, at, expr

#: below this width of the plot, in pixels, numbers stand for the titles of events and claims take more rows
NARROW = 560
#: the widths that claims are laid out for, in at most so many rows: a plot at least this wide keeps them apart
WIDTHS = (260, NARROW)
MOST_ROWS = (14, 9)
#: height of the values at the least, of a panel with its title, of a row of claims, of the rail, of a title
VALUES = 300
PANEL, PANEL_TITLE = 84, 26
CLAIM_ROW, CLAIM_ROOM = 11, 17
RAIL = 32
TITLE = 15
#: titles of events shown at once
MOST_LABELS = 6

#: the storeys from top to foot
STOREYS = ("panels", "claims", "events", "titles")
#: heights in pixels, narrow and wide
Heights = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """What stands below the values: how many panels, in how many rows the claims (narrow, wide), whether events."""

    panels: int = 0
    claim_rows: Heights = (0, 0)
    events: bool = False

    def heights(self, storey: str) -> Heights:
        """The height of a storey; nothing where it is empty."""
        if storey == "panels":
            return (PANEL * self.panels, PANEL * self.panels)
        if storey == "claims":
            return _claims(self.claim_rows[0]), _claims(self.claim_rows[1])
        rail: Heights = (RAIL, RAIL) if storey == "events" else (TITLE + 4, TITLE * MOST_LABELS + 4)
        return rail if self.events else (0, 0)

    @property
    def height(self) -> int:
        """The height of the whole plot, the same at any width."""
        return VALUES + max(self.above(None))

    def values(self) -> Spec:
        """Where the value axis ends: an expression for its range."""
        return expr(f"height - {self._foot()}")

    def panel(self, number: int) -> list[Spec]:
        """The range of the value axis of a panel, counted from 0: foot and top."""
        top = PANEL * number
        return [expr(self._at("panels", str(top + offset))) for offset in (PANEL - 6, PANEL_TITLE)]

    def below_values(self, pixels: str) -> Spec:
        """A height so many pixels below the end of the value axis; an expression that may use ``datum``."""
        return at(f"height - {self._foot()} + {pixels}")

    def down(self, storey: str, pixels: int | str = 0) -> Spec:
        """A height so many pixels below the top of a storey; an expression that may use ``datum``."""
        return at(self._at(storey, str(pixels)))

    def _at(self, storey: str, pixels: str) -> str:
        return f"height - {self._foot()} + {by_width(*self.above(storey))} + {pixels}"

    def above(self, storey: str | None) -> Heights:
        """The heights of everything between the values and a storey, or down to the foot."""
        upper = STOREYS if storey is None else STOREYS[: STOREYS.index(storey)]
        pairs = [self.heights(name) for name in upper]
        return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)

    def _foot(self) -> str:
        return by_width(*self.above(None))


def _claims(rows: int) -> int:
    return rows * CLAIM_ROW + CLAIM_ROOM if rows else 0


def by_width(narrow: Any, wide: Any) -> str:
    """An expression that is one thing in a narrow plot and another in a wide one."""
    return str(wide) if narrow == wide else f"(width < {NARROW} ? {narrow} : {wide})"
