"""What errors advise."""

import copy
import errno
import os

import pytest

from rskd.errors import BandsMissing, OutputUnwritable
from rskd.worker import explained, less_memory


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.ENOTDIR, "is a file, not a folder"),
        (errno.ENOENT, "choose another place"),
        (errno.EACCES, "where you may write"),
        (errno.EROFS, "where you may write"),
    ],
)
def test_what_cannot_be_written_is_advised_on_by_its_cause(code, advice):
    error = OutputUnwritable("out/map.tif", os.strerror(code))
    assert advice in error.hint
    assert ("Free some space" in error.hint) == (code == errno.ENOSPC)


@pytest.mark.parametrize(
    ("job", "there", "absent"),
    [
        ("distill", ["training.batch", "memory_gb"], ["threads"]),
        ("predict", ["memory_gb", "threads"], ["training"]),
        ("evaluate", ["threads", "area"], ["training", "memory_gb"]),
        ("", ["Close other programs"], ["training", "memory_gb"]),
    ],
)
def test_short_memory_is_advised_on_by_the_settings_that_the_job_has(job, there, absent):
    hint = less_memory(job)
    assert all(word in hint for word in there)
    assert not any(word in hint for word in absent)
    error = explained(MemoryError(), job)
    assert (error.code, error.facts, error.hint) == ("memory-short", {"job": job}, f"{hint}.")


def test_errors_cross_process_borders():
    error = copy.copy(BandsMissing("image", ["band 4"], ["1", "2"], "Mend it."))  # by the same road as pickle
    assert (error.message, error.hint) == ("“image” has no band 4. It has 1, 2.", "Mend it.")
    assert error.facts == {"layer": "image", "missing": ["band 4"], "present": ["1", "2"]}
