"""The page with real interpreters; the installation itself is tested in bridge/test_installer.py."""

import subprocess
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractButton

ROOT = Path(__file__).resolve().parents[3]
RUN_PYTHON = ROOT / ".venv-run" / "bin" / "python"

pytestmark = pytest.mark.qgis

needs_run = pytest.mark.skipif(not RUN_PYTHON.exists(), reason="make setup has not made .venv-run")


@pytest.fixture
def environment(installed, qgis_app, monkeypatch, tmp_path):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    from rskd_qgis.environment import environment, graphics

    monkeypatch.setattr(graphics, "tool", lambda: None)
    environment.use(None)
    yield environment
    environment.use(None)


@pytest.fixture
def page(environment, qtbot):
    from rskd_qgis.gui.setup import SetupPage

    page = SetupPage()
    qtbot.addWidget(page)
    page.resize(360, 700)
    page.show()
    yield page
    page.shut_down()


def buttons(page):
    return {each.text() for each in page.findChildren(QAbstractButton) if each.isVisible() and each.text()}


def test_the_first_opening_explains_and_has_one_button(page):
    assert "Python environment of its own" in page.text.text()
    assert buttons(page) == {"Set up", page.with_training.text()}


def test_the_training_parts_come_with_the_first_set_up_where_they_are_asked_for(page):
    assert page._shown.order.tier == "run"
    words = page.with_training.text().replace("\n", " ").replace("\u00a0", " ")
    assert " MB more" in words
    assert "can be added later" in words
    page.with_training.click()
    assert page._shown.order.tier == "train"


def test_it_fits_a_narrow_panel_whatever_it_says(page, environment):
    from rskd_qgis.bridge.errors import BackendError

    deep = Path("/home/ana") / ("a-folder-with-a-long-name/" * 6)
    page.situation.error = BackendError("x", f"“{deep}” cannot be written to.", "Do something about it.")
    page.situation.environment = environment.Environment(deep / "bin" / "python", ours=True)
    page.redraw()
    for box in (page.ways, page.disk, page.log):
        box.setCollapsed(False)
    assert page.minimumSizeHint().width() <= NARROW


NARROW = 284  # 300 without a scroll bar


@pytest.mark.parametrize("phase", ["make", "checking", "ready", "wanting", "asking", "working"])
def test_it_fits_a_very_narrow_panel_in_every_phase(page, environment, phase):
    from rskd_qgis.environment.installer import Step
    from rskd_qgis.environment.probe import Report, TierState

    python = Path("/home/ana/miniconda3/envs/remote-sensing/bin/python")
    lacking = ("torch", "torchgeo", "timm", "jinja2")
    if phase != "make":
        page.situation.environment = environment.Environment(python, ours=phase != "asking")
    if phase in ("ready", "wanting", "asking"):
        run = TierState() if phase == "ready" else TierState(missing=("onnxruntime", "rasterio"))
        page.situation.report = Report(python, "", "3.12.4", {"run": run, "train": TierState(missing=lacking)})
    if phase == "working":
        page.situation.step = Step(3, 4, "Installing the packages", 120_000_000, 430_000_000, "onnxruntime")
    page.redraw()
    if phase == "asking":
        page.action.click()
        assert page.agree.isVisible()
    for box in (page.ways, page.disk, page.log):
        if box.isVisible():
            box.setCollapsed(False)
    assert page.minimumSizeHint().width() <= NARROW


def test_while_it_looks_it_says_at_which_python(page, environment):
    page.choose(Path("/usr/bin/python3"))
    assert "/usr/bin/python3" in page.text.text().replace("\u200b", "")


def test_everything_that_can_be_pressed_teaches_and_is_reached_by_keyboard(page):
    parts = [page.with_training, page.processor_only, page.recheck, page.repair, page.remove, page.training, page.again]
    parts += [page.ways.use, page.ways.install, page.log.copy, page.disk.delete, page.running.cancel, page.agree]
    for part in parts:
        assert part.toolTip()
        assert part.focusPolicy() in (Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.WheelFocus)


