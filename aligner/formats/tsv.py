r"""Tab-separated values for spreadsheets.

UTF-8 with a BOM, without which Excel takes accents for Windows-1252 (Python reads it as `utf-8-sig`); quoted as
csv's `excel-tab`; LF line ends. Every cell is one line. In texts, a backslash is `\\`, a tab `\t` and any other
control character `\xNN`.

A text that a spreadsheet could run as a formula, one that begins with `=`, `+`, `-` or `@` (or their full-width
forms), gets an apostrophe in front. A hyphen that opens a list item or a reply is no exception, since Excel shows
`#NAME?` for it; the dashes – and — are left alone. To undo it, drop the first apostrophe of a cell that begins with
apostrophes, optional blanks and one of those characters: texts of that form got one more, so nothing is ambiguous.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from aligner.formats.encoding import single_line, utf8
from aligner.formats.references import links_by_pair, reference_text

if TYPE_CHECKING:
    from aligner.model import Bitext, Link, Pair

SUFFIXES = (".tsv",)
COLUMNS = ("id", "kind", "source", "target", "reference", "score", "terms", "issues")

_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {ord("\t"): "\\t", ord("\\"): "\\\\"}
_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]")


def write(bitext: Bitext) -> dict[str, bytes]:
    """Write a header and a row a pair. Pairs that share a reference sentence each show it."""
    table = io.StringIO()
    rows = csv.writer(table, dialect="excel-tab", lineterminator="\n")
    rows.writerow(COLUMNS)
    for pair, link in zip(bitext.pairs, links_by_pair(bitext), strict=True):
        rows.writerow(_row(bitext, pair, link))
    return {".tsv": utf8(f"\ufeff{table.getvalue()}")}


def _row(bitext: Bitext, pair: Pair, link: Link | None) -> tuple[str | float, ...]:
    terms = (f"{outcome.hit.term.source}→{outcome.hit.term.target}:{outcome.status}" for outcome in pair.outcomes)
    issues = (f"{issue.severity} {issue.check}: {issue.message}" for issue in pair.issues)
    return (
        _cell(pair.source.id),
        pair.source.block.kind,
        _cell(pair.source.text),
        _cell(pair.target),
        _cell(reference_text(bitext, link) or ""),
        pair.score,  # a number, so its minus sign starts no formula
        _cell("; ".join(terms)),
        _cell("; ".join(issues)),
    )


def _cell(text: str) -> str:
    cell = single_line(text).translate(_ESCAPES)
    return f"'{cell}" if _FORMULA.match(cell) else cell
