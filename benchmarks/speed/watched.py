"""Where time goes in a run: into the engine, or into the rest."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Watched:
    """An engine, with how long its caller waits for it and how much processor time the caller's thread spends in it."""

    def __init__(self, engine) -> None:
        self.engine, self.info, self.size = engine, engine.info, engine.size
        self.waited = self.worked = 0.0
        self.count_tokens = self._watched(engine.count_tokens)
        self.decode = self._watched(engine.decode)
        self.score = self._watched(engine.score)
        self.look = self._watched(engine.look)

    @property
    def max_source_tokens(self) -> int:
        return self.engine.max_source_tokens

    def _watched(self, function: Callable) -> Callable:
        def call(*arguments, **options):
            wall, processor = time.perf_counter(), time.thread_time()
            try:
                return function(*arguments, **options)
            finally:
                self.waited += time.perf_counter() - wall
                self.worked += time.thread_time() - processor

        return call


def watch_threads() -> list[float]:
    """Have the reader's thread and the writer's leave their processor time when they end."""
    spent: list[float] = []
    run = threading.Thread.run

    def watched(thread: threading.Thread) -> None:
        try:
            run(thread)
        finally:
            if thread.name.startswith(("aligner-reader", "aligner-writer")):
                spent.append(time.thread_time())

    threading.Thread.run = watched
    return spent
