"""The ladder of links: one a line, `[0]:[0,1]:0.87`, segments of both sides counted from 0, then the link's score."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.errors import FileError
from aligner.model import Link

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SUFFIX = ".links"
_LINE = re.compile(r"\s*\[([\d,\s]*)\]\s*:\s*\[([\d,\s]*)\]\s*(?::\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*)?", re.ASCII)


def write(links: Iterable[Link]) -> bytes:
    r"""Write a line a link; `read` gives the same links.

    >>> write([Link((0,), (0, 1), 0.87)])
    b'[0]:[0,1]:0.87\n'
    """
    return "".join(f"{_indices(one.source)}:{_indices(one.target)}:{one.score!r}\n" for one in links).encode()


def read(data: bytes, path: Path | str | None = None) -> tuple[Link, ...]:
    """Read links, blanks and blank lines allowed; without a score, as in links made by hand, it is 1.

    Raises FileError for a line that is no link.
    """
    links = []
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), 1):
        found = _LINE.fullmatch(line)
        try:
            if found:
                source, target = (_numbers(found[side]) for side in (1, 2))
                links.append(Link(source, target, 1.0 if found[3] is None else float(found[3])))
                continue
        except ValueError:
            found = None
        if line.strip():
            raise FileError("is no link", "write it as [0]:[0,1]:0.87", path=path, line=number)
    return tuple(links)


def _indices(numbers: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, numbers))}]"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",")) if text.strip() else ()
