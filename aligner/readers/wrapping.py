"""Undo what wrapping a text by hand did to it: lines that were one."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from aligner.matching import URL_OR_EMAIL
from aligner.model import BlockKind
from aligner.readers.shapes import CONTACT, SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aligner.readers.lines import Line

#: Widths between which a text is taken to be wrapped by hand; nobody wraps prose narrower than 40 columns.
WRAP_MIN, WRAP_MAX = 40, 110
#: Kinds whose continuation lines are indented under their text.
ITEMS = frozenset({BlockKind.BULLET, BlockKind.NUMBERED, BlockKind.FOOTNOTE})
#: Kinds that are on one line; a heading is one here because of the mark before it.
ALONE = frozenset({BlockKind.DATE_LINE, BlockKind.HEADING})
#: A word that cannot end with its line.
_OPEN_WORD = re.compile(r"[^\W\d_][-‐\xad'’]$")


def wrap_width(chunks: Iterable[Sequence[Line]]) -> int | None:
    """Find the column at which a text was wrapped by hand, if it was.

    The evidence is a line that goes on in lower case on the next one; the width is the longest of them.
    """
    widths = [
        line.length
        for chunk in chunks
        for line, following in pairwise(chunk)
        if WRAP_MIN <= line.length <= WRAP_MAX and following.kind is None and following.text[:1].islower()
    ]
    return max(widths, default=None)


def joined(chunk: Sequence[Line], width: int | None, text: str) -> Iterator[Line]:
    """Join the lines that were one before somebody wrapped them at `width` columns.

    A line was broken by wrapping when its successor's first word would not have fitted on it, or when its successor
    hangs below an item's marker.
    """
    whole = chunk[0]
    for line, following in pairwise(chunk):
        closed = line.leads or whole.kind in ALONE
        if following.kind is None and not closed and _goes_on(whole, line, following, width):
            body = text[whole.start : following.end]
            whole = replace(whole, end=following.end, text=body, length=following.length, leads=following.leads)
        else:
            yield whole
            whole = following
    yield whole


def _goes_on(whole: Line, line: Line, following: Line, width: int | None) -> bool:
    """Tell whether a line, the last one so far of a whole, is gone on with by the following one."""
    first_word = re.split(r"[ \t]", following.text, maxsplit=1)[0]  # no-break blanks keep words together
    full = width is not None and line.length <= width < line.length + 1 + len(first_word)
    if full and (not SENTENCE_END.search(line.text) or line.indent == following.indent or whole.kind is not None):
        return True
    small = following.text[:1].islower()
    if whole.kind in ITEMS and following.indent > whole.indent and (small or line.length >= WRAP_MIN):
        return True  # it hangs below the marker
    if small and _OPEN_WORD.search(line.text):
        return True
    # A line that just goes on, in lower case and after no sign; list items end with signs.
    if not (small and line.text[-1:].isalnum() and line.length >= WRAP_MIN // 2):
        return False
    return not (CONTACT.fullmatch(line.text) or URL_OR_EMAIL.match(following.text))
