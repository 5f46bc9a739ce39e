"""What bilingual files of any format have in common when they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING
from zlib import crc32

from aligner.errors import FileError
from aligner.formats.encoding import single_line, utf8, xml_line
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
    pair stands in `file`. `written` is the `fingerprint` of the target that we wrote into the file, empty where it does
    not say.
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
    written: str = ""

    @property
    def is_untouched(self) -> bool:
        """Whether the target is the one that was written, and nobody has decided on it."""
        return self.status in {None, ReviewStatus.DRAFT} and self.written == fingerprint(self.target)


def fingerprint(target: str) -> str:
    r"""Tell targets apart, as files keep them: CRC-32, which the review page can work out too.

    >>> fingerprint("l'Arménie,\nla Géorgie") == fingerprint("l'Arménie, la Géorgie")
    True
    """
    return f"{crc32(utf8(xml_line(target))):08x}"


def status_of(name: str, value: str | None, path: Path | str | None, line: int) -> ReviewStatus | None:
    """Read a status; None for None. Raises FileError for another word, as that of the field `name`."""
    try:
        return None if value is None else ReviewStatus(value)
    except ValueError:
        problem, remedy = f"has the {name} {value!r}", f"use {', '.join(ReviewStatus)}"
        raise FileError(problem, remedy, path=path, line=line) from None


def score_of(name: str, value: str | None, path: Path | str | None, line: int) -> float | None:
    """Read a score; None for None. Raises FileError for what is no finite number, as that of the field `name`."""
    try:
        score = None if value is None else float(value)
    except ValueError:
        score = float("nan")
    if score is not None and not isfinite(score):
        raise FileError(f"has the {name} {value!r}", "write a number or leave it out", path=path, line=line)
    return score


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

    What is untouched since we wrote it is no edit, or one without target where it has a comment. Raises FileError for
    a pair that does not name its document and segment.
    """
    edits = []
    for pair in pairs:
        if not pair.id or not pair.document:
            problem = "does not say which segment of which document it translates"
            raise FileError(problem, "edit a file that aligner wrote, and keep its ids", path=path, line=pair.line)
        status = pair.status or (ReviewStatus.TRANSLATED if pair.target else ReviewStatus.DRAFT)
        edit = Edit(pair.document, pair.id, pair.source, pair.target, status, pair.comment)
        if not pair.is_untouched:
            edits.append(edit)
        elif pair.comment:
            edits.append(replace(edit, target="", status=ReviewStatus.DRAFT))
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
