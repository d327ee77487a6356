"""The toolbox's form in the real desktop: QGIS runs it in its own threads and opens what was made."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TRAINING = ROOT / ".venv" / "bin" / "python"
STUDENT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import numpy as np
from conftest import make_card, make_model
layers = [(np.array([0, 8, 16]).reshape(3, 1, 1, 1), np.array([0, 0, -8]))]
Path(sys.argv[1]).write_bytes(make_model(layers, make_card(1, 3, gsd=10)).SerializeToString())
"""


@pytest.mark.skipif(not TRAINING.exists(), reason="needs the backend's training environment: make setup")
def test_a_student_of_the_library_maps_a_layer_and_the_map_is_opened(with_plugin, drive):
    from osgeo import gdal, osr

    gdal.UseExceptions()
    entry = with_plugin / "home" / "students" / "fields"
    entry.mkdir(parents=True)
    words = [TRAINING, "-c", STUDENT, entry / "student.onnx", ROOT / "tests" / "backend"]
    subprocess.run([str(word) for word in words], check=True)
    (entry / "entry.json").write_text(json.dumps({"name": "Fields of Été"}), encoding="utf-8")
    image = with_plugin / "image.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(image), 60, 60, 1, gdal.GDT_Byte)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    dataset.GetRasterBand(1).Fill(120)
    dataset.GetRasterBand(1).SetDescription("b1")
    dataset.FlushCache()
    del dataset
    told = drive("drive_toolbox.py", with_plugin, RSKD_TEST_PYTHON=TRAINING, RSKD_TEST_IMAGE=image)
    assert told["at_first"] == "[Not selected]"
    assert told["layers"] == ["Class map", "image"]
    assert told["valid"]
