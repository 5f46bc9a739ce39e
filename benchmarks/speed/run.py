"""Measure speed: words a second, memory, start-up, latency and growth, ours against other ways to run the same model.

    python benchmarks/speed/run.py [--copies 1 10 100] [--rounds 3] [--parts …] 2> lines.jsonl > table.md

Each measurement is a process of its own (tasks.py says what it does) with its own ALIGNER_HOME and output folder, one
after the other. What is compared is measured in turn, round after round. Measurements go to stderr as they are made, a
line of JSON each; `--table lines.jsonl` makes the table of them again. Where there is a GPU, it is measured too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from table import AGAIN, FIRST, GPU, LINEAR, MACHINE, PLAIN, QUALITY, RAW, growing, ours, report

from aligner.engines.hardware import cores, has_gpu

TASKS = Path(__file__).with_name("tasks.py")
PARTS = ("ways", "memory", "start", "copies", "quality")
ALIGNER = (sys.executable, "-c", "from aligner.cli import main; main()")
#: Batches to try: texts for transformers, padded source tokens for CTranslate2.
BATCHED = {"cpu": (16, 32, 64), "cuda": (128, 512, 1024)}
RAW_BATCHED = {"cpu": (256, 512, 1024, 2048), "cuda": (8192, 16384, 32768)}
NOTE = """Réunion des ministres

Les ministres de la Défense se sont réunis à Bruxelles. Ils ont examiné la situation au Kosovo.
La prochaine réunion du Conseil de l’Atlantique Nord aura lieu en juin.
"""


@dataclass(frozen=True)
class Bench:
    """Where measurements are made, of which model, and what was found."""

    root: Path
    model: str | None
    lines: list[dict] = field(default_factory=list)

    def home(self) -> Path:
        """Make an empty ALIGNER_HOME, but for the converted model."""
        home = Path(tempfile.mkdtemp(dir=self.root))
        shutil.copytree(self.root / "ctranslate2", home / "ctranslate2")
        return home

    def task(self, row: str, name: str, home: Path | None = None, turn: int = 0, **arguments: object) -> dict:
        """Have a task done; without a home, in a new one that is gone afterwards."""
        where = home or self.home()
        arguments |= {"home": str(where)} if name in {"aligner", "linear", "bounded"} else {}
        told = json.dumps({"model": self.model, **arguments})
        output, figures = run((sys.executable, str(TASKS), name, told), where)
        if home is None:
            shutil.rmtree(where)
        return self.keep({"row": row, "round": turn, **figures, **json.loads(output)})

    def command(self, row: str, home: Path, *words: object, turn: int = 0) -> dict:
        """Run aligner in a home."""
        model = ("--model", self.model) if self.model and words[0] == "translate" else ()
        return self.keep({"row": row, "round": turn, **run((*ALIGNER, *map(str, words), *model), home)[1]})

    def keep(self, line: dict) -> dict:
        print(json.dumps(line), file=sys.stderr, flush=True)
        self.lines.append(line)
        return line


def run(command: tuple[str, ...], home: Path) -> tuple[str, dict]:
    """Run a process to its end: its output; its wall time in seconds, cores busy and peak memory in megabytes."""
    environment = os.environ | {"ALIGNER_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment) as process:
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"{command}: {errors.read()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    busy = (usage.ru_utime + usage.ru_stime) / seconds
    return output, {"seconds": seconds, "cores": busy, "megabytes": usage.ru_maxrss * unit / 1e6}


def machine() -> dict:
    """What is measured on, and how busy it is with other things."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("ctranslate2", "transformers", "torch"))
    return {"processors": cores(), "load": os.getloadavg()[0], "versions": versions}


def ways(bench: Bench, options: argparse.Namespace, folder: Path, units: str, words: int) -> None:
    """All ways to translate the same texts, in turn, every other round backwards."""
    few = {"units": units, "share": 8 * options.sample}
    tasks = [(PLAIN, "plain", {"units": units, "share": options.sample})]
    for device in ("cpu", "cuda") if has_gpu() else ("cpu",):
        where = "" if device == "cpu" else GPU
        tuned = [
            bench.task("tuning", name, device=device, sizes=sizes[device], **texts)["size"]
            for name, sizes, texts in (("batched", BATCHED, few), ("raw", RAW_BATCHED, {"units": units}))
        ]
        fast = {"engine": "ctranslate2", "device": device, "units": units}
        tasks += [
            (f"transformers, batches of {tuned[0]}{where}", "batched", {"device": device, "sizes": tuned[:1], **few}),
            (f"{RAW}{where}", "raw", {"device": device, "sizes": tuned[1:], "units": units}),
            (f"our engine alone, ctranslate2{where}", "alone", fast),
        ]
        for engine in ("ctranslate2", "transformers"):
            for glossary in (False, True):
                more = {"engine": engine, "device": device, "glossary": glossary, "folder": str(folder), "words": words}
                tasks.append((ours(engine, glossary) + where, "aligner", more))
    for turn in range(options.rounds):
        for row, name, arguments in tasks[:: -1 if turn % 2 else 1]:
            bench.task(row, name, turn=turn, **arguments)


