"""The engine on CTranslate2: the same model in int8, several times as fast. Imported only to load a Marian model."""

from __future__ import annotations

import json
from collections import deque
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING

import ctranslate2

from aligner.engines.alignment import inside
from aligner.engines.protocol import NO_REPEAT_NGRAM, REPETITION_PENALTY
from aligner.engines.tokens import END, Tokenizer
from aligner.errors import ModelError
from aligner.model import Forced, Hypothesis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ctranslate2 import AsyncTranslationResult, TranslationResult

    from aligner.engines.protocol import Decoding, Engine
    from aligner.model import Constraint, ModelInfo

#: Source tokens in a batch, by device.
BATCH_TOKENS = {"cpu": 1024, "cuda": 16384}


class Ctranslate2Engine:
    """A converted Marian model, one single-threaded worker a core, or on a GPU.

    A batch has only texts of one length in tokens. Then nothing is padded, and on a CPU a text's translation is the
    same, to the last bit of its score, in any batch. What CTranslate2 has no call for, searches with constraints, is
    done by `fallback`.
    """

    def __init__(
        self,
        folder: Path,
        copy: Path,
        info: ModelInfo,
        fallback: Engine,
        *,
        device: str,
        dtype: str,
        threads: int,
        batch_tokens: int | None,
    ) -> None:
        """Load the model in `folder`, of which `copy` is the conversion; raises ModelError."""
        self.info = info
        self._tokenizer = Tokenizer(folder)
        self._fallback = fallback
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
        if constraints:
            return self._fallback.decode(texts, decoding, constraints=constraints, on_done=on_done)
        sources = self._tokenizer.source(texts)
        for text, pieces in zip(texts, sources, strict=True):
            if len(pieces) > self.max_source_tokens:
                raise ValueError(f"{text[:40]!r}… has {len(pieces)} tokens, the model takes {self.max_source_tokens}")
        found = [Hypothesis("")] * len(texts)
        for place, result in self._translated(sources, decoding, on_done):
            pieces = result.hypotheses[0]
            ended = pieces[-1:] == [END]
            found[place] = Hypothesis(self._tokenizer.text(pieces), result.scores[0], () if ended else ("cut",))
        return found

    def force(
        self, sources: Sequence[str], targets: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Forced]:
        """Score given translations and say where they looked; see `Engine.force`."""
        read, said = self._tokenizer.source(sources), self._tokenizer.target(targets)
        fit = [
            at
            for at, (ours, theirs) in enumerate(zip(read, said, strict=True))
            if len(ours) <= self.max_source_tokens and len(theirs) < self._longest_target
        ]
        # One at a time, since lengths differ on one side or the other and what is padded may score otherwise.
        scores = self._model.score_batch(
            [read[at] for at in fit], [said[at] for at in fit], max_batch_size=1, asynchronous=True
        )
        looks = [self._look(read[at], said[at]) if spans[at] and said[at] else None for at in fit]
        forced = [Forced(-inf, ((),) * len(asked)) for asked in spans]
        for at, score, look in zip(fit, scores, looks, strict=True):
            log_probs = score.result().log_probs
            focus = (
                forced[at].focus if look is None else self._focus(look.result(), sources[at], targets[at], spans[at])
            )
            forced[at] = Forced(sum(log_probs) / len(log_probs), focus)
        return forced

    def _look(self, source: Sequence[str], target: Sequence[str]) -> AsyncTranslationResult:
        """Have the model say a translation, for its attention."""
        (result,) = self._model.translate_batch(
            [source],
            target_prefix=[target],
            beam_size=1,
            max_decoding_length=len(target),
            max_input_length=0,
            return_attention=True,
            asynchronous=True,
        )
        return result

    def _focus(
        self, result: TranslationResult, source: str, target: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[tuple[tuple[int, int, float], ...], ...]:
        """Sum attention weights, target × source tokens, over the tokens of each span of the source."""
        here, there = self._tokenizer.source_spans(source), self._tokenizer.target_spans(target)
        places = [inside(here, start, end) for start, end in spans]
        weights = result.attention[0]
        return tuple(
            tuple((*span, sum(row[at] for at in of_span)) for span, row in zip(there, weights, strict=False))
            for of_span in places
        )

    def _translated(
        self, sources: Sequence[Sequence[str]], decoding: Decoding, on_done: Callable[[int], None] | None
    ) -> Iterator[tuple[int, TranslationResult]]:
        """Translate texts, given by their pieces; yield their places and CTranslate2's results as they come."""
        strict = {"no_repeat_ngram_size": NO_REPEAT_NGRAM, "repetition_penalty": REPETITION_PENALTY}
        under_way: deque[tuple[list[int], list[AsyncTranslationResult]]] = deque()
        for batch in batches([len(pieces) for pieces in sources], self._batch_tokens):
            results = self._model.translate_batch(
                [sources[place] for place in batch],
                beam_size=decoding.beam,
                max_decoding_length=decoding.longest(len(sources[batch[0]]), self._longest_target),
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
    yield from zip(places, (result.result() for result in results), strict=True)
    if on_done is not None:
        on_done(len(places))


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
