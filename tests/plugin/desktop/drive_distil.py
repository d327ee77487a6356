"""From the first opening of the dock to a student and its map, as a person does it.

Makes the environment for running students on the set-up page, switches to the one with the training parts, opens the
sample, distils with a click, and looks at what lies on the map. RSKD_TEST_STEPS shortens the training.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
from pilot import click, fly, iface, picture, result, settle, wait_for
from qgis.core import QgsPointXY, QgsProject, QgsRaster
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import plugins

TRAINING = os.environ["RSKD_TEST_PYTHON"]
STEPS = int(os.environ["RSKD_TEST_STEPS"])


def set_up(dock):
    picture("first_opening", dock)
    result["first_words"] = dock.setup.text.text()
    click(dock.setup.action)
    wait_for(dock.setup.running.isVisible, 20, "progress")
    picture("setting_up", dock)
    wait_for(lambda: dock.setup.situation.error or dock.sections.layers.isVisible(), 420, "the run environment")
    error = dock.setup.situation.error
    assert error is None, f"{error}\n{getattr(error, 'details', '')}"
    report = dock.setup.situation.report
    result["environment"] = {"python": str(report.environment.python) if hasattr(report, "environment") else ""}


def switch(dock):
    click(dock.header.set_up)
    wait_for(dock.setup.recheck.isVisible, 60, "the settings page")
    picture("settings", dock)
    dock.setup.ways.setCollapsed(False)
    settle()
    field = dock.setup.ways.python.lineEdit()
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClicks(field, TRAINING)
    click(dock.setup.ways.use)
    wait_for(lambda: str(plugin_python()) == TRAINING, 90, "the other environment")
    if not dock.sections.layers.isVisible():
        click(dock.header.set_up)
    wait_for(dock.sections.layers.isVisible, 30, "the sections")


def plugin_python():
    from rskd_qgis import settings

    return settings.python()


def open_sample(dock):
    picture("empty_project", dock)
    click(dock.sections.layers.sample)
    wait_for(lambda: len(QgsProject.instance().mapLayers()) == 2, 30, "the sample's layers")
    wait_for(lambda: not dock.draft.problems(), 60, "a draft without problems")
    picture("ready")
    picture("ready_dock", dock.sections.layers.window())


def distil(dock):
    # A person would wait; the rest is the sample's own job.
    dock.draft.set(training={**dock.draft.training, "steps": STEPS})
    section, work = dock.sections.distil, dock.sections.distil.work
    dock.widget().findChild(type(dock._scroll)).ensureWidgetVisible(section.button)
    click(section.button)
    wait_for(lambda: work.state.busy, 30, "a running job")
    wait_for(lambda: work.state.value in ("done", "failed") or len(work.course.curves) > 0, 600, "a first number")
    picture("running")
    wait_for(lambda: not work.state.busy, 1200, "the end of the distillation")
    assert work.state.value == "done", work.error
    result["metrics"] = {name: work.result["metrics"][name]["mean_iou"] for name in ("teacher", "student", "baseline")}
    result["files"] = sorted(Path(file).name for file in work.result["files"])
    result["folder"] = str(Path(work.result["files"][0]).parent)


def look_at_the_map():
    root = QgsProject.instance().layerTreeRoot()
    wait_for(lambda: any(group.findLayers() for group in root.findGroups()), 60, "a group of results")
    group = root.findGroups()[0]
    layers = [node.layer() for node in group.findLayers()]
    result["group"] = {"name": group.name(), "first": root.children()[0] == group, "layers": len(layers)}
    class_map = next(layer for layer in layers if layer.source().endswith("map.tif"))
    classes = class_map.renderer().classes()
    result["legend"] = [[int(one.value), one.label, one.color.name()] for one in classes]
    where = QgsPointXY(833000, 842000)
    found = class_map.dataProvider().identify(where, QgsRaster.IdentifyFormat.IdentifyFormatValue).results()
    result["identified"] = {"point": [where.x(), where.y()], "value": found[1]}
    polygons = next(layer for layer in layers if "map.gpkg" in layer.source())
    renderer = polygons.renderer()
    result["polygons"] = {
        "count": polygons.featureCount(),
        "categories": [[str(one.label()), one.symbol().color().name()] for one in renderer.categories()],
    }
    result["abstract"] = class_map.metadata().abstract()


def journey():
    plugin = plugins["rskd_qgis"]
    dock = plugin.dock
    plugin.action.trigger()
    settle()
    iface.mainWindow().resizeDocks([dock], [420], Qt.Orientation.Horizontal)
    settle()
    set_up(dock)
    switch(dock)
    open_sample(dock)
    distil(dock)
    look_at_the_map()
    iface.mapCanvas().refreshAllLayers()
    picture("done")
    picture("done_dock", dock)
    result["library"] = [entry.name for entry in dock.services.library.entries()]


fly(journey)
