"""The teacher, given or trained, and its answers kept as rasters."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rasterio.windows import Window

from rskd.card import Tiling
from rskd.errors import LabelsUnusable
from rskd.events import Reporter
from rskd.jobs.teaching import LabelTaught, open_given, soft_targets
from rskd.models.teachers.network import NetworkTeacher
from rskd.spec import LabelsTeacher

WHOLE = Window(0, 0, 192, 128)


def test_the_kept_answers_are_the_teachers(opened, country):
    answers, answered = opened.targets[0].probabilities(WHOLE)
    assert answered.all()
    np.testing.assert_array_equal(answers.argmax(0), country.taught)


def test_answers_are_computed_once(country, enter, tmp_path):
    heard = []
    first = enter(country.job(tmp_path))
    reporter = Reporter(heard.append)
    again = enter(country.job(tmp_path), reporter)
    assert any("kept from an earlier run" in event.get("message", "") for event in heard)
    assert not any("answers" in event.get("stage", "") for event in heard)
    assert len(list((tmp_path / "targets").iterdir())) == 1
    np.testing.assert_array_equal(first.targets[0].probabilities(WHOLE)[0], again.targets[0].probabilities(WHOLE)[0])


@pytest.mark.parametrize("change", ["confidence", "image", "area"])
def test_another_teacher_image_or_area_is_asked_anew(country, enter, tmp_path, change):
    job = country.job(tmp_path)
    enter(job)
    if change == "confidence":
        job = country.job(tmp_path, teacher={**job.teacher.model_dump(), "confidence": 0.6})
    elif change == "area":
        job = country.job(tmp_path, area=country.box(0, 190))
    else:
        image = country.folder / "image.tif"
        status = image.stat()
        os.utime(image, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    enter(job)
    assert len(list((tmp_path / "targets").iterdir())) == 2


def test_a_labels_teacher_is_not_opened_but_trained(country, enter, tmp_path):
    job = country.job(tmp_path, teacher={"kind": "labels", "model": "plain-unet", "widths": [8, 8], "flips": False})
    heard = []
    opened = enter(job, Reporter(heard.append))
    assert open_given(job, opened.setting.sites, device=opened.setting.device, reporter=Reporter()) is None
    own = LabelTaught(job.teacher, opened.setting, tmp_path / "work")
    assert 0 < own.step_seconds < 10
    stages = [event["stage"] for event in heard if event["event"] == "stage-start"]
    assert stages[-2:] == ["Band statistics of the teacher", "Measuring a step of the teacher"]
    # a third of a step for its 2 tiles of 32 x 32, times one and a half looks at every pixel
    assert own.answer_seconds() == pytest.approx(own.step_seconds / 3 / 2048 * 192 * 128 * 1.5)
    teacher = own.train(3)
    assert (tmp_path / "teacher.safetensors").is_file()
    assert [known.value for known in teacher.classes] == [1, 5, 9]
    with soft_targets(opened.setting, teacher, tmp_path / "targets") as (targets,):
        assert targets.probabilities(WHOLE)[1].all()


def test_no_labels_to_train_on_are_said(country, enter, tmp_path):
    opened = enter(country.job(tmp_path, labels=None))
    with pytest.raises(LabelsUnusable, match="no labels to train"):
        LabelTaught(LabelsTeacher(model="plain-unet", widths=[8, 8]), opened.setting, tmp_path)


BIG = 1100, 160  # rows, columns: three strips of 512 rows


def ask(job, reporter=None):
    """Opens the job and asks its teacher, as a distillation does."""
    import torch

    from rskd.jobs.setting import settle
    from rskd.jobs.sites import opened_sites

    reporter, cpu = reporter or Reporter(), torch.device("cpu")
    with opened_sites(job, reporter) as sites:
        teacher = open_given(job, sites, device=cpu, reporter=reporter)
        chosen = {"teacher_classes": teacher.classes, "decided_student": None}
        setting = settle(job, sites, **chosen, device=cpu, reporter=reporter)
        with soft_targets(setting, teacher, Path(job.out) / "targets"):
            pass


DIE = f"""
import os, sys
from pathlib import Path
from rskd.distill import answered, targets
from rskd.events import Reporter
from rskd.geo import atomic
from rskd.jobs.teaching import open_given, soft_targets
from rskd.spec import DistillJob
{inspect.getsource(ask)}
written, moment, whole = [], sys.argv[2], answered.write_bytes

