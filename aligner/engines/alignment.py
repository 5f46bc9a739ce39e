"""Which words of a source a model looks at, as far as it can be said without the model: heads, tokens, characters."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING
from unicodedata import normalize

from aligner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from transformers import MarianConfig

#: Beside a model's weights: which of its attention heads align.
RECORD = "alignment.json"


def alignment_heads(folder: Path, config: MarianConfig) -> list[tuple[int, int]]:
    """Say which cross-attention heads align, as (layer, head), by the model's own record or by default.

    The record is made by `benchmarks/terminology/heads.py`. Without one it is all heads of the last layer but one,
    which align best in most Transformers (Garg et al., 2019). Raises ModelError when the record names no heads, or one
    that the model does not have.
    """
    record, counted = folder / RECORD, range(config.decoder_attention_heads)
    if not record.exists():
        return [(max(0, config.decoder_layers - 2), head) for head in counted]
    try:
        heads = [(layer, head) for layer, head in json.loads(record.read_text(encoding="utf-8"))["heads"]]
    except (ValueError, KeyError, TypeError):
        heads = []
    if not heads or not all(layer in range(config.decoder_layers) and head in counted for layer, head in heads):
        raise ModelError("it does not name attention heads of this model", "make it again or delete it", path=record)
    return heads


def token_spans(text: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Find where SentencePiece's pieces stand in the text that they were made of.

    SentencePiece normalises a text first, by and large as NFKC does, so characters are counted, not compared; where
    the counts differ all the same, places are in proportion.

    >>> token_spans("l’équipe", ["▁l", "'", "équi", "pe"])
    [(0, 1), (1, 2), (2, 6), (6, 8)]
    """
    origin = [at for at, char in enumerate(text) for _ in normalize("NFKC", char).replace(" ", "")]
    sizes = [len(piece.replace("▁", "")) for piece in pieces]
    if not origin or not sum(sizes):
        return [(0, 0)] * len(pieces)
    scale = len(origin) / sum(sizes)
    ends = list(accumulate(sizes))
    return [
        (origin[min(int((end - size) * scale), len(origin) - 1)], origin[max(0, int(end * scale) - 1)] + 1)
        for size, end in zip(sizes, ends, strict=True)
    ]


def inside(spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, ...]:
    """Say which of the tokens' spans a span touches."""
    return tuple(place for place, (first, last) in enumerate(spans) if first < end and last > start)
