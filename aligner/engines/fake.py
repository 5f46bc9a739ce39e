"""An engine for tests: it says what it is told to, and keeps a record of what it was asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.model import Hypothesis, ModelInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aligner.engines.protocol import Decoding
    from aligner.model import Constraint, Focus

    Script = Mapping[str, str | Hypothesis] | Callable[[str], str | Hypothesis]


class FakeEngine:
    """Translates by a script; what the script does not have comes back in angle brackets: `«Bonjour»` as `<Bonjour>`.

    `script`, `strict` and `constrained` map a source text to a translation, as mappings or functions; `strict` is used
    for strict decoding and defaults to `script`, `constrained` for constrained decoding, where what it does not have
    is not found. `scores` has what `score` thinks of translations, and `looks` what it says, looking at nothing else,
    for the words of a source. Tokens are words and an end mark.

    >>> from aligner.engines.protocol import Decoding
    >>> engine = FakeEngine({"Bonjour": "Hello"}, looks={"OTAN": "the Alliance"})
    >>> [hypothesis.text for hypothesis in engine.decode(["Bonjour", "Merci"], Decoding())]
    ['Hello', '<Merci>']
    >>> [texts for texts, decoding in engine.calls]
    [('Bonjour', 'Merci')]
    >>> engine.look(["L’OTAN agit"], ["the Alliance acts"], [[(2, 6)]])[0]
    (((0, 3, 1.0), (4, 12, 1.0), (13, 17, 0.0)),)
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        strict: Script | None = None,
        constrained: Script | None = None,
        scores: Mapping[str, float] | None = None,
        looks: Mapping[str, str] | Callable[[str], str] | None = None,
        max_source_tokens: int = 64,
    ) -> None:
        self.info = ModelInfo("fake", "", "", "fake")
        self.size = 0
        self.max_source_tokens = max_source_tokens
        self.calls: list[tuple[tuple[str, ...], Decoding]] = []
        self.constrained: list[tuple[tuple[str, ...], tuple[tuple[Constraint, ...], ...]]] = []
        self.forced: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self._script: Script = {} if script is None else script
        self._strict: Script = self._script if strict is None else strict
        self._constrained: Script = {} if constrained is None else constrained
        self._scores = {} if scores is None else scores
        self._looks = {} if looks is None else looks

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count words and an end mark."""
        return [len(text.split()) + 1 for text in texts]

    def decode(
        self,
        texts: Sequence[str],
        decoding: Decoding,
        *,
        constraints: Sequence[tuple[Constraint, ...]] = (),
        on_done: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """Translate by the script that is for this; scores are -0.5 unless it gives hypotheses."""
        for text, tokens in zip(texts, self.count_tokens(texts), strict=True):
            if tokens > self.max_source_tokens:
                raise ValueError(f"{text!r} has {tokens} tokens, the engine takes {self.max_source_tokens}")
        if constraints:
            self.constrained.append((tuple(texts), tuple(constraints)))
            answers = [_answer(self._constrained, text, "") for text in texts]
        else:
            self.calls.append((tuple(texts), decoding))
            answers = [_answer(self._strict if decoding.strict else self._script, text, f"<{text}>") for text in texts]
        if on_done is not None and texts:
            on_done(len(texts))
        return answers

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[float]:
        """Give each target its score, -0.5 unless `scores` says otherwise."""
        self.forced.append((tuple(sources), tuple(targets)))
        return [self._scores.get(target, -0.5) for target in targets]

    def look(
        self, sources: Sequence[str], targets: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[tuple[Focus, ...]]:
        """Look where `looks` says."""
        self.forced.append((tuple(sources), tuple(targets)))
        return [
            tuple(self._focus(source[slice(*span)], target) for span in asked)
            for source, target, asked in zip(sources, targets, spans, strict=True)
        ]

    def _focus(self, found: str, target: str) -> Focus:
        phrase = self._looks(found) if callable(self._looks) else self._looks.get(found, "")
        first = target.find(phrase) if phrase else -1
        last = first + len(phrase) if first >= 0 else -1
        places = [(word.start(), word.end()) for word in re.finditer(r"\w+|[^\w\s]", target)]
        return tuple((start, end, float(start < last and end > first)) for start, end in places)


def _answer(script: Script, text: str, otherwise: str) -> Hypothesis:
    answer = script(text) if callable(script) else script.get(text, otherwise)
    return answer if isinstance(answer, Hypothesis) else Hypothesis(answer, -0.5)
