"""Where time goes in a run: into the engine, or into the rest."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Watched:
    """An engine, with how long somebody waits for it and how much processor time the callers' threads spend in it."""

    def __init__(self, engine) -> None:
        self.engine, self.info = engine, engine.info
        self.waited = self.worked = 0.0
        self._callers, self._since, self._lock = 0, 0.0, threading.Lock()
        self.count_tokens = self._watched(engine.count_tokens)
        self.decode = self._watched(engine.decode)
        self.score = self._watched(engine.score)
        self.look = self._watched(engine.look)

    @property
    def max_source_tokens(self) -> int:
        return self.engine.max_source_tokens

    def _watched(self, function: Callable) -> Callable:
        def call(*arguments, **options):
            self._count(1)
            processor = time.thread_time()
            try:
                return function(*arguments, **options)
            finally:
                self._count(-1, time.thread_time() - processor)

        return call

    def _count(self, callers: int, worked: float = 0.0) -> None:
        with self._lock:
            self.worked += worked
            if self._callers:
                self.waited += time.perf_counter() - self._since
            self._since = time.perf_counter()
            self._callers += callers


def watch_threads() -> list[float]:
    """Have the threads of a run leave their processor time when they end: the reader's, the writer's, the waves'."""
    spent: list[float] = []
    run = threading.Thread.run

    def watched(thread: threading.Thread) -> None:
        try:
            run(thread)
        finally:
            if thread.name.startswith("aligner-"):
                spent.append(time.thread_time())

    threading.Thread.run = watched
    return spent
