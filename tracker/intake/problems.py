"""What can be wrong with a row, where, and what to do about it; and the row itself while it is being read."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tracker.language import gettext as _
from tracker.models import Recorded

#: words looked up for one reading; past that a folder is so wrong that suggestions no longer help
SUGGESTIONS = 100
#: no column is bad: shared, since an empty set for each of many rows takes more memory than their cells
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what is wrong, what to do. A warning never blocks, an error blocks the whole import.

    ``str(problem)`` is ``file:line: column: what is wrong: what to do``, without a line where there is none.
    """

    file: str
    line: int | None
    column: str
    wrong: str
    remedy: str
    severity: str = "error"
    #: id of another poll that this may be
    other: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.column, self.wrong, self.remedy) if part)


class Misread(ValueError):
    """A cell that does not hold what its column asks for."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(f"{wrong}: {remedy}")
        self.wrong, self.remedy = wrong, remedy


class Row(dict[str, Any]):
    """A row by column, with the place it was read at. What is in ``bad`` could not be read or was found wrong."""

    __slots__ = ("bad", "file", "line", "prefix", "table")

    def __init__(self, table: type[Recorded], file: str, line: int | None, prefix: str = "") -> None:
        self.table, self.file, self.line, self.prefix = table, file, line, prefix
        self.bad = NOTHING

    def good(self, *columns: str) -> bool:
        """Whether all these columns are filled in and nothing was found wrong with them."""
        return self.bad.isdisjoint(columns) and None not in map(self.__getitem__, columns)

    def spoil(self, *columns: str) -> None:
        """Put columns among the bad ones."""
        self.bad |= set(columns)

    def error(self, column: str, wrong: str, remedy: str) -> Problem:
        """A mistake in a column; later rules leave that column alone, so that one mistake is told once."""
        self.spoil(column)
        return Problem(self.file, self.line, self.prefix + column, wrong, remedy, "error")

    def warning(self, column: str, wrong: str, remedy: str) -> Problem:
        """Something odd in a column that may yet be right."""
        return Problem(self.file, self.line, self.prefix + column, wrong, remedy, "warning")

    @property
    def place(self) -> str:
        """Where the row is, in words for the middle of a sentence."""
        return self.file if self.line is None else _("line {line}").format(line=self.line)


def listed(cell: str | None) -> list[str]:
    """The parts of a cell that names several, separated by semicolons."""
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def quoted(cell: object) -> str:
    """A cell as a message repeats it: in quotation marks, on one line, cut where it is long."""
    text = " ".join(str(cell).split())
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


class Nearest:
    """Suggests what was probably meant; remembers, and stops after so many words."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str | None] = {}

    def match(self, word: str, options: Collection[str], family: str) -> str | None:
        """The option most like the word, or None; ``family`` says which options these are."""
        if (family, word) not in self.known and len(self.known) < SUGGESTIONS:
            self.known[family, word] = nearest(word, options)
        return self.known.get((family, word))


def nearest(word: str, options: Collection[str], alike: float = 0.6) -> str | None:
    """The option most like the word, or None where none is at least so much alike (0 to 1)."""
    return next(iter(difflib.get_close_matches(word[:160], options, 1, alike)), None)


def meant(match: str | None, otherwise: str) -> str:
    """The remedy for a word that is not known."""
    return _('did you mean "{word}"?').format(word=match) if match else otherwise
