"""Numbers and dates as each language writes them; catalogues without a gap; no sentence that passes them by.

Where a sentence is named here, ``make catalogues`` adds it to the catalogues, for somebody to translate.
"""

import ast
import builtins
import csv
import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tracker import claims, disclosure, events, language, scales, series
from tracker.language import catalogue
from tracker.language.words import WORDS
from tracker.settings import RECORD, ROOT

OTHERS = [code for code in language.LANGUAGES if code != language.ENGLISH]
FILES = sorted((ROOT / "tracker").rglob("*.py"))
LOOKED_UP = ("_", "gettext", "ngettext", "marked")
#: what a logger is told: ``logging.getLogger(...).error(...)``, ``log.error(...)``
LOGGED = tuple(f"{logger}.{level}" for logger in ("", "log") for level in ("error", "warning", "info", "exception"))
#: three words in a row are a sentence, and a capital letter begins a label
PROSE = re.compile(r"[A-Za-z]+[,:;]? [a-z]{2,}[,:;]? [a-z]{2,}")
LABEL = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]{2,}$")
#: what names a text that a reader sees, whatever is called with it
SHOWN = {"label", "help", "placeholder", "alt", "title", "text", "body", "caption"}
#: styles, scripts and lines to paste, other people's names of columns, the names of counts, and the translators' tool:
#: no sentences for a reader
APART = {
    *("language/catalogue.py", "intake/sheet/matching.py", "metrics.py"),
    *("routes/html.py", "ui/look.py", "ui/parts/ways.py", "ui/snippets.py"),
}


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.use("en")


@pytest.mark.parametrize(
    ("start", "end", "precision", "english", "french"),
    [
        ("2020-05-04", "2020-05-06", "day", "4–6 May 2020", "4–6 mai 2020"),
        ("2020-05-04", "2020-05-04", "day", "4 May 2020", "4 mai 2020"),
        ("2014-03-17", "2014-06-05", "window", "17 March – 5 June 2014", "17 mars – 5 juin 2014"),
        ("2019-12-20", "2020-01-03", "day", "20 December 2019 – 3 January 2020", "20 décembre 2019 – 3 janvier 2020"),
        ("2020-05-01", "2020-05-06", "day", "1–6 May 2020", "1er–6 mai 2020"),
        ("2020-04-30", "2020-05-01", "day", "30 April – 1 May 2020", "30 avril – 1er mai 2020"),
        ("2020-05-01", "2020-05-31", "month", "May 2020", "mai 2020"),
        ("2020-01-01", "2020-12-31", "year", "2020", "2020"),
    ],
)
def test_a_field_period_is_as_precise_as_it_is_known(
    start: str, end: str, precision: str, english: str, french: str
) -> None:
    for code, expected in (("en", english), ("fr", french)):
        language.use(code)
        assert language.span(dt.date.fromisoformat(start), dt.date.fromisoformat(end), precision) == expected


def test_numbers_follow_the_language() -> None:
    assert (language.number(Decimal("3.1")), language.number(1622)) == ("3.1", "1,622")
    assert language.number(-6.2) == "−6.2"
    language.use("fr")
    assert (language.number(Decimal("3.1")), language.number(1622)) == ("3,1", "1\xa0622")


def test_a_language_that_is_not_offered_leaves_english() -> None:
    assert not language.use("tlh")
    assert language.chosen() == "en"
    assert language.use(None) and language.use("fr")


def test_a_sentence_without_a_translation_is_shown_as_written() -> None:
    language.use("fr")
    assert language.gettext("No sentence of ours, {name}") == "No sentence of ours, {name}"


def test_countries_have_names_in_both_languages() -> None:
    assert (language.country("DE"), language.country("ZZZ")) == ("Germany", None)
    language.use("fr")
    assert language.country("DE") == "Allemagne"


def test_a_name_of_the_record_is_the_catalogues_or_a_countrys_or_stays_as_typed() -> None:
    names = ["Canadian adults", "Norway", "Voters in Moncton"]
    assert [language.name(name) for name in names] == names
    language.use("fr")
    assert [language.name(name) for name in names] == ["Adultes canadiens", "Norvège", "Voters in Moncton"]


def test_a_word_of_a_closed_list_is_said_as_people_say_it() -> None:
    assert [language.word(slug) for slug in ("trade-tariff", "some-thing", "2014-01-31")] == [
        "trade and tariffs",
        "some thing",
        "2014-01-31",
    ]
    language.use("fr")
    assert language.word("trade-tariff") == "commerce et tarifs"


def test_an_address_names_a_language_other_than_english() -> None:
    assert language.address("/claims/x?as_of=3") == "/claims/x?as_of=3"
    assert language.address("/claims/x?as_of=3", "fr") == "/claims/x?as_of=3&lang=fr"
    language.use("fr")
    assert (language.address("/?lang=en"), language.address("/?lang=fr", "en")) == ("/?lang=fr", "/")
    assert language.carried({"claim": "x"}) == {"claim": "x", "lang": "fr"}


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_translated_and_none_is_stale(code: str) -> None:
    assert catalogue.untranslated(code) == []


