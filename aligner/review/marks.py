"""Which change made a stretch of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aligner.model import Change


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
