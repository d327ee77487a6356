"""Builds the plugin as QGIS installs it: `package.py FOLDER [--address URL]`.

Writes `rskd_qgis-VERSION.zip`, one folder `rskd_qgis/` with the plugin, `backend/`, `resources/`, `metadata.txt` and
`LICENSE`, and `plugins.xml`, which makes the folder a plugin repository once both lie at `URL`. Only files that git
tracks go in, and the translations compiled from them, sorted and with one date, so that the same files give the same
zip. Standard library only, and Qt's `lrelease`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from configparser import ConfigParser, SectionProxy
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
NAME = "rskd_qgis"
PARTS = (NAME, "backend", "resources", "metadata.txt", "LICENSE")
DATE = (2026, 1, 1, 0, 0, 0)
LARGEST = 25_000_000  # bytes: what the QGIS plugin site accepts
COMPILER = "lrelease"
DEBIAN = "/usr/lib/qt5/bin"  # where Debian keeps it when no link is on the path

# metadata.txt -> the words of a plugin repository
LISTED = {
    "description": "description",
    "about": "about",
    "version": "version",
    "qgisMinimumVersion": "qgis_minimum_version",
    "qgisMaximumVersion": "qgis_maximum_version",
    "homepage": "homepage",
    "tracker": "tracker",
    "repository": "repository",
    "author": "author_name",
    "tags": "tags",
    "category": "category",
    "experimental": "experimental",
    "deprecated": "deprecated",
}


def metadata() -> SectionProxy:
    """What `metadata.txt` says."""
    parser = ConfigParser()
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser["general"]


def tracked() -> dict[PurePosixPath, bytes]:
    """The files that git tracks and that belong into the zip, by their place in it."""
    command = ["git", "ls-files", "-z", "--", *PARTS]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    files = [PurePosixPath(name) for name in names if name and not name.endswith(".ts")]
    # The plugin's own files stand beside the rest, in the one folder.
    return {file if file.parts[0] == NAME else NAME / file: (ROOT / file).read_bytes() for file in files}


def translations() -> dict[PurePosixPath, bytes]:
    """The compiled translations, by their place in the zip."""
    compiler = shutil.which(COMPILER) or shutil.which(COMPILER, path=DEBIAN)
    if compiler is None:
        sys.exit(f"Qt's “{COMPILER}” is needed to compile the translations (Debian: qttools5-dev-tools).")
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted((ROOT / NAME / "i18n").glob("*.ts")):
            compiled = Path(folder) / source.with_suffix(".qm").name
            subprocess.run([compiler, "-silent", str(source), "-qm", str(compiled)], check=True)
            made[PurePosixPath(NAME, "i18n", compiled.name)] = compiled.read_bytes()
    return made


def write_zip(path: Path, files: dict[PurePosixPath, bytes]) -> None:
    """Writes the plugin's zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(str(name), DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path} has {path.stat().st_size / 1e6:.1f} MB; the plugin site accepts {LARGEST / 1e6:.0f} MB.")


def write_listing(path: Path, package: str, address: str) -> None:
    """Writes `plugins.xml`, the list of a plugin repository that holds this plugin alone."""
    said = metadata()
    plugins = ET.Element("plugins")
    plugin = ET.SubElement(plugins, "pyqgis_plugin", name=said["name"], version=said["version"])
    entries = {word: said[key] for key, word in LISTED.items()}
    # QGIS takes what stands before the first dot of the file's name for the plugin's folder.
    entries |= {"file_name": f"{NAME}.{said['version']}.zip", "download_url": address.rstrip("/") + "/" + package}
    for word, text in entries.items():
        ET.SubElement(plugin, word).text = text
    ET.indent(plugins)
    ET.ElementTree(plugins).write(path, encoding="utf-8", xml_declaration=True)


def build(folder: Path, address: str) -> Path:
    """Writes both files and returns the zip's path."""
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / f"{NAME}-{metadata()['version']}.zip"
    write_zip(package, tracked() | translations())
    write_listing(folder / "plugins.xml", package.name, address)
    return package


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default=metadata()["homepage"], help="where both files will lie")
    asked = parser.parse_args()
    print(build(asked.folder, asked.address))
