"""What can be seen only over a whole document: one source translated in two ways, two sources in one way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.model import Pair, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from aligner.checks.rule import Limits

#: The index of a pair and what is wrong with it.
Found = tuple[int, str]


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A check of all pairs of a document."""

    name: str
    severity: Severity
    description: str
    find: Callable[[Sequence[Pair], Limits], Iterator[Found]]


def inconsistent(pairs: Sequence[Pair], _limits: Limits) -> Iterator[Found]:
    """Sources that were translated in another way earlier in the document."""
    for index, first in _clashes(pairs, lambda pair: _key(pair.source.line), lambda pair: _key(pair.target)):
        yield index, f"{first.source.id} has “{first.target}” for the same source"


def same_target(pairs: Sequence[Pair], limits: Limits) -> Iterator[Found]:
    """Targets of some length that stand for another source too."""
    for index, first in _clashes(pairs, lambda pair: _key(pair.target), lambda pair: _key(pair.source.line)):
        if len(first.target.split()) >= limits.same_target_words:
            yield index, f"{first.source.id} has the same target for “{first.source.line}”"


def _clashes(
    pairs: Sequence[Pair], group: Callable[[Pair], str], content: Callable[[Pair], str]
) -> Iterator[tuple[int, Pair]]:
    """The index of each pair whose content is not that of the first pair of its group, and that first pair."""
    firsts: dict[str, Pair] = {}
    for index, pair in enumerate(pairs):
        name = group(pair)
        if name and content(firsts.setdefault(name, pair)) != content(pair):
            yield index, firsts[name]


def _key(text: str) -> str:
    """What two texts have in common when they are the same but for capitals, blanks and signs."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


DOCUMENT_RULES: Mapping[str, DocumentRule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            DocumentRule(
                "inconsistent",
                Severity.WARNING,
                "A source of the document is translated in two ways.",
                inconsistent,
            ),
            DocumentRule(
                "same-target",
                Severity.WARNING,
                "Two sources of the document have one translation.",
                same_target,
            ),
        )
    }
)