def test_french_has_its_spaces_where_canada_writes_them() -> None:
    """One that does not break before a colon, a percent sign and inside quotation marks, none before ; ? and !"""
    wrong = re.compile(r"[^\s\xa0]:(?=\s|$)| [:%»](?=[\s.,;)]|$)|«[^\xa0]|[^\xa0]»|[\s\xa0][;?!]")
    told = [each.string for each in catalogue.read("fr") if each.id]
    texts = [text for each in told for text in ([each] if isinstance(each, str) else each)]
    assert texts and [text for text in texts if wrong.search(text)] == []


def test_a_translation_repeats_placeholders_code_and_addresses() -> None:
    assert catalogue.parts("{a} of {b:.2f}, `x` ") == catalogue.parts("`x`: {b:.2f}, {a} ")
    for other in ("{a} of {b}, `x` ", "{a} of {b:.2f}, `y` ", "{a} of {b:.2f}, `x`"):
        assert catalogue.parts(other) != catalogue.parts("{a} of {b:.2f}, `x` ")


def test_the_extraction_finds_what_is_shown(tmp_path: Path) -> None:
    source = """
        from tracker.language import gettext as _, marked, ngettext
        NAMES = marked({"a": "one", "b": ("two", "three")})
        def said(many):
            return _("four" if many else "five" " and six"), _(NAMES["a"]), ngettext("a poll", "{n} polls", many)
    """
    (tmp_path / "said.py").write_text("\n".join(line[8:] for line in source.splitlines()))
    found = list(catalogue.sentences(tmp_path / "said.py"))
    assert found == ["one", "two", "three", "four", "five and six", ("a poll", "{n} polls")]


def test_a_slug_says_the_same_as_its_entry_in_english() -> None:
    assert [slug for slug in WORDS if language.word(slug) != WORDS[slug]] == []


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Every sentence of a catalogue, wherever it is looked up."""
    return {message.id for message in catalogue.read(OTHERS[0]) if isinstance(message.id, str)}


def cells(table: str, column: str) -> set[str]:
    """The values of a column of the record."""
    with (RECORD / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def test_every_slug_of_a_closed_list_has_a_word() -> None:
    fields = [parameter for kind in claims.KINDS for parameter in claims.parameters(kind)]
    lists = [
        *(claims.KINDS, claims.WORDS, series.MODE_CLASSES, scales.POLARITIES, disclosure.SAMPLE_TYPES, events.PLOVER),
        *([field.name for field in fields], [choice for field in fields for choice in field.choices]),
        *(cells("events", "category"), cells("events", "date_precision"), cells("polls", "date_precision")),
        *(cells("questions", "construct"), cells("questions", "object"), cells("questions", "provenance")),
    ]
    assert {slug for slugs in lists for slug in slugs} - WORDS.keys() == set()


def place(path: Path, node: ast.expr) -> str:
    return f"{path.relative_to(ROOT / 'tracker').as_posix()}:{node.lineno}"


def literal(node: ast.AST) -> str:
    """The text of a literal, without what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return " ".join(literal(value) for value in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def called(node: ast.AST) -> str:
    """What is called: "st.title"; nothing where no plain name is."""
    func = node.func if isinstance(node, ast.Call) else None
    if isinstance(func, ast.Attribute):
        return f"{getattr(func.value, 'id', '')}.{func.attr}"
    return getattr(func, "id", "")


def for_programmers(node: ast.AST) -> bool:
    """A docstring, a line of the log, or an error that is a mistake in the code."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return hasattr(builtins, called(node.exc))
    return (isinstance(node, ast.Expr) and bool(literal(node.value))) or called(node) in LOGGED


def unmarked(node: ast.AST) -> Iterator[ast.expr]:
    """The literals that nothing looks up."""
    for child in ast.iter_child_nodes(node):
        if called(child) in LOOKED_UP or for_programmers(child):
            continue
        if isinstance(child, ast.Constant):
            yield child
        yield from unmarked(child)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "tracker").as_posix())
def test_no_sentence_passes_the_catalogues_by(path: Path, known: set[str]) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.relative_to(ROOT / "tracker").as_posix() in APART:
        return
    found = [node for node in unmarked(tree) if PROSE.search(literal(node)) and literal(node) not in known]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) != "st.code"]
    for call in calls:
        given = [keyword.value for keyword in call.keywords if keyword.arg in SHOWN]
        first = call.args[:1] if called(call).startswith("st.") else call.args[1:] * called(call).startswith("html.")
        found += [node for node in [*given, *first] if LABEL.search(literal(node))]
    assert [f"{place(path, node)} {literal(node)!r}" for node in found] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "tracker").as_posix())
def test_no_sentence_is_looked_up_before_the_language_is_chosen(path: Path) -> None:
    """A module is imported once, and a page's script run for every reader; a text made by an f-string is in no list."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [node for node in ast.walk(tree) if called(node) in LOOKED_UP]
    assert [place(path, node) for node in asked if node.args and isinstance(node.args[0], ast.JoinedStr)] == []
    if path.parent.name == "pages" or path.name in ("main.py", "__main__.py"):
        return
    at_import = [node for statement in tree.body for node in early(statement) if called(node) in LOOKED_UP[:3]]
    assert [place(path, node) for node in at_import] == []


def early(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from early(child)
