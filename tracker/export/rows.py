"""A table's rows as they are asked for, in runs that share cells."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

#: rows read at a time
CHUNK = 500
#: rows whose cells are kept at hand
KEPT = 20_000

Row = Sequence[Any]


class Run(NamedTuple):
    """Rows one after the other whose first and last cells are the same: CSV writes these once."""

    before: Row
    own: Sequence[Row]
    after: Row


class Rows:
    """The rows of a table as they are asked for, one at a time or in runs; ``close`` lets go of where they come from.

    ``shared``: whether it is worth asking for runs. What was given in one way is not given again in the other.
    """

    def __init__(self, runs: Generator[Run, None, None], shared: bool = True) -> None:
        self.shared = shared
        self._source = runs
        self._runs: Iterator[Run] = runs
        self._rows = ((*run.before, *own, *run.after) for run in self.runs() for own in run.own)

    @classmethod
    def single(cls, rows: Generator[Row, None, None]) -> "Rows":
        """Rows that share nothing."""
        return cls(_single(rows), shared=False)

    def only(self, places: Sequence[int]) -> "Rows":
        """The same rows with only the cells in these places, which are in order."""
        return Rows(_only(self, places), self.shared)

    def start(self) -> None:
        """Read the first rows now: what fails then has given nothing yet."""
        self._runs = chain(list(islice(self._runs, 1)), self._runs)

    def runs(self) -> Iterator[Run]:
        """The rows in runs."""
        while run := next(self._runs, None):
            yield run

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def __next__(self) -> Row:
        return next(self._rows)

    def close(self) -> None:
        """No more rows are wanted."""
        self._source.close()


class Kept:
    """What was made of each of many tuples, by the tuple itself, not by what it holds: the last ``KEPT`` or fewer."""

    def __init__(self, make: Any) -> None:
        self.make = make
        self._made: dict[int, tuple[Row, Any]] = {}

    def __call__(self, cells: Row) -> Any:
        """The same again where the cells are the same object."""
        held = self._made.get(id(cells))
        if held is None:
            if len(self._made) > KEPT:
                self._made.clear()
            # the cells are held beside what was made of them: no other tuple can have their identity
            held = self._made[id(cells)] = (cells, self.make(cells))
        return held[1]


def portions(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """The rows in lists of this many."""
    while chunk := list(islice(rows, size)):
        yield chunk


def _single(rows: Generator[Row, None, None]) -> Generator[Run, None, None]:
    with closing(rows):
        for portion in chain([list(islice(rows, 1))], portions(rows, CHUNK)):
            yield Run((), portion, ())


def _only(rows: Rows, places: Sequence[int]) -> Generator[Run, None, None]:
    kept: dict[tuple[int, ...], Kept] = {}
    with closing(rows):
        for before, own, after in rows.runs():
            first = len(before)
            last = first + len(own[0]) if own else first
            inner = tuple(i - first for i in places if first <= i < last)
            head = tuple(before[i] for i in places if i < first)
            tail = tuple(after[i - last] for i in places if i >= last) if own else ()
            if not inner:
                yield Run((), [head + tail] * len(own), ())
            elif rows.shared:
                chosen = kept.setdefault(inner, Kept(partial(_chosen, inner)))
                yield Run(head, [chosen(cells) for cells in own], tail)
            else:
                yield Run(head, [_chosen(inner, cells) for cells in own], tail)


def _chosen(places: Sequence[int], cells: Row) -> Row:
    return tuple([cells[i] for i in places])
