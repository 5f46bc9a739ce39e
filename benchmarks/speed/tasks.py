"""What `run.py` measures, each task in a process of its own: `python tasks.py TASK '{"argument": …}'` prints JSON."""

from __future__ import annotations

import json
import re
import sys
import time
import warnings
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.engines.registry import DEFAULT_MODEL, WEIGHTS, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BEAM = 4


def material(folder: str, count: int, units: str = "") -> dict:
    """Write copies of the corpus; `units` is where to list what of them an engine has to translate."""
    from copies import copies

    from aligner.engines.guards import has_words

    Path(folder).mkdir(parents=True)
    texts: dict[str, None] = {}
    for copy in copies(end=count):
        (Path(folder) / f"{copy.name}.txt").write_text(copy.text, encoding="utf-8")
        texts |= {line: None for line, _ in copy.lines if has_words(line)}
    if units:
        Path(units).write_text(json.dumps(list(texts)), encoding="utf-8")
    return {"units": len(texts), "words": count_words(texts)}


def count_words(texts: Iterable[str]) -> int:
    return sum(len(text.split()) for text in texts)


def read_units(path: str, share: int = 0) -> list[str]:
    """Read the units, or so many of them, evenly spread."""
    texts = json.loads(Path(path).read_text(encoding="utf-8"))
    return texts[:: max(1, len(texts) // share)][:share] if share else texts


def timed(words: int, translate: Callable[[], object]) -> dict:
    wall, processor = time.perf_counter(), time.process_time()
    translate()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {"seconds": wall, "cores": processor / wall, "speed": words / wall}


def fastest(texts: list[str], translate: Callable[[int], None], sizes: list[int]) -> dict:
    """Translate in batches of each size, and give the best one's figures."""
    tried = [timed(count_words(texts), lambda size=size: translate(size)) | {"size": size} for size in sizes]
    return max(tried, key=lambda result: result["speed"])


# Other ways to run the model


def generator(device: str) -> Callable[[list[str]], list[str]]:
    """Load the model with transformers; texts are translated as one batch."""
    import torch
    from transformers import MarianMTModel, MarianTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message=".*sacremoses")
    path = resolve(MODEL).path
    kind = torch.float32 if device == "cpu" else torch.float16
    model = MarianMTModel.from_pretrained(path, dtype=kind, use_safetensors=True).to(device)
    tokenizer = MarianTokenizer.from_pretrained(path)

    def generate(texts: list[str]) -> list[str]:
        inputs = tokenizer(texts, return_tensors="pt", padding=True).to(device)
        said = model.generate(**inputs, num_beams=BEAM, max_new_tokens=512)
        return tokenizer.batch_decode(said, skip_special_tokens=True)

    return generate


def plain(units: str, share: int) -> dict:
    """The loop that one writes with transformers: a sentence, `generate`, the next sentence."""
    generate, texts = generator("cpu"), read_units(units, share)
    generate(texts[:1])
    return timed(count_words(texts), lambda: [generate([text]) for text in texts])


def batched(units: str, share: int, device: str, sizes: list[int]) -> dict:
    """`generate` on batches of texts of like length."""
    generate, texts = generator(device), sorted(read_units(units, share), key=len, reverse=True)
    generate(texts[-2:])

    def translate(size: int) -> None:
        for first in range(0, len(texts), size):
            generate(texts[first : first + size])

    return fastest(texts, translate, sizes)


def raw(units: str, device: str, sizes: list[int], share: int = 0) -> dict:
    """CTranslate2's `translate_batch` on tokens that are there already, the longest first; sizes are in tokens."""
    import ctranslate2

    from aligner.engines.hardware import cores
    from aligner.engines.load import DTYPES
    from aligner.engines.tokens import Tokenizer

    texts = read_units(units, share)
    tokens = sorted(Tokenizer(resolve(MODEL).path).source(texts), key=len, reverse=True)
    model = ctranslate2.Translator(
        convert()["path"],
        device=device,
        compute_type=DTYPES["ctranslate2"][device],
        inter_threads=cores() if device == "cpu" else 1,
        intra_threads=1,
    )
    model.translate_batch(tokens[-64:], beam_size=BEAM)

    def translate(size: int) -> None:
        model.translate_batch(tokens, beam_size=BEAM, max_batch_size=size, batch_type="tokens")

    return fastest(texts, translate, sizes)


def script(document: str) -> dict:
    """What a script does with transformers: load the model and translate a few sentences."""
    generate = generator("cpu")
    for sentence in filter(None, re.split(r"(?<=\.)\s+|\n+", Path(document).read_text(encoding="utf-8"))):
        generate([sentence])
    return {}


# aligner


def stock(folder: str) -> dict:
    """Make the model that is as large as opus-mt-fr-en."""
    from stock import make

    make(Path(folder))
    return {}


def convert() -> dict:
    """Convert the model for CTranslate2, unless it is there."""
    from aligner.engines.conversion import converted
    from aligner.home import converted_models

    folder = resolve(MODEL).path
    with (folder / WEIGHTS).open("rb") as weights:
        digest = file_digest(weights, "sha256").hexdigest()
    return {"path": str(converted(folder, digest, converted_models()))}


def loaded(engine: str, device: str, *, constraints: bool = False):
    """Load an engine, and what it searches with constraints by."""
    from aligner.engines.load import load_engine
    from aligner.engines.protocol import Decoding
    from aligner.model import Constraint

    found = load_engine(MODEL, engine=engine, device=device)
    found.decode(["Bonjour à tous."], Decoding(BEAM))
    if constraints:
        found.decode(["L’OTAN agit."], Decoding(BEAM), constraints=[(Constraint(2, 6, ("NATO",)),)])
    return found


def alone(units: str, engine: str, device: str) -> dict:
    """Our engine without the rest of aligner."""
    from aligner.engines.protocol import Decoding

    texts, ours = read_units(units), loaded(engine, device)
    return timed(count_words(texts), lambda: ours.decode(texts, Decoding(BEAM)))


def aligner(folder: str, home: str, engine: str, device: str, glossary: bool, words: int) -> dict:
    """A run of aligner on a folder, with an empty memory; also how much of it is not the engine.

    `waiting` is the share of the wall time in which nobody waits for the engine; `own` is the share of the processor
    time that is not the engine's, which on busy cores the engine has to do without.
    """
    from watched import Watched, watch_threads

    from aligner.engines.translator import Translator
    from aligner.glossary import Glossary
    from aligner.memory import Memory
    from aligner.run import translate_paths

    watched, threads = Watched(loaded(engine, device, constraints=glossary)), watch_threads()
    translator, terms = Translator(watched, beam=BEAM), Glossary.load() if glossary else Glossary()
    with Memory(Path(home) / "memory.sqlite3") as memory:
        watched.waited = watched.worked = 0.0
        processor, mine = time.process_time(), time.thread_time()
        figures = timed(words, lambda: translate_paths([folder], Path(home) / "out", translator, terms, memory=memory))
        processor, mine = time.process_time() - processor, time.thread_time() - mine - watched.worked
    failed = json.loads((Path(home) / "out/manifest.json").read_bytes())["failed"]
    if failed or len(threads) < 2:
        raise RuntimeError(f"documents failed: {failed}, or not both the reader and the writer were seen: {threads}")
    waiting, own = 1 - watched.waited / figures["seconds"], (mine + sum(threads)) / processor
    return {**figures, "waiting": waiting, "own": own}


def quality(drafts: str) -> dict:
    """Compare what the engines make of the corpus; keep the drafts of CTranslate2."""
    from copies import CORPUS
    from sacrebleu.metrics import CHRF

    from aligner.engines.translator import Translator
    from aligner.glossary import Glossary
    from aligner.model import TermStatus
    from aligner.pipeline import translate_documents
    from aligner.readers import read_document

    documents, made = [read_document(path, path.stem) for path in CORPUS], {}
    for engine in ("transformers", "ctranslate2"):
        translator = Translator.load(MODEL, engine=engine, device="cpu", beam=BEAM)
        made[engine] = [
            pair for bitext in translate_documents(documents, translator, Glossary.load()) for pair in bitext.pairs
        ]
    Path(drafts).write_text(
        json.dumps({pair.source.line: pair.draft for pair in made["ctranslate2"]}), encoding="utf-8"
    )
    chrf, theirs, ours = CHRF(word_order=2), made["transformers"], made["ctranslate2"]
    met = {
        engine: [outcome.status is not TermStatus.FAILED for pair in pairs for outcome in pair.outcomes]
        for engine, pairs in made.items()
    }
    return {
        "drafts": chrf.corpus_score([one.draft for one in ours], [[one.draft for one in theirs]]).score,
        "targets": chrf.corpus_score([one.target for one in ours], [[one.target for one in theirs]]).score,
        "signature": str(chrf.get_signature()),
        "met": {engine: sum(found) for engine, found in met.items()},
        "terms": len(met["ctranslate2"]),
    }


def linear(segments: int, drafts: str, home: str) -> dict:
    """What each stage but the engine costs on one long document."""
    from stages import stages

    known = json.loads(Path(drafts).read_text(encoding="utf-8"))
    stages(0, 300, known, Path(home))  # warm
    return stages(1, segments, known, Path(home))


def bounded(segments: int, drafts: str, home: str) -> dict:
    """A run over so many segments in small documents, with a memory: what it needs beside the engine."""
    from copies import copies
    from stages import AnyOf, Scripted

    from aligner.engines.translator import Translator
    from aligner.glossary import Glossary
    from aligner.memory import Memory
    from aligner.run import translate_paths

    folder = Path(home) / "texts"
    folder.mkdir()
    written = 0
    # There are fewer copies than it takes, so some differ in little words only.
    made = ((little, copy) for little in (" de ", " du ", " des ", " aux ") for copy in copies())
    for little, copy in made:
        if written >= segments:
            break
        (folder / f"{copy.name}-{little.strip()}.txt").write_text(copy.text.replace(" de ", little), encoding="utf-8")
        written += len(copy.lines)
    glossary, said = Glossary.load(), json.loads(Path(drafts).read_text(encoding="utf-8")).values()
    with Memory(Path(home) / "memory.sqlite3") as memory:
        translator = Translator(Scripted(AnyOf(said, glossary)))
        run = translate_paths([folder], Path(home) / "out", translator, glossary, memory=memory)
    return {"segments": sum(one.segments for one in run.documents), "documents": len(run.documents)}


TASKS = (material, plain, batched, raw, script, stock, convert, alone, aligner, quality, linear, bounded)

if __name__ == "__main__":
    chosen, told = sys.argv[1:]
    given = json.loads(told)
    MODEL = given.pop("model") or DEFAULT_MODEL
    print(json.dumps({task.__name__: task for task in TASKS}[chosen](**given)))
