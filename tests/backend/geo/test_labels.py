"""Labels on a grid, counted by hand or against a second source."""

from pathlib import Path

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.features import rasterize
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject
from rasterio.windows import Window

from rskd.errors import ClassesMismatch, CrsMissing, LabelsUnusable, LayerUnreadable, NoOverlap
from rskd.geo.area import Area
from rskd.geo.grid import Grid
from rskd.geo.labels import IGNORE, LabelClass, find_classes, open_labels
from rskd.spec import LabelSpec

UTM = CRS.from_epsg(32632)
AT = from_origin(500_000, 6_000_000, 10, 10)
GRID = Grid(UTM, AT, 6, 4)
TO_DEGREES = pyproj.Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)


def write_raster(path, pixels, *, crs=UTM, transform=AT, nodata=None):
    pixels = np.asarray(pixels)
    height, width = pixels.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=1,
        dtype=pixels.dtype,
        crs=crs,
        transform=transform,
        nodata=nodata,
    ) as file:
        file.write(pixels, 1)
    return str(path)


def write_vector(path, shapes, fields, *, crs="EPSG:32632", layer=None, append=False):
    """Shapes in pixels of GRID."""
    a, _, c, _, e, f = AT[:6]
    on_map = [shapely.transform(s, lambda xy: xy * (a, e) + (c, f)) for s in shapes]
    pyogrio.raw.write(
        str(path),
        geometry=np.array(shapely.to_wkb(on_map), object),
        field_data=[np.array(v) for v in fields.values()],
        fields=list(fields),
        geometry_type="Unknown",
        crs=crs,
        driver="GPKG",
        layer=layer,
        append=append,
    )
    return str(path)


def land_cover(path, grid=GRID, **options):
    known = {key: options.pop(key) for key in ("classes_given", "area", "crs_given") if key in options}
    return open_labels(
        LabelSpec(path=path, **options),
        grid,
        task="land-cover",
        classes=known.get("classes_given"),
        area=known.get("area"),
        crs=known.get("crs_given"),
    )


def values(labels):
    return [c.value for c in labels.classes]


def names(labels):
    return [c.name for c in labels.classes]


WORLD_COVER = np.array([[10, 10, 20, 20, 100, 0]] * 3 + [[10, 10, 20, 20, 7, 7]], np.uint8)


