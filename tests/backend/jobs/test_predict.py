import json
import os
import warnings
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_origin

from rskd.card import Tiling
from rskd.errors import BandsMissing, JobInvalid, MemoryShort, ModelUnusable, OutputUnwritable
from rskd.events import Reporter
from rskd.infer.session import Student
from rskd.jobs.predict import run
from rskd.spec import LayerSpec, PredictJob


@pytest.fixture
def image():
    """(1, 150, 170) of 0 to 250 in steps of 10; 0 is nodata."""
    return np.random.default_rng(3).integers(0, 26, (1, 150, 170)).astype(np.uint8) * 10


def expected_classes(values):
    """The `by_threshold` student's map: it changes its mind at 100 and 150 (there the first of two equals wins)."""
    return np.where(values == 0, 255, np.select([values <= 100, values <= 150], [10, 20], 30)).astype(np.uint8)


def job(student, image, out, **more):
    layers = [image if isinstance(image, LayerSpec) else LayerSpec(path=str(image))]
    return PredictJob(student=str(student), layers=layers, out=str(out), device="cpu", threads=1, **more)


def left_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture
def given(make_raster, make_student, by_threshold, image):
    """A student of one band and an image for it."""
    return make_student(by_threshold), make_raster("image.tif", image, nodata=0)


def test_the_map_holds_the_labels_own_values(given, image, tmp_path):
    out = tmp_path / "new" / "folder" / "map.tif"
    result = run(job(*given, out), Reporter())
    with rasterio.open(out) as written, rasterio.open(given[1]) as source:
        np.testing.assert_array_equal(written.read(1), expected_classes(image[0]))
        assert (written.nodata, written.crs, written.transform) == (255, source.crs, source.transform)
        assert written.colormap(1)[20] == (0, 0, 1, 255)
    assert result["map"] == str(out)


def test_the_summary_counts_pixels_and_ground(given, image, tmp_path):
    result = run(job(*given, tmp_path / "map.tif"), Reporter())
    json.dumps(result, allow_nan=False)
    values, counts = np.unique(expected_classes(image[0]), return_counts=True)
    counted = dict(zip(values.tolist(), counts.tolist(), strict=True))
    nodata = counted.pop(255)
    assert {c["value"]: c["pixels"] for c in result["classes"]} == counted
    for entry in result["classes"]:
        assert entry["share"] == pytest.approx(entry["pixels"] / (150 * 170 - nodata))
        assert entry["area_m2"] == pytest.approx(entry["pixels"] * 900)  # pixels of 30 m
    assert result["megapixels"] == pytest.approx(150 * 170 / 1e6)
    assert result["megapixels_per_second"] > 0
    assert (result["device"], result["threads"], result["student"]) == ("cpu", 1, "by-hand")


def test_probabilities_and_confidence(given, image, tmp_path):
    outputs = {"probabilities": str(tmp_path / "p.tif"), "confidence": str(tmp_path / "c.tif")}
    result = run(job(*given, tmp_path / "map.tif", **outputs), Reporter())
    assert {name: result[name] for name in outputs} == outputs
    x = (image[0].astype(float) - 100) / 50
    powers = np.exp(np.stack([0 * x, 8 * x, 16 * x - 8]))
    expected = np.where(image[0] == 0, np.nan, powers / powers.sum(axis=0))
    with rasterio.open(tmp_path / "p.tif") as written:
        np.testing.assert_allclose(written.read(), expected, atol=1e-5)
        assert written.descriptions == ("class 0", "class 1", "class 2")
    with rasterio.open(tmp_path / "c.tif") as written:
        np.testing.assert_allclose(written.read(1), expected.max(axis=0), atol=1e-5)


def polygons_of(path):
    info = pyogrio.read_info(path)
    _, _, shapes, columns = pyogrio.raw.read(path)
    return shapely.from_wkb(shapes), dict(zip(info["fields"], columns, strict=True))


