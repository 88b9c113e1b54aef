"""The command line: the same verbs as the library.

What a machine reads goes to standard output, messages to standard error. Exit 0: done; 1: the data has errors; 2: wrong
usage. The modules behind the commands are imported when a command runs, so that ``tracker --help`` answers at once.
"""

import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from tracker.cli.arguments import asked_language, parser
from tracker.language import use

__all__ = ["lifespan", "main", "parser", "sign_cookies"]

#: exit codes
DONE, DATA_ERRORS, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. A mistake is one line on standard error."""
    use(asked_language(argv))  # before anything is said, the help included
    arguments = parser().parse_args(argv)
    try:
        code = _command(arguments.run)(arguments)
        sys.stdout.flush()
        return int(code or DONE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if not _told(error):
            raise
        print(f"tracker: {_line(error)}", file=sys.stderr)
        return WRONG_USAGE


def sign_cookies() -> None:
    """Give Streamlit the secret with which it signs its cookies."""
    _command("serving.sign_cookies")()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """What happens once around the life of a server, however it was started."""
    async with _command("serving.lifespan")(app):
        yield


def _command(name: str) -> Any:
    module, function = name.split(".")
    return getattr(import_module(f"tracker.cli.{module}"), function)


def _told(error: Exception) -> bool:
    """Whether the error is a sentence for whoever typed the command: our own, the system's, or the database's."""
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in ("tracker", "sqlalchemy")


def _line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or ''}: {error.strerror}".lstrip(": ")
    # the database's own words come first, and after them pages of statement
    return str(error).splitlines()[0] if str(error) else type(error).__name__
