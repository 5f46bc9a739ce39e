"""TMX 1.4b, the exchange format of translation memories.

Source language `fr`, target language `en-GB`. Written without a DOCTYPE, which hardened readers refuse.
"""

from __future__ import annotations

import re
from datetime import UTC
from html import escape
from typing import TYPE_CHECKING

from aligner.formats.encoding import single_line, utf8
from aligner.model import Severity
from aligner.version import __version__

if TYPE_CHECKING:
    from datetime import datetime

    from aligner.model import Bitext, Pair

SUFFIXES = (".tmx",)
TAIL = b"</body>\n</tmx>\n"

# The complement of XML 1.0's Char production (section 2.2), but for surrogates, which `utf8` deals with.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
    each issue is a note.
    """
    return utf8("".join(_unit(bitext.document.name, pair) for pair in bitext.pairs))


def _unit(document: str, pair: Pair) -> str:
    source, target = _content(pair.source.text), _content(pair.target)
    if not source.strip() or not target.strip():
        return ""
    severities = {issue.severity for issue in pair.issues}
    properties = {
        "document": document,
        "kind": pair.source.block.kind,
        "score": repr(pair.score),
        "status": next((severity for severity in Severity if severity in severities), "ok"),
    }
    notes = (f"{issue.severity} {issue.check}: {issue.message}" for issue in pair.issues)
    return "\n".join(
        (
            f'<tu tuid="{_content(pair.source.id, quote=True)}">',
            *(f"  <note>{_content(note)}</note>" for note in notes),
            *(f'  <prop type="x-{name}">{_content(value)}</prop>' for name, value in properties.items()),
            f'  <tuv xml:lang="fr"><seg>{source}</seg></tuv>',
            f'  <tuv xml:lang="en-GB"><seg>{target}</seg></tuv>',
            "</tu>\n",
        )
    )


def _content(text: str, *, quote: bool = False) -> str:
    return escape(_ILLEGAL.sub("", single_line(text)), quote=quote)
