"""Quality metrics: BLEU, chrF++ and TER exactly as sacreBLEU has them, and how many terms were satisfied."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from aligner.model import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sacrebleu.metrics.base import Metric

    from aligner.model import Link

#: The names that reports and pages know the metrics by; sacreBLEU itself calls the second chrF2++.
METRICS = ("BLEU", "chrF++", "TER")
#: Those that take no time to speak of: TER takes 10 to 40 ms a segment, more than to translate it.
QUICK = METRICS[:2]
#: A document's segments are scored again with the whole corpus, and many are the same without the glossary.
_REMEMBERED = 1 << 16


def score(
    hypotheses: Sequence[str],
    references: Sequence[str],
    metrics: Sequence[str] = METRICS,
    *,
    bootstrap: int = 1000,
    seed: int = 12345,
) -> tuple[Score, ...]:
    """Score texts against their references, segment by segment, by METRICS in their order; no segments, no scores.

    `low` and `high` are the bounds of the 95% interval of so many bootstrap resamples, the same that sacreBLEU draws
    with this seed (it prints the interval as its mean ± half its width); with fewer than 2 there is none.

    Raises ValueError when the lengths differ.
    """
    if len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses cannot be scored against {len(references)} references")
    if not hypotheses:
        return ()
    return tuple(_score(name, hypotheses, references, bootstrap, seed) for name in metrics)


def joined(hypotheses: Sequence[str], references: Sequence[str], links: Sequence[Link]) -> tuple[list[str], list[str]]:
    """Join the texts of each link's two sides with spaces; an empty side gives an empty text.

    So that what was left out and what was added count: dropping null links would score only what was translated.
    The hypotheses are the links' source side.
    """
    return (
        [" ".join(hypotheses[i] for i in link.source) for link in links],
        [" ".join(references[j] for j in link.target) for link in links],
    )


def term_accuracy(satisfied: int, occurrences: int) -> Score:
    """Give the percentage of term occurrences in the source whose target term is in the translation.

    Raises ValueError when there are no occurrences.
    """
    if not occurrences:
        raise ValueError("there are no terms to score")
    return Score("terms", 100 * satisfied / occurrences, f"count:occurrences|satisfied:{satisfied}|of:{occurrences}")


@lru_cache
def _metric(name: str) -> Metric:
    """Make a metric of sacreBLEU with its defaults."""
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415 (sacreBLEU takes 0.1 s to load)
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415
    from sacrebleu.metrics.ter import TER  # noqa: PLC0415

    return {"BLEU": BLEU(), "chrF++": CHRF(word_order=2), "TER": TER()}[name]


@lru_cache(maxsize=_REMEMBERED)
def _statistics(name: str, hypothesis: str, reference: str) -> list[float]:
    """Count what a metric counts in a segment; the sums over all segments make the score."""
    statistics: list[float] = _metric(name)._extract_corpus_statistics([hypothesis], [[reference]])[0]
    return statistics


def _score(name: str, hypotheses: Sequence[str], references: Sequence[str], bootstrap: int, seed: int) -> Score:
    # `Metric.corpus_score`, but for the memory: of all resamples at once, sacreBLEU keeps 1 MB a segment.
    import numpy as np  # noqa: PLC0415 (as sacreBLEU)

    metric = _metric(name)
    statistics = [_statistics(name, *texts) for texts in zip(hypotheses, references, strict=True)]
    value = metric._aggregate_and_compute(statistics).score
    if bootstrap < 2:
        metric.n_bootstrap = metric.seed = None
        return Score(name, value, str(metric.get_signature()))
    metric.n_bootstrap, metric.seed = bootstrap, str(seed)
    draw = np.random.default_rng(seed)
    table = np.array(statistics, dtype=np.float32)
    resamples = (table[draw.choice(len(table), size=len(table))].sum(0) for _ in range(bootstrap))
    scores = sorted(float(metric._compute_score_from_stats(sums).score) for sums in resamples)
    # sacreBLEU's bounds: 1/40 of the resamples lies beyond each.
    beyond = bootstrap // 40
    return Score(name, value, str(metric.get_signature()), low=scores[beyond], high=scores[-beyond - 1])
