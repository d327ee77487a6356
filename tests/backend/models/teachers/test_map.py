import numpy as np
import pytest
import torch
from affine import Affine
from rasterio.warp import Resampling, reproject

from rskd.errors import ClassesMismatch, LayerUnreadable, ModelUnusable, NoOverlap
from rskd.events import Reporter
from rskd.geo.labels import LabelClass
from rskd.models.teachers import open_teacher
from rskd.spec import MapTeacher


def open_it(path, scene, job=None, reporter=None, **options):
    spec = MapTeacher(kind="map", path=str(path), **options)
    return open_teacher(spec, scene.bands, job, device=torch.device("cpu"), threads=1, reporter=reporter or Reporter())


@pytest.fixture
def scene(make_scene):
    return make_scene(np.zeros((1, 40, 60), np.float32))


def halves(height=40, width=60, left=10, right=20):
    values = np.full((1, height, width), right, np.uint8)
    values[:, :, : width // 2] = left
    return values


def test_the_maps_class_gets_the_confidence_and_the_others_the_rest(scene, make_raster, gather, job_classes):
    path = make_raster(halves(), "map")
    classes = job_classes("water", "forest", "ice")  # 10, 20, 30
    table = {"10": "water", "20": "forest"}
    teacher = open_it(path, scene, classes, confidence=0.8, classes=table)
    answers, valid = gather(teacher.answers(scene), scene)
    assert valid.all()
    np.testing.assert_allclose(answers[:, 0, 0], [0.8, 0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(answers[:, 0, 59], [0.1, 0.8, 0.1], rtol=1e-6)
    assert (teacher.parameters, teacher.gsd, teacher.kind) == (None, None, "map")


def test_values_without_names_are_the_jobs_own(scene, make_raster, gather, job_classes):
    teacher = open_it(make_raster(halves(left=20, right=10), "map"), scene, job_classes("water", "forest"))
    answers, _ = gather(teacher.answers(scene), scene)
    assert answers[:, 0, 0].argmax() == 1
    assert answers[:, 0, 59].argmax() == 0


def test_a_map_of_other_values_is_refused_with_both_lists(scene, make_raster, job_classes):
    with pytest.raises(ClassesMismatch, match="teacher has 1, 2; the job has water"):
        open_it(make_raster(halves(left=1, right=2), "map"), scene, job_classes("water", "forest"))


def test_what_the_table_drops_has_no_answer(scene, make_raster, gather, job_classes):
    table = {"10": "water", "20": None}
    teacher = open_it(make_raster(halves(), "map"), scene, job_classes("water", "forest"), classes=table)
    _, valid = gather(teacher.answers(scene), scene)
    assert valid[:, :30].all()
    assert not valid[:, 30:].any()


def test_nodata_ignored_values_and_ground_outside_have_no_answer(scene, make_raster, gather):
    values = halves(20, 60)
    values[0, :5], values[0, 5:10, :20] = 0, 99
    path = make_raster(values, "map", nodata=0)
    teacher = open_it(path, scene, ignore=[99])
    _, valid = gather(teacher.answers(scene), scene)
    expected = np.zeros((40, 60), bool)
    expected[5:20] = True
    expected[5:10, :20] = False
    np.testing.assert_array_equal(valid, expected)


def test_the_map_alone_says_the_classes_where_the_job_does_not(scene, make_raster):
    teacher = open_it(make_raster(halves(), "map"), scene, classes={"10": "water"})
    assert teacher.classes[0] == LabelClass(10, "water", teacher.classes[0].color)
    assert teacher.classes[1].name == "20"


def test_a_map_of_another_place_and_resolution_is_warped(scene, make_raster, gather):
    # In degrees, coarser, over all of the scene.
    rng = np.random.default_rng(0)
    values = rng.integers(1, 4, (1, 60, 80)).astype(np.uint8)
    size = 0.0002
    west, north = 8.9985, 50.553
    path = make_raster(values, "map", size=size, origin=(west, north), crs="EPSG:4326")
    answers, valid = gather(open_it(path, scene).answers(scene), scene)
    expected = np.zeros((40, 60), np.uint8)
    reproject(
        values[0],
        expected,
        src_transform=Affine(size, 0, west, 0, -size, north),
        src_crs="EPSG:4326",
        dst_transform=scene.grid.transform,
        dst_crs=scene.grid.crs,
        resampling=Resampling.nearest,
    )
    np.testing.assert_array_equal(valid, expected > 0)
    assert valid.any()
    # GDAL's approximate and exact transformers may differ by a pixel's edge.
    assert (answers.argmax(0) + 1 == expected)[valid].mean() > 0.99


def test_probabilities_are_scaled_and_their_bands_named(scene, make_raster, gather, job_classes):
    rng = np.random.default_rng(0)
    percent = rng.integers(1, 100, (3, 40, 60)).astype(np.uint8)
    percent[:, 3, 4] = 0
    path = make_raster(percent, "map", bands=("forest", "water", "cloud"))
    table = {"cloud": None}
    teacher = open_it(path, scene, job_classes("water", "forest"), probabilities=True, classes=table)
    answers, valid = gather(teacher.answers(scene), scene)
    share = percent / np.maximum(percent.sum(0), 1)
    kept = share[:2].sum(0)
    np.testing.assert_array_equal(valid, kept >= 0.5)
    assert not valid[3, 4]
    expected = np.stack([share[1], share[0]]) / np.where(valid, kept, 1)
    np.testing.assert_allclose(answers[:, valid], expected[:, valid], atol=1e-5)


def test_fine_probabilities_are_averaged(scene, make_raster, gather):
    fine = np.random.default_rng(0).random((2, 80, 120), np.float32) + 0.1
    path = make_raster(fine, "map", size=5.0)
    answers, valid = gather(open_it(path, scene, probabilities=True).answers(scene), scene)
    mean = fine.reshape(2, 40, 2, 60, 2).mean((2, 4))
    assert valid.all()
    np.testing.assert_allclose(answers, mean / mean.sum(0), atol=1e-5)


def test_the_area_limits_the_answers(make_scene, make_raster):
    scene = make_scene(np.zeros((1, 40, 60), np.float32), area=(500100, 5599700, 500200, 5599900))
    strips = list(open_it(make_raster(halves(), "map"), scene).answers(scene))
    assert sum(strip.valid.sum() for strip in strips) == 10 * 20


@pytest.mark.parametrize("options", [{}, {"probabilities": True}])
def test_a_map_of_elsewhere_is_said(scene, make_raster, options):
    path = make_raster(np.concatenate([halves(), halves()]), "map", origin=(700000, 5600000))
    teacher = open_it(path, scene, **options)
    with pytest.raises(NoOverlap):
        list(teacher.answers(scene))


def test_the_key_follows_content_and_settings_not_the_place(scene, make_raster, tmp_path):
    path = make_raster(halves(), "map")
    copy = tmp_path / "copy.tif"
    copy.write_bytes(path.read_bytes())
    first = open_it(path, scene).key
    assert open_it(copy, scene).key == first
    assert open_it(path, scene, confidence=0.7).key != first
    assert open_it(make_raster(halves(left=30), "map"), scene).key != first


@pytest.mark.parametrize(
    ("pixels", "options", "said"),
    [
        (np.full((1, 40, 60), 0.5, np.float32), {}, "fractional"),
        (np.arange(2400, dtype=np.int32).reshape(1, 40, 60), {}, "no class map"),
        (halves(), {"band": 2}, "no band 2"),
        (halves(), {"probabilities": True}, "one band"),
    ],
)
def test_what_is_no_map_is_refused(scene, make_raster, pixels, options, said):
    with pytest.raises(ModelUnusable, match=said):
        open_it(make_raster(pixels, "map"), scene, **options)


def test_a_missing_map_is_said(scene, tmp_path):
    with pytest.raises(LayerUnreadable):
        open_it(tmp_path / "absent.tif", scene)
