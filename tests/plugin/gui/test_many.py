import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt

pytestmark = pytest.mark.qgis

ROOT = Path(__file__).resolve().parents[3]
TRAIN = ROOT / ".venv" / "bin" / "python"


@pytest.fixture
def dialog(entry, country, running):
    from rskd_qgis.gui.many import ManyDialog

    dialog = ManyDialog.open_for(entry, running, running.message_bar)
    yield dialog
    dialog.close()


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    return folder


def looked(dialog, qtbot):
    """Once all images have been looked at."""
    qtbot.waitUntil(lambda: dialog.check.done and dialog.count.text().startswith("Images"), timeout=60_000)


def finished(dialog, qtbot):
    qtbot.waitUntil(lambda: not dialog.queue.busy, timeout=110_000)


def states(dialog):
    return {place.name: dialog.table.state(number) for number, place in enumerate(dialog.table.places)}


def translate(source, target, **options):
    made = gdal.Translate(str(target), str(source), **options)
    made.FlushCache()
    del made


def test_images_that_do_not_fit_are_told_beforehand_and_left_out(dialog, qtbot, tmp_path, images):
    out = tmp_path / "maps"
    for name in ("a.tif", "c.tif"):
        shutil.copy(tmp_path / "image.tif", images / name)
    (images / "broken.tif").write_bytes(b"not an image")
    translate(tmp_path / "image.tif", images / "few.tif", bandList=[1])
    translate(tmp_path / "image.tif", images / "nowhere.png", format="PNG", bandList=[1, 2, 1])
    (images / "nowhere.png.aux.xml").unlink()
    (images / "notes.txt").write_text("no image")
    dialog.out.setFilePath(str(out))
    dialog.folder.setFilePath(str(images))
    assert not dialog.start.isEnabled(), "they are looked at first"
    looked(dialog, qtbot)
    assert dialog.count.text() == "Images: 5. Fitting: 2. Left out: 3."
    said = states(dialog)
    assert said["a.tif"] == said["c.tif"] == "fits"
    assert said["few.tif"] == "Expects 2 bands; “few.tif” has 1."
    assert "place on Earth" in said["nowhere.png"]
    assert "broken.tif" in said["broken.tif"]
    assert dialog.problem.words().startswith("“broken.tif” is left out: ")
    dialog.table.setCurrentItem(dialog.table.topLevelItem(3))
    assert dialog.problem.words() == "“few.tif” is left out: Expects 2 bands; “few.tif” has 1."
    dialog.start.click()
    finished(dialog, qtbot)
    assert dialog.count.text() == "Maps: 2. Failed: 0. Left out: 3."
    assert sorted(one.name for one in out.glob("*.tif")) == ["a_map.tif", "c_map.tif"]
    assert states(dialog)["a.tif"] == "a_map.tif"
    assert len(QgsProject.instance().layerTreeRoot().findGroups()) == 2


def test_one_that_fails_does_not_stop_the_others_and_is_named(dialog, qtbot, tmp_path, images):
    for name in ("a.tif", "b.tif", "c.tif"):
        shutil.copy(tmp_path / "image.tif", images / name)
    dialog.out.setFilePath(str(tmp_path / "maps"))
    dialog.folder.setFilePath(str(images))
    looked(dialog, qtbot)
    (images / "b.tif").write_bytes(b"damaged since")
    dialog.start.click()
    finished(dialog, qtbot)
    assert dialog.count.text() == "Maps: 2. Failed: 1. Left out: 0."
    assert [bool(one.error) for one in dialog.queue.outcomes] == [False, True, False]
    assert dialog.problem.words() == "There is no map of b.tif."
    assert "b.tif" in states(dialog)["b.tif"]


def test_a_file_that_was_written_anew_is_looked_at_anew(dialog, qtbot, tmp_path, images):
    (images / "a.tif").write_bytes(b"not an image")
    dialog.folder.setFilePath(str(images))
    looked(dialog, qtbot)
    assert states(dialog)["a.tif"] != "fits"
    shutil.copy(tmp_path / "image.tif", images / "a.tif")
    dialog.by_layers.click()
    dialog.by_folder.click()
    qtbot.waitUntil(lambda: states(dialog).get("a.tif") == "fits", timeout=60_000)


