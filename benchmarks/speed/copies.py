"""Copies of the corpus in which one word of each segment was changed, so that they share no sentence."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.glossary import Glossary
from aligner.model import one_line
from aligner.pipeline import prepare
from aligner.readers import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aligner.translation import Unit

CORPUS = sorted((Path(__file__).resolve().parents[2] / "corpus").glob("*.txt"))


@dataclass(frozen=True)
class Copy:
    """A copy of a document; `lines` has the segments that are to be translated and what each was before."""

    name: str
    text: str
    lines: tuple[tuple[str, str], ...]


def copies(first: int = 0, end: int | None = None) -> Iterator[Copy]:
    """Make the copies with numbers from `first` to before `end`, or all that can be; the number decides their words.

    What is nothing but a term, or is translated by table, stays as it is.
    """
    wave = prepare([read_document(path, path.stem) for path in CORPUS], Glossary.load())
    sentences = [unit for unit in wave.units if unit.formula is None]
    words = sorted({word[0] for unit in sentences for word in _free_words(unit) if word[0].islower()})
    random.Random(0).shuffle(words)
    if end is not None and end > len(words):
        raise ValueError(f"the corpus has words for {len(words)} copies only")
    for number in range(first, end or len(words)):
        units = iter(enumerate(wave.units))
        for document, segments in zip(wave.documents, wave.segments, strict=True):
            text, end, lines = "", 0, []
            for one in segments:
                place, unit = next(units)
                changed = _changed(unit, words[(number + 31 * place) % len(words)])
                text, end = text + document.text[end : one.start] + changed, one.end
                lines += [(one_line(changed), one.line)] if unit.formula is None else []
            yield Copy(f"{document.name}-{number:04}", text + document.text[end:], tuple(lines))


def _free_words(unit: Unit) -> list[re.Match[str]]:
    """Find the words of four letters and more that stand alone and in no term."""
    words = re.finditer(r"(?<![\w’'-])[^\W\d_]{4,}(?![\w’'-])", unit.text)
    return [word for word in words if all(word.end() <= hit.start or word.start() >= hit.end for hit in unit.hits)]


def _changed(unit: Unit, by: str) -> str:
    """Put a word in the place of the longest one in small letters, or else of the longest."""
    found = _free_words(unit)
    if unit.formula is not None or not found:
        return unit.text
    old = max(found, key=lambda word: (word[0].islower(), len(word[0])))
    new = by.upper() if old[0].isupper() else by.capitalize() if old[0][0].isupper() else by
    return unit.text[: old.start()] + new + unit.text[old.end() :]
