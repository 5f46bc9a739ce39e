"""Work that goes on in threads while its results are not needed yet."""

from __future__ import annotations

from collections import deque
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")


def ahead(items: Iterable[T], count: int = 1) -> Iterator[T]:
    """Go through items in a thread of their own, so many ahead of the reader; their errors are the reader's.

    >>> list(ahead(number * number for number in range(4)))
    [0, 1, 4, 9]
    """
    source, end = iter(items), object()
    with ThreadPoolExecutor(1, "aligner-reader") as reader:
        coming: deque[Future[object]] = deque(reader.submit(next, source, end) for _ in range(count))
        while (item := coming.popleft().result()) is not end:
            coming.append(reader.submit(next, source, end))
            yield item  # type: ignore[misc]  # what is not the end is an item


def side_by_side(work: Callable[[T, Callable[[], None]], R], items: Iterable[T], count: int) -> Iterator[tuple[T, R]]:
    """Do work on items, `count` at a time; yield each item with its result, in order.

    Work is given a function to call now and then, which raises CancelledError once the work is in vain: when the reader
    has left, or other work has failed.

    >>> list(side_by_side(lambda number, go_on: number * number, range(4), 2))
    [(0, 0), (1, 1), (2, 4), (3, 9)]
    """
    left = Event()

    def go_on() -> None:
        if left.is_set():
            raise CancelledError

    with ThreadPoolExecutor(count, "aligner-worker") as workers:
        under_way: deque[tuple[T, Future[R]]] = deque()
        try:
            for item in items:
                under_way.append((item, workers.submit(work, item, go_on)))
                if len(under_way) == count:
                    first, result = under_way.popleft()
                    yield first, result.result()
            for first, result in under_way:
                yield first, result.result()
        finally:
            left.set()
            workers.shutdown(wait=False, cancel_futures=True)
