"""A module imports only modules that stand before it in one order; no module grows past what one can read."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import tracker

ORDER = (
    *("settings", "metrics", "language", "scales", "disclosure", "pooling", "export", "models", "store", "accounts"),
    *("series", "trend", "events", "claims", "tables", "intake", "charts", "routes", "cli", "ui"),
)
PACKAGE = Path(tracker.__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.name != "__init__.py")
IDS = [str(path.relative_to(PACKAGE)) for path in FILES]


def station(path: Path) -> str:
    """The station that a file belongs to: its first part below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The stations that a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "tracker":
            names = [f"tracker.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("tracker.")}
    return found


def test_every_station_of_the_order_exists() -> None:
    assert {name for _, name, _ in pkgutil.iter_modules([str(PACKAGE)])} == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_module_imports_only_what_stands_before_it(path: Path) -> None:
    own = station(path)
    late = [name for name in imported(path) if name != own and ORDER.index(name) > ORDER.index(own)]
    assert not late, f"{path.name} imports {', '.join(late)}, which stands after {own}"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_module_can_be_read_at_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    limit = 60 if path.parent.name == "pages" else 400
    assert lines <= limit, f"{path.name} has {lines} lines: past {limit} a package of the same name is due"


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "pages"], ids=lambda p: p.name)
def test_a_page_is_a_script_without_functions(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]


@pytest.mark.parametrize("name", [name for name in ORDER if name != "ui"])
def test_every_public_name_is_explained(name: str) -> None:
    module = importlib.import_module(f"tracker.{name}")
    assert module.__doc__, f"tracker.{name} has no docstring"
    bare = [
        key
        for key, value in vars(module).items()
        if not key.startswith("_")
        and callable(value)
        and getattr(value, "__module__", "").startswith(f"tracker.{name}")
        and not getattr(value, "__doc__", None)
    ]
    assert not bare, f"tracker.{name}: {', '.join(bare)} without a docstring"