@needs_run
def test_a_working_environment_is_ready_at_once(page, environment, qtbot):
    environment.use(environment.Environment(RUN_PYTHON, ours=False))
    with qtbot.waitSignal(page.ready, timeout=60_000):
        page.check()
    assert "Check again" in buttons(page)
    assert any("Add training parts" in text for text in buttons(page))
    assert "Repair" not in buttons(page), "it is not RSKD's to repair"


@needs_run
def test_an_environment_of_the_user_s_is_used_as_it_is(page, environment, qtbot):
    with qtbot.waitSignals([page.changing, page.ready], timeout=60_000):
        page.ways.python.setFilePath(str(RUN_PYTHON.parents[1]))
        page.ways.use.click()
    assert environment.current() == environment.Environment(RUN_PYTHON, ours=False)


@needs_run
def test_that_a_chosen_python_is_used_from_now_on_is_said(page, environment, qtbot):
    with qtbot.waitSignal(page.taken, timeout=60_000) as said:
        page.choose(RUN_PYTHON)
    assert "RSKD now uses Python 3." in said.args[0]
    assert str(RUN_PYTHON.parents[1]) in said.args[0]
    assert page.confirmed.isVisible()
    assert page.confirmed.words().replace("\u200b", "") == said.args[0]
    page.check()
    assert not page.confirmed.isVisible()
    with qtbot.assertNotEmitted(page.taken), qtbot.waitSignal(page.ready, timeout=60_000):
        pass  # that it was found to work is no news


def test_one_that_lacks_packages_is_not_taken_and_not_written_to_unasked(page, environment, qtbot, tmp_path):
    base = next((each for each in (RUN_PYTHON, Path("/usr/bin/python3")) if each.exists()), None)
    subprocess.run([base, "-m", "venv", "--without-pip", tmp_path / "theirs"], check=True)
    page.choose(tmp_path / "theirs")
    qtbot.waitUntil(lambda: page.situation.report is not None, timeout=60_000)
    assert environment.current() is None
    assert "onnxruntime" in page.text.text()
    before = sorted((tmp_path / "theirs").rglob("*"))
    page.action.click()
    assert page.situation.step is None, "it asks first"
    assert "which is yours" in page.consent.text()
    page.leave.click()
    assert not page.consent.isVisible()
    assert sorted((tmp_path / "theirs").rglob("*")) == before


def test_a_folder_without_a_python_is_told(page, tmp_path):
    page.choose(tmp_path)
    assert "There is no Python in" in page.trouble.words()


def test_a_broken_environment_is_noticed(page, environment, qtbot):
    python = environment.own_python()
    python.parent.mkdir(parents=True)
    python.symlink_to("/nowhere/python3.12")
    environment.use(environment.Environment(python, ours=True))
    page.check()
    qtbot.waitUntil(lambda: page.situation.report is not None, timeout=60_000)
    assert "no longer there" in page.text.text()
    assert page.action.text() == "Repair"


def test_a_failure_is_told_and_can_be_tried_again(page, environment, qtbot, tmp_path):
    (tmp_path / "wheels").mkdir()
    page.ways.wheels.setFilePath(str(tmp_path / "wheels"))
    page.ways.install.click()
    assert page.running.isVisible()
    assert page.running.cancel.isVisible()
    qtbot.waitUntil(lambda: page.situation.step is None, timeout=120_000)
    assert page.situation.error.code in ("no-packages", "no-python")
    assert page.trouble.words()
    qtbot.waitUntil(page.again.isVisible)  # once it has looked at what there is now
    assert not page.running.isVisible()
    page.log.copy.click()
    said = QgsApplication.clipboard().text()
    assert page.situation.error.code in said
    assert "Looking at this machine" in said


