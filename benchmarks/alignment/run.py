"""Measure alignment: strict and lax P/R/F1 on hand-made links, a perturbation test, and how time and memory grow.

    python benchmarks/alignment/run.py [quality] [layout] [perturbation] [scale]

Sets are those of ../shared/eval/align: `transread_*` (French-English) and the German-French yearbook texts. Drafts of
the model are kept in benchmarks/alignment/.cache, which git ignores. Nothing here is tuned when it runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared/eval"
CACHE = Path(__file__).parent / ".cache"

from aligner.align import Agreement, align, score_alignment  # noqa: E402
from aligner.formats import links as ladder  # noqa: E402
from aligner.model import Link  # noqa: E402
from aligner.similarity import LEXICAL, Embeddings, Lengths, Words, by_words, in_blocks, load_encoder  # noqa: E402

Align = Callable[[list[str], list[str]], Sequence[Link]]
Set = tuple[str, list[str], list[str], tuple[Link, ...]]


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def traced(best: dict[tuple[int, int], tuple[float, tuple[int, int]]], i: int, j: int) -> list[Link]:
    """The links of the best path to a cell, by each cell's best cost and last step."""
    found = []
    while i or j:
        m, n = best[i, j][1]
        found.append(Link(tuple(range(i - m, i)), tuple(range(j - n, j)), 0.0))
        i, j = i - m, j - n
    return found[::-1]


def novels() -> list[Set]:
    found = []
    for folder in sorted((SHARED / "align").glob("transread_*")):
        gold = ladder.read((folder / "gold.txt").read_bytes())
        found.append((folder.name.partition("_")[2], lines(folder / "fr.txt"), lines(folder / "en.txt"), gold))
    return found


def yearbooks() -> list[Set]:
    folder = SHARED / "align/vecalign_bleualign_de-fr"
    return [
        (
            f"de-fr {path.stem}",
            lines(path.with_suffix(".de")),
            lines(path.with_suffix(".fr")),
            ladder.read(path.read_bytes()),
        )
        for path in sorted(folder.glob("*.defr"))
    ]


def drafts(texts: Sequence[str]) -> list[str]:
    """Translate with the bundled model, greedily; each list of texts once and for all."""
    path = CACHE / f"{hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()}.json"
    if not path.exists():
        from aligner.engines.translator import Translator

        said = [draft.text for draft in Translator.load(beam=1).translate(texts)]
        CACHE.mkdir(exist_ok=True)
        path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def gale_church(source: list[str], target: list[str]) -> list[Link]:
    """Length only, as published in 1993: bead costs, variance 6.8, the two-sided tail of the normal density."""
    from math import erfc, log, sqrt

    import numpy as np

    priors = {(1, 1): 0.89, (1, 0): 0.0099, (0, 1): 0.0099, (1, 2): 0.089, (2, 1): 0.089, (2, 2): 0.011}
    near, far = (np.concatenate(([0], np.cumsum([len(text) for text in texts]))) for texts in (source, target))

    def cost(first: int, second: int) -> float:
        if first == second == 0:
            return 0.0
        delta = abs(second - first) / sqrt(6.8 * (first + second) / 2)
        return -log(max(erfc(delta / sqrt(2)), 1e-30))

    best = {(0, 0): (0.0, (0, 0))}
    for i in range(len(source) + 1):
        middle = len(target) * i // max(len(source), 1)
        for j in range(max(0, middle - 250), min(len(target), middle + 250) + 1):
            for (m, n), prior in priors.items():
                if (before := best.get((i - m, j - n))) is not None:
                    total = before[0] + cost(near[i] - near[i - m], far[j] - far[j - n]) - log(prior)
                    if (i, j) not in best or total < best[i, j][0]:
                        best[i, j] = total, (m, n)
    return traced(best, len(source), len(target))


def hunalign_like(source: list[str], target: list[str]) -> list[Link]:
    """The method of Varga et al. (2005), written anew: length and equal words, a dictionary from that, and again.

    A translation by dictionary is compared by shared words over the longer side, plus the ratio of lengths; links 1-1,
    1-2, 2-1 and nulls. Dictionary entries are the pairs that co-occur in at least half of the 1-1 links of either.
    """
    words = [[re.findall(r"\w+", text.casefold()) for text in texts] for texts in (source, target)]
    dictionary: dict[str, set[str]] = {}
    found: list[Link] = []
    for _ in range(2):
        said = [set(side) | {t for s in side for t in dictionary.get(s, ())} for side in words[0]]
        found = _hunalign_pass(source, target, words, said)
        together: Counter[tuple[str, str]] = Counter()
        alone: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for link in found:
            if len(link.source) == len(link.target) == 1:
                ours, theirs = set(words[0][link.source[0]]), set(words[1][link.target[0]])
                together.update((s, t) for s in ours for t in theirs)
                alone[0].update(ours)
                alone[1].update(theirs)
        for (s, t), count in together.items():
            if count >= 2 and count / max(alone[0][s], alone[1][t]) >= 0.5:
                dictionary.setdefault(s, set()).add(t)
    return found


