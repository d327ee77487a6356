"""The real QGIS desktop on a virtual screen: stubs of `iface` accept any call, QGIS itself does not."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SCREEN = "1500x950x24"


def pytest_collection_modifyitems(items):
    missing = [program for program in ("qgis", "Xvfb") if shutil.which(program) is None]
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qgis)
            item.add_marker(pytest.mark.slow)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"needs {' and '.join(missing)}"))


@pytest.fixture(scope="session")
def display():
    """A virtual screen of its own, on the first number that is free."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as said:
            number = said.readline().strip()  # returns when the screen is ready
        yield f":{number}"
        server.terminate()


@pytest.fixture
def profiles(tmp_path) -> Path:
    """A folder with a fresh profile, in which nothing is installed."""
    (tmp_path / "profiles" / "default" / "QGIS").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def with_plugin(profiles, plugins_folder) -> Path:
    """The same with the plugin installed and switched on."""
    profile = profiles / "profiles" / "default"
    shutil.copytree(plugins_folder / "rskd_qgis", profile / "python" / "plugins" / "rskd_qgis")
    (profile / "QGIS" / "QGIS3.ini").write_text("[PythonPlugins]\nrskd_qgis=true\n", encoding="utf-8")
    return profiles


@pytest.fixture
def drive(display):
    """Runs a driver (`drive_….py`) inside the desktop and gives what it wrote down.

    The driver finds `pilot.py` beside it; a driver that raises fails the test with its traceback.
    """

    def run(driver, folder, *, seconds=180, **environment):
        command = ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(folder), "--profile", "default"]
        surroundings = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONDONTWRITEBYTECODE": "1",
            "RSKD_HOME": str(folder / "home"),
            "RSKD_TEST_FOLDER": str(folder),
            "RSKD_TEST_DRIVERS": str(HERE),
            **{name: str(value) for name, value in environment.items()},
        }
        log = folder / "qgis.log"
        with log.open("wb") as output:
            desktop = subprocess.Popen(
                [*command, "--code", str(HERE / driver)],
                stdout=output,
                stderr=output,
                env=surroundings,
                start_new_session=True,
            )
            try:
                desktop.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                pass
            finally:
                if desktop.poll() is None:
                    os.killpg(desktop.pid, signal.SIGKILL)
                    desktop.wait()
        result = folder / "result.json"
        assert result.exists(), log.read_text(errors="replace")[-6000:]
        told = json.loads(result.read_text(encoding="utf-8"))
        assert told["exceptions"] == [], "\n".join(told["exceptions"])
        assert desktop.returncode == 0, f"QGIS did not close well: {desktop.returncode}"
        return told

    return run
