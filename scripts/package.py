"""Builds the plugin's zip, as QGIS installs it: `package.py FOLDER` writes `FOLDER/rskd_qgis-VERSION.zip`.

One folder `rskd_qgis/` with the plugin, `backend/`, `resources/`, `metadata.txt` and `LICENSE`. Only files that git
tracks go in, sorted and with one date, so that the same files give the same zip. Standard library only.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
NAME = "rskd_qgis"
PARTS = (NAME, "backend", "resources", "metadata.txt", "LICENSE")
DATE = (2026, 1, 1, 0, 0, 0)
LARGEST = 25_000_000  # bytes: what the QGIS plugin site accepts


def tracked() -> list[PurePosixPath]:
    """The files that belong into the zip, relative to the repository."""
    command = ["git", "ls-files", "-z", "--", *PARTS]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted(PurePosixPath(name) for name in names if name)


def build(folder: Path) -> Path:
    """Writes the zip and returns its path."""
    metadata = ConfigParser()
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}-{metadata['general']['version']}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in tracked():
            # The plugin's own files stand beside the rest, in the one folder.
            inside = file if file.parts[0] == NAME else NAME / file
            entry = zipfile.ZipInfo(str(inside), DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (ROOT / file).read_bytes())
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path} has {path.stat().st_size / 1e6:.1f} MB; the plugin site accepts {LARGEST / 1e6:.0f} MB.")
    return path


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
