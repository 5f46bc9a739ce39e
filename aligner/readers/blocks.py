"""Find the blocks of a plain text: what each run of lines is to its reader.

A text has no markup, so every rule here is a reading habit put into a test on one line or on its neighbours. Rules
run from the surest (a bullet is a bullet) to the least sure (a short line without a full stop is a heading).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from aligner.matching import URL_OR_EMAIL
from aligner.model import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BULLET = re.compile(r"\s*(?:[•◦▪●○■□▸►‣⁃∙·]|[-–—*](?=[ \t\xa0]+\S))[ \t\xa0]*(?=\S)")
#: "1. ", "12) ", "(3) ", "a) ", "iv) ". A year or a day of the month ("2004. ", "13 Oct.") is not a number of an item.
NUMBER = re.compile(
    r"\s*(?:\((?P<in>\d{1,3}|[a-z]|[ivx]{1,4})\)|(?P<n>\d{1,3})[.)]|(?:[a-z]|[ivx]{1,4})\))[ \t\xa0]+(?=\S)"
)
FOOTNOTE_MARK = re.compile(r"\s*(?:[¹²³⁴-⁹]+|\[\d{1,2}\]|\(\*\)|\*{1,3}(?=[^\s*][^*]*$))[ \t\xa0]*(?=\S)")
MARKDOWN = re.compile(r"\s*(?P<heading>#{1,6}[ \t]+)|\s*>[ \t]*")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_MONTH = (
    r"(?:janv(?:ier)?|f[ée]vr?(?:ier)?|mars?|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|oct(?:obre)?|"
    r"nov(?:embre)?|d[ée]c(?:embre)?|jan|feb|apr|may|jun|jul|aug|sep|dec)\.?"
)
_DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_DATE = (
    rf"(?:(?:{_DAY}\s+)?(?:le\s+)?\d{{1,2}}(?:er)?(?:\s*(?:[-–]|au|et)\s*\d{{1,2}})?[\s-]*{_MONTH}[\s-]*\d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})"
)
#: "Mis à jour le: 13 Oct. 2023 15:52", "9-15 mars 2005", "Bruxelles, le 4 avril 2019", "15/09/2004 - NATO".
DATE_LINE = re.compile(
    r"(?:(?:derni[èe]re\s+)?mise?s?\s+[àa]\s+jour|publi[ée]e?|date|updated|last updated)(?:\s+le)?\s*:?\s*"
    rf"{_DATE}(?:\s+\d{{1,2}}[:h]\d{{2}})?"
    r"(?:\s*[-–]?\s*[\w .]{1,20})?"
    rf"|(?:[A-ZÉ][\w’'-]+,\s+)?(?:le\s+)?{_DATE}(?:\s+(?:\d{{1,2}}[:h]\d{{2}}|[-–]\s*[\w .]{{1,20}}))?",
    re.IGNORECASE,
)
#: Telephone and mail labels: an address even when it stands alone.
CONTACT = re.compile(
    r"(?:t[ée]l(?:[ée]phone)?|fax|t[ée]l[ée]copie|courriel|e-?mail|m[ée]l|site(?: web)?|web|internet)\.?\s*:.*[\d@/].*",
    re.IGNORECASE,
)
#: A post box, a street with its number, a post code before a town; trusted only beside one another.
POSTAL = re.compile(
    r"(?i:B\.?P\.?|bo[iî]te postale)\s*\d+.*"
    r"|(?:\d{1,4}(?:\s?(?i:bis|ter))?,?\s+)?(?i:rue|avenue|av\.|boulevard|bd|place|chemin|quai|all[ée]e)\s.*"
    r"|\d{1,4}(?:\s?(?i:bis|ter))?,?\s+[A-Z]\w{4,}"
    r"|(?:[A-Z]{1,2}-)?\d{4,5}\s+[A-ZÉÈ][\w’'-]+(?:[ -][A-Zd(][\w’'-]*\)?){0,3}"
)
#: Words that pages put around their text, whole lines only.
FURNITURE = re.compile(
    r"(?:header|footer|nouvelles|dossiers?|multim[ée]dia|historique|opinion|liens|archives|accueil|imprimer|"
    r"voir aussi|en savoir plus|(?:documents?|sites?) connexes?|sommaire|haut de (?:la )?page|"
    r"retour (?:à|au|en|vers)\b.{1,40}|(?:video|audio|high resolution|lire|t[ée]l[ée]charger)\b.*)",
    re.IGNORECASE,
)
#: How captions of pictures and maps begin, in French or left in English by the page's makers.
CAPTION = re.compile(
    r"(?i:photos?|l[ée]gende|cartes?|vues?|map|view|image|figure|cr[ée]dits?|©|\(?(?:de )?gauche à droite)\b.*"
    r"|(?:[A-ZÉ][\w’'-]+ ){2,3}(?:avec|et|with|and|à|lors|devant|au|en) .*"
)
SENTENCE_END = re.compile(r"[.!?…]['\"»”’)\]¹²³⁴-⁹\s]*$")
OPEN_END = re.compile(r"[:;,]\s*$")

ADDRESS_CHARS = 80
#: Longer lines are paragraphs even without a full stop.
HEADING_CHARS, HEADING_WORDS = 160, 24
#: Widths between which a text is taken to be wrapped by hand; nobody wraps prose narrower than 40 columns.
WRAP_MIN, WRAP_MAX = 40, 110
#: Kinds whose continuation lines are indented under their text.
ITEMS = frozenset({BlockKind.BULLET, BlockKind.NUMBERED, BlockKind.FOOTNOTE})
#: A list of at least so many short lines, one under the other, is navigation.
NAVIGATION_LINES = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text; `start` and `end` bound what is left of it without indent, marker and line break."""

    start: int
    end: int
    text: str
    kind: BlockKind | None
    indent: int
    length: int
    number: str


