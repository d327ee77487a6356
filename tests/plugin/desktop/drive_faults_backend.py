"""Environments that do not work, places that cannot be written, and labels that were not saved."""

import os
import sys

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
from faults import GROUND, add_ground, choose, opened_dock, press, until_over
from pilot import FOLDER, click, fly, picture, result, settle, wait_for
from qgis.core import QgsProject, QgsVectorLayer

from rskd_qgis import settings

TRAINING, RUNNING, BARE, CRAMPED = (
    os.environ[f"RSKD_TEST_{name}"] for name in ("TRAINING", "RUNNING", "BARE", "CRAMPED")
)


def page(dock):
    """What the set-up page says, when it has looked."""
    wait_for(dock.setup.isVisible, 10, "the set-up page")
    wait_for(lambda: dock.setup.situation.report is not None, 60, "what the set-up page found")
    settle()
    setup = dock.setup
    # Long words on a button take more than one line.
    shown = [" ".join(button.text().split()) for button in (setup.action, setup.training) if button.isVisible()]
    return {"text": setup.text.text().replace("\u200b", ""), "buttons": shown}


def interpreter_deleted():
    """Before the dock is first opened."""
    settings.set_python(str(FOLDER / "deleted" / "python"))
    dock = opened_dock()
    told = page(dock)
    picture("deleted", dock)
    return told


def without_environment(dock):
    """Somebody has removed it in another window."""
    with_environment(dock, "")
    return {"set_up": dock.setup.isVisible(), "sections": dock.sections.layers.isVisible()}


def with_environment(dock, python):
    """As if it had become so since QGIS was started."""
    dock.services.message_bar.clearWidgets()
    settings.set_python(python)
    dock.show_sections()
    settle()


def packages_missing(dock):
    press(dock)
    until_over(dock, state="failed")
    failure = dock.sections.distil.failure
    told = {"words": failure._message.words()}
    dock._scroll.ensureWidgetVisible(failure.set_up_button)
    click(failure.set_up_button)
    told.update(page(dock))
    picture("bare", dock)
    return told


def training_parts_missing(dock):
    with_environment(dock, RUNNING)
    failure = dock.sections.distil.failure
    dock._scroll.ensureWidgetVisible(failure.again_button)
    click(failure.again_button)
    until_over(dock, state="failed")
    told = {"code": dock.sections.distil.work.error.code, "words": failure._message.words()}
    dock._scroll.ensureWidgetVisible(failure.set_up_button)
    click(failure.set_up_button)
    told.update(page(dock))
    picture("run_only", dock)
    return told


def place_not_writable(dock, out):
    dock.draft.set(out=str(out))
    press(dock)
    until_over(dock, state="failed")
    section = dock.sections.distil
    told = {
        "code": section.work.error.code,
        "words": section.failure._message.words(),
        "at_section": dock.sections.boxes["distil"].problem(),
    }
    click(section.failure.close_button)
    return told


def edited_labels():
    """A layer in which class 2 has become class 7, and nobody has saved that."""
    layer = QgsVectorLayer(str(FOLDER / f"{GROUND} labels.gpkg"), "labels", "ogr")
    QgsProject.instance().addMapLayer(layer)
    layer.startEditing()
    field = layer.fields().indexOf("kind")
    for feature in layer.getFeatures("kind = 2"):
        layer.changeAttributeValue(feature.id(), field, 7)
    return layer


def disk_full_with_edited_labels(dock, image):
    labels = edited_labels()
    with_environment(dock, CRAMPED)
    out = FOLDER / "results"
    choose(dock, image, labels, steps=60, out=out, field="kind")
    press(dock)
    until_over(dock, state="failed")
    picture("full", dock)
    section = dock.sections.distil
    told = {
        "code": section.work.error.code,
        "words": section.failure._message.words(),
        "details": section.work.error.details,
        "left": sorted(path.name for path in out.iterdir()),
    }
    settings.set_python(TRAINING)
    click(section.failure.again_button)
    until_over(dock)
    settle()
    written = QgsVectorLayer(str(out / "layers" / "labels.gpkg"), "written", "ogr")
    saved = QgsVectorLayer(str(FOLDER / f"{GROUND} labels.gpkg"), "saved", "ogr")
    told.update(
        written=sorted(written.uniqueValues(written.fields().indexOf("kind"))),
        saved=sorted(saved.uniqueValues(saved.fields().indexOf("kind"))),
        modified=labels.isModified(),
        classes=[known["value"] for known in section.work.result["metrics"]["classes"]],
        groups=len(QgsProject.instance().layerTreeRoot().findGroups()),
    )
    picture("after", dock)
    labels.rollBack()
    return told


def journey():
    result["deleted"] = interpreter_deleted()
    dock = opened_dock()
    result["without"] = without_environment(dock)
    with_environment(dock, BARE)
    image, labels = add_ground()
    choose(dock, image, labels, steps=30)
    result["bare"] = packages_missing(dock)
    result["run_only"] = training_parts_missing(dock)
    with_environment(dock, TRAINING)
    click(dock.sections.distil.failure.close_button)
    in_the_way = FOLDER / "a file"
    in_the_way.write_text("mine", encoding="utf-8")
    result["in_the_way"] = place_not_writable(dock, in_the_way)
    result["system"] = place_not_writable(dock, "/proc/rskd")
    result["full"] = disk_full_with_edited_labels(dock, image)


fly(journey)
