import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path_factory):
    """A folder and its address on this machine."""
    folder = tmp_path_factory.mktemp("repository")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def newer(package, version):
    """The same plugin under a later version."""
    said = version.split(".")
    later = ".".join([said[0], str(int(said[1]) + 1), "0"])
    path = package.with_name(package.name.replace(version, later))
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "rskd_qgis/metadata.txt":
                content = content.replace(f"version={version}".encode(), f"version={later}".encode())
            new.writestr(entry, content)
    return later


def test_the_plugin_manager_installs_upgrades_and_removes_it(served, profiles, drive):
    folder, address = served
    command = [sys.executable, str(ROOT / "scripts" / "package.py"), str(folder), "--address", address]
    package = Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    version = package.stem.split("-")[1]
    later = newer(package, version)
    listing = (folder / "plugins.xml").read_text(encoding="utf-8").replace(version, later)
    (folder / "newer.xml").write_text(listing, encoding="utf-8")
    result = drive("drive_manager.py", profiles, RSKD_TEST_ADDRESS=address, RSKD_TEST_SERVED=folder)
    assert result["offered"] == version
    assert result["installed"] == {"version": version, "running": True, "broken": "", "backend": True}
    assert (result["offered_later"], result["status_later"]) == (later, "upgradeable")
    assert result["upgraded"] == {"version": later, "running": True, "broken": "", "backend": True}
    assert not result["running_after_removal"]
    assert not result["files_after_removal"]
