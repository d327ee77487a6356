import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication
from qgis.gui import QgsDockWidget
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QCloseEvent, QIcon
from qgis.PyQt.QtWidgets import QMenu

pytestmark = pytest.mark.qgis


@pytest.fixture
def plugin(installed, qgis_iface, tmp_path, monkeypatch):
    import rskd_qgis

    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    return rskd_qgis.classFactory(qgis_iface)


def docks(iface):
    return iface.mainWindow().findChildren(QgsDockWidget, "RskdDock")


def provider():
    return QgsApplication.processingRegistry().providerById("rskd")


def unload(plugin, iface, qtbot):
    (dock,) = docks(iface)
    with qtbot.waitSignal(dock.destroyed):
        plugin.unload()


def loaded_by(installed, code):
    """Modules that are there after `code`, in an interpreter of its own."""
    whole = f"import sys; sys.path.insert(0, {str(installed.parent)!r}); {code}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True).stdout.split())


def test_loading_the_package_imports_neither_qt_nor_the_backend(installed):
    loaded = loaded_by(installed, "import rskd_qgis")
    assert not {"qgis", "PyQt5", "PyQt6", "rskd", "numpy", "torch"} & loaded


def test_what_the_plugin_imports_holds_no_section_of_the_dock(installed):
    loaded = loaded_by(installed, "import rskd_qgis.plugin")
    ours = {name for name in loaded if name.startswith("rskd_qgis.")}
    gui = {name for name in ours if name.startswith("rskd_qgis.gui.")}
    assert gui == {"rskd_qgis.gui.dock", "rskd_qgis.gui.quitting"}
    assert not {name for name in ours if name.startswith(("rskd_qgis.draft", "rskd_qgis.layers"))}
    assert not {"numpy", "rskd", "torch"} & loaded


def test_unloading_leaves_nothing_behind(plugin, qgis_iface, qtbot):
    plugin.initGui()
    assert provider() is not None
    unload(plugin, qgis_iface, qtbot)
    assert docks(qgis_iface) == []
    assert provider() is None


def test_the_raster_menu_holds_it_without_a_submenu(plugin, qgis_iface, qtbot, monkeypatch):
    menu = QMenu()
    qtbot.addWidget(menu)
    monkeypatch.setattr(qgis_iface, "rasterMenu", lambda: menu, raising=False)
    plugin.initGui()
    (action,) = menu.actions()
    assert (action.text(), action.menu()) == ("RSKD", None)
    unload(plugin, qgis_iface, qtbot)
    assert menu.actions() == []


def test_unloading_after_the_dock_was_used_leaves_nothing_behind(plugin, qgis_iface, qtbot):
    window = qgis_iface.mainWindow()
    window.show()
    plugin.initGui()
    plugin.dock.show()
    assert plugin.dock.sections is not None
    unload(plugin, qgis_iface, qtbot)
    window.hide()
    assert docks(qgis_iface) == []


def test_it_can_be_loaded_again_after_unloading(plugin, qgis_iface, qtbot):
    for _ in range(2):
        plugin.initGui()
        unload(plugin, qgis_iface, qtbot)


def test_processing_alone_can_be_had(plugin):
    plugin.initProcessing()
    assert "rskd:distil" in {algorithm.id() for algorithm in provider().algorithms()}
    QgsApplication.processingRegistry().removeProvider(plugin.provider)


def spoken():
    return QCoreApplication.translate("Sections", "3  Teacher")


def test_what_qgis_process_loads_speaks_the_language_of_qgis(plugin, monkeypatch):
    from rskd_qgis import translation

    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: "es"))
    plugin.initProcessing()
    assert spoken() == "3  Maestro"
    QgsApplication.processingRegistry().removeProvider(plugin.provider)
    translation.remove(plugin.translator)
    assert spoken() == "3  Teacher"  # it was there once


def test_the_desktop_loads_the_language_once_and_takes_it_away(plugin, qgis_iface, qtbot, monkeypatch):
    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: "es"))
    for _ in range(2):
        plugin.initGui()
        assert spoken() == "3  Maestro"
        unload(plugin, qgis_iface, qtbot)
        assert spoken() == "3  Teacher"


def test_the_icon_is_there(installed):
    icon = QIcon(str(installed / "resources" / "icon.svg"))
    assert not icon.pixmap(24, 24).isNull()


def job(kind, title):
    return SimpleNamespace(job=kind, description=lambda: title)


