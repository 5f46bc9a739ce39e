"""Find the blocks of a plain text: what each run of lines is to its reader.

A text has no markup, or little, so every rule here is a reading habit put into a test on one line or on its neighbours.
Rules run from the surest (a bullet is a bullet) to the least sure (a short line without a full stop is a heading).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from aligner.model import Block, BlockKind
from aligner.readers.cells import cells
from aligner.readers.layout import text_only
from aligner.readers.lines import chunks, marker
from aligner.readers.marks import bare
from aligner.readers.shapes import (
    CAPTION,
    CONTACT,
    DATE_LINE,
    FURNITURE,
    HEADING_CHARS,
    MAIL_FIELD,
    POSTAL,
    is_question,
    is_title,
)
from aligner.readers.wrapping import joined, wrap_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aligner.readers.cells import Span
    from aligner.readers.lines import Line

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
ADDRESS_CHARS = 80
#: A list of at least so many short lines, one under the other, is navigation.
NAVIGATION_LINES = 3


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines of a chunk that are read alike: as a table, whose rows' cells are given, a mail's header or prose."""

    lines: tuple[Line, ...]
    rows: tuple[tuple[Span, ...], ...] = ()
    is_header: bool = False


def find_blocks(text: str) -> tuple[Block, ...]:
    """Find a text's blocks, in order; together they hold every character that is neither blank, layout nor a marker."""
    plain = text_only(text)
    runs = [run for chunk in chunks(plain) for run in _runs(chunk)]
    width = wrap_width([run.lines for run in runs if not run.rows])
    blocks = [block for run in runs for block in _blocks(run, width, plain)]
    return tuple(_footnotes(list(_bare(blocks, plain)), plain))


def _runs(chunk: Sequence[Line]) -> Iterator[_Run]:
    """Part a chunk's rows, which have cells, from its other lines, which have none."""
    if _is_mail_header(chunk):
        yield _Run(tuple(chunk), is_header=True)
        return
    rows = zip(chunk, cells(chunk), strict=True)
    for is_row, run in groupby(rows, lambda row: bool(row[1]) and not _is_one(row[0])):
        lines, spans = zip(*run, strict=True)
        yield _Run(lines, spans if is_row else ())


def _blocks(run: _Run, width: int | None, text: str) -> Iterator[Block]:
    if run.rows:
        return _cells(run.lines, run.rows, text)
    return _mail_header(run.lines) if run.is_header else _prose(run.lines, width, text)


def _is_one(line: Line) -> bool:
    """Tell whether a line is one thing whatever stands between its words."""
    return bool(line.kind is BlockKind.DATE_LINE or CONTACT.fullmatch(line.text))


def _cells(lines: Sequence[Line], rows: Sequence[Sequence[Span]], text: str) -> Iterator[Block]:
    for line, spans in zip(lines, rows, strict=True):
        for start, end in spans:
            kind, _, at = marker(text[start:end])
            if DATE_LINE.fullmatch(text, start + at, end):
                kind = BlockKind.DATE_LINE
            elif CONTACT.fullmatch(text, start + at, end):
                kind = BlockKind.ADDRESS
            elif start == line.start:
                kind = line.kind
            yield Block(kind or BlockKind.PARAGRAPH, start + at, end)


def _prose(lines: Sequence[Line], width: int | None, text: str) -> Iterator[Block]:
    """Join what was wrapped and give each line its kind."""
    chunk = tuple(joined(lines, width, text))
    kinds = _address(chunk) or _navigation(chunk) or tuple(_kind(line, chunk) for line in chunk)
    for line, kind in zip(chunk, kinds, strict=True):
        yield Block(kind, line.start, line.end)


def _is_mail_header(chunk: Sequence[Line]) -> bool:
    """Fields one under the other, of which the first names who wrote."""
    fields = [MAIL_FIELD.match(line.text) for line in chunk]
    return len(chunk) > 1 and fields[0] is not None and bool(fields[0]["sender"]) and all(fields)


