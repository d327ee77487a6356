"""The device that is asked for, the one that is got, and why not."""

import pytest
import torch

from rskd.distill.device import pick_device
from rskd.errors import DeviceUnavailable
from rskd.events import Reporter


def test_the_processor_is_always_there():
    heard = []
    assert pick_device("cpu", Reporter(heard.append)) == torch.device("cpu")
    assert (heard[0]["asked"], heard[0]["got"], heard[0]["why"]) == ("cpu", "cpu", "as asked")


def test_auto_falls_back_and_says_why():
    heard = []
    got = pick_device("auto", Reporter(heard.append))
    assert heard[0]["asked"] == "auto"
    assert heard[0]["got"] == got.type
    assert heard[0]["why"] in heard[0]["message"]
    if got.type == "cpu":
        assert "CUDA" in heard[0]["why"] or "GPU" in heard[0]["why"]


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(kind):
    if (kind == "cuda" and torch.cuda.is_available()) or (kind == "mps" and torch.backends.mps.is_available()):
        pytest.skip(f"this machine has {kind}")
    with pytest.raises(DeviceUnavailable) as told:
        pick_device(kind, Reporter())
    assert told.value.facts["asked"] == kind
    assert told.value.facts["why"]
    assert "device: auto" in told.value.hint


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU on this machine")
def test_a_gpu_is_taken_where_there_is_one():
    assert pick_device("auto", Reporter()).type == "cuda"
