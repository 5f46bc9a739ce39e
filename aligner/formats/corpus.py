"""The run's own files: every document's pairs in one corpus."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from aligner.formats import moses, tmx
from aligner.formats.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from aligner.model import Bitext


def write_corpus(folder: Path, bitexts: Iterable[Bitext], created: datetime | None = None) -> tuple[Path, ...]:
    """Write `corpus.fr`, `corpus.en` and `corpus.tmx` in one pass that holds one bitext at a time.

    The order is the caller's. Each file appears whole, once the last bitext is in; if the pass fails, the files of
    an earlier run stay as they were.
    """
    paths = tuple(folder / f"corpus{suffix}" for suffix in (*moses.SUFFIXES, *tmx.SUFFIXES))
    with ExitStack() as stack:
        french, english, memory = (stack.enter_context(replacing(path)) for path in paths)
        memory.write(tmx.head(created))
        for bitext in bitexts:
            lines = moses.write(bitext)
            french.write(lines[".fr"])
            english.write(lines[".en"])
            memory.write(tmx.units(bitext))
        memory.write(tmx.TAIL)
    return paths
