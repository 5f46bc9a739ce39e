r"""Tab-separated values for spreadsheets.

UTF-8 with a BOM, without which Excel takes accents for Windows-1252 (Python reads it as `utf-8-sig`); quoted as
csv's `excel-tab`; LF line ends. Every cell is one line. In texts, a backslash is `\\`, a tab `\t` and any other
control character `\xNN`.

A text that a spreadsheet could run as a formula gets an apostrophe in front (`spreadsheet.py` says when, and how to
undo it). A hyphen that opens a list item or a reply is no exception, since Excel shows `#NAME?` for it; the dashes –
and — are left alone.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from aligner.formats.encoding import single_line, utf8
from aligner.formats.references import links_by_pair, reference_text
from aligner.spreadsheet import guarded, unguarded

if TYPE_CHECKING:
    from aligner.model import Bitext, Link, Pair

SUFFIXES = (".tsv",)
COLUMNS = ("id", "kind", "source", "target", "reference", "score", "terms", "issues")
#: How the tables begin that have their cells from `cell`: a document's, and those of a corpus.
HEADERS = (COLUMNS, ("document", "id", "source", "target", "score"))

_ESCAPES = {chr(code): f"\\x{code:02x}" for code in (*range(32), 127)} | {"\t": "\\t", "\\": "\\\\"}
_ESCAPABLE = re.compile(r"[\x00-\x1f\x7f\\]")
_ESCAPED = re.compile(r"\\\\|\\t|\\x([0-9a-f]{2})")


def write(bitext: Bitext) -> dict[str, bytes]:
    """Write a header and a row a pair. Pairs that share a reference sentence each show it."""
    table = io.StringIO()
    rows = csv.writer(table, dialect="excel-tab", lineterminator="\n")
    rows.writerow(COLUMNS)
    for pair, link in zip(bitext.pairs, links_by_pair(bitext), strict=True):
        rows.writerow(_row(bitext, pair, link))
    return {".tsv": utf8(f"\ufeff{table.getvalue()}")}


def text_of(cell: str) -> str:
    r"""Undo what was done to a text to make it a cell.

    >>> text_of("'=1+1"), text_of(r"C:\\new\t\x1b")
    ('=1+1', 'C:\\new\t\x1b')
    """
    return _ESCAPED.sub(_unescaped, unguarded(cell))


def _unescaped(escape: re.Match[str]) -> str:
    return {r"\t": "\t", r"\\": "\\"}.get(escape[0]) or chr(int(escape[1], 16))


def _row(bitext: Bitext, pair: Pair, link: Link | None) -> tuple[str | float, ...]:
    terms = (f"{outcome.hit.term.source}→{outcome.hit.term.target}:{outcome.status}" for outcome in pair.outcomes)
    issues = (f"{issue.severity} {issue.check}: {issue.message}" for issue in pair.issues)
    return (
        cell(pair.source.id),
        pair.source.block.kind,
        cell(pair.source.text),
        cell(pair.target),
        cell(reference_text(bitext, link) or ""),
        pair.score,  # a number, so its minus sign starts no formula
        cell("; ".join(terms)),
        cell("; ".join(issues)),
    )


def cell(text: str) -> str:
    r"""A text as a cell that no spreadsheet runs; `text_of` undoes it.

    >>> cell("=1+1"), cell("C:\\new\t\x1b")
    ("'=1+1", 'C:\\\\new\\t\\x1b')
    """
    return guarded(_ESCAPABLE.sub(lambda found: _ESCAPES[found[0]], single_line(text)))
