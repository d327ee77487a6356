import threading
from contextlib import closing

import pytest

from rskd.errors import LayerUnreadable
from rskd.infer.ahead import read_ahead


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("rskd-reader")]


def test_results_come_in_order_from_another_thread():
    got = list(read_ahead(lambda item: (item * item, threading.current_thread().name), range(7)))
    assert [(item, result[0]) for item, result in got] == [(i, i * i) for i in range(7)]
    assert all(name.startswith("rskd-reader") for _, (_, name) in got)
    assert not readers()


def test_it_stays_at_most_depth_items_ahead():
    taken = []

    def items():
        for i in range(20):
            taken.append(i)
            yield i

    for done, _ in enumerate(read_ahead(lambda item: item, items(), depth=3)):
        assert len(taken) <= done + 1 + 3


def test_a_failed_read_is_raised_as_itself_after_what_came_before():
    def read(item):
        if item == 3:
            raise LayerUnreadable("image", "a tile is cut short")
        return item

    seen = []
    with pytest.raises(LayerUnreadable, match="cut short"):
        seen.extend(item for item, _ in read_ahead(read, range(10)))
    assert seen == [0, 1, 2]
    assert not readers()


@pytest.mark.parametrize("how", [KeyboardInterrupt, GeneratorExit, ValueError])
def test_leaving_early_ends_the_thread_and_reads_no_more(how):
    read = []

    def leave():
        with closing(read_ahead(read.append, range(1000), depth=2)) as items:
            next(items)
            raise how

    with pytest.raises(how):
        leave()
    assert not readers()
    assert len(read) <= 3
