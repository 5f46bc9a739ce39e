"""Where the tags of a text go in its translation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.enforce.places import is_free
from aligner.enforce.tag_words import fitted_to, in_proportion, words_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aligner.enforce.attention import Span
    from aligner.enforce.tag_words import Said, Source

#: Signs that end or begin what was tagged, with a blank inside of them.
_TAIL, _HEAD = re.compile(r"\s?[.,;:!?…)\]}»”’\"'%]"), re.compile(r"[(\[{«“‘\"']\s?$")
_STOP = re.compile(r"[.!?…][”’\"')\]]*(?=\s|$)")
_TAILS, _HEADS = re.compile(r"(?:\s?[.,;:!?…)\]}»”’\"'%])+\s*$"), re.compile(r"\s*(?:[(\[{«“‘\"']\s?)+")


def places(source: Source, said: Said, copied: Mapping[int, Span]) -> list[Span]:
    """Find the place of each tag in the translation: of a point an empty one; `copied` has those that are known."""
    whole = range(len(said.words))
    found: dict[int, range] = {-1: whole}
    for outer in (-1, *range(len(source.tags))):  # those around come before those inside
        group = [at for at, tag in enumerate(source.tags) if tag.outer == outer and not tag.is_point]
        found |= _shared_out(source, said, group, found.get(outer, whole), copied)
    places: list[Span] = []
    for at, tag in enumerate(source.tags):
        if at in copied:
            places.append(copied[at])
        elif not tag.is_point:
            places.append(_edges(source, said, at, found[at]))
        elif tag.outer >= 0 and source.tags[tag.outer].is_point:
            places.append(places[tag.outer])
        else:
            places.append(_point(source, said, at, found))
    return places


def _shared_out(
    source: Source, said: Said, group: Sequence[int], within: range, copied: Mapping[int, Span]
) -> dict[int, range]:
    """Give tags beside each other the words of the one around them, to each those that it has the best claim to."""
    best = [max(shares) for shares in zip(*(said.shares[at] for at in group), strict=True)]
    rows = {
        at: [share if share == most else 0.0 for share, most in zip(said.shares[at], best, strict=True)] for at in group
    }
    free, found = set(within), dict[int, range]()

    def claim(at: int) -> float:
        return max((rows[at][word] for word in within), default=0.0)

    for at in sorted(group, key=lambda at: (at in copied, claim(at)), reverse=True):
        tag = source.tags[at]
        if at in copied:
            run: range | None = said.touched(*copied[at])
        elif source.words(tag.start, tag.end) == source.words(*source.scope(at)):
            run = within
        else:
            run = words_for(said, rows[at], free, within, source.text[tag.start : tag.end])
            run = run and fitted_to(source, said, tag, run, free)
        found[at] = run or in_proportion(source, at, within, free) or within
        free -= set(found[at])
    return found


def _edges(source: Source, said: Said, at: int, run: range) -> Span:
    """Where a tag begins and ends that goes around words: with the signs that it has inside in the source."""
    if not run:
        return 0, len(said.text)
    start, end = said.words[run.start][0], said.words[run.stop - 1][1]
    return _before(source, said, source.anchor(at), start), _after(source, said, source.anchor(at), end)


def _point(source: Source, said: Said, at: int, found: Mapping[int, range]) -> Span:
    """Where a point is: beside what stands for the word that it is beside, at the end if that is the last."""
    tag, within, (start, end) = source.tags[at], found[source.tags[at].outer], source.scope(at)
    anchor = source.anchor(at)
    if not within:
        place = 0 if tag.leads else len(said.text)
        return place, place
    leads = anchor[0] == tag.start < anchor[1]
    beside = [
        other
        for other, run in found.items()
        if other >= 0 and source.tags[other].outer == tag.outer
        if (source.tags[other].start if leads else source.tags[other].end) == tag.start
    ]
    if not source.words(*((start, tag.start) if leads else (tag.start, end))):
        run = within
    elif beside:
        run = found[beside[0]]
    else:
        row = said.shares[at]
        word = max(within, key=lambda word: row[word])
        run = range(word, word + 1) if row[word] > 0 else in_proportion(source, at, within, set(within)) or within
        if not leads and _STOP.search(source.text, *anchor):  # it ends a sentence here, and there
            ends = [word for word in within if _STOP.match(said.text, said.words[word][1])]
            last = next((word for word in ends if word >= run.start), ends[-1] if ends else run.start)
            run = range(last, last + 1)
    if leads:
        place = _before(source, said, anchor, said.words[run.start][0])
    else:
        place = _after(source, said, anchor, said.words[run.stop - 1][1])
    return place, place


def _after(source: Source, said: Said, anchor: Span, end: int) -> int:
    """Pass over as many signs as an anchor ends with."""
    ours = _TAILS.search(source.text, *anchor)
    for _ in "".join(ours[0].split()) if ours else "":
        sign = _TAIL.match(said.text, end)
        end = sign.end() if sign is not None and is_free(*sign.span(), said.words) else end
    return end


def _before(source: Source, said: Said, anchor: Span, start: int) -> int:
    """Pass over as many signs, backwards, as an anchor begins with."""
    ours = _HEADS.match(source.text, *anchor)
    for _ in "".join(ours[0].split()) if ours else "":
        sign = _HEAD.search(said.text, 0, start)
        start = sign.start() if sign is not None and is_free(*sign.span(), said.words) else start
    return start
