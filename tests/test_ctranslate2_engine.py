"""The engine on CTranslate2: that it says what the model says, the same in any batch, and how models are converted.

Most tests use a tiny random model (`tiny`, in conftest.py), the slow ones the bundled model.
"""

import json
import random
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from aligner.engines import conversion, load
from aligner.engines.conversion import converted
from aligner.engines.insertion import PLACES, Insertion
from aligner.engines.protocol import Decoding
from aligner.engines.registry import DEFAULT_MODEL, MODELS
from aligner.engines.tokens import padded
from aligner.errors import ModelError
from aligner.home import remove_converted_models
from aligner.model import Constraint

pytest.importorskip("ctranslate2", reason="needs CTranslate2 (the fast extra)")
from aligner.engines.ctranslate2_ import LOOKED_WIDTH, WIDTH, Ctranslate2Engine

SENTENCES = (Path(__file__).parent / "cases" / "french.txt").read_text(encoding="utf-8").splitlines()
TEXTS = [sentence[:size] for sentence in SENTENCES for size in (8, 15, 30, 60)]


def _engine(model: Path | None = None, engine: str = "ctranslate2", **options: int) -> Ctranslate2Engine:
    deferred = load.load_engine(None if model is None else str(model), engine=engine, **options)
    assert isinstance(deferred, load.DeferredEngine)
    return deferred._engine  # type: ignore[return-value]


@pytest.fixture
def model(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "model")


def test_a_translation_is_the_same_to_the_last_bit_in_any_batch(tiny: Path):
    together = _engine(tiny, threads=2).decode(TEXTS, Decoding())
    shuffled = random.Random(7).sample(range(len(TEXTS)), len(TEXTS))
    mixed = _engine(tiny, threads=1).decode([TEXTS[place] for place in shuffled], Decoding())
    assert [mixed[shuffled.index(place)] for place in range(len(TEXTS))] == together
    assert _engine(tiny, batch_tokens=1).decode(TEXTS, Decoding()) == together
    assert [_engine(tiny).decode([text], Decoding())[0] for text in TEXTS[:10]] == together[:10]


@pytest.mark.parametrize("strict", [False, True])
def test_what_runs_away_is_cut_and_flagged(strict: bool, tiny: Path):
    decoding = Decoding(strict=strict)
    engine = _engine(tiny)
    texts = [" ".join(["Paix"] * words) for words in (1, 2, 4, 8)]
    for text, found in zip(texts, engine.decode(texts, decoding), strict=True):
        tokens = engine._tokenizer.target([found.text])[0]
        assert len(tokens) <= decoding.longest(padded(engine.count_tokens([text])[0], WIDTH), 80) + 1
        assert found.flags in {(), ("cut",)}
        if strict:
            trigrams = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
            assert len(set(trigrams)) == len(trigrams)


def test_progress_counts_every_text_once(tiny: Path):
    done: list[int] = []
    _engine(tiny, batch_tokens=64).decode(TEXTS, Decoding(2), on_done=done.append)
    assert sum(done) == len(TEXTS)
    assert len(done) > 1


def test_nothing_in_nothing_out_and_too_much_is_refused(tiny: Path):
    engine = _engine(tiny)
    assert (
        engine.decode([], Decoding())
        == engine.count_tokens([])
        == engine.score([], [])
        == engine.look([], [], [])
        == []
    )
    assert engine.count_tokens([""]) == [1]
    with pytest.raises(ValueError, match=r"has \d+ tokens, the model takes 80"):
        engine.decode(["Paix", "paix " * 600], Decoding())


def test_forced_scores_and_looks_are_those_of_transformers(tiny: Path):
    sources, targets = TEXTS[:12], [text[::-1] for text in TEXTS[:12]]
    spans = [[(0, 3), (2, 8)]] * 11 + [[]]
    fast, exact = _engine(tiny), _engine(tiny, "transformers")
    scores = fast.score(sources, targets)
    assert scores == pytest.approx(exact.score(sources, targets), abs=0.15)  # int8 of a tiny random model
    ours, theirs = (engine.look(sources, targets, spans) for engine in (fast, exact))
    for one, other in zip(ours, theirs, strict=True):
        assert [[place[:2] for place in asked] for asked in one] == [[place[:2] for place in asked] for asked in other]
        for asked, wanted in zip(one, other, strict=True):
            assert [share for *_, share in asked] == pytest.approx([share for *_, share in wanted], abs=0.1)
    other = _engine(tiny, threads=1, batch_tokens=1)
    assert other.look(sources[::-1], targets[::-1], spans[::-1])[::-1] == ours
    assert other.score(sources[::-1], targets[::-1])[::-1] == scores