class TestRaster:
    def test_values_are_kept_and_nodata_and_ignore_are_left_out(self, tmp_path):
        path = write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0)
        labels = land_cover(path, ignore=[7])
        assert values(labels) == [10, 20, 100]
        assert names(labels) == ["10", "20", "100"]
        assert labels.counts == (8, 8, 3)
        expected = np.array([[0, 0, 1, 1, 2, 255]] * 3 + [[0, 0, 1, 1, 255, 255]], np.uint8)
        np.testing.assert_array_equal(labels.read(GRID.window), expected)

    def test_zero_is_a_class_unless_it_is_nodata(self, tmp_path):
        assert values(land_cover(write_raster(tmp_path / "l.tif", WORLD_COVER))) == [0, 7, 10, 20, 100]

    def test_windows_past_the_edge_are_ignored_there(self, tmp_path):
        labels = land_cover(write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0))
        whole = labels.read(GRID.window)
        around = labels.read(Window(-2, -1, 10, 7))
        np.testing.assert_array_equal(around[1:5, 2:8], whole)
        around[1:5, 2:8] = IGNORE
        assert (around == IGNORE).all()

    @pytest.mark.parametrize("dtype", ["int8", "int16", "uint32", "int32", "float32", "float64"])
    def test_any_type_of_whole_numbers_will_do(self, tmp_path, dtype):
        pixels = np.array([[1, 2, 1, 2, 1, 2]] * 4, dtype)
        pixels[0, 0] = -5 if np.dtype(dtype).kind != "u" else 9
        labels = land_cover(write_raster(tmp_path / "l.tif", pixels, nodata=float(pixels[0, 0])))
        assert values(labels) == [1, 2]
        assert labels.counts == (11, 12)

    def test_large_values_stay_exact(self, tmp_path):
        pixels = np.full((4, 6), 4_294_967_294, np.uint32)
        pixels[:2] = 4_294_967_293
        assert values(land_cover(write_raster(tmp_path / "l.tif", pixels))) == [4_294_967_293, 4_294_967_294]

    def test_nan_is_no_label_and_fractions_are_refused(self, tmp_path):
        pixels = np.array([[1, 2, np.nan, 2, 1, 2]] * 4, np.float32)
        assert land_cover(write_raster(tmp_path / "l.tif", pixels)).counts == (8, 12)
        pixels[3, 5] = 2.5
        with pytest.raises(LabelsUnusable, match="fractional"):
            land_cover(write_raster(tmp_path / "f.tif", pixels))

    def test_outside_the_label_raster_is_ignored_not_class_zero(self, tmp_path):
        pixels = np.array([[0, 1], [1, 0]], np.uint8)
        at = AT * Affine.translation(2, 1)
        labels = land_cover(write_raster(tmp_path / "l.tif", pixels, transform=at))
        assert labels.counts == (2, 2)
        assert (labels.read(GRID.window) != IGNORE).sum() == 4
        assert labels.read(Window(2, 1, 2, 2)).tolist() == [[0, 1], [1, 0]]

    def test_another_crs_and_pixel_size_agree_with_a_whole_warp(self, tmp_path):
        pixels = np.random.default_rng(0).integers(1, 5, (80, 80)).astype(np.uint8)
        lon, lat = TO_DEGREES.transform(499_950, 5_999_950)
        at = from_origin(lon, lat, 0.00006, 0.00004)
        path = write_raster(tmp_path / "l.tif", pixels, crs="EPSG:4326", transform=at, nodata=0)
        grid = Grid(UTM, from_origin(499_900, 5_999_900, 4, 4), 90, 80)
        expected = np.zeros((80, 90), np.uint8)
        reproject(
            pixels,
            expected,
            src_transform=at,
            src_crs="EPSG:4326",
            dst_transform=grid.transform,
            dst_crs=UTM,
            src_nodata=0,
            dst_nodata=0,
            resampling=Resampling.nearest,
        )
        assert (expected > 0).mean() > 0.3
        labels = land_cover(path, grid)
        parts = [labels.read(window) for window in grid.blocks(17)]
        np.testing.assert_array_equal(np.vstack(parts), np.where(expected > 0, expected - 1, IGNORE))

    def test_local_grid_takes_pixels_as_they_are(self, tmp_path):
        grid = Grid(None, Affine.identity(), 6, 4)
        path = tmp_path / "l.png"
        with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
            write_png(path, WORLD_COVER)
        assert land_cover(str(path), grid, ignore=[0, 7]).counts == (8, 8, 3)

    def test_only_classes_that_occur_count(self, tmp_path):
        path = write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0)
        with rasterio.open(path, "r+") as file:
            file.write_colormap(1, {v: (v, 0, 1, 255) for v in range(1, 256)})
        labels = land_cover(path)
        assert values(labels) == [7, 10, 20, 100]
        assert labels.classes[3].color == "#640001"

    def test_a_colour_given_to_several_classes_is_used_once(self, tmp_path):
        path = write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0)
        with rasterio.open(path, "r+") as file:
            file.write_colormap(1, {10: (1, 2, 3, 255)})  # GDAL fills the rest with black
        colors = [c.color for c in land_cover(path).classes]
        assert "#010203" in colors
        assert len(set(colors)) == 4

    def test_given_colours_go_into_the_cards_of_the_classes(self, tmp_path):
        path = write_raster(tmp_path / "labels.tif", np.array([[1, 2, 3]], np.uint8))
        options = {"classes": {"forest": [1, 3], "water": [2]}, "colors": {"forest": "#1b7837", "water": "#4393c3"}}
        with land_cover(path, **options) as labels:
            assert {c.card.name: c.card.color for c in labels.classes} == options["colors"]
            assert labels.values == ((1, 3), (2,))
        joined = find_classes([(LabelSpec(path=path, colors={2: "#4393c3"}), GRID, None)] * 2, task="land-cover")
        assert joined[1].color == "#4393c3"

    def test_area_limits_classes_and_pixels(self, tmp_path):
        path = write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0)
        box = shapely.transform(shapely.box(1, 0, 4, 2), lambda xy: np.column_stack(AT * (xy[:, 0], xy[:, 1])))
        labels = land_cover(path, area=Area(np.array([box]), GRID))
        assert labels.counts == (2, 4)
        assert labels.read(GRID.window)[0].tolist() == [255, 0, 1, 1, 255, 255]
        empty = shapely.transform(shapely.box(5, 0, 6, 2), lambda xy: np.column_stack(AT * (xy[:, 0], xy[:, 1])))
        with pytest.raises(LabelsUnusable, match="no labels inside"):
            land_cover(path, area=Area(np.array([empty]), GRID))


