"""Which reference text belongs to which pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aligner.model import Bitext, Link


def links_by_pair(bitext: Bitext) -> tuple[Link | None, ...]:
    """Find for each pair the link that holds it, or None; pairs of one m-n link share it."""
    links = {index: link for link in bitext.links for index in link.source}
    return tuple(links.get(index) for index in range(len(bitext.pairs)))


def reference_text(bitext: Bitext, link: Link | None) -> str | None:
    """Join the reference sentences of a link by spaces; None where there are none."""
    return " ".join(bitext.references[index] for index in link.target) if link and link.target else None
