import os
import pickle

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from rskd.errors import ModelUnusable
from rskd.models.teachers.weights import load_into, read_weights


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3))


class Bomb:
    def __reduce__(self):
        return os.system, ("touch exploded",)


@pytest.mark.parametrize("prefix", ["", "model.", "module.", "model.module."])
@pytest.mark.parametrize("nest", [None, "state_dict", "model_state_dict", "model"])
def test_weights_are_found_behind_prefixes_and_in_nests(tmp_path, prefix, nest):
    state = {prefix + key: value for key, value in net().state_dict().items()}
    torch.save(state if nest is None else {nest: state, "epoch": 3}, tmp_path / "w.pt")
    other = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3))
    load_into(other, read_weights(tmp_path / "w.pt").tensors, "w.pt")
    assert all(torch.equal(a, b) for a, b in zip(other.parameters(), net().parameters(), strict=True))


def test_safetensors_are_told_by_content_not_by_name(tmp_path):
    save_file(net().state_dict(), tmp_path / "w.pt", metadata={"note": "hello"})
    weights = read_weights(tmp_path / "w.pt")
    assert set(weights.tensors) == set(net().state_dict())
    assert weights.metadata == {"note": "hello"}


@pytest.mark.parametrize("save", [torch.save, lambda content, path: path.write_bytes(pickle.dumps(content))])
def test_a_pickle_that_runs_code_is_refused_and_not_run(tmp_path, monkeypatch, save):
    monkeypatch.chdir(tmp_path)
    save({"state_dict": net().state_dict(), "x": Bomb()}, tmp_path / "w.pt")
    with pytest.raises(ModelUnusable, match="run code") as caught:
        read_weights(tmp_path / "w.pt")
    assert "state dict" in caught.value.hint
    assert not (tmp_path / "exploded").exists()


def test_a_whole_pickled_network_is_refused(tmp_path):
    torch.save(net(), tmp_path / "w.pt")
    with pytest.raises(ModelUnusable, match="refused"):
        read_weights(tmp_path / "w.pt")


@pytest.mark.parametrize("content", [b"", b"hello, this is text", b'\x08\x00\x00\x00\x00\x00\x00\x00{"a": 1'])
def test_what_is_no_network_file_is_refused(tmp_path, content):
    (tmp_path / "w.pt").write_bytes(content)
    with pytest.raises(ModelUnusable):
        read_weights(tmp_path / "w.pt")


@pytest.mark.parametrize("save", [torch.save, save_file])
def test_a_truncated_file_is_refused(tmp_path, save):
    path = tmp_path / "w.pt"
    save(net().state_dict(), path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ModelUnusable):
        read_weights(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(ModelUnusable, match="No such file"):
        read_weights(tmp_path / "absent.pt")


@pytest.mark.parametrize(
    ("other", "said"), [(nn.Conv2d(2, 3, 3), "lacks"), (nn.Sequential(nn.Conv2d(4, 3, 3)), "shape")]
)
def test_weights_of_another_network_are_refused(other, said):
    with pytest.raises(ModelUnusable, match=said):
        load_into(other, net().state_dict(), "w.pt")


IMAGE = b"II*\0" + bytes(60)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("teacher.safetensors", b"abc" * 100, "a damaged safetensors file"),
        ("teacher.safetensors", b"", "the file is empty"),
        ("image.tif", IMAGE, "neither a safetensors nor a PyTorch file"),
        ("image.ckpt", IMAGE, "neither a safetensors nor a PyTorch file"),
        ("scenes.csv", b"group,labels\n", "neither a safetensors nor a PyTorch file"),
    ],
)
def test_no_file_is_called_a_dangerous_one_that_is_only_another(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelUnusable, match=said) as caught:
        read_weights(path)
    assert "pickle" not in caught.value.message
    assert caught.value.hint


def test_a_pytorch_file_is_read_whatever_its_name_ends_in(tmp_path):
    path = tmp_path / "net.safetensors"
    torch.save(net().state_dict(), path)
    assert read_weights(path).tensors.keys() == net().state_dict().keys()
