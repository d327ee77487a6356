"""Parts of a soft-target store: a beginning that is whole, and what remains to be asked."""

import numpy as np
import pytest
from rasterio.windows import Window

from rskd.distill.answered import AnsweredParts

EXTENT = Window(20, 10, 700, 1100)  # columns 20 to 719, rows 10 to 1109


def strip(row, column, height, width):
    """Two bands that say where they lie; without an answer in the first column."""
    halves = np.full((2, height, width), row / 2048 + column / 1024, np.float16)
    halves[:, :, 0] = -1
    return Window(column, row, width, height), halves


ORDER = [strip(10, 20, 502, 512), strip(512, 20, 512, 512), strip(1024, 20, 86, 512), strip(10, 532, 502, 188)]


def made(store, count):
    parts = AnsweredParts(store, 2, EXTENT)
    for window, halves in ORDER[:count]:
        parts.keep(window, halves)
    return AnsweredParts(store, 2, EXTENT)


@pytest.mark.parametrize(
    ("count", "rest"),
    [
        (0, [EXTENT]),
        (1, [Window(20, 512, 512, 598), Window(532, 10, 188, 1100)]),
        (2, [Window(20, 1024, 512, 86), Window(532, 10, 188, 1100)]),
        (3, [Window(532, 10, 188, 1100)]),
        (4, [Window(532, 512, 188, 598)]),
    ],
)
def test_what_is_there_and_what_remains(tmp_path, count, rest):
    parts = made(tmp_path, count)
    assert parts.rest == rest
    assert parts.windows == [window for window, _ in ORDER[:count]]
    for (window, halves), (found, pixels) in zip(ORDER, parts.kept(), strict=False):
        assert found == window
        np.testing.assert_array_equal(pixels, halves)


def test_all_of_it_leaves_nothing_to_ask(tmp_path):
    parts = made(tmp_path, 4)
    parts.keep(*strip(512, 532, 598, 188))
    parts = AnsweredParts(tmp_path, 2, EXTENT)
    assert len(parts.windows) == 5
    assert parts.rest == []


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "gone", "of another number of bands"])
def test_a_damaged_one_ends_what_is_kept(tmp_path, damage):
    made(tmp_path, 4)
    path = tmp_path / "parts" / "512-20-512-512.z"
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[:-3])
    elif damage == "changed":
        path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "gone":
        path.unlink()
    else:
        AnsweredParts(tmp_path, 3, EXTENT).keep(Window(20, 512, 512, 512), np.zeros((3, 512, 512), np.float16))
    parts = AnsweredParts(tmp_path, 2, EXTENT)
    assert parts.windows == [ORDER[0][0]]
    assert parts.rest == [Window(20, 512, 512, 598), Window(532, 10, 188, 1100)]


def test_an_unfinished_file_and_strangers_count_for_nothing(tmp_path):
    made(tmp_path, 1)
    for name in (".512-20-512-512.4711.part.z", "notes.txt", "512-20-512-512.z.bak"):
        (tmp_path / "parts" / name).write_bytes(b"x")
    assert AnsweredParts(tmp_path, 2, EXTENT).windows == [ORDER[0][0]]


def test_it_knows_whether_any_pixel_was_answered(tmp_path):
    window, halves = ORDER[0]
    parts = AnsweredParts(tmp_path, 2, EXTENT)
    parts.keep(window, np.full_like(halves, -1))
    assert not AnsweredParts(tmp_path, 2, EXTENT).answered
    parts.keep(window, halves)
    assert AnsweredParts(tmp_path, 2, EXTENT).answered