def _mail_header(chunk: Sequence[Line]) -> Iterator[Block]:
    for line in chunk:
        found = MAIL_FIELD.match(line.text)
        if found and found["subject"] and found.end() < len(line.text):
            yield Block(BlockKind.ADDRESS, line.start, line.start + len(found[0].rstrip()))
            yield Block(BlockKind.HEADING, line.start + found.end(), line.end)
        else:
            yield Block(BlockKind.ADDRESS, line.start, line.end)


def _bare(blocks: Sequence[Block], text: str) -> Iterator[Block]:
    """Take the marks around whole blocks away; what is code goes with them."""
    for block in blocks:
        start, end = bare(text, block.start, block.end)
        if start < end:
            yield Block(block.kind, start, end)


def _address(chunk: Sequence[Line]) -> tuple[BlockKind, ...]:
    """A chunk of short lines is an address when two look like one, and they are half of it or one is a contact."""
    if any(len(line.text) > ADDRESS_CHARS or line.kind for line in chunk):
        return ()
    contacts = sum(1 for line in chunk if CONTACT.fullmatch(line.text))
    looks = contacts + sum(1 for line in chunk if POSTAL.fullmatch(line.text))
    enough = (looks >= 2 and (contacts or looks * 2 >= len(chunk))) or looks == contacts == len(chunk)
    return (BlockKind.ADDRESS,) * len(chunk) if enough else ()


def _navigation(chunk: Sequence[Line]) -> tuple[BlockKind, ...]:
    """A chunk of titles, one under the other, is navigation; its last line may be the caption of a picture."""
    titles = sum(1 for line in chunk if line.kind in {None, BlockKind.DATE_LINE} and is_title(line.text))
    furniture = any(FURNITURE.fullmatch(line.text) for line in chunk)
    if titles < len(chunk) or not (furniture or len(chunk) >= NAVIGATION_LINES):
        return ()
    return tuple(
        BlockKind.DATE_LINE
        if line.kind is BlockKind.DATE_LINE
        else BlockKind.ADDRESS
        if CONTACT.fullmatch(line.text)
        else BlockKind.CAPTION
        if line is chunk[-1] and CAPTION.fullmatch(line.text) and not FURNITURE.fullmatch(line.text)
        else BlockKind.NAVIGATION
        for line in chunk
    )


def _kind(line: Line, chunk: Sequence[Line]) -> BlockKind:
    if line.kind is BlockKind.NUMBERED and len(chunk) == 1 and is_title(line.text) and len(line.text.split()) <= 10:
        return BlockKind.HEADING  # "2. Objectifs" alone between blank lines
    if line.kind is not None:
        return line.kind
    alone = line is chunk[0] and (len(chunk) == 1 or chunk[1].kind is not None or len(chunk[1].text) > HEADING_CHARS)
    looks = (
        (BlockKind.ADDRESS, CONTACT.fullmatch(line.text)),
        (BlockKind.NAVIGATION, line.leads),  # an entry of a table of contents
        (BlockKind.CAPTION, CAPTION.fullmatch(line.text) and is_title(line.text)),
        (BlockKind.HEADING, alone and (is_title(line.text) or is_question(line.text))),
    )
    return next((kind for kind, found in looks if found), BlockKind.PARAGRAPH)


def _footnotes(blocks: Sequence[Block], text: str) -> Iterator[Block]:
    """Make footnotes of the numbered items that end a document when their numbers are marks in its text."""
    tail = len(blocks)
    while tail and blocks[tail - 1].kind in {BlockKind.NUMBERED, BlockKind.FOOTNOTE}:
        tail -= 1
    yield from blocks[:tail]
    end = blocks[tail - 1].end if tail else 0
    marks = {mark.translate(SUPERSCRIPTS) for mark in re.findall("[⁰¹²³⁴-⁹]+", text[:end])}
    for block in blocks[tail:]:
        number = re.search(r"(\d+)[.)]?\)?\s*$", text[: block.start].rsplit("\n", 1)[-1])
        is_note = number is not None and number[1] in marks
        yield Block(BlockKind.FOOTNOTE, block.start, block.end) if is_note else block
