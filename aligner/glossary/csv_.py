"""Comma-, semicolon- and tab-separated values.

In cells that we write, no spreadsheet runs a text as a formula (`spreadsheet.py`); what that adds is undone in reading.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from aligner.errors import GlossaryError
from aligner.glossary.header import HEAD, read_header
from aligner.spreadsheet import guarded, unguarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: Excel writes semicolons where the comma is the decimal sign, as in French locales. The tab comes first because it
#: stands in no term.
DELIMITERS = "\t;,"
#: Excel's own first line, which says what the delimiter is.
_SEP = "sep="


@dataclass(frozen=True, slots=True)
class Record:
    """A row: its first line, its cells as they stand there, and the text that has them, line break included."""

    line: int
    cells: list[str]
    text: str


def parse(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read rows with their lines; cells keep their blanks.

    Raises GlossaryError for quotes that do not pair.
    """
    return ((line, [*map(unguarded, cells)]) for line, cells in _rows(text, path))


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text, path), strict=True)
    line = 1
    try:
        for cells in reader:
            if line > 1 or not _is_sep(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        problem = "has a cell that is too long, or" if "limit" in str(error) else "has"
        remedy = 'close it, or write "" for one within a quoted cell'
        raise GlossaryError(f'{problem} a " that does not pair', remedy, path=path, line=line) from error


def records(text: str, path: Path) -> Iterator[Record]:
    """Read rows as `parse` does, with what stands in the file: their texts are the whole text."""
    lines = list(io.StringIO(text, newline=""))
    starts = list(_rows(text, path))
    if starts and starts[0][0] > 1:
        yield Record(1, [], lines[0])  # Excel's `sep=`
    ends = [line for line, _ in starts[1:]] + [len(lines) + 1]
    for (line, cells), end in zip(starts, ends, strict=True):
        yield Record(line, cells, "".join(lines[line - 1 : end - 1]))


def format(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Write rows that `parse` reads back; only cells that need quotes get them."""
    return "".join(row([*map(guarded, cells)], delimiter) + "\n" for cells in rows)


def row(cells: Sequence[str], delimiter: str) -> str:
    """Write cells that are a row's as they stand, without its end."""
    out = io.StringIO(newline="")
    # Before Python 3.13 only the signs of the line's own end are quoted in a cell, and a row would fall in two.
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return out.getvalue()[:-2]


def delimiter_of(text: str, path: Path) -> str:
    """Find the delimiter: the one with which a row is a header, else a tab, else the first row's more frequent sign."""
    lines = (line.strip("\r\n") for line in io.StringIO(text, newline="") if line.strip())
    head = list(islice(lines, HEAD))
    if head and head[0].lower().startswith(_SEP) and len(head[0]) == len(_SEP) + 1:
        return head[0][-1]
    for line in head:
        for delimiter in DELIMITERS:
            if delimiter in line and _is_header(line, delimiter, path):
                return delimiter
    first = next((line for line in head if any(delimiter in line for delimiter in DELIMITERS)), "")
    return "\t" if "\t" in first else max(",;", key=first.count)


def _is_header(line: str, delimiter: str, path: Path) -> bool:
    try:
        return read_header(next(csv.reader([line], delimiter=delimiter)), path, 1) is not None
    except (GlossaryError, csv.Error):
        return False


def _is_sep(cells: Sequence[str]) -> bool:
    return bool(cells) and cells[0].lower() == _SEP
