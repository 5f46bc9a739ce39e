"""Measure terminology: how far the glossary is obeyed, at what cost in quality and time.

    python benchmarks/terminology/run.py [--model NAME] [--lines 400] [--ablation]

The modes are those of the WMT terminology tasks: no glossary, the correct one, and a random one, whose targets were
shuffled among the entries of a kind (acronyms, single words, phrases). The random mode is a control: nothing but
enforcement can bring its targets about.

Sets are corpus/ with its references, the documents in ../shared/seeds (which have none), and, where ../shared/eval is,
the first `--lines` lines of each of its sets that have a term of the glossary.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from aligner.align import align
from aligner.enforce import STEPS, Request, Step, enforce, find_targets
from aligner.engines.translator import Translator
from aligner.formulas import formula
from aligner.glossary import Glossary
from aligner.matching import form_key, is_acronym
from aligner.model import Hypothesis, TermHit
from aligner.readers import read_document
from aligner.score import joined, score
from aligner.segment import segment
from aligner.similarity import PIVOT
from aligner.typography import english

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Text:
    """A text's segments, what its formulas say, and its reference sentences, line by line or of the whole."""

    sources: tuple[str, ...]
    by_rule: tuple[str | None, ...]
    references: tuple[str, ...] = ()
    line_aligned: bool = False


def documents(folder: Path) -> list[Text]:
    found = []
    for path in sorted(folder.glob("*.txt")):
        segments = segment(read_document(path))
        reference = folder / "references" / f"{path.stem}.en.txt"
        references = [one.line for one in segment(read_document(reference))] if reference.exists() else []
        by_rule = tuple(formula(one.line, one.block.kind) for one in segments)
        found.append(Text(tuple(one.text for one in segments), by_rule, tuple(references)))
    return found


def lines(folder: Path, glossary: Glossary, limit: int) -> list[Text]:
    sources = (folder / "src.fr").read_text(encoding="utf-8").splitlines()
    references = (folder / "ref.en").read_text(encoding="utf-8").splitlines()
    chosen = [pair for pair in zip(sources, references, strict=True) if glossary.match(pair[0])][:limit]
    french, english_ = zip(*chosen, strict=True)
    return [Text(french, (None,) * len(french), english_, line_aligned=True)]


def shuffled(glossary: Glossary, seed: int = 3) -> Glossary:
    """Give each entry another's target of its kind."""
    kinds = defaultdict(list)
    for term in glossary.terms:
        kinds[_kind(term.target)].append(term.target)
    for targets in kinds.values():
        random.Random(seed).shuffle(targets)
    return Glossary(
        replace(term, target=kinds[_kind(term.target)].pop(), target_variants=(), forbidden=())
        for term in glossary.terms
    )


def _kind(target: str) -> str:
    return "acronym" if is_acronym(target) else "phrase" if " " in target else "word"


@dataclass(frozen=True)
class Result:
    """A set's translations by text and segment, the hits of each, how hits were satisfied, and the time it took."""

    hits: list[list[tuple[TermHit, ...]]]
    targets: list[list[str]]
    statuses: Counter[str]
    seconds: float


def translate(
    texts: list[Text], translator: Translator, glossary: Glossary, steps: frozenset[Step] | None = STEPS
) -> Result:
    """Translate anew; without steps nothing is enforced."""
    translator = Translator(translator.engine, beam=translator.beam)  # one that remembers nothing
    started = time.process_time()
    lines = [pair for text in texts for pair in zip(text.sources, text.by_rule, strict=True)]
    drafts = iter(translator.translate([one for one, rule in lines if rule is None], spellings=glossary.spellings))
    requests = [
        Request(one, glossary.match(one), next(drafts) if rule is None else Hypothesis(rule), rule is not None)
        for one, rule in lines
    ]
    said, statuses = [one.draft.text for one in requests], Counter[str]()
    if steps is not None:
        done = enforce(requests, translator, glossary.spellings, steps)
        said = [one.text for one in done]
        statuses.update(outcome.status for one in done for outcome in one.outcomes)
    finished = iter([english(one.source, text)[0] for one, text in zip(requests, said, strict=True)])
    seconds = time.process_time() - started
    hits = iter([one.hits for one in requests])
    return Result(
        [[next(hits) for _ in text.sources] for text in texts],
        [[next(finished) for _ in text.sources] for text in texts],
        statuses,
        seconds,
    )


