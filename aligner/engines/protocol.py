"""What an engine is: it turns French texts into English ones and knows nothing of segments, terms or typography."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aligner.model import Constraint, Focus, Hypothesis, ModelInfo


#: Translations may have this many tokens for each source token, and this many more, plainly and strictly. Of 7,986
#: human translations (FLORES-200 dev, newstest2013, UN) none is longer than the first cap and one than the second.
LONGEST, LONGEST_STRICT = (2.0, 16), (1.5, 8)
#: What strict decoding forbids: an n-gram said twice; and by what repeated tokens' log-probabilities are multiplied.
NO_REPEAT_NGRAM, REPETITION_PENALTY = 3, 1.2


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to search for a translation.

    `strict` is for a second try after a loop or a runaway: no phrase of three tokens twice, repeated tokens
    penalised, a tighter cap on length. Constraints are begun where the model has at least this share of its
    `attention` (0..1) on what they translate; so little keeps them in the right clause and lets in what the model would
    rather leave out.
    """

    beam: int = 4
    strict: bool = False
    attention: float = 0.02

    def longest(self, source: int, most: int) -> int:
        """How many tokens the translation of a source of so many may have, at `most`."""
        factor, more = LONGEST_STRICT if self.strict else LONGEST
        return min(int(factor * source) + more, most)


class Engine(Protocol):
    """A loaded model. Its answer to a text does not depend on the other texts of a call."""

    info: ModelInfo
    #: How many bytes the weights have on disk.
    size: int

    @property
    def max_source_tokens(self) -> int:
        """How long a text may be, in tokens."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count source tokens as the model sees them, the end mark included."""
        ...

    def decode(
        self,
        texts: Sequence[str],
        decoding: Decoding,
        *,
        constraints: Sequence[tuple[Constraint, ...]] = (),
        on_done: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """Translate any number of texts, one hypothesis each, in order.

        `constraints`, if given, has what each translation must say; where the search finds none that does, the
        hypothesis is empty, and the tokens that it had to say do not count in its score. A hypothesis's score is its
        length-normalised log-probability; its flags are ("cut",) when the cap on length ended it. `on_done` is told,
        from the calling thread, how many more texts are done. Raises ValueError on a text of more than
        `max_source_tokens`.
        """
        ...

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[float]:
        """Score given translations as hypotheses are scored, in order; minus infinity for what is too long."""
        ...

    def look(
        self, sources: Sequence[str], targets: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[tuple[Focus, ...]]:
        """Say where the model looks at spans of the sources as it says given translations, in order; a focus a span.

        What is too long for the model, on either side, has empty ones.
        """
        ...
