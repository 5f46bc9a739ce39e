"""Read glossary files: CSV, TSV, TBX or Excel."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.decode import decode, read_bytes
from aligner.errors import FileError, GlossaryError
from aligner.glossary import csv_, rows, sheets, tbx
from aligner.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aligner.glossary.findings import Finding
    from aligner.model import Term

#: What is not read as text.
XML = (".tbx", ".tbxm", ".martif", ".xml")
WORKBOOKS = (".xlsx", ".xlsm")
#: What files of other kinds begin with that get the ending of a glossary, what they are, and what to do.
_DISGUISED = tuple(
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*" + start), problem, remedy)
    for start, problem, remedy in (
        (rb"PK\x03\x04", "is a zip archive, as Excel workbooks are", "call it .xlsx if it is one, else save it as CSV"),
        (rb"\xd0\xcf\x11\xe0", "is an old Office file", "save it as .xlsx or as CSV"),
        (rb"<(?:\?xml|!|tbx\b|martif\b)", "is XML", "call it .tbx if it is a termbase, else save it as CSV"),
        (rb'\{\s*"|\[\s*[\[{"]', "is JSON", "write it as CSV, with the columns source,target"),
    )
)


def default_path() -> Path:
    """Where the bundled glossary is: inside the installed package, or at the top of a checkout."""
    installed = Path(str(files("aligner") / "data" / "glossary" / "nato.csv"))
    return installed if installed.exists() else Path(__file__).parents[2] / "glossary" / "nato.csv"


def load_terms(path: Path | str, tell: Callable[[str], object] | None = None) -> tuple[Term, ...]:
    """Load a glossary file's terms, in order.

    `tell` is called with a line for each warning that something is not read as it may be meant, such as a second sheet.
    Raises GlossaryError that names the first row that cannot be read, with its remedy, and how many more there are.
    """
    terms, findings = read_terms(path)
    raise_errors(path, findings)
    for finding in findings:
        if tell and finding.severity is Severity.WARNING and finding.rule != "blank":  # blanks are trimmed
            tell(f"{Path(path).parent / finding.origin}: {finding.said}")
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
        if is_text(path):
            return rows.parse(csv_.parse(read_text(path)[0], path), path)
        data = _read_bytes(path)
        if path.suffix.lower() in WORKBOOKS:
            return sheets.parse(data, path)
        if b"<" not in data[:100]:
            raise GlossaryError("is not XML", "export it as TBX-Basic, or give it the ending of what it is", path=path)
        return tbx.parse(data, path)
    except FileError as error:
        raise GlossaryError(error.problem, error.remedy, path=path, line=error.line) from error


def read_text(path: Path) -> tuple[str, str]:
    """Read a CSV or TSV file as (text, encoding name).

    Raises GlossaryError for a file of another kind, FileError for one that cannot be opened or is no text.
    """
    data = _read_bytes(path)
    for start, problem, remedy in _DISGUISED:
        if start.match(data):
            raise GlossaryError(problem, remedy, path=path)
    return decode(data, path)


def _read_bytes(path: Path) -> bytes:
    data = read_bytes(path)
    if not data.strip():
        raise GlossaryError("is empty", "remove it or give it entries", path=path)
    return data


def is_text(path: Path | str) -> bool:
    """Tell whether a glossary file is text, CSV or TSV, by its ending."""
    return Path(path).suffix.lower() not in {*XML, *WORKBOOKS}
