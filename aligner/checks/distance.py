"""How many letters apart two words are."""

from __future__ import annotations


def distance(one: str, other: str, most: int) -> int:
    """Count the letters to insert, delete, replace or swap with a neighbour (optimal string alignment distance).

    Anything over `most` is `most` + 1.

    >>> [distance("Scheffer", other, 2) for other in ("Scheffer", "Schefer", "Shceffer", "Scheveningen")]
    [0, 1, 1, 3]
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        before, last, row = row, before, [at]
        for to, char2 in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (char != char2))
            if at > 1 and to > 1 and char == other[to - 2] and one[at - 2] == char2:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
