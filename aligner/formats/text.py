"""The translated document, laid out as its source."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from aligner.formats.encoding import single_line, utf8

if TYPE_CHECKING:
    from aligner.model import Bitext, Block, Pair

SUFFIXES = (".en.txt",)


def write(bitext: Bitext) -> dict[str, bytes]:
    """Write the rebuilt text in UTF-8 without BOM, whatever the source's encoding; line ends are the source's."""
    return {".en.txt": utf8(rebuild(bitext))}


def rebuild(bitext: Bitext) -> str:
    """Replace each segment by its target and keep everything between segments, to the letter.

    A block is filled anew, as wide as its longest line and with its own continuation indent, if a segment of it
    runs over a line break. Where every line break falls between segments, as in an address, it is layout and stays.
    """
    text = bitext.document.text
    parts: list[str] = []
    end = 0
    for block, pairs in groupby(bitext.pairs, key=lambda pair: pair.source.block):
        parts += text[end : block.start], _translated(text, block, tuple(pairs))
        end = block.end
    return "".join((*parts, text[end:]))


def _translated(text: str, block: Block, pairs: tuple[Pair, ...]) -> str:
    parts: list[str] = []
    end = block.start
    for pair in pairs:
        # A target without source, as alignment finds some, has no layout before it.
        before = text[end : pair.source.start] or (" " if parts and not pair.source.text else "")
        parts += before, single_line(pair.target)
        end = pair.source.end
    translation = "".join((*parts, text[end : block.end]))
    hard_wrapped = any(len(pair.source.text.splitlines()) > 1 for pair in pairs)
    return _filled(translation, text, block) if hard_wrapped else translation


def _filled(translation: str, text: str, block: Block) -> str:
    body = text[block.start : block.end]
    first, second, *_ = lines = body.splitlines()
    line_break = body.splitlines(keepends=True)[0][len(first) :]
    # What stands before the block on its first line, such as a bullet, takes room there.
    column = block.start - 1 - max(text.rfind(end, 0, block.start) for end in "\r\n")
    filled = textwrap.wrap(
        single_line(translation),
        width=max(column + len(first.rstrip()), *(len(line.rstrip()) for line in lines[1:])),
        initial_indent=" " * column,
        subsequent_indent=second[: len(second) - len(second.lstrip())],
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return line_break.join(filled)[column:]
