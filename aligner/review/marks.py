"""Which stretches of a text to mark, and which change made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aligner.model import Change


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text and the numbers of the term hits that it shows; none for what lies between."""

    text: str
    hits: tuple[int, ...] = ()


def mark(text: str, spans: Iterable[tuple[int, int, int]]) -> tuple[Piece, ...]:
    """Cut a text at its `(start, end, hit)` spans. Spans that overlap share a piece; those that show nothing are left.

    >>> [(piece.text, piece.hits) for piece in mark("l’OTAN et la FIAS", [(13, 17, 1), (2, 6, 0), (-1, -1, 2)])]
    [('l’', ()), ('OTAN', (0,)), (' et la ', ()), ('FIAS', (1,))]
    """
    merged: list[tuple[int, int, tuple[int, ...]]] = []
    for start, end, hit in sorted(spans):
        if not 0 <= start < end <= len(text):
            continue
        if merged and start < merged[-1][1]:
            before = merged.pop()
            merged.append((before[0], max(end, before[1]), (*before[2], hit)))
        else:
            merged.append((start, end, (hit,)))
    pieces, done = [], 0
    for start, end, hits in merged:
        pieces += [Piece(text[done:start]), Piece(text[start:end], hits)]
        done = end
    return tuple(piece for piece in (*pieces, Piece(text[done:])) if piece.text)


def rules_at(changes: tuple[Change, ...], start: int, end: int) -> tuple[str, ...]:
    """Name the rules whose changes ended up in `start..end` of the text that all of them gave, each once, in order.

    >>> from aligner.model import Change
    >>> rules_at((Change("term", 4, "FIAS", "ISAF"), Change("space", 0, "", " ")), 5, 9)
    ('term',)
    """
    rules: dict[str, None] = {}
    for index, change in enumerate(changes):
        left, right = change.start, change.start + len(change.after)
        for later in changes[index + 1 :]:
            left, right = _moved(left, later, later.start), _moved(right, later, later.start + len(later.after))
        if left < end and start < right:
            rules[change.rule] = None
    return tuple(rules)


def _moved(position: int, change: Change, inside: int) -> int:
    """Where a position went in a change; `inside` is where those go that stood in the replaced text."""
    if position <= change.start:
        return position
    end = change.start + len(change.before)
    return inside if position < end else position + len(change.after) - len(change.before)


def show_blanks(text: str) -> str:
    """Make visible what an edit of spaces changed: `·` for a space at an edge, `°` for one that does not break.

    >>> show_blanks("33\u00a0% ")
    '33°%·'
    """
    core = text.strip(" ")
    lead = len(text) - len(text.lstrip(" "))
    shown = "·" * lead + core + "·" * (len(text) - len(core) - lead) if core else "·" * len(text)
    return shown.translate({0xA0: "°", 0x202F: "°"})
