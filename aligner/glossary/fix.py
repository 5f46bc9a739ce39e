"""Mend what is safe to mend in a glossary's text, and leave every other row as it stands."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from aligner.errors import GlossaryError
from aligner.glossary import csv_, rows
from aligner.glossary.columns import REQUIRED
from aligner.glossary.damage import cleaned, repaired
from aligner.glossary.header import HEAD, find_header
from aligner.glossary.lint import idle_target_variants, idle_variants
from aligner.spreadsheet import unguarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

#: Columns that hold forms of terms, where no blank is meant; the others only lose their outer ones.
_FORMS = ("source", "target", "source_variants", "target_variants", "forbidden")


@dataclass(frozen=True, slots=True)
class Fix:
    """What was done to a row, by which rule of `lint`; without a column it was removed, as it repeated another.

    `line` is the row's in the mended text, or of the row that a removed one repeated; `was` is its line before.
    """

    line: int
    was: int
    rule: str
    column: str
    before: str
    after: str


def fix(text: str, path: Path) -> tuple[str, tuple[Fix, ...]]:
    """Repair wrong decodings that are certain, trim blanks, drop idle variants, and remove rows that repeat another.

    The delimiter, the columns and the rows that need nothing stay byte for byte. Raises what reading the rows does.
    """
    delimiter = csv_.delimiter_of(text, path)
    columns, first = _columns(text, path)
    seen: dict[tuple[str, ...], int] = {}
    fixes: list[Fix] = []
    out: list[str] = []
    line = 1
    for record in csv_.records(text, path):
        done: list[Fix] = []
        written = record.text
        if record.line >= first and any(map(str.strip, record.cells)):
            cells, done, is_entry = _mended(record, columns, line)
            earlier = seen.setdefault(tuple(cells), line)
            if is_entry and earlier != line:
                fixes.append(Fix(earlier, record.line, "duplicate", "", written.rstrip("\r\n"), ""))
                continue
            if done:
                written = csv_.row(cells, delimiter) + _end(written)
        fixes += done
        out.append(written)
        line += sum(1 for _ in io.StringIO(written, newline=""))
    return "".join(out), tuple(sorted(fixes, key=lambda one: one.line))


def _columns(text: str, path: Path) -> tuple[tuple[str, ...], int]:
    """The columns, and the line from which on rows are entries."""
    filled = ((line, cells) for line, cells in csv_.parse(text, path) if any(map(str.strip, cells)))
    head = list(islice(filled, HEAD))
    place, header = find_header(head, path) if head else (0, None)
    return (header.columns, head[place][0] + 1) if header else (REQUIRED, 1)


def _mended(record: csv_.Record, columns: Sequence[str], line: int) -> tuple[list[str], list[Fix], bool]:
    """A row's cells after mending, what was done to them, and whether they are an entry."""
    cells = list(record.cells)
    done: list[Fix] = []

    def mend(place: int, rule: str, after: str) -> None:
        done.append(Fix(line, record.line, rule, columns[place], cells[place], after))
        cells[place] = after

    for place, column in enumerate(columns[: len(cells)]):
        if column:
            for rule, after in _steps(column, cells[place]):
                mend(place, rule, after)
    try:
        term = rows.entry(rows.by_column([unguarded(cell).strip() for cell in cells], columns), "")
    except GlossaryError:
        return cells, done, False
    for list_of, idle in (("source_variants", idle_variants(term)), ("target_variants", idle_target_variants(term))):
        number = 0
        for place in (place for place, column in enumerate(columns[: len(cells)]) if column == list_of):
            forms = rows.variants(cells[place])
            kept = [form for at, form in enumerate(forms, number) if at not in idle]
            number += len(forms)
            if len(kept) < len(forms):
                mend(place, "idle-variant", rows.VARIANT_SEPARATOR.join(kept))
    return cells, done, True


def _steps(column: str, cell: str) -> Iterator[tuple[str, str]]:
    """The repairs that a cell needs, one after the other, each with what it leads to."""
    # Before the blanks: the no-break space in a garbled "à" is half of the letter.
    repair = repaired(cell)
    if repair is not None:
        yield "encoding", repair
        cell = repair
    if column not in _FORMS:
        clean = cell.strip()
    elif column in _FORMS[:2]:
        clean = cleaned(cell)
    else:
        forms = rows.variants(cell)
        same = all(cleaned(form) == form for form in forms)
        clean = cell.strip() if same else rows.VARIANT_SEPARATOR.join(map(cleaned, forms))
    if clean != cell:
        yield "blank", clean


def _end(text: str) -> str:
    return text[len(text.rstrip("\r\n")) :]
