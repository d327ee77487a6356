"""Parts of the ground: every tile and every pixel of small scenes is looked at."""

import numpy as np
import pyogrio.raw
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from rasterio.windows import Window

from rskd.errors import AreaTooSmall, JobInvalid, NoOverlap
from rskd.geo.cells import Cells
from rskd.geo.labels import IGNORE, open_labels
from rskd.geo.layouts import choose_layout, grown
from rskd.geo.scene import open_scene
from rskd.geo.splits import (
    TEST,
    TRAIN,
    VALIDATION,
    auto_split,
    label_share,
    split_from_spec,
    split_scenes,
    whole_split,
)
from rskd.spec import LabelSpec, LayerSpec, SplitSpec

AT = from_origin(500_000, 6_000_000, 10, 10)


def write(path, pixels, nodata=None):
    height, width = pixels.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=1,
        dtype=pixels.dtype,
        crs="EPSG:32632",
        transform=AT,
        nodata=nodata,
    ) as file:
        file.write(pixels, 1)
    return str(path)


def patchwork(height, width, side=20, classes=4, seed=0):
    """Class values from 1 in square patches; the last class is rare."""
    rng = np.random.default_rng(seed)
    shares = np.array([2.0 ** -(k * k / 3) for k in range(classes)])
    patches = rng.choice(classes, (-(-height // side), -(-width // side)), p=shares / shares.sum()) + 1
    return np.kron(patches, np.ones((side, side), int))[:height, :width].astype(np.uint8)


@pytest.fixture
def ground(tmp_path):
    """Makes (scene, labels) of a height and width; a part of the image can be nodata (-1)."""
    opened = []

    def make(height, width, *, hole=None, area=None, pixels=None):
        image = np.ones((height, width), np.int16)
        if hole is not None:
            image[hole] = -1
        layer = write(tmp_path / "image.tif", image, nodata=-1)
        scene = open_scene([LayerSpec(path=layer)], area=area, name="ground")
        values = patchwork(height, width) if pixels is None else pixels
        labels = open_labels(
            LabelSpec(path=write(tmp_path / "labels.tif", values, nodata=0)), scene.grid, task="land-cover"
        )
        opened.extend((scene, labels))
        return scene, labels

    yield make
    for one in opened:
        one.close()


def check_tiles(split, grid, tile):
    """No tile, nor its surroundings as wide as the gap, holds held-out pixels; each holds training pixels."""
    parts = split.read(grid.window)
    origins = split.train_origins(tile)
    assert len(origins)
    for row, column in origins:
        near = np.s_[
            max(row - split.gap, 0) : row + tile + split.gap, max(column - split.gap, 0) : column + tile + split.gap
        ]
        assert parts[near].max(initial=0) <= TRAIN
        assert (parts[row : row + tile, column : column + tile] == TRAIN).any()


def check_windows(split, grid, size):
    """Windows of a part are disjoint and hold all of its pixels."""
    parts = split.read(grid.window)
    for part in (TRAIN, VALIDATION, TEST):
        seen = np.zeros(parts.shape, int)
        for window in split.windows(part, size):
            assert window.width <= size
            assert window.height <= size
            seen[window.toslices()] += 1
        assert seen.max(initial=0) <= 1
        assert (seen[parts == part] == 1).all()


@pytest.mark.parametrize(
    ("height", "width", "tile", "radius"),
    [(300, 500, 64, 20), (413, 270, 64, 30), (224, 224, 64, 20), (700, 130, 64, 40), (413, 270, 128, 94)],
)
def test_every_tile_keeps_the_gap_and_every_pixel_is_found(ground, height, width, tile, radius):
    scene, labels = ground(height, width)
    split = auto_split(scene, labels, tile=tile, radius=radius, seed=1)
    assert split.gap >= min(radius, tile)
    check_tiles(split, scene.grid, tile)
    check_windows(split, scene.grid, 100)
    parts = split.read(scene.grid.window)
    for part in (TRAIN, VALIDATION, TEST):
        assert (parts == part).any()


def test_the_gap_itself_belongs_to_no_part(ground):
    scene, labels = ground(300, 500)
    split = auto_split(scene, labels, tile=64, radius=20, seed=1)
    parts = split.read(scene.grid.window)
    held = np.argwhere(parts > TRAIN)
    for row, column in np.argwhere(parts == TRAIN)[::97]:
        assert np.abs(held - (row, column)).max(axis=1).min() > split.gap


def test_the_gap_is_a_tile_where_there_is_room(ground):
    scene, labels = ground(400, 900)
    assert auto_split(scene, labels, tile=64, radius=10, seed=0).gap == 64


def test_windows_of_a_split_agree_with_the_whole(ground):
    scene, labels = ground(300, 410)
    split = auto_split(scene, labels, tile=64, radius=20, seed=3)
    whole, ids = split.read(scene.grid.window), split.block_ids(scene.grid.window)
    for window in scene.grid.blocks(71, 53):
        np.testing.assert_array_equal(split.read(window), whole[window.toslices()])
        np.testing.assert_array_equal(split.block_ids(window), ids[window.toslices()])
    around = Window(-5, -3, 420, 306)
    assert (split.read(around)[:3] == 0).all()
    assert (split.block_ids(around)[:, :5] == -1).all()
    assert (np.bincount(ids.ravel()) <= split.block**2).all()


def test_same_seed_same_split(ground):
    scene, labels = ground(300, 500)
    first, again = (auto_split(scene, labels, tile=64, radius=20, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.read(scene.grid.window), again.read(scene.grid.window))
    np.testing.assert_array_equal(first.train_origins(64), again.train_origins(64))


def test_summary_counts_what_is_there(ground):
    scene, labels = ground(300, 500, hole=np.s_[:60, :200])
    split = auto_split(scene, labels, tile=64, radius=20, seed=1)
    parts, channels = split.read(scene.grid.window), labels.read(scene.grid.window)
    data = np.ones(parts.shape, bool)
    data[:60, :200] = False
    for part, name in ((TRAIN, "train"), (VALIDATION, "validation"), (TEST, "test")):
        here = (parts == part) & data
        said = split.summary()["parts"][name]
        assert said["pixels"] == here.sum()
        assert said["classes"] == {str(k + 1): (here & (channels == k)).sum() for k in range(4)}
        assert split.footprint(part) == pytest.approx(here.sum() / data.sum())


def test_training_tiles_hold_valid_training_pixels(ground):
    scene, labels = ground(300, 500, hole=np.s_[:, :260])
    split = auto_split(scene, labels, tile=64, radius=16, seed=1)
    parts = split.read(scene.grid.window)
    parts[:, :260] = 0
    for row, column in split.train_origins(64):
        assert (parts[row : row + 64, column : column + 64] == TRAIN).any()


def test_classes_are_spread_over_the_parts(ground):
    # Class 2 only in the upper half, class 3 only in the lower: bands from top to bottom would part them.
    pixels = np.ones((480, 480), np.uint8)
    pixels[40:200:8] = 2
    pixels[280:440:8] = 3
    scene, labels = ground(480, 480, pixels=pixels)
    split = auto_split(scene, labels, tile=64, radius=16, seed=1)
    for part in (TRAIN, VALIDATION, TEST):
        assert all(split.labelled(part))


def test_without_labels_shares_are_of_valid_ground(ground):
    scene, _ = ground(400, 800)
    split = auto_split(scene, None, tile=64, radius=16, seed=1)
    assert split.footprint(TRAIN) == pytest.approx(0.6, abs=0.1)
    assert split.footprint(VALIDATION) == pytest.approx(0.15, abs=0.05)
    assert split.footprint(TEST) == pytest.approx(0.25, abs=0.05)


def test_only_the_area_is_parted(ground):
    scene, labels = ground(400, 600, area=(501_000, 5_996_500, 505_500, 5_999_500))
    split = auto_split(scene, labels, tile=64, radius=16, seed=1)
    parts = split.read(scene.grid.window)
    assert (parts[:50] == 0).all()
    assert (parts[:, 550:] == 0).all()
    check_tiles(split, scene.grid, 64)


@pytest.mark.parametrize(("height", "width"), [(120, 120), (128, 200), (224, 224)])
def test_too_small_an_area_names_split(ground, height, width):
    scene, labels = ground(height, width)
    with pytest.raises(AreaTooSmall) as error:
        auto_split(scene, labels, tile=128, radius=60, seed=1)
    assert "split:" in error.value.hint


def test_a_strip_narrower_than_a_tile_is_parted_along_its_length(ground):
    scene, labels = ground(60, 900)
    split = auto_split(scene, labels, tile=128, radius=60, seed=1)
    check_tiles(split, scene.grid, 128)
    assert set(split.train_origins(128)[:, 0]) == {0}


def test_a_huge_area_is_decided_on_a_small_table():
    # 150,000 x 90,000 pixels with classes that come and go over the ground.
    cells = Cells.over(Window(0, 0, 150_000, 90_000), 128)
    rows, columns = cells.shape
    assert rows * columns < 45_000
    north, east = np.mgrid[0 : 1 : 1j * rows, 0 : 1 : 1j * columns]
    weights = np.stack([north < 0.7, (east > 0.3) & (north > 0.5), np.sin(25 * east) > 0.9], axis=-1) * 1000
    layout = choose_layout(cells, weights.astype(np.int64), tile=128, radius=94, seed=1)
    assert layout.gap >= 128
    assert layout.usable > 0.5
    held, train = layout.table > TRAIN, layout.table == TRAIN
    assert not (grown((layout.table == TEST) | (layout.table == VALIDATION), layout.gap // cells.size) & train).any()
    assert all(weights[held].sum(axis=0) > 0)


class TestGiven:
    def box(self, left, top, right, bottom):
        """A box in pixels."""
        return (500_000 + 10 * left, 6_000_000 - 10 * bottom, 500_000 + 10 * right, 6_000_000 - 10 * top)

    def split(self, scene, labels, **parts):
        return split_from_spec(SplitSpec(**parts), scene, labels, tile=64, radius=30, seed=1)

    def test_boxes_are_taken_as_they_are(self, ground):
        scene, labels = ground(300, 500)
        split = self.split(
            scene,
            labels,
            train=self.box(0, 0, 250, 300),
            validation=self.box(330, 0, 400, 300),
            test=self.box(400, 0, 500, 300),
        )
        parts = split.read(scene.grid.window)
        expected = np.zeros((300, 500), np.uint8)
        expected[:, :250], expected[:, 330:400], expected[:, 400:] = TRAIN, VALIDATION, TEST
        np.testing.assert_array_equal(parts, expected)
        check_tiles(split, scene.grid, 64)
        check_windows(split, scene.grid, 90)
        assert split.gap >= 30

    def test_parts_that_touch_have_no_gap_and_say_so(self, ground):
        scene, labels = ground(300, 500)
        split = self.split(
            scene,
            labels,
            train=self.box(0, 0, 260, 300),
            validation=self.box(260, 0, 400, 300),
            test=self.box(400, 0, 500, 300),
        )
        assert split.summary()["gap"] == 0
        check_tiles(split, scene.grid, 64)

    def test_missing_validation_is_cut_from_training_with_a_gap(self, ground, tmp_path):
        scene, labels = ground(400, 500)
        polygon = shapely.Polygon(
            [(500_000, 6_000_000), (503_300, 6_000_000), (502_800, 5_996_000), (500_000, 5_996_000)]
        )
        path = tmp_path / "train.gpkg"
        pyogrio.raw.write(
            str(path),
            geometry=np.array([shapely.to_wkb(polygon)], object),
            field_data=[np.array([1])],
            fields=["n"],
            geometry_type="Polygon",
            crs="EPSG:32632",
            driver="GPKG",
        )
        split = self.split(scene, labels, train=str(path), test=self.box(380, 0, 500, 400))
        parts = split.read(scene.grid.window)
        assert (parts[:, 380:] == TEST).all()
        assert (parts[:, 340:380] == 0).all()
        validation, train = np.argwhere(parts == VALIDATION), np.argwhere(parts == TRAIN)
        assert len(validation) > 0.05 * len(train)
        for row, column in train[::301]:
            assert np.abs(validation - (row, column)).max(axis=1).min() > 30
        check_tiles(split, scene.grid, 64)
        check_windows(split, scene.grid, 64)

    def test_overlapping_absent_and_tiny_parts_are_refused(self, ground):
        scene, labels = ground(300, 500)
        left, right = self.box(0, 0, 260, 300), self.box(259, 0, 500, 300)
        with pytest.raises(JobInvalid, match="train and test parts"):
            self.split(scene, labels, train=left, test=right)
        with pytest.raises(NoOverlap, match="split: test"):
            self.split(scene, labels, train=left, test=self.box(900, 0, 950, 50))
        with pytest.raises(AreaTooSmall, match="no room for a tile"):
            self.split(
                scene,
                labels,
                train=self.box(100, 0, 140, 300),
                validation=self.box(0, 0, 90, 300),
                test=self.box(150, 0, 500, 300),
            )
        with pytest.raises(JobInvalid, match="groups of scenes"):
            self.split(scene, labels, train=["a"], test=["b"])


class TestScenes:
    COUNTS = np.array([[60, 0], [50, 20], [55, 10], [50, 12], [45, 9], [40, 11]])

    def test_a_group_is_never_cut_and_every_part_gets_both_classes(self):
        groups = ["a", "b", "b", "c", "d", "a"]
        parts = np.array(split_scenes(groups, self.COUNTS, seed=1))
        assert parts[0] == parts[5]
        assert parts[1] == parts[2]
        for part in (TRAIN, VALIDATION, TEST):
            assert (self.COUNTS[parts == part].sum(axis=0) > 0).all()

    def test_nameless_scenes_stand_alone_and_many_are_shared_out_as_aimed(self):
        counts = np.random.default_rng(0).integers(50, 100, (60, 3))
        parts = np.array(split_scenes([""] * 60, counts, seed=1))
        shares = [counts[parts == part].sum() / counts.sum() for part in (TRAIN, VALIDATION, TEST)]
        assert shares == pytest.approx([0.6, 0.15, 0.25], abs=0.03)
        assert tuple(parts) == split_scenes([""] * 60, counts, seed=1)

    def test_given_groups(self):
        groups = ["a", "b", "c", "d", "e", "e"]
        spec = SplitSpec(train=["a", "b"], validation=["e"], test=["c"])
        assert split_scenes(groups, self.COUNTS, spec=spec, seed=1) == (TRAIN, TRAIN, TEST, 0, 2, 2)
        parts = split_scenes(groups, self.COUNTS, spec=SplitSpec(train=["a", "b", "d"], test=["c", "e"]), seed=1)
        assert sorted(np.array(parts)[[0, 1, 3]]) == [TRAIN, TRAIN, VALIDATION]

    @pytest.mark.parametrize(
        ("spec", "error"),
        [
            ({"train": ["a"], "validation": ["b"], "test": ["x"]}, JobInvalid),
            ({"train": ["a"], "validation": ["b"], "test": ["a"]}, JobInvalid),
            ({"train": ["a"], "validation": ["b"], "test": (0, 0, 1, 1)}, JobInvalid),
            ({"train": ["a"], "test": ["b"]}, AreaTooSmall),
        ],
    )
    def test_groups_that_cannot_be_meant(self, spec, error):
        with pytest.raises(error):
            split_scenes(["a", "b", "c"], self.COUNTS[:3], spec=SplitSpec(**spec), seed=1)

    def test_two_groups_are_too_few(self):
        with pytest.raises(AreaTooSmall) as error:
            split_scenes(["a", "b"], self.COUNTS[:2], seed=1)
        assert "split:" in error.value.hint

    def test_a_whole_scene_in_one_part(self, ground):
        scene, labels = ground(100, 150)
        split = whole_split(scene, labels, TRAIN, tile=64)
        assert (split.read(scene.grid.window) == TRAIN).all()
        check_tiles(split, scene.grid, 64)
        assert len(whole_split(scene, labels, TEST, tile=64).train_origins(64)) == 0

    def test_a_scene_smaller_than_a_tile_has_one_tile(self, ground):
        scene, labels = ground(50, 40)
        assert whole_split(scene, labels, TRAIN, tile=64).train_origins(64).tolist() == [[0, 0]]


class TestShare:
    @pytest.mark.parametrize("share", [0.1, 0.3, 0.7])
    def test_whole_blocks_of_training_labels_stay(self, ground, share):
        scene, labels = ground(512, 1024)
        split = auto_split(scene, labels, tile=64, radius=16, seed=1)
        fewer = label_share(labels, split, share, seed=2)
        before, after = labels.read(scene.grid.window), fewer.read(scene.grid.window)
        train = split.read(scene.grid.window) == TRAIN
        np.testing.assert_array_equal(after[~train], before[~train])
        kept = (after != IGNORE) & train
        assert kept.sum() / ((before != IGNORE) & train).sum() == pytest.approx(share, abs=0.05)
        np.testing.assert_array_equal(after[kept], before[kept])
        for top in range(0, 512, 64):
            for left in range(0, 1024, 64):
                block = np.s_[top : top + 64, left : left + 64]
                assert not kept[block].any() or kept[block].sum() == (train & (before != IGNORE))[block].sum()
        assert set(np.unique(before[train])) == set(np.unique(after[kept]))
        assert fewer.counts == tuple((after == k).sum() for k in range(4))

    def test_same_seed_same_blocks_other_seed_others(self, ground):
        scene, labels = ground(512, 512)
        split = auto_split(scene, labels, tile=64, radius=16, seed=1)
        one, two, three = (label_share(labels, split, 0.2, seed).read(scene.grid.window) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one, two)
        assert (one != three).any()

    def test_all_labels_are_the_labels(self, ground):
        scene, labels = ground(512, 512)
        assert label_share(labels, auto_split(scene, labels, tile=64, radius=16, seed=1), 1.0, 0) is labels


class TestRealData:
    def parts(self, shared_data, image, labels, *, tile, radius, task="land-cover"):
        scene = open_scene([LayerSpec(path=str(shared_data / image))])
        opened = open_labels(LabelSpec(path=str(shared_data / labels), ignore=[]), scene.grid, task=task)
        split = auto_split(scene, opened, tile=tile, radius=radius, seed=7)
        return scene, opened, split

    def test_gewata(self, shared_data):
        folder = "gewata_landsat_lulc/gewata_north_"
        scene, labels, split = self.parts(
            shared_data, folder + "landsat7_2001.tif", folder + "lulc.tif", tile=128, radius=94
        )
        assert split.gap == 128
        assert all(split.labelled(TRAIN))  # all six classes can be learned
        assert sum(count > 0 for count in split.labelled(TEST)) >= 5
        shares = [sum(split.labelled(part)) / sum(labels.counts) for part in (TRAIN, VALIDATION, TEST)]
        assert shares == pytest.approx([0.5, 0.15, 0.25], abs=0.1)
        parts = split.read(scene.grid.window)
        for row, column in split.train_origins(128):
            assert parts[max(row - 128, 0) : row + 256, max(column - 128, 0) : column + 256].max() <= TRAIN

    def test_denmark_is_small_and_gets_a_smaller_gap(self, shared_data):
        folder = "denmark_s2_crops/denmark_west_"
        scene, _, split = self.parts(shared_data, folder + "s2_rgb.tif", folder + "crops.tif", tile=128, radius=40)
        assert 40 <= split.gap < 128
        assert all(split.labelled(TRAIN))
        check_tiles(split, scene.grid, 128)

    def test_kampala(self, shared_data):
        folder = "kampala_buildings/kampala_a_"
        _, labels, split = self.parts(
            shared_data, folder + "rgb.tif", folder + "buildings.tif", tile=256, radius=94, task="segmentation"
        )
        assert split.gap == 256
        assert sum(split.labelled(TRAIN)) > 0.5 * sum(labels.counts)
        assert all(count for part in (TRAIN, VALIDATION, TEST) for count in split.labelled(part))