def test_cancelling_brings_the_page_back(page, environment, qtbot, tmp_path):
    (tmp_path / "wheels").mkdir()
    page.ways.wheels.setFilePath(str(tmp_path / "wheels"))
    page.ways.install.click()
    page.running.cancel.click()
    qtbot.waitUntil(lambda: page.situation.step is None, timeout=60_000)
    assert page.situation.error is None
    assert page.action.isVisible()
    assert environment.current() is None


def test_nothing_is_changed_while_jobs_run(environment, qtbot):
    from rskd_qgis.gui.setup import SetupPage

    page = SetupPage(at_work=lambda: True)
    qtbot.addWidget(page)
    environment.own_python().parent.mkdir(parents=True)
    environment.use(environment.Environment(environment.own_python(), ours=True))
    page.check()
    qtbot.waitUntil(lambda: page.situation.report is not None, timeout=60_000)
    assert "Jobs are running" in page.why_not.text()
    page.repair.click()
    assert page.situation.step is None


def test_removing_forgets_the_environment_and_frees_the_disk(page, environment, qtbot):
    python = environment.own_python()
    python.parent.mkdir(parents=True)
    environment.use(environment.Environment(python, ours=True))
    page.take_away()
    assert environment.current() is None
    assert page.action.text() == "Set up"
    folder = environment.own_folder().parent
    qtbot.waitUntil(lambda: not list(folder.iterdir()), timeout=30_000)


def test_the_disk_list_deletes_answers_and_not_results(page, qtbot, tmp_path):
    targets = tmp_path / "jobs" / "gewata" / "targets"
    targets.mkdir(parents=True)
    (targets / "targets.tif").write_bytes(b"x" * 3_000_000)
    (targets.parent / "student.onnx").write_bytes(b"x")
    page.disk.setCollapsed(False)
    qtbot.waitUntil(lambda: page.disk.list.topLevelItemCount() == 1, timeout=30_000)
    item = page.disk.list.topLevelItem(0)
    assert (item.text(0), item.text(1)) == ("Teacher's answers of gewata", "3\u00a0MB")
    page.disk.clear_away([item.data(0, Qt.ItemDataRole.UserRole)])
    qtbot.waitUntil(lambda: page.disk.list.topLevelItemCount() == 0, timeout=30_000)
    assert [entry.name for entry in targets.parent.iterdir()] == ["student.onnx"]


def test_the_disk_list_is_counted_anew_when_something_was_installed(page, qtbot, tmp_path):
    page.disk.setCollapsed(False)  # counts, and is told in the midst of it
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles" / "1.png").write_bytes(b"x" * 3_000_000)
    page._ended(None)
    qtbot.waitUntil(lambda: page.disk.total.text() == "RSKD keeps 3\u00a0MB.", timeout=30_000)
    (tmp_path / "tiles" / "2.png").write_bytes(b"x" * 3_000_000)
    page._ended(None)
    qtbot.waitUntil(lambda: page.disk.total.text() == "RSKD keeps 6\u00a0MB.", timeout=30_000)


def test_the_disk_list_is_as_high_as_its_lines(page, qtbot):
    from rskd_qgis.environment.disk import Usage

    page.disk.setCollapsed(False)
    qtbot.waitUntil(lambda: page.disk.total.text() == "RSKD keeps 0\u00a0MB.")
    assert not page.disk.list.isVisible()
    assert not page.disk.notice.isVisible()
    heights = []
    for count in (1, 3, 8, 20):
        page.disk.display([Usage("targets", f"place {number}", Path("/x"), 5_000_000) for number in range(count)])
        heights.append(page.disk.list.height())
    line = page.disk.list.sizeHintForRow(0)
    assert heights == [heights[0] + more * line for more in (0, 2, 7, 7)]
    assert page.disk.list.viewport().height() == 8 * line
    assert page.disk.list.topLevelItem(0).toolTip(0) == "Teacher's answers of place 0\n/x"


