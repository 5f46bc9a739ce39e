"""Constrained search and forced decoding: that what must be said is said, and that both agree with the model itself.

Most tests use the tiny random model, whose attention means nothing, so that phrases may begin anywhere there.
"""

import json
import random
from collections.abc import Sequence
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import MarianMTModel

from aligner.engines import constrained, load
from aligner.engines.alignment import RECORD, alignment_heads, inside, token_spans
from aligner.engines.constrained import Phrase, Progress
from aligner.engines.protocol import Decoding
from aligner.engines.registry import DEFAULT_MODEL, MODELS
from aligner.engines.transformers_ import TransformersEngine
from aligner.errors import ModelError
from aligner.model import Constraint, Hypothesis

pytestmark = pytest.mark.usefixtures("one_thread")
SENTENCES = (Path(__file__).parent / "cases" / "french.txt").read_text(encoding="utf-8").splitlines()
ANYWHERE = Decoding(8, attention=0.0)
#: Short ones: of long ones the random model ends hardly any, or ends them at once.
SHORT = [sentence[:size] for sentence in SENTENCES for size in (8, 16)]


def load_engine(model: str | None = None, **options: Any) -> TransformersEngine:
    """Load an engine on transformers at once."""
    deferred = load.load_engine(model, engine="transformers", **options)
    assert isinstance(deferred, load.DeferredEngine)
    assert isinstance(deferred._engine, TransformersEngine)
    return deferred._engine


@pytest.fixture(scope="module")
def engine(tiny: Path) -> TransformersEngine:
    return load_engine(str(tiny), threads=1)


@pytest.fixture(scope="module")
def bundled() -> TransformersEngine:
    return load_engine(threads=1)


def _at(text: str, *asked: tuple[str, tuple[str, ...]]) -> tuple[Constraint, ...]:
    """Constraints by the words of the source that they are for."""
    return tuple(Constraint(text.index(words), text.index(words) + len(words), forms) for words, forms in asked)


def _searched(engine: TransformersEngine, asked: tuple[Constraint, ...]) -> list[tuple[int, ...]]:
    """What constrained searches find, in tokens; the random model may find nothing now and then."""
    phrases = [engine._phrases(text, asked) for text in SHORT]
    found = [search.tokens for search in engine._search(engine._tokens(SHORT), ANYWHERE, phrases) if search.tokens]
    assert len(found) >= len(SHORT) // 2
    return found


def _says(tokens: Sequence[int], form: Sequence[int]) -> list[int]:
    """Where tokens have a form."""
    return [at for at in range(len(tokens)) if tuple(tokens[at : at + len(form)]) == tuple(form)]


@pytest.mark.parametrize("forms", [("navires",), ("Le Conseil",), ("neige", "vallée"), ("présence sur le flanc",)])
def test_one_of_the_forms_is_said(forms: tuple[str, ...], engine: TransformersEngine):
    asked = (Constraint(0, 8, forms),)
    said = engine._phrases(SHORT[0], asked)[0].forms
    assert len(said) == len(forms)
    for tokens in _searched(engine, asked):
        ends = [at + len(form) for form in said for at in _says(tokens, form)]
        # At least once it is not the beginning of a longer word.
        assert any(tokens[end] not in engine._inner for end in ends)


def test_it_does_not_matter_which_of_the_forms_comes_first(engine: TransformersEngine):
    forms = ("pont", "navires", "neige")
    assert _searched(engine, (Constraint(0, 8, forms),)) == _searched(engine, (Constraint(0, 8, forms[::-1]),))


