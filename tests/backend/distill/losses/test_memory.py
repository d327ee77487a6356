"""Losses on large tiles take memory in proportion to the pixels, never to their square."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="the peak of a process is measured on Unix alone")

LARGE = """
import json, resource
import torch
import rskd.distill.losses
from rskd.distill.losses.method import METHODS

generator = torch.Generator().manual_seed(0)
student, teacher = (torch.randn(4, 16, 256, 256, generator=generator) for _ in range(2))
target = torch.randint(0, 4, (4, 256, 256), generator=generator)
mask = torch.rand(4, 256, 256, generator=generator) > 0.1
student.requires_grad_()
peaks = {}
for name, method in METHODS.items():
    if "boxes" in method.needs or method.learned:  # convolutions hold their own width
        continue
    many = "levels" in method.needs
    own, other = ([student] * 2, [teacher] * 2) if many else (student, teacher)
    options = {"of": "pixels"} if name == "ranking" else {}  # of classes it holds pairs of them, as it says
    method.loss(own, other, target, mask, **options).backward()
    peaks[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps(peaks))
"""
FEATURES = 4 * 16 * 256 * 256 * 4
"""Bytes of one side."""
UNIT = 1 if sys.platform == "darwin" else 1024


def test_no_loss_takes_more_than_some_copies_of_the_features():
    # One matrix of all pairs of a tile's pixels would be 1000 copies.
    answer = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True, timeout=300)
    peaks = {name: peak * UNIT for name, peak in json.loads(answer.stdout).items()}
    first = next(iter(peaks.values()))
    copies = {name: round((peak - first) / FEATURES, 1) for name, peak in peaks.items()}
    assert len(copies) > 20
    assert all(number < 20 for number in copies.values()), copies
