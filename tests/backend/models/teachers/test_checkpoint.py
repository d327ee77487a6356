import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from rskd.card import BandCard, ClassCard
from rskd.errors import BandsMissing, ClassesMismatch, JobInvalid, ModelUnusable
from rskd.events import Reporter
from rskd.models.architectures import build_network, count_parameters
from rskd.models.lattice import tiling_of
from rskd.models.normalise import Normalised
from rskd.models.teachers import open_teacher
from rskd.models.teachers.bundle import TeacherCard, save_teacher
from rskd.spec import CheckpointTeacher, LabelsTeacher

BANDS = tuple(
    BandCard(name=name, layer="image", dtype="float32", mean=mean, std=20.0, low=0, high=200)
    for name, mean in (("red", 90.0), ("nir", 110.0))
)
CLASSES = tuple(ClassCard(value=10 * i, name=name, color="#112233") for i, name in enumerate(("water", "forest"), 1))


def open_it(spec, scene, classes=None, reporter=None):
    return open_teacher(
        spec, scene.bands, classes, device=torch.device("cpu"), threads=1, reporter=reporter or Reporter()
    )


def plain(seed, bands=2, classes=2):
    torch.manual_seed(seed)
    return build_network("plain-unet", "", (4, 8), bands, classes).eval()


@pytest.fixture
def scene(make_scene):
    pixels = np.random.default_rng(0).normal(100, 20, (2, 60, 50)).astype(np.float32)
    return make_scene(pixels, bands=("red", "nir"))


@pytest.fixture
def bundle(tmp_path):
    members = [Normalised.by_cards(plain(seed), BANDS) for seed in (1, 2)]
    card = TeacherCard(
        name="two plain nets",
        model="plain-unet",
        widths=(4, 8),
        members=2,
        bands=BANDS,
        classes=CLASSES,
        gsd=10,
        tiling=tiling_of(members[0].multiple, members[0].receptive_field, window=64),
    )
    save_teacher(tmp_path / "teacher.safetensors", members, card)
    return members


def test_our_own_file_answers_with_the_mean_of_its_members(bundle, scene, tmp_path, gather):
    spec = CheckpointTeacher(kind="checkpoint", path=str(tmp_path / "teacher.safetensors"), flips=False)
    teacher = open_it(spec, scene)
    assert [known.name for known in teacher.classes] == ["water", "forest"]
    assert (teacher.members, teacher.gsd) == (2, 10)
    assert teacher.parameters == 2 * count_parameters(bundle[0])
    answers, valid = gather(teacher.answers(scene), scene)
    # The whole image at once, surrounded by what fills missing pixels: the normalised 0.
    pixels, _ = scene.read(scene.grid.window)
    side = 128
    image = np.tile(np.array([[[90.0]], [[110.0]]], np.float32), (1, side, side))
    image[:, 32 : 32 + 60, 32 : 32 + 50] = pixels
    with torch.inference_mode():
        each = [member(torch.from_numpy(image)[None]).softmax(1)[0] for member in bundle]
    expected = torch.stack(each).mean(0)[:, 32 : 32 + 60, 32 : 32 + 50].numpy()
    assert valid.all()
    np.testing.assert_allclose(answers, expected, atol=1e-5)


def test_flips_change_the_answers_and_the_key(bundle, scene, tmp_path, gather):
    path = str(tmp_path / "teacher.safetensors")
    plain_one, flipped = (
        open_it(CheckpointTeacher(kind="checkpoint", path=path, flips=flips), scene) for flips in (False, True)
    )
    first, second = gather(plain_one.answers(scene), scene)[0], gather(flipped.answers(scene), scene)[0]
    assert not np.allclose(first, second, atol=1e-4)
    assert plain_one.key != flipped.key


def test_the_key_is_of_content_not_of_place(bundle, scene, tmp_path):
    path = tmp_path / "teacher.safetensors"
    copy = tmp_path / "elsewhere" / "copy.safetensors"
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    keys = {open_it(CheckpointTeacher(kind="checkpoint", path=str(p)), scene).key for p in (path, copy)}
    assert len(keys) == 1


def test_bands_are_matched_by_description(bundle, make_scene, tmp_path, gather):
    pixels = np.random.default_rng(0).normal(100, 20, (2, 60, 50)).astype(np.float32)
    usual = make_scene(pixels, bands=("red", "nir"))
    swapped = make_scene(pixels[::-1].copy(), name="swapped", bands=("nir", "red"))
    teacher = open_it(CheckpointTeacher(kind="checkpoint", path=str(tmp_path / "teacher.safetensors")), usual)
    np.testing.assert_array_equal(
        gather(teacher.answers(usual), usual)[0], gather(teacher.answers(swapped), swapped)[0]
    )


def test_a_scene_without_its_bands_is_refused_when_opened(bundle, make_scene, tmp_path):
    scene = make_scene(np.zeros((1, 20, 20), np.float32), bands=("blue",))
    with pytest.raises(BandsMissing):
        open_it(CheckpointTeacher(kind="checkpoint", path=str(tmp_path / "teacher.safetensors")), scene)