@pytest.mark.parametrize(
    "pair",
    [("navires", "neige"), ("Le pont", "Le Conseil"), ("mer", "mer"), ("le flanc", "le flanc oriental")],
    ids=["different", "same beginning", "the same", "one begins the other"],
)
def test_two_phrases_are_both_said(pair: tuple[str, str], engine: TransformersEngine):
    asked = (Constraint(0, 4, pair[:1]), Constraint(4, 8, pair[1:]))
    first, second = (phrase.forms[0] for phrase in engine._phrases(SHORT[0], asked))
    for tokens in _searched(engine, asked):
        places = [(one, other) for one in _says(tokens, first) for other in _says(tokens, second)]
        assert any(one + len(first) <= other or other + len(second) <= one for one, other in places)


def test_a_form_that_the_vocabulary_lacks_is_left_out(engine: TransformersEngine):
    text = SENTENCES[0]
    asked = _at(text, (text[:10], ("ΝΑΤΟ", "pont")))
    assert [len(phrase.forms) for phrase in engine._phrases(text, asked)] == [1]


def test_what_cannot_be_said_gives_nothing(engine: TransformersEngine):
    lacking, known = Constraint(0, 4, ("ΝΑΤΟ",)), Constraint(4, 8, ("pont",))
    for asked in ((lacking,), (known, lacking)):
        found = engine.decode(SHORT, ANYWHERE, constraints=[asked] * len(SHORT))
        assert {(one.text, one.score) for one in found} == {("", -inf)}
    assert any(one.text for one in engine.decode(SHORT, ANYWHERE, constraints=[(known,)] * len(SHORT)))


def test_a_phrase_begins_only_where_its_source_is_looked_at(engine: TransformersEngine):
    asked = [(Constraint(0, 8, ("pont",)),)] * len(SHORT)
    assert not any(one.text for one in engine.decode(SHORT, Decoding(8, attention=1.01), constraints=asked))


def test_a_constrained_translation_does_not_depend_on_its_batch(tiny: Path):
    texts = [sentence[:size] for sentence in SENTENCES for size in (6, 8, 12, 16, 30)]
    forms = [("pont",), ("navires", "neige"), ("Le Conseil",)]
    # None, one, two or three at once.
    asked = [tuple(Constraint(0, 5, form) for form in forms[: at % 4]) for at in range(len(texts))]
    shuffled = random.Random(3).sample(range(len(texts)), len(texts))

    def decode(order: Sequence[int], batch_tokens: int | None, threads: int) -> list[Hypothesis]:
        engine = load_engine(str(tiny), threads=threads, batch_tokens=batch_tokens)
        found = engine.decode([texts[at] for at in order], ANYWHERE, constraints=[asked[at] for at in order])
        return [found[order.index(at)] for at in range(len(texts))]

    together = decode(range(len(texts)), None, 1)
    assert all(any(one.text for one in together[phrases::4]) for phrases in range(4))
    for other in (decode(shuffled, None, 2), decode(shuffled, 100, 2), decode(range(len(texts)), 1, 1)):
        assert [one.text for one in other] == [one.text for one in together]
        assert [one.score for one in other] == pytest.approx([one.score for one in together], abs=1e-4)


def test_constraints_must_be_given_for_every_text(engine: TransformersEngine):
    with pytest.raises(ValueError, match="zip"):
        engine.decode(SENTENCES[:2], ANYWHERE, constraints=[()])


def _sentence(*phrases: Phrase) -> constrained._Sentence:
    return constrained._Sentence(constrained.Search(9), phrases, [])


def test_steps_begin_go_on_and_end_phrases():
    sentence = _sentence(Phrase(((1, 2), (1, 3, 4)), (0,)), Phrase(((5,),), (1,)))
    looks = torch.tensor([0.5, 0.4])
    assert sentence.steps(Progress(), looks, 0.4) == {
        1: Progress(current=0, said=(1,)),
        5: Progress(frozenset({1}), fresh=True),
    }
    assert sentence.steps(Progress(), looks, 0.45).keys() == {1}
    assert sentence.steps(Progress(current=0, said=(1,)), looks, 0.9) == {
        2: Progress(frozenset({0}), fresh=True),
        3: Progress(current=0, said=(1, 3)),
    }
    assert sentence.steps(Progress(frozenset({0, 1})), looks, 0.0) == {}


