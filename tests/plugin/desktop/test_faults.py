import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from unittest.mock import ANY

import pytest

ROOT = Path(__file__).resolve().parents[3]
TRAINING, RUNNING = (ROOT / name / "bin" / "python" for name in (".venv", ".venv-run"))
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


STEPS_OF_AN_EPOCH = 4000 // 20
MAPS = [["Class map", "Polygons", "Confidence"]]


def kinds(groups):
    """What the layers of the groups are; behind the dash they say of which student."""
    return [[name.split(" – ")[0] for name in names] for names in groups]


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
    assert kinds(other["added"]) == MAPS

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
    assert kinds(reloading["groups"]) == MAPS  # though its layers were removed while it ran
    assert reloading["library"] == 2
    assert processes_of(ready) == []


def questions(folder):
    """What was asked in message boxes: the first words, and what was answered."""
    asked = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    return [(one["text"].split("\n")[0], one["said"]) for one in asked]


def test_two_windows_in_one_folder_and_quitting_while_a_job_runs(ready, drive):
    out, second = ready / "my results", ready.parent / "second"
    second.mkdir()
    (second / "profiles").symlink_to(ready / "profiles")
    shared = {"RSKD_HOME": ready / "home", "RSKD_TEST_OUT": out, "RSKD_TEST_SIGNS": second, "RSKD_TEST_GROUND": ODD}
    with ThreadPoolExecutor() as threads:
        first = threads.submit(drive, "drive_faults_first.py", ready, seconds=480, **shared)
        # QGIS takes plugins that another window is loading at this moment for crashed ones, and leaves them out.
        while not (second / "first is open").exists() and not first.done():
            wait([first], timeout=0.2)
        told_second = drive("drive_faults_second.py", second, seconds=480, **shared)
        told_first = first.result()

    same_folder = told_second["same_folder"]
    assert not same_folder["offered"]
    assert same_folder["code"] == "busy"
    assert same_folder["words"] == f"Another distillation is at work in “{out}”."
    assert told_first["busy"]  # nothing of that disturbed it
    assert told_first["library"] == ["from the second window"]
    assert told_first["minutes"] == 17

    # The window's close button: one question, and it is over. The other window goes on with it, in its own folder.
    assert told_first["kept"]
    asked = "RSKD is still distilling."
    assert questions(ready) == [(asked, "Keep QGIS open"), (asked, "Stop it and quit")]
    assert told_second["taking_over"] == {"from_step": ANY, "python": str(TRAINING), "threads": 2}
    assert told_second["taking_over"]["from_step"] > STEPS_OF_AN_EPOCH

    # Project > Exit: QGIS itself asks.
    assert questions(second) == [("The following tasks are currently running in the background:", "Yes")]
    assert processes_of(ready) == []
    request = json.loads((out / "request.json").read_text(encoding="utf-8"))
    assert request["spec"]["training"]["steps"] == 4000  # as the first window asked, not as the refused one
    assert not (out / "metrics.json").exists()


def test_environments_that_do_not_work_and_places_that_cannot_be_written(ready, drive):
    bare, cramped = ready / "bare", ready / "cramped"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    cramped.write_text(f'#!/bin/sh\nulimit -f 1000\nexec "{TRAINING}" "$@"\n', encoding="utf-8")
    cramped.chmod(0o755)
    pythons = {"TRAINING": TRAINING, "RUNNING": RUNNING, "BARE": bare / "bin" / "python", "CRAMPED": cramped}
    surroundings = {f"RSKD_TEST_{name}": path for name, path in pythons.items()}
    told = drive("drive_faults_backend.py", ready, RSKD_TEST_GROUND=ODD, **surroundings)

    # Each leads to the set-up page, which says what is the matter and what to do.
    deleted, missing, run_only = told["deleted"], told["bare"], told["run_only"]
    assert deleted["text"].startswith(f"The Python at “{ready / 'deleted' / 'python'}” is no longer there.")
    assert deleted["buttons"] == ["Set up"]
    assert told["without"] == {"set_up": True, "sections": False}
    assert missing["words"].startswith(f"The environment of “{pythons['BARE']}” is not complete: numpy, ")
    assert missing["text"].startswith(f"The Python in “{bare}” lacks packages")
    assert missing["buttons"] == ["Install the missing packages there"]
    assert run_only["code"] == "extra-missing"
    assert run_only["words"].startswith("Distilling needs ")
    assert [words.split(" (")[0] for words in run_only["buttons"]] == ["Add training parts"]

    in_the_way, system, full = told["in_the_way"], told["system"], told["full"]
    assert in_the_way["words"] == f"“{ready / 'a file'}” cannot be written: File exists"
    assert in_the_way["at_section"] == ""  # it is said there once, in the failure's own place
    assert (ready / "a file").read_text(encoding="utf-8") == "mine"
    assert system["words"].startswith("“/proc/rskd” cannot be written: ")
    assert full["words"].endswith("cannot be written: File too large")
    assert {one["code"] for one in (in_the_way, system, full)} == {"output-unwritable"}
    assert not {"student.onnx", "map.tif", "metrics.json", "report.html"} & set(full["left"])

    # With room again it goes on, on the labels as they are on the screen; what is on the disk stays as it was.
    assert full["written"] == full["classes"] == [1, 3, 7]
    assert full["saved"] == [1, 2, 3]
    assert full["modified"]
    assert full["groups"] == 1
    assert processes_of(ready) == []
