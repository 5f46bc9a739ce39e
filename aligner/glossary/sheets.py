"""Termbases in Excel workbooks: which sheet has the entries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from aligner.errors import GlossaryError
from aligner.glossary import rows
from aligner.glossary.columns import REQUIRED
from aligner.glossary.findings import Finding
from aligner.glossary.header import find_header
from aligner.inflect import counted
from aligner.model import Severity
from aligner.workbook import read_sheets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aligner.model import Term
    from aligner.workbook import Rows


def _composed(row: tuple[int, Sequence[str]]) -> tuple[int, list[str]]:
    """Make accents part of their letters, as `decode` does in text."""
    line, cells = row
    return line, [normalize("NFC", cell) for cell in cells]


def parse(data: bytes, path: Path) -> tuple[tuple[Term, ...], tuple[Finding, ...]]:
    """Read the first sheet with a header, or the only one with text, as `rows.parse` does; sheets left out are named.

    Raises GlossaryError where several sheets have text and none a header, FileError for what is no workbook.
    """
    filled = [(name, [*map(_composed, found)]) for name, found in read_sheets(data, path) if found]
    headed = [place for place, (_, found) in enumerate(filled) if _has_header(found, path)]
    if len(filled) > 1 and not headed:
        names = ", ".join(repr(name) for name, _ in filled)
        problem, remedy = f"has no header on any of its sheets, {names}", "name the columns source and target on one"
        raise GlossaryError(problem, remedy, path=path)
    chosen = headed[0] if headed else 0
    left_out: list[Finding] = []
    for place, (name, _) in enumerate(filled):
        if place != chosen:
            message = f"the sheet {name!r} is not read, but {filled[chosen][0]!r}"
            severity = Severity.WARNING if place in headed else Severity.INFO
            remedy = "save it as a file of its own, or put its rows there" if place in headed else ""
            left_out.append(Finding(f"{path.name}:1", "sheet", severity, message, remedy))
    cut, beyond = _named(filled[chosen][1] if filled else [], path)
    terms, findings = rows.parse(cut, path)
    return terms, (*left_out, *beyond, *findings)


def _named(found: Rows, path: Path) -> tuple[Rows, tuple[Finding, ...]]:
    """Rows without what stands to the right of their columns, where people put remarks, and a finding if any has that.

    In a workbook no separator can have parted a cell in two, so that the row is sound.
    """
    place, header = find_header(found, path) if found else (0, None)
    width = len(header.columns if header else REQUIRED)
    first = place + bool(header)
    remarks = [(line, text) for line, cells in found[first:] if (text := " ".join(cells[width:]).strip())]
    if not remarks:
        return found, ()
    line, text = remarks[0]
    also = f", nor is what {counted(len(remarks) - 1, 'more row')} have there" if len(remarks) > 1 else ""
    message = f"{text!r} is in a column without a name, and is not read{also}"
    finding = Finding(f"{path.name}:{line}", "unnamed-column", Severity.WARNING, message, "name the column")
    return [*found[:first], *((line, cells[:width]) for line, cells in found[first:])], (finding,)


def _has_header(found: Rows, path: Path) -> bool:
    try:
        return find_header(found, path)[1] is not None
    except GlossaryError:
        return False
