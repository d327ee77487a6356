"""Maps of a trained student, and readers of everything that is compared."""

import numpy as np
import pyogrio
import rasterio
import torch
from rasterio.windows import Window

from rskd.geo.labels import IGNORE
from rskd.jobs.maps import map_sites
from rskd.jobs.student_file import write_student

WHOLE = Window(0, 0, 192, 128)


def test_the_map_lies_beside_the_student_and_its_pixels_are_counted(opened, mapped):
    made = [path.name for path in (*mapped.maps, *mapped.vectors, *mapped.confidences)]
    assert made == ["map.tif", "map.gpkg", "confidence.tif"]
    with rasterio.open(mapped.maps[0]) as file:
        values = file.read(1)
    assert [int((values == value).sum()) for value in (1, 5, 9)] == list(mapped.pixels)
    assert sum(mapped.pixels) == 128 * 192
    assert pyogrio.read_info(mapped.vectors[0])["features"] > 0


def test_the_map_is_what_the_network_answers(opened, outcome, readers):
    # In one piece, with so much of nothing around that the network's own padding is out of sight.
    pixels, valid = opened.setting.sites[0].scene.read(Window(-160, -160, 512, 448))
    means = np.array([band.mean for band in opened.setting.cards], np.float32)[:, None, None]
    with torch.no_grad():
        answers = outcome.network(torch.from_numpy(np.where(valid, pixels, means)[None])).argmax(1)[0].numpy()
    # onnxruntime adds in another order: a tie may fall the other way.
    assert (readers["student"][0](WHOLE) == answers[160:288, 160:352]).mean() > 0.9995


def test_the_confidence_is_the_probability_of_the_class_on_the_map(opened, outcome, mapped):
    with rasterio.open(mapped.confidences[0]) as file, rasterio.open(mapped.maps[0]) as classes:
        told = file.read(1)
        assert (file.crs, file.transform, file.shape) == (classes.crs, classes.transform, classes.shape)
    pixels, valid = opened.setting.sites[0].scene.read(Window(-160, -160, 512, 448))
    means = np.array([band.mean for band in opened.setting.cards], np.float32)[:, None, None]
    with torch.no_grad():
        logits = outcome.network(torch.from_numpy(np.where(valid, pixels, means)[None]))
    expected = logits.softmax(1).amax(1)[0, 160:288, 160:352].numpy()
    np.testing.assert_allclose(told, expected, atol=1e-3)
    assert (told >= 1 / 3 - 1e-6).all()


def test_a_baseline_gets_its_map_alone(opened, outcome, tmp_path):
    write_student(tmp_path / "baseline.onnx", outcome, opened.setting, None, {})
    mapped = map_sites(tmp_path / "baseline.onnx", opened.setting, everything=False)
    assert (mapped.vectors, mapped.confidences) == ((), ())
    assert {path.suffix for path in tmp_path.iterdir()} == {".onnx", ".tif", ".xml"}
    assert not (tmp_path / "confidence.tif").exists()


def test_all_readers_speak_channels_of_the_scenes_grid(country, readers):
    here = Window(100, 30, 60, 50)
    np.testing.assert_array_equal(readers["teacher"][0](here), country.taught[here.toslices()])
    np.testing.assert_array_equal(readers["labels"][0](here), country.truth[here.toslices()])
    past = readers["student"][0](Window(180, 120, 20, 20))
    assert (past[:8, :12] < 3).all()
    assert (past[8:] == IGNORE).all()
    assert (past[:, 12:] == IGNORE).all()
