"""What the server writes of itself: lines for people, or a JSON object a line for programs, all in one way."""

import datetime as dt
import json
import logging
import re
from typing import Any

from tracker.settings import Settings

#: what everybody's record has; whatever else is in one was told beside its message
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
#: whoever writes beside us, each with a way of its own until :func:`write` says how
OTHERS = ("uvicorn", "streamlit", "alembic", "websockets")
#: what opens something for whoever reads it, wherever it stands in a text: a link that signs in, a provider's code, the
#: password of a database
SECRETS = re.compile(r"([?&](?:token|code|state)=|//[^/\s:@]+:(?=[^\s/@]+@))[^\s&@\"']+")


class Json(logging.Formatter):
    """A record as one JSON object: time (UTC), level, logger, message, what was told beside it, and a trace."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        told: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name, value in vars(record).items() if name not in USUAL}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(told, ensure_ascii=False, default=str))


class Text(logging.Formatter):
    """A record as a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a trace below it where there is one."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """The text with what opens something left out."""
    return SECRETS.sub(r"\1...", text)


def write(settings: Settings) -> None:
    """Have everything logged to standard error as the settings say, the libraries' lines too."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if settings.log_format == "json" else Text("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # the libraries say what concerns us as warnings
    root.setLevel(max(logging.WARNING, getattr(logging, settings.log_level.upper())))
    logging.getLogger("tracker").setLevel(settings.log_level.upper())
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] in OTHERS:
            other = logging.getLogger(name)
            other.handlers.clear()
            # requests are told by us, and without addresses
            other.propagate = name != "uvicorn.access"
