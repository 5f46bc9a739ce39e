"""Beam search over a batch that shrinks: sentences leave it when they are done.

The search is that of transformers' `generate` with `num_beams`, `early_stopping=False`, `length_penalty=1`, padding
never generated and scores renormalised without it: same candidates, same scores, same stopping rule, by sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import torch

from aligner.engines.marian import BLOCK, Beams

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from aligner.engines.marian import Decoder

#: A batch is gathered anew once one sentence in this many is done; dead rows until then cost less than moving.
SHRINK = 8
#: Stands for the score of what must not be chosen, as in transformers; finite, since infinities breed NaN.
NEVER = -1e9


@dataclass(slots=True)
class Search:
    """A sentence's search: the best tokens so far, their score, and the scores of the finished beams, best first."""

    longest: int
    tokens: tuple[int, ...] = ()
    score: float = -inf
    finished: tuple[float, ...] = ()
    done: bool = False


def beam_search(
    decoder: Decoder,
    states: Tensor,
    mask: Tensor,
    longest: Sequence[int],
    beam: int,
    processors: Sequence[Callable[[Tensor, Tensor], Tensor]] = (),
) -> list[Search]:
    """Find the best translation of each sentence, of at most `longest` tokens.

    `states` and `mask` are as `Beams` has them. `processors` change log-probabilities (rows × padded vocabulary)
    by the rows' tokens so far (rows × steps), as transformers' logits processors do.
    """
    device = states.device
    searches = [Search(limit) for limit in longest]
    alive = searches
    beams = Beams(decoder, states, mask, beam, max(longest))
    said = torch.full((len(alive) * beam, max(longest) + 1), decoder.start, device=device)
    scores = torch.full((len(alive), beam), NEVER, device=device)
    scores[:, 0] = 0  # at the start all beams of a sentence are one
    for step in range(1, max(longest) + 1):
        log_probs = beams.step(said[:, step - 1])
        for process in processors:
            log_probs = process(said[:, :step], log_probs)
        values, tokens, parents = _candidates(log_probs, scores, 2 * beam)
        limits = torch.tensor([search.longest for search in alive], device=device)
        stops = (tokens == decoder.end) | (limits == step)[:, None]
        _record(alive, said[:, 1:step], values, tokens, parents, stops[:, :beam])
        scores, chosen = values.masked_fill(stops, NEVER).topk(beam)
        for search, best in zip(alive, scores[:, 0].tolist(), strict=True):
            search.done = search.done or _is_settled(search, best / step, beam)
        live = [place for place, search in enumerate(alive) if not search.done]
        if not live:
            break
        rows, next_tokens, kept = parents.gather(1, chosen), tokens.gather(1, chosen), None
        if len(live) * SHRINK <= len(alive) * (SHRINK - 1):
            kept = torch.tensor(live, device=device)
            rows, next_tokens, scores = rows[kept], next_tokens[kept], scores[kept]
            alive = [alive[place] for place in live]
        said = said[rows.flatten()]
        said[:, step] = next_tokens.flatten()
        beams.select(rows.flatten(), kept)
    return searches


def _candidates(log_probs: Tensor, scores: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Find each sentence's best continuations, best first: their scores, tokens and rows, sentences × count.

    A row's best lie in the blocks of the vocabulary with the highest maxima, which are quicker to find.
    """
    sentences, beam = scores.shape
    blocks = log_probs.view(len(log_probs), -1, BLOCK)
    best = blocks.amax(-1).topk(min(count, blocks.shape[1])).indices
    values, places = blocks.gather(1, best[:, :, None].expand(-1, -1, BLOCK)).flatten(1).topk(count)
    tokens = best.gather(1, places // BLOCK) * BLOCK + places % BLOCK
    values, chosen = (values.view(sentences, beam, count) + scores[:, :, None]).flatten(1).topk(count)
    first_rows = torch.arange(sentences, device=chosen.device)[:, None] * beam
    return values, tokens.view(sentences, -1).gather(1, chosen), first_rows + chosen // count


def _record(
    alive: Sequence[Search], said: Tensor, values: Tensor, tokens: Tensor, parents: Tensor, stops: Tensor
) -> None:
    """Note the beams that stop at this step."""
    length = said.shape[1] + 1
    where = stops.nonzero(as_tuple=True)
    found = zip(where[0].tolist(), *(part[where].tolist() for part in (values, tokens, parents)), strict=True)
    for place, value, token, row in found:
        search, score = alive[place], value / length
        if search.done:
            continue
        search.finished = tuple(sorted((*search.finished, score), reverse=True)[: stops.shape[1]])
        if score > search.score:
            search.score, search.tokens = score, (*said[row].tolist(), token)


def _is_settled(search: Search, hope: float, beam: int) -> bool:
    """Tell whether no running beam, the best now at `hope`, can be expected to beat the worst finished one."""
    return len(search.finished) == beam and (beam == 1 or hope <= search.finished[-1])