def found_forms(result: Result) -> list[tuple[str, str]]:
    """List every occurrence of a term as (term, the form of it that the translation has, or nothing)."""
    forms = []
    for hits_of_text, targets in zip(result.hits, result.targets, strict=True):
        for hits, target in zip(hits_of_text, targets, strict=True):
            for hit, span in zip(hits, find_targets(target, hits), strict=True):
                forms.append((hit.term.source, "" if span is None else " ".join(form_key(target[slice(*span)], "en"))))
    return forms


def consistency(forms: list[tuple[str, str]]) -> float:
    """The share of occurrences, of terms that occur twice or more, that have the form their term mostly has."""
    groups = defaultdict(Counter)
    for term, form in forms:
        groups[term][form] += 1
    repeated = [group for group in groups.values() if group.total() > 1]
    agreeing = sum(max((count for form, count in group.items() if form), default=0) for group in repeated)
    return agreeing / max(1, sum(group.total() for group in repeated))


def links(texts: list[Text], result: Result):
    """Align the references once, so that every mode is scored on the same pairs."""
    return [
        align(targets, text.references, PIVOT) if text.references and not text.line_aligned else ()
        for text, targets in zip(texts, result.targets, strict=True)
    ]


def quality(texts: list[Text], result: Result, linked) -> dict[str, float]:
    hypotheses, references = [], []
    for text, targets, ladder in zip(texts, result.targets, linked, strict=True):
        if text.references:
            pair = (targets, text.references) if text.line_aligned else joined(targets, text.references, ladder)
            hypotheses += pair[0]
            references += pair[1]
    if not references:
        return {}
    return {one.name: (round(one.value, 1), one.signature) for one in score(hypotheses, references)}


def row(name: str, mode: str, texts: list[Text], result: Result, linked, judge: Result | None = None) -> str:
    """A line of the table; `judge` has the hits to judge by where the run had none of its own."""
    judged = result if judge is None else replace(result, hits=judge.hits)
    forms = found_forms(judged)
    met = sum(bool(form) for _, form in forms)
    scores = quality(texts, result, linked)
    words = sum(len(one.split()) for text in texts for one in text.sources)
    cells = (
        name,
        mode,
        f"{met}/{len(forms)}",
        f"{100 * met / max(1, len(forms)):.1f}",
        f"{100 * consistency(forms):.1f}",
        scores.get("BLEU", ("–",))[0],
        scores.get("chrF++", ("–",))[0],
        f"{words / result.seconds:.0f}",
        ", ".join(f"{count} {status}" for status, count in result.statuses.most_common()),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


HEADER = (
    "| set | mode | terms met | % | consistency % | BLEU | chrF++ | words a CPU second | how |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="as in aligner translate")
    parser.add_argument("--lines", type=int, default=400, help="lines of each line-aligned set")
    parser.add_argument("--sets", default="corpus,seeds,flores200-dev,newstest2013,unpc_dev", help="with commas")
    parser.add_argument("--ablation", action="store_true", help="also each step alone, and each left out")
    options = parser.parse_args()
    translator, glossary = Translator.load(options.model), Glossary.load()
    wrong = shuffled(glossary)
    sets = {"corpus": documents(ROOT / "corpus")}
    if SHARED.exists():
        sets["seeds"] = documents(SHARED / "seeds")
        sets |= {
            folder.name: lines(folder, glossary, options.lines) for folder in sorted((SHARED / "eval/mt").glob("*/"))
        }
    translate(sets["corpus"][:1], translator, glossary)  # warm
    print(HEADER)
    for name, texts in sets.items():
        if name not in options.sets.split(","):
            continue
        modes = {"correct": glossary, "random": wrong}
        results = {mode: translate(texts, translator, chosen) for mode, chosen in modes.items()}
        plain = translate(texts, translator, glossary, None)
        linked = links(texts, plain)
        print(row(name, "none", texts, plain, linked, results["correct"]), flush=True)
        for mode, chosen in modes.items():
            print(row(name, mode, texts, results[mode], linked), flush=True)
            print(f"    {name} {mode}: {100 * (results[mode].seconds / plain.seconds - 1):+.0f}% time")
            if options.ablation:
                for step in Step:
                    alone = translate(texts, translator, chosen, frozenset({step}))
                    print(row(name, f"{mode}, {step} alone", texts, alone, linked), flush=True)
                    without = translate(texts, translator, chosen, STEPS - {step})
                    print(row(name, f"{mode}, without {step}", texts, without, linked), flush=True)
        signatures = quality(texts, plain, linked)
        print("   ", "; ".join(f"{metric}: {value[1]}" for metric, value in signatures.items()))


if __name__ == "__main__":
    main()
