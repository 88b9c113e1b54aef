"""Answers at hand, by what was asked: asked for again while nothing changed, they are given without reading a row."""

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from tracker import language
from tracker.routes import asking
from tracker.store import Store

#: bytes of one body, and of all answers that are held
ONE, ALL = 1 << 18, 1 << 24
#: which store, which address, which query
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Answer:
    """What is sent while the record is at this revision: validators, and with a body, which may be too large to hold,
    whatever else its headers say."""

    revision: int
    headers: dict[str, str]
    more: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    #: the day of asking, where what is said depends on it
    day: dt.date | None = None

    def whole(self) -> Response:
        """With its body."""
        return Response(self.body, headers=self.headers | self.more)

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        return len(self.body or b"") + 1024


class Held:
    """The answers asked for last, up to so many bytes."""

    def __init__(self, most: int = ALL) -> None:
        self.most = most
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def hold(self, request: Request, store: Store, answer: Answer) -> None:
        """Hold what answers a request, unless it is large; those asked for longest ago make room for it."""
        key = _key(request, store)
        if key is None or len(answer.body or b"") > ONE:
            return
        with self._lock:
            former = self._answers.pop(key, None)
            self._size += answer.size - (former.size if former else 0)
            self._answers[key] = answer
            while self._size > self.most:
                self._size -= self._answers.popitem(last=False)[1].size

    def at_hand(self, request: Request, store: Store, newest: int | None) -> Response | None:
        """The answer to a request, where it is held and of the newest revision, if that is known."""
        found = self._held(_key(request, store))
        if found is None or found.revision != newest or found.day not in (None, store.today()):
            return None
        return asking.unchanged(request, found.headers) or (None if found.body is None else found.whole())

    def _held(self, key: Key | None) -> Answer | None:
        with self._lock:
            if key is None or key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key]


def _key(request: Request, store: Store) -> Key | None:
    """What is asked of the record as it is now; None of a past state, whose revision is not the newest."""
    if request.method != "GET" or language.AS_OF in request.query_params:
        return None
    return store.url, request.url.path, request.url.query
