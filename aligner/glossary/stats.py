"""Which terms of a glossary a corpus has, and how often."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aligner.glossary.glossary import Glossary
    from aligner.model import Document, Term

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Usage:
    """How often an entry occurs, and in how many documents."""

    term: Term
    hits: int
    documents: int


@dataclass(frozen=True, slots=True)
class Stats:
    """A glossary in a corpus; `words` are runs of letters and digits. The entries that occur most come first."""

    documents: int
    words: int
    usages: tuple[Usage, ...]

    @property
    def hits(self) -> int:
        """Occurrences of all entries."""
        return sum(usage.hits for usage in self.usages)

    @property
    def used(self) -> int:
        """How many entries occur."""
        return sum(1 for usage in self.usages if usage.hits)

    @property
    def hits_per_1000_words(self) -> float:
        """Occurrences in a thousand words of the corpus; 0 where it has none."""
        return 1000 * self.hits / self.words if self.words else 0.0


def stats(glossary: Glossary, documents: Iterable[Document]) -> Stats:
    """Count a glossary's terms in documents, where each document settles what is ambiguous, as when it is translated.

    Where an occurrence may still be any of several entries, it counts for the first.
    """
    hits: Counter[Term] = Counter()
    spread: Counter[Term] = Counter()
    count = words = 0
    for document in documents:
        found = Counter(hit.term for block in glossary.match_document(_blocks(document)) for hit in block)
        hits.update(found)
        spread.update(found.keys())
        words += sum(1 for _ in _WORD.finditer(document.text))
        count += 1
    usages = (Usage(term, hits[term], spread[term]) for term in glossary.terms)
    return Stats(count, words, tuple(sorted(usages, key=lambda usage: (-usage.hits, usage.term.source.casefold()))))


def _blocks(document: Document) -> Sequence[str]:
    return [document.text[block.start : block.end] for block in document.blocks]
