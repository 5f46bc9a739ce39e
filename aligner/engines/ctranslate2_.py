"""The engine on CTranslate2: the same model in int8, several times as fast. Imported only to load a Marian model."""

from __future__ import annotations

import json
from collections import deque
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING

import ctranslate2
import numpy as np

from aligner.engines.insertion import Insertion
from aligner.engines.protocol import NO_REPEAT_NGRAM, REPETITION_PENALTY
from aligner.engines.registry import WEIGHTS
from aligner.engines.tokens import END, Tokenizer, fitting, padded, refuse_long
from aligner.errors import ModelError
from aligner.model import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ctranslate2 import AsyncTranslationResult, TranslationResult
    from numpy.typing import NDArray

    from aligner.engines.protocol import Decoding
    from aligner.model import Constraint, Focus, ModelInfo

#: The beam that says the rest of a translation after a phrase; there are as many of these as places for the phrase.
INSERTION_BEAM = 2
#: Texts are padded to a multiple of this, so that there are enough of one width for full batches: a step of the decoder
#: takes as long for one text as for a dozen, if its weights are in no cache. CTranslate2 pads to the longest text.
WIDTH = 4
#: The same for texts that are looked at, of which there are fewer.
LOOKED_WIDTH = 16
#: Source tokens in a batch, by device.
BATCH_TOKENS = {"cpu": 1024, "cuda": 16384}


