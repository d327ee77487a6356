import threading
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import onnxruntime
import pytest
from affine import Affine
from rasterio.windows import Window

from rskd.card import Tiling
from rskd.errors import LayerUnreadable
from rskd.events import Reporter
from rskd.geo.scene import open_scene
from rskd.infer import engine
from rskd.infer.engine import stream
from rskd.infer.session import open_student
from rskd.spec import LayerSpec

SHAPE = 205, 333  # no multiple of stride 40 or of anything else


@dataclass
class Remembering:
    """A predictor that answers “channel 1 with the first band's value / 1000” and remembers what it was shown."""

    tiling: Tiling
    bands: tuple[int, ...] = (0,)
    channels: int = 2
    fill: np.ndarray = field(default_factory=lambda: np.array([500], np.float32))
    shown: list[np.ndarray] = field(default_factory=list)

    def __call__(self, pixels):
        self.shown.append(pixels.copy())
        return np.concatenate([1 - pixels[:, :1] / 1000, pixels[:, :1] / 1000], axis=1)


def noise(shape=SHAPE, bands=2, seed=1):
    return np.random.default_rng(seed).normal(100, 50, (bands, *shape)).astype(np.float32)


def opened(path, **options):
    return open_scene([LayerSpec(path=str(path), name="image")], **options)


def gathered(scene, predictor, window=None, **options):
    """All strips laid out on `window`: probabilities and valid."""
    window = window or scene.extent()
    probabilities = np.full((predictor.channels, window.height, window.width), np.nan, np.float32)
    valid = np.zeros((window.height, window.width), bool)
    times = np.zeros((window.height, window.width), int)
    for strip in stream(scene, predictor, window=window, **options):
        top, left = strip.window.row_off - window.row_off, strip.window.col_off - window.col_off
        here = np.s_[top : top + strip.window.height, left : left + strip.window.width]
        probabilities[:, *here], valid[here] = strip.probabilities, strip.valid
        times[here] += 1
    assert (times == 1).all()
    return probabilities, valid


def whole_image(student_path, pixels, mean=100.0):
    """One pass of onnxruntime over the whole image, set in plenty of the training mean."""
    from onnx import load

    model = load(student_path)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[2].dim_param = "h"
        value.type.tensor_type.shape.dim[3].dim_param = "w"
    del model.graph.value_info[:]
    padded = np.pad(pixels, ((0, 0), (70, 70), (70, 70)), constant_values=mean)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"image": padded[None]})[0][0, :, 70:-70, 70:-70]


TILINGS = [
    Tiling(window=64, margin=4, overlap=16, exact=True),
    Tiling(window=64, margin=3, overlap=0, exact=True),
    Tiling(window=96, margin=4, overlap=60, exact=True),  # parts of three neighbours meet
    Tiling(window=512, margin=16, overlap=32, exact=True),  # one window holds it all
]


@pytest.mark.parametrize("tiling", TILINGS, ids=str)
def test_stitched_equals_one_pass_over_the_whole_image(make_raster, make_student, looking_around, tiling):
    pixels = noise()
    student = make_student(looking_around, tiling=tiling)
    with opened(make_raster("image.tif", pixels)) as scene:
        stitched, valid = gathered(scene, open_student(student).match(scene, Reporter()))
    assert valid.all()
    np.testing.assert_allclose(stitched, whole_image(student, pixels), atol=1e-5)


def test_a_margin_one_pixel_too_small_shows(make_raster, make_student, looking_around):
    pixels = noise()
    student = make_student(looking_around, tiling=Tiling(window=64, margin=2, overlap=0))  # the model looks 3 far
    with opened(make_raster("image.tif", pixels)) as scene:
        stitched, _ = gathered(scene, open_student(student).match(scene, Reporter()))
    difference = np.abs(stitched - whole_image(student, pixels)).max(axis=0)
    assert difference.max() > 1e-4
    # Only the pixels beside a seam see it: windows start every 60 pixels.
    rows, columns = np.nonzero(difference > 1e-5)
    assert (np.isin(rows % 60, (0, 59)) | np.isin(columns % 60, (0, 59))).all()


@pytest.mark.parametrize("window", [Window(0, 0, 50, 50), Window(37, 61, 211, 90), Window(332, 204, 1, 1)], ids=str)
@pytest.mark.parametrize("tiling", [Tiling(window=64, margin=2, overlap=16), Tiling(window=64, overlap=48)], ids=str)
def test_a_part_is_bit_equal_to_the_crop_of_the_whole(make_raster, make_student, looking_around, window, tiling):
    # The margins do not cover the receptive field here: equal only because the lattice is one.
    student = make_student(looking_around, tiling=tiling)
    with opened(make_raster("image.tif", noise())) as scene:
        predictor = open_student(student).match(scene, Reporter())
        whole, _ = gathered(scene, predictor)
        part, valid = gathered(scene, predictor, window)
    assert valid.all()
    rows, columns = window.toslices()
    np.testing.assert_array_equal(part, whole[:, rows, columns])


