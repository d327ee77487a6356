"""Maps read as channels, and counted on the test ground."""

import numpy as np
import pytest
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.geo.layouts import TEST
from rskd.jobs.scoring import Ground, Score, map_channels

CLASSES = [ClassCard(value=value, name=str(value), color="#000000") for value in (20, 3, 7)]


def test_a_map_is_read_as_channels_on_the_scenes_grid(make_raster):
    path = make_raster("map.tif", np.array([[[3, 20, 7], [0, 7, 250]]], np.uint8), nodata=0)
    with map_channels(path, Window(100, 50, 3, 2), CLASSES) as read:
        assert read(Window(100, 50, 3, 2)).tolist() == [[1, 0, 2], [255, 2, 255]]
        assert read(Window(102, 49, 2, 2)).tolist() == [[255, 255], [2, 255]]


@pytest.fixture
def ground(opened):
    split, truth = opened.setting.splits[0], opened.setting.sites[0].labels
    return Ground(split, truth.read)


def test_only_test_ground_counts(opened, country, ground):
    score = Score(opened.setting.classes, None)
    score.add(ground, lambda window: country.taught[window.toslices()], TEST, 0)
    here = np.s_[:, 152:192]
    expected = np.zeros((3, 3), int)
    np.add.at(expected, (country.truth[here].ravel(), country.taught[here].ravel()), 1)
    assert score.confusion.total.counts.tolist() == expected.tolist()
    facts = score.facts([0, 1, 2])
    assert facts["overall_accuracy"] == pytest.approx(1 - 13 / 128)  # rows 0, 10, … 120 are wrong
    assert "objects" not in facts


def test_a_segmentation_counts_objects_too(opened, country, ground):
    score = Score(opened.setting.classes, background=0)
    score.add(ground, lambda window: country.truth[window.toslices()], TEST, 0)
    assert score.facts([0, 1, 2])["objects"]["f1"] == 1
