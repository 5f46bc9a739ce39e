"""Processor time of all stages but the engine, on one long document."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from copies import copies
from watched import Watched

from aligner.engines.translator import Translator
from aligner.glossary import Glossary
from aligner.model import Hypothesis, ModelInfo
from aligner.outputs import write_document
from aligner.pipeline import finish, prepare
from aligner.readers import read_document
from aligner.run import DEFAULT_FORMATS
from aligner.translation import LocalPool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

T = TypeVar("T")


class Scripted:
    """An engine that says what a real one said before a word was changed, and looks along the diagonal."""

    info = ModelInfo("scripted", "", "", "scripted")
    size, max_source_tokens = 0, 512

    def __init__(self, drafts: Mapping[str, str] | AnyOf) -> None:
        self._drafts = drafts

    def count_tokens(self, texts):
        return [len(text.split()) + 1 for text in texts]

    def decode(self, texts, decoding, *, constraints=(), on_done=None):
        said = [self._drafts.get(text, text) for text in texts]
        if constraints:
            forms = (" ".join(one.forms[0] for one in asked) for asked in constraints)
            said = [f"{draft} {told}" for draft, told in zip(said, forms, strict=True)]
        return [Hypothesis(text, -0.5) for text in said]

    def score(self, sources, targets):
        return [-0.5] * len(sources)

    def look(self, sources, targets, spans):
        return [
            tuple(_diagonal(sum(span) / 2 / len(source), target) for span in asked)
            for source, target, asked in zip(sources, targets, spans, strict=True)
        ]


class AnyOf:
    """Drafts for whatever text, chosen by its length, with the targets of its terms; nothing is held for them."""

    def __init__(self, drafts: Collection[str], glossary: Glossary) -> None:
        self._drafts, self._glossary = tuple(drafts), glossary

    def get(self, text: str, _default: str) -> str:
        targets = (hit.term.target for hit in self._glossary.match(text))
        return " ".join((self._drafts[len(text) % len(self._drafts)], *targets))


def _diagonal(place: float, target: str) -> tuple[tuple[int, int, float], ...]:
    """Look at the words of a target that stand where a place (0..1) of its source does."""
    words = [word.span() for word in re.finditer(r"\w+", target)]
    return tuple((start, end, max(0.0, 1 - 8 * abs((start + end) / 2 / len(target) - place))) for start, end in words)


def stages(first: int, segments: int, known: Mapping[str, str], output: Path) -> dict:
    """Take so many segments of copies of the corpus as one document; `known` has drafts by segment of the corpus.

    Gives what each stage costs, in microseconds of processor time a segment, and how terms were met, which shows that
    the steps of the enforcement have work.
    """
    texts, drafts, taken = [], {}, 0
    for copy in copies(first):
        texts.append(copy.text)
        drafts |= {changed: known.get(base, base) for changed, base in copy.lines}
        taken += len(copy.lines)
        if taken >= segments:
            break
    path = output / f"{first}-{segments}.txt"
    path.write_text("\n\n".join(texts), encoding="utf-8")
    engine, glossary = Watched(Scripted(drafts)), Glossary.load()
    pool = LocalPool(Translator(engine))
    spent: dict[str, float] = {}

    def stage(name: str, work: Callable[[], T]) -> T:
        start = time.process_time() - engine.worked
        result = work()
        spent[name] = time.process_time() - engine.worked - start
        return result

    others = [name for name in DEFAULT_FORMATS if name != "html"]
    wave = stage("reading, segmenting, matching", lambda: prepare([read_document(path, path.stem)], glossary))
    parts = stage("enforcing the glossary", lambda: list(pool.translate(wave.units, glossary.spellings)))
    made = {at: one for part in parts for at, one in part.items()}
    answers = [made[at] for at in range(len(made))]
    (bitext,) = stage("typography and checks", lambda: list(finish(wave, answers, {})))
    stage("writing HTML", lambda: write_document(output, bitext, ("html",), pool.info))
    stage("writing the other formats", lambda: write_document(output, bitext, others, pool.info))
    costs = {name: 1e6 * seconds / len(bitext.pairs) for name, seconds in spent.items()}
    terms = Counter(str(outcome.status) for pair in bitext.pairs for outcome in pair.outcomes)
    return {"segments": segments, "costs": costs, "terms": dict(terms.most_common())}
