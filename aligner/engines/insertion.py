"""Constrained search on an engine that only completes translations: the likeliest places for a phrase are tried.

A translation up to a place, with the phrase after it, is the beginning of another one, and the engine says the rest.
Of all that come of it the model's own score decides. Places are tried in the order in which the model, as it came
there, looked at what the phrase translates. Phrases are said one by one, each in what came of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from aligner.engines.tokens import Wanted

Pieces = tuple[str, ...]

#: How many places are tried. More make hardly any translation better, and each costs as much as a short one.
PLACES = 8


@dataclass(slots=True)
class Insertion:
    """A translation of `source` that is to say phrases; `held` are those that it says, `score` is what it is worth."""

    source: Sequence[str]
    said: Pieces
    phrases: tuple[Wanted, ...]
    held: list[Pieces] = field(default_factory=list)
    failed: bool = False
    score: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is a phrase still to be said."""
        return not self.failed and len(self.held) < len(self.phrases)

    def beginnings(self, attention: NDArray[np.float32]) -> list[tuple[Pieces, Pieces]]:
        """Beginnings of translations that say the next phrase, where a word may begin, each with the form.

        `attention`, tokens that are said × tokens of the source, chooses the places; the end is always one.
        """
        forms, wanted = self.phrases[len(self.held)]
        inside = {place + at for held in self.held for place in _places(self.said, held) for at in range(1, len(held))}
        starts = [at for at in range(len(self.said)) if at not in inside and _begins_word(self.said, at)]
        looked = attention[:, list(wanted)].sum(1)
        starts.sort(key=lambda at: -looked[at])
        return [((*self.said[:at], *form), form) for at in (*starts[: PLACES - 1], len(self.said)) for form in forms]

    def says_all(self, said: Pieces, form: Pieces) -> bool:
        """Tell whether a translation says this form, and all that are held, as whole words."""
        return all(_places(said, wanted) for wanted in (*self.held, form))

    def own(self, log_probs: Sequence[float]) -> float:
        """The mean log-probability of the tokens that were the model's own choice, the end mark among them."""
        starts = ((_places(self.said, held)[0], len(held)) for held in self.held)
        imposed = {at for start, size in starts for at in range(start, start + size)}
        chosen = [log_prob for at, log_prob in enumerate(log_probs) if at not in imposed]
        return sum(chosen) / len(chosen)


def _begins_word(said: Pieces, at: int) -> bool:
    return at == len(said) or said[at].startswith("▁") or not said[at][0].isalnum()


def _places(said: Pieces, phrase: Pieces) -> list[int]:
    """Where a phrase stands in a translation as whole words."""
    size = len(phrase)
    return [
        at for at in range(len(said) - size + 1) if said[at : at + size] == phrase and _begins_word(said, at + size)
    ]
