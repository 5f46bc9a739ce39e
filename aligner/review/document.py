"""The page of one document: its segments side by side, with everything that explains them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from aligner.model import BlockKind, Severity, TermStatus
from aligner.review.marks import Piece, mark, rules_at
from aligner.review.page import href, render
from aligner.review.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aligner.model import Bitext, Block, Link, ModelInfo, Pair, Score, Term, TermOutcome

# Paragraphs are the plain case and carry no label.
_KINDS: dict[str, str] = {
    **{kind: kind.replace("-", " ").capitalize() for kind in BlockKind},
    BlockKind.NUMBERED: "Numbered item",
    BlockKind.BULLET: "List item",
}
_MEANINGS = {
    TermStatus.KEPT: "the model used an accepted target by itself",
    TermStatus.INLINED: "the target was given to the model inside the source",
    TermStatus.SUBSTITUTED: "the model’s wording was replaced",
    TermStatus.FAILED: "the target is not in the translation",
}
_STATUSES = tuple(TermStatus)
# A bullet or number is short; more text than this before a block is some other layout.
_LONGEST_MARKER = 6
_LONGEST_INDENT = 80


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term hit of a row: its number there, its anchor and the number of its entry in the page's glossary list."""

    number: int
    anchor: str
    outcome: TermOutcome
    entry: int
    source: str
    target: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A pair as it is shown. `opens` says that its block starts here; `marker` is then the block's bullet or number."""

    pair: Pair
    source: tuple[Piece, ...]
    target: tuple[Piece, ...]
    terms: tuple[TermRow, ...]
    opens: bool
    marker: str

    @property
    def worst(self) -> str:
        """Give the severity of the row's worst issue, a failed term being an error; empty when there is none."""
        severities = {issue.severity for issue in self.pair.issues}
        if any(outcome.status is TermStatus.FAILED for outcome in self.pair.outcomes):
            severities.add(Severity.ERROR)
        return next((severity for severity in Severity if severity in severities), "")

    def status(self, piece: Piece) -> TermStatus:
        """Give the worst status of the hits that a piece shows."""
        return max((self.terms[hit].outcome.status for hit in piece.hits), key=_STATUSES.index)


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference side of a link. `beside` is the segment where the sentences stand when they are not repeated."""

    label: str
    texts: tuple[str, ...]
    score: float
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that one link joins, and what they are linked with."""

    rows: tuple[Row, ...]
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter: its choices are `(value, label, segments)`."""

    name: str
    label: str
    choices: tuple[tuple[str, str, int], ...]


@dataclass(slots=True)
class _Entries:
    """The glossary entries that a page has met, numbered in order of appearance, with their occurrences."""

    numbers: dict[Term, int] = field(default_factory=dict)
    counts: Counter[Term] = field(default_factory=Counter)

    def add(self, term: Term) -> int:
        self.counts[term] += 1
        return self.numbers.setdefault(term, len(self.numbers))


def render_document(
    bitext: Bitext,
    *,
    model: ModelInfo,
    scores: tuple[Score, ...] = (),
    baseline: tuple[Score, ...] = (),
    index_href: str = "../index.html",
) -> str:
    """Write a bitext as one HTML file that fetches nothing and runs no script but its own.

    `baseline` are the scores with the glossary off. `index_href` is a relative path to the run's index.
    """
    entries = _Entries()
    rows = tuple(_rows(bitext, entries))
    return render(
        "document.html",
        summary=summarise(bitext, scores=scores, baseline=baseline),
        encoding=bitext.document.encoding,
        groups=tuple(_groups(bitext, rows)),
        facets=_facets(bitext.pairs),
        entries=tuple(entries.counts.items()),
        model=model,
        index_href=href(index_href),
        kinds=_KINDS,
        meanings=_MEANINGS,
        aligned=bool(bitext.references),
    )


def _rows(bitext: Bitext, entries: _Entries) -> Iterator[Row]:
    block: Block | None = None
    for pair in bitext.pairs:
        opens, block = pair.source.block != block, pair.source.block
        yield Row(
            pair=pair,
            source=mark(pair.source.text, _spans(pair, lambda outcome: (outcome.hit.start, outcome.hit.end))),
            target=mark(pair.target, _spans(pair, lambda outcome: (outcome.start, outcome.end))),
            terms=tuple(_term_row(pair, number, entries) for number in range(len(pair.outcomes))),
            opens=opens,
            marker=_marker(bitext.document.text, block.start) if opens else "",
        )


def _spans(pair: Pair, place: Callable[[TermOutcome], tuple[int, int]]) -> list[tuple[int, int, int]]:
    return [(*place(outcome), number) for number, outcome in enumerate(pair.outcomes)]


def _term_row(pair: Pair, number: int, entries: _Entries) -> TermRow:
    outcome = pair.outcomes[number]
    hit, found = outcome.hit, outcome.start >= 0
    return TermRow(
        number=number,
        # A slash cannot stand in a segment's id, so that no two anchors are equal.
        anchor=f"seg-{pair.source.id}/{number}",
        outcome=outcome,
        entry=entries.add(hit.term),
        source=pair.source.text[hit.start : hit.end],
        target=pair.target[outcome.start : outcome.end] if found else hit.term.target,
        rules=rules_at(pair.changes, outcome.start, outcome.end) if found else (),
    )


def _marker(text: str, start: int) -> str:
    before = text[max(0, start - _LONGEST_INDENT) : start]
    marker = before.rpartition("\n")[2].rpartition("\r")[2].strip()
    return marker if len(marker) <= _LONGEST_MARKER else ""


def _groups(bitext: Bitext, rows: tuple[Row, ...]) -> Iterator[Group]:
    """Put the rows of a link together, in the order of the source; a reference alone follows the link before it."""
    owner: dict[int, int] = {}
    alone: dict[int, list[Link]] = {}
    last = -1
    for number, link in enumerate(bitext.links):
        for index in link.source:
            owner.setdefault(index, number)
        if link.source:
            last = max(last, *link.source)
        else:
            alone.setdefault(last, []).append(link)
    yield from _unlinked(bitext, alone.get(-1, ()))
    shown: dict[int, str] = {}
    # A row without a link is a group of its own: -1 - index is nobody else's number.
    for number, run in groupby(range(len(rows)), key=lambda index: owner.get(index, -1 - index)):
        indices = tuple(run)
        first = rows[indices[0]].pair.source.id
        reference = _reference(bitext, bitext.links[number], shown.get(number, "")) if number >= 0 else None
        shown.setdefault(number, first)
        yield Group(tuple(rows[index] for index in indices), reference)
        for index in indices:
            yield from _unlinked(bitext, alone.get(index, ()))


def _unlinked(bitext: Bitext, links: Iterable[Link]) -> Iterator[Group]:
    return (Group((), _reference(bitext, link, "")) for link in links)


def _reference(bitext: Bitext, link: Link, beside: str) -> Reference:
    texts = () if beside else tuple(bitext.references[index] for index in link.target)
    return Reference(f"{len(link.source)}–{len(link.target)}", texts, link.score, beside)


def _facets(pairs: tuple[Pair, ...]) -> tuple[Facet, ...]:
    severities = _tally((issue.severity for issue in pair.issues) for pair in pairs)
    checks = _tally((issue.check for issue in pair.issues) for pair in pairs)
    terms = _tally((outcome.status for outcome in pair.outcomes) for pair in pairs)
    kinds = _tally((pair.source.block.kind,) for pair in pairs)
    facets = (
        Facet("severity", "Severity", _choices(severities, {**_capitals(Severity), "none": "No issue"})),
        Facet("check", "Check", _choices(checks, {check: check for check in sorted(checks) if check != "none"})),
        Facet("terms", "Terms", _choices(terms, {**_capitals(TermStatus), "none": "No term"})),
        Facet("kind", "Block", _choices(kinds, _KINDS)),
    )
    return tuple(facet for facet in facets if facet.choices)


def _tally(rows: Iterable[Iterable[str]]) -> Counter[str]:
    """Count the rows that have each value, each row once; those that have no value count as `none`."""
    return Counter(value for row in rows for value in set(row) or ("none",))


def _capitals(names: Iterable[str]) -> dict[str, str]:
    return {name: name.capitalize() for name in names}


def _choices(counts: Counter[str], labels: dict[str, str]) -> tuple[tuple[str, str, int], ...]:
    return tuple((str(value), label, counts[value]) for value, label in labels.items() if counts[value])
