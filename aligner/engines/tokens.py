"""Texts as a Marian model reads and says them: SentencePiece's pieces, as far as its vocabulary has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import numpy as np
from sentencepiece import SentencePieceProcessor

from aligner.engines.alignment import inside, token_spans
from aligner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence, Sized
    from pathlib import Path

    from numpy.typing import NDArray

    from aligner.model import Constraint, Focus

#: What a translation must say: one of several sequences of pieces, for these tokens of the source.
Wanted = tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]
END, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"
#: How to read characters that French text has and a model's vocabulary may lack; used only for those it does lack.
#: A letter that is not here and is lacking is read without its accent ("naïf"), or else small ("Z").
READINGS = {
    "\u00ad": "",  # soft hyphen: where a word may be broken, no part of it
    "\u2060": "",  # word joiner, and the two below: they shape a line, not a word
    "\u200c": "",
    "\u200d": "",
    "\u2010": "-",  # hyphen
    "\u2011": "-",  # no-break hyphen, as in "porte‑parole"; vocabularies normalise it to U+2010 and lack that
    "\u2012": "-",  # figure dash, between the groups of a telephone number
    "\u2212": "-",  # minus sign
    "\u2015": "–",  # horizontal bar, which opens direct speech
    "\u2018": "’",  # a quotation mark that typists put for the apostrophe
    "\u02bc": "’",  # the letter apostrophe
    "\u2032": "’",  # prime, for minutes and for the apostrophe
    "\u2019": "'",  # should a vocabulary have only the typewriter's apostrophe
    "„": "“",
    "‹": "«",  # quotation inside a quotation
    "›": "»",
    "°": "o",  # "n° 3" is the poor man's "nᵒ 3"; read as "no 3" too
    "§": "paragraphe ",
    "[": "(",
    "]": ")",
    "Œ": "Oe",  # ligatures, which Unicode does not take apart
    "Æ": "Ae",
    "æ": "ae",
    "×": "x",
    "½": "1/2",
    "■": "•",  # bullets
    "▪": "•",
    "◦": "•",
}
#: Letters of the languages that names come from: ASCII capitals, Latin-1 and Latin Extended-A.
LETTERS = tuple(map(chr, (*range(ord("A"), ord("Z") + 1), *range(0xC0, 0x180))))


class Tokenizer:
    """A model's two SentencePiece models and its vocabulary: the same pieces as transformers' MarianTokenizer's.

    It is ours since an engine that does without transformers, which takes seconds to import, needs one. What a text
    says is never taken for a mark: "</s>" in it is four characters.
    """

    def __init__(self, folder: Path) -> None:
        """Read `source.spm`, `target.spm` and `vocab.json`; raises ModelError for what is none of these."""
        settings = _read_json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").exists() else {}
        self._source, self._target = (_read_pieces(folder / f"{side}.spm") for side in ("source", "target"))
        self.vocabulary: dict[str, int] = _read_json(folder / "vocab.json")
        separate = settings.get("separate_vocabs", False)
        self.target_vocabulary = _read_json(folder / "target_vocab.json") if separate else self.vocabulary
        for vocabulary in (self.vocabulary, self.target_vocabulary):
            if END not in vocabulary or UNKNOWN not in vocabulary:
                raise ModelError(f"its vocabulary lacks {END} or {UNKNOWN}", "fetch the model again", path=folder)
        #: The longest source that the model's maker allows, in tokens.
        self.longest: int = settings.get("model_max_length", 512)
        self._readings = self._needed_readings()

    def source(self, texts: Sequence[str]) -> list[list[str]]:
        """Give the pieces of texts as the model sees them, the end mark last."""
        read = [text.translate(self._readings) for text in texts]
        return [[*pieces, END] for pieces in self._source.encode(read, out_type=str)] if read else []

    def target(self, texts: Sequence[str]) -> list[list[str]]:
        """Give the pieces of texts as the model would say them, without the end mark."""
        return list(self._target.encode(list(texts), out_type=str)) if texts else []

    def source_ids(self, pieces: Sequence[str]) -> list[int]:
        """Number the pieces of a source."""
        return [self.vocabulary.get(piece, self.vocabulary[UNKNOWN]) for piece in pieces]

    def target_ids(self, pieces: Sequence[str]) -> list[int]:
        """Number the pieces of a translation."""
        return [self.target_vocabulary.get(piece, self.target_vocabulary[UNKNOWN]) for piece in pieces]

    def forms(self, texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Give the pieces of those texts that the vocabulary can spell, as the model would say them."""
        known = self.target_vocabulary.keys()
        return tuple(tuple(pieces) for pieces in self.target(texts) if known >= set(pieces))

    def phrases(self, text: str, constraints: Sequence[Constraint]) -> tuple[Wanted, ...]:
        """Give the forms of each constraint, and the tokens of the text that they translate."""
        spans = self.source_spans(text)
        return tuple((self.forms(one.forms), inside(spans, one.start, one.end)) for one in constraints)

    def text(self, pieces: Sequence[str]) -> str:
        """Put the pieces of a translation together, without marks."""
        said = [piece for piece in pieces if piece not in {END, UNKNOWN, PAD}]
        return str(self._target.decode(said)).replace("▁", " ").strip()

    def source_spans(self, text: str) -> list[tuple[int, int]]:
        """Say where in a source its pieces stand, the end mark left out."""
        return token_spans(text, self._source.encode(text.translate(self._readings), out_type=str))

    def target_spans(self, text: str) -> list[tuple[int, int]]:
        """Say where in a translation its pieces stand."""
        return token_spans(text, self._target.encode(text, out_type=str))

    def focus(
        self, weights: NDArray[np.float32], source: str, target: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[Focus, ...]:
        """Sum attention weights, target × source tokens, over the tokens of each span of the source."""
        starts, ends = np.array(self.target_spans(target), np.int64).reshape(-1, 2).T.tolist()
        first, last = np.array(self.source_spans(source), np.int64).reshape(-1, 2, 1).transpose(1, 0, 2)
        start, end = np.array(spans, np.int64).reshape(-1, 2).T
        inside = ((first < end) & (last > start)).astype(np.float32)
        shares = (weights[: len(starts), : len(inside)] @ inside).T.tolist()
        return tuple(tuple(zip(starts, ends, of_span, strict=False)) for of_span in shares)

    def _needed_readings(self) -> dict[int, str]:
        """Find the readings of characters that the vocabulary lacks, for `str.translate`."""
        readings = {}
        for character in (*READINGS, *LETTERS):
            if not self._is_known(character):
                bare = normalize("NFD", character)[0]
                candidates = (READINGS[character],) if character in READINGS else (bare, bare.lower())
                readings[ord(character)] = next(filter(self._is_known, candidates), character)
        return readings

    def _is_known(self, text: str) -> bool:
        return all(piece in self.vocabulary for piece in self._source.encode(text, out_type=str))


def refuse_long(texts: Sequence[str], lengths: Sequence[int], most: int) -> None:
    """Raise ValueError for the first text of more tokens than a model takes."""
    for text, length in zip(texts, lengths, strict=True):
        if length > most:
            raise ValueError(f"{text[:40]!r}… has {length} tokens, the model takes {most}")


def padded(length: int, multiple: int) -> int:
    """Round a length in tokens up to a multiple."""
    return -(-length // multiple) * multiple


def fitting(sources: Sequence[Sized], targets: Sequence[Sized], most: tuple[int, int]) -> list[int]:
    """Give the places of the pairs in which neither side, in tokens, is longer than its most."""
    sizes = enumerate(zip(map(len, sources), map(len, targets), strict=True))
    return [at for at, (ours, theirs) in sizes if ours <= most[0] and theirs <= most[1]]


def _read_pieces(path: Path) -> SentencePieceProcessor:
    try:
        # By default each call starts a thread for every core of the machine, whatever part of it is ours.
        return SentencePieceProcessor(model_file=str(path), num_threads=1)
    except (OSError, RuntimeError, TypeError) as error:
        raise ModelError(
            "it cannot be loaded: it is no SentencePiece model", "fetch the model again", path=path
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError("it cannot be loaded: it is no JSON", "fetch the model again", path=path) from error
    if not isinstance(read, dict):
        raise ModelError("it cannot be loaded: it is no JSON object", "fetch the model again", path=path)
    return read
