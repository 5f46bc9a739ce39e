"""JSON Lines: the whole bitext, and the only format that reads back exactly.

The first line is the document's record, each other a pair's: `"record": "document"` or `"record": "pair"`, then the
fields of the dataclasses below, in order.
Offsets count Unicode code points, ends are exclusive.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, TypeVar, cast, get_args, get_origin, get_type_hints

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

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

SUFFIXES = (".jsonl",)

# The line breaks of `str.splitlines` that JSON leaves as they are.
_BREAKS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}


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
    records = (
        {"record": "document"} | asdict(_document_record(bitext)),
        *({"record": "pair"} | asdict(_pair_record(bitext, pair, link)) for pair, link in pairs),
    )
    lines = (json.dumps(record, ensure_ascii=False, allow_nan=False).translate(_BREAKS) for record in records)
    return {".jsonl": utf8("".join(f"{line}\n" for line in lines))}


def read(data: bytes, path: Path | str | None = None) -> Bitext:
    """Read back the bitext that was written; `path` is named in errors.

    Raises FileError for a line that is no such record, or whose source is not at its offsets in the document.
    """
    header: DocumentRecord | None = None
    pairs: list[Pair] = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            value = json.loads(line.decode())
            if header is None:
                header = _read_as(DocumentRecord, value)
            else:
                pairs.append(_pair(_read_as(PairRecord, value), header.text))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            problem = f"not a record of a bitext ({type(error).__name__}: {error})"
            raise FileError(problem, "translate the document again", path=path, line=number) from error
    if header is None:
        raise FileError("an empty file", "translate the document again", path=path)
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
        raise ValueError("the source is not at its offsets in the document")
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


def _read_as(kind: type[T], value: object) -> T:
    """Rebuild a record, or anything that records are made of; raise TypeError, KeyError or ValueError."""
    read = value
    if get_origin(kind) is UnionType:
        read = None if value is None else _read_as(get_args(kind)[0], value)
    elif get_origin(kind) is tuple:
        read = tuple(_read_as(get_args(kind)[0], item) for item in _of_type(list, value))
    elif is_dataclass(kind):
        record = _of_type(dict, value)
        # A field that files of earlier versions lack has a default.
        required = {field.name for field in fields(kind) if field.default is MISSING}
        present = {name: type_ for name, type_ in _fields(kind).items() if name in required or name in record}
        read = kind(**{name: _read_as(type_, record[name]) for name, type_ in present.items()})
    elif issubclass(kind, StrEnum):
        read = kind(_of_type(str, value))
    else:
        # Other writers of JSON make 0 of 0.0.
        read = float(value) if kind is float and type(value) is int else _of_type(kind, value)
    return cast("T", read)


def _of_type(kind: type[T], value: object) -> T:
    # Not isinstance, to which True is an int.
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__} where {kind.__name__} belongs")
    return value


@cache
def _fields(record: type) -> dict[str, type]:
    return get_type_hints(record)
