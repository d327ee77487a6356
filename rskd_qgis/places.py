"""Folders of RSKD on this machine: outside the plugin's folder, so that they survive its updates."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.PyQt.QtCore import QStandardPaths

PLUGIN = Path(__file__).resolve().parent
"""The plugin's own folder."""


def home() -> Path:
    r"""Where RSKD keeps everything that is its own: environments, jobs, students.

    `%LOCALAPPDATA%\\rskd`, `~/Library/Application Support/rskd` or `~/.local/share/rskd`; `RSKD_HOME` overrides it.
    """
    given = os.environ.get("RSKD_HOME")
    if given:
        return Path(given)
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)) / "rskd"


def environments() -> Path:
    """One folder an environment of the backend."""
    return home() / "environments"


def jobs() -> Path:
    """One folder a distillation, where no other was chosen."""
    return home() / "jobs"


def students() -> Path:
    """The library: one folder a student package."""
    return home() / "students"


def resources() -> Path:
    """Icons, styles and the sample; beside the plugin in the repository, inside it where it is installed."""
    inside = PLUGIN / "resources"
    return inside if inside.is_dir() else PLUGIN.parent / "resources"


def backend() -> Path:
    """The backend's project: `start.py` and the package `rskd`."""
    inside = PLUGIN / "backend"
    return inside if inside.is_dir() else PLUGIN.parent / "backend"
