"""Lexically constrained beam search: translations that contain given phrases, each where its source is translated.

A variant of dynamic beam allocation (Post and Vilar, 2018) with disjunctive constraints (Hu et al., 2019): of each
phrase one of several forms must be said. Running hypotheses are kept in banks by how much of the phrases they have
said, and the beam takes the best of each bank in turn, so that a hypothesis that has just paid for an unlikely phrase
does not have to compete with those that have not begun. A phrase may begin only where the model attends to what it
translates (after Hasler et al., 2018); left to themselves, such searches say it at the first or the last opportunity.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

import torch

from aligner.engines.beam import Search
from aligner.engines.marian import Beams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from aligner.engines.marian import Decoder


@dataclass(frozen=True, slots=True)
class Phrase:
    """What must be said: one of several token sequences, in place of these tokens of the source."""

    forms: tuple[tuple[int, ...], ...]
    source: tuple[int, ...]

    def next_tokens(self, said: tuple[int, ...]) -> set[int]:
        """The tokens that go on with what was said of the phrase."""
        size = len(said)
        return {form[size] for form in self.forms if len(form) > size and form[:size] == said}


class Progress(NamedTuple):
    """How far a hypothesis has come: the phrases it has said, and how much of the one it is in the middle of.

    `fresh` says that the last token has ended one.
    """

    met: frozenset[int] = frozenset()
    current: int = -1
    said: tuple[int, ...] = ()
    fresh: bool = False


class _Beam(NamedTuple):
    """A hypothesis: a row continued by a token; `imposed` are the tokens that were of phrases, with their score."""

    score: float
    row: int
    token: int
    progress: Progress
    imposed: tuple[float, int] = (0.0, 0)


@dataclass(slots=True)
class _Sentence:
    search: Search
    phrases: tuple[Phrase, ...]
    beams: list[_Beam]
    finished: list[float] = field(default_factory=list)

    def is_satisfied(self, progress: Progress) -> bool:
        return len(progress.met) == len(self.phrases)

    def steps(self, progress: Progress, looks: Tensor, least: float) -> dict[int, Progress]:
        """The tokens that bring a hypothesis forward, each with the progress it makes.

        Inside a phrase that is to go on with it, else to begin one that has not been said and that the model looks at:
        at least so much of its attention (`looks`, by source token) is on the phrase's source.
        """
        begun = [progress.current] if progress.current >= 0 else self._due(progress, looks, least)
        steps: dict[int, Progress] = {}
        for number in begun:
            for token in self.phrases[number].next_tokens(progress.said):
                said = (*progress.said, token)
                ended = said in self.phrases[number].forms
                after = Progress(progress.met | {number}, fresh=True) if ended else Progress(progress.met, number, said)
                steps.setdefault(token, after)
        return steps

    def _due(self, progress: Progress, looks: Tensor, least: float) -> list[int]:
        return [
            number
            for number, phrase in enumerate(self.phrases)
            if number not in progress.met and looks[list(phrase.source)].sum() >= least
        ]


def constrained_search(
    decoder: Decoder,
    states: Tensor,
    mask: Tensor,
    longest: Sequence[int],
    beam: int,
    phrases: Sequence[tuple[Phrase, ...]],
    *,
    heads: Sequence[tuple[int, int]],
    inner: frozenset[int],
    attention: float,
) -> list[Search]:
    """Find the best translation of each sentence, of at most `longest` tokens, that says all its phrases.

    The other arguments are as in `beam_search`. `heads` are the attention heads that align, as (layer, head); `inner`
    are the tokens that go on with a word, so that no phrase is found at the beginning of a longer word. A phrase begins
    only where this share of `attention` (0..1) is on its source. A search's score is that of the tokens that were the
    model's own choice; one that found nothing has no tokens and a score of minus infinity.
    """
    alive = [
        _Sentence(Search(limit), wanted, [_Beam(0.0, 0, decoder.start, Progress())])
        for limit, wanted in zip(longest, phrases, strict=True)
    ]
    searches = [sentence.search for sentence in alive]
    beams = Beams(decoder, states, mask, beam, max(longest), heads)
    said = torch.full((len(alive) * beam, max(longest) + 1), decoder.start, device=states.device)
    for step in range(1, max(longest) + 1):
        log_probs = beams.step(said[:, step - 1])
        top = log_probs.topk(min(2 * beam, log_probs.shape[1]))
        likely = list(zip(top.indices.tolist(), top.values.tolist(), strict=True))
        live, kept = [], []
        for place, sentence in enumerate(alive):
            found = list(
                _continuations(
                    sentence, place * beam, likely, log_probs, beams.attention, attention, decoder.end, inner
                )
            )
            _finish(sentence, found, decoder.end, said[:, 1:step])
            sentence.beams = _chosen([one for one in found if one.token != decoder.end], beam)
            sentence.search.done = step == sentence.search.longest or _is_settled(sentence, step)
            if not sentence.search.done:
                live.append(place)
                # Rows to spare repeat the first; what comes of them is never looked at.
                kept += sentence.beams + sentence.beams[:1] * (beam - len(sentence.beams))
        if not live:
            break
        moved = torch.tensor(live, device=states.device) if len(live) < len(alive) else None
        alive = [alive[place] for place in live]
        rows = torch.tensor([one.row for one in kept], device=states.device)
        said = said[rows]
        said[:, step] = torch.tensor([one.token for one in kept], device=states.device)
        beams.select(rows, moved)
    return searches


def _continuations(
    sentence: _Sentence,
    first: int,
    likely: Sequence[tuple[list[int], list[float]]],
    log_probs: Tensor,
    looks: Tensor,
    least: float,
    end: int,
    inner: frozenset[int],
) -> Iterator[_Beam]:
    """Continue each hypothesis with its likeliest tokens, and with all that bring it forward.

    One that would rather end, but has not said everything, has missed its opportunities and does not go on.
    """
    for row, one in enumerate(sentence.beams, first):
        steps = sentence.steps(one.progress, looks[row], least)
        missed = likely[row][0][0] == end and not sentence.is_satisfied(one.progress)
        for token, value in () if missed else zip(*likely[row], strict=True):
            if token not in steps and not (one.progress.fresh and token in inner):
                yield _Beam(one.score + value, row, token, Progress(one.progress.met), one.imposed)
        values = log_probs[row, list(steps)].tolist() if steps else ()
        for (token, after), value in zip(steps.items(), values, strict=True):
            score, count = one.imposed
            yield _Beam(one.score + value, row, token, after, (score + value, count + 1))


def _finish(sentence: _Sentence, found: Sequence[_Beam], end: int, said: Tensor) -> None:
    """Note the hypotheses that end here with everything said."""
    for one in found:
        if one.token == end and sentence.is_satisfied(one.progress):
            size = said.shape[1] + 1
            sentence.finished.append(one.score / size)
            if one.score / size >= max(sentence.finished):
                score, count = one.imposed
                sentence.search.score = (one.score - score) / (size - count)
                sentence.search.tokens = (*said[one.row].tolist(), end)


def _chosen(found: Sequence[_Beam], beam: int) -> list[_Beam]:
    """Take the best of each bank in turn, first of the emptiest, which all others come from, then of the fullest."""
    banks: defaultdict[tuple[int, int], list[_Beam]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (-one.score, one.row, one.token)):
        banks[len(one.progress.met), len(one.progress.said)].append(one)
    order = sorted(banks, reverse=True)
    turns = zip_longest(*(banks[bank] for bank in order[-1:] + order[:-1]))
    return [one for turn in turns for one in turn if one is not None][:beam]


def _is_settled(sentence: _Sentence, step: int) -> bool:
    """Tell whether nothing is left, or nothing that has said everything can be expected to beat the best of two."""
    if not sentence.beams:
        return True
    hopes = [one.score / step for one in sentence.beams if sentence.is_satisfied(one.progress)]
    return len(sentence.finished) > 1 and (not hopes or max(hopes) <= max(sentence.finished))
