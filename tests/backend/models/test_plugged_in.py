"""A package outside the tree adds a student and a teacher through entry points."""

import subprocess
import sys

PACKAGE = """
import torch
from torch import nn
from rskd.models.students import StudentEntry


class One(nn.Module):
    multiple, receptive_field = 1, 0

    def __init__(self, bands, classes):
        super().__init__()
        self.head = nn.Conv2d(bands, classes, 1)

    def forward(self, pixels):
        return self.head(pixels)


student = StudentEntry("one-pixel", "other", "One 1x1 convolution", "plain-unet", builder=One)


class Says:
    kind, gsd, parameters, members = "other", None, None, 1

    def __init__(self, spec, classes):
        self.name, self.key, self.classes = spec.name, str(spec.options), classes

    def answers(self, scene, *, stage=None, reopen=None):
        return iter(())


def open_it(spec, classes, *, device, reporter):
    return Says(spec, classes)


def no_teacher(spec, classes, *, device, reporter):
    return object()
"""

POINTS = """[rskd.students]
one-pixel = extra_rskd:student
[rskd.teachers]
oracle = extra_rskd:open_it
broken = extra_rskd:no_teacher
"""

TRY = """
import torch
from rskd.errors import RskdError
from rskd.events import Reporter
from rskd.models.students import catalogue, entry
from rskd.models.teachers import open_teacher
from rskd.spec import OtherTeacher
print([one.name for one in catalogue()][-1], entry("one-pixel").parameters(4, 3))
for name in ("oracle", "broken", "absent"):
    spec = OtherTeacher(kind="other", name=name, options={"a": 1})
    try:
        made = open_teacher(spec, (), (), device=torch.device("cpu"), threads=1, reporter=Reporter())
        print(made.name, made.key)
    except RskdError as error:
        print(error.code, error.message)
"""


def test_another_package_brings_a_student_and_a_teacher(tmp_path):
    (tmp_path / "extra_rskd.py").write_text(PACKAGE)
    info = tmp_path / "extra_rskd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-rskd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    said = subprocess.run(
        [sys.executable, "-c", TRY], env={"PYTHONPATH": str(tmp_path), "PATH": ""}, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    student, teacher, broken, absent = said.stdout.splitlines()
    assert student == "one-pixel 15"  # 4 · 3 weights and 3 offsets
    assert teacher == "oracle {'a': 1}"
    assert "lacks kind, name, key" in broken
    assert "No installed package brings a teacher “absent”" in absent