class Running:
    """Stands for jobs at work: what counts here is only who is asked to stop."""

    def __init__(self):
        self.stopped, self.tasks = 0, [job("distill", "Forest")]

    def running(self):
        return [] if self.stopped else self.tasks

    def stop_all(self):
        self.stopped += 1


@pytest.fixture
def guarded(plugin, qtbot):
    """A window that is watched, the jobs, and the guard."""
    from qgis.PyQt.QtWidgets import QMainWindow

    from rskd_qgis.gui.quitting import QuitGuard

    window, jobs = QMainWindow(), Running()
    window.show()
    guard = QuitGuard(window, jobs)
    yield window, jobs, guard
    guard.remove()  # not by qtbot: it closes the window first, and would be asked
    window.close()
    window.deleteLater()


def close(window):
    event = QCloseEvent()
    QCoreApplication.sendEvent(window, event)
    return event.isAccepted()


@pytest.mark.parametrize(("stop", "stopped"), [(True, 1), (False, 0)])
def test_closing_qgis_while_a_job_runs_asks(guarded, monkeypatch, stop, stopped):
    window, jobs, guard = guarded
    monkeypatch.setattr(guard, "asks", lambda: stop)
    assert close(window) is stop
    assert jobs.stopped == stopped


def test_closing_qgis_without_a_job_asks_nothing(guarded, monkeypatch):
    window, jobs, guard = guarded
    jobs.stopped = 1
    monkeypatch.setattr(guard, "asks", lambda: pytest.fail("asked"))
    assert close(window)


def test_the_question_keeps_qgis_open_on_escape(guarded, qtbot):
    from qgis.PyQt.QtCore import Qt, QTimer
    from qgis.PyQt.QtWidgets import QApplication

    _, _, guard = guarded
    QTimer.singleShot(0, lambda: qtbot.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape))
    assert guard.asks() is False


@pytest.mark.parametrize(
    ("kinds", "says", "goes_on"),
    [
        (["distill"], "RSKD is still distilling.", "can go on from there"),
        (["predict"], "RSKD is at work on: predict.", "has to be started again"),
        (["distill", "predict"], "RSKD is still distilling, and at work on: predict.", "the rest has to be started"),
    ],
)
def test_the_question_says_what_runs_and_what_can_go_on(guarded, qtbot, kinds, says, goes_on):
    from qgis.PyQt.QtCore import Qt, QTimer
    from qgis.PyQt.QtWidgets import QApplication

    _, jobs, guard = guarded
    jobs.tasks = [job(kind, kind) for kind in kinds]
    seen = []

    def look():
        box = QApplication.activeModalWidget()
        seen.extend([box.text(), box.informativeText()])
        qtbot.keyClick(box, Qt.Key.Key_Escape)

    QTimer.singleShot(0, look)
    guard.asks()
    assert seen[0] == says
    assert goes_on in seen[1]


def test_unloading_closes_the_windows_and_waits_for_what_runs(plugin, qgis_iface, qtbot, monkeypatch):
    plugin.initGui()
    dock = plugin.dock
    dock._build()
    from rskd_qgis.environment import disk, installer
    from rskd_qgis.environment.order import Order
    from rskd_qgis.gui.many import ManyDialog
    from rskd_qgis.students import Entry

    begun, ended, looked = threading.Semaphore(0), [], []

    def install(one):
        begun.release()
        while not one._feedback.isCanceled():
            threading.Event().wait(0.01)
        threading.Event().wait(0.3)  # an installer that is slow to end
        ended.append("set-up")
        raise installer.Stopped

    def sweep(folder, stopped):
        begun.release()
        threading.Event().wait(0.3)

    monkeypatch.setattr(installer.Installation, "run", install)
    monkeypatch.setattr(disk, "sweep", sweep)
    monkeypatch.setattr(disk, "usages", lambda stopped: ended.append("counting") or [])
    dialog = ManyDialog.open_for(Entry.of(Path("/x"), {}), dock.services, dock.sections.result)
    dock.setup._start(Order())
    dock.setup.disk.count()
    try:
        qtbot.waitUntil(lambda: begun.acquire(blocking=False))
        qtbot.waitUntil(lambda: begun.acquire(blocking=False))
        monkeypatch.setattr(dock.setup, "_look", lambda *_: looked.append(1))
    finally:
        plugin.unload()  # else the installer waits for its end for ever
    assert sorted(ended) == ["counting", "set-up"]
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: sip.isdeleted(dialog) and sip.isdeleted(dock))
    assert looked == []
