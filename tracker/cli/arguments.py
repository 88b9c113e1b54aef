"""Every command with its arguments; ``run`` names the function that carries it out."""

import argparse
import datetime as dt
from collections.abc import Sequence
from typing import Any

from tracker.language import LANGUAGES, marked
from tracker.language import gettext as _

#: every table on offer; written out, because an answer to --help waits for none of them (a test holds it to tables)
NAMES = (
    *("polls", "questions", "answers", "wide", "series", "trend", "weights", "house-effects", "claims", "verdicts"),
    *("evidence", "events", "disclosures", "pollsters", "subjects", "populations", "scales", "responses", "revisions"),
)
#: every format on offer, for the same reason
ENDINGS = ("csv", "json", "jsonl", "parquet")

#: every table at once
PACKAGE = "package"

#: what a trend is of; the series knows what each is when it is left out
ATTITUDE = marked(
    {
        "population": "who is asked; default: ca-adults",
        "subject": "what is rated; default: china",
        "construct": "what is measured; default: favourability",
        "measure": "positive (the default), negative, net, mean, or one response of the scale",
        "object": "country (the default), government, leader or people",
    }
)

#: what narrows a chart, each as often as there are several
SEVERAL = marked(
    {
        "pollster": "only polls by this pollster",
        "category": "only events of this category",
        "actor": "only events in which this country or body takes part",
    }
)

Commands = Any  # argparse's own type for a group of commands is private


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="tracker", description=_("Opinion polls over time, and what is claimed of them.")
    )
    _language(top)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for add in (_serve, _import, _export, _trend, _judge, _check, _chart, _undo, _history):
        add(commands)
    for add in (_backup, _restore, _contributor, _login):
        add(commands)
    return top


def _add(commands: Commands, name: str, run: str, told: str) -> argparse.ArgumentParser:
    """One command: its help is its description too."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=told, description=told)
    command.set_defaults(run=run)
    command.add_argument("--database", metavar="URL", help=_("the store; default: TRACKER_DATABASE_URL"))
    _language(command)
    return command


def _language(command: argparse.ArgumentParser) -> None:
    # wherever it stands on the line, and read before all else
    told = _("language of what is printed; default: en")
    command.add_argument("--lang", choices=[*LANGUAGES], default=argparse.SUPPRESS, help=told)


def asked_language(argv: Sequence[str] | None) -> str | None:
    """The language that a command line asks for, before its other words are looked at."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    early.add_argument("--lang", nargs="?")
    found: str | None = early.parse_known_args(argv)[0].lang
    return found


def _serve(commands: Commands) -> None:
    told = _("Serve the app, its data and a one-time sign-in link; a first start migrates and loads the record.")
    command = _add(commands, "serve", "serving.serve", told)
    command.add_argument("--host", help=_("address to serve on; default: TRACKER_HOST, or this machine only"))
    command.add_argument("--port", type=_port, help=_("port; default: TRACKER_PORT, or 8501"))


def _import(commands: Commands) -> None:
    told = _(
        "Read folders of tables, or sheets of polls, into the store: all of it or nothing, and again without harm."
    )
    command = _add(commands, "import", "record.read_in", told)
    paths = _("a folder with the record's tables as CSV files, or a CSV or XLSX sheet with one row a question")
    command.add_argument("path", nargs="+", metavar="PATH", help=paths)
    command.add_argument("--dry-run", action="store_true", help=_("say what would be stored, and store nothing"))
    command.add_argument("--reason", metavar="TEXT", help=_("why, for the ledger"))
    command.add_argument("--confirm", action="store_true", help=_("store a sheet although it has warnings"))
    match = _("what a column of a sheet is, where that was not seen; HEADER= leaves it out")
    command.add_argument("--match", type=_pair, action="append", default=[], metavar="HEADER=COLUMN", help=match)
    same = _("a value for every row of a sheet that has no such column, for example population=ca-adults")
    command.add_argument(
        "--with", type=_pair, action="append", default=[], metavar="COLUMN=VALUE", help=same, dest="with_"
    )


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise argparse.ArgumentTypeError(_("{text} has no = between a column and its value").format(text=repr(text)))
    return name, value


def _export(commands: Commands) -> None:
    told = _(
        "Write a table as CSV, JSON or Parquet, or package: all of them as a zip; without NAME and with --to DIR the "
        "record, byte for byte."
    )
    command = _add(commands, "export", "ledger.write_out", told)
    command.add_argument(
        "name", nargs="?", metavar="NAME", help=_("one of: {names}").format(names=", ".join([*NAMES, PACKAGE]))
    )
    _written(command, [*ENDINGS])
    command.add_argument("--to", metavar="PATH", help=_("a file, or for the record a folder; default: standard output"))
    only = _("only rows whose column has one of the values given for it; COLUMN.from= and COLUMN.to= are ends")
    command.add_argument("--where", type=_pair, action="append", default=[], metavar="COLUMN=VALUE", help=only)
    command.add_argument("--columns", metavar="NAMES", help=_("only these columns, separated by commas"))
    command.add_argument("--limit", type=_count, metavar="ROWS", help=_("at most this many rows"))
    _attitude(command)


def _written(command: argparse.ArgumentParser, formats: list[str]) -> None:
    command.add_argument("--format", choices=formats, default="csv", help=_("default: csv"))


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(_("{text} is no number of rows").format(text=repr(text)))
    return int(text)


