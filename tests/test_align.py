"""Alignment: the best links by brute force, probabilities by their definition, and known perturbations undone."""

import itertools
import math
import random
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.align import LINK_TYPES, Agreement, align, linked_bitext, score_alignment
from aligner.align.corridor import _supported, chain, corridor
from aligner.align.links import counted
from aligner.formats import links as ladder
from aligner.formats.text import rebuild
from aligner.model import Link
from aligner.readers import document_from_text
from aligner.segment import segment
from aligner.similarity import LEXICAL, PIVOT, Evidence, Lengths

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


@pytest.mark.parametrize(("noise", "floor"), [(0.0, 0.99), (0.2, 0.985), (0.4, 0.975)])
def test_perturbations_are_undone(noise, floor):
    """Strict, nulls included, over five texts."""
    found, gold = set(), set()
    for seed in range(5):
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
        ([""], [""], [((0,), (0,))]),
        (["The sun rose and the birds sang."], ["The sun rose.", "The birds sang."], [((0,), (0, 1))]),
        (SOURCE, TARGET, [((0,), (0,)), ((1, 2), (1,)), ((3,), (2,))]),
        (
            ["Overview", "The mission ends in May.", "It began in 2004."],
            ["Overview", "It began in 2004."],
            [((0,), (0,)), ((1,), ()), ((2,), (1,))],
        ),
        # A navigation line that one side lacks stays alone, short as it is.
        (
            ["The ministers met in Oslo on Tuesday.", "Top of page", "They talked about the budget for a whole day."],
            ["On Tuesday the ministers met in Oslo.", "For a whole day they talked about the budget."],
            [((0,), (0,)), ((1,), ()), ((2,), (1,))],
        ),
    ],
)
def test_small_texts(source, target, expected):
    assert [(link.source, link.target) for link in align(source, target, PIVOT)] == expected


@pytest.mark.parametrize("lengths", [(1, 1500), (1500, 1)])
def test_lopsided_texts_are_mostly_nulls(lengths):
    source, target = ([text] * length for text, length in zip(("Yes.", "No."), lengths, strict=True))
    assert sum(not (link.source and link.target) for link in align(source, target, PIVOT)) >= 1495


@given(TEXTS, TEXTS)
def test_every_segment_is_in_one_link_in_order(source, target):
    links = align(source, target, PIVOT)
    assert [i for link in links for i in link.source] == list(range(len(source)))
    assert [j for link in links for j in link.target] == list(range(len(target)))
    assert all(0 <= link.score <= 1 for link in links)
    kinds = {(kind.source, kind.target) for kind in LINK_TYPES}
    assert all((len(link.source), len(link.target)) in kinds for link in links)


def lottery(seed):
    """Evidence that is drawn by lot, the same for the same link."""

    def draw(segments, size, stop):
        return random.Random(f"{seed} {segments} {size} {stop}").uniform(-8, 8)

    def spans(segments, size, stops):
        return np.array([draw(segments, size, stop) for stop in stops])

    return draw, lambda source, target: Evidence(spans)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10**6))
def test_the_links_are_the_best_there_are_and_as_probable_as_they_say(rows, columns, seed):
    draw, scorer = lottery(seed)

    def gain(i, j, kind):
        m, n, prior = kind
        return prior + (draw(range(i - m, i), n, j) if m and n else 0.0)

    def steps(i, j):
        return ((i - m, j - n, gain(i, j, kind)) for kind in LINK_TYPES for m, n, _ in [kind] if m <= i and n <= j)

    @lru_cache
    def best(i, j):
        return max((best(a, b) + value for a, b, value in steps(i, j)), default=0.0)

    @lru_cache
    def every(i, j):
        """Sum the probabilities of all paths to a cell."""
        return sum(every(a, b) * math.exp(value) for a, b, value in steps(i, j)) if i or j else 1.0

    @lru_cache
    def rest(i, j):
        """Sum the probabilities of all paths from a cell to the end."""
        if (i, j) == (rows, columns):
            return 1.0
        ahead = [(i + kind.source, j + kind.target, kind) for kind in LINK_TYPES]
        return sum(math.exp(gain(a, b, k)) * rest(a, b) for a, b, k in ahead if a <= rows and b <= columns)

    kinds = {(kind.source, kind.target): kind for kind in LINK_TYPES}
    total, i, j = 0.0, 0, 0
    for link in align(["s"] * rows, ["t"] * columns, scorer):
        a, b, kind = i, j, kinds[len(link.source), len(link.target)]
        i, j = i + kind.source, j + kind.target
        total += gain(i, j, kind)
        if link.source and link.target:
            probability = every(a, b) * math.exp(gain(i, j, kind)) * rest(i, j) / every(rows, columns)
            assert link.score == pytest.approx(probability, abs=1e-4)
    assert total == pytest.approx(best(rows, columns))


def test_types_of_links_are_as_probable_as_they_are_found():
    def probable(links):
        return {(kind.source, kind.target): math.exp(kind.prior) for kind in counted(links)}

    before = probable([])
    assert before == pytest.approx({(kind.source, kind.target): math.exp(kind.prior) for kind in LINK_TYPES})
    merged = probable([Link((2 * k, 2 * k + 1), (k,), 0.9) for k in range(100)])
    assert merged[2, 1] == merged[1, 2] > 2 * before[2, 1]
    assert merged[1, 0] < before[1, 0]
    # A passage that was left out is one omission; sentences here and there are many.
    links = [Link((k,), (k,), 0.9) for k in range(500)]
    passage = probable([*links, *(Link((k,), (), 0.0) for k in range(500, 600)), *links])
    scattered = probable([one for k, link in enumerate(links) for one in (link, Link((k,), (), 0.0))])
    assert passage[1, 0] < before[1, 0] < scattered[1, 0]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 5)), max_size=9))