class Ctranslate2Engine:
    """A converted Marian model, one single-threaded worker a core, or on a GPU.

    A text is padded to the same width in any batch, and on a CPU its translation is the same then, to the last bit of
    its score. CTranslate2 has no search with constraints; see `insertion.py`.
    """

    def __init__(
        self,
        folder: Path,
        copy: Path,
        info: ModelInfo,
        *,
        device: str,
        dtype: str,
        threads: int,
        batch_tokens: int | None,
    ) -> None:
        """Load the model in `folder`, of which `copy` is the conversion; raises ModelError."""
        self.info = info
        self.size = (folder / WEIGHTS).stat().st_size
        self._tokenizer = Tokenizer(folder)
        self._batch_tokens = batch_tokens or BATCH_TOKENS[device]
        try:
            self._model = ctranslate2.Translator(
                str(copy),
                device=device,
                compute_type=dtype,
                inter_threads=threads if device == "cpu" else 1,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            problem = f"CTranslate2 cannot load it: {error}"
            raise ModelError(problem, "use --engine transformers, or delete the copy", path=copy) from error
        config = json.loads((folder / "config.json").read_bytes())
        self._longest_target: int = config["max_position_embeddings"]
        self.max_source_tokens = min(self._longest_target, self._tokenizer.longest)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count source tokens as the model sees them, the end mark included."""
        return [len(pieces) for pieces in self._tokenizer.source(texts)]

    def decode(
        self,
        texts: Sequence[str],
        decoding: Decoding,
        *,
        constraints: Sequence[tuple[Constraint, ...]] = (),
        on_done: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """Translate any number of texts, one hypothesis each, in order; see `Engine.decode`."""
        sources = self._tokenizer.source(texts)
        refuse_long(texts, [len(pieces) for pieces in sources], self.max_source_tokens)
        results = dict(self._translated(sources, decoding, on_done))
        said = [(results[place].hypotheses[0], results[place].scores[0]) for place in range(len(texts))]
        if constraints:
            drafts = (tuple(piece for piece in pieces if piece != END) for pieces, _ in said)
            phrases = map(self._tokenizer.phrases, texts, constraints)
            return self._insert([Insertion(*one) for one in zip(sources, drafts, phrases, strict=True)], decoding)
        return [
            Hypothesis(self._tokenizer.text(pieces), score, () if pieces[-1:] == [END] else ("cut",))
            for pieces, score in said
        ]

    def _insert(self, insertions: Sequence[Insertion], decoding: Decoding) -> list[Hypothesis]:
        """Have translations say their phrases, one more in each round; those that cannot are empty."""
        while waiting := [one for one in insertions if one.is_open]:
            attention = self._attention([one.source for one in waiting], [one.said for one in waiting])
            coming = [self._complete(one, decoding, looked) for one, looked in zip(waiting, attention, strict=True)]
            for one, completions in zip(waiting, coming, strict=True):
                found = {}
                for result, form in completions:
                    *pieces, last = _result(result).hypotheses[0]
                    said = tuple(pieces)
                    if last == END and one.says_all(said, form):
                        found[said] = form
                one.failed = not found
                if found:
                    rated = dict(zip(found, self._log_probs([one.source] * len(found), list(found)), strict=True))
                    one.said = max(rated, key=lambda said: sum(rated[said]) / len(rated[said]))
                    one.held.append(found[one.said])
                    one.score = one.own(rated[one.said])
        return [
            Hypothesis("") if one.failed else Hypothesis(self._tokenizer.text(one.said), one.score)
            for one in insertions
        ]

    def _complete(
        self, insertion: Insertion, decoding: Decoding, attention: NDArray[np.float32]
    ) -> list[tuple[AsyncTranslationResult, tuple[str, ...]]]:
        """Have the model say the rest of every beginning that says the next phrase; gives the form with each."""
        longest = decoding.longest(len(insertion.source), self._longest_target)
        beginnings = [one for one in insertion.beginnings(attention) if len(one[0]) < longest]
        if not beginnings:
            return []
        results = self._model.translate_batch(
            [insertion.source] * len(beginnings),
            target_prefix=[beginning for beginning, _ in beginnings],
            beam_size=INSERTION_BEAM,
            max_decoding_length=longest,
            return_end_token=True,
            max_batch_size=0,
            max_input_length=0,
            asynchronous=True,
        )
        return [(result, form) for result, (_, form) in zip(results, beginnings, strict=True)]

    def _log_probs(self, sources: Sequence[Sequence[str]], said: Sequence[Sequence[str]]) -> list[list[float]]:
        """Give the log-probabilities of translations' tokens, the end mark included.

        One at a time, since lengths differ on one side or the other, and what is padded may score otherwise.
        """
        results = self._model.score_batch(sources, said, max_batch_size=1, asynchronous=True)
        return [_result(result).log_probs for result in results]

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[float]:
        """Score given translations; see `Engine.score`."""
        read, said = self._tokenizer.source(sources), self._tokenizer.target(targets)
        fit = self._fitting(read, said)
        scores = [-inf] * len(sources)
        for at, log_probs in zip(fit, self._log_probs([read[at] for at in fit], [said[at] for at in fit]), strict=True):
            scores[at] = sum(log_probs) / len(log_probs)
        return scores

    def look(
        self, sources: Sequence[str], targets: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[tuple[Focus, ...]]:
        """Say where the model looks as it says given translations; see `Engine.look`."""
        read, said = self._tokenizer.source(sources), self._tokenizer.target(targets)
        fit = self._fitting(read, said)
        found: list[tuple[Focus, ...]] = [((),) * len(asked) for asked in spans]
        for at, weights in zip(fit, self._attention([read[at] for at in fit], [said[at] for at in fit]), strict=True):
            found[at] = self._tokenizer.focus(weights, sources[at], targets[at], spans[at])
        return found

    def _attention(self, sources: Sequence[Sequence[str]], said: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """Give the aligning head's attention as the model says translations: said × source tokens."""
        coming: list[tuple[int, AsyncTranslationResult]] = []
        full = [at for at, pieces in enumerate(said) if pieces]
        for width, batch in self._batches([sources[at] for at in full], LOOKED_WIDTH):
            places = [full[place] for place in batch]
            texts = filled([sources[at] for at in places], width)
            results = self._model.translate_batch(
                texts,
                target_prefix=[said[at] for at in (*places, places[0])[: len(texts)]],
                beam_size=1,
                max_decoding_length=max(len(said[at]) for at in places),
                max_batch_size=0,
                max_input_length=0,
                return_attention=True,
                asynchronous=True,
            )
            coming += zip(places, results, strict=False)
        found = [np.zeros((0, len(pieces)), np.float32) for pieces in sources]
        for at, result in coming:
            found[at] = np.array(_result(result).attention[0], np.float32)[:, : len(sources[at])]
        return found

    def _batches(self, sources: Sequence[Sequence[str]], multiple: int) -> Iterator[tuple[int, list[int]]]:
        """Gather texts that are padded to one width into batches; give the width and the places of the texts."""
        widths = [min(padded(len(pieces), multiple), self.max_source_tokens) for pieces in sources]
        for batch in batches(widths, self._batch_tokens):
            yield widths[batch[0]], batch

    def _fitting(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[int]:
        """Say which pairs are not too long for the model, on either side; the target's end mark is still to come."""
        return fitting(sources, targets, (self.max_source_tokens, self._longest_target - 1))

    def _translated(
        self, sources: Sequence[Sequence[str]], decoding: Decoding, on_done: Callable[[int], None] | None
    ) -> Iterator[tuple[int, TranslationResult]]:
        """Translate texts, given by their pieces; yield their places and CTranslate2's results as they come."""
        strict = {"no_repeat_ngram_size": NO_REPEAT_NGRAM, "repetition_penalty": REPETITION_PENALTY}
        under_way: deque[tuple[list[int], list[AsyncTranslationResult]]] = deque()
        for width, batch in self._batches(sources, WIDTH):
            results = self._model.translate_batch(
                filled([sources[place] for place in batch], width),
                beam_size=decoding.beam,
                max_decoding_length=decoding.longest(width, self._longest_target),
                return_scores=True,
                return_end_token=True,
                max_batch_size=0,
                max_input_length=0,
                asynchronous=True,
                **(strict if decoding.strict else {}),
            )
            under_way.append((batch, results))
            while under_way and all(result.done() for result in under_way[0][1]):
                yield from _finished(under_way.popleft(), on_done)
        while under_way:
            yield from _finished(under_way.popleft(), on_done)


def _finished(
    batch: tuple[list[int], list[AsyncTranslationResult]], on_done: Callable[[int], None] | None
) -> Iterator[tuple[int, TranslationResult]]:
    places, results = batch
    yield from zip(places, map(_result, results), strict=False)  # what comes of a filler is last
    if on_done is not None:
        on_done(len(places))


def _result(result: AsyncTranslationResult) -> TranslationResult:
    """Wait for a result; raises ModelError when the device lets it down, as a GPU without memory does."""
    try:
        return result.result()
    except RuntimeError as error:
        raise ModelError(f"CTranslate2 cannot go on: {error}", "use --device cpu, or fewer --batch-tokens") from error


def filled(sources: Sequence[Sequence[str]], width: int) -> list[Sequence[str]]:
    """Make a batch as wide as it has to be, where no text is: the first one is there again, with more end marks.

    >>> filled([["▁Oui", "</s>"]], 4)
    [['▁Oui', '</s>'], ['▁Oui', '</s>', '</s>', '</s>']]
    """
    if max(map(len, sources)) == width:
        return [*sources]
    return [*sources, [*sources[0], *[END] * (width - len(sources[0]))]]


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Gather texts of equal length into batches of at most `budget` tokens, the longest first; return their places.

    >>> batches([5, 90, 5], budget=100)
    [[1], [0, 2]]
    """
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    found = []
    for length, group in groupby(order, key=lambda place: lengths[place]):
        places, size = list(group), max(1, budget // length)
        found += [places[first : first + size] for first in range(0, len(places), size)]
    return found
