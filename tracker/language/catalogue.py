"""Keeping the catalogues complete: what the source and the record say, set against what each language has.

``make catalogues`` reads every sentence that passes ``gettext`` or ``ngettext``, every ``marked`` text, the help
of each kind of assertion and the names of the record; it brings each catalogue to exactly these and prints what is not
translated yet. A translation stays with its sentence: where the English changes, it is asked for anew.
"""

import ast
import csv
import io
import re
import string
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tracker.language import ENGLISH, LANGUAGES, file_of, is_country, summary
from tracker.settings import RECORD, ROOT

PACKAGE = ROOT / "tracker"
#: the record's names of closed lists; a country's comes from the CLDR, and people, titles and wordings stay as they are
NAMES = (
    *(("subjects", "name"), ("populations", "name"), ("scales", "name"), ("responses", "name")),
    *(("polls", "population_label"), ("polls", "mode")),
)
#: classes whose docstring is shown as help
EXPLAINED = PACKAGE / "claims" / "assertions"
#: what a translation must repeat as it is: code, formulas, addresses, emphasis
KEPT = re.compile(r"`[^`]+`|\$[^$]+\$|https?://\S+|\*\*|/api/\S+")

#: a sentence, or its singular and plural
Said = str | tuple[str, str]


def sentences(path: Path) -> Iterator[Said]:
    """Every sentence of a Python file that is shown to somebody."""
    found = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call | ast.ClassDef)]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node, ast.Call):
            yield from _said(node)
        elif EXPLAINED in path.parents and node.bases:
            yield summary(ast.get_docstring(node))


def _said(call: ast.Call) -> Iterator[Said]:
    marker = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if marker in ("_", "gettext"):
        yield from _choices(call.args[0])
    elif marker == "marked":
        yield from _within(call.args[0])
    elif marker == "ngettext":
        pair = [text for argument in call.args[:2] for text in _choices(argument)]
        yield from [(pair[0], pair[1])] if len(pair) == 2 else []


def _choices(node: ast.expr) -> Iterator[str]:
    """The text, or the two between which an ``if`` decides; nothing where it is looked up elsewhere."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _within(node: ast.expr) -> Iterator[str]:
    """Every text of a tuple or a dict, save the keys."""
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _within(value)
    elif isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from _within(element)
    else:
        yield from _choices(node)


def names(path: Path, column: str) -> Iterator[str]:
    """The names in a column of a table of the record that no other source can translate."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row[column] and not is_country(row[column]):
                yield row[column]


def template() -> Catalog:
    """All there is to translate, in the order of the files."""
    found = Catalog(project="tracker", charset="utf-8")
    for path in sorted(PACKAGE.rglob("*.py")):
        for said in sentences(path):
            if said and said != ("", ""):
                found.add(said, locations=[(_place(path), 1)])
    for table, column in NAMES:
        path = RECORD / f"{table}.csv"
        for said in names(path, column):
            found.add(said, locations=[(_place(path), 1)])
    return found


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(code: str) -> Catalog:
    """The catalogue of a language as it stands; an empty one for a language that has none."""
    if not file_of(code).exists():
        return Catalog(locale=code, charset="utf-8")
    with file_of(code).open("rb") as file:
        return read_po(file, code)


def updated(code: str) -> bytes:
    """The file of a language with exactly what there is to translate."""
    catalogue, found = read(code), template()
    # no date, so that what has not changed is not written anew
    found.creation_date = catalogue.creation_date
    catalogue.update(found, no_fuzzy_matching=True)
    for message in catalogue:
        message.flags -= {"python-format", "python-brace-format"}
    written = io.BytesIO()
    write_po(written, catalogue, width=120, ignore_obsolete=True, include_lineno=False)
    return written.getvalue()


def untranslated(code: str) -> list[str]:
    """What a language lacks, has too much of, or says with other placeholders: one line each."""
    catalogue, found = read(code), template()
    asked = {message.id: message for message in found if message.id}
    held = {message.id: message for message in catalogue if message.id}
    lines = [f"not in the catalogue: {_shown(message)}" for key, message in asked.items() if key not in held]
    lines += [f"no longer said: {_shown(message)}" for key, message in held.items() if key not in asked]
    for key in asked.keys() & held.keys():
        lines += [f"{wrong}: {_shown(asked[key])}" for wrong in _wrong(held[key])]
    return sorted(lines)


def _shown(message: Message) -> str:
    place = ", ".join(dict.fromkeys(path for path, _line in message.locations))
    return f"{message.id!r} ({place})"


def _wrong(message: Message) -> Iterator[str]:
    told = message.string if isinstance(message.string, tuple | list) else (message.string,)
    said = message.id if isinstance(message.id, tuple | list) else (message.id,)
    if message.fuzzy:
        yield "marked as fuzzy"
    if not all(told) or len(told) < len(said):
        yield "not translated"
    elif any(parts(text or "") != parts(said[-1]) for text in told):
        yield "other placeholders, code or addresses"


def parts(text: str) -> list[str]:
    """What a translation must have in common with its sentence, in any order; and the space at either end."""
    fields = [f"{name}!{kind}:{form}" for _text, name, form, kind in string.Formatter().parse(_braces(text)) if name]
    edges = [text[:1] if text[:1].isspace() else "", text[-1:] if text[-1:].isspace() else ""]
    return sorted(set(fields)) + sorted(KEPT.findall(text)) + edges


def _braces(text: str) -> str:
    # formulas have braces of their own
    return re.sub(r"\$[^$]+\$", "", text)


def main() -> int:
    """Bring every catalogue up to date and print what is not translated; 1 where something is not."""
    lacking = 0
    for code in LANGUAGES:
        if code != ENGLISH:
            file_of(code).parent.mkdir(parents=True, exist_ok=True)
            file_of(code).write_bytes(updated(code))
            lines = untranslated(code)
            print(*(f"{code}: {line}" for line in lines), sep="\n", end="\n" if lines else "")
            lacking += len(lines)
    print(f"{lacking} to translate")
    return 1 if lacking else 0
