"""What RSKD adds to QGIS's start: the median of five, in milliseconds. Under 50 is what we promise.

Starts the real desktop on a virtual screen in a fresh profile and reads QGIS's own clock (`qgis.utils.plugin_times`,
importing and starting together). Needs QGIS and Xvfb.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from rskd.terminal import print_table

ROOT = Path(__file__).resolve().parents[1]
DRIVER = """
import os
from pathlib import Path
from qgis.PyQt.QtCore import QTimer
from qgis.utils import iface, plugin_times
def told():
    Path(os.environ["RSKD_TIMES"]).write_text(plugin_times.get("rskd_qgis", ""))
    iface.actionExit().trigger()
iface.initializationCompleted.connect(lambda: QTimer.singleShot(0, told))
"""


def milliseconds(folder: Path) -> float:
    times = folder / "times"
    command = ["xvfb-run", "-a", "qgis", "--nologo", "--noversioncheck", "--profiles-path", str(folder)]
    subprocess.run(
        [*command, "--profile", "default", "--code", str(folder / "driver.py")],
        env={**os.environ, "QT_QPA_PLATFORM": "xcb", "RSKD_TIMES": str(times)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return 1000 * float(re.findall(r"[\d.]+", times.read_text(encoding="utf-8"))[0])


def main() -> None:
    if shutil.which("qgis") is None or shutil.which("xvfb-run") is None:
        sys.exit("QGIS and xvfb-run are needed.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "driver.py").write_text(DRIVER, encoding="utf-8")
        build = [sys.executable, str(ROOT / "scripts" / "package.py"), str(folder)]
        package = subprocess.run(build, capture_output=True, text=True, check=True).stdout.strip()
        profile = folder / "profiles" / "default"
        with zipfile.ZipFile(package) as archive:
            archive.extractall(profile / "python" / "plugins")
        (profile / "QGIS").mkdir()
        (profile / "QGIS" / "QGIS3.ini").write_text("[PythonPlugins]\nrskd_qgis=true\n", encoding="utf-8")
        milliseconds(folder)  # the first start reads the files from disk and writes bytecode
        taken = [milliseconds(folder) for _ in range(5)]
    row = {"median": statistics.median(taken), "slowest": max(taken)}
    print_table([row], {"median": "added to QGIS's start, median ms", "slowest": "slowest ms"})


if __name__ == "__main__":
    main()
