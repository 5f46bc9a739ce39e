"""Scores: sacreBLEU's own numbers, signatures and resamples; links with an empty side count."""

import random

import pytest
from sacrebleu import corpus_bleu, corpus_chrf, corpus_ter
from sacrebleu.metrics import BLEU, CHRF, TER

from aligner.model import Link, Score
from aligner.score import METRICS, joined, score, term_accuracy

WORDS = "the council met in may and agreed on a plan for its forces , though not all of it was new .".split()
SIGNATURES = {
    "BLEU": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:",
    "chrF++": "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:",
    "TER": "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:",
}


def texts(seed, count):
    """Make references, and hypotheses in which some words are others, missing or elsewhere."""
    rng = random.Random(seed)
    references = [" ".join(rng.choices(WORDS, k=rng.randint(3, 20))) for _ in range(count)]
    hypotheses = []
    for reference in references:
        words = [rng.choice(WORDS) if rng.random() < 0.2 else word for word in reference.split()]
        turn = rng.randrange(len(words))
        hypotheses.append(" ".join((words[turn:] + words[:turn])[: rng.randint(2, 20)]))
    return hypotheses, references


@pytest.mark.parametrize(
    ("hypotheses", "references", "bleu", "ter"),
    [
        (["The council met in May."], ["The council met in May."], 100.0, 0.0),
        (["", ""], ["The council met.", "In May."], 0.0, 100.0),
        (["something"], [""], 0.0, 100.0),
        (["", "The council met in May."], ["", "The council met in May."], 100.0, 0.0),
        (["The council met in May.", "And again."], ["The council met in May.", ""], None, 40.0),
        (["The council met in May.", ""], ["The council met in May.", "It agreed."], None, 200 / 7),
        (["in May the council met"], ["the council met in May"], None, 20.0),
        (["Réunion à Bruxelles – « oui »", "1,234.5 men"], ["Meeting in Brussels – “yes”", "1,234.5 men"], None, None),
        (*texts(1, 40), None, None),
    ],
)
def test_values_are_those_of_sacrebleu(hypotheses, references, bleu, ter):
    scores = {one.name: one for one in score(hypotheses, references, bootstrap=0)}
    assert tuple(scores) == METRICS
    assert scores["BLEU"].value == corpus_bleu(hypotheses, [references]).score
    assert scores["chrF++"].value == corpus_chrf(hypotheses, [references], word_order=2).score
    assert scores["TER"].value == corpus_ter(hypotheses, [references]).score
    assert bleu is None or scores["BLEU"].value == pytest.approx(bleu)
    assert ter is None or scores["TER"].value == pytest.approx(ter)
    for name, one in scores.items():
        assert one.signature.startswith(SIGNATURES[name])
        assert (one.low, one.high) == (None, None)


@pytest.mark.parametrize("seed", [12345, 7])
def test_intervals_are_those_of_sacrebleu(seed, monkeypatch):
    """sacreBLEU tells the interval's half width only, and takes its seed from the environment."""
    monkeypatch.setenv("SACREBLEU_SEED", str(seed))
    hypotheses, references = texts(2, 37)
    for one, metric in zip(score(hypotheses, references, seed=seed), (BLEU(), CHRF(word_order=2), TER()), strict=True):
        theirs = metric.corpus_score(hypotheses, [references], n_bootstrap=1000)
        assert one.value == theirs.score
        assert one.signature == str(metric.get_signature())
        assert f"bs:1000|seed:{seed}" in one.signature
        assert (one.high - one.low) / 2 == pytest.approx(theirs._ci)
        assert one.low < one.value < one.high


def test_scores_are_the_same_again_whatever_was_scored_between():
    first = score(*texts(3, 20), bootstrap=200)
    score(*texts(4, 20), bootstrap=0, seed=1)
    assert score(*texts(3, 20), bootstrap=200) == first
    other = score(*texts(3, 20), bootstrap=200, seed=1)
    assert [one.value for one in other] == [one.value for one in first]
    assert all(one.low != another.low for one, another in zip(first, other, strict=True))


def test_no_segments_have_no_scores():
    assert score([], []) == ()


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="2 hypotheses cannot be scored against 1 references"):
        score(["a", "b"], ["a"])


def test_missing_and_added_sentences_count():
    hypotheses = ["The council met.", "It was in May.", "So they say."]
    references = ["The council met in May.", "Nobody knew why."]
    links = (Link((0, 1), (0,), 0.8), Link((2,), (), 0.0), Link((), (1,), 0.0))
    said, meant = joined(hypotheses, references, links)
    assert said == ["The council met. It was in May.", "So they say.", ""]
    assert meant == ["The council met in May.", "", "Nobody knew why."]
    linked = [links[0]]
    everything, without_nulls = score(said, meant), score(*joined(hypotheses, references, linked))
    assert everything[2].value > without_nulls[2].value
    assert joined(hypotheses, references, ()) == ([], [])


def test_terms_count_by_occurrence():
    assert term_accuracy(4, 5) == Score("terms", 80.0, "count:occurrences|satisfied:4|of:5")
    assert term_accuracy(0, 1).value == 0.0
    with pytest.raises(ValueError, match="no terms"):
        term_accuracy(0, 0)