def test_layers_of_the_project_and_nothing_is_written_over(dialog, qtbot, tmp_path):
    out = tmp_path / "maps"
    out.mkdir()
    (out / "image_map.tif").write_bytes(b"mine")
    dialog.by_layers.click()
    assert not dialog.start.isEnabled()
    names = [dialog.layers.item(row).text() for row in range(dialog.layers.count())]
    assert names == ["image", "labels"]
    dialog.layers.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.layers.item(1).setCheckState(Qt.CheckState.Checked)
    assert states(dialog) == {"image": "fits", "labels": "Expects 2 bands; “labels” has 1."}
    assert "folder" in dialog.missing.words()
    assert not dialog.start.isEnabled()
    dialog.out.setFilePath(str(out))
    assert dialog.missing.words() == ""
    dialog.polygons.click()
    dialog.add.click()
    dialog.start.click()
    finished(dialog, qtbot)
    assert dialog.count.text() == "Maps: 1. Failed: 0. Left out: 1."
    assert (out / "image_map.tif").read_bytes() == b"mine"
    assert (out / "image_map_2.tif").is_file()
    assert (out / "image_map_2.gpkg").is_file()
    assert QgsProject.instance().layerTreeRoot().findGroups() == []


def test_stopping_leaves_the_rest_out(dialog, qtbot, tmp_path, images):
    for name in ("a.tif", "b.tif", "c.tif"):
        shutil.copy(tmp_path / "image.tif", images / name)
    dialog.folder.setFilePath(str(images))
    dialog.out.setFilePath(str(tmp_path / "maps"))
    looked(dialog, qtbot)
    dialog.start.click()
    assert not dialog.choice.isEnabled()
    dialog.stop.click()
    qtbot.waitUntil(lambda: not dialog.queue.busy, timeout=30_000)
    assert dialog.count.text() == "Maps: 0. Failed: 0. Left out: 3."
    assert set(states(dialog).values()) == {"stopped before"}


@pytest.mark.parametrize("stop", ["jobs", "task"])
def test_nothing_more_is_started_when_all_is_stopped_or_qgis_stops_the_task(
    dialog, running, qtbot, tmp_path, images, stop
):
    started = []
    for name in ("a.tif", "b.tif", "c.tif"):
        shutil.copy(tmp_path / "image.tif", images / name)
    dialog.folder.setFilePath(str(images))
    dialog.out.setFilePath(str(tmp_path / "maps"))
    looked(dialog, qtbot)
    running.jobs.started.connect(started.append)
    dialog.start.click()
    running.jobs.stop_all() if stop == "jobs" else started[0].cancel()
    qtbot.waitUntil(lambda: not dialog.queue.busy, timeout=30_000)
    assert len(started) == 1
    assert dialog.count.text() == "Maps: 0. Failed: 0. Left out: 3."


def test_closing_the_window_while_it_looks_is_harmless(entry, country, running, qtbot, tmp_path, images):
    from rskd_qgis.gui.many import ManyDialog

    for number in range(5):
        shutil.copy(tmp_path / "image.tif", images / f"{number}.tif")
    dialog = ManyDialog.open_for(entry, running, running.message_bar)
    dialog.folder.setFilePath(str(images))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    answers = []
    running.resident.ask("inspect", {"file": str(images / "0.tif")}, answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)


_MAKE_STUDENT = """
import sys
from pathlib import Path
import torch
from rskd.card import BandCard, ClassCard, StudentCard, Tiling
from rskd.distill.export import export_student
from rskd.models.normalise import Normalised
from rskd.models.students import entry
torch.manual_seed(1)
bands = tuple(
    BandCard(name=name, layer=layer, dtype="uint16", mean=1200, std=500, low=0, high=3000)
    for name, layer in (("s2 1", "s2"), ("s2 2", "s2"), ("dem 1", "dem"))
)
classes = tuple(ClassCard(value=v, name=n, color="#f2cf66") for v, n in ((1, "field"), (2, "water")))
card = StudentCard(
    name="of two", task="land-cover", architecture="tiny-unet-8", parameters=1, bands=bands, classes=classes,
    gsd=10.0, tiling=Tiling(window=128, margin=32, multiple=8), created="2026-03-01T10:00:00+00:00", rskd_version="0",
)
export_student(Normalised.by_cards(entry("tiny-unet-8").build(3, 2), card.bands).eval(), card, Path(sys.argv[1]))
"""


@pytest.fixture(scope="session")
def file_of_two(tmp_path_factory):
    if not TRAIN.exists():
        pytest.skip("needs the backend's train environment (make setup)")
    path = tmp_path_factory.mktemp("student") / "student.onnx"
    subprocess.run([TRAIN, "-c", _MAKE_STUDENT, path], check=True, cwd=ROOT / "backend", capture_output=True)
    return path