def test_what_is_too_long_to_force_has_no_chance(tiny: Path):
    assert _engine(tiny).score(["Paix"], ["p " * 700]) == [float("-inf")]
    assert _engine(tiny).look(["Paix"], ["p " * 700], [[(0, 4)]]) == [((),)]


def test_a_phrase_may_begin_where_a_word_does():
    one = Insertion(["x"], ("▁The", "▁al", "liance", "."), (((("▁ISAF",), ("▁the", "▁ISAF")), (0,)),))
    beginnings = one.beginnings(np.array([[0.1], [0.3], [0.9], [0.0]], np.float32))
    assert [beginning for beginning, form in beginnings if form == ("▁ISAF",)] == [
        ("▁The", "▁ISAF"),
        ("▁ISAF",),
        ("▁The", "▁al", "liance", "▁ISAF"),
        ("▁The", "▁al", "liance", ".", "▁ISAF"),
    ]
    assert one.says_all(("▁The", "▁ISAF", "."), ("▁ISAF",))
    assert not one.says_all(("▁The", "▁ISAF", "s"), ("▁ISAF",))


def test_a_phrase_is_tried_where_the_model_looks_at_what_it_translates():
    one = Insertion(["x", "y", "z"], tuple(f"▁{at}" for at in range(30)), (((("▁ISAF",),), (1, 2)),))
    looked = np.zeros((30, 3), np.float32)
    looked[:, 0], looked[20, 1], looked[10, 2] = 1.0, 0.3, 0.4
    beginnings = [beginning for beginning, _ in one.beginnings(looked)]
    assert [len(beginning) for beginning in beginnings[:2]] == [11, 21]
    assert len(beginnings) == PLACES
    assert beginnings[-1] == (*one.said, "▁ISAF")


def test_a_phrase_that_is_said_is_not_taken_apart():
    said = ("▁a", "▁b", "▁c")
    one = Insertion(["x"], said, (((said[:2],), (0,)), ((("▁d",),), (0,))), [said[:2]])
    beginnings = one.beginnings(np.zeros((3, 1), np.float32))
    assert [beginning for beginning, _ in beginnings] == [("▁d",), ("▁a", "▁b", "▁d"), ("▁a", "▁b", "▁c", "▁d")]
    assert not one.says_all(("▁a", "▁d", "▁b"), ("▁d",))
    assert one.own([-1.0, -2.0, -3.0, -5.0]) == -4.0


def test_what_must_be_said_is_said_or_nothing(tiny: Path):
    asked = [(Constraint(0, 2, ("pont",)),), (Constraint(0, 2, ("paix",)), Constraint(3, 6, ("pont", "le pont")))] * 4
    texts = TEXTS[4:12]
    engine = _engine(tiny)
    found = engine.decode(texts, Decoding(5), constraints=asked)
    for one, constraints in zip(found, asked, strict=True):
        words = one.text.split()
        assert not words or all(any(form.split()[-1] in words for form in wanted.forms) for wanted in constraints)
    assert _engine(tiny, threads=1).decode(texts[::-1], Decoding(5), constraints=asked[::-1])[::-1] == found
    assert engine.decode(["Paix"], Decoding(), constraints=[(Constraint(0, 4, ("Ж",)),)])[0].text == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "forms"),
    [
        ("La FIAS a été créée en 2001.", [("Assistance Force",)]),
        ("Les États-Unis ont rejoint les Nations unies.", [("United States",), ("United Nations", "UN")]),
        ("L'accord militaire technique a été signé à Kaboul.", [("Military Technical Agreement",)]),
    ],
)
def test_the_bundled_model_says_what_it_must(source: str, forms: list[tuple[str, ...]]):
    constraints = tuple(Constraint(0, 1, of_one) for of_one in forms)
    (found,) = _engine().decode([source], Decoding(5), constraints=[constraints])
    assert all(any(form in found.text for form in of_one) for of_one in forms)
    assert len(found.text) < 2 * len(source)