def _hunalign_pass(
    source: list[str], target: list[str], words: list[list[list[str]]], said: list[set[str]]
) -> list[Link]:
    lengths = [[len(text) + 1 for text in texts] for texts in (source, target)]
    kinds = ((1, 1, 0.0), (1, 2, -0.1), (2, 1, -0.1), (1, 0, 0.0), (0, 1, 0.0))
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(source) + 1):
        middle = len(target) * i // max(len(source), 1)
        for j in range(max(0, middle - 250), min(len(target), middle + 250) + 1):
            for m, n, penalty in kinds:
                if (before := best.get((i - m, j - n))) is None:
                    continue
                gain = -0.3 if not (m and n) else penalty
                if m and n:
                    ours = set().union(*said[i - m : i])
                    theirs = {word for side in words[1][j - n : j] for word in side}
                    size = max(sum(len(set(side)) for side in words[0][i - m : i]), len(theirs), 1)
                    first, second = sum(lengths[0][i - m : i]), sum(lengths[1][j - n : j])
                    gain += min(1.0, len(ours & theirs) / size) + min(first, second) / max(first, second) - 0.7
                if (i, j) not in best or before[0] + gain > best[i, j][0]:
                    best[i, j] = before[0] + gain, (m, n)
    return traced(best, len(source), len(target))


METHODS: dict[str, Align] = {
    "Gale-Church": gale_church,
    "hunalign-like": hunalign_like,
    "ours, length": lambda source, target: align(source, target, Lengths()),
    "ours, lexical": lambda source, target: align(source, target, LEXICAL),
    "ours, mt": lambda source, target: align(source, target, by_words(Words(drafts))),
}
if find_spec("wordllama"):
    METHODS["ours, embeddings"] = lambda source, target: align(
        source, target, by_words(Words(drafts), Embeddings(load_encoder(), drafts))
    )


def quality() -> None:
    print("| set | method | strict P | R | F1 | lax P | R | F1 |\n|---|---|---|---|---|---|---|---|")
    for sets, names in ((novels(), tuple(METHODS)), (yearbooks(), tuple(METHODS)[:4])):
        pooled = {name: Agreement() for name in names}
        macro: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
        for title, source, target, gold in sets:
            for name in names:
                one = score_alignment(gold, METHODS[name](source, target))
                pooled[name] += one
                macro[name].append((one.strict[2], one.lax[2]))
                _row(title, name, one)
        for name in names:
            _row("all", name, pooled[name])
            strict, lax = (sum(column) / len(column) for column in zip(*macro[name], strict=True))
            print(f"| mean of F1 | {name} | | | {strict:.3f} | | | {lax:.3f} |", flush=True)


def _row(title: str, name: str, one: Agreement) -> None:
    cells = " | ".join(f"{value:.3f}" for value in (*one.strict, *one.lax))
    print(f"| {title} | {name} | {cells} |", flush=True)


def layout() -> None:
    """Measure what paragraphs add on the novels, whose numbers stand in `*.para`."""
    print("| method | paragraphs | strict F1 | mean of F1 | lax F1 |\n|---|---|---|---|---|")
    scorers = {
        "ours, length": Lengths(),
        "ours, lexical": LEXICAL,
        "ours, mt": by_words(Words(drafts)),
    }
    openings = [
        [_openings(folder / name) for name in ("fr.para", "en.para")]
        for folder in sorted((SHARED / "align").glob("transread_*"))
    ]
    for name, scorer in scorers.items():
        for blocks in (False, True):
            found = [
                score_alignment(gold, align(source, target, in_blocks(scorer, *opened) if blocks else scorer))
                for (_, source, target, gold), opened in zip(novels(), openings, strict=True)
            ]
            pooled = sum(found, Agreement())
            cells = (pooled.strict[2], sum(one.strict[2] for one in found) / len(found), pooled.lax[2])
            values = " | ".join(f"{cell:.3f}" for cell in cells)
            print(f"| {name} | {'yes' if blocks else 'no'} | {values} |", flush=True)