def write_png(path, pixels):
    with rasterio.open(
        path, "w", driver="PNG", width=pixels.shape[1], height=pixels.shape[0], count=1, dtype="uint8"
    ) as file:
        file.write(pixels, 1)


class TestClasses:
    def test_merged_classes_are_numbered_in_their_order(self, tmp_path):
        path = write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0)
        labels = land_cover(path, classes={"built": [100], "green": [10, 20]})
        assert [(c.value, c.name) for c in labels.classes] == [(1, "built"), (2, "green")]
        assert labels.counts == (3, 16)
        assert labels.read(GRID.window)[3].tolist() == [1, 1, 1, 1, 255, 255]  # 7 is not named: ignored

    def test_names_alone_keep_the_values(self, tmp_path):
        path = write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0)
        labels = land_cover(path, classes={"crop": ["20"], "tree": [10]})
        assert [(c.value, c.name) for c in labels.classes] == [(20, "crop"), (10, "tree")]

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"ignore": ["abc"]}, "“abc”.*whole numbers"),
            ({"classes": {"a": ["wood"], "b": [10]}}, "“wood”.*whole numbers"),
            ({"classes": {"a": [10], "b": [50]}}, "“50”.*do not hold"),
            ({"classes": {"a": [10], "b": [10, 20]}}, "“10” more than once"),
            ({"classes": {"a": [10, 20]}}, "one class only"),
            ({"ignore": [10, 20, 100]}, "one class only"),
            ({"ignore": [7, 10, 20, 100]}, "no labels inside"),
            ({"band": 2}, "no band 2"),
        ],
    )
    def test_what_cannot_be_meant_is_said(self, tmp_path, options, says):
        path = write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0)
        with pytest.raises(LabelsUnusable, match=says):
            land_cover(path, **options)

    def test_an_image_is_not_a_label_raster(self, tmp_path):
        grid = Grid(UTM, AT, 30, 20)
        pixels = np.arange(600, dtype=np.uint16).reshape(20, 30)
        with pytest.raises(LabelsUnusable, match="600 different values"):
            land_cover(write_raster(tmp_path / "l.tif", pixels), grid)

    def test_254_classes_fit(self, tmp_path):
        grid = Grid(UTM, AT, 127, 2)
        path = write_raster(tmp_path / "l.tif", np.arange(1, 255, dtype=np.uint8).reshape(2, 127))
        labels = land_cover(path, grid)
        assert labels.read(grid.window).ravel().tolist() == list(range(254))

    def test_given_classes_are_matched_by_value_and_may_be_absent(self, tmp_path):
        given = [LabelClass(v, str(v), "#000000") for v in (100, 50, 20, 10, 7)]
        labels = land_cover(write_raster(tmp_path / "l.tif", WORLD_COVER, nodata=0), classes_given=given)
        assert labels.classes == tuple(given)
        assert labels.counts == (3, 0, 8, 8, 2)
        with pytest.raises(ClassesMismatch, match="“7”"):
            land_cover(write_raster(tmp_path / "m.tif", WORLD_COVER, nodata=0), classes_given=given[:4])

    def test_classes_of_several_scenes_are_joined(self, tmp_path):
        first = write_vector(tmp_path / "a.gpkg", [shapely.box(0, 0, 3, 4)], {"use": ["wood"]})
        second = write_vector(tmp_path / "b.gpkg", [shapely.box(0, 0, 3, 4)], {"use": ["lake"]})
        specs = [LabelSpec(path=path, field="use") for path in (first, second)]
        classes = find_classes([(spec, GRID, None) for spec in specs], task="land-cover")
        assert [(c.value, c.name) for c in classes] == [(1, "lake"), (2, "wood")]
        labels = open_labels(specs[0], GRID, task="land-cover", classes=classes)
        assert labels.counts == (0, 12)