@pytest.mark.slow
def test_the_bundled_model_says_and_sees_the_same_to_the_last_bit_in_any_batch():
    texts = [" ".join(SENTENCES[0].split()[:words]) for words in range(1, 30)] + list(SENTENCES)
    engine = _engine()
    widths = [{padded(count, to) for count in engine.count_tokens(texts)} for to in (WIDTH, LOOKED_WIDTH)]
    assert all(1 < len(several) < len(texts) / 2 for several in widths)
    said = engine.decode(texts, Decoding())
    spans = [[(0, 3), (4, len(text))] for text in texts]
    seen = engine.look(texts, [one.text for one in said], spans)
    small = _engine(batch_tokens=100)
    assert small.decode(texts[::-1], Decoding())[::-1] == said
    assert small.look(texts[::-1], [one.text for one in said[::-1]], spans[::-1])[::-1] == seen
    assert [engine.decode([text], Decoding())[0] for text in texts] == said
    assert [engine.look([texts[at]], [said[at].text], [spans[at]])[0] for at in range(len(texts))] == seen


def test_a_model_is_converted_once(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cache = tmp_path / "cache"
    copy = converted(model, "sha", cache)
    monkeypatch.setattr(conversion, "_specify", lambda *_: pytest.fail("it is converted again"))
    assert converted(model, "sha", cache) == copy
    monkeypatch.undo()
    assert converted(model, "other weights", cache) != copy
    (model / "alignment.json").write_text('{"heads": [[1, 1]]}')
    assert converted(model, "sha", cache) != copy


def test_a_conversion_that_fails_leaves_nothing(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(_source: Path, target: Path) -> None:
        (target / "half").write_text("x")
        raise KeyboardInterrupt

    monkeypatch.setattr(conversion, "_specify", fail)
    with pytest.raises(KeyboardInterrupt):
        converted(model, "sha", tmp_path / "cache")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.suffix != ".lock"] == []


def test_what_a_killed_conversion_left_is_removed(model: Path, tmp_path: Path):
    copy = converted(model, "sha", tmp_path / "cache")
    shutil.rmtree(copy)
    stale = copy.with_suffix(".0000.tmp")
    stale.mkdir()
    assert converted(model, "sha", tmp_path / "cache").is_dir()
    assert not stale.exists()


def test_a_conversion_under_way_is_not_cleared_away(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def specify(_source: Path, target: Path) -> None:
        (target / "half").write_text("x")
        remove_converted_models()
        (target / "whole").write_text("x")

    monkeypatch.setattr(conversion, "_specify", specify)
    monkeypatch.setenv("ALIGNER_HOME", str(tmp_path))
    copy = converted(model, "sha", tmp_path / "ctranslate2")
    assert {path.name for path in copy.iterdir()} == {"half", "whole"}
    remove_converted_models()
    assert not copy.exists()


def test_a_copy_that_is_cleared_away_before_it_is_loaded_is_made_again(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ALIGNER_HOME", str(tmp_path / "home"))
    engine = load.load_engine(str(model), engine="ctranslate2")
    remove_converted_models()
    assert len(engine.decode(["Paix"], Decoding())) == 1


@pytest.mark.slow
def test_two_processes_convert_one_copy(model: Path, tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from aligner.engines.conversion import converted\n"
        "print(converted(Path(sys.argv[1]), 'sha', Path(sys.argv[2])))"
    )
    command = [sys.executable, "-c", code, str(model), str(tmp_path / "cache")]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (run.communicate()[0] for run in runs)
    assert first == second
    assert [run.returncode for run in runs] == [0, 0]
    assert len([path for path in (tmp_path / "cache").iterdir() if path.is_dir()]) == 1


def test_auto_takes_what_is_there(model: Path, monkeypatch: pytest.MonkeyPatch):
    assert load.load_engine(str(model)).info.engine == "ctranslate2"
    settings = model / "tokenizer_config.json"
    settings.write_text(json.dumps({"separate_vocabs": True}))
    shutil.copy(model / "vocab.json", model / "target_vocab.json")
    assert load.load_engine(str(model)).info.engine == "transformers"
    with pytest.raises(ModelError, match="two vocabularies; use --engine transformers"):
        load.load_engine(str(model), engine="ctranslate2")
    settings.unlink()
    monkeypatch.setattr(load, "find_spec", lambda name: None if name == "ctranslate2" else find_spec(name))
    assert load.load_engine(str(model)).info.engine == "transformers"
    with pytest.raises(ModelError, match=r"ctranslate2 is not installed; pip install 'aligner\[fast\]'"):
        load.load_engine(str(model), engine="ctranslate2")
    with pytest.raises(ModelError, match="no engine 'marian'; use one of auto, ctranslate2, transformers"):
        load.load_engine(str(model), engine="marian")


def test_what_does_not_convert_goes_to_the_other_engine(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: Path) -> None:
        raise KeyError("mish")

    monkeypatch.setattr(conversion, "_specify", fail)
    monkeypatch.setenv("ALIGNER_HOME", str(tmp_path / "home"))
    assert load.load_engine(str(model)).info.engine == "transformers"
    with pytest.raises(ModelError, match="CTranslate2 cannot hold it"):
        load.load_engine(str(model), engine="ctranslate2")


def test_a_copy_that_cannot_be_kept_is_said(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ALIGNER_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="cannot be kept"):
        load.load_engine(str(model))


@pytest.mark.parametrize("engine", ["auto", "ctranslate2"])
def test_a_gpu_that_is_asked_for_needs_cublas(engine: str, tiny: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(load, "has_gpu", lambda: True)
    monkeypatch.setattr(load, "has_cublas", lambda: False)
    with pytest.raises(ModelError, match=r"needs cuBLAS 12 .*; pip install nvidia-cublas-cu12, or use --device cpu"):
        load.load_engine(str(tiny), engine=engine, device="cuda")


def test_every_file_of_a_model_is_in_what_is_said_of_it(model: Path):
    before = load.load_engine(str(model)).info
    (model / "alignment.json").write_text('{"heads": [[1, 1]]}')
    after = load.load_engine(str(model)).info
    assert (before.sha256, before.options) != (after.sha256, after.options)
    assert before.sha256 == after.sha256


def test_no_model_is_loaded_for_what_is_not_asked(model: Path):
    engine = load.load_engine(str(model), engine="transformers")
    (model / "vocab.json").write_text("{")
    assert engine.info.engine == "transformers"
    assert engine.decode([], Decoding()) == engine.score([], []) == []
    with pytest.raises(ModelError, match="cannot be loaded"):
        engine.count_tokens(["Paix"])


@pytest.mark.slow
def test_the_bundled_model_says_nearly_the_same_on_both_engines():
    from sacrebleu import corpus_chrf  # noqa: PLC0415

    fast, exact = (_engine(engine=name).decode(SENTENCES, Decoding()) for name in ("ctranslate2", "transformers"))
    assert corpus_chrf([one.text for one in fast], [[one.text for one in exact]], word_order=2).score >= 90
    same = [(one, other) for one, other in zip(fast, exact, strict=True) if one.text == other.text]
    assert len(same) >= len(SENTENCES) // 2
    for one, other in same:
        assert one.score == pytest.approx(other.score, abs=0.05)


@pytest.mark.slow
def test_the_bundled_model_looks_where_it_looks_on_transformers():
    copy = MODELS / DEFAULT_MODEL
    fast, exact = (_engine(copy, engine=name) for name in ("ctranslate2", "transformers"))
    targets = [one.text for one in exact.decode(SENTENCES, Decoding())]
    spans = [[(0, len(sentence) // 2)] for sentence in SENTENCES]
    assert fast.score(SENTENCES, targets) == pytest.approx(exact.score(SENTENCES, targets), abs=0.05)
    for one, other in zip(fast.look(SENTENCES, targets, spans), exact.look(SENTENCES, targets, spans), strict=True):
        shares, wanted = ([share for *_, share in looked[0]] for looked in (one, other))
        assert shares == pytest.approx(wanted, abs=0.08)
