"""JSON Lines: the whole bitext, and the only format that reads back exactly.

The first line is the document's record, each other a pair's: `"record": "document"` or `"record": "pair"`, then the
fields of the dataclasses below, in order.
Offsets count Unicode code points, ends are exclusive.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from aligner.errors import FileError
from aligner.formats.encoding import utf8
from aligner.formats.references import links_by_pair, reference_text
from aligner.model import (
    Bitext,
    Block,
    Change,
    Document,
    Ignored,
    Issue,
    Link,
    Pair,
    ReviewStatus,
    Segment,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)
from aligner.records import RecordError, parse, plain, read_as

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".jsonl",)

# The line breaks of `str.splitlines` that JSON leaves as they are.
_BREAK = re.compile("[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """The document, with its reference translation where there is one."""

    name: str
    encoding: str
    text: str
    blocks: tuple[Block, ...]
    references: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class HitRecord:
    """A term's occurrence: `start` and `end` in the source, `target_*` in the target (-1 where the term failed).

    `alternatives` are entries that the same words may mean too.
    """

    start: int
    end: int
    status: TermStatus
    target_start: int
    target_end: int
    term: Term
    alternatives: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class PairRecord:
    """A pair. `link` and `reference`, its text, repeat what the document's record says, for readers of one line."""

    id: str
    start: int
    end: int
    block: Block
    source: str
    draft: str
    target: str
    score: float
    hits: tuple[HitRecord, ...]
    changes: tuple[Change, ...]
    issues: tuple[Issue, ...]
    reference: str | None
    link: Link | None
    status: ReviewStatus = ReviewStatus.DRAFT
    comment: str = ""
    ignored: tuple[Ignored, ...] = ()


def write(bitext: Bitext) -> dict[str, bytes]:
    """Write a line for the document, then one a pair. Raises ValueError for a score that is no finite number."""
    pairs = zip(bitext.pairs, links_by_pair(bitext), strict=True)
    records: tuple[tuple[str, DocumentRecord | PairRecord], ...] = (
        ("document", _document_record(bitext)),
        *(("pair", _pair_record(bitext, pair, link)) for pair, link in pairs),
    )
    lines = (_line(name, record) for name, record in records)
    return {".jsonl": utf8("".join(f"{line}\n" for line in lines))}


def _line(name: str, record: DocumentRecord | PairRecord) -> str:
    content = {"record": name} | cast("dict[str, object]", plain(record))
    line = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return _BREAK.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def read(data: bytes, path: Path | str | None = None) -> Bitext:
    """Read back the bitext that was written; `path` is named in errors.

    Raises FileError for a line that is no such record, or whose source is not at its offsets in the document.
    """
    header: DocumentRecord | None = None
    pairs: list[Pair] = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            value = parse(line)
            if header is None:
                header = read_as(DocumentRecord, value)
            else:
                pairs.append(_pair(read_as(PairRecord, value), header.text))
        except RecordError as error:
            problem = f"is no record of a bitext: {error}"
            raise FileError(problem, "translate the document again", path=path, line=number) from error
    if header is None:
        raise FileError("is empty", "translate the document again", path=path)
    document = Document(header.name, header.text, header.blocks, header.encoding)
    return Bitext(document, tuple(pairs), header.references, header.links)


def _document_record(bitext: Bitext) -> DocumentRecord:
    document = bitext.document
    return DocumentRecord(
        document.name,
        document.encoding,
        document.text,
        document.blocks,
        bitext.references,
        bitext.links,
    )


def _pair_record(bitext: Bitext, pair: Pair, link: Link | None) -> PairRecord:
    segment = pair.source
    return PairRecord(
        segment.id,
        segment.start,
        segment.end,
        segment.block,
        segment.text,
        pair.draft,
        pair.target,
        pair.score,
        tuple(_hit_record(outcome) for outcome in pair.outcomes),
        pair.changes,
        pair.issues,
        reference_text(bitext, link),
        link,
        pair.status,
        pair.comment,
        pair.ignored,
    )


def _hit_record(outcome: TermOutcome) -> HitRecord:
    hit = outcome.hit
    return HitRecord(hit.start, hit.end, outcome.status, outcome.start, outcome.end, hit.term, hit.alternatives)


def _pair(record: PairRecord, text: str) -> Pair:
    if text[record.start : record.end] != record.source:
        raise RecordError("is not at its offsets in the document", ("source",))
    return Pair(
        Segment(record.id, record.source, record.start, record.end, record.block),
        record.draft,
        record.target,
        record.score,
        tuple(
            TermOutcome(
                TermHit(hit.term, hit.start, hit.end, hit.alternatives), hit.status, hit.target_start, hit.target_end
            )
            for hit in record.hits
        ),
        record.changes,
        record.issues,
        record.status,
        record.comment,
        record.ignored,
    )
