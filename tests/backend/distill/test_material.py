"""Scenes held in memory hand out what their files do, and no more are held than fit."""

import numpy as np
import pytest
from rasterio.windows import Window

from rskd.distill.material import ResidentMaterial, resident

WINDOWS = [Window(0, 0, 160, 128), Window(-9, -9, 30, 30), Window(150, 120, 40, 40), Window(20, 60, 7, 5)]


@pytest.mark.parametrize("window", [*WINDOWS, Window(500, 500, 4, 4), Window(-50, 3, 10, 10)])
def test_memory_and_files_agree_on_any_window(countryside, window):
    countryside.scene.valid[5:9] = False
    on_disk = countryside.material()
    in_memory = ResidentMaterial(on_disk)
    for name, expected in vars(on_disk.read(window)).items():
        got = getattr(in_memory.read(window), name)
        assert (got is expected is None) or (np.array_equal(got, expected) and got.dtype == expected.dtype)
    assert all(np.array_equal(a, b) for a, b in zip(in_memory.labels(window), on_disk.labels(window), strict=True))


def test_what_is_handed_out_may_be_changed_without_harm(countryside):
    in_memory = ResidentMaterial(countryside.material())
    in_memory.read(Window(0, 0, 8, 8)).pixels[:] = 0
    assert in_memory.read(Window(0, 0, 8, 8)).pixels.any()


def test_no_more_scenes_are_held_than_fit(countryside):
    scenes = [countryside.material() for _ in range(3)]
    # 2 bands of 4 bytes and valid, part, target: 11 bytes a pixel, 20480 pixels
    kept = resident(scenes, memory_gb=2.5 * 11 * 20480 / 1e9)
    assert [isinstance(one, ResidentMaterial) for one in kept] == [True, True, False]
