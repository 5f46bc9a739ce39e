"""Tags inside a sentence: emphasis, links, code, notes, elements of HTML. What they hold is the text.

A model that is shown tags leaves out words beside them, so they are taken out before it reads a text, and put back
around what they tagged in the translation (`enforce/tags.py`).

Plain text has stars, underscores and brackets of its own: "2 * 3", "snake_case_name", "[sic]" and "a < b" are no tags,
nor is a single star that only opens or only closes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from aligner.model import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Span = tuple[int, int]

#: A text without any of these has no tags.
_SIGNS = re.compile(r"[*_~`<\[]")
#: Elements that stand inside a sentence; other words in angle brackets are rather blanks to fill in: "<nom>".
_ELEMENTS = (
    "abbr|acronym|a|bdi|bdo|big|b|cite|code|del|dfn|em|font|ins|i|kbd|mark|q|samp|small|span|strike|strong|sub|sup|s|"
    "tt|u|var"
)
#: "(adresse "titre")"
_ADDRESS = r"\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)"
_TOKEN = re.compile(
    rf"""
    \\[^\w\s]                                                   # an escaped sign is that sign
    | (?P<ticks> (?<!`)`+(?!`)) (?P<code> (?:[^`]|(?!(?P=ticks)(?!`))`++)+? ) (?P=ticks)(?!`)
    | <(?P<tag> code|kbd|samp|tt|var )\b[^<>]*> (?P<listing> [^<>]+ ) </(?P=tag)>
    | <(?P<address> (?:https?://|mailto:|www\.)[^\s<>]+ | [\w.+-]+@[\w.-]+ )>
    | (?P<point> \[\^[^\[\]\s]+\] | !?\[\]{_ADDRESS} | <!--[^<>]*--> | <(?:br|img|input|wbr)\b[^<>]*> )
    | </(?P<closes> {_ELEMENTS} )\s*>
    | <(?P<opens> {_ELEMENTS} )(?:\s+[\w:-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+))?)*\s*>
    | (?P<bracket> !?\[ )
    | (?P<target> \]{_ADDRESS} | \]\[[^\[\]]*\] )
    | (?P<closed> \] )
    | (?P<run> \*+ | _+ | ~+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EMPHASIS = frozenset(("*", "**", "***", "_", "__", "___", "~~"))
#: Emphasis that is a tag even where its other half is in another sentence; a single star is rather a footnote's.
_ALONE = frozenset(("**", "***", "~~"))
#: What nothing emphasised begins with, or ends with.
_CLOSING, _OPENING = frozenset(".,;:!?…)]}»”"), frozenset("([{«“")
#: How many openings a closing is looked for among.
DEEPEST = 32
#: What is no language, and copied.
_LITERALS = ("code", "listing", "address")


@dataclass(frozen=True, slots=True)
class Tag:
    """What stood before and after text[start:end] of a plain text.

    A point tags nothing: an opening alone belongs to the word after it, others to the word before, as a note does.
    `literal` says that what is tagged is to be copied, as code is. `outer` is the place of the next tag around this
    one among a text's tags, or -1; those around come before those inside.
    """

    opening: str
    closing: str
    start: int
    end: int
    literal: bool = False
    outer: int = -1

    @property
    def is_point(self) -> bool:
        """Tell whether it tags nothing."""
        return self.start == self.end

    @property
    def leads(self) -> bool:
        """Tell whether it is a point that belongs to the word after it."""
        return self.is_point and not self.closing


class Plain(NamedTuple):
    """A text without its tags; `kept` has where each of its characters stood in the text with them."""

    text: str
    tags: tuple[Tag, ...] = ()
    kept: tuple[int, ...] = ()

    def inside(self, start: int, end: int) -> Span:
        """Say where a span of the text with tags is in the plain one; it is empty if it was all tags."""
        return (bisect_left(self.kept, start), bisect_left(self.kept, end)) if self.tags else (start, end)

    def outside(self, start: int, end: int) -> Span:
        """Say where a span of the plain text, a character or more, is in the text with tags."""
        return (self.kept[start], self.kept[end - 1] + 1) if self.tags else (start, end)

    def is_literal(self, start: int, end: int) -> bool:
        """Tell whether a span of the plain text is to be copied."""
        return any(tag.literal and tag.start <= start and end <= tag.end for tag in self.tags)


def fixed(text: str) -> tuple[Span, ...]:
    """Where a text has tags, and what is copied between them: nothing there is to be changed."""
    plain = without_tags(text)
    if not plain.tags:
        return ()
    places = (-1, *plain.kept, len(text))
    signs = ((left + 1, right) for left, right in pairwise(places) if right - left > 1)
    literals = (plain.outside(tag.start, tag.end) for tag in plain.tags if tag.literal)
    return (*signs, *literals)


class _Found(NamedTuple):
    """Where in a text a tag's opening and closing are; one of them may be empty."""

    opening: Span
    closing: Span
    literal: bool = False


class _Half(NamedTuple):
    """What may open a tag: what closes it, where it stands, and whether it is a tag even if nothing does."""

    closer: str
    span: Span
    alone: bool


def without_tags(text: str) -> Plain:
    """Take the tags out of a text.

    >>> plain = without_tags("Le **secrétaire général** a visité [Kaboul](https://x.org).")
    >>> plain.text
    'Le secrétaire général a visité Kaboul.'
    >>> [(tag.opening, plain.text[tag.start : tag.end], tag.closing) for tag in plain.tags]
    [('**', 'secrétaire général', '**'), ('[', 'Kaboul', '](https://x.org)')]
    """
    found = list(_found(text)) if _SIGNS.search(text) else []
    if not found:
        return Plain(text)
    found.sort(key=lambda one: (one.opening[0], -one.closing[1]))
    found = list(_with_blanks(text, found))
    chars: list[str] = []
    kept: list[int] = []
    at = 0
    for start, end in sorted(span for one in found for span in one[:2] if span[0] < span[1]):
        chars.append(text[at:start])
        kept += range(at, start)
        if text[start : start + 3].lower() == "<br" and not text[end : end + 1].isspace():
            chars.append(" ")  # a break of the line parts words as a blank does
            kept.append(start)
        at = end
    plain = Plain("".join(chars) + text[at:], (), (*kept, *range(at, len(text))))
    return plain._replace(tags=tuple(_tags(text, plain, found)))


def _found(text: str) -> Iterator[_Found]:
    """Find tags, in no order: each closing with the last opening that waits for it, so that none cross."""
    waiting: list[_Half] = []
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        literal = next((name for name in _LITERALS if token[name] is not None), None)
        if literal is not None:
            yield _Found((start, token.start(literal)), (token.end(literal), end), True)
        elif token["point"]:
            yield _Found((start, start), (start, end))
        elif token["opens"]:
            waiting.append(_Half(f"</{token['opens'].lower()}", (start, end), True))
        elif token["bracket"]:
            waiting.append(_Half("]", (start, end), False))
        elif token["closes"] or token["target"]:
            here = _last(waiting, f"</{token['closes'].lower()}" if token["closes"] else "]")
            if here >= 0:
                yield from _closed(waiting, here, (start, end))
            elif token["closes"]:
                yield _Found((start, start), (start, end))
        elif token["closed"]:
            here = _last(waiting, "]")
            del waiting[here : here + 1]  # brackets of the text's own
        elif token["run"] in _EMPHASIS:
            yield from _run(text, waiting, (start, end))
    yield from _unclosed(waiting)


def _run(text: str, waiting: list[_Half], span: Span) -> Iterator[_Found]:
    """Read stars, underscores or tildes by what they stand beside; of three, one or two may close or be closed."""
    (start, end), signs = span, text[slice(*span)]
    before, after = text[start - 1 : start], text[end : end + 1]
    opens = bool(after.strip()) and after not in _CLOSING
    closes = bool(before.strip()) and before not in _OPENING
    if signs not in _ALONE:  # nothing else is emphasised in part: "snake_case", "prix*"
        opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
    elif before.isalnum() and after.isalnum() and not (before + after).isalpha():  # "x**2"
        return
    here, three = (_last(waiting, one) if closes else -1 for one in (signs, 3 * signs[0]))
    inner = max((signs[:1], signs[:2]), key=lambda one: _last(waiting, one))
    if here >= 0:
        yield from _closed(waiting, here, span)
    elif closes and len(signs) == 3 and _last(waiting, inner) >= 0:
        yield from _closed(waiting, _last(waiting, inner), (start, start + len(inner)))
        yield from _run(text, waiting, (start + len(inner), end))
    elif three >= 0:
        first, last = waiting[three].span
        outer = _Half(signs[0] * (3 - len(signs)), (first, last - len(signs)), len(signs) == 1)
        waiting[three : three + 1] = [outer, _Half(signs, (last - len(signs), last), False)]
        yield from _closed(waiting, three + 1, span)
    elif opens:
        waiting.append(_Half(signs, span, signs in _ALONE))
    elif closes and signs in _ALONE:
        yield _Found((start, start), span)


def _last(waiting: Sequence[_Half], closer: str) -> int:
    """The place of the last opening that a sign closes, or -1."""
    places = range(len(waiting) - 1, max(-1, len(waiting) - 1 - DEEPEST), -1)
    return next((at for at in places if waiting[at].closer == closer), -1)


def _closed(waiting: list[_Half], here: int, closing: Span) -> Iterator[_Found]:
    yield _Found(waiting[here].span, closing)
    yield from _unclosed(waiting[here + 1 :])
    del waiting[here:]


def _unclosed(waiting: Sequence[_Half]) -> Iterator[_Found]:
    for half in waiting:
        if half.alone:
            yield _Found(half.span, (half.span[1], half.span[1]))


def _with_blanks(text: str, found: Sequence[_Found]) -> Iterator[_Found]:
    """Give points that stand between blanks one of them, so that no two are left."""
    last = 0
    for one in found:
        (start, end), closing = one.opening, one.closing
        if start == end:
            start, end = closing
            before, after = text[last:start], text[end:]
            if not before.strip() and not text[:start].strip():
                end += len(after) - len(after.lstrip())
            elif before[-1:].isspace() and (not after.strip() or after[0].isspace() or after[0] in _CLOSING):
                start = last + len(before.rstrip())
            yield _Found((start, start), (start, end))
            last = end
        else:
            yield one
            last = end


def _tags(text: str, plain: Plain, found: Sequence[_Found]) -> Iterator[Tag]:
    """Turn what was found, outer tags first, into tags of the plain text."""
    around: list[int] = []
    for at, one in enumerate(found):
        while around and found[around[-1]].closing[1] < one.closing[1]:
            around.pop()
        opening, closing = (one_line(text[slice(*span)]) for span in one[:2])
        start, end = (bisect_left(plain.kept, place) for place in (one.opening[1], one.closing[0]))
        inner = plain.text[start:end]
        end = end if inner.strip() else start
        literal = start < end and (one.literal or not any(map(str.isalnum, inner)))
        yield Tag(opening, closing, start, end, literal, around[-1] if around else -1)
        around.append(at)
