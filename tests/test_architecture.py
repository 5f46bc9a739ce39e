"""The direction of imports, and what must not be imported early."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "aligner"
#: Rooms by layer: a module may import from layers below its own, and from its own room.
LAYERS = (
    ("model", "errors", "version", "home", "ahead"),
    ("cluster", "decode", "elements", "inline_tags", "records", "spreadsheet", "words"),
    ("matching", "workbook"),
    ("inflect",),
    (
        "readers",
        "segment",
        "glossary",
        "formulas",
        "engines",
        "enforce",
        "typography",
        "checks",
        "similarity",
        "align",
        "score",
        "formats",
        "review",
        "memory",
    ),
    ("translation",),
    ("pipeline", "distributed", "recheck", "revision", "corpus"),
    ("outputs",),
    ("alignment", "desk", "run"),
    ("cli",),
    ("__main__",),
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aligner"):
            found |= {_room(f"{node.module}.{name.name}") for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {_room(name.name) for name in node.names if name.name.startswith("aligner")}
    return found - {""}


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE or path.name != "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(path: Path):
    inside = path.relative_to(PACKAGE)
    room = inside.parts[0].removesuffix(".py")
    assert room in LEVEL, f"{room} has no layer"
    for other in _imports(path) - {room}:
        assert LEVEL[other] < LEVEL[room], f"{inside} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_modules_are_short(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("arguments", [["--help"], ["translate", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]):
    code = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "from aligner.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'rich', 'sacrebleu', 'simplemma') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, aligner; print([name for name in ('torch', 'transformers') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_group_is_possessive(path: Path):
    """Python before 3.11.5, which Debian 12 has, misreads groups that are repeated without going back (gh-106052)."""
    assert not re.search(r"\)(?:[*+?]|\{[\d,]+\})\+", path.read_text(encoding="utf-8"))
