"""With real interpreters: the project's own two, and copies of one that are broken on purpose."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsFeedback

ROOT = Path(__file__).resolve().parents[3]
RUN_PYTHON, TRAIN_PYTHON = (ROOT / name / "bin" / "python" for name in (".venv-run", ".venv"))

pytestmark = pytest.mark.qgis


@pytest.fixture
def probe(installed):
    from rskd_qgis.environment import probe

    return probe


@pytest.fixture
def copied(tmp_path):
    """An environment that shares the run tier's packages by links, so that one can be taken out of it."""
    if not RUN_PYTHON.exists():
        pytest.skip("make setup has not made .venv-run")
    folder = tmp_path / "env with ü"
    subprocess.run([RUN_PYTHON, "-m", "venv", "--without-pip", folder], check=True)
    (ours,) = (RUN_PYTHON.parents[1] / "lib").glob("python*/site-packages")
    packages = folder / "lib" / ours.parent.name / "site-packages"
    for entry in ours.iterdir():
        (packages / entry.name).symlink_to(entry)
    return folder / "bin" / "python", packages


def ask(probe, python, qtbot, tier="run"):
    asked = probe.Probe(python, tier)
    with qtbot.waitSignal(asked.finished, timeout=60_000) as heard:
        asked.start()
    return heard.args[0]


@pytest.mark.skipif(not RUN_PYTHON.exists(), reason="make setup has not made .venv-run")
def test_the_run_environment_can_run_and_not_train(probe, qtbot):
    report = ask(probe, RUN_PYTHON, qtbot)
    assert report.trouble == ""
    assert report.ready("run")
    assert not report.ready("train")
    assert "torch" in report.tiers["train"].missing
    assert report.tiers["run"].whole
    assert not report.managed


@pytest.mark.slow
@pytest.mark.skipif(not TRAIN_PYTHON.exists(), reason="make setup has not made .venv")
def test_the_train_environment_can_do_both(probe):
    report = probe.probe(TRAIN_PYTHON, "train", QgsFeedback())
    assert report.ready("train")
    assert report.wanting("train") == []


def test_a_whole_copy_is_whole(probe, qtbot, copied):
    assert ask(probe, copied[0], qtbot).ready("run")


def test_a_package_that_was_deleted_is_missing_though_its_notes_are_there(probe, qtbot, copied):
    python, packages = copied
    (packages / "shapely").unlink()
    report = ask(probe, python, qtbot)
    assert report.tiers["run"].missing == ("shapely",)
    assert report.wanting("run") == ["shapely"]
    assert not report.ready("run")


def test_a_package_that_does_not_load_is_broken(probe, qtbot, copied):
    python, packages = copied
    (packages / "rasterio").unlink()
    (packages / "rasterio").mkdir()
    (packages / "rasterio" / "__init__.py").write_text("raise OSError('libgdal.so: no such file')\n", encoding="utf-8")
    report = ask(probe, python, qtbot)
    assert report.tiers["run"].broken == (("rasterio", "OSError: libgdal.so: no such file"),)
    assert not report.ready("run")


def test_a_package_that_takes_python_down_is_named(probe, qtbot, copied):
    python, packages = copied
    (packages / "onnxruntime").unlink()
    (packages / "onnxruntime").mkdir()
    (packages / "onnxruntime" / "__init__.py").write_text("import os\nos.abort()\n", encoding="utf-8")
    report = ask(probe, python, qtbot)
    ((module, why),) = report.tiers["run"].broken
    assert module == "onnxruntime"
    assert "crashed" in why


def test_a_package_that_is_too_old_is_named(probe, qtbot, copied):
    python, packages = copied
    (notes,) = packages.glob("pydantic-*.dist-info")
    old = packages / "pydantic-2.0.dist-info"
    old.mkdir()
    words = (notes / "METADATA").read_text(encoding="utf-8")
    version = notes.name[len("pydantic-") : -len(".dist-info")]
    (old / "METADATA").write_text(words.replace(f"Version: {version}", "Version: 2.0"), encoding="utf-8")
    notes.unlink()
    assert ask(probe, python, qtbot).tiers["run"].old == ("pydantic",)


def test_a_python_that_went_away(probe, qtbot, copied):
    python, _ = copied
    python.unlink()
    python.symlink_to("/nowhere/python3.12")
    report = ask(probe, python, qtbot)
    assert "no longer there" in report.trouble
    assert not report.ready("run")


def test_a_program_that_is_no_python(probe, qtbot):
    report = ask(probe, Path("/bin/true"), qtbot)
    assert "does not start" in report.trouble


def test_too_old_a_python_says_so(probe, installed):
    line = '{"version": [3, 9, 2], "prefix": "/usr", "managed": false, "versions": {}}'
    from rskd_qgis import places
    from rskd_qgis.environment import requirements

    names = ", ".join(f'"{each.name}": ""' for each in requirements.up_to(places.backend(), "train"))
    report = probe.read(Path("/usr/bin/python3"), [line.replace("{}", "{" + names + "}")], 0)
    assert "3.9.2" in report.trouble
    assert not report.ready("run")


def test_the_child_speaks_old_python_too(installed):
    """It must be able to say that a Python is too old."""
    source = (installed / "environment" / "probe_child.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)]
    at_the_top = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert at_the_top == {"importlib", "importlib.util", "json", "os", "sys", "sysconfig"}
    assert not [node for node in tree.body if isinstance(node, ast.ImportFrom)]  # nothing from the future either


def test_a_python_without_notes_on_packages_says_who_it_is(probe, installed, tmp_path):
    """As before 3.8: `importlib.metadata` is not there."""
    child = installed / "environment" / "probe_child.py"
    code = (
        "import sys, runpy; sys.modules['importlib.metadata'] = None; sys.version_info = (3, 6, 9, 'final', 0); "
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    asked = probe._command(Path(sys.executable), "run")[-1]
    said = subprocess.run([sys.executable, "-c", code, child, asked], capture_output=True, text=True, check=True)
    report = probe.read(Path(sys.executable), said.stdout.splitlines(), 0)
    assert report.trouble == "This is Python 3.6.9; RSKD needs Python 3.11 or newer."


@pytest.mark.parametrize("name", ["python3.8", "python3.9", "python3.10"])
def test_an_old_python_says_so(probe, qtbot, name):
    old = shutil.which(name)
    if old is None or subprocess.run([old, "--version"], capture_output=True).returncode:
        pytest.skip("not on this machine")
    assert "RSKD needs Python 3.11" in ask(probe, Path(old), qtbot).trouble