class TestVector:
    SHAPES = (shapely.box(0, 0, 3, 4), shapely.box(2, 1, 6, 3))

    def test_texts_are_numbered_alphabetically_and_later_features_win(self, tmp_path):
        path = write_vector(tmp_path / "v.gpkg", self.SHAPES, {"use": ["wood", "lake"]})
        labels = land_cover(path, field="use")
        assert [(c.value, c.name) for c in labels.classes] == [(1, "lake"), (2, "wood")]
        expected = np.array([[1, 1, 1, 255, 255, 255], [1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 1] + [255] * 3])
        np.testing.assert_array_equal(labels.read(GRID.window), expected)
        assert labels.counts == (8, 10)

    @pytest.mark.parametrize("dtype", ["int32", "float64"])
    def test_numbers_are_kept_and_empty_fields_are_no_label(self, tmp_path, dtype):
        shapes = (*self.SHAPES, shapely.box(0, 0, 1, 1))
        field = np.array([30, 4, np.nan]) if dtype == "float64" else np.array([30, 4, 30], dtype)
        labels = land_cover(write_vector(tmp_path / "v.gpkg", shapes, {"code": field}), field="code")
        assert values(labels) == [4, 30]
        assert labels.counts == (8, 10)

    def test_fractional_field_is_refused(self, tmp_path):
        path = write_vector(tmp_path / "v.gpkg", self.SHAPES, {"code": [1.5, 2.0]})
        with pytest.raises(LabelsUnusable, match="fractional"):
            land_cover(path, field="code")

    def test_all_touched_takes_every_pixel_that_is_met(self, tmp_path):
        shapes = (shapely.box(0.6, 0.6, 1.4, 1.4), shapely.box(4, 0, 6, 4))
        path = write_vector(tmp_path / "v.gpkg", shapes, {"use": ["a", "b"]})
        assert land_cover(path, field="use", all_touched=True).counts == (4, 8)
        with pytest.raises(LabelsUnusable, match="one class only"):  # no pixel centre lies in the first
            land_cover(path, field="use")

    def test_windows_agree_with_the_whole(self, tmp_path):
        rng = np.random.default_rng(1)
        grid = Grid(UTM, AT, 60, 50)
        shapes = [shapely.Point(*rng.uniform(0, 60, 2)).buffer(rng.uniform(1, 9)) for _ in range(40)]
        path = write_vector(tmp_path / "v.gpkg", shapes, {"code": rng.integers(1, 5, 40)})
        labels = land_cover(path, grid, field="code")
        whole = labels.read(grid.window)
        for window in grid.blocks(13, 7):
            rows, columns = window.toslices()
            np.testing.assert_array_equal(labels.read(window), whole[rows, columns])

    def test_another_crs_is_brought_onto_the_grid(self, tmp_path):
        path = write_vector(tmp_path / "v.gpkg", self.SHAPES, {"use": ["wood", "lake"]})
        _, _, wkb, fields = pyogrio.raw.read(path)
        moved = shapely.transform(
            shapely.segmentize(shapely.from_wkb(wkb), 1),
            lambda xy: np.column_stack(TO_DEGREES.transform(xy[:, 0], xy[:, 1])),
        )
        far = tmp_path / "degrees.geojson"
        pyogrio.raw.write(
            str(far),
            geometry=np.array(shapely.to_wkb(moved), object),
            field_data=fields,
            fields=["use"],
            geometry_type="Polygon",
            crs="EPSG:4326",
            driver="GeoJSON",
            COORDINATE_PRECISION=12,
        )
        with land_cover(path, field="use") as near, land_cover(str(far), field="use") as other:
            np.testing.assert_array_equal(near.read(GRID.window), other.read(GRID.window))

    def test_rotated_grid_agrees_with_gdals_rasteriser(self, tmp_path):
        path = write_vector(tmp_path / "v.gpkg", self.SHAPES, {"code": [3, 5]})
        grid = Grid(UTM, AT * Affine.rotation(20) * Affine.scale(0.3), 20, 15)
        _, _, wkb, _ = pyogrio.raw.read(path)
        expected = rasterize(
            zip(shapely.from_wkb(wkb), (3, 5), strict=True), out_shape=(15, 20), transform=grid.transform
        )
        assert len(np.unique(expected)) == 3
        read = land_cover(path, grid, field="code").read(grid.window)
        np.testing.assert_array_equal(read, np.select([expected == 3, expected == 5], [0, 1], IGNORE))

    def test_field_and_layer_that_are_not_there_are_named(self, tmp_path):
        path = write_vector(tmp_path / "v.gpkg", self.SHAPES, {"use": ["wood", "lake"], "n": [1, 2]}, layer="parcels")
        with pytest.raises(LabelsUnusable, match=r"no field “klass”\. It has use, n"):
            land_cover(path, field="klass")
        with pytest.raises(LabelsUnusable, match=r"which field.*use, n"):
            land_cover(path)
        with pytest.raises(LabelsUnusable, match=r"no layer “x”\. It has parcels"):
            land_cover(path, field="use", layer="x")
        write_vector(path, self.SHAPES, {"use": ["wood", "lake"]}, layer="more", append=True)
        with pytest.raises(LabelsUnusable, match="several layers"):
            land_cover(path, field="use")
        assert land_cover(path, field="use", layer="more").counts == (8, 10)


