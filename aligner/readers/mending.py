"""Make whole what a file's line width or its encoder broke inside a block: words, quoted paragraphs, characters."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Block

_BREAK = r"[ \t]*(?:\r\n|[\r\n])[ \t]*"
_ANY_BREAK = re.compile(_BREAK)
#: Quote marks at the beginning of a line inside a block.
_QUOTED = re.compile(rf"{_BREAK}(?:>[ \t]?)+[ \t]*")
#: A word divided at the end of a line, or two of which the first is elided, with what stands behind up to a blank.
_DIVIDED = re.compile(
    rf"(?<!\w)(?P<first>[^\W\d_]++)(?P<sign>[-‐\xad]|(?<=\b[cdjlmnstCDJLMNST])['’]|(?<=qu)['’])(?P<break>{_BREAK})"
    r"(?P<second>[^\W\d_]++)(?P<rest>\S*)(?P<blank>[ \t]*)"
)
_ENTITY = re.compile(r"&(?:#\d{2,5}|#x[\da-f]{2,4}|[a-z]{2,8}\d?);", re.IGNORECASE)
#: What an ampersand would make another entity of.
_NAME = re.compile(r"#?\w+;")
#: Characters besides letters that may stand for their entity without making markup of text.
_HARMLESS = frozenset("\xa0\xad\u202f\u2009\u2011'\"‘’“”«»‹›…–—€£°§·•²³¹½¼&™©®×")


def mended(text: str, blocks: Sequence[Block]) -> tuple[str, tuple[Block, ...]]:
    r"""Mend the blocks of a text; layout stays as it is.

    A wrapped paragraph of a quotation becomes one line behind its quote marks, a word that was divided at the end of a
    line stands on that line, and a letter, blank or quotation mark stands for its entity.

    >>> from aligner.model import Block, BlockKind
    >>> mended("> le vice-\n> roi pour-\n> suit", [Block(BlockKind.PARAGRAPH, 2, 30)])[0]
    '> le vice-roi poursuit'
    """
    parts: list[str] = []
    moved: list[Block] = []
    end = at = 0
    for block in blocks:
        body = _mended(text[block.start : block.end])
        parts += text[end : block.start], body
        at += block.start - end
        moved.append(replace(block, start=at, end=at + len(body)))
        at, end = at + len(body), block.end
    return "".join((*parts, text[end:])), tuple(moved)


def _mended(body: str) -> str:
    if "&" in body:
        body = _ENTITY.sub(_character, body)
    if len(body.splitlines()) < 2:
        return body
    quoted = _QUOTED.search(body)
    body = _DIVIDED.sub(_whole, _QUOTED.sub("\n", body) if quoted else body)
    return _ANY_BREAK.sub(" ", body) if quoted else body


def _character(entity: re.Match[str]) -> str:
    char = unescape(entity[0])
    if char == "&" and _NAME.match(entity.string, entity.end()):
        return entity[0]
    return char if len(char) == 1 and (char.isalpha() or char in _HARMLESS) else entity[0]


def _whole(divided: re.Match[str]) -> str:
    first, sign, second = divided["first"], divided["sign"], divided["second"]
    kept = sign in "'’" or (sign != "\xad" and _has_hyphen(first, second))
    after = divided["break"].lstrip(" \t") if divided["blank"] else ""
    return first + (sign if kept else "") + second + divided["rest"] + after


def _has_hyphen(first: str, second: str) -> bool:
    """Tell whether a word in two parts is a compound or was divided."""
    from simplemma import is_known  # noqa: PLC0415 (few texts need its lists)

    if second[0].isupper():
        return True
    known = [is_known(word, ("fr", "en")) for word in (first + second, f"{first}-{second}", first, second)]
    return not known[0] and (known[1] or (known[2] and known[3]))
