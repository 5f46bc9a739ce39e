"""Pairs that a corpus has already, to the letter or nearly so."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

from aligner.formats.encoding import utf8

_NO_LETTERS = re.compile(r"[\W\d_]+")


def letters(text: str) -> str:
    """What texts have in common that differ in case, figures, punctuation, blanks or Unicode forms only.

    >>> letters("Article 5 : l’OTAN") == letters("article 12 – L'Otan")
    True
    """
    # Composed again after the case, which takes some letters apart.
    return unicodedata.normalize("NFKC", _NO_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold()))


class Seen:
    """The pairs that were kept so far, as 64-bit digests: about 150 bytes a pair, however long its texts are.

    By chance, two different pairs are taken for one in one of some forty million corpora of a million pairs.
    """

    def __init__(self, *, near: bool = True) -> None:
        self._near = near
        #: The digest of each kept pair's letters, and that of its texts.
        self._kept: dict[int, int] = {}

    def digests(self, source: str, target: str) -> tuple[int, int]:
        """A pair as it is compared: what it is like, and what it is to the letter."""
        whole = _digest(source, target)
        ours, theirs = (letters(source), letters(target)) if self._near else ("", "")
        # Sides without letters, "12" and "15" say, are not alike for having nothing else.
        return (_digest(ours, theirs) if ours and theirs else whole), whole

    def check(self, digests: tuple[int, int]) -> str | None:
        """Say whether a pair is a `duplicate` or `near-duplicate` of one that was added."""
        like, whole = digests
        kept = self._kept.get(like)
        if kept is None:
            return None
        return "duplicate" if kept == whole else "near-duplicate"

    def add(self, digests: tuple[int, int]) -> None:
        """Remember a pair that was kept."""
        like, whole = digests
        self._kept[like] = whole


def _digest(source: str, target: str) -> int:
    return int.from_bytes(blake2b(utf8(f"{source}\n{target}"), digest_size=8).digest())
