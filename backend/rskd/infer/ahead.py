"""Reading ahead: the next windows are read while the present one is being worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Got = TypeVar("Got")


def read_ahead(read: Callable[[Item], Got], items: Iterable[Item], *, depth: int = 2) -> Generator[tuple[Item, Got]]:
    """Each item with what `read` gives for it, in order; one thread keeps at most `depth` results ready.

    An exception in `read` is raised here as itself, at the item that caused it. Closing or interrupting the generator
    ends the thread, after the read that it is in.
    """
    waiting: deque[tuple[Item, Future[Got]]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="rskd-reader") as reader:
        try:
            for item in items:
                waiting.append((item, reader.submit(read, item)))
                if len(waiting) > depth:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
