"""Starts QGIS with the plugin in a profile of its own: `dev.py FOLDER`; the user's own profile stays as it is.

QGIS wants `metadata.txt`, `backend/` and `resources/` inside the plugin's folder; in the repository they stand beside
it. So the profile gets a folder of links: edit the repository, restart QGIS (or use Plugin Reloader), see the change.
Run it anew after adding a file to the top of `rskd_qgis/`. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "rskd_qgis"


def link(plugin: Path) -> None:
    """Makes `plugin` a folder of links to the repository."""
    shutil.rmtree(plugin, ignore_errors=True)
    plugin.mkdir(parents=True)
    beside = [ROOT / name for name in ("backend", "resources", "metadata.txt", "LICENSE")]
    for source in [*(ROOT / NAME).glob("[!_.]*"), ROOT / NAME / "__init__.py", *beside]:
        (plugin / source.name).symlink_to(source)


def enable(profile: Path) -> None:
    """Switches the plugin on in a profile that has no settings yet."""
    settings = profile / "QGIS" / "QGIS3.ini"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(f"[PythonPlugins]\n{NAME}=true\n", encoding="utf-8")


def start(folder: Path) -> None:
    """Replaces this process by QGIS."""
    qgis = shutil.which("qgis")
    if qgis is None:
        sys.exit("QGIS is not installed.")
    profile = folder / "profiles" / "default"
    link(profile / "python" / "plugins" / NAME)
    enable(profile)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [qgis, "--nologo", "--profiles-path", str(folder), "--profile", "default"]
    os.execve(qgis, command, environment)  # noqa: S606 - a list, no shell


if __name__ == "__main__":
    start(Path(sys.argv[1]).resolve())
