"""Termbases in rows, whatever file the rows are in: cells to terms, and back."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from aligner.errors import GlossaryError
from aligner.glossary.columns import COLUMNS, LISTS, REQUIRED, STATUSES, column_of, looks_like_a_name, plain
from aligner.glossary.findings import Finding
from aligner.glossary.header import HEAD, Header, find_header
from aligner.inflect import counted
from aligner.model import Severity, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

VARIANT_SEPARATOR = "|"
_BREAKS = re.compile(r"[\r\n]+")
#: Spreadsheets write the truth in the language of their user; people tick.
TRUTH = dict.fromkeys("true yes y 1 oui o vrai x ✓ ✔ ☑".split(), True) | dict.fromkeys(
    "false no n 0 non faux - – ☐".split(), False
)
_TRUTHS = frozenset({"case_sensitive", "do_not_translate"})


def parse(rows: Iterable[tuple[int, Sequence[str]]], path: Path) -> tuple[tuple[Term, ...], tuple[Finding, ...]]:
    """Read rows, each with its line, as terms and what is wrong with the rows; a row with an error is no term.

    The first row names the columns, in English or French, or one below a title does; two columns need no names. Raises
    GlossaryError for a file whose columns cannot be told.
    """
    terms: list[Term] = []
    findings: list[Finding] = []
    head, filled = _ahead(rows)
    line = 1

    def found(rule: str, severity: Severity, message: str, remedy: str) -> None:
        findings.append(Finding(f"{path.name}:{line}", rule, severity, message, remedy))

    columns: tuple[str, ...] = REQUIRED
    if head:
        place, header = find_header(head, path)
        line, cells = head[place]
        findings.extend(_about(header, cells, place, f"{path.name}:{line}"))
        if header is not None:
            columns = header.columns
            filled = islice(filled, place + 1, None)
    try:
        for line, cells in filled:
            stripped = [*map(str.strip, cells)]
            try:
                row = by_column(stripped, columns)
                if stripped != cells:
                    blank = [column for column, text in by_column(cells, columns).items() if text != row[column]]
                    if blank:
                        found("blank", Severity.WARNING, f"{' and '.join(blank)} with outer blanks", "")
                terms.append(entry(row, f"{path.name}:{line}"))
            except GlossaryError as error:
                found("bad-row", Severity.ERROR, error.problem, error.remedy)
    except GlossaryError as error:  # the rest of the file cannot be read as rows
        if not head:
            raise
        line = error.line or line
        found("bad-row", Severity.ERROR, error.problem, error.remedy)
    if not terms and not any(finding.severity is Severity.ERROR for finding in findings):
        found("no-entries", Severity.WARNING, "has no entries", "add a row, or leave the file out")
    return tuple(terms), tuple(findings)


def format(terms: Sequence[Term]) -> Iterator[tuple[str, ...]]:
    """Write terms as rows, the header first; columns that no term uses are left out. `parse` reads them back.

    Variants are each written in one line, since line breaks part them too.
    Raises GlossaryError for a variant that holds the sign that parts variants.
    """
    columns = [column for column in COLUMNS if column in REQUIRED or any(getattr(term, column) for term in terms)]
    yield tuple(columns)
    for term in terms:
        yield tuple(_cell(term, column) for column in columns)


def by_column(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Name a row's cells; those beyond its end are empty, those in columns that are not read left out.

    Cells of one list are joined.
    Raises GlossaryError for text in more cells than there are columns.
    """
    if len(cells) != len(columns):
        if any(map(str.strip, cells[len(columns) :])):
            problem = f"has {len(cells)} cells for {len(columns)} columns"
            raise GlossaryError(problem, "quote the cell that holds a separator")
        cells = (*cells[: len(columns)], *[""] * (len(columns) - len(cells)))
    row: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=True):
        if column:
            row[column] = VARIANT_SEPARATOR.join(filter(None, (row.get(column), cell)))
    return row


