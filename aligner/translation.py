"""Units of translation: what model and glossary are asked together, and answered from the memory where it is known."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from aligner.enforce import Request, enforce, fitted, with_tags
from aligner.engines import guards
from aligner.inline_tags import Plain, without_tags
from aligner.model import Change, Enforced, Hypothesis, TermHit, TermOutcome, TermStatus, one_line, replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from aligner.engines.translator import Translator
    from aligner.memory import Memory
    from aligner.model import ModelInfo, Term

#: The rooms whose code decides what a translation is; with any change of it, the memory's translations are made anew.
RULES = ("engines", "enforce", "inflect.py", "inline_tags.py", "matching.py", "words.py", "model.py", "translation.py")
_CODE = {".py", ".js", ".css", ".html"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment to translate: its text, the terms in it, and what it is in English where a rule knows that."""

    text: str
    hits: tuple[TermHit, ...] = ()
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """What became of a unit: what the model said, and that with the glossary enforced."""

    draft: Hypothesis
    enforced: Enforced


#: Bytes of weights on disk, of four bytes or two each, from which on a model is large: opus-mt has 300 or 150 million.
LARGE = 100_000_000


class Pool(Protocol):
    """What units are translated on: an engine in this process, or many elsewhere.

    `info` says by which model. `wave` is how many characters to give it at once, for full batches and bounded memory.
    """

    @property
    def info(self) -> ModelInfo:
        """The model and what bears on what it says."""
        ...

    wave: int

    def translate(
        self, units: Sequence[Unit], spellings: Mapping[str, str], on_done: Callable[[int], None] | None = None
    ) -> Iterator[Mapping[int, Translation]]:
        """Translate units; yield them in parts as they are done, by the places of their units.

        `on_done` is told how many more are drafted.
        """
        ...


class LocalPool:
    """A translator in this process."""

    #: Enough for full batches, little enough that reading and writing overlap with translating, that memory stays flat
    #: and that an interrupted run has lost little.
    wave = 120_000
    #: A GPU's batches are sixteen times as large, and waste it unless a wave has dozens of them, each of one width.
    gpu_wave = 4_000_000
    #: Weights that no cache holds are read from memory at each step of each batch, so that batches have to be fuller.
    large_wave = 480_000

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        if dict(translator.info.options).get("device") == "cuda":
            self.wave = self.gpu_wave
        elif translator.engine.size > LARGE:
            self.wave = self.large_wave

    @property
    def info(self) -> ModelInfo:
        """The translator's model."""
        return self._translator.info

    def translate(
        self, units: Sequence[Unit], spellings: Mapping[str, str], on_done: Callable[[int], None] | None = None
    ) -> Iterator[Mapping[int, Translation]]:
        """Translate units in parts of a wave or more, so that of a long document not all is lost when it is cut off."""
        for run in _runs([len(unit.text) for unit in units], self.wave):
            part = self._translated([units[at] for at in run], spellings, on_done)
            yield dict(zip(run, part, strict=True))

    def _translated(
        self, units: Sequence[Unit], spellings: Mapping[str, str], on_done: Callable[[int], None] | None
    ) -> list[Translation]:
        """Translate units step by step; what has inline tags as the text without them."""
        plain = [_plain(unit) for unit in units]
        hits = [_inside(one, unit.hits) for one, unit in zip(plain, units, strict=True)]
        lines = [one_line(one.text) for one, unit in zip(plain, units, strict=True) if unit.formula is None]
        said = iter(self._translator.translate(lines, spellings=spellings, on_done=on_done))
        drafts = [next(said) if unit.formula is None else Hypothesis(unit.formula) for unit in units]
        requests = [
            Request(one.text, tuple(filter(None, asked)), draft, unit.formula is not None)
            for one, asked, draft, unit in zip(plain, hits, drafts, units, strict=True)
        ]
        enforced = enforce(requests, self._translator, spellings)
        tagged = [at for at, one in enumerate(plain) if one.tags]
        if tagged:
            asked = [requests[at] for at in tagged], [plain[at].tags for at in tagged], [enforced[at] for at in tagged]
            for at, one in zip(tagged, with_tags(*asked, self._translator, spellings), strict=True):
                enforced[at] = replace(one, outcomes=_outside(units[at].hits, hits[at], one.outcomes))
        return [Translation(*one) for one in zip(drafts, enforced, strict=True)]


def _runs(sizes: Sequence[int], least: int) -> Iterator[range]:
    """Cut places into runs of no less than so much each, the last one too, whose batches would else be poor."""
    first = size = 0
    left = sum(sizes)
    for at, one in enumerate(sizes, 1):
        size, left = size + one, left - one
        if at == len(sizes) or least <= min(size, left):
            yield range(first, at)
            first, size = at, 0


def _plain(unit: Unit) -> Plain:
    """The text that the model is shown; a formula has no tags."""
    return without_tags(unit.text) if unit.formula is None else Plain(unit.text)


