"""The engine on transformers: that it says what `generate` says, whatever else is in the batch, and its caps.

Most tests use a tiny random model (`tiny`, in conftest.py), the slow ones the bundled model. What that says is kept in
golden/engine.tsv; write it anew with `python tests/test_transformers_engine.py`, and read the difference.
"""

import csv
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import MarianTokenizer
from transformers.utils import logging

from aligner.engines import load
from aligner.engines.protocol import NO_REPEAT_NGRAM, REPETITION_PENALTY, Decoding
from aligner.engines.registry import DEFAULT_MODEL, MODELS
from aligner.engines.transformers_ import TransformersEngine, load_model
from aligner.errors import ModelError

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden" / "engine.tsv"
FLORES = ROOT.parent / "shared" / "eval" / "mt" / "flores200-dev" / "src.fr"
SENTENCES = (Path(__file__).parent / "cases" / "french.txt").read_text(encoding="utf-8").splitlines()


def load_engine(model: str | None = None, **options: Any) -> TransformersEngine:
    """Load an engine on transformers at once."""
    deferred = load.load_engine(model, engine="transformers", **options)
    assert isinstance(deferred, load.DeferredEngine)
    assert isinstance(deferred._engine, TransformersEngine)
    return deferred._engine


def _check_against_generate(folder: Path, texts: list[str], decoding: Decoding) -> None:
    """Compare with transformers' own search, one text at a time."""
    engine = load_engine(str(folder))
    model, tokenizer = load_model(folder, torch.float32), MarianTokenizer.from_pretrained(folder)
    strict = {"no_repeat_ngram_size": NO_REPEAT_NGRAM, "repetition_penalty": REPETITION_PENALTY}
    for tokens, found in zip(engine._tokens(texts), engine.decode(texts, decoding), strict=True):
        expected = model.generate(
            torch.tensor([tokens]),
            num_beams=decoding.beam,
            max_new_tokens=decoding.longest(len(tokens), model.config.max_position_embeddings),
            bad_words_ids=[[model.config.pad_token_id]],
            renormalize_logits=True,
            return_dict_in_generate=True,
            output_scores=decoding.beam > 1,
            **(strict if decoding.strict else {}),
        )
        assert [found.text] == tokenizer.batch_decode(expected.sequences, skip_special_tokens=True)
        if decoding.beam > 1:
            assert found.score == pytest.approx(expected.sequences_scores[0].item(), abs=1e-4)


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("strict", [False, True], ids=["plain", "strict"])
@pytest.mark.parametrize("beam", [1, 2, 5])
def test_says_what_generate_says(beam: int, strict: bool, tiny: Path):
    if beam == 1 and strict:
        pytest.skip("generate's greedy search penalises logits, its beam search and ours log-probabilities")
    texts = [sentence[:size] for sentence in SENTENCES[:3] for size in (6, 20, 40)]
    _check_against_generate(tiny, texts, Decoding(beam, strict))


def _assert_same_in_any_batch(folder: Path, texts: list[str]) -> None:
    together = load_engine(str(folder), threads=2).decode(texts, Decoding())
    shuffled = random.Random(7).sample(range(len(texts)), len(texts))
    mixed = load_engine(str(folder), threads=1).decode([texts[place] for place in shuffled], Decoding())
    alone = load_engine(str(folder), threads=2, batch_tokens=1).decode(texts, Decoding())
    for other in (alone, [mixed[shuffled.index(place)] for place in range(len(texts))]):
        assert [hypothesis.text for hypothesis in other] == [hypothesis.text for hypothesis in together]
        assert [hypothesis.flags for hypothesis in other] == [hypothesis.flags for hypothesis in together]
        scores = [hypothesis.score for hypothesis in together]
        assert [hypothesis.score for hypothesis in other] == pytest.approx(scores, abs=1e-4)


def test_a_translation_does_not_depend_on_its_batch(tiny: Path):
    _assert_same_in_any_batch(tiny, [sentence[:size] for sentence in SENTENCES for size in (8, 15, 30, 60)])


def test_long_outputs_are_cut_by_row_and_flagged(tiny: Path):
    engine = load_engine(str(tiny))
    texts = [" ".join(["Paix"] * words) for words in (1, 2, 4, 8)]
    cut = [hypothesis for hypothesis in engine.decode(texts, Decoding()) if hypothesis.flags]
    assert cut, "the random model ends every sentence; give it another seed"
    assert {hypothesis.flags for hypothesis in cut} == {("cut",)}


def test_progress_counts_every_text_once(tiny: Path):
    done: list[int] = []
    load_engine(str(tiny), batch_tokens=64).decode(SENTENCES, Decoding(2), on_done=done.append)
    assert sum(done) == len(SENTENCES)
    assert len(done) > 1


def test_nothing_in_nothing_out(tiny: Path):
    engine = load_engine(str(tiny))
    assert engine.decode([], Decoding()) == []
    assert engine.count_tokens([]) == []
    assert engine.count_tokens([""]) == [1]


def test_a_text_too_long_is_counted_without_a_word_and_refused(tiny: Path, capfd: pytest.CaptureFixture[str]):
    engine = load_engine(str(tiny))
    assert engine.count_tokens(["paix " * 100])[0] > 100
    assert capfd.readouterr() == ("", "")
    assert engine.max_source_tokens == 80
    with pytest.raises(ValueError, match=r"has \d+ tokens, the model takes 80"):
        engine.decode(["Paix", "paix " * 100], Decoding())


