"""Where in a translation the model looked at parts of the source.

A head of attention looks at some tokens whatever it says, such as the last, and little at others. So what it looked at
a word of the source is taken in proportion to all that the word got, and shared out anew among the words. On hand-made
links that brings the alignment error rate of the bundled model's best head from 0.50 to 0.43.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Focus

Span = tuple[int, int]

_UNIT = re.compile(r"\w+[’']?|[^\w\s]")
#: Less attention than this in all is none.
_NONE = 1e-3


def units(source: str) -> list[Span]:
    """The words and signs of a source: what attention is shared out among."""
    return [found.span() for found in _UNIT.finditer(source)]


def balanced(focus: Sequence[Focus], read: Sequence[Span], hits: Sequence[Span]) -> list[Focus]:
    """Say where the model looked at hits, from where it looked at each unit of the source (`read`)."""
    if not any(focus):
        return [()] * len(hits)
    shares = np.array([[share for *_, share in of_unit] for of_unit in focus])
    even = shares / np.maximum(shares.sum(1, keepdims=True), _NONE)
    even /= np.maximum(even.sum(0), _NONE)
    starts, ends, _ = zip(*focus[0], strict=True)
    found = []
    for start, end in hits:
        inside = [unit for unit, (first, last) in enumerate(read) if first < end and last > start]
        found.append(tuple(zip(starts, ends, even[inside].sum(0).tolist(), strict=True)))
    return found


def strongest(focus: Sequence[Focus]) -> list[Focus]:
    """Leave each token to the term that the model looked at most as it said it."""
    most = [max(shares) for shares in zip(*([share for *_, share in one] for one in focus), strict=True)]
    return [
        tuple(
            (start, end, share if share == best else 0.0) for (start, end, share), best in zip(one, most, strict=True)
        )
        for one in focus
    ]
