"""Scorers: what they count, by their definitions and on texts that leave no doubt."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from aligner.align import align
from aligner.errors import ModelError
from aligner.model import Link
from aligner.similarity import (
    LEXICAL,
    Embeddings,
    Layout,
    Lengths,
    Sentences,
    Sum,
    Words,
    by_words,
    in_blocks,
    load_encoder,
    related,
)
from aligner.similarity.chance import CHANCE, chances
from aligner.similarity.lexicon import cognates, learn
from aligner.similarity.sparse import picked, table

#: Words of one invented language for those of another, none of them alike.
CODE = dict(zip("abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", strict=True))


def coded(text):
    return "".join(CODE.get(letter, letter) for letter in text)


def dense(one):
    full = np.zeros((one.height, one.width))
    full[one.rows, one.columns] = one.values
    return full


def test_tables_multiply_and_turn_as_matrices_do():
    rng = np.random.default_rng(0)
    first, second = (rng.integers(0, 3, shape).astype(float) for shape in ((4, 5), (5, 3)))
    a, b = (table(*np.nonzero(one), one[np.nonzero(one)], one.shape) for one in (first, second))
    assert (dense(a.times(b)) == first @ second).all()
    assert (dense(a.transposed()) == first.T).all()
    assert (a.sums() == first.sum(1)).all()


@pytest.mark.parametrize("height", [0, 1, 999, 1000, 2500])
def test_tables_of_many_rows_multiply_too(height):
    rng = np.random.default_rng(0)
    first, second = (rng.integers(0, 3, shape).astype(float) for shape in ((height, 3), (3, 2)))
    a, b = (table(*np.nonzero(one), one[np.nonzero(one)], one.shape) for one in (first, second))
    assert (dense(a.times(b)) == first @ second).all()
    rows = np.arange(height)[::-3]
    assert (dense(picked(a, rows)) == first[rows]).all()


def test_cognates():
    found = dense(cognates(["otan", "été", "nation", "chat"], ["nation", "national", "ete", "cat", "otan"]))
    assert found.argmax(1).tolist()[:3] == [4, 2, 0]
    assert found.max(1).tolist() == [1, 1, 1, 0]


def test_a_lexicon_is_learnt_from_links():
    source, target = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]] * 9), np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]] * 9)
    sides = (table(*np.nonzero(one), one[np.nonzero(one)].astype(float), one.shape) for one in (source, target))
    there, back = (dense(one) for one in learn(*sides))
    assert (there.argmax(1) == [0, 1, 2]).all()
    assert (np.diag(there) > 0.6).all()
    assert (there.sum(1) <= 1).all()
    assert there == pytest.approx(back)


def test_lengths_are_best_when_they_are_as_expected():
    spans = Lengths()(["a" * 40, "a" * 120], ["b" * 50, "b" * 150, ""]).spans
    single = spans(range(1), 1, range(1, 4))
    assert single[0] == pytest.approx(0.0)
    assert 0 > single[1] > -Lengths().worst
    assert single[2] < -1
    assert spans(range(2), 2, range(2, 3))[0] == pytest.approx(0.0)


def linked(sizes):
    """Links from one segment to one each; both texts have a segment of each size."""
    return [Link((i,), (i,), 1.0) for i in range(len(sizes))]


def test_lengths_that_agree_closely_weigh_more_once_that_is_known():
    close = [20 + 7 * k % 90 for k in range(60)]
    source = ["a" * size for size in close]
    free = ["a" * (size + (15 if k % 2 else -15)) for k, size in enumerate(close)]
    narrow, wide = (Lengths()(source, target) for target in (source, free))
    assert narrow.spans(range(1), 1, range(2, 3)) == pytest.approx(wide.spans(range(1), 1, range(2, 3)), abs=4)
    for _ in range(2):
        narrow, wide = (one.learnt(linked(close)) for one in (narrow, wide))
    off = slice(3, 4)
    assert (
        narrow.spans(range(1), 1, range(1, 61))[off] < Lengths()(source, source).spans(range(1), 1, range(1, 61))[off]
    )
    assert wide.spans(range(1), 1, range(1, 61))[off] > narrow.spans(range(1), 1, range(1, 61))[off]


def test_blocks_that_begin_together_speak_for_links():
    opened = ("heading", "paragraph", "", "") * 10
    texts = ["x"] * 40
    unknown = Layout(opened, opened)(texts, texts)
    assert not unknown.spans(range(1), 1, range(1, 41)).any()
    spans = unknown.learnt([Link((i,), (i,), 0.9) for i in range(40)]).spans
    odds = spans(range(4, 5), 1, range(5, 9))
    assert odds[0] > 0 > max(odds[1:])
    # Links that keep inside a block show that none goes on into another.
    pairs = [Link(pair, pair, 0.9) for k in range(2, 40, 4) for pair in ((k, k + 1),)]
    spans = unknown.learnt([*pairs, *(Link((k,), (k,), 0.9) for k in range(40) if k % 4 < 2)]).spans
    inside, across = (spans(range(2, end), 1, range(3, 4))[0] for end in (4, 5))
    assert inside == spans(range(2, 3), 1, range(3, 4))[0] > across + 0.5
    # Layouts that have nothing to do with each other say next to nothing.
    other = [Link((i,), ((7 * i) % 40,), 0.9) for i in range(40)]
    shuffled = Layout(("paragraph", "") * 20, ("paragraph", "paragraph", "", "") * 10)(texts, texts).learnt(other)
    assert abs(shuffled.spans(range(1), 1, range(1, 41))).max() < 0.5


def test_paragraphs_settle_what_lengths_leave_open():
    """The same sentence again and again: only where paragraphs begin says which was left out."""
    source = ["It rained."] * 120
    opened = tuple("paragraph" if k % 3 == 0 else "" for k in range(120))
    gone = 60
    kept = [k for k in range(120) if k != gone]
    links = align(source, ["Il pleuvait."] * 119, in_blocks(Lengths(), opened, [opened[k] for k in kept]))
    apart = [link for link in links if len(link.source) != len(link.target)]
    assert len(apart) == 1
    assert set(apart[0].source) <= {gone - 1, gone, gone + 1}


def sentences(count, rng):
    """Sentences of two to twelve words, with no word in common but by chance."""
    letters = "abcdefghijklmnop"
    words = ["".join(rng.choice(list(letters), 6)) for _ in range(400)]
    return [f"{' '.join(rng.choice(words, rng.integers(2, 13))).capitalize()}." for _ in range(count)]


def cut(texts, every):
    """Cut every so manieth text in two, and give the links from the whole texts to these."""
    pieces, links = [], []
    for i, text in enumerate(texts):
        words = text.split()
        parts = [" ".join(words[:1]), " ".join(words[1:])] if i % every == 0 else [text]
        links.append(Link((i,), tuple(range(len(pieces), len(pieces) + len(parts))), 0.9))
        pieces += parts
    return pieces, links


def test_numbers_of_sentences_tell_a_cut_sentence_from_two():
    source = sentences(90, np.random.default_rng(5))
    target, links = cut(source, 3)
    evidence = Sentences()(source, target)
    assert not evidence.spans(range(1), 2, range(2, 50)).any()
    spans = evidence.learnt(links).spans
    odds = spans(range(1), 2, range(2, 6))
    assert odds[0] > 1  # the first sentence, with both its halves
    assert max(odds[1:3]) < -1  # half a sentence and a whole one, and two whole ones
    odds = Sentences()(target, source).learnt([Link(x.target, x.source, 0.9) for x in links]).spans
    assert odds(range(2), 1, range(1, 2))[0] > 1 > -1 > odds(range(1, 3), 1, range(1, 2))[0]


def test_numbers_of_sentences_say_nothing_where_each_segment_is_one():
    source = sentences(90, np.random.default_rng(6))
    pairs = [Link((i,), (i, i + 1), 0.9) if i % 9 == 0 else Link((i,), (i,), 0.9) for i in range(80)]
    spans = Sentences()(source, source).learnt(pairs).spans
    assert max(abs(spans(range(1), size, range(size, 91))).max() for size in (1, 2, 3)) < 0.1
    for texts in ([""], ["", "a"], ["no capital. none", "at all"] * 9):
        learnt = Sentences()(texts, texts).learnt([Link((0,), (0,), 0.9)])
        assert np.isfinite(learnt.spans(range(1), 1, range(1, len(texts) + 1))).all()


def test_a_stranger_beside_a_sentence_is_left_alone():
    """Lines are cut anywhere, and titles stand among them that the source lacks: they end as they begin."""
    source = sentences(120, np.random.default_rng(7))
    target, wanted = [], set()
    for i, text in enumerate(source):
        words = text.split()
        parts = [" ".join(words[:3]), " ".join(words[3:])] if i % 4 == 0 and len(words) > 5 else [text]
        wanted.add(((i,), tuple(range(len(target), len(target) + len(parts)))))
        target += parts
        if i % 10 == 5:
            target.append("Titulus.")
    right = {
        known: len(wanted & {(x.source, x.target) for x in align(source, target, scorer)}) / len(wanted)
        for known, scorer in ((False, Sum(((Words(), 0.4), (Lengths(), 1.0)))), (True, LEXICAL))
    }
    assert right[True] > max(0.97, right[False])


def test_a_free_translation_has_more_words_by_chance():
    rng = np.random.default_rng(4)
    words = rng.integers(0, 150, (400, 8))

    def sides(noise):
        free = np.where(rng.random(words.shape) < noise, rng.integers(0, 150, words.shape), words)
        rows = np.repeat(np.arange(400), 8)
        return tuple(table(rows, side.ravel(), np.ones(3200), (400, 150)) for side in (words, free))

    blank = table(*np.zeros((2, 0), np.int64), np.zeros(0), (150, 150))
    even = np.full(150, 1 / 150)
    close, free, freer = (chances(sides(noise), (blank, blank), (even, even)) for noise in (0.0, 0.5, 0.8))
    assert max(close) < min(free) < max(free) < min(freer)
    # What is there again and again says no more than what is there once.
    again = tuple(picked(side, np.repeat(np.arange(400), 2)) for side in sides(0.5))
    assert chances(again, (blank, blank), (even, even)) == [CHANCE, CHANCE]
    few = tuple(picked(side, np.arange(15)) for side in sides(0.5))
    assert chances(few, (blank, blank), (even, even)) == [CHANCE, CHANCE]


def test_forms_of_terms_speak_for_a_link():
    source, target = ["La FIAS arrive.", "Le soir tombe."], ["Night falls.", "ISAF arrives."]

    def evidence(forms):
        return Words(forms=forms)(source, target).spans(range(1), 1, range(1, 3))

    assert evidence({"FIAS": "ISAF"})[1] > evidence({})[1]
    assert evidence({"FIAS": "ISAF"})[1] > evidence({"FIAS": "ISAF"})[0]


def test_a_draft_speaks_for_a_link():
    source, target = ["x y z", "u v w"], ["the cat sat", "a dog ran"]
    spans = Words(lambda texts: ["the cat sat", "a dog ran"])(source, target).spans
    assert spans(range(1), 1, range(1, 3))[0] > 0 > spans(range(1), 1, range(1, 3))[1]


def test_a_draft_of_the_target_speaks_for_a_link():
    source, target = ["le chat dort", "un chien court"], ["x y z", "u v w"]
    spans = Words(back=lambda texts: ["le chat dort", "un chien court"])(source, target).spans
    assert spans(range(1), 1, range(1, 3))[0] > 0 > spans(range(1), 1, range(1, 3))[1]


def test_a_sum_weighs_its_parts():
    texts = ["One two."], ["One two three."]
    one, other = (scorer(*texts).spans(range(1), 1, range(1, 2)) for scorer in (Words(), Lengths()))
    assert Sum(((Words(), 0.5), (Lengths(), 2.0)))(*texts).spans(range(1), 1, range(1, 2)) == 0.5 * one + 2 * other


def test_unrelated_texts_are_told():
    rng = np.random.default_rng(1)
    names = ["".join(chr(97 + k) for k in rng.integers(0, 26, 7)) for _ in range(200)]
    source = [" ".join(rng.choice(names[:100], 8)) for _ in range(40)]
    links = [Link((i,), (i,), 1.0) for i in range(40)]
    assert related(source, [f"said {text} there" for text in source], links)
    assert not related(source, [" ".join(rng.choice(names[100:], 8)) for _ in range(40)], links)
    assert related(source[:5], names[:5], links[:5])


def test_a_text_without_like_words_is_aligned_by_what_is_learnt():
    """Every word is another; length alone is right at first, and then the words are."""
    rng = np.random.default_rng(2)
    words = ["".join(chr(97 + k) for k in rng.integers(0, 26, 5)) for _ in range(120)]
    source = [" ".join(rng.choice(words, rng.integers(2, 20))) for _ in range(300)]
    target = [coded(text) for text in source]
    gone = {50, 51, 150}
    kept = [text for j, text in enumerate(target) if j not in gone]
    expected = {((i,), (j,)) for j, i in enumerate(i for i in range(300) if i not in gone)}
    found = {(link.source, link.target) for link in align(source, kept, LEXICAL)}
    assert len(expected & found) / len(expected) > 0.98


class FakeEncoder:
    """Encodes a text as how often it has each letter, read in either of two languages."""

    def encode(self, sentences):
        return np.array([[coded(text).count(c) + text.count(c) + 0.1 for c in CODE] for text in sentences])


def test_embeddings_align_what_they_embed_alike():
    source = ["jjj kkk", "lll mmm nnn", "aaa bbb", "ccc ddd eee"]
    target = ["qqq ppp", "ooo nnn mmm zzz yyy", "xxx www vvv"]
    links = align(source, target, Embeddings(FakeEncoder()))
    assert [(link.source, link.target) for link in links] == [((0,), (0,)), ((1, 2), (1,)), ((3,), (2,))]


def test_embeddings_compare_drafts():
    source, target = ["un deux trois", "quatre cinq"], ["abc abd", "xyz xyy"]
    drafts = {"un deux trois": "xyz xyy", "quatre cinq": "abc abd"}
    spans = Embeddings(Bag(), lambda texts: [drafts[text] for text in texts])(source, target).spans
    assert spans(range(1), 1, range(1, 3))[1] > 0 > spans(range(1), 1, range(1, 3))[0]


class Bag:
    """Encodes a text as how often it has each letter."""

    def encode(self, sentences):
        return np.array([[text.count(c) for c in CODE] for text in sentences], dtype=float)


@pytest.mark.parametrize(("package", "name"), [("sentence_transformers", "any"), ("wordllama", None)])
def test_a_missing_package_is_named_with_its_remedy(monkeypatch, package, name):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError, match=r"aligner\[embeddings\]"):
        load_encoder(name)


def packaged(folder):
    """Make a package that looks like wordllama: vectors of two dimensions for three words."""
    for name in ("weights", "tokenizers"):
        (folder / "wordllama" / name).mkdir(parents=True)
    (folder / "wordllama/__init__.py").write_text("raise ImportError('it is not to be imported')", encoding="utf-8")
    vectors = np.array([[0, 0], [1, 0], [0, 1]], dtype=np.float16)
    save_file({"embedding.weight": vectors}, folder / "wordllama/weights/l2_supercat_256.safetensors")
    tokenizer = Tokenizer(models.WordLevel({"?": 0, "east": 1, "north": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "wordllama/tokenizers/l2_supercat_tokenizer_config.json"))


def test_the_packaged_model_is_read_from_its_files(tmp_path, monkeypatch):
    packaged(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "wordllama", raising=False)
    found = load_encoder().encode(["east", "north east", "", "north ? ? ?"])
    assert found.tolist() == [[1, 0], [0.5, 0.5], [0, 0], [0, 0.25]]
    (tmp_path / "wordllama/weights/l2_supercat_256.safetensors").unlink()
    with pytest.raises(ModelError, match=r"l2_supercat_256.safetensors: .*pip install"):
        load_encoder()


@pytest.mark.skipif(find_spec("wordllama") is None, reason="wordllama is not installed")
def test_the_packaged_model_knows_what_words_are_alike():
    one, other, stranger = load_encoder().encode(
        ["The cat sat on the mat.", "A kitten was lying on a rug.", "Taxes rose in March."]
    )

    def cosine(first, second):
        return first @ second / np.linalg.norm(first) / np.linalg.norm(second)

    assert cosine(one, other) > 0.3 > cosine(one, stranger)


def test_learning_ends():
    evidence, rounds = by_words(Words(rounds=2))(["One two."], ["One two."]), 0
    while evidence.learnt is not None:
        evidence, rounds = evidence.learnt([Link((0,), (0,), 1.0)]), rounds + 1
        assert rounds < 9
    assert rounds == 2
