"""A student is chosen from the library in the toolbox's form, and run on a layer; its map is opened by QGIS."""

import os
import sys

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
from pilot import click, fly, picture, result, settle, wait_for
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QComboBox, QDialogButtonBox


def journey():
    from processing import createAlgorithmDialog

    from rskd_qgis import settings

    settings.set_python(os.environ["RSKD_TEST_PYTHON"])
    project = QgsProject.instance()
    project.addMapLayer(QgsRasterLayer(os.environ["RSKD_TEST_IMAGE"], "image"))
    layers = [layer.source() for layer in project.mapLayers().values()]
    form = createAlgorithmDialog("rskd:predict", {"LAYERS": layers})
    form.show()
    settle()
    lists = form.findChildren(QComboBox)
    library = next(one for one in lists if one.findText("Fields of Été") >= 0)
    result["at_first"] = library.currentText()
    library.setCurrentIndex(library.findText("Fields of Été"))
    picture("toolbox", form)
    buttons = form.findChild(QDialogButtonBox).buttons()
    click(next(one for one in buttons if one.text().replace("&", "") == "Run"))
    wait_for(lambda: len(project.mapLayers()) == 2, 120, "the map's layer")
    result["layers"] = sorted(layer.name() for layer in project.mapLayers().values())
    result["valid"] = all(layer.isValid() for layer in project.mapLayers().values())
    form.close()
    form.deleteLater()
    settle()


fly(journey)
