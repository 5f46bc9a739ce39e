"""Find the row that names the columns of a termbase, below its title if it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.errors import GlossaryError
from aligner.glossary.columns import COLUMNS, LISTS, REQUIRED, WEAK, column_of, meant_by, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_COLUMNS = 200
#: Among how many rows with text the header is looked for.
HEAD = 20
#: What to call a column that is missing.
_NAMES = {"source": "source, fr or terme", "target": "target, en or traduction"}


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file from left to right, "" for one that is not read.

    `unknown` are the names that are not read; `misspelt` those that are nearly a column's, with that column.
    """

    columns: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    misspelt: tuple[tuple[str, str], ...] = ()


def find_header(rows: Sequence[tuple[int, Sequence[str]]], path: Path) -> tuple[int, Header | None]:
    """Find the header among a file's first rows with text: its place, and what it says.

    (0, None) says that two columns without names begin at once. Raises GlossaryError, with the line, where neither is
    so, for two names of the source or target, for a name that stands twice, and for names of theirs that are misspelt.
    """
    for place, (line, cells) in enumerate(rows[:HEAD]):
        header = read_header(cells, path, line)
        if header is not None and (place == 0 or _may_follow(rows[:place], header)):
            return place, header
    line, cells = rows[0]
    if len(_names(cells)) == len(REQUIRED) and not _lacks(cells):
        return 0, None
    line, cells = max(rows[:HEAD], key=lambda row: len({*_found(_names(row[1]))} - {""}))
    names = _names(cells)
    missing = [column for column in REQUIRED if column not in _found(names)]
    meant = _lacks(cells)
    if meant:
        problem = f"has a column {meant[missing[0]]!r} and no {missing[0]!r}"
        raise GlossaryError(problem, f"name it {missing[0]!r}", path=path, line=line)
    if len(missing) == 1:
        problem = f"has no column for the {missing[0]}"
        raise GlossaryError(problem, f"call it {_NAMES[missing[0]]}", path=path, line=line)
    if len(names) == 1:
        problem = "has one column, where sources and targets need two"
        raise GlossaryError(problem, "part them with a tab, a semicolon or a comma", path=path, line=line)
    raise GlossaryError("has no header", f"begin it with {','.join(REQUIRED)}", path=path, line=line)


def read_header(cells: Sequence[str], path: Path, line: int) -> Header | None:
    """Read a row as a header; None for one that does not name both a source and a target.

    Raises GlossaryError for two names of one of them, for a name that stands twice, and for too many columns.
    """
    names = _names(cells)
    if len(names) > MAX_COLUMNS:
        raise GlossaryError(f"has more than {MAX_COLUMNS} columns", "delete the others", path=path, line=line)
    found = _found(names)
    if not {*REQUIRED} <= {*found}:
        return None
    misspelt = _misspelt(names, found)
    columns = _chosen(names, found, path, line)
    unknown = tuple(name for name, column in zip(names, columns, strict=True) if name and not column)
    return Header(columns, tuple(name for name in unknown if name not in dict(misspelt)), misspelt)


def _may_follow(above: Sequence[tuple[int, Sequence[str]]], header: Header) -> bool:
    """Tell whether the rows above a header are titles: in two columns without names, they would be entries."""
    return len(header.columns) > len(REQUIRED) or all(sum(map(bool, cells)) < len(REQUIRED) for _, cells in above)


def _names(cells: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:  # spreadsheets pad rows
        names.pop()
    return names


def _found(names: Sequence[str]) -> list[str]:
    found = [column_of(name) for name in names]
    for place, name in enumerate(names):
        if not found[place]:
            found[place] = next((column for column in WEAK.get(plain(name), ()) if column not in found), "")
    return found


def _lacks(cells: Sequence[str]) -> dict[str, str]:
    """The misspelt names of the source and the target by their columns, if nothing else is missing."""
    names = _names(cells)
    found = _found(names)
    meant = {column: name for name, column in _misspelt(names, found)}
    missing = [column for column in REQUIRED if column not in found]
    return meant if missing and all(column in meant for column in missing) else {}


def _misspelt(names: Sequence[str], found: Sequence[str]) -> tuple[tuple[str, str], ...]:
    meant = ((name, meant_by(name)) for name, column in zip(names, found, strict=True) if name and not column)
    return tuple((name, column) for name, column in meant if column in COLUMNS and column not in found)


def _chosen(names: Sequence[str], found: Sequence[str], path: Path, line: int) -> tuple[str, ...]:
    """Choose between several names of one column: its own name, else the first; for source and target, refuse to.

    A list may have several columns.
    """
    places: dict[str, int] = {}
    for place, (name, column) in enumerate(zip(names, found, strict=True)):
        other = names[places[column]] if column in places else None
        if column and column not in LISTS and other is not None and (column in REQUIRED or plain(name) == plain(other)):
            # Among them "Terme" and "Source", where the one may be the term and the other who says so.
            problem = f"has two columns for the {column}, {other!r} and {name!r}"
            raise GlossaryError(problem, "delete or rename one", path=path, line=line)
        if other is None or plain(name) == plain(column):
            places[column] = place
    return tuple(column if column in LISTS or places[column] == place else "" for place, column in enumerate(found))
