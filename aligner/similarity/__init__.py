"""How alike segments are: pure scorers for alignment, each weighing every link of two texts, and sums of them."""

from aligner.similarity.embeddings import Embeddings, Encoder, load_encoder
from aligner.similarity.evidence import Evidence, Sum
from aligner.similarity.lengths import Lengths
from aligner.similarity.related import related
from aligner.similarity.words import Words

__all__ = [
    "LEXICAL",
    "PIVOT",
    "Embeddings",
    "Encoder",
    "Evidence",
    "Lengths",
    "Sum",
    "Words",
    "by_words",
    "load_encoder",
    "related",
]

#: Words count less than by their own account, since they do not come independently.
_WORDS = 0.4


def by_words(words: Words) -> Sum:
    """Add the evidence of lengths to that of words."""
    return Sum(((words, _WORDS), (Lengths(), 1.0)))


#: Aligns texts without a machine translation: by names, numbers, cognates, and a lexicon learnt from the texts.
LEXICAL = by_words(Words())
#: Aligns a machine translation with a human one, in the same language: most words are equal.
PIVOT = by_words(Words(one_language=True))