@pytest.fixture
def of_two(running, file_of_two, country, qtbot):
    """The window for a student of two bands of s2 and one of dem."""
    from rskd_qgis.gui.many import ManyDialog

    answers = []
    running.resident.ask("inspect", {"file": str(file_of_two)}, answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    entry = running.library.import_file(file_of_two, answers[0])
    dialog = ManyDialog.open_for(entry, running, running.message_bar)
    yield dialog
    dialog.close()


def two_layers(source, folder, place):
    """The country's image, and its first band once more as the other layer."""
    shutil.copy(source, folder / f"{place}_s2.tif")
    translate(source, folder / f"{place}_dem.tif", bandList=[1])


def pixels(path):
    dataset = gdal.Open(str(path))
    return dataset.GetRasterBand(1).ReadRaster()


def test_students_of_several_layers_take_an_image_for_each_or_one_with_all_bands(of_two, qtbot, tmp_path, images):
    dialog, out = of_two, tmp_path / "maps"
    image = tmp_path / "image.tif"
    two_layers(image, images, "a")
    two_layers(image, images, "b")
    (images / "b_dem.tif").unlink()
    translate(image, images / "all.tif", bandList=[1, 2, 1])
    dialog.out.setFilePath(str(out))
    dialog.folder.setFilePath(str(images))
    looked(dialog, qtbot)
    assert dialog.endings.endings() == ["_s2", "_dem"]
    assert states(dialog) == {
        "a": "fits",
        "b": "Nothing is there for “dem”: no name ends in “_dem”.",
        "all.tif": "Its name ends like none of the student's layers.",
    }
    line = dialog.table.topLevelItem(0)
    assert [line.text(column) for column in range(4)] == ["a", "fits", "a_s2.tif", "a_dem.tif"]
    dialog.start.click()
    finished(dialog, qtbot)
    assert dialog.count.text() == "Maps: 1. Failed: 0. Left out: 2."

    dialog.endings.whole.click()
    looked(dialog, qtbot)
    said = states(dialog)
    assert said.pop("all.tif") == "fits"
    assert said["a_s2.tif"] == "Expects 3 bands; “a_s2.tif” has 2."
    dialog.start.click()
    finished(dialog, qtbot)
    assert dialog.count.text() == "Maps: 1. Failed: 0. Left out: 3."
    assert pixels(out / "a_map.tif") == pixels(out / "all_map.tif")  # the same bands by two ways


def test_the_layers_of_a_place_may_be_layers_of_the_project(of_two, qtbot, tmp_path):
    from qgis.core import QgsRasterLayer

    from rskd_qgis.gui.many import ManyDialog

    two_layers(tmp_path / "image.tif", tmp_path, "north")
    translate(tmp_path / "image.tif", tmp_path / "whole.tif", bandList=[1, 2, 1])
    for name in ("north_s2", "north_dem", "whole"):
        QgsProject.instance().addMapLayer(QgsRasterLayer(str(tmp_path / f"{name}.tif"), name))
    dialog = ManyDialog.open_for(of_two._entry, of_two._services, of_two)
    dialog.out.setFilePath(str(tmp_path / "maps"))
    dialog.by_layers.click()
    for row in range(dialog.layers.count()):
        wanted = dialog.layers.item(row).text() in ("north_s2", "north_dem")
        dialog.layers.item(row).setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
    assert states(dialog) == {"north": "fits"}
    dialog.start.click()
    finished(dialog, qtbot)
    assert dialog.count.text() == "Maps: 1. Failed: 0. Left out: 0."
    for row in range(dialog.layers.count()):
        wanted = dialog.layers.item(row).text() == "whole"
        dialog.layers.item(row).setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
    dialog.endings.whole.click()
    assert states(dialog) == {"whole": "fits"}
    dialog.start.click()
    finished(dialog, qtbot)
    assert dialog.count.text() == "Maps: 1. Failed: 0. Left out: 0."
    assert pixels(tmp_path / "maps" / "north_map.tif") == pixels(tmp_path / "maps" / "whole_map.tif")
    dialog.close()


def test_endings_that_the_user_wrote_are_kept(of_two, qtbot, tmp_path, images):
    shutil.copy(tmp_path / "image.tif", images / "a.optic.tif")
    translate(tmp_path / "image.tif", images / "a.height.tif", bandList=[1])
    of_two.folder.setFilePath(str(images))
    for number, ending in enumerate((".optic", ".height")):
        of_two.endings.fields[number].clear()
        qtbot.keyClicks(of_two.endings.fields[number], ending)
    looked(of_two, qtbot)
    assert of_two.endings.endings() == [".optic", ".height"]
    assert states(of_two) == {"a": "fits"}


def test_it_fits_a_small_screen(of_two, dialog):
    for window in (of_two, dialog):
        assert window.minimumSizeHint().width() <= 300
