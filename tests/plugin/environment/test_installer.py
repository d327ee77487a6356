"""A real small environment, by the real installers, from a folder of wheels that is made here."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication, QgsFeedback
from qgis.PyQt.QtCore import QLockFile

ROOT = Path(__file__).resolve().parents[3]
UV = ROOT / ".venv-tools" / "bin" / "uv"

pytestmark = pytest.mark.qgis


@pytest.fixture
def backend(tmp_path):
    """A backend that needs two tiny packages to run and one more to train."""
    folder = tmp_path / "backend"
    folder.mkdir()
    (folder / "constraints.txt").write_text("snowflake==1.2\n", encoding="utf-8")
    require(folder, ["snowflake>=1.1", "rain-drop>=1"], ["hail>=1"])
    return folder


def require(folder, run, train):
    run, train = ("".join(f'    "{each}",\n' for each in tier) for tier in (run, train))
    words = f"[project]\ndependencies = [\n{run}]\n\n[project.optional-dependencies]\ntrain = [\n{train}]\n"
    (folder / "pyproject.toml").write_text(words, encoding="utf-8")


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels in a folder"
    folder.mkdir()
    for name, version in (("snowflake", "1.2"), ("rain_drop", "1.0"), ("hail", "2.0")):
        wheel(folder, name, version)
    return folder


def wheel(folder, name, version, code="VALUE = 7\n"):
    notes = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": code,
        f"{notes}/METADATA": f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n",
        f"{notes}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{notes}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{notes}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


@pytest.fixture
def installer(installed, qgis_app, tmp_path, monkeypatch, backend):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home ü"))
    from rskd_qgis import places
    from rskd_qgis.environment import environment, installer

    monkeypatch.setattr(places, "backend", lambda: backend)
    environment.use(None)
    yield installer
    environment.use(None)


@pytest.fixture
def with_uv(installer, monkeypatch):
    if not UV.exists():
        pytest.skip("make setup has not fetched uv")
    monkeypatch.setattr(installer.uv, "at_hand", lambda _: UV)


@pytest.fixture(params=["uv", pytest.param("pip", marks=pytest.mark.slow)])
def tool(request, installer, monkeypatch):
    """With uv and without."""
    if request.param == "uv":
        request.getfixturevalue("with_uv")
    else:
        monkeypatch.setattr(installer.uv, "at_hand", lambda _: None)
    return request.param


def carry_out(installer, order, feedback=None, stepped=lambda _: None):
    lines = []
    installation = installer.Installation(order, {}, feedback or QgsFeedback(), stepped, lines.append)
    return installation.run(), lines


def order(installer, **facts):
    return installer.Order(**facts)


def test_an_environment_from_a_folder_of_wheels(installer, tool, wheels):
    steps = []
    report, lines = carry_out(installer, order(installer, wheels=wheels), stepped=steps.append)
    assert report.ready("run")
    assert not report.ready("train")
    assert report.python == installer.environment.own_python()
    assert [step.number for step in steps if not step.total][-1] == installer.Installation.COUNT
    assert len({step.title for step in steps}) == installer.Installation.COUNT
    assert "--no-index" in " ".join(lines)
    assert not (installer.places.home() / "tools").exists(), "uv was fetched though no network is to be used"

    more, _ = carry_out(installer, order(installer, tier="train", wheels=wheels))
    assert more.ready("train")


def test_after_an_update_only_what_is_missing_comes(installer, with_uv, wheels, backend):
    carry_out(installer, order(installer, wheels=wheels))
    require(backend, ["snowflake>=1.1", "rain-drop>=1", "sleet>=1"], ["hail>=1"])
    wheel(wheels, "sleet", "1.0")
    (wheels / "snowflake-1.2-py3-none-any.whl").unlink()  # not asked for again
    report, _ = carry_out(installer, order(installer, wheels=wheels))
    assert report.ready("run")
    report, lines = carry_out(installer, order(installer, wheels=wheels))
    assert report.ready("run")
    assert not [line for line in lines if line.startswith("$")], "nothing was missing"


def test_a_cancelled_one_goes_on_where_it_was(installer, tool, wheels):
    feedback = QgsFeedback()

    def stop_at_packages(step):
        if step.number == 3:
            feedback.cancel()

    with pytest.raises(installer.Stopped):
        carry_out(installer, order(installer, wheels=wheels), feedback, stop_at_packages)
    assert installer.environment.unfinished()
    assert installer.environment.own_python().exists()
    report, lines = carry_out(installer, order(installer, wheels=wheels))
    assert report.ready("run")
    assert not [line for line in lines if " venv " in line], "the environment was there already"


def test_one_whose_python_went_away_is_made_anew(installer, with_uv, wheels):
    carry_out(installer, order(installer, wheels=wheels))
    python = installer.environment.own_python()
    python.unlink()
    python.symlink_to("/nowhere/python3.12")
    report, _ = carry_out(installer, order(installer, wheels=wheels, anew=True))
    assert report.ready("run")


def test_a_package_that_does_not_work_is_named(installer, with_uv, wheels, backend, monkeypatch):
    from rskd_qgis.environment import probe

    monkeypatch.setattr(probe, "_IMPORTED", {"run": ("snowflake",), "train": ()})
    wheel(wheels, "snowflake", "1.2", code="raise OSError('no library')\n")
    with pytest.raises(installer.BackendError, match="snowflake") as failure:
        carry_out(installer, order(installer, wheels=wheels))
    assert failure.value.code == "not-whole"
    assert "no library" in failure.value.details


def test_a_wheel_that_is_not_there_is_explained(installer, with_uv, wheels):
    (wheels / "rain_drop-1.0-py3-none-any.whl").unlink()
    with pytest.raises(installer.BackendError, match="Not all packages") as failure:
        carry_out(installer, order(installer, wheels=wheels))
    assert failure.value.code == "no-packages"
    assert "rain-drop" in failure.value.details


def test_a_python_of_the_user_s_is_completed_where_it_lies(installer, with_uv, wheels, tmp_path):
    base = installer.python.find(QgsFeedback(), for_venv=True)
    if base is None:
        pytest.skip("no Python 3.11 to 3.14 on this machine")
    subprocess.run([base.path, "-m", "venv", "--without-pip", tmp_path / "theirs"], check=True)
    theirs = tmp_path / "theirs" / "bin" / "python"
    report, _ = carry_out(installer, order(installer, wheels=wheels, interpreter=theirs))
    assert report.python == theirs
    assert report.ready("run")
    assert not installer.environment.own_folder().exists()


def test_too_little_space_is_said_before_anything_is_done(installer, wheels, monkeypatch):
    monkeypatch.setattr(installer.disk, "free", lambda _: 200_000_000)
    with pytest.raises(installer.BackendError, match=r"Only 0\.2 GB are free") as failure:
        carry_out(installer, order(installer, wheels=wheels))
    assert failure.value.code == "no-space"
    assert not installer.environment.own_folder().exists()


def test_two_windows_do_not_install_at_once(installer, wheels):
    home = installer.places.home()
    home.mkdir(parents=True)
    other = QLockFile(str(home / "setup.lock"))
    assert other.tryLock(0)
    try:
        with pytest.raises(installer.BackendError) as failure:
            carry_out(installer, order(installer, wheels=wheels))
    finally:
        other.unlock()
    assert failure.value.code == "busy"


def test_without_uv_and_without_a_python_it_says_what_to_install(installer, wheels, monkeypatch):
    monkeypatch.setattr(installer.uv, "at_hand", lambda _: None)
    monkeypatch.setattr(installer.python, "find", lambda *_, **__: None)
    with pytest.raises(installer.BackendError) as failure:
        carry_out(installer, order(installer, wheels=wheels))
    assert failure.value.code == "no-python"
    assert "3.11" in failure.value.message
    if sys.platform == "linux":
        assert "python3-venv" in failure.value.hint


def test_a_python_that_cannot_be_fetched_is_said_as_such(installer, with_uv, monkeypatch):
    monkeypatch.setattr(installer.python, "find", lambda *_, **__: None)
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setenv("UV_PYTHON_PREFERENCE", "only-system")  # the user's own choice must not be in the way
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(installer.BackendError) as failure:
        carry_out(installer, order(installer))
    assert failure.value.code == "no-python"
    assert "127.0.0.1:9" in failure.value.details


@pytest.mark.slow
def test_uv_that_cannot_be_fetched_is_done_without(installer, monkeypatch, wheels, tmp_path):
    """From the network there is nothing to be had here: it must get as far as pip."""

    def unreachable(*_):
        raise installer.BackendError("no-network", "“files.example” cannot be fetched: refused")

    monkeypatch.setattr(installer.uv, "at_hand", lambda _: None)
    monkeypatch.setattr(installer.uv, "fetch", unreachable)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    (tmp_path / "links").symlink_to(wheels)  # the variable separates folders by spaces
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    report, lines = carry_out(installer, order(installer))
    assert report.ready("run")
    assert "Installer: pip" in lines


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("error: Failed to fetch: `https://pypi.org/simple/numpy/`", "no-network"),
        ("OSError: [Errno 28] No space left on device", "no-space"),
        ("  × No solution found when resolving dependencies:", "no-packages"),
        ("ERROR: No matching distribution found for onnx>=1.16", "no-packages"),
        ("Segmentation fault", "install-failed"),
    ],
)
def test_what_an_installer_says_is_explained(installer, line, code):
    error = installer.explained(["Resolving", line])
    assert error.code == code
    assert line in error.details


def test_nobody_s_password_is_in_the_log(installer, with_uv, wheels, monkeypatch):
    (wheels / "rain_drop-1.0-py3-none-any.whl").unlink()
    monkeypatch.setattr(installer.network, "reachable", lambda *_: False)
    word = "hush" * 2
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://ana:{word}@127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    lines = []
    proxy = {"HTTPS_PROXY": f"http://ana:{word}@127.0.0.1:9", "ALL_PROXY": f"http://ana:{word}@127.0.0.1:9"}
    installation = installer.Installation(order(installer), proxy, QgsFeedback(), lambda _: None, lines.append)
    with pytest.raises(installer.BackendError) as failure:
        installation.run()
    assert lines
    assert word not in "\n".join([*lines, failure.value.message, failure.value.details])


def test_the_task_remembers_what_it_made(installer, with_uv, wheels, qtbot):
    task = installer.SetupTask(order(installer, wheels=wheels))
    with qtbot.waitSignal(task.succeeded, timeout=60_000) as heard:
        QgsApplication.taskManager().addTask(task)
    assert heard.args[0].ready("run")
    in_use = installer.environment.current()
    assert in_use.python == installer.environment.own_python()
    assert in_use.ours


def test_a_cancelled_task_leaves_the_settings_alone(installer, wheels, qtbot):
    task = installer.SetupTask(order(installer, wheels=wheels))
    task.stepped.connect(lambda _: task.cancel())
    with qtbot.waitSignal(task.stopped, timeout=60_000):
        QgsApplication.taskManager().addTask(task)
    assert installer.environment.current() is None


def test_a_folder_that_cannot_be_written_to_is_explained(installer, wheels, qtbot, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "file" / "home"))
    task = installer.SetupTask(order(installer, wheels=wheels))
    with qtbot.waitSignal(task.failed, timeout=60_000) as heard:
        QgsApplication.taskManager().addTask(task)
    assert heard.args[0].code == "unwritable"