def test_polygons_skip_nodata_and_hold_the_same_ground(given, image, tmp_path):
    result = run(job(*given, tmp_path / "map.tif", vector=str(tmp_path / "map.gpkg")), Reporter())
    shapes, columns = polygons_of(tmp_path / "map.gpkg")
    assert result["polygons"] == len(shapes)
    for entry in result["classes"]:
        here = columns["class"] == entry["value"]
        assert shapely.area(shapes[here]).sum() == pytest.approx(entry["pixels"] * 900)
        assert set(columns["name"][here]) == {entry["name"]}
    assert shapely.area(shapes).sum() == pytest.approx((image != 0).sum() * 900)


def test_polygons_of_a_segmentation_skip_the_background(make_student, by_threshold, given, tmp_path):
    student = make_student(by_threshold, "segmenter.onnx", task="segmentation", background=10)
    run(job(student, given[1], tmp_path / "map.tif", vector=str(tmp_path / "map.gpkg")), Reporter())
    _, columns = polygons_of(tmp_path / "map.gpkg")
    assert set(columns["class"]) == {20, 30}


def test_an_area_gives_a_smaller_map_with_the_same_numbers(make_raster, make_student, looking_around, tmp_path):
    pixels = np.random.default_rng(1).normal(100, 50, (2, 600, 700)).astype(np.float32)
    image = make_raster("image.tif", pixels)
    student = make_student(looking_around, tiling=Tiling(window=64, margin=2, overlap=16))
    outputs = {"probabilities": str(tmp_path / "p.tif")}
    run(job(student, image, tmp_path / "whole.tif", probabilities=str(tmp_path / "pw.tif")), Reporter())
    # Columns 61 to 640, rows 37 to 580: neither on the lattice nor on blocks.
    area = (300_000 + 30 * 61, 800_000 - 30 * 581, 300_000 + 30 * 641, 800_000 - 30 * 37)
    result = run(job(student, image, tmp_path / "part.tif", area=area, **outputs), Reporter())
    assert result["megapixels"] == pytest.approx(544 * 580 / 1e6)
    with rasterio.open(tmp_path / "pw.tif") as whole, rasterio.open(tmp_path / "p.tif") as part:
        np.testing.assert_array_equal(part.read(), whole.read()[:, 37:581, 61:641])
        assert part.bounds == pytest.approx(area)
    with rasterio.open(tmp_path / "whole.tif") as whole, rasterio.open(tmp_path / "part.tif") as part:
        np.testing.assert_array_equal(part.read(1), whole.read(1)[37:581, 61:641])


def test_the_same_twice(given, tmp_path):
    first = run(job(*given, tmp_path / "a.tif"), Reporter())
    second = run(job(*given, tmp_path / "b.tif"), Reporter())
    assert first["classes"] == second["classes"]
    with rasterio.open(tmp_path / "a.tif") as a, rasterio.open(tmp_path / "b.tif") as b:
        np.testing.assert_array_equal(a.read(), b.read())


def test_another_resolution_is_resampled_to_the_students_and_said(make_raster, make_student, by_threshold, tmp_path):
    # 10 m pixels in blocks of 3 x 3 that agree: 30 m pixels hold just those values.
    coarse = np.random.default_rng(0).integers(1, 26, (1, 40, 50)).astype(np.uint8) * 10
    fine = coarse.repeat(3, axis=1).repeat(3, axis=2)
    image = make_raster("fine.tif", fine, transform=from_origin(300_000, 800_000, 10, 10))
    heard = []
    run(job(make_student(by_threshold), image, tmp_path / "map.tif"), Reporter(heard.append))
    assert any("10 m" in event["message"] and "30 m" in event["message"] for event in heard if event["event"] == "log")
    with rasterio.open(tmp_path / "map.tif") as written:
        assert written.res == (30, 30)
        np.testing.assert_array_equal(written.read(1), expected_classes(coarse[0]))


def test_a_resolution_that_differs_by_two_per_cent_is_left_alone(make_raster, make_student, by_threshold, tmp_path):
    image = make_raster("image.tif", np.full((1, 20, 20), 90, np.uint8), transform=from_origin(3e5, 8e5, 30.5, 30.5))
    run(job(make_student(by_threshold), image, tmp_path / "map.tif"), Reporter())
    with rasterio.open(tmp_path / "map.tif") as written:
        assert written.res == (30.5, 30.5)


