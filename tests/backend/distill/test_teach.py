"""A teacher trained here: it opens as a checkpoint and answers as its members do on average."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open

from rskd.distill.teach import teacher_network, train_teacher
from rskd.distill.trainer import Course
from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.models.teachers.checkpoint import open_checkpoint
from rskd.spec import CheckpointTeacher, LabelsTeacher

CPU = torch.device("cpu")
SPEC = LabelsTeacher(model="plain-unet", widths=[8, 8], members=2)


def taught(countryside, folder, *, spec=SPEC, reporter=None, batch=2):
    return train_teacher(
        spec,
        [countryside.material()],
        countryside.cards,
        countryside.classes,
        path=folder / "teacher.safetensors",
        tile=32,
        course=Course(steps=4, epoch_steps=2, batch=batch, learning_rate=5e-3, seed=1),
        gsd=10.0,
        local=True,
        class_weights=None,
        folder=folder / "work",
        device=CPU,
        threads=1,
        reporter=reporter or Reporter(),
    )


def opened(path):
    return open_checkpoint(CheckpointTeacher(kind="checkpoint", path=str(path)), None, device=CPU, reporter=Reporter())


def test_it_opens_as_a_checkpoint_that_averages_its_members(countryside, tmp_path):
    path = taught(countryside, tmp_path)
    teacher = opened(path)
    assert teacher.members == 2
    assert [known.name for known in teacher.classes] == ["forest", "water", "road"]
    pixels = countryside.scene.pixels[None, :, :32, :32]
    answers = []
    with safe_open(path, "pt") as file:
        for number in range(2):
            member = teacher_network(SPEC, countryside.cards, 3, seed=0, reporter=Reporter()).eval()
            state = {name: file.get_tensor(f"{number}.{name}") for name in member.network.state_dict()}
            member.network.load_state_dict(state)
            with torch.no_grad():
                answers.append(member(torch.from_numpy(pixels)).softmax(1).numpy())
    assert not np.allclose(answers[0], answers[1], atol=1e-3)
    assert np.allclose(teacher.kernel.run(pixels), (answers[0] + answers[1]) / 2, atol=1e-5)


def test_the_file_says_what_it_is(countryside, tmp_path):
    with safe_open(taught(countryside, tmp_path), "pt") as file:
        card = json.loads(file.metadata()["rskd"])
    assert (card["model"], card["widths"], card["members"]) == ("plain-unet", [8, 8], 2)
    assert [band["name"] for band in card["bands"]] == ["B1", "B2"]
    assert [known["value"] for known in card["classes"]] == [1, 5, 9]
    assert (card["gsd"], card["local"]) == (10, True)
    assert card["facts"]["steps"] == 4
    assert len(card["facts"]["mean_iou"]) == 2


def test_killed_between_members_it_goes_on_with_the_same_result(countryside, tmp_path):
    whole = taught(countryside, tmp_path / "whole")
    stages = []

    def halt(event):
        if event["event"] == "stage-start":
            stages.append((event["code"], event["stage"], event["values"]["number"]))
            if len(stages) == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taught(countryside, tmp_path / "halves", reporter=Reporter(halt))
    assert stages == [("teacher", "teacher 1 of 2", 1), ("teacher", "teacher 2 of 2", 2)]
    assert taught(countryside, tmp_path / "halves").read_bytes() == whole.read_bytes()


def test_the_seed_alone_decides_the_first_weights_and_torch_keeps_its_own(countryside):
    before = torch.random.get_rng_state()
    first, second, other = (
        teacher_network(SPEC, countryside.cards, 3, seed=seed, reporter=Reporter()).state_dict() for seed in (1, 1, 2)
    )
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_weights_start_the_encoder(countryside, tmp_path):
    spec = LabelsTeacher(model="unet", encoder="resnet18")
    donor = teacher_network(spec, countryside.cards, 3, seed=9, reporter=Reporter())
    torch.save(donor.network.encoder.state_dict(), tmp_path / "encoder.pt")
    started = spec.model_copy(update={"weights": str(tmp_path / "encoder.pt")})
    network = teacher_network(started, countryside.cards, 3, seed=1, reporter=Reporter())
    theirs, ours = donor.network.encoder.state_dict(), network.network.encoder.state_dict()
    assert all(torch.equal(theirs[name], ours[name]) for name in theirs)


def test_one_tile_a_step_is_explained_where_a_network_cannot_do_with_it(countryside, tmp_path):
    spec = LabelsTeacher(model="deeplabv3+", encoder="resnet18")
    with pytest.raises(JobInvalid) as told:
        taught(countryside, tmp_path, spec=spec, batch=1)
    assert "training.batch" in told.value.hint
