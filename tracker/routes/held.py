"""Small answers at hand, by what they are of: asked for again, they are sent without reading a row."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

#: bytes of one answer, and of all that are held
ONE, ALL = 1 << 18, 1 << 24


@dataclass(frozen=True)
class Answer:
    """What is sent: headers and body."""

    headers: dict[str, str]
    body: bytes


class Held:
    """The answers asked for last, up to so many bytes."""

    def __init__(self, most: int = ALL) -> None:
        self.most = most
        self._answers: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __getitem__(self, key: tuple[str, str]) -> Answer:
        """The answer of a store that has this tag. KeyError."""
        with self._lock:
            self._answers.move_to_end(key)
            return self._answers[key]

    def __setitem__(self, key: tuple[str, str], answer: Answer) -> None:
        """Hold an answer, unless it is large; those asked for longest ago make room for it."""
        if len(answer.body) > ONE:
            return
        with self._lock:
            former = self._answers.pop(key, None)
            self._size += len(answer.body) - (len(former.body) if former else 0)
            self._answers[key] = answer
            while self._size > self.most:
                self._size -= len(self._answers.popitem(last=False)[1].body)
