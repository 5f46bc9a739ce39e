"""Alignment: the best links by brute force, scores by their definition, and known perturbations undone."""

import math
import random
import re
from collections import Counter
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.align import LENGTH_POWER, LINK_TYPES, SKIP, align
from aligner.model import Link
from aligner.similarity import PIVOT, CharacterNgrams, Lengths

FUNCTION_WORDS = (
    "the of and to in a is that for on with as was by at from it has be this are not which its will".split()
)
CONTENT_WORDS = """
alliance ministers agreed meeting council summit forces deployed mission training exercise partner countries security
treaty signed defence budget planning capability air sea land border crisis response operation headquarters command
general secretary ambassador president parliament election government reform police army officers soldiers engineers
aircraft ships vehicles helicopter radar network cyber attack threat terrorism weapons nuclear missile disarmament
verification inspection talks dialogue cooperation agreement declaration statement speech interview visit delegation
earthquake flood relief supplies transport airport bridge road hospital medical fuel energy pipeline industry research
science technology laboratory university students journalists press website broadcast anniversary ceremony flag
history winter spring northern southern eastern western mountains valley river coast island capital province district
village families refugees women children peace stability democracy law court justice corruption drugs trafficking
support assistance contribution fund money programme project centre school course language translation report
""".split()
SOURCE = ["The council met.", "It agreed on a budget,", "and on a plan for the year.", "Nobody was there."]
TARGET = ["The council has met.", "It agreed on the budget and a plan for the whole year.", "Nobody had been there."]
TEXTS = st.lists(st.text(alphabet="ab é.*-1", max_size=12), max_size=9)


def sentences(rng, count):
    """Make sentences of plausible lengths and word frequencies; every third word is a function word or so."""
    weights = [1 / (rank + 3) for rank in range(len(CONTENT_WORDS))]
    vocabulary = rng.sample(CONTENT_WORDS, len(CONTENT_WORDS))
    made = []
    for _ in range(count):
        length = max(3, round(rng.lognormvariate(2.6, 0.5)))
        content = rng.choices(vocabulary, weights, k=length)
        words = [rng.choice(FUNCTION_WORDS) if rng.random() < 0.4 else word for word in content]
        made.append(" ".join(words).capitalize() + ".")
    return made


def perturbed(rng, count, noise):
    """Make a text, another version of it in which a share of the words are others, and the links between the two."""

    def noisy(text):
        return " ".join(
            rng.choice(CONTENT_WORDS + FUNCTION_WORDS) if rng.random() < noise else word for word in text.split()
        )

    source, target, links = [], [], set()
    texts = iter(sentences(rng, 3 * count))
    while len(source) < count:
        kind = rng.choices(["1-1", "2-1", "1-2", "3-1", "2-2", "1-0", "0-1"], [70, 8, 8, 2, 3, 4, 4])[0]
        taken, given = int(kind[0]), int(kind[2])
        mine = [next(texts) for _ in range(max(taken, 1))]
        words = noisy(" ".join(mine)).split()
        middle = max(1, round(len(words) * rng.uniform(0.3, 0.7)))
        theirs = {
            0: [],
            1: [" ".join(words)],
            2: [" ".join(words[:middle]), " ".join(words[middle:])],
        }[given]
        if kind == "2-2":
            theirs = [noisy(text) for text in reversed(mine)]
        mine = mine[:taken]
        links.add((span(source, mine), span(target, theirs)))
        source += mine
        target += theirs
    return source, target, links


def span(texts, more):
    return tuple(range(len(texts), len(texts) + len(more)))


def f1(found, gold):
    return 2 * len(found & gold) / (len(found) + len(gold))


@pytest.mark.parametrize(("noise", "floor"), [(0.0, 0.985), (0.2, 0.98), (0.4, 0.95)])
def test_perturbations_are_undone(noise, floor):
    """Strict, nulls included, over ten texts."""
    found, gold = set(), set()
    for seed in range(10):
        source, target, links = perturbed(random.Random(seed), 200, noise)
        found |= {(seed, link.source, link.target) for link in align(source, target, PIVOT)}
        gold |= {(seed, *link) for link in links}
    assert f1(found, gold) >= floor


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ([], [], []),
        (["One."], [], [((0,), ())]),
        ([], ["One.", "Two."], [((), (0,)), ((), (1,))]),
        (["One."], ["One."], [((0,), (0,))]),
        (["***"], ["***"], [((0,), (0,))]),
        (["The sun rose and the birds sang."], ["The sun rose.", "The birds sang."], [((0,), (0, 1))]),
        (["The sun rose.", "The birds sang."], ["The birds sang.", "The sun rose."], [((0, 1), (0, 1))]),
        (
            ["Overview", "The mission ends in May.", "It began in 2004."],
            ["Overview", "It began in 2004."],
            [((0,), (0,)), ((1,), ()), ((2,), (1,))],
        ),
        # A heading and a navigation line that one side lacks stay alone, short as they are.
        (
            ["The ministers met in Oslo on Tuesday.", "Top of page", "They talked about the budget for a whole day."],
            ["On Tuesday the ministers met in Oslo.", "For a whole day they talked about the budget."],
            [((0,), (0,)), ((1,), ()), ((2,), (1,))],
        ),
    ],
)
def test_small_texts(source, target, expected):
    assert [(link.source, link.target) for link in align(source, target, PIVOT)] == expected


