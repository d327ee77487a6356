"""Opens and closes the dock and takes the plugin out again."""

import os
import sys

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
from pilot import docks, fly, iface, picture, result, settle
from qgis.utils import plugin_times, plugins, unloadPlugin


def raster_menu_titles():
    return [action.text() for action in iface.rasterMenu().actions()]


def journey():
    result["loaded"] = "rskd_qgis" in plugins
    result["start"] = plugin_times.get("rskd_qgis", "")
    plugin = plugins["rskd_qgis"]
    result["in_raster_menu"] = "RSKD" in raster_menu_titles()
    result["in_toolbar"] = plugin.action in iface.pluginToolBar().actions()
    result["visible_at_start"] = plugin.dock.isVisible()
    plugin.action.trigger()
    settle()
    result["visible_after_click"] = plugin.dock.isVisible()
    picture("desktop")
    picture("dock", plugin.dock)
    plugin.action.trigger()
    settle()
    result["visible_after_second_click"] = plugin.dock.isVisible()
    unloadPlugin("rskd_qgis")
    settle()
    result["docks_after_unload"] = len(docks())
    result["in_raster_menu_after_unload"] = "RSKD" in raster_menu_titles()


fly(journey)