def _openings(path: Path) -> list[str]:
    numbers = [None, *lines(path)]
    return ["" if number == before else "paragraph" for before, number in pairwise(numbers)]


def perturbed(rng: random.Random, french: list[str], english: list[str]) -> Set:
    """Merge, split, delete and insert segments of a 1-1 text; of three sentences in ten, one is changed."""
    source, target, gold = [], [], []
    k = 0
    while k + 1 < len(french):
        kind = rng.choices(("1-1", "2-1", "1-2", "1-0", "0-1", "split"), (76, 5, 5, 4, 4, 6))[0]
        taken = 2 if kind in ("2-1", "1-2") else 1
        ours, theirs = french[k : k + taken], english[k : k + taken]
        ours = [" ".join(ours)] if kind == "1-2" else [] if kind == "0-1" else ours
        theirs = [" ".join(theirs)] if kind == "2-1" else [] if kind == "1-0" else theirs
        words = theirs[0].split() if theirs else []
        if kind == "split" and len(words) >= 6:
            cut = round(len(words) * rng.uniform(0.35, 0.65))
            theirs = [" ".join(words[:cut]), " ".join(words[cut:])]
        gold.append(
            Link(
                tuple(range(len(source), len(source) + len(ours))),
                tuple(range(len(target), len(target) + len(theirs))),
                1.0,
            )
        )
        source += ours
        target += theirs
        k += taken
    return "", source, target, tuple(gold)


def perturbation() -> None:
    print("| text | from line | method | strict F1 | with links of both sides only |\n|---|---|---|---|---|")
    for name, first in product(("newstest2013", "flores200-dev", "unpc_dev"), range(0, 3000, 500)):
        french, english = (lines(SHARED / "mt" / name / file)[first : first + 500] for file in ("src.fr", "ref.en"))
        if len(french) < 100:
            continue
        for method in tuple(METHODS)[3:]:
            found, gold = set(), set()
            for seed in range(3):
                _, source, target, wanted = perturbed(random.Random(seed), french, english)
                found |= {(seed, one.source, one.target) for one in METHODS[method](source, target)}
                gold |= {(seed, one.source, one.target) for one in wanted}
            scores = []
            for some, right in (
                (found, gold),
                ({x for x in found if x[1] and x[2]}, {x for x in gold if x[1] and x[2]}),
            ):
                scores.append(2 * len(some & right) / (len(some) + len(right)))
            print(f"| {name} | {first} | {method} | {scores[0]:.4f} | {scores[1]:.4f} |", flush=True)


def scale_one(count: int, omitted: int) -> None:
    """Align the novels, one after the other and again until there are `count` sentences; print a row."""
    source: list[str] = []
    target: list[str] = []
    gold: list[Link] = []
    while len(source) < count:
        for _, french, english, wanted in novels():
            ours, theirs = len(source), len(target)
            gold += [Link(tuple(i + ours for i in x.source), tuple(j + theirs for j in x.target), 1.0) for x in wanted]
            source += french
            target += english
    last = next((k for k, one in enumerate(gold) if one.source and one.source[0] >= count), len(gold))
    gold = gold[:last]
    source, target = source[:count], target[: 1 + max(j for one in gold for j in one.target)]
    if omitted:
        first = len(target) // 3
        gone = range(first, first + omitted)
        target = target[:first] + target[first + omitted :]
        moved = [(one.source, [j for j in one.target if j not in gone]) for one in gold]
        gold = [Link(x, tuple(j - omitted if j >= first else j for j in y), 1.0) for x, y in moved]
        # What linked several segments with what is gone now is a null for each.
        gold = [one for link in gold for one in ([link] if link.target else [Link((i,), (), 1.0) for i in link.source])]
    start = time.process_time()
    one = score_alignment(gold, align(source, target, LEXICAL))
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"| {count} | {len(target)} | {omitted} | {seconds:.1f} | {memory} | {one.strict[2]:.3f} | {one.lax[2]:.3f} |"
    )


def scale() -> None:
    print(
        "| source | target | omitted | CPU seconds | MB | strict F1 | lax F1 |\n|---|---|---|---|---|---|---|",
        flush=True,
    )
    for count, omitted in ((1000, 0), (10_000, 0), (10_000, 3000), (100_000, 0)):
        subprocess.run([sys.executable, __file__, "one", str(count), str(omitted)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        scale_one(int(sys.argv[2]), int(sys.argv[3]))
    else:
        parts = {"quality": quality, "layout": layout, "perturbation": perturbation, "scale": scale}
        for part in sys.argv[1:] or parts:
            parts[part]()
