"""Signs, blanks and capitals of the target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.inline_tags import without_tags
from aligner.matching import URL_OR_EMAIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aligner.checks.rule import Limits
    from aligner.model import Pair

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
#: What may stand before a bracket of its own: a), iv), 12).
_ENUMERATOR = re.compile(r"(?<!\w)(?:[a-zA-Z]{1,2}|[ivxIVX]{1,5}|\d{1,2})$")
#: The last sign, under closing quotes, brackets and footnotes' marks.
_FINAL = re.compile(r"([.!?…:;])[\s”’\"'»)\]¹²³⁴-⁹]*$")
#: An English abbreviation's own stop.
_ABBREVIATION = re.compile(r"\b(?:[ap]\.m|etc|Inc|Ltd|Jr|Mr|St|No|U\.S)\.\W*$")
_STRAY_BLANKS = re.compile(r"\s(?:(?P<double>\s+)|[,;:!?).](?![\w/)(.-]))|[(]\s")
_MISSING_BLANK = re.compile(r"[,;](?<=[^\W\d_]{2}.)(?=[^\W\d_]{2})|[.!?](?<=[^\W\d_]{3}.)(?=[A-Z][a-z]+\s)")
_LETTER = re.compile(r"[^\W\d_]")
#: From this share of capitals and this many of them on, a text is shouted; "OTAN" alone is an acronym.
_SHOUTED_SHARE, _SHOUTED_LETTERS = 0.8, 10


def brackets(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Brackets that the target does not pair, unless the source does not either."""
    for opening, closing in _BRACKETS.items():
        if opening in pair.target or closing in pair.target:
            source, target = (_unpaired(text, opening, closing) for text in (pair.source.text, pair.target))
            yield from _more_unpaired(source, target, opening, closing)


def quotes(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Quotes that the target does not pair, unless the source does not either."""
    source = pair.source.text.replace("«", "“").replace("»", "”")
    own = _unpaired(source, "“", "”")
    yield from _more_unpaired(own, _unpaired(pair.target, "“", "”"), "“", "”")
    if pair.target.count('"') % 2 and not source.count('"') % 2 and not any(own):
        yield 'a straight quote (") is not paired'


def _unpaired(text: str, opening: str, closing: str) -> tuple[int, int]:
    """Count what is opened and never closed, and what closes nothing; the bracket after a list's a) is its own."""
    opened = unopened = 0
    for found in re.finditer(f"[{re.escape(opening + closing)}]", text):
        if found[0] == opening:
            opened += 1
        elif opened:
            opened -= 1
        elif not _ENUMERATOR.search(text, max(0, found.start() - 6), found.start()):
            unopened += 1
    return opened, unopened


def _more_unpaired(source: tuple[int, int], target: tuple[int, int], opening: str, closing: str) -> Iterator[str]:
    # A quotation that runs over several sentences is open in both.
    if target[0] > source[0]:
        yield f"{opening} is opened and not closed"
    if target[1] > source[1]:
        yield f"{closing} closes what was not opened"


def end_punctuation(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Final signs that differ."""
    source, target = (_FINAL.search(text) for text in (pair.source.text, pair.target))
    here, there = (found[1] if found else "" for found in (source, target))
    # English ends the items of a list with other signs than the semicolon of French, or with none.
    if here == there or not pair.target or (here == ";" and there != "?"):
        return
    if not (here == "" and _ABBREVIATION.search(pair.target)):
        yield f"the source ends in {here or 'no sign'}, the target in {there or 'no sign'}"


def footnote_marks(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Marks of footnotes that the target lost."""
    for mark in dict.fromkeys(re.findall("[¹²³⁴-⁹]+", pair.source.text)):
        if mark not in pair.target:
            yield f"{mark} is not in the target"


def spaces(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Blanks where English has none, two where it has one, none where it has one."""
    target = pair.target
    if target != target.strip():
        yield "blanks at the beginning or the end"
    inner = without_tags(target.strip()).text
    stray, glued = _STRAY_BLANKS.search(inner), _MISSING_BLANK.search(inner)
    if stray:
        yield f"{'two blanks' if stray['double'] else 'a blank too many'} in “{_around(inner, stray)}”"
    if glued and not any(one.start() < glued.start() < one.end() for one in URL_OR_EMAIL.finditer(inner)):
        yield f"no blank in “{_around(inner, glued)}”"


def capitals(pair: Pair, _limits: Limits) -> Iterator[str]:
    """A sentence that begins with a small letter, capitals throughout on one side only."""
    source, target = (without_tags(text).text for text in (pair.source.line, pair.target))
    first, own = _LETTER.search(source), _LETTER.search(target)
    if first is None or own is None:
        return
    if _is_shouted(source) and not _mostly_upper(target):
        yield "the source is in capitals, the target is not"
    elif _is_shouted(target) and not _mostly_upper(source):
        yield "the target is in capitals, the source is not"
    elif first[0].isupper() and own[0].islower() and not _keeps_case(target, own.start()):
        yield f"the target begins with “{target[own.start() :].split(maxsplit=1)[0]}”"


def _keeps_case(target: str, at: int) -> bool:
    """Tell whether a word is not capitalised even at the beginning: an address, iPhone, al-Qaida, a) …"""
    word = target[at:].split(maxsplit=1)[0]
    listed = word[1:2] in {")", "."} or any(map(str.isdigit, target[:at]))
    return any(map(str.isupper, word)) or listed or bool(URL_OR_EMAIL.match(target, at)) or "@" in word


def _is_shouted(text: str) -> bool:
    return sum(map(str.isupper, text)) >= _SHOUTED_LETTERS and _mostly_upper(text)


def _mostly_upper(text: str) -> bool:
    return sum(map(str.isupper, text)) >= _SHOUTED_SHARE * sum(map(str.isalpha, text))


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 10) : found.end() + 10].strip()