def find_blocks(text: str) -> tuple[Block, ...]:
    """Find a text's blocks, in order; together they hold every character that is neither blank nor a marker."""
    width = _wrap_width(text)
    chunks = [tuple(_joined(chunk, width, text)) for chunk in _chunks(text)]
    blocks = [block for chunk in chunks for block in _classify(chunk, text)]
    return tuple(_footnotes(blocks, text))


def _chunks(text: str) -> Iterator[tuple[_Line, ...]]:
    """Group the lines between blank ones."""
    chunk: list[_Line] = []
    offset = 0
    for raw in text.splitlines(keepends=True):
        if raw.strip():
            chunk.append(_line(raw.rstrip(), offset))
        elif chunk:
            yield tuple(chunk)
            chunk = []
        offset += len(raw)
    if chunk:
        yield tuple(chunk)


def _line(raw: str, offset: int) -> _Line:
    """Strip a line's marker and say what the marker makes of it."""
    kind, number, at = None, "", len(raw) - len(raw.lstrip())
    if found := MARKDOWN.match(raw):
        kind, at = (BlockKind.HEADING if found["heading"] else None), found.end()
    elif found := NUMBER.match(raw):
        kind, number, at = BlockKind.NUMBERED, found["n"] or found["in"] or "", found.end()
    elif (found := FOOTNOTE_MARK.match(raw)) and not raw.lstrip().startswith("* "):
        kind, at = BlockKind.FOOTNOTE, found.end()
    elif found := BULLET.match(raw):
        kind, at = BlockKind.BULLET, found.end()
    at = len(raw) - len(raw[at:].lstrip())
    if at >= len(raw):  # a marker with nothing after it is text
        kind, number, at = None, "", len(raw) - len(raw.lstrip())
    if DATE_LINE.fullmatch(raw[at:]):
        kind = BlockKind.DATE_LINE
    indent = len(raw) - len(raw.lstrip())
    return _Line(offset + at, offset + len(raw), raw[at:], kind, indent, len(raw), number)


def _wrap_width(text: str) -> int | None:
    """Find the column at which a text was wrapped by hand, if it was.

    The evidence is a line that goes on in lower case on the next one; the width is the longest of them.
    """
    widths = [
        line.length
        for chunk in _chunks(text)
        for line, following in pairwise(chunk)
        if WRAP_MIN <= line.length <= WRAP_MAX and following.kind is None and following.text[:1].islower()
    ]
    return max(widths, default=None)


