"""Where a French sentence can be cut so that its parts can be translated on their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.matching import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Span = tuple[int, int]

#: Parts with more words than this are cut again where they can be, and none is cut off with fewer than that.
LONGEST, SHORTEST = 16, 4
#: Words that clauses, and phrases that can stand alone, begin with.
_OPENERS = "et|ou|mais|ainsi|afin|notamment|dont|où|lorsque|pour|qui|que|en|dans|par|selon|tel|telle|tels|telles"
#: Blanks to cut at, the safest first: after a sign that parts clauses (a stop is rather an abbreviation's), after a
#: comma or beside a bracket or dash, before a word that opens a clause.
_CUTS = (
    re.compile(r"(?<=[;:!?…])\s+"),
    re.compile(r"(?<=[,)])\s+|\s+(?=[(–—])"),
    re.compile(rf"\s+(?=(?:{_OPENERS})\s|qu[’'])"),
)


def clauses(text: str, whole: Sequence[Span]) -> tuple[Span, ...]:
    """Cut a text of more than LONGEST words where it is safest and nearest its middle, again and again.

    No cut goes through what is to stay `whole`. A text that cannot be cut is one clause.

    >>> text = "L'OTAN et l'UE ont tenu une réunion à Bruxelles, où elles ont examiné la situation en Afghanistan."
    >>> [text[start:end] for start, end in clauses(text, [])]
    ["L'OTAN et l'UE ont tenu une réunion à Bruxelles,", 'où elles ont examiné la situation en Afghanistan.']
    """
    return tuple(_cut(text, 0, len(text), whole))


def _cut(text: str, start: int, end: int, whole: Sequence[Span]) -> Iterator[Span]:
    ends = [start + word.end for word in words(text[start:end], "fr") if word.exact != ","]
    cuts = [] if len(ends) <= LONGEST else list(_places(text, start, end, ends, whole))
    if not cuts:
        yield start, end
        return
    left, right = min(cuts)[2]
    yield from _cut(text, start, left, whole)
    yield from _cut(text, right, end, whole)


def _places(
    text: str, start: int, end: int, ends: Sequence[int], whole: Sequence[Span]
) -> Iterator[tuple[int, int, Span]]:
    """The blanks that a part can be cut at, by how safe they are and how far from its middle."""
    for rank, pattern in enumerate(_CUTS):
        for blank in pattern.finditer(text, start, end):
            before = sum(word <= blank.start() for word in ends)
            is_parted = any(first < blank.end() and blank.start() < last for first, last in whole)
            if min(before, len(ends) - before) >= SHORTEST and not is_parted:
                yield rank, abs(blank.start() + blank.end() - start - end), blank.span()
