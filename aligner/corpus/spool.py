"""Pairs on disk between the two passes of a build."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from aligner.formats.units import TextPair
from aligner.model import ReviewStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Spool:
    """Pairs that can be added and then read again and again; `sizes` counts those of each document."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.sizes: Counter[str] = Counter()

    def add(self, pair: TextPair) -> None:
        """Put a pair last."""
        values = (pair.source, pair.target, pair.file, pair.line, pair.id, pair.document, pair.score, pair.status)
        self._file.write(json.dumps(values) + "\n")
        self.sizes[pair.document] += 1

    def __iter__(self) -> Iterator[TextPair]:
        self._file.seek(0)
        for line in self._file:
            values = json.loads(line)
            status = values.pop()
            values.append(ReviewStatus(status) if status else None)
            yield TextPair(*values)


@contextmanager
def spooled(folder: Path) -> Iterator[Spool]:
    """Open a spool in a file without a name, which is gone when the block ends, however it ends."""
    with TemporaryFile("w+", encoding="utf-8", dir=folder) as file:
        yield Spool(file)
