"""Choose the attention head that aligns best, and record it beside a model.

    python benchmarks/terminology/heads.py [--model NAME] [--write]

Every cross-attention head, and the mean of each layer's, is taken as a word aligner: an English word is linked with
the French word that it looked at most while it was said. The measure is alignment error rate (Och and Ney, 2003),
lower is better, on the hand-made word links of the stories in ../shared/eval/word-align: the first three choose, the
others confirm. `--write` writes alignment.json into the model's folder; models without one use all heads of the last
layer but one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections import Counter, defaultdict
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

from aligner.engines.alignment import RECORD
from aligner.engines.load import load_engine
from aligner.engines.registry import DEFAULT_MODEL, resolve

STORIES = Path(__file__).resolve().parents[3] / "shared/eval/word-align"
LONGEST = 70
Head = tuple[int, int | str]


def sentences(story: Path):
    """Yield the aligned sentences of a story: French words, English words, sure links, possible links."""
    french, english = ((story / name).read_text(encoding="utf-8").splitlines() for name in ("fr.txt", "en.txt"))
    for line in (story / "word_align.txt").read_text(encoding="utf-8").splitlines():
        number, _, links = line.partition("\t")
        found = [(int(f), int(e), kind) for f, kind, e in re.findall(r"(\d+)([-p])(\d+)", links)]
        sure = {(f, e) for f, e, kind in found if kind == "-"}
        words = french[int(number)].split(), english[int(number)].split()
        if sure and max(map(len, words)) <= LONGEST:
            yield *words, sure, {(f, e) for f, e, _ in found}


@torch.inference_mode()
def attention(engine, french: list[str], english: list[str]) -> dict[Head, torch.Tensor]:
    """The attention of each head, English × French words."""
    tokenizer = engine._tokenizer
    pieces, near = _of_words([of_word[:-1] for of_word in tokenizer.source(french)])
    source = tokenizer.source_ids(pieces)
    pieces, far = _of_words(tokenizer.target(english))
    target = tokenizer.target_ids(pieces)
    states, mask = engine._encode([[*source, engine._decoder.end]])
    wanted = torch.tensor([target])
    given = torch.tensor([[engine._decoder.start, *target[:-1]]])
    _, seen = engine._decoder.force(states, mask, given, wanted)
    of_words = far.T @ seen[:, 0, :, :, : len(source)] @ near
    heads: dict[Head, torch.Tensor] = {}
    for layer, weights in enumerate(of_words):
        heads[layer, "mean"] = weights.mean(0)
        heads |= {(layer, head): one for head, one in enumerate(weights)}
    return heads


def _of_words(pieces: list[list[str]]) -> tuple[list[str], torch.Tensor]:
    """The pieces of words in a row, and which words they are of: pieces × words."""
    owners = torch.tensor([number for number, of_word in enumerate(pieces) for _ in of_word])
    return [piece for of_word in pieces for piece in of_word], torch.nn.functional.one_hot(owners, len(pieces)).float()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT_MODEL, help="as in aligner translate")
    parser.add_argument("--write", action="store_true", help="record the best head beside the model")
    options = parser.parse_args()
    engine = load_engine(options.model, engine="transformers", device="cpu", threads=1)._engine
    counts: defaultdict[str, defaultdict[Head, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for story in sorted(STORIES.iterdir()):
        for french, english, sure, possible in sentences(story):
            for head, weights in attention(engine, french, english).items():
                links = {(int(f), e) for e, f in enumerate(weights.argmax(1))}
                counts[story.name][head].update(
                    right=len(links & sure) + len(links & possible), all=len(links) + len(sure)
                )

    def error(stories: list[str], head: Head) -> float:
        total = sum((counts[story][head] for story in stories), Counter())
        return 1 - total["right"] / total["all"]

    stories = list(counts)
    ranking = sorted(counts[stories[0]], key=lambda head: error(stories[:3], head))
    print("| layer | head | AER, three stories | AER, the others |\n|---|---|---|---|")
    for head in [*ranking[:5], *(head for head in ranking[5:] if head[1] == "mean")]:
        print(f"| {head[0]} | {head[1]} | {error(stories[:3], head):.3f} | {error(stories[3:], head):.3f} |")
    best = next(head for head in ranking if head[1] != "mean")
    if options.write:
        path = resolve(options.model).path / RECORD
        path.write_text(json.dumps({"heads": [best]}) + "\n", encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
