import numpy as np
import pytest
from rasterio.windows import Window

from rskd.card import Tiling
from rskd.errors import BandsMissing
from rskd.events import Reporter
from rskd.geo.scene import open_scene
from rskd.models.teachers.classmap import OwnClasses, map_classes
from rskd.models.teachers.network import Kernel, NetworkTeacher, flipped
from rskd.spec import LayerSpec, OnnxTeacher


def share(pixels):
    """The first band as the probability of the second class."""
    return np.stack([1 - pixels[:, 0], pixels[:, 0]], axis=1)


def make_teacher(*, gsd=None, reporter=None, **spec):
    reporter = reporter or Reporter()
    spec = OnnxTeacher(kind="onnx", path="x", **{"flips": False, **spec})
    kernel = Kernel(share, 1, 2, np.zeros(1, np.float32), Tiling(window=64), gsd=gsd)
    class_map = map_classes("t", OwnClasses.by_names(["low", "high"], 2), None, None, reporter)
    return NetworkTeacher("onnx", "t", "key", kernel, class_map, spec, reporter)


def test_flips_and_turns_are_averaged():
    corner = np.zeros((1, 1, 4, 4), np.float32)
    corner[0, 0, 0, 1] = 8

    def upper_left(pixels):  # sees only the upper left quarter of what it is shown
        answer = np.zeros_like(pixels)
        answer[..., :2, :2] = pixels[..., :2, :2]
        return answer

    # Of the eight views two bring any given quarter to the upper left.
    np.testing.assert_array_equal(flipped(upper_left)(corner), corner / 4)


def test_flips_leave_a_run_alone_that_looks_at_single_pixels():
    pixels = np.random.default_rng(0).random((2, 3, 8, 8), np.float32)
    np.testing.assert_allclose(flipped(lambda x: 2 * x)(pixels), 2 * pixels, rtol=1e-6)


def test_answers_lie_where_the_pixels_lie(make_scene, gather):
    pixels = np.random.default_rng(1).random((1, 100, 90), np.float32)
    pixels[0, 5, 7] = -1
    scene = make_scene(pixels, nodata=-1)
    probabilities, valid = gather(make_teacher().answers(scene), scene)
    assert np.argwhere(~valid).tolist() == [[5, 7]]
    np.testing.assert_array_equal(probabilities[1][valid], pixels[0][valid])


def test_the_area_limits_the_answers(make_scene, gather):
    scene = make_scene(np.zeros((1, 100, 90), np.float32), area=(500100, 5599500, 500300, 5599800))
    strips = list(make_teacher().answers(scene))
    assert sum(strip.valid.sum() for strip in strips) == 20 * 30
    assert strips[0].window == Window(10, 20, 20, 30)


def test_named_bands_are_seen_in_their_order(make_scene, gather):
    pixels = np.stack([np.full((20, 20), value, np.float32) for value in (0.1, 0.2, 0.7)])
    scene = make_scene(pixels, bands=("red", "green", "nir"))
    probabilities, _ = gather(make_teacher(bands=["NIR"]).answers(scene), scene)
    assert probabilities[1, 0, 0] == np.float32(0.7)


def test_another_number_of_bands_is_refused(make_scene):
    scene = make_scene(np.zeros((3, 20, 20), np.float32))
    with pytest.raises(BandsMissing, match="takes 1") as caught:
        list(make_teacher().answers(scene))
    assert "the teacher's `bands:`" in caught.value.hint


def ramp(height, width):
    """Rises from left to right, linearly on the ground."""
    return np.broadcast_to((np.arange(width, dtype=np.float32) + 0.5) / width, (1, height, width)).copy()


@pytest.mark.parametrize("own", [20.0, 25.0, 5.0])
def test_a_teacher_of_another_resolution_sees_its_own_and_answers_on_the_grid(make_scene, gather, image, own):
    scene = make_scene(ramp(120, 160))
    seen = []

    def reopen(gsd):
        again = open_scene(image, gsd=gsd)
        seen.append(again.grid.gsd)
        return again

    reporter = Reporter()
    probabilities, valid = gather(make_teacher(gsd=own, reporter=reporter).answers(scene, reopen=reopen), scene)
    assert seen == [own]
    assert valid.all()
    # A linear ramp stays itself through averaging and interpolation, but for the edges.
    np.testing.assert_allclose(probabilities[1, :, 5:-5], ramp(120, 160)[0, :, 5:-5], atol=1e-3)
    np.testing.assert_allclose(probabilities.sum(axis=0), 1, atol=1e-5)
    assert not reporter.warnings


@pytest.fixture
def image(tmp_path):
    """The layer that `make_scene` opens."""
    return [LayerSpec(path=str(tmp_path / "image.tif"))]


def test_resampled_answers_do_not_depend_on_how_the_extent_is_cut(make_scene, gather, image, monkeypatch):
    rng = np.random.default_rng(3)
    scene = make_scene(rng.random((1, 1100, 600), np.float32), nodata=-1)
    teacher = make_teacher(gsd=17.0)

    def reopen(gsd):
        return open_scene(image, gsd=gsd)

    whole, valid = gather(teacher.answers(scene, reopen=reopen), scene)
    monkeypatch.setattr("rskd.models.teachers.pieces.BLOCK", 64)
    monkeypatch.setattr("rskd.models.teachers.pieces.BUFFER_BYTES", 1)
    cut, valid_cut = gather(teacher.answers(scene, reopen=reopen), scene)
    np.testing.assert_array_equal(valid, valid_cut)
    np.testing.assert_allclose(whole, cut, atol=2e-6)


@pytest.mark.parametrize("own", [17.0, 6.0])
def test_resampled_answers_further_down_are_the_same_to_the_last_bit(make_scene, image, own):
    scene, teacher = make_scene(np.random.default_rng(3).random((1, 1100, 300), np.float32)), make_teacher(gsd=own)

    def answers(scene):
        return list(teacher.answers(scene, reopen=lambda gsd: open_scene(image, gsd=gsd)))

    below = answers(scene.only(Window(0, 512, 300, 588)))
    for one, other in zip(answers(scene)[1:], below, strict=True):
        assert one.window == other.window
        np.testing.assert_array_equal(one.probabilities, other.probabilities)


def test_a_resolution_within_two_percent_is_the_same(make_scene, gather):
    scene = make_scene(ramp(20, 40))
    probabilities, _ = gather(make_teacher(gsd=10.1).answers(scene), scene)
    np.testing.assert_array_equal(probabilities[1], ramp(20, 40)[0])


def test_a_resolution_that_cannot_be_had_is_a_warning(make_scene):
    reporter = Reporter()
    scene = make_scene(ramp(20, 40))
    assert list(make_teacher(gsd=30.0, reporter=reporter).answers(scene))
    assert reporter.warnings[0]["code"] == "teacher-resolution"