def dies(path, data):
    if moment == f"part {{len(written)}}":  # half of it lies there, under the name of an unfinished one
        with atomic.atomic_path(path) as unfinished:
            unfinished.write_bytes(data[: len(data) // 2])
            os._exit(9)
    whole(path, data)
    written.append(path)

answered.write_bytes = dies
if moment == "check":
    targets._check = lambda *_: os._exit(9)
ask(DistillJob.model_validate_json(Path(sys.argv[1]).read_text()))
"""


@pytest.fixture
def big(country, make_student, tmp_path):
    """A job over three strips; the teacher looks around itself, in windows that overlap."""
    rng = np.random.default_rng(5)
    image = country.write(tmp_path / "big.tif", rng.integers(0, 200, (2, *BIG)).astype(np.float32), nodata=7)
    labels = country.write(tmp_path / "labels.tif", rng.integers(0, 4, (1, *BIG)).astype(np.uint8) * 10, nodata=0)
    layers = [(rng.normal(0, 1, (3, 2, 3, 3)), np.zeros(3))]

    def job(out, gsd=10.0, **changes):
        tiling = Tiling(window=128, margin=8, overlap=32)
        teacher = make_student(layers, f"teacher-{gsd}.onnx", gsd=gsd, tiling=tiling)
        described = {
            "layers": [image],
            "labels": {"path": labels, "classes": {f"class {n}": [10 * n + 10] for n in range(3)}},
            "split": "auto",
            "teacher": {"kind": "onnx", "path": str(teacher), "bands": ["big 1", "big 2"], "flips": False},
            **changes,
        }
        return country.job(out, **described)

    return job


def killed(job, tmp_path, moment):
    path = tmp_path / "killed.json"
    path.write_text(job.model_dump_json(exclude_none=True))
    command = [sys.executable, "-c", DIE, str(path), moment]
    ran = subprocess.run(command, cwd=Path(__file__).parents[3] / "backend", capture_output=True)
    assert ran.returncode == 9, ran.stderr.decode()


def store_of(out):
    (store,) = (out / "targets").iterdir()
    return store


@pytest.mark.parametrize(
    ("gsd", "moment", "kept"),
    [
        (10.0, "part 0", 0),
        (10.0, "part 1", 1),
        (10.0, "part 2", 2),
        (10.0, "check", 3),
        (17.0, "part 1", 1),
        (6.0, "part 2", 2),
    ],
)
def test_killed_at_any_moment_the_answers_go_on_and_are_the_same(big, tmp_path, monkeypatch, gsd, moment, kept):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    ask(big(whole, gsd))
    killed(big(broken, gsd), tmp_path, moment)
    assert not (store_of(broken) / "targets.json").exists()
    heard, asked = [], []
    answers = NetworkTeacher.answers

    def watched(teacher, scene, **options):
        asked.append(scene.extent())
        return answers(teacher, scene, **options)

    monkeypatch.setattr(NetworkTeacher, "answers", watched)
    ask(big(broken, gsd), Reporter(heard.append))
    first = 512 * kept
    assert asked == ([Window(0, first, BIG[1], BIG[0] - first)] if kept < 3 else [])
    assert any("go on where" in event.get("message", "") for event in heard) == bool(kept)
    one, other = store_of(whole), store_of(broken)
    assert one.name == other.name
    assert (one / "targets.tif").read_bytes() == (other / "targets.tif").read_bytes()
    assert sorted(entry.name for entry in other.iterdir()) == ["targets.json", "targets.tif"]


def test_a_stop_keeps_the_strips_that_are_whole(big, tmp_path, monkeypatch):
    job, answers = big(tmp_path / "out"), NetworkTeacher.answers

    def stopped(teacher, scene, **options):
        strips = answers(teacher, scene, **options)
        yield next(strips)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(NetworkTeacher, "answers", stopped)
        with pytest.raises(KeyboardInterrupt):
            ask(job)
    assert [entry.name for entry in (store_of(tmp_path / "out") / "parts").iterdir()] == ["0-0-512-160.z"]
    heard = []
    ask(job, Reporter(heard.append))
    progress = [event["done"] for event in heard if event["event"] == "progress" and "answers" in event["stage"]]
    assert progress[0] == pytest.approx(512 * 160 / 1e6)
    assert max(progress) <= 0.176 + 1e-9


def test_a_map_that_ends_where_an_earlier_run_stopped_is_no_map_from_elsewhere(big, country, tmp_path):
    values = np.zeros((1, *BIG), np.uint8)
    values[:, :500] = 10
    values[:, :500, :80] = 20
    path = country.write(tmp_path / "map.tif", values, nodata=0)
    whole, broken = (
        big(tmp_path / name, teacher={"kind": "map", "path": path, "classes": {"10": "class 0", "20": "class 1"}})
        for name in ("whole", "broken")
    )
    ask(whole)
    killed(broken, tmp_path, "part 1")
    ask(broken)
    one, other = store_of(tmp_path / "whole"), store_of(tmp_path / "broken")
    assert (one / "targets.tif").read_bytes() == (other / "targets.tif").read_bytes()
