"""Read glossary files: CSV, TSV, TBX or Excel."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.decode import read_bytes, read_text
from aligner.errors import FileError, GlossaryError
from aligner.glossary import csv_, rows, tbx
from aligner.model import Severity
from aligner.workbook import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aligner.glossary.findings import Finding
    from aligner.model import Term

#: What is not read as text.
XML = (".tbx", ".tbxm", ".martif", ".xml")
WORKBOOKS = (".xlsx", ".xlsm")


def default_path() -> Path:
    """Where the bundled glossary is: inside the installed package, or at the top of a checkout."""
    installed = Path(str(files("aligner") / "data" / "glossary" / "nato.csv"))
    return installed if installed.exists() else Path(__file__).parents[2] / "glossary" / "nato.csv"


def load_terms(path: Path | str) -> tuple[Term, ...]:
    """Load a glossary file's terms, in order.

    Raises GlossaryError that names the first row that cannot be read, with its remedy, and how many more there are.
    """
    terms, findings = read_terms(path)
    raise_errors(path, findings)
    return terms


def raise_errors(path: Path | str, findings: Iterable[Finding]) -> None:
    """Raise a GlossaryError for the first error among findings, if there is one."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        first, more = errors[0], len(errors) - 1
        also = f" ({more} more: see aligner glossary lint)" if more else ""
        raise GlossaryError(first.message, first.remedy + also, path=path, line=first.line)


def read_terms(path: Path | str) -> tuple[tuple[Term, ...], tuple[Finding, ...]]:
    """Read a glossary file's terms, in order, and what is wrong with the rest of it.

    The ending says what the file is: `.tbx`, `.xlsx`; any other is CSV or TSV in any encoding. Raises GlossaryError
    for a file that cannot be read, or whose columns cannot be told.
    """
    path = Path(path)
    try:
        if path.suffix.lower() in XML:
            return tbx.parse(read_bytes(path), path)
        if path.suffix.lower() in WORKBOOKS:
            return rows.parse(read_rows(read_bytes(path), path), path)
        return rows.parse(csv_.parse(read_text(path)[0], path), path)
    except FileError as error:
        raise GlossaryError(error.problem, error.remedy, path=path, line=error.line) from error


def is_text(path: Path | str) -> bool:
    """Tell whether a glossary file is text, CSV or TSV, by its ending."""
    return Path(path).suffix.lower() not in {*XML, *WORKBOOKS}
