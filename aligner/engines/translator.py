"""A guarded translator: an engine that is shown only what it can translate and believed only when it makes sense."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aligner.engines import guards
from aligner.engines.protocol import Decoding
from aligner.matching import URL_OR_EMAIL
from aligner.model import Hypothesis, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from aligner.engines.protocol import Engine
    from aligner.model import Constraint, Focus, ModelInfo

#: Segments longer than this many tokens are split even when the model would take them: quality falls off before its
#: hard limit, since it saw few longer sentences in training.
LONG_SEGMENT_TOKENS = 200
#: The least beam of a constrained search, which has to hold hypotheses at every stage of a phrase.
CONSTRAINED_BEAM = 5
#: How many translations are remembered; more than a large folder's worth of repeated lines.
MEMORY = 200_000


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of a text between addresses; without pieces it stays as it is."""

    text: str
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    """One input on its way through the engine: what it was, whether it is shouted, and its parts."""

    text: str
    shouted: bool
    parts: tuple[_Part, ...]


class Translator:
    """Translates segments with an engine; the same segment always gets the same translation."""

    def __init__(self, engine: Engine, *, beam: int = 4) -> None:
        self.engine = engine
        self.beam = beam
        self._known: dict[str, Hypothesis] = {}

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        *,
        revision: str | None = None,
        engine: str = "auto",
        device: str = "auto",
        threads: int | None = None,
        batch_tokens: int | None = None,
        beam: int = 4,
    ) -> Translator:
        """Find a model: a bundled one's name (the default model without one), a directory, or a hub id.

        `engine` is `auto`, `ctranslate2` or `transformers`; `threads` counts CPU threads, all that the process may use
        by default; `batch_tokens` bounds a batch's source tokens. The model is loaded when it is first needed. Raises
        ModelError, with the remedy, when it cannot be found.
        """
        from aligner.engines.load import load_engine  # noqa: PLC0415 (keeps fakes free of the engines on disk)

        name = None if model is None else str(model)
        found = load_engine(
            name, revision=revision, engine=engine, device=device, threads=threads, batch_tokens=batch_tokens
        )
        return cls(found, beam=beam)

    @property
    def info(self) -> ModelInfo:
        """The engine's model and the options that bear on what it says."""
        return replace(self.engine.info, options=(*self.engine.info.options, ("beam", str(self.beam))))

    def translate(
        self,
        texts: Sequence[str],
        *,
        spellings: Mapping[str, str] | None = None,
        mixed: bool = False,
        on_done: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """Translate segments, one hypothesis each, in order.

        Text without words, and text that is English already, passes through. `spellings` has the words that keep
        their capitals when a text in capitals is read in sentence case, by their lower case. `mixed` says that the
        texts have English terms written into their French, so that English words do not make them English. `on_done` is
        told, as the work goes on, how many more of `texts` are done.
        """
        lines = [one_line(text) for text in texts]
        jobs = self._jobs(list(dict.fromkeys(lines)), spellings or {}, mixed=mixed)
        pieces = [piece for job in jobs for part in job.parts for piece in part.pieces]
        said = self._ask(pieces, _spread(len(texts), on_done))
        answers = {job.text: _answer(job, said) for job in jobs}
        return [answers[line] for line in lines]

    rejoin = staticmethod(guards.rejoin)

    def constrain(
        self,
        texts: Sequence[str],
        constraints: Sequence[tuple[Constraint, ...]],
        *,
        spellings: Mapping[str, str],
    ) -> list[Hypothesis]:
        """Translate segments so that each says what it must, one hypothesis each, in order.

        A hypothesis is empty where the search found none, and for a segment that the engine cannot be shown as one
        since it is too long or has addresses.
        """
        found = [Hypothesis("")] * len(texts)
        read = [_calm(text, spellings) for text in texts]
        limit = min(self.engine.max_source_tokens, LONG_SEGMENT_TOKENS)
        counts = enumerate(self.engine.count_tokens(read))
        places = [place for place, count in counts if count <= limit and not URL_OR_EMAIL.search(read[place])]
        hypotheses = self.engine.decode(
            [read[place] for place in places],
            Decoding(max(self.beam, CONSTRAINED_BEAM)),
            constraints=[constraints[place] for place in places],
        )
        for place, hypothesis in zip(places, hypotheses, strict=True):
            if hypothesis.text:
                text = guards.shout(hypothesis.text) if guards.is_shouted(texts[place]) else hypothesis.text
                found[place] = replace(_judged(texts[place], hypothesis), text=text)
        return found

    def score(self, sources: Sequence[str], targets: Sequence[str], *, spellings: Mapping[str, str]) -> list[float]:
        """Have the model score given translations, in order; see `Engine.score`."""
        return self.engine.score(*_calm_pairs(sources, targets, spellings))

    def look(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        spans: Sequence[Sequence[tuple[int, int]]],
        *,
        spellings: Mapping[str, str],
    ) -> list[tuple[Focus, ...]]:
        """Say where the model looks at spans of sources as it says given translations; see `Engine.look`."""
        return self.engine.look(*_calm_pairs(sources, targets, spellings), spans)

    def _jobs(self, lines: Sequence[str], spellings: Mapping[str, str], *, mixed: bool) -> list[_Job]:
        calm = {
            line: _calm(line, spellings)
            for line in lines
            if guards.has_words(line) and (mixed or not guards.is_english(line))
        }
        limit = min(self.engine.max_source_tokens, LONG_SEGMENT_TOKENS) if calm else 0
        tokens = dict(zip(calm, self.engine.count_tokens(list(calm.values())), strict=True)) if calm else {}

        def parts(line: str) -> Iterator[_Part]:
            for text, for_model in guards.around_addresses(calm[line]):
                whole: tuple[str, ...] = (text.strip(),)
                if for_model and tokens[line] > limit:
                    whole = guards.split_long(text.strip(), limit, self.engine.count_tokens)
                yield _Part(text, whole if for_model else ())

        return [
            _Job(line, guards.is_shouted(line), tuple(parts(line)))
            if line in calm
            else _Job(line, False, (_Part(line),))
            for line in lines
        ]

    def _ask(self, pieces: Sequence[str], on_done: Callable[[int, int], None]) -> dict[str, Hypothesis]:
        """Translate pieces that are not known yet, and what cannot be right once more; give a hypothesis for each."""
        if len(self._known) > MEMORY:
            self._known.clear()
        new = [piece for piece in dict.fromkeys(pieces) if piece not in self._known and guards.has_words(piece)]
        said = {piece: self._known.get(piece, Hypothesis(piece)) for piece in pieces}
        first = self.engine.decode(new, Decoding(self.beam), on_done=lambda count: on_done(count, len(new)))
        said |= {piece: _judged(piece, hypothesis) for piece, hypothesis in zip(new, first, strict=True)}
        suspect = [piece for piece in new if said[piece].flags]
        again = self.engine.decode(suspect, Decoding(self.beam, strict=True)) if suspect else []
        for piece, hypothesis in zip(suspect, again, strict=True):
            second = _judged(piece, hypothesis)
            if len(second.flags) < len(said[piece].flags):
                said[piece] = second
        self._known.update(said)
        on_done(0, 0)
        return said


def _answer(job: _Job, said: Mapping[str, Hypothesis]) -> Hypothesis:
    """Put an input's answer together from those to its pieces."""
    found = [said[piece] for part in job.parts for piece in part.pieces]
    text = "".join(_joined(part, said, last=part is job.parts[-1]) for part in job.parts)
    flags = dict.fromkeys(flag for hypothesis in found for flag in hypothesis.flags)
    score = min((hypothesis.score for hypothesis in found), default=0.0)
    return Hypothesis(guards.shout(text) if job.shouted else text, score, tuple(flags))


def _joined(part: _Part, said: Mapping[str, Hypothesis], *, last: bool) -> str:
    """Put a part's answer together, with the blanks that it had around it."""
    if not part.pieces:
        return part.text
    inner = part.text.strip()
    before, _, after = part.text.partition(inner)
    text = guards.rejoin(part.pieces, [said[piece].text for piece in part.pieces])
    if not last and not inner.endswith("."):
        text = text.removesuffix(".")
    return before + text + after


def _calm(text: str, spellings: Mapping[str, str]) -> str:
    """Read a text in capitals in sentence case, and line breaks as spaces; offsets stay."""
    line = text.replace("\n", " ")
    return guards.sentence_case(line, spellings) if guards.is_shouted(line) else line


def _calm_pairs(
    sources: Sequence[str], targets: Sequence[str], spellings: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Read sources as they were translated, and translations as they were said."""
    said = [
        guards.sentence_case(target, spellings) if guards.is_shouted(source) else target
        for source, target in zip(sources, targets, strict=True)
    ]
    return [_calm(source, spellings) for source in sources], said


def _judged(source: str, hypothesis: Hypothesis) -> Hypothesis:
    flags = dict.fromkeys((*hypothesis.flags, *guards.faults(source, hypothesis.text)))
    return replace(hypothesis, flags=tuple(flags))


def _spread(inputs: int, on_done: Callable[[int], None] | None) -> Callable[[int, int], None]:
    """Turn the engine's progress (pieces done, of pieces) into progress over inputs that ends exactly at the end."""
    pieces_done = reported = 0

    def report(pieces: int, total: int) -> None:
        nonlocal pieces_done, reported
        pieces_done += pieces
        done = inputs if total == 0 else inputs * pieces_done // total
        if on_done is not None and done > reported:
            on_done(done - reported)
            reported = done

    return report