def variants(cell: str | None) -> tuple[str, ...]:
    r"""Part a cell of several forms, with the separator between them or each on a line of its own.

    >>> variants("chef| commandant|"), variants("chef\ncommandant")
    (('chef', 'commandant'), ('chef', 'commandant'))
    """
    forms = _BREAKS.sub(VARIANT_SEPARATOR, cell).split(VARIANT_SEPARATOR) if cell else ()
    return tuple(filter(None, map(str.strip, forms)))


def entry(row: dict[str, str], origin: str) -> Term:
    """Read a row of cells without outer blanks. Raises GlossaryError for one that is no entry."""
    get = row.get
    source, target = row["source"], row["target"]
    do_not_translate = _truth(row, "do_not_translate")
    if do_not_translate:
        if target not in {"", source}:
            raise GlossaryError(f"{source!r} is not to be translated, yet has a target", "empty one of the two cells")
        target = source
    if not (source and target):
        raise GlossaryError(f"has no {'target' if source else 'source'}", "fill the cell or delete the row")
    return Term(
        source,
        target,
        variants(get("source_variants")),
        variants(get("target_variants")),
        _truth(row, "case_sensitive"),
        get("pos", ""),
        variants(get("forbidden")),
        get("domain", ""),
        get("note", ""),
        origin,
        do_not_translate,
    )


def _truth(row: dict[str, str], column: str) -> bool:
    cell = row.get(column)
    if not cell:
        return False
    truth = TRUTH.get(cell.lower())
    if truth is None:
        raise GlossaryError(f"{column} is {cell!r}", "write true or false, or tick it with x")
    return truth


def _ahead(
    rows: Iterable[tuple[int, Sequence[str]]],
) -> tuple[list[tuple[int, Sequence[str]]], Iterator[tuple[int, Sequence[str]]]]:
    """The first rows with text, in which the header is, and all of them; these end with what reading them raises."""
    filled = ((line, cells) for line, cells in rows if any(map(str.strip, cells)))
    head: list[tuple[int, Sequence[str]]] = []
    broken: list[GlossaryError] = []
    try:
        for row in islice(filled, HEAD):
            head.append(row)
    except GlossaryError as error:
        broken.append(error)

    def again() -> Iterator[tuple[int, Sequence[str]]]:
        yield from head
        for error in broken:
            raise error
        yield from filled

    return head, again()


def _about(header: Header | None, cells: Sequence[str], titles: int, origin: str) -> Iterator[Finding]:
    if header is None:
        if all(map(looks_like_a_name, cells[: len(REQUIRED)])):
            message = f"{cells[0]!r} → {cells[1]!r} is read as an entry, although it looks like a header"
            remedy = "name the columns source and target, or put a row above it that does"
            yield Finding(origin, "maybe-header", Severity.WARNING, message, remedy)
        return
    if titles:
        yield Finding(origin, "title", Severity.INFO, f"{counted(titles, 'row')} above the header not read")
    for name, column in header.misspelt:
        message = f"has a column {name!r}, which is not read"
        yield Finding(origin, "misspelt-column", Severity.ERROR, message, f"call it {column!r}, or something else")
    for name in header.unknown:
        twin = column_of(name)
        message = f"the column {name!r} is not read" + (f", as another is the {twin}" if twin else "")
        if plain(name) in STATUSES:
            message = f"{message}: what it rejects is used too"
            yield Finding(origin, "unknown-column", Severity.WARNING, message, "delete those rows")
        else:
            yield Finding(origin, "unknown-column", Severity.INFO, message)


def _cell(term: Term, column: str) -> str:
    value = getattr(term, column)
    if column in _TRUTHS:
        return "true" if value else "false"
    if column not in LISTS:
        return str(value)
    held = [form for form in value if VARIANT_SEPARATOR in form]
    if held:
        problem = f"{column} {held[0]!r} of {term.source!r} holds the sign that parts variants"
        raise GlossaryError(problem, f"replace its {VARIANT_SEPARATOR}", path=term.origin or None)
    return VARIANT_SEPARATOR.join(_BREAKS.sub(" ", form) for form in value)
