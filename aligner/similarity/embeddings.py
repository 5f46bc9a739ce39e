"""Evidence of sentence embeddings, from any model that the user names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from aligner.errors import ModelError
from aligner.similarity.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from aligner.similarity.evidence import Anchors, Floats

#: Nats for a cosine of 1 over what any two segments have.
STRENGTH = 12.0
#: Source segments whose neighbours are looked for at once, and how many are proposed.
ROWS, PROPOSED = 1000, 3


class Encoder(Protocol):
    """Turns texts into vectors, one a row."""

    def encode(self, sentences: list[str], /) -> NDArray[np.float32]: ...


def load_encoder(name: str) -> Encoder:
    """Load a sentence-transformers model, a directory or a hub id.

    Raises ModelError when the package is missing or the model cannot be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (an extra, and heavy)
    except ImportError as error:
        raise ModelError("sentence-transformers is not installed", "pip install 'aligner[embeddings]'") from error
    try:
        encoder: Encoder = SentenceTransformer(name)
    except (OSError, ValueError) as error:
        problem = f"the embedding model {name!r} cannot be loaded ({str(error).splitlines()[0]})"
        raise ModelError(problem, "name a directory or a hub id of a sentence-transformers model") from error
    return encoder


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Cosine of embeddings, above what segments that have nothing to do with each other have.

    Segments taken together have the sum of their vectors, each as long as the segment's text.
    """

    encoder: Encoder

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Evidence:
        """Embed both texts."""
        near, far = (_vectors(self.encoder, texts) for texts in (source, target))
        chance = _chance(near, far)
        sums = [np.concatenate((np.zeros((1, side.shape[1])), np.cumsum(side, axis=0))) for side in (near, far)]

        @lru_cache(maxsize=64)
        def group(size: int, start: int, stop: int) -> Floats:
            return _unit(sums[1][start + size : stop + 1] - sums[1][start : stop + 1 - size])

        def spans(segments: range, size: int, stops: range) -> Floats:
            ours = _unit(sums[0][segments.stop] - sums[0][segments.start])
            cosines = group(size, stops.start - size, stops.stop - 1) @ ours
            odds: Floats = STRENGTH * (cosines - chance) * (len(segments) + size) / 2
            return odds

        return Evidence(spans, lambda: _anchors(_unit(near), _unit(far), chance))


def _vectors(encoder: Encoder, texts: Sequence[str]) -> Floats:
    vectors = _unit(np.asarray(encoder.encode(list(texts)), dtype=np.float64))
    lengths = np.array([len(text) + 1.0 for text in texts])
    weighted: Floats = vectors * lengths[:, None]
    return weighted


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit


def _chance(near: Floats, far: Floats) -> float:
    """Halfway between the cosine of any two segments and that of nearest ones, from a sample of the source."""
    cosines = _unit(near[:: -(-len(near) // 200)]) @ _unit(far).T
    return float((cosines.mean() + np.median(cosines.max(axis=1))) / 2)


def _anchors(near: Floats, far: Floats, chance: float) -> Anchors:
    """Propose the nearest neighbours of every source segment."""
    most = min(PROPOSED, len(far))
    found = [np.argpartition(-(near[k : k + ROWS] @ far.T), most - 1)[:, :most] for k in range(0, len(near), ROWS)]
    columns = np.concatenate(found).ravel()
    rows = np.repeat(np.arange(len(near)), most)
    weights = np.einsum("ij,ij->i", near[rows], far[columns]) - chance
    good = weights > 0
    return rows[good], columns[good], weights[good]