def test_an_area_changes_no_number_inside_it(make_raster, make_student, looking_around):
    path = make_raster("image.tif", noise())
    student = open_student(make_student(looking_around, tiling=Tiling(window=64, margin=2, overlap=16)))
    area = (
        300_000 + 30 * 101,
        800_000 - 30 * 150,
        300_000 + 30 * 180,
        800_000 - 30 * 33,
    )  # columns 101-179, rows 33-149
    with opened(path) as scene, opened(path, area=area) as within:
        whole, _ = gathered(scene, student.match(scene, Reporter()))
        seen, valid = gathered(within, student.match(within, Reporter()), within.grid.window)
    expected = np.zeros(SHAPE, bool)
    expected[33:150, 101:180] = True
    np.testing.assert_array_equal(valid, expected)
    np.testing.assert_array_equal(seen[:, valid], whole[:, valid])
    assert (seen[:, ~valid] == 0).all()


def test_slabs_change_no_number(make_raster, make_student, looking_around):
    student = make_student(looking_around, tiling=Tiling(window=64, margin=2, overlap=16))
    with opened(make_raster("wide.tif", noise((70, 1400)))) as scene:
        predictor = open_student(student).match(scene, Reporter())
        whole, _ = gathered(scene, predictor)
        slabs = list(stream(scene, predictor, buffer_bytes=1))
        narrow, _ = gathered(scene, predictor, buffer_bytes=1)
    assert [(s.window.col_off, s.window.width) for s in slabs] == [(0, 512), (512, 512), (1024, 376)]
    np.testing.assert_array_equal(narrow, whole)


def test_what_is_kept_does_not_grow_with_the_raster(make_raster, monkeypatch):
    """The open strips never take more than was granted, however wide and high the raster."""
    granted = 10 * 2**20
    largest = 0
    real = engine._OpenStrips.add

    def add(self, part, weighted):
        nonlocal largest
        real(self, part, weighted)
        largest = max(largest, sum(p.nbytes + v.nbytes for p, v in self._strips.values()))

    monkeypatch.setattr(engine._OpenStrips, "add", add)
    predictor = Remembering(Tiling(window=256, overlap=64), channels=2)
    with opened(make_raster("large.tif", np.full((1, 2100, 2100), 7, np.uint8))) as scene:
        assert engine.bytes_of_narrowest_slab(predictor) <= granted < 2 * engine.bytes_of_narrowest_slab(predictor)
        for strip in stream(scene, predictor, buffer_bytes=granted):
            assert 2 * strip.probabilities.nbytes + largest <= granted
    assert largest > 0


@pytest.mark.parametrize(("window", "origin", "expected"), [
    (Window(0, 0, 20, 1200), (0, 0), [(0, 512), (512, 512), (1024, 176)]),
    (Window(3, 100, 20, 1000), (0, 0), [(100, 412), (512, 512), (1024, 76)]),
    (Window(3, 100, 20, 1000), (100, 3), [(100, 512), (612, 488)]),
])  # fmt: skip
def test_strips_are_whole_blocks_of_the_output(make_raster, window, origin, expected):
    with opened(make_raster("high.tif", np.ones((1, 1200, 30), np.uint8))) as scene:
        predictor = Remembering(Tiling(window=64, overlap=16))
        strips = list(stream(scene, predictor, window=window, block_origin=origin))
    assert [(s.window.row_off, s.window.height) for s in strips] == expected
    assert {(s.window.col_off, s.window.width) for s in strips} == {(window.col_off, window.width)}


def test_a_raster_smaller_than_a_window(make_raster, make_student, looking_around):
    pixels = noise((5, 7))
    student = make_student(looking_around, tiling=Tiling(window=64, margin=4, overlap=16))
    with opened(make_raster("tiny.tif", pixels)) as scene:
        answer, valid = gathered(scene, open_student(student).match(scene, Reporter()))
    assert valid.all()
    np.testing.assert_allclose(answer, whole_image(student, pixels), atol=1e-5)


def test_a_rotated_raster_is_nothing_special(make_raster, make_student, looking_around):
    pixels = noise()
    student = open_student(make_student(looking_around))
    turned = Affine.translation(300_000, 800_000) * Affine.rotation(30) * Affine.scale(30, -30)
    with (
        opened(make_raster("north.tif", pixels)) as north,
        opened(make_raster("turned.tif", pixels, transform=turned)) as rotated,
    ):
        expected, _ = gathered(north, student.match(north, Reporter()))
        got, _ = gathered(rotated, student.match(rotated, Reporter()))
    np.testing.assert_array_equal(got, expected)