def _inside(plain: Plain, hits: tuple[TermHit, ...]) -> tuple[TermHit | None, ...]:
    """Say where hits are in a text without its tags; those in code or in a tag are no words of it."""
    if not plain.tags:
        return hits
    spans = [plain.inside(hit.start, hit.end) for hit in hits]
    return tuple(
        hit._replace(start=start, end=end) if start < end and not plain.is_literal(start, end) else None
        for hit, (start, end) in zip(hits, spans, strict=True)
    )


def _outside(
    hits: Sequence[TermHit], inside: Sequence[TermHit | None], outcomes: Sequence[TermOutcome]
) -> tuple[TermOutcome, ...]:
    """Say what became of the hits of a text with tags; those that are no words of it are not met."""
    met = iter(outcomes)
    return tuple(
        TermOutcome.of(hit, None) if one is None else replace(next(met), hit=hit)
        for hit, one in zip(hits, inside, strict=True)
    )


def translate_units(
    units: Sequence[Unit],
    pool: Pool,
    spellings: Mapping[str, str],
    memory: Memory | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> list[Translation]:
    """Translate units, in order: each once, and only those that the memory does not know; these it learns.

    `on_done` is told how many more of the units are done, and how many of these the memory knew.
    """
    done = 0

    def report(count: int, known: int = 0) -> None:
        nonlocal done
        done += count
        if on_done is not None:
            on_done(count, known)

    key = unit_key(pool.info, spellings)
    keys = [key(unit) for unit in units]
    places = {known: at for at, known in enumerate(keys)}
    texts = {} if memory is None else memory.recall(list(places))
    new = [known for known in places if known not in texts]
    report(len(units) - len(new), sum(known in texts for known in keys))
    for part in pool.translate([units[places[known]] for known in new], spellings, report) if new else ():
        learnt = {new[at]: pack(one) for at, one in part.items()}
        if memory is not None:
            memory.remember(learnt)
        texts |= learnt
    report(len(units) - done)
    return [unpack(texts[known], unit.hits) for known, unit in zip(keys, units, strict=True)]


def unit_key(model: ModelInfo, spellings: Mapping[str, str]) -> Callable[[Unit], bytes]:
    """Make the function that gives a unit's key: a digest of all that bears on its translation."""
    # A model is its files, which its hashes stand for, whatever path or name it was given by.
    files = replace(model, id="", revision="")
    start = sha256(f"{code_sha256(RULES)} {version('simplemma')} {files!r}".encode())
    spelt = sha256(repr(sorted(spellings.items())).encode()).hexdigest()

    def key(unit: Unit) -> bytes:
        digest = start.copy()
        hits = [(_content(hit.term), hit.start, hit.end) for hit in unit.hits]
        about = (unit.text, unit.formula, hits, spelt if _may_be_shouted(unit) else "")
        digest.update(repr(about).encode(errors="surrogatepass"))
        return digest.digest()

    return key


@lru_cache(maxsize=1 << 16)
def _content(term: Term) -> str:
    """What of an entry bears on how it is enforced."""
    return repr(term.content)


def _may_be_shouted(unit: Unit) -> bool:
    """Tell whether spellings may count, which they do in what is in capitals.

    This may be the text, a clause of it, or either with targets written into it: none has more capitals than all of it.
    """
    plain = _plain(unit)
    written = (_written(hit.term, plain.text[hit.start : hit.end]) for hit in filter(None, _inside(plain, unit.hits)))
    return _capitals(plain.text) + sum(written) >= guards.SHOUTED_SHARE * guards.SHOUTED_LETTERS


@lru_cache(maxsize=1 << 16)
def _written(term: Term, found: str) -> int:
    """How many capitals an entry's target has when it is written in place of what was found."""
    return _capitals(fitted(found, TermHit(term, 0, len(found))))


def _capitals(text: str) -> int:
    return sum(map(str.isupper, text))


@lru_cache
def code_sha256(rooms: tuple[str, ...] = ("",)) -> str:
    """Digest the code of rooms of this package, by default of all."""
    digest = sha256()
    for room in rooms:
        path = Path(__file__).parent / room
        files = path.rglob("*") if path.is_dir() else [path]
        for file in sorted(file for file in files if file.suffix in _CODE):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def pack(translation: Translation) -> str:
    """Write a translation as JSON, without its hits, which the unit has."""
    draft, enforced = translation.draft, translation.enforced
    changes = [(one.rule, one.start, one.before, one.after) for one in enforced.changes]
    outcomes = [(one.status, one.start, one.end) for one in enforced.outcomes]
    content = (draft.text, draft.score, draft.flags, changes, outcomes, enforced.score, enforced.flags)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def unpack(packed: str, hits: tuple[TermHit, ...]) -> Translation:
    """Read a translation of a unit with these hits back."""
    text, score, flags, changes, outcomes, last_score, last_flags = json.loads(packed)
    edits = tuple(Change(*one) for one in changes)
    met = tuple(
        TermOutcome(hit, TermStatus(status), start, end)
        for hit, (status, start, end) in zip(hits, outcomes, strict=True)
    )
    enforced = Enforced(replay(text, edits), edits, met, last_score, tuple(last_flags))
    return Translation(Hypothesis(text, score, tuple(flags)), enforced)