class TestSegmentation:
    def segmentation(self, path, *, area=None, grid=GRID, **options):
        return open_labels(LabelSpec(path=path, **options), grid, task="segmentation", area=area)

    def test_ground_without_features_is_background_within_the_layers_box(self, tmp_path):
        shapes = (shapely.box(1, 1, 2, 2), shapely.box(3, 2, 5, 3))
        path = write_vector(tmp_path / "houses.gpkg", shapes, {"kind": ["house", "house"]})
        labels = self.segmentation(path, field="kind")
        assert [(c.value, c.name) for c in labels.classes] == [(0, "background"), (1, "house")]
        assert labels.background == 0
        expected = np.full((4, 6), IGNORE)
        expected[1:3, 1:5] = 0
        expected[1, 1] = expected[2, 3:5] = 1
        np.testing.assert_array_equal(labels.read(GRID.window), expected)

    def test_ground_without_features_is_background_in_the_whole_area(self, tmp_path):
        path = write_vector(tmp_path / "houses.gpkg", [shapely.box(1, 1, 2, 2)], {"kind": ["house"]})
        box = shapely.transform(shapely.box(0, 0, 4, 4), lambda xy: np.column_stack(AT * (xy[:, 0], xy[:, 1])))
        labels = self.segmentation(path, field="kind", area=Area(np.array([box]), GRID))
        assert labels.counts == (15, 1)
        assert (labels.read(GRID.window)[:, 4:] == IGNORE).all()

    def test_without_a_field_the_layer_names_its_objects(self, tmp_path):
        shapes = (shapely.box(1, 1, 2, 2), shapely.box(3, 2, 5, 3))
        path = write_vector(tmp_path / "v.gpkg", shapes, {"n": [1, 2]}, layer="trees")
        labels = self.segmentation(path)
        assert names(labels) == ["background", "trees"]
        assert labels.counts == (5, 3)

    def test_a_background_class_in_the_field_leaves_the_rest_unlabelled(self, tmp_path):
        shapes = (shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2))
        path = write_vector(tmp_path / "v.gpkg", shapes, {"kind": ["Background", "house"]})
        labels = self.segmentation(path, field="kind")
        assert [(c.value, c.name) for c in labels.classes] == [(0, "background"), (1, "house")]
        assert labels.counts == (15, 1)

    def test_numbers_in_the_field_stay_and_background_takes_a_free_one(self, tmp_path):
        shapes = (shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2), shapely.box(3, 3, 4, 4))
        path = write_vector(tmp_path / "v.gpkg", shapes, {"code": [0, 2, 2]})
        labels = self.segmentation(path, field="code")
        assert {(c.value, c.name) for c in labels.classes} == {(1, "background"), (0, "0"), (2, "2")}

    def test_unnamed_zero_of_a_raster_is_the_background(self, tmp_path):
        pixels = np.zeros((4, 6), np.uint8)
        pixels[1:3, 1:3] = 1
        labels = self.segmentation(write_raster(tmp_path / "l.tif", pixels, nodata=255))
        assert [(c.value, c.name) for c in labels.classes] == [(0, "background"), (1, "1")]
        labels = self.segmentation(write_raster(tmp_path / "l.tif", pixels), classes={"house": [1]})
        assert [(c.value, c.name) for c in labels.classes] == [(0, "background"), (1, "house")]

    def test_another_value_can_be_named_the_background(self, tmp_path):
        pixels = np.full((4, 6), 2, np.uint8)
        pixels[1:3, 1:3] = 1
        path = write_raster(tmp_path / "l.tif", pixels)
        with pytest.raises(LabelsUnusable, match="None of the classes"):
            self.segmentation(path)
        labels = self.segmentation(path, background="2")
        assert labels.background == 1