def test_of_phrases_that_begin_alike_the_one_looked_at_begins():
    """`United States` and `United Nations`, which English may have the other way round."""
    sentence = _sentence(Phrase(((1, 2),), (0,)), Phrase(((1, 3),), (1,)))
    assert sentence.steps(Progress(), torch.tensor([0.9, 0.1]), 0.25) == {1: Progress(current=0, said=(1,))}
    assert sentence.steps(Progress(), torch.tensor([0.1, 0.9]), 0.25) == {1: Progress(current=1, said=(1,))}


def test_after_a_phrase_no_word_goes_on():
    sentence = _sentence(Phrase(((1,),), (0,)))
    sentence.beams = [constrained._Beam(0.0, 0, 1, Progress(frozenset({0}), fresh=True))]
    likely = [([7, 8], [-0.5, -0.6])]
    found = constrained._continuations(
        sentence, 0, likely, torch.zeros(1, 10), torch.ones(1, 1), 0.25, 0, frozenset({7})
    )
    assert [one.token for one in found] == [8]


def _assert_forced_as_searched(engine: TransformersEngine, texts: Sequence[str]) -> None:
    tokens = engine._tokens(texts)
    searches = engine._search(tokens, Decoding(), ())
    forced = engine._force(tokens, [search.tokens for search in searches])
    assert [score for score, _ in forced] == pytest.approx([search.score for search in searches], abs=1e-4)


def test_forced_decoding_scores_as_the_search_does(engine: TransformersEngine):
    _assert_forced_as_searched(engine, [*SENTENCES, *SHORT])


@pytest.mark.slow
def test_forced_decoding_scores_as_the_search_does_with_the_bundled_model(bundled: TransformersEngine):
    _assert_forced_as_searched(bundled, SENTENCES)
    said = bundled.decode(SENTENCES, Decoding())
    scores = bundled.score(SENTENCES, [one.text for one in said])
    as_said = bundled._target_tokens([one.text for one in said])
    searched = bundled._search(bundled._tokens(SENTENCES), Decoding(), ())
    same = [at for at, search in enumerate(searched) if list(search.tokens) == as_said[at]]
    assert len(same) >= len(said) // 2, "few translations are read in the tokens that they were said in"
    assert [scores[at] for at in same] == pytest.approx([said[at].score for at in same], abs=1e-4)


@torch.inference_mode()
def _by_transformers(folder: Path, engine: TransformersEngine, source: str, target: str) -> tuple[float, torch.Tensor]:
    """The score and the attention, layers × heads × target × source tokens, by transformers' own forward pass."""
    model = MarianMTModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    labels = torch.tensor(engine._target_tokens([target]))
    out = model(input_ids=torch.tensor(engine._tokens([source])), labels=labels, output_attentions=True)
    # Padding is never said, so it has no share of the probability.
    logits = out.logits.index_fill(-1, torch.tensor([model.config.pad_token_id]), -inf)
    log_probs = torch.log_softmax(logits, -1).gather(-1, labels[..., None])
    return float(log_probs.mean()), torch.cat(out.cross_attentions)


def _assert_as_transformers_does(folder: Path, engine: TransformersEngine, pairs: Sequence[tuple[str, str]]) -> None:
    sources, targets = zip(*pairs, strict=True)
    every_token = [engine._tokenizer.source_spans(source) for source in sources]
    found = zip(engine.score(sources, targets), engine.look(sources, targets, every_token), strict=True)
    for (source, target), (scored, looked), spans in zip(pairs, found, every_token, strict=True):
        score, attention = _by_transformers(folder, engine, source, target)
        assert scored == pytest.approx(score, abs=1e-4)
        heads = torch.stack([attention[layer, head] for layer, head in engine._alignment_heads]).mean(0)
        assert len(looked) == len(spans) == heads.shape[1] - 1
        for span, focus in zip(spans, looked, strict=True):
            expected = heads[:-1, list(inside(spans, *span))].sum(-1)
            assert [share for *_, share in focus] == pytest.approx(expected.tolist(), abs=1e-4)


