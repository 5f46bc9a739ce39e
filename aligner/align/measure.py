"""How right links are, against links made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aligner.model import Link

    Sides = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of links found and of links wanted, and of how many of them are right.

    Strict: the same link is on the other side; lax: one that shares a segment with it on both sides. As Vecalign
    counts: links with an empty side count for precision, not for recall. Agreements of several texts add up.
    """

    found: int = 0
    found_strict: int = 0
    found_lax: int = 0
    wanted: int = 0
    wanted_strict: int = 0
    wanted_lax: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        """Pool the counts of two texts."""
        return Agreement(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def strict(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of whole links, 0..1."""
        return _rates(self.found_strict, self.found, self.wanted_strict, self.wanted)

    @property
    def lax(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of links that overlap, 0..1."""
        return _rates(self.found_lax, self.found, self.wanted_lax, self.wanted)


def score_alignment(gold: Iterable[Link], links: Iterable[Link]) -> Agreement:
    """Compare links with the right ones, as Vecalign does (Thompson and Koehn 2019, after Sennrich and Volk 2011)."""
    wanted, found = ({(one.source, one.target) for one in some if one.source or one.target} for some in (gold, links))
    full_wanted, full_found = ({one for one in some if one[0] and one[1]} for some in (wanted, found))
    return Agreement(len(found), *_right(found, wanted), len(full_wanted), *_right(full_wanted, full_found))


def _right(ours: set[Sides], theirs: set[Sides]) -> tuple[int, int]:
    """Count the links that are among others, and those that are or overlap with one on both sides."""
    targets: dict[int, set[int]] = {}
    for source, target in theirs:
        for i in source:
            targets.setdefault(i, set()).update(target)
    overlapping = sum(
        (source, target) in theirs or any(not targets.get(i, set()).isdisjoint(target) for i in source)
        for source, target in ours
    )
    return len(ours & theirs), overlapping


def _rates(found_right: int, found: int, wanted_right: int, wanted: int) -> tuple[float, float, float]:
    precision, recall = found_right / max(found, 1), wanted_right / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)