def test_the_longest_text_is_translated(tiny: Path):
    engine = load_engine(str(tiny))
    text = next(text for size in range(200, 0, -1) if engine.count_tokens([text := "p" * size])[0] <= 80)
    assert 70 < engine.count_tokens([text])[0] <= 80
    assert len(engine.decode([text], Decoding())) == 1


@pytest.mark.parametrize("mark", ["</s>", "<pad>", "<unk>"])
def test_marks_in_a_text_are_letters(mark: str, tiny: Path):
    engine = load_engine(str(tiny))
    assert engine.count_tokens([f"Le pont {mark}"])[0] > engine.count_tokens(["Le pont"])[0] + 1


def test_what_the_vocabulary_lacks_is_read_as_what_it_has(tiny: Path):
    engine = load_engine(str(tiny))
    plain = engine.decode(["Le pont est-il reconstruit"], Decoding())
    for text in ("Le pont est\u2011il recon\u00adstruit", "Le\u202fpont est\u2010il\u00a0reconstruit"):
        assert engine.decode([text], Decoding()) == plain


def test_the_callers_threads_are_put_back(tiny: Path):
    engine = load_engine(str(tiny), threads=1)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        engine.decode(SENTENCES, Decoding(2))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_an_error_on_the_way_ends_the_workers(tiny: Path):
    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    engine = load_engine(str(tiny), batch_tokens=16, threads=2)
    with pytest.raises(KeyboardInterrupt):
        engine.decode(SENTENCES, Decoding(), on_done=stop)
    assert len(engine.decode(SENTENCES, Decoding())) == len(SENTENCES)


def test_loading_is_silent_and_leaves_settings_alone(tiny: Path, capfd: pytest.CaptureFixture[str]):
    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    engine = load_engine(str(tiny))
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before
    assert capfd.readouterr() == ("", "")
    assert (engine.info.id, engine.info.revision, engine.info.engine) == (str(tiny), "", "transformers")
    assert len(engine.info.sha256) == 64


@pytest.fixture
def broken(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be broken."""
    return Path(shutil.copytree(tiny, tmp_path / "broken"))


def test_a_damaged_weights_file(broken: Path):
    (broken / "model.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{")
    with pytest.raises(ModelError, match="it cannot be loaded"):
        load_engine(str(broken))


def test_missing_weights_are_not_made_up(broken: Path):
    weights = load_file(broken / "model.safetensors")
    del weights["model.encoder.layers.0.fc1.weight"]
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="lacks 1 of the weights"):
        load_engine(str(broken))


def test_a_record_of_heads_of_another_model(broken: Path):
    (broken / "alignment.json").write_text('{"heads": [[5, 0]]}')
    with pytest.raises(ModelError, match=r"alignment\.json: it does not name attention heads of this model; make it"):
        load_engine(str(broken))


@pytest.mark.parametrize("file", ["config.json", "vocab.json", "source.spm"])
def test_a_damaged_file(file: str, broken: Path):
    (broken / file).write_text("{")
    with pytest.raises(ModelError, match="it cannot be loaded"):
        load_engine(str(broken))


def test_another_kind_of_model(broken: Path):
    (broken / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelError, match="it is a bert model"):
        load_engine(str(broken))


def test_devices(tiny: Path):
    with pytest.raises(ModelError, match="no device 'tpu'; use one of auto, cpu, cuda"):
        load_engine(str(tiny), device="tpu")
    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="finds no CUDA device"):
            load_engine(str(tiny), device="cuda")


def _corpus_lines() -> list[str]:
    """Some hundred segments and sentences of real text, short enough to translate one at a time in a test."""
    lines = [*SENTENCES, *FLORES.read_text(encoding="utf-8").splitlines()] if FLORES.exists() else list(SENTENCES)
    for path in sorted((ROOT / "corpus").glob("*.txt")):
        lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
    short = [line.strip() for line in lines if 0 < len(line.strip()) < 140]
    return list(dict.fromkeys(short))[-160:]


@pytest.mark.slow
def test_a_translation_of_the_bundled_model_does_not_depend_on_its_batch():
    texts = _corpus_lines()[::2]
    assert len(texts) >= 75
    _assert_same_in_any_batch(MODELS / DEFAULT_MODEL, texts)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("strict", [False, True], ids=["plain", "strict"])
def test_the_bundled_model_says_what_generate_says(strict: bool):
    _check_against_generate(MODELS / DEFAULT_MODEL, [*SENTENCES, *_corpus_lines()[10:200:20]], Decoding(4, strict))


def _golden_rows() -> list[tuple[str, str, str]]:
    found = load_engine().decode(SENTENCES, Decoding())
    return [(source, said.text, f"{said.score:.3f}") for source, said in zip(SENTENCES, found, strict=True)]


@pytest.mark.slow
def test_golden():
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file, delimiter="\t"))
    for (source, text, score), row in zip(_golden_rows(), expected, strict=True):
        assert [source, text] == row[:2]
        assert float(score) == pytest.approx(float(row[2]), abs=2e-3)


if __name__ == "__main__":
    with GOLDEN.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(_golden_rows())
    print(GOLDEN, file=sys.stderr)
