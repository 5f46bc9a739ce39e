"""What the review page knows, as plain JSON: the segments, the glossary entries they met, and their references.

Offsets are those of JavaScript's strings, which count UTF-16 code units. What is empty is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from aligner.model import ReviewStatus, Severity, TermStatus
from aligner.review.marks import rules_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aligner.model import Bitext, Block, Link, Pair, Term, TermOutcome

Json = dict[str, object]
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

#: More segments than these are not put into one page; a browser holds them, but nobody waits for them to load.
MOST_SEGMENTS = 10_000
# A bullet or number is short; more text than this before a block is some other layout.
_LONGEST_MARKER = 6
_LONGEST_INDENT = 80
#: The rule of the change that a reviser made; what the machine said is what the changes before it give.
REVIEW_RULE = "review"


@dataclass(slots=True)
class _Entries:
    """The glossary entries that a page has met, numbered in order of appearance."""

    numbers: dict[Term, int] = field(default_factory=dict)

    def number(self, term: Term) -> int:
        return self.numbers.setdefault(term, len(self.numbers))


def page_data(bitexts: Sequence[Bitext], *, served: str = "", checks: Mapping[str, Severity] | None = None) -> str:
    """Write bitexts as JSON that may stand in a script element.

    A document has a key that changes with its texts, under which a browser keeps edits of it. `served` is
    the path that edits are sent to. `checks` are the severities of the checks that are on, by name, where they are not
    the page's own.
    """
    entries = _Entries()
    # Row by row, since a hundred thousand rows as objects take long to make and much room.
    rows = ",".join(_json(row) for at, bitext in enumerate(bitexts) for row in _rows(bitext, at, entries))
    data = {
        "served": served,
        "documents": [
            {"name": bitext.document.name, "key": content_key(bitext), "length": len(bitext.pairs)}
            for bitext in bitexts
        ],
        "entries": [_entry(term) for term in entries.numbers],
    } | ({} if checks is None else {"checks": dict(checks)})
    text = f'{_json(data)[:-1]},"rows":[{rows}]}}'
    # Only these could end the element or open a comment in it; none of them is JSON's own.
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def content_key(bitext: Bitext) -> str:
    """Name what was there to review: the texts of every segment, both sides."""
    content = [[pair.source.id, pair.source.text, pair.target, pair.status] for pair in bitext.pairs]
    return sha256(json.dumps(content).encode()).hexdigest()[:16]


def _rows(bitext: Bitext, document: int, entries: _Entries) -> Iterator[Json]:
    """Give a row a pair, and one a reference that no pair is linked with, behind the pair before it."""
    owner: dict[int, Link] = {}
    alone: dict[int, list[Link]] = {}
    last = -1
    for link in bitext.links:
        for index in link.source:
            owner.setdefault(index, link)
        if link.source:
            last = max(last, *link.source)
        else:
            alone.setdefault(last, []).append(link)
    ids = [pair.source.id for pair in bitext.pairs]
    yield from (_loose(bitext, document, link) for link in alone.get(-1, ()))
    block: Block | None = None
    for index, pair in enumerate(bitext.pairs):
        opens, block = pair.source.block != block, pair.source.block
        row = _row(pair, document, entries)
        if opens:
            row["opens"] = True
            row |= _filled(marker=_marker(bitext.document.text, block.start))
        if index in owner:
            row["reference"] = _reference(bitext, owner[index], ids)
        yield row
        yield from (_loose(bitext, document, link) for link in alone.get(index, ()))


def _row(pair: Pair, document: int, entries: _Entries) -> Json:
    source, target = pair.source.text, pair.target
    machine = tuple(change for change in pair.changes if change.rule != REVIEW_RULE)
    return {"d": document, "id": pair.source.id, "kind": pair.source.block.kind, "source": source, "target": target} | (
        _filled(
            score=round(pair.score, 4),
            draft=pair.draft if pair.draft != target else "",
            status=pair.status if pair.status is not ReviewStatus.DRAFT else "",
            comment=pair.comment,
            ignored=[{"check": one.check, "message": one.message, "reason": one.reason} for one in pair.ignored],
            terms=[_term(pair, outcome, entries) for outcome in pair.outcomes],
            changes=[[change.rule, change.before, change.after] for change in machine],
            issues=list(_issues(pair)),
        )
    )


def _term(pair: Pair, outcome: TermOutcome, entries: _Entries) -> Json:
    hit = outcome.hit
    found = outcome.start >= 0
    return {
        "entry": entries.number(hit.term),
        # What a reviewer wrote was satisfied by nobody else.
        "status": "edited" if found and any(change.rule == REVIEW_RULE for change in pair.changes) else outcome.status,
        "source": [_utf16(pair.source.text, hit.start), _utf16(pair.source.text, hit.end)],
    } | _filled(
        target=[_utf16(pair.target, outcome.start), _utf16(pair.target, outcome.end)] if found else [],
        others=[entries.number(term) for term in hit.alternatives],
        rules=list(rules_at(pair.changes, outcome.start, outcome.end)) if found else [],
    )


def _issues(pair: Pair) -> Iterator[Json]:
    """Give a pair's issues; those of failed terms have the term's number, and are there whatever the profile was."""
    failed = iter([at for at, outcome in enumerate(pair.outcomes) if outcome.status is TermStatus.FAILED])
    for issue in pair.issues:
        # The check names failed terms in their order, each of them.
        number = next(failed, None) if issue.check == "term-failed" else None
        yield {"severity": issue.severity, "check": issue.check, "message": issue.message} | (
            {} if number is None else {"term": number}
        )
    for number in failed:
        hit = pair.outcomes[number].hit
        message = f"“{pair.source.text[hit.start : hit.end]}” is not translated as “{hit.term.target}”"
        yield {"severity": Severity.ERROR, "check": "term-failed", "message": message, "term": number}


def _reference(bitext: Bitext, link: Link, ids: list[str]) -> Json:
    """Say what a pair is linked with; the text stands at the first pair of a link, the others name that one."""
    text = " ".join(bitext.references[index] for index in link.target)
    return {"ids": [ids[index] for index in link.source], "sentences": len(link.target)} | _filled(
        text=text, score=round(link.score, 2)
    )


def _loose(bitext: Bitext, document: int, link: Link) -> Json:
    return {"d": document, "reference": _reference(bitext, link, [])}


def _marker(text: str, start: int) -> str:
    before = text[max(0, start - _LONGEST_INDENT) : start]
    marker = before.rpartition("\n")[2].rpartition("\r")[2].strip()
    return marker if len(marker) <= _LONGEST_MARKER else ""


def _entry(term: Term) -> Json:
    return {"source": term.source, "target": term.target} | _filled(
        sources=list(term.source_variants),
        targets=list(term.target_variants),
        forbidden=list(term.forbidden),
        cased=term.case_sensitive,
        copied=term.do_not_translate,
        pos=term.pos,
        domain=term.domain,
        note=term.note,
        origin=term.origin,
    )


def _filled(**fields: object) -> Json:
    return {name: value for name, value in fields.items() if value}


def _utf16(text: str, at: int) -> int:
    """Count the UTF-16 code units before an offset."""
    return len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
