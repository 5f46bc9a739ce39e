"""The engine on transformers: batches of like length, one worker a core. Imported only to load a Marian model."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

import torch
import transformers
from safetensors import SafetensorError
from transformers import (
    LogitNormalization,
    MarianConfig,
    MarianMTModel,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
)

from aligner.engines.alignment import alignment_heads
from aligner.engines.beam import beam_search
from aligner.engines.constrained import Phrase, constrained_search
from aligner.engines.marian import Decoder
from aligner.engines.protocol import NO_REPEAT_NGRAM, REPETITION_PENALTY
from aligner.engines.registry import WEIGHTS
from aligner.engines.tokens import END, Tokenizer, fitting, padded, refuse_long
from aligner.errors import ModelError
from aligner.model import Hypothesis, ModelInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from torch import Tensor
    from transformers import LogitsProcessor

    from aligner.engines.beam import Search
    from aligner.engines.protocol import Decoding
    from aligner.model import Constraint, Focus

T = TypeVar("T")

#: Sources are padded to a multiple of this, the width of the widest vector unit in floats. Then a longer neighbour adds
#: whole vectors of zeros to a text's sums, which changes no bit, and its translation is the same in any batch.
PADDING = 16
#: Numbers in a batch's encoder states, from which its size in tokens follows by the model's width: enough for matrix
#: products at full speed, few enough for a worker's memory to stay at some hundred megabytes.
BATCH_STATES = {"cpu": 3072 * 256, "cuda": 16384 * 512}


class TransformersEngine:
    """A Marian model in float32 on the CPU, one single-threaded worker a core, or in float16 on a GPU."""

    def __init__(
        self, folder: Path, info: ModelInfo, *, device: str, dtype: str, threads: int, batch_tokens: int | None
    ) -> None:
        """Load the model in `folder`; raises ModelError."""
        if device == "cuda" and not torch.cuda.is_available():
            raise ModelError("torch finds no CUDA device", "use --device cpu, or install torch with CUDA")
        self.info, self._device = info, torch.device(device)
        self.size = (folder / WEIGHTS).stat().st_size
        self._workers = threads if device == "cpu" else 1
        self._tokenizer = Tokenizer(folder)
        model: Any = load_model(folder, getattr(torch, dtype))
        model.to(self._device)
        self._encoder, self._pad = model.get_encoder(), model.config.pad_token_id
        with torch.inference_mode():
            self._decoder = Decoder(model)
        self._batch_tokens = batch_tokens or BATCH_STATES[self._device.type] // self._decoder.width
        self._pieces = {token: piece for piece, token in self._tokenizer.target_vocabulary.items()}
        self._inner = frozenset(token for token, piece in self._pieces.items() if piece[0].isalnum())
        self._alignment_heads = alignment_heads(folder, model.config)
        self._max_target: int = model.config.max_position_embeddings
        self.max_source_tokens = min(self._max_target, self._tokenizer.longest)

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
        sources = self._tokens(texts)
        refuse_long(texts, [len(tokens) for tokens in sources], self.max_source_tokens)
        wanted = [self._phrases(text, asked) for text, asked in zip(texts, constraints, strict=bool(constraints))]

        def search(batch: Sequence[int]) -> list[Search]:
            return self._search(
                [sources[place] for place in batch], decoding, [wanted[place] for place in batch] if wanted else ()
            )

        searches = self._batched(search, [len(tokens) for tokens in sources], on_done)
        return [self._hypothesis(found) for found in searches]

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[float]:
        """Score given translations; see `Engine.score`."""
        scores = [-inf] * len(sources)
        for at, (score, _) in self._forced(sources, targets):
            scores[at] = score
        return scores

    def look(
        self, sources: Sequence[str], targets: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[tuple[Focus, ...]]:
        """Say where the model looks as it says given translations; see `Engine.look`."""
        found: list[tuple[Focus, ...]] = [((),) * len(asked) for asked in spans]
        for at, (_, weights) in self._forced(sources, targets):
            found[at] = self._tokenizer.focus(weights.numpy(), sources[at], targets[at], spans[at])
        return found

    def _forced(self, sources: Sequence[str], targets: Sequence[str]) -> list[tuple[int, tuple[float, Tensor]]]:
        """Force what is not too long: places, scores and the attention of the tokens, target × source tokens."""
        read, said = self._tokens(sources), self._target_tokens(targets)
        fit = fitting(read, said, (self.max_source_tokens, self._max_target))

        def look(batch: Sequence[int]) -> list[tuple[float, Tensor]]:
            return self._force([read[fit[place]] for place in batch], [said[fit[place]] for place in batch])

        return list(zip(fit, self._batched(look, [len(read[at]) + len(said[at]) for at in fit]), strict=True))

    def _batched(
        self,
        work: Callable[[Sequence[int]], Sequence[T]],
        lengths: Sequence[int],
        on_done: Callable[[int], None] | None = None,
    ) -> list[T]:
        """Do work on batches of texts, given as their places, on all workers; return its results in order."""
        results: dict[int, T] = {}
        with _single_threaded(self._workers) as pool:
            jobs = {pool.submit(work, batch): batch for batch in batches(lengths, self._batch_tokens, self._workers)}
            for job in as_completed(jobs):
                results |= zip(jobs[job], job.result(), strict=True)
                if on_done is not None:
                    on_done(len(jobs[job]))
        return [results[place] for place in range(len(lengths))]

    def _phrases(self, text: str, constraints: Sequence[Constraint]) -> tuple[Phrase, ...]:
        return tuple(
            Phrase(tuple(tuple(self._tokenizer.target_ids(pieces)) for pieces in forms), tokens)
            for forms, tokens in self._tokenizer.phrases(text, constraints)
        )

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [self._tokenizer.source_ids(pieces) for pieces in self._tokenizer.source(texts)]

    def _target_tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [self._tokenizer.target_ids([*pieces, END]) for pieces in self._tokenizer.target(texts)]

    def _encode(self, sources: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Encode a batch; return the states and the mask that `Beams` takes."""
        lengths = [len(tokens) for tokens in sources]
        width = min(padded(max(lengths), PADDING), self.max_source_tokens)
        rows = [[*tokens, *[self._pad] * (width - len(tokens))] for tokens in sources]
        ids = torch.tensor(rows, device=self._device)
        ends = torch.tensor(lengths, device=self._device)[:, None]
        mask = torch.zeros(ids.shape, dtype=self._decoder.head.dtype, device=self._device)
        mask = mask.masked_fill(torch.arange(width, device=self._device) >= ends, -torch.inf)[:, None, None]
        return self._encoder(input_ids=ids, attention_mask=mask).last_hidden_state, mask

    @torch.inference_mode()
    def _search(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, phrases: Sequence[tuple[Phrase, ...]]
    ) -> list[Search]:
        states, mask = self._encode(sources)
        longest = [decoding.longest(len(tokens), self._max_target) for tokens in sources]
        if phrases:
            return constrained_search(
                self._decoder,
                states,
                mask,
                longest,
                decoding.beam,
                phrases,
                heads=self._alignment_heads,
                inner=self._inner,
                attention=decoding.attention,
            )
        processors = _strict_processors() if decoding.strict else ()
        return beam_search(self._decoder, states, mask, longest, decoding.beam, processors)

    @torch.inference_mode()
    def _force(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[tuple[float, Tensor]]:
        """Score translations; return with each score the attention of its tokens, target × source tokens."""
        states, mask = self._encode(sources)
        width = max(map(len, targets))
        rows = [[*tokens, *[self._pad] * (width - len(tokens))] for tokens in targets]
        wanted = torch.tensor(rows, device=self._device)
        given = wanted.roll(1, 1)
        given[:, 0] = self._decoder.start
        log_probs, seen = self._decoder.force(states, mask, given, wanted)
        said = log_probs.masked_fill(wanted == self._pad, 0)
        attention = torch.stack([seen[layer, :, head] for layer, head in self._alignment_heads]).mean(0)
        return [
            (float(said[place].sum()) / len(tokens), attention[place, : len(tokens)].float().cpu())
            for place, tokens in enumerate(targets)
        ]

    def _hypothesis(self, search: Search) -> Hypothesis:
        text = self._tokenizer.text([self._pieces[token] for token in search.tokens])
        ended = search.tokens[-1:] == (self._decoder.end,)
        return Hypothesis(text, search.score, () if ended else ("cut",))


def _strict_processors() -> tuple[LogitsProcessor, ...]:
    return (
        RepetitionPenaltyLogitsProcessor(REPETITION_PENALTY),
        NoRepeatNGramLogitsProcessor(NO_REPEAT_NGRAM),
        LogitNormalization(),
    )


def batches(lengths: Sequence[int], budget: int, workers: int) -> list[list[int]]:
    """Gather texts by length, the longest first, into batches of at most `budget` padded tokens; return their places.

    Batches are smaller when there is too little for all workers.

    >>> batches([5, 90, 7], budget=100, workers=1)
    [[1], [2, 0]]
    """
    budget = min(budget, max(256, sum(lengths) // (3 * workers)))
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    found = []
    while order:
        size = max(1, budget // padded(lengths[order[0]], PADDING))
        found.append(order[:size])
        order = order[size:]
    return found


@contextmanager
def _single_threaded(count: int) -> Iterator[ThreadPoolExecutor]:
    """Start workers that use one thread each. Torch takes that for its new default, which is put back at the end."""
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(count, "aligner", torch.set_num_threads, (1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(before)


def load_model(path: Path, dtype: torch.dtype) -> MarianMTModel:
    """Load a Marian model from a directory; raises ModelError for what is none."""
    try:
        with _quiet():
            kind = MarianConfig.get_config_dict(path)[0].get("model_type")
            if kind != "marian":
                raise ModelError(f"it is a {kind} model", "name a Marian model, such as opus-mt-fr-en", path=path)
            loaded: Any = MarianMTModel.from_pretrained(
                path, dtype=dtype, use_safetensors=True, attn_implementation="sdpa", output_loading_info=True
            )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        problem = str(error).partition("\n")[0]
        raise ModelError(f"it cannot be loaded: {problem}", "fetch or convert the model again", path=path) from error
    model, report = loaded
    if report["missing_keys"]:
        raise ModelError(
            f"model.safetensors lacks {len(report['missing_keys'])} of the weights",
            "fetch or convert the model again",
            path=path,
        )
    found: MarianMTModel = model.eval()
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from showing a bar for an instant's work."""
    logging: Any = transformers.utils.logging
    bars, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
