"""What bilingual files of any format have in common when they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.errors import FileError
from aligner.formats.encoding import single_line
from aligner.model import Edit, ReviewStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from xml.etree.ElementTree import Element

#: Inline elements of TMX and XLIFF whose content is code of the original file, or that have none. The text inside
#: others (`g`, `hi`, `mrk`, `pc`) is the sentence's own.
CODES = frozenset("bpt ept ph it ut sub x bx ex sc ec sm em cp".split())
#: Where these name the kind of a code, `lb` is a line break (`xlf:lb` in XLIFF 2), which separates words.
KIND_ATTRIBUTES = ("type", "ctype", "subType")


@dataclass(frozen=True, slots=True)
class TextPair:
    """A source text and its translation, as a bilingual file has them, each on one line; either may be empty.

    `id` and `document` are empty where the file does not name them, `score` and `status` None. `line` is where the
    pair stands in `file`.
    """

    source: str
    target: str
    file: str
    line: int
    id: str = ""
    document: str = ""
    score: float | None = None
    status: ReviewStatus | None = None
    comment: str = ""


def language(tag: str) -> str:
    """The language of a tag, without its region or script, in lower case.

    >>> language("FR_ca"), language("en-GB")
    ('fr', 'en')
    """
    return re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]


def text_of(element: Element | None) -> str:
    """The words of a segment on one line, without its inline codes; empty for None."""
    return "" if element is None else single_line("".join(_parts(element)))


def edits_of(pairs: Iterable[TextPair], path: Path | str | None = None) -> tuple[Edit, ...]:
    """Read pairs as a reviser's edits; a translation that says nothing of its status was confirmed where it is from.

    Raises FileError for a pair that does not name its document and segment.
    """
    edits = []
    for pair in pairs:
        if not pair.id or not pair.document:
            problem = "does not say which segment of which document it translates"
            raise FileError(problem, "edit a file that aligner wrote, and keep its ids", path=path, line=pair.line)
        status = pair.status or (ReviewStatus.TRANSLATED if pair.target else ReviewStatus.DRAFT)
        edits.append(Edit(pair.document, pair.id, pair.source, pair.target, status, pair.comment))
    return tuple(edits)


def _parts(element: Element) -> list[str]:
    parts = [element.text or ""]
    for child in element:
        if child.tag not in CODES:
            parts += _parts(child)
        elif any(child.get(name, "").removeprefix("xlf:") == "lb" for name in KIND_ATTRIBUTES):
            parts.append("\n")
        parts.append(child.tail or "")
    return parts
