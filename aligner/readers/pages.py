"""Paragraphs that run over a page break, as programs that print a PDF as text leave them.

The foot of the one page and the head of the next, which stand in the middle of a sentence there, go behind its
paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from aligner.readers.shapes import SENTENCE_END
from aligner.readers.wrapping import WRAP_MIN

BREAK = "\f"
#: How many lines a page's head or foot has at most.
HEAD_LINES = 4
_NUMBER = re.compile(r"(?:page|p\.)?[\s\d/–—|-]*(?:(?:sur|de)\s*\d+)?", re.IGNORECASE)


def with_whole_paragraphs(text: str) -> str:
    r"""Move what a page break and the lines around it divide: the end of a paragraph goes where the paragraph is.

    Heads and feet are lines that several pages have in the same place but for their numbers.

    >>> with_whole_paragraphs("Le comité, qui s'est réuni à Bruxelles, a\n\n  3\n\fdécidé.\n\nIl se réunira.")
    "Le comité, qui s'est réuni à Bruxelles, a\ndécidé.\n\n  3\n\x0c\nIl se réunira."
    """
    if BREAK not in text:
        return text
    pages = [page.splitlines(keepends=True) for page in text.split(BREAK)]
    heads = _repeated([lines[:HEAD_LINES] for lines in map(_said, pages)])
    feet = _repeated([lines[-HEAD_LINES:] for lines in map(_said, pages)])
    for page, following in reversed(list(pairwise(pages))):
        end, start = _end_of_body(page, feet), _start_of_body(following, heads)
        if end and start < len(following) and _goes_on(page[end - 1], following[start]):
            stop = next((at for at in range(start, len(following)) if not following[at].strip()), len(following))
            stop = max(start, min(stop, _end_of_body(following, feet)))
            page[end - 1 : end] = [_closed(line) for line in (page[end - 1], *following[start:stop])]
            del following[start:stop]
    return BREAK.join("".join(page) for page in pages)


def _said(page: list[str]) -> list[str]:
    return [_key(line) for line in page if line.strip()]


def _key(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _repeated(pages: list[list[str]]) -> set[str]:
    times = Counter(key for page in pages for key in set(page))
    return {key for key, count in times.items() if count > 1}


def _is_furniture(line: str, repeated: set[str]) -> bool:
    return not line.strip() or _key(line) in repeated or bool(_NUMBER.fullmatch(line.strip()))


def _end_of_body(page: list[str], feet: set[str]) -> int:
    end = len(page)
    while end and _is_furniture(page[end - 1], feet):
        end -= 1
    return end


def _start_of_body(page: list[str], heads: set[str]) -> int:
    start = 0
    while start < len(page) and _is_furniture(page[start], heads):
        start += 1
    return start


def _closed(line: str) -> str:
    return line if line.endswith(("\n", "\r")) else f"{line}\n"


def _goes_on(line: str, following: str) -> bool:
    """Tell whether a page's last line is gone on with on the next page, in small letters."""
    return len(line.strip()) >= WRAP_MIN and not SENTENCE_END.search(line.rstrip()) and following.lstrip()[:1].islower()
