"""From aligned or reviewed bitexts to a clean parallel corpus: what is left out, and why, and how it is split."""

from aligner.corpus.build import REASONS, Build, build_corpus, input_lines
from aligner.corpus.filters import FILTERS, Filter, Limits, judge
from aligner.corpus.split import PARTS, Amount, parse_amount

__all__ = [
    "FILTERS",
    "PARTS",
    "REASONS",
    "Amount",
    "Build",
    "Filter",
    "Limits",
    "build_corpus",
    "input_lines",
    "judge",
    "parse_amount",
]
