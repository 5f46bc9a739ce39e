"""Training, development and test parts, which share no document."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from aligner.errors import AlignerError
from aligner.formats.encoding import utf8

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How many pairs a part is to have: a count, a share (0..1), or None for the default.
Amount = int | float | None

TRAIN, DEV, TEST = "train", "dev", "test"
PARTS = (TRAIN, DEV, TEST)
#: Without a wish, a part has this share of the pairs, but not more than so many: more is not needed to tell models
#: apart.
DEFAULT_SHARE, DEFAULT_MOST = 0.05, 1000

_AMOUNT = re.compile(r"(?P<count>\d+)|(?P<share>\d*\.\d+)|(?P<percent>\d+(?:\.\d+)?)\s*%")


def parse_amount(text: str) -> Amount:
    """Read a count of pairs, a share or a percentage.

    >>> parse_amount("500"), parse_amount("0.02"), parse_amount("2%")
    (500, 0.02, 0.02)

    Raises AlignerError for anything else, and for a share of 1 or more.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found and found["count"]:
        return int(found["count"])
    share = 1.0 if not found else float(found["share"]) if found["share"] else float(found["percent"]) / 100
    if share >= 1:
        raise AlignerError(f"{text!r} is no part of a corpus", "write a count such as 500, or a share such as 2%")
    return share


def count(amount: Amount, total: int) -> int:
    """How many of `total` pairs an amount is."""
    if amount is None:
        return min(int(DEFAULT_SHARE * total), DEFAULT_MOST)
    return int(amount * total) if isinstance(amount, float) else amount


def place(text: str, seed: int) -> float:
    """Where a text stands in an order that depends on nothing but itself and the seed; in 0..1."""
    return int.from_bytes(blake2b(utf8(f"{seed}\n{text}"), digest_size=8).digest()) / 2**64


def assign(sizes: Mapping[str, int], wanted: Mapping[str, int], seed: int) -> dict[str, str] | None:
    """Put each document into a part, given the documents' pairs and the pairs wanted in dev and test.

    In the order of `place`, a document goes to the part that lacks most, if that brings it nearer to what is wanted,
    or else to train. None if that leaves a wanted part, or train, without a document.
    """
    lacking = {part: size for part, size in wanted.items() if size > 0}
    parts = dict.fromkeys(sizes, TRAIN)
    for name in sorted(sizes, key=lambda name: (place(name, seed), name)):
        part = max(lacking, key=lambda part: lacking[part], default=TRAIN)
        if sizes[name] < 2 * lacking.get(part, 0):
            parts[name] = part
            lacking[part] -= sizes[name]
    return parts if {TRAIN, *lacking} <= set(parts.values()) else None


def drawn(text: str, wanted: Mapping[str, int], total: int, seed: int) -> str:
    """The part of a single pair, where documents cannot be kept apart; parts are about as large as wanted."""
    at, bound = place(text, seed) * total, 0
    for part, size in wanted.items():
        bound += size
        if at < bound:
            return part
    return TRAIN
