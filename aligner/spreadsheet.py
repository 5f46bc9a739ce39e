"""Texts in the cells of CSV and TSV files, so that no spreadsheet runs them as formulas.

A text that could be run, one that begins with `=`, `+`, `-` or `@` (or their full-width forms), gets an apostrophe in
front. To undo it, drop the first apostrophe of a cell that begins with apostrophes, optional blanks and one of those
characters: texts of that form got one more, so nothing is ambiguous.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]")


def guarded(text: str) -> str:
    """A text as a cell that no spreadsheet runs.

    >>> guarded("=1+1"), guarded("'-a"), guarded("’t")
    ("'=1+1", "''-a", '’t')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made a cell of.

    >>> unguarded("'=1+1"), unguarded("''-a"), unguarded("'tis"), unguarded("-a")
    ('=1+1', "'-a", "'tis", '-a')
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
