"""Pictures, pixel by pixel."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from rskd.evaluate.picture import coloured, curves_svg, disagreement, png, stretched, visible_bands, write_panels
from rskd.geo.markup import parse_xml


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["B2 blue", "B3 green", "B4 red", "B8 nir"], (2, 1, 0)),
        (["B02", "B03", "B04", "B08"], (2, 1, 0)),
        (["image 1", "image 2", "image 3", "image 4"], (0, 1, 2)),
        (["VV", "VH"], (0, 0, 0)),
    ],
)
def test_red_green_and_blue_are_found_by_name(names, expected):
    assert visible_bands(names) == expected


def test_imagery_is_stretched_between_percentiles_and_white_without_data():
    band = np.arange(101, dtype=np.float32).reshape(1, 101)
    valid = np.ones((1, 101), bool)
    valid[0, 50] = False
    picture = stretched(np.stack([band, band * 7, band - 9]), valid)
    assert picture.shape == (1, 101, 3)
    assert picture[0, 50].tolist() == [255, 255, 255]
    assert picture[0, 0].tolist() == [0, 0, 0]
    low, high = np.percentile(np.delete(band[0], 50), (2, 98))
    assert picture[0, 30].tolist() == [int((30 - low) / (high - low) * 255)] * 3


def test_a_flat_or_empty_image_is_no_error():
    flat = np.full((3, 4, 4), 7, np.float32)
    assert (stretched(flat, np.ones((4, 4), bool)) == 0).all()
    assert (stretched(flat, np.zeros((4, 4), bool)) == 255).all()


def test_classes_have_their_colours():
    picture = coloured(np.array([[0, 1, 255]], np.uint8), ["#102030", "#ff0000"])
    assert picture.tolist() == [[[16, 32, 48], [255, 0, 0], [235, 235, 235]]]


def test_disagreement_is_red_and_nothing_is_grey():
    first, second = np.array([[0, 1, 255, 2]], np.uint8), np.array([[0, 2, 1, 255]], np.uint8)
    picture = disagreement(first, second)
    assert picture[0, 1].tolist() == [178, 24, 43]
    assert (picture[0, 0] > 240).all()
    assert picture[0, 2].tolist() == picture[0, 3].tolist() == [225, 225, 225]


def test_a_png_reads_back():
    picture = np.random.default_rng(1).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    back = imread(io.BytesIO(png(picture)), format="png")
    np.testing.assert_array_equal((back[..., :3] * 255).round().astype(np.uint8), picture)


@pytest.mark.parametrize("shape", [(60, 40), (40, 60)])
def test_panels_are_written_whole(tmp_path, shape):
    panels = [(title, np.zeros((*shape, 3), np.uint8)) for title in ("Image", "Labels", "Teacher", "Student")]
    write_panels(tmp_path / "map.png", panels, [("forest", "#117733"), ("water", "#3377aa")])
    assert imread(tmp_path / "map.png").shape[2] in (3, 4)
    assert [path.name for path in tmp_path.iterdir()] == ["map.png"]


def test_curves_are_one_svg_element_with_their_names():
    text = curves_svg([("student", [1, 2, 3], [0.5, 0.4, 0.3]), ("baseline", [1, 2], [0.6, 0.5])], "loss")
    assert parse_xml(text).tag.endswith("svg")
    assert text.startswith("<svg")
