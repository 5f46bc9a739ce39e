"""How alike segments are: pure scorers for alignment, each weighing every link of two texts, and sums of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.similarity.embeddings import Embeddings, Encoder, load_encoder
from aligner.similarity.evidence import Evidence, Sum
from aligner.similarity.layout import Layout
from aligner.similarity.lengths import Lengths
from aligner.similarity.related import related
from aligner.similarity.sentences import Sentences
from aligner.similarity.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.similarity.evidence import Scorer

__all__ = [
    "LEXICAL",
    "PIVOT",
    "Embeddings",
    "Encoder",
    "Evidence",
    "Layout",
    "Lengths",
    "Sentences",
    "Sum",
    "Words",
    "by_words",
    "in_blocks",
    "load_encoder",
    "related",
]

#: Words count less than by their own account, since they do not come independently; layout repeats itself too, what
#: cuts one sentence cuts its neighbours, and embeddings tell again what words tell.
_WORDS, _LAYOUT, _SENTENCES, _EMBEDDINGS = 0.4, 0.5, 0.7, 0.5


def by_words(words: Words, embeddings: Embeddings | None = None) -> Sum:
    """Add the evidence of lengths and of sentences to that of words, and that of embeddings if there are any."""
    more = ((embeddings, _EMBEDDINGS),) if embeddings else ()
    return Sum(((words, _WORDS), (Lengths(), 1.0), (Sentences(), _SENTENCES), *more))


def in_blocks(scorer: Scorer, source: Sequence[str], target: Sequence[str]) -> Sum:
    """Add the evidence of layout, given what kind of block each segment opens, to that of a scorer."""
    return Sum(((scorer, 1.0), (Layout(tuple(source), tuple(target)), _LAYOUT)))


#: Aligns texts without a machine translation: by names, numbers, cognates, and a lexicon learnt from the texts.
LEXICAL = by_words(Words())
#: Aligns a machine translation with a human one, in the same language: most words are equal.
PIVOT = by_words(Words(one_language=True))
