"""The tags of a sentence, put back around what they tagged in its translation.

A pair of tags goes around the words that the model said while it looked at what was tagged. What is known better goes
before that: targets of terms, names and numbers that stand in both texts, code. A pair around all words goes around all
words. Where nothing says what stands for the tagged words, it is taken to be at the same place of the sentence, in
proportion: around all of it the pair would be as wrong, and hide more.

Every tag is put once, and none cross, whatever the translation is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from aligner.enforce.attention import balanced, units
from aligner.enforce.places import is_free
from aligner.enforce.tag_places import places
from aligner.enforce.tag_words import NEVER, Source, in_proportion, read, words_for
from aligner.model import Change, Enforced, TermStatus, moved, one_line, replay

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aligner.enforce.attention import Span
    from aligner.enforce.candidate import Request, Translator
    from aligner.enforce.tag_words import Said
    from aligner.inline_tags import Tag
    from aligner.model import Focus

RULE = "inline-tags"


def with_tags(
    requests: Sequence[Request],
    tags: Sequence[tuple[Tag, ...]],
    enforced: Sequence[Enforced],
    translator: Translator,
    spellings: Mapping[str, str],
) -> list[Enforced]:
    """Put tags back into translations of texts without them; asks the translator where it looked, once for all."""
    spans = [units(request.source) for request in requests]
    said = [at for at, one in enumerate(enforced) if one.text.strip()]
    looks: list[tuple[Focus, ...]] = [()] * len(requests)
    found = translator.look(
        [requests[at].source for at in said],
        [enforced[at].text for at in said],
        [spans[at] for at in said],
        spellings=spellings,
    )
    for at, look in zip(said, found, strict=True):
        looks[at] = look
    return [
        _tagged(Source(request.source, of_one, tuple(words)), one, look)
        for request, of_one, one, words, look in zip(requests, tags, enforced, spans, looks, strict=True)
    ]


def _tagged(source: Source, enforced: Enforced, look: Sequence[Focus]) -> Enforced:
    """Copy what is to be copied, find the places of all tags, and write them."""
    terms = [
        ((outcome.hit.start, outcome.hit.end), (outcome.start, outcome.end))
        for outcome in enforced.outcomes
        if outcome.status is not TermStatus.FAILED
    ]
    changes: list[Change] = []
    if enforced.text == source.text.replace("\n", " ") and not terms:  # it is no French
        where = [(tag.start, tag.end) for tag in source.tags]
    else:
        where = _found(source, enforced.text, terms, look, changes)
    # From the right, so that the places to the left stay where they are.
    changes += [Change(RULE, at, "", sign) for at, sign in reversed(list(_signs(source.tags, where))) if sign]
    outcomes = tuple(
        outcome if outcome.status is TermStatus.FAILED else replace(outcome, start=start, end=end)
        for outcome in enforced.outcomes
        for start, end in [moved((outcome.start, outcome.end), tuple(changes))]
    )
    text = replay(enforced.text, tuple(changes))
    return replace(enforced, text=text, changes=(*enforced.changes, *changes), outcomes=outcomes)


def _found(
    source: Source, text: str, known: list[tuple[Span, Span]], look: Sequence[Focus], changes: list[Change]
) -> list[Span]:
    """Find the places of all tags; what is to be copied and is not there is written first, in `changes`."""
    anchors = [source.anchor(at) for at in range(len(source.tags))]
    asked = [
        anchor if tag.is_point else source.with_little(*anchor)
        for tag, anchor in zip(source.tags, anchors, strict=True)
    ]
    focus = balanced(look, source.read, asked) if look else [()] * len(anchors)
    copied: dict[int, Span] = {}
    missing: list[int] = []
    for at, tag in enumerate(source.tags):
        if tag.literal and not (tag.outer >= 0 and source.tags[tag.outer].literal):
            place = _verbatim(text, _body(source, at), [span for _, span in known])
            if place is None:
                missing.append(at)
            else:
                known.append((anchors[at], place))
                copied[at] = place
    if missing:
        written = _copies(source, read(source, text, known, anchors, focus), missing)
        edits = tuple(change for _, change in written)
        text = replay(text, edits)
        changes += edits
        known = [(ours, moved(theirs, edits)) for ours, theirs in known]
        copied = {at: moved(place, edits) for at, place in copied.items()}
        shifted = [moved((start, end), edits) for start, end, _ in focus[0]]
        focus = [tuple((*span, share) for span, (*_, share) in zip(shifted, one, strict=True)) for one in focus]
        for number, (at, change) in enumerate(written):
            first = change.start + change.after.index(_body(source, at))
            copied[at] = moved((first, first + len(_body(source, at))), edits[number + 1 :])
            known.append((anchors[at], copied[at]))
    for at, tag in enumerate(source.tags):
        if tag.literal and at not in copied:  # in another that is copied
            first = text.index(_body(source, at), copied[tag.outer][0])
            copied[at] = first, first + len(_body(source, at))
    return places(source, read(source, text, known, anchors, focus), copied)


def _body(source: Source, at: int) -> str:
    tag = source.tags[at]
    return one_line(source.text[tag.start : tag.end]).strip()


def _verbatim(text: str, body: str, taken: Sequence[Span]) -> Span | None:
    """Find what is to be copied where it stands already."""
    left, right = (r"(?<!\w)" if body[0].isalnum() else ""), (r"(?!\w)" if body[-1].isalnum() else "")
    found = (one.span() for one in re.finditer(left + re.escape(body) + right, text))
    return next((span for span in found if is_free(*span, taken)), None)


def _copies(source: Source, said: Said, missing: Sequence[int]) -> list[tuple[int, Change]]:
    """Write what is to be copied over what stands for it, or else where it would in proportion; from the right."""
    words, whole = said.words, range(len(said.words))
    free = {word for word in whole if all(said.shares[at][word] != NEVER for at in missing)}
    edits: list[tuple[int, Change]] = []
    for at in missing:
        run = words_for(said, said.shares[at], free, whole, _body(source, at))
        if run is not None:
            start, end = words[run[0]][0], words[run[-1]][1]
            edits.append((at, Change(RULE, start, said.text[start:end], _body(source, at))))
            free -= set(run)
    for at in set(missing) - {at for at, _ in edits}:
        beside = in_proportion(source, at, whole, free)
        edits.append((at, Change(RULE, words[beside[0]][0] if beside else 0, "", _body(source, at) + " ")))
    # What is written before a word comes after what is written over it.
    return sorted(edits, key=lambda edit: (edit[1].start, edit[1].before, edit[0]), reverse=True)


def _signs(tags: Sequence[Tag], places: Sequence[Span]) -> Iterator[tuple[int, str]]:
    """What to write where, in order; a tag that would cross the end of another ends there too."""
    around: list[tuple[int, int]] = []
    for at in sorted(range(len(tags)), key=lambda at: (places[at][0], -places[at][1], at)):
        start, end = places[at]
        while around and around[-1][1] <= start and not (start == end and _is_inside(tags, at, around[-1][0])):
            other, last = around.pop()
            yield last, tags[other].closing
        if around:
            start, end = min(start, around[-1][1]), min(end, around[-1][1])
        yield start, tags[at].opening
        around.append((at, end))
    for other, last in reversed(around):
        yield last, tags[other].closing


def _is_inside(tags: Sequence[Tag], at: int, other: int) -> bool:
    while at > other:
        at = tags[at].outer
    return at == other
