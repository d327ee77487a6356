"""No build of QGIS on Qt 6 is at hand, so what breaks there is looked for in the source."""

import ast
import importlib
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "rskd_qgis").rglob("*.py"))
GONE = {"exec_", "print_"}

pytestmark = pytest.mark.qgis


def qt_names(tree):
    """Names that a module imports from QGIS or Qt, with what they stand for."""
    imports = [
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "")[:4] == "qgis"
    ]
    return {alias.asname or alias.name: (node.module, alias.name) for node in imports for alias in node.names}


def unscoped_enums(source):
    """`Class.Member` where Qt 6 wants `Class.Enum.Member`: there the value is an enum's, so a kind of int in PyQt5."""
    tree = ast.parse(source)
    known = qt_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
            module, name = known[node.value.id]
            owner = getattr(importlib.import_module(module), name)
            value = getattr(owner, node.attr, None)
            if isinstance(value, int) and type(value) is not int:
                yield f"{node.value.id}.{node.attr}"


def test_the_check_itself_sees_an_unscoped_enum():
    source = "from qgis.PyQt.QtCore import Qt\n"
    assert list(unscoped_enums(source + "Qt.RightDockWidgetArea")) == ["Qt.RightDockWidgetArea"]
    assert list(unscoped_enums(source + "Qt.DockWidgetArea.RightDockWidgetArea")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_enums_are_scoped(file):
    assert list(unscoped_enums(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_qt_comes_through_qgis_and_gone_methods_are_not_called(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("PyQt")
        if isinstance(node, ast.Import):
            assert not [alias for alias in node.names if alias.name.startswith("PyQt")]
        if isinstance(node, ast.Attribute):
            assert node.attr not in GONE
