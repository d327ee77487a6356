import errno

import pytest

from rskd.worker import explained


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "memory-short"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"), "memory-short"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "memory-short"),
        (OSError(errno.ENOSPC, "No space left on device", "map.tif"), "output-unwritable"),
        (ModuleNotFoundError("No module named 'torch'", name="torch"), "extra-missing"),
    ],
)
def test_failures_of_the_machine_are_explained(error, code):
    said = explained(error)
    assert said is not None
    assert said.code == code


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), OSError(errno.EBADF, "?"), KeyError("x")])
def test_everything_else_is_a_bug(error):
    assert explained(error) is None
