"""How sure a link is: its probability among all paths near the best one, by the forward-backward algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aligner.align.search import LINK_TYPES, TARGET_NULL, gain, reached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from aligner.align.search import Corridor, Evidence, LinkType, Step

    Floats = NDArray[np.float64]
    #: For each row, where links of each type end and how probable they are.
    Gains = list[list[tuple[LinkType, range, Floats]]]


def confidences(
    evidence: Evidence, corridor: Corridor, path: list[Step], kinds: Sequence[LinkType] = LINK_TYPES
) -> list[float]:
    """Give the probability of each link of a path among all paths through the corridor."""
    null = kinds[TARGET_NULL].prior
    gains = _gains(evidence, corridor, kinds)
    forward, backward = _forward(corridor, gains, null), _backward(corridor, gains, null)
    whole = forward[-1][-1]
    found = []
    for i, j, kind in path:
        own = null
        for other, ends, values in gains[i]:
            if other == kind:
                own = values[j - ends.start]
        before = forward[i - kind.source][j - kind.target - corridor[i - kind.source].start]
        found.append(float(np.exp(min(0.0, before + own + backward[i][j - corridor[i].start] - whole))))
    return found


def _gains(evidence: Evidence, corridor: Corridor, kinds: Sequence[LinkType]) -> Gains:
    return [
        [
            (kind, ends, gain(evidence, kind, i, ends))
            for kind in kinds
            if 0 < kind.source <= i and (ends := reached(corridor, i, kind))
        ]
        for i in range(len(corridor))
    ]


def _forward(corridor: Corridor, gains: Gains, null: float) -> list[Floats]:
    rows: list[Floats] = []
    for i, stops in enumerate(corridor):
        total = np.full(len(stops), -np.inf)
        if i == 0:
            total[0] = 0.0
        for kind, ends, values in gains[i]:
            before = corridor[i - kind.source].start + kind.target
            here = slice(ends.start - stops.start, ends.stop - stops.start)
            total[here] = np.logaddexp(
                total[here], rows[i - kind.source][ends.start - before : ends.stop - before] + values
            )
        rows.append(_carried(total, null))
    return rows


def _backward(corridor: Corridor, gains: Gains, null: float) -> list[Floats]:
    rows = [np.full(len(stops), -np.inf) for stops in corridor]
    rows[-1][-1] = 0.0
    for i in range(len(corridor) - 1, -1, -1):
        rows[i] = _carried(rows[i][::-1], null)[::-1]
        for kind, ends, values in gains[i]:
            start = corridor[i - kind.source].start + kind.target
            there = slice(ends.start - start, ends.stop - start)
            here = slice(ends.start - corridor[i].start, ends.stop - corridor[i].start)
            before = rows[i - kind.source]
            before[there] = np.logaddexp(before[there], rows[i][here] + values)
    return rows


def _carried(total: Floats, null: float) -> Floats:
    """Add what links 0-1 bring along a row."""
    steps = np.arange(len(total)) * null
    carried: Floats = np.logaddexp.accumulate(total - steps) + steps
    return carried
