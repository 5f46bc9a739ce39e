"""Comma-, semicolon- and tab-separated values."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.errors import GlossaryError
from aligner.glossary.columns import read_header

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
    """A row: its first line, its cells, and the text that they were read from, line break included."""

    line: int
    cells: list[str]
    text: str


def parse(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read rows with their lines; cells keep their blanks.

    Raises GlossaryError for quotes that do not pair.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text, path), strict=True)
    line = 1
    try:
        for cells in reader:
            if line > 1 or not _is_sep(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise GlossaryError(f"is not well-formed CSV ({error})", "mend the quotes", path=path, line=line) from error


def records(text: str, path: Path) -> Iterator[Record]:
    """Read rows as `parse` does, with what stands in the file: their texts are the whole text."""
    lines = list(io.StringIO(text, newline=""))
    starts = list(parse(text, path))
    if starts and starts[0][0] > 1:
        yield Record(1, [], lines[0])  # Excel's `sep=`
    ends = [line for line, _ in starts[1:]] + [len(lines) + 1]
    for (line, cells), end in zip(starts, ends, strict=True):
        yield Record(line, cells, "".join(lines[line - 1 : end - 1]))


def format(rows: Iterable[Sequence[str]], delimiter: str = ",", end: str = "\n") -> str:
    """Write rows; only cells that need quotes get them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def delimiter_of(text: str, path: Path) -> str:
    """Find the delimiter: the one with which the first row is a header, else a tab, else the more frequent sign."""
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "").strip("\r\n")
    if first.lower().startswith(_SEP) and len(first) == len(_SEP) + 1:
        return first[-1]
    for delimiter in DELIMITERS:
        if delimiter in first and _is_header(first, delimiter, path):
            return delimiter
    return "\t" if "\t" in first else max(",;", key=first.count)


def _is_header(first: str, delimiter: str, path: Path) -> bool:
    try:
        return read_header(next(csv.reader([first], delimiter=delimiter)), path, 1) is not None
    except (GlossaryError, csv.Error):
        return False


def _is_sep(cells: Sequence[str]) -> bool:
    return bool(cells) and cells[0].lower() == _SEP