def _trend(commands: Commands) -> None:
    command = _add(commands, "trend", "answers.trend", _("Print the pooled trend of one attitude, day by day."))
    _attitude(command)
    _written(command, [*ENDINGS])


def _judge(commands: Commands) -> None:
    told = _("Print the verdict on a claim, as the polls stood when it was made and as they stand now.")
    command = _add(commands, "judge", "answers.judge", told)
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("claim", nargs="?", metavar="CLAIM", help=_("the id of a claim"))
    which.add_argument("--all", action="store_true", help=_("every claim of the record"))
    command.add_argument("--format", choices=["text", "json"], default="text", help=_("default: text"))
    _known_by(command)
    _as_of(command)


def _check(commands: Commands) -> None:
    told = _("Run every rule over the whole store and print what is wrong.")
    _as_of(_add(commands, "check", "record.check", told))


def _chart(commands: Commands) -> None:
    command = _add(commands, "chart", "answers.chart", _("Draw the trend of one attitude as SVG or PNG."))
    _attitude(command)
    command.add_argument("--to", required=True, metavar="FILE", help=_("a file that ends in .svg or .png"))
    command.add_argument("--compare", metavar="SUBJECT", help=_("another subject, to be set against the first"))
    for name, told in SEVERAL.items():
        command.add_argument(f"--{name}", action="append", metavar="ID", help=_(told))
    command.add_argument("--from", dest="since", metavar="DATE", type=_day, help=_("polls in the field then or later"))
    command.add_argument("--until", metavar="DATE", type=_day, help=_("polls in the field then or before"))
    command.add_argument("--theme", choices=["light", "dark"], default="light", help=_("default: light"))
    command.add_argument("--width", metavar="PIXELS", help=_("default: 900; a PNG has twice as many"))
    command.add_argument("--size", choices=["card"], help=_("1200 by 630 pixels, for links, in place of a width"))


def _undo(commands: Commands) -> None:
    command = _add(commands, "undo", "ledger.undo", _("Take back a whole batch: every row as it was before."))
    command.add_argument("batch", metavar="BATCH", help=_("as history, or the table of revisions, names it"))
    command.add_argument("--reason", metavar="TEXT", help=_("why, for the ledger"))


def _history(commands: Commands) -> None:
    command = _add(
        commands, "history", "ledger.history", _("Print the life of a row: what changed, when, by whom, why.")
    )
    command.add_argument("id", metavar="ID", help=_("the id of a poll, a question, a claim, or any other row"))
    _as_of(command)


def _backup(commands: Commands) -> None:
    told = _("Write everything but open sign-ins to a new file, while others write, and check it on the spot.")
    which = _add(commands, "backup", "moving.backup", told).add_mutually_exclusive_group(required=True)
    which.add_argument("file", nargs="?", metavar="FILE", help=_("a file that is not there yet"))
    which.add_argument("--to", metavar="FILE", help=_("the same"))


def _restore(commands: Commands) -> None:
    told = _("Put a backup into an empty database of any kind: all of it, or nothing.")
    _add(commands, "restore", "moving.restore", told).add_argument("file", metavar="FILE", help=_("a backup"))


def _contributor(commands: Commands) -> None:
    told = _("Add, change, list or remove those who may write.")
    actions = commands.add_parser("contributor", help=told, description=told).add_subparsers(required=True)
    command = _add(actions, "add", "people.add", _("Let somebody write."))
    command.add_argument("email", metavar="EMAIL", help=_("never shown or exported"))
    command.add_argument("--name", required=True, help=_("the name under which what they do is recorded, in public"))
    _role(command, default="editor")
    command = _add(actions, "change", "people.change", _("Give a contributor another public name or role."))
    command.add_argument("email", metavar="EMAIL")
    command.add_argument("--name", help=_("the name under which what they do is recorded from now on, in public"))
    _role(command, default=None)
    _add(actions, "list", "people.show", _("List those who may write."))
    command = _add(actions, "remove", "people.remove", _("Let somebody write no more; what they wrote stays."))
    command.add_argument("email", metavar="EMAIL")


def _role(command: argparse.ArgumentParser, default: str | None) -> None:
    command.add_argument("--role", choices=["pollster", "editor", "administrator"], default=default)
    command.add_argument("--pollster", metavar="ID", help=_("for the role pollster: whose polls"))


def _login(commands: Commands) -> None:
    command = _add(commands, "login", "people.login", _("Print a one-time sign-in link for a contributor."))
    command.add_argument("email", metavar="EMAIL", help=_("whose"))
    command.add_argument("--revoke", action="store_true", help=_("sign them out everywhere instead"))


def _attitude(command: argparse.ArgumentParser) -> None:
    for name, told in ATTITUDE.items():
        command.add_argument(f"--{name}", help=_(told))
    _known_by(command)
    _as_of(command)


def _known_by(command: argparse.ArgumentParser) -> None:
    command.add_argument("--known-by", metavar="DATE", type=_day, help=_("only readings that were public by that day"))


def _as_of(command: argparse.ArgumentParser) -> None:
    told = _("what this tracker held then: a revision number, a moment or a date")
    command.add_argument("--as-of", metavar="WHEN", help=told)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("{text} is no date: write it as 2025-04-21").format(text=text)) from None


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(_("{text} is no port: give a number from 1 to 65535").format(text=text))
    return int(text)
