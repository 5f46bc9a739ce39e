"""How fast a glossary of 50,000 entries is loaded and matched.

    python benchmarks/terminology/matching.py TEXT... [--glossary glossary/nato.csv] [--entries 50000] [--once LARGE]

The entries are the glossary's and, up to the number asked for, runs of two to four words of every second line of the
French texts that begin and end with a word of four letters or more. They are matched on the other lines, which have
many of them again, in documents of 40 lines as a run matches the segments of a document. Times are of the processor, so
that other work on the machine counts less; the best of the later passes is given beside the first, in which every word
is new. A text given with --once, of 20 MB or so, is matched in one pass only, as a run that sees each text once would,
in three parts.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.glossary import Glossary, default_path, load_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUN = re.compile(r"\w+(?:['’-]\w+)*")
PASSES = 9
DOCUMENT = 40


def phrases(lines: Sequence[str], count: int) -> list[str]:
    """Draw different runs of words, always the same ones for the same lines."""
    found: dict[str, None] = {}
    for line in lines:
        words = RUN.findall(line)
        for size in (2, 3, 4):
            for start in range(len(words) - size + 1):
                run = words[start : start + size]
                if len(run[0]) > 3 and len(run[-1]) > 3:
                    found[" ".join(run)] = None
    if len(found) < count:
        raise SystemExit(f"the texts have {len(found)} phrases only; give more text, or fewer --entries")
    return random.Random(1).sample(list(found), count)


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--glossary", type=Path, default=default_path())
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument(
        "--once", type=Path, metavar="LARGE", help="a text to match with the large glossary in one pass"
    )
    options = parser.parse_args()

    lines = [line for path in options.texts for line in path.read_text(encoding="utf-8").splitlines()]
    own = load_terms(options.glossary)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["source", "target", "source_variants", "case_sensitive"])
            rows.writerows(
                [term.source, term.target, "|".join(term.source_variants), term.case_sensitive] for term in own
            )
            rows.writerows([phrase, "x"] for phrase in phrases(lines[::2], options.entries - len(own)))
        loaded: list[Glossary] = []
        load = timed(lambda: loaded.append(Glossary.load(path)))
    glossary = loaded[0]
    build = timed(lambda: glossary.match("OTAN"))
    print(f"{len(glossary)} entries: read in {load:.2f} s, filed in {build:.2f} s, spellings in ", end="")
    print(f"{timed(lambda: glossary.spellings):.2f} s")
    if options.once:
        once = options.once.read_text(encoding="utf-8").splitlines()
        report_once("large glossary", glossary, once)
        report_once(options.glossary.name, Glossary.load(options.glossary), once)
    report("large glossary", glossary, lines[1::2])
    report(options.glossary.name, Glossary.load(options.glossary), lines[1::2])


def matched(glossary: Glossary, lines: Sequence[str]) -> int:
    """Match lines in documents; returns the number of hits."""
    documents = (lines[at : at + DOCUMENT] for at in range(0, len(lines), DOCUMENT))
    return sum(len(hits) for document in documents for hits in glossary.match_document(document))


def report_once(name: str, glossary: Glossary, lines: Sequence[str]) -> None:
    """Print how fast each third of a text is matched, when its words are no longer new or, in the first, are."""
    third = len(lines) // 3 + 1
    for start in range(0, len(lines), third):
        part = lines[start : start + third]
        size = sum(len(line.encode()) + 1 for line in part) / 1e6
        began = time.process_time()
        hits = matched(glossary, part)
        rate = size / (time.process_time() - began)
        print(f"{name}, one pass: {size:.2f} MB, {hits / size / 1000:.1f} hits a kB, {rate:.1f} MB/s")


def report(name: str, glossary: Glossary, lines: Sequence[str]) -> None:
    """Print how fast a glossary is matched on lines."""
    size = sum(len(line.encode()) + 1 for line in lines) / 1e6
    passes = [timed(lambda: matched(glossary, lines)) for _ in range(PASSES)]
    hits = matched(glossary, lines)
    rates = f"first pass {size / passes[0]:.1f} MB/s, best {size / min(passes):.1f} MB/s"
    print(f"{name}: {size:.2f} MB, {hits} hits, {rates}")


if __name__ == "__main__":
    main()