def memory(bench: Bench, options: argparse.Namespace, folder: Path) -> None:
    """Whole commands, one after the other with the same memory."""
    for turn in range(options.rounds):
        home = bench.home()
        texts = shutil.copytree(folder, home / "texts")
        words = ("translate", texts, "--quiet", "--device", "cpu", "--engine", "ctranslate2", "-o")
        bench.command(FIRST, home, *words, home / "out", turn=turn)
        bench.command(AGAIN, home, *words, home / "out", turn=turn)
        bench.command("the same, into a new folder", home, *words, home / "new", turn=turn)
        with min(texts.glob("*.txt")).open("a", encoding="utf-8") as one:
            one.write("\n\nCette phrase est nouvelle dans le document.\n")
        bench.command("the same, one sentence new", home, *words, home / "out", turn=turn)
        shutil.rmtree(home)


def start(bench: Bench, options: argparse.Namespace) -> None:
    """Start-up, and one short document."""
    for turn in range(options.rounds):
        home = bench.home()
        note = home / "note.txt"
        note.write_text(NOTE, encoding="utf-8")
        bench.command("`aligner --help`", home, "--help", turn=turn)
        bench.task("short document, script with transformers", "script", home, turn, document=str(note))
        for engine in ("transformers", "ctranslate2"):
            words = ("translate", note, "--quiet", "--no-memory", "--device", "cpu", "--engine", engine)
            bench.command(f"short document, `aligner`, {engine}", home, *words, "-o", home / engine, turn=turn)
        shutil.rmtree(home)


def growth(bench: Bench, options: argparse.Namespace) -> None:
    """More and more copies of the corpus."""
    for count in options.copies:
        folder = bench.root / f"copies-{count}"
        words = bench.task("material", "material", folder=str(folder), count=count)["words"]
        for glossary in (False, True):
            more = {"engine": "ctranslate2", "device": "cpu", "glossary": glossary, "words": words}
            # Of no round, as nothing was measured in turn with it.
            bench.task(growing(count, glossary), "aligner", turn=-1, folder=str(folder), **more)
        shutil.rmtree(folder)


def quality(bench: Bench, options: argparse.Namespace) -> None:
    """What the engines say, and what the other stages cost on longer and longer documents."""
    drafts = str(bench.root / "drafts.json")
    bench.task(QUALITY, "quality", drafts=drafts)
    for turn in range(options.rounds):
        for segments in options.segments:
            bench.task(LINEAR, "linear", turn=turn, segments=segments, drafts=drafts)
    for segments in options.bounded:
        bench.task(f"{segments:,} segments, scripted engine", "bounded", turn=-1, segments=segments, drafts=drafts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--model", help="bundled name, directory or hub id (default: the bundled model)")
    which.add_argument("--stock", action="store_true", help="the bundled model, made as large as opus-mt-fr-en")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compare", type=int, default=10, help="copies of the corpus to compare on (default: 10)")
    parser.add_argument("--sample", type=int, default=48, help="sentences for the plain loop; eight times for batches")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 10, 100], help="copies of the corpus, for growth")
    parser.add_argument("--segments", type=int, nargs="+", default=[1000, 10_000, 100_000], help="lengths of documents")
    parser.add_argument("--bounded", type=int, nargs="*", default=[], help="segments of runs to measure the memory of")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--table", type=Path, metavar="LINES", help="measure nothing; make the table of these")
    options = parser.parse_args()
    if options.table:
        print(report([json.loads(line) for line in options.table.read_text(encoding="utf-8").splitlines()]))
        return
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), f"{folder}/stock" if options.stock else options.model)
        texts, units = bench.root / "texts", str(bench.root / "units.json")
        bench.keep({"row": MACHINE, "round": 0, **machine()})
        if options.stock:
            bench.task("a model of stock size", "stock", bench.root, folder=bench.model)
        bench.task("first conversion of the model", "convert", bench.root)
        made = bench.task("material", "material", folder=str(texts), count=options.compare, units=units)
        if "ways" in options.parts:
            ways(bench, options, texts, units, made["words"])
        if "memory" in options.parts:
            memory(bench, options, texts)
        for name, part in (("start", start), ("copies", growth), ("quality", quality)):
            if name in options.parts:
                part(bench, options)
    print(report(bench.lines))


if __name__ == "__main__":
    main()
