"""Installs, upgrades and removes the plugin through QGIS's plugin manager, from the repository at RSKD_TEST_ADDRESS."""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
import pyplugin_installer
from pilot import fly, result, settle
from pyplugin_installer.installer_data import plugins as known
from qgis.core import QgsSettings
from qgis.utils import home_plugin_path, pluginMetadata, plugins

KEY = "rskd_qgis"
ADDRESS, SERVED = os.environ["RSKD_TEST_ADDRESS"], Path(os.environ["RSKD_TEST_SERVED"])


def subscribe():
    settings = QgsSettings()
    settings.setValue("app/plugin_installer/allowExperimental", True)
    settings.setValue("app/plugin_repositories/RSKD/url", f"{ADDRESS}/plugins.xml")
    settings.setValue("app/plugin_repositories/RSKD/enabled", True)
    # The public repository is out of reach here, and a dialog would say so.
    official = "app/plugin_repositories/QGIS Official Plugin Repository"
    settings.setValue(f"{official}/url", "https://plugins.qgis.org/plugins/plugins.xml")
    settings.setValue(f"{official}/enabled", False)


def fetched():
    """What the manager knows of the plugin after asking the repository."""
    installer = pyplugin_installer.instance()
    installer.fetchAvailablePlugins(True)
    return known.all()[KEY]


def install():
    pyplugin_installer.instance().installPlugin(KEY, quiet=True, stable=False)
    settle()
    return {
        "version": pluginMetadata(KEY, "version"),
        "running": KEY in plugins,
        "broken": known.all()[KEY]["error"],
        "backend": (Path(home_plugin_path) / KEY / "backend" / "start.py").is_file(),
    }


def journey():
    subscribe()
    result["offered"] = fetched()["version_available"]
    result["installed"] = install()
    (SERVED / "newer.xml").replace(SERVED / "plugins.xml")
    listed = fetched()
    result["offered_later"], result["status_later"] = listed["version_available"], listed["status_exp"]
    result["upgraded"] = install()
    pyplugin_installer.instance().uninstallPlugin(KEY, quiet=True)
    settle()
    result["running_after_removal"] = KEY in plugins
    result["files_after_removal"] = (Path(home_plugin_path) / KEY).exists()


fly(journey)
