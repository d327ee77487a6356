"""The network inside a teacher, or inside the first of several that has one."""

import numpy as np
import pytest
import torch

from rskd.card import Tiling
from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.models.normalise import Normalised
from rskd.models.plain_unet import PlainUNet
from rskd.models.teachers.classmap import OwnClasses, map_classes
from rskd.models.teachers.live import live
from rskd.models.teachers.network import Kernel, NetworkTeacher
from rskd.models.teachers.several import SeveralOpened
from rskd.models.teachers.torchrun import TorchRun
from rskd.spec import CheckpointTeacher, OnnxTeacher, SeveralTeachers


def teacher(name, run):
    spec = CheckpointTeacher(kind="checkpoint", path=name)
    kernel = Kernel(run, 2, 2, np.zeros(2, np.float32), Tiling(window=64), gsd=None)
    class_map = map_classes(name, OwnClasses.by_names(["low", "high"], 2), None, None, Reporter())
    return NetworkTeacher("checkpoint", name, name, kernel, class_map, spec, Reporter())


def network():
    return Normalised(PlainUNet(2, 2, (4, 8)), [0.0, 0.0], [1.0, 1.0])


def several(*teachers):
    given = [OnnxTeacher(kind="onnx", path=str(at)) for at in range(len(teachers))]
    return SeveralOpened(SeveralTeachers(kind="several", teachers=given), teachers)


def test_of_several_teachers_the_first_network_is_looked_into(make_scene):
    networks = [network(), network()]
    torch_ones = [teacher(f"net-{at}", TorchRun([one], torch.device("cpu"))) for at, one in enumerate(networks)]
    answers_only = teacher("onnx", lambda pixels: pixels)
    scene = make_scene(np.zeros((2, 64, 64), np.float32))
    looked_at = live(several(answers_only, *torch_ones), scene, ["hint"])
    assert looked_at.network is networks[0]
    assert (looked_at.key, looked_at.bands) == ("net-0", (0, 1))


def test_several_teachers_without_a_network_cannot_be_looked_into(make_scene):
    scene = make_scene(np.zeros((2, 64, 64), np.float32))
    maps = [teacher(name, lambda pixels: pixels) for name in ("one", "two")]
    with pytest.raises(JobInvalid, match="“one \\+ two” gives answers only, and hint look inside"):
        live(several(*maps), scene, ["hint"])