def test_pixels_without_data_are_filled_and_not_answered(make_raster):
    pixels = np.full((1, 100, 100), 200, np.float32)
    pixels[0, 20:30, 40:60] = -1
    predictor = Remembering(Tiling(window=64, margin=8))
    with opened(make_raster("holes.tif", pixels, nodata=-1)) as scene:
        answer, valid = gathered(scene, predictor)
    np.testing.assert_array_equal(valid, pixels[0] != -1)
    np.testing.assert_allclose(answer[1], np.where(valid, 0.2, 0), rtol=1e-6)
    first = predictor.shown[0][0, 0]  # starts 8 above and left of the grid
    assert (first[:8] == 500).all()
    assert (first[:, :8] == 500).all()
    assert (first[28:38, 48:64] == 500).all()
    assert (first[8:28, 8:] == 200).all()


def test_nan_in_the_raster_reaches_no_answer(make_raster, make_student, looking_around):
    pixels = noise()
    pixels[1, 50:60, 70:90] = np.nan
    with opened(make_raster("nan.tif", pixels)) as scene:
        answer, valid = gathered(scene, open_student(make_student(looking_around)).match(scene, Reporter()))
    np.testing.assert_array_equal(valid, ~np.isnan(pixels[1]))
    assert np.isfinite(answer).all()
    np.testing.assert_allclose(answer[:, valid].sum(axis=0), 1, atol=1e-5)


def test_windows_that_answer_for_nothing_are_not_run(make_raster):
    pixels = np.zeros((1, 200, 200), np.uint8)
    pixels[0, 61, 121] = 9  # cell (1, 3) of stride 40, and in nobody's overlap
    predictor = Remembering(Tiling(window=64, margin=4, overlap=16))
    with opened(make_raster("empty.tif", pixels, nodata=0)) as scene:
        _, valid = gathered(scene, predictor)
    assert np.argwhere(valid).tolist() == [[61, 121]]
    # Column 121 is within 8 of the seam at 120: two windows answer.
    assert len(predictor.shown) == 2


def test_progress_adds_up_to_the_asked_megapixels(make_raster):
    events = []
    window = Window(13, 5, 200, 150)
    with (
        opened(make_raster("image.tif", np.ones((1, *SHAPE), np.uint8))) as scene,
        Reporter(events.append).stage("map", "map", total=engine.megapixels(window), unit="MP") as stage,
    ):
        for _ in stream(scene, Remembering(Tiling(window=64, overlap=16)), stage=stage, window=window):
            pass
    done = [event["done"] for event in events if event["event"] == "progress"]
    assert done[-1] == pytest.approx(0.03)


def test_a_raster_that_stops_being_readable_says_so_and_the_reader_ends(make_raster):
    path = make_raster("cut.tif", np.random.default_rng(0).integers(0, 255, (1, 600, 600), np.uint8))
    with opened(path) as scene:
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size // 2)
        with pytest.raises(LayerUnreadable):
            list(stream(scene, Remembering(Tiling(window=64, overlap=16))))
    assert not [t for t in threading.enumerate() if t.name.startswith("rskd-reader")]


def test_an_abandoned_run_ends_its_reader(make_raster):
    with opened(make_raster("high.tif", np.ones((1, 2000, 64), np.uint8))) as scene:
        predictor = Remembering(Tiling(window=64))
        with closing(stream(scene, predictor)) as strips:
            next(strips)
        assert not [t for t in threading.enumerate() if t.name.startswith("rskd-reader")]
        assert len(predictor.shown) < 12


@pytest.mark.parametrize("channels", [2, 5, 40])
def test_winners_are_what_argmax_finds_also_among_equals(channels):
    probabilities = np.random.default_rng(0).integers(0, 4, (channels, 30, 40)).astype(np.float32)
    strip = engine.Strip(Window(0, 0, 40, 30), probabilities, np.ones((30, 40), bool))
    np.testing.assert_array_equal(strip.winners(), probabilities.argmax(axis=0))


def test_an_answer_of_another_size_is_a_bug(make_raster):
    class Wrong(Remembering):
        def __call__(self, pixels):
            return super().__call__(pixels)[:, :, 1:]

    with opened(make_raster("image.tif", np.ones((1, 64, 64), np.uint8))) as scene:
        strips = stream(scene, Wrong(Tiling(window=64)))
        with pytest.raises(ValueError, match="expected"):
            next(strips)
