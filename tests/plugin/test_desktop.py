"""The plugin in the real desktop: stubs of `iface` accept any call, QGIS itself does not."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("desktop_driver.py")

pytestmark = [
    pytest.mark.qgis,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("qgis") is None, reason="needs the QGIS desktop"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb, a screen without a screen"),
]


@pytest.fixture
def display():
    """A virtual screen of its own, on the first number that is free."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as said:
            number = said.readline().strip()  # returns when the screen is ready
        yield f":{number}"
        server.terminate()


@pytest.fixture
def profile(plugins_folder, tmp_path):
    """A fresh profile in which the plugin is installed and switched on."""
    profile = tmp_path / "profiles" / "default"
    shutil.copytree(plugins_folder / "rskd_qgis", profile / "python" / "plugins" / "rskd_qgis")
    (profile / "QGIS").mkdir()
    (profile / "QGIS" / "QGIS3.ini").write_text("[PythonPlugins]\nrskd_qgis=true\n", encoding="utf-8")
    return profile


def run_qgis(folder, display):
    command = ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(folder), "--profile", "default"]
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "RSKD_TEST_FOLDER": str(folder)}
    log = folder / "qgis.log"
    with log.open("wb") as output:
        desktop = subprocess.Popen(
            [*command, "--code", str(DRIVER)], stdout=output, stderr=output, env=environment, start_new_session=True
        )
        try:
            desktop.wait(timeout=180)
        finally:
            if desktop.poll() is None:
                os.killpg(desktop.pid, signal.SIGKILL)
    result = folder / "result.json"
    assert result.exists(), log.read_text(errors="replace")
    return json.loads(result.read_text(encoding="utf-8"))


def test_the_plugin_loads_opens_its_dock_and_goes_again(profile, display, tmp_path):
    result = run_qgis(tmp_path, display)
    assert result["exceptions"] == []
    assert result["loaded"]
    assert result["in_raster_menu"]
    assert result["in_toolbar"]
    assert not result["visible_at_start"]
    assert result["visible_after_click"]
    assert result["visible_after_second_click"] is False
    assert (tmp_path / "desktop.png").stat().st_size > 10_000
    assert result["docks_after_unload"] == 0
    assert not result["in_raster_menu_after_unload"]
