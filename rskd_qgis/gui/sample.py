"""The sample: layers, labels and a teacher that are ready to be distilled."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from qgis.core import QgsProject, QgsRasterLayer

from rskd_qgis import places
from rskd_qgis.draft import Draft, DraftLabels, DraftLayer
from rskd_qgis.layers.legend import map_classes
from rskd_qgis.layers.styles import class_renderer

_IMAGE, _LABELS, _TEACHER = "gewata_landsat7_2001.tif", "gewata_lulc.tif", "gewata_teacher.safetensors"
_FILES = (_IMAGE, _LABELS, f"{_LABELS}.aux.xml", _TEACHER, "train.geojson")
# As resources/sample/job.yaml, but for its number of steps: here the budget decides. A test holds the two together.
_SPLIT_BOXES = {"validation": [823155, 848805, 826755, 852945], "test": [828675, 832245, 839955, 852945]}
_TRAINING: dict[str, Any] = {"tile": 96, "batch": 16, "learning_rate": 3.0e-3, "seed": 7}
_SHARE = 0.11
_STUDENT = "swift-unet-16"


def open_sample(draft: Draft) -> list[QgsRasterLayer]:
    """Adds the sample's layers to the draft's project and sets everything; returns the layers.

    The files are copied first: QGIS writes statistics beside what it opens, and the plugin's folder is not for that.
    """
    folder = _copied()
    project = draft.project
    image = QgsRasterLayer(str(folder / _IMAGE), draft.tr("Landsat 2001, Gewata"))
    labels = QgsRasterLayer(str(folder / _LABELS), draft.tr("Land cover 2001, Gewata"))
    _in_natural_colours(image)
    labels.setRenderer(class_renderer(labels.dataProvider(), map_classes(folder / _LABELS, labels.dataProvider())))
    labels.setOpacity(0.7)
    if is_empty(project):
        project.setCrs(image.crs())
    project.addMapLayers([image, labels])
    draft.set(
        task="land-cover",
        layers=[DraftLayer(image.id(), image.name())],
        labels=DraftLabels(labels.id(), ignore=[0]),
        teacher={"kind": "checkpoint", "path": str(folder / _TEACHER)},
        teacher_facts={},
        student={"name": _STUDENT},
        recipe={},
        training=_TRAINING,
        baseline=True,
        extra={"split": {"train": str(folder / "train.geojson"), **_SPLIT_BOXES}, "labels": {"share": _SHARE}},
    )
    return [image, labels]


def _in_natural_colours(image: QgsRasterLayer) -> None:
    """Landsat's first three bands are blue, green and red."""
    renderer = image.renderer()
    renderer.setRedBand(3)
    renderer.setGreenBand(2)
    renderer.setBlueBand(1)
    image.setDefaultContrastEnhancement()


def is_empty(project: QgsProject) -> bool:
    """Whether nothing would be mixed with the sample."""
    return not project.mapLayers()


def _copied() -> Path:
    """The sample's files in a folder of the user's; those that are there already are kept."""
    folder = places.jobs() / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        original, copy = places.resources() / "sample" / name, folder / name
        if not copy.is_file() or copy.stat().st_size != original.stat().st_size:
            shutil.copyfile(original, copy)
    return folder
