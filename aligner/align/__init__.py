"""Sentence alignment: the most probable monotone m-n links between two texts, by any evidence."""

from aligner.align.bitext import LOW, linked_bitext
from aligner.align.links import align
from aligner.align.measure import Agreement, score_alignment
from aligner.align.search import LINK_TYPES, NULL, LinkType, Scorer

__all__ = ["LINK_TYPES", "LOW", "NULL", "Agreement", "LinkType", "Scorer", "align", "linked_bitext", "score_alignment"]
