"""Commands on the record as files: in, out, checked."""

from argparse import Namespace
from pathlib import Path

from tracker import intake
from tracker.cli.opening import WHO, migrated, progress, say, store
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.store import Store


def read_in(arguments: Namespace) -> int:
    """Import folders and sheets: the mistakes of all of them, or all of their rows."""
    opened = migrated(arguments) if any(Path(path).is_file() for path in arguments.path) else None
    records = [_read(opened, path, arguments) for path in arguments.path]
    problems = [problem for record in records for problem in record.problems]
    for problem in sorted(problems, key=lambda problem: problem.severity):
        say(f"{problem}")
    if errors := sum(len(record.errors) for record in records):
        return _nothing_stored(errors)
    unsure = sum(len(record.warnings) for record in records if record.origin != "import")
    if unsure and not (arguments.confirm or arguments.dry_run):
        return _to_confirm(unsure)
    opened = opened or migrated(arguments)
    return max(_stored(opened, record, arguments) for record in records)


def _read(opened: Store | None, path: str, arguments: Namespace) -> intake.Record:
    """What is at a path: a folder of tables, or a sheet with one row a question."""
    if opened is None or not Path(path).is_file():
        return intake.read_folder(path)
    chosen = {header: column or None for header, column in arguments.match}
    sheet = intake.read_sheet(opened, Path(path).read_bytes(), Path(path).name, chosen, dict(arguments.with_))
    for match in sheet.matches:
        if match.column and match.how != "name":
            say(_("{header} was taken for {column}").format(header=match.header, column=match.column))
    return sheet.record


def _to_confirm(unsure: int) -> int:
    told = ngettext(
        "Nothing was stored: {count} warning. If it is right as it is, give --confirm.",
        "Nothing was stored: {count} warnings. If it is right as it is, give --confirm.",
        unsure,
    )
    say(told.format(count=unsure))
    return 1


def _stored(opened: Store, record: intake.Record, arguments: Namespace) -> int:
    """Store one record and say what became of it."""
    outcome = intake.store_record(opened, record, WHO, arguments.reason, arguments.dry_run, progress)
    for conflict in outcome.conflicts:
        say(f"{conflict}")
    if outcome.conflicts:
        return _nothing_stored(len(outcome.conflicts))
    counts = vars(outcome) | {"unchanged": outcome.unchanged + outcome.agreed}
    told = _("{inserted} rows added, {updated} updated, {kept} kept as corrected here, {unchanged} unchanged")
    say((_("Dry run: ") if arguments.dry_run else "") + told.format(**counts))
    if outcome.batch and not arguments.dry_run:
        say(_("Revision {revision}. To take it back: tracker undo {batch}").format(**counts))
    return 0


def _nothing_stored(errors: int) -> int:
    say(
        ngettext("Nothing was stored: {count} error.", "Nothing was stored: {count} errors.", errors).format(
            count=errors
        )
    )
    return 1


def write_folder(arguments: Namespace) -> None:
    """Write the record to a folder, byte for byte."""
    files = intake.write_folder(store(arguments), arguments.to)
    say(ngettext("Wrote {count} file.", "Wrote {count} files.", len(files)).format(count=len(files)))


def check(arguments: Namespace) -> int:
    """Print every problem of the store, errors first; 1 where there is an error."""
    problems = sorted(intake.check(store(arguments)), key=lambda problem: problem.severity)
    for problem in problems:
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    say(_("{errors} errors, {warnings} warnings").format(errors=errors, warnings=len(problems) - errors))
    return 1 if errors else 0
