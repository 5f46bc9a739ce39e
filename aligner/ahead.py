"""Work that goes on while its result is not needed yet."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

T = TypeVar("T")


def ahead(items: Iterable[T], count: int = 1) -> Generator[T, None, None]:
    """Go through items in a thread of their own, so many ahead of the reader; their errors are the reader's.

    To close it is to wait for the item that is under way.

    >>> list(ahead(number * number for number in range(4)))
    [0, 1, 4, 9]
    """
    source, end = iter(items), object()
    with ThreadPoolExecutor(1, "aligner-reader") as reader:
        coming: deque[Future[object]] = deque(reader.submit(next, source, end) for _ in range(count))
        while (item := coming.popleft().result()) is not end:
            coming.append(reader.submit(next, source, end))
            yield item  # type: ignore[misc]  # what is not the end is an item
