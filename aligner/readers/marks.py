"""Marks around a whole block: emphasis, links, elements, attributes. What they hold is the text."""

from __future__ import annotations

import re

#: What marks around a text end with.
_CLOSERS = frozenset("`*_~)]>}#\\=+-")
#: Code, or an image without a text.
_CODE = re.compile(r"(`+)(?!`)[^`]+(?<!`)\1|!?\[\]\([^()\s]*\)")
#: "*** ATTENTION ***"
_DECORATED = re.compile(r"([*=~#_+-])\1+\s+(?P<inner>\S.*\S)\s+\1{2,}")
#: How many marks around one another are looked for.
DEEPEST = 8
_EMPHASIS = ("***", "___", "**", "__", "~~", "*", "_")
#: "[texte](adresse "titre")", "[texte][renvoi]", either after "!" for an image; the text may be an image itself.
_LINK = re.compile(
    r"!?\[(?P<inner>!\[[^\]\[]*\]\([^()\s]*\)|[^\]\[]+)\]"
    r"(?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)|\[[^\]\[]*\])"
)
_ELEMENT = re.compile(r"<(?P<tag>[a-z][a-z0-9]*)(?:\s[^<>]*)?>(?P<inner>[^<>]+|<.*>)</(?P=tag)>", re.I | re.S)
#: Attributes of a heading, the hashes that close it, and a break of the line.
_TAIL = re.compile(r"(?<!\s)\s+(?:\{[#.:][^{}]*\}|#+)$|\\$")


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The span that is left of text[start:end] without the marks around all of it; empty if it is code."""
    for _ in range(DEEPEST):
        if start == end or text[end - 1] not in _CLOSERS:
            break
        body = text[start:end]
        if _CODE.fullmatch(body):
            return end, end
        if tail := _TAIL.search(body):
            end = start + tail.start()
            continue
        left, right = _inner(body)
        inner = body[left:right]
        if not inner.strip() or (left, right) == (0, len(body)):
            break
        start, end = start + left + len(inner) - len(inner.lstrip()), start + left + len(inner.rstrip())
    return start, end


def _inner(body: str) -> tuple[int, int]:
    if found := _DECORATED.fullmatch(body):
        return found.span("inner")
    if found := _LINK.fullmatch(body) or _ELEMENT.fullmatch(body):
        opened = f"<{found['tag']}" if "tag" in found.groupdict() else "]["
        return (0, len(body)) if opened in found["inner"].lower() else found.span("inner")
    for mark in _EMPHASIS:
        size = len(mark)
        inner = body[size:-size]
        if body.startswith(mark) and body.endswith(mark) and inner.strip(f" {mark}") == inner and mark not in inner:
            return (size, len(body) - size) if any(map(str.isalnum, inner)) else (0, len(body))
    return 0, len(body)