def test_the_disk_list_names_all_that_is_kept_to_save_time(page, qtbot, tmp_path):
    for name in ("tiles/1/2.png", "jobs/forest/layers/server.tif"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x" * 3_000_000)
    page.disk.setCollapsed(False)
    qtbot.waitUntil(lambda: page.disk.list.topLevelItemCount() == 2, timeout=30_000)
    items = [page.disk.list.topLevelItem(number) for number in range(2)]
    assert [item.text(0) for item in items] == ["Tiles of web maps", "Layers written for forest"]
    assert all(item.flags() & Qt.ItemFlag.ItemIsSelectable for item in items)
    page.disk.clear_away([item.data(0, Qt.ItemDataRole.UserRole) for item in items])
    qtbot.waitUntil(lambda: page.disk.list.topLevelItemCount() == 0, timeout=30_000)
    assert not (tmp_path / "tiles").exists()


def test_cancelling_the_count_stops_the_removal_of_what_was_deleted(page, tmp_path):
    from rskd_qgis.gui.setup_disk import _Counting

    aside = tmp_path / "environments" / ".removed-backend-1" / "a.py"
    aside.parent.mkdir(parents=True)
    aside.write_text("")
    cancelled, whole = _Counting(), _Counting()
    cancelled.cancel()
    cancelled.run()
    assert aside.exists()
    whole.run()
    assert not aside.parent.exists()


@pytest.fixture
def own(environment, qtbot):
    """A page over an environment of RSKD's own, examined; what its jobs are is in `working`."""
    from rskd_qgis.gui.setup import SetupPage

    environment.own_python().parent.mkdir(parents=True)
    environment.own_python().symlink_to("/usr/bin/python3")
    environment.use(environment.Environment(environment.own_python(), ours=True))
    working = []
    page = SetupPage(at_work=lambda: bool(working))
    page.working = working
    qtbot.addWidget(page)
    page.show()
    page.examine()
    qtbot.waitUntil(lambda: page.situation.report is not None, timeout=60_000)
    yield page
    page.shut_down()


def test_a_job_that_begins_while_the_page_is_seen_takes_its_buttons_away_and_gives_them_back(own, qtbot):
    assert own.remove.isEnabled()
    own.working.append("a job")
    qtbot.waitUntil(lambda: not own.remove.isEnabled())
    assert "Jobs are running" in own.why_not.text()
    own.working.clear()
    qtbot.waitUntil(own.remove.isEnabled)


def test_the_environment_is_not_removed_under_a_job_that_began_during_the_question(own, environment, monkeypatch):
    from qgis.PyQt.QtWidgets import QMessageBox

    def answer(*_):
        own.working.append("a job")
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", answer)
    own._remove()
    assert environment.own_python().exists()
    assert environment.current() is not None
    assert "The environment is in use" in own.trouble.words()


@pytest.mark.parametrize("act", ["take_away", "_repair"])
def test_the_environment_is_not_changed_under_what_is_no_job_of_this_window(own, environment, qtbot, act):
    from rskd_qgis.bridge.at_work import lock_of

    other = lock_of(environment.own_python())  # as a process of Processing, or of another window, has it
    assert other.share()
    with qtbot.assertNotEmitted(own.changing):
        getattr(own, act)()
    assert environment.own_python().exists()
    assert own.situation.step is None
    assert "in use" in own.trouble.words()
    other.release()
    with qtbot.waitSignals([own.changing, own.settled]):
        own.take_away()
    assert not environment.own_python().exists()
    assert other.alone()  # it is let go of


def test_while_it_is_changed_nobody_else_has_it(page, environment, qtbot, tmp_path):
    from rskd_qgis.bridge.at_work import in_use

    (tmp_path / "wheels").mkdir()
    page.ways.wheels.setFilePath(str(tmp_path / "wheels"))
    page.ways.install.click()
    assert in_use(environment.own_python())
    with qtbot.waitSignal(page.settled, timeout=120_000):
        page.running.cancel.click()
    assert not in_use(environment.own_python())
