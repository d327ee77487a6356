"""The whole way, in the real desktop with the real backend: set-up, sample, distillation, map."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TRAINING = ROOT / ".venv" / "bin" / "python"
SAMPLE = ROOT / "resources" / "sample"


@pytest.mark.skipif(not TRAINING.exists(), reason="needs the backend's training environment: make setup")
def test_from_the_first_opening_to_a_map(with_plugin, drive):
    from osgeo import gdal

    gdal.UseExceptions()
    told = drive("drive_distil.py", with_plugin, seconds=1800, RSKD_TEST_PYTHON=TRAINING, RSKD_TEST_STEPS=60)

    # The environment is RSKD's own and outside the plugin's folder.
    assert list((with_plugin / "home" / "environments").glob("*/pyvenv.cfg"))
    assert {"student.onnx", "map.tif", "map.gpkg", "report.html", "metrics.json"} <= set(told["files"])
    metrics = json.loads((Path(told["folder"]) / "metrics.json").read_text(encoding="utf-8"))
    assert {name: metrics[name]["mean_iou"] for name in told["metrics"]} == told["metrics"]

    # On the map: one group at the top, the labels' own values, names and colours.
    assert told["group"]["first"]
    assert told["group"]["layers"] >= 3
    legend = {value: (name, color) for value, name, color in told["legend"]}
    assert legend == {known["value"]: (known["name"], known["color"]) for known in metrics["classes"]}
    categories = dict(told["polygons"]["categories"])
    assert told["polygons"]["count"] > 0
    assert set(categories) <= {known["name"] for known in metrics["classes"]} | {""}
    assert all(categories[name] == color for name, color in legend.values() if name in categories)

    # The pixel under the mouse is the file's.
    dataset = gdal.Open(str(Path(told["folder"]) / "map.tif"))
    x, y = told["identified"]["point"]
    left, width, _, top, _, height = dataset.GetGeoTransform()
    band = dataset.GetRasterBand(1)
    pixel = band.ReadRaster(int((x - left) / width), int((y - top) / height), 1, 1, buf_type=gdal.GDT_Int32)
    assert memoryview(pixel).cast("i")[0] == told["identified"]["value"]
    assert "student" in told["abstract"].lower()
    assert len(told["library"]) == 1
