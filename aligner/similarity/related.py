"""Whether two texts have to do with each other at all, which no search tells: it always finds the best of the links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.similarity.lexicon import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aligner.model import Link

#: Fewer links tell nothing.
FEWEST = 20
#: Words that linked segments share beyond what others share, a link. Translations between French, German and English
#: have 0.5 to 4; texts that have nothing to do with each other up to 0.05.
SHARED = 0.15
_WORD = re.compile(r"\w+")


def related(source: Sequence[str], target: Sequence[str], links: Sequence[Link]) -> bool:
    """Tell whether linked segments share names, numbers and words of like spelling more than those linked otherwise."""
    full = [link for link in links if link.source and link.target]
    if len(full) < FEWEST:
        return len(source) < FEWEST or len(target) < FEWEST
    sides = [(_stems(source[i] for i in link.source), _stems(target[j] for j in link.target)) for link in full]
    count, apart = len(sides), len(sides) // 2
    here = sum(len(near & far) for near, far in sides)
    elsewhere = sum(len(sides[k][0] & sides[(k + apart) % count][1]) for k in range(count))
    return here - elsewhere >= SHARED * count


def _stems(texts: Iterable[str]) -> set[str]:
    words = (word for text in texts for word in _WORD.findall(plain(text.casefold())))
    return {word[:5] for word in words if len(word) > 3 or word.isdigit()}
