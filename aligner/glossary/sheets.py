"""Termbases in Excel workbooks: which sheet has the entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.errors import GlossaryError
from aligner.glossary import rows
from aligner.glossary.findings import Finding
from aligner.glossary.header import find_header
from aligner.model import Severity
from aligner.workbook import read_sheets

if TYPE_CHECKING:
    from pathlib import Path

    from aligner.model import Term
    from aligner.workbook import Rows


def parse(data: bytes, path: Path) -> tuple[tuple[Term, ...], tuple[Finding, ...]]:
    """Read the first sheet with a header, or the only one with text, as `rows.parse` does; sheets left out are named.

    Raises GlossaryError where several sheets have text and none a header, FileError for what is no workbook.
    """
    filled = [(name, found) for name, found in read_sheets(data, path) if found]
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
    terms, findings = rows.parse(filled[chosen][1] if filled else (), path)
    return terms, (*left_out, *findings)


def _has_header(found: Rows, path: Path) -> bool:
    try:
        return find_header(found, path)[1] is not None
    except GlossaryError:
        return False
