"""Troubles while a distillation runs, one after the other in one QGIS: see the names of the functions."""

import os
import sys
import time

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
from faults import add_ground, choose, kill, opened_dock, press, until_over, until_trained, workers
from pilot import click, docks, fly, iface, picture, result, settle, wait_for
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtWidgets import QPushButton
from qgis.utils import loadPlugin, startPlugin, unloadPlugin

KEY = "rskd_qgis"


def groups():
    """Names of the layers in each group of the project."""
    root = QgsProject.instance().layerTreeRoot()
    return [[node.name() for node in group.findLayers()] for group in root.findGroups()]


def pausing_with_the_dock_closed(dock):
    press(dock)
    dock.close()
    settle()
    until_trained(dock)
    told = {"closed": not dock.isVisible()}
    opened_dock()
    section, before = dock.sections.distil, workers()
    press(dock)
    began = time.monotonic()
    wait_for(lambda: section.work.state.value == "paused", 10, "the pause")
    told.update(seconds=time.monotonic() - began, ended=len(before) - len(workers()), button=section.button.text())
    return told


def killing_the_worker(dock):
    section, others = dock.sections.distil, workers()
    press(dock)  # Resume
    wait_for(lambda: getattr(section.work.course.stage, "part", "") == "student", 60, "the training again")
    kill(set(workers()) - set(others))
    until_over(dock, state="failed")
    picture("killed", dock)
    failure = section.failure
    return {
        "words": failure._message.words(),
        "hint": failure._hint.text(),
        "again": failure.again_button.isVisible(),
        "bar": len(dock.services.message_bar.items()),
    }


def opening_another_project(dock):
    """While the killed job goes on, and its layers are chosen for the next one."""
    section, failure = dock.sections.distil, dock.sections.distil.failure
    dock._scroll.ensureWidgetVisible(failure.again_button)
    click(failure.again_button)
    told = {"bar": len(dock.services.message_bar.items()), "at_section": dock.sections.boxes["distil"].problem()}
    iface.newProject(False)
    settle()
    told.update(busy=section.work.state.busy, chosen=len(dock.draft.layers))
    until_over(dock)
    settle()
    picture("other_project", dock)
    shown = dock.sections.result
    told.update(groups=groups(), words=shown.notice.words())
    next(action for action in shown.more.menu().actions() if action.text() == "Add maps").trigger()
    settle()
    told["added"] = groups()
    return told


def removing_chosen_layers(dock):
    iface.newProject(False)
    image, labels = add_ground()
    choose(dock, image, labels, steps=100)
    QgsProject.instance().removeMapLayer(image.id())
    settle()
    picture("layer_removed", dock)
    section = dock.sections.distil
    return {"words": section.problem.words(), "may_start": section.button.isEnabled()}


def reloading_the_plugin(dock):
    iface.newProject(False)
    choose(dock, *add_ground(), steps=100)
    press(dock)
    until_trained(dock)
    unloadPlugin(KEY)
    told = {"workers": len(workers())}
    settle()
    told.update(traces_of_the_plugin())
    loadPlugin(KEY)
    startPlugin(KEY)
    dock = opened_dock()
    section = dock.sections.distil
    wait_for(section.unfinished.isVisible, 10, "the offer to go on")
    dock._scroll.ensureWidgetVisible(section.unfinished)
    picture("offered", dock)
    told["docks_again"] = len(docks())
    click(next(each for each in section.unfinished.findChildren(QPushButton) if each.text() == "Resume"))
    wait_for(lambda: section.work.course.stage or not section.work.state.busy, 60, "a job at work")
    QgsProject.instance().removeAllMapLayers()
    until_over(dock)
    settle()
    told.update(groups=groups(), library=len(dock.services.library.entries()))
    return told


def traces_of_the_plugin():
    """What is left of it when it is out."""
    places = (iface.rasterMenu(), iface.pluginToolBar(), iface.mainWindow().createPopupMenu())
    return {
        "docks": len(docks()),
        "actions": [action.text() for place in places for action in place.actions() if "RSKD" in action.text()],
        "provider": QgsApplication.processingRegistry().providerById("rskd") is not None,
        "tasks": [task.description() for task in QgsApplication.taskManager().activeTasks()],
    }


def journey():
    dock = opened_dock()
    choose(dock, *add_ground(), steps=100)
    for trouble in (pausing_with_the_dock_closed, killing_the_worker, opening_another_project, removing_chosen_layers):
        result[trouble.__name__] = trouble(dock)
    result["with_the_plugin"] = len(traces_of_the_plugin()["actions"])
    result["reloading_the_plugin"] = reloading_the_plugin(dock)


fly(journey)
