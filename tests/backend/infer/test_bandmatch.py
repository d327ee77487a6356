import numpy as np
import pytest

from rskd.card import BandCard
from rskd.errors import BandsMissing, JobInvalid
from rskd.events import Reporter
from rskd.geo.scene import Band, open_scene
from rskd.infer.bandmatch import match_bands, warn_of_range
from rskd.spec import LayerSpec


def needed(*bands):
    """“layer/name” each."""
    split = [text.split("/") for text in bands]
    return [BandCard(name=n, layer=s, dtype="uint8", mean=100, std=10, low=50, high=150) for s, n in split]


def present(*bands):
    split = [text.split("/") for text in bands]
    layers = [layer for layer, _ in split]
    return [Band(layer, layers[: i + 1].count(layer), name, "uint8", None) for i, (layer, name) in enumerate(split)]


@pytest.mark.parametrize(
    ("student", "scene", "expected"),
    [
        # by description, whatever the order, case and company
        (["a/red", "a/nir"], ["x/NIR", "x/green", "x/Red"], (2, 0)),
        # no descriptions anywhere: by number, also where the layer has more bands
        (["a/a 4", "a/a 3"], ["x/x 1", "x/x 2", "x/x 3", "x/x 4", "x/x 5"], (3, 2)),
        # trained without descriptions, applied with: by number
        (["a/a 1", "a/a 2"], ["x/red", "x/nir"], (0, 1)),
        # other descriptions: by position
        (["a/red", "a/nir"], ["x/B04", "x/B08"], (0, 1)),
        # trained on bands 4 and 3 of a file, applied to a file of just these
        (["a/a 4", "a/a 3"], ["x/x 1", "x/x 2"], (0, 1)),
        # layers by name though the order differs
        (["dem/height", "sat/red"], ["sat/red", "dem/height"], (1, 0)),
        # unnamed layers in the student's order
        (["dem/dem 1", "sat/sat 1", "sat/sat 2"], ["x/x 1", "y/y 1", "y/y 2"], (0, 1, 2)),
        # one named, the other takes the place that is left
        (["dem/dem 1", "sat/sat 1"], ["x/x 1", "dem/dem 1"], (1, 0)),
        # the same description in two layers (the scene tells them apart by the layer)
        (["a/a:red", "b/b:red"], ["x/x:red", "y/y:red"], (0, 1)),
        (["a/a:red", "b/b:red"], ["b/b:red", "a/a:red"], (1, 0)),
        # a student's bands need not stand together
        (["a/red", "dem/height", "a/nir"], ["a/nir", "a/red", "dem/height"], (1, 2, 0)),
    ],
    ids=str,
)
def test_bands_find_each_other(student, scene, expected):
    assert match_bands(needed(*student), present(*scene), Reporter()) == expected


@pytest.mark.parametrize(
    ("student", "scene", "said"),
    [
        (["a/red", "a/nir"], ["x/red", "x/green"], "“x” has no “nir”. It has 2 bands (red, green)."),
        (["a/a 1", "a/a 2", "a/a 3"], ["x/x 1", "x/x 2"], "“x” has no band 3. It has 2 bands (x 1, x 2)."),
        (["a/red", "a/nir"], ["x/B4", "x/B8", "x/B9"], "“x” has no “red”, “nir”. It has 3 bands (B4, B8, B9)."),
        (["a/a 1", "dem/dem 1"], ["x/x 1"], "“x” has no layer “dem”. It has 1 layer where 2 are needed."),
    ],
    ids=str,
)
def test_what_is_missing_is_said(student, scene, said):
    with pytest.raises(BandsMissing) as caught:
        match_bands(needed(*student), present(*scene), Reporter())
    assert said in caught.value.message
    assert "`bands:`" not in caught.value.hint  # predict has no such option
    with pytest.raises(BandsMissing) as caught:
        match_bands(needed(*student), present(*scene), Reporter(), hint="Name the teacher's bands.")
    assert caught.value.hint == "Name the teacher's bands."


def test_a_name_that_the_student_does_not_know_is_an_error_though_the_order_would_fit():
    student, scene = needed("sat/sat 1"), present("dem/dem 1")
    assert match_bands(student, scene, Reporter()) == (0,)
    with pytest.raises(JobInvalid, match="its layers are sat"):
        match_bands(student, scene, Reporter(), named=["dem"])


def test_a_match_by_position_is_said():
    heard = []
    match_bands(needed("a/red", "a/nir"), present("x/B04", "x/B08"), Reporter(heard.append))
    assert "red = B04, nir = B08" in heard[0]["message"]


def test_a_layer_too_many_is_warned_of():
    reporter = Reporter()
    match_bands(needed("a/red"), present("x/red", "y/height"), reporter)
    assert [warning["code"] for warning in reporter.warnings] == ["layer-not-used"]


def warnings_of(make_raster, pixels, **options):
    reporter = Reporter()
    with open_scene([LayerSpec(path=str(make_raster("values.tif", pixels, **options)))]) as scene:
        warn_of_range(needed("a/red", "a/nir"), scene, (0, 1), reporter)
    return reporter.warnings


def plausible(rows, columns):
    """From 60 to 140 in equal steps, well inside the training range of 50 to 150."""
    return np.tile(np.linspace(60, 140, columns, dtype=np.float32), (2, rows, 1))


def test_values_like_those_of_training_are_fine(make_raster):
    assert warnings_of(make_raster, plausible(300, 300)) == []


def test_values_of_another_scale_are_warned_of_with_numbers(make_raster):
    pixels = plausible(300, 300)
    pixels[1] *= 257  # 8 bits stretched to 16
    (warning,) = warnings_of(make_raster, pixels)
    assert list(warning["values"]["bands"]) == ["nir"]
    facts = warning["values"]["bands"]["nir"]
    assert (facts["training_low"], facts["training_high"], facts["share_outside"]) == (50, 150, 1)
    assert facts["median"] == pytest.approx(25700, rel=0.05)
    assert "nir: 15" in warning["message"]
    assert "in training 50 to 150" in warning["message"]


@pytest.mark.parametrize("factor", [1 / 255, 1 / 10000])
def test_fractions_are_noticed_though_the_widened_range_holds_them(make_raster, factor):
    # 50 to 150 widens to 0 to 200.
    pixels = plausible(300, 300)
    pixels[0] *= factor
    (warning,) = warnings_of(make_raster, pixels)
    assert list(warning["values"]["bands"]) == ["red"]
    assert warning["values"]["bands"]["red"]["share_outside"] == 0


@pytest.mark.parametrize(("value", "rows", "warned"), [(199, 20, False), (201, 2, False), (201, 10, True)])
def test_only_many_values_beyond_half_the_range_count(make_raster, value, rows, warned):
    # The whole raster is one sample window: training 50 to 150 widens to 0 to 200; 5 % of 60 rows are 3.
    pixels = plausible(60, 60)
    pixels[0, :rows] = value
    assert bool(warnings_of(make_raster, pixels)) == warned


def test_pixels_without_data_warn_of_nothing(make_raster):
    pixels = np.full((2, 60, 60), -9999, np.float32)
    assert warnings_of(make_raster, pixels, nodata=-9999) == []
    pixels[:, :2] = plausible(2, 60)
    assert warnings_of(make_raster, pixels, nodata=-9999) == []