def test_the_chain_is_the_heaviest(cells):
    def rises(some):
        return all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(some))

    ordered = sorted(set(cells))
    chains = [some for size in range(len(ordered) + 1) for some in itertools.combinations(ordered, size) if rises(some)]
    weights = [sum(weight for _, _, weight in some) for some in chains]
    columns = [np.array(column, dtype=np.int64) for column in zip(*ordered, strict=True)] or [np.zeros(0, np.int64)] * 3
    heaviest = [
        [(i, j) for i, j, _ in some] for some, weight in zip(chains, weights, strict=True) if weight == max(weights)
    ]
    assert chain(columns[0], columns[1], columns[2].astype(float)) in map(_supported, heaviest)


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=6),
    st.integers(1, 3000),
    st.integers(1, 3000),
)
def test_a_corridor_can_be_walked(anchors, rows, columns):
    inside = sorted({(i, j) for i, j in anchors if i < rows and j < columns})
    rising = [inside[k] for k in range(len(inside)) if all(inside[k][1] > other[1] for other in inside[:k])]
    found = corridor(rising, rows, columns)
    assert found[0].start == 0
    assert found[-1].stop == columns + 1
    assert all(a.start <= b.start < a.stop <= b.stop for a, b in itertools.pairwise(found))
    assert all(j in found[i] for i, j in rising)


@pytest.mark.parametrize("omitted", [range(200, 400), range(200), range(400, 600)])
def test_an_omitted_passage_is_found(omitted):
    source, target, links = perturbed(random.Random(1), 600, 0.2)
    cut = [text for j, text in enumerate(target) if j not in omitted]
    found = align(source, cut, PIVOT)
    places = [j for j in range(len(target)) if j not in omitted]
    right = {(link.source, tuple(places[j] for j in link.target)) for link in found}
    whole = {(s, t) for s, t in links if s and t and not set(t) & set(omitted)}
    assert len(whole & right) / len(whole) >= 0.97


def test_agreement_counts_as_vecalign_does():
    gold = [Link((0,), (0,), 1), Link((1,), (1, 2), 1), Link((2,), (), 1), Link((3,), (3,), 1)]
    found = [Link((0,), (0,), 1), Link((1,), (1,), 1), Link((), (2,), 1), Link((2,), (), 1), Link((3,), (), 1)]
    agreement = score_alignment(gold, found)
    # Links with an empty side count for precision alone: right are 0-0 and the null, lax 1-1 too.
    assert agreement == Agreement(5, 2, 3, 3, 1, 2)
    assert agreement.strict == pytest.approx((2 / 5, 1 / 3, 2 * (2 / 5) * (1 / 3) / (2 / 5 + 1 / 3)))
    assert agreement + agreement == Agreement(10, 4, 6, 6, 2, 4)


LINKS = st.builds(
    Link,
    st.lists(st.integers(0, 10**6), max_size=5).map(tuple),
    st.lists(st.integers(0, 10**6), max_size=5).map(tuple),
    st.floats(0, 1),
)


@given(st.lists(LINKS).map(tuple))
def test_links_read_back_as_they_were_written(links):
    assert ladder.read(ladder.write(links)) == links


def test_links_span_blocks_and_stand_alone():
    document = document_from_text("Un titre\n\nLa première phrase. La deuxième.\n\nUne autre. Encore une.\n", "d")
    segments = segment(document)
    assert len(segments) == 5
    links = [
        Link((), (0,), 0.0),
        Link((0,), (1,), 0.9),
        Link((1,), (), 0.0),
        Link((2, 3), (2,), 0.3),
        Link((4,), (3, 4), 0.8),
        Link((), (5,), 0.0),
    ]
    bitext = linked_bitext(document, segments, [f"T{j}." for j in range(6)], links)
    text = bitext.document.text
    assert [pair.target for pair in bitext.pairs] == ["T0.", "T1.", "", "T2.", "T3. T4.", "T5."]
    assert [pair.source.line for pair in bitext.pairs][3] == "La deuxième.  Une autre."
    assert all(text[pair.source.start : pair.source.end] == pair.source.text for pair in bitext.pairs)
    assert all(pair.source.block in bitext.document.blocks for pair in bitext.pairs)
    assert len(bitext.document.blocks) == 2
    assert [bool(pair.issues) for pair in bitext.pairs] == [True, False, True, True, False, True]


@pytest.mark.parametrize(("scorer", "floor"), [(LEXICAL, 0.84), (Lengths(), 0.68)], ids=["lexical", "length"])
def test_yearbooks_are_aligned(scorer, floor):
    """Strict F1 over the German-French development set."""
    folder = Path(__file__).parents[2] / "shared/eval/align/vecalign_bleualign_de-fr"
    if not folder.exists():
        pytest.skip("the evaluation sets are not beside the project")
    pooled = Agreement()
    for gold in sorted(folder.glob("*.defr")):
        source, target = (gold.with_suffix(end).read_text(encoding="utf-8").split("\n")[:-1] for end in (".de", ".fr"))
        pooled += score_alignment(ladder.read(gold.read_bytes()), align(source, target, scorer))
    assert pooled.strict[2] >= floor


def test_a_sentence_that_only_the_target_has_stands_apart_in_the_rebuilt_text():
    document = document_from_text("Un pont.\n\nDeux ponts.", "bridges")
    links = (Link((0,), (0,), 0.9), Link((), (1,), 0.0), Link((1,), (2,), 0.9))
    bitext = linked_bitext(document, segment(document), ("A bridge.", "Of stone.", "Two bridges."), links)
    assert rebuild(bitext) == "A bridge. Of stone.\n\nTwo bridges."
