"""The plugin as users get it: the tests import it from the unpacked zip, not from the repository."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def plugins_folder(tmp_path_factory) -> Path:
    """A folder that holds the installed plugin, as a profile's `python/plugins` does."""
    folder = tmp_path_factory.mktemp("plugins")
    command = [sys.executable, str(ROOT / "scripts" / "package.py"), str(folder)]
    package = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def installed(plugins_folder, monkeypatch) -> Path:
    """The installed plugin's folder, importable as `rskd_qgis`."""
    monkeypatch.syspath_prepend(str(plugins_folder))
    return plugins_folder / "rskd_qgis"
