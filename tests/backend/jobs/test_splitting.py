"""By blocks, as given, or by whole scenes."""

from dataclasses import replace

import numpy as np
import pytest

from rskd.errors import AreaTooSmall
from rskd.events import Reporter
from rskd.geo.layouts import TEST, TRAIN, VALIDATION
from rskd.jobs.sites import opened_sites
from rskd.jobs.splitting import sharing_ground, split_sites


@pytest.fixture
def image(country, tmp_path):
    return country.write(tmp_path / "wide.tif", np.ones((1, 480, 480), np.uint8))


def parts_of(job, radius=8):
    """Kind and the parts that occur, of each scene."""
    with opened_sites(job, Reporter()) as sites:
        splits = split_sites(job, sites, radius)
        held = [
            set(np.unique(split.read(site.scene.extent()))) - {0} for split, site in zip(splits, sites, strict=True)
        ]
        return [split.summary()["kind"] for split in splits], held, [split.gap for split in splits]


def several(country, tmp_path, image, groups, **changes):
    scenes = [{"layers": [image], "group": group} for group in groups]
    return country.job(tmp_path, layers=None, labels=None, scenes=scenes, **changes)


def test_a_given_split_is_taken(country, tmp_path):
    kinds, held, _ = parts_of(country.job(tmp_path))
    assert kinds == ["given"]
    assert held == [{TRAIN, VALIDATION, TEST}]


def test_one_scene_is_cut_into_blocks(country, tmp_path, image):
    kinds, held, _ = parts_of(country.job(tmp_path, layers=[image], labels=None, split="auto"))
    assert kinds == ["auto"]
    assert held == [{TRAIN, VALIDATION, TEST}]


def test_a_student_that_sees_its_whole_window_gets_a_gap_of_a_tile(country, tmp_path, image):
    job = country.job(tmp_path, layers=[image], labels=None, split="auto")
    assert parts_of(job, radius=None)[2][0] >= job.training.tile


def test_three_groups_are_given_whole_to_the_parts(country, tmp_path, image):
    kinds, held, _ = parts_of(several(country, tmp_path, image, ["a", "b", "c", "a"], split="auto"))
    assert set(kinds) == {"whole scene"}
    assert all(len(parts) == 1 for parts in held)
    assert set.union(*held) == {TRAIN, VALIDATION, TEST}
    assert held[0] == held[3]


def test_two_scenes_without_a_group_are_cut_into_blocks_each(country, tmp_path, image):
    kinds, held, _ = parts_of(several(country, tmp_path, image, ["", ""], split="auto"))
    assert kinds == ["auto", "auto"]
    assert held == [{TRAIN, VALIDATION, TEST}] * 2


def test_groups_may_be_named(country, tmp_path, image):
    split = {"train": ["b"], "validation": ["a"], "test": ["c"]}
    _, held, _ = parts_of(several(country, tmp_path, image, ["a", "b", "c"], split=split))
    assert held == [{VALIDATION}, {TRAIN}, {TEST}]


def test_scenes_without_labels_join_those_that_have_some(country, tmp_path, image):
    labels = country.write(tmp_path / "known.tif", np.arange(480 * 480).reshape(1, 480, 480).astype(np.uint8) % 3 + 1)
    scenes = [{"layers": [image], "group": group} for group in "abc"]
    scenes = [{**scene, "labels": {"path": labels}} if scene["group"] != "a" else scene for scene in scenes]
    split = {"train": ["a", "b"], "test": ["c"], "validation": []}
    _, held, _ = parts_of(country.job(tmp_path, layers=None, labels=None, scenes=scenes, split=split))
    assert held == [{TRAIN}, {TRAIN}, {TEST}]


@pytest.mark.parametrize("groups", [["a", "b"], ["a", "a"], ["a", "a", "b", "b"]])
def test_a_group_is_never_cut_where_too_few_are_named(country, tmp_path, image, groups):
    with pytest.raises(AreaTooSmall, match="cannot be shared among train, validation, test") as caught:
        parts_of(several(country, tmp_path, image, groups, split="auto"))
    assert "split:" in caught.value.hint


def test_scenes_that_share_ground_are_named_unless_they_are_one_group(country, tmp_path, image):
    def sharing(groups):
        with opened_sites(several(country, tmp_path, image, groups), Reporter()) as sites:
            return sharing_ground(sites)

    assert sharing(["a", "b"]) == [("a", "b")]
    assert sharing(["a", "a"]) == []


def test_neighbours_do_not_share_ground(country, tmp_path, image):
    west, east = country.box(0, 240), country.box(240, 480)
    outlines = [{"layers": [image]}, {"layers": [image]}]
    sites = []
    for area in (west, east):
        with opened_sites(country.job(tmp_path, layers=None, labels=None, scenes=outlines, area=area), Reporter()) as s:
            sites.append(replace(s[0], name=str(area), group=str(area)))
    assert sharing_ground(sites) == []
