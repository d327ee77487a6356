import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtGui import QIcon

pytestmark = pytest.mark.qgis


@pytest.fixture
def plugin(installed, qgis_iface):
    import rskd_qgis

    return rskd_qgis.classFactory(qgis_iface)


def docks(iface):
    return iface.mainWindow().findChildren(QgsDockWidget, "RskdDock")


def test_loading_the_package_imports_neither_qt_nor_the_backend(installed):
    import subprocess
    import sys

    code = f"import sys; sys.path.insert(0, {str(installed.parent)!r}); import rskd_qgis; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"qgis", "PyQt5", "PyQt6", "rskd", "numpy", "torch"} & set(loaded)


def test_unloading_leaves_nothing_behind(plugin, qgis_iface, qtbot):
    plugin.initGui()
    (dock,) = docks(qgis_iface)
    with qtbot.waitSignal(dock.destroyed):
        plugin.unload()
    assert docks(qgis_iface) == []


def test_it_can_be_loaded_again_after_unloading(plugin, qgis_iface, qtbot):
    for _ in range(2):
        plugin.initGui()
        (dock,) = docks(qgis_iface)
        with qtbot.waitSignal(dock.destroyed):
            plugin.unload()


def test_the_icon_is_there(installed):
    icon = QIcon(str(installed / "resources" / "icon.svg"))
    assert not icon.pixmap(24, 24).isNull()
