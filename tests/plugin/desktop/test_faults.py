import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TRAINING = ROOT / ".venv" / "bin" / "python"
ODD = "it's a “fine” place ü"

pytestmark = pytest.mark.skipif(not TRAINING.exists(), reason="needs the backend's training environment: make setup")


@pytest.fixture
def profiles(tmp_path):
    """Profile, plugin, RSKD's own folder and the layers, all below a name that is easily broken."""
    folder = tmp_path / ODD
    (folder / "profiles" / "default" / "QGIS").mkdir(parents=True)
    return folder


@pytest.fixture
def ready(with_plugin):
    """With the backend set up."""
    settings = with_plugin / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    with settings.open("a", encoding="utf-8") as file:
        file.write(f"\n[rskd]\npython={TRAINING}\nthreads=1\n")
    return with_plugin


MAPS = [["Class map", "Polygons"]]


def processes_of(folder):
    """Command lines of what still runs and names the folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has just ended
            continue
    return [line for line in lines if str(folder) in line]


def test_troubles_while_a_distillation_runs(ready, drive):
    told = drive("drive_faults.py", ready, seconds=240, RSKD_TEST_GROUND=ODD)

    pausing = told["pausing_with_the_dock_closed"]
    assert pausing["closed"]
    assert pausing["seconds"] < 1.5  # the promise is one second for the process
    assert (pausing["ended"], pausing["button"]) == (1, "Resume")

    killing = told["killing_the_worker"]
    assert killing["words"].startswith("The system stopped the job")
    assert "what is finished is kept" in killing["hint"]
    assert killing["again"]
    assert killing["bar"] == 1

    other = told["opening_another_project"]
    assert (other["bar"], other["at_section"]) == (0, "")  # what was said of the killed one
    assert other["busy"]
    assert other["chosen"] == 0
    assert other["groups"] == []  # nobody asked for maps in that project
    assert "“Add maps”" in other["words"]
    assert other["added"] == MAPS

    removing = told["removing_chosen_layers"]
    assert removing["words"] == f"“{ODD}” is no longer in the project. Choose another layer."
    assert not removing["may_start"]

    assert told["with_the_plugin"] == 3  # menu, toolbar, list of panels
    reloading = told["reloading_the_plugin"]
    assert reloading["workers"] == 0
    assert reloading["docks"] == 0
    assert reloading["actions"] == []
    assert not reloading["provider"]
    assert reloading["tasks"] == []
    assert reloading["docks_again"] == 1
    assert reloading["groups"] == MAPS  # though its layers were removed while it ran
    assert reloading["library"] == 2
    assert processes_of(ready) == []
