"""A review at work on an output folder: one writer, decisions logged as they come, files that follow."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Edit
    from aligner.outputs import Outputs


class Desk:
    """Outputs under review: decisions are logged as they come, and the files follow a moment later, in a thread.

    Leaving it writes what is left, with the files of the whole run.
    """

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._lock = threading.RLock()
        self._work = threading.Event()
        self._leaving = False
        self._writer = threading.Thread(target=self._write)

    def __enter__(self) -> Self:
        self._outputs.refresh()
        self._writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving = True
        self._work.set()
        self._writer.join()
        self._outputs.refresh()

    def page(self, path: str, served: str) -> str | None:
        """Write a page of the outputs as they are now."""
        with self._lock:
            return self._outputs.page(path, served)

    def decide(self, edits: Sequence[Edit]) -> list[dict[str, str]]:
        """Merge and log edits; gives those that are in conflict, with the reason."""
        with self._lock:
            merged = self._outputs.decide(edits)
        self._work.set()
        return [
            {"document": one.edit.document, "segment_id": one.edit.segment_id, "reason": one.reason}
            for one in merged.conflicts
        ]

    def _write(self) -> None:
        while not self._leaving:
            self._work.wait()
            self._work.clear()
            with self._lock:
                self._outputs.refresh(run=False)
