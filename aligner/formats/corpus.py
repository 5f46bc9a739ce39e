"""The run's own files: every document's pairs in one corpus."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from aligner.formats import moses, tmx
from aligner.formats.files import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from aligner.model import Bitext


FILES = tuple(f"corpus{suffix}" for suffix in (*moses.SUFFIXES, *tmx.SUFFIXES))


@contextmanager
def corpus_files(folder: Path, created: datetime | None = None) -> Iterator[Callable[[Bitext], None]]:
    """Write `corpus.fr`, `corpus.en` and `corpus.tmx`; yields what adds a bitext to them, in the caller's order.

    One bitext is held at a time. Each file appears whole, on leaving; if an exception is what leaves, the files of an
    earlier run stay as they were.
    """
    with ExitStack() as stack:
        french, english, memory = (stack.enter_context(replacing(folder / name)) for name in FILES)

        def add(bitext: Bitext) -> None:
            lines = moses.write(bitext)
            french.write(lines[".fr"])
            english.write(lines[".en"])
            memory.write(tmx.units(bitext))

        memory.write(tmx.head(created))
        yield add
        memory.write(tmx.TAIL)


def write_corpus(folder: Path, bitexts: Iterable[Bitext], created: datetime | None = None) -> tuple[Path, ...]:
    """Write bitexts to the files of `corpus_files`, and give their paths."""
    with corpus_files(folder, created) as add:
        for bitext in bitexts:
            add(bitext)
    return tuple(folder / name for name in FILES)
