"""TMX 1.4b, the exchange format of translation memories.

Source language `fr`, target language `en-GB`. Written without a DOCTYPE, which hardened readers refuse.
"""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from aligner.elements import read_elements
from aligner.errors import FileError
from aligner.formats.encoding import utf8, xml_attribute, xml_content, xml_line
from aligner.formats.units import TextPair, edits_of, fingerprint, language, score_of, status_of, text_of
from aligner.model import Severity
from aligner.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from aligner.elements import Found
    from aligner.model import Bitext, Edit, Pair

SUFFIXES = (".tmx",)
NAMESPACE = "http://www.lisa.org/tmx14"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
TAIL = b"</body>\n</tmx>\n"


def write(bitext: Bitext, created: datetime | None = None) -> dict[str, bytes]:
    """Write the memory of one document, dated only if a date is given."""
    return {".tmx": head(created) + units(bitext) + TAIL}


def head(created: datetime | None = None) -> bytes:
    """Open a memory, which the `units` of any number of bitexts and `TAIL` complete. `created` is aware of its zone."""
    date = f' creationdate="{created.astimezone(UTC):%Y%m%dT%H%M%SZ}"' if created else ""
    return utf8(
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="aligner" creationtoolversion="{__version__}" segtype="sentence" o-tmf="aligner"'
        f' adminlang="en-GB" srclang="fr" datatype="plaintext"{date}/>\n<body>\n'
    )


def units(bitext: Bitext) -> bytes:
    """Write a `tu` a pair, but none for a pair with a blank side. `tuid` is unique only beside its `x-document`.

    Characters that XML cannot hold are dropped. `x-status` is the worst severity among the pair's issues, or `ok`;
    each issue is a note. `x-review` and `x-comment` are the reviser's; `x-written` is the target's `fingerprint`.
    """
    return utf8("".join(_unit(bitext.document.name, pair) for pair in bitext.pairs))


def read_pairs(file: BinaryIO, path: Path | str) -> Iterator[TextPair]:
    """Read the French-English units of a TMX 1.x memory as a stream; units of other languages are passed over.

    The languages are found by the tags of the variants, so it does not matter which is the memory's source; of
    several variants in one language, the first counts. Raises FileError for what is no TMX, or has no such unit.
    """
    root, units, pairs = False, 0, 0
    for found in read_elements(file, path, whole=("tu",), opened=("tmx",), bare=(NAMESPACE,)):
        root = root or found.element.tag == "tmx"
        if root and found.element.tag == "tu":
            units += 1
            if pair := _pair(found, path):
                pairs += 1
                yield pair
    if not root:
        raise FileError("is no TMX file", "check the file", path=path)
    if units and not pairs:
        raise FileError("has no French-English units", "check its xml:lang attributes", path=path)


def read_edits(data: bytes, path: Path | str = "TMX") -> tuple[Edit, ...]:
    """Read back a memory that `write` wrote and a reviser edited; `path` is named in errors.

    Raises FileError for a unit whose `tuid` or `x-document` is lost, or whose `x-review` is no status.
    """
    return edits_of(read_pairs(BytesIO(data), path), path)


def _unit(document: str, pair: Pair) -> str:
    source, target = pair.source.text, pair.target
    if not xml_line(source).strip() or not xml_line(target).strip():
        return ""
    severities = {issue.severity for issue in pair.issues}
    properties = {
        "document": document,
        "kind": pair.source.block.kind,
        "score": repr(pair.score),
        "status": next((severity for severity in Severity if severity in severities), "ok"),
        "review": pair.status,
        "written": fingerprint(target),
    } | ({"comment": pair.comment} if pair.comment else {})
    notes = (f"{issue.severity} {issue.check}: {issue.message}" for issue in pair.issues)
    return "\n".join(
        (
            f'<tu tuid="{xml_attribute(pair.source.id)}">',
            *(f"  <note>{xml_content(note)}</note>" for note in notes),
            *(f'  <prop type="x-{name}">{xml_content(value)}</prop>' for name, value in properties.items()),
            f'  <tuv xml:lang="fr"><seg>{xml_content(source)}</seg></tuv>',
            f'  <tuv xml:lang="en-GB"><seg>{xml_content(target)}</seg></tuv>',
            "</tu>\n",
        )
    )


def _pair(found: Found, path: Path | str) -> TextPair | None:
    unit = found.element
    # TMX 1.1 has `lang`. Of several variants in a language, the first one is the last one written here.
    variants = {language(tuv.get(LANGUAGE) or tuv.get("lang") or ""): tuv for tuv in reversed(unit.findall("tuv"))}
    if not {"fr", "en"} <= variants.keys():
        return None
    properties = {prop.get("type"): text_of(prop) for prop in unit.findall("prop")}
    return TextPair(
        text_of(variants["fr"].find("seg")),
        text_of(variants["en"].find("seg")),
        str(path),
        found.line,
        unit.get("tuid", ""),
        properties.get("x-document", ""),
        score_of("x-score", properties.get("x-score"), path, found.line),
        status_of("x-review", properties.get("x-review"), path, found.line),
        properties.get("x-comment", ""),
        properties.get("x-written", ""),
    )
