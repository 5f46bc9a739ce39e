"""The nouns that every stage shares: frozen, slotted, made of tuples, importing nothing of ours.

Offsets are Python string indices (Unicode code points). A segment's offsets point into its document's text; a
term hit's and a change's point into the text of their own segment. Ends are exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class BlockKind(StrEnum):
    """What a block of a document is to its reader; decides how its text is segmented and guarded."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"
    DATE_LINE = "date-line"
    NAVIGATION = "navigation"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that is laid out as one thing, without its indent, bullet, number or surrounding blank lines.

    What lies between blocks is layout; it is copied verbatim when the translated document is rebuilt.
    """

    kind: BlockKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded text and its blocks, in order and without overlap.

    `name` is the path of its outputs below the output folder, with forward slashes.
    """

    name: str
    text: str
    blocks: tuple[Block, ...]
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Segment:
    """A translation unit's source: `document.text[start:end] == text`, always.

    `id` is unique in its document and a valid XML NMTOKEN.
    """

    id: str
    text: str
    start: int
    end: int
    block: Block

    @property
    def line(self) -> str:
        """The text on one line: every inner line break, with the blanks around it, becomes one space."""
        return one_line(self.text)


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry. `forbidden` are targets that must not be used; `origin` is `file:line`.

    What is not to be translated (`do_not_translate`) is copied as the source has it, and is its own target.
    """

    source: str
    target: str
    source_variants: tuple[str, ...] = ()
    target_variants: tuple[str, ...] = ()
    case_sensitive: bool = False
    pos: str = ""
    forbidden: tuple[str, ...] = ()
    domain: str = ""
    note: str = ""
    origin: str = ""
    do_not_translate: bool = False

    def __hash__(self) -> int:
        # These tell nearly all entries apart; all of its fields would take ten times as long.
        return hash((self.source, self.target))

    @property
    def content(self) -> tuple[object, ...]:
        """What of an entry bears on translations; where it was read from, and notes, do not."""
        return (
            self.source,
            self.target,
            self.source_variants,
            self.target_variants,
            self.case_sensitive,
            self.pos,
            self.forbidden,
            self.domain,
            self.do_not_translate,
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """Every accepted target, the preferred one first."""
        return (self.target, *self.target_variants)


class TermHit(NamedTuple):
    """An occurrence of a term in a segment's source text.

    `alternatives` are other entries that the same words may mean, where nothing in the document says which. It is a
    named tuple since these are made by the ten thousand a second, in less than half the time.
    """

    term: Term
    start: int
    end: int
    alternatives: tuple[Term, ...] = ()


class TermStatus(StrEnum):
    """How a hit was satisfied in the target, cheapest first."""

    KEPT = "kept"
    CONSTRAINED = "constrained"
    INLINED = "inlined"
    SUBSTITUTED = "substituted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TermOutcome:
    """What became of a hit. `start` and `end` say where the target term stands in the target; -1 when it failed."""

    hit: TermHit
    status: TermStatus
    start: int = -1
    end: int = -1

    @classmethod
    def of(cls, hit: TermHit, span: tuple[int, int] | None, status: TermStatus = TermStatus.KEPT) -> TermOutcome:
        """Say what became of a hit by where its target was found: it has the status, or failed where it was not.

        A status that says it failed before counts as kept, since now it is there.
        """
        if span is None:
            return cls(hit, TermStatus.FAILED)
        return cls(hit, TermStatus.KEPT if status is TermStatus.FAILED else status, *span)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A translation with the model's length-normalised log-probability (0 for text that was passed through).

    `flags` name what the guards saw and could not mend, such as `repetition` or `length-ratio`.
    """

    text: str
    score: float = 0.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a translation must say in place of source[start:end]: one of the forms, the preferred one first."""

    start: int
    end: int
    forms: tuple[str, ...]


#: Where a model looked at a span of a source as it said a translation: the places of the translation's tokens and, of
#: each, the share (0..1) of its attention that was on the span, as (start, end, share).
Focus = tuple[tuple[int, int, float], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of a target text: at `start`, `before` became `after`, by `rule`."""

    rule: str
    start: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Enforced:
    """A draft after the glossary was enforced on it; replaying `changes` on the draft gives `text`.

    `score` and `flags` are those of the hypothesis that was kept, the draft's or a later one's.
    """

    text: str
    changes: tuple[Change, ...]
    outcomes: tuple[TermOutcome, ...]
    score: float = 0.0
    flags: tuple[str, ...] = ()


