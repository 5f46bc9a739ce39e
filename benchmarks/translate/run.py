"""Measure translation: words a second, peak memory and start-up, ours against a plain loop over `generate`.

    python benchmarks/translate/run.py [--model NAME] [--beam 4] [--threads N] [--rounds 4]

The plain loop is what one writes with transformers: a sentence, `generate`, the next sentence; same model, same beam,
same precision, torch's own number of threads. Both translate every text. Other work on the machine disturbs both
alike: each round times the plain loop on its share of the texts and then ours on all of them, and the ratio is the
median over rounds. Loading is not counted. Peak memory is that of a process of its own for each.

Texts are the lines of corpus/*.txt and, where that folder exists, the first sentences of FLORES-200 dev.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
ROOT = Path(__file__).resolve().parents[2]
FLORES = ROOT.parent / "shared/eval/mt/flores200-dev/src.fr"
SENTENCES = 128

Translate = Callable[[list[str]], list[str]]


def texts() -> dict[str, list[str]]:
    """The sets of texts by name."""
    lines = [
        line.strip()
        for path in sorted((ROOT / "corpus").glob("*.txt"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    found = {"corpus": list(dict.fromkeys(filter(None, lines)))}
    if FLORES.exists():
        found["flores200-dev"] = FLORES.read_text(encoding="utf-8").splitlines()[:SENTENCES]
    return {name: lines for name, lines in found.items() if lines}


def ours(model: str | None, beam: int, threads: int | None) -> Translate:
    from aligner.engines.load import load_engine
    from aligner.engines.protocol import Decoding

    engine = load_engine(model, device="cpu", threads=threads)
    return lambda lines: [said.text for said in engine.decode(lines, Decoding(beam))]


def plain(model: str | None, beam: int, threads: int | None) -> Translate:
    import torch
    from transformers import MarianMTModel, MarianTokenizer
    from transformers.utils import logging

    from aligner.engines.registry import DEFAULT_MODEL, resolve

    if threads:
        torch.set_num_threads(threads)
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message=".*sacremoses")
    path = resolve(model or DEFAULT_MODEL).path
    tokenizer = MarianTokenizer.from_pretrained(path)
    loaded = MarianMTModel.from_pretrained(path, dtype=torch.float32, use_safetensors=True)

    def translate(lines: list[str]) -> list[str]:
        found = []
        for line in lines:
            inputs = tokenizer(line, return_tensors="pt")
            output = loaded.generate(**inputs, num_beams=beam, max_new_tokens=512)
            found += tokenizer.batch_decode(output, skip_special_tokens=True)
        return found

    return translate


def speed(lines: list[str], slow: Translate, fast: Translate, rounds: int) -> dict[str, float]:
    """Time both in alternation; words a second by round, their medians and the median ratio."""
    expected: dict[str, str] = {}
    found: list[str] = []
    paces = []
    for turn in range(rounds):
        share = lines[turn::rounds]
        pace = []
        for translate, part in ((slow, share), (fast, lines)):
            start = time.perf_counter()
            found = translate(part)
            pace.append(words(part) / (time.perf_counter() - start))
            expected |= zip(part, found, strict=True) if translate is slow else ()
        paces.append((*pace, pace[1] / pace[0]))
    plainly, batched, ratio = map(statistics.median, zip(*paces, strict=True))
    same = sum(expected[line] == said for line, said in zip(lines, found, strict=True))
    return {"plain": plainly, "ours": batched, "ratio": ratio, "same": same}


def words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def peak_memory(which: str, arguments: list[str]) -> float:
    """Megabytes at most in use by a process that translates the last set of texts."""
    done = subprocess.run(
        [sys.executable, __file__, "--memory", which, *arguments], capture_output=True, text=True, check=True
    )
    return float(json.loads(done.stdout))


def start_up() -> float | None:
    """Seconds that `aligner --help` takes, the best of seven; None when it fails."""
    command = [sys.executable, "-c", "from aligner.cli import main; main()", "--help"]
    best = None
    for _ in range(7):
        start = time.perf_counter()
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        best = min(best or 1e9, time.perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="bundled name, directory or hub id (default: the bundled model)")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--threads", type=int, help="for both; by default each does as it does")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--memory", choices=["plain", "ours"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    engines = {"plain": plain, "ours": ours}
    settings = (options.model, options.beam, options.threads)
    if options.memory:
        *_, lines = texts().values()
        engines[options.memory](*settings)(lines)
        unit = 1 if sys.platform == "darwin" else 1024
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
        return

    # First, since a process inherits the peak of the one that starts it.
    memory = {which: peak_memory(which, sys.argv[1:]) for which in engines}
    fast, slow = ours(*settings), plain(*settings)
    print("| texts | words | plain loop, words/s | ours, words/s | ratio | same output |\n|---|---|---|---|---|---|")
    for name, lines in texts().items():
        fast(lines[:8]), slow(lines[:1])
        result = speed(lines, slow, fast, options.rounds)
        print(
            f"| {name}, {len(lines)} lines | {words(lines)} | {result['plain']:.0f} | {result['ours']:.0f} "
            f"| {result['ratio']:.1f} | {result['same']:.0f} of {len(lines)} |",
            flush=True,
        )
    print(f"\nPeak memory: plain loop {memory['plain']:.0f} MB, ours {memory['ours']:.0f} MB.")
    seconds = start_up()
    print("`aligner --help`:", "failed." if seconds is None else f"{seconds:.2f} s.")


if __name__ == "__main__":
    main()