PAIRS = [
    (SENTENCES[4], "Le pont est là"),
    (SENTENCES[1], SENTENCES[2]),
    (SENTENCES[5], "Paix"),
]


def test_forced_decoding_says_what_transformers_says(tiny: Path, engine: TransformersEngine):
    assert engine._alignment_heads == [(0, 0), (0, 1)]
    _assert_as_transformers_does(tiny, engine, PAIRS)


@pytest.mark.slow
def test_forced_decoding_says_what_transformers_says_of_the_bundled_model(bundled: TransformersEngine):
    pairs = [*PAIRS, (SENTENCES[1], "The Secretary General thanked the troops.")]
    _assert_as_transformers_does(MODELS / DEFAULT_MODEL, bundled, pairs)


def test_forced_decoding_does_not_depend_on_the_batch(tiny: Path):
    sources = [sentence[:size] for sentence in SENTENCES for size in (8, 25, 60)]
    targets = [sentence[size:] for sentence in SENTENCES for size in (40, 5, 15)]
    spans = [[(0, 4), (3, len(source))] for source in sources]
    shuffled = random.Random(5).sample(range(len(sources)), len(sources))
    one, two = load_engine(str(tiny), threads=1), load_engine(str(tiny), threads=2, batch_tokens=80)
    single = load_engine(str(tiny), batch_tokens=1, threads=2)
    mixed = [[rows[at] for at in shuffled] for rows in (sources, targets, spans)]
    back = [shuffled.index(at) for at in range(len(sources))]
    scores, looks = one.score(sources, targets), one.look(sources, targets, spans)
    others, else_looks = two.score(*mixed[:2]), two.look(*mixed)
    assert single.score(sources, targets) == pytest.approx(scores, abs=1e-4)
    assert [others[at] for at in back] == pytest.approx(scores, abs=1e-4)
    for found in (single.look(sources, targets, spans), [else_looks[at] for at in back]):
        for looked, expected in zip(found, looks, strict=True):
            places, wanted = ([place for focus in of_text for place in focus] for of_text in (looked, expected))
            assert [place[:2] for place in places] == [place[:2] for place in wanted]
            assert [place[2] for place in places] == pytest.approx([place[2] for place in wanted], abs=1e-4)


def test_forced_decoding_of_what_is_too_long_empty_or_nothing(engine: TransformersEngine):
    assert engine.score([], []) == engine.look([], [], []) == []
    long = "paix " * 100
    texts = [long, "Paix", "Paix", ""], ["Paix", long, "", "Paix"]
    assert [score > -inf for score in engine.score(*texts)] == [False, False, True, True]
    assert engine.look(*texts, [[(0, 4)], [(0, 4)], [(0, 4)], []]) == [((),), ((),), ((),), ()]


@pytest.mark.slow
def test_the_bundled_model_looks_at_what_it_translates(bundled: TransformersEngine):
    source = "La FIAS dirige l'équipe provinciale de reconstruction en Afghanistan."
    target = "The ISAF leads the provincial reconstruction team in Afghanistan."
    spans = [(at, at + len(words)) for words in ("FIAS", "équipe provinciale") for at in [source.index(words)]]
    fias, team = bundled.look([source], [target], [spans])[0]
    start, end, share = max(fias, key=lambda token: token[2])
    assert target.index("ISAF") <= start < end <= target.index("ISAF") + 4
    assert share > 0.5
    start, end, share = max(team, key=lambda token: token[2])
    assert target[start:end] in "provincial team"
    assert share > 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "asked"),
    [
        (
            "L'accord militaire technique a été signé à Kaboul.",
            [("accord militaire technique", ("Military Technical Agreement",))],
        ),
        ("La FIAS a été créée en 2001.", [("FIAS", ("Assistance Force",))]),
        (
            "Les États-Unis ont rejoint les Nations unies.",
            [("États-Unis", ("United States",)), ("Nations unies", ("United Nations",))],
        ),
        ("Un chef d'État est venu.", [("chef d'État", ("Heads of State", "Head of State"))]),
    ],
)
def test_the_bundled_model_says_what_it_must(source: str, asked: list[tuple[str, tuple[str, ...]]], bundled):
    (found,) = bundled.decode([source], Decoding(5), constraints=[_at(source, *asked)])
    assert all(any(form in found.text for form in forms) for _, forms in asked)
    assert found.flags == ()
    assert found.score > -2


