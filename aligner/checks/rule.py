"""What a check is: a name, a severity, and a function that says what is wrong with a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aligner.model import Pair, Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of checks, each named as in a profile's `[limits]` but for its hyphens.

    `low_confidence` is a length-normalised log-probability: one segment in twenty of the corpus is under it on the
    bundled model. `length_ratio` says how many times longer or shorter a target may be, in characters, beside what
    `length_slack` allows; `same_target_words` from how many words on a target is no stock phrase.
    """

    low_confidence: float = -0.8
    length_ratio: float = 2.0
    length_slack: float = 15
    same_target_words: float = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of one pair. `find` yields a message for each place where something is wrong.

    Without it, only the stage that made the pair can tell; what that found stays with the pair.
    """

    name: str
    severity: Severity
    description: str
    find: Callable[[Pair, Limits], Iterator[str]] | None = None
