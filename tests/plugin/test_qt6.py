"""No build of QGIS on Qt 6 is at hand, so what breaks there is looked for in the source."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "rskd_qgis").rglob("*.py"))
GONE = {"exec_", "print_"}
GONE_OF_EVENTS = {"pos", "x", "y", "globalPos", "globalX", "globalY", "localPos", "windowPos", "screenPos"}

pytestmark = pytest.mark.qgis


def imported(tree):
    """The classes that a module imports from QGIS or Qt."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qgis":
            for alias in node.names:
                found = getattr(importlib.import_module(node.module), alias.name, None)
                if isinstance(found, type):
                    yield found


@cache
def enumerations(classes):
    """Members of enumerations that these classes have without their scope, and names of the enumerations."""
    members, enums = set(), set()
    for owner in classes:
        for name in dir(owner):
            value = getattr(owner, name, None)
            # In PyQt5 the value is an enum's, so a kind of int.
            if isinstance(value, int) and type(value) not in (int, bool):
                members.add(name)
                enums.add(type(value).__name__)
            elif isinstance(value, type):
                enums.add(name)
    return members - enums, enums


@cache
def classes_of_the_plugin():
    return frozenset(owner for file in FILES for owner in imported(parsed(file)))


def parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def last_name(node):
    """`c` of `a.b.c`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def unscoped_enums(tree):
    """Members of enumerations on whatever has them, but for the enumeration itself or another name for it."""
    members, enums = enumerations(classes_of_the_plugin() | frozenset(imported(tree)))
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and last_name(node.value) in enums]
    scopes = enums | {last_name(target) for node in given for target in node.targets}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in members and last_name(node.value) not in scopes:
            yield ast.unparse(node)


def gone(tree):
    """Calls, names and arguments that Qt 6 has no more, and Qt past `qgis.PyQt`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and re.match(r"PyQt\d", node.module or ""):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if re.match(r"PyQt\d", alias.name))
        elif isinstance(node, ast.Attribute) and (node.attr in GONE or ast.unparse(node) == "QVariant.Type"):
            yield ast.unparse(node)
        elif isinstance(node, ast.keyword) and node.arg == "resource_suffix":
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.Lambda)):
            yield from gone_of_events(node)


def gone_of_events(function):
    """Places that events of the mouse told in whole pixels: `event.pos()`, now `event.position()`."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    events = {
        each.arg
        for each in arguments
        if "event" in each.arg.lower() or (each.annotation and "Event" in ast.unparse(each.annotation))
    }
    for node in ast.walk(function):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in GONE_OF_EVENTS and last_name(called.value) in events:
            yield ast.unparse(node)


IMPORTS = "from qgis.PyQt.QtCore import Qt\nfrom qgis.PyQt.QtWidgets import QFrame, QMessageBox\n"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Qt.RightDockWidgetArea", "Qt.RightDockWidgetArea"),
        ("frame.setFrameShape(self.NoFrame)", "self.NoFrame"),
        ("Box = QMessageBox\nBox.question(a, b, c, Box.Yes)", "Box.Yes"),
        ("QMessageBox().exec() == self.box.Yes", "self.box.Yes"),
        ("QFrame().NoFrame", "QFrame().NoFrame"),
    ],
)
def test_the_check_itself_sees_an_unscoped_enum(line, found):
    assert list(unscoped_enums(ast.parse(IMPORTS + line))) == [found]


@pytest.mark.parametrize(
    "line",
    [
        "Qt.DockWidgetArea.RightDockWidgetArea",
        "self.Shape.NoFrame",
        "buttons = QMessageBox.StandardButton\nbuttons.Yes | buttons.No",
        "self.yes = QMessageBox.StandardButton.Yes",
        "Qt.DockWidgetArea",
    ],
)
def test_the_check_itself_lets_a_scoped_enum_pass(line):
    assert list(unscoped_enums(ast.parse(IMPORTS + line))) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("menu.exec_()", "menu.exec_"),
        ("from PyQt5.QtCore import Qt", "PyQt5.QtCore"),
        ("import PyQt6.QtGui", "PyQt6.QtGui"),
        ("QgsField('a', QVariant.Type.Int)", "QVariant.Type"),
        ("uic.loadUiType(file, resource_suffix='')", "resource_suffix"),
        ("def mousePressEvent(self, event): self.at = event.pos()", "event.pos()"),
        ("def press(self, e: QMouseEvent): return e.globalX()", "e.globalX()"),
        ("tool.moved = lambda event: event.x()", "event.x()"),
    ],
)
def test_the_check_itself_sees_what_is_gone(line, found):
    assert list(gone(ast.parse(line))) == [found]


@pytest.mark.parametrize(
    "line",
    [
        "menu.exec()",
        "from qgis.PyQt.QtCore import Qt",
        "QVariant.Int",
        "def mousePressEvent(self, event): self.at = event.position().toPoint()",
        "def place(self, event): return self.widget.pos()",
    ],
)
def test_the_check_itself_lets_what_stays_pass(line):
    assert list(gone(ast.parse(line))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_enums_are_scoped(file):
    assert list(unscoped_enums(parsed(file))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_nothing_is_used_that_qt_6_has_no_more(file):
    assert list(gone(parsed(file))) == []


def test_names_fetched_past_the_check_are_there_and_are_enumerations():
    """`processing/names.py` spells three names as text; nowhere else is one fetched so."""
    fetched = {}
    for file in FILES:
        tree = parsed(file)
        known = {owner.__name__: owner for owner in imported(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and last_name(node.func) == "getattr" and last_name(node.args[0]) in known:
                owner = known[last_name(node.args[0])]
                fetched[f"{owner.__name__}.{node.args[1].value}"] = (file.name, getattr(owner, node.args[1].value))
    assert sorted(fetched) == [
        "QgsProcessing.TypeRaster",
        "QgsProcessing.TypeVectorPolygon",
        "QgsProcessingParameterDefinition.FlagAdvanced",
    ]
    assert {name for name, _ in fetched.values()} == {"names.py"}
    assert all(type(value) is not int for _, value in fetched.values())


def test_the_names_of_processing_are_what_the_newer_spellings_say(installed):
    from qgis.core import Qgis, QgsProcessing, QgsProcessingParameterDefinition, QgsProcessingParameterNumber

    from rskd_qgis.processing import names

    sources = getattr(Qgis, "ProcessingSourceType", None)  # since 3.36
    if sources is None:
        assert (names.RASTER, names.POLYGONS) == (3, 2)
        assert isinstance(names.RASTER, QgsProcessing.SourceType)
    else:
        assert (sources.Raster, sources.VectorPolygon) == (names.RASTER, names.POLYGONS)
    flags = getattr(Qgis, "ProcessingParameterFlag", QgsProcessingParameterDefinition)
    advanced = getattr(flags, "Advanced", None) or flags.FlagAdvanced
    number = names.advanced(QgsProcessingParameterNumber("n", "N"))
    assert number.flags() & advanced
