"""Evidence of sentence embeddings, from any model that the user names or from one that is in a package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from aligner.errors import ModelError
from aligner.similarity.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from aligner.similarity.evidence import Anchors, Floats

#: Nats for a cosine of 1 over what any two segments have.
STRENGTH = 8.0
#: Segments, or groups of them, that are compared with all others to see how alike those are.
SAMPLE = 200
INSTALL = "pip install 'aligner[embeddings]'"
TOKENIZER = "l2_supercat_tokenizer_config.json"
#: Source segments whose neighbours are looked for at once, and how many are proposed.
ROWS, PROPOSED = 1000, 3


class Encoder(Protocol):
    """Turns texts into vectors, one a row."""

    def encode(self, sentences: list[str], /) -> NDArray[np.float32]: ...


def load_encoder(name: str | None = None) -> Encoder:
    """Load a sentence-transformers model, a directory or a hub id; without a name the English one of wordllama.

    That one is a vector for each piece of a word, of which a text has the mean. It is in the package; nothing is
    downloaded.

    Raises ModelError when the package is missing or the model cannot be loaded.
    """
    if name is None:
        return _packaged()
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (an extra, and heavy)
    except ImportError as error:
        raise ModelError("sentence-transformers is not installed", INSTALL) from error
    try:
        encoder: Encoder = SentenceTransformer(name)
    except (OSError, ValueError) as error:
        problem = f"the embedding model {name!r} cannot be loaded ({str(error).splitlines()[0]})"
        raise ModelError(problem, "name a directory or a hub id of a sentence-transformers model") from error
    return encoder


def _packaged() -> Encoder:
    found = find_spec("wordllama")
    if found is None or not found.submodule_search_locations:
        raise ModelError("wordllama, which has the English embedding model, is not installed", INSTALL)
    # Its own loader looks for the tokenizer in another folder than the wheel's, and sets up logging for all.
    folder = Path(found.submodule_search_locations[0])
    vectors, tokenizer = folder / "weights/l2_supercat_256.safetensors", folder / "tokenizers" / TOKENIZER
    for path in (vectors, tokenizer):
        if not path.is_file():
            raise ModelError("the installed wordllama lacks a file of its model", INSTALL, path=path)
    from safetensors.numpy import load_file  # noqa: PLC0415 (both come with transformers)
    from tokenizers import Tokenizer  # noqa: PLC0415

    return _Pieces(load_file(vectors)["embedding.weight"].astype(np.float32), Tokenizer.from_file(str(tokenizer)))


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The mean of the vectors of a text's pieces of words."""

    vectors: NDArray[np.float32]
    tokenizer: Tokenizer

    def encode(self, sentences: list[str], /) -> NDArray[np.float32]:
        read = self.tokenizer.encode_batch(sentences, add_special_tokens=False)
        return np.array([self.vectors[text.ids].sum(0) / max(len(text.ids), 1) for text in read], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Cosine of embeddings, over what segments that have nothing to do with each other have.

    Segments taken together have the sum of their vectors, each as long as the segment's text. `translate` makes drafts
    of the source, which then are compared in its stead: for a model that knows the target's language only.
    """

    encoder: Encoder
    translate: Callable[[Sequence[str]], Sequence[str]] | None = None

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Evidence:
        """Embed both texts."""
        compared = self.translate(source) if self.translate else source
        near, far = (_vectors(self.encoder, texts) for texts in (compared, target))
        sums = [np.concatenate((np.zeros((1, side.shape[1])), np.cumsum(side, axis=0))) for side in (near, far)]

        @lru_cache(maxsize=64)
        def group(size: int, start: int, stop: int) -> Floats:
            return _unit(sums[1][start + size : stop + 1] - sums[1][start : stop + 1 - size])

        @cache
        def chance(ours: int, theirs: int) -> float:
            # The longer texts are, the more any two are alike.
            sizes = zip(sums, (ours, theirs), strict=True)
            return _chance(*(_unit(side[size:] - side[:-size]) for side, size in sizes))

        def spans(segments: range, size: int, stops: range) -> Floats:
            ours = _unit(sums[0][segments.stop] - sums[0][segments.start])
            cosines = group(size, stops.start - size, stops.stop - 1) @ ours
            odds: Floats = STRENGTH * (cosines - chance(len(segments), size))
            return odds

        return Evidence(spans, lambda: _anchors(_unit(near), _unit(far), chance(1, 1)))


def _vectors(encoder: Encoder, texts: Sequence[str]) -> Floats:
    vectors = _unit(np.asarray(encoder.encode(list(texts)), dtype=np.float64))
    lengths = np.array([len(text) + 1.0 for text in texts])
    weighted: Floats = vectors * lengths[:, None]
    return weighted


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit


def _chance(near: Floats, far: Floats) -> float:
    """A third of the way from the cosine of any two rows to that of nearest ones, from a sample of the first side."""
    cosines = near[:: -(-len(near) // SAMPLE)] @ far.T
    return float((2 * cosines.mean() + np.median(cosines.max(axis=1))) / 3)


def _anchors(near: Floats, far: Floats, chance: float) -> Anchors:
    """Propose the nearest neighbours of every source segment."""
    most = min(PROPOSED, len(far))
    found = [np.argpartition(-(near[k : k + ROWS] @ far.T), most - 1)[:, :most] for k in range(0, len(near), ROWS)]
    columns = np.concatenate(found).ravel()
    rows = np.repeat(np.arange(len(near)), most)
    weights = np.einsum("ij,ij->i", near[rows], far[columns]) - chance
    good = weights > 0
    return rows[good], columns[good], weights[good]