CONFIG = SimpleNamespace(decoder_layers=3, decoder_attention_heads=2)


def test_a_record_says_which_heads_align(tmp_path: Path):
    (tmp_path / RECORD).write_text('{"heads": [[0, 1], [2, 0]]}')
    assert alignment_heads(tmp_path, CONFIG) == [(0, 1), (2, 0)]


@pytest.mark.parametrize(("layers", "expected"), [(3, 1), (2, 0), (1, 0)])
def test_without_a_record_the_last_layer_but_one_aligns(layers: int, expected: int, tmp_path: Path):
    config = SimpleNamespace(decoder_layers=layers, decoder_attention_heads=2)
    assert alignment_heads(tmp_path, config) == [(expected, 0), (expected, 1)]


@pytest.mark.parametrize(
    "record",
    [{"heads": [[0, 0], [3, 0]]}, {"heads": [[0, 2]]}, {"heads": [[-1, 0]]}, {"heads": []}, {}, [], {"heads": [1]}],
)
def test_a_record_that_does_not_fit_the_model(record: object, tmp_path: Path):
    (tmp_path / RECORD).write_text(json.dumps(record))
    with pytest.raises(ModelError, match=rf"{RECORD}: it does not name attention heads.*; make it again or delete it"):
        alignment_heads(tmp_path, CONFIG)


def test_a_damaged_record(tmp_path: Path):
    (tmp_path / RECORD).write_text("{")
    with pytest.raises(ModelError, match="does not name attention heads"):
        alignment_heads(tmp_path, CONFIG)


@pytest.mark.parametrize(
    ("text", "pieces", "found"),
    [
        ("Le pont", ["▁Le", "▁pont"], ["Le", "pont"]),
        ("33\u00a0% là", ["▁33", "▁%", "▁là"], ["33", "%", "là"]),
        ("le ﬂanc est", ["▁le", "▁f", "lanc", "▁est"], ["le", "ﬂ", "ﬂanc", "est"]),
        ("un… deux", ["▁un", "...", "▁deux"], ["un", "…", "deux"]),
        ("un 🎉 ici", ["▁un", "▁", "🎉", "▁ici"], ["un", "", "🎉", "ici"]),
        ("  deux  mots ", ["▁deux", "▁mots"], ["deux", "mots"]),
        ("", [], []),
        ("", ["▁"], [""]),
        (" ", ["▁"], [""]),
    ],
)
def test_pieces_are_found_in_their_text(text: str, pieces: list[str], found: list[str]):
    assert [text[start:end] for start, end in token_spans(text, pieces)] == found


@given(st.text(), st.lists(st.text(max_size=5), max_size=8))
def test_pieces_are_inside_their_text_and_in_order(text: str, pieces: list[str]):
    spans = token_spans(text, pieces)
    assert len(spans) == len(pieces)
    assert all(0 <= start <= len(text) and 0 <= end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["33\u00a0% de l’aide…", "un ﬂanc 🎉", "Œuvre n°\u202f3", "e\u0301te\u0301", "a\u200bb", ""]
)
def test_real_pieces_are_as_many_as_tokens(text: str, bundled: TransformersEngine):
    assert len(bundled._tokenizer.source_spans(text)) == bundled.count_tokens([text])[0] - 1