class Severity(StrEnum):
    """How much an issue matters to a reviser."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a reviser should look at in a pair."""

    check: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Link:
    """Source segments aligned with target segments, by index; either side may be empty. `score` is in 0..1."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    score: float


class ReviewStatus(StrEnum):
    """How far a translation has come: from the machine, changed, approved, or refused."""

    DRAFT = "draft"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Ignored:
    """An issue that a reviser looked at and let stand, by its check and message, with the reason why."""

    check: str
    message: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A segment and its translation, with everything that explains it.

    `draft` is what the engine said; replaying `changes` on it gives `target`. `score` is the hypothesis's. `status`,
    `comment` and `ignored` are the reviser's.
    """

    source: Segment
    draft: str
    target: str
    score: float = 0.0
    outcomes: tuple[TermOutcome, ...] = ()
    changes: tuple[Change, ...] = ()
    issues: tuple[Issue, ...] = ()
    status: ReviewStatus = ReviewStatus.DRAFT
    comment: str = ""
    ignored: tuple[Ignored, ...] = ()


@dataclass(frozen=True, slots=True)
class Bitext:
    """A document and its pairs, one a segment, in order.

    Where a reference translation is known, `references` are its sentences and `links` align pairs (source side)
    with them (target side).
    """

    document: Document
    pairs: tuple[Pair, ...]
    references: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """A reviser's decision on a segment of `document`.

    `source` is the text that was decided on, so that a later change of it is seen; `before` is the target that was
    decided on, so that a change by somebody else is seen, and None where it is not known.
    """

    document: str
    segment_id: str
    source: str
    target: str
    status: ReviewStatus
    comment: str = ""
    ignored: tuple[Ignored, ...] = ()
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A quality metric over a set of segments.

    `low` and `high` bound the 95% bootstrap interval. `signature` is sacreBLEU's, or says how ours was counted.
    """

    name: str
    value: float
    signature: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model translated: enough to find the same one again."""

    id: str
    revision: str
    sha256: str
    engine: str
    options: tuple[tuple[str, str], ...] = ()


def one_line(text: str) -> str:
    r"""Join a text's lines with single spaces.

    >>> one_line("l'Arménie,  \n  la Géorgie")
    "l'Arménie, la Géorgie"
    """
    lines = text.splitlines()
    return text if lines == [text] else " ".join(line.strip() for line in lines)


def replay(draft: str, changes: tuple[Change, ...]) -> str:
    """Apply changes in order.

    >>> replay("Afghanistan's FIAS", (Change("term", 14, "FIAS", "ISAF"),))
    "Afghanistan's ISAF"

    Raises ValueError when a change does not find the text it was made on.
    """
    text = draft
    for change in changes:
        end = change.start + len(change.before)
        if text[change.start : end] != change.before:
            raise ValueError(f"{change.rule}: {change.before!r} is not at {change.start} in {text!r}")
        text = text[: change.start] + change.after + text[end:]
    return text


def moved(span: tuple[int, int], changes: tuple[Change, ...]) -> tuple[int, int]:
    """Say where a span of a text is after changes were applied to it.

    >>> moved((5, 9), (Change("blanks", 0, "  ", ""),))
    (3, 7)
    """
    start, end = span
    for change in changes:
        growth = len(change.after) - len(change.before)
        if change.start + len(change.before) <= start:
            start, end = start + growth, end + growth
        elif change.start < end:
            start, end = min(start, change.start), end + growth
    return start, end