def test_imagery_without_a_place_on_earth(make_raster, make_student, by_threshold, image, tmp_path):
    student = make_student(by_threshold, local=True, gsd=1)
    path = make_raster("local.tif", image, crs=None, transform=from_origin(0, 150, 1, 1), nodata=0)
    reporter = Reporter()
    result = run(job(student, path, tmp_path / "map.tif", crs="local"), reporter)
    with rasterio.open(tmp_path / "map.tif") as written:
        np.testing.assert_array_equal(written.read(1), expected_classes(image[0]))
    assert {entry["area_m2"] for entry in result["classes"]} == {None}
    assert "resolution-unknown" not in [warning["code"] for warning in reporter.warnings]


def test_imagery_without_any_transform_gives_polygons_in_pixels(make_student, by_threshold, image, tmp_path):
    path = tmp_path / "plain.tif"
    with warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning):
        _, height, width = image.shape
        profile = {"driver": "GTiff", "count": 1, "height": height, "width": width, "dtype": "uint8", "nodata": 0}
        with rasterio.open(path, "w", **profile) as target:
            target.write(image)
    student = make_student(by_threshold, local=True, gsd=1)
    run(job(student, path, tmp_path / "map.tif", vector=str(tmp_path / "map.gpkg"), crs="local"), Reporter())
    shapes, _ = polygons_of(tmp_path / "map.gpkg")
    assert shapely.area(shapes).sum() == (image != 0).sum()


def test_a_student_from_earth_over_local_imagery_is_warned_of(make_raster, given, image, tmp_path):
    path = make_raster("local.tif", image, crs=None, nodata=0)
    reporter = Reporter()
    run(job(given[0], path, tmp_path / "map.tif", crs="local"), reporter)
    assert "resolution-unknown" in [warning["code"] for warning in reporter.warnings]


def test_nothing_valid_gives_an_empty_map_and_a_warning(make_raster, given, tmp_path):
    reporter = Reporter()
    empty = make_raster("empty.tif", np.zeros((1, 30, 30), np.uint8), nodata=0)
    result = run(job(given[0], empty, tmp_path / "map.tif"), reporter)
    assert [warning["code"] for warning in reporter.warnings] == ["nothing-mapped"]
    assert sum(entry["pixels"] for entry in result["classes"]) == 0
    with rasterio.open(tmp_path / "map.tif") as written:
        assert (written.read(1) == 255).all()


def test_progress_is_told_in_megapixels(given, tmp_path):
    heard = []
    run(job(*given, tmp_path / "map.tif"), Reporter(heard.append))
    done = [event for event in heard if event["event"] == "progress" and event["stage"] == "map"]
    assert done[-1]["done"] == pytest.approx(done[-1]["total"]) == pytest.approx(0.0255)
    assert done[-1]["unit"] == "MP"


ALL = {"vector": "map.gpkg", "probabilities": "p.tif", "confidence": "c.tif"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, ModelUnusable("student.onnx", "it fails")], ids=str)
def test_stopped_half_way_nothing_is_left_and_what_was_there_stays(given, tmp_path, monkeypatch, error):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "map.tif").write_text("an earlier map")
    answer, answered = Student.run, []

    def interrupted(self, pixels):
        answered.append(1)
        if len(answered) == 5:
            raise error
        return answer(self, pixels)

    monkeypatch.setattr(Student, "run", interrupted)
    more = {name: str(folder / file) for name, file in ALL.items()}
    with pytest.raises(MemoryShort if error is MemoryError else error if isinstance(error, type) else type(error)):
        run(job(*given, folder / "map.tif", **more), Reporter())
    assert left_in(folder) == {"map.tif"}
    assert (folder / "map.tif").read_text() == "an earlier map"


