"""A segment's translation on its way through the cascade, and what the cascade works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from aligner.enforce.places import put
from aligner.enforce.targets import find_targets, fitted
from aligner.model import Change, Constraint, Enforced, Focus, Hypothesis, TermHit, TermOutcome, TermStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Step(StrEnum):
    """A step of the cascade that can be left out, to see what it is worth."""

    KNOWN = "known"
    RENDERED = "rendered"
    ALIGNED = "aligned"
    CLAUSES = "clauses"
    CONSTRAINED = "constrained"
    INLINED = "inlined"
    LOCATED = "located"


STEPS = frozenset(Step)


class Translator(Protocol):
    """What is asked of a translator; see `aligner.engines.translator`."""

    def translate(
        self, texts: Sequence[str], *, spellings: Mapping[str, str] | None = None, mixed: bool = False
    ) -> list[Hypothesis]:
        """Translate texts."""
        ...

    def constrain(
        self,
        texts: Sequence[str],
        constraints: Sequence[tuple[Constraint, ...]],
        *,
        spellings: Mapping[str, str],
    ) -> list[Hypothesis]:
        """Translate texts so that they say what they must; what cannot be done is empty."""
        ...

    def rejoin(self, pieces: Sequence[str], translated: Sequence[str]) -> str:
        """Join the translations of a text's pieces."""
        ...

    def score(self, sources: Sequence[str], targets: Sequence[str], *, spellings: Mapping[str, str]) -> list[float]:
        """Score given translations."""
        ...

    def look(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        spans: Sequence[Sequence[tuple[int, int]]],
        *,
        spellings: Mapping[str, str],
    ) -> list[tuple[Focus, ...]]:
        """Say where the model looks at spans of the sources as it says given translations."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """What the steps work with: the translator, the spellings that it is to keep, and the steps that are wanted."""

    translator: Translator
    spellings: Mapping[str, str]
    steps: frozenset[Step]


@dataclass(frozen=True, slots=True)
class Request:
    """A segment's source, its term hits and its draft; `by_rule` drafts are no model's and are not translated again."""

    source: str
    hits: tuple[TermHit, ...]
    draft: Hypothesis
    by_rule: bool = False

    def span(self, at: int) -> tuple[int, int]:
        """Where a hit stands in the source."""
        return self.hits[at].start, self.hits[at].end


@dataclass(slots=True)
class Candidate:
    """A translation on its way through the cascade; `met` has how each hit was satisfied, or None."""

    request: Request
    hypothesis: Hypothesis
    text: str
    changes: list[Change] = field(default_factory=list)
    met: list[TermStatus | None] = field(default_factory=list)
    _spans: list[tuple[int, int] | None] | None = None

    def spans(self) -> list[tuple[int, int] | None]:
        """Where each hit's target is in the text."""
        if self._spans is None:
            self._spans = find_targets(self.text, self.request.hits)
        return self._spans

    def unmet(self) -> list[int]:
        return [at for at, status in enumerate(self.met) if status is None]

    def settle(self, status: TermStatus) -> None:
        """Note `status` for the hits that are met in the text now and were not before."""
        self.met = [
            None if span is None else before or status for span, before in zip(self.spans(), self.met, strict=True)
        ]

    def taken(self) -> list[tuple[int, int]]:
        """Where terms are met already; nothing else may be written there."""
        return [span for span in self.spans() if span is not None]

    def replace(self, rule: str, start: int, end: int, after: str) -> None:
        self.changes.append(Change(rule, start, self.text[start:end], after))
        self.text = self.text[:start] + after + self.text[end:]
        self._spans = None

    def put(self, rule: str, start: int, end: int, hit: TermHit, promised: Sequence[tuple[int, int]] = ()) -> None:
        """Write a hit's target over text[start:end]; `promised` are the places of targets that are still to come."""
        taken = [*self.taken(), *promised]
        self.replace(rule, *put(self.text, start, end, fitted(self.request.source, hit), taken))

    def outcome(self) -> Enforced:
        """Say what became of each hit."""
        outcomes = tuple(
            TermOutcome.of(hit, span, status or TermStatus.KEPT)
            for hit, status, span in zip(self.request.hits, self.met, self.spans(), strict=True)
        )
        return Enforced(self.text, tuple(self.changes), outcomes, self.hypothesis.score, self.hypothesis.flags)


def begin(request: Request, hypothesis: Hypothesis) -> Candidate:
    """Begin with a hypothesis; its text is still the draft's."""
    return Candidate(request, hypothesis, request.draft.text, met=[None] * len(request.hits))


def with_targets(request: Request, chosen: Sequence[int]) -> str:
    """Write targets into the source in place of the chosen hits."""
    text = request.source
    for at in reversed(chosen):
        hit = request.hits[at]
        text = text[: hit.start] + fitted(request.source, hit) + text[hit.end :]
    return text
