"""Read glossary files: CSV or TSV with a header, or TSV of two bare columns."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.decode import read_text
from aligner.errors import FileError, GlossaryError
from aligner.model import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COLUMNS = (
    "source",
    "target",
    "source_variants",
    "target_variants",
    "case_sensitive",
    "pos",
    "forbidden",
    "domain",
    "note",
)
REQUIRED = COLUMNS[:2]
TRUTH = {
    "true": True,
    "yes": True,
    "1": True,
    "oui": True,
    "false": False,
    "no": False,
    "0": False,
    "non": False,
    "": False,
}
VARIANT_SEPARATOR = "|"


def default_path() -> Path:
    """Where the bundled glossary is: inside the installed package, or at the top of a checkout."""
    installed = Path(str(files("aligner") / "data" / "glossary" / "nato.csv"))
    return installed if installed.exists() else Path(__file__).parents[2] / "glossary" / "nato.csv"


def load_terms(path: Path | str) -> tuple[Term, ...]:
    """Load a glossary file's terms, in order.

    Raises GlossaryError that names the line and the remedy for a file without the columns `source` and `target`, an
    unknown column, a row with too many cells or without a source or a target, or a `case_sensitive` that is no truth
    value.
    """
    try:
        text, _ = read_text(path)
    except FileError as error:
        raise GlossaryError(error.problem, error.remedy, path=path) from error
    return tuple(_terms(text, Path(path)))


def read_rows(text: str, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a file's rows as (line number, cells by column); cells keep their blanks, missing ones are empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    columns: tuple[str, ...] = ()
    line = 0
    try:
        for cells in reader:
            line, start = reader.line_num, line + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(cells, path)
                if columns != REQUIRED or _is_header(cells):
                    continue
            if len(cells) > len(columns):
                problem = f"has {len(cells)} cells for {len(columns)} columns"
                raise GlossaryError(problem, "quote the cell that holds a separator", path=path, line=start)
            yield start, dict(zip(columns, (*cells, *[""] * (len(columns) - len(cells))), strict=True))
    except csv.Error as error:
        raise GlossaryError(f"is not well-formed CSV ({error})", "mend the quotes", path=path, line=line + 1) from error


def _terms(text: str, path: Path) -> Iterator[Term]:
    for line, row in read_rows(text, path):
        cells = {column: cell.strip() for column, cell in row.items()}
        for column in REQUIRED:
            if not cells[column]:
                raise GlossaryError(f"has no {column}", "fill the cell or delete the row", path=path, line=line)
        case = cells.get("case_sensitive", "").lower()
        if case not in TRUTH:
            problem = f"case_sensitive is {cells['case_sensitive']!r}"
            raise GlossaryError(problem, "write true or false", path=path, line=line)
        yield Term(
            source=cells["source"],
            target=cells["target"],
            source_variants=_variants(cells.get("source_variants", "")),
            target_variants=_variants(cells.get("target_variants", "")),
            case_sensitive=TRUTH[case],
            pos=cells.get("pos", ""),
            forbidden=_variants(cells.get("forbidden", "")),
            domain=cells.get("domain", ""),
            note=cells.get("note", ""),
            origin=f"{path.name}:{line}",
        )


def _variants(cell: str) -> tuple[str, ...]:
    return tuple(variant.strip() for variant in cell.split(VARIANT_SEPARATOR) if variant.strip())


def _delimiter(text: str) -> str:
    """Choose the separator that the first line holds most; Excel writes semicolons in French locales."""
    first = text.lstrip().splitlines()[0]
    return max(",;\t", key=first.count)


def _is_header(cells: Sequence[str]) -> bool:
    return {cell.strip().lower() for cell in cells} >= set(REQUIRED)


def _columns(cells: Sequence[str], path: Path) -> tuple[str, ...]:
    """Name the columns by the header; two columns without one are source and target."""
    if not _is_header(cells):
        if len(cells) == len(REQUIRED):
            return REQUIRED
        raise GlossaryError("has no header", f"begin it with {','.join(REQUIRED)}", path=path, line=1)
    names = tuple(cell.strip().lower() for cell in cells)
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        remedy = f"use {', '.join(COLUMNS)}"
        raise GlossaryError(f"has a column {unknown[0]!r} that is not known", remedy, path=path, line=1)
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise GlossaryError(f"has two columns {repeated[0]!r}", "delete one", path=path, line=1)
    return names
