"""An engine for tests: it says what it is told to, and keeps a record of what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.model import Hypothesis, ModelInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aligner.engines.protocol import Decoding

    Script = Mapping[str, str | Hypothesis] | Callable[[str], str | Hypothesis]


class FakeEngine:
    """Translates by a script; what the script does not have comes back in angle brackets: `«Bonjour»` as `<Bonjour>`.

    `script` and `strict` map a source text to a translation, as a mapping or a function; `strict` is used for strict
    decoding and defaults to `script`. Tokens are words and an end mark.

    >>> from aligner.engines.protocol import Decoding
    >>> engine = FakeEngine({"Bonjour": "Hello"})
    >>> [hypothesis.text for hypothesis in engine.decode(["Bonjour", "Merci"], Decoding())]
    ['Hello', '<Merci>']
    >>> engine.calls
    [(('Bonjour', 'Merci'), Decoding(beam=4, strict=False))]
    """

    def __init__(
        self, script: Script | None = None, *, strict: Script | None = None, max_source_tokens: int = 64
    ) -> None:
        self.info = ModelInfo("fake", "", "", "fake")
        self.max_source_tokens = max_source_tokens
        self.calls: list[tuple[tuple[str, ...], Decoding]] = []
        self._script: Script = {} if script is None else script
        self._strict: Script = self._script if strict is None else strict

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count words and an end mark."""
        return [len(text.split()) + 1 for text in texts]

    def decode(
        self, texts: Sequence[str], decoding: Decoding, *, on_done: Callable[[int], None] | None = None
    ) -> list[Hypothesis]:
        """Translate by the script; scores are -0.5 unless the script gives hypotheses."""
        for text, tokens in zip(texts, self.count_tokens(texts), strict=True):
            if tokens > self.max_source_tokens:
                raise ValueError(f"{text!r} has {tokens} tokens, the engine takes {self.max_source_tokens}")
        self.calls.append((tuple(texts), decoding))
        script = self._strict if decoding.strict else self._script
        answers = [script(text) if callable(script) else script.get(text, f"<{text}>") for text in texts]
        if on_done is not None and texts:
            on_done(len(texts))
        return [answer if isinstance(answer, Hypothesis) else Hypothesis(answer, -0.5) for answer in answers]
