"""A public-opinion poll tracker: polls, what is claimed about them, and what the polls say."""

import os
from typing import Any

# The pooling model factors many small matrices: on two threads each waits for the other and takes five to thirty times
# as long. numpy reads this once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def open(url: str) -> "Opened":
    """The tracker behind a database's URL, for a notebook."""
    return Opened(url)


class Opened:
    """A tracker whose tables come as data frames."""

    def __init__(self, url: str) -> None:
        from tracker.store import Store  # here: whoever imports a part of the package waits for no other

        self.store = Store(url)

    def export(self, name: str, as_of: str | int | None = None, **filters: Any) -> Any:
        """A table as a pandas frame with the columns of its CSV, typed: ``export("wide", subject="china")``.

        A filter is one value or a list of them; ends are given as ``**{"value.to": 30}``.
        """
        from tracker import tables

        given = {column: value if isinstance(value, list) else [value] for column, value in filters.items()}
        store = self.store if as_of is None else self.store.at(as_of)
        return tables.frame(store, name, {column: [str(value) for value in each] for column, each in given.items()})