class TestFiles:
    def test_missing_damaged_and_strange_files(self, tmp_path):
        for content in (None, b"no raster"):
            path = tmp_path / "x.tif"
            if content is not None:
                path.write_bytes(content)
            with pytest.raises(LayerUnreadable):
                land_cover(str(path))

    def test_a_cut_tile_is_unreadable(self, tmp_path):
        pixels = np.random.default_rng(0).integers(1, 9, (600, 600)).astype(np.uint8)
        path = Path(write_raster(tmp_path / "l.tif", pixels))
        path.write_bytes(path.read_bytes()[:-100_000])
        with pytest.raises(LayerUnreadable):
            land_cover(str(path), Grid(UTM, AT, 600, 600))

    @pytest.mark.parametrize("task", ["land-cover", "segmentation"])
    def test_a_vector_layer_without_features(self, tmp_path, task):
        path = write_vector(tmp_path / "v.gpkg", [], {"use": np.array([], object)})
        with pytest.raises(LabelsUnusable, match="holds no shapes"):
            open_labels(LabelSpec(path=path, field="use"), GRID, task=task)

    def test_a_field_of_a_raster(self, tmp_path):
        with pytest.raises(LabelsUnusable, match="is a raster and has no field “use”"):
            land_cover(write_raster(tmp_path / "r.tif", WORLD_COVER), field="use")

    def test_elsewhere_and_nowhere(self, tmp_path):
        far = from_origin(700_000, 6_000_000, 10, 10)
        with pytest.raises(NoOverlap):
            land_cover(write_raster(tmp_path / "far.tif", WORLD_COVER, transform=far))
        path = write_vector(tmp_path / "v.gpkg", [shapely.box(90, 90, 95, 95)], {"use": ["a"]})
        with pytest.raises(NoOverlap):
            land_cover(path, field="use")
        with pytest.raises(NoOverlap, match=r"“v\.gpkg” and “landsat” do not overlap"):
            open_labels(LabelSpec(path=path, field="use"), GRID, task="land-cover", scene="landsat")
        path = write_raster(tmp_path / "nocrs.tif", WORLD_COVER, crs=None)
        with pytest.raises(CrsMissing):
            land_cover(path)
        assert land_cover(path, crs_given="EPSG:32632").counts == land_cover(path, crs="EPSG:32632").counts


class TestRealData:
    def grid(self, path):
        with rasterio.open(path) as file:
            return Grid(file.crs, file.transform, file.width, file.height)

    def test_gewata_counts_are_those_of_its_readme(self, shared_data):
        folder = shared_data / "gewata_landsat_lulc"
        grid = self.grid(folder / "gewata_north_landsat7_2001.tif")
        labels = land_cover(str(folder / "gewata_north_lulc.tif"), grid)
        with rasterio.open(folder / "gewata_north_lulc.tif") as file:
            pixels = file.read(1)
        assert values(labels) == [1, 2, 3, 4, 5, 6]
        assert labels.counts == tuple(int((pixels == v).sum()) for v in range(1, 7))
        assert labels.classes[3].color == "#964b00"
        np.testing.assert_array_equal(labels.read(grid.window), np.where(pixels, pixels - 1, IGNORE))

    def test_danish_fields_agree_as_polygons_and_as_raster(self, shared_data):
        folder = shared_data / "denmark_s2_crops"
        grid = self.grid(folder / "denmark_west_s2_rgb.tif")
        raster = land_cover(str(folder / "denmark_west_crops.tif"), grid)
        polygons = land_cover(str(folder / "denmark_west_fields.gpkg"), grid, field="class_id")
        assert values(raster) == values(polygons)
        assert (raster.read(grid.window) == polygons.read(grid.window)).mean() > 0.999

    def test_kampala_footprints_agree_with_their_mask(self, shared_data):
        folder = shared_data / "kampala_buildings"
        grid = self.grid(folder / "kampala_a_rgb.tif")
        path = folder / "kampala_a_buildings"
        mask = open_labels(LabelSpec(path=f"{path}.tif"), grid, task="segmentation")
        shapes = open_labels(LabelSpec(path=f"{path}.gpkg", field="class"), grid, task="segmentation")
        assert names(shapes) == ["background", "building"]
        window = Window(500, 300, 1200, 900)
        assert (mask.read(window) == shapes.read(window)).mean() > 0.999
        assert shapes.counts == pytest.approx(mask.counts, rel=0.001)
