"""The lines of a text, each without its marker: the bullet, number or quote marks before it, the dots behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.model import BlockKind
from aligner.readers.shapes import DATE_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

_CAPITAL = "A-ZÀ-ÖØ-ÞŒ"
BULLET = re.compile(
    r"\s*(?:[•◦▪●○■□▸►‣⁃∙·]|[-–—*](?=[ \t\xa0]+\S)|\+(?=[ \t]+[^\s\d]))[ \t\xa0]*(?:\[[ xX]\][ \t]+)?(?=\S)"
)
#: A year or a day of the month ("2004. ", "13 Oct.") is not a number of an item. What stands before a capital only is
#: written alike in English.
NUMBER = re.compile(
    rf"""\s*
    (?: \((?P<in>\d{{1,3}}|[a-z]|[ivx]{{1,4}})\) | (?P<n>\d{{1,3}})[.)°] | (?:[a-z]|[ivx]{{1,4}})\)
      | [IVX]{{2,5}}[.)] | [A-Z](?:\)|\.(?=\t|[ \xa0]{{2}}))       # "II. "; but "A. Durand", if nothing sets "A." apart
      | (?: \d{{1,2}}(?:\.\d{{1,2}})+\.? | §[ \t\xa0]?\d{{1,3}}\.?   # "1.2 Objet", "§ 4 Il"
          | Art(?:\.|icle)[ \t\xa0]\d{{1,3}}(?:\.\d{{1,3}})*[ \t\xa0]?[.:–—-]
        ) (?=[ \t\xa0]+[{_CAPITAL}«“"])
    ) [ \t\xa0]+ (?=\S)
    """,
    re.VERBOSE,
)
FOOTNOTE_MARK = re.compile(
    r"\s*(?:[¹²³⁴-⁹]+|\[\d{1,2}\]:?|\[\^[^\]\s]+\]:|\(\*\)|\*{1,3}(?=[^\s*][^*]*$))[ \t\xa0]*(?=\S)"
)
HEADING = re.compile(r"\s*#{1,6}[ \t]+")
#: The quote marks of e-mails and of Markdown.
QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
#: Dots or lines that lead the eye to a page's number, or that a form leaves to be filled in.
LEADERS = re.compile(r"(?:[.…·_][ \t\xa0]?+){4,}|…{2,}+")
#: What stands behind leaders at a line's end. Without it they must be longer, since authors pause in many dots.
_PAGE = re.compile(r"[ \t\xa0]*(?:\d{1,4}|[ivxlcIVXLC]{1,6})")
MANY_DOTS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text; `start` and `end` bound what is left of it without indent, markers and line break.

    `indent`, `column` and `length` are columns of the whole line: where its marker and its text begin, and its width.
    `quotes` counts its quote marks. A line that `leads` to a page's number is not gone on with.
    """

    start: int
    end: int
    text: str
    kind: BlockKind | None
    indent: int
    column: int
    length: int
    number: str
    quotes: int
    leads: bool


def chunks(text: str) -> Iterator[tuple[Line, ...]]:
    """Group a text's lines between blank ones, and where the depth of quotation changes."""
    chunk: list[Line] = []
    offset = 0
    for raw in text.splitlines(keepends=True):
        found = _line(raw.rstrip(), offset)
        if chunk and (found is None or found.quotes != chunk[-1].quotes):
            yield tuple(chunk)
            chunk = []
        if found is not None:
            chunk.append(found)
        offset += len(raw)
    if chunk:
        yield tuple(chunk)


def _line(raw: str, offset: int) -> Line | None:
    """Strip a line's markers and say what they make of it; None for a line without text."""
    quoted = QUOTE.match(raw)
    opening = quoted.end() if quoted else 0
    text_at = len(raw) - len(raw[opening:].lstrip())
    if text_at >= len(raw):
        return None
    kind, number, at = marker(raw, opening)
    end, leads = _end(raw, at)
    if DATE_LINE.fullmatch(raw, at, end):
        kind = BlockKind.DATE_LINE
    quotes = raw.count(">", 0, opening)
    return Line(offset + at, offset + end, raw[at:end], kind, text_at, at, len(raw), number, quotes, leads)


def marker(raw: str, opening: int = 0) -> tuple[BlockKind | None, str, int]:
    """Find the marker that a line has behind `opening`: what it makes of the line, its number, where the text begins.

    A marker with nothing behind it is text.
    """
    text_at = len(raw) - len(raw[opening:].lstrip())
    kind, number, at = None, "", text_at
    if found := HEADING.match(raw, opening):
        kind, at = BlockKind.HEADING, found.end()
    elif found := NUMBER.match(raw, opening):
        kind, number, at = BlockKind.NUMBERED, found["n"] or found["in"] or "", found.end()
    elif (found := FOOTNOTE_MARK.match(raw, opening)) and not raw.startswith("* ", text_at):
        kind, at = BlockKind.FOOTNOTE, found.end()
    elif found := BULLET.match(raw, opening):
        kind, at = BlockKind.BULLET, found.end()
    at = len(raw) - len(raw[at:].lstrip())
    return (kind, number, at) if at < len(raw) else (None, "", text_at)


def are_many(leaders: re.Match[str]) -> bool:
    """Tell leaders from the dots of an author's pause, where nothing behind them does."""
    return len(leaders[0].replace(" ", "")) >= MANY_DOTS


def _end(raw: str, at: int) -> tuple[int, bool]:
    """Where a line ends before the leaders and page number behind it, and whether it has them."""
    for found in LEADERS.finditer(raw, at + 1):
        if _PAGE.fullmatch(raw, found.end()) or (found.end() == len(raw) and are_many(found)):
            return len(raw[: found.start()].rstrip()), True
    return len(raw), False
