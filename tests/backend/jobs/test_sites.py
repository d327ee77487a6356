"""Scenes of a job, opened together."""

import numpy as np
import pytest

from rskd.errors import ClassesMismatch, LabelsUnusable
from rskd.events import Reporter
from rskd.jobs.sites import classes_of, opened_sites


def scene(path, labels=None, group=""):
    return {"layers": [path], "labels": labels and {"path": labels}, "group": group}


def opened(job, look, reporter=None):
    with opened_sites(job, reporter or Reporter()) as sites:
        return look(sites)


def job_of(country, tmp_path, scenes, **changes):
    return country.job(tmp_path, layers=None, labels=None, split="auto", scenes=scenes, **changes)


def test_all_scenes_share_one_class_list(country, tmp_path):
    pixels = np.ones((1, 40, 40), np.uint8)
    pixels[:, :20] = 9
    other = country.write(tmp_path / "more.tif", pixels, nodata=0)
    image = str(country.folder / "image.tif")
    job = job_of(country, tmp_path, [scene(image, str(country.folder / "labels.tif"), "a"), scene(image, other, "b")])
    names, values = opened(
        job, lambda sites: ([s.group for s in sites], [[c.value for c in s.labels.classes] for s in sites])
    )
    assert names == ["a", "b"]
    assert values == [[1, 5, 9], [1, 5, 9]]


def test_a_scene_of_another_resolution_is_brought_to_the_firsts(country, tmp_path):
    coarse = country.write(tmp_path / "coarse.tif", np.zeros((2, 64, 96), np.uint16), pixel=20)
    heard = []
    job = job_of(country, tmp_path, [scene(str(country.folder / "image.tif")), scene(coarse)])
    grids = opened(job, lambda sites: [(s.scene.grid.gsd, s.scene.grid.width) for s in sites], Reporter(heard.append))
    assert [round(gsd) for gsd, _ in grids] == [10, 10]
    assert grids[1][1] == 192
    assert any("resampled" in event.get("message", "") for event in heard)


def test_scenes_of_different_bands_are_refused(country, tmp_path):
    single = country.write(tmp_path / "single.tif", np.zeros((1, 40, 40), np.uint16))
    job = job_of(country, tmp_path, [scene(str(country.folder / "image.tif")), scene(single)])
    with pytest.raises(ClassesMismatch, match="1 bands"):
        opened(job, list)


def test_files_are_closed_whatever_happens(country, tmp_path):
    kept = []

    def fail(sites):
        kept.extend(sites)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened(country.job(tmp_path), fail)
    with pytest.raises(Exception, match="closed"):
        kept[0].scene.read(kept[0].scene.extent())


def test_labels_of_one_class_are_refused(country, tmp_path):
    alone = country.write(tmp_path / "alone.tif", np.ones((1, 40, 40), np.uint8), nodata=0)
    job = country.job(tmp_path, labels={"path": alone})
    with pytest.raises(LabelsUnusable, match="one class"):
        opened(job, classes_of)


def test_scenes_with_the_same_bands_in_another_order_are_refused(country, tmp_path):
    layers = [
        {"path": country.write(tmp_path / f"{name}.tif", np.zeros((1, 40, 40), np.uint16)), "name": name}
        for name in ("optical", "height")
    ]
    job = job_of(country, tmp_path, [{"layers": layers}, {"layers": layers[::-1]}])
    with pytest.raises(ClassesMismatch, match="another order"):
        opened(job, list)
