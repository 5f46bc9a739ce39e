"""From links to a bitext: a pair a link, so that every format shows whole links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aligner.model import Bitext, Block, BlockKind, Document, Issue, Pair, Segment, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Link

#: Links that score less are flagged; of those of novels, about half are right.
LOW = 0.5


def linked_bitext(
    document: Document, segments: Sequence[Segment], target: Sequence[str], links: Sequence[Link]
) -> Bitext:
    """Make a pair of each link, in order; its score is the link's, 0..1.

    A pair's source spans the link's segments, with what lies between them; where these are of several blocks, the
    blocks become one. A target without source is paired with an empty segment behind the source before it.
    """
    joined = _joined(document, segments, links)
    pairs: list[Pair] = []
    nowhere = Block(BlockKind.PARAGRAPH, 0, 0)
    last = Segment("a0", "", 0, 0, joined[segments[0].block] if segments else nowhere)
    for number, link in enumerate(links, 1):
        if link.source:
            first, final = segments[link.source[0]], segments[link.source[-1]]
            start, end, block = first.start, final.end, joined[first.block]
        else:
            start = end = max(last.end, last.block.start)
            block = last.block
        last = Segment(f"a{number}", document.text[start:end], start, end, block)
        text = " ".join(target[j] for j in link.target)
        pairs.append(Pair(last, text, text, link.score, issues=_issues(link)))
    blocks = tuple(dict.fromkeys(joined.get(block, block) for block in document.blocks))
    return Bitext(replace(document, blocks=blocks), tuple(pairs))


def _joined(document: Document, segments: Sequence[Segment], links: Sequence[Link]) -> dict[Block, Block]:
    """Say what each block is part of once the blocks that one link spans are one."""
    places = {block: k for k, block in enumerate(document.blocks)}
    until = list(range(len(document.blocks)))
    for link in links:
        if link.source:
            first, last = (places[segments[i].block] for i in (link.source[0], link.source[-1]))
            until[first] = max(until[first], last)
    joined = {}
    start = end = -1
    for k, block in enumerate(document.blocks):
        if k > end:
            start, end = k, until[k]
            # What the blocks in between reach belongs to it too.
            while (further := max(until[start : end + 1])) > end:
                end = further
        opening = document.blocks[start]
        joined[block] = Block(opening.kind, opening.start, document.blocks[end].end)
    return joined


def _issues(link: Link) -> tuple[Issue, ...]:
    if not link.target:
        return (Issue("alignment", Severity.WARNING, "nothing in the target is linked with this"),)
    if not link.source:
        return (Issue("alignment", Severity.WARNING, "nothing in the source is linked with this"),)
    if link.score < LOW:
        return (Issue("alignment", Severity.WARNING, f"the link is uncertain: probability {link.score:.2f}"),)
    if len(link.source) > 1 and len(link.target) > 1:
        message = "several segments on both sides: they may have changed places or be cut elsewhere"
        return (Issue("alignment", Severity.INFO, message),)
    return ()