def _joined(chunk: Sequence[_Line], width: int | None, text: str) -> Iterator[_Line]:
    """Join the lines that were one before somebody wrapped them at `width` columns.

    A line was broken by wrapping when its successor's first word would not have fitted on it, or when its successor
    hangs below an item's marker.
    """
    whole = chunk[0]
    for line, following in pairwise(chunk):
        first_word = re.split(r"[ \t]", following.text, maxsplit=1)[0]  # no-break blanks keep words together
        full = width is not None and line.length <= width < line.length + 1 + len(first_word)
        flows = not SENTENCE_END.search(line.text) or line.indent == following.indent or whole.kind is not None
        hangs = whole.kind in ITEMS and following.indent > whole.indent and line.length >= WRAP_MIN
        # A line that just goes on, in lower case and after no sign; list items end with signs.
        goes_on = following.text[:1].islower() and line.text[-1:].isalnum() and line.length >= WRAP_MIN // 2
        goes_on = goes_on and not (CONTACT.fullmatch(line.text) or URL_OR_EMAIL.match(following.text))
        if ((full and flows) or hangs or goes_on) and following.kind is None and whole.kind is not BlockKind.DATE_LINE:
            body = text[whole.start : following.end]
            whole = _Line(whole.start, following.end, body, whole.kind, whole.indent, following.length, whole.number)
        else:
            yield whole
            whole = following
    yield whole


def _classify(chunk: Sequence[_Line], text: str) -> Iterator[Block]:
    """Give each line of a chunk its kind."""
    kinds = _address(chunk) or _navigation(chunk) or tuple(_kind(line, chunk) for line in chunk)
    for line, kind in zip(chunk, kinds, strict=True):
        yield Block(kind, line.start, line.end)


def _address(chunk: Sequence[_Line]) -> tuple[BlockKind, ...]:
    """A chunk of short lines is an address when two look like one, and they are half of it or one is a contact."""
    if any(len(line.text) > ADDRESS_CHARS or line.kind for line in chunk):
        return ()
    contacts = sum(1 for line in chunk if CONTACT.fullmatch(line.text))
    looks = contacts + sum(1 for line in chunk if POSTAL.fullmatch(line.text))
    enough = (looks >= 2 and (contacts or looks * 2 >= len(chunk))) or looks == contacts == len(chunk)
    return (BlockKind.ADDRESS,) * len(chunk) if enough else ()


def _navigation(chunk: Sequence[_Line]) -> tuple[BlockKind, ...]:
    """A chunk of titles, one under the other, is navigation; its last line may be the caption of a picture."""
    titles = sum(1 for line in chunk if line.kind in {None, BlockKind.DATE_LINE} and _is_title(line.text))
    furniture = any(FURNITURE.fullmatch(line.text) for line in chunk)
    if titles < len(chunk) or not (furniture or len(chunk) >= NAVIGATION_LINES):
        return ()
    return tuple(
        BlockKind.DATE_LINE
        if line.kind is BlockKind.DATE_LINE
        else BlockKind.CAPTION
        if line is chunk[-1] and CAPTION.fullmatch(line.text) and not FURNITURE.fullmatch(line.text)
        else BlockKind.NAVIGATION
        for line in chunk
    )


def _kind(line: _Line, chunk: Sequence[_Line]) -> BlockKind:
    if line.kind is BlockKind.NUMBERED and len(chunk) == 1 and _is_title(line.text) and len(line.text.split()) <= 10:
        return BlockKind.HEADING  # "2. Objectifs" alone between blank lines
    if line.kind is not None:
        return line.kind
    if CAPTION.fullmatch(line.text) and _is_title(line.text):
        return BlockKind.CAPTION
    alone = line is chunk[0] and (len(chunk) == 1 or chunk[1].kind is not None or len(chunk[1].text) > HEADING_CHARS)
    if alone and (_is_title(line.text) or _is_question(line.text)):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH


def _is_title(text: str) -> bool:
    """A short line that no sentence's end closes and nothing announces."""
    short = len(text) <= HEADING_CHARS and len(text.split()) <= HEADING_WORDS
    return short and "\n" not in text and not SENTENCE_END.search(text) and not OPEN_END.search(text)


def _is_question(text: str) -> bool:
    """A question that stands alone heads a section, unless it is quoted or several."""
    short = len(text) <= HEADING_CHARS and len(text.split()) <= HEADING_WORDS
    return short and text.rstrip().endswith("?") and text.count("?") == 1 and not re.search(r"[«“\"]|[.!…] ", text)


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
