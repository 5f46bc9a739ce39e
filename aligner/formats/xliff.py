"""XLIFF 1.2, the bilingual file that CAT tools translate and give back.

1.2 and not 2.x: Trados, memoQ, MateCat and OmegaT open it out of the box, and 2.x not all of them or not in all their
versions. Each segment is one `trans-unit` without inline markup. We read 1.2 and 2.x.

The status of a review is the target's `state`. An approved unit is `signed-off`, not `final`: Okapi's filters lock
what is final and show its target as its source.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from aligner.elements import read_elements
from aligner.errors import FileError
from aligner.formats.encoding import utf8, xml_attribute, xml_content
from aligner.formats.references import links_by_pair, reference_text
from aligner.formats.units import TextPair, edits_of, fingerprint, language, score_of, text_of
from aligner.model import ReviewStatus
from aligner.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from aligner.elements import Found
    from aligner.model import Bitext, Edit, Link, Pair

SUFFIXES = (".xliff",)
#: How the namespaces of all versions begin.
NAMESPACES = "urn:oasis:names:tc:xliff:document:"

#: Attributes of the unit and of its target, by status.
STATES = {
    ReviewStatus.DRAFT: ("no", "needs-review-translation", "leveraged-mt"),
    ReviewStatus.TRANSLATED: ("no", "translated", ""),
    ReviewStatus.REVIEWED: ("yes", "signed-off", ""),
    ReviewStatus.REJECTED: ("no", "needs-translation", "rejected-inaccurate"),
}
#: The states of a segment in XLIFF 2.
STATUSES_2 = {
    "initial": ReviewStatus.DRAFT,
    "translated": ReviewStatus.TRANSLATED,
    "reviewed": ReviewStatus.REVIEWED,
    "final": ReviewStatus.REVIEWED,
}
#: Who a note is from: ours are read by people only, all others are a reviser's comment.
TOOL, REVISER = "aligner", "reviser"


def write(bitext: Bitext) -> dict[str, bytes]:
    """Write a `trans-unit` a pair; characters that XML cannot hold are dropped.

    Issues, terms and the reference translation are notes; the score, which is no percentage of a match, is a context
    `x-score`, the target's `fingerprint` one named `x-written`.
    """
    links = links_by_pair(bitext)
    units = "".join(_unit(bitext, pair, link) for pair, link in zip(bitext.pairs, links, strict=True))
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n'
        f'<file original="{xml_attribute(bitext.document.name)}" source-language="fr" target-language="en-GB"'
        f' datatype="plaintext" tool-id="{TOOL}">\n'
        f'<header><tool tool-id="{TOOL}" tool-name="{TOOL}" tool-version="{__version__}"/></header>\n'
        f"<body>\n{units}</body>\n</file>\n</xliff>\n"
    )
    return {".xliff": utf8(document)}


def read_pairs(file: BinaryIO, path: Path | str) -> Iterator[TextPair]:
    """Read the units of an XLIFF 1.x or 2.x file as a stream, or the segments where units are cut into some.

    The sides are changed over in a file from English into French. Raises FileError for what is no XLIFF, or is in
    other languages.
    """
    return _read(file, path, split=True)


def read_edits(data: bytes, path: Path | str = "XLIFF") -> tuple[Edit, ...]:
    """Read back a file that `write` wrote and a CAT tool edited; `path` is named in errors.

    Raises FileError for a unit that has lost its `id`, or whose file has lost its `original`.
    """
    return edits_of(_read(BytesIO(data), path, split=False), path)


def _unit(bitext: Bitext, pair: Pair, link: Link | None) -> str:
    approved, state, qualifier = STATES[pair.status]
    state_qualifier = f' state-qualifier="{qualifier}"' if qualifier else ""
    notes = [(TOOL, f"{issue.severity} {issue.check}: {issue.message}") for issue in pair.issues]
    notes += [
        (TOOL, f"term {outcome.status}: {outcome.hit.term.source} → {outcome.hit.term.target}")
        for outcome in pair.outcomes
    ]
    reference = reference_text(bitext, link)
    notes += [(TOOL, f"reference: {reference}")] if reference else []
    notes += [(REVISER, pair.comment)] if pair.comment else []
    return "\n".join(
        (
            f'<trans-unit id="{xml_attribute(pair.source.id)}" approved="{approved}" xml:space="preserve"'
            f' restype="x-{pair.source.block.kind}">',
            f'<source xml:lang="fr">{xml_content(pair.source.text)}</source>',
            f'<target xml:lang="en-GB" state="{state}"{state_qualifier}>{xml_content(pair.target)}</target>',
            f'<context-group purpose="information"><context context-type="x-score">{pair.score!r}</context>'
            f'<context context-type="x-written">{fingerprint(pair.target)}</context></context-group>',
            *(f'<note from="{who}">{xml_content(note)}</note>' for who, note in notes),
            "</trans-unit>\n",
        )
    )


def _read(file: BinaryIO, path: Path | str, *, split: bool) -> Iterator[TextPair]:
    version = original = source = target = ""
    units = read_elements(file, path, whole=("trans-unit", "unit"), opened=("xliff", "file"), bare=(NAMESPACES,))
    for found in units:
        element = found.element
        if element.tag == "xliff":
            version = element.get("version", "")
            source, target = element.get("srcLang", ""), element.get("trgLang", "")
        elif element.tag == "file":
            original = element.get("original") or element.get("id") or ""
            source, target = element.get("source-language", source), element.get("target-language", target)
        elif version:
            languages = (language(source), language(target) or "en")
            if set(languages) != {"fr", "en"}:
                problem = f"translates from {source or 'an unknown language'!r} into {target!r}"
                raise FileError(problem, "give a French-English file", path=path, line=found.line)
            for pair in _pairs_1(found, path, split=split) if element.tag == "trans-unit" else _pairs_2(found, path):
                sides = (pair.source, pair.target) if languages[0] == "fr" else (pair.target, pair.source)
                yield replace(pair, document=original, source=sides[0], target=sides[1])
    if not version:
        raise FileError("is no XLIFF file", "check the file", path=path)


def _pairs_1(found: Found, path: Path | str, *, split: bool) -> Iterator[TextPair]:
    unit = found.element
    identity, target = unit.get("id", ""), unit.find("target")
    pair = TextPair(
        text_of(unit.find("source")),
        text_of(target),
        str(path),
        found.line,
        identity,
        score=score_of("x-score", _context(unit, "x-score"), path, found.line),
        status=_status_1(unit, target),
        comment="\n".join(text_of(note) for note in unit.findall("note") if note.get("from") != TOOL),
        written=_context(unit, "x-written") or "",
    )
    cut = _cut(unit.find("seg-source")) if split else {}
    if not cut:
        yield pair
    translated = _cut(target)
    for mid, source in cut.items():
        segment = f"{identity}.{mid}"
        yield replace(pair, id=segment, source=text_of(source), target=text_of(translated.get(mid)))


def _cut(side: Element | None) -> dict[str, Element]:
    """The segments of a unit's side, by their `mid`, where a tool has cut it into some."""
    marks = () if side is None else side.iter("mrk")
    return {mark.get("mid", ""): mark for mark in marks if mark.get("mtype") == "seg"}


def _status_1(unit: Element, target: Element | None) -> ReviewStatus | None:
    if unit.get("approved") == "yes":
        return ReviewStatus.REVIEWED
    state = None if target is None else target.get("state")
    if target is None or state is None:
        return None
    if state in {"final", "signed-off"}:
        return ReviewStatus.REVIEWED
    if target.get("state-qualifier", "").startswith("rejected-"):
        return ReviewStatus.REJECTED
    return ReviewStatus.TRANSLATED if state == "translated" else ReviewStatus.DRAFT


def _context(unit: Element, name: str) -> str | None:
    context = unit.find(f"context-group/context[@context-type='{name}']")
    return None if context is None else text_of(context)


def _pairs_2(found: Found, path: Path | str) -> Iterator[TextPair]:
    unit = found.element
    identity, segments = unit.get("id", ""), unit.findall("segment")
    for number, segment in enumerate(segments, 1):
        yield TextPair(
            text_of(segment.find("source")),
            text_of(segment.find("target")),
            str(path),
            found.line,
            identity if len(segments) == 1 else f"{identity}.{segment.get('id', number)}",
            status=STATUSES_2.get(segment.get("state", "")),
            comment="\n".join(text_of(note) for note in unit.findall("notes/note")),
        )