def test_classes_of_another_job_are_refused(bundle, scene, tmp_path, job_classes):
    spec = CheckpointTeacher(kind="checkpoint", path=str(tmp_path / "teacher.safetensors"))
    with pytest.raises(ClassesMismatch):
        open_it(spec, scene, job_classes("roof", "road"))


def test_a_card_of_another_version_is_refused(scene, tmp_path):
    save_file(plain(1).state_dict(), tmp_path / "t.safetensors", metadata={"rskd": '{"format": 9}'})
    with pytest.raises(ModelUnusable, match="not understood"):
        open_it(CheckpointTeacher(kind="checkpoint", path=str(tmp_path / "t.safetensors")), scene)


def test_a_bare_state_dict_needs_and_takes_the_jobs_word(scene, tmp_path, gather, job_classes):
    network = plain(3)
    torch.save(network.state_dict(), tmp_path / "w.pth")
    path = str(tmp_path / "w.pth")
    with pytest.raises(ModelUnusable, match="which architecture"):
        open_it(CheckpointTeacher(kind="checkpoint", path=path), scene)
    spec = CheckpointTeacher(
        kind="checkpoint",
        path=path,
        model="plain-unet",
        mean=[90.0, 110.0],
        std=[20.0, 20.0],
        names=["forest", "water"],
        flips=False,
    )
    teacher = open_it(spec, scene, job_classes("water", "forest"))
    answers, _ = gather(teacher.answers(scene), scene)
    pixels, _ = scene.read(scene.grid.window)
    normal = (pixels[:, :56, :48] - np.array([90, 110], np.float32)[:, None, None]) / 20
    with torch.inference_mode():
        expected = network(torch.from_numpy(normal)[None]).softmax(1)[0].numpy()[::-1]
    np.testing.assert_allclose(answers[:, 20:30, 20:30], expected[:, 20:30, 20:30], atol=1e-5)


def test_a_torchgeo_checkpoint_says_what_it_is(make_scene, tmp_path, gather):
    torch.manual_seed(5)
    network = build_network("unet", "resnet18", (), 3, 4)
    said = {"model": "unet", "backbone": "resnet18", "in_channels": 3, "num_classes": 4, "class_weights": torch.ones(4)}
    state = {f"model.{key}": value for key, value in network.state_dict().items()}
    state["criterion.weight"] = torch.ones(4)
    torch.save({"state_dict": state, "hyper_parameters": said, "epoch": 7}, tmp_path / "last.ckpt")
    scene = make_scene(np.random.default_rng(1).random((3, 40, 40), np.float32))
    reporter = Reporter()
    spec = CheckpointTeacher(kind="checkpoint", path=str(tmp_path / "last.ckpt"), flips=False)
    teacher = open_it(spec, scene, reporter=reporter)
    assert [known.name for known in teacher.classes] == ["0", "1", "2", "3"]
    assert [warning["code"] for warning in reporter.warnings] == ["teacher-normalisation"]
    answers, _ = gather(teacher.answers(scene), scene)
    np.testing.assert_allclose(answers.sum(0), 1, atol=1e-5)


def test_one_output_is_the_logit_of_the_second_class(scene, tmp_path, gather):
    network = plain(4, classes=1)
    torch.save(network.state_dict(), tmp_path / "w.pth")
    spec = CheckpointTeacher(
        kind="checkpoint", path=str(tmp_path / "w.pth"), model="plain-unet", names=["ground", "roof"], flips=False
    )
    teacher = open_it(spec, scene)
    answers, _ = gather(teacher.answers(scene), scene)
    pixels, _ = scene.read(scene.grid.window)
    with torch.inference_mode():
        expected = network(torch.from_numpy(pixels[:, :56, :48])[None]).sigmoid()[0, 0].numpy()
    assert answers.shape[0] == 2
    np.testing.assert_allclose(answers[1, 20:30, 20:30], expected[20:30, 20:30], atol=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"model": "vision-mamba"}, "none of"),
        ({"model": "unet"}, "which encoder"),
        ({"model": "unet", "encoder": "resnet18"}, "lacks"),
        ({"model": "unet", "encoder": "resnet-what"}, "resnet-what"),
        ({"model": "plain-unet", "mean": [1.0]}, "2 bands"),
        ({"model": "plain-unet", "names": ["a", "b", "c"]}, "3 names"),
    ],
)
def test_what_does_not_fit_is_said(scene, tmp_path, options, said):
    torch.save(plain(3).state_dict(), tmp_path / "w.pth")
    with pytest.raises(ModelUnusable, match=said):
        open_it(CheckpointTeacher(kind="checkpoint", path=str(tmp_path / "w.pth"), **options), scene)


def test_a_teacher_to_be_trained_is_not_opened(scene):
    with pytest.raises(JobInvalid, match="trained first"):
        open_it(LabelsTeacher(), scene)
