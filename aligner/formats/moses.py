"""Moses: two plain text files, line N of one translating line N of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.formats.encoding import single_line, utf8

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aligner.model import Bitext

SUFFIXES = (".fr", ".en")


def write(bitext: Bitext) -> dict[str, bytes]:
    """Write a line a pair, blank or not, ending in LF.

    Inner line breaks become single spaces, and so do U+2028, U+0085 and their kin: trainers read these files with
    `splitlines` as often as not, and one more line on one side would shift every pair below it.
    """
    return {
        ".fr": _lines(pair.source.text for pair in bitext.pairs),
        ".en": _lines(pair.target for pair in bitext.pairs),
    }


def _lines(texts: Iterable[str]) -> bytes:
    return utf8("".join(f"{single_line(text)}\n" for text in texts))