@pytest.mark.parametrize("lengths", [(1, 5000), (5000, 1)])
def test_lopsided_texts_are_mostly_nulls(lengths):
    source, target = ([text] * length for text, length in zip(("Yes.", "No."), lengths, strict=True))
    assert sum(not (link.source and link.target) for link in align(source, target, PIVOT)) >= 4995


@given(TEXTS, TEXTS, st.integers(1, 10))
def test_every_segment_is_in_one_link_in_order(source, target, band):
    links = align(source, target, PIVOT, band=band)
    assert [i for link in links for i in link.source] == list(range(len(source)))
    assert [j for link in links for j in link.target] == list(range(len(target)))
    assert all(0 <= link.score <= 1 for link in links)
    kinds = {(kind.source, kind.target) for kind in LINK_TYPES}
    assert all((len(link.source), len(link.target)) in kinds for link in links)


LENGTHS = st.lists(st.integers(0, 40), min_size=1, max_size=6)


@given(LENGTHS, LENGTHS, st.integers(0, 10**6))
def test_the_links_are_the_best_there_are(rows, columns, seed):
    def scorer(source, target):
        def spans(segments, size, stops):
            return np.array([random.Random(f"{seed} {segments} {size} {stop}").random() for stop in stops])

        return spans

    def weights(lengths):
        longer = [length + 1 for length in lengths]
        return [(length * len(longer) / sum(longer)) ** LENGTH_POWER for length in longer]

    def gain(source, target, penalty):
        if not source or not target:
            return 0.0
        score = scorer(None, None)(source, len(target), range(target.stop, target.stop + 1))[0]
        weight = sum(near[i] for i in source) + sum(far[j] for j in target)
        return weight / 2 * (score - SKIP) - penalty

    @lru_cache
    def best(i, j):
        if i == j == 0:
            return 0.0
        return max(
            best(i - m, j - n) + gain(range(i - m, i), range(j - n, j), penalty)
            for m, n, penalty in LINK_TYPES
            if m <= i and n <= j
        )

    near, far = weights(rows), weights(columns)
    penalties = {(m, n): penalty for m, n, penalty in LINK_TYPES}
    total, i, j = 0.0, 0, 0
    for link in align(["s" * length for length in rows], ["t" * length for length in columns], scorer):
        m, n = len(link.source), len(link.target)
        total += gain(range(i, i + m), range(j, j + n), penalties[m, n])
        i, j = i + m, j + n
    assert total == pytest.approx(best(len(rows), len(columns)))


@pytest.mark.parametrize("omitted", [0, 60, 120])
@pytest.mark.parametrize("band", [10, 40])
def test_a_narrow_band_widens_to_the_same_links(omitted, band):
    source, target, _ = perturbed(random.Random(1), 200, 0.2)
    assert align(source, target[omitted:], PIVOT, band=band) == align(source, target[omitted:], PIVOT)


def test_links_have_the_score_of_their_texts_together():
    spans = PIVOT(SOURCE, TARGET)
    assert align(SOURCE, TARGET, PIVOT) == (
        Link((0,), (0,), round(float(spans(range(1), 1, range(1, 2))[0]), 4)),
        Link((1, 2), (1,), round(float(spans(range(1, 3), 1, range(2, 3))[0]), 4)),
        Link((3,), (2,), round(float(spans(range(3, 4), 1, range(3, 4))[0]), 4)),
    )


def test_ngrams_score_the_cosine_of_joined_texts_less_what_all_have_in_common():
    def counts(texts):
        words = [f" {word} " for text in texts for word in re.findall(r"\w+|[.,]", text.lower())]
        inner = (word[k : k + 4] for word in words if len(word) > 4 for k in range(len(word) - 3))
        return Counter([*words, *inner])

    every = [counts([text]) for text in SOURCE + TARGET]
    grams = sorted(set().union(*every))
    idf = np.array([math.log(1 + len(every) / sum(gram in one for one in every)) for gram in grams])
    vector = lambda texts: idf * np.array([counts(texts)[gram] for gram in grams])  # noqa: E731
    mean = vector(SOURCE + TARGET)
    mean *= math.sqrt(1 - 1 / min(len(SOURCE), len(TARGET))) / np.linalg.norm(mean)
    dot = lambda a, b: a @ b - (a @ mean) * (b @ mean)  # noqa: E731
    spans = CharacterNgrams()(SOURCE, TARGET)
    for segments in (range(1), range(1, 3), range(4)):
        for size in (1, 2, 3):
            for stop in range(size, len(TARGET) + 1):
                a = vector(SOURCE[segments.start : segments.stop])
                b = vector(TARGET[stop - size : stop])
                expected = max(0.0, dot(a, b) / math.sqrt(dot(a, a) * dot(b, b)))
                assert spans(segments, size, range(stop, stop + 1))[0] == pytest.approx(expected)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_unrelated_texts_share_nothing_however_long(size):
    rng = random.Random(4)
    source, target = sentences(rng, 200), sentences(rng, 200)
    spans = CharacterNgrams()(source, target)
    scores = [spans(range(i, i + size), size, range(size, 201)) for i in range(200 - size)]
    assert np.median(scores) < 0.01
    assert np.quantile(scores, 0.95) < 0.2


def test_lengths_score_by_the_ratio_of_the_whole_texts():
    spans = Lengths()(["a" * 10, "a" * 30], ["b" * 12, "b" * 36, ""])
    single = spans(range(1), 1, range(1, 4))
    assert single[0] == pytest.approx(1.0)
    assert single[0] > single[1] > 0
    assert single[2] < 1
    assert spans(range(2), 2, range(2, 3))[0] == pytest.approx(1.0)
