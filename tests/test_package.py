"""The plugin's zip, held to the rules of the QGIS plugin site."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

import pytest

import rskd

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = ["name", "description", "version", "qgisMinimumVersion", "author", "email", "about", "tracker", "repository"]
SUSPICIOUS = {".pyc", ".sh", ".bat", ".cmd", ".ps1", ".exe", ".dll", ".so", ".dylib", ".pkl", ".pt", ".pth"}


def build(folder: Path) -> Path:
    command = [
        sys.executable,
        str(ROOT / "scripts" / "package.py"),
        str(folder),
        "--address",
        "https://example.org/there/",
    ]
    return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


def test_plugins_xml_makes_the_folder_a_repository(package, metadata):
    plugin = ET.fromstring(package.with_name("plugins.xml").read_text(encoding="utf-8"))[0]  # noqa: S314 - our own
    assert plugin.get("name") == metadata["name"]
    assert plugin.get("version") == plugin.findtext("version") == metadata["version"]
    assert plugin.findtext("qgis_minimum_version") == "3.22"
    assert plugin.findtext("qgis_maximum_version") == "4.99"
    assert plugin.findtext("download_url") == f"https://example.org/there/{package.name}"
    # QGIS takes what stands before the first dot for the plugin's folder.
    assert plugin.findtext("file_name").partition(".")[0] == "rskd_qgis"


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def metadata(unpacked):
    parser = ConfigParser()
    parser.read(unpacked / "rskd_qgis" / "metadata.txt", encoding="utf-8")
    return parser["general"]


def files(folder):
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


def test_it_is_one_folder_with_all_its_parts(unpacked):
    assert [path.name for path in unpacked.iterdir()] == ["rskd_qgis"]
    for part in ("__init__.py", "plugin.py", "metadata.txt", "LICENSE", "resources/icon.svg", "backend/rskd/spec.py"):
        assert (unpacked / "rskd_qgis" / part).is_file(), part


def test_it_is_small_enough_and_named_for_its_version(package, metadata):
    assert package.stat().st_size <= 25_000_000
    assert package.name == f"rskd_qgis-{metadata['version']}.zip"


def test_it_holds_nothing_made_by_running_and_nothing_that_looks_like_a_program(unpacked):
    for file in files(unpacked):
        assert file.suffix not in SUSPICIOUS, file
        assert not {part for part in file.parts if part == "__pycache__" or part.startswith(".")}, file
        assert "tests" not in file.parts, file


def test_names_in_it_are_safe_on_every_system(package):
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert "\\" not in name
        assert ".." not in PurePosixPath(name).parts
        assert name.isascii()


def test_every_file_is_the_repository_s_own(unpacked):
    folder = unpacked / "rskd_qgis"
    for file in files(folder):
        if file.suffix == ".qm":
            assert (ROOT / "rskd_qgis" / file).with_suffix(".ts").is_file(), file
            continue
        beside, inside = ROOT / file, ROOT / "rskd_qgis" / file
        source = inside if inside.is_file() else beside
        assert (folder / file).read_bytes() == source.read_bytes(), file


def test_the_same_files_give_the_same_zip(package, tmp_path):
    assert build(tmp_path).read_bytes() == package.read_bytes()


def test_metadata_says_all_that_is_asked_for(metadata):
    for key in REQUIRED:
        assert metadata[key].strip(), key
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["version"])
    assert "/" not in metadata["author"]
    assert metadata["qgisMinimumVersion"] == "3.22"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert "supportsQt6" not in metadata  # given up by QGIS: the range of versions says it
    assert "plugin" not in metadata["name"].lower()


def test_the_icon_that_metadata_names_is_there(unpacked, metadata):
    assert (unpacked / "rskd_qgis" / metadata["icon"]).is_file()


def test_plugin_backend_and_changelog_are_one_version(metadata):
    released = re.findall(r"^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert metadata["version"] == rskd.__version__ == released[0]


def test_the_plugin_imports_nothing_of_the_backend(unpacked):
    folder = unpacked / "rskd_qgis"
    own = [file for file in folder.rglob("*.py") if "backend" not in file.relative_to(folder).parts]
    for file in own:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 9))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {name.split(".")[0] for name in names} & {"rskd", "torch", "rasterio", "onnxruntime"}, file


@pytest.fixture
def scanners():
    """The environment's folder of programs, as the plugin site uses them: without any list of exceptions."""
    programs = Path(sys.executable).parent
    if not (programs / "detect-secrets").exists() or not (programs / "bandit").exists():
        pytest.skip("needs bandit and detect-secrets (the backend's train environment)")
    return programs


def test_the_plugin_site_finds_nothing_that_looks_like_a_secret(unpacked, scanners):
    command = [scanners / "detect-secrets", "scan", "--all-files", "."]
    ended = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=True)
    found = json.loads(ended.stdout)["results"]
    assert found == {}, [(place, one["line_number"], one["type"]) for place, list_ in found.items() for one in list_]


def test_the_plugin_site_finds_nothing_unsafe(unpacked, scanners):
    command = [scanners / "bandit", "--quiet", "--recursive", "--format", "json", "."]
    ended = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=False)
    assert [(one["filename"], one["line_number"], one["test_id"]) for one in json.loads(ended.stdout)["results"]] == []