def test_results_appear_together_and_replace_what_was_there(given, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    for old in ("map.tif", "p.tif", "p.tif.aux.xml", "map.gpkg", "map.gpkg-wal"):
        (folder / old).write_text("old")
    # As a killed run leaves it.
    (folder / ".map.tif.unfinished").mkdir()
    (folder / ".map.tif.unfinished" / "map.tif").write_text("half")
    run(job(*given, folder / "map.tif", **{name: str(folder / file) for name, file in ALL.items()}), Reporter())
    assert left_in(folder) == {"map.tif", "map.tif.aux.xml", "p.tif", "c.tif", "map.gpkg"}
    for raster in ("map.tif", "p.tif", "c.tif"):
        with rasterio.open(folder / raster) as written:
            written.read()


def test_a_result_that_cannot_take_its_place_is_named_as_the_user_named_it(given, tmp_path):
    (tmp_path / "file").write_text("in the way of a folder")
    with pytest.raises(OutputUnwritable) as caught:
        run(job(*given, tmp_path / "file" / "map.tif"), Reporter())
    assert caught.value.facts["path"] == str(tmp_path / "file" / "map.tif")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_with_the_final_name(given, tmp_path):
    resource = pytest.importorskip("resource")
    import signal

    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder = tmp_path / "out"
    folder.mkdir()
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limits[1]))
        with pytest.raises(OutputUnwritable) as caught:
            run(job(*given, folder / "map.tif"), Reporter())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.facts["path"] == str(folder / "map.tif")
    assert left_in(folder) == set()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_cannot_be_written_is_said(given, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(OutputUnwritable):
        run(job(*given, folder / "map.tif"), Reporter())


@pytest.mark.parametrize("way", ["layer", "student", "link", "area"])
def test_an_output_that_is_an_input_is_refused_before_anything_happens(given, tmp_path, way):
    student, image = given
    before = image.read_bytes()
    more = {}
    if way == "link":
        out = tmp_path / "link.tif"
        out.symlink_to(image)
    elif way == "area":
        out = tmp_path / "area.tif"
        more = {"area": str(out)}
    elif way == "student":
        out = (tmp_path / "student.tif").resolve()
        student = student.rename(out)
    else:
        out = image.parent / "." / image.name
    with pytest.raises(JobInvalid, match="also an input"):
        run(job(student, image, out, **more), Reporter())
    assert image.read_bytes() == before


@pytest.mark.parametrize(
    ("out", "more", "said"),
    [
        ("map.jpg", {}, "must end in .tif or .tiff"),
        ("map.tif", {"vector": "map.shp"}, "must end in .gpkg"),
        ("map.tif", {"confidence": "map.tif"}, "same path"),
    ],
)
def test_outputs_that_make_no_sense_are_refused(given, tmp_path, out, more, said):
    with pytest.raises(JobInvalid, match=said):
        run(job(*given, tmp_path / out, **{name: str(tmp_path / file) for name, file in more.items()}), Reporter())


def test_an_output_that_is_a_folder_is_refused(given, tmp_path):
    (tmp_path / "map.tif").mkdir()
    with pytest.raises(OutputUnwritable, match="it is a folder"):
        run(job(*given, tmp_path / "map.tif"), Reporter())


def test_a_layer_named_on_purpose_must_be_the_students(given, tmp_path):
    student, image = given
    run(job(student, LayerSpec(path=str(image), name="image"), tmp_path / "map.tif"), Reporter())
    with pytest.raises(JobInvalid, match="no layer “dem”"):
        run(job(student, LayerSpec(path=str(image), name="dem"), tmp_path / "map.tif"), Reporter())


def test_a_layer_with_too_few_bands_is_refused(make_student, looking_around, given, tmp_path):
    with pytest.raises(BandsMissing):
        run(job(make_student(looking_around, "two.onnx"), given[1], tmp_path / "map.tif"), Reporter())


def test_memory_is_kept_to_or_refused_with_the_number_that_would_do(given, tmp_path):
    with pytest.raises(MemoryShort) as caught:
        run(job(*given, tmp_path / "map.tif", memory_gb=0.1), Reporter())
    needed = caught.value.facts["needed_gb"]
    run(job(*given, tmp_path / "map.tif", memory_gb=needed + 0.01), Reporter())


def test_a_cog_when_asked_for(given, image, tmp_path):
    run(job(*given, tmp_path / "map.tif", cog=True), Reporter())
    with rasterio.open(tmp_path / "map.tif") as written:
        assert written.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        np.testing.assert_array_equal(written.read(1), expected_classes(image[0]))
